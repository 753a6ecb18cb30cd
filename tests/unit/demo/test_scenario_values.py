"""What a scenario refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from shutdownkit.demo.scenario import (
    Confidence,
    Gap,
    Phase,
    Precision,
    Rhythm,
    Scenario,
    ScenarioSignal,
    TimelineLine,
)
from shutdownkit.errors import InvalidValueError
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.window import TimeWindow

T0 = datetime(2020, 8, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINE = TimelineLine(
    "cut", T0 + 2 * HOUR, T0 + 4 * HOUR, Precision.HOUR, Confidence.HIGH, "It is cut.", "someone"
)
DAY = evolve(LINE, id="day", precision=Precision.DAY)
BACK = evolve(LINE, id="back", start=T0 + 6 * HOUR, end=None)
PHASE = Phase(LINE, T0 + 2 * HOUR, T0 + 4 * HOUR, 20.0)
SIGNAL = ScenarioSignal(
    KINDS["probing.up-slash24s"], Entity.parse("BY"), HOUR, 100.0, "a", "b", phases=[PHASE]
)
RATIO = ScenarioSignal(KINDS["ooni.anomaly-ratio"], Entity.parse("BY"), HOUR, 0.1, "a", "b", weight=5.0)
SCENARIO = Scenario(
    "Made up",
    Entity.parse("BY"),
    TimeWindow(T0, T0 + 24 * HOUR),
    T0 - 24 * HOUR,
    "No.",
    (LINE,),
    (SIGNAL,),
)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"end": T0}, "TimelineLine.end"),
        ({"start": datetime(2020, 8, 9)}, "no time zone"),
        ({"source": " "}, r"TimelineLine.source: ' ' is empty"),
        ({"text": ""}, "TimelineLine.text"),
        ({"precision": "hour"}, "TimelineLine.precision"),
        ({"confidence": None}, "TimelineLine.confidence"),
    ],
)
def test_a_line_names_what_is_wrong(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        evolve(LINE, **change)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"end": T0 + 2 * HOUR}, "Phase.end: .* is not after the start"),
        ({"fall": 3 * HOUR}, "Phase.fall: .* is longer than the phase"),
        ({"rise": -HOUR}, "Phase.rise"),
        ({"level": float("nan")}, "Phase.level: nan is not finite"),
        ({"start": T0 + HOUR}, "Phase.assumed: '' gives no reason for times that line cut does not"),
        ({"end": T0 + 5 * HOUR}, "Phase.assumed"),
        ({"line": DAY}, "Phase.assumed: '' gives no reason for times that line day does not"),
        ({"until": BACK}, "Phase.assumed"),
    ],
)
def test_a_phase_names_what_is_wrong(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        evolve(PHASE, **change)


def test_times_that_are_not_the_published_ones_need_a_reason() -> None:
    assert evolve(PHASE, start=T0 + HOUR, assumed="the hour is not published").assumed
    assert evolve(PHASE, line=DAY, assumed="the hour is not published").window == PHASE.window
    assert evolve(PHASE, until=BACK, end=BACK.start).end == BACK.start


@pytest.mark.parametrize(
    ("signal", "change", "problem"),
    [
        (SIGNAL, {"level": 0.0}, "ScenarioSignal.level: 0.0 is zero"),
        (SIGNAL, {"level": -1.0}, "ScenarioSignal.level: -1.0 is under 0"),
        (SIGNAL, {"step": timedelta(0)}, "ScenarioSignal.step"),
        (SIGNAL, {"source": ""}, "ScenarioSignal.source"),
        (SIGNAL, {"missing": 1.5}, "ScenarioSignal.missing: 1.5 is over 1"),
        (
            SIGNAL,
            {"weight": 3.0},
            "ScenarioSignal.weight: 3.0 is given for probing.up-slash24s, not a share",
        ),
        (SIGNAL, {"weight_follows": KINDS["ooni.measurements"]}, "ScenarioSignal.weight_follows"),
        (SIGNAL, {"phases": [PHASE, PHASE]}, "'cut, cut' overlap"),
        (SIGNAL, {"gaps": [PHASE]}, r"ScenarioSignal.gaps\[0\]"),
        (RATIO, {"level": 1.2}, "ScenarioSignal.level: 1.2 is over 1"),
        (RATIO, {"phases": [PHASE]}, "level in cut: 20.0 is over 1"),
        (RATIO, {"weight": None}, "ScenarioSignal.weight: None is missing"),
        (RATIO, {"noise": 0.1}, "ScenarioSignal.noise: 0.1 is given for a share"),
        (RATIO, {"weight_follows": KINDS["ooni.failure-ratio"]}, "a share follows a count"),
        (
            RATIO,
            {"weight_follows": KINDS["ooni.measurements"], "rhythm": Rhythm(0.5)},
            "ScenarioSignal.rhythm",
        ),
    ],
)
def test_a_signal_names_what_is_wrong(signal: ScenarioSignal, change: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        evolve(signal, **change)


def test_a_phase_may_begin_where_another_ends_but_not_while_it_returns() -> None:
    second = evolve(PHASE, start=PHASE.end, end=PHASE.end + HOUR, assumed="made up")
    assert len(evolve(SIGNAL, phases=[second, PHASE]).phases) == 2
    slow = evolve(PHASE, rise=HOUR)
    with pytest.raises(InvalidValueError, match=r"Phase\.rise: '1:00:00' is given in cut, yet cut begins"):
        evolve(SIGNAL, phases=[slow, second])
    later = evolve(second, start=second.start + HOUR / 2)
    with pytest.raises(InvalidValueError, match="overlap"):
        evolve(SIGNAL, phases=[slow, later])


@pytest.mark.parametrize("change", [{"amplitude": 1.1}, {"peak_hour": 25.0}, {"weekend": -0.1}])
def test_a_rhythm_names_what_is_wrong(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match=f"Rhythm.{next(iter(change))}"):
        Rhythm(**change)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"lines": [LINE, LINE]}, "Scenario.lines: 'cut' is there twice"),
        ({"lines": []}, "Scenario.lines: 'cut' is missing, for BY probing.up-slash24s"),
        ({"lines": [LINE, BACK]}, "'back' is shown by no phase, and not_modelled gives no reason"),
        ({"lines": [evolve(LINE, not_modelled="no")]}, "'cut' is missing"),
        ({"signals": [SIGNAL, SIGNAL]}, "Scenario.signals: 'BY probing.up-slash24s' is there twice"),
        ({"history": T0 + HOUR}, "Scenario.history: .* is after the window's start"),
        ({"window": TimeWindow(T0, T0)}, "Scenario.window: .* is empty"),
        ({"window": TimeWindow(T0 + 3 * HOUR, T0 + 3 * HOUR + HOUR / 2)}, "does not divide"),
        ({"window": TimeWindow(T0, T0 + 3 * HOUR)}, "lies outside, for BY probing.up-slash24s"),
        ({"history": datetime(1969, 12, 31, tzinfo=UTC)}, "Scenario.history: .* is not in 1970 to 2099"),
        ({"signals": [evolve(SIGNAL, step=timedelta(milliseconds=1))]}, "makes over 1000000 bins"),
        (
            {"signals": [SIGNAL, evolve(RATIO, weight_follows=KINDS["ooni.measurements"])]},
            "ScenarioSignal.weight_follows: 'ooni.measurements' is no signal of BY",
        ),
        ({"notice": ""}, "Scenario.notice"),
    ],
)
def test_a_scenario_names_what_is_wrong(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        evolve(SCENARIO, **change)


def test_a_line_is_either_shown_or_has_a_reason_not_both() -> None:
    excused = evolve(LINE, not_modelled="no")
    signal = evolve(SIGNAL, phases=[evolve(PHASE, line=excused)])
    with pytest.raises(InvalidValueError, match="'cut' is not modelled, yet a phase shows it"):
        evolve(SCENARIO, lines=(excused,), signals=(signal,))
    assert evolve(SCENARIO, lines=(LINE, evolve(BACK, not_modelled="no"))).shown == {LINE}


def test_a_gap_needs_a_source() -> None:
    with pytest.raises(InvalidValueError, match=r"Gap\.source"):
        Gap(TimeWindow(T0, T0 + HOUR), "")
