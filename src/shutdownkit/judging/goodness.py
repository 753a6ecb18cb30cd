"""Signals of every kind as one quantity: how much is good, which falls when things get worse.

A level that is bad when it falls is its own goodness.  A share that is bad when it rises (loss,
anomalies) becomes the remaining share; a level that is bad when it rises (latency) becomes its inverse.
The lost share ``1 - good / expected good`` then means the same for every kind: the share that is gone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model.kinds import Direction, SignalKind, Statistic
from ..model.signal import Signal

__all__ = ["count_unit", "goodness", "is_counted"]

Array = NDArray[np.float64]

_FEW = 4
_SAMPLE = 4032
_WHOLE = 1e-3  # scaling by a float leaves multiples that are whole to about 1e-10


def goodness(signal: Signal) -> Array:
    """Shape (n,): the good part of each bin, at least 0; NaN where not measured."""
    values = signal.series.values
    kind = signal.kind
    if kind.bad is Direction.DOWN:
        return values - (kind.minimum or 0.0)
    if kind.maximum is not None:
        return kind.maximum - values
    with np.errstate(divide="ignore"):
        return 1.0 / np.maximum(values - (kind.minimum or 0.0), 1e-9)


def is_counted(kind: SignalKind) -> bool:
    """Whether a bin's value counts things, so that chance alone makes it vary as a count does."""
    return kind.statistic in {Statistic.ARRIVALS, Statistic.STOCK}


def count_unit(values: Array) -> float:
    """The size of one counted thing in a series of counts: 1 unless the series was scaled.

    The smallest difference between distinct values, if all values are multiples of it; so a scaled series
    is judged as the counts it was made of.  0 where the values are no such multiples, or fewer than four
    are distinct: then there is no chance variation of counts to speak of.
    """
    sample = values if len(values) <= _SAMPLE else values[:: -(-len(values) // _SAMPLE)]
    distinct = np.unique(sample[~np.isnan(sample)])
    if len(distinct) < _FEW:
        return 0.0
    unit = float(np.diff(distinct).min())
    multiples = distinct / unit
    return unit if np.all(np.abs(multiples - np.round(multiples)) < _WHOLE) else 0.0
