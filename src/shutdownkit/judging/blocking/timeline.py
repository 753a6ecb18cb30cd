"""Tests ordered by time, to look at those made at about one time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from attrs import frozen

from ...model.service_tests import ServiceTest

__all__ = ["Timeline", "hour_of", "known_runs"]

# Whole numbers, since a probe whose clock was never set writes the year 1: a day before is no time.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)


def hour_of(time: datetime) -> int:
    """The hour of the clock that a time is in, counted from 1970 (UTC)."""
    return (time - _EPOCH) // _HOUR


def known_runs(tests: Iterable[ServiceTest]) -> set[str]:
    """The runs of probes that tests come from, as far as they are known."""
    return {test.run for test in tests if test.run}


@frozen(eq=False)
class Timeline:
    """Some tests, ordered by time."""

    tests: tuple[ServiceTest, ...]
    micros: tuple[int, ...]  # since 1970

    @classmethod
    def of(cls, tests: Iterable[ServiceTest]) -> Timeline:
        """The timeline of tests given in any order."""
        ordered = tuple(sorted(tests, key=lambda test: test.time))
        return cls(ordered, tuple((test.time - _EPOCH) // _MICROSECOND for test in ordered))

    def around(self, time: datetime, reach: timedelta) -> Sequence[ServiceTest]:
        """Those made at most ``reach`` before or after a time."""
        middle, width = (time - _EPOCH) // _MICROSECOND, reach // _MICROSECOND
        first = bisect_left(self.micros, middle - width)
        return self.tests[first : bisect_right(self.micros, middle + width)]
