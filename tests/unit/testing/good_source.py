"""A source that keeps all laws, and its provider: what the broken ones are made of."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from shutdownkit.errors import RefusedError, WrongAnswerError
from shutdownkit.model.account import BlindSpot
from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.kinds import Aspect, Direction, Plane, SignalKind, Statistic
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Provenance, Signal
from shutdownkit.model.window import TimeWindow, utc_text
from shutdownkit.reading.http.fields import as_object, as_text, items_of, member, number_or_nan
from shutdownkit.reading.http.request import Answer, HttpRequest
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import Answered, Source, SourceConfig, SourceInfo, SourceResult
from shutdownkit.testing.contracts.source.contract import SourceContract
from shutdownkit.testing.contracts.source.truth import Truth
from shutdownkit.testing.contracts.source.upstream import Upstream
from shutdownkit.testing.server import Received, Reply

HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PINGS = SignalKind("acme.pings", "hosts that answer", Plane.PROBING, statistic=Statistic.STOCK)
DELAY = SignalKind("acme.delay", "ms", Plane.PROBING, Direction.UP, aspect=Aspect.QUALITY)
INFO = SourceInfo(
    name="acme",
    title="Acme",
    kinds=(PINGS, DELAY),
    entity_kinds=frozenset({EntityKind.COUNTRY, EntityKind.ASN}),
    native_steps={PINGS.name: HOUR, DELAY.name: HOUR},
    licence="CC BY 4.0",
    blind_to=(BlindSpot(Plane.PROBING, "Acme does not see mobile networks."),),
    homepage="https://acme.example",
    longest_window=timedelta(days=400),
    earliest=datetime(2015, 1, 1, tzinfo=UTC),
)


class GoodSource:
    """Asks for each kind by itself; each step is a method, so that a broken source overrides one."""

    def __init__(self, config: SourceConfig) -> None:
        config.check_no_argument()
        self.config = config

    @property
    def info(self) -> SourceInfo:
        return INFO

    def fetch(self, query: Query, /) -> SourceResult:
        self.info.check_serves(query)
        signals = tuple(self.signal(query, kind) for kind in self.info.kinds if query.wants(kind))
        return SourceResult(signals, coverage=tuple(Answered(one.kind, one.series.window) for one in signals))

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        request = self.request(query, kind)
        return self.config.http.ask(request, lambda answer: self.read(query, kind, answer))

    def request(self, query: Query, kind: SignalKind) -> HttpRequest:
        params = {
            "of": str(query.entity),
            "kind": kind.name,
            "from": utc_text(query.span.start),
            "to": utc_text(query.span.end),
        }
        url = f"{self.config.base_url}/series"
        return HttpRequest(url, params, until=query.span.end, key=self.config.key)

    def read(self, query: Query, kind: SignalKind, answer: Answer) -> Signal:
        document = as_object(answer.document, "")
        if as_text(member(document, "of", ""), "of") != str(query.entity):
            raise WrongAnswerError("of: is another entity than asked for")
        values = self.values(query, kind, document)
        first, _ = self.bins(query)
        told = Provenance(INFO.name, INFO.licence, answer.address, answer.retrieved)
        series = TimeSeries(EPOCH + first * HOUR, HOUR, values)
        weights = self.weights(query, kind, document) if kind == DELAY else None
        return Signal(kind, query.entity, series, provenance=told, weights=weights)

    def weights(self, query: Query, kind: SignalKind, document: dict[str, object]) -> TimeSeries | None:
        """Of how many answers each delay is."""
        values = self.column(query, kind, document, "answers")
        return TimeSeries(EPOCH + self.bins(query)[0] * HOUR, HOUR, values)

    def bins(self, query: Query) -> tuple[int, int]:
        """The first hour that the span touches, counted from 1970, and the first that it does not."""
        return (query.span.start - EPOCH) // HOUR, -((EPOCH - query.span.end) // HOUR)

    def values(
        self, query: Query, kind: SignalKind, document: dict[str, object]
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return self.column(query, kind, document, "value")

    def column(
        self, query: Query, kind: SignalKind, document: dict[str, object], name: str
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        first, end = self.bins(query)
        values = np.full(end - first, math.nan)
        for item, path in items_of(member(document, "rows", ""), "rows"):
            row = as_object(item, path)
            place = self.place(as_text(member(row, "time", path), f"{path}.time")) - first
            if 0 <= place < len(values):
                values[place] = self.number(member(row, name, path), f"{path}.{name}", kind)
        return values

    def place(self, time: str) -> int:
        try:
            since = datetime.fromisoformat(time) - EPOCH
        except (ValueError, TypeError):
            raise WrongAnswerError(f"rows: {time!r} is no time with a zone") from None
        return since // HOUR

    def number(self, value: object, path: str, kind: SignalKind) -> float:
        return number_or_nan(value, path, minimum=kind.minimum or 0.0)


def answered(truth: Truth, received: Received) -> Reply:
    """What the provider says: rows in no order, with null for what nobody measured, ends included.

    All at once, or where ``page`` is asked for, a page of three rows, and whether there are more.
    """
    if received.path != "/series":
        return Reply(b'{"error": "no such page"}', status=404)
    start, end = (datetime.fromisoformat(received.one(name)) for name in ("from", "to"))
    rows = [
        {
            "time": utc_text(time),
            "value": None if math.isnan(value) else int(value) if value.is_integer() else value,
            "answers": None if math.isnan(value) else answers(value),
        }
        for signal in truth.signals
        if (str(signal.entity), signal.kind.name) == (received.one("of"), received.one("kind"))
        for time, value in zip(
            (signal.series.start + k * HOUR for k in range(len(signal.series))),
            signal.series.values.tolist(),
            strict=True,
        )
        if start - HOUR <= time <= end
    ]
    rows.sort(key=lambda row: hash_of(str(row["time"])))
    document: dict[str, object] = {"of": received.one("of"), "rows": rows}
    if "page" in received.query:
        first = 3 * int(received.one("page"))
        document |= {"rows": rows[first : first + 3], "more": len(rows) > first + 3}
    return Reply(json.dumps(document).encode())


def answers(value: float) -> int:
    """Of how many answers a delay is, in the world of these tests."""
    return 1000 + int(value)


def with_weights(truth: Truth) -> Truth:
    """A truth whose delays say of how many answers they are."""
    signals = []
    for one in truth.signals:
        series = one.series
        values = [math.nan if math.isnan(value) else answers(value) for value in series.values.tolist()]
        weights = TimeSeries(series.start, series.step, values)
        signals.append(evolve(one, weights=weights) if one.kind == DELAY else one)
    return Truth(tuple(signals))


def hash_of(text: str) -> int:
    """The same in every process."""
    return zlib.crc32(text.encode())


class GoodContract(SourceContract):
    """The contract of the good source; a broken one only changes how it is made."""

    name = "acme"

    def make_source(self, config: SourceConfig) -> Source:
        return GoodSource(config)

    def truths(
        self, entities: Sequence[Entity], window: TimeWindow, *, gaps: bool
    ) -> st.SearchStrategy[Truth]:
        return super().truths(entities, window, gaps=gaps).map(with_weights)

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        upstream.serve(lambda received: answered(truth, received))


__all__ = ["DELAY", "INFO", "PINGS", "GoodContract", "GoodSource", "RefusedError", "answered"]
