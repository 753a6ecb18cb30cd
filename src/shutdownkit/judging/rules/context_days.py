"""How many days lie between something reported and the onset of an episode, by the local calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from ...model.window import TimeWindow
from ..facts import Facts

__all__ = ["days_apart"]

_FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
"""Between these every time has a local day."""


def days_apart(window: TimeWindow, facts: Facts) -> int:
    """Days between an event and the onset, 0 on the event's own days.

    Of the country's time zones, the one in which they are nearest; of a network, UTC.
    """
    return min(_apart(window, facts.episode.onset, zone) for zone in facts.zones or (UTC,))


def _apart(window: TimeWindow, onset: datetime, zone: tzinfo) -> int:
    """A report of whole days is of these days, wherever; one of hours, of the local days they lie in."""
    whole_days = _is_midnight(window.start) and _is_midnight(window.end) and bool(window.duration)
    calendar = UTC if whole_days else zone
    last = window.end - timedelta.resolution if window.duration else window.end
    day = _ordinal(onset, zone)
    return max(_ordinal(window.start, calendar) - day, day - _ordinal(last, calendar), 0)


def _is_midnight(time: datetime) -> bool:
    return not (time.hour or time.minute or time.second or time.microsecond)


def _ordinal(time: datetime, zone: tzinfo) -> int:
    """The number of a local day; of the first and the last days there are, a neighbour's."""
    return min(max(time, _FIRST), _LAST).astimezone(zone).toordinal()
