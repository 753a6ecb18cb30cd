"""Live answers recorded over loopback, and given again without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from shutdownkit.errors import CallerError
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.pace import Pacer
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.http.request import HttpRequest, Secret
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.reading.query import Query
from shutdownkit.reading.registry import available, choose, make
from shutdownkit.reading.source import SourceConfig, SourceResult
from shutdownkit.testing.clock import ManualClock
from shutdownkit.testing.faults.zoo import ZOO
from shutdownkit.testing.providers import answers_by_provider, joined_answers
from shutdownkit.testing.record import main, record
from shutdownkit.testing.recording import RecordingTransport
from shutdownkit.testing.replay import Recording, ReplayTransport
from shutdownkit.testing.server import LoopbackServer, Received, Reply

from .test_providers_served import SIGNALS

KEY = "c4n4ry/0123456789-abcdef"
QUERY = Query("BY", TimeWindow("2020-08-09", "2020-08-10"), history=timedelta(days=1))


def talkative(answer: Callable[[Received], Reply]) -> Callable[[Received], Reply]:
    """Says back who asked, with which key and from where, wherever it can."""

    def talking(received: Received) -> Reply:
        said = received.headers.get("authorization", "no key")
        reply = answer(received)
        document = json.loads(reply.body)
        if isinstance(document, dict):
            document["you"] = {"from": "203.0.113.77", "mail": "me@home.example.by", "key": said}
        headers = {"Set-Cookie": f"key={KEY}", "X-Key": said, "X-Client-IP": "203.0.113.77", "Link": said}
        return evolve(reply, body=json.dumps(document).encode(), headers={**reply.headers, **headers})

    return talking


ANSWER = talkative(joined_answers(answers_by_provider(SIGNALS)))


def environ_of(server: LoopbackServer) -> dict[str, str]:
    found = {}
    for name in ("ioda", "ooni", "atlas"):
        found[f"SHUTDOWNKIT_{name.upper()}_URL"] = f"{server.url}/{name}"
        found[f"SHUTDOWNKIT_{name.upper()}_KEY"] = KEY
    return found


def replayed(name: str, recording: Recording, base: str) -> SourceResult:
    with ReplayTransport(recording) as transport, HttpClient(HttpSettings(), transport=transport) as client:
        registration = choose(name, available(environ={"SHUTDOWNKIT_NO_PLUGINS": "1"}))
        config = SourceConfig(name, client, base_url=base, key=Secret("another-key"))
        return make(registration, config).fetch(QUERY)


def alike(result: SourceResult) -> SourceResult:
    """Without when and from which host it came."""

    def signal(one: Signal) -> Signal:
        url = None if one.provenance.url is None else one.provenance.url.partition("//")[2].partition("/")[2]
        return evolve(one, provenance=evolve(one.provenance, url=url, retrieved=None))

    return evolve(result, signals=tuple(map(signal, result.signals)))


@pytest.mark.parametrize("name", ["ioda", "ooni", "atlas"])
def test_what_was_recorded_gives_the_same_again(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    with LoopbackServer(ANSWER) as server:
        recorded = record(name, QUERY, environ=environ_of(server))
        count = len(server.received)
        sends_key = any("authorization" in received.headers for received in server.received)
        base = f"{server.url}/{name}"
    recorded.recording.write(path)
    assert len(recorded.recording.exchanges) == count > 0
    again = replayed(name, Recording.read(path), f"http://127.0.0.1:1/{name}")
    assert alike(again) == alike(recorded.result)
    assert recorded.result.signals
    assert replayed(name, Recording.read(path), base) is not None
    text = path.read_bytes()
    for gone in (KEY, KEY.replace("/", "%2F"), KEY.replace("/", "\\/"), "203.0.113.77", "me@home.example.by"):
        assert gone.encode() not in text
    document = json.loads(text)
    assert document["source"] == name
    assert document["licence"] == recorded.info.licence
    assert document["note"].startswith("BY, 2020-08-08T00:00:00Z to 2020-08-10")
    assert document["scrubbed"]["header"] >= 3 * count
    assert (document["scrubbed"].get("key", 0) > 0) == sends_key


def test_an_answer_that_failed_at_first_fails_at_first_again() -> None:
    transport = RecordingTransport()
    client = HttpClient(transport=transport, clock=ManualClock().clock, pacer=Pacer(), quotas=Quotas())
    with LoopbackServer(ZOO["unavailable_twice"].misbehave(ANSWER)) as server, client:
        client.ask(HttpRequest(f"{server.url}/ioda/datasources/", {"b": 2, "a": 1}), lambda answer: answer)
    assert [one.status for one in transport.exchanges] == [503, 503, 200]
    assert {(one.path, one.query) for one in transport.exchanges} == {
        ("/ioda/datasources/", (("a", "1"), ("b", "2")))
    }


ARGUMENTS = ["BY", "--from", "2020-08-09", "--to", "2020-08-10", "--history", "1"]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Received], Reply]], LoopbackServer]:
    def serve(answer: Callable[[Received], Reply]) -> LoopbackServer:
        server = LoopbackServer(answer)
        for name, value in environ_of(server).items():
            monkeypatch.setenv(name, value)
        return server

    return serve


def test_the_command_writes_a_file_and_says_what_was_taken_out(
    served: Callable[[Callable[[Received], Reply]], LoopbackServer],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "file.json"
    with served(ANSWER) as server:
        kinds = ["--kind", "bgp.visible-slash24s", "--kind", "probing.up-slash24s"]
        assert main(["ioda", *ARGUMENTS, *kinds, "--into", str(path)]) == 0
        count = len(server.received)
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.count("\n") == 1
    assert f"{path}: {count} answers of IODA" in said.out
    assert "e-mail address" in said.out
    assert KEY not in said.out
    recording = Recording.read(path)
    assert recording.note.endswith(", bgp.visible-slash24s, probing.up-slash24s")
    assert [one.name for one in tmp_path.iterdir()] == ["file.json"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "required"),
        (["nobody", *ARGUMENTS], "nobody"),
        (["ioda", "Belarus and more", *ARGUMENTS[1:]], "Belarus"),
        (["ooni", "US/LA", *ARGUMENTS[1:]], "does not serve a region"),
        (["ioda", "BY", "--from", "x", "--to", "2020-08-10"], "ISO 8601"),
        (["ioda", *ARGUMENTS[:-1], "nan"], "--history"),
        (["ioda", *ARGUMENTS[:-1], "1e99"], "--history"),
        (["ioda", *ARGUMENTS, "--kind", "nobody.measures"], "measures none of"),
        (["ioda", *ARGUMENTS, "--unknown"], "--unknown"),
    ],
)
def test_the_callers_mistakes_are_one_line(
    arguments: list[str],
    said: str,
    served: Callable[[Callable[[Received], Reply]], LoopbackServer],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    into = ["--into", str(tmp_path / "file.json")] if arguments else []
    with served(ANSWER) as server:
        assert main([*arguments, *into]) == 2
        assert server.received == []
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("record: ")
    assert output.err.count("\n") == 1
    assert said in output.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_the_callers_mistake(
    served: Callable[[Callable[[Received], Reply]], LoopbackServer],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(ANSWER):
        assert main(["ioda", *ARGUMENTS, "--into", str(tmp_path / "none" / "file.json")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_provider_that_does_not_answer_is_status_3_and_writes_nothing(
    served: Callable[[Callable[[Received], Reply]], LoopbackServer],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(ZOO["says_the_key"].misbehave(ANSWER)):
        assert main(["atlas", *ARGUMENTS, "--into", str(tmp_path / "file.json")]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "HTTP 401" in said
    assert KEY not in said
    assert list(tmp_path.iterdir()) == []


def test_who_asks_nobody_is_not_recorded(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("")
    with pytest.raises(CallerError, match="nothing to record"):
        record(f"ooni-archive:{tmp_path}", QUERY, environ={})
