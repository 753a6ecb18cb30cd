"""Bursts of disconnections: Kleinberg's automaton, as Disco uses it on RIPE Atlas.

J. Kleinberg, "Bursty and hierarchical structure in streams", KDD 2002, section 2: events arrive with gaps
``x``; state ``i`` of an automaton emits them at the rate ``s**i * n / T``, as exponential gaps; going up
from state ``i`` to ``j`` costs ``(j - i) * gamma * ln n``, going down nothing.  The cheapest sequence of
states says how bursty the stream was when; each time it is in state ``i`` or higher is a burst of level
``i``, and bursts nest.

A. Shah, R. Fontugne, E. Aben, C. Pelsser, R. Bush, "Disco: Fast, Good, and Cheap Outage Detection", TMA
2017: the events are disconnections of an entity's probes, ``n`` is the number of its probes and ``T`` a
fixed time, so that a level means the same in every stream.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ...errors import InvalidValueError
from ...model.checks import number

__all__ = ["Burst", "burst_rows"]

Array = NDArray[np.float64]

_SECOND = 1.0  # the resolution of Atlas's timestamps
_FINEST = 2.0**-60  # of the period: no gap counts as shorter, which bounds the number of levels
_FARTHEST = 1e15  # seconds; far beyond any date, and sums of gaps stay exact enough


@frozen
class Burst:
    """A time in which events came at the rate of a level or faster.

    Attributes:
        level: 0 for the ordinary rate, each level ``s`` times faster than the one under it.
        start, end: times of the first and last event in it, in the unit of the times given.
    """

    level: int
    start: float
    end: float


def burst_rows(
    times: Sequence[float],
    *,
    probes: int,
    period: float = 8_640_000.0,
    s: float = 2.0,
    gamma: float = 0.5,
) -> tuple[Burst, ...]:
    """The bursts of a stream of events, nested.

    Args:
        times: of the events in seconds, in any order.  Events at one time are taken as spread evenly over
            the second that begins there, or over the time to the next event where that is shorter, as
            Disco does; the bursts still begin and end at times given.
        probes: ``n`` of the automaton, from 1.
        period: ``T`` of the automaton, in seconds.
        s: how much faster each level is.
        gamma: how dear it is to go up.

    Returns:
        In the order in which they begin, of those that begin together the outermost first.  Level 0
        spans all events.  One event alone is a burst of level 0 and of no length; no events, no burst.

    Raises:
        InvalidValueError: for a time or a parameter that cannot be.
    """
    array = _sorted_times(times)
    if isinstance(probes, bool) or not isinstance(probes, int):
        raise InvalidValueError("burst_rows.probes", probes, "is not a whole number")
    number("burst_rows.probes", probes, minimum=1, maximum=_FARTHEST)
    number("burst_rows.period", period, minimum=1 / _FARTHEST, maximum=_FARTHEST)
    number("burst_rows.s", s, minimum=1.01, maximum=1000)
    number("burst_rows.gamma", gamma, minimum=0, maximum=_FARTHEST)
    if len(array) < 2:
        return tuple(Burst(0, time, time) for time in array.tolist())
    gaps = np.maximum(_gaps(array), _FINEST * period)
    climb = gamma * math.log(probes)
    costs = _emission_costs(gaps, mean=period / probes, levels=_level_count(gaps, period, s), s=s)
    return tuple(_rows(array.tolist(), _cheapest(costs, climb)))


def _sorted_times(times: Sequence[float]) -> Array:
    array = np.sort(np.array(times, dtype=np.float64))
    if array.ndim != 1:
        raise InvalidValueError("burst_rows.times", array.shape, "is not the shape of one row of times")
    wrong = array[~(np.abs(array) <= _FARTHEST)]
    if wrong.size:
        raise InvalidValueError("burst_rows.times", float(wrong[0]), "is no time in seconds")
    return array


def _gaps(times: Array) -> Array:
    """The time from each event to the next, shape (n - 1,), with those at one time spread."""
    distinct, counts = np.unique(times, return_counts=True)
    between = np.diff(distinct)
    part = np.minimum(np.append(between, _SECOND), _SECOND) / counts
    gaps = np.repeat(part, counts)
    gaps[np.cumsum(counts)[:-1] - 1] = between - (part * (counts - 1))[:-1]
    return gaps[:-1]


def _level_count(gaps: Array, period: float, s: float) -> int:
    """Kleinberg's ``ceil(1 + log_s T + log_s(1 / shortest gap))``: no more can ever be the cheapest."""
    return max(1, math.ceil(1 + math.log(period / float(gaps.min()), s)))


def _emission_costs(gaps: Array, *, mean: float, levels: int, s: float) -> Array:
    """``-ln(a * exp(-a * x))`` with ``a = s**i / mean``, less ``ln mean``, which all levels share.

    Shape (gaps, levels).
    """
    level = np.arange(levels, dtype=np.float64)
    return np.outer(gaps / mean, s**level) - level * math.log(s)


def _cheapest(costs: Array, climb: float) -> list[int]:
    """The cheapest sequence of levels, begun from level 0: one a gap, the lowest where several are.

    The cost of coming to a level is the least over the levels above (free) and below (``climb`` a level),
    both running minima, so that a step takes time in proportion to the levels and not to their square.

    Args:
        costs: shape (gaps, levels), of emission; overwritten with the cost of the cheapest way there.
    """
    level = np.arange(costs.shape[1])
    heights = climb * level
    costs[0] += heights
    for row in range(1, len(costs)):
        before = costs[row - 1]
        from_below = np.minimum.accumulate(before - heights) + heights
        from_above = np.minimum.accumulate(before[::-1])[::-1]
        costs[row] += np.minimum(from_below, from_above)
    at = int(costs[-1].argmin())
    path = [at]
    for before in costs[-2::-1]:
        at = int((before + climb * np.maximum(at - level, 0)).argmin())
        path.append(at)
    return path[::-1]


def _rows(times: Sequence[float], path: Sequence[int]) -> Iterator[Burst]:
    """The bursts of a sequence of levels: gap ``k`` lies between the times ``k`` and ``k + 1``."""
    starts: list[tuple[int, float]] = []
    ends: dict[int, float] = {}
    open_rows: list[int] = []
    for time, level in zip(times, path, strict=False):
        while len(open_rows) > level + 1:
            ends[open_rows.pop()] = time
        while len(open_rows) <= level:
            open_rows.append(len(starts))
            starts.append((len(open_rows) - 1, time))
    for row, (level, start) in enumerate(starts):
        yield Burst(level, start, ends.get(row, times[-1]))
