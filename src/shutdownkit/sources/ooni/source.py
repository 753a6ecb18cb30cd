"""The source: asks, and makes signals of what came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import TypeVar

from attrs import field, frozen

from ...errors import ProviderError
from ...model.account import SourceFailure
from ...reading.http.request import Answer, HttpRequest
from ...reading.query import Query
from ...reading.source import SourceConfig, SourceInfo, SourceResult
from .info import INFO
from .notices import notices_of
from .parse import read_aggregation
from .plan import Ask, plan
from .signals import signals_of
from .week import Week, read_hours

__all__ = ["BASE_URL", "OoniSource"]

BASE_URL = "https://api.ooni.io"

T = TypeVar("T")

_SETTLES = timedelta(days=7)  # uploads come late; after a week few are left to come
_PACE = timedelta(seconds=1)
_CHECK = (("since", "2024-01-01"), ("until", "2024-01-02"), ("probe_cc", "IT"))


@frozen
class _Asked:
    """What came, what did not and why, and what was not asked any more; in the order of asking."""

    weeks: tuple[Week, ...]
    lost: tuple[tuple[Ask, ProviderError], ...] = ()
    left_out: tuple[Ask, ...] = field(default=())


class OoniSource:
    """Measurements of OONI: how many came, of how many networks, and what share shows interference.

    One aggregation a week and purpose, one after the other; see :mod:`shutdownkit.sources.ooni.plan`.
    """

    def __init__(self, config: SourceConfig) -> None:
        config.check_no_argument()
        self._http = config.http
        self._url = f"{config.base_url or BASE_URL}/api/v1/aggregation"

    @property
    def info(self) -> SourceInfo:
        """What it serves."""
        return INFO

    def fetch(self, query: Query, /) -> SourceResult:
        """Ask OONI.

        Raises:
            NotServedError: where the query is about something else; nothing was asked.
            ProviderError: where nothing came, the first of those met.
        """
        self.info.check_serves(query)
        planned = plan(query)
        asked = self._ask_all(planned.asks)
        if not asked.weeks:
            raise asked.lost[0][1]
        made = signals_of(query, planned, asked.weeks)
        return SourceResult(
            signals=made.signals,
            coverage=made.coverage,
            notices=notices_of(query.entity, planned, asked.weeks, made),
            failures=_failures(asked),
        )

    def check(self) -> None:
        """Count one day of one country.

        Raises:
            ProviderError: where OONI does not answer as it should.
        """
        request = HttpRequest(self._url, _CHECK, keep=timedelta(0), pace=_PACE)
        self._http.ask(request, lambda answer: read_aggregation(answer.document))

    def _ask_all(self, asks: Sequence[Ask]) -> _Asked:
        """Each in turn, until one goes unanswered because no other would be answered either."""
        came: list[Week] = []
        lost: list[tuple[Ask, ProviderError]] = []
        for number, ask in enumerate(asks, start=1):
            try:
                came.append(self._ask(ask))
            except ProviderError as error:
                lost.append((ask, error))
                if error.ends_asking:
                    return _Asked(tuple(came), tuple(lost), tuple(asks[number:]))
        return _Asked(tuple(came), tuple(lost))

    def _ask(self, ask: Ask) -> Week:
        def read(answer: Answer) -> Week:
            rows = read_hours(answer.document, ask)
            return Week(ask, rows, answer.retrieved, answer.address)

        request = HttpRequest(self._url, ask.params, until=ask.chunk.end, settles=_SETTLES, pace=_PACE)
        return self._http.ask(request, read)


def _failures(asked: _Asked) -> tuple[SourceFailure, ...]:
    """One for each problem, however many requests met it, and one for what was not asked any more."""
    found: dict[tuple[type[ProviderError], str], list[tuple[Ask, ProviderError]]] = {}
    for ask, error in asked.lost:
        found.setdefault((type(error), error.problem), []).append((ask, error))
    failures = [
        SourceFailure(
            INFO.name,
            f"{problem} (asked for {_named([ask for ask, _ in met])})",
            met[0][1].where,
            met[0][1].retry,
        )
        for (_, problem), met in found.items()
    ]
    if asked.left_out:
        failures.append(
            SourceFailure(INFO.name, f"not asked after that: {_named(asked.left_out)}", None, retry=True)
        )
    return tuple(failures)


def _named(asks: Sequence[Ask]) -> str:
    """What was asked, by purpose."""
    named = []
    for _, group in groupby(asks, key=lambda ask: (ask.purpose, ask.subject)):
        first, *more = group
        named.append(first.what + (f" and {len(more)} more" if more else ""))
    return "; ".join(named)
