"""Strategies for reports and their parts."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from shutdownkit.model.account import BlindSpot, InstrumentFault, Observation, SourceFailure
from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.kinds import Plane, SignalKind
from shutdownkit.model.reach import Block, Blocking, Discards, NetworkReach, Reach, ServiceReach
from shutdownkit.model.service_tests import Layer
from shutdownkit.model.verdict import Condition
from shutdownkit.report.content import Coverage, EpisodeVerdict, Trace
from shutdownkit.report.report import Report

from .values import (
    entities,
    episodes,
    instants,
    kinds,
    lengths,
    lines,
    party_claims,
    series,
    shares,
    steps,
    verdicts,
    windows,
)

Kinds = st.SearchStrategy[SignalKind]


@st.composite
def episode_verdicts(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    kinds_from: Kinds | None = None,
    near: datetime | None = None,
    conditions: tuple[Condition, ...] = tuple(Condition),
) -> EpisodeVerdict:
    """Judged episodes."""
    return EpisodeVerdict(
        episode=draw(episodes(entity=entity, kinds_from=kinds_from, near=near)),
        verdict=draw(verdicts(conditions=conditions)),
        blocking=draw(st.none() | blockings(near=near)),
        claims=tuple(draw(st.lists(party_claims(), max_size=2))),
    )


def networks() -> st.SearchStrategy[Entity]:
    """Autonomous systems."""
    return st.integers(1, 2**32 - 2).map(lambda number: Entity(EntityKind.ASN, f"AS{number}"))


def layers() -> st.SearchStrategy[tuple[Layer, ...]]:
    """No, one or several layers, each once."""
    return st.lists(st.sampled_from(Layer), max_size=4, unique=True).map(tuple)


def falling_counts() -> st.SearchStrategy[tuple[int, int, int]]:
    """Tests, those of them that failed, and those of these that are confirmed."""
    return st.tuples(*[st.integers(0, 99)] * 3).map(lambda counts: tuple(sorted(counts, reverse=True)))


@st.composite
def blocks(draw: st.DrawFn, *, near: datetime | None = None, service: str | None = None) -> Block:
    """Services that were blocked or slowed, lasting and over, on no known network or several."""
    since = draw(instants(near=near))
    failing = timedelta(hours=draw(st.integers(0, 99)))
    quiet = st.none() | st.integers(0, 99).map(lambda hours: timedelta(hours=hours))
    before, after = draw(quiet), draw(quiet)
    known = draw(st.lists(networks(), max_size=4, unique=True))
    first, second = sorted(draw(st.tuples(*[st.integers(0, len(known))] * 2)))
    tests, failed, confirmed = draw(falling_counts())
    return Block(
        service=draw(lines()) if service is None else service,
        title=draw(lines()),
        subjects=tuple(draw(st.lists(lines(), max_size=3))),
        since=since,
        last=since + failing,
        worked=None if before is None else since - before,
        until=None if after is None else since + failing + after,
        slowed=draw(st.booleans()),
        how=draw(layers()),
        networks=tuple(known[:first]),
        open=tuple(known[first:second]),
        unclear=tuple(known[second:]),
        tests=tests,
        failed=failed,
        confirmed=confirmed,
        runs=draw(st.integers(0, 99)),
        hours=draw(st.integers(0, 99)),
    )


@st.composite
def blockings(draw: st.DrawFn, *, near: datetime | None = None) -> Blocking:
    """What was blocked in an episode: one service or a few, with some that held or failed too."""
    names = draw(st.lists(lines(), min_size=1, max_size=4, unique=True))
    first = draw(st.integers(1, len(names)))
    second = draw(st.integers(first, len(names)))
    return Blocking(
        blocks=tuple(draw(blocks(near=near, service=name)) for name in names[:first]),
        held=tuple(names[first:second]),
        failed_too=tuple(names[second:]),
    )


@st.composite
def network_reaches(draw: st.DrawFn) -> NetworkReach:
    """Whether a service can be reached from one network, known or not."""
    tests, failed, confirmed = draw(falling_counts())
    return NetworkReach(
        network=draw(st.none() | networks()),
        reach=draw(st.sampled_from(Reach)),
        tests=tests,
        failed=failed,
        confirmed=confirmed,
        runs=draw(st.integers(0, 99)),
        how=draw(layers()),
        reason=draw(lines(empty=True)),
    )


@st.composite
def service_reaches(draw: st.DrawFn) -> ServiceReach:
    """Whether a service can be reached, from no network or several."""
    there = draw(st.lists(network_reaches(), max_size=2))
    gravest = [reach for reach in Reach if reach in {one.reach for one in there}]
    return ServiceReach(
        service=draw(lines()),
        title=draw(lines()),
        subjects=tuple(draw(st.lists(lines(), max_size=2))),
        reach=gravest[0] if gravest else Reach.INSUFFICIENT,
        networks=tuple(there),
        discards=tuple(
            draw(st.lists(st.builds(Discards, reason=lines(), tests=st.integers(0, 99)), max_size=2))
        ),
    )


@st.composite
def coverages(draw: st.DrawFn, *, kinds_from: Kinds | None = None) -> Coverage:
    """Coverages, of signals that measured something and of those that did not."""
    measured = draw(st.booleans())
    return Coverage(
        kind=draw(kinds() if kinds_from is None else kinds_from),
        entity=draw(entities()),
        subject=draw(st.none() | lines()),
        measured=draw(shares()) if measured else 0.0,
        step=draw(steps()),
        history=draw(lengths()),
        first=draw(instants()) if measured else None,
        last=draw(instants()) if measured else None,
        source=draw(lines()),
        licence=draw(lines()),
    )


def source_failures() -> st.SearchStrategy[SourceFailure]:
    """Failures of sources."""
    return st.builds(
        SourceFailure, source=lines(), problem=lines(), where=st.none() | lines(), retry=st.booleans()
    )


def blind_spots() -> st.SearchStrategy[BlindSpot]:
    """Blind spots."""
    return st.builds(BlindSpot, plane=st.none() | st.sampled_from(Plane), text=lines())


@st.composite
def instrument_faults(
    draw: st.DrawFn, *, kinds_from: Kinds | None = None, near: datetime | None = None
) -> InstrumentFault:
    """Faults of instruments."""
    return InstrumentFault(
        kind=draw(kinds() if kinds_from is None else kinds_from),
        window=draw(windows(near=near)),
        entities=tuple(draw(st.lists(entities(), max_size=3))),
        text=draw(lines()),
    )


@st.composite
def observations(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    kinds_from: Kinds | None = None,
    near: datetime | None = None,
) -> Observation:
    """What detectors of providers say."""
    return Observation(
        source=draw(lines()),
        entity=draw(entities()) if entity is None else entity,
        kind=draw(kinds() if kinds_from is None else kinds_from),
        window=draw(windows(near=near)),
        text=draw(lines()),
        method=draw(lines()),
    )


@st.composite
def traces(draw: st.DrawFn, *, kinds_from: Kinds | None = None, near: datetime | None = None) -> Trace:
    """Traces, mostly within 0 and 1."""
    highest = draw(st.sampled_from((1.0, 5.0)))
    start = draw(instants(near=near))
    return Trace(
        kind=draw(kinds() if kinds_from is None else kinds_from),
        entity=draw(entities()),
        subject=draw(st.none() | lines()),
        series=draw(series(minimum=0.0, maximum=highest, max_size=12, start=start)),
    )


@st.composite
def reports(
    draw: st.DrawFn, *, conditions: tuple[Condition, ...] = tuple(Condition), least_episodes: int = 0
) -> Report:
    """Reports in which each part may be empty and no two kinds share a name."""
    pool = draw(st.lists(kinds(), min_size=1, max_size=4, unique_by=lambda kind: kind.name))
    kinds_from = st.sampled_from(pool)
    entity = draw(entities())
    window = draw(windows())
    near = window.start
    judged = draw(
        st.lists(
            episode_verdicts(kinds_from=kinds_from, conditions=conditions)
            | episode_verdicts(entity=entity, kinds_from=kinds_from, near=near, conditions=conditions),
            min_size=least_episodes,
            max_size=2,
        )
    )
    return Report(
        entity=entity,
        window=window,
        condition=draw(st.sampled_from(conditions)),
        episodes=tuple(judged),
        coverage=tuple(draw(st.lists(coverages(kinds_from=kinds_from), max_size=2))),
        failures=tuple(draw(st.lists(source_failures(), max_size=2))),
        blind_spots=tuple(draw(st.lists(blind_spots(), max_size=2))),
        faults=tuple(draw(st.lists(instrument_faults(kinds_from=kinds_from, near=near), max_size=2))),
        notices=tuple(draw(st.lists(lines(), max_size=2))),
        ruleset=draw(lines()),
        licences=tuple(draw(st.lists(lines(), max_size=2))),
        traces=tuple(draw(st.lists(traces(kinds_from=kinds_from, near=near), max_size=2))),
        services=tuple(draw(st.lists(service_reaches(), max_size=2))),
        as_of=draw(st.none() | instants(near=near)),
    )
