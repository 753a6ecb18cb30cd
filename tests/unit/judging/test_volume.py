"""What it means that fewer measurements arrive, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.arrivals import is_outage_by_silence, networks_before
from shutdownkit.judging.attribute import attribution_of
from shutdownkit.judging.blocking.silences import Silence
from shutdownkit.judging.condition import condition_of, gravest
from shutdownkit.judging.facts import Facts, Surroundings
from shutdownkit.judging.mechanism import mechanism_of

from .builders import (
    BGP,
    DAY,
    HOUR,
    OONI,
    PROBING,
    START,
    episode,
    event,
    evidence_of,
    held,
    incident,
    signal,
)
from .slow_builders import BEGIN, DAYS, NETWORKS, RULESET, Array, hours_of, judged, volumes

OUTAGE, DEGRADED, ARTEFACT = sk.Condition.OUTAGE, sk.Condition.DEGRADED, sk.Condition.ARTEFACT
INSUFFICIENT = sk.Condition.INSUFFICIENT_DATA

SEEDS = st.integers(0, 2**16)
LENGTHS = st.integers(8, 96).map(lambda hours: hours * HOUR)
SHIFTS = st.integers(0, 23).map(lambda hours: hours * HOUR)
BINS = DAYS * 24
FEWER = settings(max_examples=max(1, settings().max_examples // 5))  # each judges a country


def arrivals(seed: int, *, networks: float = 8.0, each: float = 8.0) -> tuple[Array, Array]:
    """Measurements and networks by the hour, by chance."""
    rng = np.random.default_rng(seed)
    return (
        np.asarray(rng.poisson(networks * each, BINS), dtype=np.float64),
        np.maximum(1.0, rng.poisson(networks, BINS)),
    )


def conditions(report: sk.Report) -> set[sk.Condition]:
    return {one.verdict.condition for one in report.episodes}


# --- laws, from signals


@FEWER
@given(SEEDS, SHIFTS, LENGTHS)
def test_the_silence_of_all_networks_is_an_outage_and_does_not_say_why(
    seed: int, shift: timedelta, length: timedelta
) -> None:
    part = hours_of(BEGIN - START + shift, length)
    measurements, networks = arrivals(seed)
    measurements[part] = networks[part] = 0.0
    (one,) = judged(volumes(measurements, networks)).episodes
    assert one.verdict.condition is OUTAGE
    assert one.verdict.mechanism is sk.Mechanism.UNKNOWN
    assert one.verdict.p_deliberate < 0.5
    (said,) = evidence_of(one.verdict, "volume.silence")
    assert said.stance is sk.Stance.FOR
    assert 0 <= said.weight <= 0.3


@FEWER
@given(SEEDS, SHIFTS, LENGTHS)
def test_what_was_not_counted_is_no_silence(seed: int, shift: timedelta, length: timedelta) -> None:
    """A late upload, or a provider that failed: the sources give no value."""
    part = hours_of(BEGIN - START + shift, length)
    measurements, networks = arrivals(seed)
    measurements[part] = networks[part] = np.nan
    assert judged(volumes(measurements, networks)).episodes == ()
    late = [values[: BINS - 48] for values in arrivals(seed)]
    assert judged(volumes(*late)).episodes == ()


@FEWER
@given(SEEDS, SHIFTS, LENGTHS)
def test_a_provider_that_nobody_can_reach_is_no_outage(
    seed: int, shift: timedelta, length: timedelta
) -> None:
    """Four countries fall silent in one hour, and are back in one."""
    part = hours_of(BEGIN - START + shift, length)
    signals = []
    for index, country in enumerate(("BY", "DE", "KE", "UY")):
        measurements, networks = arrivals(seed + index)
        measurements[part] = networks[part] = 0.0
        signals.append(volumes(measurements, networks, entity=country))
    report = judged(signals[0], controls=[one for rest in signals[1:] for one in rest])
    assert OUTAGE not in conditions(report)
    assert "ooni.measurements" in {fault.kind.name for fault in report.faults}


@FEWER
@given(SEEDS, SHIFTS, LENGTHS, st.sampled_from([1.0, 2.0]))
def test_the_stop_of_one_network_or_two_is_no_outage(
    seed: int, shift: timedelta, length: timedelta, heard: float
) -> None:
    part = hours_of(BEGIN - START + shift, length)
    measurements, _ = arrivals(seed)
    networks = np.full(BINS, heard)
    measurements[part] = networks[part] = 0.0
    report = judged(volumes(measurements, networks))
    assert conditions(report) == {DEGRADED}
    assert all(one.verdict.p_deliberate < 0.5 for one in report.episodes)


@FEWER
@given(SEEDS, SHIFTS, LENGTHS, st.floats(0.4, 1.0))
def test_the_end_of_a_campaign_is_no_loss_of_connectivity(
    seed: int, shift: timedelta, length: timedelta, lost: float
) -> None:
    """One network sent nine of ten measurements and stops; as many networks as before are heard."""
    part = hours_of(BEGIN - START + shift, length)
    measurements, networks = arrivals(seed, networks=60.0)  # of few, a fifth fewer come by chance
    campaign = np.full(BINS, 9 * 480.0)
    campaign[part] *= 1.0 - lost
    report = judged(volumes(measurements + campaign, networks))
    assert conditions(report) == {ARTEFACT}
    for one in report.episodes:
        assert [evidence.rule for evidence in one.verdict.evidence] == ["volume.one-network"]
        assert one.verdict.evidence[0].stance is sk.Stance.DISCARDED
        assert one.verdict.p_deliberate < 0.2


@FEWER
@given(SEEDS, SHIFTS, LENGTHS, st.floats(0.3, 0.9))
def test_where_measurements_and_networks_are_fewer_it_is_degraded(
    seed: int, shift: timedelta, length: timedelta, lost: float
) -> None:
    part = hours_of(BEGIN - START + shift, length)
    measurements, networks = arrivals(seed, networks=40.0)
    for values in (measurements, networks):
        values[part] = np.ceil(values[part] * (1.0 - lost))
    assert conditions(judged(volumes(measurements, networks))) == {DEGRADED}


@given(
    st.integers(1, 24 * 40),
    st.floats(0.95, 1.0),
    st.floats(0.0, 40.0),
    st.booleans(),
    st.booleans(),
    st.integers(-80, 80),
)
def test_volume_alone_never_says_it_was_deliberate(
    hours: int, peak: float, usual: float, ongoing: bool, silent: bool, near: int
) -> None:
    """At most four in five with services blocked around it, and under a half without."""
    facts = silence(hours=hours, peak=peak, networks=usual, ongoing=ongoing, silent=silent)
    alone = attribution_of(facts, RULESET).p_deliberate
    assert alone < 0.5
    start, end = facts.episode.window.start, facts.episode.window.end
    begin = start + near * HOUR if near < 0 else end + near * HOUR
    blocked = evolve(facts.around, blocking=(incident(begin, begin + DAY),))
    assert alone <= attribution_of(Facts(facts.episode, blocked), RULESET).p_deliberate < 0.8


# --- known cases


def silence(
    kinds: Sequence[str] = (OONI, NETWORKS),
    *,
    hours: int = 48,
    peak: float = 1.0,
    networks: float | None = 8.0,
    blocking: Iterable[sk.Episode] = (),
    ongoing: bool = False,
    silent: bool = False,
    more: Iterable[sk.Signal] = (),
) -> Facts:
    """An episode in which these kinds fell, so many networks being usual an hour before."""
    end = BEGIN + hours * HOUR
    events = [event(kind, BEGIN, end, peak, step=HOUR, ongoing=ongoing) for kind in kinds]
    signals = list(more)
    if networks is not None:
        values = np.full((end - START) // HOUR, networks)
        if NETWORKS in kinds:
            values[(BEGIN - START) // HOUR :] = 0.0
        signals.append(signal(NETWORKS, values, HOUR))
    around = Surroundings(signals=tuple(signals), blocking=tuple(blocking), silence=QUIET if silent else None)
    return Facts(episode(*events, ongoing=ongoing), around)


END = BEGIN + 48 * HOUR
QUIET = Silence(sk.TimeWindow(BEGIN, END), 40, (), "No test arrived for 48 hours.")


@pytest.mark.parametrize(("networks", "condition"), [(3.0, OUTAGE), (2.9, DEGRADED), (None, DEGRADED)])
def test_three_networks_are_needed(networks: float | None, condition: sk.Condition) -> None:
    facts = silence(networks=networks)
    assert condition_of(facts) is condition
    (said,) = evidence_of(attribution_of(facts, RULESET), "volume.silence")
    assert said.stance is (sk.Stance.FOR if condition is OUTAGE else sk.Stance.MISSING)


@pytest.mark.parametrize(
    ("begin", "end", "condition"),
    [
        (BEGIN - 5 * DAY, BEGIN - 23 * HOUR, OUTAGE),
        (BEGIN - 5 * DAY, BEGIN - 25 * HOUR, DEGRADED),
        (END + 23 * HOUR, END + 5 * DAY, OUTAGE),
        (END + 25 * HOUR, END + 5 * DAY, DEGRADED),
        (BEGIN - DAY, END + DAY, OUTAGE),
    ],
    ids=str,
)
def test_or_two_and_services_blocked_within_a_day(
    begin: datetime, end: datetime, condition: sk.Condition
) -> None:
    blocking = [incident(begin, end)]
    assert condition_of(silence(networks=2.0, blocking=blocking)) is condition
    assert condition_of(silence(networks=1.0, blocking=blocking)) is DEGRADED
    assert condition_of(silence(networks=None, blocking=blocking)) is DEGRADED


@pytest.mark.parametrize(("peak", "condition"), [(0.94, DEGRADED), (0.95, OUTAGE)])
def test_next_to_nothing_is_left(peak: float, condition: sk.Condition) -> None:
    assert condition_of(silence(peak=peak)) is condition


def test_both_must_fall_silent_at_one_time() -> None:
    assert condition_of(silence([NETWORKS])) is DEGRADED
    assert condition_of(silence([OONI], networks=None)) is DEGRADED
    apart = episode(
        event(OONI, BEGIN, BEGIN + DAY, 1.0, step=HOUR), event(NETWORKS, BEGIN + DAY, END, 1.0, step=HOUR)
    )
    assert condition_of(Facts(apart, silence().around)) is DEGRADED


def test_of_single_tests_nobody_knows() -> None:
    facts = silence(silent=True)
    assert condition_of(facts) is INSUFFICIENT
    assert is_outage_by_silence(silence())
    assert not is_outage_by_silence(facts)
    assert mechanism_of(facts, INSUFFICIENT, 0.9) is sk.Mechanism.UNKNOWN
    (said,) = evidence_of(attribution_of(facts, RULESET), "volume.silence")
    assert said.stance is sk.Stance.MISSING
    assert said.text.startswith(QUIET.text)
    bare = sk.Episode(facts.entity, facts.episode.window)
    assert condition_of(Facts(bare, Surroundings(silence=QUIET))) is INSUFFICIENT
    assert condition_of(silence([OONI, NETWORKS, BGP], silent=True)) is OUTAGE


def test_where_hosts_answer_silence_is_an_artefact() -> None:
    facts = silence(more=[held(PROBING, silence().episode.window)])
    assert condition_of(facts) is ARTEFACT


def test_beside_other_planes_it_corroborates_and_weighs_nothing() -> None:
    facts = silence([OONI, NETWORKS, BGP])
    (said,) = evidence_of(attribution_of(facts, RULESET), "volume.silence")
    assert (said.stance, said.weight) == (sk.Stance.FOR, 0.0)
    without = attribution_of(facts, RULESET.without("volume.silence"))
    assert attribution_of(facts, RULESET).probabilities == without.probabilities


@pytest.mark.parametrize(("left", "condition"), [(0.79, DEGRADED), (0.81, ARTEFACT)])
def test_four_fifths_of_the_networks_are_as_many(left: float, condition: sk.Condition) -> None:
    values = np.full((END - START) // HOUR, 10.0)
    values[(BEGIN - START) // HOUR :] = 10.0 * left
    assert condition_of(silence([OONI], networks=None, more=[signal(NETWORKS, values, HOUR)])) is condition


def test_networks_that_were_not_counted_held_nothing() -> None:
    values = np.full((END - START) // HOUR, 10.0)
    values[(BEGIN - START) // HOUR + 23 :] = np.nan
    assert condition_of(silence([OONI], networks=None, more=[signal(NETWORKS, values, HOUR)])) is DEGRADED
    values[(BEGIN - START) // HOUR + 23] = 10.0
    assert condition_of(silence([OONI], networks=None, more=[signal(NETWORKS, values, HOUR)])) is ARTEFACT


def test_networks_that_fell_in_another_episode_held_nothing() -> None:
    facts = silence([OONI])
    assert condition_of(facts) is ARTEFACT
    other = episode(event(NETWORKS, END - HOUR, END + DAY, 0.3, step=HOUR))
    around = evolve(facts.around, others=(other,))
    assert condition_of(Facts(facts.episode, around)) is DEGRADED


def test_how_many_networks_were_usual() -> None:
    assert networks_before(silence(networks=7.0)) == 7.0
    assert networks_before(silence(networks=None)) is None
    values = np.full((END - START) // HOUR, 5.0)
    values[: 3 * 24] = 100.0  # more than 14 days before
    values[3 * 24 : 4 * 24] = np.nan
    assert networks_before(silence(networks=None, more=[signal(NETWORKS, values, HOUR)])) == 5.0
    after = signal(NETWORKS, [9.0, 9.0], HOUR, start=BEGIN)
    assert networks_before(silence(networks=None, more=[after])) is None


def test_not_knowing_is_graver_than_normal_and_less_than_an_artefact() -> None:
    order = [OUTAGE, DEGRADED, sk.Condition.BLOCKING, ARTEFACT, INSUFFICIENT, sk.Condition.NORMAL]
    for index, condition in enumerate(order):
        assert gravest(reversed(order[index:])) is condition
