"""From rows in any order to signals on regular grids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from ..errors import InvalidValueError
from ..model.series import TimeSeries
from ..model.signal import Provenance, Signal
from ..model.window import utc_text
from .names import SeriesKey
from .places import Places
from .rows import Rows

__all__ = ["assembled", "usual_step"]

_MOST_BINS = 50_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def usual_step(steps: Sequence[int]) -> int | None:
    """The step of a series with one bin, from those of its kind.

    The most common; of equals the smallest; None where there is none.
    """
    counts = Counter(steps)
    return min(counts, key=lambda step: (-counts[step], step), default=None)


def assembled(
    rows: Rows, keys: Sequence[SeriesKey], places: Places, provenance: Provenance
) -> tuple[Signal, ...]:
    """The signals that the rows hold, ordered by entity, kind and subject.

    The step of a series is the most common difference between its times, of equals the smallest, and
    every time must lie on that grid.  Bins in between without a row are missing.  A series of one row
    takes the usual step of the other series of its kind.

    Raises:
        FileError: for two rows of one bin, a time off the grid, a series whose step cannot be told, or
            grids of more than 50 million bins together (unless the rows are half as many as that).
    """
    rows = rows.taken(np.lexsort((rows.times, rows.series)))
    _refuse_duplicates(rows, keys, places)
    starts = np.flatnonzero(np.diff(rows.series, prepend=-1))
    ends = np.append(starts[1:], len(rows))
    parts = [rows.part(first, end) for first, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    grids = _with_steps([_Grid(keys[int(part.series[0])], part) for part in parts], places)
    _refuse_absurd_size(grids, max(_MOST_BINS, 2 * len(rows)), places)
    signals = [_signal(grid, places, provenance) for grid in grids]
    return tuple(sorted(signals, key=lambda one: (one.entity, one.kind.name, one.subject or "")))


@frozen(eq=False)
class _Grid:
    """The rows of one series, ordered by time, and its step in microseconds (0: not known yet)."""

    key: SeriesKey
    rows: Rows
    step: int = 0

    @property
    def bins(self) -> int:
        """How many bins the grid has from the first time to the last."""
        return (int(self.rows.times[-1]) - int(self.rows.times[0])) // self.step + 1


def _refuse_duplicates(rows: Rows, keys: Sequence[SeriesKey], places: Places) -> None:
    before = np.flatnonzero((np.diff(rows.series) == 0) & (np.diff(rows.times) == 0))
    if not before.size:
        return
    pairs = np.sort(np.stack([rows.places[before], rows.places[before + 1]]), axis=0)
    earliest = int(np.argmin(pairs[1]))
    first, second = pairs[:, earliest].tolist()
    index = before[earliest]
    what = f"{keys[int(rows.series[index])]} at {_text(rows.times[index])}"
    raise places.error(f"{what} is also on {places.unit} {first}", second, "time")


def _with_steps(grids: Sequence[_Grid], places: Places) -> list[_Grid]:
    """The same, every step known."""
    known: list[_Grid] = []
    by_kind: dict[str, list[int]] = {}
    for grid in grids:
        step = 0
        if len(grid.rows) > 1:
            sizes, counts = np.unique(np.diff(grid.rows.times), return_counts=True)
            step = int(sizes[np.argmax(counts)])
            by_kind.setdefault(grid.key.kind.name, []).append(step)
        known.append(evolve(grid, step=step))
    for index, grid in enumerate(known):
        if grid.step:
            continue
        usual = usual_step(by_kind.get(grid.key.kind.name, ()))
        if usual is None:
            raise places.error(
                f"{grid.key} has one row and no other series of its kind has more, "
                "so that its step cannot be told",
                int(grid.rows.places[0]),
            )
        known[index] = evolve(grid, step=usual)
    return known


def _refuse_absurd_size(grids: Sequence[_Grid], most: int, places: Places) -> None:
    if sum(grid.bins for grid in grids) <= most:
        return
    worst = max(grids, key=lambda grid: grid.bins)
    times = worst.rows.times
    before = int(np.argmax(np.diff(times)))
    odd = before if before + 1 < len(times) - before - 1 else before + 1  # the side with fewer rows
    raise places.error(
        f"{worst.key} would have {worst.bins} bins of {timedelta(microseconds=worst.step)} from "
        f"{_text(times[0])} to {_text(times[-1])}; more than {most} in a file are refused",
        int(worst.rows.places[odd]),
        "time",
    )


def _signal(grid: _Grid, places: Places, provenance: Provenance) -> Signal:
    key, rows = grid.key, grid.rows
    offsets = _offsets(grid, places)
    weights = None
    try:
        series = _series(grid, offsets, rows.values)
        if rows.weights is not None and not np.isnan(rows.weights).all():
            weights = _series(grid, offsets, rows.weights)
    except InvalidValueError as error:  # the last bin ends after the year 9999
        raise places.error(f"{key}: {error}", int(rows.places[-1]), "time") from None
    return Signal(key.kind, key.entity, series, key.subject, provenance, weights)


def _offsets(grid: _Grid, places: Places) -> NDArray[np.int64]:
    """Each row's bin, counted from the first.

    The grid is the one on which most times lie, so that a wrong first time is the one to be named.
    """
    times = grid.rows.times
    since_first = times - times[0]
    residues = since_first % grid.step
    if not residues.any():
        offsets: NDArray[np.int64] = since_first // grid.step
        return offsets
    sizes, counts = np.unique(residues, return_counts=True)
    off = residues != sizes[np.argmax(counts)]
    odd = np.flatnonzero(off)[np.argmin(grid.rows.places[off])]
    raise places.error(
        f"{_text(times[odd])} is off the grid of {grid.key}: every "
        f"{timedelta(microseconds=grid.step)} from {_text(times[~off][0])}",
        int(grid.rows.places[odd]),
        "time",
    )


def _series(grid: _Grid, offsets: NDArray[np.int64], numbers: NDArray[np.float64]) -> TimeSeries:
    values = np.full(grid.bins, np.nan)
    values[offsets] = numbers
    start = _EPOCH + timedelta(microseconds=int(grid.rows.times[0]))
    return TimeSeries(start, timedelta(microseconds=grid.step), values)


def _text(micros: np.int64) -> str:
    return utc_text(_EPOCH + timedelta(microseconds=int(micros)))
