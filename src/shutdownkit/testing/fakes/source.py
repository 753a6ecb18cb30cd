"""A source that gives, fails and delays as a test wants."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta

from attrs import evolve

from ...errors import InvalidValueError
from ...model.checks import all_of, instance, number
from ...model.kinds import SignalKind
from ...model.series import TimeSeries
from ...model.signal import Signal
from ...model.window import TimeWindow
from ...reading.http.clock import Clock
from ...reading.query import Query
from ...reading.source import Answered, SourceInfo, SourceResult

__all__ = ["FakeSource", "info_of"]

Give = Callable[[Query], SourceResult]


class FakeSource:
    """A :class:`~shutdownkit.reading.source.Source` in memory.

    It refuses what it does not serve and answers about the entity that is asked for, with the bins that lie
    in the query's span.  May be used by several threads.

    Args:
        gives: what was measured, of any number of entities; or a function that makes the result of a query,
            for which ``info`` is needed.
        name: the slug, where the info is derived from the signals.
        info: what it says of itself, in place of that.
        fails: raised, a copy each time, in place of any answer; after the delay.
        delay: seconds that an answer takes.
        clock: of which ``sleep`` is used for the delay.

    Attributes:
        fails: may be set at any time.

    Raises:
        InvalidValueError: a function without info, or no signal and no info.
    """

    def __init__(
        self,
        gives: Iterable[Signal] | Give,
        *,
        name: str = "fake",
        info: SourceInfo | None = None,
        fails: BaseException | None = None,
        delay: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        if callable(gives):
            if info is None:
                raise InvalidValueError("FakeSource.info", info, "is needed beside a function")
            self._give: Give = gives
            self._info = instance("FakeSource.info", SourceInfo, info)
        else:
            signals = all_of("FakeSource.gives", Signal, gives)
            self._give = lambda query: _result(signals, query)
            self._info = info_of(signals, name=name) if info is None else info
        self.fails = fails
        self._delay = number("FakeSource.delay", delay, minimum=0.0)
        self._sleep = (Clock() if clock is None else clock).sleep
        self._asked: list[Query] = []
        self._lock = threading.Lock()

    @property
    def info(self) -> SourceInfo:
        """What it serves."""
        return self._info

    @property
    def asked(self) -> tuple[Query, ...]:
        """What it was asked so far, in order; what it refused and what it failed over included."""
        with self._lock:
            return tuple(self._asked)

    def fetch(self, query: Query, /) -> SourceResult:
        """What was measured of it.

        Raises:
            NotServedError: where the query is not for this source.
            BaseException: what it was told to fail with.
        """
        with self._lock:
            self._asked.append(query)
        self._info.check_serves(query)
        if self._delay:
            self._sleep(self._delay)
        if self.fails is not None:
            raise copy.copy(self.fails)  # one of its own each time, for notes and tracebacks are added to it
        return self._give(query)


def info_of(signals: Iterable[Signal], *, name: str = "fake") -> SourceInfo:
    """What a source that gives these signals would say of itself.

    Steps are said of kinds whose signals agree; the licences are those of the signals.

    Raises:
        InvalidValueError: there is no signal.
    """
    given = all_of("signals", Signal, signals)
    if not given:
        raise InvalidValueError("signals", given, "is empty: give an info")
    kinds = {one.kind.name: one.kind for one in given}
    return SourceInfo(
        name=name,
        title=name.title(),
        kinds=tuple(kinds[each] for each in sorted(kinds)),
        entity_kinds=frozenset(one.entity.kind for one in given),
        native_steps={
            kind.name: step for kind in kinds.values() if (step := _step_of(kind, given)) is not None
        },
        licence="; ".join(sorted({one.provenance.licence for one in given})),
        blind_to=(),
        homepage="https://example.org",
    )


def _step_of(kind: SignalKind, signals: Iterable[Signal]) -> timedelta | None:
    """The one step of a kind's signals."""
    steps = {one.series.step for one in signals if one.kind == kind}
    return steps.pop() if len(steps) == 1 else None


def _result(signals: Iterable[Signal], query: Query) -> SourceResult:
    wanted = (one for one in signals if one.entity == query.entity and query.wants(one.kind))
    cut = tuple(part for one in wanted if (part := _inside(one, query.span)) is not None)
    return SourceResult(cut, tuple(Answered(one.kind, one.series.window, one.subject) for one in cut))


def _inside(signal: Signal, span: TimeWindow) -> Signal | None:
    """The bins that lie whole in the span; None where none does."""
    series = _whole_bins(signal.series, span)
    if not len(series):
        return None
    weights = None if signal.weights is None else _whole_bins(signal.weights, span)
    return evolve(signal, series=series, weights=weights)


def _whole_bins(series: TimeSeries, span: TimeWindow) -> TimeSeries:
    """The bins of which no part lies outside."""
    first = max(0, -((series.start - span.start) // series.step))
    last = min(len(series), (span.end - series.start) // series.step)
    if last <= first:
        return TimeSeries(span.start, series.step, ())
    return TimeSeries(series.start + first * series.step, series.step, series.values[first:last])
