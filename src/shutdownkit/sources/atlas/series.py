"""How many probes were connected, at the instants of a grid."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from .replay import Span

__all__ = ["STEP", "Grid", "connected_counts", "mask"]

STEP = 300.0
"""Seconds between two values; shorter interruptions count for nothing."""


@frozen
class Grid:
    """Instants ``start + k * STEP``, epoch seconds, for k from 0 up to, not including, ``size``."""

    start: float
    size: int

    @classmethod
    def over(cls, start: float, end: float) -> Grid:
        """The grid of whole steps whose bins cover ``[start, end)``."""
        first = math.floor(start / STEP)
        return cls(first * STEP, math.ceil(end / STEP) - first)

    @property
    def first(self) -> datetime:
        """The first instant."""
        return datetime.fromtimestamp(self.start, UTC)

    def index(self, time: float) -> int:
        """The first instant at or after a time, from 0 to ``size``."""
        return min(max(math.ceil((time - self.start) / STEP), 0), self.size)


def connected_counts(grid: Grid, probes: Iterable[Iterable[Span]]) -> NDArray[np.float64]:
    """The number of probes that are connected at each instant.

    Args:
        probes: for each its spans ``[start, end)``, which do not overlap.
    """
    change = np.zeros(grid.size + 1)
    for spans in probes:
        for start, end in spans:
            change[grid.index(start)] += 1
            change[grid.index(end)] -= 1
    counts: NDArray[np.float64] = np.cumsum(change[: grid.size])
    return counts


def mask(grid: Grid, spans: Iterable[Span]) -> NDArray[np.bool_]:
    """Which instants lie in any of the spans ``[start, end)``."""
    inside = np.zeros(grid.size, dtype=np.bool_)
    for start, end in spans:
        inside[grid.index(start) : grid.index(end)] = True
    return inside
