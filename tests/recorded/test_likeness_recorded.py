"""The likeness of recorded episodes, and whether the shipped figures are what the bench measures."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import shutdownkit as sk
from shutdownkit.judging.likeness.signature import PlaneFall, Signature, signature_of
from shutdownkit.judging.likeness.survey import NetworkFates
from shutdownkit.judging.likeness.weighing import compare_signatures

from .test_venezuela_2019 import report as venezuela_report  # noqa: F401

pytestmark = pytest.mark.recorded

ROOT = Path(__file__).resolve().parents[2]
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def signals(recorded: Path) -> tuple[sk.Signal, ...]:
    return sk.read_signals(recorded / "iran-2019" / "ioda-signals.csv")


@pytest.fixture(scope="module")
def iran(signals: tuple[sk.Signal, ...]) -> sk.Episode:
    named = sk.Entity.parse("IR")
    report = sk.classify(
        [one for one in signals if one.entity == named],
        controls=[one for one in signals if one.entity != named],
    )
    (one,) = report.episodes
    return one.episode


def test_iran_went_dark_network_by_network(iran: sk.Episode, signals: tuple[sk.Signal, ...]) -> None:
    """Published: mobile networks from about 14 UTC, fixed ones by 18 to 19 UTC."""
    fates = signature_of(iran, signals=signals).networks
    assert fates is not None
    assert fates.watched == 5
    assert fates.spread is not None
    assert 3.5 * HOUR <= fates.spread <= 5 * HOUR
    onsets = [str(entity) for entity, _ in fates.dark]
    assert onsets == ["AS197207", "AS44244", "AS31549", "AS12880", "AS58224"]
    assert fates.survived == frozenset()
    assert "5 of 5 networks went dark, their onsets 4.0 h apart" in fates.lines


def test_a_network_that_is_left_alone_is_a_survivor(iran: sk.Episode, signals: tuple[sk.Signal, ...]) -> None:
    """One network's probing and another's routes held at their level: routes alone make no survivor."""
    spared, routed = sk.Entity.parse("AS58224"), sk.Entity.parse("AS12880")
    changed = [one for one in signals if one.entity not in {spared, routed}]
    for one in signals:
        kept = {spared: sk.Plane.PROBING, routed: sk.Plane.ROUTING}.get(one.entity)
        if one.kind.plane is kept:
            flat = [float(one.series.values[one.series.measured].max())] * len(one.series)
            series = sk.TimeSeries(one.series.start, one.series.step, flat)
            changed.append(sk.Signal(kind=one.kind, entity=one.entity, series=series))
    fates = signature_of(iran, signals=changed).networks
    assert fates is not None
    assert fates.survived == {spared}
    assert routed not in fates.known
    assert len(fates.dark) == 3
    assert fates.watched == 5


def test_a_power_cut_is_not_irans_shutdown(
    iran: sk.Episode,
    signals: tuple[sk.Signal, ...],
    venezuela_report: sk.Report,  # noqa: F811
) -> None:
    power = venezuela_report.episodes[0].episode
    found = sk.compare(iran, power, signals=signals)
    assert found.consistent is not True
    assert found.score < 0.4
    assert found.weight is not None
    assert found.weight < -1
    assert any(text.startswith("depth on probing") for text in found.differences)


def test_survivors_and_spread_are_compared() -> None:
    """Known by hand: the same provider was spared twice, another the third time."""
    by, spared, other, cut = (sk.Entity.parse(text) for text in ("BY", "AS1", "AS2", "AS3"))
    plane = PlaneFall(sk.Plane.PROBING, 0.9, timedelta(0))

    def night(survivor: sk.Entity, late: timedelta) -> sk.Similarity:
        gone = spared if survivor == other else other
        fates = NetworkFates(3, ((cut, timedelta(0)), (gone, late)), frozenset({survivor}))
        first = NetworkFates(3, ((cut, timedelta(0)), (other, HOUR)), frozenset({spared}))
        one, two = (Signature(by, (plane,), networks=known) for known in (first, fates))
        return compare_signatures(one, two)

    same, differently = night(spared, HOUR), night(other, 9 * HOUR)
    assert "networks that held: AS1 / AS1" in same.agreements
    assert "networks that held: AS1 / AS2" in differently.differences
    assert "spread of the networks' onsets: 60 min / 9.0 h" in differently.differences


@pytest.mark.parametrize(("second", "expected"), [("2021-02-16T18:30", True), ("2021-02-20T03:30", False)])
def test_two_nights_of_the_curfew_agree_and_a_power_failure_does_not(second: str, *, expected: bool) -> None:
    """Published (FOCI 2021): 18:30 UTC, 8 hours, every night.  The failing grid is made up."""

    def cut(start: str, hours: float, depth: float, edge: timedelta) -> sk.Episode:
        begin = datetime.fromisoformat(f"{start}+00:00")
        window = sk.TimeWindow(begin, begin + hours * HOUR)
        events = tuple(
            sk.Event(
                kind=sk.KINDS[kind],
                entity=sk.Entity.parse("MM"),
                window=window,
                depth=depth,
                fall=edge,
                rise=edge,
            )
            for kind in ("probing.up-slash24s", "telescope.unique-sources")
        )
        return sk.Episode(entity=sk.Entity.parse("MM"), window=window, events=events)

    night = cut("2021-02-14T18:30", 8, 0.9, timedelta(0))
    other = cut(second, 8, 0.88, timedelta(0)) if expected else cut(second, 33, 0.5, 3 * HOUR)
    assert sk.compare(night, other).consistent is expected


def test_the_shipped_figures_are_what_the_bench_measures(recorded: Path) -> None:
    path = recorded / "incidents" / "ioda-curated.csv"
    ran = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "likeness.py"), "--check", "--incidents", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "the shipped file is what the fit gives\n"), ran.stderr
