"""OONI's recorded measurements as an archive: read as they are, whoever reads and however they are cut."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import evolve

from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Outcome
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import SourceConfig
from shutdownkit.sources.ooni.archive.reading import read_archive
from shutdownkit.sources.ooni.archive.source import OoniArchiveSource
from shutdownkit.sources.ooni.whole.record import read_whole
from shutdownkit.sources.ooni.whole.verdict import tests_of as judged
from tests.unit.sources.ooni_archive.archives import line, path_of, write

pytestmark = pytest.mark.recorded

FOLDERS = ("raw_measurements", "fastpath_tests", "spec_examples", "qa_measurements")
HOUR = timedelta(hours=1)


def recorded_measurements(recorded: Path, *folders: str) -> dict[str, dict[str, Any]]:
    found = {}
    for folder in folders:
        for path in sorted((recorded / "ooni" / folder).glob("*.json")):
            one = json.loads(path.read_bytes())
            if isinstance(one, dict) and "test_name" in one:
                found[path.name] = one
    return found


def published(folder: Path, measurements: dict[str, dict[str, Any]]) -> None:
    """Each in the file of the hour after it was made; an older name does not say when it was uploaded."""
    files: dict[str, list[bytes]] = {}
    for name, one in measurements.items():
        made = datetime.fromisoformat(one["measurement_start_time"]).replace(tzinfo=UTC)
        path = path_of(made + HOUR, one["probe_cc"], one["test_name"])
        files.setdefault(path, []).append(line(one | {"measurement_uid": name.removesuffix(".json")}))
    for path, lines in files.items():
        write(folder, path, lines)


def test_every_recorded_measurement_is_read_or_counted(recorded: Path, tmp_path: Path) -> None:
    """Five examples of formats of 2013 and 2014 have no time under the name that was given to it since."""
    found = recorded_measurements(recorded, *FOLDERS)
    write(tmp_path, "all.jsonl.gz", map(line, found.values()))
    (file,) = read_archive(tmp_path)
    tally = file.tally
    assert (tally.lines, tally.kept, tally.broken_lines, tally.broken_files) == (150, 145, 5, 0)
    names = list(found)
    assert [names[one.line - 1][:6] for one in tally.unread] == [
        "ts-002",
        "ts-004",
        "ts-006",
        "ts-007",
        "ts-009",
    ]
    assert {one.reason for one in tally.unread} == {
        "not a measurement: Object missing required field `measurement_start_time`"
    }
    for one in file.measured:
        assert one.tests == judged(read_whole(line(found[names[one.line - 1]])))


def test_processes_give_the_same_of_the_published_layout(recorded: Path, tmp_path: Path) -> None:
    found = recorded_measurements(recorded, "raw_measurements")
    published(tmp_path / "bucket", found)
    write(tmp_path / "flat", "all.jsonl", (line(one) for one in found.values()))
    serial = list(read_archive(tmp_path / "bucket"))
    assert sum(file.tally.kept for file in serial) == 28
    assert sum(file.tally.misdated for file in serial) == 0
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert list(read_archive(tmp_path / "bucket", executor=processes)) == serial
    (flat,) = read_archive(tmp_path / "flat")

    def plain(one: Any) -> Any:
        return evolve(one, address=None)  # with a name where the file gives one

    assert Counter(plain(test) for file in serial for test in file.tests) == Counter(map(plain, flat.tests))


def test_a_country_and_a_time_find_one_measurement(recorded: Path, tmp_path: Path) -> None:
    published(tmp_path, recorded_measurements(recorded, "raw_measurements"))
    day = TimeWindow("2022-11-09", "2022-11-10")
    files = list(read_archive(tmp_path, countries=["RU"], uploaded=TimeWindow(day.start, "2022-11-11")))
    assert [file.place.test for file in files] == ["telegram"]
    (test,) = files[0].tests
    assert (test.subject, test.country, test.outcome) == ("app:telegram", Entity.parse("RU"), Outcome.BLOCKED)


def test_the_source_gives_what_was_tested_and_calls_nothing_silence(recorded: Path, tmp_path: Path) -> None:
    published(tmp_path, recorded_measurements(recorded, "raw_measurements"))
    source = OoniArchiveSource(SourceConfig("ooni-archive", cast("HttpClient", None), argument=str(tmp_path)))
    result = source.fetch(Query("RU", TimeWindow("2022-11-08", "2022-11-12")))
    (found,) = result.tests
    russian = [one for one in found.tests if one.country == Entity.parse("RU")]
    assert [(one.subject, one.outcome) for one in russian] == [("app:telegram", Outcome.BLOCKED)]
    assert {(str(one.country), one.subject) for one in found.tests} == {
        ("RU", "app:telegram"),
        ("US", "app:telegram"),
    }
    (measurements, networks) = result.signals
    assert measurements.series.values[measurements.series.measured].max() == 1.0
    assert networks.series.measured.sum() == measurements.series.measured.sum()
