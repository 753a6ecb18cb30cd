"""Hours since 1970: the grid on which everything is counted."""

from __future__ import annotations

from datetime import UTC, datetime

from ....model.window import TimeWindow
from ..plan import HOUR

__all__ = ["hour_of", "whole_hours"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hour_of(time: datetime) -> int:
    """The hour that a time lies in, counted since 1970 (UTC)."""
    return (time - _EPOCH) // HOUR


def whole_hours(span: TimeWindow) -> TimeWindow:
    """A span widened to whole hours.

    Raises:
        OverflowError: at the end of the calendar.
    """
    first, last = hour_of(span.start), -((_EPOCH - span.end) // HOUR)
    return TimeWindow(_EPOCH + first * HOUR, _EPOCH + last * HOUR)
