"""Seeing whether code asks the clock or chance while it runs, as far as that can be seen."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["asking"]

_TIMES = frozenset(
    {
        *("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"),
        *("process_time", "process_time_ns", "clock_gettime", "clock_gettime_ns"),
    }
)
_NOW = frozenset({"now", "utcnow", "today"})
_CHANCE = frozenset({"random", "getrandbits", "urandom"})


@contextmanager
def asking() -> Iterator[list[str]]:
    """What this thread asks of the clock and of chance while the context lasts, by name.

    Seen are the calls that Python code makes into the standard library.  What an extension asks by itself
    is not seen (``numpy.random`` without a seed; that the answers then differ is).
    """
    asked: list[str] = []

    def heard(_frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and (name := _named(called)) is not None:
            asked.append(name)

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()  # who is told of collections (Hypothesis is) asks the clock then
    sys.setprofile(heard)
    try:
        yield asked
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()


def _named(called: Any) -> str | None:
    """The name of a function that asks the clock or chance; None for any other."""
    name = getattr(called, "__name__", "")
    module = getattr(called, "__module__", None)
    if module == "time" and name in _TIMES:
        return f"time.{name}"
    owner = getattr(called, "__self__", None)
    if name in _NOW and isinstance(owner, type) and owner.__module__ == "datetime":
        return f"{owner.__name__}.{name}"
    if name in _CHANCE and (module == "posix" or type(owner).__module__ in {"random", "_random"}):
        return name
    return None
