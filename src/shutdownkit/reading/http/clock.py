"""Time as the client reads and spends it, so that tests need not wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from attrs import frozen

from ...model.checks import number

__all__ = ["Clock", "Deadline"]


def _now() -> datetime:
    return datetime.now(UTC)


@frozen
class Clock:
    """The three things that are done with time.

    Attributes:
        monotonic: seconds that never go back.
        sleep: waits for some seconds.
        now: the time of day, aware, in UTC.
    """

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _now


class Deadline:
    """A limit over all calls of a client together, from its making on.

    Attributes:
        seconds: how long all of them may take.

    Raises:
        InvalidValueError: for a time that is not over 0.
    """

    def __init__(self, seconds: float, clock: Clock | None = None) -> None:
        self.seconds = number("Deadline.seconds", seconds, minimum=1e-3, maximum=1e6)
        self._monotonic = (clock or Clock()).monotonic
        self._end = self._monotonic() + self.seconds

    def left(self) -> float:
        """Seconds left; 0 or less once it has passed."""
        return self._end - self._monotonic()
