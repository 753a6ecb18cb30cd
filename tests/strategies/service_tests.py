"""Strategies for tests of services, one by one and as what a country's probes send over some days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import strategies as st

from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, ServiceTests, Strength

from .values import entities, instants, lines, provenances

SUBJECTS = ("app:telegram", "domain:example.org", "domain:www.example.org", "domain:news.example.net")
COUNTRY = Entity.parse("BY")
NETWORKS = (Entity.parse("AS6697"), Entity.parse("AS25106"), None)
START = datetime(2020, 8, 8, tzinfo=UTC)
INSTRUMENTS = ("", "ooniprobe-android 3.7.1 telegram 0.2.0", "ooniprobe-cli 3.16.0 telegram 0.3.0")

_NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-.", min_size=1, max_size=12)
_FAILED = {Outcome.BLOCKED, Outcome.SLOWED}


def subjects() -> st.SearchStrategy[str]:
    """What is tested: an app or a domain."""
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
    """Tests of services: any, or of the subjects, outcomes, places and runs given (None: any of its kind)."""
    outcome = draw(st.sampled_from(list(outcomes)))
    failed = outcome in _FAILED
    return ServiceTest(
        time=draw(instants() if times is None else times),
        subject=draw(subjects() if subjects_from is None else st.sampled_from(list(subjects_from))),
        outcome=outcome,
        country=draw(_places(countries, "country")),
        network=draw(_places(networks, "asn")),
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


def _places(given: Sequence[Entity | None] | None, kind: str) -> st.SearchStrategy[Entity | None]:
    if given is not None:
        return st.sampled_from(list(given))
    return st.none() | entities().filter(lambda entity: entity.kind.value == kind)


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


def collections_of_tests() -> st.SearchStrategy[ServiceTests]:
    """Tests from one source, with where they came from."""
    return st.builds(ServiceTests, tests=streams(max_size=6), provenance=provenances())
