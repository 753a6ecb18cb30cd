"""From what was answered about probes to how many were connected when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ...model.entity import Entity
from .asking import Group
from .events import ConnectionEvent
from .foreign import network_filter
from .probes import Probe
from .replay import BLIP, SETTLING, Session, Span, Track, flaps, joined, replay, settled
from .series import Grid, connected_counts, mask

__all__ = ["Count", "Watched", "count", "silent_probes", "watched_probes"]

_SECOND = 1.0  # the resolution of the provider's times


@frozen
class Watched:
    """A probe, and what is known of it.

    Attributes:
        known: the spans for which the provider answered about it.
        whole: whether it answered all that was asked.
    """

    probe: Probe
    events: tuple[ConnectionEvent, ...]
    track: Track
    known: tuple[Span, ...]
    whole: bool


@frozen(eq=False)
class Count:
    """How many probes were connected.

    Attributes:
        grid: the instants.
        values: shape (grid.size,): how many were connected and had stayed so for
            :data:`~.replay.SETTLING`; NaN where the state of a probe is not known.
        spans: of each probe that is counted, when it was connected; whoever is not counted is missing.
        unknown, restless, abroad: how many probes were left out because nothing tells their state,
            because they flap, and how many were for some time on networks that do not count.
    """

    grid: Grid
    values: NDArray[np.float64]
    spans: Mapping[int, tuple[Span, ...]]
    unknown: int
    restless: int
    abroad: int

    def connected_before(self, time: float) -> int:
        """How many counted probes were connected just before a time (epoch seconds)."""
        return sum(any(start < time <= end for start, end in spans) for spans in self.spans.values())


def watched_probes(probes: Iterable[Probe], groups: Iterable[Group]) -> tuple[Watched, ...]:
    """The probes of the groups, replayed."""
    by_id = {probe.id: probe for probe in probes}
    found = []
    for group in groups:
        known = group.known
        for number, events in group.events_by_probe().items():
            track = replay(events, known)
            found.append(Watched(by_id[number], events, track, known, not group.failed))
    return tuple(found)


def silent_probes(watched: Iterable[Watched]) -> tuple[Watched, ...]:
    """Those of which no event tells the state for some time."""
    return tuple(one for one in watched if one.track.silent)


def count(
    grid: Grid,
    watched: Iterable[Watched],
    states: Mapping[int, bool],
    *,
    entity: Entity,
    foreign: frozenset[int],
) -> Count:
    """Count the connected probes.

    Args:
        states: whether a silent probe was connected in the spans without events; one that is missing is
            not counted at all where all was answered, and makes the spans unknown otherwise.
    """
    spans: dict[int, tuple[Span, ...]] = {}
    counted: list[tuple[Span, ...]] = []
    dark = np.zeros(grid.size, dtype=np.bool_)
    unknown = restless = abroad = 0
    all_known: dict[tuple[Span, ...], NDArray[np.bool_]] = {}
    for one in watched:
        if flaps(one.events):
            restless += 1
            continue
        state = states.get(one.probe.id)
        if one.track.silent and state is None and one.whole:
            unknown += 1
            continue
        if one.known not in all_known:
            all_known[one.known] = ~mask(grid, _surely_known(grid, one.known))
        if one.track.silent and state is None:
            dark |= mask(grid, one.track.silent)
        sessions = _with_silent(one.track, up=state is True)
        counts = network_filter(entity, one.probe, foreign)
        abroad += any(not counts(session.asn) for session in sessions)
        spans[one.probe.id] = joined(sessions, counts)
        counted.append(settled(spans[one.probe.id], (start for start, _ in one.known)))
    for missing in all_known.values():
        dark |= missing
    values = connected_counts(grid, counted)
    values[dark] = np.nan
    return Count(grid, values, spans, unknown, restless, abroad)


def _surely_known(grid: Grid, known: Iterable[Span]) -> Iterator[Span]:
    """Spans of which what comes later will change nothing.

    Without the time after a gap in which nobody knows who had only just come back, and without the time
    before the end in which nobody knows who will be back at once.
    """
    for start, end in known:
        begun = start if start <= grid.start else start + SETTLING
        over = end - BLIP + _SECOND
        if begun < over:
            yield begun, over


def _with_silent(track: Track, *, up: bool) -> tuple[Session, ...]:
    if not up or not track.silent:
        return track.sessions
    more = (Session(start, end, None) for start, end in track.silent)
    return tuple(sorted((*track.sessions, *more), key=lambda session: session.start))
