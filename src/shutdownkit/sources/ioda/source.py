"""The source."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ...errors import NotServedError, WrongAnswerError
from ...model.account import Observation
from ...model.entity import Entity, EntityKind
from ...reading.http.fields import as_object, as_text, below, items_of, member
from ...reading.http.request import Answer, HttpRequest
from ...reading.query import Query
from ...reading.source import SourceConfig, SourceInfo, SourceResult
from .about import BASE, INFO
from .asking import Asking
from .assemble import assembled
from .datasources import BY_NAME, DATASOURCES, provider_code, wanted
from .envelope import data_of
from .observations import LIMIT, PAGES, events_request, observations_of, window_seconds
from .outages import EventRow, Rows, asked_for, read_events
from .part import read_part
from .plan import plan
from .regions import matched, read_regions, regions_request, taken_for

__all__ = ["IodaSource"]


class IodaSource:
    """IODA's signals, and what its own detector says of the same time."""

    def __init__(self, config: SourceConfig) -> None:
        config.check_no_argument()
        self._http = config.http
        self._base = config.base_url or BASE

    @property
    def info(self) -> SourceInfo:
        """What IODA serves."""
        return INFO

    def fetch(self, query: Query, /) -> SourceResult:
        """The signals of a query's entity over its span, and the detector's events in its window.

        A request that fails is a failure in the result; what it was about is missing from the signal.
        After a failure that tells that nothing else will be answered now, nothing more is asked.

        Raises:
            NotServedError: for a kind, a time or a region that IODA does not have.
            ProviderError: the first failure, where nothing at all came.
        """
        self.info.check_serves(query)
        if not wanted(query):
            raise NotServedError(_of_countries(query))
        code, named = self._code(query.entity)
        asks = plan(query, self._base, code)
        asking = Asking(self.info.name, self._http)
        read = partial(read_part, entity_type=query.entity.kind.value, code=code)
        answers = [asking.ask(ask.request, partial(read, ask=ask)) for ask in asks]
        if asking.first is not None and not asking.answered:
            raise asking.first
        observations = self._observations(query, code, asking)
        result = assembled(query, [part for part in answers if part is not None], len(asks))
        return SourceResult(
            signals=result.signals,
            coverage=result.coverage,
            notices=(*named, *_not_served(query), *result.notices),
            observations=observations,
            failures=asking.failures,
        )

    def check(self) -> None:
        """Ask for the list of datasources, and find in it all that are used.

        Raises:
            ProviderError: where IODA does not answer, or has not all of them.
        """
        self._http.ask(HttpRequest(f"{self._base}/datasources/", keep=timedelta(0)), _check_datasources)

    def _code(self, entity: Entity) -> tuple[str, tuple[str, ...]]:
        """IODA's own code of the entity, asked for where it is a region, and what is to be said of it."""
        if entity.kind is not EntityKind.REGION:
            return provider_code(entity), ()
        request = regions_request(self._base, entity.country or "")
        regions = self._http.ask(request, lambda answer: read_regions(answer.document))
        region = matched(regions, entity)
        return region.code, taken_for(region, entity)

    def _observations(self, query: Query, code: str, asking: Asking) -> tuple[Observation, ...]:
        """What the detector saw in the window."""
        since, until = window_seconds(query)
        read = partial(_events, entity_type=query.entity.kind.value, code=code, since=since, until=until)
        rows: list[EventRow] = []
        for page in range(PAGES):
            request = events_request(query, self._base, code, page)
            found = asking.ask(request, read)
            if found is None:
                break
            rows += found.rows
            if found.refused:
                some = f"{len(found.refused)} of {found.count} events are refused"
                asking.note(f"{some}: {found.refused[0]}", request.address)
            if found.count < LIMIT:
                break
        else:
            asking.note(f"has {PAGES * LIMIT} events or more; no more were asked for", request.address)
        return observations_of(rows, query)


def _events(answer: Answer, entity_type: str, code: str, since: int, until: int) -> Rows[EventRow]:
    return asked_for(read_events(answer.document), entity_type, code, since, until)


def _check_datasources(answer: Answer) -> None:
    names = {
        as_text(member(as_object(item, path), "datasource", path), below(path, "datasource"))
        for item, path in items_of(data_of(answer.document, "datasources"), "data")
    }
    missing = sorted(BY_NAME.keys() - names)
    if missing:
        raise WrongAnswerError(f"data: has no datasource {', '.join(missing)}")


def _not_served(query: Query) -> tuple[str, ...]:
    """A notice where a kind is asked for by name that IODA has of countries only."""
    if query.kinds is None or not _elsewhere(query):
        return ()
    return (f"IODA {_of_countries(query)}.",)


def _elsewhere(query: Query) -> list[str]:
    """The names of the kinds that are wanted and that IODA does not have of such an entity."""
    return [
        one.kind.name
        for one in DATASOURCES
        if query.wants(one.kind) and query.entity.kind not in one.entity_kinds
    ]


def _of_countries(query: Query) -> str:
    names = ", ".join(_elsewhere(query))
    return f"has {names} of countries only, not of {query.entity}"
