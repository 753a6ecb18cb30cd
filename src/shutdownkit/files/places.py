"""Where in a file something is, for error messages."""

from __future__ import annotations

from attrs import frozen

from ..errors import FileError

__all__ = ["CellError", "Places", "shown"]


def shown(text: str, limit: int = 60) -> str:
    """A cell's text as one line in quotes, cut where it is long."""
    return repr(text if len(text) <= limit else text[: limit - 3] + "...")


class CellError(Exception):
    """A cell that cannot be read.  Internal: always turned into a :class:`FileError`.

    Attributes:
        column: the column's name.
        problem: what is wrong, with the offending text.
    """

    def __init__(self, column: str, problem: str) -> None:
        self.column = column
        self.problem = problem
        super().__init__(f"{column}: {problem}")


@frozen
class Places:
    """How the places of one file are named.

    Attributes:
        path: the file, as the caller named it.
        unit: what a place is counted in: ``line`` (the header is line 1) or ``row`` (the first row
            of data is row 1; a Parquet file has no lines).
    """

    path: str
    unit: str = "line"

    def error(self, problem: str, at: int | None = None, column: str | None = None) -> FileError:
        """The error for a problem in this file."""
        if self.unit == "line" or at is None:
            return FileError(self.path, problem, line=at, column=column)
        return FileError(self.path, f"{self.unit} {at}: {problem}", column=column)
