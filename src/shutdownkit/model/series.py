"""Regular series of numbers, in which missing is not zero."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from attrs import field, frozen
from numpy.typing import ArrayLike, NDArray

from ..errors import InvalidValueError
from .checks import duration, instant
from .window import TimeWindow

__all__ = ["TimeSeries"]


def _start(value: datetime | str) -> datetime:
    return instant("TimeSeries.start", value)


def _step(value: timedelta | float) -> timedelta:
    return duration("TimeSeries.step", value)


def _read_only_floats(values: ArrayLike) -> NDArray[np.float64]:
    try:
        given = np.asarray(values)
    except ValueError:
        raise InvalidValueError("TimeSeries.values", values, "are not one row of numbers") from None
    if given.size and given.dtype.kind not in "fiu":
        raise InvalidValueError("TimeSeries.values", values, "are not numbers")
    array = np.array(given, dtype=np.float64, copy=True)
    if array.ndim != 1:
        raise InvalidValueError("TimeSeries.values", array.shape, "is not the shape of one series")
    infinite = np.flatnonzero(np.isinf(array))
    if infinite.size:
        index = int(infinite[0])
        raise InvalidValueError(f"TimeSeries.values[{index}]", float(array[index]), "is infinite")
    array.flags.writeable = False
    return array


@frozen(eq=False)
class TimeSeries:
    """One value for each bin of a regular grid.

    Attributes:
        start: start of the first bin (aware UTC).
        step: length of a bin (a timedelta, or seconds).
        values: shape (n,), float64, read-only.  Value k covers ``[start + k*step, start +
            (k+1)*step)``; NaN where nobody measured.  A measured zero is 0.0, never NaN.

    Two series are equal when start, step and values are, with NaN equal to NaN.  Not hashable.

    Raises:
        InvalidValueError: for a naive start, a step that is not positive, an infinite value, or values
            that are not one row of numbers.
    """

    start: datetime = field(converter=_start)
    step: timedelta = field(converter=_step)
    values: NDArray[np.float64] = field(converter=_read_only_floats)

    def __attrs_post_init__(self) -> None:
        try:
            self.start + self.step * len(self.values)
        except OverflowError:
            raise InvalidValueError(
                "TimeSeries.step", self.step, f"times {len(self.values)} bins ends out of range"
            ) from None

    @property
    def times(self) -> NDArray[np.datetime64]:
        """Start of each bin: shape (n,), datetime64[us], UTC."""
        start = np.datetime64(self.start.replace(tzinfo=None), "us")
        return start + np.arange(len(self.values)) * np.timedelta64(self.step)

    @property
    def window(self) -> TimeWindow:
        """From the start of the first bin to the end of the last."""
        return TimeWindow(self.start, self.start + self.step * len(self.values))

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Shape (n,): True where the bin was measured."""
        return ~np.isnan(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimeSeries):
            return NotImplemented
        return (
            self.start == other.start
            and self.step == other.step
            and np.array_equal(self.values, other.values, equal_nan=True)
        )

    __hash__ = None  # type: ignore[assignment]

    def cut(self, window: TimeWindow) -> TimeSeries:
        """The bins that overlap ``window``; an empty series at the window's start where none does."""
        first = max(0, (window.start - self.start) // self.step)
        last = min(len(self.values), -((self.start - window.end) // self.step))
        if last <= first:
            return TimeSeries(window.start, self.step, ())
        return TimeSeries(self.start + first * self.step, self.step, self.values[first:last])
