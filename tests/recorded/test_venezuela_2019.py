"""Venezuela's power cut of July 2019 in the hourly index of the Monash IP Observatory.

The file's times are local times written as if they were UTC, and its curve is smoothed.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import shutdownkit as sk

pytestmark = pytest.mark.recorded

LOCAL = timedelta(hours=-4)


@pytest.fixture(scope="module")
def report(recorded: Path) -> sk.Report:
    by_hour: dict[int, list[float]] = defaultdict(list)
    path = recorded / "monash" / "ven-2019-07-22_gif.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_hour[int(row["time_e"])].append(float(row["connectivity"]))
    hours = sorted(by_hour)
    assert {after - before for before, after in pairwise(hours)} == {3600}
    start = datetime.fromtimestamp(hours[0], UTC) - LOCAL
    means = [float(np.mean(by_hour[hour])) for hour in hours]
    series = sk.TimeSeries(start, timedelta(hours=1), means)
    index = sk.Signal(kind=sk.KINDS["connectivity.index"], entity=sk.Entity.parse("VE"), series=series)
    return sk.classify([index])


def test_it_is_one_outage_that_began_on_the_22nd(report: sk.Report) -> None:
    assert report.condition is sk.Condition.OUTAGE
    (one,) = report.episodes
    local = one.episode.onset + LOCAL
    assert (local.month, local.day) == (7, 22)
    assert one.episode.end is not None
    assert timedelta(hours=24) <= one.episode.duration <= timedelta(hours=40)


def test_it_was_the_power_and_nobody_ordered_it(report: sk.Report) -> None:
    verdict = report.episodes[0].verdict
    assert verdict.p_deliberate < 0.2
    assert verdict.attribution.most_probable is sk.Cause.POWER
    assert verdict.mechanism is sk.Mechanism.UNKNOWN


def test_the_claim_fits(report: sk.Report) -> None:
    verdict = report.episodes[0].verdict
    assert sk.check_claim(verdict, sk.Cause.POWER).status is sk.ClaimStatus.CONSISTENT
    assert sk.check_claim(verdict, sk.Cause.DELIBERATE).status is sk.ClaimStatus.INCONSISTENT
