"""Time limits, TLS and proxies, over real sockets."""

from __future__ import annotations

import gc
import socket
import time
from pathlib import Path

import pytest
from urllib3 import exceptions as u3

from shutdownkit.errors import UnreachableError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.clock import Deadline
from shutdownkit.reading.http.connections import POOLS
from shutdownkit.reading.http.request import HttpRequest
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.reading.http.watch import WATCH, Watch
from shutdownkit.testing.faults.connections import drip_body
from shutdownkit.testing.server import LoopbackServer, Received, Reply

from .clients import AUTHORITY, GOOD, Passing, document, good, line_server, watches

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\n[12]"


def drip(connection: socket.socket, data: bytes, pause: float = 0.05) -> None:
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(pause)


def ask(url: str, **settings: float) -> object:
    with HttpClient(HttpSettings(**settings), clock=Passing().clock) as client:  # type: ignore[arg-type]
        try:
            return client.ask(HttpRequest(url), document)
        finally:
            assert watches() == []


def drip_handshake(connection: socket.socket) -> None:
    connection.recv(4096)
    drip(connection, b"\x16\x03\x03\x40\x00" + b"\x00" * 200)


def bundle(folder: Path) -> str:
    """A file with the authority that the loopback servers' certificates come from."""
    path = folder / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return str(path)


def drip_secured(connection: socket.socket) -> None:
    connection.recv(4096)
    drip(connection, REPLY.replace(b"Content-Length", b"X-" + b"a" * 200 + b": b\r\nContent-Length"))


@pytest.mark.parametrize(
    ("serve", "tls"), [(drip_handshake, False), (drip_secured, True)], ids=["handshake", "secured"]
)
def test_a_server_that_drips_in_tls_is_left_in_time(
    serve: object, tls: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle(tmp_path))
    with line_server(serve, tls=tls) as url:  # type: ignore[arg-type]
        started = time.monotonic()
        with pytest.raises(UnreachableError, match=r"no whole answer within 0\.5 s"):
            ask(url, call_timeout=0.5)
        assert 0.4 < time.monotonic() - started < 5


def test_a_connection_made_when_the_time_is_over_is_closed() -> None:
    with LoopbackServer(good) as server, Watch(1e-3) as watch:
        port = int(server.url.rpartition(":")[2])
        while not watch.fired:
            time.sleep(0.01)
        having = WATCH.set(watch)
        try:
            with POOLS["http"]("127.0.0.1", port, timeout=1) as pool, pytest.raises(u3.ProtocolError):
                pool.urlopen("GET", "/", retries=False)
        finally:
            WATCH.reset(having)
    gc.collect()  # an open socket would warn


@pytest.mark.parametrize("cut", [b"", b"2\r\n", b"2\r\n[", b"2\r\n[]\r\n"])
def test_chunks_that_stop_early_are_no_whole_answer(cut: bytes) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + cut)

    stops = pytest.raises(UnreachableError, match="an answer that stops before its end")
    with line_server(serve, "http", tls=False) as url, stops:
        ask(url)


def test_slow_but_in_time_is_well() -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        drip(connection, REPLY, pause=0.001)

    with line_server(serve, "http", tls=False) as url:
        assert ask(url, call_timeout=10.0) == [12]


def test_a_kept_connection_is_watched_too() -> None:
    first = [True]

    def answer(received: Received) -> Reply:
        return good(received) if first.pop() else drip_body(good)(received)

    with LoopbackServer(answer) as server, HttpClient(HttpSettings(call_timeout=0.5)) as client:
        assert client.ask(HttpRequest(server.url), document) == GOOD
        first.append(False)
        with pytest.raises(UnreachableError, match="no whole answer"):
            client.ask(HttpRequest(server.url), document)
        first.append(True)
        assert client.ask(HttpRequest(server.url), document) == GOOD
    gc.collect()  # an open socket would warn


def test_a_port_where_nobody_listens_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(UnreachableError, match="connection refused"):
        ask(f"http://127.0.0.1:{port}/")


def test_a_name_that_is_not_known_is_asked_for_once() -> None:
    passing = Passing()
    with HttpClient(clock=passing.clock) as client, pytest.raises(UnreachableError, match="name of its host"):
        client.ask(HttpRequest("https://no-such-host.invalid/"), document)
    assert passing.slept == []


def test_a_deadline_is_over_all_calls() -> None:
    passing = Passing()
    deadline = Deadline(30, passing.clock)
    with LoopbackServer(good) as server, HttpClient(clock=passing.clock, deadline=deadline) as client:
        assert client.ask(HttpRequest(server.url), document) == GOOD
        passing.passed += 31
        with pytest.raises(UnreachableError, match=r"the source's time of 30 s is used up") as caught:
            client.ask(HttpRequest(server.url), document)
        assert caught.value.where == server.url
        assert len(server.received) == 1


def test_a_deadline_ends_a_call() -> None:
    with LoopbackServer(drip_body(good)) as server, HttpClient(deadline=Deadline(0.5)) as client:
        with pytest.raises(UnreachableError, match=r"the source's time of 0\.5 s is used up"):
            client.ask(HttpRequest(server.url), document)
        assert watches() == []


def test_a_deadline_ends_the_retries() -> None:
    passing = Passing()

    def answer(received: Received) -> Reply:
        return Reply(b"", status=503, headers={"Retry-After": "10"})

    deadline = Deadline(25, passing.clock)
    with (
        LoopbackServer(answer) as server,
        HttpClient(clock=passing.clock, deadline=deadline) as client,
        pytest.raises(UnreachableError, match="HTTP 503; it asks to wait 10 s"),
    ):
        client.ask(HttpRequest(server.url), document)
    assert passing.slept == [10, 10]


def serve_reply(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(REPLY)


def test_a_certificate_that_is_not_trusted_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with line_server(serve_reply) as url:
        with pytest.raises(UnreachableError, match="TLS: the certificate is not trusted: "):
            ask(url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle(tmp_path))
        assert ask(url) == [12]


def test_what_is_no_tls_is_named() -> None:
    with line_server(serve_reply, tls=False) as url, pytest.raises(UnreachableError, match="TLS: ") as caught:
        ask(url)
    assert caught.value.problem.isprintable()


def test_a_bundle_of_certificates_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    with line_server(serve_reply) as url, pytest.raises(UnreachableError, match=r"/nowhere/bundle\.pem"):
        ask(url)


def test_this_machine_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with LoopbackServer(good) as proxy, LoopbackServer(good) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert ask(server.url) == GOOD
        assert len(server.received) == 1
        assert proxy.received == []


def test_others_are_asked_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def refuse(connection: socket.socket) -> None:
        asked.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.0 407 Sign in first\r\n\r\n")

    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with line_server(refuse, "http", tls=False) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.replace("//", "//me:hunter2@"))
        with pytest.raises(UnreachableError, match=r"the proxy from the environment: .*407") as caught:
            ask("https://api.invalid/x")
    assert asked[0].startswith(b"CONNECT api.invalid:443 ")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["http://me:hunter2@[::1", "http://me:hunter2@", "gopher://me:hunter2@x"])
def test_a_proxy_that_is_none_is_not_repeated(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    with pytest.raises(UnreachableError, match="proxy") as caught:
        ask("https://api.invalid/x")
    assert "hunter2" not in str(caught.value)
