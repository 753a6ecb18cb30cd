"""A scenario of a stated kind, made from a few figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from ...errors import InvalidValueError
from ...model.checks import all_of, duration, instant, member, number, whole
from ...model.context import ContextEvent
from ...model.entity import Entity, EntityKind
from ...model.episode import Episode
from ...model.places import country_zones
from ...model.service_tests import ServiceTests
from ...model.signal import Provenance, Signal
from ...model.window import TimeWindow
from .places import DAY, Place
from .scenario import OutageScenario
from .stories import LENGTHS, STORIES, Plot
from .telling import truth_of
from .testers import services_tested
from .truth import Gap, OutageKind

__all__ = ["LEAST", "MOST_NETWORKS", "OTHERS", "local_time", "simulate"]

OTHERS = ("KE", "PE", "LK", "MA")
"""Countries that are watched beside the one in question: a choice of ours, far from each other."""

MADE_UP = Provenance(source="scenario", licence="made up for tests, free of terms")

_ONSET_DAY = datetime(2023, 5, 10, tzinfo=UTC)  # a Wednesday
MOST_NETWORKS = 14  # AS64497 to AS64510 of those that RFC 5398 keeps for documentation
_FIRST_NETWORK = 64497
LEAST = 0.01
"""The smallest share that may be lost."""
_DAYS_MINUTES = 24 * 60
_TO_THE_HOUR = timedelta(hours=1) - timedelta.resolution  # from any time at least to the next full hour


def local_time(country: str, day: datetime, hour: float) -> datetime:
    """The instant, in UTC, at which the clocks of a country (its first zone) show an hour of a day.

    Args:
        day: of which the date counts.
        hour: after midnight, such as 1.5 for 01:30.

    Raises:
        InvalidValueError: it is no country, or no such hour.
    """
    zones = country_zones(_country("country", country).code)
    zone: ZoneInfo | object = zones[0] if zones else UTC
    minutes = round(number("hour", hour, minimum=0.0, maximum=24.0) * 60)
    if minutes >= _DAYS_MINUTES:
        raise InvalidValueError("hour", hour, "is shown by no clock")
    clock = time(minutes // 60, minutes % 60, tzinfo=zone)  # type: ignore[arg-type]
    return datetime.combine(day.date(), clock).astimezone(UTC)


def simulate(
    kind: OutageKind,
    *,
    country: str = "BY",
    networks: int = 3,
    onset: datetime | str | None = None,
    length: timedelta | None = None,
    nights: int = 4,
    lost: float = 0.9,
    withdrawn: bool = False,
    missing: Iterable[Gap] = (),
    noise: float = 0.0,
    seed: int = 0,
    before: timedelta = 10 * DAY,
    after: timedelta = 2 * DAY,
    others: Sequence[str] = OTHERS[:3],
    history: Iterable[Episode] = (),
    context: Iterable[ContextEvent] = (),
) -> OutageScenario:
    """A scenario of a kind: the same arguments, the same scenario.

    What each kind does to the signals is told in :mod:`~shutdownkit.testing.scenarios.stories`.

    Args:
        country: its ISO 3166-1 alpha-2 code.
        networks: how many of its networks are watched, 1..14.
        onset: when the first spell begins; 01:00 local time on 10 May 2023 by default.
        length: of each spell; by default what is usual for the kind.
        nights: how many spells a curfew has; of the others there is one.
        lost: the share that is lost, 0.01..1.  Of a block and of an instrument's fault all is.
        withdrawn: whether an ordered cut withdraws routes, or filters while they stay.
        missing: bins that nobody measured.
        noise: how much of the noise of its statistic each signal has: 0 for none, 1 for all.
        seed: of the noise.
        before, after: how much is watched before the first spell and after the last.
        others: codes of the other countries that are watched.
        history, context: what is known besides.

    Raises:
        InvalidValueError: names the argument that cannot be; also a gap of a signal that is not measured.
    """
    member("kind", OutageKind, kind)
    entity = _country("country", country)
    beside = tuple(_country("others", code) for code in others)
    whole("networks", networks, minimum=1)
    if networks > MOST_NETWORKS:
        raise InvalidValueError("networks", networks, f"is over {MOST_NETWORKS}")
    number("lost", lost, minimum=LEAST, maximum=1.0)
    number("noise", noise, minimum=0.0, maximum=1.0)
    whole("seed", seed, minimum=0)
    if entity in beside:
        raise InvalidValueError("others", country, "is the country itself")
    if len(set(beside)) < len(beside):
        raise InvalidValueError("others", list(others), "names a country twice")
    begin = local_time(entity.code, _ONSET_DAY, 1) if onset is None else instant("onset", onset)
    spells = _spells(kind, entity.code, begin, LENGTHS[kind] if length is None else length, nights)
    start = _moved("before", begin, -duration("before", before))
    end = _moved("after", spells[-1].end, duration("after", after))
    window = TimeWindow(_hour(start), max(_hour(end), _hour(_moved("after", spells[-1].end, _TO_THE_HOUR))))
    is_quiet = kind is OutageKind.QUIET
    plot = Plot(() if is_quiet else spells, lost, withdrawn, networks, len(beside))
    story = STORIES[kind](plot)
    names = tuple(f"AS{_FIRST_NETWORK + index}" for index in range(networks))
    own = Place(entity.code, story.country)
    ases = [Place(name, part, 1 / networks) for name, part in zip(names, story.networks, strict=True)]
    rest = [Place(one.code, part) for one, part in zip(beside, story.others, strict=True)]
    asns = tuple(Entity.parse(name) for name in names)

    def measured(*places: Place) -> tuple[Signal, ...]:
        return tuple(
            one for place in places for one in place.signals(window, seed, noise=noise, provenance=MADE_UP)
        )

    scenario = OutageScenario(
        entity=entity,
        networks=asns,
        window=window,
        signals=measured(own),
        network_signals=measured(*ases),
        controls=measured(*rest),
        truth=truth_of(kind, plot, tuple(asns[index] for index in story.hit), asns),
        tests=_tests(kind, entity, asns, window, spells),
        history=all_of("history", Episode, history),
        context=all_of("context", ContextEvent, context),
        noise=noise,
    )
    return scenario.without(*missing)


def _spells(
    kind: OutageKind, country: str, begin: datetime, length: timedelta, nights: int
) -> tuple[TimeWindow, ...]:
    _moved("length", begin, duration("length", length))
    if kind is not OutageKind.CURFEW:
        return (TimeWindow(begin, begin + length),)
    whole("nights", nights, minimum=1)
    if length >= DAY:
        raise InvalidValueError("length", str(length), "of a curfew is not under a day")
    zones = country_zones(country)
    local = begin.astimezone(zones[0]) if zones else begin
    # by the clocks on the wall
    starts = [_moved("nights", local, night * DAY).astimezone(UTC) for night in range(nights)]
    if any(after - before < length for before, after in pairwise(starts)):
        raise InvalidValueError(
            "length", str(length), "is longer than from one night to the next: clocks change"
        )
    return tuple(TimeWindow(one, _moved("length", one, length)) for one in starts)


def _country(where: str, code: str) -> Entity:
    entity = Entity.parse(code)
    if entity.kind is not EntityKind.COUNTRY:
        raise InvalidValueError(where, code, "is no country")
    return entity


def _moved(where: str, time: datetime, by: timedelta) -> datetime:
    try:
        return time + by
    except OverflowError:
        raise InvalidValueError(where, str(by), f"from {time} leads out of the calendar") from None


def _hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def _tests(
    kind: OutageKind,
    country: Entity,
    networks: Sequence[Entity],
    window: TimeWindow,
    spells: Sequence[TimeWindow],
) -> tuple[ServiceTests, ...]:
    if kind not in {OutageKind.BLOCK, OutageKind.THROTTLE}:
        return ()
    slowed = kind is OutageKind.THROTTLE
    return (ServiceTests(services_tested(country, networks, window, spells, slowed=slowed), MADE_UP),)
