"""The providers as they would have answered about Iran in November 2019, from what was recorded of them.

IODA's signals are the recorded ones.  Of OONI the recorded rows are served with their hours from 21
November on; for the days before only counts by network and day are recorded, and each day's count is laid
evenly over its hours.  OONI's world volume is not recorded: a steady one is served from 10 November, when
the counts begin.  Of RIPE Atlas nothing is recorded for Iran in that month: no probe is served.
"""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import frozen

import shutdownkit as sk
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.atlas import AtlasWorld, atlas_answer
from shutdownkit.testing.wire.ioda import ioda_answer
from shutdownkit.testing.wire.ooni import OoniBucket, OoniWorld, ooni_answer

__all__ = ["IRAN", "Providers", "iran_2019"]

IRAN = sk.Entity.parse("IR")
FIRST_ROWS = "2019-11-21"
HOUR = timedelta(hours=1)
ELSEWHERE = 20_000  # measurements an hour in the rest of the world


@frozen
class Providers:
    """Three servers, and how a program is told of them."""

    ioda: LoopbackServer
    ooni: LoopbackServer
    atlas: LoopbackServer

    @property
    def environ(self) -> dict[str, str]:
        return {
            "SHUTDOWNKIT_IODA_URL": self.ioda.url,
            "SHUTDOWNKIT_OONI_URL": self.ooni.url,
            "SHUTDOWNKIT_ATLAS_URL": self.atlas.url,
        }

    @property
    def requests(self) -> dict[str, int]:
        return {
            name: len(server.received)
            for name, server in (("atlas", self.atlas), ("ioda", self.ioda), ("ooni", self.ooni))
        }


@contextlib.contextmanager
def iran_2019(recorded: Path) -> Iterator[Providers]:
    """The three providers, for as long as the context lasts."""
    folder = recorded / "iran-2019"
    with (
        LoopbackServer(ioda_answer(sk.read_signals(folder / "ioda-signals.csv"))) as ioda,
        LoopbackServer(ooni_answer(OoniWorld(tuple(_buckets(folder))))) as ooni,
        LoopbackServer(atlas_answer(AtlasWorld((), ()))) as atlas,
    ):
        yield Providers(ioda, ooni, atlas)


def _buckets(folder: Path) -> Iterator[OoniBucket]:
    with (folder / "ooni-measurements-iran-by-probeasn.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["test_day"][:10] < FIRST_ROWS:
                yield from _day(row)
    with (folder / "ooni-measurements-iran-fastpath.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["measurement_start_time"] >= FIRST_ROWS:
                yield _row(row)
    begin = datetime(2019, 11, 10, tzinfo=UTC)
    for hour in range(15 * 24):
        yield OoniBucket(begin + hour * HOUR, "US", 7922, ok=ELSEWHERE)


def _day(row: dict[str, str]) -> Iterator[OoniBucket]:
    begin = datetime.fromisoformat(row["test_day"]).replace(tzinfo=UTC)
    count = int(row["count"])
    for hour in range(24):
        share = count * (hour + 1) // 24 - count * hour // 24
        if share:
            yield OoniBucket(begin + hour * HOUR, "IR", int(row["probe_asn"]), ok=share)


def _row(row: dict[str, str]) -> OoniBucket:
    """One measurement, by the rule of OONI's own fast path (facts: section 3)."""
    begin = datetime.fromisoformat(row["measurement_start_time"]).replace(
        minute=0, second=0, microsecond=0, tzinfo=UTC
    )
    scores = json.loads(row["scores"])
    failure = float(scores.get("accuracy", 1.0)) < 0.5
    anomaly = not failure and float(scores.get("blocking_general", 0.0)) > 0.5
    return OoniBucket(
        begin,
        "IR",
        int(row["probe_asn"]),
        test_name=row["test_name"],
        failure=int(failure),
        anomaly=int(anomaly),
        ok=int(not failure and not anomaly),
    )
