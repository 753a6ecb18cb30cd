"""A clock that a test moves by hand."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from ..errors import InvalidValueError
from ..model.checks import instant, number
from ..reading.http.clock import Clock

__all__ = ["ManualClock"]

_START = datetime(2026, 6, 1, 12, tzinfo=UTC)
_LONGEST = 1e10
"""Seconds that may pass at once: some three centuries."""


class ManualClock:
    """Time that stands still until it is moved; whoever sleeps moves it, and waits for nothing.

    >>> time = ManualClock("2026-06-01T12:00:00Z")
    >>> time.advance(timedelta(minutes=5))
    >>> time.clock.sleep(2.5)
    >>> print(time.now.isoformat(), time.sleeps)
    2026-06-01T12:05:02.500000+00:00 (2.5,)

    May be used by several threads.  The limits that :class:`~shutdownkit.reading.http.client.HttpClient`
    sets to a socket and to a whole call are kept in real time: a server that is silent still costs some.
    Give a client with such a clock a ``Pacer()`` and ``Quotas()`` of its own: those of the process may have
    noted real times.

    Args:
        start: the time of day at first; aware, or ISO 8601 text.

    Attributes:
        clock: for ``HttpClient(clock=...)`` and :class:`~shutdownkit.reading.http.clock.Deadline`; its
            ``monotonic`` begins at 0.

    Raises:
        InvalidValueError: the start is no time with a zone.
    """

    def __init__(self, start: datetime | str = _START) -> None:
        self._start = instant("ManualClock.start", start)
        self._passed = 0.0
        self._sleeps: list[float] = []
        self._lock = threading.Lock()
        self.clock = Clock(monotonic=self._monotonic, sleep=self._sleep, now=self._now)

    @property
    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return self._now()

    @property
    def sleeps(self) -> tuple[float, ...]:
        """How many seconds were slept each time, in order."""
        with self._lock:
            return tuple(self._sleeps)

    def advance(self, time: float | timedelta) -> None:
        """Let some time pass: seconds, or a difference of times.

        Raises:
            InvalidValueError: it is negative or no number; time does not go back.
        """
        seconds = time.total_seconds() if isinstance(time, timedelta) else time
        with self._lock:
            self._pass("ManualClock.advance", seconds)

    def _pass(self, where: str, seconds: float) -> None:
        passed = self._passed + number(where, seconds, minimum=0.0, maximum=_LONGEST)
        try:
            self._at(passed)
        except OverflowError:
            raise InvalidValueError(where, seconds, "leads past the last year") from None
        self._passed = passed

    def _at(self, passed: float) -> datetime:
        return self._start + timedelta(seconds=passed)

    def _monotonic(self) -> float:
        with self._lock:
            return self._passed

    def _sleep(self, seconds: float) -> None:
        with self._lock:
            self._pass("ManualClock.sleep", seconds)
            self._sleeps.append(float(seconds))

    def _now(self) -> datetime:
        with self._lock:
            return self._at(self._passed)
