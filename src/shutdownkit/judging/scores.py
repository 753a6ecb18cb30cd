"""How likely each bin is with connectivity lost, against as usual."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .expectation import Expectation
from .segments import CLIP, Bins
from .settings import DetectionSettings

__all__ = ["Scores"]

Array = NDArray[np.float64]

_DEEPEST = 0.85  # the widest band leaves room below it for a total loss to be seen
_BAND_MARGIN = 1.25
_NOISE_MARGIN = 0.5  # standard deviations of a bin: noise must not make 15 % lost look like 20 %
_MOST_MARGIN = 0.1
_DEEP_LEFT = 0.05  # the deep alternative: one twentieth is left

_LEFT = np.geomspace(1e-3, 0.98, 200)
_THRESHOLD = (1.0 - _LEFT) / -np.log(_LEFT)


def _slope(threshold: Array) -> Array:
    """Nats a unit of share for the Poisson likelihood ratio that changes sign at ``threshold``.

    A count with mean m against one with mean r*m has the log-likelihood ratio ``(1 - r)*m + x*log(r)``
    at x, which is ``m * -log(r) * (threshold - x/m)`` with ``threshold = (1 - r) / -log(r)``.
    """
    return np.interp(threshold, _THRESHOLD, -np.log(_LEFT))


class Scores:
    """The scores of one block (see :mod:`.segments`), in nats, clipped."""

    def __init__(
        self, good: Array, expectation: Expectation, variance: Array, settings: DetectionSettings
    ) -> None:
        with np.errstate(invalid="ignore", divide="ignore"):
            known = expectation.level > 0
            self._share = np.where(known, good / expectation.level, np.nan)
        band = np.minimum(_BAND_MARGIN * expectation.band, _DEEPEST)[:, None]
        spread = np.minimum(_NOISE_MARGIN * np.sqrt(variance), _MOST_MARGIN)
        self._shallow_at = 1.0 - np.maximum(settings.loss + spread, band)
        deepest = (1.0 - _DEEP_LEFT) / -np.log(_DEEP_LEFT)
        self._deep_at = np.minimum(self._shallow_at, deepest)
        ordinary = np.maximum(settings.back, expectation.band)[:, None]
        self._back_at = np.maximum(1.0 - ordinary, self._deep_at)
        self._variance = variance

    def loss(self) -> Array:
        """Shape (n, bins): for "connectivity is lost"; 0 where not measured."""
        shallow = (self._shallow_at - self._share) * _slope(self._shallow_at)
        deep = (self._deep_at - self._share) * _slope(self._deep_at)
        with np.errstate(invalid="ignore"):
            scores = np.clip(np.maximum(shallow, deep) / self._variance, -CLIP, CLIP)
        return np.where(np.isnan(scores), 0.0, scores)

    def row(self, row: int) -> Bins:
        """One row's scores for "the level is back", after a shallow and after a deep event."""
        share = self._share[row]
        variance = np.broadcast_to(self._variance[row], share.shape)
        slack = np.sqrt(variance)
        back = self._back_at[row]
        sides = []
        for threshold in (self._shallow_at[row], self._deep_at[row]):
            at = np.clip(back - slack, np.minimum(threshold, back), back)
            score = (share - at) * _slope(threshold) / variance
            sides.append(np.clip(np.where(np.isnan(score), 0.0, score), -CLIP, CLIP).tolist())
        return Bins(
            share=share.tolist(),
            variance=variance.tolist(),
            back=float(back[0]),
            back_shallow=sides[0],
            back_deep=sides[1],
        )
