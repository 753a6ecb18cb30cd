"""Asking one thing after another, so that one failure does not lose the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import evolve

from ...errors import ProviderError
from ...model.account import SourceFailure
from ...reading.http.client import HttpClient
from ...reading.http.request import Answer, HttpRequest

__all__ = ["Asking"]

T = TypeVar("T")


class Asking:
    """The requests of one query.

    After a failure that tells that nothing else will be answered now (unreachable, enough asked for)
    nothing more is asked.

    Attributes:
        answered: how many requests were answered.
        first: the first failure, None while there is none.
    """

    def __init__(self, source: str, http: HttpClient) -> None:
        self._source = source
        self._http = http
        self._failures: list[SourceFailure] = []
        self._left_out = 0
        self._over = False
        self.answered = 0
        self.first: ProviderError | None = None

    def ask(self, request: HttpRequest, read: Callable[[Answer], T]) -> T | None:
        """What ``read`` makes of the answer; None where there is none, which is then noted."""
        if self._over:
            self._left_out += 1
            return None
        try:
            result = self._http.ask(request, read)
        except ProviderError as error:
            self.first = self.first or error
            self._over = error.ends_asking
            self.note(error.problem, error.where or request.address, retry=error.retry)
            return None
        self.answered += 1
        return result

    def note(self, problem: str, where: str | None, *, retry: bool = False) -> None:
        """Note a failure of another kind."""
        self._failures.append(SourceFailure(self._source, problem, where, retry))

    @property
    def failures(self) -> tuple[SourceFailure, ...]:
        """The failures so far; the one that ended the asking says how many requests it cost."""
        if not self._left_out:
            return tuple(self._failures)
        *before, last = self._failures
        requests = "request was" if self._left_out == 1 else "requests were"
        problem = f"{last.problem}; nothing more was asked of it: {self._left_out} {requests} left out"
        return (*before, evolve(last, problem=problem))
