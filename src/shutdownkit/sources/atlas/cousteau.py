"""RIPE's own client, cousteau, made to ask through ours.  The only file that imports it.

cousteau (2.1 to 2.3, read and run by us) has no timeout and no retry, swallows every error of the network
into ``(False, ...)``, takes an HTML page for an answer, sends a key given to a list of probes in the
address, forgets the offset of an aware time, warns at a whole number as a time, does not join a set of
ids, takes no ids for all ids, does not encode filters, and follows ``next`` wherever it leads and for
ever.  Here its GET is :meth:`HttpClient.respond`, whose errors pass through it, and all that it is given
and gives is checked.

cousteau is GPLv3; no code of it is here, and it is installed only with the extra ``atlas``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from attrs import evolve
from ripe.atlas.cousteau import AtlasRequest, AtlasResultsRequest, ProbeRequest

from ...errors import InvalidValueError, ProviderError, RefusedError, UnreachableError, WrongAnswerError
from ...model.checks import instant
from ...reading.http.client import HttpClient
from ...reading.http.request import Answer, HttpRequest, Secret
from .events import MEASUREMENT, read_events
from .pages import PATH, Page, next_page, page_of
from .privacy import without_ids
from .probes import read_probes
from .transport import BASE, PROBES_KEPT, Filters, Records

__all__ = ["CousteauTransport"]

PACE = timedelta(seconds=0.3)
"""Between two requests: the provider publishes no number, and asks to go slow."""

SETTLES = timedelta(days=1)
"""How long events may still arrive; RIPE's are about an hour late at most (measured by us on 2014-08-27)."""

Get = Callable[..., requests.Response]


class CousteauTransport:
    """An :class:`~shutdownkit.sources.atlas.transport.AtlasTransport` over cousteau and our client.

    Args:
        http: does all of the HTTP.
        base: the address of the provider, without a slash at the end.
        key: sent in the header ``Authorization``; never in an address.
    """

    def __init__(self, http: HttpClient, *, base: str = BASE, key: Secret | None = None) -> None:
        self._http = http
        self._base = base.rstrip("/")
        self._key = key

    def probes(self, filters: Filters, *, keep: timedelta = PROBES_KEPT) -> Records:
        """The records of all probes that the filters let through, page after page."""
        named = filters.get("id__in", ())
        ids = [int(each) for each in (named if isinstance(named, tuple) else (named,))]
        try:
            return self._pages(filters, keep)
        except ProviderError as error:
            if not ids:
                raise
            raise without_ids(error, ids) from None

    def _pages(self, filters: Filters, keep: timedelta) -> Records:
        asks: list[_Asked] = []

        def fetch(path: str) -> Page:
            asked = _Asked(self._http, self._key, _check_page, keep=keep)
            asks.append(asked)
            payload = asked.payload_of(_ListRequest(self._base, asked.get, path))
            page = page_of(payload, where=asked.target)
            following = next_page(page, base=self._base, asked={ask.target for ask in asks})
            return Page(page.records, following)

        rows = tuple(_ProbePages(fetch, filters))
        address = self._base + PATH if "id__in" in filters else asks[0].answer.address
        return Records(rows, address, min(ask.answer.retrieved for ask in asks))

    def connection_events(
        self, start: datetime, stop: datetime, probe_ids: Collection[int] | None
    ) -> Records:
        """Connections and disconnections from ``start`` to ``stop``, both included, in any order."""
        start, stop = instant("start", start), instant("stop", stop)
        if start.microsecond or stop.microsecond:
            raise InvalidValueError("start, stop", (start, stop), "are not whole seconds")
        ids = None if probe_ids is None else tuple(sorted(set(probe_ids)))
        if ids == ():
            raise InvalidValueError("probe_ids", ids, "is empty, which the provider takes for all")
        asked = _Asked(self._http, self._key, _check_events, until=stop)
        try:
            payload = asked.payload_of(_EventsRequest(self._base, asked.get, start, stop, ids))
            if not isinstance(payload, list):
                raise WrongAnswerError(f"$ is no list but {type(payload).__name__}", where=asked.target)
            where = f"{self._base}/api/v2/measurements/{MEASUREMENT}/results"
            return Records(tuple(payload), where, asked.answer.retrieved)
        except ProviderError as error:
            raise without_ids(error, ids or ()) from None


class _Asked:
    """One request of cousteau's, made by our client."""

    def __init__(
        self,
        http: HttpClient,
        key: Secret | None,
        check: Callable[[Answer], object],
        *,
        until: datetime | None = None,
        keep: timedelta | None = None,
    ) -> None:
        self._http = http
        self._key = key
        self._check = check
        self._until = until
        self._keep = keep
        self._answer: Answer | None = None
        self.target = ""

    @property
    def answer(self) -> Answer:
        """What our client read."""
        if self._answer is None:
            raise WrongAnswerError("the client did not have the answer read", where=self.target)
        return self._answer

    def payload_of(self, request: Any) -> object:
        """What cousteau makes of the answer, where it is one."""
        good, payload = request.get()
        if good is not True:
            raise _error_of(payload, self.target)
        return payload

    def get(self, url: str, *, params: Mapping[str, object], **_others: object) -> requests.Response:
        """Takes the place of ``requests.get``; headers, proxies and verification are our client's affair."""
        parts = urlsplit(url)
        pairs = [*parse_qsl(parts.query, keep_blank_values=True), *params.items()]
        request = HttpRequest(
            parts._replace(query="").geturl(),
            pairs,
            until=self._until,
            settles=SETTLES,
            pace=PACE,
            key=self._key,
        )
        if self._keep is not None:
            request = evolve(request, keep=self._keep)
        self.target = request.address
        return self._http.respond(request, self._read)

    def _read(self, answer: Answer) -> None:
        self._check(answer)
        self._answer = answer


class _OverOurs:
    """Mixed into cousteau's requests: another base address, and GET alone, by our client."""

    def __init__(self, base: str, get: Get, **arguments: object) -> None:
        super().__init__(**arguments)
        self._base = base
        self.http_methods = {"GET": get}

    def build_url(self) -> None:
        """Where cousteau looks for the address; it knows only https and a host."""
        self.url = self._base + str(self.url_path)  # type: ignore[attr-defined]


class _ListRequest(_OverOurs, AtlasRequest):  # type: ignore[misc]
    """A page of a list, from the path and query that a list of probes goes by."""

    def __init__(self, base: str, get: Get, path: str) -> None:
        super().__init__(base, get, url_path=path)


class _EventsRequest(_OverOurs, AtlasResultsRequest):  # type: ignore[misc]
    """Results of the measurement of connections.  Times go in naive, as UTC: cousteau drops an offset."""

    def __init__(
        self, base: str, get: Get, start: datetime, stop: datetime, ids: tuple[int, ...] | None
    ) -> None:
        super().__init__(base, get, msm_id=MEASUREMENT, start=_naive(start), stop=_naive(stop), probe_ids=ids)


class _ProbePages(ProbeRequest):  # type: ignore[misc]
    """A list of probes whose pages come by a function of ours."""

    atlas_url: str

    def __init__(self, fetch: Callable[[str], Page], filters: Filters) -> None:
        self._fetch = fetch
        super().__init__(**{_filter_name(name): _encoded(value) for name, value in filters.items()})

    def next_batch(self) -> None:
        """Called by cousteau when it has given all records of a page, while there is an address."""
        page = self._fetch(self.atlas_url)
        self.current_batch = list(page.records)
        self.atlas_url = self.build_next_url(page.following)


def _naive(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None)


def _filter_name(name: str) -> str:
    if name in {"key", "return_objects", "user_agent", "server", "verify"}:
        raise InvalidValueError("filters", name, "is no filter, and would go astray")
    return name


def _encoded(value: str | int | tuple[str | int, ...]) -> str:
    values = value if isinstance(value, tuple) else (value,)
    return ",".join(quote(str(each), safe="") for each in values)


def _check_page(answer: Answer) -> None:
    page = page_of(answer.document, where=answer.address)
    read_probes(page.records, where=answer.address)


def _check_events(answer: Answer) -> None:
    if not isinstance(answer.document, list):
        raise WrongAnswerError(f"$ is no list but {type(answer.document).__name__}", where=answer.address)
    read_events(answer.document, where=answer.address)


def _error_of(payload: object, where: str) -> ProviderError:
    if isinstance(payload, tuple):
        cause = payload[0] if payload else "the connection failed"
        return UnreachableError(f"no answer: {cause}", where=where)
    return RefusedError(f"the provider refused: {payload!s:.200}", where=where)
