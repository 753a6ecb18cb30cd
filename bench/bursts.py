"""Speed of ``burst_rows``: a day of 100, 800 and 5000 disconnections, beside the plain dynamic programme.

    python bench/bursts.py

The peer does what the published packages for Kleinberg's automaton do (the R package bursts and its port
pybursts): at every gap, for every level, the least over all levels, each with its history copied.  It is
written anew here from the paper, since the pybursts on the index takes neither ``n`` nor ``T``.  Prints
seconds of both and their ratio in the same run; both must give the same levels.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable
from itertools import pairwise

from shutdownkit.sources.atlas.bursts import Burst, burst_rows

PERIOD = 86400.0
PROBES = 100
ROUNDS = 5


def stream(count: int, seed: int = 1) -> list[float]:
    """Times of a day in seconds: four of five at random, the rest in four bursts of a minute."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    starts = [rng.uniform(0, PERIOD - 60) for _ in range(4)]
    spread = [rng.uniform(0, PERIOD) for _ in range(count - count // 5)]
    return sorted(spread + [rng.choice(starts) + rng.uniform(0, 60) for _ in range(count // 5)])


def plain_levels(times: list[float], s: float = 2.0, gamma: float = 0.5) -> list[int]:
    """The level of each gap, by the plain dynamic programme."""
    gaps = [last - first for first, last in pairwise(times)]
    mean = PERIOD / PROBES
    count = math.ceil(1 + math.log(PERIOD, s) + math.log(1 / min(gaps), s))
    step = gamma * math.log(PROBES)
    costs = [0.0] + [math.inf] * (count - 1)
    paths: list[list[int]] = [[] for _ in range(count)]
    for gap in gaps:
        new_costs, new_paths = [], []
        for level in range(count):
            rate = s**level / mean
            ways = [costs[old] + max(0, level - old) * step for old in range(count)]
            best = min(range(count), key=ways.__getitem__)
            new_costs.append(ways[best] - math.log(rate) + rate * gap)
            new_paths.append([*paths[best], level])
        costs, paths = new_costs, new_paths
    return paths[min(range(count), key=costs.__getitem__)]


def levels_of(rows: tuple[Burst, ...], times: list[float]) -> list[int]:
    """The level of each gap, read off nested rows."""
    levels = [0] * (len(times) - 1)
    place = {at: index for index, at in enumerate(times)}
    for row in rows:
        for index in range(place[row.start], place[row.end]):
            levels[index] = max(levels[index], row.level)
    return levels


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def both(times: list[float]) -> tuple[float, float]:
    """Seconds of ours and of the plain programme."""
    ours = seconds(lambda: burst_rows(times, probes=PROBES, period=PERIOD))
    return ours, seconds(lambda: plain_levels(times))


def main() -> None:
    """Measure and print."""
    print(f"{PROBES} probes, T = {PERIOD:g} s, median of {ROUNDS} rounds (of one for 5000)")
    for count in (100, 800, 5000):
        times = stream(count)
        rows = burst_rows(times, probes=PROBES, period=PERIOD)
        if levels_of(rows, times) != plain_levels(times):
            raise SystemExit(f"{count} disconnections: the levels differ")
        pairs = [both(times) for _ in range(ROUNDS if count < 5000 else 1)]
        ours, peer = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(b / a for a, b in pairs)
        print(
            f"{count:5} disconnections, {len(rows):4} bursts: burst_rows {ours * 1e3:8.2f} ms, "
            f"plain {peer * 1e3:8.1f} ms; plain / ours {ratio:.0f}"
        )


if __name__ == "__main__":
    main()
