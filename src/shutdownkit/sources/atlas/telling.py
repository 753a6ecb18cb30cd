"""What bursts of disconnections tell a reader, after Disco."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ...model.account import Observation
from ...model.entity import Entity
from ...model.kinds import SignalKind
from ...model.window import TimeWindow
from .bursts import Burst, burst_rows

__all__ = ["METHOD", "THRESHOLD", "TOLD", "Disconnect", "burst_observations"]

METHOD = (
    "bursts of disconnections: Shah et al., Disco: Fast, Good, and Cheap Outage Detection, TMA 2017, "
    "after Kleinberg, Bursty and hierarchical structure in streams, KDD 2002"
)
THRESHOLD = 7
"""The level from which Disco's near-real-time version (disco-kafka, with ``T`` one day) reports an outage."""

TOLD = 5
"""The level from which a burst is told of: 32 times the ordinary rate.  The recorded power cut of Kenya, 7
June 2016, reaches no more once short interruptions are left out, as disco-kafka leaves them out."""

_DAY = 86400.0  # seconds; disco-kafka's T
_SECOND = timedelta(seconds=1)  # the resolution of Atlas's timestamps
_FEWEST = 5  # disco-kafka: at least so many probes, and so many disconnections


class Disconnect(Protocol):
    """A probe that lost its connection: when (epoch seconds), and which."""

    @property
    def time(self) -> float: ...

    @property
    def probe(self) -> int: ...


def burst_observations(
    drops: Iterable[Disconnect], *, probes: int, entity: Entity, kind: SignalKind, source: str = "atlas"
) -> tuple[Observation, ...]:
    """What Disco says of an entity: bursts of its probes' disconnections, from level :data:`TOLD` on.

    disco-kafka slides a window of a day along the stream, an hour a time.  Its ``T`` and ``n`` do not
    depend on what lies in the window, so that one pass over all of the stream finds the same bursts,
    and none is cut at a window's edge.

    Args:
        drops: the disconnections of the entity's probes, in any order; without those that were connected
            again within five minutes, as disco-kafka has it.
        probes: how many probes the entity has.
        entity: whose probes they are.
        kind: of the signal of the same probes.
        source: the source's name.

    Returns:
        One for each burst of at least 5 different probes, in order; none for an entity of fewer than 5
        probes.  Its level is the highest at which 5 different probes dropped within it.  A window ends a
        second after the last disconnection in it.

    Raises:
        InvalidValueError: for a time that cannot be.
    """
    if probes < _FEWEST:
        return ()
    given = sorted((drop.time, drop.probe) for drop in drops)
    times = [time for time, _ in given]
    found = []
    rows = [
        row
        for row in burst_rows(times, probes=probes, period=_DAY)
        if row.level >= TOLD and len({probe for _, probe in _of(row, given, times)}) >= _FEWEST
    ]
    for burst in _told(rows):
        within = _of(burst, given, times)
        height = max(row.level for row in rows if _lies_in(row, burst))
        side = "over" if height > THRESHOLD else "at" if height == THRESHOLD else "under"
        text = (
            f"{len(within)} disconnections of {len({probe for _, probe in within})} probes in "
            f"{_length(burst.end - burst.start)}, a burst of level {height}, {side} {THRESHOLD}, the "
            "published threshold for an outage; it shows that probes dropped together, not why."
        )
        found.append(Observation(source, entity, kind, _window(burst), text, METHOD))
    return tuple(found)


def _of(
    burst: Burst, given: Sequence[tuple[float, int]], times: Sequence[float]
) -> Sequence[tuple[float, int]]:
    """The disconnections in a burst, of all in order of time."""
    return given[bisect_left(times, burst.start) : bisect_right(times, burst.end)]


def _told(rows: Sequence[Burst]) -> list[Burst]:
    """The bursts of the published level, and those of level :data:`TOLD` that hold none of them."""
    high = [row for row in rows if row.level == THRESHOLD]
    low = [row for row in rows if row.level == TOLD and not any(_lies_in(one, row) for one in high)]
    return sorted((*high, *low), key=lambda row: row.start)


def _lies_in(inner: Burst, outer: Burst) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _window(burst: Burst) -> TimeWindow:
    start, end = (datetime.fromtimestamp(time, UTC) for time in (burst.start, burst.end))
    return TimeWindow(start, end + _SECOND)


def _length(seconds: float) -> str:
    """A length of time in words, rounded up: ``40 seconds``, ``5 minutes``, ``3 hours``."""
    for unit, size, fewest in (("hours", 3600, 2), ("minutes", 60, 2)):
        if seconds >= fewest * size:
            return f"{math.ceil(seconds / size)} {unit}"
    whole = max(1, math.ceil(seconds))
    return f"{whole} seconds" if whole > 1 else "1 second"
