"""OONI's own detector of changes, written anew from its description, to compare ours with.

The description is that of ooni/data ``oonipipeline/src/oonipipeline/analysis/detector.py`` (facts, section
4.1): for each network and domain four series of hourly medians (what the network's own resolver answers,
what others answer, TCP, TLS), each followed by two cumulative sums.  ``test_spells_recorded.py`` holds it
to the changes that OONI's own code finds in OONI's own rows (facts, section 4.6).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from attrs import define, frozen

from shutdownkit.model.service_tests import Layer, ServiceTest, Strength

__all__ = ["Change", "Cusum", "Point", "changes", "points_of_rows", "points_of_tests", "uganda_points"]

OK, BLOCKED = 0.0, 0.7  # the two levels (mu0, mu1)
GAP = timedelta(hours=24)  # after a longer gap the sums fade,
HALF_LIFE = timedelta(hours=48)  # by a half each time this passes


@frozen(order=True)
class Point:
    """One value of a measurement: how likely, by OONI's table, it is that a layer is blocked."""

    time: datetime
    series: str
    blocked: float


@frozen(order=True)
class Change:
    """A change that was reported: at the hour that brought it."""

    hour: datetime
    series: str
    up: bool
    sum: float


@define
class Cusum:
    """One series.  ``edd`` is the delay, in measured hours, that the threshold is made for."""

    edd: float
    blocked: bool | None = None
    up: float = 0.0
    down: float = 0.0
    last: datetime | None = None
    reported: bool | None = None

    def step(self, hour: datetime, value: float) -> tuple[bool, float] | None:
        """Take an hour's median; the direction of the change and the sum, where there is one to report."""
        distance = BLOCKED - OK
        if self.last is not None and hour - self.last > GAP:
            fade = 0.5 ** ((hour - self.last) / HALF_LIFE)
            self.up, self.down = self.up * fade, self.down * fade
        self.last = hour
        if self.blocked is not True:
            self.up = max(0.0, self.up + (value - OK) - distance / 2)
        if self.blocked is not False:
            self.down = max(0.0, self.down - (value - BLOCKED) - distance / 2)
        threshold = self.edd * distance / 2
        for direction, reached in ((True, self.up), (False, self.down)):
            if reached > threshold:
                silent = self.blocked is None or self.reported is direction
                self.blocked, self.up, self.down = direction, 0.0, 0.0
                if silent:
                    return None
                self.reported = direction
                return direction, reached
        return None


def changes(points: Iterable[Point], *, edd: float, fresh: bool = True) -> tuple[Change, ...]:
    """The changes in one network's points on one domain.

    Args:
        points: in any order.
        edd: 10 as OONI runs it; 20 is the default of its class.
        fresh: whether nothing is known of the service before; otherwise it is taken to have worked, which
            spares the detector the eleven measured hours that it needs to learn as much.
    """
    hours: dict[tuple[str, datetime], list[float]] = {}
    for point in points:
        hour = point.time.replace(minute=0, second=0, microsecond=0)
        hours.setdefault((point.series, hour), []).append(point.blocked)
    found = []
    series: dict[str, Cusum] = {}
    for name, hour in sorted(hours):
        cusum = series.setdefault(name, Cusum(edd, blocked=None if fresh else False))
        change = cusum.step(hour, median(hours[name, hour]))
        if change is not None:
            found.append(Change(hour, name, *change))
    return tuple(sorted(found))


def uganda_points(path: Path) -> tuple[Point, ...]:
    """The points of OONI's analysis rows of Uganda; a layer that is masked, (0, 0, 0), gives none."""
    with path.open(newline="", encoding="utf-8") as file:
        return points_of_rows(list(csv.DictReader(file)))


def points_of_rows(rows: Sequence[dict[str, str]]) -> tuple[Point, ...]:
    """The points of analysis rows."""
    found = []
    for row in rows:
        time = datetime.fromisoformat(row["measurement_start_time"]).replace(tzinfo=UTC)
        own = row["resolver_asn"] == row["probe_asn"]
        for layer, name in (("dns", "dns_isp" if own else "dns_other"), ("tcp", "tcp"), ("tls", "tls")):
            if any(float(row[f"{layer}_{part}"]) for part in ("blocked", "down", "ok")):
                found.append(Point(time, name, float(row[f"{layer}_blocked"])))
    return tuple(found)


def points_of_tests(tests: Iterable[ServiceTest]) -> tuple[Point, ...]:
    """The points that OONI's table of rules would make of usable tests (facts, section 4.2).

    A test that failed at a layer is blocked there, and was fine at those before it; those after it are
    masked.  OONI scores no layer after TLS: for its detector a test that failed at HTTP, or one whose layer
    is not known, stands where TLS does, with the value of a reset.
    """
    found = []
    for test in tests:
        if not test.usable:
            continue
        layer = None if not test.failed else Layer.TLS if test.layer in {None, Layer.HTTP} else test.layer
        for at in (Layer.DNS, Layer.TCP, Layer.TLS):
            value = _value(test) if at is layer else 0.0
            found.append(Point(test.time, "dns_isp" if at is Layer.DNS else at.value, value))
            if at is layer:
                break
    return tuple(found)


def _value(test: ServiceTest) -> float:
    if test.strength is Strength.CONFIRMED:
        return 1.0
    if test.layer is Layer.DNS:
        return 0.75 if test.strength is Strength.WEAK else 0.9
    return 0.75 if test.layer is Layer.TCP else 0.8
