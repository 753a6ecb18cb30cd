"""What was read, and what could not be."""

from __future__ import annotations

from attrs import frozen

__all__ = ["FIRST", "Broken", "Tally"]

FIRST = 5
"""How many broken files, and how many broken lines, are named; the rest are only counted."""


@frozen(order=True)
class Broken:
    """A file or a line that could not be read.

    Attributes:
        path: the file, below the archive's folder.
        line: counted from 1; 0 where the file is broken.
        reason: why, in one line.
    """

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        where = f"{self.path}, line {self.line}" if self.line else self.path
        return f"{where}: {self.reason}"


@frozen
class Tally:
    """Counts of what was read.  Tallies add up, in any order.

    Each line that is not blank is one of kept, unwanted, misdated or broken.

    Attributes:
        files: that were opened.
        broken_files: of these, those damaged or cut short; what came before the damage counts.
        lines: that were not blank.
        kept: measurements that were wanted.
        unwanted: measurements that were not.
        misdated: measurements with a wrong clock: later than their upload, or a year before it.
        broken_lines: that are no measurement.
        size: bytes read from disk.
        text: bytes of text in these.
        damaged: the first broken files, by path.
        unread: the first broken lines, by path and line.
    """

    files: int = 0
    broken_files: int = 0
    lines: int = 0
    kept: int = 0
    unwanted: int = 0
    misdated: int = 0
    broken_lines: int = 0
    size: int = 0
    text: int = 0
    damaged: tuple[Broken, ...] = ()
    unread: tuple[Broken, ...] = ()

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            files=self.files + other.files,
            broken_files=self.broken_files + other.broken_files,
            lines=self.lines + other.lines,
            kept=self.kept + other.kept,
            unwanted=self.unwanted + other.unwanted,
            misdated=self.misdated + other.misdated,
            broken_lines=self.broken_lines + other.broken_lines,
            size=self.size + other.size,
            text=self.text + other.text,
            damaged=_first(self.damaged + other.damaged),
            unread=_first(self.unread + other.unread),
        )


def _first(broken: tuple[Broken, ...]) -> tuple[Broken, ...]:
    return tuple(sorted(broken)[:FIRST])
