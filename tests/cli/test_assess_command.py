"""``shutdownkit assess``: what is printed, what is said, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from shutdownkit.cli import main
from shutdownkit.model.builtin_services import SERVICES
from shutdownkit.report.report import Report
from shutdownkit.report.schema import report_schema
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.ooni import OoniBucket, OoniWorld, ooni_answer

WINDOW = ("--from", "2020-08-08", "--to", "2020-08-12")
ASSESS = ("assess", "BY", *WINDOW)

pytestmark = pytest.mark.usefixtures("plugins")


def run(*arguments: str, capfd: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main.run(list(arguments))
    written, said = capfd.readouterr()
    return status, written, said


def test_json_is_one_report(capfd: pytest.CaptureFixture[str]) -> None:
    status, written, said = run(*ASSESS, "--source", "good", "--format", "json", capfd=capfd)
    assert (status, said) == (0, "")
    plain = json.loads(written)
    jsonschema.validate(plain, report_schema())
    assert (plain["entity"], plain["condition"], plain["failures"]) == ("BY", "outage", [])
    assert [one["start"] for one in plain["episodes"]] == ["2020-08-09T18:00:00Z"]


def test_what_a_source_prints_and_logs_is_no_part_of_the_document(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as it is outside of pytest
    last = logging.lastResort
    status, written, said = run(*ASSESS, "--source", "noisy", "--format", "json", capfd=capfd)
    assert logging.lastResort is last
    assert (status, json.loads(written)["condition"]) == (0, "outage")
    assert said.splitlines() == [
        "asked",
        "shutdownkit: error: one line 1",
        "shutdownkit: error: odd %s %s",
    ]


@pytest.mark.parametrize("form", ["text", "html", "csv", "codf"])
def test_every_form_shows_the_episode(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    status, written, said = run(*ASSESS, "--source", "good", "--format", form, capfd=capfd)
    assert (status, said) == (0, "")
    if form == "html":
        page = ET.fromstring(written)  # noqa: S314 (our own)
        assert "BY-2020-08-09T18" in "".join(page.itertext())
    elif form == "csv":
        assert [row["id"] for row in csv.DictReader(io.StringIO(written))] == ["BY-2020-08-09T18"]
    elif form == "codf":
        assert [one["location"] for one in json.loads(written)] == ["country/BY"]
    else:
        assert "BY-2020-08-09T18" in written


def test_a_source_that_fails_is_in_the_report_and_told(capfd: pytest.CaptureFixture[str]) -> None:
    sources = ("--source", "good", "--source", "down", "--source", "buggy")
    status, written, said = run(*ASSESS, *sources, "--format", "json", capfd=capfd)
    assert status == 0
    assert said.splitlines() == [
        "shutdownkit: note: buggy: its code failed: KeyError: 'x'",
        "shutdownkit: note: down: no route (https://example.org/x)",
    ]
    report = Report.from_json(written)
    assert [(one.source, one.retry) for one in report.failures] == [("buggy", False), ("down", True)]
    assert report.condition.value == "outage"


@pytest.mark.parametrize("form", ["json", "text", "csv", "html", "codf"])
def test_no_answer_is_status_3_and_still_a_report(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    sources = ("--source", "down", "--source", "buggy")
    status, written, said = run(*ASSESS, *sources, "--format", form, capfd=capfd)
    assert status == 3
    assert said.splitlines() == [
        "shutdownkit: buggy: its code failed: KeyError: 'x'",
        "shutdownkit: down: no route (https://example.org/x)",
    ]
    if form == "json":
        plain = json.loads(written)
        jsonschema.validate(plain, report_schema())
        assert (plain["condition"], len(plain["failures"])) == ("insufficient_data", 2)
    elif form == "text":
        assert "no route" in written


def test_strict_is_status_3_and_no_report(capfd: pytest.CaptureFixture[str]) -> None:
    sources = ("--source", "good", "--source", "down", "--source", "buggy")
    status, written, said = run(*ASSESS, *sources, "--strict", "--format", "json", capfd=capfd)
    assert (status, written) == (3, "")
    assert said.splitlines() == [
        "shutdownkit: source buggy: its code failed: KeyError: 'x'",
        "shutdownkit: source down: no route (https://example.org/x)",
    ]


def test_options_reach_the_sources(capfd: pytest.CaptureFixture[str], tmp_path: Path, plugins: Path) -> None:
    (plugins / "cli_plugins.py").write_text(
        "from tests.unit.reading.fake_sources import Fake\n"
        "from tests.unit.test_assess import blackout\n"
        "made = []\n"
        "def good(config): made.append((Fake('good', blackout()), config)); return made[-1][0]\n"
    )
    status, _, said = run(
        *ASSESS, "--source", "good@acme-pack:there", "--kind", "probing.up-slash24s", "--subject", "domain:a",
        "--controls", "LT,pl", "--controls", "LV", "--history-days", "7",
        "--timeout", "20", "--offline", "--format", "json", capfd=capfd,
    )  # fmt: skip
    assert (status, said) == (0, "")
    source, config = sys.modules["cli_plugins"].made[0]
    assert [str(query.entity) for query in source.asked] == ["BY", "LT", "LV", "PL"]
    assert source.asked[0].kinds == ("probing.up-slash24s",)
    assert source.asked[0].subjects == ("domain:a",)
    assert source.asked[0].history.days == 7
    assert config.argument == "there"
    assert config.http.settings.offline


def asked_about(plugins: Path, capfd: pytest.CaptureFixture[str], *more: str) -> tuple[str, ...]:
    """The subjects that reach a source."""
    (plugins / "cli_plugins.py").write_text(
        "from tests.unit.reading.fake_sources import Fake\n"
        "from tests.unit.test_assess import blackout\n"
        "made = []\n"
        "def good(config): made.append(Fake('good', blackout())); return made[-1]\n"
    )
    status, _, said = run(*ASSESS, "--source", "good", "--format", "json", *more, capfd=capfd)
    assert (status, said) == (0, "")
    found: tuple[str, ...] = sys.modules["cli_plugins"].made[-1].asked[0].subjects
    return found


SERVICES_FILE = """
[[service]]
name = "x"
title = "X"
subjects = ["domain:x.example"]
[[service]]
name = "ours"
title = "Ours"
subjects = ["app:ours"]
"""


def test_services_are_asked_about_by_name(
    capfd: pytest.CaptureFixture[str], plugins: Path, tmp_path: Path
) -> None:
    known = ("--service", "telegram", "--service", "x")
    subjects = asked_about(plugins, capfd, *known, "--subject", "domain:b")
    assert subjects == tuple(
        sorted({"domain:b", *SERVICES.named("telegram").subjects, *SERVICES.named("x").subjects})
    )
    path = tmp_path / "mine.toml"
    path.write_text(SERVICES_FILE)
    mine = asked_about(plugins, capfd, *known, "--service", "ours", "--services", str(path))
    assert mine == tuple(sorted(["app:ours", "domain:x.example", *SERVICES.named("telegram").subjects]))
    assert asked_about(plugins, capfd, "--services", str(path)) == ()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            ("--service", "telegrm"),
            "--service: 'telegrm' is none of those known: telegram, whatsapp,",
        ),
        (("--services", "/nowhere/x.toml"), "/nowhere/x.toml: "),
    ],
)
def test_a_service_or_file_that_is_none_is_the_callers_mistake(
    capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], problem: str
) -> None:
    status, written, said = run(*ASSESS, "--source", "good", *arguments, capfd=capfd)
    assert (status, written) == (2, "")
    assert said.startswith(f"shutdownkit: {problem}")
    assert said.count("\n") == 1


BLOCK = {
    "anomaly": 3,
    "tcp": (0.75, 0.25, 0.0),
    "failed": ("", "generic_timeout_error", ""),
}


def test_a_service_is_judged_from_the_aggregations_of_ooni(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocked at home on three networks for four days, open abroad: through HTTP to the report."""
    start = datetime(2020, 7, 30, tzinfo=UTC)
    held = []
    for hour in range(14 * 24):
        when = start + timedelta(hours=hour)
        blocked = 9 * 24 <= hour < 12 * 24 + 12
        for asn in (6697, 25106, 42772):
            how: dict[str, Any] = BLOCK if blocked else {"ok": 3}
            held.append(OoniBucket(when, "BY", asn, "web_connectivity", "NEWS", "x.com", **how))
            held.append(OoniBucket(when, "BY", asn, "telegram", ok=2))
        held.append(OoniBucket(when, "LT", 8764, "web_connectivity", "NEWS", "x.com", ok=3))
        held.append(OoniBucket(when, "XX", 64496, ok=1000))
    options = ("--source", "ooni", "--service", "telegram", "--subject", "domain:x.com", "--controls", "LT")
    with LoopbackServer(ooni_answer(OoniWorld(tuple(held)))) as server:
        monkeypatch.setenv("SHUTDOWNKIT_OONI_URL", server.url)
        status, written, said = run(*ASSESS, *options, "--history-days", "9", "--format", "json", capfd=capfd)
        asked = {(one.path[-8:], one.one("probe_cc", ""), one.one("domain", "")) for one in server.received}
    assert (status, said) == (0, "")
    plain = json.loads(written)
    jsonschema.validate(plain, report_schema())
    assert plain["failures"] == []
    assert ("analysis", "BY", "x.com") in asked
    assert ("regation", "LT", "x.com") in asked
    assert ("analysis", "LT", "x.com") not in asked
    reached = {one["service"]: one["reach"] for one in plain["services"]}
    assert (reached["x"], reached["telegram"]) == ("blocked", "ok")


def test_the_built_in_sources_are_asked_where_none_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    status, written, said = run(*ASSESS, "--offline", "--format", "json", capfd=capfd)
    assert status == 3
    failed = {one["source"] for one in json.loads(written)["failures"]}
    assert failed == {"atlas", "ioda", "ooni"}
    assert len(said.splitlines()) >= 3


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("SHUTDOWNKIT_IODA_URL", "http://example.org", "SHUTDOWNKIT_IODA_URL: is plain http to example.org"),
        ("SHUTDOWNKIT_NO_PLUGINS", "perhaps", "SHUTDOWNKIT_NO_PLUGINS: 'perhaps' is neither 1 nor 0"),
        ("SHUTDOWNKIT_NO_PLUGINS", "1", "no installed source is named 'good'"),
    ],
)
def test_a_variable_that_cannot_be_is_the_callers_mistake(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    problem: str,
) -> None:
    monkeypatch.setenv(variable, value)
    status, written, said = run(*ASSESS, "--source", "good", "--source", "ioda", capfd=capfd)
    assert (status, written) == (2, "")
    assert said.startswith(f"shutdownkit: {problem}")
    assert said.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_an_interrupt_ends_it_though_a_source_hangs(plugins: Path) -> None:
    (plugins / "cli_plugins.py").write_text(
        "from tests.unit.reading.fake_sources import Fake, hanging\n"
        "def fetch(query):\n    print('asked', flush=True)\n    return hanging(query)\n"
        "def good(config): return Fake('good', fetch)\n"
    )
    path = os.pathsep.join([str(plugins), str(Path(__file__).parents[2])])
    with subprocess.Popen(
        [sys.executable, "-m", "shutdownkit", *ASSESS, "--source", "good"],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline() == b"asked\n"  # what sources print
        before = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b"shutdownkit: interrupted\n"
        assert process.stdout.read() == b""
        assert process.wait(timeout=60) == 130
        assert time.monotonic() - before < 30


@pytest.mark.parametrize("arguments", [("demo",), ("classify", "SIGNALS")])
def test_html_is_one_page(
    arguments: tuple[str, ...], one_entity: str, capfd: pytest.CaptureFixture[str]
) -> None:
    named = [one_entity if one == "SIGNALS" else one for one in arguments]
    status, written, said = run(*named, "--format", "html", capfd=capfd)
    assert (status, said) == (0, "")
    assert written.startswith("<!DOCTYPE html>\n")
    assert ET.fromstring(written).find("head/title") is not None  # noqa: S314 (our own)
