"""Asks whether a dip is a failure of the controller that the probes report to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from ...model.account import InstrumentFault
from ...model.entity import Entity
from ...model.kinds import SignalKind
from ...model.window import TimeWindow
from .asking import Asking
from .clumps import CLUMP, Suspect, next_clump, suspects
from .controllers import Finding, examine
from .events import ConnectionEvent
from .lasting import controller_fault

__all__ = ["MOST_SUSPECTS", "controller_faults"]

MOST_SUSPECTS = 20
"""Each takes a question for the events of the world, and one or more for the countries of its probes."""


def controller_faults(
    asking: Asking,
    events: Sequence[ConnectionEvent],
    connected_at: Callable[[float], int],
    *,
    typical: int,
    entity: Entity,
    kind: SignalKind,
    span: TimeWindow,
    until: float,
) -> tuple[tuple[InstrumentFault, ...], int]:
    """The failures of controllers among the drops of an entity's probes.

    Args:
        events: of the entity's counted probes.
        connected_at: how many of them were connected just before a time (epoch seconds).
        typical: how many usually are.
        span: suspect drops outside of it are not looked into.
        until: until when the events are known (epoch seconds).

    Returns:
        The failures, and how many suspect drops were not looked into: the smallest, and those of which
        the world did not answer.
    """
    found = [one for one in suspects(events, typical) if _moment(one.start) in span]
    chosen = sorted(found, key=lambda one: (-one.dropped, one.start, one.controller))[:MOST_SUSPECTS]
    unexamined = len(found) - len(chosen)
    faults: list[InstrumentFault] = []
    for suspect in sorted(chosen, key=lambda one: (one.start, one.controller)):
        connected = connected_at(suspect.start)
        finding = _finding(asking, suspect, events=events, connected=connected, entity=entity)
        if finding is None:
            unexamined += 1
            continue
        outage = next_clump(suspect, events, connected)
        fault = controller_fault(
            suspect,
            finding,
            events=events,
            entity=entity,
            kind=kind,
            until=until if outage is None else min(until, outage),
        )
        if fault is not None:
            faults.append(fault)
    return tuple(faults), unexamined


def _finding(
    asking: Asking, suspect: Suspect, *, events: Sequence[ConnectionEvent], connected: int, entity: Entity
) -> Finding | None:
    """What the world tells of a suspect; None, and a failure, where it does not answer."""
    world = asking.world(_moment(suspect.end - CLUMP), _moment(suspect.start + CLUMP + 1))
    if world is None:
        return None
    countries = asking.countries_of({event.probe for event in world if not event.connected})
    if countries is None:
        return None
    return examine(
        suspect,
        events=events,
        connected=connected,
        world=world,
        countries=countries,
        country=entity.country,
    )


def _moment(time: float) -> datetime:
    return datetime.fromtimestamp(int(time), UTC)
