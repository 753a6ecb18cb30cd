"""A small picture of the signals, made of characters."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ..model.series import TimeSeries
from ..model.window import TimeWindow
from .content import ReportContent
from .words import signal_name

__all__ = ["BLOCKS", "FAULT", "UNMEASURED", "columns", "picture", "ticks"]

BLOCKS = "▁▂▃▄▅▆▇█"
UNMEASURED = "·"
FAULT = "x"

_LABEL = 5  # characters of a label on the time axis
_STEPS = (
    *(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12)),
    *(timedelta(days=days) for days in (1, 2, 3, 7, 14, 28, 91, 182, 364, 1820, 7280, 36400)),
)
_MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTEST_AXIS = 10


def columns(series: TimeSeries, window: TimeWindow, count: int) -> NDArray[np.float64]:
    """A series on ``count`` equal parts of a window: the worst measured bin that overlaps each part.

    Returns:
        Shape (count,), float64: the least value of the bins that overlap the part; NaN where none of
        them was measured.
    """
    result = np.full(count, np.nan)
    for column in range(count):
        part = TimeWindow(
            window.start + window.duration * column / count,
            window.start + window.duration * (column + 1) / count,
        )
        values = series.cut(part).values
        measured = values[~np.isnan(values)]
        if measured.size:
            result[column] = measured.min()
    return result


def ticks(window: TimeWindow, count: int) -> list[tuple[int, str]]:
    """Columns and labels of the time axis, at round UTC times, none touching the next.

    The step is the shortest for which the labels fit; a label is the hour, the day where the step is a
    day or more or the hour is midnight, the year where steps are years.
    """
    for step in _STEPS:
        if window.duration / step * (_LABEL + 2) <= count:
            break
    times = _round_times(window, step)
    placed = [(_column(time, window, count), _label(time, step)) for time in times]
    return [(column, label) for column, label in placed if column + len(label) <= count]


def _round_times(window: TimeWindow, step: timedelta) -> list[datetime]:
    first = -((_MIDNIGHT - window.start) // step)
    result = []
    time = _MIDNIGHT + first * step
    while time < window.end:
        if time >= window.start:
            result.append(time)
        time += step
    return result


def _label(time: datetime, step: timedelta) -> str:
    if step >= timedelta(days=182):
        return f"{time.year:04d}" if step > timedelta(days=1000) else f"{time:%y-%m}"
    return f"{time:%m-%d}" if step >= timedelta(days=1) or time.hour == 0 else f"{time:%H:%M}"


def _column(time: datetime, window: TimeWindow, count: int) -> int:
    return min(count - 1, max(0, math.floor((time - window.start) / window.duration * count)))


def picture(content: ReportContent, width: int) -> list[str]:
    """A row for each trace, the time axis, and the episodes and faults under it.

    Each block is the share of the expected level, from ``▁`` (an eighth or less) to ``█`` (as expected
    or more); where nobody measured stands ``·``.  Nothing for a report without traces or with an empty
    window.
    """
    if not content.traces or not content.window.duration:
        return []
    names = [
        signal_name(trace.kind, trace.subject, trace.entity, within=content.entity)
        for trace in content.traces
    ]
    margin = min(max(map(len, (*names, "episodes"))), 2 * width // 5)
    count = max(_SHORTEST_AXIS, width - margin - 2)
    rows = [
        (name, _blocks(columns(trace.series, content.window, count)))
        for name, trace in zip(names, content.traces, strict=True)
    ]
    rows += [("", row) for row in _axis(content.window, count)]
    rows += _marks(content, count)
    return [f"{_fitted(name, margin)}  {row}".rstrip() for name, row in rows]


def _fitted(name: str, width: int) -> str:
    return name.ljust(width) if len(name) <= width else name[: width - 1] + "…"


def _blocks(levels: Iterable[float]) -> str:
    return "".join(
        UNMEASURED if math.isnan(level) else BLOCKS[min(7, max(0, math.ceil(level * 8) - 1))]
        for level in levels
    )


def _axis(window: TimeWindow, count: int) -> list[str]:
    line, labels = ["─"] * count, [" "] * count
    for column, label in ticks(window, count):
        line[column] = "┴"
        labels[column : column + len(label)] = label
    return ["".join(line), "".join(labels)]


def _marks(content: ReportContent, count: int) -> list[tuple[str, str]]:
    """Rows that say where each episode (by its number) and each fault lies."""
    rows: list[list[str]] = []
    for number, judged in enumerate(content.episodes, start=1):
        shared = content.window.intersection(judged.episode.window)
        if shared is None:
            continue
        first, last = _span(shared, content.window, count)
        mark = str(number).ljust(last - first + 1, "─")
        if judged.episode.ongoing:
            mark = mark[:-1] + "▶" if len(mark) > len(str(number)) else mark + "▶"
        mark = mark[: count - first]
        free = [row for row in rows if set(row[first : first + len(mark)]) == {" "}]
        if not free:
            free = [[" "] * count]
            rows += free
        free[0][first : first + len(mark)] = mark
    result = [("episodes" if index == 0 else "", "".join(row)) for index, row in enumerate(rows)]
    faulty = [" "] * count
    for fault in content.faults:
        shared = content.window.intersection(fault.window)
        if shared is not None:
            first, last = _span(shared, content.window, count)
            faulty[first : last + 1] = FAULT * (last - first + 1)
    return result + ([("faults", "".join(faulty))] if FAULT in faulty else [])


def _span(inner: TimeWindow, window: TimeWindow, count: int) -> tuple[int, int]:
    """The first and the last column in which a window within the shown one lies."""
    first = _column(inner.start, window, count)
    end = math.ceil((inner.end - window.start) / window.duration * count)
    return first, max(first, min(end, count) - 1)
