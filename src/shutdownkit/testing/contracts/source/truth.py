"""What was really measured, and a question about it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from attrs import evolve, frozen

from ....model.entity import Entity
from ....model.kinds import SignalKind
from ....model.signal import Signal
from ....model.window import TimeWindow, utc_text
from ....reading.query import Query
from ....reading.source import SourceResult

__all__ = [
    "EPOCH",
    "Case",
    "Cell",
    "Truth",
    "asked",
    "cells",
    "difference",
    "has_maximum",
    "is_rising",
    "measured",
    "never_negative",
    "overclaimed",
    "story",
]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Cell = tuple[float | None, float | None]
"""A bin's value and weight; None where nobody measured, and where there is no weight."""

Name = tuple[str, str | None]
"""A signal's kind and subject."""


@frozen
class Truth:
    """What was really measured, by entity, kind and subject, over more time than is asked for.

    A contract's ``publish`` puts it into the upstream, past the source.
    """

    signals: tuple[Signal, ...] = ()

    def of(self, entity: Entity) -> tuple[Signal, ...]:
        """The signals of an entity."""
        return tuple(one for one in self.signals if one.entity == entity)

    def without(self, entity: Entity) -> Truth:
        """The same, had nobody ever heard of an entity."""
        return Truth(tuple(one for one in self.signals if one.entity != entity))

    def unmeasured(self, entity: Entity) -> Truth:
        """The same, had nobody measured an entity in all the time."""
        return Truth(tuple(_unmeasured(one) if one.entity == entity else one for one in self.signals))


def _unmeasured(signal: Signal) -> Signal:
    nothing = evolve(signal.series, values=np.full(len(signal.series), np.nan))
    return evolve(signal, series=nothing, weights=None if signal.weights is None else nothing)


@frozen(repr=False)
class Case:
    """A question, and the truth that it is about."""

    query: Query
    truth: Truth

    @property
    def wanted(self) -> tuple[Signal, ...]:
        """What is asked for, whole."""
        return tuple(one for one in self.truth.of(self.query.entity) if self.query.wants(one.kind))

    def __repr__(self) -> str:
        lines = [
            f"asked for {asked(self.query)}",
            *(f"  published {story(one)}" for one in self.truth.signals),
        ]
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis shows a counterexample; of an attrs class it would show every field."""
        del cycle
        printer.text(repr(self))


def asked(query: Query) -> str:
    """A question, for people."""
    kinds = "all kinds" if query.kinds is None else ", ".join(query.kinds)
    return f"{kinds} of {query.entity} over {query.span}"


def story(signal: Signal, *, longest: int = 14) -> str:
    """A signal in one line: ``acme.pings of BY from 2020-08-08T00:00:00Z by 1:00:00: 5, missing``."""
    values = [_said(value) for value in signal.series.values.tolist()]
    if len(values) > longest:
        values = [*values[: longest - 1], f"… ({len(values)} in all)"]
    start = utc_text(signal.series.start)
    return f"{signal.name} of {signal.entity} from {start} by {signal.series.step}: {', '.join(values)}"


def _said(value: float | None) -> str:
    return "missing" if value is None or math.isnan(value) else f"{value:.12g}"


def cells(signals: Iterable[Signal]) -> dict[Name, dict[datetime, Cell]]:
    """The bins of signals by the time of their start."""
    found: dict[Name, dict[datetime, Cell]] = {}
    for signal in signals:
        series, weights = signal.series, signal.weights
        values = series.values.tolist()
        counts = [math.nan] * len(values) if weights is None else weights.values.tolist()
        found.setdefault((signal.kind.name, signal.subject), {}).update(
            {
                series.start + index * series.step: (_or_none(value), _or_none(count))
                for index, (value, count) in enumerate(zip(values, counts, strict=True))
            }
        )
    return found


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def measured(result: SourceResult) -> int:
    """How many bins of a result were measured."""
    return sum(int(signal.series.measured.sum()) for signal in result.signals)


def difference(case: Case, result: SourceResult, *, may_lack: bool = False) -> str | None:
    """How a result differs from the truth: the first bin in words, or None where it does not.

    A bin that lies in the query's span whole must be there, one that it cuts may be; nothing may be there
    that was not published.

    Args:
        may_lack: bins may be missing that were published.
    """
    got = cells(result.signals)
    truth = cells(case.wanted)
    if not may_lack:
        steps = {(one.kind.name, one.subject): one.series.step for one in case.wanted}
        for name, bins in truth.items():
            for time in _inside(bins, case.query.span, steps[name]):
                told = got.get(name, {}).get(time, (None, None))
                if not _same(told, bins[time]):
                    return _differs(name, time, told, bins[time])
    for name, bins in got.items():
        for time, told in bins.items():
            real = truth.get(name, {}).get(time, (None, None))
            if told[0] is not None and not _same(told, real):
                return _differs(name, time, told, real)
    return None


def overclaimed(case: Case, result: SourceResult) -> str | None:
    """What coverage says was answered, was published, and is not there: in words, or None."""
    got = cells(result.signals)
    for (name, subject), bins in cells(case.wanted).items():
        step = next(one.series.step for one in case.wanted if (one.kind.name, one.subject) == (name, subject))
        windows = [one.window for one in result.coverage if (one.kind.name, one.subject) == (name, subject)]
        for window in windows:
            for time in _inside(bins, window, step):
                told = got.get((name, subject), {}).get(time, (None, None))
                if told[0] is None and bins[time][0] is not None:
                    differs = _differs((name, subject), time, told, bins[time])
                    return f"by its coverage it was answered, and {differs}"
    return None


def never_negative(kind: SignalKind) -> bool:
    """Whether no value of the kind can be under 0."""
    return kind.minimum is not None and kind.minimum >= 0


def has_maximum(kind: SignalKind) -> bool:
    """Whether values of the kind can be too large."""
    return kind.maximum is not None


def _inside(bins: Mapping[datetime, Cell], span: TimeWindow, step: timedelta) -> list[datetime]:
    return [time for time in bins if time >= span.start and time + step <= span.end]


def _same(told: Cell, real: Cell) -> bool:
    """Whether a bin is as it was; a weight counts only where there is one in truth."""
    same_value = told[0] == real[0]
    return same_value and (real[1] is None or told[0] is None or told[1] == real[1])


def _differs(name: Name, time: datetime, told: Cell, real: Cell) -> str:
    kind, subject = name
    what = kind if subject is None else f"{kind} ({subject})"
    weights = "" if told[1] == real[1] else f" (weights {_said(told[1])} and {_said(real[1])})"
    return f"{what} at {utc_text(time)} is {_said(told[0])}, and {_said(real[0])} was published{weights}"


def is_rising(signal: Signal) -> bool:
    """Whether what was measured rises from bin to bin."""
    values = signal.series.values[signal.series.measured]
    return bool(np.all(np.diff(values) > 0))
