"""Work done at once, each piece in a thread of its own that can be given up.

A thread cannot be ended from outside.  One that hangs is left to itself: it is a daemon, so that it never
keeps the process alive, and what it says later reaches nobody.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from attrs import frozen

__all__ = ["Ended", "Tell", "Work", "at_once"]

M = TypeVar("M")

Tell = Callable[[M], None]
"""How work in progress says something."""

Work = Callable[[Tell[M]], None]
"""A piece of work."""

_GLANCE = 0.2  # seconds: on some systems a wait is not interrupted before it is over


@frozen
class Ended:
    """The last thing of a piece of work.

    Attributes:
        error: what it raised, or None.
        given_up: whether it had not ended in time.
    """

    error: BaseException | None = None
    given_up: bool = False


@frozen
class _Said(Generic[M]):
    name: str
    what: M | Ended


def at_once(works: Mapping[str, Work[M]], *, patience: float) -> Iterator[tuple[str, M | Ended]]:
    """Begin every piece of work and pass on what they say, in the order in which it comes.

    Args:
        works: by name.
        patience: how long to wait for all, in seconds; what has not ended by then is given up.

    Yields:
        Names and messages; :class:`Ended` is each name's last, and comes exactly once.  Whatever a piece
        of work raises, it is in there, and touches no other.
    """
    until = time.monotonic() + patience
    said: queue.SimpleQueue[_Said[M]] = queue.SimpleQueue()
    for name, work in works.items():
        thread = threading.Thread(
            target=_do, args=(name, work, said), name=f"shutdownkit {name}", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread left
            said.put(_Said(name, Ended(error)))
    busy = set(works)
    while busy:
        one = _next(said, until)
        if one is None:
            yield from ((name, Ended(given_up=True)) for name in sorted(busy))
            return
        if isinstance(one.what, Ended):
            busy.discard(one.name)
        yield one.name, one.what


def _do(name: str, work: Work[M], said: queue.SimpleQueue[_Said[M]]) -> None:
    error = None
    try:
        work(lambda message: said.put(_Said(name, message)))
    except BaseException as raised:  # noqa: BLE001 (also SystemExit: it is passed on, not swallowed)
        error = raised
    said.put(_Said(name, Ended(error)))


def _next(said: queue.SimpleQueue[_Said[M]], until: float) -> _Said[M] | None:
    """The next message; None where none came in time.  Late is what is said late, not what is heard late."""
    while True:
        left = until - time.monotonic()
        try:
            return said.get(timeout=min(left, _GLANCE)) if left > 0 else said.get_nowait()
        except queue.Empty:
            if left <= 0:
                return None
