"""The shares that the rules state, counted again on the curated list.

Ends and durations are of the incidents whose end is known and lies after the start, local times of
those that name a time zone.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attrs import frozen

from shutdownkit.judging.fitted import agreement, clock, recurrence
from shutdownkit.judging.fitted.weights import shipped

pytestmark = pytest.mark.recorded

DAY = timedelta(days=1)
FIVE, TEN = timedelta(minutes=5), timedelta(minutes=10)
SHUTDOWN, OUTAGE = "shutdown", "outage"


@frozen
class Incident:
    country: str
    zone: str
    label: str
    fell: tuple[bool, bool, bool]  # routing, probing, telescope
    start: datetime
    end: datetime | None


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


@pytest.fixture(scope="module")
def national(recorded: Path) -> list[Incident]:
    found = []
    path = recorded / "incidents" / "ioda-curated.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            start = moment(row["start_utc"])
            if row["scope"] != "Country" or start is None:
                continue
            fell = (row["bgp"] == "True", row["probing"] == "True", row["telescope"] == "True")
            found.append(Incident(row["cc"], row["tz"], row["label"], fell, start, moment(row["end_utc"])))
    return found


@pytest.fixture(scope="module")
def dated(national: list[Incident]) -> list[Incident]:
    return [one for one in national if one.end is not None and one.end > one.start]


def shares(incidents: Sequence[Incident], holds: Callable[[Incident], bool]) -> tuple[float, float]:
    """The share of shutdowns and of outages of which it holds."""
    parts = []
    for label in (SHUTDOWN, OUTAGE):
        of_label = [one for one in incidents if one.label == label]
        parts.append(sum(holds(one) for one in of_label) / len(of_label))
    return parts[0], parts[1]


def stated(pair: tuple[float, float], *, within: float = 0.001) -> object:
    return pytest.approx(pair, abs=within)


def mark(time: datetime | None, zone: str, tolerance: timedelta) -> str:
    assert time is not None
    minute = time.astimezone(ZoneInfo(zone)).minute
    within = tolerance // timedelta(minutes=1)
    if min(minute, 60 - minute) <= within:
        return "hour"
    return "half" if abs(minute - 30) <= within else "neither"


def test_506_national_events_111_of_them_shutdowns(national: list[Incident]) -> None:
    assert len(national) == 506
    assert sum(one.label == SHUTDOWN for one in national) == 111
    assert "506 events, 111 of them" in clock.LOCAL_ONSET.source


def test_489_of_them_are_dated(dated: list[Incident]) -> None:
    assert len(dated) == 489


WEIGHTS = {weight.feature: weight for weight in shipped().weights}


def counts(incidents: Sequence[Incident], holds: Callable[[Incident], bool]) -> tuple[int, int]:
    """Of how many shutdowns and outages it holds."""
    shutdowns, outages = (
        sum(holds(one) for one in incidents if one.label == label) for label in (SHUTDOWN, OUTAGE)
    )
    return shutdowns, outages


def written(feature: str) -> object:
    """What the table of weights says of a feature; the package knows more zones than the list."""
    weight = WEIGHTS[feature]
    return pytest.approx((weight.shutdowns, weight.outages), abs=10)


@pytest.mark.parametrize(
    ("feature", "tolerance"),
    [("start.hour", FIVE), ("start.half", FIVE), ("start.hour.coarse", TEN), ("start.half.coarse", TEN)],
)
def test_where_in_the_local_hour_they_begin(
    national: list[Incident], feature: str, tolerance: timedelta
) -> None:
    where = feature.split(".")[1]
    zoned = [one for one in national if one.zone]
    assert counts(zoned, lambda one: mark(one.start, one.zone, tolerance) == where) == written(feature)


def test_how_many_begin_and_end_on_the_mark(dated: list[Incident]) -> None:
    zoned = [one for one in dated if one.zone]
    counted = counts(
        zoned,
        lambda one: "neither" not in {mark(time, one.zone, FIVE) for time in (one.start, one.end)},
    )
    assert counted == written("marks.both")


@pytest.mark.parametrize(
    ("feature", "low", "high"),
    [
        ("length.under-1h", 0, 1),
        ("length.1-to-2h", 1, 2),
        ("length.12-to-24h", 12, 24),
        ("length.24-to-48h", 24, 48),
        ("length.from-48h", 48, 10**5),
    ],
)
def test_how_long_they_last(dated: list[Incident], feature: str, low: int, high: int) -> None:
    def holds(one: Incident) -> bool:
        assert one.end is not None
        return low <= (one.end - one.start) / timedelta(hours=1) < high

    weight = WEIGHTS[feature]
    seen = [one for one in dated if any(one.fell)]  # of three incidents the list says that nothing fell
    assert counts(seen, holds) == (weight.shutdowns, weight.outages)


def test_how_many_have_all_three(national: list[Incident]) -> None:
    weight = WEIGHTS["planes.all-three"]
    assert counts(national, lambda one: all(one.fell)) == (weight.shutdowns, weight.outages)


def test_the_summaries_of_timing_say_the_same(national: list[Incident], dated: list[Incident]) -> None:
    zoned = [one for one in national if one.zone]
    start = shares(zoned, lambda one: mark(one.start, one.zone, FIVE) == "hour")
    end = shares([one for one in dated if one.zone], lambda one: mark(one.end, one.zone, FIVE) == "hour")
    assert f"{start[0]:.0%} of shutdowns".replace("%", " %") in clock.LOCAL_ONSET.summary
    assert f"{start[1]:.0%} of outages".replace("%", " %") in clock.LOCAL_ONSET.summary
    assert f"{end[0]:.0%} of shutdowns, {end[1]:.0%} of outages".replace("%", " %") in clock.LOCAL_END.summary
    under_two = shares(dated, lambda one: (one.end or one.start) - one.start < timedelta(hours=2))
    assert under_two[0] < 0.05
    assert 0.45 < under_two[1] < 0.55  # "half of all outages less than 2"
    median = sorted((one.end or one.start) - one.start for one in dated if one.label == SHUTDOWN)
    assert median[len(median) // 2] >= timedelta(hours=5)


def around(national: Sequence[Incident]) -> dict[str, list[Incident]]:
    by_country = defaultdict(list)
    for one in national:
        by_country[one.country].append(one)
    return by_country


def returns(one: Incident, others: Sequence[Incident], within: timedelta) -> int:
    """How many others began 1 to 7 whole days before or after it."""
    count = 0
    for other in others:
        apart = abs(one.start - other.start)
        days = round(apart / DAY)
        count += other is not one and 1 <= days <= 7 and abs(apart - days * DAY) <= within
    return count


def test_recurrence_at_whole_days(national: list[Incident]) -> None:
    """To within 30 minutes 77 and 6 %, within 10 minutes 72 and 1.5 %; two in 72 of 111 and in none."""
    near = around(national)
    once = shares(national, lambda one: returns(one, near[one.country], TEN) >= 1)
    assert once[0] == pytest.approx(0.72, abs=0.005)
    assert once[1] == pytest.approx(0.015, abs=0.0005)
    nearly = shares(national, lambda one: returns(one, near[one.country], 3 * TEN) >= 1)
    assert nearly[0] == pytest.approx(0.77, abs=0.005)
    assert nearly[1] == pytest.approx(0.06, abs=0.005)
    twice = {
        label: sum(returns(one, near[one.country], TEN) >= 2 for one in national if one.label == label)
        for label in (SHUTDOWN, OUTAGE)
    }
    assert twice == {SHUTDOWN: 72, OUTAGE: 0}
    assert "two such in 72 of 111 shutdowns, in none of 395 outages" in recurrence.WHOLE_DAYS.summary


def test_bursts(national: list[Incident]) -> None:
    """80 % of shutdowns had another within the 7 days before, 19 % of outages."""
    near = around(national)

    def has_one_before(one: Incident) -> bool:
        return any(timedelta(0) < one.start - other.start <= 7 * DAY for other in near[one.country])

    assert shares(national, has_one_before) == stated((0.80, 0.19), within=0.005)
    first = [one for one in national if not has_one_before(one)]
    assert sum(one.label == SHUTDOWN for one in first) / len(first) == pytest.approx(0.065, abs=0.0005)
    for words in ("80 % had another", "19 % of outages", "6.5 % were shutdowns"):
        assert words in recurrence.BURST.summary


def test_agreement_of_the_three_signals(national: list[Incident]) -> None:
    """All three in 94 % and 54 %; the telescope alone stayed up in 4 % and 34 %."""
    all_three = shares(national, lambda one: all(one.fell))
    assert all_three == stated((0.94, 0.54), within=0.005)
    not_telescope = shares(national, lambda one: one.fell == (True, True, False))
    assert not_telescope == stated((0.04, 0.34), within=0.005)
    assert "94 % of shutdowns and 54 % of outages" in agreement.AGREEMENT.summary
