"""Opening files to read and to write, with every failure named."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ..errors import FileError, InvalidValueError

__all__ = [
    "CSV",
    "GZIP",
    "PARQUET",
    "AnyPath",
    "check_gzip",
    "ending_of",
    "file_errors",
    "fresh_gzip",
    "one_line",
    "opened",
    "path_text",
    "replacing",
    "text_of",
]

CSV, GZIP, PARQUET = ".csv", ".csv.gz", ".parquet"

AnyPath = str | os.PathLike[str]
"""A path as text or any path object."""


def path_text(path: AnyPath) -> str:
    """The path as the caller named it.

    Raises:
        InvalidValueError: where it is no path.
    """
    try:
        text: str | bytes = os.fspath(path)
    except TypeError:
        raise InvalidValueError("path", path, "is not a path") from None
    if not isinstance(text, str) or "\0" in text:
        raise InvalidValueError("path", text, "is not a path")
    return text


def ending_of(path: str, allowed: Sequence[str]) -> str:
    """The one of the allowed endings that a path has, in letters of either case.

    Raises:
        FileError: where it has none.
    """
    name = Path(path).name.lower()
    for ending in allowed:
        if name.endswith(ending):
            return ending
    raise FileError(path, f"ends in none of {', '.join(allowed)}")


@contextlib.contextmanager
def file_errors(path: str) -> Iterator[None]:
    """Turn the system's and gzip's errors into :class:`FileError`."""
    try:
        yield
    except FileNotFoundError:
        raise FileError(path, "does not exist") from None
    except IsADirectoryError:
        raise FileError(path, "is a folder") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileError(path, f"is not a sound gzip file: {one_line(error)}") from error
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or one_line(error)}") from error


def one_line(error: Exception) -> str:
    """An error's text on one line."""
    return " ".join(str(error).split())


@contextlib.contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """A file's bytes; a folder is refused with the same words on every system."""
    if Path(path).is_dir():
        raise FileError(path, "is a folder")
    with Path(path).open("rb") as raw:
        yield raw


def text_of(raw: BinaryIO, *, zipped: bool) -> io.TextIOWrapper:
    """The text of an open file: UTF-8 with or without a byte-order mark, line ends as they are.

    A byte that is not UTF-8 arrives as a lone surrogate, so that the cell it stands in can be named.
    """
    stream = gzip.GzipFile(fileobj=raw, mode="rb") if zipped else raw
    return io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")


def check_gzip(path: str) -> None:
    """Read a gzip file to its end.

    Raises:
        FileError: where it is cut short or damaged.
    """
    with file_errors(path), opened(path) as raw, gzip.GzipFile(fileobj=raw, mode="rb") as stream:
        while stream.read(1 << 20):
            pass


@contextlib.contextmanager
def fresh_gzip(raw: BinaryIO) -> Iterator[gzip.GzipFile]:
    """A gzip stream into ``raw`` without a time stamp or a name: the same data give the same bytes."""
    with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as stream:
        yield stream


@contextlib.contextmanager
def replacing(path: str) -> Iterator[BinaryIO]:
    """A file to write that takes its name only once it is whole.

    It is written under a temporary name in the same folder.  After a failure that one is removed, and
    what had the name before is still there.  A link is followed; permissions of a file that is replaced
    are kept.

    Raises:
        FileError: where it cannot be written.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        if target.is_dir():
            raise FileError(path, "is a folder")
        with temporary.open("xb") as raw:
            yield raw
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        raise FileError(path, f"cannot be written: {error.strerror or one_line(error)}") from error
    finally:
        temporary.unlink(missing_ok=True)
