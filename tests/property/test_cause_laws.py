"""Laws of the rules of judgement that are not fitted, and worlds made to the signature of each cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.condition import contradicted
from shutdownkit.judging.rules.proposals import PROPOSALS
from shutdownkit.judging.rules.rule import likelihood_ratio

from ..unit.judging.builders import (
    ANOMALY,
    ATLAS,
    BGP,
    DAY,
    DOWNLOAD,
    HOUR,
    LATENCY,
    LOSS,
    MINUTE,
    PROBING,
    TELESCOPE,
    TRAFFIC,
    V6,
    at,
    episode,
    event,
    facts,
    held,
    signal,
)

T = at("2023-05-10T09:00")
BASE = 2 * DAY  # of signals before the onset
OWN = sorted({rule for rule, _ in PROPOSALS} | {"volume.one-network", "crosscheck.detected"})
RULE = {rule.id: rule for rule in sk.RULES.rules}
UNFITTED = sk.RULES.without(*(rule for rule in RULE if rule not in OWN))
FALLING = (BGP, V6, PROBING, LOSS, TELESCOPE, TRAFFIC, ATLAS)
MEASURED = (BGP, PROBING, TELESCOPE, TRAFFIC, LATENCY, LOSS)
TECHNICAL = [cause for cause in sk.Cause if cause is not sk.Cause.DELIBERATE]


def shares(low: float = 0.1, high: float = 1.0) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda value: round(value, 3))


def minutes(low: int, high: int) -> st.SearchStrategy[timedelta]:
    return st.integers(low, high).map(lambda value: value * MINUTE)


@st.composite
def outages(draw: st.DrawFn, *, entity: str = "BY", early: timedelta = timedelta(0)) -> sk.Episode:
    """Losses on one to four signals, and perhaps delays or failing services among them."""
    kinds = draw(st.lists(st.sampled_from(FALLING), min_size=1, max_size=4, unique=True))
    kinds += draw(st.lists(st.sampled_from((LATENCY, DOWNLOAD, ANOMALY)), max_size=2, unique=True))
    events = []
    for kind in kinds:
        begin = T - early + draw(minutes(-200, 60))
        fall, rise = draw(st.none() | minutes(0, 900)), draw(st.none() | minutes(0, 3000))
        subject = "domain:example.org" if kind == ANOMALY else None
        end = begin + draw(minutes(10, 4000))
        depth = draw(shares())
        events.append(event(kind, begin, end, depth, entity=entity, subject=subject, fall=fall, rise=rise))
    return episode(*events)


@st.composite
def networks(draw: st.DrawFn) -> sk.Facts:
    """A network that lost much, with its routes measured or not."""
    begin = T + draw(minutes(-200, 500))
    lost = event(
        PROBING,
        begin,
        begin + draw(minutes(30, 900)),
        draw(shares(0.5)),
        entity=f"AS{draw(st.integers(1, 9))}",
        fall=draw(st.none() | minutes(0, 90)),
    )
    return facts(episode(lost), measured=draw(st.sampled_from([(), (BGP,)])))


@st.composite
def scenes(draw: st.DrawFn) -> sk.Facts:
    """An outage of Belarus with all kinds of things around it."""
    dark = draw(st.lists(networks(), max_size=4))
    others = [draw(outages(early=early)) for early in draw(st.lists(minutes(60, 80_000), max_size=2))]
    return facts(
        draw(outages()),
        measured=draw(st.lists(st.sampled_from(MEASURED), unique=True)),
        before=BASE,
        others=others,
        blocking=draw(st.lists(outages(early=DAY), max_size=1)),
        networks=dark,
        networks_watched=len({one.entity for one in dark}) + draw(st.integers(0, 6)),
        neighbours=draw(
            st.lists(st.sampled_from(("UA", "PL")).flatmap(lambda e: outages(entity=e)), max_size=1)
        ),
        neighbours_watched=draw(st.integers(0, 4)),
    )


def ratio(rule: str, of: sk.Facts) -> float:
    """What a rule says of "deliberate" in all (nats)."""
    found = RULE[rule].findings(of)
    return sum(likelihood_ratio(one.causes, sk.RULES.prior) for one in found if one.causes is not None)


# --- laws of single findings


@given(scenes())
def test_every_finding_can_be_checked_and_none_speaks_for_an_unknown_fault(given_: sk.Facts) -> None:
    """Its sentence holds a number or a name; what is missing weighs nothing."""
    names = [plane.value for plane in sk.Plane] + sorted(sk.KINDS) + ["AS", "UA", "PL"]
    for rule in OWN:
        for one in RULE[rule].findings(given_):
            assert re.search(r"\d", one.text) or any(name in one.text for name in names), one.text
            if one.causes is not None:
                assert one.causes[sk.Cause.UNKNOWN_TECHNICAL] == 0.0
            else:
                assert one.stance in {sk.Stance.MISSING, sk.Stance.DISCARDED}


@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_around_does_not_matter(given_: sk.Facts, chance: Random) -> None:
    def mixed(values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(chance.sample(values, len(values)))

    around = given_.around
    around = evolve(around, signals=mixed(around.signals), others=mixed(around.others))
    around = evolve(around, blocking=mixed(around.blocking), networks=mixed(around.networks))
    other = sk.Facts(given_.episode, evolve(around, neighbours=mixed(around.neighbours)))
    assert UNFITTED.evidence(other) == UNFITTED.evidence(given_)


@given(scenes(), st.data())
def test_what_was_not_measured_never_speaks_for_deliberate(given_: sk.Facts, data: st.DataObject) -> None:
    """Taking measurements away lifts no finding above what it was, or above nothing.

    But for a reading that is contradicted: what contradicts it is what keeps it from being used.
    """
    assume(not contradicted(given_))
    kept = data.draw(
        st.lists(st.sampled_from(given_.around.signals), unique_by=id)
        if given_.around.signals
        else st.just([])
    )
    less = evolve(given_.around, signals=tuple(kept))
    if data.draw(st.booleans()):
        less = evolve(less, networks=(), networks_watched=0)
    if data.draw(st.booleans()):
        less = evolve(less, neighbours=(), neighbours_watched=0)
    for rule in OWN:
        assert ratio(rule, sk.Facts(given_.episode, less)) <= max(0.0, ratio(rule, given_)), rule


@given(outages(), st.sampled_from(("UA", "AS6697", "BY/HM")), st.sampled_from(MEASURED))
def test_a_signal_of_another_entity_changes_nothing(one: sk.Episode, entity: str, kind: str) -> None:
    own = [held(name, one.window, before=BASE) for name in MEASURED]
    stranger = held(kind, one.window, entity=entity, before=BASE)
    assert sk.attribute(one, signals=[*own, stranger]) == sk.attribute(one, signals=own)


# --- the signature of each cause, and the same world without it


def base(draw: st.DrawFn) -> tuple[timedelta, sk.Entity]:
    """Minutes off the clock in every zone, and a country."""
    return draw(st.sampled_from((12, 13, 17, 18, 41, 47))) * MINUTE, sk.Entity.parse("BY")


@st.composite
def power_cuts(draw: st.DrawFn, *, signed: bool) -> sk.Facts:
    """Routes stay, hosts go at a stroke, and come back over a night and more."""
    late, _ = base(draw)
    hours = draw(st.integers(14, 23))
    depth = draw(shares(0.8, 0.95))
    rise = draw(st.integers(6, 12)) * HOUR if signed else None
    lost = [
        event(kind, T + late, T + late + hours * HOUR, depth, fall=10 * MINUTE, rise=rise, step=10 * MINUTE)
        for kind in (PROBING, TELESCOPE)
    ]
    return facts(episode(*lost), measured=[BGP] if signed else [], before=BASE)


@st.composite
def cable_cuts(draw: st.DrawFn, *, signed: bool) -> sk.Facts:
    """A part is lost; the neighbours lose too, and what remains takes a detour."""
    late, _ = base(draw)
    begin, hours = T + late, draw(st.integers(4, 11))
    lost = [event(kind, begin, begin + hours * HOUR, draw(shares(0.25, 0.49))) for kind in (PROBING, BGP)]
    one = episode(*lost)
    if not signed:
        return facts(one)
    near = episode(*(event(kind, begin, begin + HOUR, 0.6, entity="UA") for kind in (PROBING, BGP)))
    step = 10 * MINUTE
    bins = (BASE + hours * HOUR) // step
    longer = draw(st.floats(1.3, 2.0))
    values = np.where(np.arange(bins) >= BASE // step, longer * 80.0, 80.0)
    detour = signal(LATENCY, values, step, start=begin - BASE)
    around = facts(one, neighbours=[near], neighbours_watched=3).around
    return sk.Facts(one, evolve(around, signals=(detour,)))


@st.composite
def leaks(draw: st.DrawFn, *, signed: bool) -> sk.Facts:
    """Congested first, then networks unevenly hit, and all back at once."""
    late, _ = base(draw)
    begin, length = T + late, draw(minutes(130, 700))
    kinds = (PROBING, BGP) if signed else (PROBING, TELESCOPE)
    lost = [
        event(
            kind,
            begin,
            begin + length,
            draw(shares(0.55, 0.75)),
            fall=timedelta(0),
            rise=timedelta(0) if signed else None,
        )
        for kind in kinds
    ]
    if not signed:
        return facts(episode(*lost))
    window = sk.TimeWindow(begin, begin + length)
    slow = event(LATENCY, begin - draw(minutes(15, 90)), begin + length, 0.5)
    one = sk.Episode(entity=sk.Entity.parse("BY"), window=window, events=(*lost, slow))
    hit = [
        facts(episode(event(PROBING, begin, begin + length, depth, entity=f"AS{number}")))
        for number, depth in enumerate(draw(st.permutations((0.95, 0.9, 0.6, 0.7))), start=1)
    ]
    return facts(one, networks=hit, networks_watched=draw(st.integers(5, 12)))


@st.composite
def floods(draw: st.DrawFn, *, signed: bool) -> sk.Facts:
    """Short repeated losses, with delays before."""
    late, _ = base(draw)
    begin, length = T + late, draw(minutes(15, 50))
    depth = draw(shares(0.6, 0.9))
    pulses = [
        event(PROBING, begin - gap, begin - gap + length, depth) for gap in (118 * MINUTE, 243 * MINUTE)
    ]
    lost = event(PROBING, begin, begin + length, depth)
    if not signed:
        return facts(episode(lost))
    slow = event(LATENCY, begin - draw(minutes(12, 60)), begin + length, 0.5)
    window = sk.TimeWindow(begin, begin + length)
    one = sk.Episode(entity=sk.Entity.parse("BY"), window=window, events=(lost, slow))
    return facts(one, others=[episode(pulse) for pulse in pulses])


@st.composite
def storms(draw: st.DrawFn, *, signed: bool) -> sk.Facts:
    """It falls over hours and comes back over days."""
    late, _ = base(draw)
    fall, rise = draw(st.integers(6, 24)) * HOUR, draw(st.integers(36, 90)) * HOUR
    begin = T + late
    end = begin + (fall + rise + 2 * HOUR if signed else 8 * HOUR)
    depth = draw(shares(0.3, 0.7))
    lost = [
        event(
            kind, begin, end, depth, fall=fall if signed else None, rise=rise if signed else None, step=HOUR
        )
        for kind in (PROBING, TELESCOPE)
    ]
    return facts(episode(*lost))


@st.composite
def faults_of_one_operator(draw: st.DrawFn, *, signed: bool) -> sk.Facts:
    """One network goes dark and the others hold."""
    late, _ = base(draw)
    begin, length = T + late, draw(minutes(130, 700))
    lost = [
        event(kind, begin, begin + length, draw(shares(0.3, 0.7)), fall=timedelta(0))
        for kind in (PROBING, TELESCOPE)
    ]
    dark = facts(
        episode(event(PROBING, begin + draw(minutes(-20, 20)), begin + length, 0.95, entity="AS6697"))
    )
    watched = draw(st.integers(3, 20)) if signed else 0
    return facts(episode(*lost), networks=[dark] if signed else [], networks_watched=watched)


Worlds = Callable[..., st.SearchStrategy[sk.Facts]]
WORLDS: dict[sk.Cause, Worlds] = {
    sk.Cause.POWER: power_cuts,
    sk.Cause.CABLE: cable_cuts,
    sk.Cause.ROUTING: leaks,
    sk.Cause.ATTACK: floods,
    sk.Cause.DISASTER: storms,
    sk.Cause.EQUIPMENT: faults_of_one_operator,
}


def likeliest_fault(rules: sk.RuleSet, of: sk.Facts) -> sk.Cause:
    probabilities = rules.posterior(rules.evidence(of))
    return max(TECHNICAL, key=lambda cause: probabilities[cause])


def test_every_fault_that_has_a_name_has_a_world() -> None:
    assert set(WORLDS) == set(TECHNICAL) - {sk.Cause.UNKNOWN_TECHNICAL}


@given(st.sampled_from(sorted(WORLDS, key=list(sk.Cause).index)), st.data())
def test_a_world_made_to_a_signature_is_told_and_without_it_is_not(
    cause: sk.Cause, data: st.DataObject
) -> None:
    world = data.draw(WORLDS[cause](signed=True))
    assert likeliest_fault(UNFITTED, world) is cause
    assert sk.RULES.posterior(sk.RULES.evidence(world))[sk.Cause.DELIBERATE] < 0.5
    plain = data.draw(WORLDS[cause](signed=False))
    assert likeliest_fault(UNFITTED, plain) is sk.Cause.UNKNOWN_TECHNICAL
    assert sk.RULES.posterior(sk.RULES.evidence(plain))[sk.Cause.DELIBERATE] < 0.5


@st.composite
def nondescript(draw: st.DrawFn) -> sk.Facts:
    """Losses of any depth on any planes, of which no more is known."""
    kinds = draw(
        st.lists(st.sampled_from((BGP, PROBING, TELESCOPE, TRAFFIC, ATLAS)), min_size=1, unique=True)
    )
    begin = T + draw(minutes(-600, 600))
    length = draw(minutes(20, 700))
    events = [
        event(
            kind,
            begin + draw(minutes(0, 30)),
            begin + length + 30 * MINUTE,
            draw(shares()),
            fall=draw(st.none() | minutes(0, 170)),
            rise=draw(st.none() | minutes(0, 350)),
        )
        for kind in kinds
    ]
    return facts(episode(*events))


@given(nondescript())
def test_where_nothing_names_a_cause_the_fault_has_no_name(given_: sk.Facts) -> None:
    assert likeliest_fault(UNFITTED, given_) is sk.Cause.UNKNOWN_TECHNICAL
