"""From files, one after the other, to what a query needs of them.

What is of the entity in question is kept whole.  Of other countries, which serve for comparison, hours are
counted, and of their tests a sample is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import define, field

from ....model.entity import Entity, EntityKind
from ....model.service_tests import ServiceTest
from ....model.window import TimeWindow
from .epoch import hour_of
from .file import ArchiveFile
from .layout import Place
from .measured import Measured
from .sample import Sample
from .speeds import Speeds
from .tally import Tally

__all__ = ["Collected", "collect"]


@define(eq=False)
class Collected:
    """What was collected, while it is collected and after.

    Attributes:
        entity: whom the query is about.
        own: measurements of the entity by hour (since 1970) and number of the network (0 not known).
        hours: measurements of everybody by hour and country (None not known).
        home: the countries in which the entity was measured.
        tests: of the entity.
        sample: of the tests of others.
        speeds: of the entity.
        copies: measurements that were there already.
        tally: of all files.
        uploads: by country, the first and the last upload.
        damaged: the places of files that are damaged or cut short.
        gappy: the places of files of which a line could not be read.
    """

    entity: Entity
    own: Counter[tuple[int, int]] = field(factory=Counter)
    hours: Counter[tuple[int, Entity | None]] = field(factory=Counter)
    home: set[Entity | None] = field(factory=set)
    tests: list[ServiceTest] = field(factory=list)
    sample: Sample = field(factory=Sample)
    speeds: Speeds = field(factory=Speeds)
    copies: int = 0
    tally: Tally = field(factory=Tally)
    uploads: dict[str, TimeWindow] = field(factory=dict)
    damaged: set[Place] = field(factory=set)
    gappy: set[Place] = field(factory=set)

    @property
    def newest(self) -> datetime | None:
        """When the last upload came; None where nothing was uploaded."""
        return max((window.end for window in self.uploads.values()), default=None)

    def take(self, one: Measured) -> None:
        """Count a measurement that is none of those counted already."""
        hour = hour_of(one.time)
        self.hours[hour, one.country] += 1
        if self._is_own(one):
            self.own[hour, 0 if one.network is None else int(one.network.code[2:])] += 1
            self.home.add(one.country)
            self.tests += one.tests
            for speed in one.speeds:
                self.speeds.take(hour, speed)
        elif one.country is not None:
            for test in one.tests:
                self.sample.take(test)

    def uploaded(self, one: Measured) -> None:
        """Note when it was uploaded, of a file whose path does not say: by then at the earliest."""
        time = one.uploaded or one.time
        if one.country is not None:
            window = TimeWindow(time, time + timedelta(microseconds=1))
            known = self.uploads.get(one.country.code, window)
            self.uploads[one.country.code] = TimeWindow(
                min(known.start, window.start), max(known.end, window.end)
            )

    def _is_own(self, one: Measured) -> bool:
        return self.entity == (one.country if self.entity.kind is EntityKind.COUNTRY else one.network)


def collect(entity: Entity, files: Iterable[ArchiveFile], uploads: dict[str, TimeWindow]) -> Collected:
    """What files hold, taken in their order: of copies the first counts.

    Args:
        uploads: by country, when the first and the last upload came, as far as paths say.
    """
    found = Collected(entity, uploads=dict(uploads))
    seen: set[int] = set()
    for file in files:
        found.tally += file.tally
        if file.tally.broken_files:
            found.damaged.add(file.place)
        if file.tally.broken_lines:
            found.gappy.add(file.place)
        for one in file.measured:
            if file.place.uploaded is None:
                found.uploaded(one)
            if not seen.isdisjoint(one.marks):
                found.copies += 1
            else:
                found.take(one)
            seen.update(one.marks)
    return found
