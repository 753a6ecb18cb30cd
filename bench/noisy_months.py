"""How often countries whose networks fail at random are called deliberate.

Months of made-up signals (``tests/hard_worlds.py``) in which nothing is ordered: outages at any minute
(Poisson), of log-normal lengths (median 2 hours, sigma 1.2), on all planes, all but routing, or any of them.
Every "deliberate" is false, and so is every probability of one half.

Run from the checkout: ``python -m bench.noisy_months [months]``.
"""

from __future__ import annotations

import math
import sys
from datetime import UTC, datetime

import numpy as np
from tests.hard_worlds import BGP, DAY, HOUR, MINUTE, PROBING, TELESCOPE, TRAFFIC, Dip, Place

import shutdownkit as sk

COUNTRIES = ("BY", "MM", "SY", "IQ", "VE", "NG", "US", "IN", "BR", "CD", "TH", "IR", "NP", "DE", "GM")
RATES = (1, 4, 10, 30, 100)  # outages a month
DAYS = 30


def month(seed: int, rate: float) -> sk.Report:
    """The report on one month, after a quiet week."""
    rng = np.random.default_rng([seed, int(rate)])
    start = datetime(2021, int(rng.integers(1, 12)), 1, tzinfo=UTC)
    losses: dict[str, list[Dip]] = {kind: [] for kind in (BGP, PROBING, TELESCOPE, TRAFFIC)}
    if seed % 3 == 0:
        del losses[TRAFFIC]
    for _ in range(rng.poisson(rate)):
        begin = start + 7 * DAY + int(rng.integers(0, DAYS * 1440)) * MINUTE
        length = float(rng.lognormal(math.log(2), 1.2)) * HOUR
        planes = (
            list(losses),
            list(losses),
            [kind for kind in losses if kind != BGP],
            [kind for kind in losses if rng.random() < 0.5] or [PROBING],
        )[rng.integers(0, 4)]
        depth = float(rng.uniform(0.3, 1.0))
        fall, rise = (min(float(rng.choice([0, 0, 0.5, 2])) * HOUR, length / 2) for _ in range(2))
        for kind in planes:
            losses[kind].append(Dip(begin, begin + length, depth, fall, rise))
    place = Place(COUNTRIES[seed % len(COUNTRIES)], losses)
    return sk.classify(place.signals(sk.TimeWindow(start, start + (DAYS + 7) * DAY), seed))


def main(months: int) -> None:
    """Print the counts for each rate."""
    print("outages a month, episodes, called deliberate, with a probability of 0.5 and more")
    for rate in RATES:
        told = [one.verdict.attribution for seed in range(months) for one in month(seed, rate).episodes]
        called = sum(one.intent is sk.Intent.DELIBERATE for one in told)
        likely = sum(one.p_deliberate >= 0.5 for one in told)
        n = max(1, len(told))
        print(f"{rate:4} {len(told):6} {called:5} ({called / n:.2%}) {likely:5} ({likely / n:.2%})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
