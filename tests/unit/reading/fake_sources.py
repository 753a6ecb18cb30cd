"""Sources that give, fail, hang and lie as a test wants."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

from shutdownkit.errors import NotServedError
from shutdownkit.model.account import BlindSpot
from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.kinds import KINDS, SignalKind
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.service_tests import Outcome as TestOutcome
from shutdownkit.model.service_tests import ServiceTest, ServiceTests
from shutdownkit.model.signal import Provenance, Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import SourceInfo, SourceResult

REACH = KINDS["probing.up-slash24s"]
QUALITY = KINDS["probing.latency"]
SHARE = KINDS["ooni.anomaly-ratio"]
HOUR = timedelta(hours=1)
WINDOW = TimeWindow("2020-08-08", "2020-08-10")
QUERY = Query("BY", WINDOW, history=timedelta(days=7))

Fetch = Callable[[Query], object]


def info(
    name: str = "acme",
    *,
    kinds: tuple[SignalKind, ...] = (REACH, QUALITY),
    needs_key: bool = False,
    blind_to: tuple[BlindSpot, ...] | None = None,
    entity_kinds: frozenset[EntityKind] = frozenset(EntityKind),
) -> SourceInfo:
    return SourceInfo(
        name=name,
        title=name.title(),
        kinds=kinds,
        entity_kinds=entity_kinds,
        native_steps={kind.name: HOUR for kind in kinds},
        licence=f"Licence of {name}",
        blind_to=(BlindSpot(None, f"what {name} cannot see"),) if blind_to is None else blind_to,
        homepage="https://example.org",
        needs_key=needs_key,
    )


def signal(
    query: Query,
    *,
    kind: SignalKind = REACH,
    entity: Entity | None = None,
    level: float = 100.0,
    subject: str | None = None,
    start: datetime | None = None,
    bins: int | None = None,
    source: str = "acme",
) -> Signal:
    """A level line over the query's span, by the hour."""
    span = query.span
    count = span.duration // HOUR if bins is None else bins
    series = TimeSeries(span.start if start is None else start, HOUR, np.full(count, level))
    return Signal(kind, query.entity if entity is None else entity, series, subject, Provenance(source))


def give(name: str = "acme", level: float = 100.0, *kinds: SignalKind) -> Fetch:
    """Signals of each kind that is wanted."""
    return lambda query: SourceResult(
        tuple(
            signal(query, kind=kind, level=level, source=name)
            for kind in kinds or (REACH, QUALITY)
            if query.wants(kind)
        ),
        notices=(f"a notice of {name}",),
    )


def of_an_app(
    query: Query, country: str | None = None, *, at: datetime | None = None, count: int = 1
) -> tuple[ServiceTests, ...]:
    """Tests of an app that came out well, in the query's country or another; from a source named as it."""
    where = query.entity if country is None else Entity.parse(country)
    when = query.span.start if at is None else at
    test = ServiceTest(when, "app:signal", TestOutcome.OK, country=where, count=count)
    return (ServiceTests((test,), Provenance(str(query.entity))),)


class Fake:
    """A source that answers with a function of the query, after a while."""

    def __init__(
        self,
        name: str = "acme",
        fetch: Fetch | None = None,
        *,
        delay: float = 0.0,
        said: SourceInfo | None = None,
    ) -> None:
        self._info = info(name) if said is None else said
        self._fetch = give(name) if fetch is None else fetch
        self._delay = delay
        self.asked: list[Query] = []

    @property
    def info(self) -> SourceInfo:
        return self._info

    def fetch(self, query: Query, /) -> SourceResult:
        time.sleep(self._delay)
        self.asked.append(query)
        return self._fetch(query)  # type: ignore[return-value] # a liar's is none


def raising(error: BaseException) -> Fetch:
    def fetch(_: Query) -> object:
        raise copy.copy(error)  # a fresh one each time, for notes are added to it

    return fetch


def hanging(query: Query) -> object:
    """Never answers; the thread is a daemon and ends with the process."""
    threading.Event().wait()
    raise AssertionError("unreachable")


def refusing(query: Query) -> object:
    raise NotServedError("has no such data")


START = datetime(2020, 8, 1, tzinfo=UTC)
