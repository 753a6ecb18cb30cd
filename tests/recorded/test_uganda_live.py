"""Uganda, January 2026, asked over HTTP: the command line against OONI as it would have answered.

Each recorded row of OONI's analysis (twitter.com on AS20294, 470 rows) is one measurement of its hour, an
anomaly where one of its layers scored over 0.5.  What else was measured is not recorded: a steady world in
two other countries is made up, and so is what the controls measured.

``pytest tests/recorded/test_uganda_live.py -rP`` prints what it judged and how many requests it took.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import shutdownkit as sk
from shutdownkit.report.schema import report_schema
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.ooni import OoniBucket, OoniScore, OoniWorld, ooni_answer

pytestmark = pytest.mark.recorded

HOUR = timedelta(hours=1)
FIRST = datetime(2025, 12, 1, tzinfo=UTC)
DAYS = 75
ELSEWHERE = 10_000  # measurements an hour in each of two other countries
MTN = 20294
WHERE_ELSE = (("KE", 33771), ("KE", 37061), ("TZ", 36908))
GAP = sk.TimeWindow("2026-01-05T12:00:00Z", "2026-01-11T00:00:00Z")
SILENCE = sk.TimeWindow("2026-01-14T00:00:00Z", "2026-01-17T00:00:00Z")


def measured(recorded: Path, country: str = "UG", number: int = MTN) -> Iterator[OoniBucket]:
    with (recorded / "ooni" / "uganda-2026" / "ug-analysis.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            yield _bucket(row, country, number)


def _bucket(row: Mapping[str, str], country: str, number: int) -> OoniBucket:
    begin = datetime.fromisoformat(row["measurement_start_time"]).replace(tzinfo=UTC)
    dns, tcp, tls = (_score(row, layer) for layer in ("dns", "tcp", "tls"))
    anomaly = max(score[0] for score in (dns, tcp, tls)) > 0.5
    return OoniBucket(
        begin.replace(minute=0, second=0, microsecond=0),
        country,
        number,
        category_code="GRP",
        domain=row["domain"],
        anomaly=int(anomaly),
        ok=int(not anomaly),
        dns=dns,
        tcp=tcp,
        tls=tls,
        failed=(row["top_dns_failure"], row["top_tcp_failure"], row["top_tls_failure"]),
    )


def _score(row: Mapping[str, str], layer: str) -> OoniScore:
    return float(row[f"{layer}_blocked"]), float(row[f"{layer}_down"]), float(row[f"{layer}_ok"])


@contextlib.contextmanager
def served(*buckets: OoniBucket) -> Iterator[LoopbackServer]:
    """OONI, with a steady world around what was measured."""
    around = [
        OoniBucket(FIRST + hour * HOUR, country, number, ok=ELSEWHERE)
        for hour in range(24 * DAYS)
        for country, number in (("DE", 3320), ("US", 7922))
    ]
    with LoopbackServer(ooni_answer(OoniWorld((*buckets, *around)))) as server:
        yield server


def assess(folder: Path, url: str, *more: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "shutdownkit", "assess", "UG", "--source", "ooni", "--service", "x"]
    command += ["--from", "2026-01-01", "--to", "2026-01-29", *more]
    env = {**os.environ, "SHUTDOWNKIT_CACHE_DIR": str(folder), "SHUTDOWNKIT_OONI_URL": url}
    return subprocess.run(command, capture_output=True, check=False, env=env)


def told(asked: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    """The report of a run that did well."""
    assert (asked.returncode, asked.stderr) == (0, b"")
    report: dict[str, Any] = json.loads(asked.stdout)
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    return report


@pytest.fixture(scope="module")
def report(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with served(*measured(recorded)) as ooni:
        found = told(assess(tmp_path_factory.mktemp("cache"), ooni.url, "--format", "json"))
        print("requests:", len(ooni.received))
    for one in found["episodes"]:
        print(one["start"], one["end"], one["condition"], one["mechanism"], one["p_deliberate"])
    return found


def overlapping(report: Mapping[str, Any], window: sk.TimeWindow) -> list[dict[str, Any]]:
    return [
        one
        for one in report["episodes"]
        if sk.TimeWindow(one["start"], one["end"] or report["window"]["end"]).overlaps(window)
    ]


def test_the_block_is_found_with_its_network_and_layers(report: dict[str, Any]) -> None:
    (one,) = (one for one in report["episodes"] if one["blocking"])
    assert (one["condition"], one["mechanism"]) == ("blocking", "filtering")
    assert (one["start"], one["end"]) == ("2026-01-18T05:00:00Z", "2026-01-24T13:00:00Z")
    (block,) = one["blocking"]["blocks"]
    assert block["service"] == "x"
    assert block["networks"] == [f"AS{MTN}"]
    assert block["how"][0] == "tcp"
    (row,) = report["services"]
    assert (row["service"], row["reach"]) == ("x", "blocked")
    assert report["failures"] == []


def test_the_pause_of_the_volunteers_is_no_shutdown(report: dict[str, Any]) -> None:
    assert overlapping(report, GAP) == []


def test_the_silence_before_the_block_is_found_and_no_outage(report: dict[str, Any]) -> None:
    """One network alone: it is said that it fell silent, and no more."""
    (one,) = overlapping(report, SILENCE)
    assert one["condition"] == "insufficient_data"


def test_one_block_is_one_episode(report: dict[str, Any]) -> None:
    assert sum(one["condition"] == "blocking" for one in report["episodes"]) == 1


def test_what_fails_in_the_controls_as_well_is_down(recorded: Path, tmp_path: Path) -> None:
    """Of sites the kinds of failure must be asked of the controls, too: weak ones explain no plain ones."""
    others = [one for place in WHERE_ELSE for one in measured(recorded, *place)]
    with served(*measured(recorded), *others) as ooni:
        report = told(assess(tmp_path, ooni.url, "--controls", "KE,TZ", "--format", "json"))
        print("requests:", len(ooni.received))
    assert not any(one["blocking"] for one in report["episodes"])
    (row,) = report["services"]
    assert (row["service"], row["reach"]) == ("x", "ok")
    assert {one["tests"] for one in row["discards"] if "other countries" in one["reason"]} == {64}


def test_what_works_in_the_controls_stays_blocked(recorded: Path, tmp_path: Path) -> None:
    kenya = [
        OoniBucket(FIRST + hour * HOUR, country, number, category_code="GRP", domain="twitter.com", ok=1)
        for hour in range(24 * DAYS)
        for country, number in WHERE_ELSE
    ]
    with served(*measured(recorded), *kenya) as ooni:
        report = told(assess(tmp_path, ooni.url, "--controls", "KE,TZ", "--format", "json"))
    assert [row["reach"] for row in report["services"]] == ["blocked"]


def test_the_same_offline_to_the_byte_in_every_form(recorded: Path, tmp_path: Path) -> None:
    forms = ("json", "text", "html", "csv", "codf")
    with served(*measured(recorded)) as ooni:
        online = {form: assess(tmp_path, ooni.url, "--format", form) for form in forms}
        url, first = ooni.url, len(ooni.received)
        again = assess(tmp_path, url, "--format", "json")
        assert (again.stdout, len(ooni.received)) == (online["json"].stdout, first)
    for form in forms:  # the server is gone now
        offline = assess(tmp_path, url, "--offline", "--format", form)
        assert (offline.returncode, offline.stderr) == (0, b"")
        assert offline.stdout == online[form].stdout != b""
