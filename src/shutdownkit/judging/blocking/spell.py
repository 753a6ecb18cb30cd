"""A time in which one service failed on one network."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from ...model.entity import Entity
from ...model.service_tests import Layer
from ...model.window import TimeWindow

__all__ = ["Spell"]


@frozen
class Spell:
    """A time in which one subject failed on one network.

    Attributes:
        network: None for the tests of probes that did not know their network.
        since: the first test that failed.
        last: the last test that failed.
        worked: the last test before ``since`` that worked; None where there was none.
        until: the first test that worked again, of those that ended it; None while it lasts.
        tests: usable tests from ``since`` up to ``until`` (or the last at hand).
        failed: of these, those that failed.
        confirmed, weak, slowed: of the failed, those confirmed, those of weak strength, those slowed.
        runs: how many runs of probes the failed ones come from, as far as runs are known.
        hours: in how many hours of the clock a test failed.
        layers: how often each layer failed, the commonest first, then by name.
        alone: whether the tests of this network suffice by themselves; False where it took those of
            other networks at the same time to tell.
    """

    subject: str
    network: Entity | None
    since: datetime
    last: datetime
    worked: datetime | None
    until: datetime | None
    tests: int
    failed: int
    confirmed: int = 0
    weak: int = 0
    slowed: int = 0
    runs: int = 0
    hours: int = 1
    layers: tuple[tuple[Layer, int], ...] = field(default=())
    alone: bool = True

    @property
    def window(self) -> TimeWindow:
        """From the first failed test to the first that worked again, or while it lasts to the last failed."""
        return TimeWindow(self.since, self.last if self.until is None else self.until)
