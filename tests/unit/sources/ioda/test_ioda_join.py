"""However a series is cut into answers, the same series comes together again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

import shutdownkit as sk
from shutdownkit.errors import InvalidValueError, WrongAnswerError
from shutdownkit.sources.ioda.join import joined

START = datetime(2020, 8, 1, tzinfo=UTC)
STEP = timedelta(minutes=5)
NUMBERS = st.just(0.0) | st.just(np.nan) | st.floats(0, 1e9)
VALUES = hnp.arrays(np.float64, st.integers(1, 40), elements=NUMBERS)


def series_of(values: NDArray[np.float64], first: int = 0) -> sk.TimeSeries:
    return sk.TimeSeries(START + first * STEP, STEP, values)


@given(VALUES, st.data())
def test_any_split_with_any_overlap_in_any_order_joins_to_the_same(
    values: NDArray[np.float64], data: st.DataObject
) -> None:
    whole = series_of(values)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(values)), max_size=5)) | {0, len(values)})
    overlap = st.integers(0, 3)
    parts = []
    for first, last in pairwise(cuts):
        low = max(0, first - data.draw(overlap))
        parts.append(series_of(values[low : last + data.draw(overlap)], low))
    assert joined(data.draw(st.permutations(parts)), whole.window, STEP) == whole


@given(VALUES, st.integers(-50, 50), st.integers(1, 40))
def test_there_is_one_bin_a_step_over_the_window_and_nan_where_no_part_is(
    values: NDArray[np.float64], offset: int, bins: int
) -> None:
    window = sk.TimeWindow(START, START + bins * STEP)
    found = joined([series_of(values, offset)], window, STEP)
    assert found.window == window
    for index in range(bins):
        inside = 0 <= index - offset < len(values)
        expected = values[index - offset] if inside else np.nan
        np.testing.assert_equal(found.values[index], expected)


@given(VALUES)
def test_a_part_that_measured_nothing_takes_nothing_away(values: NDArray[np.float64]) -> None:
    whole = series_of(values)
    nothing = series_of(np.full(len(values), np.nan))
    assert (
        joined([whole, nothing], whole.window, STEP) == joined([nothing, whole], whole.window, STEP) == whole
    )


def test_parts_that_contradict_each_other_are_refused() -> None:
    parts = [series_of(np.array([1.0, 2.0])), series_of(np.array([3.0, 4.0]), 1)]
    with pytest.raises(WrongAnswerError, match=r"2020-08-01T00:05:00Z contradict each other: 2 and 3"):
        joined(parts, sk.TimeWindow(START, START + 3 * STEP), STEP)


@pytest.mark.parametrize(
    "part",
    [
        sk.TimeSeries(START + timedelta(seconds=1), STEP, [1.0]),
        sk.TimeSeries(START, timedelta(minutes=10), [1.0]),
    ],
)
def test_a_part_on_another_grid_is_refused(part: sk.TimeSeries) -> None:
    with pytest.raises(InvalidValueError, match="is not on the grid"):
        joined([part], sk.TimeWindow(START, START + STEP), STEP)


def test_a_window_of_a_broken_step_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="whole number of steps"):
        joined([], sk.TimeWindow(START, START + timedelta(seconds=7)), STEP)
