"""Rows of a long table, by columns."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

__all__ = ["Rows"]


@frozen(eq=False)
class Rows:
    """Some rows of a long table.

    Attributes:
        times: microseconds since 1970 (UTC).
        series: the number of the row's series (see ``SeriesNames``).
        values: NaN where missing.
        weights: NaN where missing; None where the table has no such column.
        places: the row's line or row in the file.

    Each has the shape (n,).
    """

    times: NDArray[np.int64]
    series: NDArray[np.int64]
    values: NDArray[np.float64]
    weights: NDArray[np.float64] | None
    places: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.times)

    def taken(self, order: NDArray[np.intp]) -> Rows:
        """The rows in another order."""
        return Rows(
            self.times[order],
            self.series[order],
            self.values[order],
            None if self.weights is None else self.weights[order],
            self.places[order],
        )

    def part(self, first: int, end: int) -> Rows:
        """The rows from ``first`` up to, not including, ``end``, as views."""
        cut = slice(first, end)
        weights = None if self.weights is None else self.weights[cut]
        return Rows(self.times[cut], self.series[cut], self.values[cut], weights, self.places[cut])

    @classmethod
    def joined(cls, parts: list[Rows]) -> Rows:
        """The rows of all parts; at least one is needed, and all have weights or none has."""
        weights = [part.weights for part in parts if part.weights is not None]
        return cls(
            np.concatenate([part.times for part in parts]),
            np.concatenate([part.series for part in parts]),
            np.concatenate([part.values for part in parts]),
            np.concatenate(weights) if weights else None,
            np.concatenate([part.places for part in parts]),
        )
