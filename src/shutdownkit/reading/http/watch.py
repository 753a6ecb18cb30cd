"""A limit on the whole time of a call, however slowly the other side sends.

A socket's own timeout bounds the time between two pieces, so that a server which sends a byte a second
holds a call for ever.  A watch closes the lines of its call when the time is over, from a thread that ends
with the call.  It holds duplicates of the sockets, because TLS and http.client close or replace the
originals while the line is still in use.

The one thing it cannot cut short is the resolution of a name, which the operating system bounds.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from contextvars import ContextVar
from types import TracebackType
from typing import Self

__all__ = ["WATCH", "Watch"]


class Watch:
    """Ends a call after some seconds; used as a context manager around it.

    Attributes:
        fired: whether the time was over before the call was.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._lines: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run, name="shutdownkit-watch", daemon=True)
        self.fired = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        for line in self._lines:
            line.close()
        self._lines.clear()

    def left(self) -> float:
        """Seconds left; 0 or less once it has fired."""
        return self._end - time.monotonic()

    def hold(self, line: socket.socket) -> None:
        """Shut this line down, too, when the time is over.

        Args:
            line: a plain socket; a duplicate is kept.

        Raises:
            TimeoutError: the time is over.
        """
        with self._lock:
            if self.fired:
                raise TimeoutError("the time of the call is over")
            self._lines.append(line.dup())

    def _run(self) -> None:
        if self._over.wait(max(self.left(), 0.0)):
            return
        with self._lock:
            self.fired = True
            for line in self._lines:
                with suppress(OSError):  # the other side was quicker
                    line.shutdown(socket.SHUT_RDWR)


WATCH: ContextVar[Watch] = ContextVar("shutdownkit_watch")
"""The watch of the call that this thread is in."""
