"""A block that may be one network's own fault lends no weight to anything beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import shutdownkit as sk

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERE = sk.Entity.parse("UG")
NETWORKS = tuple(sk.Entity.parse(f"AS{number}") for number in (20294, 36991, 37075, 37063))
CUT = slice(24 * 24, 24 * 24 + 9)


def routes() -> sk.Signal:
    """A cut of nine hours on the 25th."""
    values = np.full(30 * 24, 500.0)
    values[CUT] = 20.0
    return sk.Signal(sk.KINDS["bgp.visible-slash24s"], HERE, sk.TimeSeries(BEGIN, HOUR, values))


def made(failing: int) -> tuple[sk.ServiceTest, ...]:
    """Of one site every four hours, failing on so many networks for the two days before the cut."""
    return tuple(
        sk.ServiceTest(
            BEGIN + hour * HOUR,
            "domain:example.org",
            sk.Outcome.BLOCKED if fails else sk.Outcome.OK,
            HERE,
            network,
            strength=sk.Strength.PLAIN if fails else None,
            layer=sk.Layer.TCP if fails else None,
            control=True,
            run=f"{network} {hour}",
        )
        for number, network in enumerate(NETWORKS)
        for hour in range(0, 30 * 24, 4)
        for fails in (number < failing and CUT.start - 48 <= hour < CUT.start,)
    )


@pytest.mark.parametrize(("failing", "weighs"), [(0, False), (1, False), (3, True)])
def test_a_cut_is_no_likelier_deliberate_beside_one_networks_fault(failing: int, weighs: bool) -> None:
    report = sk.classify([routes()], tests=[sk.ServiceTests(made(failing))])
    (cut,) = (one for one in report.episodes if one.verdict.condition is sk.Condition.OUTAGE)
    assert any(one.rule == "services.blocked-around" for one in cut.verdict.evidence) is weighs
    assert len(report.episodes) == 1 + (failing > 0)


@pytest.mark.parametrize(("failing", "silences"), [(1, 0), (3, 1)])
def test_nor_is_a_pause_named_beside_it(failing: int, silences: int) -> None:
    during = sk.TimeWindow(BEGIN + CUT.start * HOUR, BEGIN + (CUT.start + 50) * HOUR)
    tests = tuple(test for test in made(failing) if test.time not in during)
    report = sk.classify((), entity=HERE, tests=[sk.ServiceTests(tests)])
    assert sum(one.blocking is None for one in report.episodes) == silences


def volume(quiet: float) -> sk.Signal:
    """The count of measurements, with the world's beside it: so many an hour, and none during the pause."""
    values = np.full(32 * 24, quiet)
    values[CUT.start : CUT.start + 50] = 0.0
    return sk.Signal(sk.KINDS["ooni.measurements"], HERE, sk.TimeSeries(BEGIN, HOUR, values))


@pytest.mark.parametrize(("quiet", "silences"), [(0.0, 1), (1.0, 0), (8.0, 0)])
def test_a_count_says_more_than_silence_where_it_can_show_a_fall(quiet: float, silences: int) -> None:
    """Where it is 0 in most hours it cannot, and the silence of the tests is told."""
    during = sk.TimeWindow(BEGIN + CUT.start * HOUR, BEGIN + (CUT.start + 50) * HOUR)
    tests = tuple(test for test in made(3) if test.time not in during)
    report = sk.classify([volume(quiet)], tests=[sk.ServiceTests(tests)])
    told = [one for one in report.episodes if one.verdict.condition is sk.Condition.INSUFFICIENT_DATA]
    assert len(told) == silences
