"""Weekly rhythms too deep to be learnt as they come.

Where every weekend loses half of the level, each would look like a disruption, be replaced before it is
learnt, and never become expected.  What was so on the same weekday from the very first week, and on nearly
all since, is no disruption but how the series is.  A cut that begins later has an ordinary week before it,
and so is none of these; nor is anything that holds on more than three days of the week.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .expectation import Blocks, median, slot_medians

__all__ = ["later_level", "weekly_shape"]

Array = NDArray[np.float64]

_WEEKS = 3
_MOST_DAYS = 3
_LEAST_LEFT, _MOST_LEFT = 0.3, 0.8
_ALIKE = 0.8  # share of the weeks that must be alike
_TOLERANCE, _MOST_TOLERANCE = 0.1, 0.25
_SIGMAS = 2.0


def weekly_shape(good: Array, level: Array, blocks: Blocks, chance: float) -> Array | None:
    """The share of the ordinary level that each bin of one series has by its weekly rhythm.

    Args:
        good: shape (n,), whole days, NaN where not measured.
        level: shape (n,), what was expected without the rhythm.
        blocks: how the grid is cut.
        chance: standard deviation of a bin by counting alone, over its level.

    Returns:
        Shape (n,), 1 where there is no rhythm; None where there is none at all, or less than three weeks.
    """
    days = len(good) // blocks.bins
    if not blocks.cycle or days < _WEEKS * blocks.cycle:
        return None
    by_day = slot_medians(good.reshape(1, days, blocks.bins), blocks)[0]
    expected = slot_medians(level.reshape(1, days, blocks.bins), blocks)[0]
    tolerance = min(_MOST_TOLERANCE, _TOLERANCE + _SIGMAS * chance / np.sqrt(blocks.slot_bins))
    shape = _shares(_by_week(by_day, blocks), _by_week(expected, blocks), tolerance)
    rhythmic = np.any(shape.reshape(blocks.cycle, blocks.slots) < 1.0, axis=1)
    if not rhythmic.any() or rhythmic.sum() > _MOST_DAYS:
        return None
    weeks = -(-days // blocks.cycle)
    return np.tile(np.repeat(shape, blocks.slot_bins), weeks)[: len(good)]


def later_level(level: Array, blocks: Blocks, first: int, last: int) -> Array | None:
    """What was expected in the same hours three to five weeks later, where that is known of two at least.

    In the first weeks of a series nothing is known of the week, and a quiet weekend may look like a loss.
    What was learnt later says what it was.

    Args:
        level: shape (n,), what was expected of the whole series.
        first, last: the bins in question; those that begin after three weeks are judged as they were.

    Returns:
        Shape (last - first,), or None.
    """
    week = blocks.cycle * blocks.bins
    if not week or first >= _WEEKS * week:
        return None
    later = [level[first + k * week : last + k * week] for k in range(_WEEKS, 2 * _WEEKS)]
    whole = [one for one in later if len(one) == last - first and not np.isnan(one).any()]
    return np.median(np.stack(whole), axis=0) if len(whole) > 1 else None


def _by_week(by_day: Array, blocks: Blocks) -> Array:
    """Shape (days, slots) to (hours of the week, weeks); NaN where the last week ends early."""
    weeks = -(-len(by_day) // blocks.cycle)
    padded = np.full((weeks * blocks.cycle, blocks.slots), np.nan)
    padded[: len(by_day)] = by_day
    return padded.reshape(weeks, -1).T


def _shares(values: Array, usual: Array, tolerance: float) -> Array:
    """Shape (hours, weeks) to (hours,): the share of the level that an hour has in nearly all weeks.

    1 where it has none.
    """
    known = ~np.isnan(values) & ~np.isnan(usual)
    reference = median(np.where(known, usual, np.nan))[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where(known & (reference > 0.0), values / reference, np.nan)
    middle = median(shares)
    with np.errstate(invalid="ignore"):
        alike = np.abs(shares - middle[:, None]) <= tolerance
        counts = np.sum(~np.isnan(shares), axis=1)
        first = np.argmax(~np.isnan(shares), axis=1)
        is_so = (
            (counts >= _WEEKS)
            & (middle >= _LEAST_LEFT)
            & (middle <= _MOST_LEFT)
            & alike[np.arange(len(alike)), first]
            & (np.sum(alike, axis=1) >= _ALIKE * counts)
        )
    return np.where(is_so, middle, 1.0)
