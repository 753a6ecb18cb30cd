"""When one thing is asked again, and how long is waited before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import tenacity

from ...errors import ProviderError

__all__ = ["WorthRetryingError", "retried", "retry_after", "seconds_text"]

T = TypeVar("T")

QUOTA_WAITS = (2.0, 5.0, 10.0)
"""Seconds after a 429 that does not say how long to wait: those of OONI's own tests (``tests/e2e/mockApi.ts``
in ``ooni/explorer``)."""

_WAIT = tenacity.wait_exponential(multiplier=0.5, max=8.0) + tenacity.wait_random(0.0, 0.5)
_MOST_DIGITS = 12
"""Of a number of seconds; more are no time that anybody means."""


class WorthRetryingError(Exception):
    """An attempt that failed in a way that may pass.

    Attributes:
        error: what is raised where it does not pass.
        asked: how many seconds the provider asks to wait, or None.
        quota: whether the provider said that enough was asked for.
        once: whether it is worth only one more attempt.
    """

    def __init__(
        self, error: ProviderError, *, asked: float | None = None, quota: bool = False, once: bool = False
    ) -> None:
        self.error = error
        self.asked = asked
        self.quota = quota
        self.once = once
        super().__init__(str(error))


def retried(
    attempt: Callable[[], T], *, attempts: int, left: Callable[[], float], sleep: Callable[[float], None]
) -> T:
    """What the attempt gives, made again while it is worth it.

    Args:
        attempt: raises :class:`WorthRetryingError` where it may be made again.
        attempts: how often at most.
        left: seconds left of the call; a wait that is longer is not begun.
        sleep: waits.

    Raises:
        ProviderError: of the last attempt.
    """
    plan = _Plan(attempts, left)
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(WorthRetryingError),
        wait=plan.wait,
        stop=plan.stop,
        sleep=sleep,
        reraise=True,
    )
    try:
        return retrying(attempt)
    except WorthRetryingError as last:
        raise last.error from None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """How many seconds ``Retry-After`` asks to wait; None where it is absent or makes no sense.

    RFC 9110, 10.2.3: whole seconds or a date.  (``Retry.parse_retry_after`` of urllib3 2.8 makes at most
    six hours of either, which is not what the provider said.)
    """
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said) if len(said) <= _MOST_DIGITS else None
    try:
        then = parsedate_to_datetime(said)
        if then.tzinfo is None:  # "-0000": UTC, of which nobody says where
            then = then.replace(tzinfo=UTC)
        return max((then - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def seconds_text(seconds: float) -> str:
    """A time for people: ``0.5 s``, ``3600 s``, ``more than a year``."""
    return "more than a year" if seconds > 365 * 86_400 else f"{round(seconds, 1):g} s"


class _Plan:
    """The waits and the end of one call's attempts."""

    def __init__(self, attempts: int, left: Callable[[], float]) -> None:
        self._attempts = attempts
        self._left = left
        self._quotas = 0
        self._onces = 0

    def wait(self, state: tenacity.RetryCallState) -> float:
        failure = _failure(state)
        self._onces += failure.once
        if failure.asked is not None:
            return failure.asked
        if failure.quota:
            self._quotas += 1
            return QUOTA_WAITS[min(self._quotas, len(QUOTA_WAITS)) - 1]
        return _WAIT(state)

    def stop(self, state: tenacity.RetryCallState) -> bool:
        return (
            state.attempt_number >= self._attempts
            or (_failure(state).once and self._onces > 1)
            or state.upcoming_sleep >= self._left()
        )


def _failure(state: tenacity.RetryCallState) -> WorthRetryingError:
    failure = state.outcome.exception() if state.outcome is not None else None
    if not isinstance(failure, WorthRetryingError):
        raise TypeError("only what is worth it is tried again")
    return failure
