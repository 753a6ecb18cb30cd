"""The body of an answer, whole, decompressed and not larger than it may be.

urllib3 can decompress by itself, but takes a compressed body that stops in the middle for a whole one
(measured by us on urllib3 2.8); such a body is worth asking for again.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

from urllib3 import BaseHTTPResponse

from ...errors import WrongAnswerError
from .fields import shown

__all__ = ["BrokenBodyError", "read_body"]

PIECE = 16 * 1024
"""Bytes that are read, and decompressed, at a time."""

_PLAIN = ("", "identity")
_GZIP = ("gzip", "x-gzip")


class BrokenBodyError(Exception):
    """The body stopped before its end, or is no longer what was compressed."""


def read_body(response: BaseHTTPResponse, largest: int) -> bytes:
    """The whole body of a response that was not read yet.

    Args:
        response: of urllib3, with nothing preloaded.
        largest: bytes after decompression.

    Raises:
        WrongAnswerError: it is larger, or compressed in a way that was not asked for; names no address.
        BrokenBodyError: its compression is broken or stops early.
        urllib3.exceptions.HTTPError: it could not be read to the end.
    """
    decoder = _decoder(response.headers.get("Content-Encoding", "").strip().lower())
    body = bytearray()
    while piece := response.read(PIECE, decode_content=False):
        for decoded in decoder.feed(piece):
            body += decoded
            if len(body) > largest:
                raise WrongAnswerError(f"a body of more than {largest} bytes")
    decoder.finish()
    return bytes(body)


class _Decoder(Protocol):
    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What a piece gives, at most :data:`PIECE` bytes at a time."""
        ...

    def finish(self) -> None:
        """Check that the last piece was the end."""
        ...


def _decoder(encoding: str) -> _Decoder:
    if encoding in _PLAIN:
        return _Plain()
    if encoding in _GZIP or encoding == "deflate":
        return _Zlib(encoding)
    raise WrongAnswerError(f"a body compressed as {shown(encoding)}, which was not asked for")


class _Plain:
    def feed(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def finish(self) -> None:
        """Length is urllib3's business."""


class _Zlib:
    """gzip, of several members too (RFC 1952, 2.2), and deflate with or without zlib's header.

    RFC 9110, 8.4.1.2, means deflate with the header, and notes that some servers send it without.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._inner = zlib.decompressobj()
        self._fed = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        full = False
        while piece or full:
            if not self._fed or self._inner.eof:
                self._inner = self._next(piece)
            try:
                decoded = self._inner.decompress(piece, PIECE)
            except zlib.error as error:
                raise BrokenBodyError(f"its compression is broken ({error})") from None
            yield decoded
            full = len(decoded) == PIECE and not self._inner.eof  # zlib may hold more than it may give
            piece = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail

    def _next(self, start: bytes) -> zlib._Decompress:
        if self._fed and self._encoding not in _GZIP:
            raise BrokenBodyError("bytes after the end of its compression")
        self._fed = True
        if self._encoding in _GZIP:
            return zlib.decompressobj(zlib.MAX_WBITS | 16)
        headed = len(start) < 2 or (start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0)
        return zlib.decompressobj(zlib.MAX_WBITS if headed else -zlib.MAX_WBITS)

    def finish(self) -> None:
        if self._fed and not self._inner.eof:
            raise BrokenBodyError("it stops in the middle of its compression")
