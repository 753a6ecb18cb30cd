"""The command line's entry point: what ends a run, and with which exit status.

Nothing here needs the extra ``cli``, so that its absence can be told in one line.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator, Sequence

from ..errors import (
    BrokenSourceError,
    CallerError,
    MissingExtraError,
    NoSourceAnsweredError,
    ProviderError,
)
from .output import abandon_stdout, failure_line, say
from .status import CALLERS_MISTAKE, DONE, INTERRUPTED, NO_ANSWER

__all__ = ["run"]


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments after the program's name; None for those of this process.

    Returns:
        The exit status: 0 done, whatever the verdict, also where the reader of a pipe has seen enough
        and closed it; 2 the caller's mistake, or an output that cannot be written; 3 no source
        answered, or one did not and had to; 130 interrupted.  Every error is one line on standard error.
    """
    with warnings.catch_warnings(), _logged():
        warnings.showwarning = _show_warning
        try:
            return _invoke(argv)
        except CallerError as error:
            say(str(error))
            return CALLERS_MISTAKE
        except (NoSourceAnsweredError, ProviderError, BrokenSourceError) as error:
            for line in _lines(error):
                say(line)
            return NO_ANSWER
        except BrokenPipeError:
            abandon_stdout()
            return DONE
        except OSError as error:
            say(f"{error.filename or 'standard output'}: {error.strerror or error}")
            abandon_stdout()
            return CALLERS_MISTAKE
        except KeyboardInterrupt:
            say("interrupted")
            return INTERRUPTED


def _invoke(argv: Sequence[str] | None) -> int:
    try:
        from .group import invoke  # noqa: PLC0415 (needs the extra)
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        raise MissingExtraError("the command line", "click", "cli") from None
    return invoke(argv)


def _lines(error: Exception) -> list[str]:
    """A line for each source that failed."""
    if isinstance(error, NoSourceAnsweredError) and error.failures:
        return [f"{failure.source}: {failure_line(failure)}" for failure in error.failures]
    return [str(error)]


@contextlib.contextmanager
def _logged() -> Iterator[None]:
    """What libraries and plugins log and nobody handles is one line too, without a traceback."""
    before = logging.lastResort
    logging.lastResort = _Lines(logging.WARNING)
    try:
        yield
    finally:
        logging.lastResort = before


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 (its arguments do not fit)
            message = str(record.msg)
        say(f"{record.levelname.lower()}: {message}")


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    say(f"warning: {message}")
