"""One file of an archive: the unit of work, whoever does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from attrs import define, field, frozen

from ....errors import WrongAnswerError
from ....model.service_tests import ServiceTest
from ..whole.record import Whole, read_whole
from .chunks import plain, unpacked
from .layout import Choice, Place, place_of
from .lines import LONGEST, DamagedError, Line, lines_of
from .measured import Measured, is_misdated, measured_of, uploaded_at
from .tally import FIRST, Broken, Tally

__all__ = ["ArchiveFile", "measurements_of", "read_file"]


@frozen
class ArchiveFile:
    """What one file holds of what was wanted.

    Attributes:
        path: below the archive's folder, with ``/`` between folders.
        place: what the path says.
        measured: by line.
        tally: what was read, and what could not be.
    """

    path: str
    place: Place
    measured: tuple[Measured, ...]
    tally: Tally

    @property
    def tests(self) -> tuple[ServiceTest, ...]:
        """All tests of services, by line."""
        return tuple(test for one in self.measured for test in one.tests)


@define
class _Count:
    """Counts while a file is read."""

    lines: int = 0
    kept: int = 0
    unwanted: int = 0
    misdated: int = 0
    broken: int = 0
    size: int = 0
    text: int = 0
    unread: list[Broken] = field(factory=list)
    damaged: tuple[Broken, ...] = ()

    def result(self) -> Tally:
        return Tally(
            files=1,
            broken_files=len(self.damaged),
            lines=self.lines,
            kept=self.kept,
            unwanted=self.unwanted,
            misdated=self.misdated,
            broken_lines=self.broken,
            size=self.size,
            text=self.text,
            damaged=self.damaged,
            unread=tuple(self.unread),
        )


def read_file(folder: str, path: str, choice: Choice, *, details: bool = True) -> ArchiveFile:
    """Read one file.  At the top of a module, and of values that can be pickled, so that any executor can do
    it.

    A file that cannot be opened is one broken from its beginning.
    """
    count = _Count()
    found = tuple(_counted(folder, path, choice, count, details=details))
    return ArchiveFile(path, place_of(path), found, count.result())


def measurements_of(
    folder: str, path: str, choice: Choice, tell: Callable[[Tally], None], *, details: bool = True
) -> Iterator[Measured]:
    """The measurements of one file, one after the other, holding no more than a line and a piece.

    Args:
        tell: is given the tally once the file is read.
    """
    count = _Count()
    yield from _counted(folder, path, choice, count, details=details)
    tell(count.result())


def _counted(folder: str, path: str, choice: Choice, count: _Count, *, details: bool) -> Iterator[Measured]:
    place = place_of(path)
    file_path = Path(folder, path)
    try:
        _check_regular(file_path)
        with file_path.open("rb") as file:
            read = partial(_read, file, count)
            chunks = (unpacked if path.endswith(".gz") else plain)(read)
            for line in lines_of(_sized(chunks, count)):
                found = _measured(path, place, line, choice, count, details=details)
                if found is not None:
                    yield found
    except DamagedError as error:
        count.damaged = (Broken(path, 0, str(error)),)
    except OSError as error:
        count.damaged = (Broken(path, 0, f"cannot be opened: {error.strerror or error}"),)


def _check_regular(path: Path) -> None:
    """A pipe would be waited for, and a device may have no end."""
    if not S_ISREG(path.stat().st_mode):
        raise DamagedError("is no regular file")


def _read(file: BinaryIO, count: _Count, size: int) -> bytes:
    data = file.read(size)
    count.size += len(data)
    return data


def _sized(chunks: Iterator[bytes], count: _Count) -> Iterator[bytes]:
    for chunk in chunks:
        count.text += len(chunk)
        yield chunk


def _measured(
    path: str, place: Place, line: Line, choice: Choice, count: _Count, *, details: bool
) -> Measured | None:
    """The measurement of a line; None, and counted, where it is not wanted or none."""
    try:
        whole = _whole(line)
        time, uploaded = whole.time, uploaded_at(whole)
        misdated = _is_misdated(time, place, uploaded)
        wanted = not misdated and choice.takes(whole.probe_cc, whole.test_name, time)
        found = measured_of(line.number, whole, time, uploaded, details=details) if wanted else None
    except WrongAnswerError as error:
        if line.cut:  # the file is broken, not the line
            return None
        if not line.ended:
            raise DamagedError(f"is cut short: the last line has no end, and {error.problem}") from None
        count.lines += 1
        count.broken += 1
        if len(count.unread) < FIRST:
            count.unread.append(Broken(path, line.number, error.problem))
        return None
    count.lines += 1
    count.kept += found is not None
    count.misdated += misdated
    count.unwanted += not (wanted or misdated)
    return found


def _whole(line: Line) -> Whole:
    if line.data is None:
        raise WrongAnswerError(f"is longer than {LONGEST >> 20} MiB")
    return read_whole(line.data)


def _is_misdated(time: datetime, place: Place, uploaded: datetime | None) -> bool:
    """By the path where it says when the upload came, else by the measurement's name; else nobody knows."""
    if place.uploaded is not None:
        return is_misdated(time, place.uploaded.start, place.uploaded.end)
    return uploaded is not None and is_misdated(time, uploaded, uploaded)
