"""From the parts of a series, as they were answered, to one series over the whole span."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import numpy as np

from ...errors import InvalidValueError, WrongAnswerError
from ...model.series import TimeSeries
from ...model.window import TimeWindow, utc_text

__all__ = ["joined"]


def joined(parts: Iterable[TimeSeries], window: TimeWindow, step: timedelta) -> TimeSeries:
    """One series over ``window``: exactly one bin a step, NaN where no part measured anything.

    The parts may come in any order and overlap.  A bin that several parts hold takes the value that was
    measured, once; what lies outside of the window is cut.

    Args:
        parts: on the grid of the window.
        window: a whole number of steps long.
        step: length of a bin.

    Returns:
        ``window.duration / step`` bins.

    Raises:
        WrongAnswerError: where two parts measured different values of one bin.
        InvalidValueError: for a part on another grid, or a window that is no whole number of steps.
    """
    if window.duration % step:
        raise InvalidValueError("window", str(window), f"is not a whole number of steps of {step}")
    values = np.full(window.duration // step, np.nan)
    for part in parts:
        offset, off = divmod(part.start - window.start, step)
        if off or part.step != step:
            raise InvalidValueError("parts", str(part.window), f"is not on the grid of {step} of {window}")
        first, last = max(0, offset), min(len(values), offset + len(part))
        if last <= first:
            continue
        new = part.values[first - offset : last - offset]
        old = values[first:last]
        contradicting = np.flatnonzero((new != old) & ~np.isnan(new) & ~np.isnan(old))
        if contradicting.size:
            index = int(contradicting[0])
            raise WrongAnswerError(
                f"two answers about {utc_text(window.start + (first + index) * step)} contradict "
                f"each other: {old[index]:g} and {new[index]:g}"
            )
        values[first:last] = np.where(np.isnan(new), old, new)
    return TimeSeries(window.start, step, values)
