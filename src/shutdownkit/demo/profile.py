"""What a signal of a scenario would be without noise."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from ..model.kinds import Statistic
from ..model.places import country_zones
from ..model.window import TimeWindow
from .scenario import Phase, ScenarioSignal

__all__ = ["expected_values", "phase_levels", "rhythm_factors"]

_HOUR = timedelta(hours=1)


def expected_values(signal: ScenarioSignal, span: TimeWindow) -> NDArray[np.float64]:
    """The value that each bin has on average, in the kind's unit: shape (n,), never NaN.

    For a share of measurements the rhythm is of their number, not of the share, and is not applied.
    """
    levels = phase_levels(signal.level, signal.phases, span, signal.step)
    if signal.kind.statistic is Statistic.SHARE:
        return levels
    return levels * rhythm_factors(signal, span)


def phase_levels(
    level: float, phases: tuple[Phase, ...], span: TimeWindow, step: timedelta
) -> NDArray[np.float64]:
    """The mean level over each bin, before the rhythm: shape (n,).

    The level is a chain of straight lines through the phases' falls and returns; its mean over a bin is
    exact, so that a change within a bin shows as a partial one.
    """
    times, levels = _corners(level, phases, span)
    edges = np.arange(span.duration // step + 1) * step.total_seconds()
    widths = np.diff(times)
    area = np.concatenate(([0.0], np.cumsum(widths * (levels[1:] + levels[:-1]) / 2)))
    at = np.clip(np.searchsorted(times, edges, side="right") - 1, 0, len(widths) - 1)
    since = edges - times[at]
    # At equal corners (a change at once) the width is 0 and nothing is ever inside.
    slope = np.divide(np.diff(levels), widths, out=np.zeros_like(widths), where=widths > 0)
    means = np.diff(area[at] + levels[at] * since + slope[at] * since**2 / 2) / step.total_seconds()
    # The areas' rounding must not carry a mean past the levels that it is a mean of.
    return np.clip(means, levels.min(), levels.max())


def _corners(
    level: float, phases: tuple[Phase, ...], span: TimeWindow
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times (seconds since the start) and levels at which the straight lines meet."""
    corners = [(0.0, level)]
    before = level
    for index, phase in enumerate(phases):
        start, end = ((time - span.start).total_seconds() for time in (phase.start, phase.end))
        corners += [
            (start, before),
            (start + phase.fall.total_seconds(), phase.level),
            (end, phase.level),
        ]
        following = phases[index + 1] if index + 1 < len(phases) else None
        before = phase.level
        if following is None or following.start != phase.end:
            corners.append((end + phase.rise.total_seconds(), level))
            before = level
    corners.append((max(span.duration.total_seconds(), corners[-1][0]), before))
    times, levels = np.array(corners).T
    return times, levels


def rhythm_factors(signal: ScenarioSignal, span: TimeWindow) -> NDArray[np.float64]:
    """What the rhythm multiplies each bin by, taken at the middle of the bin: shape (n,).

    The local time is that of the first zone of the entity's country, and UTC for a network.
    """
    rhythm, step = signal.rhythm, signal.step.total_seconds()
    starts = np.arange(span.duration // signal.step, dtype=np.float64) * step
    middles: NDArray[np.float64] = starts + step / 2
    days = (span.start.timestamp() + middles + _offsets(signal, span, middles)) / 86_400
    turn = 2 * np.pi * (days % 1 - rhythm.peak_hour / 24)
    # Day 0 is a Thursday, 1 January 1970.
    weekend = (np.floor(days) + 3) % 7 >= 5
    return (1 + rhythm.amplitude * np.cos(turn)) * np.where(weekend, rhythm.weekend, 1.0)


def _offsets(signal: ScenarioSignal, span: TimeWindow, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds that the local time is ahead of UTC, ``seconds`` after the start of the span."""
    country = signal.entity.country
    zones = country_zones(country) if country is not None else ()
    if not zones:
        return np.zeros_like(seconds)
    # Zones change their offset at most a few times a year: looking once an hour is enough.
    hours = range(int(span.duration / _HOUR) + 1)
    found = [(span.start + hour * _HOUR).astimezone(zones[0]).utcoffset() for hour in hours]
    table = np.array([0.0 if offset is None else offset.total_seconds() for offset in found])
    return table[(seconds // _HOUR.total_seconds()).astype(np.int64)]
