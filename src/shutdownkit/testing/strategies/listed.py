"""Rows of lists of incidents, and how rules do on them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from ...evaluating.evaluation import Evaluation
from ...evaluating.scores import evaluate
from ...files.incidents import Incident
from ...model.entity import Entity
from ...model.kinds import Plane
from .happening import episodes
from .primitives import lines, several

__all__ = ["evaluations", "incidents"]

_LABELS = (None, "shutdown", "outage")


@st.composite
def incidents(
    draw: st.DrawFn, *, entity: Entity | None = None, labels: Sequence[str | None] = _LABELS
) -> Incident:
    """Rows of lists of incidents: an episode without events, and what the list says about it.

    Shrinks to the first row of a list, on line 2, that says no more than when and where.

    Args:
        entity: where.
        labels: what the columns ``label`` and ``label_strict`` say; None where they say nothing.
    """
    said = st.sampled_from(list(labels))
    return Incident(
        episode=draw(episodes(entity=entity, max_events=0)),
        line=draw(st.integers(2, 9999)),
        id=draw(st.none() | lines()),
        cause=draw(st.none() | lines()),
        confirmed=draw(st.none() | st.booleans()),
        label=draw(said),
        strict_label=draw(said),
        planes=draw(st.dictionaries(st.sampled_from(Plane), st.booleans(), max_size=3)),
    )


def evaluations() -> st.SearchStrategy[Evaluation]:
    """How the built-in rules do on lists of at most four incidents: the scores are the real ones.

    Shrinks to the scores of an empty list, which are not known.
    """
    return several(incidents(), most=4).map(evaluate)
