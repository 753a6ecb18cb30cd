"""Events of one entity that belong together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from attrs import field, frozen

from ..errors import InvalidValueError
from .checks import all_of, flag, instance
from .entity import Entity
from .event import Event
from .kinds import Plane
from .window import TimeWindow

__all__ = ["Episode"]

_ID_SHIFT = timedelta(minutes=15)
_LAST = datetime.max.replace(tzinfo=UTC)


def _sorted_events(value: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(all_of("Episode.events", Event, value), key=lambda event: event.sort_key))


@frozen
class Episode:
    """Events of one entity that belong together, across signals.

    Attributes:
        window: from the onset to the end; while it lasts, to the end of the data.
        events: the events, ordered by time.  May be empty, as for an incident known from a list.
        ongoing: True while it lasts.

    Raises:
        InvalidValueError: where an event is of another entity.
    """

    entity: Entity
    window: TimeWindow
    events: tuple[Event, ...] = field(default=(), converter=_sorted_events)
    ongoing: bool = False

    def __attrs_post_init__(self) -> None:
        instance("Episode.entity", Entity, self.entity)
        instance("Episode.window", TimeWindow, self.window)
        flag("Episode.ongoing", self.ongoing)
        for index, event in enumerate(self.events):
            if event.entity != self.entity:
                raise InvalidValueError(
                    f"Episode.events[{index}]", str(event.entity), f"is not of {self.entity}"
                )

    @property
    def onset(self) -> datetime:
        """When it began."""
        return self.window.start

    @property
    def end(self) -> datetime | None:
        """When it was over; None while it lasts."""
        return None if self.ongoing else self.window.end

    @property
    def duration(self) -> timedelta:
        """How long it lasted, or has lasted so far."""
        return self.window.duration

    @property
    def id(self) -> str:
        """A name that stays the same when a little more data is seen: entity, date and hour of onset.

        The hour's cell runs from a quarter to the hour until a quarter to the next, so that onsets on
        the hour or half hour, the usual ones, are far from a cell's edge and a bin's jitter does not
        change the name.
        """
        hour = self.onset + min(_ID_SHIFT, _LAST - self.onset)
        return f"{self.entity}-{hour:%Y-%m-%dT%H}"

    @property
    def planes(self) -> frozenset[Plane]:
        """The planes on which something fell."""
        return frozenset(event.kind.plane for event in self.events)
