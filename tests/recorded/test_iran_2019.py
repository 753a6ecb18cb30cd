"""Iran, November 2019, in IODA's own signals, faults of the instruments included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import shutdownkit as sk

pytestmark = pytest.mark.recorded

PUBLISHED_ONSETS = {
    "AS12880": "18:00",
    "AS31549": "17:10",
    "AS44244": "14:50",
    "AS58224": "18:10",
    "AS197207": "14:20",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2019-11-{text}").replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def signals(recorded: Path) -> tuple[sk.Signal, ...]:
    return sk.read_signals(recorded / "iran-2019" / "ioda-signals.csv")


def report_of(entity: str, signals: tuple[sk.Signal, ...]) -> sk.Report:
    named = sk.Entity.parse(entity)
    own = [one for one in signals if one.entity == named]
    return sk.classify(own, controls=[one for one in signals if one.entity != named])


@pytest.fixture(scope="module")
def iran(signals: tuple[sk.Signal, ...]) -> sk.Report:
    return report_of("IR", signals)


def test_it_is_one_deliberate_outage(iran: sk.Report) -> None:
    assert iran.condition is sk.Condition.OUTAGE
    (one,) = iran.episodes
    assert at("16T13:30") <= one.episode.onset <= at("16T18:30")
    assert one.episode.end is None or one.episode.end >= at("21T09:00")
    assert one.verdict.condition is sk.Condition.OUTAGE
    assert one.verdict.p_deliberate >= 0.8
    assert one.verdict.mechanism in {sk.Mechanism.FILTERING, sk.Mechanism.ROUTING_WITHDRAWAL}


def test_the_faults_of_the_instruments_are_recognised(iran: sk.Report) -> None:
    """The telescope read zero for every network by night; all routes dipped for two bins."""
    windows = {(fault.kind.name, fault.window.start): fault for fault in iran.faults}
    dip = windows["bgp.visible-slash24s", at("17T11:25")]
    assert dip.window.end == at("17T11:35")
    telescope = [fault for fault in iran.faults if fault.kind.name == "telescope.unique-sources"]
    night = sk.TimeWindow(at("18T18:00"), at("19T05:00"))
    assert any(fault.window.start <= night.start and fault.window.end >= night.end for fault in telescope)
    assert all(len(fault.entities) >= 4 for fault in (dip, *telescope))


def test_faulty_readings_are_discarded_evidence(iran: sk.Report) -> None:
    discarded = [e.text for e in iran.episodes[0].verdict.evidence if e.stance is sk.Stance.DISCARDED]
    assert any("bgp.visible-slash24s" in text and "2019-11-17T11:25:00Z" in text for text in discarded)
    assert any("telescope.unique-sources" in text and "exactly 0" in text for text in discarded)


def test_the_roll_out_over_the_networks_is_seen(iran: sk.Report) -> None:
    found = {e.rule: e for e in iran.episodes[0].verdict.evidence}
    assert found["staging.roll-out"].stance is sk.Stance.FOR
    assert "AS12880" in found["networks.routes-kept"].text
    assert found["planes.routes-up"].stance is sk.Stance.FOR


@pytest.mark.parametrize("entity", PUBLISHED_ONSETS)
def test_each_networks_onset_is_the_published_one(entity: str, signals: tuple[sk.Signal, ...]) -> None:
    report = report_of(entity, signals)
    published = at(f"16T{PUBLISHED_ONSETS[entity]}")
    (one,) = report.episodes
    assert abs(one.episode.onset - published) <= timedelta(minutes=20)
    assert one.verdict.condition is sk.Condition.OUTAGE


def test_bgp_that_was_not_measured_for_fifteen_hours_is_no_loss(iran: sk.Report) -> None:
    routing = [event for event in iran.episodes[0].episode.events if event.kind.plane is sk.Plane.ROUTING]
    assert all(event.depth < 0.5 for event in routing)
    (coverage,) = [one for one in iran.coverage if one.kind.name == "bgp.visible-slash24s"]
    assert 0.85 < coverage.measured < 0.95


def test_there_is_no_shutdown_before_it(signals: tuple[sk.Signal, ...]) -> None:
    before = sk.TimeWindow("2019-11-14T08:10:00Z", "2019-11-16T10:00:00Z")
    named = sk.Entity.parse("IR")
    cut = [
        sk.Signal(kind=one.kind, entity=one.entity, series=one.series.cut(before))
        for one in signals
        if one.entity == named
    ]
    assert sk.classify(cut).condition is sk.Condition.NORMAL
