"""What a provider says is left of its quota, so that the last of it is not used up.

OONI counts its own work, 1 unit for 10 ms, allows 4000 units an hour to an IP address, and names what
remains in ``X-RateLimit-Remaining`` of every answer (``ooniapi/common/src/common/rate_limit_quotas.py`` in
``ooni/backend``).  What one question will cost is not known beforehand; the dearest so far tells.
"""

from __future__ import annotations

import threading

from attrs import evolve, frozen

__all__ = ["QUOTAS", "Left", "Quotas"]

HEADER = "X-RateLimit-Remaining"
WINDOW = 3600.0
"""Seconds after which the provider's count has begun anew."""

_LEAST = 20
"""Units under which nothing is asked, however cheap it was so far: 0.2 s of OONI's work."""

_MOST_DIGITS = 12


@frozen
class Left:
    """What a host said last.

    Attributes:
        remaining: units.
        dearest: the greatest drop between two answers so far.
        at: monotonic seconds.
    """

    remaining: int
    dearest: int
    at: float

    @property
    def scarce(self) -> bool:
        """Whether the next question might use up the quota."""
        return self.remaining < max(_LEAST, 2 * self.dearest)


class Quotas:
    """Remembers what each host said."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, Left] = {}

    def note(self, host: str, said: str | None, *, now: float) -> None:
        """Remember a header's value; what is no whole number is not looked at."""
        digits = (said or "").strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
            return
        remaining = int(digits)
        with self._lock:
            before = self._left.get(host)
            if before is None:
                self._left[host] = Left(remaining, 0, now)
                return
            dearest = max(before.dearest, before.remaining - remaining)
            self._left[host] = evolve(before, remaining=remaining, dearest=dearest, at=now)

    def scarce(self, host: str, *, now: float) -> Left | None:
        """What is left where it is too little to ask again, else None."""
        with self._lock:
            left = self._left.get(host)
        return left if left is not None and left.scarce and now - left.at < WINDOW else None


QUOTAS = Quotas()
"""What the hosts said to this process."""
