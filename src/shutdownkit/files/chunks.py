"""The rows of a CSV file, some at a time."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator
from itertools import islice

from attrs import frozen

from .opening import file_errors, opened, text_of

__all__ = ["Chunk", "chunks"]

_CHUNK = 1 << 12  # rows; more are slower, for they no longer fit the processor's cache


@frozen(eq=False)
class Chunk:
    """Some rows as lists of cells.

    Attributes:
        lines: the line on which each row begins; a quoted cell may span several.
        bytes_read: how far into the file.
        fault: what broke off the reading, and the line on which the broken row begins; None if nothing.
    """

    rows: list[list[str]]
    lines: list[int]
    bytes_read: int
    fault: tuple[int, str] | None = None


def chunks(path: str, *, zipped: bool) -> Iterator[Chunk]:
    """A file's rows; blank lines are passed over.

    Raises:
        FileError: where the file cannot be opened, or read on.
    """
    with file_errors(path), opened(path) as raw, text_of(raw, zipped=zipped) as text:
        reader = csv.reader(text, strict=True)
        fault = None
        more = True
        while more:
            rows: list[list[str]] = []
            lines: list[int] = []
            before = reader.line_num
            line = before + 1
            try:
                for row in islice(reader, _CHUNK):
                    if row:
                        rows.append(row)
                        lines.append(line)
                    line = reader.line_num + 1
            except csv.Error as error:
                fault = (line, f"is not valid CSV: {error}")
            except (OSError, EOFError, zlib.error):
                yield Chunk(rows, lines, raw.tell())  # what came before it counts
                raise
            more = reader.line_num != before and fault is None
            yield Chunk(rows, lines, raw.tell(), fault)
