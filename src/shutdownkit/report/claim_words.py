"""The words for what parties claim, shared by the renderings for people."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from ..model.claims import ClaimStatus, PartyClaim, Prediction, Seen
from ..model.entity import Entity
from .words import CAUSE_WORDS, entity_text, sentence, window_text

__all__ = [
    "CLAIMS_TITLE",
    "SEEN_WORDS",
    "STATUS_WORDS",
    "ClaimLine",
    "claim_lines",
    "claim_short",
    "claim_text",
]

CLAIMS_TITLE = "Claims by parties, tested against the measurements, which they do not change:"
"""The heading of the section."""

STATUS_WORDS = {
    ClaimStatus.CONSISTENT: "Consistent, which does not mean that it is true",
    ClaimStatus.INCONSISTENT: "Inconsistent",
    ClaimStatus.UNTESTABLE: "Untestable",
}

SEEN_WORDS = {Seen.SEEN: "Seen", Seen.NOT_SEEN: "Not seen", Seen.MISSING: "Missing"}
"""What became of a prediction, in the order in which they are told."""


@frozen
class ClaimLine:
    """One line below a claim.

    Attributes:
        source: where it is written that such a cause shows so; None where the line cites nothing.
    """

    text: str
    source: str | None = None


def claim_text(claimed: PartyClaim) -> str:
    """Who claims what, and whether it fits: ``Claimed by Beltelecom: attack from outside. …``."""
    check = claimed.check
    claim = f"Claimed by {claimed.statement.source}: {CAUSE_WORDS[check.claim]}."
    if check.status is ClaimStatus.UNTESTABLE:
        return f"{claim} {STATUS_WORDS[check.status]}."
    return f"{claim} {STATUS_WORDS[check.status]}: {check.weight:+.2f} nats against the best other cause."


def claim_lines(claimed: PartyClaim, *, within: Entity) -> Iterator[ClaimLine]:
    """What was said, why it fits or not, and what it predicts: seen, not seen, missing.

    Args:
        within: the entity of the episode, which is not named again.
    """
    statement, check = claimed.statement, claimed.check
    when = window_text(statement.window.start, statement.window.end)
    of = "" if statement.entity == within else f", of {entity_text(statement.entity)}"
    yield ClaimLine(f"What was said: {sentence(statement.text)} ({when}{of})")
    for reason in check.reasons:
        yield ClaimLine(sentence(reason))
    for seen, words in SEEN_WORDS.items():
        for one in check.predictions:
            if one.seen is seen:
                yield ClaimLine(
                    f"{words}{_weight(one)}: {sentence(one.text)} {sentence(one.because)}", one.source
                )


def claim_short(claimed: PartyClaim) -> str:
    """Who claims what, and whether it fits, in a few words: ``Beltelecom: attack inconsistent``."""
    return f"{claimed.statement.source}: {claimed.check.claim.value} {claimed.check.status.value}"


def _weight(one: Prediction) -> str:
    return "" if one.seen is Seen.MISSING else f" ({one.weight:+.2f} nats)"
