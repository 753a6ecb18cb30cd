"""Why a claim fits or does not, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...model.claims import ClaimStatus, Prediction, Seen
from ...model.verdict import Cause, Evidence
from ..rules.rule import GROUP_CAP
from .weighing import BEARS, Match, capped_families, moves, rivals_of

__all__ = ["NOTHING", "limits", "outcome", "pieces", "stands_for"]

NOTHING = "no evidence at hand bears on this cause"

_OFTEN = 1000  # times likelier: beyond it the figure says no more than that


def pieces(evidence: Sequence[Evidence], claim: Cause, match: Match, *, least: float = BEARS) -> list[str]:
    """A sentence for each piece of evidence that moves the claim by ``least`` nats or more.

    Each is told against the rival of the match where it moves the claim against that one, before the
    others, which are told against the rival against which they move it most.
    """
    told = []
    for one in evidence:
        sizes = {rival: abs(moves(one, match.cause, rival)) for rival in rivals_of(claim)}
        most = max(sizes, key=lambda rival: sizes[rival])
        against = match.rival if sizes[match.rival] >= least else most
        if sizes[against] >= least and sizes[against] > 0:
            sentence = _piece(one, match.cause, against)
            told.append((against is not match.rival, -sizes[against], one.rule, sentence))
    return [sentence for *_, sentence in sorted(told)]


def _piece(evidence: Evidence, cause: Cause, against: Cause) -> str:
    moved = moves(evidence, cause, against)
    fits = "fits" if moved > 0 else "does not fit"
    return f"{fits} {cause.value} against {against.value} ({moved:+.1f}, {evidence.rule}): {evidence.text}"


def stands_for(claim: Cause, match: Match) -> list[str]:
    """Of "a technical failure", which fault fits best."""
    if claim is not Cause.UNKNOWN_TECHNICAL:
        return []
    which = "one without a name" if match.cause is Cause.UNKNOWN_TECHNICAL else match.cause.value
    return [f"of all faults, {which} fits best"]


def limits(evidence: Sequence[Evidence], match: Match) -> list[str]:
    """Which families of rules say more together than counts."""
    return [
        f"all that {family}.* says counts {math.copysign(GROUP_CAP, said):+.1f} instead of {said:+.1f}, "
        "because its rules look at the same thing"
        for family, said in capped_families(evidence, match.cause, match.rival).items()
    ]


def outcome(
    status: ClaimStatus, match: Match, predictions: Sequence[Prediction], fitting: Sequence[Cause] = ()
) -> str:
    """What follows; ``fitting`` are the faults that fit, each by itself, of "a technical failure"."""
    count = {seen: sum(one.seen is seen for one in predictions) for seen in Seen}
    tally = (
        f"the evidence is {_times(match)}; of the {len(predictions)} things that the claim predicts, "
        f"seen: {count[Seen.SEEN]}, not seen: {count[Seen.NOT_SEEN]}, not known: {count[Seen.MISSING]}"
    )
    if status is ClaimStatus.INCONSISTENT:
        return tally
    if status is ClaimStatus.UNTESTABLE:
        return f"too little of what would show it was seen, and too little refutes it: {tally}"
    own = f"by itself {' and '.join(one.value for one in fitting)} would fit; " if fitting else ""
    return f"that it fits does not mean that it is true: {own}{tally}"


def _times(match: Match) -> str:
    """How much likelier the evidence is under the rival, or under the cause."""
    if not match.weight:
        return f"as likely under {match.cause.value} as under {match.rival.value}"
    first, second = (match.cause, match.rival) if match.weight > 0 else (match.rival, match.cause)
    size = abs(match.weight)
    times = math.exp(size) if size < math.log(_OFTEN) else _OFTEN
    often = f"more than {_OFTEN}" if times == _OFTEN else f"{times:.0f}" if times >= 10 else f"{times:.1f}"
    return f"{often} times likelier under {first.value} than under {second.value} ({match.weight:+.1f})"
