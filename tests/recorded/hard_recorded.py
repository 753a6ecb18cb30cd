"""The hard cases of which measurements are recorded, as they were measured."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from attrs import frozen

import shutdownkit as sk
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.atlas import AtlasWorld, atlas_answer

from ..hard_worlds import HOUR, World
from .test_atlas_source import kenya, restart

__all__ = ["RECORDED", "RecordedCase"]

_C, _M = sk.Condition, sk.Mechanism
_VENEZUELA_IS_LOCAL = timedelta(hours=-4)  # the file's times are local, written as if they were UTC


@frozen
class RecordedCase:
    """One case.

    Attributes:
        what: what was recorded, in a sentence.
        spell: when it happened.
        read: gives the world, from the folder of recorded data.
        conditions, mechanism, cause: what must come out in hindsight; None where it is not asked.
    """

    name: str
    what: str
    is_deliberate: bool
    spell: sk.TimeWindow
    read: Callable[[Path], World]
    conditions: frozenset[sk.Condition]
    mechanism: frozenset[sk.Mechanism] | None = None
    cause: sk.Cause | None = None

    def __str__(self) -> str:
        return self.name


def venezuela(recorded: Path) -> World:
    """The hourly index of the Monash IP Observatory, the mean of the states."""
    by_hour: dict[int, list[float]] = defaultdict(list)
    path = recorded / "monash" / "ven-2019-07-22_gif.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_hour[int(row["time_e"])].append(float(row["connectivity"]))
    hours = sorted(by_hour)
    start = datetime.fromtimestamp(hours[0], UTC) - _VENEZUELA_IS_LOCAL
    series = sk.TimeSeries(start, HOUR, [float(np.mean(by_hour[hour])) for hour in hours])
    kind = sk.KINDS["connectivity.index"]
    return World((sk.Signal(kind=kind, entity=sk.Entity.parse("VE"), series=series),))


def iran(recorded: Path) -> World:
    """IODA's signals of the country, with those of five networks beside it."""
    signals = sk.read_signals(recorded / "iran-2019" / "ioda-signals.csv")
    own = sk.Entity.parse("IR")
    return World(
        tuple(one for one in signals if one.entity == own), tuple(one for one in signals if one.entity != own)
    )


def _of_atlas(world: AtlasWorld, entity: str, window: sk.TimeWindow) -> World:
    with LoopbackServer(atlas_answer(world)) as server:
        gathered = sk.gather(
            sk.Query(entity=sk.Entity.parse(entity), window=window),
            sources=["atlas"],
            cache=False,
            environ={"SHUTDOWNKIT_ATLAS_URL": server.url},
        )
    return World(gathered.signals, account=gathered.account)


def kenyas_power(recorded: Path) -> World:
    """Connected probes of RIPE Atlas, by the built-in source, from recorded events."""
    return _of_atlas(kenya(recorded), "KE", sk.TimeWindow("2016-06-02", "2016-06-08"))


def reboot(recorded: Path) -> World:
    """The same, of a country of whose probes half hang on the controller that restarted."""
    return _of_atlas(restart(recorded, mainly="GB"), "GB", sk.TimeWindow("2016-07-13", "2016-07-14"))


RECORDED = (
    RecordedCase(
        "Venezuela 2019 (recorded)",
        "The national grid failed, in an hourly index; the curve is smoothed.",
        False,
        sk.TimeWindow("2019-07-22T20:41:00Z", "2019-07-24T05:00:00Z"),
        venezuela,
        frozenset({_C.OUTAGE}),
        cause=sk.Cause.POWER,
    ),
    RecordedCase(
        "Kenya 2016 (recorded)",
        "The grid failed, in the connections of RIPE Atlas probes.",
        False,
        sk.TimeWindow("2016-06-07T08:31:00Z", "2016-06-07T17:00:00Z"),
        kenyas_power,
        frozenset({_C.OUTAGE, _C.DEGRADED}),
    ),
    RecordedCase(
        "controller reboot 2016 (recorded)",
        "A controller of RIPE Atlas restarted (ctr-ams03, 05:47 to 05:51 UTC).",
        False,
        sk.TimeWindow("2016-07-13T05:45:00Z", "2016-07-13T06:21:00Z"),
        reboot,
        frozenset({_C.ARTEFACT}),
    ),
    RecordedCase(
        "Iran 2019 (recorded)",
        "Provider after provider was cut off over five hours; most routes stayed.",
        True,
        sk.TimeWindow("2019-11-16T14:00:00Z", "2019-11-21T09:30:00Z"),
        iran,
        frozenset({_C.OUTAGE}),
        mechanism=frozenset({_M.FILTERING, _M.ROUTING_WITHDRAWAL}),
    ),
)
"""All of them, the negatives first."""
