"""Answers that are kept, and what is done with them."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from requests_cache.backends.sqlite import SQLiteCache

from shutdownkit.errors import FileError, NotCachedError, WrongAnswerError
from shutdownkit.reading.http.cache import default_cache_path
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.request import Answer, HttpRequest
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.server import LoopbackServer

from .clients import NOON, World, counting, document

DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "answers.sqlite"


def test_an_answer_is_used_again_until_it_is_too_old(path: Path) -> None:
    world = World(path)
    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url, {"a": 1}, keep=timedelta(minutes=10))
        assert world.ask(request) == [1]
        world.time.passed += 590
        assert world.ask(request) == [1]
        world.time.passed += 11
        assert world.ask(request) == [2]
        world.time.passed += 590
        assert world.ask(request) == [2]
        assert len(server.received) == 2


def test_an_answer_about_a_settled_time_is_kept_for_ever(path: Path) -> None:
    world = World(path)
    with LoopbackServer(counting()) as server:
        settled = HttpRequest(server.url, {"a": 1}, until=NOON - 2 * DAY, settles=2 * DAY)
        fresh = HttpRequest(server.url, {"a": 2}, until=NOON - 2 * DAY, settles=2 * DAY + DAY / 86_400)
        assert world.ask(settled) == [1]
        assert world.ask(fresh) == [2]
        world.time.passed += 10 * 365 * 86_400
        assert world.ask(settled) == [1]
        assert world.ask(fresh) == [3], "it had not settled when it was kept"
        world.time.passed += 10 * 365 * 86_400
        assert world.ask(fresh) == [3]


def test_an_answer_from_the_future_is_asked_again(path: Path) -> None:
    """A clock that was years ahead must not keep an answer about a time that had not settled for ever."""
    world = World(path)
    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url, until=NOON, settles=2 * DAY)
        world.time.passed += 4 * 365 * 86_400
        assert world.ask(request) == [1]
        world.time.passed = 0
        assert world.ask(request) == [2]
        assert world.ask(request) == [2]


def test_questions_that_differ_are_kept_apart(path: Path) -> None:
    world = World(path)
    with LoopbackServer(counting()) as server:
        requests = [
            HttpRequest(server.url),
            HttpRequest(server.url + "/x"),
            HttpRequest(server.url, [("a", 1), ("b", 2)]),
            HttpRequest(server.url, [("b", 2), ("a", 1)]),
            HttpRequest(server.url, [("a", 1), ("b", 2), ("b", 2)]),
        ]
        assert [world.ask(request) for request in requests] == [[1], [2], [3], [4], [5]]
        assert [world.ask(request) for request in requests] == [[1], [2], [3], [4], [5]]


def test_offline_gives_what_was_kept_as_it_was(path: Path) -> None:
    world = World(path)
    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url, {"a": 1})
        first = world.ask(request, lambda answer: answer)
    world.time.passed += 10 * 86_400
    again = world.ask(request, lambda answer: answer, offline=True)
    assert again == first
    assert isinstance(again, Answer)
    assert again.retrieved == NOON
    assert again.headers["x-kept"] == "yes"
    with pytest.raises(NotCachedError, match="never asked online") as caught:
        world.ask(HttpRequest(server.url, {"a": 2}), offline=True)
    assert caught.value.where == f"{server.url}?a=2"


def test_offline_without_a_file_knows_nothing() -> None:
    with HttpClient(HttpSettings(offline=True)) as client, pytest.raises(NotCachedError):
        client.ask(HttpRequest("https://api.invalid/x"), document)


def test_what_is_not_understood_is_not_kept(path: Path) -> None:
    world = World(path)

    def strict(answer: Answer) -> object:
        if answer.document == [1]:
            raise WrongAnswerError("[0]: 1 is not 2")
        return answer.document

    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url)
        with pytest.raises(WrongAnswerError, match=r"\[0\]: 1 is not 2") as caught:
            world.ask(request, strict)
        assert caught.value.where == request.address
        with pytest.raises(NotCachedError):
            world.ask(request, offline=True)
        assert world.ask(request, strict) == [2]


def test_what_is_no_longer_understood_is_asked_again_and_refused_offline(path: Path) -> None:
    world = World(path)

    def strict(answer: Answer) -> object:
        if answer.document == [1]:
            raise WrongAnswerError("[0]: 1 is not 2")
        return answer.document

    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url)
        assert world.ask(request) == [1]
        with pytest.raises(WrongAnswerError, match="1 is not 2"):
            world.ask(request, strict, offline=True)
        assert world.ask(request, strict) == [2]
        assert world.ask(request, strict, offline=True) == [2]


def test_responses_are_kept_too(path: Path) -> None:
    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url)
        with HttpClient(HttpSettings(cache_path=path)) as client:
            online = client.respond(request, document)
        with HttpClient(HttpSettings(cache_path=path, offline=True)) as client:
            offline = client.respond(request, document)
    for response in (online, offline):
        assert response.status_code == 200
        assert response.ok
        assert response.json() == [1]
        assert response.headers["x-kept"] == "yes"
        assert response.url == request.address + "/"


def test_the_folder_is_its_owners_and_the_file_is_one_of_requests_cache(path: Path) -> None:
    with LoopbackServer(counting()) as server:
        World(path).ask(HttpRequest(server.url))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    store = SQLiteCache(path, serializer="json")
    assert [response.content for response in store.filter()] == [b"[1]"]
    store.close()  # type: ignore[no-untyped-call]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        ((value,),) = connection.execute("SELECT value FROM responses")
    assert value.lstrip().startswith("{"), "JSON, not a pickle"


@pytest.mark.parametrize("value", ["", "{}", "null", "[1]", '{"_content": 5}', "{", b"\x80\x04."])
def test_one_damaged_answer_is_asked_again(path: Path, value: object) -> None:
    world = World(path)
    with LoopbackServer(counting()) as server:
        request = HttpRequest(server.url)
        world.ask(request)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE responses SET value = ?", (value,))
        with pytest.raises(FileError, match="cannot be read"):
            world.ask(request, offline=True)
        assert world.ask(request) == [2]
        assert world.ask(request, offline=True) == [2]


def test_where_the_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHUTDOWNKIT_CACHE_DIR", str(tmp_path))
    assert default_cache_path() == tmp_path / "answers.sqlite"
    monkeypatch.delenv("SHUTDOWNKIT_CACHE_DIR")
    assert default_cache_path().parent.name == "shutdownkit"
