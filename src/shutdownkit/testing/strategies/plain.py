"""The values that have a plain form."""

from __future__ import annotations

from hypothesis import strategies as st

from .claiming import claim_checks, context_events, party_claims, predictions
from .happening import episodes, events
from .judged import attributions, cause_probabilities, cause_weights, evidence, verdicts
from .likeness import similarities
from .measuring import kinds, provenances, series, signals
from .places import entities
from .times import windows

__all__ = ["plain_values"]


def plain_values() -> st.SearchStrategy[object]:
    """A value of any class of the model that has a plain form.  Shrinks to the first country."""
    return st.one_of(
        entities(),
        windows(),
        kinds(),
        series(),
        provenances(),
        signals(),
        events(),
        episodes(),
        evidence(),
        cause_weights(),
        cause_probabilities(),
        attributions(),
        verdicts(),
        context_events(),
        similarities(),
        predictions(),
        claim_checks(),
        party_claims(),
    )
