"""IODA's recorded answers through the parsers, and its signals of Iran 2019 through the whole source."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shutdownkit as sk
from shutdownkit.errors import WrongAnswerError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.request import Answer, HttpRequest
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import SourceConfig
from shutdownkit.sources.ioda.datasources import BY_NAME
from shutdownkit.sources.ioda.observations import observations_of
from shutdownkit.sources.ioda.outages import EventRow, read_alerts, read_events
from shutdownkit.sources.ioda.parse import IodaSeries, read_signals_envelope
from shutdownkit.sources.ioda.part import read_part
from shutdownkit.sources.ioda.plan import Ask, from_epoch
from shutdownkit.sources.ioda.source import IodaSource
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.ioda import ioda_answer

pytestmark = pytest.mark.recorded


def document_of(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def series_of(recorded: Path, which: str) -> IodaSeries:
    path = recorded / "ioda" / "api_recorded" / f"1299_upstream_delay_penult_{which}.json"
    (one,) = read_signals_envelope(document_of(path))
    return one


@pytest.mark.parametrize("which", ["asns", "e2e_latency"])
def test_a_recorded_envelope_is_read_whole(recorded: Path, which: str) -> None:
    one = series_of(recorded, which)
    assert (one.entity_type, one.entity_code, one.subtype) == ("asn", "1299", "")
    assert one.datasource == f"upstream-delay-penult-{which.replace('_', '-')}"
    assert (one.start, one.until, one.step, one.native_step) == (1727740800, 1727827200, 3600, 3600)
    assert len(one.values) == 24
    for value in one.values:
        assert isinstance(value, tuple)
        assert [row.labels["penultimate_as"] for row in value] == ["21334", "2637"]


def test_recorded_nulls_are_missing_and_recorded_numbers_are_there(recorded: Path) -> None:
    values = series_of(recorded, "asns").values
    counts = [
        [row.metrics["penultimate_as_count"] for row in bin_] for bin_ in values if isinstance(bin_, tuple)
    ]
    np.testing.assert_equal(counts[:5], [[math.nan, math.nan]] * 4 + [[1.0, 11.0]])
    assert counts[5:9] == [[1.0, 20.0], [1.0, 21.0], [1.0, 12.0], [1.0, 14.0]]


def test_a_recorded_answer_of_another_datasource_is_no_answer(recorded: Path) -> None:
    path = recorded / "ioda" / "api_recorded" / "1299_upstream_delay_penult_asns.json"
    answer = Answer(document_of(path), "http://127.0.0.1:9/x", from_epoch(1738124654))
    window = sk.TimeWindow(from_epoch(1727740800), from_epoch(1727827200))
    ask = Ask(BY_NAME["bgp"], window, HttpRequest("http://127.0.0.1:9/x"))
    with pytest.raises(WrongAnswerError, match="is of 'upstream-delay-penult-asns', not of bgp"):
        read_part(answer, ask, "asn", "1299")


def events_of(recorded: Path, name: str) -> dict[str, EventRow]:
    found = read_events(document_of(recorded / "ioda" / "fixtures_thirdparty" / name))
    assert found.refused == ()
    return {f"{one.entity_type}/{one.entity_code}": one for one in found.rows}


def test_the_drops_of_recorded_events_are_those_recomputed_from_them(recorded: Path) -> None:
    rows = events_of(recorded, "news-radar_ioda_events.json")
    assert {where: round(row.drop or 0, 2) for where, row in rows.items()} == {
        "asn/31877": 5.98,
        "region/3332": 99.99,
        "country/LT": 33.09,
        "country/ZZ": 5.98,  # a row that somebody made up; the form is right
    }


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("region/1906", "habituation"),
        ("asn/41678", "habituation"),
        ("country/TO", "impossible"),
    ],
)
def test_what_is_said_of_recorded_events(recorded: Path, where: str, words: str) -> None:
    rows = events_of(recorded, "rust-geoint_ioda_events_excerpt.json")
    assert len(rows) == 4
    row = rows[where]
    entity = {"region": "IT/1906", "asn": "AS41678", "country": "TO"}[row.entity_type]
    window = sk.TimeWindow(
        from_epoch(row.start) - timedelta(days=1), from_epoch(row.start) + timedelta(days=30)
    )
    (one,) = observations_of([row], Query(entity=entity, window=window))
    assert words in one.text


def test_a_recorded_event_that_is_open_says_so(recorded: Path) -> None:
    row = events_of(recorded, "news-radar_ioda_events.json")["region/3332"]
    until = from_epoch(1790234090)  # of the recorded query
    query = Query(entity="PT/3332", window=sk.TimeWindow(until - timedelta(days=1), until))
    (one,) = observations_of([row], query)
    assert "still open at the end of the window" in one.text
    assert "the telescope alone" in one.text


def test_recorded_alerts_are_read(recorded: Path) -> None:
    path = recorded / "ioda" / "fixtures_thirdparty" / "ghostwire_ioda_alerts.json"
    found = read_alerts(document_of(path))
    assert found.refused == ()
    assert [(one.datasource, one.level, one.value, one.history) for one in found.rows] == [
        ("ping-slash24", "warning", 107.0, 151.0),
        ("bgp", "critical", 42.0, 210.0),
    ]


def test_iran_2019_comes_back_bin_by_bin_through_the_wire(recorded: Path) -> None:
    signals = sk.read_signals(recorded / "iran-2019" / "ioda-signals.csv")
    window = signals[0].series.window
    with LoopbackServer(ioda_answer(signals)) as server, HttpClient() as http:
        source = IodaSource(SourceConfig("ioda", http, server.url))
        for entity in ("IR", "AS12880", "AS197207", "AS31549", "AS44244", "AS58224"):
            result = source.fetch(Query(entity=entity, window=window, history=timedelta(0)))
            sent = {one.kind.name: one.series for one in signals if str(one.entity) == entity}
            assert len(sent) == 3
            assert {one.kind.name: one.series for one in result.signals} == sent
            assert all(str(one.entity) == entity for one in result.signals)
            assert result.failures == ()
            nothing = {"probing.loss", "probing.latency"} | ({"traffic.search"} if entity == "IR" else set())
            assert set(result.notices) == {
                f"IODA has no {kind} for {entity} in the time asked for." for kind in nothing
            }
