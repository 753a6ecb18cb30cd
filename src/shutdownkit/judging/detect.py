"""Disruptions in every kind of series.

Each bin is compared with the level expected there (:mod:`.expectation`); what share is left decides how
likely the bin is with connectivity lost and as usual, and runs of bins that are likelier with it lost
are events (:mod:`.segments`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..model.checks import all_of
from ..model.event import Event
from ..model.signal import Signal
from ..model.window import TimeWindow
from .expectation import Blocks, Expectation, Learner, blocks_for
from .goodness import count_unit, goodness, is_counted
from .rhythm import later_level, weekly_shape
from .scores import Scores
from .segments import ALARM, Segment, Tracker
from .settings import DEFAULTS, DetectionSettings

__all__ = ["detect", "expected_levels"]

Array = NDArray[np.float64]

_CHUNK_POINTS = 400_000  # keeps a block's arrays in the processor's cache
_MIN_VARIANCE = 1e-6
_SHORTEST_RECOVERY_BINS = 3
_SHORTEST_DAY_BINS = 7  # where bins are long, a week of them does for "a whole day"
_DECIMALS = 6


def detect(signals: Iterable[Signal], *, settings: DetectionSettings = DEFAULTS) -> tuple[Event, ...]:
    """Find the disruptions in every signal, each on its own.

    What a signal's events are does not depend on the signals beside it.  Gaps neither start, end nor
    deepen an event; a measured zero does.  A single bad bin is no event.

    Returns:
        The events of all signals, ordered by time, then entity, kind and subject.

    Raises:
        InvalidValueError: where something else than a signal is given.
    """
    events = [event for judged in _judge(signals, settings) for event in judged.events()]
    return tuple(sorted(events, key=lambda event: event.sort_key))


def expected_levels(
    signals: Iterable[Signal], *, settings: DetectionSettings = DEFAULTS
) -> tuple[Array, ...]:
    """For each signal the share of the expected level in each bin: shape (n,), 1 as expected, 0 all lost.

    NaN where the bin was not measured or nothing is known to expect.
    """
    given = tuple(signals)
    shares: dict[int, Array] = {judged.position: judged.share for judged in _judge(given, settings)}
    return tuple(shares[position] for position in range(len(given)))


@frozen(eq=False)
class _Judged:
    """One signal with what was expected of it and where it was disrupted."""

    position: int
    signal: Signal
    good: Array
    level: Array
    segments: Sequence[Segment]

    @property
    def share(self) -> Array:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.level > 0, self.good / self.level, np.nan)

    def events(self) -> Iterator[Event]:
        share = self.share
        for segment in self.segments:
            yield self._event(segment, share)

    def _event(self, segment: Segment, share: Array) -> Event:
        step = self.signal.series.step
        last = len(share) if segment.end is None else segment.end
        inside = slice(segment.start, last)
        known = ~np.isnan(share[inside])
        lost = np.clip(1.0 - share[inside], 0.0, 1.0)
        expected = self.level[inside][known].sum()
        depth = _rounded(1.0 - self.good[inside][known].sum() / expected)
        peak = max(depth, _rounded(float(np.sort(lost[known])[-2:][0])))
        deep = np.flatnonzero(known & (lost >= 0.8 * peak))
        start = self._time(segment.start)
        ongoing = segment.end is None
        return Event(
            kind=self.signal.kind,
            entity=self.signal.entity,
            window=TimeWindow(start, self._time(last)),
            depth=depth,
            subject=self.signal.subject,
            ongoing=ongoing,
            peak=peak,
            step=step,
            fall=int(deep[0]) * step if deep.size else None,
            rise=(last - segment.start - 1 - int(deep[-1])) * step if deep.size and not ongoing else None,
        )

    def _time(self, index: int) -> datetime:
        return self.signal.series.start + index * self.signal.series.step


def _rounded(share: float) -> float:
    """A share to six decimals, so that scaling a series does not change the last bits of its events."""
    return min(1.0, max(0.0, round(float(share), _DECIMALS)))


def _judge(signals: Iterable[Signal], settings: DetectionSettings) -> Iterator[_Judged]:
    """Judge every signal that has a bin, in batches of one grid."""
    given = all_of("signals", Signal, signals)
    grids: dict[tuple[timedelta, int], list[int]] = defaultdict(list)
    for position, signal in enumerate(given):
        grids[signal.series.step, len(signal.series)].append(position)
    for (step, length), positions in grids.items():
        rows = max(1, _CHUNK_POINTS // max(length, 1))
        for first in range(0, len(positions), rows):
            chunk = positions[first : first + rows]
            yield from _judge_batch([(k, given[k]) for k in chunk], step, length, settings)


def _judge_batch(
    batch: Sequence[tuple[int, Signal]], step: timedelta, length: int, settings: DetectionSettings
) -> Iterator[_Judged]:
    if length == 0:
        for position, signal in batch:
            yield _Judged(position, signal, np.empty(0), np.empty(0), ())
        return
    blocks = blocks_for(step.total_seconds())
    padded = -(-length // blocks.bins) * blocks.bins
    good = np.full((len(batch), padded), np.nan)
    weights = np.full_like(good, np.nan) if any(s.weights is not None for _, s in batch) else None
    unit = np.zeros(len(batch))
    for row, (_, signal) in enumerate(batch):
        good[row, :length] = goodness(signal)
        if weights is not None and signal.weights is not None:
            weights[row, :length] = signal.weights.values
        if is_counted(signal.kind):
            unit[row] = count_unit(signal.series.values)
    run = _BatchRun(blocks, good, weights, unit, step, settings)
    run.walk()
    _follow_rhythms(run, blocks, step, settings)
    for row, (position, signal) in enumerate(batch):
        segments = run.segments[row]
        yield _Judged(position, signal, good[row, :length], run.level[row, :length], segments)


def _follow_rhythms(run: _BatchRun, blocks: Blocks, step: timedelta, settings: DetectionSettings) -> None:
    """Judge again, without its weekly rhythm, every series that has one too deep to be learnt."""
    shapes: dict[int, Array] = {}
    for row, segments in enumerate(run.segments):
        if segments:
            shape = weekly_shape(run.good[row], run.level[row], blocks, float(run.chance[row]))
            if shape is not None:
                shapes[row] = shape
    if shapes:
        _judge_without(run, shapes, blocks, step, settings)
    for row, segments in enumerate(run.segments):
        run.segments[row] = [one for one in segments if not _was_ordinary(run, row, one, blocks, settings)]


def _was_ordinary(
    run: _BatchRun, row: int, segment: Segment, blocks: Blocks, settings: DetectionSettings
) -> bool:
    """Whether what looked like a loss in the first weeks is what those hours of the week always are."""
    if segment.end is None:
        return False
    later = later_level(run.level[row], blocks, segment.start, segment.end)
    good = run.good[row, segment.start : segment.end]
    known = ~np.isnan(good)
    if later is None or np.sum(good[known]) < (1.0 - settings.loss) * np.sum(later[known]):
        return False
    run.level[row, segment.start : segment.end] = later
    return True


def _judge_without(
    run: _BatchRun,
    shapes: dict[int, Array],
    blocks: Blocks,
    step: timedelta,
    settings: DetectionSettings,
) -> None:
    """Judge again the rows that have a weekly shape, with the shape taken out."""
    rows = sorted(shapes)
    shape = np.stack([shapes[row] for row in rows])
    weights = None if run.weights is None else run.weights[rows]
    again = _BatchRun(blocks, run.good[rows] / shape, weights, run.unit[rows], step, settings)
    again.walk()
    for index, row in enumerate(rows):
        run.level[row] = again.level[index] * shape[index]
        run.segments[row] = again.segments[index]


class _BatchRun:
    """Goes through a batch of series on one grid, block by block."""

    def __init__(  # noqa: PLR0917 - one caller, in this file
        self,
        blocks: Blocks,
        good: Array,
        weights: Array | None,
        unit: Array,
        step: timedelta,
        settings: DetectionSettings,
    ) -> None:
        self._blocks = blocks
        self.good = good
        self.weights = weights
        self.unit = unit
        self._settings = settings
        self._pause = max(1, round(settings.pause / step))
        self._day = max(_SHORTEST_DAY_BINS, round(timedelta(days=1) / step))
        self.level = np.full_like(good, np.nan)
        self.segments: list[list[Segment]] = [[] for _ in good]
        self._scores = np.zeros_like(good)
        self.chance = np.zeros(len(good))
        self._sums = np.zeros(len(good))
        self._begun = np.zeros(len(good), dtype=np.intp)
        self._trackers: dict[int, Tracker] = {}

    def walk(self) -> None:
        """Judge every block in turn."""
        width = self._blocks.bins
        first_week = self.good[:, : 7 * width]
        self.chance = self._by_counting(first_week)
        learner = Learner(self._blocks, first_week, self.chance)
        for first in range(0, self.good.shape[1], width):
            good = self.good[:, first : first + width]
            expectation = learner.expect()
            self.level[:, first : first + width] = expectation.level
            disrupted = self._judge_block(first, good, expectation)
            clean = np.where(disrupted & ~np.isnan(good), expectation.level, good)
            learner.learn(clean, expectation, disrupted)
        for tracker in self._trackers.values():
            tracker.finish()

    def _judge_block(self, first: int, good: Array, expectation: Expectation) -> NDArray[np.bool_]:
        scores = Scores(good, expectation, self._variance(first, expectation), self._settings)
        loss = scores.loss()
        width = self._blocks.bins
        self._scores[:, first : first + width] = loss
        running = np.cumsum(loss, axis=1) + self._sums[:, None]
        sums = running - np.minimum(np.minimum.accumulate(running, axis=1), 0.0)
        slow = {*np.flatnonzero(sums.max(axis=1) >= ALARM).tolist(), *self._trackers}
        before = {row: (float(self._sums[row]), int(self._begun[row])) for row in slow}
        self._carry(first, sums, good)
        disrupted = np.zeros(good.shape, dtype=bool)
        for row in sorted(slow):
            for segment in self._walk_row(row, first, scores, *before[row]):
                end = width if segment.end is None else segment.end - first
                disrupted[row, max(segment.start - first, 0) : max(end, 0)] = True
        for suspected in np.flatnonzero(self._sums > 0.0).tolist():  # not to be learnt before it is known
            disrupted[suspected, max(int(self._begun[suspected]) - first, 0) :] = True
        return disrupted

    def _carry(self, first: int, sums: Array, good: Array) -> None:
        """Keep each row's sum and when it last rose from 0, for the next block."""
        width = sums.shape[1]
        zero = sums <= 0.0
        last_zero = width - 1 - np.argmax(zero[:, ::-1], axis=1)
        self._begun = np.where(zero.any(axis=1), first + last_zero + 1, self._begun)
        self._sums = np.where(np.isnan(good).all(axis=1), 0.0, sums[:, -1])

    def _walk_row(self, row: int, first: int, scores: Scores, total: float, begun: int) -> list[Segment]:
        """Walk one row's block bin by bin; ``total`` and ``begun`` are its state before the block."""
        tracker = self._trackers.pop(row, None)
        if tracker is None:
            tracker = Tracker(self._pause, _SHORTEST_RECOVERY_BINS, self._day, sum=total, begun=begun)
        since = first if tracker.active is not None else min(tracker.begun, first)
        width = self._blocks.bins
        found = tracker.walk(first, scores.row(row), self._scores[row, since : first + width].tolist())
        known = self.segments[row]
        known.extend(segment for segment in found if not any(segment is old for old in known[-1:]))
        if tracker.active is not None:
            self._trackers[row] = tracker
        else:
            self._sums[row], self._begun[row] = max(tracker.sum, 0.0), tracker.begun
        return found

    def _by_counting(self, first_week: Array) -> Array:
        """Shape (n,): standard deviation of a typical bin by counting alone, over its level."""
        chance = np.zeros(len(first_week))
        for row, good in enumerate(first_week):
            level = good[~np.isnan(good)]
            first_day = level[: self._blocks.bins]
            typical = float(max(np.median(first_day), np.median(level))) if level.size else 0.0
            if typical > 0:
                chance[row] = np.sqrt(self.unit[row] / typical)
            if self.weights is not None:
                asked = self.weights[row][self.weights[row] > 0]
                if asked.size:
                    chance[row] = 1.0 / np.sqrt(np.median(asked))
        return chance

    def _variance(self, first: int, expectation: Expectation) -> Array:
        """Shape (n, 1) or (n, bins): variance of a bin by chance alone, over the level squared.

        What was seen of it, and at least that of a Poisson count of the same size; for a share, of the
        count of those that were asked.
        """
        level = expectation.level
        with np.errstate(invalid="ignore", divide="ignore"):
            poisson = np.where(level > 0, self.unit[:, None] / level, 0.0)
            if self.weights is not None:
                asked = self.weights[:, first : first + self._blocks.bins]
                poisson = np.where(np.isnan(asked), poisson, 1.0 / asked)
        seen = (expectation.noise**2)[:, None]
        return np.maximum(np.maximum(poisson, seen), _MIN_VARIANCE)
