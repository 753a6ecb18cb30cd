from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.model.window import TimeWindow
from shutdownkit.sources.ooni.parse import Counts
from shutdownkit.sources.ooni.regrid import (
    LATE,
    joined,
    known,
    measurements,
    networks,
    ratio,
    runs,
    tally,
    world,
)
from shutdownkit.sources.ooni.week import Hour

from .worlds import CHUNK, HOUR, HOURS, START, WORLD, hour_rows, steady_world, week

KINDS = ("ooni.anomaly-ratio", "ooni.confirmed-ratio", "ooni.failure-ratio")
STEADY = world(steady_world(), HOURS)
NOBODY_KNOWS = world(None, HOURS)

hours_over = st.integers(-3, HOURS + 60)  # how many hours were over when the answer was sent


@given(hour_rows())
def test_the_numbers_of_all_hours_are_those_of_all_rows(rows: list[Hour]) -> None:
    values = measurements(week(rows), STEADY)
    assert values.sum() == sum(row.counts.measurements for row in rows)
    assert not np.isnan(values).any()


@given(hour_rows())
def test_networks_are_the_different_as_numbers_but_for_as0(rows: list[Hour]) -> None:
    values = networks(week(rows), STEADY)
    for hour in range(HOURS):
        numbers = {row.axis for row in rows if row.hour == hour}
        if numbers == {0}:
            assert np.isnan(values[hour])
        else:
            assert values[hour] == len(numbers - {0})


def test_as0_counts_as_a_measurement_and_as_nobody_knows_which_network() -> None:
    made = week([Hour(0, 0, Counts(0, 0, 0, 2))])
    assert measurements(made, STEADY)[0] == 2
    assert np.isnan(networks(made, STEADY)[0])  # there was one, at least: no measured zero
    busy = week([Hour(hour, 0, Counts(0, 0, 0, 2)) for hour in range(HOURS)])
    assert measurements(busy, NOBODY_KNOWS)[0] == 2
    assert np.isnan(networks(busy, NOBODY_KNOWS)[0])
    both = week([*made.rows, Hour(0, 6697, Counts(0, 0, 0, 1))])
    assert (measurements(both, STEADY)[0], networks(both, STEADY)[0]) == (3, 1)


def test_a_row_of_nothing_is_no_measured_zero_where_nobody_knows() -> None:
    made = week([Hour(0, 6697, Counts(0, 0, 0, 0))])
    for count in (measurements, networks):
        assert count(made, STEADY)[0] == 0
        assert np.isnan(count(made, NOBODY_KNOWS)[0])


@given(hour_rows(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_account(rows: list[Hour], random: Random) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    for count in (measurements, networks):
        assert np.array_equal(count(week(rows), STEADY), count(week(mixed), STEADY), equal_nan=True)
    for kind in KINDS:
        first, second = (ratio(kind, tally(some, HOURS), week(some)) for some in (rows, mixed))
        assert np.array_equal(first, second, equal_nan=True)


def is_dense(came: set[int]) -> bool:
    """Whether at most a tenth of the hours from the first to the last is missing."""
    return bool(came) and 10 * len(came) >= 9 * (max(came) - min(came) + 1)


@given(hour_rows(), st.sets(st.integers(0, HOURS - 1)), st.sets(st.integers(0, HOURS - 1), max_size=60))
def test_an_hour_without_a_row_is_zero_only_where_the_world_was_measured_as_usual(
    rows: list[Hour], answered: set[int], silent: set[int]
) -> None:
    counted = world(steady_world(without=silent), HOURS)
    came = {row.hour for row in rows}
    values = measurements(week(rows), counted)
    unknown = measurements(week(rows), NOBODY_KNOWS)
    dense = is_dense(came)
    for hour in range(HOURS):
        if hour in silent:
            assert np.isnan(values[hour])
        else:
            assert (values[hour] == 0) == (hour not in came)
        assert np.isnan(unknown[hour]) == (hour not in came or not dense)


@given(
    st.sets(st.integers(0, HOURS - 1))
    | st.sets(st.integers(0, HOURS - 1), max_size=12).map(lambda gaps: set(range(20, 150)) - gaps)
)
def test_where_nobody_knows_busy_hours_do_not_pass_for_what_is_usual(came: set[int]) -> None:
    made = week([Hour(hour, 6697, Counts(0, 0, 0, 3)) for hour in sorted(came)])
    for count in (measurements, networks):
        assert (~np.isnan(count(made, NOBODY_KNOWS))).sum() == (len(came) if is_dense(came) else 0)


@given(hour_rows(), hours_over)
def test_numbers_are_known_only_when_settled_and_shares_when_over(rows: list[Hour], over: int) -> None:
    made = week(rows, retrieved=START + over * HOUR + timedelta(minutes=59))
    settled = over - LATE // HOUR
    values = measurements(made, STEADY)
    assert np.isnan(values[max(settled, 0) :]).all()
    assert not np.isnan(values[: max(settled, 0)]).any()
    assert known(made).sum() == min(max(over, 0), HOURS)
    for kind in KINDS:
        shares, weights = ratio(kind, tally(rows, HOURS), made)
        assert np.array_equal(np.isnan(weights), ~known(made))
        assert np.array_equal(np.isnan(shares), ~(weights > 0))


@given(hour_rows())
def test_shares_lie_between_none_and_all_and_are_of_their_weights(rows: list[Hour]) -> None:
    told = tally(rows, HOURS)
    (anomaly, tested), (confirmed, tested_too), (failure, total) = (
        ratio(kind, told, week(rows)) for kind in KINDS
    )
    assert np.array_equal(tested, tested_too)
    some = tested > 0
    assert (np.round(anomaly[some] * tested[some]) == (told.anomaly + told.confirmed)[some]).all()
    assert (np.round(confirmed[some] * tested[some]) == told.confirmed[some]).all()
    assert (confirmed[some] <= anomaly[some]).all()
    assert np.array_equal(total - tested, told.failure)
    assert (np.round(failure[total > 0] * total[total > 0]) == told.failure[total > 0]).all()
    for shares, weights in ((anomaly, tested), (confirmed, tested), (failure, total)):
        assert np.array_equal(np.isnan(shares), weights == 0)
        assert ((shares[weights > 0] >= 0) & (shares[weights > 0] <= 1)).all()


def test_the_shares_of_one_row_by_hand() -> None:
    told = tally([Hour(0, None, Counts(anomaly=2, confirmed=1, failure=4, ok=5))], HOURS)
    read = {kind: [float(one[0]) for one in ratio(kind, told, week([]))] for kind in KINDS}
    assert read == {
        "ooni.anomaly-ratio": [3 / 8, 8],
        "ooni.confirmed-ratio": [1 / 8, 8],
        "ooni.failure-ratio": [4 / 12, 12],
    }


def test_shares_stay_where_the_world_was_silent() -> None:
    rows = [Hour(5, 6697, Counts(1, 0, 0, 1))]
    silent = world(steady_world(without=[5]), HOURS)
    assert np.isnan(measurements(week(rows), silent)[5])
    shares, weights = ratio(KINDS[0], tally(rows, HOURS), week(rows))
    assert (shares[5], weights[5]) == (0.5, 2)


@pytest.mark.parametrize(("volume", "normal"), [(499, False), (500, True), (1000, True), (5000, True)])
def test_the_world_is_as_usual_from_half_of_the_median_on(volume: int, normal: bool) -> None:
    rows = [row for row in steady_world().rows if row.hour]
    told = world(week([Hour(0, None, Counts(0, 0, 0, volume)), *rows], WORLD), HOURS)
    assert (told.normal[0], told.faulty[0]) == (normal, not normal)
    assert told.normal[1:].all()


@given(hours_over, st.integers(0, HOURS))
def test_of_hours_that_are_not_settled_the_world_says_nothing(over: int, silence: int) -> None:
    told = world(steady_world(retrieved=START + over * HOUR, without=range(silence)), HOURS)
    settled = min(max(over - LATE // HOUR, 0), HOURS)
    assert not (told.normal & told.faulty).any()
    assert not (told.normal | told.faulty)[settled:].any()
    assert told.faulty[: min(silence, settled)].all()
    assert told.normal[min(silence, settled) : settled].all()


@pytest.mark.parametrize(("at_least", "normal"), [(2000, True), (2001, False), (0, True)])
def test_what_is_usual_in_other_weeks_counts_too(at_least: float, normal: bool) -> None:
    told = world(steady_world(), HOURS, at_least=at_least)
    assert bool(told.normal.all()) == normal
    assert bool(told.faulty.any()) != normal


def test_a_long_silence_does_not_become_usual() -> None:
    told = world(steady_world(without=range(120)), HOURS)
    assert told.faulty[:120].all()
    assert told.normal[120:].all()


@given(st.data())
def test_splitting_a_span_changes_nothing(data: st.DataObject) -> None:
    edges = sorted(data.draw(st.lists(st.integers(-20, HOURS + 20), min_size=3, max_size=3, unique=True)))
    first, middle, last = (START + edge * HOUR for edge in edges)
    part = np.arange(HOURS, dtype=np.float64)
    whole = joined(TimeWindow(first, last), [(CHUNK, part)])
    halves = [joined(TimeWindow(*pair), [(CHUNK, part)]) for pair in ((first, middle), (middle, last))]
    assert np.array_equal(np.concatenate([half.values for half in halves]), whole.values, equal_nan=True)
    for time, value in zip(range(edges[0], edges[2]), whole.values, strict=True):
        assert value == time if 0 <= time < HOURS else np.isnan(value)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_runs_are_the_measured_bins_and_nothing_else(measured: list[bool]) -> None:
    grid = TimeWindow(START, START + len(measured) * HOUR)
    series = joined(grid, [(grid, np.where(measured, 1.0, np.nan))])
    found = runs(series)
    assert [any(START + at * HOUR in window for window in found) for at in range(len(measured))] == measured
    assert all(one.end < two.start for one, two in pairwise(found))
