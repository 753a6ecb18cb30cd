"""Changes to what a classifier is given, of which it is known what they may change in its answer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from attrs import evolve

from ....judging.goodness import is_counted
from ....model.series import TimeSeries
from ....model.service_tests import ServiceTests
from ....model.signal import Provenance, Signal
from ....model.window import TimeWindow
from ...scenarios.scenario import OutageScenario

__all__ = ["ended", "licensed", "moved", "multiplied", "silenced", "spoilt", "unmeasured"]


def moved(scenario: OutageScenario, by: timedelta) -> OutageScenario:
    """The same, so much later."""

    def later(signals: Iterable[Signal]) -> tuple[Signal, ...]:
        return tuple(evolve(s, series=evolve(s.series, start=s.series.start + by)) for s in signals)

    return evolve(
        scenario,
        window=TimeWindow(scenario.window.start + by, scenario.window.end + by),
        signals=later(scenario.signals),
        network_signals=later(scenario.network_signals),
        controls=later(scenario.controls),
        tests=tuple(
            evolve(batch, tests=tuple(evolve(test, time=test.time + by) for test in batch.tests))
            for batch in scenario.tests
        ),
        truth=evolve(
            scenario.truth,
            windows=tuple(TimeWindow(one.start + by, one.end + by) for one in scenario.truth.windows),
            missing=tuple(
                evolve(gap, window=TimeWindow(gap.window.start + by, gap.window.end + by))
                for gap in scenario.truth.missing
            ),
        ),
    )


def multiplied(signals: Iterable[Signal], factor: int) -> tuple[Signal, ...]:
    """The signals in which every count is so many times as large."""
    return tuple(
        evolve(one, series=evolve(one.series, values=one.series.values * factor))
        if is_counted(one.kind)
        else one
        for one in signals
    )


def silenced(signals: Iterable[Signal], kept: Iterable[bool]) -> tuple[Signal, ...]:
    """Those of the signals that are kept; of the others nothing is known, not even that they are there."""
    return tuple(one for one, stays in zip(signals, kept, strict=True) if stays)


def unmeasured(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """The same signals, of which nobody measured a single bin."""
    return tuple(
        evolve(one, series=evolve(one.series, values=np.full(len(one.series), math.nan))) for one in signals
    )


def ended(signals: Iterable[Signal], time: datetime) -> tuple[Signal, ...]:
    """The signals up to a time, as they stood when it had come."""
    return tuple(evolve(one, series=_until(one.series, time)) for one in signals)


def spoilt(signals: Iterable[Signal], time: datetime) -> tuple[Signal, ...]:
    """The signals in which, from a time on, everything reads as bad as can be: zero, or the whole is lost."""
    return tuple(_spoilt(one, time) for one in signals)


def _until(series: TimeSeries, time: datetime) -> TimeSeries:
    bins = max(0, (time - series.start) // series.step)
    return TimeSeries(series.start, series.step, series.values[:bins])


def _spoilt(signal: Signal, time: datetime) -> Signal:
    series = signal.series
    values = series.values.copy()
    first = max(0, -((series.start - time) // series.step))  # a bin that time cuts was not over
    if time > series.start and (time - series.start) % series.step:
        first -= 1
    values[first:] = 0.0
    return evolve(signal, series=evolve(series, values=values))


def licensed(scenario: OutageScenario) -> tuple[OutageScenario, frozenset[str]]:
    """The same with a licence of its own for every signal and batch of tests, and these licences."""
    names: list[str] = []

    def own() -> Provenance:
        names.append(f"licence {len(names) + 1}")
        return Provenance(source="scenario", licence=names[-1])

    def of(signals: Iterable[Signal]) -> tuple[Signal, ...]:
        return tuple(evolve(one, provenance=own()) for one in signals)

    changed = evolve(
        scenario,
        signals=of(scenario.signals),
        network_signals=of(scenario.network_signals),
        controls=of(scenario.controls),
        tests=tuple(ServiceTests(batch.tests, own()) for batch in scenario.tests),
    )
    return changed, frozenset(names)
