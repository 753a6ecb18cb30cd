"""What chance does as well speaks for no order; nor does what another plane contradicts, or is told twice."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.condition import condition_of, contradicted, uncontradicted
from shutdownkit.judging.facts import Facts, Surroundings
from shutdownkit.judging.fitted.chance import RARE, is_beyond_chance
from shutdownkit.judging.fitted.reading import Reading
from shutdownkit.judging.fitted.recurrence import BURST, WHOLE_DAYS, recurs_by_chance

from .builders import (
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
    signal,
)

T = at("2020-08-09T18:00")
END = T + 6 * HOUR
EXACT = 10 * MINUTE
OWN = episode(event(PROBING, T, END))


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([EXACT, 30 * MINUTE, HOUR]))
def test_more_matches_and_fewer_others_are_rarer(matches: int, others: int, within: timedelta) -> None:
    if is_beyond_chance(matches, others, within):
        assert is_beyond_chance(matches + 1, others, within)
        assert others <= matches or is_beyond_chance(matches, others - 1, within)
        assert is_beyond_chance(matches, others, within / 2)


@pytest.mark.parametrize(
    ("matches", "others", "expected"),
    [(0, 0, False), (0, 5, False), (1, 1, True), (1, 2, False), (2, 2, True), (2, 14, True), (2, 30, False)],
)
def test_known_chances(matches: int, others: int, expected: bool) -> None:
    assert is_beyond_chance(matches, others, EXACT) is expected


def test_it_is_as_rare_as_it_says() -> None:
    rng = np.random.default_rng(0)
    minutes = rng.uniform(-0.5, 0.5, (20_000, 7)) * (DAY / MINUTE)
    matches = np.count_nonzero(np.abs(minutes) <= 10, axis=1)
    assert np.mean([is_beyond_chance(int(one), 7, EXACT) for one in matches]) <= RARE


def test_a_curfew_is_beyond_chance_and_a_network_that_fails_at_any_hour_is_not() -> None:
    nights = [incident(T - k * DAY, END - k * DAY) for k in range(1, 8)]
    assert not recurs_by_chance(facts(OWN, others=nights))
    any_hour = [incident(T - k * 17 * HOUR, T - k * 17 * HOUR + 3 * HOUR) for k in range(1, 9)]
    assert recurs_by_chance(facts(OWN, others=any_hour))


def test_one_incident_told_twice_counts_once() -> None:
    seen = episode(event(PROBING, T - DAY, END - DAY))
    listed = incident(T - DAY, END - DAY + 10 * MINUTE)
    for rule in (WHOLE_DAYS, BURST):
        once, twice = (
            rule.read(facts(OWN, others=others, measured=[PROBING], before=8 * DAY))
            for others in ([seen], [seen, listed])
        )
        assert isinstance(once, Reading)
        assert once == twice


@pytest.mark.parametrize(("shallow", "deep"), [(BGP, TELESCOPE), (TRAFFIC, TELESCOPE)])
def test_what_is_deep_only_where_it_is_contradicted_is_no_outage(shallow: str, deep: str) -> None:
    """A telescope that fails beside a wobble of the routes."""
    given = facts(episode(event(deep, T, END, 0.95), event(shallow, T, END, 0.15)), measured=[PROBING])
    assert contradicted(given) == ()
    assert uncontradicted(given) == {sk.KINDS[shallow].plane}
    assert condition_of(given) is sk.Condition.DEGRADED


def measured_from(start: timedelta, days: int, *, without: tuple[int, int]) -> Facts:
    values = np.full(days * 24, 300.0)
    values[without[0] * 24 : without[1] * 24] = np.nan
    one = signal(PROBING, values, HOUR, start=T + start)
    return Facts(OWN, Surroundings(signals=(one,)))


def test_a_week_that_was_not_measured_was_not_observed() -> None:
    gap = measured_from(-30 * DAY, 30, without=(22, 29))
    assert gap.observed_before == DAY
    assert not isinstance(BURST.read(gap), Reading)


def test_what_was_missing_long_before_and_long_after_takes_nothing_away() -> None:
    assert measured_from(-60 * DAY, 60, without=(0, 50)).observed_before == 10 * DAY
    after = measured_from(0 * DAY, 40, without=(9, 40))
    assert after.observed_after == 9 * DAY - 6 * HOUR
    assert after.knowledge is sk.Knowledge.HINDSIGHT


def test_tests_counted_by_the_hour_are_known_when_it_is_over() -> None:
    counted = sk.ServiceTest(T, "app:telegram", sk.Outcome.OK, sk.Entity.parse("BY"), count=4)
    signals = [signal(PROBING, np.full(30 * 24, 300.0), HOUR, start=T - 20 * DAY)]
    tests = [sk.ServiceTests((counted,))]
    assert sk.classify(signals, tests=tests, as_of=T + 59 * MINUTE).services == ()
    assert sk.classify(signals, tests=tests, as_of=T + HOUR).services
