"""How fast things were, hour by hour: the median of what was measured, with how many stand behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from statistics import median

import numpy as np
from attrs import define, field, frozen

from ....model.kinds import SignalKind
from ....model.series import TimeSeries
from ....model.window import TimeWindow
from ..plan import HOUR
from .epoch import hour_of
from .speed import Speed
from .speed_kinds import HANDSHAKE

__all__ = ["LEAST_HOURS", "MOST_SITES", "Selected", "SpeedSeries", "Speeds"]

LEAST_HOURS = 24
"""How many measured hours a signal needs: a day's worth, our choice, as for the shares that the API gives."""

MOST_SITES = 50
"""How many sites have a signal of their handshakes, those measured in most hours: our choice.  Some dozens
that are slowed or hold tell throttling of services from a slow network; a list of sites has thousands."""


@frozen(eq=False)
class SpeedSeries:
    """Medians of hours, NaN where nobody measured, and how many stand behind each, 0 where none."""

    kind: SignalKind
    subject: str
    values: TimeSeries
    counts: TimeSeries


@frozen(eq=False)
class Selected:
    """What becomes of the speeds that were collected.

    Attributes:
        series: the signals, by kind and subject.
        sparse: the names of those that were measured in too few hours, ordered.
        beyond: how many sites were measured in enough hours, and have no signal: beyond :data:`MOST_SITES`.
    """

    series: tuple[SpeedSeries, ...]
    sparse: tuple[str, ...]
    beyond: int


@define(eq=False)
class Speeds:
    """Collects speeds by kind, subject and hour (since 1970)."""

    _found: dict[tuple[str, str], dict[int, list[float]]] = field(factory=dict)
    _kinds: dict[str, SignalKind] = field(factory=dict)

    def take(self, hour: int, speed: Speed) -> None:
        """Count one."""
        self._kinds[speed.kind.name] = speed.kind
        self._found.setdefault((speed.kind.name, speed.subject), {}).setdefault(hour, []).append(speed.value)

    def series(
        self, grid: TimeWindow, *, kinds: Collection[SignalKind], wanted: Collection[str] = ()
    ) -> Selected:
        """Those that are signals, by kind and subject, and what was left out.

        Args:
            grid: of whole hours; of each at least :data:`LEAST_HOURS` must be measured.
            kinds: those that are asked for.
            wanted: subjects that have a signal before others do.
        """
        made, sparse, sites = [], [], []
        for (name, subject), hours in sorted(self._found.items()):
            kind = self._kinds[name]
            if kind not in kinds:
                continue
            values, counts = _medians(hours, grid)
            measured = int(np.count_nonzero(counts))
            one = SpeedSeries(
                kind,
                subject,
                TimeSeries(grid.start, HOUR, values),
                TimeSeries(grid.start, HOUR, counts),
            )
            if measured < LEAST_HOURS:
                sparse.append(f"{name} ({subject})")
            elif one.kind == HANDSHAKE:
                sites.append((subject not in wanted, -measured, subject, one))
            else:
                made.append(one)
        made += [one for *_, one in sorted(sites, key=lambda site: site[:3])[:MOST_SITES]]
        made.sort(key=lambda one: (one.kind.name, one.subject))
        return Selected(tuple(made), tuple(sparse), max(0, len(sites) - MOST_SITES))


def _medians(
    hours: Mapping[int, list[float]], grid: TimeWindow
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    length = grid.duration // HOUR
    values, counts = np.full(length, np.nan), np.zeros(length)
    first = hour_of(grid.start)
    for hour, found in hours.items():
        if 0 <= hour - first < length:
            values[hour - first] = median(found)
            counts[hour - first] = len(found)
    return values, counts
