"""The provider that a source is asked to read: a server on this machine, and a folder."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from attrs import evolve

from ...server import Received, Reply

__all__ = ["Answering", "Upstream"]

Answering = Callable[[Received], Reply]


class Upstream:
    """What a source has before it instead of its provider.

    Attributes:
        folder: an empty folder, for sources that read files.
        received: every request so far, in order of arrival.
        altered: whether a fault has changed any answer.
        trouble: the first exception that an answering function raised: a mistake of the test, not of the
            source; None while there is none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.received: list[Received] = []
        self.altered = False
        self.trouble: Exception | None = None
        self._good: Answering = _nothing
        self._bad: Answering | None = None
        self._before: Callable[[], None] = _at_once
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = False

    def serve(self, answering: Answering) -> None:
        """Answer so from now on."""
        self._good = answering
        self._bad = None
        self.altered = False

    def misbehave(self, misbehave: Callable[[Answering], Answering]) -> None:
        """Let what is served now misbehave."""
        self._bad = misbehave(self._good)

    def wait(self, before: Callable[[], None]) -> None:
        """Call this before each answer, in the thread that answers."""
        self._before = before

    def answer(self, received: Received) -> Reply:
        """What the server answers."""
        with self._lock:
            self.received.append(received)
        self._before()
        try:
            return self._held(self._answer(received))
        except Exception as error:  # noqa: BLE001 (raised by whoever asked the source)
            self.trouble = self.trouble or error
            return Reply(b'{"error": "the test failed"}', status=500)

    def hang_up(self) -> None:
        """End what is still being sent: a client without a limit would listen to it for ever."""
        with self._lock:
            self._closed = True
            for connection in self._open:
                with suppress(OSError):  # it ended by itself
                    connection.shutdown(socket.SHUT_RDWR)

    def _held(self, reply: Reply) -> Reply:
        """The reply, whose connection is known while something is done with it."""
        send = reply.raw
        if send is None:
            return reply

        def held(connection: socket.socket) -> None:
            with self._lock:
                if self._closed:
                    return
                self._open.add(connection)
            try:
                send(connection)
            finally:
                with self._lock:
                    self._open.discard(connection)

        return evolve(reply, raw=held)

    def _answer(self, received: Received) -> Reply:
        if self._bad is None:
            return self._good(received)
        bad, good = self._bad(received), self._good(received)
        if bad.raw is not None or (bad.status, bad.body) != (good.status, good.body):
            self.altered = True
        return bad


def _nothing(received: Received) -> Reply:  # noqa: ARG001
    return Reply(b'{"error": "nothing was published"}', status=404)


def _at_once() -> None:
    """Nobody waits."""
