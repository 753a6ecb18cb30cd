"""Whether it was deliberate, as far as that can be said.

A probability alone is read as more than it is.  So the answer is one of four words, and the one for "we
do not know" comes with its reasons.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..model.knowledge import Intent, Knowledge
from ..model.verdict import Basis, Cause, CauseProbabilities, Condition, Evidence, Stance
from .condition import condition_of, uncontradicted
from .facts import Facts
from .fitted.recurrence import BURST, WHOLE_DAYS, recurs_by_chance

__all__ = ["LIKELY", "UNLIKELY", "intent_of"]

LIKELY = 0.8
"""From this probability on, "deliberate" is said: the level at which the reliability table is read."""

UNLIKELY = 0.1
"""Up to this probability "a fault" is said.  Of the national incidents of the curated list that get no more
at their end, one in forty is a shutdown after all (``shutdownkit evaluate``, in sample)."""

_EVEN = 0.5
_WITHOUT_OTHERS = math.log(2.0)
"""Nats: at two to one and more it does not rest on others.  With even odds 1.2 % of the episodes of made-up
countries that fail at random thirty times a month were called deliberate, with this 0.9 %
(``python -m bench.noisy_months 30``)."""

_WITNESSES = 2
_BEARS = 0.3  # nats: evidence that moves less says nothing by itself


def intent_of(
    facts: Facts,
    evidence: Sequence[Evidence],
    probabilities: CauseProbabilities,
    measured: CauseProbabilities,
) -> tuple[Intent, tuple[str, ...]]:
    """The answer, and where there is none, why.

    DELIBERATE needs a probability of 0.8 from the measurements alone, and no less with the context (what
    was reported may withhold the word, never give it), and two planes that saw it and are not contradicted,
    or tests of services; and where it would be less than two to one without other episodes, these must
    recur at whole days more often than chance has it.  SPONTANEOUS needs one of 0.1 at most, with the
    context and without, and two planes as well; of an episode that lasts it is said only where a named
    fault is likelier than not (of 22 shutdowns that were the first in their week the fitted rules tell
    hardly one at its onset: ``bench/attribution.py``).
    """
    condition = condition_of(facts)
    if condition is Condition.ARTEFACT:
        return Intent.ARTEFACT, ()
    p, alone = probabilities[Cause.DELIBERATE], measured[Cause.DELIBERATE]
    reasons = tuple(_too_little(facts, evidence, condition))
    if not reasons and min(p, alone) >= LIKELY:
        reasons = tuple(_by_chance(facts, evidence, alone))
        return (Intent.UNDETERMINED, reasons) if reasons else (Intent.DELIBERATE, ())
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
    if facts.reach_events and len(uncontradicted(facts)) < _WITNESSES:
        yield _alone(facts)
    if not facts.reach_events and sum(facts.around.listed.values()) == 1:
        yield "The list names one plane alone that saw it: there is no independent witness."


def _by_chance(facts: Facts, evidence: Sequence[Evidence], p: float) -> Iterator[str]:
    """Why a probability that rests on other episodes does not say that it was deliberate."""
    ratio = math.fsum(max(0.0, one.weight) for one in evidence if one.rule in _OF_OTHERS)
    if math.log(p / (1.0 - p)) - ratio >= _WITHOUT_OTHERS:
        return
    if ratio > 0 and recurs_by_chance(facts):
        yield (
            f"The probability of {p:.2f} rests on other episodes, which do not recur at whole days more "
            "often than by chance."
        )


def _alone(facts: Facts) -> str:
    if len({event.kind.plane for event in facts.main_reach}) < _WITNESSES:
        return "Only one plane saw it: there is no independent witness."
    return "Of the planes that saw it only one is not contradicted: there is no independent witness."


def _known_fault(measured: CauseProbabilities) -> bool:
    """Whether a fault that has a name is likelier than not."""
    return any(measured[cause] >= _EVEN for cause in Cause if cause not in _NAMELESS)


def _between(p: float, alone: float) -> str:
    """Why probabilities that are known decide nothing."""
    if p >= LIKELY:
        return f"Context makes it likely ({p:.2f}), the measurements alone do not ({alone:.2f})."
    if alone >= LIKELY:
        return f"The measurements alone make it likely ({alone:.2f}), with the context it is not ({p:.2f})."
    if alone > UNLIKELY >= p:
        return f"Context makes it unlikely ({p:.2f}), the measurements alone do not ({alone:.2f})."
    return f"The evidence leaves a probability of {p:.2f}, which decides nothing."


_OF_OTHERS = frozenset({BURST.id, WHOLE_DAYS.id})
_WEIGHED = frozenset({Stance.FOR, Stance.AGAINST})
_NAMELESS = frozenset({Cause.DELIBERATE, Cause.UNKNOWN_TECHNICAL})
