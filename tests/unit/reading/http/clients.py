"""A client whose waits cost no time, and servers with TLS, for the tests of this folder."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import trustme

from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.clock import Clock
from shutdownkit.reading.http.request import Answer, HttpRequest
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.server import Received, Reply

AUTHORITY = trustme.CA()
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Passing:
    """Time that passes as it does, and at once by what is slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.passed = 0.0
        self.clock = Clock(self._monotonic, self._sleep, self._now)

    def _monotonic(self) -> float:
        return time.monotonic() + self.passed

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    def _now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)


def document(answer: Answer) -> object:
    return answer.document


def good(received: Received) -> Reply:
    return Reply(b'{"data": [1, 2.5, null], "name": "x", "flag": true}')


GOOD = {"data": [1, 2.5, None], "name": "x", "flag": True}


def counting() -> Callable[[Received], Reply]:
    numbers = count(1)

    def answer(received: Received) -> Reply:
        return Reply(b"[%d]" % next(numbers), headers={"X-Kept": "yes"})

    return answer


class World:
    """One file, one time, clients online and off."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.time = Passing()

    def ask(
        self, request: HttpRequest, read: Callable[[Answer], object] = document, *, offline: bool = False
    ) -> object:
        settings = HttpSettings(cache_path=self.path, offline=offline)
        with HttpClient(settings, clock=self.time.clock) as client:
            return client.ask(request, read)


@contextmanager
def line_server(
    serve: Callable[[socket.socket], None], scheme: str = "https", *, tls: bool = True
) -> Iterator[str]:
    """A server below HTTP, with TLS or without, that does one thing with each connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    threads: list[threading.Thread] = []

    def one(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if tls:
                with context.wrap_socket(connection, server_side=True) as secured:
                    serve(secured)
            else:
                serve(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=one, args=(connection,), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"{scheme}://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join()
        for thread in threads:
            thread.join(timeout=5)


def watches() -> list[str]:
    """The names of the client's own threads that still run."""
    return [thread.name for thread in threading.enumerate() if thread.name == "shutdownkit-watch"]
