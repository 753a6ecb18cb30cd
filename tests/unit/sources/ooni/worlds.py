"""Weeks, rows and worlds for the tests of the source, and strategies for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.source import SourceConfig
from shutdownkit.sources.ooni.parse import Counts
from shutdownkit.sources.ooni.plan import Ask, Purpose
from shutdownkit.sources.ooni.source import OoniSource
from shutdownkit.sources.ooni.week import Hour, Week
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.ooni import OoniBucket

START = datetime(2020, 8, 6, tzinfo=UTC)  # a Thursday
HOUR = timedelta(hours=1)
HOURS = 168
CHUNK = TimeWindow(START, START + timedelta(days=7))
LONG_AFTER = START + timedelta(days=100)

VOLUME = Ask(Purpose.VOLUME, CHUNK, (("probe_cc", "BY"),), "probe_asn")
WORLD = Ask(Purpose.WORLD, CHUNK)


@contextmanager
def ooni(answer: Callable[[Received], Reply]) -> Iterator[tuple[OoniSource, LoopbackServer]]:
    """The source, asking a server that answers so, with a client of its own."""
    with LoopbackServer(answer) as server, HttpClient(quotas=Quotas()) as http:
        yield OoniSource(SourceConfig("ooni", http, server.url)), server


def week(rows: Iterable[Hour], ask: Ask = VOLUME, *, retrieved: datetime = LONG_AFTER) -> Week:
    return Week(ask, tuple(rows), retrieved, "http://127.0.0.1/")


def steady_world(
    volume: int = 1000, *, retrieved: datetime = LONG_AFTER, without: Iterable[int] = ()
) -> Week:
    """A world in which every hour is alike, but for some in which nothing came."""
    gone = set(without)
    rows = (Hour(hour, None, Counts(0, 0, 0, volume)) for hour in range(HOURS) if hour not in gone)
    return week(rows, WORLD, retrieved=retrieved)


def counts() -> st.SearchStrategy[Counts]:
    """Few measurements of each outcome, at least one."""
    few = st.integers(0, 4)
    return st.builds(Counts, few, few, few, few).filter(lambda one: one.measurements > 0)


def hour_rows() -> st.SearchStrategy[list[Hour]]:
    """Rows by AS number, AS0 among them, of the first hours mostly."""
    hours = st.integers(0, 5) | st.integers(0, HOURS - 1)
    return st.lists(
        st.builds(Hour, hours, st.sampled_from([0, 6697, 25106, 42772]), counts()),
        max_size=12,
        unique_by=lambda row: (row.hour, row.axis),
    )


def buckets(*, weeks: int = 1) -> st.SearchStrategy[list[OoniBucket]]:
    """Measurements of BY and its neighbour, of sites and of apps."""
    few = st.integers(0, 3)
    hours = st.integers(0, 5) | st.integers(0, HOURS * weeks - 1)
    tests = st.sampled_from(
        [
            ("web_connectivity", "GRP", "example.org"),
            ("web_connectivity", "NEWS", "baj.by"),
            ("web_connectivity", "", ""),
            ("telegram", "", ""),
            ("ndt", "", ""),
        ]
    )
    return st.lists(
        st.builds(
            lambda hour, cc, asn, test, counted: OoniBucket(START + hour * HOUR, cc, asn, *test, *counted),
            hours,
            st.sampled_from(["BY", "LT"]),
            st.sampled_from([0, 6697, 25106]),
            tests,
            st.tuples(few, few, few, few),
        ),
        max_size=15,
    )


def elsewhere(*, weeks: int = 1, volume: int = 1000) -> list[OoniBucket]:
    """A steady rest of the world."""
    return [OoniBucket(START + hour * HOUR, "XX", 64496, ok=volume) for hour in range(HOURS * weeks)]
