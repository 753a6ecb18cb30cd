"""From the bins of one series to numbers and to how many measurements stand behind each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ...errors import WrongAnswerError
from ...reading.http.fields import shown
from .datasources import Datasource, Nested
from .parse import IodaSeries, Row

__all__ = ["Numbers", "numbers_of"]

Array = NDArray[np.float64]

_MOST_PROBES = 2.0**53  # of one row; sums of them must not overflow


@frozen(eq=False)
class Numbers:
    """A number for each bin.

    Attributes:
        values: shape (n,), NaN where nobody measured.
        weights: shape (n,), NaN where not said; None where the datasource has none.
    """

    values: Array
    weights: Array | None


def numbers_of(series: IodaSeries, datasource: Datasource) -> Numbers:
    """The values of a series of a datasource.

    Bins of rows are read where the datasource has such.  Shares are averaged by their weight, the number
    of probes; of latencies the median over the rows is taken.  A row without the measurement does not
    count, and rows of no probe measure nothing.

    Raises:
        WrongAnswerError: names the bin whose value is out of the kind's range, or is not of the form
            that the datasource has; or says that no row has the measurement at all.
    """
    nested = datasource.nested
    values = np.empty(len(series.values))
    weights = np.full(len(series.values), np.nan)
    for index, one in enumerate(series.values):
        if isinstance(one, float):
            values[index] = one
        elif nested is None:
            raise _wrong(series, index, f"is a list of rows, where {datasource.name} has numbers")
        else:
            values[index], weights[index] = _combined(one, datasource, nested, series, index)
    if nested is not None:
        _check_named(series, nested.metric)
    _check_range(series, datasource, values, range(len(values)))
    return Numbers(values, weights if nested is not None and nested.weight is not None else None)


def _combined(
    rows: tuple[Row, ...], datasource: Datasource, nested: Nested, series: IodaSeries, index: int
) -> tuple[float, float]:
    """The value of a bin's rows and their weight; each row's own value must be in range."""
    found = [
        (value, math.nan if nested.weight is None else row.metrics.get(nested.weight, math.nan))
        for row in rows
        if not math.isnan(value := row.metrics.get(nested.metric, math.nan))
    ]
    if not found:
        return math.nan, math.nan
    values, weights = zip(*found, strict=True)
    _check_range(series, datasource, np.array(values), [index] * len(values))
    if nested.weight is None:
        return median(values), math.nan
    if any(weight < 0 for weight in weights):
        raise _wrong(series, index, f"has a {nested.weight} under 0")
    if any(weight > _MOST_PROBES for weight in weights):
        raise _wrong(series, index, f"has a {nested.weight} over {_MOST_PROBES:g}")
    if len(found) == 1 and math.isnan(weights[0]):
        return values[0], math.nan
    if any(math.isnan(weight) for weight in weights):
        raise _wrong(series, index, f"has several rows, one without {nested.weight}: they have no average")
    total = math.fsum(weights)
    if total == 0:
        return math.nan, 0.0
    mean = math.fsum(value * (weight / total) for value, weight in found)
    return min(max(mean, min(values)), max(values)), total  # rounding leads out of no range


def _check_named(series: IodaSeries, metric: str) -> None:
    """Refuse rows none of which has the measurement: it is called something else, not unmeasured."""
    rows = [row for one in series.values if isinstance(one, tuple) for row in one]
    if rows and not any(metric in row.metrics for row in rows):
        others = ", ".join(sorted({shown(name) for row in rows for name in row.metrics})) or "nothing"
        raise WrongAnswerError(f"{series.path}.values: no row has {metric!r}; they have: {others}")


def _check_range(series: IodaSeries, datasource: Datasource, values: Array, bins: Sequence[int]) -> None:
    """Refuse a value that cannot be; ``bins`` says of which bin each is."""
    for bad, words in (
        (np.flatnonzero(values < 0), "under 0"),
        (np.flatnonzero(values > datasource.most), f"over the {datasource.most:g} that there can be"),
    ):
        if bad.size:
            raise _wrong(series, bins[bad[0]], f"is {values[bad[0]]:g}, {words}")


def _wrong(series: IodaSeries, index: int, problem: str) -> WrongAnswerError:
    return WrongAnswerError(f"{series.path}.values[{index}]: {problem}")
