"""Shares of all tests, of which single tests are at hand: what one says of a service, both say.

A provider's totals ("a third of all tests failed", "a fifth of those of news sites") count the tests of a
named service as well.  Where these make up what failed, the totals are no second sign of anything, and what
was left out of the tests with a reason must not come back through them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from ...model.entity import Entity
from ...model.event import Event
from ...model.kinds import KINDS, Aspect
from ...model.service_tests import Outcome, ServiceTest
from ...model.signal import Signal

__all__ = ["Totals"]

_MOST = 0.5  # of what failed in a total is of the tests at hand; a proposal

_UNTOLD = KINDS["ooni.failure-ratio"]


class Totals:
    """The tests of an entity, to compare with shares that count them as well."""

    def __init__(self, tests: Iterable[ServiceTest], entity: Entity, signals: Sequence[Signal]) -> None:
        own = [test for test in tests if entity in {test.country, test.network}]
        own.sort(key=lambda test: test.time)
        self._signals = [signal for signal in signals if signal.kind.aspect is Aspect.FAILURE]
        self._failed = _Counted(test for test in own if test.failed)
        self._failed_sites = _Counted(test for test in own if test.failed and _is_site(test))
        self._untold = _Counted(test for test in own if test.outcome is Outcome.UNKNOWN)

    def explain(self, event: Event) -> bool:
        """Whether the tests at hand make up at least half of what failed in a total while an event lasted."""
        subject = event.subject
        if event.kind.aspect is not Aspect.FAILURE or (subject and not subject.startswith("category:")):
            return False
        tests = self._untold if event.kind == _UNTOLD else self._failed_sites if subject else self._failed
        counted = tests.within(event)
        if not counted:
            return False
        shares = [one for one in self._signals if (one.kind, one.subject) == (event.kind, subject)]
        return all(counted >= _MOST * _failures(signal, event) for signal in shares)


class _Counted:
    """How many tests there were up to any time."""

    def __init__(self, tests: Iterable[ServiceTest]) -> None:
        made = list(tests)
        self._times = [test.time for test in made]
        self._sums = [0, *accumulate(test.count for test in made)]

    def within(self, event: Event) -> int:
        first, last = (bisect_left(self._times, edge) for edge in (event.window.start, event.window.end))
        return self._sums[last] - self._sums[first]


def _is_site(test: ServiceTest) -> bool:
    return test.subject.startswith("domain:")


def _failures(signal: Signal, event: Event) -> float:
    """How many failed of those that a share counts; infinitely many where nobody says of how many it is."""
    if signal.weights is None:
        return float("inf")
    values, weights = signal.series.cut(event.window).values, signal.weights.cut(event.window).values
    return float(np.nansum(values * weights))
