"""Half-open windows of UTC time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import field, frozen

from ..errors import InvalidValueError
from .checks import instant

__all__ = ["TimeWindow", "utc_text"]

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_NOTHING = timedelta(0)


def utc_text(time: datetime) -> str:
    """ISO 8601 with ``Z``, and microseconds only where there are any."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _start(value: datetime | str) -> datetime:
    return instant("TimeWindow.start", value)


def _end(value: datetime | str) -> datetime:
    return instant("TimeWindow.end", value)


@frozen(order=True)
class TimeWindow:
    """The instants from ``start`` up to, not including, ``end``.

    Takes aware datetimes of any zone or ISO 8601 text (a date alone is its midnight, UTC) and keeps
    UTC.  A window may be empty (``start == end``); then it contains nothing.

    Raises:
        InvalidValueError: for a naive time, text that is no time, or an end before the start.
    """

    start: datetime = field(converter=_start)
    end: datetime = field(converter=_end)

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidValueError(
                "TimeWindow.end", utc_text(self.end), f"is before the start {utc_text(self.start)}"
            )

    @property
    def duration(self) -> timedelta:
        """``end - start``."""
        return self.end - self.start

    def __contains__(self, time: datetime) -> bool:
        return self.start <= time < self.end

    def overlaps(self, other: TimeWindow) -> bool:
        """Whether the two windows share an instant."""
        return max(self.start, other.start) < min(self.end, other.end)

    def intersection(self, other: TimeWindow) -> TimeWindow | None:
        """The shared window, or None where they share no instant."""
        if not self.overlaps(other):
            return None
        return TimeWindow(max(self.start, other.start), min(self.end, other.end))

    def widened(self, by: timedelta) -> TimeWindow:
        """The window with ``by`` added at both sides, as far as the calendar goes."""
        return TimeWindow(
            _FIRST + max(self.start - _FIRST - by, _NOTHING), _LAST - max(_LAST - self.end - by, _NOTHING)
        )

    def __str__(self) -> str:
        return f"{utc_text(self.start)} to {utc_text(self.end)}"
