"""A clock that is moved by hand."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError
from shutdownkit.reading.http.clock import Deadline
from shutdownkit.testing.clock import ManualClock

START = datetime(2020, 8, 8, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.sampled_from(["sleep", "advance", "delta"]), st.integers(0, 10_000_000)))


@given(STEPS)
def test_time_is_what_was_slept_and_moved(steps: list[tuple[str, int]]) -> None:
    time = ManualClock(START)
    slept, passed = [], 0
    for what, seconds in steps:
        passed += seconds
        if what == "sleep":
            time.clock.sleep(seconds)
            slept.append(float(seconds))
        else:
            time.advance(seconds if what == "advance" else timedelta(seconds=seconds))
        assert time.clock.monotonic() == passed
        assert time.clock.now() == time.now == START + timedelta(seconds=passed)
    assert time.sleeps == tuple(slept)


def test_nothing_moves_by_itself_and_a_text_is_a_start() -> None:
    time = ManualClock("2020-08-08T03:00:00+03:00")
    assert time.now == time.clock.now() == START
    assert time.clock.monotonic() == 0.0
    assert time.sleeps == ()
    assert ManualClock().now == ManualClock().now


@pytest.mark.parametrize("wrong", [-1, -0.001, math.nan, math.inf, timedelta(seconds=-1), "1", 1e10])
def test_time_neither_goes_back_nor_past_its_end(wrong: Any) -> None:
    time = ManualClock("9999-01-01T00:00:00Z")
    with pytest.raises(InvalidValueError, match=r"ManualClock\.advance"):
        time.advance(wrong)
    if not isinstance(wrong, timedelta):
        with pytest.raises(InvalidValueError, match=r"ManualClock\.sleep"):
            time.clock.sleep(wrong)
    assert time.clock.monotonic() == 0.0
    assert time.sleeps == ()
    assert time.now == datetime(9999, 1, 1, tzinfo=UTC)


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"ManualClock\.start"):
        ManualClock(datetime(2020, 8, 8))


def test_a_deadline_passes_when_the_clock_is_moved() -> None:
    time = ManualClock()
    deadline = Deadline(10, time.clock)
    time.advance(9)
    assert deadline.left() == 1
    time.clock.sleep(2)
    assert deadline.left() == -1


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_threads_lose_no_second() -> None:
    time = ManualClock()

    def sleep() -> None:
        for _ in range(500):
            time.clock.sleep(1)
            time.advance(1)

    threads = [threading.Thread(target=sleep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.clock.monotonic() == 4000
    assert len(time.sleeps) == 2000
