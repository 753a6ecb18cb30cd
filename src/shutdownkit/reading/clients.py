"""The HTTP client of each source: one each, with a time of its own, and one cache for all."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import requests
from attrs import evolve

from ..errors import CallerError, InvalidValueError
from ..model.checks import instance, number
from .environment import cache_folder
from .http.cache import AnswerCache, default_cache_path
from .http.client import HttpClient
from .http.clock import Deadline
from .http.request import Answer, HttpRequest
from .http.settings import HttpSettings

__all__ = ["CacheChoice", "Clients"]

T = TypeVar("T")

CacheChoice = bool | str | os.PathLike[str]
"""Whether answers are kept, or the file in which they are."""

_FILE = "answers.sqlite"


class Clients:
    """Makes the clients of sources that are asked together; a context manager that closes their cache.

    Args:
        timeout: how long a source may take with all that it asks, from the making of its client on.
        offline: whether to ask nobody and take what was kept.
        cache: whether answers are kept, or the file in which they are; True for that of the settings or the
            usual one.
        environ: the environment.
        settings: of the clients; those that ``offline`` and ``cache`` decide are not taken from here.

    Raises:
        CallerError: offline without a cache, or for an argument that cannot be.
    """

    def __init__(
        self,
        *,
        timeout: timedelta,
        offline: bool,
        cache: CacheChoice,
        environ: Mapping[str, str],
        settings: HttpSettings | None = None,
    ) -> None:
        given = HttpSettings() if settings is None else instance("http", HttpSettings, settings)
        self._seconds = number("timeout", timeout.total_seconds(), minimum=1e-3, maximum=1e6)
        path = _cache_path(cache, given, environ)
        if offline and path is None:
            raise CallerError("offline: there is no cache to take answers from")
        self._cache = None if path is None else AnswerCache(path)
        self._settings = evolve(given, offline=offline, cache_path=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._cache is not None:
            self._cache.close()

    def make(self, tell: Callable[[int], None]) -> HttpClient:
        """A client whose time begins now.

        Args:
            tell: called with the number of questions so far, whenever one is asked.
        """
        return _CountingClient(self._settings, self._cache, Deadline(self._seconds), tell)


def _cache_path(cache: CacheChoice, settings: HttpSettings, environ: Mapping[str, str]) -> Path | None:
    if cache is False:
        return None
    if cache is not True:
        if not isinstance(cache, str | os.PathLike):
            raise InvalidValueError("cache", cache, "is neither True, False nor the path of a file")
        return Path(cache)
    if settings.cache_path is not None:
        return settings.cache_path
    folder = cache_folder(environ)
    return default_cache_path() if folder is None else folder / _FILE


class _CountingClient(HttpClient):
    """Says how much was asked."""

    def __init__(
        self,
        settings: HttpSettings,
        cache: AnswerCache | None,
        deadline: Deadline,
        tell: Callable[[int], None],
    ) -> None:
        super().__init__(settings, cache=cache, deadline=deadline)
        self._number = count(1)
        self._tell = tell

    def ask(self, request: HttpRequest, read: Callable[[Answer], T]) -> T:
        self._tell(next(self._number))
        return super().ask(request, read)

    def respond(self, request: HttpRequest, read: Callable[[Answer], object]) -> requests.Response:
        self._tell(next(self._number))
        return super().respond(request, read)
