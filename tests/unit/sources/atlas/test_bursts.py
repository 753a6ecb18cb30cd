"""Kleinberg's automaton: its laws, and what is said of its bursts."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.window import TimeWindow
from shutdownkit.sources.atlas.bursts import Burst, burst_rows
from shutdownkit.sources.atlas.telling import METHOD, TOLD, burst_observations

PERIOD = 8_640_000.0
KIND = KINDS["atlas.connected-probes"]

# Whole seconds, as Atlas gives them, often close together and often equal.
seconds = st.lists(st.integers(0, 60) | st.integers(0, 200_000), max_size=25).map(
    lambda times: [float(time) for time in times]
)
distinct = st.lists(st.integers(0, 60) | st.integers(0, 200_000), min_size=2, max_size=25, unique=True).map(
    lambda times: sorted(float(time) for time in times)
)
probes = st.integers(1, 300)
gammas = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0])
bases = st.sampled_from([1.5, 2.0, 3.0])


@attrs.frozen
class Drop:
    time: float
    probe: int


def path_of(rows: tuple[Burst, ...], times: list[float]) -> list[int]:
    """The level of each gap between distinct times, read off the rows."""
    return [
        max(row.level for row in rows if row.start <= first and last <= row.end)
        for first, last in pairwise(times)
    ]


def cost_of(path: list[int], times: list[float], n: int, s: float, gamma: float) -> float:
    """What a sequence of levels costs, as the paper writes it."""
    total, level = 0.0, 0
    for (first, last), here in zip(pairwise(times), path, strict=True):
        rate = s**here / (PERIOD / n)
        total += max(0, here - level) * gamma * math.log(n) + rate * (last - first) - math.log(rate)
        level = here
    return total


def level_count(times: list[float], s: float = 2.0) -> int:
    shortest = min(last - first for first, last in pairwise(times))
    return max(1, math.ceil(1 + math.log(PERIOD / shortest, s)))


def cheapest_cost(times: list[float], n: int, s: float, gamma: float) -> float:
    """The least cost over all sequences of levels: the plain dynamic programme of the paper."""
    levels = range(level_count(times, s))
    step = gamma * math.log(n)
    best = [0.0] + [math.inf] * (len(levels) - 1)
    for first, last in pairwise(times):
        rates = [s**level / (PERIOD / n) for level in levels]
        best = [
            min(best[old] + max(0, new - old) * step for old in levels)
            + rates[new] * (last - first)
            - math.log(rates[new])
            for new in levels
        ]
    return min(best)


@given(distinct, probes, bases, gammas)
def test_no_sequence_of_levels_is_cheaper(times: list[float], n: int, s: float, gamma: float) -> None:
    rows = burst_rows(times, probes=n, period=PERIOD, s=s, gamma=gamma)
    found = cost_of(path_of(rows, times), times, n, s, gamma)
    assert found == pytest.approx(cheapest_cost(times, n, s, gamma), rel=1e-9, abs=1e-9)


def test_the_cheapest_of_all_sequences_is_found_by_trying_each() -> None:
    times = [0.0, 3_000_000.0, 3_150_000.0, 3_250_000.0, 8_000_000.0]
    rows = burst_rows(times, probes=3)
    every = product(range(8), repeat=len(times) - 1)
    assert tuple(path_of(rows, times)) == min(every, key=lambda path: cost_of(list(path), times, 3, 2, 0.5))
    assert len(rows) > 1


@given(seconds, probes, st.integers(-(10**9), 10**9))
def test_shifting_the_times_shifts_the_rows(times: list[float], n: int, by: int) -> None:
    shifted = burst_rows([time + by for time in times], probes=n)
    assert shifted == tuple(
        Burst(row.level, row.start + by, row.end + by) for row in burst_rows(times, probes=n)
    )


@given(st.data(), seconds, probes)
def test_the_order_of_the_times_does_not_matter(data: st.DataObject, times: list[float], n: int) -> None:
    shuffled = data.draw(st.permutations(times))
    assert burst_rows(shuffled, probes=n) == burst_rows(times, probes=n)


@given(distinct, probes, st.integers(0, 10))
def test_scaling_times_and_period_scales_the_rows(times: list[float], n: int, doubled: int) -> None:
    """By powers of two, which floats scale exactly.  Not times that tie: those lie within one second."""
    by = 2.0**doubled
    scaled = burst_rows([time * by for time in times], probes=n, period=PERIOD * by)
    assert scaled == tuple(
        Burst(row.level, row.start * by, row.end * by) for row in burst_rows(times, probes=n)
    )


@given(seconds, probes, bases, gammas)
def test_rows_are_nested_and_begin_in_order(times: list[float], n: int, s: float, gamma: float) -> None:
    rows = burst_rows(times, probes=n, s=s, gamma=gamma)
    assert [row.start for row in rows] == sorted(row.start for row in rows)
    open_rows: list[Burst] = []
    for row in rows:
        del open_rows[row.level :]
        assert len(open_rows) == row.level, "a level opens just above the one that holds it"
        if open_rows:
            assert open_rows[-1].start <= row.start <= row.end <= open_rows[-1].end
        open_rows.append(row)
    for one, other in product(rows, rows):
        if one.level == other.level and one is not other:
            assert one.end <= other.start or other.end <= one.start


@given(seconds, probes)
def test_rows_begin_and_end_at_times_given_and_level_0_spans_them(times: list[float], n: int) -> None:
    rows = burst_rows(times, probes=n)
    assert all({row.start, row.end} <= set(times) for row in rows)
    ground = [row for row in rows if row.level == 0]
    assert ground == ([Burst(0, min(times), max(times))] if times else [])


@given(distinct, probes, gammas)
def test_levels_stay_under_kleinbergs_bound(times: list[float], n: int, gamma: float) -> None:
    rows = burst_rows(times, probes=n, gamma=gamma)
    assert {row.level for row in rows} <= set(range(level_count(times)))


@given(st.lists(st.tuples(st.integers(0, 3000), st.sampled_from([1, 2, 4])), max_size=12), probes)
def test_ties_are_spread_over_their_second(groups: list[tuple[int, int]], n: int) -> None:
    """As Disco spreads them: ``t + i / count``, here with counts that floats divide by exactly."""
    counts = dict(groups)
    assume(sum(counts.values()) > 1)
    tied = [float(time) for time, count in counts.items() for _ in range(count)]
    spread = [time + part / count for time, count in counts.items() for part in range(count)]
    expected = burst_rows(spread, probes=n)
    assert burst_rows(tied, probes=n) == tuple(
        Burst(row.level, math.floor(row.start), math.floor(row.end)) for row in expected
    )


def test_times_that_tie_within_less_than_a_second_stay_before_the_next() -> None:
    tied = [0.0, 0.0, 0.25, 1000.0]
    assert burst_rows(tied, probes=9) == tuple(
        attrs.evolve(row, start=max(0.0, row.start - 0.125) if row.start == 0.125 else row.start)
        for row in burst_rows([0.0, 0.125, 0.25, 1000.0], probes=9)
    )


def test_nothing_is_no_burst_and_one_event_is_the_ordinary_level() -> None:
    assert burst_rows([], probes=3) == ()
    assert burst_rows([5.0], probes=3) == (Burst(0, 5.0, 5.0),)


def test_all_at_one_time_is_a_burst_of_no_length() -> None:
    rows = burst_rows([7.0] * 20, probes=20)
    assert {(row.start, row.end) for row in rows} == {(7.0, 7.0)}
    assert [row.level for row in rows] == list(range(len(rows)))
    assert len(rows) > 15


def test_events_rarer_than_the_period_are_ordinary() -> None:
    assert burst_rows([0.0, 1e9, 3e9], probes=2, period=86400.0) == (Burst(0, 0.0, 3e9),)


@given(st.lists(st.floats(-1e15, 1e15), max_size=8), probes)
def test_any_finite_times_are_taken_without_a_warning(times: list[float], n: int) -> None:
    rows = burst_rows(times, probes=n)
    assert bool(rows) == bool(times)


@pytest.mark.parametrize(
    ("times", "arguments", "named"),
    [
        ([math.nan, 1.0], {}, "times"),
        ([math.inf], {}, "times"),
        ([1e16], {}, "times"),
        ([[1.0, 2.0]], {}, "times"),
        ([1.0], {"probes": 0}, "probes"),
        ([1.0], {"probes": 2.5}, "probes"),
        ([1.0], {"probes": True}, "probes"),
        ([1.0], {"period": 0.0}, "period"),
        ([1.0], {"period": math.nan}, "period"),
        ([1.0], {"s": 1.0}, "s"),
        ([1.0], {"gamma": -0.5}, "gamma"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    times: list[float], arguments: dict[str, float], named: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        burst_rows(times, **{"probes": 3, **arguments})  # type: ignore[arg-type]
    assert caught.value.field == f"burst_rows.{named}"


# Observations

EPOCH = datetime(2024, 3, 4, tzinfo=UTC)
OUTAGE = EPOCH.timestamp() + 43_200


def drops(count: int, *, every: float, probes: int, start: float = OUTAGE) -> list[Drop]:
    return [Drop(start + every * index, 987_001 + index % probes) for index in range(count)]


def observed(given_drops: list[Drop], probes: int) -> list[tuple[TimeWindow, str]]:
    found = burst_observations(given_drops, probes=probes, entity=Entity.parse("KE"), kind=KIND)
    for one in found:
        assert (one.source, one.entity, one.kind, one.method) == ("atlas", Entity.parse("KE"), KIND, METHOD)
    return [(one.window, one.text) for one in found]


def test_probes_that_drop_together_are_a_burst() -> None:
    quiet = [Drop(EPOCH.timestamp() + hour * 3600, 987_001) for hour in (1, 5, 20, 23)]
    ((window, text),) = observed([*drops(27, every=10, probes=12), *quiet], 20)
    start = EPOCH + timedelta(hours=12)
    assert window == TimeWindow(start, start + timedelta(seconds=261))
    assert re.fullmatch(
        r"27 disconnections of 12 probes in 5 minutes, a burst of level [89], over 7, the published "
        r"threshold for an outage; it shows that probes dropped together, not why\.",
        text,
    )
    assert "TMA 2017" in METHOD
    assert "Kleinberg" in METHOD


def test_the_level_said_is_the_highest_within() -> None:
    faster = [Drop(OUTAGE + 100 + index / 4, 987_050 + index) for index in range(12)]
    plain, peaked = (observed(drops(27, every=10, probes=12) + more, 20)[0][1] for more in ([], faster))
    assert level_in(peaked) > level_in(plain)


def level_in(text: str) -> int:
    found = re.search(r"level (\d+)", text)
    assert found is not None
    return int(found[1])


def test_two_bursts_are_two_observations_in_order() -> None:
    first, second = drops(10, every=2, probes=10), drops(12, every=2, probes=12, start=OUTAGE + 20_000)
    windows = [window for window, _ in observed(second + first, 20)]
    assert [window.start for window in windows] == [
        EPOCH + timedelta(seconds=43_200),
        EPOCH + timedelta(seconds=63_200),
    ]


def test_ordinary_drops_are_none() -> None:
    assert observed(drops(24, every=3600, probes=12, start=EPOCH.timestamp()), 20) == []


def test_one_restless_probe_is_none_and_four_are_too_few() -> None:
    assert observed(drops(30, every=2, probes=1), 20) == []
    assert observed(drops(30, every=2, probes=4), 20) == []
    assert len(observed(drops(30, every=2, probes=5), 20)) == 1


def test_an_entity_of_four_probes_has_none() -> None:
    assert observed(drops(30, every=2, probes=5), 4) == []
    assert len(observed(drops(30, every=2, probes=5), 5)) == 1


def test_all_in_one_second_is_a_window_of_a_second() -> None:
    ((window, text),) = observed(drops(15, every=0, probes=15), 20)
    assert window.duration == timedelta(seconds=1)
    assert text.startswith("15 disconnections of 15 probes in 1 second, ")


@given(st.lists(st.builds(Drop, st.integers(0, 200_000).map(float), st.integers(900_000, 900_030))), probes)
def test_no_probe_is_named(given_drops: list[Drop], n: int) -> None:
    burst = drops(10, every=1, probes=10, start=100_000.0)
    found = observed(given_drops + burst, n)
    assert not any(re.search(r"(9000|98700)\d\d", text) for _, text in found)


def test_no_drops_are_no_observation() -> None:
    assert observed([], 20) == []


def test_a_burst_under_the_published_level_is_told_as_such() -> None:
    """From the level that is told of on, and never twice."""
    levels = []
    for every in (5, 10, 20, 40, 80, 160, 320):
        told = observed([*drops(12, every=every, probes=12)], 12)
        assert len(told) <= 1
        for _, text in told:
            level, side, _ = re.findall(r"level (\d+), (\w+) (7)", text)[0]
            assert side == ("over" if int(level) > 7 else "at" if level == "7" else "under")
            levels.append(int(level))
    assert levels == sorted(levels, reverse=True)
    assert min(levels) >= TOLD
    assert {5, 6} & set(levels)


def test_a_few_that_drop_at_once_hide_no_burst_around_them() -> None:
    """Of 13 probes in 18 minutes three drop within two seconds: too few to be a burst of their own."""
    slow = drops(10, every=120, probes=10)
    few = [Drop(OUTAGE + 605.0 + each, 987_100 + each) for each in range(3)]
    ((_, alone),) = observed(slow, 20)
    ((window, text),) = observed(slow + few, 20)
    assert text.startswith("13 disconnections of 13 probes in 18 minutes")
    assert window.duration == timedelta(seconds=1081)
    assert level_in(text) == level_in(alone)  # and the level is one that five probes reached


@given(
    st.lists(st.builds(Drop, st.integers(0, 20_000).map(float), st.integers(900_000, 900_030)), max_size=15),
    st.integers(5, 40),
)
def test_whoever_else_drops_a_burst_is_told_of(others: list[Drop], n: int) -> None:
    burst = drops(12, every=1, probes=12, start=10_000.0)
    told = observed([*others, *burst], n)
    assert any(window.start.timestamp() <= 10_005 <= window.end.timestamp() for window, _ in told)
    for window, text in told:
        assert level_in(text) >= TOLD
        inside = {
            one.probe
            for one in (*others, *burst)
            if window.start.timestamp() <= one.time < window.end.timestamp()
        }
        assert f" {len(inside)} probes in " in text
        assert len(inside) >= 5
