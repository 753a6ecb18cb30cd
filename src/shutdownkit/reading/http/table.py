"""The table of requests-cache in SQLite, with an end to every wait.

:class:`requests_cache.backends.sqlite.SQLiteDict` (measured by us on requests-cache 1.3.3) waits for ever
for a file that is locked, read-only or on a full disk, drops what it cannot commit without a word, and gives
None for a row that it cannot read.  Here each of these is an error.  The file stays one that requests-cache
reads: ``SQLiteCache(path, serializer="json")``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tenacity
from requests_cache.backends.sqlite import SQLiteDict
from requests_cache.models.response import CachedResponse
from requests_cache.serializers.preconf import json_serializer

__all__ = ["DamagedRowError", "Table"]

_PAUSE = 0.01  # seconds between two tries

_PRIMARY = 0xFF
"""The part of SQLite's result codes that says what kind of failure it is."""

_READ_ONLY = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
"""What opening a file gives on a disk where nothing can be made beside it."""


class DamagedRowError(Exception):
    """A row that does not hold a response."""


class Table(SQLiteDict):
    """Responses by key, as JSON (never pickle: reading a shared file must not run code).

    Every method may raise :class:`sqlite3.Error`.
    """

    def __init__(self, path: Path, *, patience: float) -> None:
        self._patience = patience
        super().__init__(path, table_name="responses", serializer=json_serializer)

    def init_db(self) -> None:
        """Make the table where there is none; a file that only can be read is not written to."""
        with self.connection() as connection:
            found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (self.table_name,))
            if found.fetchone():
                return
        super().init_db()  # type: ignore[no-untyped-call]

    @contextmanager
    def connection(self, commit: bool = False) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time, in a transaction where something is to be written."""
        with self._lock:
            if self._connection is None:
                self._connection = self._opened()
            connection: sqlite3.Connection = self._connection
            if not commit:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def deserialize(self, key: str, value: Any) -> CachedResponse:  # noqa: ARG002
        """The response of a row.

        Raises:
            DamagedRowError: it holds none.
        """
        try:
            response = json_serializer.loads(value)
            whole = isinstance(response.content, bytes) and response.created_at.tzinfo is not None
        except Exception as error:  # noqa: BLE001 (json and cattrs raise many, groups of them too)
            raise DamagedRowError(type(error).__name__) from None
        if not whole:
            raise DamagedRowError("no response")
        return response

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._shared()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY not in _READ_ONLY or not self._settled():
                raise
        address = f"{Path(self.db_path).absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("SELECT 1 FROM sqlite_master").close()
        except BaseException:
            connection.close()
            raise
        return connection

    def _settled(self) -> bool:
        """Whether the file is all there is: nobody left a log beside it."""
        log = Path(f"{self.db_path}-wal")
        return not log.exists() or not log.stat().st_size

    def _shared(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.db_path, timeout=self._patience, isolation_level=None, check_same_thread=False
        )
        # Two processes that turn a new file to WAL at once get SQLITE_BUSY at once: SQLite does not wait.
        patient = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_busy),
            wait=tenacity.wait_fixed(_PAUSE),
            stop=tenacity.stop_after_delay(self._patience),
            reraise=True,
        )
        try:
            patient(connection.execute, "PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
        except BaseException:
            connection.close()
            raise
        return connection


def _is_busy(error: BaseException) -> bool:
    return (
        isinstance(error, sqlite3.OperationalError)
        and error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY
    )
