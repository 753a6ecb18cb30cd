"""Faults of the status: it says that there is no answer, for a while or for ever, or leads elsewhere."""

from __future__ import annotations

import json
import socket
import threading

from attrs import evolve

from ..server import Received, Reply
from .bodies import PAGE
from .connections import raw_reply
from .fault import Answering

__all__ = [
    "broken",
    "not_found",
    "redirect_elsewhere",
    "refused",
    "says_the_key",
    "too_many_for_ever",
    "too_many_once",
    "unavailable_twice",
    "wrong_status_good_body",
]


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
    return lambda received: Reply(PAGE, status=500, headers={"Content-Type": "text/html"})  # noqa: ARG005


def wrong_status_good_body(good: Answering) -> Answering:
    """500 with the good body, which must not be believed."""
    return lambda received: evolve(good(received), status=500)


def refused(good: Answering) -> Answering:  # noqa: ARG001
    """403 with a reason."""
    return lambda received: Reply(b'{"error":"not from your network"}', status=403)  # noqa: ARG005


def not_found(good: Answering) -> Answering:  # noqa: ARG001
    """404 with a reason."""
    return lambda received: Reply(b'{"error":"no such thing"}', status=404)  # noqa: ARG005


def says_the_key(good: Answering) -> Answering:  # noqa: ARG001
    """401 that says what stood in ``Authorization`` in its status line, a header and its body."""

    def answer(received: Received) -> Reply:
        sent = received.headers.get("authorization", "no key")
        body = json.dumps({"error": {"detail": f"{sent} is not known"}})
        lines = [
            f"HTTP/1.1 401 {sent} is not known",
            "Content-Type: application/json",
            f"WWW-Authenticate: {sent}",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        whole = ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")

        def send(connection: socket.socket) -> None:
            connection.sendall(whole)

        return raw_reply(send)

    return answer


def redirect_elsewhere(good: Answering) -> Answering:  # noqa: ARG001
    """Sends everyone to another host."""
    headers = {"Location": "https://portal.invalid/login"}
    return lambda received: Reply(b"", status=302, headers=headers)  # noqa: ARG005


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
