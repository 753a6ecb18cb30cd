"""One question to a provider: its turn, its attempts, its redirects, its end."""

from __future__ import annotations

import http.client
from datetime import timedelta

import requests
import urllib3
from attrs import frozen

from ...errors import (
    InvalidValueError,
    ProviderError,
    QuotaError,
    RefusedError,
    ServerFaultError,
    UnreachableError,
    WrongAnswerError,
)
from .address import Origin, origin_of, redirected
from .body import BrokenBodyError
from .clock import Clock, Deadline
from .pace import Pacer
from .quota import HEADER, WINDOW, Quotas
from .request import AnswerForm, HttpRequest, Secret
from .retry import WorthRetryingError, retried, retry_after, seconds_text
from .session import KEY, Session
from .settings import HttpSettings
from .trouble import Again, trouble_of
from .watch import WATCH, Watch
from .words import provider_words

__all__ = ["Exchange"]

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which asking again may help."""

_FAULTS = frozenset({500, 504})
"""The server failed over the question: IODA answers heavy ones so, OONI slow ones with 504."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_ACCEPT = {
    AnswerForm.JSON: {"Accept": "application/json"},
    AnswerForm.TEXT: {"Accept": "text/csv, text/plain;q=0.9"},
}

_BROKEN = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    BrokenBodyError,
)


@frozen
class Exchange:
    """Asks a provider, with everything that a client asks with."""

    settings: HttpSettings
    session: Session
    clock: Clock
    deadline: Deadline | None
    pacer: Pacer
    quotas: Quotas

    def fetch(self, request: HttpRequest) -> requests.Response:
        """The provider's answer, with status 200 and a body that was read whole.

        Raises:
            InvalidValueError: the address or the key cannot be sent.
            ProviderError: there was no such answer.
        """
        origin = origin_of(request.address)
        _check_key(request.key)
        self._check_quota(request, origin)
        limit = self.settings.call_timeout
        if self.deadline is not None:
            limit = min(limit, self.deadline.left())
        end = self.clock.monotonic() + limit
        with Watch(limit) as watch:
            watching, having = WATCH.set(watch), KEY.set(request.key)
            try:
                return retried(
                    lambda: self._attempt(request, origin, watch, end),
                    attempts=self.settings.attempts,
                    left=lambda: end - self.clock.monotonic(),
                    sleep=self.clock.sleep,
                )
            finally:
                WATCH.reset(watching)
                KEY.reset(having)

    def out_of_time(self, request: HttpRequest) -> UnreachableError:
        """The error for a call, or for a whole client, whose time is over."""
        if self.deadline is not None and self.deadline.left() <= 0:
            problem = f"the source's time of {seconds_text(self.deadline.seconds)} is used up"
        else:
            problem = f"no whole answer within {seconds_text(self.settings.call_timeout)}"
        return UnreachableError(problem, where=request.address)

    def _check_quota(self, request: HttpRequest, origin: Origin) -> None:
        now = self.clock.monotonic()
        left = self.quotas.scarce(str(origin), now=now)
        if left is None:
            return
        until = self.clock.now() + timedelta(seconds=WINDOW - (now - left.at) + 60)  # its minute, rounded up
        raise QuotaError(
            f"{left.remaining} units left of the provider's quota, and one question took {left.dearest}: "
            f"not asked again before {until:%H:%M} UTC",
            where=request.address,
        )

    def _attempt(self, request: HttpRequest, origin: Origin, watch: Watch, end: float) -> requests.Response:
        if not origin.loopback or self.settings.pace_loopback:
            now = self.clock.monotonic()
            pace = request.pace.total_seconds()
            wait = self.pacer.reserve(str(origin), pace, now=now, longest=end - now)
            if wait is None:
                raise self.out_of_time(request)
            if wait:
                self.clock.sleep(wait)
        try:
            response = self._followed(request)
        except _BROKEN as error:
            if watch.fired:
                failure: ProviderError = self.out_of_time(request)
                again = Again.NEVER
            else:
                trouble = trouble_of(error)
                failure = UnreachableError(_without_key(trouble.problem, request.key), where=request.address)
                again = trouble.again
        else:
            if watch.fired:
                raise self.out_of_time(request)
            self.quotas.note(str(origin), response.headers.get(HEADER), now=self.clock.monotonic())
            _check_status(request, response)
            return response
        # Raised here, so that the error does not carry what the libraries say of what was sent.
        if again is Again.NEVER:
            raise failure
        raise WorthRetryingError(failure, once=again is Again.ONCE)

    def _followed(self, request: HttpRequest) -> requests.Response:
        url = request.address
        for _ in range(self.settings.redirects + 1):
            response = self._sent(url, request)
            location = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or location is None:
                return response
            url = redirected(url, location)
        raise WrongAnswerError(f"more than {self.settings.redirects} redirects", where=request.address)

    def _sent(self, url: str, request: HttpRequest) -> requests.Response:
        try:
            asked = requests.Request("GET", url, headers=_ACCEPT[request.form])
            prepared = self.session.prepare_request(asked)
        except (requests.RequestException, UnicodeError):
            if url != request.address:
                raise WrongAnswerError("redirects to what is no address", where=request.address) from None
            raise InvalidValueError("HttpRequest.url", url, "is no address") from None
        return self.session.send(
            prepared,
            timeout=(self.settings.connect_timeout, self.settings.read_timeout),
            allow_redirects=False,
            **self.session.proxies_for(url),
        )


def _check_status(request: HttpRequest, response: requests.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    words = _without_key(provider_words(response.content), request.key)
    problem = f"HTTP {status}" + (f": {words}" if words else "")
    if status not in _PASSING:
        kind: type[ProviderError] = WrongAnswerError
        if 400 <= status < 500:
            kind = RefusedError
        elif 500 <= status < 600:
            kind = UnreachableError
        raise kind(problem, where=request.address)
    if status in _FAULTS:  # of this question, as a rule; once more, in case it was not
        raise WorthRetryingError(ServerFaultError(problem, where=request.address), once=True)
    asked = retry_after(response.headers)
    if asked is not None:
        problem += f"; it asks to wait {seconds_text(asked)}"
    quota = status == 429
    error = (QuotaError if quota else UnreachableError)(problem, where=request.address)
    raise WorthRetryingError(error, asked=asked, quota=quota)


def _check_key(key: Secret | None) -> None:
    if key is not None and not (key.reveal().isascii() and key.reveal().isprintable()):
        raise InvalidValueError("HttpRequest.key", key, "holds what no header can: a key is printable ASCII")


def _without_key(text: str, key: Secret | None) -> str:
    return text if key is None else key.hidden_in(text)
