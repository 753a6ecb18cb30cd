"""Whatever a server sends, asking gives what the reader gives or raises an error of the provider."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import ProviderError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.http.request import HttpRequest
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from tests.unit.reading.http.clients import Passing, watches

NAMES = st.sampled_from(
    [
        b"Content-Length",
        b"Transfer-Encoding",
        b"Content-Encoding",
        b"Content-Type",
        b"Location",
        b"Retry-After",
        b"X-RateLimit-Remaining",
        b"Set-Cookie",
        b"Connection",
        b"WWW-Authenticate",
        b"Refresh",
    ]
)
VALUES = st.sampled_from(
    [
        b"gzip",
        b"deflate",
        b"chunked",
        b"2",
        b"5",
        b"-1",
        b"0",
        b"/again",
        b"//elsewhere",
        b"http://[",
        b"close",
    ]
) | st.binary(max_size=20).map(lambda value: value.replace(b"\n", b" "))
HEADERS = st.lists(st.tuples(NAMES | st.binary(min_size=1, max_size=8), VALUES), max_size=5)
LINES = st.builds(
    lambda status, reason: b"HTTP/1.1 %d %s" % (status, reason),
    st.sampled_from([200, 200, 200, 204, 301, 302, 304, 400, 401, 407, 429, 500, 503]) | st.integers(0, 1200),
    st.binary(max_size=5).map(lambda value: value.replace(b"\n", b" ")),
)
BODIES = (
    st.sampled_from([b"[]", b'{"a": 1}', b"2\r\n[]\r\n0\r\n\r\n", b"2\r\n[", b"\x1f\x8b\x08"]) | st.binary()
)
ANSWERS = (
    st.builds(
        lambda line, headers, body: b"\r\n".join([line, *(n + b": " + v for n, v in headers), b"", body]),
        LINES,
        HEADERS,
        BODIES,
    )
    | st.binary()
)


class Script:
    """A server that says what it was last told to."""

    def __init__(self) -> None:
        self.says = b""

    def answer(self, _: Received) -> Reply:
        def send(connection: socket.socket) -> None:
            with suppress(OSError):
                connection.sendall(self.says)

        return Reply(raw=send)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Script, str]]:
    script = Script()
    with LoopbackServer(script.answer) as server:
        yield script, server.url


@given(ANSWERS)
def test_any_answer_is_read_or_refused(server: tuple[Script, str], answer: bytes) -> None:
    script, url = server
    script.says = answer
    settings = HttpSettings(read_timeout=1.0, call_timeout=5.0, attempts=2, largest_body=10_000)
    request = HttpRequest(url + "/x", {"a": "b"})
    refusal: ProviderError | None = None
    with HttpClient(settings, clock=Passing().clock, quotas=Quotas()) as client:
        try:
            response = client.respond(request, lambda answer: answer.document)
        except ProviderError as error:
            refusal = error
        else:
            assert response.status_code == 200
            assert len(response.content) <= 10_000
    if refusal is not None:
        assert refusal.where == request.address
        assert str(refusal).isprintable()
        assert len(str(refusal)) < 500
    assert watches() == []
