"""How much evidence speaks for a claim against other causes.

Two causes are compared at a time.  What the rules of one family (the first part of their ids, such as
``recurrence``) say together counts 4 nats at most, as a group of rules does in a verdict
(:data:`~shutdownkit.judging.rules.rule.GROUP_CAP`): no claim is refuted by one thing that was counted five
times.  The cap is laid on each pair of causes by itself, so that evidence which speaks for a claim can
never lower its weight by raising how much its family says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from attrs import frozen

from ...model.verdict import Cause, Evidence
from ..rules.rule import GROUP_CAP

__all__ = [
    "BEARS",
    "FAULTS",
    "Match",
    "best_match",
    "capped_families",
    "family_of",
    "moves",
    "rivals_of",
    "weight_of",
]

BEARS = 0.3
"""Nats: a piece of evidence that moves a claim by less does not bear on it (a proposal)."""

FAULTS = (
    Cause.UNKNOWN_TECHNICAL,  # first: of faults that fit equally well the one that says least
    Cause.POWER,
    Cause.CABLE,
    Cause.ROUTING,
    Cause.DISASTER,
    Cause.EQUIPMENT,
)
"""What "a technical failure" may be."""


@frozen
class Match:
    """How well a claim fits, compared with the cause that fits best beside it.

    Attributes:
        cause: the cause that stands for the claim: of "a technical failure" the fault that fits best.
        rival: the cause against which it fares worst.
        weight: log-likelihood of the evidence under the one less that under the other (nats).
    """

    cause: Cause
    rival: Cause
    weight: float


def best_match(evidence: Sequence[Evidence], claim: Cause) -> Match:
    """The match of a claim; of equals, the first in the order of :class:`Cause`."""
    causes = FAULTS if claim is Cause.UNKNOWN_TECHNICAL else (claim,)
    return max((_worst(evidence, cause, rivals_of(claim)) for cause in causes), key=lambda one: one.weight)


def _worst(evidence: Sequence[Evidence], cause: Cause, rivals: Iterable[Cause]) -> Match:
    matches = [Match(cause, rival, weight_of(evidence, cause, rival)) for rival in rivals]
    return min(matches, key=lambda one: one.weight)


def rivals_of(claim: Cause) -> tuple[Cause, ...]:
    """The causes that a claim denies: all others; of "a technical failure", an order and an attack."""
    if claim is Cause.UNKNOWN_TECHNICAL:
        return (Cause.DELIBERATE, Cause.ATTACK)
    return tuple(cause for cause in Cause if cause is not claim)


def weight_of(evidence: Iterable[Evidence], cause: Cause, rival: Cause) -> float:
    """Log-likelihood of evidence under one cause less that under another (nats), families capped."""
    families = _families(evidence, cause, rival).values()
    return round(math.fsum(_capped(said) for said in families), 3) + 0.0


def capped_families(evidence: Iterable[Evidence], cause: Cause, rival: Cause) -> dict[str, float]:
    """The families of rules that together say more than counts, and how much that would be (nats)."""
    families = _families(evidence, cause, rival)
    return {family: families[family] for family in sorted(families) if abs(families[family]) > GROUP_CAP}


def moves(evidence: Evidence, cause: Cause, rival: Cause) -> float:
    """How much one piece of evidence speaks for a cause against another (nats)."""
    return evidence.causes[cause] - evidence.causes[rival]


def _families(evidence: Iterable[Evidence], cause: Cause, rival: Cause) -> dict[str, float]:
    """What each family of rules says together, before it is capped."""
    pieces: dict[str, list[float]] = {}
    for one in evidence:
        pieces.setdefault(family_of(one.rule), []).append(moves(one, cause, rival))
    return {family: math.fsum(of_family) for family, of_family in pieces.items()}


def family_of(rule: str) -> str:
    """The first part of a rule's id."""
    return rule.partition(".")[0]


def _capped(said: float) -> float:
    return max(-GROUP_CAP, min(GROUP_CAP, said))
