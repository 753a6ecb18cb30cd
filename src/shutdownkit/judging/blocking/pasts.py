"""Whether a service used to fail somewhere, in the weeks up to a time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from ...model.service_tests import Outcome, ServiceTest

__all__ = ["Past"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONG = timedelta(days=28)
_TESTS = 3  # from which it can be said; a proposal
_SHARE = 0.5


class Past:
    """The tests of one subject in one place, by time."""

    def __init__(self, tests: Iterable[ServiceTest]) -> None:
        telling = sorted(
            (test for test in tests if test.usable or test.outcome is Outcome.DOWN), key=lambda one: one.time
        )
        self._times = [test.time - _EPOCH for test in telling]
        self._worked = [test.time - _EPOCH for test in telling if test.outcome is Outcome.OK]
        self._tests = [0, *accumulate(test.count for test in telling)]
        self._failed = [0, *accumulate(test.count * (test.outcome is not Outcome.OK) for test in telling)]

    def worked(self, time: datetime) -> datetime | None:
        """When a test last worked before a time; None where none did."""
        last = bisect_left(self._worked, time - _EPOCH)
        return _EPOCH + self._worked[last - 1] if last else None

    def failed(self, until: datetime, *, apart: timedelta = timedelta(0)) -> bool | None:
        """Whether most of the tests of four weeks failed; None where too few were made.

        Args:
            until: the end of the weeks, itself included.
            apart: how long before that they end.
        """
        end = until - _EPOCH - apart
        first, last = bisect_left(self._times, end - _LONG), bisect_right(self._times, end)
        tests = self._tests[last] - self._tests[first]
        if tests < _TESTS:
            return None
        return self._failed[last] - self._failed[first] >= _SHARE * tests
