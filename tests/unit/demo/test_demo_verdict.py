"""What the judge makes of the reconstruction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

import shutdownkit as sk
from shutdownkit.demo.belarus import Demonstration, belarus_2020

EVENINGS = [datetime(2020, 8, day, hour, tzinfo=UTC) for day, hour in ((9, 18), (10, 16), (11, 16))]
MONDAY = datetime(2020, 8, 17, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def demonstration() -> Demonstration:
    return belarus_2020()


@pytest.fixture(scope="module")
def report(demonstration: Demonstration) -> sk.Report:
    return sk.classify(demonstration.signals, window=demonstration.window, controls=demonstration.controls)


def cut(signal: sk.Signal, window: sk.TimeWindow) -> sk.Signal:
    weights = signal.weights.cut(window) if signal.weights is not None else None
    return evolve(signal, series=signal.series.cut(window), weights=weights)


def outages(report: sk.Report) -> list[sk.EpisodeVerdict]:
    return [one for one in report.episodes if one.verdict.condition is sk.Condition.OUTAGE]


def test_each_evening_and_the_monday_are_a_blackout_of_their_own(report: sk.Report) -> None:
    assert [one.episode.onset for one in outages(report)] == [*EVENINGS, MONDAY]
    for one in outages(report):
        assert one.verdict.p_deliberate >= 0.8
        assert one.episode.duration < timedelta(hours=10)


def test_services_are_blocked_between_the_blackouts(report: sk.Report) -> None:
    blocked = [one for one in report.episodes if one.verdict.condition is sk.Condition.BLOCKING]
    between = EVENINGS[0] + timedelta(hours=12)
    assert any(between in one.episode.window for one in blocked)
    assert len(blocked) + len(outages(report)) == len(report.episodes)


def test_the_evenings_are_the_same_thing(report: sk.Report) -> None:
    first, second, third, _ = (one.episode for one in outages(report))
    assert sk.compare(second, third).consistent
    assert sk.compare(second, third).score > sk.compare(first, third).score


@pytest.mark.parametrize("hours", [4, 12])
def test_the_first_alone_is_less_certain_than_the_third(
    hours: int, demonstration: Demonstration, report: sk.Report
) -> None:
    seen = sk.TimeWindow("2020-07-01", EVENINGS[0] + timedelta(hours=hours))
    alone = sk.classify(
        [cut(signal, seen) for signal in demonstration.signals],
        window=sk.TimeWindow("2020-08-08", seen.end),
        controls=[cut(signal, seen) for signal in demonstration.controls],
    )
    (first,) = outages(alone)
    third = outages(report)[2]
    assert first.episode.onset == EVENINGS[0]
    assert first.episode.id == outages(report)[0].episode.id
    assert 0.4 < first.verdict.p_deliberate < third.verdict.p_deliberate - 0.05


def test_the_report_says_that_it_is_a_reconstruction(report: sk.Report) -> None:
    assert any("reconstruction, not a measurement" in notice for notice in report.notices)
