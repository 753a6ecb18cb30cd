"""Clumps of drops: times at which probes of an entity lost one controller together."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Protocol

from attrs import field, frozen

from ...errors import InvalidValueError
from .replay import BLIP

__all__ = ["CLUMP", "Change", "Suspect", "between", "drops_of", "next_clump", "suspects"]

CLUMP = 600.0
"""Seconds within which a controller's probes drop: three minutes on 13 July 2016, and room."""

_SHARE = 0.05  # of the connected probes: less does not show in the count
_FEWEST = 2


class Change(Protocol):
    """A probe that connected or disconnected: when (epoch seconds), which, and on which controller."""

    @property
    def time(self) -> float: ...

    @property
    def probe(self) -> int: ...

    @property
    def connected(self) -> bool: ...

    @property
    def controller(self) -> str: ...


@frozen
class Suspect:
    """Probes of an entity that dropped together from one controller.

    Attributes:
        start, end: the first and the last drop, epoch seconds, at most ten minutes apart.
        probes: which; for looking up their return, never to be printed.
    """

    controller: str
    start: float
    end: float
    probes: frozenset[int] = field(repr=False)

    @property
    def dropped(self) -> int:
        """How many probes."""
        return len(self.probes)


def suspects(events: Iterable[Change], connected: int) -> tuple[Suspect, ...]:
    """The times at which one controller's probes made a dent in an entity's count.

    A dent is at least 5 % of the connected probes, and at least two, within ten minutes, and more than
    half of all the probes of the entity that dropped in those minutes.

    Args:
        events: of the entity's probes, in any order; connections are passed over, and so are drops from a
            controller without a name (as in 2011).
        connected: how many probes the entity had connected.

    Returns:
        In order of time; of those of one controller that overlap, the largest.

    Raises:
        InvalidValueError: for a negative number.
    """
    if connected < 0:
        raise InvalidValueError("suspects.connected", connected, "is negative")
    drops = drops_of(events)
    least = _dent(connected)
    found: list[Suspect] = []
    for controller in sorted({drop.controller for drop in drops} - {""}):
        own = [drop for drop in drops if drop.controller == controller]
        clumps = [_clump(own, drop.time) for drop in own]
        chosen: list[Suspect] = []
        for clump in sorted(clumps, key=lambda one: (-one.dropped, one.start)):
            if clump.dropped < least:
                break
            together = {drop.probe for drop in between(drops, clump.start, clump.end)}
            apart = all(clump.end < one.start or one.end < clump.start for one in chosen)
            if apart and 2 * clump.dropped > len(together):
                chosen.append(clump)
        found += chosen
    return tuple(sorted(found, key=lambda one: (one.start, one.controller)))


def next_clump(suspect: Suspect, events: Iterable[Change], connected: int) -> float | None:
    """When, after the suspect, other probes on other controllers next made a dent, if they did.

    What a failed controller hides must end there, whatever its own probes do.  Drops shorter than
    :data:`~.replay.BLIP` make none.
    """
    others: list[Change] = []
    following: dict[int, Change] = {}
    for event in sorted(events, key=_time, reverse=True):
        after = following.get(event.probe)
        blip = after is not None and after.connected and after.time - event.time < BLIP
        other = event.controller != suspect.controller and event.probe not in suspect.probes
        if other and not event.connected and not blip and event.time > suspect.end:
            others.append(event)
        following[event.probe] = event
    others.reverse()
    least = _dent(connected)
    return next((drop.time for drop in others if _clump(others, drop.time).dropped >= least), None)


def _dent(connected: int) -> int:
    """The fewest probes whose loss shows in the count."""
    return max(_FEWEST, math.ceil(_SHARE * connected - 1e-9))


def _clump(own: Sequence[Change], start: float) -> Suspect:
    """The drops of the ten minutes from one on, of one controller."""
    together = between(own, start, start + CLUMP)
    probes = frozenset(drop.probe for drop in together)
    return Suspect(together[0].controller, start, together[-1].time, probes)


def drops_of(events: Iterable[Change]) -> list[Change]:
    """The disconnections among the events, in order of time."""
    return sorted((event for event in events if not event.connected), key=_time)


def between(ordered: Sequence[Change], start: float, end: float) -> Sequence[Change]:
    """The events from ``start`` up to and with ``end``, of events in order of time."""
    return ordered[bisect_left(ordered, start, key=_time) : bisect_right(ordered, end, key=_time)]


def _time(event: Change) -> float:
    return event.time
