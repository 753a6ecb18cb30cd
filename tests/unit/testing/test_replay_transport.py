"""Recorded answers, given again strictly."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import FileError, InvalidValueError, ProviderError, RefusedError, UnreachableError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.pace import Pacer
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.http.request import Answer, AnswerForm, HttpRequest
from shutdownkit.testing.clock import ManualClock
from shutdownkit.testing.replay import (
    Exchange,
    Recording,
    ReplayTransport,
    UnknownRequestError,
    UnusedExchangeError,
)

A = Exchange("GET", "/a", {"x": "1", "y": "2"}, body=b'{"n": 1}')
B = Exchange("GET", "/b", headers={"Content-Type": "text/csv"}, body=b"x\n1\n")
BASE = "https://provider.example"


def client(transport: ReplayTransport) -> HttpClient:
    return HttpClient(transport=transport, clock=ManualClock().clock, pacer=Pacer(), quotas=Quotas())


def session(transport: ReplayTransport) -> requests.Session:
    made = requests.Session()
    made.mount("https://", transport)
    return made


def document(answer: Answer) -> object:
    return answer.document


@pytest.fixture(autouse=True)
def _no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.parametrize("base", [BASE, "http://127.0.0.1:1", "https://mirror.example:8443"])
def test_what_was_recorded_is_given_whatever_the_host(base: str) -> None:
    with ReplayTransport(Recording((A, B))) as transport, client(transport) as http:
        assert http.ask(HttpRequest(f"{base}/a", [("y", 2), ("x", 1)]), document) == {"n": 1}
        assert transport.unused == (B,)
        answer = http.ask(HttpRequest(f"{base}/b", form=AnswerForm.TEXT), lambda answer: answer)
        assert answer.document == "x\n1\n"
        assert answer.headers == {"content-type": "text/csv"}
    assert not transport.unused


def test_any_session_can_be_given_it() -> None:
    moved = Exchange("GET", "/old", status=302, headers={"Location": "/a?x=1&y=2"})
    with ReplayTransport(Recording((moved, A))) as transport:
        response = session(transport).get(f"{BASE}/old")
    assert response.json() == {"n": 1}
    assert response.reason == "OK"
    assert response.url == f"{BASE}/a?x=1&y=2"


def test_statuses_are_errors_as_ever() -> None:
    gone = Exchange("GET", "/a", status=404, body=b'{"error": "gone"}')
    with ReplayTransport(Recording((gone,))) as transport, pytest.raises(RefusedError, match="404: gone"):
        client(transport).ask(HttpRequest(f"{BASE}/a"), document)


def test_several_recordings_are_given_in_order_and_then_refused() -> None:
    busy = Exchange("GET", "/a", status=503)
    good = Exchange("GET", "/a", body=b"[1]")
    transport = ReplayTransport(Recording((busy, good)))
    with client(transport) as http:
        assert http.ask(HttpRequest(f"{BASE}/a"), document) == [1]
        with pytest.raises(UnknownRequestError, match=r"GET /a was recorded 2 times and is asked once more"):
            http.ask(HttpRequest(f"{BASE}/a"), document)


@pytest.mark.parametrize(
    ("path", "params", "said"),
    [
        (
            "/a",
            {"x": 1, "y": 3},
            r"GET /a\?x=1&y=3 was not recorded; the nearest is GET /a\?x=1&y=2; it .* y \('2'",
        ),
        ("/a", {"x": 1}, r"it differs in y \('2' was recorded\)"),
        ("/a", {"x": 1, "y": 2, "z": ""}, r"it differs in z \(none was recorded\)"),
        ("/a", [("x", 1), ("x", 1), ("y", 2)], "differs in how often"),
        ("/bb", {}, r"GET /bb was not recorded; the nearest is GET /b$"),
    ],
)
def test_what_was_not_recorded_names_the_nearest(path: str, params: Any, said: str) -> None:
    transport = ReplayTransport(Recording((B, A)))
    with client(transport) as http, pytest.raises(UnknownRequestError, match=said):
        http.ask(HttpRequest(BASE + path, params), document)
    assert len(transport.unknown) == 1
    assert transport.unused == (B, A)


def test_another_method_is_another_request() -> None:
    asking = session(ReplayTransport(Recording((A, B))))
    with pytest.raises(UnknownRequestError, match=r"POST /b .* is GET /b$"):
        asking.post(f"{BASE}/b")


def test_of_nothing_nothing_is_near_and_it_is_no_error_of_a_provider() -> None:
    asking = session(ReplayTransport(Recording(())))
    with pytest.raises(AssertionError, match="nothing was") as caught:
        asking.get(f"{BASE}/b")
    assert not isinstance(caught.value, ProviderError | requests.RequestException | OSError | ValueError)


def test_an_unknown_request_is_told_at_the_end_even_where_it_was_swallowed() -> None:
    transport = ReplayTransport(Recording(()))

    def swallowing() -> None:
        with transport, pytest.raises(AssertionError):
            session(transport).get(f"{BASE}/c")

    with pytest.raises(UnknownRequestError, match="GET /c"):
        swallowing()


def test_what_is_unused_is_told_at_the_end_unless_it_may_be() -> None:
    strict = ReplayTransport(Recording((A, B)))
    with pytest.raises(UnusedExchangeError, match=r"never asked for: GET /a\?x=1&y=2, GET /b$"):
        strict.__exit__(None, None, None)
    with ReplayTransport(Recording((A, B)), unused_ok=True) as transport:
        assert transport.unused == (A, B)


def test_another_error_is_not_replaced_and_told_what_was_unknown() -> None:
    transport = ReplayTransport(Recording((B,)))

    def failing() -> None:
        with transport:
            with pytest.raises(UnknownRequestError):
                session(transport).get(f"{BASE}/c")
            raise UnreachableError("of its own")

    with pytest.raises(UnreachableError) as caught:
        failing()
    assert any("GET /c" in note for note in caught.value.__notes__)


def test_threads_are_each_given_their_own() -> None:
    recording = Recording(tuple(Exchange("GET", "/a", body=b"[%d]" % number) for number in range(80)))
    found: list[int] = []
    with ReplayTransport(recording) as transport:

        def ask() -> None:
            for _ in range(20):
                found.extend(session(transport).get(f"{BASE}/a").json())

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == list(range(80))


# The file.

PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
BODIES = (
    st.binary(max_size=40)
    | PLAIN.map(str.encode)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ).map(lambda document: json.dumps(document).encode())
)
NAMES = st.from_regex(r"[a-z][a-z-]{0,8}", fullmatch=True)
EXCHANGES = st.builds(
    Exchange,
    method=st.sampled_from(["GET", "POST"]),
    path=st.lists(NAMES, max_size=3).map(lambda parts: "/" + "/".join(parts)),
    query=st.lists(st.tuples(PLAIN, PLAIN), max_size=3),
    status=st.integers(200, 599),
    headers=st.dictionaries(NAMES, st.from_regex(r"[ -~]{0,8}", fullmatch=True), max_size=2),
    body=BODIES,
)
RECORDINGS = st.builds(
    Recording,
    st.lists(EXCHANGES, max_size=4).map(tuple),
    source=PLAIN,
    licence=PLAIN,
    note=PLAIN,
    scrubbed=st.dictionaries(NAMES, st.integers(0, 9), max_size=2),
)


def meant(exchange: Exchange) -> tuple[object, ...]:
    """All of it, with JSON as what it means: NaN, which equals nothing, as its text."""
    try:
        body: object = repr(json.loads(exchange.body))
    except ValueError:
        body = exchange.body
    return exchange.method, exchange.path, exchange.query, exchange.status, dict(exchange.headers), body


@given(RECORDINGS)
def test_a_file_gives_back_what_was_written_and_is_written_the_same_again(
    tmp_path_factory: pytest.TempPathFactory, recording: Recording
) -> None:
    path = tmp_path_factory.mktemp("replay") / "file.json"
    recording.write(path)
    again = Recording.read(path)
    assert list(map(meant, again.exchanges)) == list(map(meant, recording.exchanges))
    for name in ("source", "licence", "note", "scrubbed"):
        assert getattr(again, name) == getattr(recording, name)
    assert again.to_json() == recording.to_json() == path.read_text("utf-8")
    assert [one.name for one in path.parent.iterdir()] == ["file.json"]


@pytest.mark.parametrize(
    ("body", "form", "kept"),
    [
        (b'{"a": [1, 2.50]}', "json", {"a": [1, 2.5]}),
        (b"date,n\r\n1,2\r\n", "text", ["date,n\r\n", "1,2\r\n"]),
        (b"", "text", []),
        (b"\xff\x00", "base64", "/wA="),
        (b'{"a": 1, "a": 2}', "text", ['{"a": 1, "a": 2}']),
        (b"[NaN]", "text", ["[NaN]"]),
        (b"[1e999]", "text", ["[1e999]"]),
        (b'["\\ud800"]', "text", ['["\\ud800"]']),
        (b"[" * 100_000, "text", ["[" * 100_000]),
        (b"7", "text", ["7"]),
        (b'\xef\xbb\xbf{"a": 1}', "text", ['\ufeff{"a": 1}']),
        ("[7]".encode("utf-16-le"), "text", ["[\x007\x00]\x00"]),
        ('["é"]'.encode("utf-16"), "base64", "//5bACIA6QAiAF0A"),
    ],
)
def test_how_bodies_are_written(body: bytes, form: str, kept: object) -> None:
    (written,) = json.loads(Recording((Exchange("GET", "/", body=body),)).to_json())["exchanges"]
    assert {name: written.get(name) for name in ("json", "text", "base64") if name in written} == {form: kept}


GOOD = json.loads(Recording((A,)).to_json())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "is no recording"),
        ('{"format": "other"}', "is no recording"),
        (json.dumps({**GOOD, "version": 2}), "version 2"),
        (json.dumps({**GOOD, "exchanges": [{}]}), "0 bodies"),
        (json.dumps({**GOOD, "exchanges": [{**GOOD["exchanges"][0], "text": []}]}), "2 bodies"),
        (json.dumps({**GOOD, "exchanges": [{**GOOD["exchanges"][0], "status": 7}]}), "status"),
        (json.dumps({**GOOD, "exchanges": [{**GOOD["exchanges"][0], "more": 7}]}), "more"),
        (json.dumps({**GOOD, "scrubbed": []}), "is no recording"),
        (json.dumps({**GOOD, "licence": 7}), "licence"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    with pytest.raises(FileError, match=said) as caught:
        Recording.read(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        Recording.read(tmp_path / "none.json")
    with pytest.raises(FileError, match="cannot be written"):
        Recording((A,)).write(tmp_path / "none" / "file.json")


@pytest.mark.parametrize("name", ["", "/", "..", "x" * 300, "a/file.json"])
def test_a_place_where_no_file_can_be_is_told_and_nothing_is_left(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a").write_text("a file, and no folder")
    with pytest.raises(FileError, match="cannot be written"):
        Recording((A,)).write(name)
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_long_name_and_threads_at_once_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: Recording((A,)).write(path), range(64)))
    assert Recording.read(path).to_json() == Recording((A,)).to_json()
    assert list(tmp_path.iterdir()) == [path]


def test_another_charset_is_given_back_as_it_came(tmp_path: Path) -> None:
    """The client refuses what is not UTF-8: replayed, it must not become readable."""
    exchange = Exchange("GET", "/a", body='{"users": [1]}'.encode("utf-16"))
    Recording((exchange,)).write(tmp_path / "file.json")
    assert Recording.read(tmp_path / "file.json").exchanges == (exchange,)


@pytest.mark.parametrize(("path", "status"), [("a", 200), ("/a?b", 200), ("/a", 99), ("/a", 600), ("", 200)])
def test_an_exchange_that_cannot_be(path: str, status: int) -> None:
    with pytest.raises(InvalidValueError, match="Exchange"):
        Exchange("GET", path, status=status)


def test_bytes_that_are_no_text_are_told_apart() -> None:
    recorded = Exchange("GET", "/a", {"q": r"\xff"})
    for query, known in (("q=%FF", True), ("q=%FE", False), ("q=%EF%BF%BD", False)):
        transport = ReplayTransport(Recording((recorded,)))
        with requests.Session() as session:
            session.mount("https://", transport)
            if known:
                assert session.get(f"https://any.example/a?{query}").status_code == 200
            else:
                with pytest.raises(UnknownRequestError):
                    session.get(f"https://any.example/a?{query}")
