"""Laws of slowness: the signature of throttling is found, and no other slow day is taken for it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import shutdownkit as sk

from ..unit.judging.builders import DAY, HOUR, START
from ..unit.judging.slow_builders import BEGIN, DAYS, hours_of, judged, round_trips, speeds, throughput

SEEDS = st.integers(0, 2**16)
LENGTHS = st.integers(26, 96).map(lambda hours: hours * HOUR)
SHIFTS = st.integers(0, 23).map(lambda hours: hours * HOUR)
FEWER = settings(max_examples=max(1, settings().max_examples // 3))  # each judges a country
THROTTLING, DEGRADED = sk.Mechanism.THROTTLING, sk.Condition.DEGRADED


def mechanisms(report: sk.Report) -> set[sk.Mechanism]:
    return {one.verdict.mechanism for one in report.episodes}


def greatest(report: sk.Report) -> float:
    return max((one.verdict.p_deliberate for one in report.episodes), default=0.0)


@FEWER
@given(SEEDS, SHIFTS, LENGTHS, st.floats(0.65, 0.95), st.floats(0.0, 0.02))
def test_the_signature_is_throttling(
    seed: int, shift: timedelta, length: timedelta, lost: float, varies: float
) -> None:
    """A limit well under the half, that hardly varies, while round trips stay."""
    rng = np.random.default_rng(seed)
    down, delay = throughput(rng), round_trips(rng)
    part = hours_of(BEGIN - START + shift, length)
    down[part] = 20.0 * (1.0 - lost) * rng.lognormal(0.0, varies, part.stop - part.start)
    (one,) = judged(speeds(down, delay)).episodes
    assert one.verdict.mechanism is THROTTLING
    assert one.verdict.condition is DEGRADED
    assert one.verdict.p_deliberate > 0.5


@FEWER
@given(SEEDS, SHIFTS, LENGTHS, st.floats(0.3, 0.95), st.floats(0.0, 0.3), st.floats(1.35, 6.0))
def test_congestion_is_not(
    seed: int, shift: timedelta, length: timedelta, lost: float, varies: float, longer: float
) -> None:
    """However much is lost and however little it varies: where round trips take longer, queues are full."""
    rng = np.random.default_rng(seed)
    down, delay = throughput(rng), round_trips(rng)
    part = hours_of(BEGIN - START + shift, length)
    down[part] = 20.0 * (1.0 - lost) * rng.lognormal(0.0, varies, part.stop - part.start)
    delay[part] *= longer
    report = judged(speeds(down, delay))
    assert THROTTLING not in mechanisms(report)
    assert greatest(report) < 0.2


@FEWER
@given(SEEDS, SHIFTS, LENGTHS, st.floats(0.3, 0.95))
def test_less_that_varies_as_before_is_not(
    seed: int, shift: timedelta, length: timedelta, lost: float
) -> None:
    rng = np.random.default_rng(seed)
    down, delay = throughput(rng), round_trips(rng)
    down[hours_of(BEGIN - START + shift, length)] *= 1.0 - lost
    report = judged(speeds(down, delay))
    assert THROTTLING not in mechanisms(report)
    assert greatest(report) < 0.5


@FEWER
@given(SEEDS, st.floats(0.1, 0.9), st.floats(0.0, 0.1))
def test_the_evenings_of_every_day_are_not(seed: int, evening: float, varies: float) -> None:
    """Not even where the evening's throughput hardly varies."""
    rng = np.random.default_rng(seed)
    down, delay = throughput(rng, varies=0.1), round_trips(rng)
    clock = np.arange(DAYS * 24) % 24
    peak = (clock >= 18) & (clock < 23)
    down[peak] = 20.0 * evening * rng.lognormal(0.0, varies, int(peak.sum()))
    report = judged(speeds(down, delay))
    assert THROTTLING not in mechanisms(report)
    assert greatest(report) < 0.5


@FEWER
@given(SEEDS, SHIFTS, st.floats(0.05, 0.4))
def test_a_slow_day_among_days_of_all_speeds_is_not(seed: int, shift: timedelta, varies: float) -> None:
    """Days differ; one is as slow as the slowest of the 12 whole ones before, and varies less."""
    rng = np.random.default_rng(seed)
    days = rng.lognormal(0.0, varies, DAYS)
    slowest = float(np.min(days[4:16]))
    down = throughput(rng) * np.repeat(days, 24)
    part = hours_of(BEGIN - START + shift, DAY)
    down[part] = 20.0 * slowest * rng.lognormal(0.0, 0.02, 24)
    report = judged(speeds(down, round_trips(rng)), since=BEGIN - START)
    assert THROTTLING not in mechanisms(report)
    assert greatest(report) < 0.5


@FEWER
@given(SEEDS, SHIFTS, LENGTHS, st.floats(0.65, 0.95), st.integers(0, 22), st.sampled_from("drb"))
def test_the_signature_in_a_few_tests_is_not(
    seed: int, shift: timedelta, length: timedelta, lost: float, kept: int, which: str
) -> None:
    """Fewer than 24 hours measured while it was slow: of throughput, of round trips, or of both."""
    rng = np.random.default_rng(seed)
    down, delay = throughput(rng), round_trips(rng)
    part = hours_of(BEGIN - START + shift, length)
    bins = part.stop - part.start
    down[part] = 20.0 * (1.0 - lost)
    gone = rng.permutation(np.arange(bins))[: bins - kept] + part.start
    if which in "db":
        down[gone] = np.nan
    if which in "rb":
        delay[gone] = np.nan
    report = judged(speeds(down, delay))
    assert THROTTLING not in mechanisms(report)
    assert greatest(report) < 0.5


@FEWER
@given(SEEDS, SHIFTS, LENGTHS, st.floats(0.65, 0.95))
def test_without_round_trips_nobody_can_tell(
    seed: int, shift: timedelta, length: timedelta, lost: float
) -> None:
    rng = np.random.default_rng(seed)
    down = throughput(rng)
    down[hours_of(BEGIN - START + shift, length)] = 20.0 * (1.0 - lost)
    (one,) = judged(speeds(down)).episodes
    assert one.verdict.mechanism is sk.Mechanism.UNKNOWN
    assert one.verdict.p_deliberate < 0.2
    (said,) = [evidence for evidence in one.verdict.evidence if evidence.rule == "throttling.signature"]
    assert said.stance is sk.Stance.MISSING
