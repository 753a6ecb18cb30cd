"""Reports from outside the measurements, and readings that may not be used.

What the caller reports moves what is expected before anything is measured; it is kept apart from the
measured evidence (``Basis.CONTEXT``), and :meth:`~.rule.RuleSet.posterior` lets it lift "deliberate" to
one in three at most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import timedelta

from attrs import frozen

from ...model.context import ContextEvent, ContextKind
from ...model.entity import Entity, EntityKind
from ...model.verdict import Basis, Cause
from ...model.window import TimeWindow
from ..facts import Facts
from .context_days import days_apart
from .figures import INSTRUMENT, REPORT, SIGCOMM
from .rule import Finding, Rule, discarded, weighs

__all__ = ["FACTORS", "FAULTS", "POLITICS", "REPORTED", "WEIGHTS", "Factor", "concerns", "statements_near"]

_NEAR = timedelta(hours=24)
_EXPLAINED = timedelta(days=7)  # parties explain themselves for days; a proposal
_LOOKED_AT = timedelta(days=10)  # more than any rule here looks away, with local days and clocks to spare

_TABLE_4 = f"{SIGCOMM}, Table 4, known to us from a summary of the paper"
_LISTED = (
    f"measured on the national events of the curated IODA list behind {SIGCOMM}: an election lies within "
    "three days of 3.3 % of shutdowns and of 0.55 % of outages"
)


@frozen
class Factor:
    """How much likelier a shutdown is about the days of an event, where other outages are no likelier.

    Attributes:
        times: the factor on the probability that a shutdown begins on a day.
        days: up to how many days before and after the event's own days it holds; 0 for those alone.
        source: where it comes from.
    """

    times: float
    days: int
    source: str


FACTORS: Mapping[ContextKind, tuple[Factor, ...]] = {
    ContextKind.ELECTION: (Factor(16.0, 0, _TABLE_4), Factor(6.0, 3, _LISTED)),
    ContextKind.COUP: (Factor(300.0, 0, _TABLE_4),),
    ContextKind.PROTEST: (Factor(9.0, 0, _TABLE_4),),
    ContextKind.EXAM: (),
}
"""What is published on the political kinds, the nearest days first; of exam periods nothing is."""

_REPORTED = 2.5  # nats, a factor of 12: a proposal
_STORM_POWER = 1.0  # nats: storms fell power lines as well; a proposal

WEIGHTS: Mapping[ContextKind, Mapping[Cause, float]] = {
    ContextKind.ORDER: {Cause.DELIBERATE: _REPORTED},
    ContextKind.POWER_FAULT: {Cause.POWER: _REPORTED},
    ContextKind.CABLE_FAULT: {Cause.CABLE: _REPORTED},
    ContextKind.ROUTING_FAULT: {Cause.ROUTING: _REPORTED},
    ContextKind.EQUIPMENT_FAULT: {Cause.EQUIPMENT: _REPORTED},
    ContextKind.ATTACK: {Cause.ATTACK: _REPORTED},
    ContextKind.STORM: {Cause.DISASTER: _REPORTED, Cause.POWER: _STORM_POWER},
    ContextKind.EARTHQUAKE: {Cause.DISASTER: _REPORTED},
    ContextKind.DISASTER: {Cause.DISASTER: _REPORTED},
}
"""What an independent report of a cause weighs (nats); all of it a proposal."""

_NAMES = {
    ContextKind.ELECTION: "an election",
    ContextKind.PROTEST: "a protest",
    ContextKind.COUP: "a coup",
    ContextKind.EXAM: "an exam period",
    ContextKind.ORDER: "an order",
    ContextKind.POWER_FAULT: "a power failure",
    ContextKind.CABLE_FAULT: "a cable fault",
    ContextKind.ROUTING_FAULT: "a fault of routing",
    ContextKind.EQUIPMENT_FAULT: "a fault of equipment",
    ContextKind.ATTACK: "an attack",
    ContextKind.STORM: "a storm",
    ContextKind.EARTHQUAKE: "an earthquake",
    ContextKind.DISASTER: "a disaster",
}


def concerns(event: ContextEvent, entity: Entity) -> bool:
    """Whether something reported is of the entity, or of the country that it is a region of.

    A network may span countries, so that only what is reported of itself concerns it.
    """
    is_country = event.entity.kind is EntityKind.COUNTRY
    return event.entity == entity or (is_country and event.entity.code == entity.country)


def _told(facts: Facts) -> list[ContextEvent]:
    """What concerns the entity at about the time, each thing once, in one order whatever the order given."""
    near = facts.episode.window.widened(_LOOKED_AT)
    return sorted(
        {
            event
            for event in facts.around.context
            if event.window.start <= near.end
            and near.start <= event.window.end
            and concerns(event, facts.entity)
        },
        key=lambda event: (event.kind.value, event.text, event.source, event.window, event.entity),
    )


def _cited(event: ContextEvent) -> str:
    return f"{event.text} ({event.source})"


def _claimed(event: ContextEvent) -> Finding:
    return discarded(f"Claimed by those concerned, to be tested: {_cited(event)}")


def _judge_reported(facts: Facts) -> Iterable[Finding]:
    """Reports of a cause at the time: within a day of the episode."""
    found = []
    for event in _told(facts):
        if event.kind in FACTORS or not _is_near(event.window, facts):
            continue
        if event.kind is ContextKind.STATEMENT or not event.independent:
            found.append(_claimed(event))
        else:
            found.append(
                weighs(
                    f"An independent report of {_NAMES[event.kind]} makes it {math.exp(_REPORTED):.0f} times "
                    f"as likely a cause{_besides(event.kind)} (a proposal): {_cited(event)}",
                    WEIGHTS[event.kind],
                )
            )
    return dict.fromkeys(found)  # the same report of two days is one


def _besides(kind: ContextKind) -> str:
    """What else such a report makes likelier: of a storm, that the power failed."""
    lesser = {cause: weight for cause, weight in WEIGHTS[kind].items() if weight != _REPORTED}
    return "".join(f", and {cause.value} {math.exp(weight):.0f} times" for cause, weight in lesser.items())


def _is_near(window: TimeWindow, facts: Facts) -> bool:
    near = window.widened(_NEAR)
    return near.overlaps(facts.episode.window) or facts.episode.onset in near


REPORTED = Rule(
    "context.reported-cause",
    "An independent report of an order, a fault or a storm at the time.",
    REPORT,
    "context",
    _judge_reported,
    fails="A report may rest on the same measurements: of Somalia's cable fault of July 2020 it was reported "
    'that it was "consistent with an intentional blackout".',
    basis=Basis.CONTEXT,
)


def statements_near(facts: Facts) -> tuple[ContextEvent, ...]:
    """What parties said about the time of the episode, or within a week of it: claims to be tested."""
    window = facts.episode.window.widened(_EXPLAINED)
    return tuple(
        event
        for event in _told(facts)
        if event.kind is ContextKind.STATEMENT
        and (event.window.overlaps(window) or event.window.start in window)
    )


def _judge_politics(facts: Facts) -> Iterable[Finding]:
    """Elections, coups, protests and exams about the day of the onset: the strongest weighs."""
    found: list[Finding] = []
    moving: list[tuple[Factor, ContextEvent]] = []
    for event in _told(facts):
        if event.kind not in FACTORS:
            continue
        apart, factors = days_apart(event.window, facts), FACTORS[event.kind]
        if apart > max((1, *(factor.days for factor in factors))):
            continue
        factor = next((factor for factor in factors if apart <= factor.days), None)
        if not event.independent:
            found.append(_claimed(event))
        elif factor is not None:
            moving.append((factor, event))
        else:
            found.append(_unmoved(event))
    moving.sort(key=lambda one: -one[0].times)  # the rest of the order is that of the events
    found += [_moved(factor, event) for factor, event in moving[:1]]
    found += [
        discarded(
            f"There was {_NAMES[event.kind]} as well; of several political events only the strongest counts, "
            f"not their sum: {_cited(event)}"
        )
        for _, event in moving[1:]
    ]
    return dict.fromkeys(found)


def _moved(factor: Factor, event: ContextEvent) -> Finding:
    when = f"Within {factor.days} days of" if factor.days else "On the days of"
    return weighs(
        f"{when} {_NAMES[event.kind]} shutdowns are {factor.times:g} times as likely, other outages no "
        f"likelier: {_cited(event)}",
        {Cause.DELIBERATE: math.log(factor.times)},
    )


def _unmoved(event: ContextEvent) -> Finding:
    name = _NAMES[event.kind]
    if not FACTORS[event.kind]:
        return discarded(f"No factor is published for {name}, so that it moves nothing: {_cited(event)}")
    return discarded(
        f"What is published of {name} holds for its own days, not the day before or after, so that it moves "
        f"nothing: {_cited(event)}"
    )


POLITICS = Rule(
    "context.politics",
    "An election or a protest makes a shutdown likelier and proves none: Somalia's cable failed the day "
    "after its prime minister was ousted.",
    f"{_TABLE_4} (elections 16, coups about 300, protests 9 on the daily probability of a shutdown, no "
    f"effect on spontaneous outages); elections within three days: {_LISTED}",
    "context",
    _judge_politics,
    fails="Somalia, July 2020: a submarine cable failed the day after the prime minister was ousted, and it "
    "was called an intentional blackout.",
    basis=Basis.CONTEXT,
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
    fails="A cut that strikes several countries at once and that one instrument alone watches looks like its "
    "fault; a fault of the instrument in one country alone is not recognised.",
)
