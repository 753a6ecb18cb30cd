"""Which files a folder holds."""

from __future__ import annotations

import os
from pathlib import Path

from attrs import frozen

from ....errors import FileError, InvalidValueError
from ....model.window import TimeWindow
from .layout import ENDINGS, POST_CAN, Choice, place_of

__all__ = ["Found", "find", "folder_text"]


@frozen
class Found:
    """What a folder holds.

    Attributes:
        files: those that may hold what is wanted, ordered; below the folder, with ``/`` between folders.
        left_out: how many others there are that hold nothing that is wanted, by their paths.
        post_cans: how many archives of single uploads there are, which are not read.
        others: how many files of no known kind.
        uploads: by country, when the first and the last upload came, of all files whose paths say so, those
            left out included.
    """

    files: tuple[str, ...]
    left_out: int
    post_cans: int
    others: int
    uploads: dict[str, TimeWindow]


def folder_text(folder: str | os.PathLike[str]) -> str:
    """The folder as text.

    Raises:
        InvalidValueError: where it is no path.
    """
    try:
        text: str | bytes = os.fspath(folder)
    except TypeError:
        raise InvalidValueError("folder", folder, "is not a path") from None
    if not isinstance(text, str) or not text or "\0" in text:
        raise InvalidValueError("folder", text, "is not a path")
    return text


def find(folder: str, choice: Choice) -> Found:
    """All files below a folder, links followed.

    Raises:
        FileError: it does not exist, is no folder, a folder in it cannot be read, or none of its files is
            an archive's.
    """
    try:
        is_folder, exists = Path(folder).is_dir(), Path(folder).exists()
    except OSError as error:  # a name too long, a folder above it that may not be looked into
        raise FileError(folder, f"cannot be read: {error.strerror}") from error
    if not is_folder:
        raise FileError(folder, "is not a folder" if exists else "does not exist")
    files, post_cans, others, left_out = [], 0, 0, 0
    uploads: dict[str, TimeWindow] = {}
    for path in _paths(folder):
        if path.endswith(POST_CAN):
            post_cans += 1
        elif not path.endswith(ENDINGS) or path.rpartition("/")[2].startswith("."):
            others += 1
        else:
            place = place_of(path)
            if place.country is not None and place.uploaded is not None:
                known = uploads.get(place.country, place.uploaded)
                uploads[place.country] = _both(known, place.uploaded)
            if choice.takes_file(place):
                files.append(path)
            else:
                left_out += 1
    if not files and not left_out:
        more = f"; {post_cans} post-cans ({POST_CAN}) are not read" if post_cans else ""
        raise FileError(folder, f"holds no archive file ({' or '.join(ENDINGS)}){more}")
    return Found(tuple(sorted(files)), left_out, post_cans, others, uploads)


def _paths(folder: str) -> list[str]:
    found: list[str] = []
    seen = set()

    def refuse(error: OSError) -> None:
        raise FileError(str(error.filename or folder), f"cannot be read: {error.strerror}") from error

    for place, folders, names in os.walk(folder, followlinks=True, onerror=refuse):
        real = os.path.realpath(place)
        if real in seen:  # a link back
            folders.clear()
            continue
        seen.add(real)
        folders.sort()  # the same order everywhere, also of which of two links is followed
        below = Path(place).relative_to(folder)
        found += [(below / name).as_posix() for name in names]
        if place != folder and place.endswith(ENDINGS) and not (names or folders):
            found.append(below.as_posix())  # an empty folder in place of a file: told as one that is damaged
    return found


def _both(one: TimeWindow, other: TimeWindow) -> TimeWindow:
    return TimeWindow(min(one.start, other.start), max(one.end, other.end))
