"""The client: what was kept is used, what was not is asked, what is understood is kept."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import requests
from requests.adapters import BaseAdapter

from ...errors import (
    FileError,
    InvalidValueError,
    NotCachedError,
    ProviderError,
    ServerFaultError,
    UnreachableError,
    WrongAnswerError,
)
from .address import origin_of
from .cache import AnswerCache, CacheWarning, DamagedAnswerError, Kept
from .clock import Clock, Deadline
from .document import read_document, read_text
from .exchange import Exchange
from .pace import PACER, Pacer
from .quota import QUOTAS, Quotas
from .request import Answer, AnswerForm, HttpRequest, Secret
from .session import Session
from .settings import HttpSettings

__all__ = ["HttpClient"]

T = TypeVar("T")

_FAULTS = 3
"""So many questions in a row over which the server fails are the server's fault, not the questions'."""


class HttpClient:
    """Asks providers over HTTP, with limits to everything that they may do.

    One client may be used by several threads.  Close it, or use it as a context manager.

    Args:
        settings: limits, identity, and whether to ask anybody at all.
        cache: answers that were kept; the caller closes it.  Without it the client opens, and closes, the
            one of ``settings.cache_path``, if any.
        deadline: a limit over all calls.
        clock: how time is read and spent.
        pacer: the turns towards each host; those of the process.
        quotas: what each host said is left; what it said to the process.
        transport: sends in place of the network, such as one that replays what was recorded; the limits to
            bodies are then its own.
    """

    def __init__(
        self,
        settings: HttpSettings | None = None,
        *,
        cache: AnswerCache | None = None,
        deadline: Deadline | None = None,
        clock: Clock | None = None,
        pacer: Pacer = PACER,
        quotas: Quotas = QUOTAS,
        transport: BaseAdapter | None = None,
    ) -> None:
        self.settings = HttpSettings() if settings is None else settings
        self._clock = Clock() if clock is None else clock
        self._deadline = deadline
        self._session = Session(self.settings, transport)
        self._own_cache = None
        if cache is None and self.settings.cache_path is not None:
            self._own_cache = cache = AnswerCache(self.settings.cache_path)
        self._cache = cache
        self._faults = 0
        self._exchange = Exchange(self.settings, self._session, self._clock, deadline, pacer, quotas)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, and the cache where the client opened it."""
        self._session.close()
        if self._own_cache is not None:
            self._own_cache.close()

    def ask(self, request: HttpRequest, read: Callable[[Answer], T]) -> T:
        """What ``read`` makes of the answer.

        Args:
            request: the question.
            read: takes the answer's document apart; raises
                :class:`~shutdownkit.errors.WrongAnswerError` where it is not what was asked for, with or
                without the address.  Only an answer that it takes is kept.

        Raises:
            ProviderError: there is no answer to it, or not a right one.
            InvalidValueError: the address may not be asked or the key not be sent.
            FileError: offline, and the file of kept answers cannot be used.
        """
        return self._exchanged(request, read)[1]

    def respond(self, request: HttpRequest, read: Callable[[Answer], object]) -> requests.Response:
        """The response itself, for other libraries; ``read`` checks it first.

        Its body is there whole, its ``request`` has no key.  Raises what :meth:`ask` does.
        """
        return self._exchanged(request, read)[0]

    def _exchanged(self, request: HttpRequest, read: Callable[[Answer], T]) -> tuple[requests.Response, T]:
        try:
            return self._answered(request, read)
        except ProviderError as error:
            _let_go(error)
            hidden = _without_key(error, request.key)
            if hidden is error:
                raise
        raise hidden  # here, so that it carries nothing of the one that says the key

    def _answered(self, request: HttpRequest, read: Callable[[Answer], T]) -> tuple[requests.Response, T]:
        _check_address(request)
        if self._deadline is not None and self._deadline.left() <= 0:
            raise self._exchange.out_of_time(request)
        kept = self._looked_up(request)
        if self.settings.offline:
            if kept is None:
                raise NotCachedError("not kept: it was never asked online", where=request.address)
            return kept.response, _read(request, kept, read)
        if kept is not None and kept.fresh(request, self._clock.now()):
            try:
                return kept.response, _read(request, kept, read)
            except WrongAnswerError:
                pass  # kept by a version that took it: what the provider says now decides
        new = Kept(_addressed(request, self._fetched), self._clock.now().replace(microsecond=0))
        result = _read(request, new, read)
        self._keep(request, new)
        return new.response, result

    def _fetched(self, request: HttpRequest) -> requests.Response:
        try:
            response = self._exchange.fetch(request)
        except ServerFaultError as error:
            self._faults += 1
            if self._faults < _FAULTS:
                raise
            raise UnreachableError(error.problem, where=error.where) from error
        self._faults = 0
        return response

    def _looked_up(self, request: HttpRequest) -> Kept | None:
        if self._cache is None:
            return None
        try:
            return self._cache.look_up(request)
        except DamagedAnswerError:
            if self.settings.offline:
                raise
            return None  # the new answer takes its place
        except FileError as error:
            if self.settings.offline:
                raise
            self._go_without(error)
            return None

    def _keep(self, request: HttpRequest, new: Kept) -> None:
        cache = self._cache
        if cache is None:
            return
        if request.key is not None and request.key.said_in(new.response.content):
            return  # the provider says the key back
        try:
            cache.keep(request, new)
        except FileError as error:
            self._go_without(error)

    def _go_without(self, error: FileError) -> None:
        if self._cache is not None:
            self._cache = None
            warnings.warn(f"{error}; everything is asked for anew", CacheWarning, stacklevel=5)


def _check_address(request: HttpRequest) -> None:
    try:
        address = request.address
    except UnicodeEncodeError:
        raise InvalidValueError("HttpRequest.params", request.params, "holds half a character") from None
    origin_of(address)


def _read(request: HttpRequest, kept: Kept, read: Callable[[Answer], T]) -> T:
    """What ``read`` makes of a response, with the address in its errors."""
    return _addressed(request, partial(_taken, kept, read))


def _taken(kept: Kept, read: Callable[[Answer], T], request: HttpRequest) -> T:
    """The same (no closure: the frames of an error would hold it, and the body with it, cleared or not)."""
    headers = {name.lower(): value for name, value in kept.response.headers.items()}
    read_body = read_text if request.form is AnswerForm.TEXT else read_document
    document = read_body(kept.response.content, headers.get("content-type"))
    return read(Answer(document, request.address, kept.retrieved, headers))


def _addressed(request: HttpRequest, step: Callable[[HttpRequest], T]) -> T:
    """What a step gives; an error that names no address is given the request's."""
    try:
        return step(request)
    except ProviderError as error:
        if error.where is not None:
            raise
        raise type(error)(error.problem, where=request.address, retry=error.retry) from error


def _let_go(error: BaseException) -> None:
    """Free what the frames of an error hold: who keeps the error must not keep the answers' bodies."""
    for one in _chain(error):
        traceback.clear_frames(one.__traceback__)


def _without_key(error: ProviderError, key: Secret | None) -> ProviderError:
    """The error, or, where it or what it comes from says the key, as a provider may, one that does not."""
    if key is None or all(key.hidden_in(str(one)) == str(one) for one in _chain(error)):
        return error
    where = None if error.where is None else key.hidden_in(error.where)
    return type(error)(key.hidden_in(error.problem), where=where, retry=error.retry)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it comes from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
