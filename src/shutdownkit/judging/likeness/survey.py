"""What the signals of a country and of its networks show beside the episode: who held, who went dark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from attrs import frozen

from ...model.checks import all_of
from ...model.entity import Entity, EntityKind
from ...model.episode import Episode
from ...model.event import Event
from ...model.kinds import Aspect, Plane
from ...model.signal import Signal
from ...model.verdict import Condition
from ..condition import condition_of
from ..detect import detect
from ..episodes import TOLERANCE, episodes
from ..facts import Facts, Surroundings, is_network, measured_share
from ..faults import find_faults, merged_faults, without_faults

__all__ = ["NetworkFates", "Survey"]

_COVERED = 0.5  # as in facts: measured if this share of the episode's bins was
_LEAD = timedelta(hours=6)  # as in episodes: a roll-out over providers took 5 hours in Iran in 2019
_USED = frozenset({Plane.PROBING, Plane.TRAFFIC, Plane.VANTAGE})
"""Planes on which a network that is cut off cannot hold.  Its routes can stay up (Iran 2019, AS12880)."""


@frozen
class NetworkFates:
    """What became of a country's networks in an episode.

    Attributes:
        watched: how many were measured in at least half of the episode, on any plane of reach.
        dark: those that had an outage which began within 6 hours of the episode and overlaps it, with
            the time from the episode's onset to theirs, ordered by it.
        survived: those in which probing, traffic or connected probes were measured in at least half of the
            episode and no plane fell.
        step: the coarsest bins in which the onsets of those that went dark are known.
    """

    watched: int
    dark: tuple[tuple[Entity, timedelta], ...] = ()
    survived: frozenset[Entity] = frozenset()
    step: timedelta = timedelta(0)

    @property
    def spread(self) -> timedelta | None:
        """From the first network's onset to the last's; None where fewer than two went dark."""
        return self.dark[-1][1] - self.dark[0][1] if len(self.dark) > 1 else None

    @property
    def known(self) -> frozenset[Entity]:
        """The networks of which it is known whether they went dark or survived."""
        return frozenset(entity for entity, _ in self.dark) | self.survived

    @property
    def lines(self) -> tuple[str, ...]:
        """For people."""
        first = f"{len(self.dark)} of {self.watched} networks went dark"
        if self.spread is not None:
            first += f", their onsets {self.spread / timedelta(hours=1):.1f} h apart"
        if not self.survived:
            return (first,)
        return first, "networks that held: " + ", ".join(map(str, sorted(self.survived)))


@frozen
class Survey:
    """Signals looked through once, for the signatures of several episodes.

    Faulty bins are taken out.  Every autonomous system in the signals is taken to lie in the country.
    """

    signals: Mapping[Entity, tuple[Signal, ...]]
    events: Mapping[Entity, tuple[Event, ...]]
    networks: Mapping[Entity, tuple[Episode, ...]]

    @classmethod
    def of(cls, signals: Iterable[Signal], entities: Iterable[Entity]) -> Survey:
        """From signals of the entities, of networks, and of others, which serve to find faults only.

        Raises:
            InvalidValueError: where something else than a signal is among them.
        """
        given = all_of("signals", Signal, signals)
        wanted = set(entities)
        faults = merged_faults(find_faults(given))
        by_entity: dict[Entity, list[Signal]] = defaultdict(list)
        for signal in given:
            if signal.entity in wanted or is_network(signal.entity):
                clean = without_faults(signal, faults)
                if clean.series.measured.any():
                    by_entity[signal.entity].append(clean)
        events: dict[Entity, list[Event]] = defaultdict(list)
        for event in detect([signal for group in by_entity.values() for signal in group]):
            events[event.entity].append(event)
        networks: dict[Entity, tuple[Episode, ...]] = {
            entity: tuple(
                found
                for found in episodes(events.get(entity, ()))
                if condition_of(Facts(found, Surroundings(signals=tuple(group)))) is Condition.OUTAGE
            )
            for entity, group in by_entity.items()
            if is_network(entity)
        }
        return cls(
            {entity: tuple(group) for entity, group in by_entity.items()},
            {entity: tuple(group) for entity, group in events.items()},
            networks,
        )

    def held(self, episode: Episode) -> tuple[Plane, ...] | None:
        """The planes that held; None where there are no signals of the entity."""
        signals = self.signals.get(episode.entity)
        if signals is None:
            return None
        fell = {
            event.kind.plane
            for event in (*episode.events, *self.events.get(episode.entity, ()))
            if event.window.overlaps(episode.window)
        }
        planes = {
            signal.kind.plane for signal in signals if measured_share(signal, episode.window) >= _COVERED
        }
        return tuple(sorted(planes - fell - episode.planes, key=lambda plane: plane.value))

    def fates(self, episode: Episode) -> NetworkFates | None:
        """What became of the networks; None where none was watched, or the entity is no country."""
        if episode.entity.kind is not EntityKind.COUNTRY:
            return None
        watched = {entity: self._watched(entity, episode) for entity in self.networks}
        watched = {entity: planes for entity, planes in watched.items() if planes}
        if not watched:
            return None
        dark, survived, steps = [], set(), [timedelta(0)]
        for entity, planes in watched.items():
            outage = self._outage(entity, episode)
            if outage is not None:
                precise = Facts(outage).precise_onset
                onset, step = (outage.onset, timedelta(0)) if precise is None else precise
                dark.append((entity, onset - episode.onset))
                steps.append(step)
            elif planes & _USED and not self._fell(entity, episode):
                survived.add(entity)
        dark.sort(key=lambda one: (one[1], one[0]))
        return NetworkFates(len(watched), tuple(dark), frozenset(survived), max(steps))

    def _watched(self, entity: Entity, episode: Episode) -> frozenset[Plane]:
        return frozenset(
            signal.kind.plane
            for signal in self.signals[entity]
            if signal.kind.aspect is Aspect.REACH and measured_share(signal, episode.window) >= _COVERED
        )

    def _outage(self, entity: Entity, episode: Episode) -> Episode | None:
        """The network's outage in the episode; of several the first."""
        near = [
            outage
            for outage in self.networks[entity]
            if abs(outage.onset - episode.onset) <= _LEAD
            and outage.window.overlaps(episode.window.widened(TOLERANCE / 2))
        ]
        return min(near, key=lambda outage: outage.window, default=None)

    def _fell(self, entity: Entity, episode: Episode) -> bool:
        """Whether any of its reach was lost in the episode, however little."""
        return any(
            event.kind.aspect is Aspect.REACH and event.window.overlaps(episode.window)
            for event in self.events.get(entity, ())
        )
