"""One disruption on one signal."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import field, frozen

from ..errors import InvalidValueError
from .checks import duration, flag, instance, number, store, text
from .entity import Entity
from .kinds import SignalKind
from .window import TimeWindow

__all__ = ["Event"]


@frozen
class Event:
    """One disruption on one signal.

    Attributes:
        window: from the first disrupted bin to the first bin that is back; for an event that still
            lasts, to the end of the data.
        depth: the lost share over the event, 0..1, comparable across kinds: for a level that falls,
            ``1 - sum(value) / sum(expected)`` over the measured bins.
        peak: the lost share that at least two bins reached, 0..1, never under ``depth``.
        ongoing: True while it lasts; then it has no end.
        step: length of the signal's bins: the precision of every time here.  None where unknown.
        fall: from the onset until four fifths of the peak were lost; None where unknown.
        rise: from the last bin with four fifths of the peak lost until the end; None where it has not
            ended or is unknown.
    """

    kind: SignalKind
    entity: Entity
    window: TimeWindow
    depth: float
    subject: str | None = None
    ongoing: bool = False
    peak: float = field(default=-1.0)
    step: timedelta | None = None
    fall: timedelta | None = None
    rise: timedelta | None = None

    def __attrs_post_init__(self) -> None:
        instance("Event.kind", SignalKind, self.kind)
        instance("Event.entity", Entity, self.entity)
        instance("Event.window", TimeWindow, self.window)
        flag("Event.ongoing", self.ongoing)
        if self.subject is not None:
            text("Event.subject", self.subject)
        store(self, "depth", number("Event.depth", self.depth, minimum=0.0, maximum=1.0))
        if self.peak == -1.0:
            store(self, "peak", self.depth)
        store(self, "peak", number("Event.peak", self.peak, minimum=0.0, maximum=1.0))
        if self.peak < self.depth:
            raise InvalidValueError("Event.peak", self.peak, f"is under the depth {self.depth:g}")
        if self.step is not None:
            store(self, "step", duration("Event.step", self.step))
        for name in ("fall", "rise"):
            value = getattr(self, name)
            if value is not None:
                store(self, name, duration(f"Event.{name}", value, zero=True))
        if self.ongoing and self.rise is not None:
            raise InvalidValueError("Event.rise", self.rise, "is given for an event that still lasts")

    @property
    def onset(self) -> datetime:
        """Start of the first disrupted bin."""
        return self.window.start

    @property
    def end(self) -> datetime | None:
        """Start of the first bin that is back; None while the event lasts."""
        return None if self.ongoing else self.window.end

    @property
    def duration(self) -> timedelta:
        """How long it lasted, or has lasted so far."""
        return self.window.duration

    @property
    def burden(self) -> tuple[timedelta, str]:
        """Depth times duration, and the kind's name, which decides between equals."""
        return self.depth * self.duration, self.kind.name

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Orders events by time, then by what they are of; total for events of distinct signals."""
        return (self.window, self.entity, self.kind.name, self.subject or "")
