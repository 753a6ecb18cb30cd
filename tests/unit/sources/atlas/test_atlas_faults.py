"""A controller's failure, and outages around it, judged from the answers of a server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

import shutdownkit as sk
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.atlas import AtlasWorld, atlas_answer, probe_record

from .atlas_worlds import DAY, START, back, drop

AT = 40_000  # seconds after START: when the controller fails
PROBES = 20
COUNTRIES = ("BY", "DE", "GB", "NL", "US", "FR", "PL")

Cut = tuple[float, float]  # from when to when, seconds after AT


def world(
    share: float,
    *,
    away: float = 1500,
    apart: float = 60,
    fails: bool = True,
    cuts: Mapping[int, Cut] | None = None,
) -> AtlasWorld:
    """Twenty probes a country, a share of them on a controller that fails everywhere.

    Args:
        away: seconds until the first is back.
        apart: seconds from one return to the next.
        cuts: of probes of Belarus, by number from 0, a time without connection.
    """
    probes: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for place, country in enumerate(COUNTRIES):
        network = 64500 + place
        on_it = round(share * PROBES)
        for each in range(PROBES):
            number = 60001 + 1000 * place + each
            probes.append(probe_record(number, country, asn=network))
            name = "ctr-ams03" if each < on_it else f"ctr-nue{each % 5}"
            spans = [(-3.0 * DAY - each, -3.0 * DAY - each + 100)]
            cut = (cuts or {}).get(each) if place == 0 else None
            if each < on_it and fails:
                spans.append((AT + each, AT + away + apart * each))
            if cut is not None:
                spans.append((AT + cut[0], AT + cut[1]))
            for gone, returned in spans:
                events.append(drop(number, gone, controller=name, asn=network))
                events.append(back(number, returned, controller=name, asn=network))
    return AtlasWorld(probes, events)


def judged(given: AtlasWorld, entity: str = "BY") -> sk.Report:
    with LoopbackServer(atlas_answer(given)) as server:
        return sk.assess(
            entity,
            START,
            START + timedelta(days=2),
            sources=["atlas"],
            history_length=timedelta(days=7),
            cache=False,
            environ={"SHUTDOWNKIT_ATLAS_URL": server.url},
        )


def conditions(report: sk.Report) -> list[sk.Condition]:
    return [one.verdict.condition for one in report.episodes]


@pytest.mark.parametrize("share", [0.3, 0.6, 1.0])  # of three in ten a dip need not be seen at all
@pytest.mark.parametrize(("away", "apart"), [(400, 0), (400, 120), (1500, 60), (600, 300), (4000, 150)])
@pytest.mark.parametrize("entity", ["BY", "AS64500"])
def test_while_probes_come_back_and_settle_it_is_an_artefact_and_no_outage(
    share: float, away: float, apart: float, entity: str
) -> None:
    report = judged(world(share, away=away, apart=apart), entity)
    (fault,) = report.faults
    assert "ctr-ams03" in fault.text
    assert conditions(report) == [sk.Condition.ARTEFACT] or (share < 0.5 and conditions(report) == [])
    assert report.failures == ()


def test_a_restart_that_all_come_back_from_at_once_leaves_no_trace() -> None:
    assert judged(world(0.6, away=200, apart=0)).condition is sk.Condition.NORMAL


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_an_outage_at_the_same_minute_is_an_outage(share: float) -> None:
    """All probes of the country are gone for three hours, those on the controller with it."""
    on_it = round(share * PROBES)
    cuts = {each: (float(each), 10_800.0) for each in range(on_it, PROBES)}
    report = judged(world(share, away=10_800, apart=0, cuts=cuts))
    assert report.faults == ()
    assert conditions(report) == [sk.Condition.OUTAGE]


@pytest.mark.parametrize("length", [2400, 10_800])
def test_an_outage_that_begins_before_the_failure_is_over_is_an_outage(length: int) -> None:
    """The controller's probes are away for up to an hour and a half; 40 minutes on, the others drop."""
    cuts = {each: (2400.0 + each, 2400.0 + length) for each in range(12, PROBES)}
    report = judged(world(0.6, away=4000, apart=120, cuts=cuts))
    (fault,) = report.faults
    assert fault.window.end <= START + timedelta(seconds=AT + 2400 + 300)
    assert sk.Condition.OUTAGE in conditions(report)


def test_an_outage_right_after_the_failure_is_an_outage() -> None:
    cuts = dict.fromkeys(range(PROBES), (6000.0, 17000.0))
    report = judged(world(0.6, cuts=cuts))
    assert len(report.faults) == 1
    assert sk.Condition.OUTAGE in conditions(report)


def test_a_country_whose_probes_all_hang_on_the_controller_is_cut_for_long() -> None:
    """That all of its probes dropped with the controller's others is no reason to call hours a fault."""
    report = judged(world(1.0, away=10_800, apart=0))
    assert report.faults == ()
    assert conditions(report) == [sk.Condition.OUTAGE]


def test_a_country_alone_that_drops_from_its_one_controller_is_cut() -> None:
    cuts = {each: (float(each), 3600.0) for each in range(PROBES)}
    report = judged(world(1.0, fails=False, cuts=cuts))
    assert report.faults == ()
    assert conditions(report) == [sk.Condition.OUTAGE]
