"""The shipped figures: what a distance between two signatures says, feature by feature.

``measured.toml`` is written by ``bench/likeness.py`` from a list of incidents.  ``proposed.toml`` is
written by hand: of those features no list of labelled pairs is known.
"""

from __future__ import annotations

import math
import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from importlib import resources
from itertools import pairwise, product

from attrs import field, frozen

from ...errors import InvalidValueError
from ...model.checks import number

__all__ = ["LIKENESS", "MEASURED", "Ladder", "Likeness", "likeness_of_tables"]

MEASURED = ("clock", "duration", "planes")
"""The features that were measured on a list, in the order of the axes of ``Likeness.unrelated``."""

_PROPOSED = ("depth", "order", "fall", "rise", "survivors", "spread")
_SUM = 1e-6  # shares are written with six decimals or more


@frozen
class Ladder:
    """What each distance of one feature says.

    Attributes:
        edges: rising; the last distance that belongs to each rung but the last, which has no end.
        weights: one more than edges: log-likelihood ratio (nats) of such a distance, two cuts by the same
            switch against two unrelated episodes.  Never rising; the first over 0, the last under 0.
        share: how much the feature counts in the score.
        half: the distance at which two agree by half; from twice it on, by nothing.
    """

    name: str
    edges: tuple[float, ...]
    weights: tuple[float, ...]
    share: float
    half: float

    def __attrs_post_init__(self) -> None:
        where = f"likeness.{self.name}"
        if not self.edges or any(a >= b for a, b in pairwise(self.edges)):
            raise InvalidValueError(f"{where}.edges", self.edges, "do not rise")
        if len(self.weights) != len(self.edges) + 1:
            raise InvalidValueError(f"{where}.weights", self.weights, "are not one more than the edges")
        if any(a < b for a, b in pairwise(self.weights)):
            raise InvalidValueError(f"{where}.weights", self.weights, "rise with the distance")
        if self.weights[0] <= 0 or self.weights[-1] >= 0:
            raise InvalidValueError(f"{where}.weights", self.weights, "do not go from over 0 to under 0")
        if self.share <= 0 or self.half <= 0:
            raise InvalidValueError(
                where, (self.share, self.half), "holds a share or half that is not over 0"
            )

    def rung(self, distance: float) -> int:
        """Which weight a distance has."""
        return bisect_left(self.edges, distance)

    def weight(self, distance: float) -> float:
        """The log-likelihood ratio of a distance."""
        return self.weights[self.rung(distance)]

    def agreement(self, distance: float) -> float:
        """1 at no distance, falling evenly to 0 at twice ``half``."""
        return max(0.0, 1.0 - distance / (2.0 * self.half))


@frozen
class Likeness:
    """Everything that is needed to say how alike two signatures are.

    Attributes:
        shrink: what the sum of the measured features' weights is multiplied by, since they are not
            independent: the slope of a logistic regression on that sum, at most 1.
        unrelated: share of the unrelated pairs on each combination of rungs of the clock, the duration and
            the planes; they sum to 1.
        caps: the most that the features of one group may add or take away together.
        alike, unlike: the weights from which, and down to which, two are called consistent or not.
        score: the score from which they may be called consistent, and under which not.
        groups: how many groups of features must be compared before either is said.
    """

    ladders: Mapping[str, Ladder] = field(hash=False)
    shrink: float
    unrelated: Mapping[tuple[int, ...], float] = field(hash=False)
    caps: Mapping[str, float] = field(hash=False)
    alike: float
    unlike: float
    score: float
    groups: int

    def share_as_alike(self, rungs: Mapping[str, int]) -> float | None:
        """The share of unrelated pairs that are at least as alike on the measured features compared.

        Args:
            rungs: of the features compared; those that were not measured on the list are passed over.

        Returns:
            None where no measured feature was compared.
        """
        axes = [axis for axis, name in enumerate(MEASURED) if name in rungs]
        if not axes:
            return None

        def total(cell: tuple[int, ...]) -> float:
            return math.fsum(self.ladders[MEASURED[axis]].weights[cell[axis]] for axis in axes)

        seen = total(tuple(rungs.get(name, 0) for name in MEASURED))
        shares = [share for cell, share in self.unrelated.items() if total(cell) >= seen]
        return min(1.0, math.fsum(shares))


def likeness_of_tables(measured: Mapping[str, object], proposed: Mapping[str, object]) -> Likeness:
    """From what the two files hold.

    Raises:
        InvalidValueError: names the key: for one that is missing, or a value that cannot be.
    """
    hand = {name: _table(proposed, name) for name in (*_PROPOSED, "score", "caps", "limits")}
    ladders = {}
    for name in (*MEASURED, *_PROPOSED):
        table = _table(measured, name) if name in MEASURED else hand[name]
        counted = _table(hand["score"], name)
        ladders[name] = Ladder(
            name,
            _numbers(table, "edges"),
            _numbers(table, "weights"),
            _number(counted, "share"),
            _number(counted, "half"),
        )
    sizes = [len(ladders[name].weights) for name in MEASURED]
    shares = _numbers(_table(measured, "unrelated"), "shares")
    cells = list(product(*(range(size) for size in sizes)))
    if len(cells) != len(shares) or abs(math.fsum(shares) - 1.0) > _SUM or min(shares) < 0:
        raise InvalidValueError("likeness.unrelated.shares", len(shares), "are not one a cell, with sum 1")
    limits = hand["limits"]
    return Likeness(
        ladders=ladders,
        shrink=number("likeness.shrink", measured.get("shrink"), minimum=0.0, maximum=1.0),
        unrelated=dict(zip(cells, shares, strict=True)),
        caps={name: _number(hand["caps"], name) for name in hand["caps"] if name != "meaning"},
        alike=_number(limits, "alike"),
        unlike=_number(limits, "unlike"),
        score=_number(limits, "score"),
        groups=round(_number(limits, "groups")),
    )


def _table(holder: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = holder.get(key)
    if not isinstance(found, Mapping):
        raise InvalidValueError(f"likeness.{key}", found, "is no table")
    return found


def _number(table: Mapping[str, object], key: str) -> float:
    return number(f"likeness.{key}", table.get(key))


def _numbers(table: Mapping[str, object], key: str) -> tuple[float, ...]:
    found = table.get(key)
    if not isinstance(found, list):
        raise InvalidValueError(f"likeness.{key}", found, "is no list")
    return tuple(number(f"likeness.{key}", one) for one in found)


def _shipped(name: str) -> Mapping[str, object]:
    return tomllib.loads((resources.files(__package__) / name).read_text(encoding="utf-8"))


LIKENESS = likeness_of_tables(_shipped("measured.toml"), _shipped("proposed.toml"))
"""What is shipped."""
