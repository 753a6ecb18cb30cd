"""Services and tests of them, one by one and as what a country's probes send over some days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import strategies as st

from ...model.entity import Entity, EntityKind
from ...model.service_tests import Layer, Outcome, ServiceTest, ServiceTests, Strength
from ...model.services import Service, Services
from .measuring import provenances
from .places import entities
from .places import networks as any_networks
from .primitives import lines, several
from .times import instants

__all__ = [
    "COUNTRY",
    "INSTRUMENTS",
    "NETWORKS",
    "START",
    "SUBJECTS",
    "collections_of_services",
    "collections_of_tests",
    "service_tests",
    "services",
    "streams",
    "subjects",
]

SUBJECTS = ("app:telegram", "domain:example.org", "domain:www.example.org", "domain:news.example.net")
"""What :func:`streams` tests where nothing else is given: an app, and three names, two of one site."""

COUNTRY = Entity.parse("BY")
"""Where :func:`streams` comes from where nothing else is given."""

NETWORKS = (Entity.parse("AS6697"), Entity.parse("AS25106"), None)
"""The networks that :func:`streams` comes from where nothing else is given; None is one not known."""

START = datetime(2020, 8, 8, tzinfo=UTC)
"""When :func:`streams` begins where nothing else is given."""

INSTRUMENTS = ("", "ooniprobe-android 3.7.1 telegram 0.2.0", "ooniprobe-cli 3.16.0 telegram 0.3.0")
"""What :func:`streams` is tested with where nothing else is given."""

_NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-.", min_size=1, max_size=12)
_FAILED = {Outcome.BLOCKED, Outcome.SLOWED}


def subjects() -> st.SearchStrategy[str]:
    """What is tested: an app or a domain.  Shrinks to ``app:telegram``."""
    return st.sampled_from(SUBJECTS) | st.builds("{}:{}".format, st.sampled_from(("app", "domain")), _NAMES)


@st.composite
def service_tests(
    draw: st.DrawFn,
    *,
    times: st.SearchStrategy[datetime] | None = None,
    subjects_from: Sequence[str] | None = None,
    outcomes: Sequence[Outcome] = tuple(Outcome),
    countries: Sequence[Entity | None] | None = None,
    networks: Sequence[Entity | None] | None = None,
    strengths: Sequence[Strength] = tuple(Strength),
    instruments: Sequence[str] | None = None,
    runs: Sequence[str] | None = None,
    reasons: Sequence[str] | None = None,
    addresses: bool = True,
    largest_count: int = 9,
) -> ServiceTest:
    """Tests of services: any, or of the subjects, outcomes, places and runs given (None: any of its kind).

    Shrinks to one test of ``app:telegram`` at the start of the year 2000 that reached it, from a place that
    is not known; of what is given to the first.

    Args:
        times: when they are made.
        subjects_from: what is tested.
        outcomes: what comes of it.
        countries: where the probes are; None for a country that is not known.
        networks: the networks they are in; None for one that is not known.
        strengths: how strongly the failed ones speak of blocking.
        instruments: the software that tests.
        runs: the runs of probes that they are part of.
        reasons: why they failed or say nothing.
        addresses: whether some say where the measurement can be looked at.
        largest_count: how many tests one may stand for.
    """
    outcome = draw(st.sampled_from(list(outcomes)))
    failed = outcome in _FAILED
    return ServiceTest(
        time=draw(instants() if times is None else times),
        subject=draw(subjects() if subjects_from is None else st.sampled_from(list(subjects_from))),
        outcome=outcome,
        country=draw(_places(countries, entities(kinds=(EntityKind.COUNTRY,)))),
        network=draw(_places(networks, any_networks())),
        layer=draw(st.none() | st.sampled_from(Layer)) if outcome is not Outcome.OK else None,
        strength=draw(st.sampled_from(list(strengths))) if failed else None,
        control=draw(st.none() | st.booleans()),
        reason="" if outcome is Outcome.OK else draw(_texts(reasons)),
        count=draw(st.integers(1, largest_count)),
        instrument=draw(_texts(instruments)),
        run=draw(_texts(runs)),
        address=draw(st.none() | lines()) if addresses else None,
    )


def _texts(given: Sequence[str] | None) -> st.SearchStrategy[str]:
    return lines(empty=True) if given is None else st.sampled_from(list(given))


def _places(
    given: Sequence[Entity | None] | None, all_places: st.SearchStrategy[Entity]
) -> st.SearchStrategy[Entity | None]:
    return st.none() | all_places if given is None else st.sampled_from(list(given))


@st.composite
def streams(
    draw: st.DrawFn,
    *,
    start: datetime = START,
    hours: int = 96,
    subjects_from: Sequence[str] = SUBJECTS,
    outcomes: Sequence[Outcome] = tuple(Outcome),
    countries: Sequence[Entity | None] = (COUNTRY,),
    networks: Sequence[Entity | None] = NETWORKS,
    strengths: Sequence[Strength] = tuple(Strength),
    instruments: Sequence[str] = INSTRUMENTS,
    runs: Sequence[str] = ("", "a", "b", "c"),
    min_size: int = 0,
    max_size: int = 24,
) -> tuple[ServiceTest, ...]:
    """Tests within some hours of a start, on the minute, in any order, from few places of few services.

    Few, so that they meet: the same service, network and hour come up again.  Runs that are the same are
    stretches, too: a drawn test may be repeated over the next hours with one outcome, as a block is.

    Shrinks to no test, or as few as allowed, each of the first of what is given, at the start.

    Args:
        start: no test is made before it.
        hours: for so long after it they are made.
        subjects_from: what is tested.
        outcomes: what comes of it.
        countries: where the probes are; None for a country that is not known.
        networks: the networks they are in; None for one that is not known.
        strengths: how strongly the failed ones speak of blocking.
        instruments: the software that tests.
        runs: the runs of probes that they are part of; one that is repeated is a new run each hour.
        min_size: at least so many tests.
        max_size: at most so many tests, or ``min_size`` where that is more.
    """
    single = service_tests(
        times=st.integers(0, hours * 60 - 1).map(lambda minutes: start + timedelta(minutes=minutes)),
        subjects_from=subjects_from,
        outcomes=outcomes,
        countries=countries,
        networks=networks,
        strengths=strengths,
        instruments=instruments,
        runs=runs,
        reasons=("", "connection_reset"),
        addresses=False,
        largest_count=3,
    )
    stretch = st.builds(
        _repeated, single, st.sampled_from((1, 1, 2, 4, 7)), st.just(start + timedelta(hours=hours))
    )
    found = [test for tests in draw(st.lists(stretch, max_size=max_size)) for test in tests]
    while len(found) < min_size:
        found.append(draw(single))
    return tuple(draw(st.permutations(found[: max(max_size, min_size)])))


def _repeated(test: ServiceTest, times: int, end: datetime) -> list[ServiceTest]:
    """A test, and the same again an hour later each, up to an end."""
    moments = [test.time + timedelta(hours=hour) for hour in range(times)]
    return [_at(test, moment) for moment in moments if moment < end]


def _at(test: ServiceTest, moment: datetime) -> ServiceTest:
    run = f"{test.run} {moment:%d %H}" if test.run else ""
    return evolve(test, time=moment, run=run)


def collections_of_tests(*, start: datetime = START, hours: int = 96) -> st.SearchStrategy[ServiceTests]:
    """Tests from one source, six at most, with where they came from.

    Shrinks to no test from an unknown source.

    Args:
        start: no test is made before it.
        hours: for so long after it they are made.
    """
    return st.builds(
        ServiceTests, tests=streams(start=start, hours=hours, max_size=6), provenance=provenances()
    )


def services() -> st.SearchStrategy[Service]:
    """Services and categories of sites.  Shrinks to a service of ``app:telegram`` alone."""
    return st.builds(
        Service,
        name=lines(),
        title=lines(),
        subjects=several(subjects(), least=1, most=3),
        category=st.booleans(),
    )


def collections_of_services() -> st.SearchStrategy[Services]:
    """Services that are told apart, no two of one name.  Shrinks to none."""
    return st.lists(services(), max_size=3, unique_by=lambda one: one.name).map(tuple).map(Services)
