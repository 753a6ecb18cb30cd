"""What became of the things that a claim predicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model.claims import Prediction, Seen
from ...model.verdict import Cause, Evidence, Stance
from .table import EXPECTATIONS, Expectation, Scope
from .weighing import BEARS, family_of, moves, weight_of

__all__ = ["WEIGHED", "answers"]

WEIGHED = frozenset({Stance.FOR, Stance.AGAINST})
"""The stances of evidence that weighs; which of them it has depends on how common causes are, its weights
by cause do not."""

_OF_SERVICES = frozenset({"services", "blocking", "throttling"})


def answers(evidence: Sequence[Evidence], claim: Cause, cause: Cause) -> tuple[Prediction, ...]:
    """What a claim predicts, in the order of the table, and whether it was seen.

    Some things are predicted only of a loss of connectivity, others only where all evidence is of
    services; those of the other sort are left out: who cuts need serve no block pages.

    Args:
        evidence: what was measured, missing and discarded evidence included.
        claim: the claim.
        cause: the cause that stands for it: of "a technical failure" the fault that fits best.
    """
    families = {family_of(one.rule) for one in evidence if one.stance in WEIGHED}
    other = Scope.CONNECTIVITY if families and families <= _OF_SERVICES else Scope.SERVICES
    return tuple(_answer(one, evidence, cause) for one in EXPECTATIONS[claim] if one.scope is not other)


def _answer(expected: Expectation, evidence: Iterable[Evidence], cause: Cause) -> Prediction:
    """Seen where the evidence speaks for the cause against all from which this tells it; else not seen.

    A rule that found nothing gives no answer, because nobody knows from that whether it could have looked;
    nor does evidence that moves the claim by less than 0.3 nats.
    """
    own = [one for one in evidence if expected.is_answered_by(one.rule)]
    weighed = [one for one in own if one.stance in WEIGHED]
    weight, against = min(
        ((weight_of(weighed, cause, other), other) for other in expected.apart_from),
        key=lambda pair: pair[0],
    )
    if abs(weight) >= BEARS:
        seen = Seen.SEEN if weight > 0 else Seen.NOT_SEEN
        telling = [one for one in weighed if moves(one, cause, against)]
        ordered = sorted(telling, key=lambda one: (-abs(moves(one, cause, against)), one.rule, one.text))
        because = " ".join(one.text for one in ordered)
    else:
        seen, weight, because = Seen.MISSING, 0.0, _what_is_missing(expected, own)
    return Prediction(expected.text, seen, because, weight, expected.source)


def _what_is_missing(expected: Expectation, own: Iterable[Evidence]) -> str:
    """What the rules say of it: evidence that hardly tells, is missing, or was discarded."""
    said = {stance: sorted({one.text for one in own if one.stance is stance}) for stance in Stance}
    told = sorted(said[Stance.FOR] + said[Stance.AGAINST])
    if told:
        return f"What was found hardly tells: {' '.join(told)}"
    return " ".join(said[Stance.MISSING] or said[Stance.DISCARDED]) or expected.missing
