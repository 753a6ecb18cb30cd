"""When the answer is given, and when it is withheld."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import pytest

import shutdownkit as sk
from shutdownkit.judging.facts import Facts, Surroundings
from shutdownkit.judging.fitted.rules import FITTED
from shutdownkit.judging.fitted.weights import shipped
from shutdownkit.judging.intent import intent_of
from shutdownkit.judging.rules.prior import PRIOR
from shutdownkit.judging.rules.rule import likelihood_ratio

from .builders import BGP, HOUR, MINUTE, PROBING, at, episode, event, facts, incident, signal

T = at("2020-08-09T18:00")
SAYS = sk.Evidence("acme.says", sk.Stance.FOR, 1.0, "It says so.", "Acme", sk.CauseWeights({}))


def outage_of_two(begin: datetime, end: datetime) -> sk.Episode:
    return episode(event(BGP, begin, end, 0.9), event(PROBING, begin, end, 0.9))


def probabilities(p: float) -> sk.CauseProbabilities:
    rest = (1.0 - p) / (len(sk.Cause) - 1)
    return sk.CauseProbabilities({cause: p if cause is sk.Cause.DELIBERATE else rest for cause in sk.Cause})


def answer(given: Facts, p: float, measured: float) -> sk.Intent:
    return intent_of(given, (SAYS,), probabilities(p), probabilities(measured))[0]


def test_context_may_withhold_the_word_and_never_gives_it() -> None:
    given = facts(outage_of_two(T, T + 6 * HOUR))
    assert answer(given, 0.9, 0.9) is sk.Intent.DELIBERATE
    assert answer(given, 0.9, 0.75) is sk.Intent.UNDETERMINED
    assert answer(given, 0.75, 0.9) is sk.Intent.UNDETERMINED


def test_one_plane_of_a_list_is_no_two_witnesses() -> None:
    def listed(*planes: sk.Plane) -> Facts:
        around = Surroundings(listed=dict.fromkeys(planes, True), knowledge=sk.Knowledge.END)
        return Facts(incident(T, T + 6 * HOUR), around)

    assert answer(listed(sk.Plane.BACKGROUND), 0.95, 0.95) is sk.Intent.UNDETERMINED
    assert answer(listed(sk.Plane.BACKGROUND, sk.Plane.ROUTING), 0.95, 0.95) is sk.Intent.DELIBERATE


def test_an_answer_that_rests_on_others_needs_more_than_chance() -> None:
    """Others at any hour make it no order; others at whole days may, and so may what it shows by itself."""
    burst = sk.Evidence("recurrence.burst", sk.Stance.FOR, 2.5, "Others are near.", "Acme")
    any_hour = [incident(T - hours * HOUR, T - (hours - 2) * HOUR) for hours in (30, 57, 85)]
    same_hour = [incident(T - days * 24 * HOUR, T - (days * 24 - 2) * HOUR) for days in (1, 2, 3)]

    def told(others: list[sk.Episode], p: float) -> sk.Intent:
        around = Surroundings(
            others=tuple(others),
            listed={sk.Plane.ROUTING: True, sk.Plane.PROBING: True},
            knowledge=sk.Knowledge.END,
        )
        given = Facts(incident(T, T + 6 * HOUR), around)
        return intent_of(given, (burst,), probabilities(p), probabilities(p))[0]

    assert told(any_hour, 0.9) is sk.Intent.UNDETERMINED
    assert told(same_hour, 0.9) is sk.Intent.DELIBERATE
    assert told(any_hour, 0.97) is sk.Intent.DELIBERATE  # nearly three to one without them


def test_where_context_takes_the_word_back_that_is_said() -> None:
    given = facts(outage_of_two(T, T + 6 * HOUR))
    _, why = intent_of(given, (SAYS,), probabilities(0.75), probabilities(0.9))
    assert why == ("The measurements alone make it likely (0.90), with the context it is not (0.75).",)


@pytest.mark.parametrize("minutes", [0, 1, 9])
def test_a_bin_that_is_not_over_is_not_known(minutes: int) -> None:
    start = at("2020-08-01")
    values = [100.0] * 1000 + [1.0] * 100
    signals = [signal(PROBING, values, 10 * MINUTE, start=start)]
    time = start + timedelta(minutes=10 * 1004)
    later = sk.classify(signals, as_of=time + minutes * MINUTE)
    assert [one.episode.events for one in later.episodes] == [
        one.episode.events for one in sk.classify(signals, as_of=time).episodes
    ]


@pytest.mark.parametrize("hours", [0.5, 30, 60])
def test_what_says_which_fault_it_was_does_not_say_that_it_was_one(hours: float) -> None:
    """The weight of a fitted rule is the fitted ratio, whatever it says of the causes besides."""
    weights = shipped()
    (fitted,) = [rule for rule in FITTED if rule.id == "timing.duration"]
    given = facts(outage_of_two(T, T + hours * HOUR))
    given = Facts(given.episode, attrs.evolve(given.around, knowledge=sk.Knowledge.END))
    (finding,) = fitted.rule(weights).findings(given)
    reading = fitted.read(given)
    assert finding.causes is not None
    expected = weights.ratio("timing.duration", reading.features, sk.Knowledge.END)  # type: ignore[union-attr]
    assert likelihood_ratio(finding.causes, PRIOR) == pytest.approx(expected, abs=0.002)
