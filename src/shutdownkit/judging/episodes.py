"""Events of one entity that belong together.

Deep losses of reach (at least half of it) make the episodes.  Shallower ones, and what worked badly or
failed at the time, belong to the episode they overlap, but never join two episodes into one: a routing
table that stays a quarter short for a week does not make seven nightly cuts a single one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from ..model.checks import all_of
from ..model.entity import Entity
from ..model.episode import Episode
from ..model.event import Event
from ..model.kinds import Aspect, Plane
from ..model.window import TimeWindow
from .clusters import TOLERANCE, Cluster, split_at_recoveries

__all__ = ["DEEP", "DIRECT_PLANES", "TOLERANCE", "episodes"]

DEEP = 0.5
"""Share lost from which an event is deep: IODA's critical level (InetIntel/ioda-ui, Help.js)."""

DIRECT_PLANES = frozenset({Plane.ROUTING, Plane.PROBING, Plane.TRAFFIC, Plane.VANTAGE})
"""Planes that see connectivity itself.  Background radiation and the volume of measurements see what
infected hosts and volunteers happen to send: they corroborate, but do not date an onset where a direct
plane does (telescope-only events are often bogus, says IODA's own change log)."""

_LEAD = timedelta(hours=6)  # a roll-out over providers took 5 hours in Iran in 2019
_INSIDE = 0.8  # a failure of services with so much of it inside an outage is the outage's


def episodes(events: Iterable[Event]) -> tuple[Episode, ...]:
    """Join the events that belong together, entity by entity.

    The order of the events does not matter.  Onsets of different signals may differ by 90 minutes.

    Returns:
        Ordered by onset, then entity.  Every event is in exactly one episode.
    """
    by_entity: dict[Entity, list[Event]] = defaultdict(list)
    for event in sorted(all_of("events", Event, events), key=lambda event: event.sort_key):
        by_entity[event.entity].append(event)
    found = [episode for group in by_entity.values() for episode in _of_one_entity(group)]
    return tuple(sorted(found, key=lambda episode: (episode.window, episode.entity)))


def _of_one_entity(events: Sequence[Event]) -> list[Episode]:
    reach = [event for event in events if event.kind.aspect is Aspect.REACH]
    clusters = _joined([event for event in reach if event.peak >= DEEP])
    clusters = [part for cluster in clusters for part in split_at_recoveries(cluster, reach)]
    loose = [event for event in reach if event.peak < DEEP]
    clusters += _joined(_attach(loose, clusters, _overlaps))
    quality = [event for event in events if event.kind.aspect is Aspect.QUALITY]
    clusters += _joined(_attach(quality, clusters, _overlaps))
    failures = [event for event in events if event.kind.aspect is Aspect.FAILURE]
    clusters += _joined(_attach(failures, clusters, _mostly_inside))
    return [_episode(cluster) for cluster in clusters]


def _joined(events: Sequence[Event]) -> list[Cluster]:
    """Clusters of events ordered by onset, each next one joined to the last cluster or beginning one."""
    clusters: list[Cluster] = []
    for event in events:
        if clusters and clusters[-1].takes(event):
            clusters[-1].add(event)
        else:
            clusters.append(Cluster.of(event))
    return clusters


def _attach(
    events: Sequence[Event],
    clusters: Sequence[Cluster],
    belongs: Callable[[Event, Cluster], bool],
) -> list[Event]:
    """Attach each event to the cluster it belongs to whose onset is nearest; return the rest."""
    rest = []
    for event in events:
        homes = [cluster for cluster in clusters if belongs(event, cluster)]
        if homes:
            near = min(homes, key=lambda home: (abs(home.window.start - event.onset), home.window))
            near.attached.append(event)
        else:
            rest.append(event)
    return rest


def _overlaps(event: Event, cluster: Cluster) -> bool:
    if event.onset < cluster.window.start - _LEAD:
        return False
    return event.window.overlaps(cluster.window.widened(TOLERANCE / 2))


def _mostly_inside(event: Event, cluster: Cluster) -> bool:
    shared = event.window.intersection(cluster.window.widened(TOLERANCE / 2))
    return shared is not None and shared.duration >= _INSIDE * event.duration


def _episode(cluster: Cluster) -> Episode:
    reach = [event for event in (*cluster.core, *cluster.attached) if event.kind.aspect is Aspect.REACH]
    direct = [event for event in reach if event.kind.plane in DIRECT_PLANES]
    onset = min(event.onset for event in direct or reach or cluster.core)
    return Episode(
        entity=cluster.core[0].entity,
        window=TimeWindow(onset, max(cluster.end, onset)),
        events=(*cluster.core, *cluster.attached),
        ongoing=cluster.ongoing,
    )
