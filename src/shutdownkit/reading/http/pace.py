"""A polite pace: some time between two requests to one host, whoever of this process asks."""

from __future__ import annotations

import threading

__all__ = ["PACER", "Pacer"]


class Pacer:
    """Gives each request to a host its turn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}

    def reserve(self, host: str, pace: float, *, now: float, longest: float) -> float | None:
        """How many seconds to wait before asking; the turn is then the caller's.

        Args:
            host: whom.
            pace: seconds since the turn before.
            now: monotonic seconds.
            longest: seconds that the caller can wait.

        Returns:
            0 or more, or None where the turn would come too late; then nothing is reserved.
        """
        with self._lock:
            last = self._last.get(host)
            turn = now if last is None else max(now, last + pace)
            if turn - now > longest:
                return None
            self._last[host] = turn
            return turn - now


PACER = Pacer()
"""The turns of this process."""
