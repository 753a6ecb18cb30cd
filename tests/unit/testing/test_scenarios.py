"""Scenarios: what is made is what is told, and the classifier finds of it what is there."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.errors import InvalidValueError
from shutdownkit.testing.scenarios import Dip, Gap, OutageKind, OutageScenario, Place, local_time, simulate
from shutdownkit.testing.scenarios.places import BGP, DOWNLOAD, HOUR, LATENCY, PROBING, RTT, STEPS, TELESCOPE
from shutdownkit.testing.strategies.scenarios import gaps, scenarios

DAY = timedelta(days=1)
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
LOST = (OutageKind.DELIBERATE_CUT, OutageKind.CURFEW, OutageKind.POWER, OutageKind.CABLE)


def of(scenario: OutageScenario, kind: str) -> sk.Signal:
    (found,) = (one for one in scenario.signals if one.kind.name == kind)
    return found


def at(signal: sk.Signal, time: Any) -> float:
    return float(signal.series.values[(time - signal.series.start) // signal.series.step])


# --- what is made


@FEW
@given(scenarios())
def test_what_is_made_is_what_is_told(scenario: OutageScenario) -> None:
    truth = scenario.truth
    assert scenario.kind is truth.kind
    assert bool(truth.windows) is (scenario.kind is not OutageKind.QUIET)
    assert truth.deliberate is scenario.kind.is_deliberate
    assert (truth.cause is sk.Cause.DELIBERATE) is truth.deliberate
    assert all(scenario.window.intersection(spell) == spell for spell in truth.windows)
    assert {signal.entity for signal in scenario.signals} == {scenario.entity}
    assert {signal.entity for signal in scenario.network_signals} == set(scenario.networks)
    assert not {signal.entity for signal in scenario.controls} & {scenario.entity, *scenario.networks}
    assert set(truth.networks) <= set(scenario.networks)
    assert all(signal.series.start == scenario.window.start for signal in scenario.everything)
    assert len({(signal.entity, signal.kind) for signal in scenario.everything}) == len(scenario.everything)


@FEW
@given(scenarios())
def test_nobody_measured_what_is_told_and_everybody_the_rest(scenario: OutageScenario) -> None:
    for signal in scenario.everything:
        series = signal.series
        expected = np.zeros(len(series), dtype=bool)
        for gap in scenario.truth.missing:
            if (gap.entity, gap.kind) == (signal.entity, signal.kind):
                first = (gap.window.start - series.start) / series.step
                last = (gap.window.end - series.start) / series.step
                bins = np.arange(len(series))
                expected |= (bins + 1 > first) & (bins < last)
        assert np.array_equal(np.isnan(series.values), expected)


@FEW
@given(scenarios(kinds=LOST, missing=False, noise=False))
def test_the_share_that_is_told_is_lost_where_hosts_are_probed(scenario: OutageScenario) -> None:
    probed = of(scenario, PROBING)
    spell = scenario.truth.windows[0]
    before = probed.series.cut(sk.TimeWindow(spell.start - DAY, spell.start)).values
    during = probed.series.cut(spell).values
    assert 1 - np.min(during) / np.median(before) == pytest.approx(scenario.truth.lost, abs=0.06)


def test_the_same_arguments_make_the_same_scenario() -> None:
    made = [simulate(OutageKind.POWER, noise=1.0, seed=7) for _ in range(2)]
    assert made[0] == made[1]
    assert simulate(OutageKind.POWER, noise=1.0, seed=8) != made[0]


def test_the_seed_of_no_noise_does_not_matter() -> None:
    assert simulate(OutageKind.CABLE, seed=7) == simulate(OutageKind.CABLE, seed=8)


@pytest.mark.parametrize("kind", STEPS)
def test_without_noise_ordinary_days_are_all_alike(kind: str) -> None:
    window = sk.TimeWindow("2023-05-01", "2023-05-04")  # no weekend
    (signal,) = Place("BY", {kind: []}).signals(window, 0, noise=0.0)
    days = signal.series.values.reshape(3, -1)
    assert np.allclose(days, days[0], rtol=0, atol=1e-9)
    (noisy,) = Place("BY", {kind: []}).signals(window, 0)
    assert not np.array_equal(noisy.series.values, signal.series.values)


def test_half_of_the_noise_strays_half_as_far() -> None:
    window = sk.TimeWindow("2023-05-01", "2023-05-08")
    for kind in (BGP, PROBING, TELESCOPE, LATENCY, RTT):
        none, half, all_ = (
            Place("BY", {kind: []}).signals(window, 3, noise=noise)[0].series.values for noise in (0, 0.5, 1)
        )
        assert np.std(half - none) == pytest.approx(np.std(all_ - none) / 2, rel=0.1)


def test_a_limit_sets_throughput_and_hardly_lets_it_vary() -> None:
    begin = sk.TimeWindow("2023-05-03", "2023-05-04").start
    place = Place("BY", {DOWNLOAD: [Dip(begin, begin + DAY, 0.75)]})
    (signal,) = place.signals(sk.TimeWindow("2023-05-01", "2023-05-06"), 0)
    during = signal.series.values[48:72]
    assert np.allclose(during, 5.0, rtol=0.05)
    assert np.std(np.delete(signal.series.values, np.s_[48:72])) > 10 * np.std(during)


# --- the signature of each kind


def test_an_ordered_cut_falls_at_a_stroke_in_all_networks_and_routes_stay_or_go() -> None:
    for withdrawn, mechanism in ((False, sk.Mechanism.FILTERING), (True, sk.Mechanism.ROUTING_WITHDRAWAL)):
        cut = simulate(OutageKind.DELIBERATE_CUT, withdrawn=withdrawn, lost=0.9)
        onset = cut.truth.windows[0].start
        assert cut.truth.networks == cut.networks
        assert cut.truth.mechanisms == {mechanism}
        for signal in (*cut.signals, *cut.network_signals):
            falls = withdrawn or signal.kind.plane is not sk.Plane.ROUTING
            left = at(signal, onset) / at(signal, onset - signal.series.step)
            assert left == pytest.approx(0.1 if falls else 1.0, abs=0.02)


@pytest.mark.parametrize(("country", "hour"), [("MM", 1.0), ("BY", 19.0), ("IR", 5.5), ("CL", 3.0)])
def test_a_curfew_repeats_by_the_clocks_on_the_wall(country: str, hour: float) -> None:
    """In Chile clocks went back on 1 April 2023."""
    day = sk.TimeWindow("2023-03-30", "2023-03-30").start
    curfew = simulate(
        OutageKind.CURFEW, country=country, onset=local_time(country, day, hour), length=4 * HOUR, nights=5
    )
    expected = [local_time(country, day + night * DAY, hour) for night in range(5)]
    assert [spell.start for spell in curfew.truth.windows] == expected
    gaps_between = {b - a for a, b in pairwise(expected)}
    assert gaps_between == ({DAY} if country != "CL" else {DAY, DAY + HOUR})


def test_power_comes_back_slowly_and_unevenly_while_routes_stay() -> None:
    dark = simulate(OutageKind.POWER, networks=4)
    spell = dark.truth.windows[0]
    assert np.ptp(of(dark, BGP).series.values) == 0
    late = at(of(dark, PROBING), spell.end - spell.duration / 4)
    early = at(of(dark, PROBING), spell.start + spell.duration / 8)
    usual = at(of(dark, PROBING), spell.start - HOUR)
    assert early < 0.3 * usual < 0.6 * usual < late
    lows = [
        round(float(np.min(one.series.values) / np.median(one.series.values)), 2)
        for one in dark.network_signals
        if one.kind.name == PROBING
    ]
    assert len(set(lows)) == 4


def test_a_cable_takes_some_networks_and_neighbours_and_comes_back_in_steps() -> None:
    cut = simulate(OutageKind.CABLE, networks=3)
    spell = cut.truth.windows[0]
    assert cut.truth.networks == cut.networks[:2]
    probed = of(cut, PROBING)
    left = [
        at(probed, spell.start + part * spell.duration)
        / at(probed, spell.start - DAY + part * spell.duration)
        for part in (0.25, 0.6, 0.9)
    ]
    assert left == pytest.approx([0.1, 0.4, 0.7], abs=0.02)
    assert at(of(cut, LATENCY), spell.start) == pytest.approx(1.4 * at(of(cut, LATENCY), spell.start - HOUR))
    fell = {
        one.entity.code
        for one in cut.controls
        if one.kind.name == PROBING and np.min(one.series.values) < 0.5 * np.median(one.series.values)
    }
    assert fell == {"KE", "PE"}
    assert at(of(cut, TELESCOPE), spell.start) == at(of(cut, TELESCOPE), spell.start - DAY)


def test_an_instrument_reads_zero_for_everybody_and_the_others_hold() -> None:
    fault = simulate(OutageKind.INSTRUMENT_FAULT)
    (spell,) = fault.truth.windows
    for signal in fault.everything:
        part = signal.series.cut(spell).values
        assert bool((part == 0).all()) is (signal.kind.name == TELESCOPE)
        assert bool((part > 0).all()) is (signal.kind.name != TELESCOPE)
    assert (fault.truth.lost, fault.truth.cause, fault.truth.networks) == (0.0, None, ())


def test_what_is_blocked_fails_on_every_network_and_nothing_else_does() -> None:
    for kind, outcome in ((OutageKind.BLOCK, sk.Outcome.BLOCKED), (OutageKind.THROTTLE, sk.Outcome.SLOWED)):
        story = simulate(kind)
        (batch,) = story.tests
        (spell,) = story.truth.windows
        for test in batch.tests:
            failed = test.subject == "app:telegram" and test.time in spell
            assert test.outcome is (outcome if failed else sk.Outcome.OK)
        assert {test.network for test in batch.tests} == set(story.networks) == set(story.truth.networks)


# --- what the classifier says of it


@pytest.mark.parametrize("noise", [0.0, 1.0])
@pytest.mark.parametrize("kind", OutageKind)
def test_the_classifier_finds_what_is_there(kind: OutageKind, noise: float) -> None:
    scenario = simulate(kind, noise=noise)
    truth, report = scenario.truth, scenario.report()
    assert report.condition in truth.conditions
    assert (report.entity, report.window) == (scenario.entity, scenario.window)
    for spell in truth.windows:
        near = [one for one in report.episodes if one.episode.window.overlaps(spell)]
        assert near
        for one in near:
            assert one.verdict.mechanism in truth.mechanisms
            if truth.cause is not None and kind is not OutageKind.THROTTLE:
                assert max(one.verdict.probabilities.items(), key=lambda pair: pair[1])[0] is truth.cause
    words = {one.verdict.attribution.intent for one in report.episodes}
    assert truth.deliberate or sk.Intent.DELIBERATE not in words


def test_more_arguments_replace_those_of_the_scenario() -> None:
    scenario = simulate(OutageKind.POWER)
    onset = scenario.truth.windows[0].start
    assert scenario.report(as_of=onset).condition is sk.Condition.NORMAL
    assert scenario.report(controls=()).licences == scenario.report().licences
    assert scenario.report(rules=sk.RULES.without("shape.rise")).ruleset == f"{sk.RULES.version}-shape.rise"


# --- what it looks like, and what is refused


def test_it_is_told_in_a_line() -> None:
    cut = simulate(OutageKind.CURFEW, nights=2, noise=0.5)
    first = cut.signals[0]
    bin_ = sk.TimeWindow(first.series.start, first.series.start + first.series.step)
    assert repr(cut.without(Gap(first.entity, first.kind, bin_))) == (
        "<OutageScenario: curfew in BY, 2023-05-09T22:00:00Z for 8:00:00, 2 times, 90% lost, 3 networks, "
        "watched 2023-04-29T22:00:00Z to 2023-05-13T06:00:00Z, noise 0.5, not measured: bgp.visible-slash24s "
        "of BY, 2023-04-29T22:00:00Z to 2023-04-29T22:05:00Z>"
    )
    assert len(repr(simulate(OutageKind.QUIET))) < 100


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"country": "AS1"}, "country"),
        ({"networks": 0}, "networks"),
        ({"networks": 15}, "networks"),
        ({"lost": 0.0}, "lost"),
        ({"lost": 1.1}, "lost"),
        ({"noise": -0.1}, "noise"),
        ({"noise": 1.5}, "noise"),
        ({"length": timedelta(0)}, "length"),
        ({"length": DAY}, "length"),
        ({"nights": 0}, "nights"),
        ({"others": ["BY"]}, "others"),
        ({"onset": "2023-05-01T00:00"}, "onset"),
    ],
)
def test_what_cannot_be_is_refused(more: dict[str, Any], field: str) -> None:
    with pytest.raises(sk.InvalidValueError) as caught:
        simulate(OutageKind.CURFEW, **more)
    assert caught.value.field == field


def test_a_gap_of_what_is_not_measured_is_refused() -> None:
    quiet = simulate(OutageKind.QUIET)
    elsewhere = Gap(sk.Entity.parse("US"), sk.KINDS[BGP], quiet.window)
    before = Gap(quiet.entity, sk.KINDS[BGP], sk.TimeWindow("2020-01-01", "2020-01-02"))
    for gap, why in ((elsewhere, "is of a signal that is not measured"), (before, "is not watched")):
        with pytest.raises(sk.InvalidValueError, match=why):
            quiet.without(gap)


@given(st.data())
def test_gaps_are_of_bins_that_there_are(data: st.DataObject) -> None:
    cut = simulate(OutageKind.MOBILE_CUT, networks=1)
    gap = data.draw(gaps(of=cut))
    holed = cut.without(gap)
    missing = sum(int(np.isnan(one.series.values).sum()) for one in holed.everything)
    (signal,) = (one for one in cut.everything if (one.entity, one.kind) == (gap.entity, gap.kind))
    assert missing == gap.window.duration / signal.series.step > 0


# --- at the edges


@given(
    kind=st.sampled_from([OutageKind.POWER, OutageKind.CURFEW, OutageKind.DELIBERATE_CUT]),
    minute=st.integers(0, 59),
    after=st.timedeltas(timedelta(microseconds=1), timedelta(hours=2)),
)
def test_all_that_was_lost_was_watched(kind: OutageKind, minute: int, after: timedelta) -> None:
    made = simulate(kind, onset=f"2023-05-10T01:{minute:02}:00Z", before=DAY, after=after)
    assert all(made.window.intersection(spell) == spell for spell in made.truth.windows)
    assert all(signal.series.window == made.window for signal in made.everything)


def test_spells_that_would_overlap_where_clocks_go_forward_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="length"):
        simulate(
            OutageKind.CURFEW,
            country="DE",
            onset="2024-03-29T22:00:00Z",
            length=timedelta(hours=23, minutes=30),
        )


def test_a_country_is_the_same_in_any_spelling() -> None:
    for kind in (OutageKind.DELIBERATE_CUT, OutageKind.CURFEW):
        assert simulate(kind, country="by") == simulate(kind, country="BY")
    noon = sk.TimeWindow("2024-01-01", "2024-01-02").start
    assert local_time("in", noon, 12) == local_time("IN", noon, 12)
    assert simulate(OutageKind.POWER, others=("ke",)) == simulate(OutageKind.POWER, others=("KE",))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"others": ("by",)}, "others"),
        ({"others": ("KE", "ke")}, "others"),
        ({"others": ("AS1",)}, "others"),
        ({"country": "AS1"}, "country"),
        ({"onset": "0001-01-02T00:00:00Z"}, "before"),
        ({"onset": "9999-12-31T00:00:00Z"}, "length|nights"),
        ({"onset": "9999-12-29T00:00:00Z"}, "after|nights"),
        ({"length": timedelta.max}, "length"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
    ],
)
def test_an_argument_that_cannot_be_is_named(wrong: dict[str, Any], named: str) -> None:
    for kind in (OutageKind.POWER, OutageKind.CURFEW):
        with pytest.raises(InvalidValueError, match=named):
            simulate(kind, **{"before": 2 * DAY, **wrong})


@pytest.mark.parametrize("hour", [-0.5, 24, 23.9999, float("nan")])
def test_an_hour_that_no_clock_shows_is_refused(hour: float) -> None:
    with pytest.raises(InvalidValueError, match="hour"):
        local_time("BY", sk.TimeWindow("2024-01-01", "2024-01-02").start, hour)


BRIEF = [kind for kind in OutageKind if kind is not OutageKind.QUIET]


@pytest.mark.parametrize("minutes", [1, 5, 35, 95, 240])
@pytest.mark.parametrize("kind", BRIEF)
def test_of_a_brief_loss_no_more_is_told_than_can_be_seen(kind: OutageKind, minutes: int) -> None:
    made = simulate(kind, length=timedelta(minutes=minutes), nights=2, networks=2)
    found = {one.verdict.condition for one in made.report().episodes}
    assert found <= made.truth.conditions
    assert found or sk.Condition.NORMAL in made.truth.conditions
