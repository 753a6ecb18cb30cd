"""Whether a claimed cause fits."""

from __future__ import annotations

import math

from ..errors import InvalidValueError
from ..model.checks import member
from ..model.claims import ClaimCheck, ClaimStatus
from ..model.episode import Episode
from ..model.verdict import Attribution, Cause, Evidence, Stance, Verdict
from .attribute import attribute

__all__ = ["check_claim"]

_BEARS = 0.3  # nats: a piece of evidence that moves the claim by less does not bear on it
_FITS_NOT = -2.0  # the evidence is e**2 = 7 times likelier under the best other cause


def check_claim(verdict_or_episode: Verdict | Attribution | Episode, claim: Cause) -> ClaimCheck:
    """Check a claimed cause against the evidence alone, leaving out how common the cause is.

    The claim is INCONSISTENT where the evidence is at least seven times likelier under another cause,
    UNTESTABLE where no evidence bears on it, else CONSISTENT, which does not mean that it is true.

    Args:
        verdict_or_episode: a verdict or its attribution; an episode is attributed first, on its own.
        claim: the claimed cause, such as ``Cause.ATTACK`` for "DDoS".

    Raises:
        InvalidValueError: where an argument is of another class.
    """
    member("claim", Cause, claim)
    if isinstance(verdict_or_episode, Episode):
        evidence = attribute(verdict_or_episode).evidence
    elif isinstance(verdict_or_episode, Verdict | Attribution):
        evidence = verdict_or_episode.evidence
    else:
        raise InvalidValueError(
            "verdict_or_episode", verdict_or_episode, "is neither a Verdict nor an Episode"
        )
    weighed = [one for one in evidence if one.stance in _WEIGHED]
    totals = {cause: math.fsum(one.causes[cause] for one in weighed) for cause in Cause}
    rival = max((cause for cause in Cause if cause is not claim), key=lambda cause: totals[cause])
    weight = round(totals[claim] - totals[rival], 3)
    bearing = [(_bears(one, claim, rival), one) for one in weighed]
    reasons = [
        f"{'fits' if bears > 0 else 'does not fit'} {claim.value} against {rival.value} "
        f"({bears:+.1f}, {one.rule}): {one.text}"
        for bears, one in sorted(bearing, key=lambda pair: (-abs(pair[0]), pair[1].rule))
        if abs(bears) >= _BEARS
    ]
    if not reasons:
        status = ClaimStatus.UNTESTABLE
        reasons = ["no evidence at hand bears on this cause"]
    elif weight <= _FITS_NOT:
        status = ClaimStatus.INCONSISTENT
    else:
        status = ClaimStatus.CONSISTENT
    return ClaimCheck(claim, status, weight, tuple(reasons))


_WEIGHED = frozenset({Stance.FOR, Stance.AGAINST})


def _bears(evidence: Evidence, claim: Cause, rival: Cause) -> float:
    """How much one piece of evidence speaks for the claim against its best rival (nats)."""
    return evidence.causes[claim] - evidence.causes[rival]
