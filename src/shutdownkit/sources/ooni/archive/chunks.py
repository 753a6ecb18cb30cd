"""Bytes of a file, unpacked where it is gzip, in bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from .lines import DamagedError

__all__ = ["plain", "unpacked"]

_READ = 1 << 15  # bytes at a time from the file
_GIVE = 1 << 17  # bytes at a time to the reader: a few measurements, and what a processor keeps at hand
_GZIP = 16 + zlib.MAX_WBITS

Read = Callable[[int], bytes]
"""Gives at most so many bytes, none at the end, as the method ``read`` of a binary file does."""


def plain(read: Read) -> Iterator[bytes]:
    """The bytes as they are.

    Raises:
        DamagedError: where the system cannot read on.
    """
    while data := _read(read):
        yield data


def unpacked(read: Read) -> Iterator[bytes]:
    """What is in a gzip stream of one member or several (RFC 1952), with zeros allowed after the last.

    Raises:
        DamagedError: where it is no gzip, damaged, or cut short; all that can be unpacked before that point
            has come by then.
    """
    waiting = _read(read)
    if not waiting:
        raise DamagedError("is empty, which is no gzip stream")
    members = 0
    while waiting:
        if members and not waiting.strip(b"\0"):  # padding
            waiting = _read(read)
            continue
        if members:
            waiting = waiting.lstrip(b"\0")
        member = zlib.decompressobj(_GZIP)
        while not member.eof:
            if not waiting:
                waiting = _read(read)
            if not waiting:
                if left := member.flush():
                    yield left
                raise DamagedError("the gzip stream is cut short")
            yield from _piece(member, waiting, first=not members)
            waiting = b""
        members += 1
        waiting = member.unused_data or _read(read)


def _piece(member: zlib._Decompress, data: bytes, *, first: bool) -> Iterator[bytes]:
    """What a piece of a member unpacks to, in bounded portions."""
    while data:
        before = member.copy()
        try:
            given = member.decompress(data, _GIVE)
        except zlib.error as error:
            yield from _salvaged(before, data)
            problem = " ".join(str(error).split())
            what = "not a sound gzip stream" if first else "damaged, or something else than gzip follows"
            raise DamagedError(f"{what}: {problem}") from None
        if given:
            yield given
        data = member.unconsumed_tail


def _salvaged(member: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What comes before the damage: the library gives nothing of a piece that it fails on."""
    for place in range(len(data)):
        try:
            given = member.decompress(data[place : place + 1])
        except zlib.error:
            return
        if given:
            yield given


def _read(read: Read) -> bytes:
    try:
        return read(_READ)
    except OSError as error:
        raise DamagedError(f"cannot be read on: {error.strerror or error}") from error
