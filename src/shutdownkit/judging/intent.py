"""Whether it was deliberate, as far as that can be said.

A probability alone is read as more than it is.  So the answer is one of four words, and the one for "we
do not know" comes with its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model.knowledge import Intent, Knowledge
from ..model.verdict import Basis, Cause, CauseProbabilities, Condition, Evidence, Stance
from .condition import condition_of
from .facts import Facts

__all__ = ["LIKELY", "UNLIKELY", "intent_of"]

LIKELY = 0.8
"""From this probability on, "deliberate" is said: the level at which the reliability table is read."""

UNLIKELY = 0.2

_EVEN = 0.5
_WITNESSES = 2
_BEARS = 0.3  # nats: evidence that moves less says nothing by itself


def intent_of(
    facts: Facts,
    evidence: Sequence[Evidence],
    probabilities: CauseProbabilities,
    measured: CauseProbabilities,
) -> tuple[Intent, tuple[str, ...]]:
    """The answer, and where there is none, why.

    DELIBERATE needs a probability of 0.8, no less than even odds from the measurements alone, and two
    planes that saw it or tests of services.  SPONTANEOUS needs one of 0.2 at most, with the context and
    without, and two planes as well; of an episode that lasts it is said only where a named fault is
    likelier than not (of 22 shutdowns that were the first in their week the fitted rules tell hardly one
    at its onset: ``tools/fit_weights.py``).
    """
    condition = condition_of(facts)
    if condition is Condition.ARTEFACT:
        return Intent.ARTEFACT, ()
    p, alone = probabilities[Cause.DELIBERATE], measured[Cause.DELIBERATE]
    reasons = tuple(_too_little(facts, evidence, condition))
    if not reasons and p >= LIKELY and alone >= _EVEN:
        return Intent.DELIBERATE, ()
    if not reasons and max(p, alone) <= UNLIKELY:
        if facts.knowledge is not Knowledge.ONSET or _known_fault(measured):
            return Intent.SPONTANEOUS, ()
        reasons = ("It has not ended, and at first most shutdowns look like any outage.",)
    return Intent.UNDETERMINED, reasons or (_between(p, alone),)


def _too_little(facts: Facts, evidence: Sequence[Evidence], condition: Condition) -> Iterator[str]:
    """What must be known before anything is said, and is not."""
    if condition is Condition.INSUFFICIENT_DATA:
        yield "There are too few data to say what happened."
    measured = [one for one in evidence if one.basis is Basis.MEASURED and one.stance in _WEIGHED]
    if not any(abs(one.weight) >= _BEARS for one in measured):
        yield "Nothing that was measured bears on the cause."
    if facts.reach_events and len({event.kind.plane for event in facts.reach_events}) < _WITNESSES:
        yield "Only one plane saw it: there is no independent witness."


def _known_fault(measured: CauseProbabilities) -> bool:
    """Whether a fault that has a name is likelier than not."""
    return any(measured[cause] >= _EVEN for cause in Cause if cause not in _NAMELESS)


def _between(p: float, alone: float) -> str:
    """Why probabilities that are known decide nothing."""
    if p >= LIKELY:
        return f"Context makes it likely ({p:.2f}), the measurements alone do not ({alone:.2f})."
    if alone > UNLIKELY >= p:
        return f"Context makes it unlikely ({p:.2f}), the measurements alone do not ({alone:.2f})."
    return f"The evidence leaves a probability of {p:.2f}, which decides nothing."


_WEIGHED = frozenset({Stance.FOR, Stance.AGAINST})
_NAMELESS = frozenset({Cause.DELIBERATE, Cause.UNKNOWN_TECHNICAL})
