"""Laws of the reconstruction, each against an oracle that shares no code with the generator."""

import json
import math
import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import numpy as np
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from shutdownkit.demo import generate, read_scenario
from shutdownkit.demo.profile import expected_values, phase_levels
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
from shutdownkit.errors import FileError
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS, SignalKind, Statistic
from shutdownkit.model.window import TimeWindow

Floats = NDArray[np.float64]

MINUTE = timedelta(minutes=1)
START = datetime(2021, 3, 26, tzinfo=UTC)  # the clocks of Europe go forward two days later
ZONES = {
    "BY": "Europe/Minsk",
    "PL": "Europe/Warsaw",
    "NP": "Asia/Kathmandu",
    "AS6697": "UTC",
    "US": "America/New_York",
}
LINE = TimelineLine(
    "made-up", START, START + MINUTE, Precision.HOUR, Confidence.LOW, "Something happens.", "a test"
)
COUNTS = ["bgp.visible-slash24s", "probing.up-slash24s", "telescope.unique-sources", "traffic.search"]
SHARES = ["ooni.anomaly-ratio", "probing.loss"]


def whole_of(kind: SignalKind) -> float:
    """The whole of which a share is a share."""
    assert kind.maximum is not None
    return kind.maximum


@st.composite
def phase_chains(draw: st.DrawFn, *, level: float, top: float, minutes: int) -> tuple[Phase, ...]:
    """Phases that follow one another, some without a pause; every time is a whole minute."""
    phases: list[Phase] = []
    at = 0
    for _ in range(draw(st.integers(0, 4))):
        start = at + draw(st.just(0) | st.integers(0, 900))
        length = draw(st.integers(1, 1200))
        if start + length > minutes:
            break
        if phases and start == at:
            phases[-1] = evolve(phases[-1], rise=timedelta(0))
        phase = Phase(
            line=LINE,
            start=START + start * MINUTE,
            end=START + (start + length) * MINUTE,
            level=draw(st.sampled_from([0.0, level, top]) | st.floats(0, top)),
            fall=draw(st.integers(0, min(length, 60))) * MINUTE,
            rise=draw(st.integers(0, 60)) * MINUTE,
            assumed="made up",
        )
        phases.append(phase)
        at = start + length
        if draw(st.booleans()):
            at += int(phase.rise / MINUTE)
        else:
            phases[-1] = evolve(phase, rise=timedelta(0))
    return tuple(phases)


@st.composite
def scenario_signals(
    draw: st.DrawFn, *, days: int = 4, kinds: Sequence[str] = (*COUNTS, *SHARES)
) -> ScenarioSignal:
    kind = KINDS[draw(st.sampled_from(kinds))]
    share = kind.statistic is Statistic.SHARE
    top = whole_of(kind) if share else draw(st.sampled_from([0.5, 20.0, 800.0, 60_000.0]))
    level = draw(st.floats(0.01, 1)) * top
    gaps = []
    for _ in range(draw(st.integers(0, 2))):
        first = draw(st.integers(0, days * 1440 - 1))
        last = draw(st.integers(first + 1, min(first + 900, days * 1440)))
        gaps.append(Gap(TimeWindow(START + first * MINUTE, START + last * MINUTE), "a test"))
    return ScenarioSignal(
        kind=kind,
        entity=Entity.parse(draw(st.sampled_from(sorted(ZONES)))),
        step=draw(st.sampled_from([5, 10, 30, 60])) * MINUTE,
        level=level,
        source="a test",
        assumed="all of it",
        rhythm=Rhythm(draw(st.floats(0, 0.9)), draw(st.floats(0, 24)), draw(st.floats(0.5, 1.2))),
        noise=0.0 if share else draw(st.sampled_from([0.0, 1e-300, 0.01, 0.1])),
        weight=draw(st.sampled_from([0.5, 4.0, 200.0])) if share else None,
        phases=draw(phase_chains(level=level, top=top, minutes=days * 1440)),
        gaps=tuple(gaps),
    )


@st.composite
def scenarios(draw: st.DrawFn, *, kinds: Sequence[str] = (*COUNTS, *SHARES)) -> Scenario:
    days = 4
    signals = draw(
        st.lists(
            scenario_signals(days=days, kinds=kinds),
            min_size=1,
            max_size=3,
            unique_by=lambda one: one.name,
        )
    )
    shown = any(signal.phases for signal in signals)
    return Scenario(
        title="made up",
        entity=Entity.parse("BY"),
        window=TimeWindow(START + timedelta(days=1), START + timedelta(days=days)),
        history=START,
        notice="Nothing here happened.",
        lines=(LINE if shown else evolve(LINE, not_modelled="a test"),),
        signals=tuple(signals),
    )


def level_at(minute: float, level: float, phases: Sequence[Phase]) -> float:
    """The level, told as a story: by the minute, and one phase after another."""
    now, come_from = level, level
    for index, phase in enumerate(phases):
        start, end = (phase.start - START) / MINUTE, (phase.end - START) / MINUTE
        fall, rise = phase.fall / MINUTE, phase.rise / MINUTE
        if minute < start:
            return now
        abuts = index > 0 and phases[index - 1].end == phase.start
        come_from = phases[index - 1].level if abuts else level
        if minute < start + fall:
            return come_from + (phase.level - come_from) * (minute - start) / fall
        if minute < end:
            return phase.level
        if minute < end + rise:
            return phase.level + (level - phase.level) * (minute - end) / rise
        now = level
    return now


@given(scenario_signals())
def test_the_level_of_a_bin_is_the_mean_of_its_minutes(signal: ScenarioSignal) -> None:
    """Exact, not near: between whole minutes the level is straight, so its middle is its mean."""
    span = TimeWindow(START, START + timedelta(days=4))
    got = phase_levels(signal.level, signal.phases, span, signal.step)
    minutes = [level_at(m + 0.5, signal.level, signal.phases) for m in range(4 * 1440)]
    want = np.array(minutes).reshape(len(got), -1).mean(axis=1)
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9 * max(1.0, signal.level))


@given(scenario_signals(kinds=COUNTS))
def test_the_rhythm_is_that_of_the_local_clock(signal: ScenarioSignal) -> None:
    signal = evolve(signal, phases=())
    got = expected_values(signal, TimeWindow(START, START + timedelta(days=4)))
    zone, rhythm = ZoneInfo(ZONES[str(signal.entity)]), signal.rhythm
    for index, value in enumerate(got):
        local = (START + index * signal.step + signal.step / 2).astimezone(zone)
        hour = local.hour + local.minute / 60 + local.second / 3600
        day = 1 + rhythm.amplitude * math.cos(2 * math.pi * (hour - rhythm.peak_hour) / 24)
        week = rhythm.weekend if local.weekday() in {5, 6} else 1.0
        assert math.isclose(value, signal.level * day * week, rel_tol=1e-6)


@given(scenarios(), st.integers(0, 2**63))
def test_the_same_scenario_and_seed_give_the_same_signals(scenario: Scenario, seed: int) -> None:
    assert generate(scenario, seed=seed) == generate(scenario, seed=seed)


@given(scenarios(), st.integers(0, 2**63), st.randoms())
def test_a_signal_does_not_depend_on_the_others(
    scenario: Scenario, seed: int, shuffler: random.Random
) -> None:
    order = list(scenario.signals)
    shuffler.shuffle(order)
    kept = order[: shuffler.randint(1, len(order))]
    shown = any(signal.phases for signal in kept)
    lines = (evolve(LINE, not_modelled="" if shown else "a test"),)
    smaller = evolve(scenario, signals=tuple(kept), lines=lines)
    whole = dict(zip(scenario.signals, generate(scenario, seed=seed), strict=True))
    for signal, got in zip(kept, generate(smaller, seed=seed), strict=True):
        assert got == whole[signal]


@given(scenarios(), st.integers(0, 2**63))
def test_missing_is_what_the_scenario_says_and_is_never_zero(scenario: Scenario, seed: int) -> None:
    for signal, made in zip(scenario.signals, generate(scenario, seed=seed), strict=True):
        missing = np.zeros(len(made.series), dtype=bool)
        for gap in signal.gaps:
            for index in range(len(missing)):
                start = START + index * signal.step
                missing[index] |= gap.window.overlaps(TimeWindow(start, start + signal.step))
        if made.weights is None:
            np.testing.assert_array_equal(np.isnan(made.series.values), missing)
        else:
            np.testing.assert_array_equal(np.isnan(made.series.values), made.weights.values == 0)
            assert not made.weights.values[missing].any()


@given(scenarios(kinds=COUNTS), st.integers(0, 2**63))
def test_a_level_of_zero_is_measured_as_zero(scenario: Scenario, seed: int) -> None:
    for signal, made in zip(scenario.signals, generate(scenario, seed=seed), strict=True):
        nothing = (expected_values(signal, scenario.span) == 0) & made.series.measured
        assert (made.series.values[nothing] == 0).all()


@given(scenarios(), st.integers(0, 2**63))
def test_counts_are_whole_shares_are_shares_and_all_is_finite(scenario: Scenario, seed: int) -> None:
    for made in generate(scenario, seed=seed):
        values = made.series.values[made.series.measured]
        assert np.isfinite(values).all()
        if made.kind.statistic in {Statistic.ARRIVALS, Statistic.STOCK}:
            np.testing.assert_array_equal(values, np.rint(values))
        if made.weights is not None:
            weights = made.weights.values[made.series.measured]
            np.testing.assert_array_equal(weights, np.rint(weights))
            hits = values * weights / whole_of(made.kind)
            np.testing.assert_allclose(hits, np.rint(hits), atol=1e-9)


def deviation(signal: ScenarioSignal, expected: Floats, weights: Floats | None) -> Floats:
    """Standard deviation of each bin that the kind's statistic and the noise allow."""
    own = (signal.noise * expected) ** 2
    if signal.kind.statistic is Statistic.ARRIVALS:
        return np.sqrt(expected + own)
    if weights is not None:
        whole = whole_of(signal.kind)
        return np.sqrt(expected * (whole - expected) / np.maximum(weights, 1))
    return np.sqrt(own)


@given(scenarios(), st.integers(0, 2**63))
def test_every_bin_is_within_noise_of_its_level(scenario: Scenario, seed: int) -> None:
    """Ten standard deviations, a rounding, and four arrivals where hardly one is expected."""
    for signal, made in zip(scenario.signals, generate(scenario, seed=seed), strict=True):
        expected = expected_values(signal, scenario.span)
        weights = None if made.weights is None else made.weights.values
        bound = 10 * deviation(signal, expected, weights) + 0.5
        if signal.kind.statistic is Statistic.ARRIVALS:
            bound += 4
        if weights is not None:
            bound = np.maximum(bound, whole_of(signal.kind) * 6 / np.maximum(weights, 1))
        off = np.abs(made.series.values - expected)[made.series.measured]
        assert (off <= bound[made.series.measured]).all()


@given(scenarios(), st.integers(0, 2**63))
def test_phases_have_the_mean_that_the_scenario_states(scenario: Scenario, seed: int) -> None:
    for signal, made in zip(scenario.signals, generate(scenario, seed=seed), strict=True):
        usual = expected_values(evolve(signal, phases=()), scenario.span)
        starts = np.array([START + index * signal.step for index in range(len(usual))])
        for phase in signal.phases:
            # The bins wholly at the phase's level.
            inside = (starts >= phase.start + phase.fall) & (starts + signal.step <= phase.end)
            inside &= made.series.measured
            if not inside.any():
                continue
            want = phase.level * (usual[inside] / signal.level)
            weights = None if made.weights is None else made.weights.values[inside]
            spread = math.sqrt((deviation(signal, want, weights) ** 2).sum())
            slack = 8 * spread + 0.5 * inside.sum() * (signal.kind.statistic is Statistic.STOCK)
            if signal.kind.statistic is Statistic.ARRIVALS:
                slack += 8
            if weights is not None:
                slack += 8 * whole_of(signal.kind) / weights.min()
            assert abs(made.series.values[inside].sum() - want.sum()) <= slack + 1e-6


@given(scenarios(), st.floats(0.05, 0.5), st.integers(0, 2**63))
def test_bins_go_missing_at_the_stated_rate_and_the_newest_are_late(
    scenario: Scenario, missing: float, seed: int
) -> None:
    lag = timedelta(hours=5)
    signals = [evolve(signal, gaps=(), missing=missing, lag=lag) for signal in scenario.signals]
    scenario = evolve(scenario, signals=tuple(signals))
    for signal, made in zip(signals, generate(scenario, seed=seed), strict=True):
        late = math.ceil(lag / signal.step)
        assert np.isnan(made.series.values[-late:]).all()
        if made.weights is None:
            lost = np.isnan(made.series.values[:-late])
            spread = math.sqrt(missing * (1 - missing) * len(lost))
            assert abs(lost.sum() - missing * len(lost)) <= 7 * spread


CARRIED = (resources.files("shutdownkit.demo") / "belarus-2020.toml").read_text(encoding="utf-8")
VALUES = [found.span(1) for found in re.finditer(r' = ("[^"\n]*"|[^\s,}"]+)', CARRIED)]
ODD = [
    "true", "-1", "0", "7", "1e308", "1e-308", "nan", "inf", "-inf", '""', '"\\u0000"',
    '"x"', "[]", "{}", "[[]]", "[{}]", "10:00:00", "0001-01-01", "9999-12-31", "2020-08-09",
    "2020-08-09T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "9223372036854775808", '"BY"',
    '"bgp.visible-slash24s"', '"ooni.anomaly-ratio"', '"blackout-1"',
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(VALUES), st.sampled_from(ODD) | st.text().map(json.dumps))
def test_a_changed_file_is_read_or_refused_in_one_line(span: tuple[int, int], odd: str) -> None:
    """Never another error than FileError, whatever a value is replaced by; never two lines."""
    try:
        scenario = read_scenario(CARRIED[: span[0]] + odd + CARRIED[span[1] :])
    except FileError as error:
        assert "\n" not in str(error)  # noqa: PT017  # both ways out are allowed
        assert str(error).startswith("scenario")  # noqa: PT017
    else:
        assert generate(scenario)


@given(st.integers(0, CARRIED.count("\n")))
def test_a_file_without_one_of_its_lines_is_read_or_refused_in_one_line(number: int) -> None:
    lines = CARRIED.splitlines()
    try:
        scenario = read_scenario("\n".join(lines[:number] + lines[number + 1 :]))
    except FileError as error:
        assert "\n" not in str(error)  # noqa: PT017  # both ways out are allowed
    else:
        assert scenario.signals
