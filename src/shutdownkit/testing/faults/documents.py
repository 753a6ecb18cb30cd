"""A good body taken apart so that its values can be changed: as JSON, or as a table in CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

from attrs import frozen

__all__ = ["Table", "changed_leaves", "document_of", "is_number", "looks_like_time", "number_in"]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_EPOCHS = ((10**9, 5 * 10**9), (10**12, 5 * 10**12))
"""Seconds and milliseconds of the epoch from 2001 to 2128: a choice of ours.  No provider here counts so
much: all of IPv4 is 16.8 million networks of 256 addresses."""


def document_of(body: bytes) -> object:
    """The object or list that a body is in JSON; None where it is neither, and so is a text."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict | list) else None


@frozen
class Table:
    """A table in CSV, with the lines before its header that begin with ``#`` (Tor Metrics' comments)."""

    comments: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, body: bytes) -> Table:
        """The table that a text is; its first line that is no comment is the header."""
        lines = body.decode("utf-8-sig").splitlines()
        comments = tuple(line for line in lines if line.startswith("#"))
        rows = [tuple(row) for row in csv.reader(line for line in lines if not line.startswith("#")) if row]
        return cls(comments, rows[0] if rows else (), tuple(rows[1:]))

    def body(self) -> bytes:
        """The table as text, with a line feed after each line."""
        text = io.StringIO()
        text.writelines(f"{line}\n" for line in self.comments)
        csv.writer(text, lineterminator="\n").writerows([self.header, *self.rows])
        return text.getvalue().encode()

    def changed(self, change: Callable[[str], str]) -> Table:
        """The same with each cell below the header changed that is not empty."""
        rows = tuple(tuple(change(cell) if cell else cell for cell in row) for row in self.rows)
        return Table(self.comments, self.header, rows)


def changed_leaves(value: object, change: Callable[[object], object]) -> object:
    """The document with each of its leaves but ``null`` changed."""
    if isinstance(value, dict):
        return {name: changed_leaves(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [changed_leaves(item, change) for item in value]
    return None if value is None else change(value)


def is_number(value: object) -> bool:
    """Whether a leaf is a number; a flag is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_in(cell: str) -> float | None:
    """The number that a cell holds, or None."""
    return float(cell) if _NUMBER.fullmatch(cell.strip()) else None


def looks_like_time(number: float) -> bool:
    """Whether a number may be seconds or milliseconds of the epoch; see :data:`_EPOCHS`."""
    return any(first <= number < last for first, last in _EPOCHS)
