"""A signal while something happened, beside the same hours of the days before.

By night and by day networks are loaded differently: what happened in the evening is compared with
evenings.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..model.signal import Signal
from ..model.window import TimeWindow

__all__ = ["BEFORE", "Contrast", "contrast"]

Array = NDArray[np.float64]

_SECOND = timedelta(seconds=1)
_DAY = 86400  # seconds
_FIRST = datetime.min.replace(tzinfo=UTC)
BEFORE = timedelta(days=14)
"""How far back what was before is looked for: two of each day of the week."""

_MAD = 1.4826  # standard deviation of a normal variable over its median absolute deviation


@frozen(eq=False)
class Contrast:
    """What was measured of a signal in a window, and before it.

    Attributes:
        during, before: the measured values, in order: shape (n,) each.
        jumps, jumps_before: absolute differences of values of neighbouring bins, both measured.
    """

    during: Array
    before: Array
    jumps: Array
    jumps_before: Array

    def enough(self, bins: int) -> bool:
        """Whether at least so many bins were measured in the window, and before it."""
        return min(len(self.during), len(self.before)) >= bins

    @property
    def ratio(self) -> float | None:
        """The median in the window over that before; None where nothing was measured, or that is 0."""
        if not self.enough(1) or not np.median(self.before) > 0:
            return None
        return float(np.median(self.during) / np.median(self.before))

    @property
    def mean_ratio(self) -> float | None:
        """The same of the means, which suit small counts better."""
        if not self.enough(1) or not np.mean(self.before) > 0:
            return None
        return float(np.mean(self.during) / np.mean(self.before))

    @property
    def spread_ratio(self) -> float | None:
        """How much single bins vary, as a share of the median, in the window over before.

        From the median absolute difference of neighbouring bins, which neither trends nor the rhythm of the
        day move (as in :mod:`.expectation`).  None where that cannot be said: too few neighbours were
        measured, or the values did not vary before.
        """
        if min(len(self.jumps), len(self.jumps_before)) < 1 or not self.ratio:
            return None
        varied = _spread(self.jumps_before, self.before)
        return _spread(self.jumps, self.during) / varied if varied > 0 else None

    def as_low(self, within: float) -> float | None:
        """The share of the bins before that were as low as the median in the window, or nearly.

        Nearly: higher by this share of the median at most.  None without any bin on either side.
        """
        if not self.enough(1):
            return None
        return float(np.mean(self.before <= (1.0 + within) * np.median(self.during)))


def contrast(signal: Signal, window: TimeWindow, without: Iterable[TimeWindow] = ()) -> Contrast:
    """The signal in the window, and in the same hours of up to 14 days before but for some times."""
    series = signal.series.cut(TimeWindow(window.start - min(BEFORE, window.start - _FIRST), window.end))
    step = series.step / _SECOND
    at = (series.start - window.start) / _SECOND + step * np.arange(len(series))  # starts of the bins
    length = window.duration / _SECOND
    during = (at >= 0) & (at < length)
    before = (at >= -BEFORE / _SECOND) & (at + step <= 0) & (at % _DAY < length)
    for other in without:
        if not other.overlaps(series.window):
            continue
        start, end = ((edge - window.start) / _SECOND for edge in (other.start, other.end))
        before &= (at >= end) | (at + step <= start)
    values = series.values
    return Contrast(
        during=values[during & series.measured],
        before=values[before & series.measured],
        jumps=_jumps(values, during),
        jumps_before=_jumps(values, before),
    )


def _jumps(values: Array, chosen: NDArray[np.bool_]) -> Array:
    jumps = np.abs(np.diff(values))[chosen[1:] & chosen[:-1]]
    return jumps[~np.isnan(jumps)]


def _spread(jumps: Array, values: Array) -> float:
    return float(_MAD * np.median(jumps) / np.sqrt(2.0) / np.median(values))
