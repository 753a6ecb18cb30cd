"""How well probabilities fit what was: counts at a threshold, ranking, calibration.

Every function takes ``said``, probabilities (n,), and ``were``, whether it was so (n,); none depends on
the order.  What cannot be computed, such as a precision where nothing was called, is None, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..errors import InvalidValueError

__all__ = [
    "EDGES",
    "Counted",
    "ReliabilityBin",
    "auc",
    "average_precision",
    "brier",
    "calibration_error",
    "counted",
    "reliability",
    "wilson",
]

Said = NDArray[np.float64]
Were = NDArray[np.bool_]

EDGES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
"""Edges of the reliability table: finer at both ends, where what is said has consequences (a proposal)."""

_Z = 1.959963984540054  # the normal distribution's 97.5 % quantile: a 95 % interval
_CALIBRATION_BINS = 10


@frozen
class Counted:
    """What comes of calling "deliberate" whatever has ``threshold`` or more."""

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def precision(self) -> float | None:
        """Of those called, the share that were; None where none was called."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        """Of those that were, the share called; None where none was."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two, 2 TP / (2 TP + FP + FN); None where none was and none was called."""
        wrong = self.false_positives + self.false_negatives
        return _share(2 * self.true_positives, 2 * self.true_positives + wrong)

    @property
    def false_positive_rate(self) -> float | None:
        """Of those that were not, the share called; None where all were."""
        return _share(self.false_positives, self.false_positives + self.true_negatives)


@frozen
class ReliabilityBin:
    """What was said with probabilities from ``low`` up to, not including, ``high`` (1 is in the last).

    Attributes:
        n: how many.
        said: the mean probability; None where there are none.
        were: the share that were; None likewise.
        interval: of ``were``, the 95 % interval of Wilson; None likewise.
    """

    low: float
    high: float
    n: int
    said: float | None
    were: float | None
    interval: tuple[float, float] | None


def counted(said: Said, were: Were, threshold: float) -> Counted:
    """Counts at a threshold; what is exactly on it is called."""
    _check(said, were)
    called = said >= threshold
    return Counted(
        threshold,
        int(np.count_nonzero(called & were)),
        int(np.count_nonzero(called & ~were)),
        int(np.count_nonzero(~called & were)),
        int(np.count_nonzero(~called & ~were)),
    )


def auc(said: Said, were: Were) -> float | None:
    """The probability that one that was has more than one that was not, ties counted half.

    The area under the curve of recall over false positive rate, computed from ranks (Hanley and McNeil,
    Radiology 1982).  None where either class is missing.
    """
    _check(said, were)
    positives = int(np.count_nonzero(were))
    negatives = len(were) - positives
    if not positives or not negatives:
        return None
    _, which, ties = np.unique(said, return_inverse=True, return_counts=True)
    twice_rank = (2 * np.cumsum(ties) - ties + 1)[which]
    above = int(twice_rank[were].sum()) - positives * (positives + 1)
    return above / (2 * positives * negatives)


def average_precision(said: Said, were: Were) -> float | None:
    """The precision at each probability said, weighted with the recall gained there.

    The step-wise area under the curve of precision over recall, without interpolation (Davis and
    Goadrich, ICML 2006, on why a straight line between two points would be wrong).  None where none was.
    """
    _check(said, were)
    positives = int(np.count_nonzero(were))
    if not positives:
        return None
    levels, which = np.unique(-said, return_inverse=True)
    right = np.bincount(which[were], minlength=len(levels))
    all_of_them = np.bincount(which, minlength=len(levels))
    precision = np.cumsum(right) / np.cumsum(all_of_them)
    return math.fsum(right * precision) / positives


def brier(said: Said, were: Were) -> float | None:
    """The mean squared difference of probability and outcome (Brier 1950); None of nothing."""
    _check(said, were)
    return math.fsum((said - were) ** 2) / len(said) if len(said) else None


def calibration_error(said: Said, were: Were) -> float | None:
    """The expected calibration error: how far what was said lies from what was, on average.

    Ten bins of equal width, each open below and closed above (0 is in the first); the gap between the
    mean said and the share that were, weighted with the bin's share (Naeini et al., AAAI 2015; as written
    by Guo et al., ICML 2017, equation 3).  None of nothing.
    """
    _check(said, were)
    if not len(said):
        return None
    which = np.searchsorted(np.arange(1, _CALIBRATION_BINS) / _CALIBRATION_BINS, said, side="left")
    gaps = (math.fsum(said[which == k] - were[which == k]) for k in range(_CALIBRATION_BINS))
    return math.fsum(abs(gap) for gap in gaps) / len(said)


def reliability(said: Said, were: Were, edges: Sequence[float] = EDGES) -> tuple[ReliabilityBin, ...]:
    """What was said against what was, bin by bin.

    Args:
        edges: rising, from 0 to 1.
    """
    _check(said, were)
    which = np.searchsorted(edges[1:-1], said, side="right")
    return tuple(
        _bin(low, high, said[which == k], were[which == k]) for k, (low, high) in enumerate(pairwise(edges))
    )


def wilson(successes: int, n: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share (Wilson, JASA 1927); None of nothing."""
    if not n:
        return None
    share, part = successes / n, _Z**2 / n
    centre = (share + part / 2) / (1 + part)
    half = _Z * math.sqrt(share * (1 - share) / n + part / (4 * n)) / (1 + part)
    # rounding must not shut out the share itself
    return min(max(0.0, centre - half), share), max(min(1.0, centre + half), share)


def _bin(low: float, high: float, said: Said, were: Were) -> ReliabilityBin:
    n, right = len(said), int(np.count_nonzero(were))
    mean = math.fsum(said) / n if n else None
    return ReliabilityBin(low, high, n, mean, _share(right, n), wilson(right, n))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _check(said: Said, were: Were) -> None:
    if said.ndim != 1 or said.shape != were.shape:
        raise InvalidValueError("said", said.shape, f"is not the shape of one outcome each, {were.shape}")
    if were.dtype != np.bool_:
        raise InvalidValueError("were", were.dtype, "is not a kind of true and false")
    wrong = said[~((said >= 0) & (said <= 1))]
    if len(wrong):
        raise InvalidValueError("said", float(wrong[0]), "is no probability")
