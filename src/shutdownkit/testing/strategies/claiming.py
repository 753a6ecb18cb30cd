"""What was said of it: context, claims, and what became of claims."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from ...model.claims import ClaimCheck, ClaimStatus, PartyClaim, Prediction, Seen
from ...model.context import ContextEvent, ContextKind
from ...model.entity import Entity
from ...model.verdict import Cause
from ...model.window import TimeWindow
from .judged import nats
from .places import entities
from .primitives import lines, members, sentences, several
from .times import windows

__all__ = ["claim_checks", "context_events", "party_claims", "predictions"]


def _causes() -> st.SearchStrategy[Cause]:
    return members(Cause, plain=Cause.UNKNOWN_TECHNICAL)


@st.composite
def context_events(
    draw: st.DrawFn,
    *,
    kinds: Sequence[ContextKind] = tuple(ContextKind),
    entity: Entity | None = None,
    within: TimeWindow | None = None,
) -> ContextEvent:
    """What was reported around a time; only statements claim a cause, and not all of them.

    Shrinks to the first kind given (an election) in the first country, of no length, that was reported by
    those who are suspected.

    Args:
        kinds: what happened.
        entity: where.
        within: it lies in this window.
    """
    kind = draw(st.sampled_from(list(kinds)))
    is_statement = kind is ContextKind.STATEMENT
    return ContextEvent(
        kind=kind,
        entity=draw(entities()) if entity is None else entity,
        window=draw(windows(within=within)),
        text=draw(lines()),
        source=draw(lines()),
        independent=draw(st.booleans()),
        claims=draw(st.none() | _causes()) if is_statement else None,
    )


@st.composite
def predictions(draw: st.DrawFn) -> Prediction:
    """What claims predict, seen or not.  Shrinks to one that nobody measured, which weighs nothing."""
    seen = draw(members(Seen, plain=Seen.MISSING))
    return Prediction(
        text=draw(lines()),
        seen=seen,
        because=draw(lines()),
        weight=0.0 if seen is Seen.MISSING else draw(nats()),
        source=draw(lines()),
    )


def claim_checks() -> st.SearchStrategy[ClaimCheck]:
    """Checked claims.  Shrinks to the claim of an unknown technical cause, untestable, without a reason."""
    return st.builds(
        ClaimCheck,
        claim=_causes(),
        status=members(ClaimStatus, plain=ClaimStatus.UNTESTABLE),
        weight=nats(),
        reasons=sentences(),
        predictions=several(predictions(), most=2),
    )


@st.composite
def party_claims(draw: st.DrawFn) -> PartyClaim:
    """What parties say, and what became of it.  Shrinks as :func:`claim_checks` does."""
    check = draw(claim_checks())
    statement = ContextEvent(
        kind=ContextKind.STATEMENT,
        entity=draw(entities()),
        window=draw(windows()),
        text=draw(lines()),
        source=draw(lines()),
        independent=False,
        claims=check.claim,
    )
    return PartyClaim(statement, check)
