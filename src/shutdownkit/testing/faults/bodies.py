"""Faults of a body as bytes: another page, half of it, none, too much, packed or written otherwise."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache

from attrs import evolve

from ..server import Received, Reply
from .documents import document_of
from .fault import Answering

__all__ = [
    "PAGE",
    "another_charset",
    "cut",
    "empty_body",
    "gzip_bomb",
    "html",
    "nested",
    "plain",
    "stale_gzip",
]

PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Welcome</h1></body></html>"
"""What a captive portal says."""

_SEPARATORS = (b",", b";", b"\t", b"|")
"""Between the columns of a table in text."""

_BRACKETS = 200_000
"""Enough to exhaust the stack of a reader that follows them."""


def html(good: Answering) -> Answering:  # noqa: ARG001
    """A page with status 200, as a captive portal or a single-page application sends it."""
    return lambda received: Reply(PAGE, headers={"Content-Type": "text/html; charset=utf-8"})  # noqa: ARG005


def empty_body(good: Answering) -> Answering:
    """Status 200 and not one byte."""
    return lambda received: evolve(plain(good(received)), body=b"")


def cut(good: Answering) -> Answering:
    """Half of the good body with a length that is right: nothing on the wire says that there was more.

    Of JSON the first half.  Of CSV whole rows and one that lacks at least its last column, where there is
    more than one: what a reader can see.  (Rows that lack whole cannot be seen by anybody.)
    """

    def answer(received: Received) -> Reply:
        reply = plain(good(received))
        half = len(reply.body) // 2
        if document_of(reply.body) is None:
            half = _inside_a_row(reply.body)
        return evolve(reply, body=reply.body[:half])

    return answer


def nested(good: Answering) -> Answering:  # noqa: ARG001
    """Lists in lists, 200,000 deep; to Python's reader of CSV a cell that is too long (``csv.Error``)."""
    return lambda received: Reply(b"[" * _BRACKETS + b"]" * _BRACKETS)  # noqa: ARG005


def gzip_bomb(good: Answering) -> Answering:  # noqa: ARG001
    """256 KiB that decompress to 256 MiB: four times what HttpSettings allows unless it is told."""
    return lambda received: Reply(_bomb(), headers={"Content-Encoding": "gzip"})  # noqa: ARG005


def stale_gzip(good: Answering) -> Answering:
    """The good body as it is, of which the header says that it is packed."""

    def answer(received: Received) -> Reply:
        reply = plain(good(received))
        return evolve(reply, headers={**reply.headers, "Content-Encoding": "gzip"})

    return answer


def another_charset(good: Answering) -> Answering:
    """The good body in UTF-16 with its byte-order mark."""

    def answer(received: Received) -> Reply:
        reply = plain(good(received))
        return evolve(reply, body=reply.body.decode("utf-8").encode("utf-16"))

    return answer


def plain(reply: Reply) -> Reply:
    """The reply unpacked, where it was packed with gzip."""
    if _encoding(reply.headers) != "gzip":
        return reply
    headers = {name: value for name, value in reply.headers.items() if name.lower() != "content-encoding"}
    return evolve(reply, body=gzip.decompress(reply.body), headers=headers)


def _encoding(headers: Mapping[str, str]) -> str:
    return next(
        (value.strip().lower() for name, value in headers.items() if name.lower() == "content-encoding"), ""
    )


def _inside_a_row(body: bytes) -> int:
    """The last place in the first half of the rows that lies before a row's last separator.

    The middle of the body where no row has a separator.
    """
    starts = [0]
    starts += [place + 1 for place, byte in enumerate(body[:-1]) if byte == ord("\n")]
    ends = [*(start - 1 for start in starts[1:]), len(body)]
    rows = list(zip(starts, ends, strict=True))
    for start, end in reversed(rows[: len(rows) // 2 + 1]):
        separator = max(body.rfind(mark, start, end) for mark in _SEPARATORS)
        if separator > start and body[start : start + 1] != b"#":
            return separator
    return len(body) // 2


@cache
def _bomb() -> bytes:
    return gzip.compress(b" " * (16 * 1024 * 1024)) * 16  # several members are one stream (RFC 1952, 2.2)
