"""What the rules look at: an episode, and everything known around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from attrs import define, field

from ..model.account import InstrumentFault, Observation
from ..model.context import ContextEvent
from ..model.entity import Entity, EntityKind
from ..model.episode import Episode
from ..model.event import Event
from ..model.kinds import KINDS, Aspect, Plane, SignalKind
from ..model.knowledge import Knowledge
from ..model.places import country_zones
from ..model.reach import Blocking
from ..model.signal import Signal
from ..model.window import TimeWindow
from .blocking.silences import Silence
from .episodes import DIRECT_PLANES, TOLERANCE

__all__ = ["Facts", "PlaneState", "Surroundings"]

_LATE_PLANES = frozenset({Plane.VANTAGE})
"""What their signals cannot say is the minute: RIPE Atlas notes disconnections and returns up to an hour late
(Time Warner Cable, 27 August 2014: public at 08:30 UTC, noted from 09:25 on)."""

_WEEK = timedelta(days=7)
_NOTHING = timedelta(0)
_HALF_DAY = timedelta(hours=12)  # a week's observation may lack so much
_IPV6 = KINDS["bgp.v6-prefixes"]
_BINS = 3
_COVERED = 0.5  # a plane was measured if this share of the episode's bins was


@define(frozen=True)
class Surroundings:
    """What is known beside the episode itself.

    Attributes:
        signals: of the episode's entity, faulty bins taken out.
        others: other episodes of the same entity, of connectivity, known or found.
        artefacts: those of the others that are faults of an instrument.
        blocking: episodes of the same entity in which services failed.
        networks: the facts of autonomous systems at hand that may lie in the country.
        networks_watched: how many such systems were measured.
        neighbours: episodes of other countries at hand, confirmed by two planes.
        neighbours_watched: how many other countries were measured.
        context: what was reported around the time.
        faults: when instruments failed.
        observations: what the providers' own detectors said of the entity.
        only_faulty: whether the episode is nothing but such a fault.
        silence: of an episode that is a silence in single tests, what is known of it; nobody knows
            whether the provider could be reached from elsewhere.
        services: what was blocked in the episode, where single tests say so.
        listed: of an incident known from a list only: the planes on which the list looked for a fall, and
            whether it says that there was one.
        knowledge: what was known of the episode, where the caller says so; None to take it from the data.
    """

    signals: tuple[Signal, ...] = ()
    others: tuple[Episode, ...] = ()
    artefacts: frozenset[Episode] = frozenset()
    blocking: tuple[Episode, ...] = ()
    networks: tuple[Facts, ...] = ()
    networks_watched: int = 0
    neighbours: tuple[Episode, ...] = ()
    neighbours_watched: int = 0
    context: tuple[ContextEvent, ...] = ()
    faults: tuple[InstrumentFault, ...] = ()
    observations: tuple[Observation, ...] = ()
    only_faulty: bool = False
    silence: Silence | None = None
    services: Blocking | None = None
    listed: Mapping[Plane, bool] = field(factory=dict)
    knowledge: Knowledge | None = None


@define(frozen=True)
class PlaneState:
    """What one plane shows of an episode.

    Attributes:
        measured: whether at least half of the episode was measured on a signal of the plane.
        peak: the greatest lost share, 0 where nothing fell or a list says no more than that it did.
        onset: when the first of its events began; None where nothing fell.
        was_down: whether it was down at the time from another episode.
    """

    measured: bool
    peak: float
    onset: datetime | None
    was_down: bool = False

    @property
    def fell(self) -> bool:
        """Whether something fell."""
        return self.onset is not None

    @property
    def held(self) -> bool:
        """Whether it was measured, nothing fell, and it was not down already."""
        return self.measured and not self.fell and not self.was_down


@define(slots=False, eq=False)
class Facts:
    """An episode and its surroundings, with the features that rules ask for."""

    episode: Episode
    around: Surroundings = field(factory=Surroundings)

    @property
    def entity(self) -> Entity:
        """The entity of the episode."""
        return self.episode.entity

    @cached_property
    def reach_events(self) -> tuple[Event, ...]:
        """The events in which reach was lost."""
        return tuple(event for event in self.episode.events if event.kind.aspect is Aspect.REACH)

    @cached_property
    def main_reach(self) -> tuple[Event, ...]:
        """The events in which reach was lost, without those of IPv6 routes where there are others.

        IPv6 routes may go hours before the rest, and the rest of routing not at all (Iran, 8 January
        2026): what happened to them says nothing of the others.
        """
        rest = tuple(event for event in self.reach_events if event.kind != _IPV6)
        return rest or self.reach_events

    @property
    def only_ipv6(self) -> bool:
        """Whether nothing fell but routes of IPv6."""
        return bool(self.reach_events) and all(event.kind == _IPV6 for event in self.reach_events)

    @cached_property
    def lost_reach(self) -> bool:
        """Whether connectivity was lost, as signals or a list of incidents say.

        That fewer measurements arrived does not say so by itself: volunteers come and go by the day.
        """
        seen = any(event.kind.plane is not Plane.VOLUME for event in self.reach_events)
        return seen or any(self.around.listed.values())

    @cached_property
    def knowledge(self) -> Knowledge:
        """What is known of it: whether it is over, and what followed within a week."""
        if self.around.knowledge is not None:
            return self.around.knowledge
        if self.episode.ongoing:
            return Knowledge.ONSET
        followed = any(timedelta(0) < other.onset - self.episode.onset <= _WEEK for other in self.apart)
        if followed or self.observed_after >= _WEEK - _HALF_DAY:
            return Knowledge.HINDSIGHT
        return Knowledge.END

    @cached_property
    def dating_events(self) -> tuple[Event, ...]:
        """The events that say when it began: on direct planes where there are any."""
        direct = [event for event in self.main_reach if event.kind.plane in DIRECT_PLANES]
        return tuple(direct) or self.main_reach

    @cached_property
    def main_event(self) -> Event | None:
        """Of the events that date the episode the one that shows best what happened.

        The one of the finest signal among those that took at least half as much, depth times duration
        within the episode, as the one that took most; of a few probes, which their owners restart when
        they will, only where there is no other.
        """
        taken = [(self._taken(event), event) for event in self.dating_events]
        most = max((share for share, _ in taken), default=timedelta(0))
        heavy = [(share, event) for share, event in taken if 2 * share >= most]
        return min(
            (event for _, event in heavy),
            key=lambda event: (
                event.kind.plane is Plane.VANTAGE,
                event.step or timedelta.max,
                -event.depth,
                event.sort_key,
            ),
            default=None,
        )

    def _taken(self, event: Event) -> timedelta:
        """Depth times duration of an event, within the episode."""
        shared = event.window.intersection(self.episode.window)
        return timedelta(0) if shared is None else event.depth * shared.duration

    def lost(self, *planes: Plane) -> float:
        """The share of a plane that was gone on average while the main event lasted, 0..1.

        Of several signals or planes, the worst.  A dip of minutes within an outage of days hardly counts.
        """
        if self.main_event is None:
            return 0.0
        main = self.main_event.window
        lost: dict[tuple[SignalKind, str | None], float] = {}
        for event in self.main_reach:
            shared = event.window.intersection(main)
            if event.kind.plane in planes and shared is not None:
                part = event.depth * (shared.duration / main.duration)
                series = (event.kind, event.subject)
                lost[series] = lost.get(series, 0.0) + part
        return min(1.0, max(lost.values(), default=0.0))

    @cached_property
    def peak(self) -> float:
        """The greatest lost share of reach on any signal."""
        return max((event.peak for event in self.main_reach), default=0.0)

    def plane(self, plane: Plane) -> PlaneState:
        """What a plane shows, from signals of reach."""
        events = [event for event in self.main_reach if event.kind.plane is plane]
        return PlaneState(
            measured=bool(events) or plane in self.around.listed or self._measured(plane),
            peak=max((event.peak for event in events), default=0.0),
            onset=min(
                (event.onset for event in events),
                default=self.episode.onset if self.around.listed.get(plane) else None,
            ),
            was_down=any(
                event.kind.plane is plane and event.window.overlaps(self.episode.window)
                for other in self.around.others
                for event in other.events
            ),
        )

    def could_have_fallen(self, plane: Plane, since: datetime) -> bool:
        """Whether a plane that did not fall had the time to.

        While an episode lasts, a signal needs three bins since ``since`` to show a fall: two are the least
        that detection takes.
        """
        if not self.episode.ongoing or since >= self.episode.window.end:
            return True
        window = TimeWindow(since, self.episode.window.end)
        return any(
            np.count_nonzero(signal.series.cut(window).measured) >= _BINS for signal in self._witnesses(plane)
        )

    def _measured(self, plane: Plane) -> bool:
        return any(
            measured_share(signal, self.episode.window) >= _COVERED for signal in self._witnesses(plane)
        )

    def _witnesses(self, plane: Plane) -> list[Signal]:
        """The signals of reach that speak for a plane: as in :attr:`main_reach`, not those of IPv6 routes."""
        return [
            signal
            for signal in self.around.signals
            if signal.kind.plane is plane
            and signal.kind.aspect is Aspect.REACH
            and (self.only_ipv6 or signal.kind != _IPV6)
        ]

    @cached_property
    def precise_onset(self) -> tuple[datetime, timedelta] | None:
        """The onset as the finest signal dates it, and that signal's step; None where none says."""
        near = [
            event
            for event in self.dating_events
            if event.step is not None
            and event.kind.plane not in _LATE_PLANES
            and event.onset - self.episode.onset <= TOLERANCE
        ]
        if not near:
            return None
        best = min(near, key=lambda event: (event.step or timedelta.max, event.onset))
        return best.onset, best.step or timedelta.max

    @cached_property
    def precise_end(self) -> tuple[datetime, timedelta] | None:
        """The end as the finest signal dates it, and that signal's step; None where none says."""
        last = self.episode.end
        if last is None:
            return None
        near = [
            (event.step, event.window.end)
            for event in self.dating_events
            if event.step is not None
            and event.kind.plane not in _LATE_PLANES
            and not event.ongoing
            and abs(last - event.window.end) <= TOLERANCE
        ]
        if not near:
            return None
        step, end = min(near)
        return end, step

    @cached_property
    def zones(self) -> tuple[ZoneInfo, ...]:
        """The time zones of the entity's country; empty for networks."""
        return country_zones(self.entity.country) if self.entity.country is not None else ()

    def local_minutes(self, time: datetime) -> frozenset[int]:
        """The minute of the local hour, in each of the country's zones."""
        return frozenset(time.astimezone(zone).minute for zone in self.zones)

    @cached_property
    def overlapping_faults(self) -> tuple[InstrumentFault, ...]:
        """The instrument faults during the episode."""
        window = self.episode.window.widened(TOLERANCE)
        return tuple(fault for fault in self.around.faults if fault.window.overlaps(window))

    @cached_property
    def overlapping_observations(self) -> tuple[Observation, ...]:
        """What the providers' own detectors said of the time of the episode."""
        window = self.episode.window.widened(TOLERANCE)
        return tuple(one for one in self.around.observations if one.window.overlaps(window))

    @cached_property
    def observed_before(self) -> timedelta:
        """How long before the onset connectivity was measured, back to the first break of half a day.

        Of several signals the longest; at least half of that time must have been measured.
        """
        onset = self.episode.onset
        signals = [signal for signal in self.around.signals if signal.kind.aspect is Aspect.REACH]
        return max((_unbroken(one, one.series.start, onset, back=True) for one in signals), default=_NOTHING)

    @cached_property
    def observed_after(self) -> timedelta:
        """How long after the end connectivity was measured, up to the first break of half a day.

        Of several signals the longest; at least half of that time must have been measured.
        """
        end = self.episode.window.end
        signals = [signal for signal in self.around.signals if signal.kind.aspect is Aspect.REACH]
        return max(
            (_unbroken(one, end, one.series.window.end, back=False) for one in signals), default=_NOTHING
        )

    @cached_property
    def connected(self) -> timedelta:
        """How much of the episode lies outside losses of connectivity that were seen, if any could be."""
        window = self.episode.window
        if not any(self._measured(p) for p in (Plane.ROUTING, Plane.PROBING, Plane.TRAFFIC)):
            return timedelta(0)
        connected, until = timedelta(0), window.start
        seen = (other for other in self.around.others if other.events)
        for other in sorted(seen, key=lambda other: other.window):
            if other.window.start > until:
                connected += min(other.window.start, window.end) - until
            until = min(max(until, other.window.end), window.end)
        return connected + (window.end - until)

    @cached_property
    def apart(self) -> tuple[Episode, ...]:
        """The other episodes that may be recurrences of this one.

        One that overlaps it, as an entry of a list of incidents does that is this very episode, is none;
        nor is an artefact, nor a loss not half as deep on the planes that fell here.
        """
        window = self.episode.window.widened(TOLERANCE)
        return tuple(
            other
            for other in self.around.others
            if other not in self.around.artefacts
            and not other.window.widened(TOLERANCE / 2).overlaps(window)
            and self._is_comparable(other)
        )

    def _is_comparable(self, other: Episode) -> bool:
        """Whether another episode, if its events are known, was half as deep on planes that fell here."""
        if not other.events or not self.reach_events:
            return True
        planes = {event.kind.plane for event in self.reach_events} - {Plane.VOLUME}
        peaks = [
            event.peak
            for event in other.events
            if event.kind.aspect is Aspect.REACH and event.kind.plane in planes
        ]
        return 2 * max(peaks, default=0.0) >= self.peak

    def others_within(self, days: float) -> tuple[Episode, ...]:
        """Other episodes of connectivity, apart from this one, whose onset is so many days away or less."""
        return tuple(
            other for other in self.apart if abs(other.onset - self.episode.onset) <= timedelta(days=days)
        )

    def events_of(self, kind: SignalKind) -> tuple[Event, ...]:
        """The episode's events of one kind."""
        return tuple(event for event in self.episode.events if event.kind == kind)


def measured_share(signal: Signal, window: TimeWindow) -> float:
    """The share of the bins of ``window`` that the signal measured; bins it does not have are missing."""
    step = signal.series.step
    bins = max(1, -(-window.duration // step))
    return min(1.0, float(np.count_nonzero(signal.series.cut(window).measured)) / bins)


def _unbroken(signal: Signal, start: datetime, end: datetime, *, back: bool) -> timedelta:
    """How much of a stretch was measured without a break of half a day, seen from its end or its start.

    0 where less than half of that was measured.
    """
    if start >= end:
        return _NOTHING
    cut = signal.series.cut(TimeWindow(start, end))
    step = cut.step
    times = [cut.start + int(index) * step for index in np.flatnonzero(cut.measured)]
    edge = end if back else start
    for time in reversed(times) if back else times:
        near, far = (time + step, time) if back else (time, time + step)
        if (edge - near if back else near - edge) > max(_HALF_DAY, step):
            break
        edge = max(far, start) if back else min(far, end)
    seen = TimeWindow(edge, end) if back else TimeWindow(start, edge)
    return seen.duration if measured_share(signal, seen) >= _COVERED else _NOTHING


def is_network(entity: Entity) -> bool:
    """Whether the entity is an autonomous system."""
    return entity.kind is EntityKind.ASN


def sorted_episodes(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """Episodes in their one order: by window, then entity, then what else they differ in."""

    def key(episode: Episode) -> tuple[object, ...]:
        return episode.window, episode.entity, episode.ongoing, [event.sort_key for event in episode.events]

    return tuple(sorted(set(episodes), key=key))
