"""The ways in which providers, and what lies before them, misbehave.

Each function takes what answers well and returns what answers badly, for
:class:`~shutdownkit.testing.server.LoopbackServer`:

>>> from shutdownkit.testing.server import LoopbackServer, Reply
>>> good = lambda received: Reply(b'{"data": [1, 2]}')
>>> with LoopbackServer(unavailable_twice(good)) as server:
...     print(server.url)  # doctest: +SKIP

A source that is asked through such a server must give what the good answer gives, or raise a
:class:`~shutdownkit.errors.ProviderError`; never something else, never a wrong value, never for ever.
"""

from __future__ import annotations

import gzip
import json
import math
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from types import MappingProxyType

from .server import Received, Reply

__all__ = [
    "MISBEHAVIOURS",
    "Answering",
    "Misbehaviour",
    "broken",
    "drip_body",
    "drip_headers",
    "endless",
    "gzip_bomb",
    "html",
    "list_for_object",
    "nested",
    "not_a_number",
    "redirect_elsewhere",
    "reset",
    "silent",
    "too_many_for_ever",
    "too_many_once",
    "truncated",
    "unavailable_twice",
    "wrong_types",
]

Answering = Callable[[Received], Reply]
Misbehaviour = Callable[[Answering], Answering]

DRIP = 0.2
"""Seconds between two bytes of a server that drips: less than any client's time between two pieces."""

BRACKETS = 200_000
"""Enough to exhaust the stack of a reader that follows them."""

_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Welcome</h1></body></html>"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


def unavailable_twice(good: Answering) -> Answering:
    """503 to the first two requests of all, then well."""
    return _first(2, Reply(b"<h1>503 Service Unavailable</h1>", status=503), good)


def too_many_once(good: Answering) -> Answering:
    """429 with ``Retry-After: 1`` to the first request of all, then well."""
    return _first(1, Reply(b'{"error":"quota exceeded"}', status=429, headers={"Retry-After": "1"}), good)


def too_many_for_ever(good: Answering) -> Answering:  # noqa: ARG001
    """429 without ``Retry-After``, as OONI sends it, to everything."""
    return lambda received: Reply(b'{"error":"quota exceeded"}', status=429)  # noqa: ARG005


def broken(good: Answering) -> Answering:  # noqa: ARG001
    """500 with a page to everything."""
    return lambda received: Reply(_PAGE, status=500, headers={"Content-Type": "text/html"})  # noqa: ARG005


def html(good: Answering) -> Answering:  # noqa: ARG001
    """A page with status 200, as a captive portal or a single-page application sends it."""
    return lambda received: Reply(_PAGE, headers={"Content-Type": "text/html; charset=utf-8"})  # noqa: ARG005


def truncated(good: Answering) -> Answering:
    """The first half of the good body, of which the header promises the whole."""

    def send(connection: socket.socket, body: bytes) -> None:
        connection.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) + 1) + body[: len(body) // 2])

    return lambda received: _raw(send, good(received).body)


def silent(good: Answering) -> Answering:  # noqa: ARG001
    """Takes the request and says nothing until the client hangs up."""

    def send(connection: socket.socket, body: bytes) -> None:  # noqa: ARG001
        while connection.recv(4096):
            pass

    return lambda received: _raw(send)  # noqa: ARG005


def reset(good: Answering) -> Answering:  # noqa: ARG001
    """Takes the request and resets the connection."""

    def send(connection: socket.socket, body: bytes) -> None:  # noqa: ARG001
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return lambda received: _raw(send)  # noqa: ARG005


def redirect_elsewhere(good: Answering) -> Answering:  # noqa: ARG001
    """Sends everyone to another host."""
    headers = {"Location": "https://portal.invalid/login"}
    return lambda received: Reply(b"", status=302, headers=headers)  # noqa: ARG005


def endless(good: Answering) -> Answering:  # noqa: ARG001
    """A body that begins as JSON and never ends."""

    def send(connection: socket.socket, body: bytes) -> None:  # noqa: ARG001
        connection.sendall(_HEAD + b"\r\n[0")
        while True:
            connection.sendall(b",0" * 32_768)

    return lambda received: _raw(send)  # noqa: ARG005


def nested(good: Answering) -> Answering:  # noqa: ARG001
    """Lists in lists, 200,000 deep."""
    return lambda received: Reply(b"[" * BRACKETS + b"]" * BRACKETS)  # noqa: ARG005


def wrong_types(good: Answering) -> Answering:
    """The good document with a text for each number, a number for each text and each flag."""
    return _changed(good, lambda value: "x" if _is_number(value) else 7)


def not_a_number(good: Answering) -> Answering:
    """The good document with ``NaN`` for each number, which is not JSON; alone where it has no number."""

    def change(received: Received) -> Reply:
        document = json.loads(good(received).body)
        changed = _leaves(document, lambda value: math.nan if _is_number(value) else value)
        body = json.dumps(changed).encode()
        return Reply(body if b"NaN" in body else b"NaN")

    return change


def list_for_object(good: Answering) -> Answering:
    """The good document with the list of its members' values for each outermost object."""

    def listed(value: object) -> object:
        if isinstance(value, dict):
            return list(value.values())
        if isinstance(value, list):
            return [listed(item) for item in value] if value else {}
        return [value]

    return lambda received: Reply(json.dumps(listed(json.loads(good(received).body))).encode())


def gzip_bomb(good: Answering) -> Answering:  # noqa: ARG001
    """1 MiB that decompresses to 1 GiB."""
    return lambda received: Reply(_bomb(), headers={"Content-Encoding": "gzip"})  # noqa: ARG005


def drip_headers(good: Answering) -> Answering:  # noqa: ARG001
    """Headers without end, a byte at a time."""
    return lambda received: _raw(_dripping(b"HTTP/1.1 200 OK\r\nX-Drip: "))  # noqa: ARG005


def drip_body(good: Answering) -> Answering:  # noqa: ARG001
    """A body without end, a byte at a time."""
    return lambda received: _raw(_dripping(_HEAD + b"\r\n"))  # noqa: ARG005


MISBEHAVIOURS: Mapping[str, Misbehaviour] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            unavailable_twice,
            too_many_once,
            too_many_for_ever,
            broken,
            html,
            truncated,
            silent,
            reset,
            redirect_elsewhere,
            endless,
            nested,
            wrong_types,
            not_a_number,
            list_for_object,
            gzip_bomb,
            drip_headers,
            drip_body,
        )
    }
)
"""All of them by name."""


def _first(count: int, reply: Reply, good: Answering) -> Answering:
    """The reply for the first few requests, then well."""
    lock = threading.Lock()
    left = [count]

    def answer(received: Received) -> Reply:
        with lock:
            if left[0]:
                left[0] -= 1
                return reply
        return good(received)

    return answer


def _raw(send: Callable[[socket.socket, bytes], None], body: bytes = b"") -> Reply:
    """A reply that does something with the connection until it is done or the client hangs up."""

    def sending(connection: socket.socket) -> None:
        with suppress(OSError):  # the client hung up, as it should
            send(connection, body)

    return Reply(raw=sending)


def _dripping(head: bytes) -> Callable[[socket.socket, bytes], None]:
    def send(connection: socket.socket, body: bytes) -> None:  # noqa: ARG001
        connection.sendall(head)
        for byte in _spaces():
            connection.sendall(byte)
            time.sleep(DRIP)

    return send


def _spaces() -> Iterator[bytes]:
    while True:
        yield b" "


@cache
def _bomb() -> bytes:
    return gzip.compress(b" " * (16 * 1024 * 1024)) * 64  # several members are one stream (RFC 1952, 2.2)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _changed(good: Answering, change: Callable[[object], object]) -> Answering:
    def answer(received: Received) -> Reply:
        return Reply(json.dumps(_leaves(json.loads(good(received).body), change)).encode())

    return answer


def _leaves(value: object, change: Callable[[object], object]) -> object:
    """The document with each of its leaves but ``null`` changed."""
    if isinstance(value, dict):
        return {name: _leaves(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [_leaves(item, change) for item in value]
    return None if value is None else change(value)
