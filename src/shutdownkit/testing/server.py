"""A server on the loopback interface, whose answers a test decides.

Needs nothing beside the standard library.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from attrs import field, frozen

__all__ = ["LoopbackServer", "Received", "Reply"]


@frozen
class Received:
    """A request that the server got.

    Attributes:
        query: for each name the values, in order.
        headers: names in lower case.
    """

    method: str
    path: str
    query: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str]

    def one(self, name: str, default: str | None = None) -> str:
        """The one value of a name in the query.

        Raises:
            KeyError: where it is not there and has no default.
        """
        values = self.query.get(name, ())
        if not values and default is not None:
            return default
        if len(values) != 1:
            raise KeyError(name)
        return values[0]


@frozen
class Reply:
    """What the server answers.

    Attributes:
        body: sent whole, with its length.
        headers: besides ``Content-Length`` and, where it is not among them, ``Content-Type`` JSON.
        raw: takes the connection and does with it what it likes, in place of all else.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)
    raw: Callable[[socket.socket], None] | None = None


class LoopbackServer:
    """Answers on ``127.0.0.1`` while it is entered.

    >>> with LoopbackServer(lambda received: Reply(b"{}")) as server:
    ...     print(server.url)  # doctest: +SKIP

    Attributes:
        received: every request so far, in order of arrival.
    """

    def __init__(self, answer: Callable[[Received], Reply]) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self.received: list[Received] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True
        )

    @property
    def url(self) -> str:
        """The base address, without a slash at the end."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, received: Received) -> Reply:
        """Note a request and decide the answer."""
        with self._lock:
            self.received.append(received)
        return self._answer(received)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a handler may be busy not answering

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of a test hang up whenever they like."""


def _handler(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two packets; together they would wait 40 ms

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            received = Received(
                self.command,
                parts.path,
                {
                    name: tuple(values)
                    for name, values in parse_qs(parts.query, keep_blank_values=True).items()
                },
                {name.lower(): value for name, value in self.headers.items()},
            )
            reply = server.answer(received)
            if reply.raw is not None:
                self.close_connection = True
                reply.raw(self.connection)
                return
            self.send_response(reply.status)
            if not any(name.lower() == "content-type" for name in reply.headers):
                self.send_header("Content-Type", "application/json")
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Tests look at what was received."""

    return Handler
