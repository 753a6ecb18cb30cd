"""From the rows of a week to values hour by hour, in which missing is not zero.

The provider leaves out every bucket in which it counted nothing.  An hour left out is a measured zero only
where the rest of the world was measured as usual in that hour; else it may be the provider's own fault
(ooni/backend#594 dropped all countries at once), or not have happened yet.

What is usual in the world is told by the week itself and by all weeks of the query, whichever says more: a
fault of the provider that lasts a week looks usual to that week alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ...model.series import TimeSeries
from ...model.window import TimeWindow
from .plan import HOUR
from .week import Hour, Week

__all__ = [
    "LATE",
    "NORMAL_SHARE",
    "Flags",
    "Floats",
    "Tally",
    "World",
    "joined",
    "known",
    "measurements",
    "networks",
    "ratio",
    "runs",
    "settled",
    "tally",
    "tested",
    "usual",
    "volume",
    "world",
]

LATE = timedelta(hours=48)
"""For how long counts still grow noticeably.  Apps upload what they could not before at their next start
(ooni/probe#1963, #2003, #2775); an embargo of one to two days is proposed there."""

NORMAL_SHARE = 0.5
"""An hour of the world is normal from this share of the week's median hour on: our choice.  OONI takes
over a million measurements a day from everywhere (1,113,357 web tests on 1 March 2022), whose number
varies by far less over a day, and no country is half of them; the median, over hours that have any,
stands firm as long as most of the week's hours are right."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


_ONE_IN = 10  # hours may be without a measurement where nobody knows; a proposal


@frozen(eq=False)
class Tally:
    """Counts by outcome, hour by hour of one week: each of shape (n,), 0 where no row came."""

    anomaly: Whole
    confirmed: Whole
    failure: Whole
    ok: Whole

    @property
    def total(self) -> Whole:
        """All measurements."""
        return self.anomaly + self.confirmed + self.failure + self.ok


@frozen(eq=False)
class World:
    """How the provider did in each hour of one week: each of shape (n,), never both.

    Attributes:
        normal: it counted as many in the world as it usually does.
        faulty: it counted none, or far fewer.
    """

    normal: Flags
    faulty: Flags


def tally(rows: Iterable[Hour], hours: int) -> Tally:
    """The sum of rows, hour by hour."""
    counts = np.zeros((4, hours), np.int64)
    for row in rows:
        one = row.counts
        counts[:, row.hour] += (one.anomaly, one.confirmed, one.failure, one.ok)
    return Tally(counts[0], counts[1], counts[2], counts[3])


def known(week: Week) -> Flags:
    """The hours that were over when the answer was sent: shape (n,)."""
    over = (week.retrieved - week.ask.chunk.start) // HOUR
    return np.arange(week.hours) < over


def settled(week: Week) -> Flags:
    """The hours that had been over for :data:`LATE` when the answer was sent: shape (n,)."""
    over = (week.retrieved - LATE - week.ask.chunk.start) // HOUR
    return np.arange(week.hours) < over


def usual(weeks: Iterable[Week]) -> float:
    """The median number in the world of an hour that is settled and has any; 0 where none is."""
    totals = [tally(week.rows, week.hours).total[settled(week)] for week in weeks]
    counted = np.concatenate([total[total > 0] for total in totals]) if totals else np.zeros(0)
    return float(np.median(counted)) if counted.size else 0.0


def world(week: Week | None, hours: int, *, at_least: float = 0.0) -> World:
    """How the provider did; of an hour it cannot say, neither is set: all of them where no answer came.

    Args:
        at_least: what is usual in other weeks; the week's own median counts where it is more.
    """
    if week is None:
        return World(np.zeros(hours, np.bool_), np.zeros(hours, np.bool_))
    told = tally(week.rows, hours)
    sure = settled(week)
    level = max(usual([week]), at_least)
    normal = sure & (told.total > 0) & (told.total >= NORMAL_SHARE * level)
    return World(normal=normal, faulty=sure & ~normal)


def volume(counted: Whole, total: Whole, week: Week, provider: World) -> Floats:
    """How many there were: shape (n,).

    An hour without a measurement is 0 where the provider did as usual.  NaN for hours that are not settled,
    in which the provider was at fault, without a measurement where nobody knows, and for hours with
    measurements of which none could be counted.  Where nobody knows and, from the first hour with a
    measurement to the last, more than a tenth have none, all of these are NaN: the busy hours alone would
    pass for what is usual.

    Args:
        total: how many measurements there were, whatever is counted of them.
    """
    zero = np.where((total == 0) & provider.normal, 0.0, np.nan)
    values = np.where(counted > 0, counted.astype(np.float64), zero)
    values[provider.faulty | ~settled(week)] = np.nan
    unsure = settled(week) & ~provider.normal & ~provider.faulty
    busy = np.flatnonzero(unsure & (total > 0))
    if busy.size:
        between = int(unsure[busy[0] : busy[-1] + 1].sum())
        if (between - busy.size) * _ONE_IN > between:
            values[unsure] = np.nan
    return values


def measurements(week: Week, provider: World) -> Floats:
    """The number of measurements: shape (n,)."""
    told = tally(week.rows, week.hours)
    return volume(told.total, told.total, week, provider)


def networks(week: Week, provider: World) -> Floats:
    """The number of networks with a measurement, from rows by AS number: shape (n,).

    AS0, where a probe did not know its network, is none; an hour with measurements from it alone is NaN,
    as there was some network.
    """
    told = tally(week.rows, week.hours)
    count = np.zeros(week.hours, np.int64)
    for row in week.rows:
        count[row.hour] += row.axis != 0 and row.counts.measurements > 0
    return volume(count, told.total, week, provider)


def tested(told: Tally) -> Whole:
    """The measurements that did not fail."""
    return told.total - told.failure


_SHARES: dict[str, tuple[Callable[[Tally], Whole], Callable[[Tally], Whole]]] = {
    "ooni.anomaly-ratio": (lambda told: told.anomaly + told.confirmed, tested),
    "ooni.confirmed-ratio": (lambda told: told.confirmed, tested),
    "ooni.failure-ratio": (lambda told: told.failure, lambda told: told.total),
}


def ratio(kind: str, told: Tally, week: Week) -> tuple[Floats, Floats]:
    """The shares of a kind and how many each is of: both of shape (n,).

    Of those that did not fail, the share with anomalies counts the confirmed as well.  Where there were
    none the share is NaN and its weight 0; both are NaN for hours that were not over.
    """
    part, whole = (of(told).astype(np.float64) for of in _SHARES[kind])
    values = np.full(week.hours, np.nan)
    np.divide(part, whole, out=values, where=whole > 0)
    future = ~known(week)
    values[future] = np.nan
    whole[future] = np.nan
    return values, whole


def joined(grid: TimeWindow, parts: Iterable[tuple[TimeWindow, Floats]]) -> TimeSeries:
    """The hours of weeks on one grid: NaN where no week is, cut to the grid."""
    values = np.full(grid.duration // HOUR, np.nan)
    for window, part in parts:
        shared = window.intersection(grid)
        if shared is not None:
            first, last = ((time - grid.start) // HOUR for time in (shared.start, shared.end))
            start = (shared.start - window.start) // HOUR
            values[first:last] = part[start : start + last - first]
    return TimeSeries(grid.start, HOUR, values)


def runs(series: TimeSeries) -> list[TimeWindow]:
    """The windows in which every bin of a series was measured, in order, none next to another."""
    edges = np.flatnonzero(np.diff(series.measured, prepend=False, append=False)).tolist()
    return [
        TimeWindow(series.start + first * series.step, series.start + last * series.step)
        for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]
