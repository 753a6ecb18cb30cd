"""What is slowed, what is congested, and what nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
import pytest

import shutdownkit as sk
from shutdownkit.judging.attribute import attribution_of
from shutdownkit.judging.condition import condition_of
from shutdownkit.judging.contrast import contrast
from shutdownkit.judging.facts import Facts, Surroundings
from shutdownkit.judging.mechanism import mechanism_of
from shutdownkit.judging.slowing import handshakes_of, slowing_of
from shutdownkit.model.reach import Block, Blocking
from shutdownkit.model.service_tests import Layer

from .builders import BGP, DAY, DOWNLOAD, HOUR, LATENCY, PROBING, START, episode, event, evidence_of, signal
from .slow_builders import BEGIN, HANDSHAKE, RULESET, hours_of, judged, round_trips, speeds, throughput

LENGTH = 48 * HOUR
END = BEGIN + LENGTH
PART = hours_of(BEGIN - START, LENGTH)
THROTTLING, UNKNOWN = sk.Mechanism.THROTTLING, sk.Mechanism.UNKNOWN
DEGRADED, BLOCKING = sk.Condition.DEGRADED, sk.Condition.BLOCKING


def slow(left: float = 0.25, varies: float = 0.02, longer: float = 1.0, seed: int = 0) -> list[sk.Signal]:
    """Two days at a share of the throughput, that varies so much, with round trips so many times as long."""
    rng = np.random.default_rng(seed)
    down, delay = throughput(rng), round_trips(rng)
    down[PART] = 20.0 * left * rng.lognormal(0.0, varies, 48)
    delay[PART] *= longer
    return speeds(down, delay)


def verdict_of(signals: list[sk.Signal]) -> sk.Verdict:
    (one,) = judged(signals).episodes
    return one.verdict


def stance_of(facts: Facts, rule: str) -> sk.Stance:
    (one,) = evidence_of(attribution_of(facts, RULESET), rule)
    return one.stance


def judge(facts: Facts) -> tuple[sk.Condition, sk.Mechanism]:
    condition = condition_of(facts)
    return condition, mechanism_of(facts, condition, attribution_of(facts, RULESET).p_deliberate)


def of_event(signals: Iterable[sk.Signal], *kinds: str, depth: float = 0.75) -> Facts:
    """An episode of the two days, of throughput and of these kinds."""
    events = [event(kind, BEGIN, END, depth, step=HOUR) for kind in (DOWNLOAD, *kinds)]
    return Facts(episode(*events), Surroundings(signals=tuple(signals)))


# --- the signature


def test_the_signature_is_throttling_and_the_evidence_says_why() -> None:
    verdict = verdict_of(slow())
    assert (verdict.condition, verdict.mechanism) == (DEGRADED, THROTTLING)
    assert 0.5 < verdict.p_deliberate < 0.7
    (said,) = evidence_of(verdict, "throttling.signature")
    assert said.stance is sk.Stance.FOR
    assert said.text.startswith("Throughput fell by 7")
    assert said.text.endswith("0.1 times as much as before: a limit sets it.")


def test_congestion_speaks_against() -> None:
    verdict = verdict_of(slow(longer=3.0))
    assert (verdict.condition, verdict.mechanism) == (DEGRADED, UNKNOWN)
    assert verdict.p_deliberate < 0.13
    assert verdict.probabilities[sk.Cause.ATTACK] > 0.05
    (said,) = evidence_of(verdict, "throttling.signature")
    assert said.stance is sk.Stance.AGAINST
    assert "3.0 times as long: that is congestion" in said.text


@pytest.mark.parametrize(("longer", "flat"), [(0.3, True), (1.0, True), (1.19, True), (1.21, False)])
def test_a_fifth_longer_is_flat(longer: float, flat: bool) -> None:
    down, _ = slow()
    delay = np.full(23 * 24, 60.0)
    delay[PART] *= longer
    found = slowing_of(of_event([down, signal("throughput.rtt", delay, HOUR)]))
    assert found is not None
    assert found.flat is flat
    assert found.delayed is not flat
    assert found.is_throttling is flat


def test_latency_from_outside_serves_as_well_and_the_longest_counts() -> None:
    down, flat = slow()
    latency = signal(LATENCY, flat.series.values, HOUR)
    assert judge(of_event([down, latency])) == (DEGRADED, THROTTLING)
    longer = signal(LATENCY, slow(longer=2.0)[1].series.values, HOUR)
    assert judge(of_event([down, flat, longer])) == (DEGRADED, UNKNOWN)
    assert judge(of_event([down, latency], "throughput.rtt")) == (DEGRADED, UNKNOWN)


@pytest.mark.parametrize(
    ("days", "share", "shrunken"),
    [(2, 0.44, True), (2, 0.46, False), (5, 0.49, True), (5, 0.51, False), (1, 0.22, True), (1, 0.23, False)],
)
def test_less_than_half_the_variation_is_shrunken(days: int, share: float, shrunken: bool) -> None:
    """Half of what was before; of few hours less, beyond chance."""
    hours = np.arange(23 * 24)
    values = np.where(hours % 2, 22.0, 18.0)
    part = hours_of(BEGIN - START, days * DAY)
    values[part] = 5.0 * np.where(hours[part] % 2, 1.0 + 0.1 * share, 1.0 - 0.1 * share)
    one = episode(event(DOWNLOAD, BEGIN, BEGIN + days * DAY, 0.75, step=HOUR))
    around = Surroundings(signals=(signal(DOWNLOAD, values, HOUR), slow()[1]))
    found = slowing_of(Facts(one, around))
    assert found is not None
    assert found.spread == pytest.approx(share, rel=1e-6)
    assert found.shrunken is shrunken
    assert found.is_throttling is shrunken


@pytest.mark.parametrize(("before", "usual"), [(0, False), (12, False), (13, True)])
def test_what_was_as_slow_for_half_a_day_before_is_usual(before: int, usual: bool) -> None:
    """Half of one day of the 14, however little it varies now."""
    down, delay = slow()
    values = down.series.values.copy()
    values[10 * 24 : 10 * 24 + before] = 6.0
    facts = of_event([signal(DOWNLOAD, values, HOUR), delay])
    found = slowing_of(facts)
    assert found is not None
    assert (found.flat, found.shrunken, found.usual) == (True, True, usual)
    assert found.is_throttling is not usual
    assert stance_of(facts, "throttling.signature") is (sk.Stance.AGAINST if usual else sk.Stance.FOR)


@pytest.mark.parametrize(("kept", "known"), [(23, False), (24, True)])
def test_a_day_of_hours_is_enough(kept: int, known: bool) -> None:
    down, delay = slow()
    for short in (0, 1):
        values = [down.series.values.copy(), delay.series.values.copy()]
        values[short][PART.start + kept : PART.stop] = np.nan
        facts = of_event(speeds(*values))
        assert judge(facts) == (DEGRADED, THROTTLING if known else UNKNOWN)
        expected = sk.Stance.FOR if known else sk.Stance.MISSING
        assert stance_of(facts, "throttling.signature") is expected


def test_a_series_that_never_varied_cannot_vary_less() -> None:
    flat = np.full(23 * 24, 20.0)
    flat[PART] = 5.0
    facts = of_event([signal(DOWNLOAD, flat, HOUR), slow()[1]])
    assert judge(facts) == (DEGRADED, UNKNOWN)
    assert stance_of(facts, "throttling.signature") is sk.Stance.MISSING


@pytest.mark.parametrize(("depth", "said"), [(0.49, 0), (0.5, 1)])
def test_throughput_must_halve(depth: float, said: int) -> None:
    facts = of_event(slow(), depth=depth)
    assert len(evidence_of(attribution_of(facts, RULESET), "throttling.signature")) == said
    assert judge(facts) == (DEGRADED, THROTTLING if said else UNKNOWN)


def test_where_connectivity_fell_too_it_is_no_throttling() -> None:
    facts = of_event(slow(), PROBING)
    assert slowing_of(facts) is None
    assert handshakes_of(facts) is None
    assert condition_of(facts) is sk.Condition.OUTAGE


def test_throttling_night_after_night_does_not_become_usual() -> None:
    rng = np.random.default_rng(3)
    down, delay = throughput(rng), round_trips(rng)
    for day in (10, 13, 16, 19):
        down[day * 24 : day * 24 + 30] = 4.0 * rng.lognormal(0.0, 0.02, 30)
    report = judged(speeds(down, delay))
    assert [one.episode.onset for one in report.episodes] == [START + d * DAY for d in (10, 13, 16, 19)]
    assert {one.verdict.mechanism for one in report.episodes} == {THROTTLING}


# --- before and during


def test_evenings_are_compared_with_evenings() -> None:
    hours = np.arange(20 * 24)
    one = signal(DOWNLOAD, hours % 24, HOUR)
    window = sk.TimeWindow(START + 15 * DAY + 18 * HOUR, START + 15 * DAY + 20 * HOUR)
    found = contrast(one, window)
    assert found.during.tolist() == [18, 19]
    assert found.before.tolist() == [18, 19] * 14
    assert found.jumps.tolist() == [1]
    assert found.jumps_before.tolist() == [1] * 14
    left_out = sk.TimeWindow(START + 14 * DAY, START + 14 * DAY + 19 * HOUR)
    assert contrast(one, window, without=[left_out]).before.tolist() == [18, 19] * 13 + [19]


def test_what_was_not_measured_is_not_compared() -> None:
    values = np.full(20 * 24, 10.0)
    values[100:200] = np.nan
    found = contrast(signal(DOWNLOAD, values, HOUR), sk.TimeWindow(BEGIN, BEGIN + DAY))
    assert len(found.before) == 14 * 24 - 100  # from the third day on
    assert not np.isnan(found.before).any()
    assert found.spread_ratio is None
    assert found.ratio == 1.0
    nothing = contrast(signal(DOWNLOAD, values, HOUR), sk.TimeWindow(START - DAY, START))
    assert (nothing.ratio, nothing.mean_ratio, nothing.spread_ratio, nothing.as_low(0.2)) == (None,) * 4


# --- handshakes


def handshakes(
    longer: dict[str, float], *, bins: int = 48, others: Iterable[sk.Signal] = (), seed: int = 0
) -> Facts:
    """Services whose handshakes take so many times as long for two days, of which so many hours are known."""
    rng = np.random.default_rng(seed)
    signals, events = list(others), []
    for name, factor in longer.items():
        values = 200.0 * rng.lognormal(0.0, 0.05, 23 * 24)
        values[PART] *= factor
        values[PART.start + bins : PART.stop] = np.nan
        signals.append(signal(HANDSHAKE, values, HOUR, subject=f"domain:{name}"))
        if factor >= 1.3:
            events.append(event(HANDSHAKE, BEGIN, END, 1 - 1 / factor, subject=f"domain:{name}", step=HOUR))
    return Facts(episode(*events), Surroundings(signals=tuple(signals)))


@pytest.mark.parametrize(
    ("longer", "mechanism", "stance"),
    [
        ({"a": 5.0, "b": 1.0, "c": 1.0}, THROTTLING, sk.Stance.FOR),
        ({"a": 5.0, "b": 9.0, "c": 1.0, "d": 1.1}, THROTTLING, sk.Stance.FOR),
        ({"a": 5.0, "b": 1.0}, UNKNOWN, sk.Stance.AGAINST),
        ({"a": 5.0, "b": 5.0, "c": 5.0, "d": 1.0, "e": 1.0}, UNKNOWN, sk.Stance.AGAINST),
        ({"a": 5.0, "b": 5.0, "c": 5.0}, UNKNOWN, sk.Stance.AGAINST),
        ({"a": 5.0, "b": 1.5, "c": 1.5}, UNKNOWN, sk.Stance.AGAINST),
        ({"a": 5.0, "b": 1.5, "c": 1.0, "d": 1.0}, UNKNOWN, sk.Stance.AGAINST),
        ({"a": 5.0, "b": 1.5, "c": 1.0, "d": 1.0, "e": 1.0}, THROTTLING, sk.Stance.FOR),
        ({"a": 5.0}, UNKNOWN, sk.Stance.MISSING),
    ],
    ids=str,
)
def test_one_who_throttles_chooses(
    longer: dict[str, float], mechanism: sk.Mechanism, stance: sk.Stance
) -> None:
    facts = handshakes(longer)
    assert judge(facts) == (DEGRADED, mechanism)
    assert stance_of(facts, "throttling.handshakes") is stance


def test_handshakes_less_than_twice_as_long_are_not_slowed() -> None:
    assert handshakes_of(handshakes({"a": 1.8, "b": 1.0, "c": 1.0})) is None


def test_others_must_have_been_measured_at_the_time() -> None:
    chosen = {"a": 5.0, "b": 1.0, "c": 1.0}
    assert judge(handshakes(chosen, bins=6)) == (DEGRADED, THROTTLING)
    assert judge(handshakes(chosen, bins=5)) == (DEGRADED, UNKNOWN)


def test_a_full_link_abroad_slows_what_is_hosted_abroad() -> None:
    """Round trips take longer: then those that held may just be nearer."""
    facts = handshakes({"a": 5.0, "b": 1.0, "c": 1.0}, others=[slow(longer=2.0)[1]])
    found = handshakes_of(facts)
    assert found is not None
    assert (found.delayed, found.chosen) == (True, False)
    assert judge(facts) == (DEGRADED, UNKNOWN)
    assert stance_of(facts, "throttling.handshakes") is sk.Stance.AGAINST


def test_signals_of_chosen_handshakes() -> None:
    facts = handshakes({"a": 6.0, "b": 1.0, "c": 1.0})
    (one,) = judged(list(facts.around.signals)).episodes
    assert (one.verdict.condition, one.verdict.mechanism) == (DEGRADED, THROTTLING)
    assert abs(one.episode.onset - BEGIN) <= HOUR


# --- single tests


def block(name: str, *, slowed: bool = True, how: tuple[Layer, ...] = (), failed: int = 5) -> Block:
    return Block(
        name,
        name.title(),
        (f"app:{name}",),
        since=BEGIN,
        last=END,
        slowed=slowed,
        how=how,
        tests=failed,
        failed=failed,
    )


def of_services(*blocks: Block, held: Iterable[str] = (), failed_too: Iterable[str] = ()) -> Facts:
    services = Blocking(blocks, tuple(held), tuple(failed_too))
    one = episode(event("ooni.anomaly-ratio", BEGIN, END, subject="app:telegram", step=HOUR))
    return Facts(one, Surroundings(services=services))


def test_services_that_crawl_while_others_work_are_throttled() -> None:
    facts = of_services(block("telegram"), held=["app:signal", "app:whatsapp"])
    assert judge(facts) == (DEGRADED, THROTTLING)
    (said,) = evidence_of(attribution_of(facts, RULESET), "throttling.services")
    assert said.stance is sk.Stance.FOR
    assert said.text == (
        "Answered and then crawled, though the controls did not: Telegram; app:signal, app:whatsapp worked "
        "on the same networks."
    )


def test_the_fewer_others_were_tested_the_less_it_says() -> None:
    two, one, none = (
        attribution_of(of_services(block("telegram"), held=held), RULESET)
        for held in (("a", "b"), ("a",), ())
    )
    assert two.p_deliberate > one.p_deliberate == none.p_deliberate
    failing = attribution_of(of_services(block("telegram"), held=["a"], failed_too=["b", "c"]), RULESET)
    (said,) = evidence_of(failing, "throttling.services")
    assert said.stance is sk.Stance.AGAINST


def test_blocked_beside_slowed_is_blocked() -> None:
    facts = of_services(block("telegram"), block("signal", slowed=False, how=(Layer.TLS,)))
    assert condition_of(facts) is BLOCKING
    assert mechanism_of(facts, BLOCKING, 0.9) is sk.Mechanism.TLS


@pytest.mark.parametrize(
    ("layer", "mechanism"),
    [
        (Layer.DNS, sk.Mechanism.DNS),
        (Layer.TLS, sk.Mechanism.TLS),
        (Layer.TCP, sk.Mechanism.FILTERING),
        (Layer.HTTP, sk.Mechanism.FILTERING),
    ],
)
def test_how_services_are_blocked_follows_from_the_layer(layer: Layer, mechanism: sk.Mechanism) -> None:
    facts = of_services(block("signal", slowed=False, how=(layer,)))
    assert condition_of(facts) is BLOCKING
    assert mechanism_of(facts, BLOCKING, 0.2) is mechanism
    assert mechanism_of(facts, BLOCKING, 0.19) is UNKNOWN


def test_the_commonest_layer_decides() -> None:
    blocks = [
        block("signal", slowed=False, how=(Layer.TLS, Layer.DNS), failed=9),
        block("telegram", slowed=False, how=(Layer.DNS,), failed=6),
    ]
    assert mechanism_of(of_services(*blocks), BLOCKING, 0.9) is sk.Mechanism.DNS
    assert mechanism_of(of_services(*blocks[:1]), BLOCKING, 0.9) is sk.Mechanism.TLS


def test_without_a_layer_nobody_knows_how() -> None:
    assert mechanism_of(of_services(block("signal", slowed=False)), BLOCKING, 0.9) is UNKNOWN
    plain = Facts(episode(event("ooni.anomaly-ratio", BEGIN, END, subject="app:signal")))
    assert condition_of(plain) is BLOCKING
    assert mechanism_of(plain, BLOCKING, 0.9) is UNKNOWN


def test_services_beside_an_outage_change_nothing_of_it() -> None:
    events = [event(kind, BEGIN, BEGIN + timedelta(hours=9)) for kind in (BGP, PROBING)]
    services = Blocking((block("telegram"),))
    facts = Facts(episode(*events), Surroundings(services=services))
    assert judge(facts) == (
        sk.Condition.OUTAGE,
        mechanism_of(Facts(episode(*events)), sk.Condition.OUTAGE, 0.9),
    )
