"""The file of kept answers where it cannot be read, written or understood."""

from __future__ import annotations

import io
import sqlite3
import string
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from shutdownkit.errors import CallerError, FileError, NotCachedError
from shutdownkit.reading.http.cache import AnswerCache, CacheWarning, Kept
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.request import Answer, HttpRequest
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.server import LoopbackServer, Received, Reply

from .clients import World, counting, document


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "answers.sqlite"


def _damage(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database, however long it is looked at" * 100)


def _folder_in_place(path: Path) -> None:
    path.mkdir(parents=True)


def _file_for_folder(path: Path) -> None:
    path.parent.write_bytes(b"")


@pytest.mark.parametrize("spoil", [_damage, _folder_in_place, _file_for_folder])
def test_a_file_that_cannot_be_used_is_gone_without(path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(path)
    with LoopbackServer(counting()) as server, HttpClient(HttpSettings(cache_path=path)) as client:
        with pytest.warns(CacheWarning) as warned:
            assert client.ask(HttpRequest(server.url), document) == [1]
        assert str(path) in str(warned[0].message)
        assert len(warned) == 1
        assert client.ask(HttpRequest(server.url), document) == [2]
    offline = HttpSettings(cache_path=path, offline=True)
    with HttpClient(offline) as client, pytest.raises(FileError, match="cannot be read or written") as caught:
        client.ask(HttpRequest(server.url), document)
    assert isinstance(caught.value, CallerError)
    assert caught.value.path == str(path)


def test_a_file_that_another_process_locks_is_gone_without(path: Path) -> None:
    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url)
        world = World(path)
        world.ask(request)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            cache = AnswerCache(path, patience=0.05)
            started = time.monotonic()
            with cache, HttpClient(cache=cache, clock=world.time.clock) as client:
                assert client.ask(request, document) == [1], "reading goes on in a write-ahead log"
                with pytest.warns(CacheWarning, match="locked"):
                    assert client.ask(HttpRequest(server.url, {"a": 1}), document) == [2]
                assert client.ask(request, document) == [3]
        assert time.monotonic() - started < 4, "it waits no longer than its patience"


def _reading_only(path: Path) -> None:
    """As a folder that nobody may write to: SQLite cannot make what it needs beside the file."""
    path.with_name(path.name + "-shm").symlink_to("nowhere/at/all")


def test_a_file_on_a_read_only_disk_is_replayed(path: Path) -> None:
    world = World(path)
    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url)
        assert world.ask(request) == [1]
        _reading_only(path)
        before = path.read_bytes()
        assert world.ask(request, offline=True) == [1]
        with pytest.raises(NotCachedError):
            world.ask(HttpRequest(server.url, {"a": 1}), offline=True)
        with pytest.warns(CacheWarning, match="readonly"):
            assert world.ask(HttpRequest(server.url, {"a": 1})) == [2]
    assert path.read_bytes() == before


def test_a_read_only_file_whose_log_was_not_read_in_is_refused(path: Path) -> None:
    """Without its log it would seem that some answers had never been kept."""
    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url)
        World(path).ask(request)
        path.with_name(path.name + "-wal").write_bytes(b"some")
        _reading_only(path)
        with pytest.raises(FileError, match="cannot be read or written"):
            World(path).ask(request, offline=True)


SCHEMAS = {
    "older": "CREATE TABLE responses (key TEXT PRIMARY KEY, value BLOB)",
    "newer": "CREATE TABLE responses (key TEXT PRIMARY KEY, value BLOB, expires INTEGER, more TEXT NOT NULL)",
    "other": "CREATE TABLE responses (a)",
    "view": "CREATE VIEW responses AS SELECT 1 AS key, 2 AS value, 3 AS expires",
}


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_file_that_another_version_made_is_gone_without(path: Path, name: str) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(SCHEMAS[name])
    world = World(path)
    with LoopbackServer(counting()) as server:
        with pytest.warns(CacheWarning, match="cannot be read or written"):
            assert world.ask(HttpRequest(server.url)) == [1]
        with pytest.raises((FileError, NotCachedError)):
            world.ask(HttpRequest(server.url), offline=True)


def test_columns_that_are_not_known_are_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(SCHEMAS["newer"].replace("NOT NULL", "DEFAULT 'x'"))
    world = World(path)
    with LoopbackServer(counting()) as server:
        assert world.ask(HttpRequest(server.url)) == [1]
    assert world.ask(HttpRequest(server.url), offline=True) == [1]


FULL = """
import resource, sys, warnings
from pathlib import Path
from shutdownkit.reading.http.cache import CacheWarning
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.request import HttpRequest
from shutdownkit.reading.http.settings import HttpSettings

resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
with HttpClient(HttpSettings(cache_path=Path(sys.argv[1]))) as client:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        requests = [HttpRequest(sys.argv[2], {"n": number}) for number in range(8)]
        print([client.ask(request, lambda answer: answer.document[0]) for request in requests])
print([warning.category.__name__ for warning in warned])
"""


def test_a_full_disk_costs_no_answer_and_no_file(path: Path) -> None:
    numbers = count(1)

    def answer(received: Received) -> Reply:
        return Reply(b'[%d, "%s"]' % (next(numbers), b"x" * 30_000))

    def first(answer: Answer) -> object:
        assert isinstance(answer.document, list)
        return answer.document[0]

    with LoopbackServer(answer) as server:
        command = [sys.executable, "-c", FULL, str(path), server.url]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert ran.stdout.splitlines() == ["[1, 2, 3, 4, 5, 6, 7, 8]", "['CacheWarning']"], ran.stderr
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert World(path).ask(HttpRequest(server.url, {"n": 0}), first, offline=True) == 1
        assert World(path).ask(HttpRequest(server.url, {"n": 7}), first) == 9


BODIES = st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace"))
HEADERS = st.dictionaries(
    st.text(string.ascii_letters, min_size=1), st.text(st.characters(max_codepoint=255))
)


def test_any_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    with AnswerCache(tmp_path / "answers.sqlite") as cache:

        @given(BODIES, HEADERS, st.datetimes(timezones=st.just(UTC)), st.text() | st.none())
        def law(body: bytes, headers: dict[str, str], at: datetime, reason: str | None) -> None:
            request = HttpRequest("https://example.org/x", {"a": "b"})
            sent = requests.Request("GET", request.address).prepare()
            came = HTTPResponse(io.BytesIO(body), headers, 200, reason=reason, preload_content=False)
            response = HTTPAdapter().build_response(sent, came)
            cache.keep(request, Kept(response, at.replace(microsecond=0)))
            kept = cache.look_up(request)
            assert kept is not None
            assert kept.response.content == body
            assert dict(kept.response.headers) == dict(response.headers)
            assert kept.retrieved == at.replace(microsecond=0)

        law()
