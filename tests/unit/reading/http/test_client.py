"""The client over real HTTP: what it sends, and what it makes of every misbehaviour."""

from __future__ import annotations

import gc
import json
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from shutdownkit.errors import (
    InvalidValueError,
    ProviderError,
    QuotaError,
    RefusedError,
    ServerFaultError,
    UnreachableError,
    WrongAnswerError,
)
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.request import Answer, HttpRequest
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.faults.zoo import ZOO
from shutdownkit.testing.server import LoopbackServer, Received, Reply

from .clients import GOOD, Passing, document, good, watches


def test_a_question_is_asked_politely() -> None:
    with LoopbackServer(good) as server, HttpClient(HttpSettings(contact="https://example.org/me")) as client:
        request = HttpRequest(server.url + "/a", [("x", "1 2"), ("y", "ä&="), ("x", 3), ("z", "")])
        answer = client.ask(request, lambda answer: answer)
        (received,) = server.received
    assert answer.document == GOOD
    assert answer.address == request.address
    assert answer.headers["content-type"] == "application/json"
    assert answer.retrieved.microsecond == 0
    assert received.path == "/a"
    assert received.query == {"x": ("1 2", "3"), "y": ("ä&=",), "z": ("",)}
    assert received.headers["user-agent"].startswith("shutdownkit/")
    assert received.headers["user-agent"].endswith(" (+https://example.org/me)")
    assert received.headers["accept"] == "application/json"
    assert received.headers["accept-encoding"] == "gzip, deflate"
    assert "authorization" not in received.headers


def test_a_client_needs_no_settings() -> None:
    with LoopbackServer(good) as server, HttpClient() as client:
        assert client.ask(HttpRequest(server.url), document) == GOOD
        response = client.respond(HttpRequest(server.url), document)
        assert response.json() == GOOD


def test_no_cookie_and_no_netrc_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hunter2\ndefault login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))

    def answer(received: Received) -> Reply:
        return Reply(b"[]", headers={"Set-Cookie": "track=1; Path=/"})

    with LoopbackServer(answer) as server, HttpClient() as client:
        client.ask(HttpRequest(server.url), document)
        answered = client.ask(HttpRequest(server.url), lambda answer: answer)
        sent = [set(received.headers) for received in server.received]
    assert sent[1] == {"host", "user-agent", "accept", "accept-encoding"}
    assert "set-cookie" not in answered.headers


@pytest.mark.parametrize("url", ["http://example.org/", "https://me:secret@example.org/", "no address"])
def test_an_address_that_may_not_be_asked_is_the_callers_mistake(url: str) -> None:
    with HttpClient() as client, pytest.raises(InvalidValueError, match=r"HttpRequest\.url") as caught:
        client.ask(HttpRequest(url), document)
    assert "secret" not in str(caught.value)


def test_half_a_character_is_the_callers_mistake() -> None:
    with HttpClient() as client, pytest.raises(InvalidValueError, match="params"):
        client.ask(HttpRequest("https://example.org", {"a": "\ud800"}), document)


Outcome = tuple[type[ProviderError], str] | None

OUTCOMES: dict[str, tuple[Outcome, int]] = {
    # what is raised (None: the good answer comes), and how often the server is asked
    "unavailable_twice": (None, 3),
    "too_many_once": (None, 2),
    "too_many_for_ever": ((QuotaError, "HTTP 429: quota exceeded"), 4),
    "broken": ((ServerFaultError, "HTTP 500: Sign in Welcome"), 2),
    "wrong_status_good_body": ((ServerFaultError, "HTTP 500"), 2),
    "refused": ((RefusedError, "HTTP 403: not from your network"), 1),
    "not_found": ((RefusedError, "HTTP 404: no such thing"), 1),
    "says_the_key": ((RefusedError, "HTTP 401: no key is not known"), 1),
    "html": ((WrongAnswerError, "HTML where JSON belongs"), 1),
    "truncated": ((UnreachableError, "an answer that stops before its end"), 4),
    "silent": ((UnreachableError, "no answer in time"), 2),
    "reset": ((UnreachableError, "connection reset"), 4),
    "redirect_elsewhere": ((WrongAnswerError, "redirects to another host: https://portal.invalid:443"), 1),
    "endless": ((WrongAnswerError, "a body of more than 1000000 bytes"), 1),
    "empty_body": ((WrongAnswerError, "an empty body where JSON belongs"), 1),
    "cut": ((WrongAnswerError, "no JSON: "), 1),
    "stale_gzip": ((UnreachableError, "a broken body: its compression is broken"), 4),
    "another_charset": ((WrongAnswerError, "not UTF-8 at byte 0"), 1),
    "negative": ((WrongAnswerError, "not what was read"), 1),
    "nested": ((WrongAnswerError, "more than 32 lists and objects deep"), 1),
    "wrong_types": ((WrongAnswerError, "not what was read"), 1),
    "not_a_number": ((WrongAnswerError, "data[0]: NaN is no number in JSON"), 1),
    "list_for_object": ((WrongAnswerError, "not what was read"), 1),
    "gzip_bomb": ((WrongAnswerError, "a body of more than 1000000 bytes"), 1),
    "drip_headers": ((UnreachableError, "no whole answer within 0.6 s"), 1),
    "drip_body": ((UnreachableError, "no whole answer within 0.6 s"), 1),
}


def only_good(answer: Answer) -> object:
    if answer.document != GOOD:
        raise WrongAnswerError("not what was read")
    return answer.document


@pytest.mark.parametrize("name", sorted(ZOO))
def test_misbehaviour(name: str) -> None:
    outcome, times = OUTCOMES[name]
    passing = Passing()
    limit = 0.6 if name.startswith("drip") else 60.0
    settings = HttpSettings(read_timeout=0.4, call_timeout=limit, largest_body=1_000_000)
    started = time.monotonic()
    with (
        LoopbackServer(ZOO[name].misbehave(good)) as server,
        HttpClient(settings, clock=passing.clock) as client,
    ):
        request = HttpRequest(server.url + "/x", {"a": 1})
        if outcome is None:
            assert client.ask(request, only_good) == GOOD
        else:
            kind, problem = outcome
            with pytest.raises(kind) as caught:
                client.ask(request, only_good)
            assert type(caught.value) is kind
            assert problem in caught.value.problem
            assert caught.value.where == request.address
            assert caught.value.problem.isprintable()
        assert watches() == []
        assert len(server.received) == times
    assert time.monotonic() - started < 10
    if name == "too_many_for_ever":
        assert passing.slept == [2, 5, 10]
    if name == "too_many_once":
        assert passing.slept == [1]


def test_a_server_that_fails_over_a_question_is_asked_another_and_one_that_fails_over_three_is_not() -> None:
    def answer(received: Received) -> Reply:
        return Reply(status=500) if received.path == "/heavy" else good(received)

    with LoopbackServer(answer) as server, HttpClient(clock=Passing().clock) as client:
        heavy, light = HttpRequest(server.url + "/heavy"), HttpRequest(server.url + "/light")
        for _ in range(3):
            with pytest.raises(ServerFaultError) as caught:
                client.ask(heavy, document)
            assert not caught.value.ends_asking
            assert client.ask(light, document) == GOOD
        for _ in range(2):
            with pytest.raises(ServerFaultError):
                client.ask(heavy, document)
        with pytest.raises(UnreachableError) as ended:
            client.ask(heavy, document)
        assert ended.value.ends_asking
        assert ended.value.where == heavy.address


@pytest.mark.parametrize("kind", [RefusedError, WrongAnswerError, QuotaError])
def test_an_error_in_reading_an_answer_is_given_the_address(kind: type[ProviderError]) -> None:
    def read(answer: Answer) -> object:
        raise kind("not this")

    with LoopbackServer(good) as server, HttpClient() as client:
        request = HttpRequest(server.url, {"a": 1})
        with pytest.raises(kind) as caught:
            client.ask(request, read)
        assert caught.value.where == request.address
        assert caught.value.problem == "not this"


def _answers_held() -> int:
    gc.collect()
    return sum(isinstance(one, requests.Response | Answer) for one in gc.get_objects())


def test_an_error_that_is_kept_does_not_keep_the_body() -> None:
    """Thirty errors of a source, each with 64 MiB in the frames of its traceback, were 1.6 GiB."""

    def answer(received: Received) -> Reply:
        return Reply(b'"' + b"x" * 1_000_000 + b'"')

    before = _answers_held()
    with LoopbackServer(answer) as server, HttpClient() as client:
        with pytest.raises(WrongAnswerError) as caught:
            client.ask(HttpRequest(server.url), only_good)
        error: BaseException | None = caught.value
        held = []
        while error is not None:
            held += [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]
            error = error.__cause__
    assert len(held) > 4
    assert _answers_held() <= before
    sizes = [len(value) for names in held for value in names.values() if isinstance(value, bytes | str)]
    assert max(sizes, default=0) < 1_000_000


def test_every_misbehaviour_has_an_outcome() -> None:
    assert set(OUTCOMES) == set(ZOO)


@pytest.mark.parametrize(
    ("status", "kind", "times"),
    [
        (400, RefusedError, 1),
        (403, RefusedError, 1),
        (404, RefusedError, 1),
        (408, UnreachableError, 4),
        (410, RefusedError, 1),
        (422, RefusedError, 1),
        (425, UnreachableError, 4),
        (429, QuotaError, 4),
        (500, ServerFaultError, 2),
        (501, UnreachableError, 1),
        (502, UnreachableError, 4),
        (503, UnreachableError, 4),
        (504, ServerFaultError, 2),
        (599, UnreachableError, 1),
        (201, WrongAnswerError, 1),
        (206, WrongAnswerError, 1),
        (304, WrongAnswerError, 1),
        (302, WrongAnswerError, 1),
        (799, WrongAnswerError, 1),
    ],
)
def test_statuses(status: int, kind: type[ProviderError], times: int) -> None:
    def answer(received: Received) -> Reply:
        return Reply(b"" if status == 304 else b'{"msg":"its own words"}', status=status)

    with LoopbackServer(answer) as server, HttpClient(clock=Passing().clock) as client:
        with pytest.raises(ProviderError) as caught:
            client.ask(HttpRequest(server.url), document)
        assert type(caught.value) is kind
        words = "" if status == 304 else ": its own words"
        assert caught.value.problem == f"HTTP {status}{words}"
        assert caught.value.retry == (kind in {QuotaError, ServerFaultError, UnreachableError})
        assert len(server.received) == times


@pytest.mark.parametrize(("status", "kind"), [(429, QuotaError), (503, UnreachableError)])
@pytest.mark.parametrize("asked", ["120", "99999999999"])
def test_a_wait_longer_than_the_time_left_is_not_begun(
    status: int, kind: type[ProviderError], asked: str
) -> None:
    passing = Passing()

    def answer(received: Received) -> Reply:
        return Reply(b"", status=status, headers={"Retry-After": asked})

    with LoopbackServer(answer) as server, HttpClient(clock=passing.clock) as client:
        text = "120 s" if asked == "120" else "more than a year"
        with pytest.raises(kind, match=f"HTTP {status}; it asks to wait {text}"):
            client.ask(HttpRequest(server.url), document)
        assert len(server.received) == 1
    assert passing.slept == []


def _hops(count: int, then: Reply) -> Callable[[Received], Reply]:
    def answer(received: Received) -> Reply:
        hop = int(received.path.strip("/") or 0)
        if hop >= count:
            return then
        return Reply(b"", status=(301, 302, 303, 307, 308)[hop % 5], headers={"Location": f"/{hop + 1}"})

    return answer


def test_redirects_at_one_origin_are_followed_three_times() -> None:
    with LoopbackServer(_hops(3, Reply(b"[3]"))) as server, HttpClient() as client:
        assert client.ask(HttpRequest(server.url), document) == [3]
    with LoopbackServer(_hops(4, Reply(b"[4]"))) as server, HttpClient() as client:
        with pytest.raises(WrongAnswerError, match="more than 3 redirects"):
            client.ask(HttpRequest(server.url), document)
        assert len(server.received) == 4


@pytest.mark.parametrize("location", ["http://[::1", "/\x7f", "//example.org", "http://127.0.0.1:1/"])
def test_other_redirects_are_refused(location: str) -> None:
    def answer(received: Received) -> Reply:
        return Reply(b"", status=302, headers={"Location": location})

    with LoopbackServer(answer) as server, HttpClient() as client:
        with pytest.raises(WrongAnswerError, match="redirects to") as caught:
            client.ask(HttpRequest(server.url), document)
        assert caught.value.where == server.url
        assert len(server.received) == 1


def test_a_readers_own_mistake_is_not_hidden() -> None:
    def read(answer: Answer) -> object:
        return json.loads("{")

    with LoopbackServer(good) as server, HttpClient() as client, pytest.raises(json.JSONDecodeError):
        client.ask(HttpRequest(server.url), read)


def test_a_reader_may_name_another_address() -> None:
    def read(answer: Answer) -> object:
        raise WrongAnswerError("odd", where="elsewhere")

    with LoopbackServer(good) as server, HttpClient() as client, pytest.raises(WrongAnswerError) as caught:
        client.ask(HttpRequest(server.url), read)
    assert caught.value.where == "elsewhere"
