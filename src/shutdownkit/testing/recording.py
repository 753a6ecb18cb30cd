"""Live answers made into a recording: asked as ever, noted, scrubbed.

:mod:`shutdownkit.testing.record` is the command for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter

from ..reading.http.request import Secret
from ..reading.http.session import Session
from ..reading.http.settings import HttpSettings
from .exchanges import Exchange, Recording
from .scrubbing import SCRUBS, Scrub, Scrubber, check_no_secret

__all__ = ["RecordingTransport"]


class RecordingTransport(BaseAdapter):
    """Sends as the client does, and notes every answer; for ``HttpClient(transport=...)``.

    What brought no answer, such as a connection that was refused, is not noted: it cannot be given again.
    May be used by several threads; exchanges are noted in the order in which their answers came.

    Args:
        settings: of the client; of them the limit to bodies counts here.
    """

    def __init__(self, settings: HttpSettings | None = None) -> None:
        super().__init__()
        self._session = Session(HttpSettings() if settings is None else settings)
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was noted so far, as it came: not scrubbed."""
        with self._lock:
            return tuple(self._exchanges)

    def send(  # noqa: PLR0917 (the arguments are those of requests)
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer of the network, noted."""
        adapter = self._session.get_adapter(request.url or "")
        response = adapter.send(request, stream, timeout, verify, cert, proxies)
        with self._lock:
            self._exchanges.append(_exchange(request, response))
        return response

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def recording(
        self,
        *,
        source: str = "",
        licence: str = "",
        note: str = "",
        secrets: Iterable[Secret] = (),
        rules: Iterable[Scrub] = SCRUBS,
    ) -> Recording:
        """What was noted so far, scrubbed.

        Args:
            source, licence, note: what the file says of itself.
            secrets: the keys that were sent.
            rules: what is taken out.

        Raises:
            CallerError: it says a key all the same.
        """
        keys = tuple(secrets)
        scrubber = Scrubber(rules, secrets=keys)
        exchanges = tuple(scrubber.scrubbed(one) for one in self.exchanges)
        made = Recording(exchanges, source, licence, note, scrubber.counts)
        check_no_secret(made.to_json(), keys)
        return made


def _exchange(request: requests.PreparedRequest, response: requests.Response) -> Exchange:
    parts = urlsplit(request.url or "")
    return Exchange(
        request.method or "GET",
        parts.path or "/",
        parse_qsl(parts.query, keep_blank_values=True, errors="backslashreplace"),
        response.status_code,
        response.headers,
        response.content,
    )
