"""Silences in single tests: named only at the edge of a blocking, and only where they are no chance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.errors import InvalidValueError
from shutdownkit.judging.blocking.silences import Silence, find_silences
from shutdownkit.model.service_tests import Outcome, ServiceTest, Strength

from .builders import DAY, HOUR, START

MTN, OTHER = sk.Entity.parse("AS20294"), sk.Entity.parse("AS36991")
T = START + 10 * DAY
AFTER = sk.TimeWindow(T + 2 * DAY, T + 5 * DAY)


def probe(
    time: datetime, outcome: Outcome = Outcome.OK, *, network: sk.Entity | None = MTN, count: int = 1
) -> ServiceTest:
    strength = Strength.PLAIN if outcome in {Outcome.BLOCKED, Outcome.SLOWED} else None
    return ServiceTest(
        time=time,
        subject="app:telegram",
        outcome=outcome,
        strength=strength,
        network=network,
        count=count,
    )


def hourly(begin: datetime, end: datetime, every: timedelta = HOUR) -> list[ServiceTest]:
    return [probe(begin + k * every) for k in range(-(-(end - begin) // every))]


def silent(length: timedelta = 2 * DAY, every: timedelta = HOUR) -> list[ServiceTest]:
    """Three days of tests, the last at T, a silence, and two days more."""
    return hourly(T - 71 * HOUR, T + HOUR, every) + hourly(T + length, T + length + 2 * DAY)


@st.composite
def rows(draw: st.DrawFn) -> list[ServiceTest]:
    """Tests in clumps, with gaps of up to five days between them."""
    chance, time, made = draw(st.randoms(use_true_random=False)), START, []
    for _ in range(draw(st.integers(1, 6))):
        time += draw(st.integers(1, 120)) * HOUR
        for _ in range(draw(st.integers(1, 40))):
            outcome, network = chance.choice(list(Outcome)), chance.choice([MTN, OTHER, None])
            made.append(probe(time, outcome, network=network, count=chance.randint(1, 3)))
            time += chance.randint(10, 150) * timedelta(minutes=1)
    return made


@st.composite
def times_of_blocking(draw: st.DrawFn) -> list[sk.TimeWindow]:
    made = []
    for _ in range(draw(st.integers(0, 3))):
        begin = START + draw(st.integers(0, 900)) * HOUR
        made.append(sk.TimeWindow(begin, begin + draw(st.integers(0, 200)) * HOUR))
    return made


def adjoins(time: datetime, blocked: Sequence[sk.TimeWindow]) -> bool:
    return any(one.start - DAY <= time <= one.end + DAY for one in blocked)


@given(rows(), times_of_blocking())
def test_a_silence_is_a_gap_of_a_day_or_more_at_the_edge_of_a_blocking(
    made: list[ServiceTest], blocked: list[sk.TimeWindow]
) -> None:
    times = sorted({test.time for test in made})
    for one in find_silences(made, blocked):
        window = one.window
        assert window.duration >= DAY
        assert times[times.index(window.start) + 1] == window.end
        assert adjoins(window.start, blocked) or adjoins(window.end, blocked)
        before = [test for test in made if timedelta(0) <= window.start - test.time < 3 * DAY]
        assert one.before == sum(test.count for test in before)
        assert set(one.networks) == {test.network for test in before} - {None}


@given(rows(), times_of_blocking(), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(
    made: list[ServiceTest], blocked: list[sk.TimeWindow], chance: Random
) -> None:
    found = find_silences(made, blocked)
    chance.shuffle(made)
    chance.shuffle(blocked)
    assert find_silences(made, blocked) == found
    assert [one.window for one in found] == sorted(one.window for one in found)


@given(rows())
def test_without_blocking_there_is_none(made: list[ServiceTest]) -> None:
    assert find_silences(made, []) == ()


@given(rows(), times_of_blocking(), st.sampled_from(Outcome))
def test_the_outcome_does_not_matter(
    made: list[ServiceTest], blocked: list[sk.TimeWindow], outcome: Outcome
) -> None:
    """Whoever uploads is connected, whatever came of the test."""
    other = [probe(test.time, outcome, network=test.network, count=test.count) for test in made]
    assert find_silences(other, blocked) == find_silences(made, blocked)


@given(st.integers(24, 400), st.integers(1, 399), st.sampled_from(Outcome))
def test_one_test_within_ends_it(hours: int, after: int, outcome: Outcome) -> None:
    assume(after < hours)
    blocked = [sk.TimeWindow(T, T + 500 * HOUR)]
    made = silent(hours * HOUR)
    (one,) = find_silences(made, blocked)
    assert one.window == sk.TimeWindow(T, T + hours * HOUR)
    heard = T + after * HOUR
    for part in find_silences([*made, probe(heard, outcome)], blocked):
        assert part.window in {sk.TimeWindow(T, heard), sk.TimeWindow(heard, T + hours * HOUR)}


@given(st.integers(1, 3), st.integers(24, 24 * 14))
def test_those_who_test_once_a_day_pause(tests: int, hours: int) -> None:
    """At a test a day, or two or three in one hour, two weeks without any are no sign."""
    made = [probe(test.time, count=tests) for test in silent(hours * HOUR, every=DAY)]
    assert find_silences(made, [sk.TimeWindow(T, T + 60 * DAY)]) == ()


def test_a_burst_is_no_rate() -> None:
    """A hundred tests within two hours, and nothing for four days."""
    burst = [probe(T - k * timedelta(minutes=1)) for k in range(100)]
    assert find_silences([*burst, probe(T + 4 * DAY)], [AFTER]) == ()


def test_one_run_over_many_hours_is_one() -> None:
    made = silent()
    assert len(find_silences(made, [AFTER])) == 1
    assert find_silences([evolve(test, run="one") for test in made], [AFTER]) == ()
    assert len(find_silences([evolve(test, run=str(test.time)) for test in made], [AFTER])) == 1


@pytest.mark.parametrize(
    ("length", "found"), [(DAY - timedelta(seconds=1), 0), (DAY, 1), (2 * DAY, 1)], ids=str
)
def test_a_day_is_the_shortest(length: timedelta, found: int) -> None:
    assert len(find_silences(silent(length), [sk.TimeWindow(T, T + 9 * DAY)])) == found


@pytest.mark.parametrize(
    ("begin", "end", "found"),
    [
        (timedelta(days=3), timedelta(days=5), 1),
        (timedelta(days=3, seconds=1), timedelta(days=5), 0),
        (timedelta(days=-9), timedelta(days=-1), 1),
        (timedelta(days=-9), timedelta(days=-1, seconds=-1), 0),
        (timedelta(days=-9), timedelta(days=9), 1),
        (timedelta(0), timedelta(0), 1),
    ],
    ids=str,
)
def test_the_edge_is_a_day_wide(begin: timedelta, end: timedelta, found: int) -> None:
    """The silence of two days is from T on."""
    assert len(find_silences(silent(), [sk.TimeWindow(T + begin, T + end)])) == found


@pytest.mark.parametrize(("heard", "found"), [(13, 0), (14, 1)])
def test_how_improbable_it_must_be(heard: int, found: int) -> None:
    """By (72 / 144) ** n, with the last hour left out: 1.2e-4 for 13 others, 6.1e-5 for 14."""
    made = [probe(T - k * 5 * HOUR) for k in range(heard + 1)]
    back = [probe(T + 3 * DAY), probe(T + 3 * DAY + HOUR)]
    assert max(T - test.time for test in made) < 3 * DAY
    assert len(find_silences([*made, *back], [sk.TimeWindow(T, T)])) == found


def test_only_the_three_days_before_count() -> None:
    back = [probe(T), probe(T + HOUR)]
    made = [*hourly(T - 10 * DAY, T - 3 * DAY + HOUR), *back, probe(T + 4 * DAY), probe(T + 4 * DAY + HOUR)]
    (one,) = find_silences(made, [sk.TimeWindow(T + DAY, T + 5 * DAY)])
    assert one.window == sk.TimeWindow(T - 3 * DAY, T)  # the second gap follows two tests in three days


def test_what_follows_the_last_test_is_none() -> None:
    assert find_silences(hourly(T - 3 * DAY, T), [sk.TimeWindow(T, T + 9 * DAY)]) == ()
    assert find_silences([], [AFTER]) == ()


def test_what_it_says() -> None:
    made = [*silent(), probe(T - HOUR, network=OTHER, count=5), probe(T - 2 * HOUR, network=None)]
    (one,) = find_silences(made, [AFTER])
    assert one.window == sk.TimeWindow(T, T + 2 * DAY)
    assert one.before == 72 + 6
    assert one.networks == (MTN, OTHER)
    assert one.text == (
        "No test arrived for 48 hours, from 2023-05-11T00:00:00Z to 2023-05-13T00:00:00Z, though in the 72 "
        "hours before 78 came from 2 networks, and services were blocked at its edge: by chance with a "
        "probability of 2e-16."
    )


def test_what_is_no_test_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"tests\[0\]"):
        find_silences([sk.TimeWindow(T, T)], [])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match=r"blocked\[0\]"):
        find_silences([], [T])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match=r"Silence\.before"):
        Silence(AFTER, 0, (), "Nothing.")


@given(st.integers(1, 80_000), st.integers(0, 71))
def test_a_single_test_far_ahead_ends_no_silence(days: int, hours: int) -> None:
    """The clock of one probe may be years ahead; two tests within three days are no such clock."""
    made = [*hourly(T - 4 * DAY, T), probe(T + (days + 1) * DAY)]
    blocked = [sk.TimeWindow(T - DAY, T)]
    assert find_silences(made, blocked) == ()
    assert len(find_silences([*made, probe(T + (days + 1) * DAY + (hours + 0.5) * HOUR)], blocked)) == 1


def test_a_clock_that_was_never_set_breaks_nothing() -> None:
    never = probe(datetime.min.replace(tzinfo=T.tzinfo))
    made = [*hourly(T, T + 2 * DAY)]
    assert find_silences([never, *made], [sk.TimeWindow(T, T + DAY)]) == ()
