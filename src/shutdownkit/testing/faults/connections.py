"""Faults of the line: it stops, is silent, is cut, or never ends."""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress

from ..server import Received, Reply
from .bodies import plain
from .fault import Answering

__all__ = [
    "drip_body",
    "drip_headers",
    "endless",
    "raw_reply",
    "reset",
    "silent",
    "truncated",
]

DRIP = 0.2
"""Seconds between two bytes of a server that drips: less than any client's time between two pieces."""

FLOOD = 192 * 1024 * 1024
"""Bytes that come at once of a body without end: three times what HttpSettings allows unless it is told."""

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n"
_JSON = "application/json"


def truncated(good: Answering) -> Answering:
    """The first half of the good body, of which the header promises the whole."""

    def answer(received: Received) -> Reply:
        reply = plain(good(received))
        body = reply.body
        head = _head(reply) + b"Content-Length: %d\r\n\r\n" % (len(body) + 1)
        return raw_reply(lambda connection: connection.sendall(head + body[: len(body) // 2]))

    return answer


def silent(good: Answering) -> Answering:  # noqa: ARG001
    """Takes the request and says nothing until the client hangs up."""

    def send(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    return lambda received: raw_reply(send)  # noqa: ARG005


def reset(good: Answering) -> Answering:  # noqa: ARG001
    """Takes the request and resets the connection."""

    def send(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return lambda received: raw_reply(send)  # noqa: ARG005


def endless(good: Answering) -> Answering:
    """A body that begins as JSON, or as the good text, and never ends.

    After :data:`FLOOD` bytes it goes on a piece at a time, so that a client without a limit fills no machine.
    """

    def answer(received: Received) -> Reply:
        reply = plain(good(received))
        begin, more = (b"[0", b",0" * 32_768) if _is_json(reply) else (reply.body, b"0," * 32_768)

        def send(connection: socket.socket) -> None:
            connection.sendall(_head(reply) + b"\r\n" + begin)
            for _ in range(FLOOD // len(more)):
                connection.sendall(more)
            while True:
                connection.sendall(more[:2])
                time.sleep(DRIP)

        return raw_reply(send)

    return answer


def drip_headers(good: Answering) -> Answering:  # noqa: ARG001
    """Headers without end, a byte at a time."""
    return lambda received: raw_reply(_dripping(b"HTTP/1.1 200 OK\r\nX-Drip: "))  # noqa: ARG005


def drip_body(good: Answering) -> Answering:  # noqa: ARG001
    """A body without end, a byte at a time."""
    return lambda received: raw_reply(_dripping(_HEAD % _JSON.encode() + b"\r\n"))  # noqa: ARG005


def raw_reply(send: Callable[[socket.socket], None]) -> Reply:
    """A reply that does something with the connection until it is done or the client hangs up."""

    def sending(connection: socket.socket) -> None:
        with suppress(OSError):  # the client hung up, as it should
            send(connection)

    return Reply(raw=sending)


def _dripping(head: bytes) -> Callable[[socket.socket], None]:
    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in itertools.count():
            connection.sendall(b" ")
            time.sleep(DRIP)

    return send


def _content_type(reply: Reply) -> str:
    return next((value for name, value in reply.headers.items() if name.lower() == "content-type"), _JSON)


def _is_json(reply: Reply) -> bool:
    return "json" in _content_type(reply).lower()


def _head(reply: Reply) -> bytes:
    return _HEAD % _content_type(reply).encode("latin-1")
