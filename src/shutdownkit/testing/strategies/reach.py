"""What was concluded about services: what is blocked, how, since when, and from where."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from ...model.reach import Block, Blocking, Discards, NetworkReach, Reach, ServiceReach
from ...model.service_tests import Layer
from .places import networks
from .primitives import counts, lines, members, sentences, several
from .times import instants

__all__ = ["blockings", "blocks", "discards", "network_reaches", "service_reaches"]


def _layers() -> st.SearchStrategy[tuple[Layer, ...]]:
    """No, one or several layers, each once."""
    return st.lists(st.sampled_from(Layer), max_size=4, unique=True).map(tuple)


def _falling_counts() -> st.SearchStrategy[tuple[int, int, int]]:
    """Tests, those of them that failed, and those of these that are confirmed."""

    def falling(drawn: tuple[int, int, int]) -> tuple[int, int, int]:
        confirmed, failed, tests = sorted(drawn)
        return tests, failed, confirmed

    return st.tuples(counts(), counts(), counts()).map(falling)


def _hours() -> st.SearchStrategy[timedelta]:
    return counts().map(lambda number: timedelta(hours=number))


@st.composite
def blocks(draw: st.DrawFn, *, near: datetime | None = None, service: str | None = None) -> Block:
    """Services that were blocked or slowed, lasting and over, on no known network or several.

    Shrinks to a block of no length that lasts, of which no network and no test is known.

    Args:
        near: begins at most 2000 minutes from this time.
        service: the name of the service.
    """
    since = draw(instants(near=near))
    failing = draw(_hours())
    before, after = draw(st.none() | _hours()), draw(st.none() | _hours())
    known = draw(st.lists(networks(), max_size=4, unique=True))
    first, second = sorted(draw(st.tuples(*[st.integers(0, len(known))] * 2)))
    tests, failed, confirmed = draw(_falling_counts())
    return Block(
        service=draw(lines()) if service is None else service,
        title=draw(lines()),
        subjects=draw(several(lines(), most=3)),
        since=since,
        last=since + failing,
        worked=None if before is None else since - before,
        until=None if after is None else since + failing + after,
        slowed=draw(st.booleans()),
        how=draw(_layers()),
        networks=tuple(known[:first]),
        open=tuple(known[first:second]),
        unclear=tuple(known[second:]),
        tests=tests,
        failed=failed,
        confirmed=confirmed,
        runs=draw(counts()),
        hours=draw(counts()),
    )


@st.composite
def blockings(draw: st.DrawFn, *, near: datetime | None = None) -> Blocking:
    """What was blocked in an episode: one service or a few, with some that held or failed too.

    Shrinks to one block, as :func:`blocks` does, and nothing else.

    Args:
        near: each block begins at most 2000 minutes from this time.
    """
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
    """Whether a service can be reached from one network, known or not.

    Shrinks to no known network and no test, so that nobody could tell.
    """
    tests, failed, confirmed = draw(_falling_counts())
    return NetworkReach(
        network=draw(st.none() | networks()),
        reach=draw(members(Reach, plain=Reach.INSUFFICIENT)),
        tests=tests,
        failed=failed,
        confirmed=confirmed,
        runs=draw(counts()),
        how=draw(_layers()),
        reason=draw(lines(empty=True)),
    )


def discards() -> st.SearchStrategy[Discards]:
    """Tests that looked like blocking and do not count.  Shrinks to none for the reason ``"0"``."""
    return st.builds(Discards, reason=lines(), tests=counts())


@st.composite
def service_reaches(draw: st.DrawFn) -> ServiceReach:
    """Whether a service can be reached, from no network or several.

    Shrinks to a service that was tested from no network, so that nobody could tell.
    """
    there = draw(several(network_reaches(), most=2))
    gravest = [reach for reach in Reach if reach in {one.reach for one in there}]
    return ServiceReach(
        service=draw(lines()),
        title=draw(lines()),
        subjects=draw(sentences()),
        reach=gravest[0] if gravest else Reach.INSUFFICIENT,
        networks=tuple(there),
        discards=draw(several(discards(), most=2)),
    )
