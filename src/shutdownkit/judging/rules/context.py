"""Reports from outside the measurements, and readings that may not be used."""

from __future__ import annotations

from datetime import timedelta

from ...model.context import ContextEvent, ContextKind
from ...model.verdict import Cause
from ..facts import Facts
from .figures import INSTRUMENT, REPORT, SIGCOMM
from .rule import Finding, Rule, discarded, weighs

__all__ = ["FAULTS", "POLITICS", "REPORTED"]

_NEAR = timedelta(hours=24)

_CAUSES = {
    ContextKind.ORDER: Cause.DELIBERATE,
    ContextKind.POWER_FAULT: Cause.POWER,
    ContextKind.CABLE_FAULT: Cause.CABLE,
    ContextKind.ROUTING_FAULT: Cause.ROUTING,
    ContextKind.ATTACK: Cause.ATTACK,
    ContextKind.DISASTER: Cause.DISASTER,
    ContextKind.EQUIPMENT_FAULT: Cause.EQUIPMENT,
}


def _near(facts: Facts) -> list[ContextEvent]:
    country = facts.entity.country
    return [
        event
        for event in facts.around.context
        if (event.entity == facts.entity or (country is not None and event.entity.code == country))
        and event.window.widened(_NEAR).overlaps(facts.episode.window)
    ]


def _judge_reported(facts: Facts) -> list[Finding]:
    found = []
    for event in _near(facts):
        cause = _CAUSES.get(event.kind)
        if cause is None:
            continue
        if event.independent:
            found.append(weighs(f"{event.text} ({event.source})", {cause: 2.5}))
        else:
            found.append(
                discarded(f"Claimed by those concerned, to be tested: {event.text} ({event.source})")
            )
    return found


REPORTED = Rule(
    "context.reported-cause",
    "An independent report of an order, a fault or a storm at the time.",
    REPORT,
    "context",
    _judge_reported,
)


def _judge_politics(facts: Facts) -> list[Finding]:
    return [
        discarded(f"Context, not evidence: {event.text} ({event.source})")
        for event in _near(facts)
        if event.kind not in _CAUSES
    ]


POLITICS = Rule(
    "context.politics",
    "An election or a protest makes a shutdown likelier and proves none: Somalia's cable failed the day "
    "after its prime minister was ousted.",
    f"{SIGCOMM}; hiiraan.com on Somalia, 26 July 2020",
    "context",
    _judge_politics,
)


def _judge_faults(facts: Facts) -> list[Finding]:
    found = [
        discarded(f"{fault.text}; the readings of {fault.window} are not used.")
        for fault in facts.overlapping_faults
    ]
    if facts.around.only_faulty:
        found.append(
            weighs(
                "Nothing fell but what the failing instrument read.",
                {Cause.DELIBERATE: -4.0, Cause.EQUIPMENT: 0.5},
            )
        )
    return found


FAULTS = Rule(
    "instrument.fault",
    "What falls at one instant for entities that share nothing but the instrument is the instrument.",
    INSTRUMENT,
    "instrument",
    _judge_faults,
)
