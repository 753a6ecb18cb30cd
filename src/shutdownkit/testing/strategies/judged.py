"""What was concluded: weights, probabilities, evidence, attributions and verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from hypothesis import strategies as st

from ...model.knowledge import Intent, Knowledge
from ...model.verdict import (
    Attribution,
    Basis,
    Cause,
    CauseProbabilities,
    CauseWeights,
    Condition,
    Evidence,
    Mechanism,
    Stance,
    Verdict,
)
from .primitives import lines, several

__all__ = ["attributions", "cause_probabilities", "cause_weights", "evidence", "nats", "verdicts"]

_INTENTS = (Intent.UNDETERMINED, Intent.SPONTANEOUS, Intent.DELIBERATE, Intent.ARTEFACT)
_MECHANISMS = (Mechanism.UNKNOWN, *(one for one in Mechanism if one is not Mechanism.UNKNOWN))


@cache
def nats() -> st.SearchStrategy[float]:
    """Log-likelihood ratios from -8 to 8.  Shrinks to 0."""
    return st.floats(-8.0, 8.0)


@cache
def cause_weights() -> st.SearchStrategy[CauseWeights]:
    """Log-likelihoods (nats) for some of the causes, the others 0.  Shrinks to 0 for all."""
    return st.dictionaries(st.sampled_from(Cause), nats(), max_size=len(Cause)).map(CauseWeights)


@cache
def cause_probabilities() -> st.SearchStrategy[CauseProbabilities]:
    """Probabilities for all causes, from even to lopsided.  Shrinks to even ones."""

    def normal(logs: list[float]) -> CauseProbabilities:
        parts = [math.exp(log) for log in logs]
        total = math.fsum(parts)
        return CauseProbabilities({cause: part / total for cause, part in zip(Cause, parts, strict=True)})

    return st.lists(st.floats(-9, 9), min_size=len(Cause), max_size=len(Cause)).map(normal)


@st.composite
def evidence(draw: st.DrawFn, *, stances: Sequence[Stance] = tuple(Stance)) -> Evidence:
    """What rules concluded, with a weight that goes with the stance.

    Shrinks to evidence of the first stance given, measured, that weighs nothing.

    Args:
        stances: the stances that are drawn.
    """
    stance = draw(st.sampled_from(list(stances)))
    size = draw(st.floats(0, 8))
    weight = {Stance.FOR: size, Stance.AGAINST: -size}.get(stance, 0.0)
    return Evidence(
        rule=draw(lines()),
        stance=stance,
        weight=weight,
        text=draw(lines()),
        source=draw(lines()),
        causes=draw(cause_weights()),
        basis=draw(st.sampled_from(Basis)),
    )


@st.composite
def attributions(draw: st.DrawFn, *, intents: Sequence[Intent] = _INTENTS) -> Attribution:
    """Causes of episodes: probabilities with and without context, and a few pieces of evidence.

    Shrinks to even probabilities, no evidence, and an answer that is undetermined for one reason; where
    that answer is not given, to the first of ``intents``.

    Args:
        intents: the answers that are drawn.  They are not derived from the probabilities.
    """
    intent = draw(st.sampled_from(list(intents)))
    why = draw(several(lines(), least=1, most=2))  # always, so that to know is not the shorter story
    return Attribution(
        probabilities=draw(cause_probabilities()),
        evidence=draw(several(evidence(), most=3)),
        ruleset=draw(lines()),
        measured=draw(cause_probabilities()),
        knowledge=draw(st.sampled_from(Knowledge)),
        intent=intent,
        undecided=tuple(why) if intent is Intent.UNDETERMINED else (),
    )


@st.composite
def verdicts(
    draw: st.DrawFn,
    *,
    conditions: Sequence[Condition] = tuple(Condition),
    mechanisms: Sequence[Mechanism] = _MECHANISMS,
    intents: Sequence[Intent] = _INTENTS,
) -> Verdict:
    """Verdicts, each part drawn by itself.

    Shrinks to the first condition, mechanism and intent given: a normal condition, an unknown mechanism,
    and an attribution that is undetermined.

    Args:
        conditions: what happened.
        mechanisms: how it was done.
        intents: whether it was deliberate.
    """
    return Verdict(
        condition=draw(st.sampled_from(list(conditions))),
        mechanism=draw(st.sampled_from(list(mechanisms))),
        attribution=draw(attributions(intents=intents)),
    )
