"""Weekly rhythms."""

from __future__ import annotations

import numpy as np
import pytest

from shutdownkit.judging.expectation import blocks_for
from shutdownkit.judging.rhythm import later_level, weekly_shape

HOURLY = blocks_for(3600.0)
WEEK = 7 * 24


def weeks(*saturdays: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A level of 100, and on each week's sixth day this share of it."""
    values = np.full(len(saturdays) * WEEK, 100.0)
    for week, share in enumerate(saturdays):
        values[week * WEEK + 5 * 24 :][:24] *= share
    return values


def shape_of(*saturdays: float) -> float | None:
    """The share found for the sixth day; None where no rhythm is."""
    values = weeks(*saturdays)
    shape = weekly_shape(values, np.full(len(values), 100.0), HOURLY, 0.0)
    if shape is None:
        return None
    assert np.array_equal(shape[:WEEK], shape[WEEK : 2 * WEEK])
    assert set(shape[: 5 * 24]) == {1.0}
    return float(shape[5 * 24])


@pytest.mark.parametrize(
    ("saturdays", "found"),
    [
        ((0.5,) * 5, 0.5),
        ((0.5, 0.5, 0.5, 0.5, 0.0), 0.5),  # an outage in one of five
        ((0.5, 0.5, 0.5, 0.5, 0.0, 0.0), None),  # in two of six it is no rhythm any more
        ((1.0, 0.5, 0.5, 0.5, 0.5, 0.5), None),  # a cut that began after a clean week
        ((0.5, 0.5), None),  # two weeks say nothing
        ((0.9,) * 5, None),  # not deep enough to need it
        ((0.1,) * 5, None),  # too deep to be a rhythm
    ],
)
def test_what_nearly_all_weeks_have_from_the_first_on_is_a_rhythm(
    saturdays: tuple[float, ...], found: float | None
) -> None:
    assert shape_of(*saturdays) == found


def test_what_holds_on_more_than_three_days_is_no_weekly_rhythm() -> None:
    values = np.full(5 * WEEK, 100.0).reshape(5, 7, 24)
    values[:, :4, 2:8] = 50.0
    assert weekly_shape(values.reshape(-1), np.full(5 * WEEK, 100.0), HOURLY, 0.0) is None


def test_a_grid_that_no_day_divides_has_no_week() -> None:
    blocks = blocks_for(420.0)
    values = np.full(40 * blocks.bins, 100.0)
    assert weekly_shape(values, values, blocks, 0.0) is None
    assert later_level(values, blocks, 0, 5) is None


def test_only_the_first_three_weeks_are_judged_by_what_came_later() -> None:
    level = np.arange(8.0 * WEEK)
    assert later_level(level, HOURLY, 10, 12) == pytest.approx([10 + 4 * WEEK, 11 + 4 * WEEK])
    assert later_level(level, HOURLY, 3 * WEEK, 3 * WEEK + 2) is None
    assert later_level(level[: 4 * WEEK], HOURLY, 10, 12) is None
