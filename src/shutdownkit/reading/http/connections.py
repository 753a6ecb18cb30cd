"""Connections of urllib3 that a :class:`~shutdownkit.reading.http.watch.Watch` can end."""

from __future__ import annotations

import socket
import sys
import time
from typing import Any, Protocol

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from .watch import WATCH, Watch

__all__ = ["POOLS"]


class _Line(Protocol):
    """What a connection of urllib3 has, as far as it is needed here."""

    host: str
    port: int
    timeout: float | None
    socket_options: Any


class _Watched:
    """Makes its own sockets, so as to have them watched before, while and after TLS is set up on them.

    ``_new_conn`` is the method that urllib3's own ``urllib3.contrib.socks`` replaces for the same reason.
    """

    debuglevel = 0  # http.client would print headers, and with them the key

    _line: socket.socket | None = None
    _watch: Watch | None = None

    def _new_conn(self: Any) -> socket.socket:
        watch = WATCH.get()
        made = _connected(self, min(self.timeout, max(watch.left(), 1e-3)))
        try:
            watch.hold(made)
            self._line = made.dup()
        except BaseException:
            made.close()
            raise
        self._watch = watch
        sys.audit("http.client.connect", self, self.host, self.port)
        return made

    def request(self: Any, *args: Any, **kwargs: Any) -> None:
        watch = WATCH.get()
        if self._line is not None and self._watch is not watch:
            watch.hold(self._line)
            self._watch = watch
        super().request(*args, **kwargs)  # type: ignore[misc]

    def close(self: Any) -> None:
        line, self._line, self._watch = self._line, None, None
        if line is not None:
            line.close()
        super().close()  # type: ignore[misc]


def _connected(connection: _Line, seconds: float) -> socket.socket:
    """A socket connected to the first of the host's addresses that takes it, all within some seconds.

    (``socket.create_connection`` gives each address that long.)
    """
    end = time.monotonic() + seconds
    host = connection.host.strip("[]")
    try:
        found = socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(host, connection, reason) from error  # type: ignore[arg-type]
    failure: OSError = OSError("the name has no address")
    for family, kind, protocol, _, place in found:
        left = end - time.monotonic()
        if left <= 0:
            failure = TimeoutError("timed out")
            break
        made = socket.socket(family, kind, protocol)
        try:
            for option in connection.socket_options or ():
                made.setsockopt(*option)
            made.settimeout(left)
            made.connect(place)
        except OSError as error:
            made.close()
            failure = error
        else:
            made.settimeout(connection.timeout)
            return made
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, "timed out") from failure
    raise NewConnectionError(connection, str(failure)) from failure  # type: ignore[arg-type]


class _WatchedHttp(_Watched, HTTPConnection):
    pass


class _WatchedHttps(_Watched, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHttps


POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _HttpPool, "https": _HttpsPool}
"""For ``PoolManager.pool_classes_by_scheme``."""
