"""Lines of a stream of bytes, in bounded memory.  Pure: it does not know where the bytes come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

__all__ = ["LONGEST", "DamagedError", "Line", "lines_of"]

LONGEST = 64 << 20
"""Bytes.  A longer line is no measurement: probes keep at most 512 KiB of a body (``1<<19``, OONI's design of
throttling measurements), and the longest recorded one has 0.2 MB."""


class DamagedError(Exception):
    """A stream that is damaged from here on; what came before is sound as far as can be told."""


@frozen
class Line:
    """A line that is not blank.

    Attributes:
        number: counted from 1, blank lines included.
        data: without its end; None where it is too long.
        cut: whether the stream broke off before its end.
        ended: whether its end was there.
    """

    number: int
    data: bytes | None
    cut: bool = False
    ended: bool = True


def lines_of(chunks: Iterable[bytes], *, longest: int = LONGEST) -> Iterator[Line]:
    r"""The lines of a stream, ended by ``\n`` or ``\r\n``; the last one may have no end.

    No more is held than one chunk and one line.

    Raises:
        DamagedError: as ``chunks`` raises it, after what came before, the last piece included.
    """
    number = 1
    held: list[bytes] = []
    size = 0
    try:
        for chunk in chunks:
            *ended, rest = chunk.split(b"\n")
            for piece in ended:
                line = _line(number, held, piece, size + len(piece), longest)
                if line is not None:
                    yield line
                number += 1
                held, size = [], 0
            size += len(rest)
            if size > longest + 1:  # its end is awaited, the line itself is not kept
                held = []
            elif rest:
                held.append(rest)
    except DamagedError:
        line = _line(number, held, b"", size, longest, cut=True)
        if line is not None:
            yield line
        raise
    line = _line(number, held, b"", size, longest)
    if line is not None:
        yield evolve(line, ended=False)


def _line(
    number: int, held: list[bytes], last: bytes, size: int, longest: int, *, cut: bool = False
) -> Line | None:
    """The line, or None of a blank one."""
    if size > longest + 1:
        return Line(number, None, cut)
    data = b"".join((*held, last)) if held else last
    data = data.removesuffix(b"\r")
    if len(data) > longest:
        return Line(number, None, cut)
    return Line(number, data, cut) if data and not data.isspace() else None
