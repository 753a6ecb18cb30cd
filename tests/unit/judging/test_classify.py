"""From signals to a report: what goes in, and what comes out beside the verdicts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

import numpy as np
import pytest
from attrs import evolve

import shutdownkit as sk
from shutdownkit.model.account import Account, BlindSpot, Observation

from .builders import (
    ANOMALY,
    ATLAS,
    BGP,
    DAY,
    HOUR,
    LATENCY,
    MINUTE,
    OONI,
    PROBING,
    START,
    TELESCOPE,
    TRAFFIC,
    V6,
    context,
    evidence_of,
    incident,
    quiet,
    signal,
    world,
)

FIRST, SECOND = START + 9 * DAY + 18 * HOUR, START + 13 * DAY + 3 * HOUR
CUTS = [(FIRST, FIRST + 6 * HOUR, 0.9), (SECOND, SECOND + 6 * HOUR, 0.9)]


def cuts(entity: str = "BY", *kinds: str) -> list[sk.Signal]:
    """Sixteen days with two cuts on these kinds, by default on routing and probing."""
    return world(dict.fromkeys(kinds or (BGP, PROBING), CUTS), start=START, days=16, entity=entity)


def from_source(one: sk.Signal, source: str, licence: str, note: str = "") -> sk.Signal:
    return evolve(one, provenance=sk.Provenance(source=source, licence=licence, note=note))


# --- errors


def test_no_signals_are_refused() -> None:
    with pytest.raises(sk.CallerError, match=r"^signals: there is none to judge$"):
        sk.classify([])
    with pytest.raises(sk.CallerError, match="there is none"):
        sk.classify([], controls=cuts("UA"))


def test_signals_of_two_entities_are_refused_and_named() -> None:
    with pytest.raises(sk.CallerError, match=r"2 entities \(BY, UA\).*controls"):
        sk.classify([*cuts("UA"), *cuts("BY")])


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(sk.InvalidValueError, match=r"window.*is empty"):
        sk.classify(cuts(), window=sk.TimeWindow(FIRST, FIRST))


@pytest.mark.parametrize("name", ["signals", "window", "history", "context", "controls", "rules"])
def test_arguments_of_another_class_are_refused_and_named(name: str) -> None:
    arguments: dict[str, object] = {"signals": cuts()}
    arguments[name] = "BY" if name in {"window", "rules"} else ["BY"]
    with pytest.raises(sk.InvalidValueError, match=f"^{name}"):
        sk.classify(**arguments)  # type: ignore[arg-type]


# --- windows


def test_without_a_window_all_is_judged() -> None:
    report = sk.classify(cuts())
    assert report.window == sk.TimeWindow(START, START + 16 * DAY)
    assert [one.episode.onset for one in report.episodes] == [FIRST, SECOND]


def test_a_window_keeps_what_overlaps_it_and_judges_with_the_rest() -> None:
    window = sk.TimeWindow(FIRST + 2 * HOUR, FIRST + 3 * HOUR)
    report = sk.classify(cuts(), window=window)
    assert report.window == window
    (one,) = report.episodes
    assert one == sk.classify(cuts()).episodes[0]  # whole, and with the second as its recurrence


def test_windows_are_half_open() -> None:
    after = sk.TimeWindow(FIRST + 6 * HOUR, SECOND)
    assert sk.classify(cuts(), window=after).episodes == ()
    assert sk.classify(cuts(), window=after).condition is sk.Condition.NORMAL
    assert len(sk.classify(cuts(), window=sk.TimeWindow(after.start - 5 * MINUTE, SECOND)).episodes) == 1


def test_a_window_without_data_is_not_enough() -> None:
    report = sk.classify(cuts(), window=sk.TimeWindow(START - 5 * DAY, START - DAY))
    assert report.condition is sk.Condition.INSUFFICIENT_DATA
    assert report.traces == ()
    assert [one.measured for one in report.coverage] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("bins", "condition"), [(5, sk.Condition.INSUFFICIENT_DATA), (6, sk.Condition.NORMAL)]
)
def test_six_measured_bins_are_enough_to_call_it_normal(bins: int, condition: sk.Condition) -> None:
    values = np.full(100, np.nan)
    values[20 : 20 + bins] = 5000.0
    assert sk.classify([signal(BGP, values, 5 * MINUTE)]).condition is condition


def test_the_settings_say_what_is_a_disruption() -> None:
    signals = world({PROBING: [(FIRST, FIRST + 6 * HOUR, 0.3)]}, start=START, days=12)
    assert len(sk.classify(signals).episodes) == 1
    assert sk.classify(signals, settings=sk.DetectionSettings(loss=0.5)).episodes == ()


# --- history, context, controls


def test_history_of_other_entities_is_ignored() -> None:
    elsewhere = [incident(FIRST - DAY, FIRST - 20 * HOUR, "UA")]
    assert sk.classify(cuts(), history=elsewhere) == sk.classify(cuts())


def test_history_of_the_entity_counts() -> None:
    before = [incident(FIRST - k * DAY, FIRST - k * DAY + 6 * HOUR) for k in (1, 2, 3)]
    plain, known = sk.classify(cuts()), sk.classify(cuts(), history=before)
    assert known.episodes[0].verdict.p_deliberate > plain.episodes[0].verdict.p_deliberate + 0.05
    assert [one.episode for one in known.episodes] == [one.episode for one in plain.episodes]


def test_context_is_for_those_it_is_about() -> None:
    own = context(sk.ContextKind.POWER_FAULT, FIRST, FIRST + HOUR)
    other = context(sk.ContextKind.POWER_FAULT, FIRST, FIRST + HOUR, entity="UA")
    plain = sk.classify(cuts())
    assert sk.classify(cuts(), context=[other]) == plain
    told = sk.classify(cuts(), context=[own])
    assert told.episodes[0].verdict.p_deliberate < plain.episodes[0].verdict.p_deliberate
    assert told.episodes[1] == plain.episodes[1]


def test_controls_of_the_entity_itself_are_left_out() -> None:
    assert sk.classify(cuts(), controls=cuts()) == sk.classify(cuts())


def test_neighbours_that_fell_too_speak_against_an_order() -> None:
    alone = sk.classify(
        cuts(),
        controls=[
            *world({BGP: []}, start=START, days=16, entity="UA"),
            *world({BGP: []}, start=START, days=16, entity="PL"),
        ],
    )
    shared = sk.classify(cuts(), controls=[*cuts("UA"), *world({BGP: []}, start=START, days=16, entity="PL")])
    assert (
        "None of the 2 other countries"
        in evidence_of(alone.episodes[0].verdict, "neighbours.fell-too")[0].text
    )
    (found,) = evidence_of(shared.episodes[0].verdict, "neighbours.fell-too")
    assert found.text == "Other countries fell within half an hour: UA."
    assert shared.episodes[0].verdict.p_deliberate < alone.episodes[0].verdict.p_deliberate


def test_a_neighbour_that_one_plane_alone_saw_fall_is_no_witness() -> None:
    steady = world({BGP: []}, start=START, days=16, entity="PL")
    report = sk.classify(cuts(), controls=[*cuts("UA", BGP), *steady])
    (found,) = evidence_of(report.episodes[0].verdict, "neighbours.fell-too")
    assert found.text.startswith("None of the 2")


def test_networks_that_went_dark_together_are_counted() -> None:
    networks = [s for n in (6697, 25106, 42772) for s in cuts(f"AS{n}", PROBING)]
    steady = world({BGP: []}, start=START, days=16, entity="AS6697")
    report = sk.classify(cuts(), controls=[*networks, *steady])
    verdict = report.episodes[0].verdict
    (together,) = evidence_of(verdict, "networks.together")
    assert together.text == "3 of 3 networks at hand went dark within 0 minutes of each other."
    (kept,) = evidence_of(verdict, "networks.routes-kept")
    assert kept.text.startswith("AS6697 kept")
    assert (
        evidence_of(sk.classify(cuts("AS6697"), controls=networks).episodes[0].verdict, "networks.together")
        == []
    )


def test_attribute_sees_what_classify_sees() -> None:
    signals = cuts()
    report = sk.classify(signals)
    both = [one.episode for one in report.episodes]
    for one in report.episodes:
        found = sk.attribute(one.episode, history=both, signals=signals)
        assert found == one.verdict.attribution


def test_attribute_ignores_the_history_of_other_entities() -> None:
    one = sk.classify(cuts()).episodes[0].episode
    elsewhere = [incident(FIRST - k * DAY, FIRST - k * DAY + 6 * HOUR, "UA") for k in (1, 2)]
    own = [incident(FIRST - k * DAY, FIRST - k * DAY + 6 * HOUR) for k in (1, 2)]
    assert sk.attribute(one, history=elsewhere) == sk.attribute(one)
    assert sk.attribute(one, history=own).p_deliberate > sk.attribute(one).p_deliberate


# --- what the report says beside


def test_failures_are_passed_through() -> None:
    failures = (sk.SourceFailure("ooni", "timed out after 30 s"), sk.SourceFailure("atlas", "no key"))
    report = sk.classify(cuts(), failures=iter(failures))
    assert report.failures == failures
    assert report.episodes == sk.classify(cuts()).episodes


def test_licences_of_all_that_was_judged_are_listed_once() -> None:
    bgp, probing = cuts()
    report = sk.classify(
        [
            from_source(bgp, "ioda", "all rights reserved"),
            from_source(probing, "ioda", "all rights reserved"),
        ],
        controls=[from_source(one, "other", "CC BY 4.0") for one in cuts("UA")],
    )
    assert report.licences == ("CC BY 4.0", "all rights reserved")


def test_the_first_lines_of_notes_become_notices_once() -> None:
    bgp, probing = cuts()
    note = "A reconstruction.\nFrom a table."
    report = sk.classify([from_source(bgp, "a", "x", note), from_source(probing, "b", "x", note)])
    assert report.notices == ("A reconstruction.",)
    assert sk.classify(cuts()).notices == ()


def test_coverage_says_how_much_of_the_window_was_measured() -> None:
    values = quiet(BGP, 16)
    window = sk.TimeWindow(START + 10 * DAY, START + 12 * DAY)
    values[10 * 288 : 10 * 288 + 72] = np.nan  # the window's first six hours
    values[11 * 288 : 11 * 288 + 72] = np.nan
    one = from_source(signal(BGP, values, 5 * MINUTE), "ioda", "all rights reserved")
    (found,) = sk.classify([one], window=window).coverage
    assert (found.kind, str(found.entity), found.subject) == (sk.KINDS[BGP], "BY", None)
    assert found.measured == 0.75
    assert found.step == 5 * MINUTE
    assert found.history == 10 * DAY
    assert found.first == START + 10 * DAY + 6 * HOUR
    assert found.last == START + 12 * DAY - 5 * MINUTE
    assert (found.source, found.licence) == ("ioda", "all rights reserved")


def test_a_window_longer_than_the_data_is_not_covered() -> None:
    (found,) = sk.classify(
        [signal(BGP, quiet(BGP, 2), 5 * MINUTE)], window=sk.TimeWindow(START - 2 * DAY, START + 6 * DAY)
    ).coverage
    assert found.measured == 0.25
    assert found.history == timedelta(0)


def blind(*signals: sk.Signal) -> set[str]:
    """The planes that nobody measured, and ``other`` for other blindness."""
    spots = sk.classify(signals).blind_spots
    return {"other" if spot.plane is None else spot.plane.value for spot in spots}


ALL_PLANES = {plane.value for plane in sk.Plane}


def test_what_nobody_measured_could_not_have_been_seen() -> None:
    kinds = {
        BGP: "routing",
        PROBING: "probing",
        TELESCOPE: "background",
        TRAFFIC: "traffic",
        ATLAS: "vantage",
        OONI: "volume",
    }
    for kind, plane in kinds.items():
        assert blind(*world({kind: []}, start=START, days=2)) == ALL_PLANES - {plane}
    spots = sk.classify(cuts()).blind_spots
    (mobile,) = [spot.text for spot in spots if spot.plane is sk.Plane.TRAFFIC]
    assert "mobile" in mobile


def test_how_well_it_works_does_not_show_who_is_cut_off() -> None:
    others = world({TELESCOPE: []}, start=START, days=2)
    seen = ALL_PLANES - {"background"}
    users = sk.SignalKind("acme.users", "users", sk.Plane.TRAFFIC, aspect=sk.Aspect.QUALITY)
    some = sk.Signal(users, sk.Entity.parse("BY"), sk.TimeSeries(START, HOUR, np.full(48, 9.0)))
    assert blind(some, *others) == seen
    assert blind(signal(LATENCY, np.full(288, 80.0), 10 * MINUTE), *others) == seen
    assert blind(signal(V6, np.full(576, 400.0), 5 * MINUTE), *others) == seen


def test_a_plane_measured_in_five_bins_was_not_watched() -> None:
    few = np.full(300, np.nan)
    few[:5] = 1.0
    assert "traffic" in blind(signal(TRAFFIC, few, 30 * MINUTE), *world({BGP: []}, start=START, days=2))


def test_tests_without_a_subject_do_not_say_which_services_were_blocked() -> None:
    values = np.full(60, 0.02)
    assert "application" in blind(signal(ANOMALY, values, HOUR))
    assert "application" not in blind(signal(ANOMALY, values, HOUR, subject="domain:example.org"))


def test_a_network_has_no_local_time() -> None:
    (spot,) = [s for s in sk.classify(cuts("AS6697")).blind_spots if s.plane is None]
    assert "AS6697" in spot.text
    assert "other" not in blind(*cuts("BY"))


def test_traces_show_the_worst_of_each_coarse_bin() -> None:
    report = sk.classify(cuts())
    assert [trace.kind.name for trace in report.traces] == [BGP, PROBING]
    routing = report.traces[0].series
    assert len(routing) <= 240
    low = np.flatnonzero(routing.values < 0.5)
    assert (
        routing.start + int(low[0]) * routing.step <= FIRST < routing.start + (int(low[0]) + 1) * routing.step
    )
    assert routing.values.min() == pytest.approx(0.1, abs=0.001)
    assert np.median(routing.values) == pytest.approx(1.0)


def test_traces_show_a_single_bad_bin_and_no_missing_one() -> None:
    values = np.full(16 * 288, 5000.0)
    values[3000], values[4000] = 500.0, np.nan
    (trace,) = sk.classify([signal(BGP, values, 5 * MINUTE)]).traces
    low = np.flatnonzero(trace.series.values < 0.99)
    assert low.tolist() == [3000 * 5 * MINUTE // trace.series.step]
    assert trace.series.values[low[0]] == pytest.approx(0.1)


def test_the_overall_condition_is_the_gravest() -> None:
    latency = quiet(PROBING, 16) * 0.0 + 80.0
    latency[3 * 144 : 3 * 144 + 30] = 240.0
    slow = signal(LATENCY, latency, 10 * MINUTE)
    assert sk.classify([slow]).condition is sk.Condition.DEGRADED
    assert sk.classify([slow, *cuts()]).condition is sk.Condition.OUTAGE


# --- the same input, the same report

PROGRAM = """
import sys
import shutdownkit as sk
from tests.unit.judging.builders import context
from tests.unit.judging.test_classify import CUTS, FIRST, HOUR, cuts
events = [context(sk.ContextKind.ELECTION, FIRST, FIRST + HOUR)]
report = sk.classify(cuts("BY"), controls=[*cuts("UA"), *cuts("PL"), *cuts("AS6697")], context=events)
sys.stdout.write(report.to_json())
"""


def test_fresh_interpreters_with_other_hashes_say_the_same() -> None:
    texts = []
    for seed in ("1", "2021"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
        )
        texts.append(ran.stdout)
    assert texts[0] == texts[1]
    assert len(json.loads(texts[0])["episodes"]) == 2
    assert sk.Report.from_json(texts[0]).to_json() == texts[0]


def test_artefacts_and_shallow_losses_are_no_earlier_shutdowns() -> None:
    """A telescope's nightly lows, hosts answering, make no curfew of the fault that comes a day later."""
    days, begin = 20, 15
    probing = quiet(PROBING, days)
    bgp = np.full(days * 288, 5000.0)
    for series, per_day in ((probing, 144), (bgp, 288)):
        first = begin * per_day + per_day // 3
        series[first : first + per_day // 4] = np.floor(series[first : first + per_day // 4] * 0.1)
    telescope = quiet(TELESCOPE, days)
    plain = sk.classify([signal(PROBING, probing, 10 * MINUTE), signal(BGP, bgp, 5 * MINUTE)])
    quiet_too = sk.classify(
        [
            signal(PROBING, probing, 10 * MINUTE),
            signal(BGP, bgp, 5 * MINUTE),
            signal(TELESCOPE, telescope, 5 * MINUTE),
        ]
    )
    for day in range(begin - 3, begin):
        telescope[day * 288 + 96 : day * 288 + 168] = 0.0
    noisy = sk.classify(
        [
            signal(PROBING, probing, 10 * MINUTE),
            signal(BGP, bgp, 5 * MINUTE),
            signal(TELESCOPE, telescope, 5 * MINUTE),
        ]
    )
    assert [one.verdict.condition for one in noisy.episodes] == [sk.Condition.ARTEFACT] * 3 + [
        sk.Condition.OUTAGE
    ]
    rules = {evidence.rule: evidence.stance for evidence in noisy.episodes[-1].verdict.evidence}
    assert rules["recurrence.burst"] is sk.Stance.AGAINST
    assert rules["recurrence.whole-days"] is sk.Stance.AGAINST  # the week was observed, and no other was
    assert noisy.episodes[-1].verdict.p_deliberate == quiet_too.episodes[-1].verdict.p_deliberate
    assert len(plain.episodes) == 1


def detection(begin: datetime, entity: str = "BY") -> Observation:
    return Observation(
        "ioda",
        sk.Entity.parse(entity),
        sk.KINDS[BGP],
        sk.TimeWindow(begin, begin + HOUR),
        "It saw a loss.",
        "IODA's help page",
    )


def test_without_signals_the_report_says_that_the_data_do_not_suffice() -> None:
    failure = sk.SourceFailure("ioda", "no answer", where="https://example.org/x", retry=True)
    window = sk.TimeWindow(START, START + DAY)
    spot = BlindSpot(None, "Nobody looked.")
    told = Account(failures=(failure,), blind_spots=(spot, spot), notices=("Read this.",))
    report = sk.classify((), entity=sk.Entity.parse("BY"), window=window, account=told)
    assert report.condition is sk.Condition.INSUFFICIENT_DATA
    assert report.failures == (failure,)
    assert report.notices == ("Read this.",)
    assert report.blind_spots.count(spot) == 1
    assert report.blind_spots[-1] == spot
    assert "asking again may help" in str(report)
    assert sk.Report.from_json(report.to_json()) == report
    with pytest.raises(sk.CallerError, match="window"):
        sk.classify((), entity=sk.Entity.parse("BY"))
    with pytest.raises(sk.CallerError, match="there is none"):
        sk.classify((), window=window)


def test_signals_of_another_entity_than_the_one_named_are_refused() -> None:
    with pytest.raises(sk.CallerError, match="2 entities"):
        sk.classify(cuts(), entity=sk.Entity.parse("PL"))


def test_a_detection_stands_beside_its_episode_or_among_the_notices() -> None:
    signals = cuts()
    plain = sk.classify(signals)
    told = Account(
        observations=(
            detection(FIRST),
            detection(FIRST, "PL"),
            *(detection(START + 2 * DAY + hour * HOUR) for hour in range(7)),
        )
    )
    report = sk.classify(signals, account=told)
    beside = [evidence_of(one.verdict, "crosscheck.detected") for one in report.episodes]
    assert [len(found) for found in beside] == [1, 0]
    assert beside[0][0].stance is sk.Stance.DISCARDED
    assert [one.verdict.probabilities for one in report.episodes] == [
        one.verdict.probabilities for one in plain.episodes
    ]
    alone = [notice for notice in report.notices if notice not in plain.notices]
    assert len(alone) == 6
    assert alone[0].endswith("No episode was found here at that time.")
    assert alone[5] == "2 more detections at times without an episode."


def test_a_fault_that_a_source_knows_of_makes_an_artefact() -> None:
    """What one instrument alone reads while it is known to have failed is no outage."""
    probes = quiet(PROBING, 20)
    probes[15 * 144 : 15 * 144 + 12] = 0.0
    given = [signal(PROBING, probes, 10 * MINUTE)]
    begin = START + 15 * DAY
    known = sk.InstrumentFault(
        sk.KINDS[PROBING],
        sk.TimeWindow(begin - HOUR, begin + 3 * HOUR),
        (sk.Entity.parse("BY"),),
        "The prober was restarted",
    )
    assert [one.verdict.condition for one in sk.classify(given).episodes] == [sk.Condition.OUTAGE]
    report = sk.classify(given, account=Account(faults=(known,)))
    assert [one.verdict.condition for one in report.episodes] == [sk.Condition.ARTEFACT]
    assert report.condition is sk.Condition.ARTEFACT
    assert report.faults == (known,)
