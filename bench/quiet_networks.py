"""Networks that are quiet, real and simulated, and that are blocked, as ``quiet_weeks.py`` says."""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.recorded.ooni_rows import brazil_tests, report_tests, uganda_tests  # noqa: E402 (found by the above)

import shutdownkit as sk  # noqa: E402
from shutdownkit.judging.blocking.streams import hours_of, streams_of  # noqa: E402
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, Strength  # noqa: E402

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
START = datetime(2025, 1, 1, tzinfo=UTC)
COUNTRY = sk.Entity.parse("BR")
NETWORKS = 20
LIMIT = timedelta(days=14)

Fails = Callable[[datetime, random.Random], Strength | None]


@frozen
class Measured:
    """How quiet networks were measured.

    Attributes:
        gaps: hours from one measured hour to the next.
        tests: how many tests a measured hour has.
        shares: of plain and of weak failures, by network.
    """

    gaps: tuple[int, ...]
    tests: tuple[int, ...]
    shares: tuple[tuple[float, float], ...]


def by_network(tests: Iterable[ServiceTest]) -> list[list[ServiceTest]]:
    """The usable tests of each stream, by time."""
    return [list(stream) for networks in streams_of(tests).values() for stream in networks.values()]


def span(stream: Sequence[ServiceTest]) -> timedelta:
    """How long a network was watched: a silence of over two weeks is none of it."""
    times = [test.time for test in stream]
    gaps = (later - earlier for earlier, later in itertools.pairwise(times))
    return sum((gap for gap in gaps if gap <= LIMIT), timedelta(0))


# 1. Real quiet networks


def quiet_streams(data: Path) -> dict[str, list[list[ServiceTest]]]:
    """The real quiet streams."""
    block = (datetime(2026, 1, 13, tzinfo=UTC), datetime(2026, 1, 25, tzinfo=UTC))
    uganda = uganda_tests(data / "uganda-2026" / "ug-analysis.csv")
    brazil = brazil_tests(data / "fastpath_tests" / "detector_query_ww_BR_2018.json")
    change = datetime(2018, 11, 27, tzinfo=UTC)
    return {
        "Uganda, before": by_network(test for test in uganda if test.time < block[0]),
        "Uganda, after": by_network(test for test in uganda if test.time >= block[1]),
        "Pernambuco": by_network(report_tests(data / "reports" / "measurements.br.pernambuco.csv.gz")),
        "Brazil, November 2018": by_network(test for test in brazil if test.time < change),
    }


def measured_on(groups: Iterable[list[list[ServiceTest]]]) -> Measured:
    """How these were measured, and how they failed."""
    gaps: list[int] = []
    tests: list[int] = []
    shares = []
    for stream in (stream for streams in groups for stream in streams):
        hours = hours_of(stream, witnesses=99)
        if len(hours) < 50:
            continue
        starts = [hour.start for hour in hours]
        steps = [(later - earlier) // HOUR for earlier, later in itertools.pairwise(starts)]
        gaps += [step for step in steps if step <= 14 * 24]
        tests += [len(hour.tests) for hour in hours]
        failed = [test.strength for test in stream if test.failed]
        weak = failed.count(Strength.WEAK)
        shares.append(((len(failed) - weak) / len(stream), min(0.05, weak / len(stream))))
    return Measured(tuple(gaps), tuple(tests), tuple(shares))


# 2. and 3. Simulated networks


def simulate(
    network: int,
    hours: Iterable[datetime],
    how: Measured,
    fails: Fails,
    rng: random.Random,
    *,
    layer: Layer = Layer.TCP,
) -> list[ServiceTest]:
    """The tests of one network in these hours; each is a run of its own."""
    tests = []
    for hour in hours:
        for minute in sorted(rng.sample(range(60), min(rng.choice(how.tests), 8))):
            time = hour + timedelta(minutes=minute)
            strength = fails(time, rng)
            tests.append(
                ServiceTest(
                    time=time,
                    subject="domain:example.org",
                    outcome=Outcome.OK if strength is None else Outcome.BLOCKED,
                    country=COUNTRY,
                    network=sk.Entity.parse(f"AS{64496 + network}"),
                    layer=None if strength is None else Layer.DNS if strength is Strength.WEAK else layer,
                    strength=strength,
                    run=f"{network} {time:%Y%m%d%H%M}",
                )
            )
    return tests


def measured_hours(start: datetime, end: datetime, how: Measured, rng: random.Random) -> list[datetime]:
    """Hours that were measured, from one to the next as on the real networks."""
    found = []
    hour = start + rng.randrange(24) * HOUR
    while hour < end:
        found.append(hour)
        hour += rng.choice(how.gaps) * HOUR
    return found


def every_hour(start: datetime, end: datetime) -> list[datetime]:
    return [start + index * HOUR for index in range((end - start) // HOUR)]


def breaks(
    every: timedelta, start: datetime, end: datetime, rng: random.Random, lasting: Callable[[], float]
) -> list[tuple[datetime, datetime]]:
    """Times in which everything fails, so often on average, lasting so many hours."""
    found: list[tuple[datetime, datetime]] = []
    time = start + every * rng.expovariate(1.0)
    while time < end:
        found.append((time, time + HOUR * lasting()))
        time += every * rng.expovariate(1.0)
    return found


def quietly(how: Measured, broken: Sequence[tuple[datetime, datetime]], rng: random.Random) -> Fails:
    """How the tests of a quiet network fail: by its shares, and all in the times in which it is broken."""
    plain, weak = rng.choice(how.shares)
    by_day: dict[object, list[tuple[datetime, datetime]]] = {}
    for begin, end in broken:
        for day in {begin.date(), end.date()}:
            by_day.setdefault(day, []).append((begin, end))

    def fails(time: datetime, rng: random.Random) -> Strength | None:
        if any(begin <= time < end for begin, end in by_day.get(time.date(), ())):
            return Strength.PLAIN
        drawn = rng.random()
        return Strength.PLAIN if drawn < plain else Strength.WEAK if drawn < plain + weak else None

    return fails


def quiet_country(kind: str, how: Measured, rng: random.Random) -> list[ServiceTest]:
    """A year of a service that nobody blocks on the networks of a country."""
    end = START + YEAR
    site = breaks(30 * DAY, START, end, rng, lambda: 1.0) if kind == "site" else []
    long = kind == "long bursts"
    tests = []
    for network in range(NETWORKS):
        lasting = (lambda: rng.expovariate(1.0)) if long else (lambda: rng.uniform(0.0, 2.0))
        line = [] if kind == "alone" else breaks(10 * DAY, START, end, rng, lasting)
        dense = long or kind == "every hour"
        hours = every_hour(START, end) if dense else measured_hours(START, end, how, rng)
        tests += simulate(network, hours, how, quietly(how, [*line, *site], rng), rng)
    return tests


@frozen
class Trial:
    """Blocks that are simulated: on so many networks, measured so, of which this share of tests fails."""

    name: str
    networks: int = 1
    dense: bool = True
    share: float = 1.0
    layer: Layer = Layer.TCP
    confirmed: bool = False
    trials: int = 100


def blocked_country(trial: Trial, how: Measured, rng: random.Random) -> tuple[list[ServiceTest], datetime]:
    """Networks that are quiet for 60 days and then blocked; the hour of the onset."""
    onset = START + 60 * DAY + rng.randrange(24) * HOUR
    end = onset + LIMIT
    strength = Strength.CONFIRMED if trial.confirmed else Strength.PLAIN
    tests = []
    for network in range(trial.networks):
        hours = every_hour(START, end) if trial.dense else measured_hours(START, end, how, rng)
        quiet = quietly(how, breaks(10 * DAY, START, onset, rng, lambda: rng.uniform(0.0, 2.0)), rng)

        def fails(time: datetime, rng: random.Random, quiet: Fails = quiet) -> Strength | None:
            if time < onset:
                return quiet(time, rng)
            return strength if rng.random() < trial.share else None

        tests += simulate(network, hours, how, fails, rng, layer=trial.layer)
    return tests, onset
