"""Reading the recorded files."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shutdownkit.files.incidents import (
    Incident,
    IncidentWarning,
    read_incidents,
    read_labelled_incidents,
)
from shutdownkit.files.signals import read_signals, write_signals
from shutdownkit.model.entity import EntityKind

pytestmark = pytest.mark.recorded


def test_the_iran_signals_have_their_steps_lengths_and_gaps(recorded: Path) -> None:
    read = read_signals(recorded / "iran-2019" / "ioda-signals.csv")
    networks = ["AS12880", "AS197207", "AS31549", "AS44244", "AS58224"]
    kinds = ["bgp.visible-slash24s", "probing.up-slash24s", "telescope.unique-sources"]
    assert [(str(one.entity), one.kind.name) for one in read] == [
        (entity, kind) for entity in [*networks, "IR"] for kind in kinds
    ]
    assert {one.series.start for one in read} == {datetime(2019, 11, 14, 8, 10, tzinfo=UTC)}
    for one in read:
        missing = {
            "bgp.visible-slash24s": 379 if str(one.entity) == "IR" else 382,
            "probing.up-slash24s": 0,
            "telescope.unique-sources": 127,
        }[one.kind.name]
        minutes, bins = (10, 1332) if one.kind.name.startswith("probing") else (5, 2664)
        assert one.series.step == timedelta(minutes=minutes)
        assert len(one.series) == bins
        assert bins - int(one.series.measured.sum()) == missing
        assert one.provenance.source == "file ioda-signals.csv"


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
def test_the_iran_signals_survive_being_written(recorded: Path, tmp_path: Path, ending: str) -> None:
    read = read_signals(recorded / "iran-2019" / "ioda-signals.csv")
    path = tmp_path / f"ioda-signals.{ending}"
    write_signals(read, path)
    assert [one.series for one in read_signals(path)] == [one.series for one in read]


def warned(path: Path, entity: str | None = None) -> tuple[tuple[Incident, ...], IncidentWarning]:
    with pytest.warns(IncidentWarning) as caught:
        read = read_labelled_incidents(path, entity=entity)
    (warning,) = (one.message for one in caught)
    assert isinstance(warning, IncidentWarning)
    return read, warning


def entity_kinds(incidents: tuple[Incident, ...]) -> Counter[EntityKind]:
    return Counter(one.episode.entity.kind for one in incidents)


def test_the_curated_list_of_ioda(recorded: Path) -> None:
    path = recorded / "incidents" / "ioda-curated.csv"
    read, warning = warned(path)
    assert warning.rows == len(read) == 1019
    assert not warning.left_out
    assert {reason: len(lines) for reason, lines in warning.without_end.items()} == {
        "the end is missing": 16,
        "the end lies before the start": 36,
    }
    assert sum(one.episode.end is None for one in read) == 52
    assert entity_kinds(read) == {
        EntityKind.COUNTRY: 506,
        EntityKind.REGION: 468,
        EntityKind.ASN: 45,
    }
    assert Counter(one.label for one in read) == {"outage": 898, "shutdown": 121}
    assert Counter(one.strict_label for one in read) == {"unlabelled": 875, "shutdown": 100, "outage": 44}
    assert Counter(one.confirmed for one in read) == {None: 556, False: 307, True: 156}
    assert Counter(one.cause for one in read)["Government-Ordered"] == 81
    assert len({one.id for one in read}) == 1019
    first = read[0]
    assert (str(first.episode.entity), first.line) == ("CD/Nord-Kivu", 2)
    assert first.episode.onset == datetime(2021, 2, 14, 2, 50, tzinfo=UTC)
    with pytest.warns(IncidentWarning):
        assert read_incidents(path) == tuple(one.episode for one in read)


def test_the_reference_incidents(recorded: Path) -> None:
    read, warning = warned(recorded / "incidents" / "reference-incidents.csv")
    by_id = {one.id: one.episode for one in read}
    assert (warning.rows, len(read)) == (20, 17)
    assert warning.left_out == {
        "the start is not a time in UTC": (17, 18),
        "the country is not one that ISO 3166-1 lists": (19,),
    }
    assert [key for key, one in by_id.items() if one.end is None] == ["LY-2011-02-18", "IR-2026-01-08"]
    assert str(by_id["US-2020-08-27"].entity) == "US/LA"
    assert by_id["BY-2020-08-09"].end == datetime(2020, 8, 12, 3, 50, tzinfo=UTC)


def test_the_belarus_timeline_needs_to_be_told_its_country(recorded: Path) -> None:
    path = recorded / "incidents" / "belarus-2020-timeline.csv"
    read, warning = warned(path)
    assert [str(one.episode.entity) for one in read] == ["AS25106", "AS6697", "AS6697"]
    assert {reason: len(lines) for reason, lines in warning.left_out.items()} == {"it names no entity": 17}
    read, warning = warned(path, "BY")
    assert (warning.rows, len(read)) == (20, 13)
    blackout = read[4].episode
    assert str(blackout.window) == "2020-08-09T18:00:00Z to 2020-08-10T00:00:00Z"


def test_the_records_of_access_now(recorded: Path) -> None:
    read, warning = warned(recorded / "incidents" / "keepiton-2016-2025.csv.gz")
    assert (warning.rows, len(read)) == (2102, 2059)
    assert entity_kinds(read) == {EntityKind.REGION: 1530, EntityKind.COUNTRY: 529}
    belarus = [one.episode for one in read if str(one.episode.entity) == "BY"]
    assert "2020-08-09T00:00:00Z to 2020-12-08T00:00:00Z" in [str(one.window) for one in belarus]
