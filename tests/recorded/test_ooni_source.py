"""OONI's recorded bodies: read, refused with a reason, and served again as they were."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from shutdownkit.errors import ProviderError
from shutdownkit.model.service_tests import Layer, Outcome, Strength
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import SourceConfig
from shutdownkit.sources.ooni.analysis import read_analysis
from shutdownkit.sources.ooni.ask import Ask, Purpose
from shutdownkit.sources.ooni.layers import read_layers
from shutdownkit.sources.ooni.measurements import Measurement, read_measurement_meta, read_measurements
from shutdownkit.sources.ooni.parse import Counts, read_aggregation
from shutdownkit.sources.ooni.single import single_test
from shutdownkit.sources.ooni.source import OoniSource
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.ooni import OoniBucket, OoniWorld, ooni_answer

pytestmark = pytest.mark.recorded

REFUSED = {
    "429_quota_exceeded": "OONI says: quota exceeded",
    "err_bad_asn": "OONI says: Invalid ASN value in parameter probe_asn",
    "err_bad_axis": "OONI says: Invalid axis name",
    "err_bad_cc": "OONI says: probe_cc: String should have at least 2 characters ('R')",
    "err_bad_date": (
        "OONI says: since: Datetimes provided to dates should have zero time - e.g. be exact dates "
        "('2024-01-01T10:00:00')"
    ),
    "err_bad_date2": (
        "OONI says: since: Input should be a valid date or datetime, input is too short ('yesterday')"
    ),
    "err_grain_small": (
        "OONI says: Choose time_grain between day, week, month, year, auto for the given time range"
    ),
    "err_grain_year": "OONI says: 'year'",
    "err_range": "OONI says: Invalid since and until values",
    "err_same_axis": "OONI says: Axis X and Y cannot be the same",
}


def body(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def index(recorded: Path) -> dict[str, tuple[str, int]]:
    entries = body(recorded / "ooni" / "api_local_server" / "INDEX.json")
    return {entry["name"]: (entry["request"], entry["status"]) for entry in entries}


def test_every_aggregation_is_read_or_refused_with_a_reason(recorded: Path) -> None:
    folder = recorded / "ooni" / "api_local_server"
    read, refused = {}, {}
    for path in sorted(folder.glob("*.json")):
        if not path.name.startswith(("agg_", "err_", "429")):
            continue
        try:
            found = read_aggregation(body(path))
        except ProviderError as error:
            refused[path.stem] = error.problem
        else:
            total = sum(row.counts.measurements for row in found.rows)
            read[path.stem] = (found.dimensions, len(found.rows), total)
    assert refused == REFUSED
    assert read == {
        "agg_0d": (0, 1, 33),
        "agg_1d_day": (1, 1, 98),
        "agg_1d_hour": (1, 1, 227),
        "agg_1d_week": (1, 1, 999),
        "agg_2d": (2, 12, 98),
        "agg_blocking_type": (1, 5, 713),
        "agg_category": (1, 14, 96),
        "agg_domain": (1, 30, 33),
        "agg_empty": (1, 0, 0),
        "agg_empty_0d": (0, 1, 0),
        "err_lower_cc": (0, 1, 0),
    }


def test_production_s_own_answer(recorded: Path) -> None:
    (path,) = (recorded / "ooni" / "api_responses").glob("aggregation__*.json")
    rows = read_aggregation(body(path)).rows
    assert [f"{row.start:%Y-%m-%d}" for row in rows] == ["2022-03-01", "2022-03-02", "2022-03-03"]
    assert rows[0].counts == Counts(anomaly=53651, confirmed=6739, failure=16283, ok=1036684)
    assert [row.counts.measurements for row in rows] == [1113357, 1212215, 1161898]


def test_every_measurement_is_read_or_refused_with_a_reason(recorded: Path) -> None:
    folders = recorded / "ooni" / "api_responses", recorded / "ooni" / "api_local_server"
    found: list[Measurement] = []
    refused: dict[str, str] = {}
    for path in sorted(path for folder in folders for path in folder.glob("*.json")):
        single = path.name.startswith(("measurement_meta", "msm_meta"))
        listed = path.name.startswith(("search__", "msm_list")) and path.stem != "msm_list_limit0"
        if not single and not listed:
            continue  # msm_list_limit0 is no JSON: "Internal Server Error"
        document = body(path)
        try:
            found += [read_measurement_meta(document)] if single else read_measurements(document).rows
        except ProviderError as error:
            refused[path.stem] = error.problem
    assert len(found) == 29 + 1 + 3 * 50 + 3 + 2
    assert {one.asn == 0 for one in found} == {False}
    both = [one for one in found if one.confirmed]
    assert all(one.anomaly for one in both)
    assert len(both) >= 3
    assert {one.input for one in found if one.test_name == "whatsapp"} == {None}
    agreed = [one for one in found if one.scores.general is not None]
    assert all(one.anomaly == (one.scores.general > 0.5) for one in agreed if one.scores.general is not None)
    assert sorted(refused.values()) == [
        "OONI has no such measurement",
        "OONI has no such measurement",
        "OONI has no such measurement",
        "OONI says: Missing measurement_uid or report_id. You should provide at the least one",
        "OONI says: Time range must not exceed 6 months. Requested: 396 days (limit: 180 days).",
        "the document: has no 'results'",
    ]


def test_a_page_names_the_next_and_the_last_names_none(recorded: Path) -> None:
    folder = recorded / "ooni" / "api_local_server"
    assert (read_measurements(body(folder / "msm_list.json")).next_url or "").endswith("offset=3")
    assert read_measurements(body(folder / "msm_list_last.json")).next_url is None


def asked_again(request: str, held: list[OoniBucket]) -> Reply:
    parts = urlsplit(request)
    query = {name: tuple(values) for name, values in parse_qs(parts.query).items()}
    return ooni_answer(OoniWorld(tuple(held)))(Received("GET", parts.path, query, {}))


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - {"429_quota_exceeded", "err_bad_date2"}))
def test_the_server_of_the_tests_refuses_as_the_real_one_does(recorded: Path, name: str) -> None:
    request, status = index(recorded)[name]
    got = asked_again(request, [])
    said = json.loads(got.body)
    real = body(recorded / "ooni" / "api_local_server" / f"{name}.json")
    assert got.status == status
    if isinstance(real.get("detail"), list):  # with links to the documentation of what checks it
        real["detail"] = [
            {key: one[key] for key in ("type", "loc", "msg", "input")} for one in real["detail"]
        ]
    assert said == real


@pytest.mark.parametrize(
    "name",
    [
        "agg_0d",
        "agg_1d_hour",
        "agg_1d_day",
        "agg_1d_week",
        "agg_2d",
        "agg_category",
        "agg_domain",
        "agg_empty",
        "agg_empty_0d",
        "err_lower_cc",
    ],
)
def test_the_server_of_the_tests_counts_as_the_real_one_does(recorded: Path, name: str) -> None:
    request, status = index(recorded)[name]
    real = body(recorded / "ooni" / "api_local_server" / f"{name}.json")
    rows = real["result"] if isinstance(real["result"], list) else [real["result"]]
    country = parse_qs(urlsplit(request).query).get("probe_cc", ["IT"])[0].upper()
    held = [
        OoniBucket(
            datetime(2024, 1, 1, tzinfo=UTC),
            country,
            row.get("probe_asn", 1),
            "web_connectivity",
            row.get("category_code", ""),
            row.get("domain", ""),
            *(row[f"{outcome}_count"] for outcome in ("anomaly", "confirmed", "failure", "ok")),
        )
        for row in rows
    ]
    got = asked_again(request, held)
    said = json.loads(got.body)
    assert got.status == status
    assert int(got.headers["X-RateLimit-Remaining"]) < 4000
    assert list(said) == list(real)
    assert list(said["db_stats"]) == list(real["db_stats"])
    assert said["dimension_count"] == real["dimension_count"]
    assert json.dumps(said["result"]) == json.dumps(real["result"])  # the order of keys and rows too


def test_iran_in_november_2019(recorded: Path) -> None:
    """Measurements and networks by day, as OONI's report counted them: a burst, then next to nothing."""
    start = datetime(2019, 11, 10, tzinfo=UTC)
    held = [OoniBucket(start + timedelta(hours=hour), "XX", 64496, ok=40_000) for hour in range(14 * 24)]
    with (recorded / "iran-2019" / "ooni-measurements-iran-by-probeasn.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            day = datetime.fromisoformat(row["test_day"]).replace(tzinfo=UTC)
            held.append(OoniBucket(day, "IR", int(row["probe_asn"]), ok=int(row["count"])))
    query = Query(
        "IR",
        TimeWindow(start, start + timedelta(days=14)),
        ["ooni.measurements", "ooni.networks"],
        history=timedelta(0),
    )
    with LoopbackServer(ooni_answer(OoniWorld(tuple(held)))) as server, HttpClient(quotas=Quotas()) as http:
        result = OoniSource(SourceConfig("ooni", http, server.url)).fetch(query)
    measured, networks = (signal.series.values.reshape(14, 24) for signal in result.signals)
    assert np.nansum(measured, axis=1).tolist() == [
        1324, 85, 284, 182, 187, 123, 1094, 1, 13, 1, 0, 62, 30, 134,
    ]  # fmt: skip
    # OONI's own counts of networks have AS0 among them on 10, 13, 14, 15 and 21 November.
    assert networks[:, 0].tolist() == [10, 12, 11, 15, 10, 12, 11, 1, 1, 1, 0, 2, 3, 8]
    assert (measured[10] == 0).all()  # a measured zero: nothing is missing


UGANDA = TimeWindow("2026-01-13", "2026-01-20")


def test_the_recorded_scores_by_hour_are_read(recorded: Path) -> None:
    """Uganda, AS20294, twitter.com: reached until the 13th, and by no connection on the 17th and 18th."""
    filters = (("probe_cc", "UG"), ("probe_asn", "20294"), ("domain", "twitter.com"))
    document = body(recorded / "ooni" / "api_local_server" / "analysis_agg_UG_hour.json")
    found = read_layers(document, Ask(Purpose.ANALYSIS, UGANDA, filters)).hours
    assert len(found) == 22
    failed = {
        hour: loni.of_hour for (hour, network), loni in found.items() if loni.of_hour and network is None
    }
    assert [hour for hour in failed if hour < 4 * 24] == [15]  # one TLS time-out among the 13th
    late = [found for hour, found in failed.items() if hour >= 4 * 24]
    assert {(one.layer, one.strength) for one in late} == {(Layer.TCP, Strength.PLAIN)}
    assert {one.reason for one in late} == {"connection_refused", "generic_timeout_error"}


def test_the_recorded_list_of_analysed_measurements(recorded: Path) -> None:
    found = read_analysis(body(recorded / "ooni" / "api_local_server" / "analysis_list_UG.json"))
    first = found[0]
    assert len(found) == 3
    assert {(str(one.country), str(one.network), one.subject) for one in found} == {
        ("UG", "AS20294", "domain:twitter.com")
    }
    assert (first.outcome, first.layer, first.strength) == (Outcome.BLOCKED, Layer.TCP, Strength.PLAIN)
    assert (first.reason, first.control) == ("connection_refused", True)
    assert first.time == datetime(2026, 1, 18, 19, 17, 20, tzinfo=UTC)
    assert first.address == (
        "https://explorer.ooni.org/m/20260118191722.589662_UG_webconnectivity_b66388d5e8429342"
    )


def test_uganda_2026_row_by_row(recorded: Path) -> None:
    """470 rows in the same columns; the scores of the file, counted apart, give the same outcomes."""
    with (recorded / "ooni" / "uganda-2026" / "ug-analysis.csv").open(newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    for row in rows:
        row["probe_asn"] = int(row["probe_asn"])
        for layer in ("dns", "tcp", "tls"):
            row[f"top_{layer}_failure"] = row[f"top_{layer}_failure"] or None
            row |= {key: float(row[key]) for key in (f"{layer}_{of}" for of in ("blocked", "down", "ok"))}
    found = read_analysis({"results": rows})
    assert len(found) == 470
    assert Counter((one.outcome, one.layer, one.strength) for one in found) == {
        (Outcome.OK, None, None): 399,
        (Outcome.BLOCKED, Layer.TCP, Strength.PLAIN): 51,
        (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN): 11,
        (Outcome.BLOCKED, Layer.TLS, Strength.PLAIN): 8,
        (Outcome.BLOCKED, Layer.DNS, Strength.WEAK): 1,
    }
    by_tcp = sorted({one.time.date().isoformat() for one in found if one.layer is Layer.TCP})
    assert [day for day in by_tcp if "2026-01-14" <= day <= "2026-01-24"] == [
        f"2026-01-{day}" for day in range(17, 24)
    ]
    silent = TimeWindow("2026-01-14", "2026-01-17")
    assert not any(one.time in silent for one in found)


def test_recorded_lists_of_measurements_are_tests(recorded: Path) -> None:
    paths = (recorded / "ooni" / "api_responses").glob("search__measurements__*.json")
    rows = [row for path in sorted(paths) for row in read_measurements(body(path)).rows]
    tests = {row.uid: single_test(row) for row in rows}
    for row in rows:
        test = tests[row.uid]
        if test is not None:
            assert test.failed == ((row.anomaly or row.confirmed) and not row.failure)
            assert (test.strength is Strength.CONFIRMED) == (row.confirmed and not row.failure)
            assert (str(test.network), str(test.country)) == (f"AS{row.asn}", row.country)
    named = Counter((test.subject.partition(":")[0] if test else None) for test in tests.values())
    assert named == {"domain": 90, "app": 1}


@pytest.mark.parametrize("name", ["analysis_agg_UG_hour", "analysis_agg_empty"])
def test_the_server_of_the_tests_scores_as_the_real_one_does(recorded: Path, name: str) -> None:
    request, status = index(recorded)[name]
    real = body(recorded / "ooni" / "api_local_server" / f"{name}.json")
    held = []
    for row in real["results"]:
        loni = row["loni"]
        layers = ("dns", "tcp", "tls")
        dns, tcp, tls = (tuple(loni[f"{one}_{of}"] for of in ("blocked", "down", "ok")) for one in layers)
        failed = tuple(loni[f"{one}_blocked_outcome"].replace("got_answer", "") for one in layers)
        hour = datetime.fromisoformat(row["measurement_start_day"]).replace(tzinfo=UTC)
        about = (row["probe_cc"], row["probe_asn"], "web_connectivity", "", row["domain"])
        count = int(row["count"])
        held.append(OoniBucket(hour, *about, ok=count, dns=dns, tcp=tcp, tls=tls, failed=failed))
    got = asked_again(request, held)
    said = json.loads(got.body)
    assert got.status == status
    assert list(said) == sorted(real)
    assert list(said["db_stats"]) == list(real["db_stats"])
    assert said["dimension_count"] == real["dimension_count"]
    assert _rounded(said["results"]) == _rounded(real["results"])
    assert [list(row) for row in said["results"]] == [list(row) for row in real["results"]]


def _rounded(value: Any) -> Any:
    """A quantile of two different scores is served again as if it were both of them, in 32 bits."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return round(value, 6) if isinstance(value, float) else value
