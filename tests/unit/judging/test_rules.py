"""Every built-in rule: when it speaks, for what, and when it is silent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import pytest

import shutdownkit as sk
from shutdownkit.judging.facts import Surroundings
from shutdownkit.judging.fitted.rules import FITTED
from shutdownkit.judging.rules.proposals import proposed
from shutdownkit.model.account import Observation
from shutdownkit.model.reach import Block, Blocking

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
    MINUTE,
    OONI,
    PROBING,
    TELESCOPE,
    TRAFFIC,
    V6,
    at,
    context,
    episode,
    event,
    facts,
    incident,
)

FOR, AGAINST = sk.Stance.FOR, sk.Stance.AGAINST
MISSING, DISCARDED = sk.Stance.MISSING, sk.Stance.DISCARDED

T = at("2020-08-09T18:00")  # 21:00 in Minsk
END = T + 6 * HOUR
SUBJECT = "domain:example.org"


def outage(
    begin: datetime = T,
    end: datetime = END,
    *kinds: str,
    entity: str = "BY",
    depth: float = 0.9,
    step: timedelta = 5 * MINUTE,
    fall: timedelta | None = None,
    rise: timedelta | None = None,
    ongoing: bool = False,
) -> sk.Episode:
    """An episode of these kinds, by default of active probing alone."""
    events = [
        event(kind, begin, end, depth, entity=entity, step=step, fall=fall, rise=rise, ongoing=ongoing)
        for kind in kinds or (PROBING,)
    ]
    return episode(*events, ongoing=ongoing)


def blocking(begin: datetime = T, end: datetime = END, *, subject: str | None = SUBJECT) -> sk.Episode:
    """An episode in which services failed."""
    return episode(event(ANOMALY, begin, end, 0.7, subject=subject, step=HOUR))


def told(
    networks: int = 3,
    *,
    reached: int = 0,
    hours: int = 9,
    services: int = 1,
    held: Iterable[str] = (),
    failed_too: Iterable[str] = (),
    slowed: bool = False,
) -> sk.Facts:
    """An episode of blocking that single tests tell of."""
    blocks = [
        Block(
            service=f"s{number}",
            title=f"Service {number}",
            subjects=(SUBJECT,),
            since=T,
            last=END - HOUR,
            slowed=slowed,
            networks=tuple(sk.Entity.parse(f"AS{100 + one}") for one in range(networks)),
            open=tuple(sk.Entity.parse(f"AS{500 + one}") for one in range(reached)),
            tests=20,
            failed=18,
            hours=hours,
        )
        for number in range(services)
    ]
    return facts(blocking(), services=Blocking(tuple(blocks), tuple(held), tuple(failed_too)))


def slow_handshakes() -> sk.Facts:
    """For two days handshakes with one site took four times as long as in the week before."""
    kind = "ooni.tls-handshake"
    times = np.concatenate([np.full(7 * 24, 30.0), np.full(48, 120.0)])
    slow = sk.Signal(
        sk.KINDS[kind], sk.Entity.parse("BY"), sk.TimeSeries(T - 7 * DAY, HOUR, times), subject=SUBJECT
    )
    one = episode(event(kind, T, T + 2 * DAY, 0.75, subject=SUBJECT, step=HOUR))
    return sk.Facts(one, Surroundings(signals=(slow,)))


def fewer(*kinds: str) -> sk.Episode:
    """An episode in which no measurements arrived any more."""
    return episode(*(event(kind, T, END, 1.0, step=HOUR) for kind in (OONI, *kinds)))


def degraded() -> sk.Episode:
    """An episode in which nothing was lost, only slower."""
    return episode(event(LATENCY, T, END, 0.5))


def congested() -> sk.Episode:
    """An outage before which delays rose for forty minutes."""
    events = (event(PROBING, T, END), event(LATENCY, T - 40 * MINUTE, END, 0.5))
    return sk.Episode(entity=sk.Entity.parse("BY"), window=sk.TimeWindow(T, END), events=events)


def late_probes(kind: str, step: timedelta) -> sk.Episode:
    """An outage from hour to hour, and probes that RIPE Atlas noted at other minutes."""
    return episode(
        event(kind, T, END, step=step),
        event(ATLAS, T + 17 * MINUTE, END - 13 * MINUTE, step=5 * MINUTE),
    )


def network(number: int, begin: datetime, *, depth: float = 0.95, fall: timedelta | None = None) -> sk.Facts:
    """A network whose hosts went silent while its routes stayed."""
    one = episode(event(PROBING, begin, END + 3 * HOUR, depth, entity=f"AS{number}", fall=fall))
    return facts(one, measured=[BGP])


def dark(*apart: timedelta, fall: timedelta | None = timedelta(0)) -> list[sk.Facts]:
    return [network(6697 + k, T + delay, fall=fall) for k, delay in enumerate(apart)]


def fault(begin: datetime = T) -> sk.InstrumentFault:
    entities = (sk.Entity.parse("BY"), sk.Entity.parse("UA"), sk.Entity.parse("PL"))
    return sk.InstrumentFault(sk.KINDS[BGP], sk.TimeWindow(begin, begin + HOUR), entities, "It dipped")


def detection(begin: datetime = T) -> Observation:
    window = sk.TimeWindow(begin, begin + HOUR)
    return Observation("ioda", sk.Entity.parse("BY"), sk.KINDS[BGP], window, "It saw a loss.", "IODA's help")


def reported(
    kind: sk.ContextKind, *, entity: str = "BY", independent: bool = True, off: timedelta = timedelta(0)
) -> list[sk.ContextEvent]:
    return [context(kind, T + off, END + off, entity=entity, independent=independent)]


def pulsing(*minutes: int) -> sk.Facts:
    """Losses of twenty minutes each, so many minutes after 13 past the hour."""
    first, *rest = (
        outage(T + (13 + late) * MINUTE, T + (33 + late) * MINUTE, step=5 * MINUTE) for late in minutes
    )
    return facts(first, others=rest)


def drill(later: timedelta = timedelta(0)) -> sk.Episode:
    """A loss of an hour and a half, 51 days before, from 01:23 in Minsk on."""
    begin = at("2020-06-19T22:23") + later
    return outage(begin, begin + 97 * MINUTE)


def without_http3(ahead: timedelta) -> sk.Facts:
    """An outage before which the share of HTTP/3 fell from 40 to 5 percent."""
    bins = 30 * 24
    values = np.where(np.arange(bins) < (30 * DAY - ahead) // HOUR, 0.40, 0.05)
    share = sk.Signal(
        sk.KINDS["traffic.http3-share"], sk.Entity.parse("BY"), sk.TimeSeries(T - 30 * DAY, HOUR, values)
    )
    return sk.Facts(outage(), Surroundings(signals=(share,)))


WHOLE = tuple(incident(T - days * DAY, END - days * DAY) for days in (1, 2))


class Case(NamedTuple):
    """A rule, a story, and the stances of what the rule finds in it."""

    rule: str
    story: str
    stances: list[sk.Stance]
    facts: sk.Facts


CASES = [
    Case("planes.routes-up", "filtered", [FOR], facts(outage(), measured=[BGP])),
    Case("planes.routes-up", "routing not measured", [], facts(outage())),
    Case("planes.routes-up", "only IPv6 routes measured", [], facts(outage(), measured=[V6])),
    Case(
        "planes.routes-up",
        "IPv6 routes gone, others not measured",
        [],
        facts(episode(event(PROBING, T, END, 1.0), event(V6, T, END, 1.0)), measured=[V6]),
    ),
    Case("planes.routes-up", "routes gone", [], facts(outage(T, END, PROBING, BGP))),
    Case("planes.routes-up", "a part lost", [AGAINST], facts(outage(depth=0.7), measured=[BGP])),
    Case("planes.routes-up", "too little lost", [], facts(outage(depth=0.15), measured=[BGP])),
    Case("planes.routes-gone", "withdrawn", [FOR], facts(outage(T, END, PROBING, BGP))),
    Case("planes.routes-gone", "hosts still answer", [], facts(outage(T, END, BGP), measured=[PROBING])),
    Case("planes.routes-gone", "half", [], facts(outage(T, END, BGP, depth=0.5))),
    Case(
        "planes.ipv6-first",
        "seven hours",
        [FOR],
        facts(episode(event(V6, T - 7 * HOUR, END), event(PROBING, T, END))),
    ),
    Case(
        "planes.ipv6-first",
        "twenty minutes",
        [],
        facts(episode(event(V6, T - 20 * MINUTE, END), event(PROBING, T, END))),
    ),
    Case(
        "planes.ipv6-first",
        "within its own bin",
        [],
        facts(episode(event(V6, T - 45 * MINUTE, END, step=HOUR), event(PROBING, T, END))),
    ),
    Case(
        "planes.ipv6-first",
        "two hours, by the hour",
        [FOR],
        facts(episode(event(V6, T - 2 * HOUR, END, step=HOUR), event(PROBING, T, END))),
    ),
    Case(
        "planes.ipv6-first",
        "half an hour before the end of its bin",
        [FOR],
        facts(episode(event(V6, T - 90 * MINUTE, END, step=HOUR), event(PROBING, T, END))),
    ),
    Case(
        "planes.ipv6-first",
        "two days",
        [],
        facts(episode(event(V6, T - 2 * DAY, END), event(PROBING, T, END))),
    ),
    Case(
        "planes.ipv6-first",
        "a few",
        [],
        facts(episode(event(V6, T - 7 * HOUR, END, 0.4), event(PROBING, T, END))),
    ),
    Case("planes.witnesses", "one", [AGAINST, MISSING], facts(outage(), measured=[BGP, TELESCOPE, ATLAS])),
    Case("planes.witnesses", "two, three unmeasured", [MISSING], facts(outage(T, END, BGP, PROBING))),
    Case("planes.witnesses", "one, unmeasured", [AGAINST, MISSING], facts(outage())),
    Case(
        "planes.witnesses",
        "two of five",
        [],
        facts(outage(T, END, BGP, PROBING), measured=[TELESCOPE, TRAFFIC, ATLAS]),
    ),
    Case("planes.witnesses", "services", [], facts(blocking())),
    Case("planes.partial", "a third", [AGAINST], facts(outage(depth=0.3))),
    Case("planes.partial", "half", [], facts(outage(depth=0.5))),
    Case("planes.partial", "slower", [], facts(degraded())),
    Case(
        "instrument.contradicted", "hosts answer", [AGAINST], facts(outage(T, END, BGP), measured=[PROBING])
    ),
    Case("instrument.contradicted", "not measured", [], facts(outage(T, END, BGP))),
    Case(
        "instrument.contradicted",
        "two fell",
        [AGAINST],
        facts(outage(T, END, BGP, PROBING), measured=[TRAFFIC, TELESCOPE]),
    ),
    Case(
        "instrument.contradicted",
        "traffic alone",
        [],
        facts(outage(T, END, TRAFFIC), measured=[BGP, PROBING]),
    ),
    Case("shape.fall", "a cliff", [FOR], facts(outage(fall=10 * MINUTE))),
    Case("shape.fall", "a slope", [AGAINST], facts(outage(fall=3 * HOUR))),
    Case("shape.fall", "neither", [], facts(outage(fall=HOUR))),
    Case("shape.fall", "coarse", [MISSING], facts(outage(fall=timedelta(0), step=HOUR))),
    Case("shape.fall", "unknown", [], facts(outage())),
    Case("shape.rise", "at once", [FOR], facts(outage(rise=10 * MINUTE))),
    Case("shape.rise", "over a night", [AGAINST], facts(outage(rise=6 * HOUR))),
    Case("shape.rise", "a small part of days", [], facts(outage(end=T + 80 * HOUR, rise=8 * HOUR))),
    Case("shape.rise", "not at a stroke", [AGAINST], facts(outage(rise=2 * HOUR))),
    Case("shape.rise", "neither", [], facts(outage(rise=HOUR))),
    Case("shape.rise", "still lasts", [], facts(outage(ongoing=True))),
    Case(
        "networks.together",
        "at one instant",
        [FOR],
        facts(outage(), networks=dark(*3 * [timedelta(0)]), networks_watched=4),
    ),
    Case(
        "networks.together",
        "in turn",
        [],
        facts(outage(), networks=dark(timedelta(0), 2 * HOUR, 5 * HOUR), networks_watched=3),
    ),
    Case(
        "staging.roll-out",
        "in turn",
        [FOR],
        facts(outage(), networks=dark(timedelta(0), 2 * HOUR, 5 * HOUR), networks_watched=3),
    ),
    Case(
        "staging.roll-out",
        "at one instant",
        [],
        facts(outage(), networks=dark(*3 * [timedelta(0)]), networks_watched=3),
    ),
    Case(
        "staging.roll-out",
        "in turn, gradually",
        [],
        facts(outage(), networks=dark(timedelta(0), 2 * HOUR, 5 * HOUR, fall=2 * HOUR), networks_watched=3),
    ),
    Case(
        "networks.together",
        "too few",
        [],
        facts(outage(), networks=dark(timedelta(0), HOUR), networks_watched=2),
    ),
    Case(
        "networks.together",
        "three of six",
        [],
        facts(outage(), networks=dark(*3 * [timedelta(0)]), networks_watched=6),
    ),
    Case(
        "networks.together",
        "another time",
        [],
        facts(outage(), networks=dark(*3 * [7 * HOUR]), networks_watched=3),
    ),
    Case(
        "networks.routes-kept",
        "kept",
        [FOR],
        facts(outage(), networks=dark(timedelta(0)), networks_watched=1),
    ),
    Case("networks.routes-kept", "no networks", [], facts(outage())),
    Case(
        "networks.routes-kept",
        "withdrawn",
        [],
        facts(outage(), networks=[facts(outage(T, END, BGP, PROBING, entity="AS6697"))]),
    ),
    Case(
        "neighbours.fell-too",
        "fell",
        [AGAINST],
        facts(outage(), neighbours=[outage(entity="UA")], neighbours_watched=3),
    ),
    Case("neighbours.fell-too", "stood", [FOR], facts(outage(), neighbours_watched=2)),
    Case("neighbours.fell-too", "too few", [], facts(outage(), neighbours_watched=1)),
    Case("neighbours.fell-too", "services", [], facts(blocking(), neighbours_watched=2)),
    Case(
        "services.blocked-around",
        "the day before",
        [FOR],
        facts(outage(), blocking=[blocking(T - 30 * HOUR, T - 20 * HOUR)]),
    ),
    Case(
        "services.blocked-around",
        "a week before",
        [],
        facts(outage(), blocking=[blocking(T - 7 * DAY, T - 6 * DAY)]),
    ),
    Case("quality.delay-first", "forty minutes", [AGAINST], facts(congested())),
    Case(
        "quality.delay-first",
        "together, and not measured before",
        [MISSING],
        facts(episode(event(PROBING, T, END), event(LATENCY, T, END, 0.5))),
    ),
    Case("quality.delay-first", "flat", [FOR], facts(outage(), measured=[LATENCY], before=2 * DAY)),
    Case("quality.delay-first", "only slower", [], facts(degraded())),
    Case("quality.latency-step", "flat", [FOR], facts(outage(), measured=[LATENCY])),
    Case("quality.latency-step", "not measured", [], facts(outage())),
    Case("networks.one", "one of four", [AGAINST], facts(outage(), networks=dark(HOUR), networks_watched=4)),
    Case("networks.one", "one of two", [], facts(outage(), networks=dark(HOUR), networks_watched=2)),
    Case(
        "networks.uneven",
        "dark, half and whole",
        [AGAINST],
        facts(outage(), networks=[network(1, T), network(2, T, depth=0.6)], networks_watched=4),
    ),
    Case("networks.uneven", "one of four", [], facts(outage(), networks=dark(HOUR), networks_watched=4)),
    Case("shape.pulses", "three", [AGAINST], pulsing(0, 100, 200)),
    Case("shape.pulses", "two", [], pulsing(0, 100)),
    Case("staging.drill", "51 days before", [FOR], facts(outage(), others=[drill()])),
    Case("staging.drill", "by day", [], facts(outage(), others=[drill(10 * HOUR)])),
    Case("staging.quic-first", "nine days before", [FOR], without_http3(9 * DAY)),
    Case("staging.quic-first", "twenty days before", [], without_http3(20 * DAY)),
    Case("services.network-held", "held", [FOR], facts(blocking(), measured=[BGP])),
    Case("services.network-held", "not measured", [], facts(blocking())),
    Case(
        "services.network-held", "cut all the time", [], facts(blocking(), measured=[BGP], others=[outage()])
    ),
    Case("services.network-held", "an outage", [], facts(outage(), measured=[BGP])),
    Case(
        "services.block-pages",
        "served",
        [FOR],
        facts(episode(event(CONFIRMED, T, END, 0.4, subject=SUBJECT))),
    ),
    Case("services.block-pages", "anomalies only", [], facts(blocking())),
    Case("services.selective", "a domain", [FOR], facts(blocking())),
    Case("services.selective", "all alike", [], facts(blocking(subject=None))),
    Case("services.selective", "an outage", [], facts(outage())),
    Case("services.outage-near", "within", [FOR], facts(blocking(), others=[outage()])),
    Case("services.outage-near", "the day before", [], facts(blocking(), others=WHOLE)),
    Case("services.outage-near", "an outage itself", [], facts(outage(), others=[outage(T, END + HOUR)])),
    Case("services.selective", "told by single tests", [], told()),
    Case("blocking.controls-work", "for hours", [FOR], told()),
    Case("blocking.controls-work", "twice", [], told(hours=2)),
    Case("blocking.controls-work", "slowed", [], told(slowed=True)),
    Case("blocking.controls-work", "no single tests", [], facts(blocking())),
    Case("blocking.networks", "three", [FOR], told(3)),
    Case("blocking.networks", "two", [FOR], told(2)),
    Case("blocking.networks", "three of seven", [FOR], told(3, reached=4)),
    Case("blocking.networks", "one of four", [AGAINST], told(1, reached=3)),
    Case("blocking.networks", "one of two", [], told(1, reached=1)),
    Case("blocking.networks", "one that was tested alone", [MISSING], told(1)),
    Case("blocking.networks", "not known", [MISSING], told(0)),
    Case("blocking.networks", "slowed", [], told(3, slowed=True)),
    Case("blocking.chosen", "others worked", [FOR], told(held=["x"])),
    Case("blocking.chosen", "others failed", [AGAINST], told(failed_too=["x"])),
    Case("blocking.chosen", "as many worked as failed", [AGAINST], told(held=["x"], failed_too=["y"])),
    Case("blocking.chosen", "nothing else was tested", [MISSING], told()),
    Case("blocking.chosen", "slowed", [], told(held=["x"], slowed=True)),
    Case("blocking.together", "three", [FOR], told(services=3, held=["x"])),
    Case("blocking.together", "two", [], told(services=2, held=["x"])),
    Case("blocking.together", "three, and nothing that worked", [], told(services=3)),
    Case("throttling.signature", "no round trips", [MISSING], facts(episode(event(DOWNLOAD, T, END, 0.7)))),
    Case("throttling.signature", "an outage", [], facts(outage())),
    Case("throttling.handshakes", "one service", [MISSING], slow_handshakes()),
    Case("throttling.handshakes", "an outage", [], facts(outage())),
    Case("throttling.services", "and others not", [FOR], told(slowed=True, held=["x", "y"])),
    Case("throttling.services", "like most others", [AGAINST], told(slowed=True, failed_too=["x"])),
    Case("throttling.services", "blocked", [], told(held=["x", "y"])),
    Case("volume.one-network", "networks held", [DISCARDED], facts(fewer(), measured=["ooni.networks"])),
    Case("volume.one-network", "networks not counted", [], facts(fewer())),
    Case("volume.silence", "few networks", [MISSING], facts(fewer("ooni.networks"))),
    Case("volume.silence", "networks held", [], facts(fewer(), measured=["ooni.networks"])),
    Case(
        "context.reported-cause", "an order", [FOR], facts(outage(), context=reported(sk.ContextKind.ORDER))
    ),
    Case(
        "context.reported-cause",
        "a power fault",
        [AGAINST],
        facts(outage(), context=reported(sk.ContextKind.POWER_FAULT)),
    ),
    Case(
        "context.reported-cause",
        "a claim",
        [DISCARDED],
        facts(outage(), context=reported(sk.ContextKind.ATTACK, independent=False)),
    ),
    Case(
        "context.reported-cause",
        "elsewhere",
        [],
        facts(outage(), context=reported(sk.ContextKind.ORDER, entity="UA")),
    ),
    Case(
        "context.reported-cause",
        "two days later",
        [],
        facts(outage(), context=reported(sk.ContextKind.ORDER, off=2 * DAY)),
    ),
    Case(
        "context.reported-cause",
        "of the country",
        [FOR],
        facts(outage(entity="BY/HM"), context=reported(sk.ContextKind.ORDER)),
    ),
    Case(
        "context.politics",
        "an election",
        [FOR],
        facts(outage(), context=reported(sk.ContextKind.ELECTION)),
    ),
    Case("context.politics", "a coup", [FOR], facts(outage(), context=reported(sk.ContextKind.COUP))),
    Case(
        "context.politics",
        "a protest",
        [FOR],
        facts(outage(), context=reported(sk.ContextKind.PROTEST)),
    ),
    Case("context.politics", "exams", [DISCARDED], facts(outage(), context=reported(sk.ContextKind.EXAM))),
    Case("context.politics", "an order", [], facts(outage(), context=reported(sk.ContextKind.ORDER))),
    Case("instrument.fault", "during it", [DISCARDED], facts(outage(), faults=[fault()])),
    Case(
        "instrument.fault",
        "nothing else",
        [AGAINST, DISCARDED],
        facts(outage(), faults=[fault()], only_faulty=True),
    ),
    Case("instrument.fault", "another day", [], facts(outage(), faults=[fault(T + DAY)])),
    Case("crosscheck.detected", "one", [DISCARDED], facts(outage(), observations=[detection()])),
    Case(
        "crosscheck.detected",
        "one that never ends",
        [DISCARDED] * 7,
        facts(outage(), observations=[detection()] * 50),
    ),
    Case("crosscheck.detected", "the day after", [], facts(outage(), observations=[detection(T + DAY)])),
]

RULE = {rule.id: rule for rule in sk.RULES.rules}


def only(rule: str) -> sk.RuleSet:
    return sk.RULES.without(*(one for one in RULE if one != rule))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.story}")
def test_what_a_rule_finds(case: Case) -> None:
    found = only(case.rule).evidence(case.facts)
    assert [one.stance for one in found] == case.stances
    for one in found:
        assert one.rule == case.rule
        assert one.source == RULE[case.rule].source
        assert (one.weight > 0, one.weight < 0) == (one.stance is FOR, one.stance is AGAINST)


def test_every_rule_is_seen_speaking_and_silent() -> None:
    speaking = {case.rule for case in CASES if case.stances}
    silent = {case.rule for case in CASES if not case.stances}
    assert speaking == silent == set(RULE) - {rule.id for rule in FITTED}  # see test_fitted_rules


@pytest.mark.parametrize("rule", sk.RULES.rules, ids=lambda rule: rule.id)
def test_every_rule_says_what_it_looks_at_and_where_its_figures_come_from(rule: sk.Rule) -> None:
    assert rule.summary.endswith(".")
    assert rule.source
    assert rule.group


# --- causes


@pytest.mark.parametrize(
    ("rule", "given", "cause", "rival"),
    [
        ("planes.routes-up", facts(outage(), measured=[BGP]), "power", "routing"),
        ("planes.routes-gone", facts(outage(T, END, PROBING, BGP)), "routing", "power"),
        ("shape.fall", facts(outage(fall=4 * HOUR)), "disaster", "deliberate"),
        ("shape.rise", facts(outage(rise=6 * HOUR)), "power", "deliberate"),
        ("planes.partial", facts(outage(depth=0.3)), "cable", "deliberate"),
        (
            "neighbours.fell-too",
            facts(outage(), neighbours=[outage(entity="UA")]),
            "cable",
            "deliberate",
        ),
    ],
)
def test_which_causes_a_finding_favours(rule: str, given: sk.Facts, cause: str, rival: str) -> None:
    (one,) = only(rule).evidence(given)
    assert one.causes[sk.Cause(cause)] > one.causes[sk.Cause(rival)]


@pytest.mark.parametrize(
    ("rule", "finding", "given"),
    [
        ("planes.routes-up", "all-stayed", facts(outage(), measured=[BGP])),
        (
            "planes.routes-up",
            "most-stayed",
            facts(episode(event(PROBING, T, END, 0.9), event(BGP, T, END, 0.3))),
        ),
        ("shape.fall", "cliff", facts(outage(fall=10 * MINUTE))),
        ("shape.fall", "slope", facts(outage(fall=6 * HOUR - MINUTE))),
        ("shape.fall", "over-six-hours", facts(outage(fall=6 * HOUR))),
        ("shape.rise", "at-once", facts(outage(rise=10 * MINUTE))),
        ("shape.rise", "slow", facts(outage(end=T + 40 * HOUR, rise=36 * HOUR - MINUTE))),
        ("shape.rise", "over-days", facts(outage(end=T + 40 * HOUR, rise=36 * HOUR))),
        ("neighbours.fell-too", "stood", facts(outage(), neighbours_watched=2)),
        ("neighbours.fell-too", "fell", facts(outage(), neighbours=[outage(entity="UA")])),
        ("blocking.networks", "many", told(3)),
        ("blocking.networks", "several", told(2, reached=2)),
        ("blocking.networks", "fewer", told(3, reached=4)),
        ("blocking.networks", "one", told(1, reached=3)),
        ("blocking.chosen", "others-worked", told(held=["x"])),
        ("blocking.chosen", "others-failed", told(failed_too=["x"])),
        ("throttling.services", "chosen", told(slowed=True, held=["x", "y"])),
        ("throttling.services", "like-most", told(slowed=True, failed_too=["x"])),
        ("throttling.services", "few-tested", told(slowed=True)),
    ],
)
def test_a_finding_has_the_weights_of_its_entry(rule: str, finding: str, given: sk.Facts) -> None:
    (one,) = [e for e in only(rule).evidence(given) if e.stance in {FOR, AGAINST}]
    assert one.causes == proposed(rule, finding)


def test_a_reported_cause_weighs_for_itself_and_nothing_else() -> None:
    kinds = {
        sk.ContextKind.ORDER: sk.Cause.DELIBERATE,
        sk.ContextKind.POWER_FAULT: sk.Cause.POWER,
        sk.ContextKind.CABLE_FAULT: sk.Cause.CABLE,
        sk.ContextKind.ROUTING_FAULT: sk.Cause.ROUTING,
        sk.ContextKind.ATTACK: sk.Cause.ATTACK,
        sk.ContextKind.DISASTER: sk.Cause.DISASTER,
        sk.ContextKind.EQUIPMENT_FAULT: sk.Cause.EQUIPMENT,
    }
    for kind, cause in kinds.items():
        (one,) = only("context.reported-cause").evidence(facts(outage(), context=reported(kind)))
        assert one.causes == sk.CauseWeights({cause: 2.5})


def test_politics_and_claims_change_nothing_that_was_measured() -> None:
    politics = [
        *(one for kind in ("ELECTION", "PROTEST", "COUP", "EXAM") for one in reported(sk.ContextKind[kind])),
        *reported(sk.ContextKind.ATTACK, independent=False),
    ]
    plain, told = sk.RULES.evidence(facts(outage())), sk.RULES.evidence(facts(outage(), context=politics))
    assert len(told) == len(plain) + 5
    assert sk.RULES.posterior(told, measured_only=True) == sk.RULES.posterior(plain)


def test_index_series_are_witnesses_of_probing() -> None:
    """The generic share counts as active probing, so one plane alone."""
    one, rest = only("planes.witnesses").evidence(
        facts(outage(T, END, INDEX), measured=[BGP, TELESCOPE, ATLAS])
    )
    assert one.stance is AGAINST
    assert rest.text == "Not measured at the time: traffic."
