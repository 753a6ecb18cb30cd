"""Answers that were kept, so that a question is not asked twice and can be asked again without a network.

One SQLite file, shared by processes; a process that is killed while it writes leaves the file as it was
before (write-ahead log).  What is in it is the provider's answer as it came, so that it serves as the
provenance of what was read from it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import platformdirs
import requests
from attrs import frozen
from requests_cache.models.response import CachedResponse

from ...errors import FileError
from ...model.checks import number
from .request import HttpRequest
from .table import DamagedRowError, Table

__all__ = [
    "CACHE_VARIABLE",
    "AnswerCache",
    "CacheWarning",
    "DamagedAnswerError",
    "Kept",
    "default_cache_path",
]

CACHE_VARIABLE = "SHUTDOWNKIT_CACHE_DIR"
"""The environment variable that names the folder of the cache."""


class CacheWarning(UserWarning):
    """The cache cannot be used; everything is asked for anew."""


class DamagedAnswerError(FileError):
    """One kept answer that cannot be read; the others can."""


def default_cache_path() -> Path:
    """``answers.sqlite`` in ``$SHUTDOWNKIT_CACHE_DIR`` or in the user's folder for caches."""
    named = os.environ.get(CACHE_VARIABLE)
    folder = Path(named) if named else platformdirs.user_cache_path("shutdownkit", appauthor=False)
    return folder / "answers.sqlite"


@frozen(eq=False)
class Kept:
    """An answer that was kept.

    Attributes:
        response: as it came, without what was sent for it.
        retrieved: when it came, in whole seconds.
    """

    response: requests.Response
    retrieved: datetime

    def fresh(self, request: HttpRequest, now: datetime) -> bool:
        """Whether it may be used without asking again.

        An answer about a time that had settled when it came is kept for ever, any other for
        ``request.keep``.  One from the future is not: the clock was wrong, and what had settled unknown.
        """
        if self.retrieved > now:
            return False
        if request.until is not None and self.retrieved - request.until >= request.settles:
            return True
        return now - self.retrieved < request.keep


class AnswerCache:
    """The file of kept answers; opened when it is first needed.

    Args:
        path: the file; its folder is made where it is not there, for nobody but its owner.
        patience: seconds to wait for another process that writes.
    """

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        self.path = path
        self._patience = number("AnswerCache.patience", patience, minimum=0.0, maximum=3600.0)
        self._lock = threading.Lock()
        self._table: Table | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def look_up(self, request: HttpRequest) -> Kept | None:
        """What was kept of a question's answer, however old, or None.

        Raises:
            DamagedAnswerError: this answer cannot be read.
            FileError: the file cannot be used.
        """
        try:
            response = self._opened().get(_key(request))
        except DamagedRowError as error:
            raise DamagedAnswerError(
                str(self.path), f"the answer of {request.address} cannot be read ({error})"
            ) from None
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from None
        return None if response is None else Kept(response, response.created_at)

    def keep(self, request: HttpRequest, kept: Kept) -> None:
        """Keep an answer in place of any before.

        Raises:
            FileError: the file cannot be used.
        """
        response = CachedResponse.from_response(kept.response)
        response.created_at = kept.retrieved
        try:
            self._opened()[_key(request)] = response
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from None

    def close(self) -> None:
        """Close the file; it is opened again where it is needed again."""
        with self._lock:
            table, self._table = self._table, None
        if table is not None:
            table.close()  # type: ignore[no-untyped-call]

    def _opened(self) -> Table:
        with self._lock:
            if self._table is None:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._table = Table(self.path, patience=self._patience)
            return self._table

    def _unusable(self, error: Exception) -> FileError:
        return FileError(str(self.path), f"kept answers cannot be read or written: {error}")


def _key(request: HttpRequest) -> str:
    """A question's name in the table; the key that is sent with it is no part of it."""
    question = json.dumps(["GET", request.url, request.params])
    return hashlib.sha256(question.encode("ascii")).hexdigest()
