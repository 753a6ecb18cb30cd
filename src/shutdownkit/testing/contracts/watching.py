"""Seeing what code does with the machine: connections, names looked up, files opened, programs started.

Python tells its audit hooks (PEP 578) of each of these before it happens, whichever library asks for it.  A
hook cannot be taken away again, so there is one for the process, which does nothing while nobody watches.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from attrs import define, field, frozen

__all__ = ["Connection", "Watched", "watching"]

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")


@frozen
class Connection:
    """A connection that was begun.

    Attributes:
        host, port: whither; a path and 0 for a socket of this machine.
        timeout: seconds after which it is given up; None for never.
    """

    host: str
    port: int
    timeout: float | None

    @property
    def is_local(self) -> bool:
        """Whether it stays on this machine."""
        return self.host in _LOOPBACK or not self.port

    def __str__(self) -> str:
        until = "without a timeout" if self.timeout is None else f"for at most {self.timeout:g} s"
        return f"{self.host}:{self.port}, {until}"


@define
class Watched:
    """What was seen.

    Attributes:
        connections: those that were begun; those that would leave the machine are refused.
        names: of hosts that were looked up.
        files: that were opened.
        programs: that were started.
    """

    connections: list[Connection] = field(factory=list)
    names: list[str] = field(factory=list)
    files: list[str] = field(factory=list)
    programs: list[str] = field(factory=list)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Hosts that are not this machine, as they were named."""
        hosts = (*self.names, *(one.host for one in self.connections if not one.is_local))
        return tuple(dict.fromkeys(host for host in hosts if host not in _LOOPBACK))


_LOCK = threading.Lock()
_WATCHES: list[Watched] = []
_INSTALLED: list[bool] = []


@contextmanager
def watching() -> Iterator[Watched]:
    """Watch all threads of the process while the context lasts; nothing leaves the machine meanwhile."""
    with _LOCK:
        if not _INSTALLED:
            sys.addaudithook(_heard)
            _INSTALLED.append(True)
        watched = Watched()
        _WATCHES.append(watched)
    try:
        yield watched
    finally:
        with _LOCK:
            _WATCHES.remove(watched)


def _heard(event: str, given: Sequence[object]) -> None:
    if not _WATCHES:
        return
    watches = tuple(_WATCHES)
    if event == "socket.connect":
        connection = _connection(*given[:2])
        for one in watches:
            one.connections.append(connection)
        _stay_here(connection.host, connection.is_local)
    elif event == "socket.getaddrinfo":
        host = _text(given[0])
        for one in watches:
            one.names.append(host)
        _stay_here(host, host in _LOOPBACK)
    elif event == "open" and isinstance(given[0], str | bytes):
        for one in watches:
            one.files.append(_text(given[0]))
    elif event.startswith(_PROGRAMS):
        for one in watches:
            one.programs.append(str(given[0]))


def _text(given: object) -> str:
    return given.decode(errors="replace") if isinstance(given, bytes) else str(given)


def _stay_here(host: str, is_local: bool) -> None:
    if not is_local:
        raise ConnectionRefusedError(f"{host} is not this machine, and while it is watched nothing leaves it")


def _connection(connecting: object, address: object) -> Connection:
    timeout = connecting.gettimeout() if isinstance(connecting, socket.socket) else None
    if isinstance(address, tuple) and len(address) >= 2:
        return Connection(str(address[0]), int(address[1]), timeout)
    return Connection(str(address), 0, timeout)
