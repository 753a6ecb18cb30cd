"""A folder of archive files, read file by file."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future

from ....errors import InvalidValueError
from ....model.checks import instance
from ....model.entity import Entity
from ....model.window import TimeWindow
from .file import ArchiveFile, read_file
from .folder import find, folder_text
from .layout import Choice

__all__ = ["files_read", "read_archive"]

_IN_FLIGHT = 4  # where the number of workers is not known


def read_archive(
    folder: str | os.PathLike[str],
    *,
    countries: Iterable[Entity | str] | None = None,
    tests: Iterable[str] | None = None,
    uploaded: TimeWindow | None = None,
    started: TimeWindow | None = None,
    details: bool = True,
    executor: Executor | None = None,
) -> Iterator[ArchiveFile]:
    """Read OONI's archive files below a folder.

    Args:
        folder: laid out as OONI's public bucket is (any part of it), or with files of any name; see
            :mod:`shutdownkit.sources.ooni.archive.layout`.
        countries: of the probes; None for all, those not known included.
        tests: names of OONI's tests, with or without underscores; None for all.
        uploaded: files that were uploaded outside of it are left out, as far as their paths say when.  A
            measurement may be uploaded at any time after it was made: leave the end open.
        started: measurements made outside of it, by the probe's clock, are left out.
        details: whether results are decoded, which takes most of the time; False only counts.
        executor: any executor of :mod:`concurrent.futures`, of threads or processes; one file is one piece of
            work, and its result comes back without its text.  None reads in this process.

    Returns:
        What each file holds, ordered by path, the same whoever reads.  Files are found at the call, and read
        as the iterator is gone through; it may be closed early, and what has not begun is then called off.
        Copies of one measurement are told apart by nobody here: they share a mark.

    Raises:
        FileError: for what is no folder, or one without archive files.
        InvalidValueError: for an argument that cannot be.
    """
    for name, window in (("uploaded", uploaded), ("started", started)):
        if window is not None:
            instance(name, TimeWindow, window)
    choice = Choice(countries, tests, uploaded, started)
    text = folder_text(folder)
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InvalidValueError("executor", executor, "is no executor of concurrent.futures")
    return files_read(text, find(text, choice).files, choice, details=details, executor=executor)


def files_read(
    folder: str, files: Iterable[str], choice: Choice, *, details: bool, executor: Executor | None = None
) -> Iterator[ArchiveFile]:
    """Files read, in the order given."""
    if executor is None:
        return (read_file(folder, path, choice, details=details) for path in files)
    return _concurrent(folder, files, choice, executor, details=details)


def _concurrent(
    folder: str, files: Iterable[str], choice: Choice, executor: Executor, *, details: bool
) -> Iterator[ArchiveFile]:
    workers = getattr(
        executor, "_max_workers", None
    )  # private, and the same in the standard library and loky
    most = 2 * workers if isinstance(workers, int) and workers > 0 else _IN_FLIGHT
    under_way: deque[Future[ArchiveFile]] = deque()
    try:
        for path in files:
            under_way.append(executor.submit(read_file, folder, path, choice, details=details))
            if len(under_way) == most:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()
