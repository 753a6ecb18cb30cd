"""The JSON of what was concluded about services.

Where it differs from the classes, :class:`BlockForm` says how; its fields are the keys, in order.  A reader
refuses what contradicts itself: more failed tests than tests, a network that blocks and does not.
"""

from __future__ import annotations

from datetime import datetime

import cattrs
from attrs import frozen

from ..errors import InvalidValueError
from ..model.entity import Entity
from ..model.reach import Block
from ..model.service_tests import Layer

__all__ = ["BlockForm", "add_service_hooks"]


@frozen
class BlockForm:
    """One service that was blocked or slowed."""

    service: str
    title: str
    subjects: tuple[str, ...]
    start: datetime
    end: datetime | None
    last: datetime
    worked: datetime | None
    slowed: bool
    how: tuple[Layer, ...]
    networks: tuple[Entity, ...]
    open: tuple[Entity, ...]
    unclear: tuple[Entity, ...]
    tests: int
    failed: int
    confirmed: int
    runs: int
    hours: int

    @classmethod
    def of(cls, block: Block) -> BlockForm:
        """The form of a block."""
        return cls(
            service=block.service,
            title=block.title,
            subjects=block.subjects,
            start=block.since,
            end=block.until,
            last=block.last,
            worked=block.worked,
            slowed=block.slowed,
            how=block.how,
            networks=block.networks,
            open=block.open,
            unclear=block.unclear,
            tests=block.tests,
            failed=block.failed,
            confirmed=block.confirmed,
            runs=block.runs,
            hours=block.hours,
        )

    def value(self) -> Block:
        """The block that this is the form of."""
        self._check_times()
        return Block(
            service=self.service,
            title=self.title,
            subjects=self.subjects,
            since=self.start,
            last=self.last,
            worked=self.worked,
            until=self.end,
            slowed=self.slowed,
            how=self.how,
            networks=self.networks,
            open=self.open,
            unclear=self.unclear,
            tests=self.tests,
            failed=self.failed,
            confirmed=self.confirmed,
            runs=self.runs,
            hours=self.hours,
        )

    def _check_times(self) -> None:
        if self.last < self.start:
            raise InvalidValueError("BlockForm.last", self.last.isoformat(), "is before the start")
        if self.end is not None and self.end < self.last:
            raise InvalidValueError(
                "BlockForm.end", self.end.isoformat(), "is before the last test that failed"
            )
        if self.worked is not None and self.worked > self.start:
            raise InvalidValueError("BlockForm.worked", self.worked.isoformat(), "is after the start")


def add_service_hooks(new: cattrs.Converter) -> None:
    """Teach a converter the form of blocks."""
    new.register_unstructure_hook(Block, lambda block: new.unstructure(BlockForm.of(block)))
    new.register_structure_hook(Block, lambda plain, _: new.structure(plain, BlockForm).value())
