"""A key is sent, and is nowhere else."""

from __future__ import annotations

import gc
import http.client
import json
import logging
import traceback
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError, ProviderError, RefusedError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.fields import as_list, as_object, member
from shutdownkit.reading.http.request import Answer, HttpRequest, Secret
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.faults.zoo import ZOO
from shutdownkit.testing.server import LoopbackServer, Received, Reply

from .clients import Passing, document, good

CANARY = "c4n4ry/0123456789-abcdef"
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


@pytest.mark.parametrize("name", sorted(ZOO))
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
        LoopbackServer(ZOO[name].misbehave(good)) as server,
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


QUOTED = quote(CANARY, safe="")
K = CANARY.encode()
LINE = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
SAYING_BACK = {
    "value": Reply(b'{"data": "Key %s"}' % K),
    "value, cut": Reply(b'{"data": "%s%s"}' % (b"x" * 45, K)),
    "value, escaped": Reply(b'{"data": "%s"}' % K.replace(b"/", b"\\/")),
    "name": Reply(b'{"%s": 1, "%s": 2}' % (K, K)),
    "words": Reply(b"no: " + K, status=403),
    "words, cut": Reply(b"x" * 185 + b" " + K, status=403),
    "words of 503": Reply(b"x" * 185 + b" " + K, status=503),
    "header": Reply(b"[]", headers={"X-Echo": f"Key {CANARY}", CANARY: "1"}),
    "type": Reply(b"<p>", headers={"Content-Type": CANARY}),
    "encoding": Reply(b"[]", headers={"Content-Encoding": CANARY}),
    "address": Reply(status=302, headers={"Location": f"/y?key={CANARY}"}),
    "address, quoted": Reply(status=302, headers={"Location": f"/y?key={QUOTED}"}),
    "host": Reply(status=302, headers={"Location": f"https://{CANARY.replace('/', '.')}.invalid/"}),
    "reason": Reply(raw=lambda to: to.sendall(LINE.replace(b"OK", K) + b"Content-Length: 2\r\n\r\n[]")),
    "line": Reply(raw=lambda to: to.sendall(b"x" * 190 + K + b"\r\n\r\n")),
    "length": Reply(raw=lambda to: to.sendall(LINE + b"Content-Length: 1, %s\r\n\r\n[]" % K)),
}
"""Answers that say the key back somewhere."""


@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize("where", sorted(SAYING_BACK))
def test_a_key_that_the_provider_says_back_goes_no_further(
    where: str, accept: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "answers.sqlite"

    def read(answer: Answer) -> None:
        assert CANARY not in repr(answer.headers) + answer.address
        if not accept:
            as_list(member(as_object(answer.document, ""), "data", ""), "data")

    def answering(received: Received) -> Reply:
        return Reply(b"[]") if received.path == "/y" else SAYING_BACK[where]

    said = ""
    with (
        LoopbackServer(answering) as server,
        HttpClient(HttpSettings(cache_path=path), clock=Passing().clock) as client,
    ):
        try:
            response = client.respond(HttpRequest(server.url + "/x", key=KEY), read)
            said += repr(response.headers) + str(response.reason) + str(response.url)
        except ProviderError as error:
            said += "".join(traceback.format_exception(error))
            each: BaseException | None = error
            while each is not None:
                said += repr(each) + repr(vars(each))
                each = each.__cause__ or each.__context__
        said += repr([(one.path, one.query) for one in server.received])
    said += "".join(record.getMessage() + repr(vars(record)) for record in caplog.records)
    said += "".join(file.read_bytes().decode("latin-1") for file in tmp_path.iterdir())
    for form in (CANARY, CANARY[:12], QUOTED, CANARY.replace("/", "\\/")):
        assert form not in said


@pytest.mark.parametrize("value", [CANARY.encode(), [CANARY], 4180000000042, "\t \n"])
def test_a_key_that_is_no_text_is_not_repeated(value: object) -> None:
    with pytest.raises(InvalidValueError, match=r"^Secret: ") as caught:
        Secret(value)  # type: ignore[arg-type]
    assert CANARY not in str(caught.value) + repr(vars(caught.value))
    assert "418" not in str(caught.value)


PRINTABLE = st.text("abAB01/-_+=.'\"\\", min_size=8)


@given(PRINTABLE, st.text(), st.text(), st.integers(4, 8), st.sampled_from(["...", "…"]))
def test_a_text_in_which_a_key_was_hidden_does_not_say_it(
    key: str, before: str, after: str, cut: int, end: str
) -> None:
    secret = Secret(key)
    for form in (key, repr(key)[1:-1], json.dumps(key)[1:-1], quote(key, safe="")):
        assert form not in secret.hidden_in(before + form + after)
        assert not secret.hidden_in(before + form[:cut] + end).endswith(form[:cut] + end)
        assert secret.said_in((before + form + after).encode("utf-8", "replace"))
    if key[:3] not in before:
        assert secret.hidden_in(before) == before


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
