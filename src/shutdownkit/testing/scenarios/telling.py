"""What is rightly said of a scenario, from its plot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ...model.entity import Entity
from ...model.verdict import Cause, Condition, Mechanism
from .stories import Plot
from .truth import OutageKind, OutageTruth

__all__ = ["truth_of"]

_SEEN = 0.6  # a loss of so much is an outage on any plane, whatever the noise (half is what makes one)
_HARDLY = 0.4  # and of less than this none
_BRIEF = timedelta(hours=3)  # a loss that is shorter, of a bin or two, may pass for none: a choice of ours
_BRIEFS: Mapping[OutageKind, timedelta] = {OutageKind.BLOCK: timedelta(hours=30)}  # of tests two hours apart


def truth_of(
    kind: OutageKind, plot: Plot, hit: tuple[Entity, ...], networks: tuple[Entity, ...]
) -> OutageTruth:
    """What really happened.

    Args:
        hit: the networks that lost something.
        networks: all of them.
    """
    of_services = kind in {OutageKind.BLOCK, OutageKind.THROTTLE}
    lost = {OutageKind.BLOCK: 1.0, OutageKind.QUIET: 0.0, OutageKind.INSTRUMENT_FAULT: 0.0}
    return OutageTruth(
        kind=kind,
        windows=plot.spells,
        conditions=_conditions(kind, plot),
        cause=Cause.DELIBERATE if kind.is_deliberate else _CAUSES.get(kind),
        mechanisms=frozenset({_mechanism(kind, plot)}),
        deliberate=kind.is_deliberate,
        lost=lost.get(kind, plot.lost),
        networks=networks if of_services else networks[:1] if kind is OutageKind.MOBILE_CUT else hit,
    )


_CAUSES = {OutageKind.POWER: Cause.POWER, OutageKind.CABLE: Cause.CABLE}

_SAID = {
    OutageKind.QUIET: frozenset({Condition.NORMAL}),
    OutageKind.BLOCK: frozenset({Condition.BLOCKING}),
    OutageKind.INSTRUMENT_FAULT: frozenset({Condition.ARTEFACT, Condition.NORMAL}),
}


def _conditions(kind: OutageKind, plot: Plot) -> frozenset[Condition]:
    if kind in _SAID:
        return _SAID[kind] if not _is_brief(kind, plot) else _SAID[kind] | {Condition.NORMAL}
    said = _conditions_of(kind, plot.lost)
    return said | {Condition.DEGRADED, Condition.NORMAL} if _is_brief(kind, plot) else said


def _is_brief(kind: OutageKind, plot: Plot) -> bool:
    return any(spell.duration < _BRIEFS.get(kind, _BRIEF) for spell in plot.spells)


def _conditions_of(kind: OutageKind, lost: float) -> frozenset[Condition]:
    if kind is OutageKind.THROTTLE:
        return frozenset({Condition.DEGRADED} if lost >= _SEEN else {Condition.DEGRADED, Condition.NORMAL})
    if lost >= _SEEN:
        return frozenset({Condition.OUTAGE})
    if lost >= _HARDLY:
        return frozenset({Condition.OUTAGE, Condition.DEGRADED})
    return frozenset({Condition.DEGRADED, Condition.NORMAL})


def _mechanism(kind: OutageKind, plot: Plot) -> Mechanism:
    if kind in {OutageKind.DELIBERATE_CUT, OutageKind.CURFEW}:
        return Mechanism.ROUTING_WITHDRAWAL if plot.withdrawn else Mechanism.FILTERING
    return {
        OutageKind.THROTTLE: Mechanism.THROTTLING,
        OutageKind.BLOCK: Mechanism.TLS,
        OutageKind.MOBILE_CUT: Mechanism.MOBILE_ONLY,
    }.get(kind, Mechanism.UNKNOWN)
