"""What happened, and how it was done if it was done."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from attrs import evolve

import shutdownkit as sk
from shutdownkit.judging.condition import condition_of, contradicted, gravest
from shutdownkit.judging.facts import Surroundings
from shutdownkit.judging.mechanism import mechanism_of

from .builders import (
    ANOMALY,
    ATLAS,
    BGP,
    CONFIRMED,
    DAY,
    DOWNLOAD,
    HOUR,
    INDEX,
    LATENCY,
    LOSS,
    MINUTE,
    OONI,
    PROBING,
    RTT,
    START,
    TELESCOPE,
    TRAFFIC,
    V6,
    at,
    episode,
    event,
    facts,
    quiet,
    signal,
    world,
)

BY = sk.Entity.parse("BY")

T = at("2020-08-09T18:00")
END = T + 6 * HOUR

OUTAGE, DEGRADED, BLOCKING = sk.Condition.OUTAGE, sk.Condition.DEGRADED, sk.Condition.BLOCKING
ARTEFACT, NORMAL = sk.Condition.ARTEFACT, sk.Condition.NORMAL


def fell(*kinds: str, depth: float = 0.9, measured: tuple[str, ...] = ()) -> sk.Facts:
    return facts(episode(*(event(kind, T, END, depth) for kind in kinds)), measured=measured)


# --- condition


@pytest.mark.parametrize(
    ("kinds", "measured", "condition"),
    [
        ((BGP,), (), OUTAGE),
        ((BGP,), (PROBING,), ARTEFACT),
        ((BGP,), (TRAFFIC,), ARTEFACT),
        ((BGP,), (TELESCOPE, ATLAS), OUTAGE),
        ((BGP, PROBING), (TELESCOPE,), OUTAGE),
        ((BGP, PROBING), (TRAFFIC,), ARTEFACT),
        ((PROBING,), (BGP,), OUTAGE),
        ((PROBING,), (TRAFFIC,), ARTEFACT),
        ((TELESCOPE,), (BGP,), OUTAGE),
        ((TELESCOPE,), (PROBING,), ARTEFACT),
        ((TELESCOPE,), (TRAFFIC,), ARTEFACT),
        ((ATLAS,), (PROBING,), ARTEFACT),
        ((ATLAS,), (TRAFFIC,), OUTAGE),
        ((OONI,), (PROBING,), ARTEFACT),
        ((TRAFFIC,), (BGP, PROBING, TELESCOPE, ATLAS), OUTAGE),
        ((TRAFFIC, BGP), (PROBING,), OUTAGE),
        ((LOSS,), (BGP,), OUTAGE),
        ((INDEX,), (), OUTAGE),
        ((OONI,), (), DEGRADED),
        ((OONI, BGP), (), OUTAGE),
        ((LATENCY,), (), DEGRADED),
        ((DOWNLOAD, RTT), (), DEGRADED),
        ((ANOMALY,), (), BLOCKING),
        ((CONFIRMED,), (BGP, PROBING, TRAFFIC), BLOCKING),
        ((ANOMALY, LATENCY), (), BLOCKING),
        ((ANOMALY, PROBING), (), OUTAGE),
    ],
    ids=lambda part: " ".join(part) or "nothing" if isinstance(part, tuple) else part.value,
)
def test_the_condition_follows_from_what_fell_and_what_held(
    kinds: tuple[str, ...], measured: tuple[str, ...], condition: sk.Condition
) -> None:
    assert condition_of(fell(*kinds, measured=measured)) is condition


@pytest.mark.parametrize(
    ("depth", "condition"), [(0.2, DEGRADED), (0.499, DEGRADED), (0.5, OUTAGE), (1.0, OUTAGE)]
)
def test_half_of_the_connectivity_lost_is_an_outage(depth: float, condition: sk.Condition) -> None:
    assert condition_of(fell(BGP, PROBING, depth=depth)) is condition


def test_the_peak_decides_and_not_the_mean() -> None:
    one = sk.Event(
        kind=sk.KINDS[PROBING],
        entity=sk.Entity.parse("BY"),
        window=sk.TimeWindow(T, END),
        depth=0.3,
        peak=0.6,
    )
    assert condition_of(facts(episode(one))) is OUTAGE


def test_volume_alone_is_never_an_outage() -> None:
    assert condition_of(fell(OONI, "ooni.networks", depth=1.0)) is DEGRADED


def test_nothing_but_a_fault_is_an_artefact() -> None:
    one = episode(event(BGP, T, END), event(PROBING, T, END))
    assert condition_of(facts(one, only_faulty=True)) is ARTEFACT


def test_those_that_contradict_are_named() -> None:
    assert contradicted(fell(BGP, measured=(PROBING, TRAFFIC))) == (sk.Plane.PROBING, sk.Plane.TRAFFIC)
    assert contradicted(fell(BGP, PROBING)) == ()
    assert contradicted(fell(ANOMALY, measured=(PROBING,))) == ()


@pytest.mark.parametrize("measured", [(), (BGP,), (PROBING, TRAFFIC)])
def test_the_loss_of_ipv6_routes_alone_is_degraded_whatever_held(measured: tuple[str, ...]) -> None:
    """Hosts and users of IPv4 say nothing of it (Iran, 8 January 2026: seven hours before the cut)."""
    given = fell(V6, measured=measured)
    assert contradicted(given) == ()
    assert condition_of(given) is sk.Condition.DEGRADED
    assert condition_of(fell(V6, PROBING)) is sk.Condition.OUTAGE


def test_a_plane_that_was_down_already_contradicts_nothing() -> None:
    """The routes go six hours into an outage that probing has shown since the day before."""
    before = episode(event(PROBING, T - DAY, END + DAY))
    one = episode(event(BGP, T, END))
    assert condition_of(facts(one, measured=[PROBING])) is ARTEFACT
    assert condition_of(facts(one, measured=[PROBING], others=[before])) is OUTAGE


def test_a_plane_measured_less_than_half_the_time_contradicts_nothing() -> None:
    one = episode(event(BGP, T, END))
    short = world({PROBING: []}, start=T - DAY, days=1 + 2.9 / 24)
    long = world({PROBING: []}, start=T - DAY, days=1 + 3.1 / 24)
    for signals, condition in ((short, OUTAGE), (long, ARTEFACT)):
        around = Surroundings(signals=tuple(signals))
        assert condition_of(sk.Facts(one, around)) is condition


def test_the_gravest_condition() -> None:
    order = [OUTAGE, DEGRADED, BLOCKING, ARTEFACT, NORMAL]
    for index, condition in enumerate(order):
        assert gravest(reversed(order[index:])) is condition
    assert gravest([]) is NORMAL


# --- mechanism

WITHDRAWAL, FILTERING = sk.Mechanism.ROUTING_WITHDRAWAL, sk.Mechanism.FILTERING
MOBILE, UNKNOWN = sk.Mechanism.MOBILE_ONLY, sk.Mechanism.UNKNOWN


@pytest.mark.parametrize(
    ("kinds", "measured", "mechanism"),
    [
        ((BGP, PROBING), (), WITHDRAWAL),
        ((BGP,), (), WITHDRAWAL),
        ((PROBING,), (BGP,), FILTERING),
        ((PROBING, TRAFFIC), (BGP,), FILTERING),
        ((TRAFFIC,), (BGP,), FILTERING),
        ((TRAFFIC,), (BGP, PROBING), MOBILE),
        ((TRAFFIC,), (PROBING,), UNKNOWN),
        ((PROBING,), (), UNKNOWN),
        ((TELESCOPE,), (BGP,), UNKNOWN),
        ((DOWNLOAD,), (BGP,), UNKNOWN),  # without round trips it cannot be told from congestion
        ((DOWNLOAD, RTT), (BGP,), UNKNOWN),
        ((DOWNLOAD, LATENCY), (), UNKNOWN),
        ((LATENCY,), (), UNKNOWN),
    ],
    ids=lambda part: " ".join(part) or "nothing" if isinstance(part, tuple) else part.value,
)
def test_the_mechanism_follows_from_the_planes(
    kinds: tuple[str, ...], measured: tuple[str, ...], mechanism: sk.Mechanism
) -> None:
    given = fell(*kinds, measured=measured)
    assert mechanism_of(given, condition_of(given), 0.5) is mechanism


@pytest.mark.parametrize(("lost", "mechanism"), [(0.49, FILTERING), (0.5, WITHDRAWAL)])
def test_half_of_the_routes_decides(lost: float, mechanism: sk.Mechanism) -> None:
    one = facts(episode(event(BGP, T, END, lost), event(PROBING, T, END, 0.9)))
    assert mechanism_of(one, OUTAGE, 0.5) is mechanism


def test_a_short_dip_of_the_routes_within_an_outage_of_days_is_no_withdrawal() -> None:
    one = facts(episode(event(PROBING, T, T + 5 * DAY), event(BGP, T + DAY, T + DAY + HOUR, 0.9)))
    assert mechanism_of(one, OUTAGE, 0.9) is FILTERING


@pytest.mark.parametrize(("p_deliberate", "mechanism"), [(0.19, UNKNOWN), (0.2, MOBILE)])
def test_no_mechanism_where_deliberate_is_improbable(p_deliberate: float, mechanism: sk.Mechanism) -> None:
    assert mechanism_of(fell(TRAFFIC, measured=(BGP, PROBING)), OUTAGE, p_deliberate) is mechanism


@pytest.mark.parametrize("condition", [ARTEFACT, BLOCKING])
def test_no_mechanism_of_what_was_no_loss(condition: sk.Condition) -> None:
    assert mechanism_of(fell(BGP, PROBING), condition, 0.9) is UNKNOWN


def services(*, networks: int = 1, reached: int = 0, **changes: object) -> sk.Facts:
    """Services that failed, as single tests tell."""
    block = sk.Block(
        "x",
        "X",
        ("domain:x.com",),
        since=T,
        last=END,
        networks=tuple(sk.Entity.parse(f"AS{100 + one}") for one in range(networks)),
        open=tuple(sk.Entity.parse(f"AS{500 + one}") for one in range(reached)),
        tests=9,
        failed=9,
    )
    held = changes.pop("held", ())
    blocking = sk.Blocking((evolve(block, **changes),), held=held)  # type: ignore[arg-type]
    return facts(episode(event(ANOMALY, T, END, 0.9, subject="domain:x.com")), services=blocking)


@pytest.mark.parametrize(
    ("given", "condition"),
    [
        (services(networks=3, reached=4), BLOCKING),
        (services(networks=1, reached=1), BLOCKING),
        (services(networks=1, reached=2), sk.Condition.INSUFFICIENT_DATA),
        (services(networks=1, reached=2, held=("y",)), BLOCKING),
        (services(networks=1, reached=2, confirmed=1), BLOCKING),
        (services(networks=2, reached=2), BLOCKING),
        (services(networks=0, reached=1), BLOCKING),
        (services(networks=0, reached=2), sk.Condition.INSUFFICIENT_DATA),
        (services(networks=1, reached=2, slowed=True), DEGRADED),
    ],
)
def test_that_one_network_fails_while_others_work_is_too_little(
    given: sk.Facts, condition: sk.Condition
) -> None:
    assert condition_of(given) is condition


@pytest.mark.parametrize(
    ("how", "mechanism"),
    [
        ((), UNKNOWN),
        ((sk.Layer.DNS, sk.Layer.TCP), sk.Mechanism.DNS),
        ((sk.Layer.TLS,), sk.Mechanism.TLS),
        ((sk.Layer.TCP, sk.Layer.TLS), FILTERING),
        ((sk.Layer.HTTP,), FILTERING),
    ],
)
def test_how_services_are_blocked_is_the_commonest_layer(
    how: tuple[sk.Layer, ...], mechanism: sk.Mechanism
) -> None:
    assert mechanism_of(services(networks=3, how=how), BLOCKING, 0.9) is mechanism
    assert mechanism_of(services(networks=3, how=how), BLOCKING, 0.1) is UNKNOWN


# --- from signals


def verdict_of(losses: dict[str, float], hours: float = 8) -> sk.Verdict:
    """What is judged of a loss of eight hours on the hour, seen again three days later."""
    ends = timedelta(hours=hours)
    parts = [T + day * DAY for day in (0, 3)]
    signals = world(
        {kind: [(t, t + ends, lost) for t in parts if lost] for kind, lost in losses.items()},
        start=T - 12 * DAY,
        days=18,
        steps={DOWNLOAD: HOUR, RTT: HOUR},
    )
    report = sk.classify(signals)
    assert [one.episode.onset for one in report.episodes] == parts
    return report.episodes[0].verdict


def test_signals_of_a_withdrawal() -> None:
    verdict = verdict_of({BGP: 0.95, PROBING: 0.95})
    assert (verdict.condition, verdict.mechanism) == (OUTAGE, WITHDRAWAL)


def test_signals_of_a_filter() -> None:
    verdict = verdict_of({BGP: 0.0, PROBING: 0.95, TELESCOPE: 0.95})
    assert (verdict.condition, verdict.mechanism) == (OUTAGE, FILTERING)


def test_signals_of_a_cut_of_mobile_networks() -> None:
    verdict = verdict_of({BGP: 0.0, PROBING: 0.0, TRAFFIC: 0.8})
    assert (verdict.condition, verdict.mechanism) == (OUTAGE, MOBILE)
    assert verdict.p_deliberate >= 0.2


def test_signals_of_a_failing_collector() -> None:
    verdict = verdict_of({BGP: 0.95, PROBING: 0.0})
    assert (verdict.condition, verdict.mechanism) == (ARTEFACT, UNKNOWN)


@pytest.mark.parametrize(("lost", "condition"), [(0.44, DEGRADED), (0.56, OUTAGE)])
def test_signals_that_lose_a_little_under_or_over_half(lost: float, condition: sk.Condition) -> None:
    assert verdict_of({BGP: lost, PROBING: lost}).condition is condition


def test_signals_of_fewer_measurements_alone() -> None:
    verdict = verdict_of({OONI: 1.0}, hours=12)
    assert verdict.condition is DEGRADED


def test_an_artefact_is_not_made_deliberate_by_its_hour_or_its_return() -> None:
    """BGP alone falls twice on the hour, three days apart, while hosts answer."""
    times = [at("2023-05-13T06:00"), at("2023-05-16T06:00")]
    values = np.full(20 * 288, 5000.0)
    for time in times:
        first = (time - START) // (5 * MINUTE)
        values[first : first + 96] *= 0.05
    report = sk.classify([signal(BGP, values, 5 * MINUTE), signal(PROBING, quiet(PROBING, 20), 10 * MINUTE)])
    assert [one.episode.onset for one in report.episodes] == times
    for one in report.episodes:
        assert one.verdict.condition is sk.Condition.ARTEFACT
        assert one.verdict.p_deliberate < 0.05
        assert {evidence.rule.split(".")[0] for evidence in one.verdict.evidence} == {"instrument"}


def test_a_short_dip_of_the_routes_does_not_make_a_filtered_week_a_withdrawal() -> None:
    probing = quiet(PROBING, 20)
    first = 12 * 144
    probing[first : first + 5 * 144] = np.floor(probing[first : first + 5 * 144] * 0.1)
    bgp = np.full(20 * 288, 5000.0)
    bgp[12 * 288 + 300 : 12 * 288 + 312] = 0.0
    report = sk.classify(
        [signal(BGP, bgp, 5 * MINUTE, entity="IR"), signal(PROBING, probing, 10 * MINUTE, entity="IR")]
    )
    (one,) = report.episodes
    assert one.verdict.mechanism in {sk.Mechanism.FILTERING, sk.Mechanism.UNKNOWN}
    assert any(evidence.rule == "planes.routes-up" for evidence in one.verdict.evidence)


@pytest.mark.parametrize(("bgp_depth", "expected"), [(0.3, BGP), (0.2, PROBING)])
def test_the_main_event_is_the_finest_of_those_that_took_at_least_half_as_much(
    bgp_depth: float, expected: str
) -> None:
    window = sk.TimeWindow(START, START + 6 * HOUR)
    events = [
        sk.Event(kind=sk.KINDS[BGP], entity=BY, window=window, depth=bgp_depth, step=5 * MINUTE),
        sk.Event(kind=sk.KINDS[PROBING], entity=BY, window=window, depth=0.5, step=10 * MINUTE),
    ]
    main = sk.Facts(sk.Episode(entity=BY, window=window, events=tuple(events))).main_event
    assert main is not None
    assert main.kind.name == expected
