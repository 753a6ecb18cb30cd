"""Classifiers that are broken in one way each, and the law that catches each of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from attrs import evolve

import shutdownkit as sk
from shutdownkit.testing.contracts.classifier.contract import ClassifierContract
from shutdownkit.testing.contracts.laws import laws_of

from .breaking import must_break, run_law

Signals = tuple[sk.Signal, ...]
Classifier = Callable[..., sk.Report]

CALLS = itertools.count()


def said_to_be(report: sk.Report, intent: sk.Intent, of: Callable[[sk.EpisodeVerdict], bool]) -> sk.Report:
    """The report with another word for some of its episodes."""
    return evolve(
        report,
        episodes=tuple(
            evolve(
                one,
                verdict=evolve(
                    one.verdict, attribution=evolve(one.verdict.attribution, intent=intent, undecided=())
                ),
            )
            if of(one)
            else one
            for one in report.episodes
        ),
    )


def is_outage(one: sk.EpisodeVerdict) -> bool:
    return one.verdict.condition is sk.Condition.OUTAGE


def with_zeros(signals: Iterable[sk.Signal]) -> Signals:
    return tuple(
        evolve(one, series=evolve(one.series, values=np.nan_to_num(one.series.values, nan=0.0)))
        for one in signals
    )


# --- the broken ones, in the order of the laws that catch them


def sees_ghosts(signals: Signals, **more: Any) -> sk.Report:
    """Takes for a loss whatever is a tenth under the usual, at night too."""
    report = sk.classify(signals, **more)
    low = any(
        one.series.measured.any() and np.nanmin(one.series.values) < 0.9 * np.nanmedian(one.series.values)
        for one in signals
    )
    return evolve(report, condition=sk.Condition.DEGRADED) if low else report


def fills_with_zero(signals: Signals, **more: Any) -> sk.Report:
    return sk.classify(with_zeros(signals), **more)


def knows_all_is_well(signals: Signals, **more: Any) -> sk.Report:
    report = sk.classify(signals, **more)
    return report if report.episodes else evolve(report, condition=sk.Condition.NORMAL)


def accuses_always(signals: Signals, **more: Any) -> sk.Report:
    return said_to_be(sk.classify(signals, **more), sk.Intent.DELIBERATE, is_outage)


def accuses_where_nobody_looked(signals: Signals, **more: Any) -> sk.Report:
    """Takes it for an order where the routes, which would tell, were not measured."""
    report = sk.classify(signals, **more)
    measured = {one.kind.plane for one in signals if one.series.measured.any()}
    if sk.Plane.ROUTING in measured:
        return report
    return said_to_be(report, sk.Intent.DELIBERATE, is_outage)


def ignores_controls(signals: Signals, **more: Any) -> sk.Report:
    return sk.classify(signals, **{**more, "controls": ()})


def tells_late(signals: Signals, **more: Any) -> sk.Report:
    """Each episode three hours late."""
    by = timedelta(hours=3)
    report = sk.classify(signals, **more)

    def later(one: sk.EpisodeVerdict) -> sk.EpisodeVerdict:
        window = sk.TimeWindow(one.episode.window.start + by, one.episode.window.end + by)
        return evolve(one, episode=evolve(one.episode, window=window, events=()))

    return evolve(report, episodes=tuple(later(one) for one in report.episodes))


def trusts_the_press(signals: Signals, **more: Any) -> sk.Report:
    report = sk.classify(signals, **more)
    political = {sk.ContextKind.ELECTION, sk.ContextKind.COUP, sk.ContextKind.PROTEST, sk.ContextKind.ORDER}
    if any(one.kind in political for one in more.get("context", ())):
        return said_to_be(report, sk.Intent.DELIBERATE, is_outage)
    return report


def remembers(signals: Signals, **more: Any) -> sk.Report:
    """As a program that writes into the report when it was made."""
    report = sk.classify(signals, **more)
    return evolve(report, notices=(*report.notices, f"Made at {next(CALLS)}."))


def takes_the_first(signals: Signals, **more: Any) -> sk.Report:
    return sk.classify(signals[:1], **more)


def knows_a_date(signals: Signals, **more: Any) -> sk.Report:
    """Judges otherwise from a date on."""
    report = sk.classify(signals, **more)
    since = sk.TimeWindow("2024-06-01", "2024-06-01").start
    return evolve(report, episodes=(), condition=sk.Condition.NORMAL) if report.window.end > since else report


def likes_it_large(signals: Signals, **more: Any) -> sk.Report:
    """Looks at no count that is small."""
    large = [one for one in signals if np.nanmax(one.series.values, initial=0) > 5000]
    return sk.classify(large, **more)


def knows_the_future(signals: Signals, **more: Any) -> sk.Report:
    as_of = more.pop("as_of", None)
    report = sk.classify(signals, **more)
    if as_of is None:
        return report
    past = tuple(one for one in report.episodes if one.episode.onset < as_of)
    return evolve(report, episodes=past, as_of=as_of)


def mixes_up_countries(signals: Signals, **more: Any) -> sk.Report:
    """Takes the controls' signals for the entity's own."""
    entity = more["entity"]
    others = [evolve(one, entity=entity) for one in more.pop("controls", ()) if one.entity.country]
    return sk.classify((*signals, *others), **more)


def forgets_the_measured(signals: Signals, **more: Any) -> sk.Report:
    report = sk.classify(signals, **more)
    return evolve(
        report,
        episodes=tuple(
            evolve(
                one,
                verdict=evolve(
                    one.verdict, attribution=evolve(one.verdict.attribution, measured=sk.RULES.prior)
                ),
            )
            for one in report.episodes
        ),
    )


def ignores_the_window(signals: Signals, **more: Any) -> sk.Report:
    more.pop("window", None)
    return sk.classify(signals, **more)


def tells_all_it_knows(signals: Signals, **more: Any) -> sk.Report:
    """Reports what lies before the window too."""
    window = more.pop("window", None)
    report = sk.classify(signals, **more)
    return report if window is None else evolve(report, window=window, traces=(), coverage=(), faults=())


def names_no_rules(signals: Signals, **more: Any) -> sk.Report:
    return evolve(sk.classify(signals, **more), ruleset="ours")


def drops_licences(signals: Signals, **more: Any) -> sk.Report:
    return evolve(sk.classify(signals, **more), licences=())


def drops_the_licences_of_controls(signals: Signals, **more: Any) -> sk.Report:
    report = sk.classify(signals, **more)
    return evolve(report, licences=tuple(sorted({one.provenance.licence for one in signals})))


def swallows_failures(signals: Signals, **more: Any) -> sk.Report:
    return sk.classify(signals, **{**more, "failures": ()})


BROKEN: tuple[tuple[Classifier, int], ...] = (
    (sees_ghosts, 1),
    (fills_with_zero, 2),
    (knows_all_is_well, 3),
    (accuses_always, 4),
    (accuses_where_nobody_looked, 5),
    (ignores_controls, 6),
    (tells_late, 7),
    (trusts_the_press, 8),
    (remembers, 9),
    (takes_the_first, 10),
    (knows_a_date, 11),
    (likes_it_large, 12),
    (knows_the_future, 13),
    (mixes_up_countries, 14),
    (forgets_the_measured, 15),
    (ignores_the_window, 16),
    (tells_all_it_knows, 16),
    (names_no_rules, 17),
    (drops_licences, 18),
    (drops_the_licences_of_controls, 18),
    (swallows_failures, 19),
)


def contract_of(classifier: Classifier) -> type[ClassifierContract]:
    class Of(ClassifierContract):
        def classify(self, signals: Iterable[sk.Signal], **more: Any) -> sk.Report:
            return classifier(tuple(signals), **more)

    return Of


@pytest.mark.parametrize(
    ("classifier", "number"), BROKEN, ids=lambda value: getattr(value, "__name__", value)
)
def test_each_is_caught_by_the_law_meant_for_it(classifier: Classifier, number: int) -> None:
    message = must_break(contract_of(classifier), number)
    assert "scenario: " in message or "elsewhere: " in message


def test_every_law_catches_one() -> None:
    assert {number for _, number in BROKEN} == {law.number for law in laws_of(ClassifierContract).values()}


@pytest.mark.parametrize("number", [6, 14])
def test_what_ignores_controls_keeps_the_other_laws(number: int) -> None:
    """A law is not broken by whatever is broken."""
    run_law(contract_of(swallows_failures), number)
