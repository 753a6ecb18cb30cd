"""A sample of the tests of other countries, the same in whatever order they come.

They say whether a service fails elsewhere as well.  That takes some dozens of tests, not all of the world's.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from datetime import date
from hashlib import blake2b

from attrs import define, field

from ....model.service_tests import ServiceTest

__all__ = ["MOST", "Sample"]

MOST = 60
"""Of one subject and day: our choice.  Of a service that fails for one in ten elsewhere, 60 tests show at
least one failure with a chance of 1 - 0.9**60 = 99.8 %."""


@define(eq=False)
class Sample:
    """Of each subject and day the tests with the smallest hashes: as good as chosen by chance.

    Attributes:
        offered: how many there were, by subject.
    """

    most: int = MOST
    offered: dict[str, int] = field(factory=dict)
    _kept: dict[tuple[str, date], list[tuple[int, str, int, ServiceTest]]] = field(factory=dict)

    def take(self, test: ServiceTest) -> None:
        """Offer a test."""
        self.offered[test.subject] = self.offered.get(test.subject, 0) + 1
        identity = repr(test)
        digest = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        # negative: a heap gives up its least first, which must be the largest hash
        # and equal tests stand for each other: their number only keeps them from being compared
        item = (-int.from_bytes(digest, "big"), identity, self.offered[test.subject], test)
        heap = self._kept.setdefault((test.subject, test.time.date()), [])
        if len(heap) < self.most:
            heapq.heappush(heap, item)
        elif item[:2] > heap[0][:2]:
            heapq.heapreplace(heap, item)

    def of(self, subjects: Collection[str]) -> Iterator[ServiceTest]:
        """Those of some subjects, ordered by subject and time."""
        for subject, day in sorted(self._kept):
            if subject in subjects:
                tests = (test for *_, test in sorted(self._kept[subject, day], key=lambda one: one[1]))
                yield from sorted(tests, key=lambda test: test.time)
