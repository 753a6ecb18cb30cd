"""Speed and sight of ``detect``: 250 series of six weeks of 5-minute bins, 50 outages put into them.

    python bench/detect.py

Prints nanoseconds a point beside a bare rolling median over a week (``bottleneck.move_median``, window
2016) in the same run, and how many outages were found, to which bin.  Needs the package bottleneck.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import bottleneck
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

import shutdownkit as sk

SERIES = 250
OUTAGES = 50
DAY = 288
BINS = 42 * DAY
START = datetime(2024, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=5)
ROUNDS = 5


@frozen
class Outage:
    """One outage: in which series, from which bin for how many, and which share it takes."""

    series: int
    first: int
    bins: int
    depth: float


def world(seed: int = 1) -> tuple[NDArray[np.float64], list[Outage]]:
    """Counts with a daily and a weekly rhythm, Poisson noise and 1 % of bins missing."""
    rng = np.random.default_rng(seed)
    time_of_bin = np.arange(BINS)
    values = np.empty((SERIES, BINS))
    outages = []
    for row in range(SERIES):
        swing = rng.uniform(0, 0.35)
        daily = 1 + swing * np.sin(2 * np.pi * (time_of_bin - rng.uniform(0, DAY)) / DAY)
        weekly = 1 - 0.1 * ((time_of_bin // DAY) % 7 >= 5)
        level = 10 ** rng.uniform(2, 4) * daily * weekly
        values[row] = rng.poisson(level)
        if row < OUTAGES:
            first = int(rng.integers(14 * DAY, 41 * DAY - 500))
            bins = int(rng.integers(6, 300))
            depth = float(rng.uniform(0.4, 1))
            values[row, first : first + bins] = rng.poisson(level[first : first + bins] * (1 - depth))
            outages.append(Outage(row, first, bins, depth))
        values[row, rng.random(BINS) < 0.01] = np.nan
    return values, outages


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    values, outages = world()
    kind = sk.KINDS["telescope.unique-sources"]
    signals = [
        sk.Signal(
            kind=kind, entity=sk.Entity.parse(f"AS{row + 1}"), series=sk.TimeSeries(START, STEP, values[row])
        )
        for row in range(SERIES)
    ]
    pairs = [
        (
            seconds(lambda: sk.detect(signals)),
            seconds(lambda: bottleneck.move_median(values, 2016, min_count=1, axis=1)),
        )
        for _ in range(ROUNDS)
    ]
    points = SERIES * BINS
    ours, peer = (statistics.median(column) * 1e9 / points for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{SERIES} series of {BINS} bins, median of {ROUNDS} rounds")
    print(f"detect:                        {ours:6.0f} ns a point")
    print(f"bottleneck.move_median(2016):  {peer:6.0f} ns a point; ratio {ratio:.1f}")
    report_found(sk.detect(signals), outages)


def report_found(events: tuple[sk.Event, ...], outages: list[Outage]) -> None:
    """Print how many outages were found, how far off, and how many events are none of them."""
    by_series: dict[int, list[tuple[int, int]]] = {}
    for event in events:
        row = int(event.entity.code[2:]) - 1
        span = ((event.window.start - START) // STEP, (event.window.end - START) // STEP)
        by_series.setdefault(row, []).append(span)
    onsets: Counter[int] = Counter()
    ends: Counter[int] = Counter()
    for outage in outages:
        last = outage.first + outage.bins
        hits = [
            span for span in by_series.get(outage.series, []) if span[0] < last and span[1] > outage.first
        ]
        if hits:
            onsets[hits[0][0] - outage.first] += 1
            ends[hits[-1][1] - last] += 1
    false = len(events) - sum(onsets.values())
    print(f"found {sum(onsets.values())} of {len(outages)} outages (6 to 300 bins, 40 to 100 % deep)")
    print(f"onset, bins off: {dict(sorted(onsets.items()))}")
    print(f"end, bins off:   {dict(sorted(ends.items()))}")
    print(f"other events in {SERIES * 42} days of series: {false}")


if __name__ == "__main__":
    main()
