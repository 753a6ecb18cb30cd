"""The tests of one subject on one network, hour by hour, as so many independent witnesses.

Only hours in which somebody tested are there: an hour without a test says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from ...model.entity import Entity
from ...model.service_tests import ServiceTest, Strength

__all__ = ["Hour", "hours_of", "streams_of"]

_KINDS = (None, Strength.WEAK, Strength.PLAIN, Strength.CONFIRMED)  # what a test says, the less first


@frozen
class Hour:
    """An hour of the clock in which a subject was tested on a network.

    Attributes:
        start: of the hour.
        page: how many witnesses saw a known block page,
        plain: saw it fail plainly,
        weak: fail weakly,
        worked: and work.  Not whole numbers where there were more than can be told apart.
        tests: the usable tests, by time.
        runs: the runs of which a test failed.
        nameless: whether a test failed of which the run is not known.
    """

    start: datetime
    page: float
    plain: float
    weak: float
    worked: float
    tests: tuple[ServiceTest, ...]
    runs: frozenset[str]
    nameless: bool

    @property
    def failed(self) -> float:
        """How many witnesses saw it fail."""
        return self.page + self.plain + self.weak

    @property
    def any_failed(self) -> bool:
        """Whether any test failed, even of a run of which most worked."""
        return bool(self.runs) or self.nameless


def streams_of(tests: Iterable[ServiceTest]) -> Mapping[str, Mapping[Entity | None, Sequence[ServiceTest]]]:
    """The usable tests by subject and network, each by time; of one time the failed ones first."""
    found: dict[str, dict[Entity | None, list[ServiceTest]]] = {}
    for test in sorted(
        (test for test in tests if test.usable), key=lambda test: (test.time, not test.failed)
    ):
        found.setdefault(test.subject, {}).setdefault(test.network, []).append(test)
    return found


def hours_of(stream: Sequence[ServiceTest], *, witnesses: int) -> tuple[Hour, ...]:
    """The hours of a stream that is ordered by time.

    The tests of one run within an hour are one witness, that saw what most of them say; where there are as
    many either way, what accuses less.

    Args:
        stream: usable tests.
        witnesses: tests of unknown runs count for at most so many in an hour, in their proportions.
    """
    clock: dict[datetime, list[ServiceTest]] = {}
    for test in stream:
        clock.setdefault(test.time.replace(minute=0, second=0, microsecond=0), []).append(test)
    return tuple(_hour(start, tests, witnesses) for start, tests in clock.items())


def _hour(start: datetime, tests: Sequence[ServiceTest], witnesses: int) -> Hour:
    runs: dict[str, list[int]] = {}
    for test in tests:
        runs.setdefault(test.run, [0] * len(_KINDS))[_KINDS.index(test.strength)] += test.count
    nameless = runs.pop("", [0] * len(_KINDS))
    scale = min(1.0, witnesses / sum(nameless)) if any(nameless) else 0.0
    seen = [count * scale for count in nameless]
    for counts in runs.values():
        seen[_said(counts)] += 1.0
    return Hour(
        start=start,
        worked=seen[0],
        weak=seen[1],
        plain=seen[2],
        page=seen[3],
        tests=tuple(tests),
        runs=frozenset(run for run, counts in runs.items() if any(counts[1:])),
        nameless=any(nameless[1:]),
    )


def _said(counts: Sequence[int]) -> int:
    """What most tests of one run say, of :data:`_KINDS`; the less where there are as many either way."""
    worked, *failed = counts
    return 0 if worked >= sum(failed) else 1 + failed.index(max(failed))
