"""The JSON of what parties claim.

The result of the check stands first, the words that were checked last; :class:`ClaimForm` says how, its
fields are the keys, in order.  A reader refuses a check of another cause than the one that was claimed.
"""

from __future__ import annotations

import cattrs
from attrs import frozen

from ..errors import InvalidValueError
from ..model.claims import ClaimCheck, ClaimStatus, PartyClaim, Prediction
from ..model.context import ContextEvent
from ..model.verdict import Cause

__all__ = ["ClaimForm", "add_claim_hooks"]


@frozen
class ClaimForm:
    """What a party says was the cause, and how it fits."""

    claim: Cause
    status: ClaimStatus
    weight: float
    reasons: tuple[str, ...]
    predictions: tuple[Prediction, ...]
    statement: ContextEvent

    @classmethod
    def of(cls, claimed: PartyClaim) -> ClaimForm:
        """The form of a checked claim."""
        check = claimed.check
        return cls(
            claim=check.claim,
            status=check.status,
            weight=check.weight,
            reasons=check.reasons,
            predictions=check.predictions,
            statement=claimed.statement,
        )

    def value(self) -> PartyClaim:
        """The checked claim that this is the form of."""
        if self.statement.claims is not self.claim:
            raise InvalidValueError("ClaimForm.claim", self.claim.value, "is not what statement.claims says")
        check = ClaimCheck(self.claim, self.status, self.weight, self.reasons, self.predictions)
        return PartyClaim(self.statement, check)


def add_claim_hooks(new: cattrs.Converter) -> None:
    """Teach a converter the form of claims."""
    new.register_unstructure_hook(PartyClaim, lambda claimed: new.unstructure(ClaimForm.of(claimed)))
    new.register_structure_hook(PartyClaim, lambda plain, _: new.structure(plain, ClaimForm).value())
