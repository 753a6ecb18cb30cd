"""The instruments' own faults, and shutdowns that look like them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.faults import find_faults, without_faults

from .builders import (
    ATLAS,
    BGP,
    DAY,
    DOWNLOAD,
    HOUR,
    LOSS,
    MINUTE,
    OONI,
    PROBING,
    START,
    TELESCOPE,
    TRAFFIC,
    episode,
    event,
    evidence_of,
    quiet,
    signal,
)

FIVE = 5 * MINUTE
TEN = 10 * MINUTE
COUNTRIES = ("AM", "BY", "GE", "KZ", "UA")
NETWORKS = ("AS6697", "AS12406", "AS25106", "AS42772")
T0 = START + 9 * DAY + 11 * HOUR + 25 * MINUTE


def panel(
    kind: str,
    entities: Sequence[str],
    step: timedelta,
    *losses: tuple[datetime, datetime, float],
    days: int = 12,
) -> list[sk.Signal]:
    """One signal of a kind for each entity, all with the same losses (from, until, share left)."""
    made = []
    for seed, entity in enumerate(entities):
        values = quiet(kind, days, seed=seed, step=step)
        for begin, end, left in losses:
            first, last = (begin - START) // step, (end - START) // step
            values[first:last] = np.floor(values[first:last] * left)
        made.append(signal(kind, values, step, entity=entity))
    return made


def windows(faults: Sequence[sk.InstrumentFault]) -> list[tuple[str, datetime, datetime]]:
    return [(fault.kind.name, fault.window.start, fault.window.end) for fault in faults]


def by(signals: Sequence[sk.Signal]) -> tuple[list[sk.Signal], list[sk.Signal]]:
    """Belarus and the others."""
    own = [one for one in signals if str(one.entity) == "BY"]
    return own, [one for one in signals if str(one.entity) != "BY"]


# --- all zero


def test_a_telescope_that_reads_zero_for_five_countries_has_failed() -> None:
    signals = panel(TELESCOPE, COUNTRIES, FIVE, (T0, T0 + 13 * HOUR, 0.0))
    (fault,) = find_faults(signals)
    assert fault.kind.name == TELESCOPE
    assert [str(entity) for entity in fault.entities] == sorted(COUNTRIES)
    assert T0 - FIVE <= fault.window.start <= T0
    assert T0 + 13 * HOUR <= fault.window.end <= T0 + 13 * HOUR + FIVE


def test_a_fault_that_never_ends_in_the_data_is_one() -> None:
    (fault,) = find_faults(panel(TELESCOPE, COUNTRIES, FIVE, (T0, START + 12 * DAY, 0.0)))
    assert fault.window.start <= T0
    assert fault.window.end == START + 12 * DAY


def test_one_that_reads_on_clears_the_instrument() -> None:
    signals = panel(TELESCOPE, COUNTRIES, FIVE, (T0, T0 + 40 * HOUR, 0.0))
    assert len(find_faults(signals)) == 1
    assert find_faults([*signals, *panel(TELESCOPE, ["UZ"], FIVE)]) == ()


@pytest.mark.parametrize(("quiet_ones", "faults"), [(2, 1), (3, 0)])
def test_six_of_ten_must_fall_together(quiet_ones: int, faults: int) -> None:
    """Three that fall with two that do not are a fault, with three that do not none."""
    fell = panel(BGP, COUNTRIES[:3], FIVE, (T0, T0 + TEN, 0.4))
    steady = panel(BGP, ["UZ", "TJ", "KG"][:quiet_ones], FIVE)
    assert len(find_faults([*fell, *steady])) == faults


def test_zeros_after_a_gap_are_not_known_to_have_begun_together() -> None:
    signals = panel(TELESCOPE, COUNTRIES, FIVE, (T0, START + 12 * DAY, 0.0))
    first = (T0 - START) // FIVE
    for index, one in enumerate(signals):
        values = one.series.values.copy()
        values[first - 24 : first] = np.nan
        signals[index] = signal(TELESCOPE, values, FIVE, entity=str(one.entity))
    assert [fault for fault in find_faults(signals) if "exactly 0" in fault.text] == []


@pytest.mark.parametrize(("level", "faults"), [(40.0, 1), (12.0, 0)])
def test_zeros_after_small_counts_are_not_sure(level: float, faults: int) -> None:
    """They never come back, so that no dip tells."""
    values = np.r_[np.resize([level, level - 1.0, level - 2.0, level - 3.0], 200), np.zeros(30)]
    assert len(find_faults([signal(OONI, values, HOUR, entity=one) for one in COUNTRIES])) == faults


def test_series_that_are_always_zero_are_no_fault() -> None:
    assert find_faults([signal(OONI, np.zeros(500), HOUR, entity=one) for one in COUNTRIES]) == ()


def test_small_counts_that_are_zero_together_by_chance_are_no_fault() -> None:
    rng = np.random.default_rng(2)
    signals = [signal(OONI, rng.poisson(0.8, 2000), HOUR, entity=one) for one in COUNTRIES[:3]]
    assert find_faults(signals) == ()


# --- dips


def network_dip(*, probing_too: bool) -> list[sk.Signal]:
    """Routing of four networks of one country dips for two bins."""
    dip = (T0, T0 + TEN, 0.4)
    return [
        *panel(BGP, NETWORKS, FIVE, dip),
        *panel(PROBING, NETWORKS, FIVE, *([dip] if probing_too else [])),
    ]


def test_a_dip_of_routing_with_probing_unchanged_is_a_fault() -> None:
    (fault,) = find_faults(network_dip(probing_too=False))
    assert fault.kind.name == BGP
    assert fault.window == sk.TimeWindow(T0, T0 + TEN)
    assert [str(entity) for entity in fault.entities] == sorted(NETWORKS)
    assert "4 of 4" in fault.text


def test_a_dip_of_routing_and_probing_together_is_no_fault() -> None:
    """All networks of a country cut at one instant, and returned at one instant: a shutdown looks so."""
    assert find_faults(network_dip(probing_too=True)) == ()


def test_a_dip_of_networks_that_nobody_else_saw_is_no_known_fault() -> None:
    """One instrument, and perhaps one government: it cannot be told."""
    assert find_faults(panel(BGP, NETWORKS, FIVE, (T0, T0 + TEN, 0.4))) == ()


def test_a_dip_of_three_countries_that_nobody_else_saw_is_a_fault() -> None:
    (fault,) = find_faults(panel(BGP, COUNTRIES[:3], FIVE, (T0, T0 + TEN, 0.4)))
    assert fault.window == sk.TimeWindow(T0, T0 + TEN)


def test_three_countries_that_fall_on_two_instruments_are_no_fault() -> None:
    """Neighbours share a cable."""
    dip = (T0, T0 + 3 * HOUR, 0.3)
    signals = [*panel(BGP, COUNTRIES, FIVE, dip), *panel(PROBING, COUNTRIES, TEN, dip)]
    assert find_faults(signals) == ()


def test_one_country_and_one_instrument_are_never_a_fault() -> None:
    assert find_faults(panel(TELESCOPE, ["BY"], FIVE, (T0, T0 + HOUR, 0.0))) == ()
    assert find_faults(panel(TELESCOPE, ["BY", "UA"], FIVE, (T0, T0 + HOUR, 0.0))) == ()


def test_those_that_come_back_each_at_their_own_time_are_no_fault() -> None:
    signals = [
        one
        for k, country in enumerate(COUNTRIES)
        for one in panel(BGP, [country], FIVE, (T0, T0 + (k + 2) * HOUR, 0.4))
    ]
    assert find_faults(signals) == ()


def test_those_that_fall_each_at_their_own_time_are_no_fault() -> None:
    signals = [
        one
        for k, country in enumerate(COUNTRIES)
        for one in panel(BGP, [country], FIVE, (T0 + k * HOUR, T0 + 8 * HOUR, 0.4))
    ]
    assert find_faults(signals) == ()


@pytest.mark.parametrize(("left", "faults"), [(0.68, 1), (0.72, 0)])
def test_a_dip_is_a_fall_of_thirty_percent_or_more(left: float, faults: int) -> None:
    assert len(find_faults(panel(BGP, COUNTRIES, FIVE, (T0, T0 + TEN, left)))) == faults


@pytest.mark.parametrize(("hours", "faults"), [(23, 1), (25, 0)])
def test_a_dip_lasts_a_day_at_most(hours: int, faults: int) -> None:
    assert len(find_faults(panel(BGP, COUNTRIES, FIVE, (T0, T0 + hours * HOUR, 0.4)))) == faults


def test_a_share_that_is_bad_when_it_rises_dips_too() -> None:
    signals = []
    for seed, country in enumerate(COUNTRIES):
        values = quiet(LOSS, 12, seed=seed)
        values[(T0 - START) // TEN : (T0 - START) // TEN + 3] = 90.0
        signals.append(signal(LOSS, values, TEN, entity=country))
    (fault,) = find_faults(signals)
    assert fault.window.duration == 3 * TEN


def test_quality_has_no_instrument_faults() -> None:
    signals = []
    for country in COUNTRIES:
        values = np.full(2000, 12.0)
        values[1000:1010] = 1.0
        signals.append(signal(DOWNLOAD, values, HOUR, entity=country))
    assert find_faults(signals) == ()


# --- grids


def test_controls_in_another_step_do_not_make_a_panel_but_bear_witness() -> None:
    """Three networks in bins of five minutes dip; probing in bins of ten says that nothing happened."""
    dip = (T0, T0 + HOUR, 0.4)
    routing = panel(BGP, NETWORKS, FIVE, dip)
    assert [fault.kind.name for fault in find_faults([*routing, *panel(PROBING, NETWORKS, TEN)])] == [BGP]
    coarse = panel(BGP, NETWORKS[2:], TEN, dip)
    assert find_faults([*routing[:2], *coarse, *panel(PROBING, NETWORKS, TEN)]) == ()


def test_grids_that_begin_at_different_bins_are_one_panel() -> None:
    signals = panel(BGP, COUNTRIES, FIVE, (T0, T0 + TEN, 0.4))
    cut = [
        signal(
            BGP,
            one.series.values[k * 100 :],
            FIVE,
            entity=str(one.entity),
            start=START + k * 100 * FIVE,
        )
        for k, one in enumerate(signals)
    ]
    assert windows(find_faults(cut)) == [(BGP, T0, T0 + TEN)]


@given(st.permutations(range(10)))
def test_the_order_of_signals_does_not_matter(order: list[int]) -> None:
    dip = (T0, T0 + TEN, 0.4)
    signals = [*panel(BGP, COUNTRIES, FIVE, dip), *panel(TRAFFIC, COUNTRIES, 30 * MINUTE)]
    assert find_faults([signals[k] for k in order]) == find_faults(signals)


def test_faults_of_one_kind_that_touch_are_one() -> None:
    signals = panel(TELESCOPE, COUNTRIES, FIVE, (T0, T0 + 2 * HOUR, 0.3), (T0 + HOUR, T0 + 2 * HOUR, 0.0))
    found = find_faults(signals)
    assert [(kind, start) for kind, start, _ in windows(found)] == [(TELESCOPE, T0)]
    assert T0 + 2 * HOUR <= found[0].window.end <= T0 + 2 * HOUR + FIVE


# --- what follows from a fault


def test_faulty_bins_are_not_measured_and_the_rest_is_untouched() -> None:
    (fault,) = find_faults(panel(BGP, COUNTRIES, FIVE, (T0, T0 + TEN, 0.4)))
    one, other = signal(BGP, np.arange(4000.0), FIVE), signal(TELESCOPE, np.arange(4000.0), FIVE)
    clean = without_faults(one, [fault])
    first = (T0 - START) // FIVE
    assert np.flatnonzero(np.isnan(clean.series.values)).tolist() == [first, first + 1]
    assert without_faults(other, [fault]) == other
    hourly = without_faults(signal(BGP, np.arange(400.0), HOUR), [fault])  # 11:25 lies in the bin of 11:00
    assert np.flatnonzero(np.isnan(hourly.series.values)).tolist() == [9 * 24 + 11]


def test_a_country_without_any_other_loss_gets_an_artefact_and_never_an_outage() -> None:
    signals = [
        *panel(TELESCOPE, COUNTRIES, FIVE, (T0, T0 + 13 * HOUR, 0.0)),
        *panel(BGP, COUNTRIES, FIVE),
    ]
    own, controls = by(signals)
    report = sk.classify(own, controls=controls)
    assert report.condition is sk.Condition.ARTEFACT
    assert [one.verdict.condition for one in report.episodes] == [sk.Condition.ARTEFACT]
    verdict = report.episodes[0].verdict
    assert verdict.p_deliberate < 0.05
    assert verdict.mechanism is sk.Mechanism.UNKNOWN
    stances = {one.stance for one in evidence_of(verdict, "instrument.fault")}
    assert stances == {sk.Stance.AGAINST, sk.Stance.DISCARDED}
    assert windows(report.faults) == windows(find_faults(signals))
    assert sk.classify(own).condition is sk.Condition.OUTAGE  # without controls it cannot be known


def test_a_fault_within_an_outage_is_discarded_and_keeps_it_one() -> None:
    """The telescope fails for all while Belarus is cut: one outage, and readings that are not used."""
    begin, end = T0 - 6 * HOUR, T0 + 12 * HOUR
    fault = (T0, T0 + 3 * HOUR, 0.0)
    others = [one for one in COUNTRIES if one != "BY"]
    own = [
        *panel(TELESCOPE, ["BY"], FIVE, (begin, end, 0.1), fault),
        *panel(BGP, ["BY"], FIVE, (begin, end, 0.1)),
        *panel(PROBING, ["BY"], TEN, (begin - 5 * MINUTE, end - 5 * MINUTE, 0.1)),
    ]
    controls = [
        *panel(TELESCOPE, others, FIVE, fault),
        *panel(BGP, others, FIVE),
        *panel(PROBING, others, TEN),
    ]
    report = sk.classify(own, controls=controls)
    (one,) = report.episodes
    assert one.verdict.condition is sk.Condition.OUTAGE
    assert abs(one.episode.onset - begin) <= TEN
    assert one.episode.end is not None
    assert abs(one.episode.end - end) <= TEN
    (discarded,) = evidence_of(one.verdict, "instrument.fault")
    assert discarded.stance is sk.Stance.DISCARDED
    assert [fault.kind.name for fault in report.faults] == [TELESCOPE]


def test_what_a_failing_instrument_read_is_not_measured_for_attribution_either() -> None:
    night = sk.TimeWindow(T0, T0 + 6 * HOUR)
    cut = episode(event(PROBING, night.start, night.end))
    faulty = panel(TELESCOPE, COUNTRIES, FIVE, (T0 - HOUR, T0 + 7 * HOUR, 0.0))
    told = {}
    for name, signals in (("fault", faulty), ("none", panel(TELESCOPE, COUNTRIES, FIVE))):
        found = evidence_of(sk.attribute(cut, signals=signals), "planes.witnesses")
        told[name] = next(one.text for one in found if one.stance is sk.Stance.MISSING)
    assert "background" in told["fault"]
    assert "background" not in told["none"]


def test_a_real_cut_of_one_country_is_no_fault_of_the_instruments() -> None:
    losses = (T0, T0 + 5 * HOUR, 0.05)
    others = [one for one in COUNTRIES if one != "BY"]
    own = [*panel(BGP, ["BY"], FIVE, losses), *panel(PROBING, ["BY"], FIVE, losses)]
    report = sk.classify(own, controls=[*panel(BGP, others, FIVE), *panel(PROBING, others, FIVE)])
    assert report.faults == ()
    assert report.condition is sk.Condition.OUTAGE


def test_a_reboot_of_a_controller_is_no_outage_anywhere() -> None:
    """Probes of five countries are gone for twenty minutes; probing sees nothing."""
    dip = (START + 9 * DAY + 8 * HOUR, START + 9 * DAY + 8 * HOUR + 20 * MINUTE, 0.1)
    signals = [*panel(ATLAS, COUNTRIES, TEN, dip), *panel(PROBING, COUNTRIES, TEN)]
    own, controls = by(signals)
    report = sk.classify(own, controls=controls)
    assert report.condition in {sk.Condition.ARTEFACT, sk.Condition.NORMAL}
    assert windows(report.faults) == [(ATLAS, dip[0], dip[1])]
