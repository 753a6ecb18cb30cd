"""Events, probes and servers for the tests of the RIPE Atlas source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.request import HttpRequest, Secret
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import SourceConfig, SourceResult
from shutdownkit.sources.atlas.events import ConnectionEvent
from shutdownkit.sources.atlas.source import AtlasSource
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.atlas import AtlasWorld, atlas_answer, probe_record

DAY = 86400
START = datetime(2020, 8, 8, tzinfo=UTC)
T0 = int(START.timestamp())

NO_HISTORY = timedelta(0)


def raw_event(
    probe: int, time: float, what: str, *, asn: object = 64500, controller: object = "ctr-ams01"
) -> dict[str, Any]:
    return {
        "msm_id": 7000,
        "type": "connection",
        "event": what,
        "prb_id": probe,
        "timestamp": time,
        "controller": controller,
        "asn": asn,
        "prefix": None,
    }


def drop(probe: int, at: float, **more: Any) -> dict[str, Any]:
    """A disconnection, seconds after START."""
    return raw_event(probe, T0 + at, "disconnect", **more)


def back(probe: int, at: float, **more: Any) -> dict[str, Any]:
    """A connection, seconds after START."""
    return raw_event(probe, T0 + at, "connect", **more)


def typed(record: Mapping[str, Any]) -> ConnectionEvent:
    return ConnectionEvent(
        float(record["timestamp"]),
        record["prb_id"],
        record["event"] == "connect",
        record["asn"],
        record["controller"],
    )


def people(number: int, *, first: int = 60001, country: str = "BY", **more: Any) -> list[dict[str, Any]]:
    """Records of probes that are connected, and have been for long."""
    return [probe_record(first + each, country, asn=64500, **more) for each in range(number)]


def query(entity: str = "BY", *, days: float = 1, start: datetime = START) -> Query:
    window = sk.TimeWindow(start, start + timedelta(days=days))
    return Query(entity, window, history=NO_HISTORY)


def quick_client() -> HttpClient:
    """A client that gives up at once."""
    return HttpClient(HttpSettings(attempts=1, read_timeout=5.0))


@contextmanager
def served(
    answer: AtlasWorld | Callable[[Received], Reply],
    *,
    http: HttpClient | None = None,
    key: Secret | None = None,
) -> Iterator[tuple[AtlasSource, LoopbackServer]]:
    """A source that asks a world, or a function, over real HTTP."""
    answering = atlas_answer(answer) if isinstance(answer, AtlasWorld) else answer
    with LoopbackServer(answering) as server, http or quick_client() as client:
        yield AtlasSource(SourceConfig("atlas", client, base_url=server.url, key=key)), server


def fetched(world: AtlasWorld, asked: Query | None = None) -> SourceResult:
    with served(world) as (source, _):
        return source.fetch(asked or query())


class Witness(HttpClient):
    """A real client that remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(HttpSettings(attempts=1, read_timeout=5.0))
        self.requests: list[HttpRequest] = []

    def respond(self, request: HttpRequest, read: Any) -> Any:
        self.requests.append(request)
        return super().respond(request, read)


changes = st.builds(
    lambda probe, at, connected, asn, controller: ConnectionEvent(
        float(T0 + at), probe, connected, asn, controller
    ),
    st.integers(1, 4),
    st.integers(0, 3 * DAY),
    st.booleans(),
    st.none() | st.sampled_from([64500, 64501]),
    st.sampled_from(["", "ctr-ams01", "ctr-nue16"]),
)
"""Events of a few probes in three days from START, in no sense consistent."""


def as_record(event: ConnectionEvent, spelling: int) -> dict[str, Any]:
    """The event as RIPE may have sent it: the spelling says in which of its forms the network comes."""
    asn: object = event.asn
    if event.asn is None:
        asn = ("", None)[spelling % 2]
    elif spelling % 2:
        asn = str(event.asn)
    what = "connect" if event.connected else "disconnect"
    return raw_event(event.probe, int(event.time), what, asn=asn, controller=event.controller)
