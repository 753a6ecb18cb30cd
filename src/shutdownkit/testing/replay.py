"""Recorded answers given again, strictly and without a socket.

>>> exchange = Exchange("GET", "/v1/users", {"country": "by"}, body=b'{"users": [1, 2]}')
>>> with ReplayTransport(Recording((exchange,))) as transport, requests.Session() as session:
...     session.mount("https://", transport)
...     session.get("https://any.example/v1/users?country=by").json()
{'users': [1, 2]}

Requests are told apart by method, path and query, the query in any order.  Scheme, host and port are ignored:
the base address is what differs between the provider, a mirror and a test.  So are headers, of which a key is
one, and bodies of requests.
"""

from __future__ import annotations

import difflib
import http.client
import io
import threading
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPResponse

from .exchanges import Exchange, Recording

__all__ = ["Exchange", "Recording", "ReplayTransport", "UnknownRequestError", "UnusedExchangeError"]

Key = tuple[str, str, tuple[tuple[str, str], ...]]

_SHOWN = 300
"""Characters of a request that an error shows."""


class UnknownRequestError(AssertionError):
    """A request that was not recorded, or not so often.

    No error of a provider and none of ``requests``, so that no source takes it for one.
    """


class UnusedExchangeError(AssertionError):
    """What was recorded was not asked for."""


class ReplayTransport(BaseAdapter):
    """Answers only what was recorded; for ``HttpClient(transport=...)`` and ``requests.Session.mount``.

    Of several recordings of one request each is given once, in order.  What is left then, or was never
    recorded, raises :class:`UnknownRequestError` and is remembered.  As a context manager it fails at its
    end for what was unknown, even where the error was swallowed, and for what was never asked for.  May be
    used by several threads.

    Args:
        recording: the exchanges.
        unused_ok: whether some of them may never be asked for.

    Raises:
        UnknownRequestError: at the end of the context, or where it is asked.
        UnusedExchangeError: at the end of the context.
    """

    def __init__(self, recording: Recording, *, unused_ok: bool = False) -> None:
        super().__init__()
        self._unused_ok = unused_ok
        self._left = list(recording.exchanges)
        self._recorded = Counter(map(_key, recording.exchanges))
        self._unknown: list[str] = []
        self._lock = threading.Lock()

    @property
    def unused(self) -> tuple[Exchange, ...]:
        """What was not asked for yet, in the order of the recording."""
        with self._lock:
            return tuple(self._left)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What was asked and not recorded: a sentence each, in order."""
        with self._lock:
            return tuple(self._unknown)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            for problem in self.unknown:
                error.add_note(problem)
            return
        if self.unknown:
            raise UnknownRequestError("; ".join(self.unknown))
        if self.unused and not self._unused_ok:
            names = ", ".join(_shown(_key(one)) for one in self.unused)
            raise UnusedExchangeError(f"recorded and never asked for: {names}")

    def send(  # noqa: PLR0917 (the arguments are those of requests)
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: Any = None,  # noqa: ARG002
        verify: bool | str = True,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> requests.Response:
        """The recorded answer."""
        key = _asked(request)
        with self._lock:
            found = next((one for one in self._left if _key(one) == key), None)
            if found is None:
                problem = self._problem(key)
                self._unknown.append(problem)
                raise UnknownRequestError(problem)
            self._left.remove(found)
        return _response(request, found)

    def close(self) -> None:
        """Nothing is open."""

    def _problem(self, key: Key) -> str:
        times = self._recorded[key]
        if times:
            return f"{_shown(key)} was recorded {times} times and is asked once more"
        nearest = _nearest(key, list(self._recorded))
        if nearest is None:
            return f"{_shown(key)} was not recorded: nothing was"
        return f"{_shown(key)} was not recorded; the nearest is {_shown(nearest)}{_differing(key, nearest)}"


def _key(exchange: Exchange) -> Key:
    return exchange.method, exchange.path, exchange.query


def _asked(request: requests.PreparedRequest) -> Key:
    parts = urlsplit(request.url or "")
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True, errors="backslashreplace"))
    return request.method or "GET", parts.path or "/", tuple(pairs)


def _nearest(key: Key, recorded: list[Key]) -> Key | None:
    """The recorded request that is most like it: of its method and path first, then in its query."""

    def likeness(other: Key) -> tuple[bool, float, int]:
        path = difflib.SequenceMatcher(None, key[1], other[1]).ratio()
        return key[0] == other[0], path, -len(set(key[2]) ^ set(other[2]))

    return max(recorded, key=likeness, default=None)


def _differing(key: Key, other: Key) -> str:
    """Which names of the query are not the same, where the rest is."""
    if key[:2] != other[:2]:
        return ""
    names = sorted({name for name, _ in set(key[2]) ^ set(other[2])})
    if not names:
        return " (differs in how often a pair is there)"
    told = [f"{name} ({_values(other, name)} was recorded)" for name in names]
    return _cut(f"; it differs in {', '.join(told)}")


def _values(key: Key, name: str) -> str:
    values = [value for one, value in key[2] if one == name]
    return ", ".join(map(repr, values)) if values else "none"


def _shown(key: Key) -> str:
    method, path, query = key
    asked = "&".join(f"{name}={value}" for name, value in query)
    return _cut(f"{method} {path}" + (f"?{asked}" if asked else ""))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _response(request: requests.PreparedRequest, exchange: Exchange) -> requests.Response:
    response = requests.Response()
    response.status_code = exchange.status
    response.reason = http.client.responses.get(exchange.status, "")
    response.headers = CaseInsensitiveDict(exchange.headers)
    response.encoding = get_encoding_from_headers(response.headers)
    response.url = request.url or ""
    response.request = request
    response.raw = HTTPResponse(
        io.BytesIO(exchange.body),
        headers=dict(exchange.headers),
        status=exchange.status,
        reason=response.reason,
        preload_content=False,
        request_method=request.method,
        request_url=request.url,
    )
    return response
