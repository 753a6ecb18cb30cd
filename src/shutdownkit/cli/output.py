"""What the commands write: results to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from typing import TextIO

from ..errors import CallerError
from ..model.account import SourceFailure
from ..report.picture import BLOCKS, UNMEASURED

__all__ = [
    "abandon_stdout",
    "colour_wanted",
    "failure_line",
    "say",
    "terminal_width",
    "write_document",
    "write_json",
    "write_text",
]

PROGRAM = "shutdownkit"

_PLAIN = str.maketrans(f"{BLOCKS}{UNMEASURED}─┴▶…\N{MULTIPLICATION SIGN}", "_.:-=+*#?-+>~x")
"""ASCII for what reports draw with, a character for a character, so that columns stay aligned."""


def say(message: str) -> None:
    """One line on standard error.  Where standard error is closed there is nobody to tell."""
    if sys.stderr is None:
        return
    with contextlib.suppress(OSError):
        print(f"{PROGRAM}: {_one_line(message)}", file=sys.stderr, flush=True)


def failure_line(failure: SourceFailure) -> str:
    """What failed, and what was asked."""
    return failure.problem if failure.where is None else f"{failure.problem} ({failure.where})"


def write_text(text: str) -> None:
    """Text for people, in the terminal's encoding.

    What the encoding lacks is drawn in ASCII, or as ``?``.
    """
    stream = _stdout()
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    stream.write(_ended(text))
    stream.flush()


def write_document(text: str) -> None:
    """A document for programs (JSON, CSV): always UTF-8, whatever the terminal's encoding."""
    stream = _stdout()
    stream.flush()
    stream.buffer.write(_ended(text).encode("utf-8", "backslashreplace"))  # half a character: an escape
    stream.buffer.flush()


def write_json(value: object) -> None:
    """A value of plain dicts, lists, text and numbers, as one JSON document."""
    write_document(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def abandon_stdout() -> None:
    """Send what is still buffered for standard output nowhere: its reader is gone.

    Otherwise the interpreter would write it once more on the way out, fail and complain.
    """
    if sys.stdout is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def terminal_width() -> int | None:
    """Columns of the terminal on standard output; None where it is none."""
    return shutil.get_terminal_size().columns if _is_terminal(sys.stdout) else None


def colour_wanted() -> bool:
    """Whether standard output is a terminal that shows colours.

    ``NO_COLOR`` (no-color.org) and ``TERM=dumb`` say that it does not.
    """
    return (
        _is_terminal(sys.stdout)
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb" if os.name == "posix" else "") != "dumb"
    )


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _stdout() -> TextIO:
    if sys.stdout is None:
        raise CallerError("standard output is closed")
    return sys.stdout


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n"


def _one_line(message: str) -> str:
    """The message on one line, with control characters shown rather than sent to the terminal."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in " ".join(message.split())
    )
