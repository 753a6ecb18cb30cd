"""Deep losses that may be one episode, and where they are several after all.

Events that overlap, or begin together on different signals, are joined.  But one witness may stay down
while the others come back and fall again: probes whose owners do not restart them, traffic that stays low
by day.  So a cluster is cut where those that came back outweigh those that stayed down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from attrs import define

from ..model.event import Event
from ..model.kinds import Plane, SignalKind
from ..model.window import TimeWindow

__all__ = ["TOLERANCE", "Cluster", "split_at_recoveries"]

TOLERANCE = timedelta(minutes=90)
"""How far the clocks and lags of two sources may differ: Google's traffic lags by 60 to 90 minutes, and
Atlas ran an hour late in 2014 (Time Warner Cable)."""

_WITNESS = {Plane.ROUTING: 2, Plane.PROBING: 2, Plane.TRAFFIC: 2, Plane.VANTAGE: 1, Plane.BACKGROUND: 1}
"""How much a signal weighs as a witness of recovery: those that measure connectivity directly and all the
time twice as much as those that depend on what volunteers and infected hosts do.  A proposal."""

_RECOVERED = timedelta(hours=2)  # shorter recoveries are pauses, as they are within one signal


@define
class Cluster:
    """Events being joined: ``core`` makes the episode, ``attached`` belongs to it.

    ``end`` is the latest end in the core, or ``cut``, the recovery that ended it, where that is earlier.
    """

    core: list[Event]
    end: datetime
    attached: list[Event]
    cut: datetime | None = None

    @classmethod
    def of(cls, event: Event) -> Cluster:
        return cls([event], event.window.end, [])

    @property
    def ongoing(self) -> bool:
        return self.cut is None and any(event.ongoing for event in self.core)

    def takes(self, event: Event) -> bool:
        """Whether a later event of the same sort belongs here."""
        if event.window.start < self.end:
            return True
        tolerance = max(TOLERANCE, *(other.step or TOLERANCE for other in (*self.core, event)))
        new = all((event.kind, event.subject) != (other.kind, other.subject) for other in self.core)
        return new and event.onset - self.core[0].onset <= tolerance

    def add(self, event: Event) -> None:
        self.core.append(event)
        self.end = max(self.end, event.window.end)

    @property
    def window(self) -> TimeWindow:
        return TimeWindow(self.core[0].onset, self.end)


def split_at_recoveries(cluster: Cluster, events: Sequence[Event]) -> list[Cluster]:
    """The cluster, cut wherever most of its witnesses had come back for two hours or more.

    Args:
        cluster: deep events that were joined.
        events: all events of reach of the entity, the shallow ones included.
    """
    window = cluster.window
    witnesses = [event for event in events if event.window.overlaps(window)]
    recoveries = list(_recoveries(witnesses, window))
    if not recoveries:
        return [cluster]
    parts: dict[int, Cluster] = {}
    for event in cluster.core:
        index = sum(event.onset >= recovery.start for recovery in recoveries)
        if index in parts:
            parts[index].add(event)
        else:
            parts[index] = Cluster.of(event)
    for index, part in parts.items():
        if index < len(recoveries) and part.end > recoveries[index].start:
            part.cut = part.end = recoveries[index].start
    return [parts[index] for index in sorted(parts)]


def _recoveries(events: Sequence[Event], window: TimeWindow) -> Iterator[TimeWindow]:
    """The times in which the witnesses that were back, and fell again, outweigh those still down."""
    by_signal: dict[tuple[SignalKind, str | None], list[TimeWindow]] = defaultdict(list)
    for event in events:
        by_signal[event.kind, event.subject].append(event.window)
    edges = sorted({edge for event in events for edge in (event.window.start, event.window.end)})
    start: datetime | None = None
    for edge, following in pairwise(edges):
        down = back = 0
        for (kind, _), windows in by_signal.items():
            weight = _WITNESS.get(kind.plane, 0)
            if any(one.start <= edge < one.end for one in windows):
                down += weight
            elif any(one.end <= edge for one in windows) and any(one.start > edge for one in windows):
                back += weight
        if back > down:
            start = edge if start is None else start
            if following == edges[-1] and following - start >= _RECOVERED:
                yield TimeWindow(start, following)
        elif start is not None:
            if edge - start >= _RECOVERED and start > window.start:
                yield TimeWindow(start, edge)
            start = None
