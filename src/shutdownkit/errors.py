"""The errors shutdownkit raises, one tree of three branches.

Everything derives from :class:`ShutdownkitError`.  Errors that the caller can mend derive from
:class:`CallerError`, which is also a :class:`ValueError`, so that code which knows nothing of this
package still catches them.  What a provider or the network does wrong derives from
:class:`ProviderError`, what an installed plugin does wrong from :class:`RegistryError`.  Each message is
one line that names what is wrong and where.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "BrokenSourceError",
    "CallerError",
    "DuplicateSourceError",
    "FileError",
    "InvalidValueError",
    "MissingExtraError",
    "NoSourceAnsweredError",
    "NotCachedError",
    "NotServedError",
    "ProviderError",
    "QuotaError",
    "RefusedError",
    "RegistryError",
    "ServerFaultError",
    "ShutdownkitError",
    "UnknownSourceError",
    "UnreachableError",
    "WrongAnswerError",
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


class ProviderError(ShutdownkitError):
    """A provider, or the network before it, did not give what was asked.

    Attributes:
        problem: what went wrong, in one line, without any secret.
        where: the address that was asked, without any secret, or None.
        retry: whether asking again later may help.
        ends_asking: whether nothing else that is asked of the same provider now is likely to be answered.
    """

    retry_helps = False
    ends_asking = False

    def __init__(self, problem: str, *, where: str | None = None, retry: bool | None = None) -> None:
        self.problem = problem
        self.where = where
        self.retry = self.retry_helps if retry is None else retry
        super().__init__(problem if where is None else f"{where}: {problem}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_provider_error, (type(self), self.problem, self.where, self.retry), self.__dict__


def _rebuild_provider_error(
    cls: type[ProviderError], problem: str, where: str | None, retry: bool
) -> ProviderError:
    return cls(problem, where=where, retry=retry)


class UnreachableError(ProviderError):
    """No answer at all: refused, reset, timed out, or only errors of the server."""

    retry_helps = True
    ends_asking = True


class QuotaError(ProviderError):
    """The provider says that enough was asked for now."""

    retry_helps = True
    ends_asking = True


class ServerFaultError(ProviderError):
    """The provider's server failed over this question (HTTP 500, 504); another one may be answered."""

    retry_helps = True


class RefusedError(ProviderError):
    """The provider answered that it will not answer this."""


class WrongAnswerError(ProviderError):
    """An answer that is not what the provider documents, and so says nothing."""


class NotCachedError(ProviderError):
    """Offline, and the answer was never kept."""


class NotServedError(ProviderError):
    """A source does not serve what was asked for: it was not asked."""


class RegistryError(ShutdownkitError):
    """An installed plugin, or several together, cannot be used."""


class UnknownSourceError(RegistryError, CallerError):
    """No installed source has this name."""


class DuplicateSourceError(RegistryError, CallerError):
    """Several installed distributions provide a source of one name, and none was preferred."""


class BrokenSourceError(RegistryError):
    """A source that is installed and cannot be loaded or made.

    Attributes:
        name: the source's name.
        distribution: what installed it.
        problem: why it cannot be used.
    """

    def __init__(self, name: str, distribution: str, problem: str) -> None:
        self.name = name
        self.distribution = distribution
        self.problem = problem
        super().__init__(f"source {name!r} of {distribution}: {problem}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.distribution, self.problem)


class NoSourceAnsweredError(ShutdownkitError):
    """Every source that was asked failed.

    Attributes:
        failures: what failed, as the report has it.
        report: the report that says that the data do not suffice, with the failures.
    """

    def __init__(self, failures: tuple[Any, ...], report: Any) -> None:
        self.failures = failures
        self.report = report
        problems = "; ".join(f"{one.source}: {one.problem}" for one in failures)
        super().__init__(f"no source answered ({problems or 'none was asked'})")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.failures, self.report)


def _short(value: object, limit: int = 80) -> str:
    """``repr(value)`` on one line, cut where it is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
