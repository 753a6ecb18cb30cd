"""An episode's technical signature: what it looked like, without why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from attrs import frozen

from ...model.checks import instance
from ...model.entity import Entity
from ...model.episode import Episode
from ...model.event import Event
from ...model.kinds import Plane
from ...model.places import country_zones
from ...model.signal import Signal
from ..facts import Facts
from .survey import NetworkFates, Survey

__all__ = ["PlaneFall", "Signature", "clock_text", "duration_text", "signature_of", "signature_within"]

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_FIRST_DAY = datetime.min.replace(tzinfo=UTC) + _DAY
_LAST_DAY = datetime.max.replace(tzinfo=UTC) - _DAY


@frozen
class PlaneFall:
    """One plane that fell.

    Attributes:
        depth: the lost share over the deepest of its events, 0..1; None where only a list says that it fell.
        after: from the episode's onset to the first of its events; negative for one that began before.
            None as above.
        step: the bins of that first event's signal, to which ``after`` is known; None where unknown.
    """

    plane: Plane
    depth: float | None = None
    after: timedelta | None = None
    step: timedelta | None = None


@frozen
class Signature:
    """What an episode looked like.  Whatever is not known is None or absent, never 0.

    Attributes:
        fell: the planes that fell, in the order in which they did.
        held: the planes that were measured in at least half of the episode and did not fall, ordered by
            name; None where no signals were given.
        utc_minute: minute of the day (0..1439) of the onset in UTC; None where only the day is known.
        local_minute: the same in the country's time; None for a network, and where the country's zones
            differ at that time.
        step: the bins of the finest signal that dates the onset: how exactly it is known.  None where
            unknown, as for an incident from a list.
        duration: None while it lasts, or where it is not known.
        fall, rise: of the main event, from the onset until four fifths of its peak were lost, and from the
            last such bin to the end; None where unknown.
        shape_step: the bins of the main event's signal.
        networks: what became of the country's networks; None where none was watched.
        only_ipv6: whether nothing of reach fell but routes of IPv6.
    """

    entity: Entity
    fell: tuple[PlaneFall, ...] = ()
    held: tuple[Plane, ...] | None = None
    utc_minute: int | None = None
    local_minute: int | None = None
    step: timedelta | None = None
    duration: timedelta | None = None
    fall: timedelta | None = None
    rise: timedelta | None = None
    shape_step: timedelta | None = None
    networks: NetworkFates | None = None
    only_ipv6: bool = False

    @property
    def planes(self) -> frozenset[Plane]:
        """The planes that fell."""
        return frozenset(one.plane for one in self.fell)

    @property
    def known_planes(self) -> frozenset[Plane] | None:
        """The planes of which it is known whether they fell; None where it is not."""
        return None if self.held is None else self.planes | frozenset(self.held)

    @property
    def lines(self) -> tuple[str, ...]:
        """One line for people for each thing that is known."""
        lines = [f"{one.plane.value} {_fall_text(one)}" for one in self.fell]
        if self.held:
            lines.append("held: " + ", ".join(plane.value for plane in self.held))
        if self.local_minute is not None:
            lines.append(f"began at {clock_text(self.local_minute)} local time")
        elif self.utc_minute is not None:
            lines.append(f"began at {clock_text(self.utc_minute)} UTC")
        for what, value in (
            ("lasted", self.duration),
            ("fell within", self.fall),
            ("returned within", self.rise),
        ):
            if value is not None:
                lines.append(f"{what} {duration_text(value)}")
        return (*lines, *(() if self.networks is None else self.networks.lines))

    def __str__(self) -> str:
        return "; ".join(self.lines) or "nothing is known of it"


def signature_of(episode: Episode, *, signals: Iterable[Signal] = ()) -> Signature:
    """The technical signature of an episode.

    Args:
        episode: found in signals, or known from a list (then little is known of it).
        signals: of its entity, from which come the planes that held, and, for a country, of its networks
            (autonomous systems), from which come those that went dark and those that did not.  Signals of
            other entities only serve to find faults of the instruments.

    Raises:
        InvalidValueError: where an argument is of another class.
    """
    instance("episode", Episode, episode)
    return signature_within(episode, Survey.of(signals, (episode.entity,)))


def signature_within(episode: Episode, survey: Survey) -> Signature:
    """As :func:`signature_of`, with signals that were looked through already."""
    facts = Facts(episode)
    main = facts.main_event or max(
        (event for event in episode.events if event.fall is not None),
        key=lambda event: event.burden,
        default=None,
    )
    precise = facts.precise_onset
    day_only = _is_dated_by_days(episode)
    return Signature(
        entity=episode.entity,
        fell=_fallen(episode),
        held=survey.held(episode),
        utc_minute=None if day_only else _minute(episode.onset),
        local_minute=None if day_only else _local_minute(episode.entity, episode.onset),
        step=None if precise is None else precise[1],
        duration=None if episode.ongoing or day_only else episode.duration,
        fall=None if main is None else main.fall,
        rise=None if main is None else main.rise,
        shape_step=None if main is None else main.step,
        networks=survey.fates(episode),
        only_ipv6=facts.only_ipv6,
    )


def clock_text(minute: int) -> str:
    """A minute of the day as 18:05."""
    return f"{minute // 60:02}:{minute % 60:02}"


def duration_text(duration: timedelta) -> str:
    """Minutes up to two hours, then hours."""
    minutes = round(duration / _MINUTE)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _fall_text(one: PlaneFall) -> str:
    depth = "fell" if one.depth is None else f"fell by {one.depth:.0%}"
    if one.after is None:
        return depth
    if not one.after:
        return f"{depth} at once"
    side = "after" if one.after > timedelta(0) else "before"
    return f"{depth} {duration_text(abs(one.after))} {side} the onset"


def _fallen(episode: Episode) -> tuple[PlaneFall, ...]:
    fallen = []
    for plane in episode.planes:
        events = [event for event in episode.events if event.kind.plane is plane]
        first = min(events, key=lambda event: (event.onset, _step(event), event.sort_key))
        depth = max(event.depth for event in events)
        fallen.append(PlaneFall(plane, depth, first.onset - episode.onset, first.step))
    return tuple(sorted(fallen, key=lambda one: (one.after, one.plane.value)))


def _step(event: Event) -> timedelta:
    return timedelta.max if event.step is None else event.step


def _is_dated_by_days(episode: Episode) -> bool:
    """Whether a list gives the days only: midnight to midnight, in UTC."""
    midnight = episode.onset.replace(hour=0, minute=0, second=0, microsecond=0)
    return not episode.events and episode.onset == midnight and not episode.duration % _DAY


def _minute(time: datetime) -> int:
    return time.hour * 60 + time.minute


def _local_minute(entity: Entity, onset: datetime) -> int | None:
    if entity.country is None or not _FIRST_DAY <= onset <= _LAST_DAY:
        return None
    minutes = {_minute(onset.astimezone(zone)) for zone in country_zones(entity.country)}
    return minutes.pop() if len(minutes) == 1 else None
