"""One series as IODA's ``/signals/raw`` writes it, and of which datasources there are such.

Written down apart from the source's own table, so that a mistake in one shows in tests with the other.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ...errors import InvalidValueError
from ...model.signal import Signal

__all__ = ["SERVED", "Served", "check_native", "rendered_series"]

Array = NDArray[np.float64]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Served:
    """A datasource that is imitated; ``step`` in seconds."""

    name: str
    kind: str
    units: str
    step: int
    subtype: str = ""


# In the order of the API's DatasourceService.php.
SERVED = (
    Served("gtr", "traffic.search", "Traffic", 1800, "WEB_SEARCH"),
    Served("merit-nt", "telescope.unique-sources", "Unique Source IPs", 300),
    Served("bgp", "bgp.visible-slash24s", "Visible /24s", 300),
    Served("ping-slash24", "probing.up-slash24s", "Up /24s", 600),
    Served("ping-slash24-loss", "probing.loss", "Percentage of Probes Lost", 600),
    Served("ping-slash24-latency", "probing.latency", "Milliseconds", 600),
)
"""Those that are imitated, in the order in which the server answers."""


def check_native(field: str, signal: Signal) -> None:
    """Refuse a signal that IODA could not have.

    Raises:
        InvalidValueError: names the field: a kind, a step or a grid that is not IODA's.
    """
    datasource = next((one for one in SERVED if one.kind == signal.kind.name), None)
    if datasource is None:
        raise InvalidValueError(f"{field}.kind", signal.kind.name, "is no kind that IODA has")
    step = timedelta(seconds=datasource.step)
    if signal.series.step != step:
        raise InvalidValueError(f"{field}.series.step", signal.series.step, f"is not IODA's {step}")
    if (signal.series.start - _EPOCH) % step:
        raise InvalidValueError(
            f"{field}.series.start", str(signal.series.start), f"is off the grid of {step}"
        )


def rendered_series(signal: Signal, entity_type: str, code: str, start: int, until: int) -> dict[str, object]:
    """One series of ``/signals/raw`` from ``start`` until ``until`` (epoch seconds).

    Bins that the signal does not have, or that nobody measured, are null.  Loss and latency come as rows.
    """
    datasource = next(one for one in SERVED if one.kind == signal.kind.name)
    step = datasource.step
    first = start // step
    bins = -(-until // step) - first
    offset = (signal.series.start - _EPOCH) // timedelta(seconds=step) - first
    values = _placed(signal.series.values, offset, bins)
    weights = None if signal.weights is None else _placed(signal.weights.values, offset, bins)
    rendered: list[object] = [_number(value) for value in values.tolist()]
    if datasource.name == "ping-slash24-loss":
        counts = [None] * bins if weights is None else [_number(weight) for weight in weights.tolist()]
        rendered = [
            [{"agg_values": {"loss_pct": loss, "probe_count": count}}]
            for loss, count in zip(rendered, counts, strict=True)
        ]
    elif datasource.name == "ping-slash24-latency":
        rendered = [[{"agg_values": {"median_latency": value}}] for value in rendered]
    return {
        "entityType": entity_type,
        "entityCode": code,
        "entityName": signal.entity.name,
        "entityFqid": f"{entity_type}.{code}",
        "datasource": datasource.name,
        "subtype": datasource.subtype,
        "from": first * step,
        "until": (first + bins) * step,
        "step": step,
        "nativeStep": step,
        "values": rendered,
    }


def _placed(values: Array, offset: int, bins: int) -> Array:
    """The values at their place among ``bins`` bins, NaN elsewhere."""
    placed = np.full(bins, np.nan)
    first, last = max(0, offset), min(bins, offset + len(values))
    if first < last:
        placed[first:last] = values[first - offset : last - offset]
    return placed


def _number(value: float) -> float | int | None:
    """As PHP writes it: null, or a whole number without a point."""
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else value
