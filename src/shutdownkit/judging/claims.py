"""Whether a claimed cause fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import InvalidValueError
from ..model.checks import all_of, member
from ..model.claims import ClaimCheck, ClaimStatus, PartyClaim, Prediction, Seen
from ..model.context import ContextEvent
from ..model.episode import Episode
from ..model.verdict import Attribution, Basis, Cause, Evidence, Verdict
from .attribute import attribute
from .claiming.answers import WEIGHED, answers
from .claiming.reasons import NOTHING, limits, outcome, pieces, stands_for
from .claiming.weighing import FAULTS, best_match

__all__ = ["check_claim", "party_claims"]

_REFUTED = -2.0  # nats: the evidence is e**2 = 7 times likelier under another cause
_LEAST_SHARE = 0.25  # of a claim's predictions, that must have been looked for
_LEAST = 2  # of them


def check_claim(verdict_or_episode: Verdict | Attribution | Episode, claim: Cause) -> ClaimCheck:
    """Test a claimed cause against what was measured, leaving out how common the cause is.

    The claim is

    * INCONSISTENT where the evidence is at least seven times (2 nats) likelier under another cause;
    * UNTESTABLE where it is not, and no evidence bears on it, or fewer than two or than a quarter of the
      things that it predicts were looked for, or none of those that were looked for was seen;
    * CONSISTENT otherwise, **which does not mean that it is true**: another cause may fit as well or
      better, and how common causes are is left out.

    The quarter and the two are proposals; a prediction counts as looked for where its evidence moves the
    claim by 0.3 nats or more.  Context and what others claim never test a claim.  Rules of one family
    count 4 nats at most together (:mod:`.claiming.weighing`).

    ``Cause.UNKNOWN_TECHNICAL`` is the claim "a technical failure", of no particular kind: it is tested as
    the fault that fits best, against an order and an attack, and is CONSISTENT as well where any one
    fault is.  So where it is inconsistent, each fault is.

    Args:
        verdict_or_episode: a verdict or its attribution; an episode is attributed first, on its own.
        claim: the claimed cause, such as ``Cause.ATTACK`` for "DDoS".

    Returns:
        The status, with a sentence for each piece of evidence that bears on the claim, and what the
        claim predicts: seen, not seen, or missing.

    Raises:
        InvalidValueError: where an argument is of another class.
    """
    member("claim", Cause, claim)
    return _check(_evidence_of(verdict_or_episode), claim)


def party_claims(
    attribution: Attribution | Verdict, statements: Iterable[ContextEvent]
) -> tuple[PartyClaim, ...]:
    """Test what parties say of a cause.  The attribution is not changed by it.

    Args:
        attribution: of the episode that the statements are about.
        statements: what was said; the caller chooses what is near.  Other context events, and statements
            that name no cause, are left out.

    Returns:
        One for each statement, ordered by its window, its source and its text.

    Raises:
        InvalidValueError: where an argument is of another class.
    """
    evidence = _evidence_of(attribution)
    given = all_of("statements", ContextEvent, statements)
    claimed = {one.claims for one in given if one.claims is not None}
    checks = {claim: _check(evidence, claim) for claim in claimed}  # many may claim the same
    return tuple(
        PartyClaim(one, checks[one.claims]) for one in sorted(given, key=_sort_key) if one.claims is not None
    )


def _evidence_of(judged: Verdict | Attribution | Episode) -> tuple[Evidence, ...]:
    if isinstance(judged, Episode):
        return attribute(judged).evidence
    if isinstance(judged, Verdict | Attribution):
        return judged.evidence
    raise InvalidValueError("verdict_or_episode", judged, "is neither a Verdict nor an Episode")


def _check(evidence: Iterable[Evidence], claim: Cause) -> ClaimCheck:
    measured = [one for one in evidence if one.basis is Basis.MEASURED]
    weighed = [one for one in measured if one.stance in WEIGHED]
    match = best_match(weighed, claim)
    predictions = answers(measured, claim, match.cause)
    bearing = pieces(weighed, claim, match)
    fitting: list[Cause] = []
    if match.weight <= _REFUTED:
        status = ClaimStatus.INCONSISTENT
        bearing = bearing or pieces(weighed, claim, match, least=0.0)
    else:
        fitting = _fitting_faults(measured) if claim is Cause.UNKNOWN_TECHNICAL else []
        enough = bool(fitting) or (bool(bearing) and _enough_was_seen(predictions))
        status = ClaimStatus.CONSISTENT if enough else ClaimStatus.UNTESTABLE
    if status is ClaimStatus.UNTESTABLE and not bearing:
        return ClaimCheck(claim, status, match.weight, (NOTHING,), predictions)
    reasons = (
        *stands_for(claim, match),
        *bearing,
        *limits(weighed, match),
        outcome(status, match, predictions, fitting),
    )
    return ClaimCheck(claim, status, match.weight, reasons, predictions)


def _fitting_faults(measured: Sequence[Evidence]) -> list[Cause]:
    """The named faults that are consistent, each by itself."""
    named = [fault for fault in FAULTS if fault is not Cause.UNKNOWN_TECHNICAL]
    return [fault for fault in named if _check(measured, fault).status is ClaimStatus.CONSISTENT]


def _enough_was_seen(predictions: Sequence[Prediction]) -> bool:
    """Whether enough of what a claim predicts was looked for, and some of it seen."""
    looked_for = [one for one in predictions if one.seen is not Seen.MISSING]
    enough = max(_LEAST, _LEAST_SHARE * len(predictions))
    return len(looked_for) >= enough and any(one.seen is Seen.SEEN for one in looked_for)


def _sort_key(statement: ContextEvent) -> tuple[object, ...]:
    return (
        statement.window,
        statement.source,
        statement.text,
        statement.entity,
        statement.independent,
        "" if statement.claims is None else statement.claims.value,
    )
