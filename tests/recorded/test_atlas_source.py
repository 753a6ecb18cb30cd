"""The RIPE Atlas source on recorded events."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import shutdownkit as sk
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import SourceConfig, SourceResult
from shutdownkit.sources.atlas.events import ConnectionEvent, read_events
from shutdownkit.sources.atlas.probes import read_probes
from shutdownkit.sources.atlas.replay import replay
from shutdownkit.sources.atlas.source import AtlasSource
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.atlas import AtlasWorld, atlas_answer, world_of_events

pytestmark = pytest.mark.recorded

FIRST = sk.TimeWindow("2016-06-01", "2016-06-08")


def day_of(recorded: Path, name: str) -> list[Any]:
    path = recorded / "atlas" / "connection-events" / name
    with gzip.open(path, "rt", encoding="utf-8") as file:
        if name.endswith(".dat.gz"):  # one object a line
            return [json.loads(line) for line in file if line.strip()]
        rows: list[Any] = json.load(file)
        return rows


def numbers(recorded: Path, name: str) -> dict[int, Any]:
    path = recorded / "atlas" / "probe-maps" / name
    return {int(number): value for number, value in json.loads(path.read_text("utf-8")).items()}


def world(recorded: Path, name: str) -> AtlasWorld:
    countries = numbers(recorded, "2016_probeIDToCountry.json")
    networks = numbers(recorded, "2016_probeIDToASN.json")
    return world_of_events(
        day_of(recorded, name), countries, {number: int(asn) for number, asn in networks.items()}
    )


def fetched(given: AtlasWorld, query: Query) -> SourceResult:
    with LoopbackServer(atlas_answer(given)) as server, HttpClient() as http:
        return AtlasSource(SourceConfig("atlas", http, base_url=server.url)).fetch(query)


@pytest.mark.parametrize(
    ("name", "count", "forms"),
    [
        ("7000_20140827.json.gz", 12_348, {int, str}),
        ("generalJune16_7000_20160616.json.gz", 10_609, {int, str, type(None)}),
        ("reboot_7000_20160713.json.gz", 3_717, {int, str, type(None)}),
        ("2011-01-15_00-00-00_msmId7000.json.gz", 1_835, {int, str}),
        ("ke.dat.gz", 249, {int, str}),
    ],
)
def test_every_recorded_event_is_read_in_order(
    recorded: Path, name: str, count: int, forms: set[type]
) -> None:
    rows = day_of(recorded, name)
    assert len(rows) == count
    assert {type(row["asn"]) for row in rows} <= forms
    read = read_events(rows, where=name)
    assert (read.bad, read.first_problem) == (0, None)
    assert len(read.values) == count  # none is there twice
    times = [event.time for event in read.values]
    assert times == sorted(times)
    assert times != [row["timestamp"] for row in rows]


def test_recorded_probes_are_read(recorded: Path) -> None:
    folder = recorded / "atlas" / "api_samples"
    page = json.loads((folder / "probes_list_excerpt_2025-10.json").read_text("utf-8"))
    read = read_probes(page["results"], where="probes")
    assert [(probe.country, probe.asn_v4, probe.asn_v6) for probe in read.values] == [
        ("ID", 7713, 7713),
        ("AE", 5384, 8966),
    ]
    assert [probe.status for probe in read.values] == [1, 1]
    rows = json.loads((folder / "probes_status_excerpts_from_docs_search.json").read_text("utf-8"))
    listed = read_probes(rows, where="probes")
    assert {probe.status for probe in listed.values} >= {1, 3, 4}
    assert listed.bad == 0


def test_the_published_count_of_kenya_is_ours_and_one_or_two_more(recorded: Path) -> None:
    """Disco's own series holds one or two probes more than have events in the file, at each of its times."""
    (published,) = (recorded / "atlas" / "connected-series").glob("kenya-*.txt")
    events = read_events(day_of(recorded, "ke.dat.gz"), where="ke.dat").values
    by_probe: dict[int, list[ConnectionEvent]] = {}
    for event in events:
        by_probe.setdefault(event.probe, []).append(event)
    known = ((FIRST.start.timestamp(), FIRST.end.timestamp()),)
    tracks = [replay(mine, known) for mine in by_probe.values()]
    more = []
    for line in published.read_text("utf-8").splitlines():
        time, count, _, _ = (int(cell) for cell in line.split())
        ours = sum(any(s.start <= time < s.end for s in track.sessions) for track in tracks)
        more.append(count - ours)
    assert len(more) == 93
    assert set(more) == {1, 2}


def kenya(recorded: Path) -> AtlasWorld:
    """The probes that have events, and two that were connected throughout, as in the published count."""
    events = day_of(recorded, "ke.dat.gz")
    seen = {event["prb_id"] for event in events}
    countries = numbers(recorded, "2016_probeIDToCountry.json")
    silent = sorted(number for number, code in countries.items() if code == "KE" and number not in seen)[:2]
    networks = numbers(recorded, "2016_probeIDToASN.json")
    chosen = {*seen, *silent}
    return world_of_events(
        events,
        dict.fromkeys(chosen, "KE"),
        {number: int(networks[number]) for number in chosen if number in networks},
    )


def test_kenyas_power_cut_of_2016_is_an_outage_and_not_called_deliberate(recorded: Path) -> None:
    """Grid fault at 08:29 UTC (KenGen); the second, larger burst of disconnections began at 13:16."""
    window = sk.TimeWindow("2016-06-06", "2016-06-08")
    with LoopbackServer(atlas_answer(kenya(recorded))) as server:
        report = sk.assess(
            "KE",
            window.start,
            window.end,
            sources=["atlas"],
            history_length=timedelta(days=4),
            cache=False,
            environ={"SHUTDOWNKIT_ATLAS_URL": server.url},
        )
    (judged,) = report.episodes
    assert judged.verdict.condition is sk.Condition.OUTAGE
    assert judged.episode.window.overlaps(sk.TimeWindow("2016-06-07T13:16Z", "2016-06-07T14:04Z"))
    assert judged.verdict.p_deliberate < 0.05
    assert report.faults == ()
    bursts = [one for one in judged.verdict.evidence if one.rule == "crosscheck.detected"]
    assert bursts
    assert all(one.weight == 0 for one in bursts)
    assert report.failures == ()


def restart(recorded: Path, *, mainly: str | None = None) -> AtlasWorld:
    """13 July 2016.  Of the probes of the map those that were seen on this day or on 16 June: the rest was
    long gone.  Where ``mainly`` names a country, of its probes those that were seen on the controller that
    restarted, and as many others: as in a country most of which hangs on one controller.
    """
    rows = day_of(recorded, "reboot_7000_20160713.json.gz")
    others = day_of(recorded, "generalJune16_7000_20160616.json.gz")
    seen = {row["prb_id"] for row in (*rows, *others)}
    countries = numbers(recorded, "2016_probeIDToCountry.json")
    chosen = {number: code for number, code in countries.items() if number in seen}
    if mainly is not None:
        own = sorted(number for number, code in chosen.items() if code == mainly)
        there = {row["prb_id"] for row in rows if row["controller"] == "ctr-ams03"}
        on_it = [number for number in own if number in there]
        kept = {*on_it, *[number for number in own if number not in there][: len(on_it)]}
        chosen = {n: code for n, code in chosen.items() if code != mainly or n in kept}
        rows = [row for row in rows if row["prb_id"] not in own or row["prb_id"] in kept]
    return world_of_events(rows, chosen)


def on_13_july(world: AtlasWorld, entity: str) -> sk.Report:
    with LoopbackServer(atlas_answer(world)) as server:
        return sk.assess(
            entity,
            "2016-07-13",
            "2016-07-14",
            sources=["atlas"],
            history_length=timedelta(0),
            cache=False,
            environ={"SHUTDOWNKIT_ATLAS_URL": server.url},
        )


RESTART = sk.TimeWindow("2016-07-13T05:45Z", "2016-07-13T06:40Z")


def test_the_controller_that_restarted_on_13_july_2016_is_a_fault_and_no_outage(recorded: Path) -> None:
    report = on_13_july(restart(recorded), "GB")
    (fault,) = report.faults
    assert fault.window == RESTART
    assert fault.entities == (sk.Entity.parse("GB"),)
    assert "ctr-ams03" in fault.text
    assert report.failures == ()
    assert {one.verdict.condition for one in report.episodes} <= {sk.Condition.ARTEFACT}
    assert report.condition in {sk.Condition.NORMAL, sk.Condition.ARTEFACT}


def test_a_country_that_hangs_on_that_controller_has_an_artefact_and_no_outage(recorded: Path) -> None:
    report = on_13_july(restart(recorded, mainly="GB"), "GB")
    (fault,) = report.faults
    assert fault.window.overlaps(RESTART)
    assert [one.verdict.condition for one in report.episodes] == [sk.Condition.ARTEFACT]
    assert report.condition is sk.Condition.ARTEFACT
    assert report.episodes[0].verdict.p_deliberate < 0.05
