"""Claims about a cause, and what became of them when they were tested."""

from __future__ import annotations

import enum

from attrs import frozen

from ..errors import InvalidValueError
from .checks import all_of, instance, member, number, store, text
from .context import ContextEvent
from .verdict import Cause

__all__ = ["ClaimCheck", "ClaimStatus", "PartyClaim", "Prediction", "Seen"]


class ClaimStatus(enum.Enum):
    """Whether a claimed cause fits."""

    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    UNTESTABLE = "untestable"


class Seen(enum.Enum):
    """What became of something that a claim predicts."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"  # it was looked for where it would have shown, and is not there
    MISSING = "missing"  # nobody measured it


@frozen
class Prediction:
    """One thing that must be seen if a claim is true, and whether it was.

    Attributes:
        text: what the claim predicts, in a sentence.
        seen: whether it was seen.
        because: the evidence that says so, or what is missing.
        weight: log-likelihood of that evidence under the claimed cause less that under the best of the
            causes that the prediction tells it apart from (nats); 0 where it is missing.
        source: where it is written that such a cause shows so.
    """

    text: str
    seen: Seen
    because: str
    weight: float
    source: str

    def __attrs_post_init__(self) -> None:
        for name in ("text", "because", "source"):
            text(f"Prediction.{name}", getattr(self, name))
        member("Prediction.seen", Seen, self.seen)
        store(self, "weight", number("Prediction.weight", self.weight))
        if self.seen is Seen.MISSING and self.weight != 0:
            raise InvalidValueError("Prediction.weight", self.weight, "is not 0, though it is missing")


@frozen
class ClaimCheck:
    """Whether a claimed cause fits the evidence, and why.

    Attributes:
        weight: log-likelihood of the evidence under the claimed cause less that under the best other
            cause (nats).
        reasons: a sentence for each piece of evidence that bears on the claim, or why none does.
        predictions: what the claim predicts, and whether it was seen.
    """

    claim: Cause
    status: ClaimStatus
    weight: float
    reasons: tuple[str, ...]
    predictions: tuple[Prediction, ...] = ()

    def __attrs_post_init__(self) -> None:
        member("ClaimCheck.claim", Cause, self.claim)
        member("ClaimCheck.status", ClaimStatus, self.status)
        store(self, "weight", number("ClaimCheck.weight", self.weight))
        store(self, "reasons", all_of("ClaimCheck.reasons", str, self.reasons))
        store(self, "predictions", all_of("ClaimCheck.predictions", Prediction, self.predictions))


@frozen
class PartyClaim:
    """What a party says was the cause, and how it fits the measurements.

    Raises:
        InvalidValueError: where the statement names no cause, or another than the one checked.
    """

    statement: ContextEvent
    check: ClaimCheck

    def __attrs_post_init__(self) -> None:
        instance("PartyClaim.statement", ContextEvent, self.statement)
        instance("PartyClaim.check", ClaimCheck, self.check)
        if self.statement.claims is not self.check.claim:
            raise InvalidValueError(
                "PartyClaim.check", self.check.claim.value, "is not what the statement claims"
            )
