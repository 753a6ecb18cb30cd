"""The instrument's own faults.

A feed that falls at the same instant for entities that share nothing but the instrument has failed;
what it reads then is not a measurement.  Two signatures are looked for among the series of one kind:

* **all zero**: every series reads exactly 0, beginning at one instant, though shortly before several did
  not (the telescope on 18 November 2019);
* **dip**: most series fall by a third or more in the same bin, and come back in the same bin (the
  collector on 17 November 2019, 11:25 UTC).

Entities of one country share its government as well as the instrument: a shutdown has the same look.
There, and where the countries are not known, the other instruments decide: it is a fault only if they
saw the same entities and no change.  The same holds against three countries: if the other instruments
fell too, it was no fault (a cable shared by neighbours).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from ..model.account import InstrumentFault
from ..model.entity import Entity
from ..model.kinds import Aspect, SignalKind
from ..model.signal import Signal
from ..model.window import TimeWindow, utc_text
from .goodness import count_unit, goodness, is_counted

__all__ = ["find_faults", "merged_faults", "without_faults"]

Array = NDArray[np.float64]

_ENTITIES = 3  # at least so many must fall together
_SHARE = 0.6  # and at least this share of those that could
_FALL = 0.7  # a bin with less than this share of the bin before has fallen
_BACK = 0.85  # a bin with this share of the level before the fall is back
_UNITS = 3.0  # a count under three cannot be told from chance
_SURE_UNITS = 30.0  # a zero after thirty is not chance: exp(-30)
_ZERO_BINS = 3
_BEFORE = timedelta(hours=1)
_LONGEST = timedelta(hours=24)


def find_faults(signals: Iterable[Signal]) -> tuple[InstrumentFault, ...]:
    """The times in which an instrument failed, judged from all entities together.

    Args:
        signals: of every entity at hand, the one in question and its controls.

    Returns:
        Ordered by kind and time; windows of one kind do not overlap.
    """
    given = [signal for signal in signals if signal.kind.aspect is Aspect.REACH and len(signal.series)]
    panels = _panels(given)
    found = [fault for panel in panels for fault in panel.faults() if panel.is_independent(fault, given)]
    return merged_faults(found)


def without_faults(signal: Signal, faults: Sequence[InstrumentFault]) -> Signal:
    """The signal with every bin that overlaps a fault of its kind taken as not measured."""
    windows = [fault.window for fault in faults if fault.kind == signal.kind]
    if not windows or not len(signal.series):
        return signal
    values = signal.series.values.copy()
    start, step = signal.series.start, signal.series.step
    for window in windows:
        first = max(0, (window.start - start) // step)
        last = max(0, -((start - window.end) // step))
        values[first:last] = np.nan
    return evolve(signal, series=evolve(signal.series, values=values))


@frozen
class _Candidate:
    """A possible fault: bins ``first`` up to ``last`` of a panel, and the rows that fell."""

    first: int
    last: int
    rows: tuple[int, ...]
    what: str


@frozen(eq=False)
class _Panel:
    """All series of one kind on one grid, as one matrix."""

    kind: SignalKind
    start: datetime
    step: timedelta
    entities: tuple[Entity, ...]
    values: Array  # (n, bins), the good part
    before: Array  # (n, bins), the last measured value before each bin
    units: Array  # (n,), the size of one counted thing

    def faults(self) -> Iterator[InstrumentFault]:
        if len(set(self.entities)) < _ENTITIES:
            return
        for candidate in (*self._all_zero(), *self._dips()):
            entities = {self.entities[row] for row in candidate.rows}
            window = TimeWindow(self._time(candidate.first), self._time(candidate.last))
            yield InstrumentFault(self.kind, window, tuple(entities), candidate.what)

    def _time(self, index: int) -> datetime:
        return self.start + index * self.step

    def _all_zero(self) -> Iterator[_Candidate]:
        known = ~np.isnan(self.values)
        zero = (known.sum(axis=0) >= _ENTITIES) & np.all((self.values == 0) | ~known, axis=0)
        back = max(1, round(_BEFORE / self.step))
        for first, last in _runs(zero, at_least=_ZERO_BINS):
            earlier = np.where(known, self.values, 0.0)[:, max(0, first - back) : first]
            if not earlier.shape[1]:
                continue
            level = np.max(earlier, axis=1)
            alive = np.flatnonzero(level > 0)
            sure = np.any(level[alive] >= _SURE_UNITS * np.maximum(self.units[alive], 1e-12))
            if len(alive) >= _ENTITIES and sure:
                yield _Candidate(
                    max(0, first - 1),
                    min(self.values.shape[1], last + 1),
                    tuple(alive.tolist()),
                    f"{self.kind.name} read exactly 0 for all {int(known[:, first].sum())} entities "
                    "at once, though it had not within the hour before",
                )

    def _dips(self) -> Iterator[_Candidate]:
        with np.errstate(invalid="ignore"):
            able = (self.before > 0) & (self.before >= _UNITS * self.units[:, None])
            fell = able & (self.values < _FALL * self.before)
            counts = fell.sum(axis=0)
            able &= ~np.isnan(self.values)
        starts = np.flatnonzero((counts >= _ENTITIES) & (counts >= _SHARE * able.sum(axis=0)))
        until = 0
        for first in starts.tolist():
            if first < until:
                continue
            rows = np.flatnonzero(fell[:, first])
            if len({self.entities[row] for row in rows}) < _ENTITIES:
                continue
            last = self._return(first, rows)
            if last is None:
                continue
            until = last
            share = f"{len(rows)} of {int(able[:, first].sum())}"
            yield _Candidate(
                first,
                last,
                tuple(rows.tolist()),
                f"{self.kind.name} fell at {utc_text(self._time(first))} for {share} entities in the "
                f"same bin and came back for most of them in the same bin",
            )

    def _return(self, first: int, rows: NDArray[np.intp]) -> int | None:
        """The bin in which most of the rows came back together, or None."""
        level = self.before[rows, first][:, None]
        longest = first + 1 + round(_LONGEST / self.step)
        with np.errstate(invalid="ignore"):
            back = self.values[rows, first:longest] >= _BACK * level
        came = np.where(back.any(axis=1), back.argmax(axis=1), -1)
        when, counts = np.unique(came[came > 0], return_counts=True)
        if not len(when):
            return None
        best = int(counts.argmax())
        return first + int(when[best]) if counts[best] >= _SHARE * len(rows) else None

    def is_independent(self, fault: InstrumentFault, signals: Sequence[Signal]) -> bool:
        """Whether the instrument is what the entities share: what do the other instruments say?"""
        votes: dict[Entity, list[bool]] = defaultdict(list)
        for signal in signals:
            if signal.kind.plane is self.kind.plane or signal.entity not in fault.entities:
                continue
            fell = _fell(signal, fault.window)
            if fell is not None:
                votes[signal.entity].append(fell)
        if votes:
            unchanged = sum(2 * sum(fell) < len(fell) for fell in votes.values())
            return unchanged >= _SHARE * len(votes)
        countries = {entity.country for entity in fault.entities if entity.country is not None}
        return len(countries) >= _ENTITIES


def _fell(signal: Signal, window: TimeWindow) -> bool | None:
    """Whether a signal fell in the window against the hour before; None where that cannot be said."""
    good = goodness(signal)
    start, step = signal.series.start, signal.series.step
    first = (window.start - start) // step
    last = -((start - window.end) // step)
    back = max(1, round(_BEFORE / step))
    if first < 1 or first >= len(good):
        return None
    earlier, during = good[max(0, first - back) : first], good[first:last]
    if np.all(np.isnan(earlier)) or np.all(np.isnan(during)):
        return None
    level = float(np.nanmedian(earlier))
    unit = count_unit(signal.series.values) if is_counted(signal.kind) else 0.0
    if level <= 0 or level < _UNITS * unit:
        return None
    return float(np.nanmedian(during[: max(1, back)])) < _FALL * level


def _panels(signals: Sequence[Signal]) -> Iterator[_Panel]:
    """The signals of one kind and step whose bins coincide, side by side on one time axis."""
    grids: dict[tuple[str, timedelta, timedelta], list[Signal]] = defaultdict(list)
    for signal in signals:
        phase = (signal.series.start - _EPOCH) % signal.series.step
        grids[signal.kind.name, signal.series.step, phase].append(signal)
    for (_, step, _), group in sorted(grids.items()):
        if len({signal.entity for signal in group}) < _ENTITIES:
            continue
        start = min(signal.series.start for signal in group)
        bins = (max(signal.series.window.end for signal in group) - start) // step
        values = np.full((len(group), bins), np.nan)
        for row, signal in enumerate(group):
            first = (signal.series.start - start) // step
            values[row, first : first + len(signal.series)] = goodness(signal)
        counted = [is_counted(signal.kind) for signal in group]
        units = [
            count_unit(signal.series.values) if count else 0.0
            for signal, count in zip(group, counted, strict=True)
        ]
        yield _Panel(
            group[0].kind,
            start,
            step,
            tuple(signal.entity for signal in group),
            values,
            _before(values),
            np.array(units),
        )


def _before(values: Array) -> Array:
    """For each bin the last measured value before it; NaN where there is none."""
    index = np.where(np.isnan(values), -1, np.arange(values.shape[1]))
    latest = np.maximum.accumulate(index, axis=1)
    latest = np.concatenate([np.full((len(values), 1), -1), latest[:, :-1]], axis=1)
    taken = np.take_along_axis(values, np.maximum(latest, 0), axis=1)
    return np.where(latest >= 0, taken, np.nan)


def _runs(flags: NDArray[np.bool_], *, at_least: int) -> list[tuple[int, int]]:
    """Runs of True of at least so many bins, as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    pairs = edges.reshape(-1, 2).tolist()
    return [(first, last) for first, last in pairs if last - first >= at_least]


def merged_faults(faults: Iterable[InstrumentFault]) -> tuple[InstrumentFault, ...]:
    """Faults ordered by kind and time, those of one kind that overlap made one."""
    return tuple(_merged(faults))


def _merged(faults: Iterable[InstrumentFault]) -> Iterator[InstrumentFault]:
    pending: InstrumentFault | None = None
    for fault in sorted(faults, key=lambda fault: (fault.kind.name, fault.window)):
        if pending is not None and pending.kind == fault.kind and pending.window.end >= fault.window.start:
            pending = evolve(
                max(pending, fault, key=lambda one: one.window.duration),
                window=TimeWindow(pending.window.start, max(pending.window.end, fault.window.end)),
                entities=tuple({*pending.entities, *fault.entities}),
            )
            continue
        if pending is not None:
            yield pending
        pending = fault
    if pending is not None:
        yield pending


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
