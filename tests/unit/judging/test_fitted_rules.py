"""Each fitted rule: what it reads, what it says, and when it is silent.

What a feature weighs is fitted (``bench/fit_weights.py``); here stands which features are read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

import shutdownkit as sk
from shutdownkit.judging.facts import Facts
from shutdownkit.judging.fitted.reading import FittedRule, Reading
from shutdownkit.judging.fitted.rules import FITTED
from shutdownkit.judging.rules.rule import Finding

from .builders import (
    ANOMALY,
    ATLAS,
    BGP,
    DAY,
    HOUR,
    MINUTE,
    PROBING,
    TELESCOPE,
    TRAFFIC,
    at,
    episode,
    event,
    facts,
    incident,
)

T = at("2020-08-09T18:00")  # 21:00 in Minsk
END = T + 6 * HOUR
BY_ID = {rule.id: rule for rule in FITTED}
YESTERDAY = incident(T - DAY, END - DAY)
HINDSIGHT = sk.Knowledge.HINDSIGHT


def outage(
    begin: datetime = T,
    end: datetime = END,
    *kinds: str,
    entity: str = "BY",
    step: timedelta = 5 * MINUTE,
    ongoing: bool = False,
) -> sk.Episode:
    """An episode of these kinds, by default of active probing alone."""
    shown = kinds or (PROBING,)
    return episode(
        *(event(kind, begin, end, 0.9, entity=entity, step=step, ongoing=ongoing) for kind in shown),
        ongoing=ongoing,
    )


def known(given: Facts, stage: sk.Knowledge) -> Facts:
    return Facts(given.episode, attrs.evolve(given.around, knowledge=stage))


def read(rule: str, given: Facts) -> Any:
    return BY_ID[rule].read(given)


def ones(rule: str, given: Facts) -> set[str]:
    """The features that are there; the rule must have read some."""
    reading = read(rule, given)
    assert isinstance(reading, Reading)
    return {name for name, value in reading.features.items() if value}


@pytest.mark.parametrize(
    ("episode", "expected"),
    [
        (outage(), {"start.hour"}),
        (outage(T + 5 * MINUTE), {"start.hour"}),
        (outage(T - 5 * MINUTE), {"start.hour"}),
        (outage(T + 6 * MINUTE), set()),
        (outage(T + 17 * MINUTE), set()),
        (outage(T + 30 * MINUTE), {"start.half"}),
        (outage(T + 25 * MINUTE), {"start.half"}),
        (outage(T + 10 * MINUTE, step=10 * MINUTE), {"start.hour.coarse"}),
        (outage(T + 11 * MINUTE, step=10 * MINUTE), set()),
        (outage(T + 20 * MINUTE, step=10 * MINUTE), {"start.half.coarse"}),
        (outage(T + 30 * MINUTE, entity="MM"), {"start.hour"}),
        (outage(entity="MM"), {"start.half"}),
        (outage(T + 15 * MINUTE, entity="NP"), {"start.hour"}),
    ],
)
def test_the_local_minute_of_the_onset(episode: sk.Episode, expected: set[str]) -> None:
    assert ones("timing.local-hour", facts(episode)) == expected


@pytest.mark.parametrize(
    ("episode", "why"),
    [
        (outage(step=HOUR), "fine enough"),
        (outage(entity="AS6697"), "no country"),
        (outage(entity="AU"), "disagree"),
        (outage(T, END, ATLAS), "fine enough"),
    ],
)
def test_where_the_minute_is_not_known_that_is_said(episode: sk.Episode, why: str) -> None:
    found = read("timing.local-hour", facts(episode))
    assert isinstance(found, Finding)
    assert found.stance is sk.Stance.MISSING
    assert why in found.text


@pytest.mark.parametrize(
    ("episode", "expected", "words"),
    [
        (outage(), {"marks.both"}, "on the local hour, to within 5 minutes (03:00 local"),
        (outage(end=END + 30 * MINUTE), {"marks.both"}, "half hour"),
        (outage(end=END + 17 * MINUTE), set(), "neither"),
        (outage(T + 17 * MINUTE), set(), "on the local hour"),
    ],
)
def test_beginning_and_end_on_the_mark_count_together(
    episode: sk.Episode, expected: set[str], words: str
) -> None:
    assert ones("timing.local-hour-end", facts(episode)) == expected
    reading = read("timing.local-hour-end", facts(episode))
    assert words in reading.text
    assert reading.text.endswith("and began so.") is bool(expected)


@pytest.mark.parametrize("episode", [outage(ongoing=True), outage(step=10 * MINUTE), outage(T, END, ATLAS)])
def test_an_end_that_is_not_known_to_the_minute_says_nothing(episode: sk.Episode) -> None:
    assert read("timing.local-hour-end", facts(episode)) is None


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0.5, {"length.under-1h"}),
        (1, {"length.1-to-2h"}),
        (2, set()),
        (8, set()),
        (12, {"length.12-to-24h"}),
        (24, {"length.24-to-48h"}),
        (48, {"length.from-48h"}),
        (300, {"length.from-48h"}),
    ],
)
def test_how_long_it_lasted(hours: float, expected: set[str]) -> None:
    assert ones("timing.duration", facts(outage(end=T + hours * HOUR))) == expected


@pytest.mark.parametrize(("hours", "many"), [(0.5, 0), (1, 1), (3, 2), (10, 3), (13, 4), (30, 5), (50, 6)])
def test_how_long_it_has_lasted_so_far(hours: float, many: int) -> None:
    given = facts(outage(end=T + hours * HOUR, ongoing=True))
    found = ones("timing.duration", given)
    assert len(found) == many
    assert all(name.startswith("so-far.") for name in found)
    assert "so far" in read("timing.duration", given).text


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([YESTERDAY], {"past.exact", "past.near", "past.same-length"}),
        ([incident(T - DAY, END - DAY - HOUR)], {"past.exact", "past.near"}),
        ([incident(T - DAY + 20 * MINUTE, END - DAY)], {"past.near", "past.same-length"}),
        ([incident(T - DAY + 31 * MINUTE, END - DAY)], set()),
        ([incident(T - 7 * DAY, END - 7 * DAY)], {"past.exact", "past.near", "past.same-length"}),
        ([incident(T - 8 * DAY, END - 8 * DAY)], set()),
        (
            [YESTERDAY, incident(T - 2 * DAY, END - 2 * DAY)],
            {"past.exact", "past.exact-twice", "past.near", "past.same-length", "series"},
        ),
        ([incident(T - 1.5 * DAY, END - 1.5 * DAY), incident(T - 2.5 * DAY, END - 2.5 * DAY)], {"series"}),
    ],
)
def test_recurrence_at_whole_days(others: list[sk.Episode], expected: set[str]) -> None:
    given = known(facts(outage(), others=others, before=8 * DAY, measured=[PROBING]), sk.Knowledge.END)
    assert ones("recurrence.whole-days", given) == expected


def test_what_follows_counts_in_hindsight_only() -> None:
    given = facts(outage(), others=[incident(T + DAY, END + DAY)], measured=[PROBING], before=8 * DAY)
    assert given.knowledge is HINDSIGHT
    assert ones("recurrence.whole-days", given) == {"next.exact", "next.near", "next.same-length"}
    assert ones("recurrence.burst", given) == {"next.hours"}
    for stage in (sk.Knowledge.ONSET, sk.Knowledge.END):
        assert ones("recurrence.whole-days", known(given, stage)) == set()
        assert ones("recurrence.burst", known(given, stage)) == set()


def test_with_bins_of_an_hour_the_day_is_told_to_the_hour() -> None:
    near = incident(T - DAY + 50 * MINUTE, END - DAY)
    hourly = facts(outage(step=HOUR), others=[near])
    assert ones("recurrence.whole-days", hourly) == {"past.near.hourly"}
    daily = read("recurrence.whole-days", facts(outage(step=DAY), others=[near]))
    assert isinstance(daily, Finding)
    assert daily.stance is sk.Stance.MISSING


@pytest.mark.parametrize(
    "others",
    [
        [],
        [incident(T, END)],  # itself, from a list
    ],
)
def test_where_no_other_is_known_recurrence_says_nothing(others: list[sk.Episode]) -> None:
    for rule in ("recurrence.whole-days", "recurrence.burst"):
        found = read(rule, facts(outage(), others=others))
        assert isinstance(found, Finding)
        assert found.stance is sk.Stance.MISSING


def test_one_that_is_known_by_its_days_alone_has_no_hour() -> None:
    midnight = at("2020-08-10")
    listed = incident(midnight - 3 * DAY, midnight - 2 * DAY)
    own = outage(midnight, midnight + 6 * HOUR)
    given = facts(own, others=[listed], measured=[PROBING], before=8 * DAY)
    assert ones("recurrence.whole-days", given) == set()
    assert ones("recurrence.burst", given) == {"past.hours"}


@pytest.mark.parametrize(
    ("before", "is_known"), [(8 * DAY, True), (6.6 * DAY, True), (6 * DAY, False), (0 * DAY, False)]
)
def test_only_a_week_that_was_observed_had_no_other(before: timedelta, is_known: bool) -> None:
    found = read("recurrence.burst", facts(outage(), measured=[PROBING], before=before))
    assert isinstance(found, Reading) is is_known


def test_a_burst_of_long_ones_and_of_short_ones() -> None:
    long = [incident(T - day * DAY - 5 * HOUR, T - day * DAY) for day in (1, 2, 3)]
    short = [incident(T - day * DAY - HOUR, T - day * DAY) for day in (1, 2, 3)]
    assert ones("recurrence.burst", facts(outage(), others=long)) == {"past.hours"}
    assert ones("recurrence.burst", facts(outage(), others=short)) == {"past.hours", "past.short"}
    assert (
        "3 others within the 7 days before, 15 hours in all"
        in read("recurrence.burst", facts(outage(), others=long)).text
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(outage(T, END, BGP, PROBING, TELESCOPE)), 1.0),
        (facts(outage(T, END, BGP, PROBING), measured=[TELESCOPE]), 0.0),
        (facts(outage(T, END, PROBING, TELESCOPE), measured=[BGP]), 0.0),
        (facts(outage(T, END, PROBING), measured=[BGP, TELESCOPE]), 0.0),
        (facts(outage(T, END, BGP, PROBING)), None),
        (facts(outage(T, END, TRAFFIC), measured=[BGP, PROBING, TELESCOPE]), None),
    ],
)
def test_agreement_of_the_three(given: Facts, expected: float | None) -> None:
    reading = read("planes.agreement", given)
    assert (None if reading is None else reading.features) == (
        None if expected is None else {"planes.all-three": expected}
    )


def test_agreement_names_what_held() -> None:
    reading = read("planes.agreement", facts(outage(T, END, BGP, PROBING), measured=[TELESCOPE]))
    assert reading.text == "Routing and probing fell, but background radiation did not."


@pytest.mark.parametrize("rule", FITTED, ids=lambda rule: rule.id)
def test_failing_services_are_none_of_their_business(rule: FittedRule) -> None:
    blocked = episode(event(ANOMALY, T, END, 0.7, subject="domain:example.org", step=HOUR))
    assert rule.read(facts(blocked, others=[YESTERDAY])) is None


@pytest.mark.parametrize("rule", FITTED, ids=lambda rule: rule.id)
def test_each_says_where_it_misleads(rule: FittedRule) -> None:
    assert rule.fails.endswith(".")
    assert rule.summary.endswith(".")
