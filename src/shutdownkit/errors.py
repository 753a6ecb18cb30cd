"""The errors shutdownkit raises, one tree.

Everything derives from :class:`ShutdownkitError`.  Errors that the caller can mend derive from
:class:`CallerError`, which is also a :class:`ValueError`, so that code which knows nothing of this
package still catches them.  Each message is one line that names what is wrong and where.
"""

from __future__ import annotations

__all__ = [
    "CallerError",
    "FileError",
    "InvalidValueError",
    "MissingExtraError",
    "ShutdownkitError",
]


class ShutdownkitError(Exception):
    """Base of every error that this package raises on purpose."""


class CallerError(ShutdownkitError, ValueError):
    """The caller's mistake: a value, a file or a combination of arguments that cannot be."""


class InvalidValueError(CallerError):
    """A value that cannot be, refused on construction.

    Attributes:
        field: the field that was given the value, as ``Class.field`` or the argument's name.
        value: the value that was refused.
        problem: why it was refused.
    """

    def __init__(self, field: str, value: object, problem: str) -> None:
        self.field = field
        self.value = value
        self.problem = problem
        super().__init__(f"{field}: {_short(value)} {problem}")

    def __reduce__(self) -> tuple[type[InvalidValueError], tuple[str, object, str]]:
        return type(self), (self.field, self.value, self.problem)


class FileError(CallerError):
    """A file that cannot be read as what it should be.

    Attributes:
        path: the file, as the caller named it.
        line: the line, counted from 1 with the header as line 1, or None where no line is at fault.
        column: the column's name, or None.
        problem: what is wrong there.
    """

    def __init__(
        self, path: str, problem: str, *, line: int | None = None, column: str | None = None
    ) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.problem = problem
        where = path
        if line is not None:
            where += f", line {line}"
        if column is not None:
            where += f", column {column}"
        super().__init__(f"{where}: {problem}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_file_error, (self.path, self.problem, self.line, self.column)


def _rebuild_file_error(path: str, problem: str, line: int | None, column: str | None) -> FileError:
    return FileError(path, problem, line=line, column=column)


class MissingExtraError(CallerError, ImportError):
    """A function needs a package that is not installed.

    Attributes:
        extra: the extra of shutdownkit that brings the package.
    """

    def __init__(self, what: str, package: str, extra: str) -> None:
        self.extra = extra
        self.args_for_pickle = (what, package, extra)
        super().__init__(f"{what} needs the package {package}: python -m pip install 'shutdownkit[{extra}]'")

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str, str]]:
        return type(self), self.args_for_pickle


def _short(value: object, limit: int = 80) -> str:
    """``repr(value)`` on one line, cut where it is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
