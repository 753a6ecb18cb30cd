"""Silence in single tests, of a country or network whose volume elsewhere nobody knows.

People who are offline upload nothing, but so do people who pause: one series alone cannot tell a cut from a
pause (Uganda's network AS20294 sent nothing from 22 to 30 December 2025 and from 5 to 11 January 2026, and
nothing happened).  So a silence is named only where services were blocked at its edge, and never says more
than that: whether the provider could be reached, nobody knows.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from attrs import frozen

from ...model.checks import all_of, instance, store, text, whole
from ...model.entity import Entity
from ...model.service_tests import ServiceTest
from ...model.window import TimeWindow, utc_text

__all__ = ["Silence", "find_silences"]

_SHORTEST = timedelta(hours=24)  # a night and a day: volunteers' phones sleep
_BEFORE = timedelta(hours=72)
_NEAR = timedelta(hours=24)
_FOLLOWED = 2  # times at which a test was made in the 72 hours after it: one may bear a wrong time
_HOUR = timedelta(hours=1)

_CHANCE = 1e-4
"""A silence less probable than this is none of chance: at one that adjoins a blocking a month, one false in
eight centuries.  A proposal."""


@frozen
class Silence:
    """A time in which nobody sent a test, though before many did, at the edge of a time of blocking.

    Attributes:
        window: from the last test before it to the first after it.
        before: how many tests were sent in the 72 hours up to the last.
        networks: those heard from in these 72 hours, ordered.
        text: what was seen, in a sentence.
    """

    window: TimeWindow
    before: int
    networks: tuple[Entity, ...]
    text: str

    def __attrs_post_init__(self) -> None:
        instance("Silence.window", TimeWindow, self.window)
        whole("Silence.before", self.before, minimum=1)
        store(self, "networks", tuple(sorted(all_of("Silence.networks", Entity, self.networks))))
        text("Silence.text", self.text)


def find_silences(tests: Sequence[ServiceTest], blocked: Sequence[TimeWindow]) -> tuple[Silence, ...]:
    """The silences of 24 hours or more at the edge of a time of blocking that are no chance.

    Args:
        tests: of one country or network, of whatever outcome (who uploads is connected), in any order.
        blocked: when services were blocked there.

    Returns:
        Ordered by time.  Each adjoins a blocking: the last test before it or the first after it was made
        while services were blocked, or within 24 hours of that.  What follows the last test is no silence:
        nobody knows until when there were none; nor is what precedes a single test that nothing follows
        within 72 hours, for the clock of one probe may be years ahead.

    How probable a silence is by chance follows from the 72 hours before it.  Tests come in bursts, so hours
    in which any was made are counted and not tests, nor more of them than there were runs, where runs are
    known; the last is left out, since every silence follows one.  If they come at random at a rate known
    from ``n`` such hours alone, no other follows in a silence of length ``s`` with probability
    ``(72 h / (72 h + s)) ** n`` (Poisson counts with a rate that is gamma distributed given ``n``).

    Raises:
        InvalidValueError: where an argument holds something else.
    """
    made = sorted(all_of("tests", ServiceTest, tests), key=lambda one: one.time)
    windows = all_of("blocked", TimeWindow, blocked)
    times = sorted({test.time for test in made})
    return tuple(
        silence
        for last, first in pairwise(times)
        if first - last >= _SHORTEST and (_adjoins(last, windows) or _adjoins(first, windows))
        for silence in _judged(TimeWindow(last, first), made)
    )


def _adjoins(time: datetime, blocked: Sequence[TimeWindow]) -> bool:
    return any(one.start - time <= _NEAR and time - one.end <= _NEAR for one in blocked)


def _judged(window: TimeWindow, tests: Sequence[ServiceTest]) -> Iterator[Silence]:
    first = bisect_left(tests, -_BEFORE, key=lambda one: one.time - window.start)
    end = bisect_right(tests, window.start, key=lambda one: one.time)
    before = [test for test in tests[first:end] if window.start - test.time < _BEFORE]
    after = tests[bisect_left(tests, window.end, key=lambda one: one.time) :]
    if len({test.time for test in after if test.time - window.end < _BEFORE}) < _FOLLOWED:
        return
    chance = math.exp(-_heard(before) * math.log1p(window.duration / _BEFORE))
    if chance >= _CHANCE:
        return
    count = sum(test.count for test in before)
    networks = {test.network for test in before if test.network is not None}
    many = "" if not networks else f" from {len(networks)} network{'s' * (len(networks) > 1)}"
    yield Silence(
        window,
        count,
        tuple(networks),
        f"No test arrived for {window.duration / _HOUR:.0f} hours, from {utc_text(window.start)} to "
        f"{utc_text(window.end)}, though in the 72 hours before {count} came{many}, and services were "
        f"blocked at its edge: by chance with a probability of {chance:.0e}.",
    )


def _heard(tests: Sequence[ServiceTest]) -> int:
    """How many independent times something was heard, but for the last."""
    hours = {test.time.replace(minute=0, second=0, microsecond=0) for test in tests}
    runs = {test.run for test in tests if test.run}
    all_known = all(test.run for test in tests)
    return max(0, (min(len(hours), len(runs)) if all_known else len(hours)) - 1)
