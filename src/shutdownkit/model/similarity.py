"""How alike two episodes are."""

from __future__ import annotations

from attrs import frozen

from .checks import all_of, flag, number, store

__all__ = ["Similarity"]


@frozen
class Similarity:
    """How alike two episodes' technical signatures are.

    Attributes:
        score: 0..1, the weighted share of the comparable features that agree.
        agreements, differences: a sentence for each feature compared.
        consistent: whether one way of doing it explains both; None where too little can be compared, or
            what can does not decide.
        weight: log-likelihood ratio (nats) of what was compared, two cuts by the same switch against two
            unrelated episodes; None where nothing can be compared.
        as_alike: the share of unrelated pairs of episodes, 0..1, that are at least as alike on the
            features that could be compared; None where there is no such figure for them.
    """

    score: float
    agreements: tuple[str, ...]
    differences: tuple[str, ...]
    consistent: bool | None
    weight: float | None = None
    as_alike: float | None = None

    def __attrs_post_init__(self) -> None:
        store(self, "score", number("Similarity.score", self.score, minimum=0.0, maximum=1.0))
        store(self, "agreements", all_of("Similarity.agreements", str, self.agreements))
        store(self, "differences", all_of("Similarity.differences", str, self.differences))
        if self.consistent is not None:
            flag("Similarity.consistent", self.consistent)
        if self.weight is not None:
            store(self, "weight", number("Similarity.weight", self.weight))
        if self.as_alike is not None:
            store(self, "as_alike", number("Similarity.as_alike", self.as_alike, minimum=0.0, maximum=1.0))
