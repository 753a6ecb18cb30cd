"""A key is sent, and is nowhere else."""

from __future__ import annotations

import gc
import http.client
import logging
import traceback
from pathlib import Path

import pytest
import requests

from shutdownkit.errors import InvalidValueError, ProviderError, RefusedError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.request import HttpRequest, Secret
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.misbehaviour import MISBEHAVIOURS
from shutdownkit.testing.server import LoopbackServer, Received, Reply

from .clients import Passing, document, good

CANARY = "c4n4ry-0123456789"
KEY = Secret(CANARY)


def echo(received: Received) -> Reply:
    words = received.headers.get("authorization", "none")
    status = 403 if received.path == "/refused" else 200
    return Reply(b'{"error": "%s"}' % words.encode(), status=status)


def test_the_key_is_sent_and_not_kept_in_the_response(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with LoopbackServer(good) as server, HttpClient(HttpSettings(cache_path=path)) as client:
        request = HttpRequest(server.url + "/x", {"a": 1}, key=KEY)
        response = client.respond(request, document)
        again = client.respond(request, document)
        (received,) = server.received
    assert received.headers["authorization"] == f"Key {CANARY}"
    for one in (response, again):
        assert "Authorization" not in one.request.headers
        assert CANARY not in repr(vars(one)) + repr(vars(one.request))
    assert CANARY not in repr(request)
    for file in tmp_path.iterdir():
        assert CANARY.encode() not in file.read_bytes()


def test_an_answer_that_says_the_key_back_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with LoopbackServer(echo) as server, HttpClient(HttpSettings(cache_path=path)) as client:
        client.ask(HttpRequest(server.url, key=KEY), document)
        client.ask(HttpRequest(server.url, key=KEY), document)
        assert len(server.received) == 2
        with pytest.raises(RefusedError, match=r"HTTP 403: Key \*\*\*$"):
            client.ask(HttpRequest(server.url + "/refused", key=KEY), document)
    for file in tmp_path.iterdir():
        assert CANARY.encode() not in file.read_bytes()


@pytest.mark.parametrize("name", sorted(MISBEHAVIOURS))
def test_no_log_and_no_error_has_the_key(
    name: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    caplog.set_level(logging.DEBUG)
    settings = HttpSettings(read_timeout=0.3, call_timeout=0.5 if name.startswith("drip") else 60.0)

    def refuse(answer: object) -> object:
        raise ProviderError("refused")

    with (
        LoopbackServer(MISBEHAVIOURS[name](good)) as server,
        HttpClient(settings, clock=Passing().clock) as client,
    ):
        with pytest.raises(ProviderError) as caught:
            client.ask(HttpRequest(server.url, key=KEY), refuse)
        assert server.received[-1].headers["authorization"] == f"Key {CANARY}"
    error: BaseException | None = caught.value
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    while error is not None:
        assert CANARY not in repr(error) + str(error) + repr(vars(error))
        request = getattr(error, "request", None)
        assert request is None or "Authorization" not in request.headers
        error = error.__cause__ or error.__context__
    logged = "\n".join(record.getMessage() + repr(vars(record)) for record in caplog.records)
    assert "127.0.0.1" in logged
    assert CANARY not in logged
    assert CANARY not in "".join(capsys.readouterr())
    gc.collect()
    left = [one for one in gc.get_objects() if isinstance(one, requests.PreparedRequest)]
    assert not any("Authorization" in (one.headers or ()) for one in left)


def test_a_redirect_at_the_same_origin_is_sent_the_key() -> None:
    def answer(received: Received) -> Reply:
        if received.path == "/x":
            return Reply(b"[]")
        return Reply(b"", status=302, headers={"Location": "/x"})

    with LoopbackServer(answer) as server, HttpClient() as client:
        client.ask(HttpRequest(server.url, key=KEY), document)
        client.ask(HttpRequest(server.url + "/x"), document)
        sent = [received.headers.get("authorization") for received in server.received]
    assert sent == [f"Key {CANARY}", f"Key {CANARY}", None]


@pytest.mark.parametrize("key", ["a\r\nX: b", "schlüssel", "a\x00b"])
def test_a_key_that_no_header_can_hold_is_not_repeated(key: str) -> None:
    with HttpClient() as client, pytest.raises(InvalidValueError, match="printable ASCII") as caught:
        client.ask(HttpRequest("https://example.invalid/", key=Secret(key)), document)
    assert key not in str(caught.value) + repr(caught.value)
