"""The source: asks, and makes signals of what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

from attrs import field, frozen

from ...errors import ProviderError
from ...model.account import SourceFailure
from ...reading.http.request import Answer, HttpRequest
from ...reading.query import Query
from ...reading.source import SourceConfig, SourceInfo, SourceResult
from .hours import tests_of
from .info import INFO
from .layers import Scored, read_layers
from .notices import notices_of
from .parse import read_aggregation
from .plan import Ask, Purpose, plan
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
    scored: tuple[Scored, ...] = ()
    lost: tuple[tuple[Ask, ProviderError], ...] = ()
    left_out: tuple[Ask, ...] = field(default=())


class OoniSource:
    """Measurements of OONI: how many came, of how many networks, and what share shows interference.

    Of the apps and sites that a query names also the tests themselves, by hour and network.

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
            tests=tests_of(query.entity, planned, asked.weeks, asked.scored),
        )

    def check(self) -> None:
        """Count one day of one country.

        Raises:
            ProviderError: where OONI does not answer as it should.
        """
        request = HttpRequest(self._url, _CHECK, keep=timedelta(0), pace=_PACE)
        self._http.ask(request, lambda answer: read_aggregation(answer.document))

    def _ask_all(self, asks: Sequence[Ask]) -> _Asked:
        """Each in turn, until one goes unanswered because no other would be answered either.

        How the tests of a site failed is not asked of weeks in which none did, or of which nobody knows.
        """
        weeks: list[Week] = []
        scored: list[Scored] = []
        lost: list[tuple[Ask, ProviderError]] = []
        left_out: tuple[Ask, ...] = ()
        for number, ask in enumerate(asks, start=1):
            if ask.purpose is Purpose.ANALYSIS and not _failed(ask, weeks):
                continue
            try:
                if ask.purpose is Purpose.ANALYSIS:
                    scored.append(self._ask(ask, partial(_scored, ask)))
                else:
                    weeks.append(self._ask(ask, partial(_week, ask)))
            except ProviderError as error:
                lost.append((ask, error))
                if error.ends_asking:
                    left_out = tuple(asks[number:])
                    break
        return _Asked(tuple(weeks), tuple(scored), tuple(lost), left_out)

    def _ask(self, ask: Ask, read: Callable[[Answer], T]) -> T:
        url = f"{self._url}/analysis" if ask.purpose is Purpose.ANALYSIS else self._url
        request = HttpRequest(url, ask.params, until=ask.chunk.end, settles=_SETTLES, pace=_PACE)
        return self._http.ask(request, read)


def _failed(ask: Ask, came: Sequence[Week]) -> bool:
    """Whether any test of the subject failed in the week, as far as is known: only then it matters how."""
    return any(
        row.counts.anomaly or row.counts.confirmed
        for week in came
        if (week.ask.purpose, week.ask.subject, week.ask.chunk) == (Purpose.DOMAIN, ask.subject, ask.chunk)
        for row in week.rows
    )


def _scored(ask: Ask, answer: Answer) -> Scored:
    return read_layers(answer.document, ask)


def _week(ask: Ask, answer: Answer) -> Week:
    return Week(ask, read_hours(answer.document, ask), answer.retrieved, answer.address)


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
    topics: dict[str, list[Ask]] = {}
    for ask in asks:
        topics.setdefault(ask.topic, []).append(ask)
    return "; ".join(
        first.what + (f" and {len(more)} more" if more else "") for first, *more in topics.values()
    )
