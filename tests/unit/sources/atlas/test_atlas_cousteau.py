"""cousteau asks through our client, and falls into none of its traps."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import requests

import shutdownkit
from shutdownkit.errors import (
    InvalidValueError,
    MissingExtraError,
    ProviderError,
    RefusedError,
    UnreachableError,
    WrongAnswerError,
)
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.request import HttpRequest, Secret
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.reading.source import SourceConfig
from shutdownkit.sources.atlas import pages
from shutdownkit.sources.atlas.cousteau import CousteauTransport, _EventsRequest
from shutdownkit.sources.atlas.source import AtlasSource
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.atlas import AtlasWorld, atlas_answer, probe_record

from .atlas_worlds import Witness, people, quick_client, raw_event

START = datetime(2016, 6, 7, 8, tzinfo=UTC)
STOP = START + timedelta(hours=1)
Answer = Callable[[Received], Reply]


def says(document: object, status: int = 200) -> Answer:
    return lambda _: Reply(json.dumps(document).encode(), status=status)


def html(status: int) -> Answer:
    return lambda _: Reply(b"<html>Please log in</html>", status, {"Content-Type": "text/html"})


@contextmanager
def transport(
    answer: Answer, http: HttpClient | None = None, key: Secret | None = None, path: str = ""
) -> Iterator[tuple[CousteauTransport, LoopbackServer]]:
    with LoopbackServer(answer) as server, http or quick_client() as client:
        yield CousteauTransport(client, base=server.url + path, key=key), server


def ask_events(answer: Answer, ids: Collection[int] | None = (7,), **more: Any) -> Received:
    """The one request that a question for events becomes."""
    with transport(answer, **more) as (atlas, server):
        atlas.connection_events(START, STOP, ids)
    (received,) = server.received
    return received


def both(answer: Answer, **more: Any) -> Iterator[tuple[Callable[[], object], LoopbackServer]]:
    """Both questions, to be asked of one answer."""
    with transport(answer, **more) as (atlas, server):
        yield lambda: atlas.probes({"country_code": "BY"}), server
        yield lambda: atlas.connection_events(START, STOP, [7]), server


# What is sent.


def test_all_goes_through_our_client() -> None:
    witness = Witness()
    world = AtlasWorld(people(3), [raw_event(60001, START.timestamp(), "connect")])
    with transport(atlas_answer(world), witness) as (atlas, server):
        assert len(atlas.probes({"country_code": "BY", "page_size": 2}).rows) == 3
        assert len(atlas.connection_events(START, STOP, [60001]).rows) == 1
    assert len(witness.requests) == len(server.received) == 3
    assert {received.headers["user-agent"] for received in server.received} != set()
    assert not any("cousteau" in received.headers["user-agent"].lower() for received in server.received)


def test_events_of_a_settled_hour_are_kept_and_the_list_for_a_day() -> None:
    witness = Witness()
    with transport(atlas_answer(AtlasWorld(people(1), ())), witness) as (atlas, _):
        atlas.probes({"country_code": "BY"})
        atlas.connection_events(START, STOP, [60001])
    listed, events = witness.requests
    assert (listed.until, listed.keep) == (None, timedelta(days=1))
    assert (events.until, events.settles) == (STOP, timedelta(days=1))
    assert listed.pace == events.pace == timedelta(seconds=0.3)


@pytest.mark.parametrize("hours", [3, 0, -5])
def test_times_of_any_zone_are_sent_as_the_instants_they_are(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    with transport(says([])) as (atlas, server):
        atlas.connection_events(START.astimezone(zone), STOP.astimezone(zone), [7])
    (received,) = server.received
    assert received.one("start") == "1465286400"
    assert received.one("stop") == "1465290000"


def test_cousteau_is_given_naive_times_for_it_warns_at_numbers_and_drops_offsets() -> None:
    request = _EventsRequest("", lambda: None, START, STOP, None)  # type: ignore[arg-type,return-value]
    assert request.start == datetime(2016, 6, 7, 8)
    assert request.stop == datetime(2016, 6, 7, 9)


@pytest.mark.parametrize("start", [START.replace(tzinfo=None), START + timedelta(seconds=0.5), 1465286400.5])
def test_a_time_that_would_be_sent_wrong_is_refused(start: Any) -> None:
    with transport(says([])) as (atlas, server), pytest.raises(InvalidValueError, match="start"):
        atlas.connection_events(start, STOP, [7])
    assert server.received == []


def test_the_end_is_called_stop() -> None:
    received = ask_events(says([]))
    assert received.path == "/api/v2/measurements/7000/results"
    assert set(received.query) == {"start", "stop", "probe_ids"}


@pytest.mark.parametrize("ids", [{30, 4, 100}, [100, 30, 4, 4], (4, 30, 100), frozenset({4, 30, 100})])
def test_ids_of_any_collection_are_joined_in_order(ids: Collection[int]) -> None:
    assert ask_events(says([]), ids).one("probe_ids") == "4,30,100"


def test_no_ids_at_all_are_refused_for_they_would_be_taken_for_all() -> None:
    with (
        transport(says([])) as (atlas, server),
        pytest.raises(InvalidValueError, match="takes for all"),
    ):
        atlas.connection_events(START, STOP, [])
    assert server.received == []
    assert "probe_ids" not in ask_events(says([]), None).query


def test_filters_are_encoded() -> None:
    with transport(says({"count": 0, "next": None, "results": []})) as (atlas, server):
        atlas.probes({"search": "a&b=c d+é%26", "asn_v4__in": (1, 2), "page_size": 500})
    (received,) = server.received
    assert received.query == {
        "search": ("a&b=c d+é%26",),
        "asn_v4__in": ("1,2",),
        "page_size": ("500",),
    }


def test_a_key_goes_into_the_header_and_nowhere_else() -> None:
    witness = Witness()
    world = AtlasWorld(people(3), ())
    key = Secret("0123-SECRET")
    with transport(atlas_answer(world), witness, key) as (atlas, server):
        atlas.probes({"country_code": "BY", "page_size": 2})
        atlas.connection_events(START, STOP, [7])
    assert len(server.received) == 3
    for received in server.received:
        assert received.headers["authorization"] == "Key 0123-SECRET"
        assert "SECRET" not in str(received.query) + received.path
    assert not any("SECRET" in request.address for request in witness.requests)


@pytest.mark.parametrize("name", ["key", "server", "verify", "user_agent", "return_objects"])
def test_what_is_no_filter_is_refused(name: str) -> None:
    with transport(says({})) as (atlas, server), pytest.raises(InvalidValueError, match="is no filter"):
        atlas.probes({name: "x"})
    assert server.received == []


# What comes back.


def test_a_server_that_stalls_is_left() -> None:
    released = threading.Event()

    def stall(_: socket.socket) -> None:
        released.wait(20)

    settings = HttpSettings(attempts=1, read_timeout=0.2)
    asked = 0
    for ask, _ in both(lambda _: Reply(raw=stall), http=HttpClient(settings)):
        with pytest.raises(UnreachableError):
            ask()
        asked += 1
    released.set()
    assert asked == 2


def test_a_server_that_is_busy_is_asked_again() -> None:
    busy = [True]

    def answer(_: Received) -> Reply:
        if busy.pop() if busy else False:
            return Reply(b"{}", 503, {"Retry-After": "0"})
        return Reply(b"[]")

    with transport(answer, HttpClient(HttpSettings(attempts=2))) as (atlas, server):
        assert atlas.connection_events(START, STOP, [7]).rows == ()
    assert len(server.received) == 2


def test_a_page_of_html_is_no_answer_whatever_its_status() -> None:
    for ask, _ in both(html(200)):
        with pytest.raises(WrongAnswerError):
            ask()
    for ask, _ in both(html(403)):
        with pytest.raises(RefusedError, match="403"):
            ask()


def test_errors_of_our_client_pass_through_as_they_are() -> None:
    error = RefusedError("the client's own words", where="https://x.org/", retry=True)

    class Refusing(HttpClient):
        def respond(self, *_: object) -> requests.Response:
            raise error

    for ask, server in both(says([]), http=Refusing()):
        with pytest.raises(RefusedError) as caught:
            ask()
        assert str(caught.value) == str(error)
        assert caught.value.retry
        assert server.received == []


class Lenient(HttpClient):
    """A client that lets everything through, unread, as requests does."""

    def respond(self, request: HttpRequest, *_: object) -> requests.Response:
        return requests.get(request.address, timeout=5)


class Broken(HttpClient):
    """A client that lets the errors of requests out, which cousteau swallows."""

    def respond(self, *_: object) -> requests.Response:
        raise requests.ConnectionError("Max retries exceeded with url: /x?probe_ids=7&start=1")


@pytest.mark.parametrize(
    ("http", "answer", "kind"),
    [
        (Lenient, says({"error": {"status": 404}}, 404), RefusedError),
        (Lenient, html(500), RefusedError),
        (Lenient, html(200), WrongAnswerError),
        (Lenient, says([]), WrongAnswerError),  # it was not read, so nobody knows when it came
        (Lenient, says({"results": [], "next": None}), WrongAnswerError),
        (Broken, says([]), UnreachableError),
    ],
)
def test_what_cousteau_takes_for_a_payload_is_checked(
    http: type[HttpClient], answer: Answer, kind: type[ProviderError]
) -> None:
    for ask, _ in both(answer, http=http()):
        with pytest.raises(kind):
            ask()
    with pytest.raises(kind) as caught:
        ask_events(answer, http=http())
    assert "probe_ids=7" not in str(caught.value)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({}, "$ is no list but dict"),
        ("text", "$ is no list but str"),
        (None, "$ is no list but NoneType"),
        ([1], "$[0] is no object but int"),
    ],
)
def test_events_that_are_no_list_are_no_answer(document: object, problem: str) -> None:
    with pytest.raises(WrongAnswerError) as caught:
        ask_events(says(document))
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "$ is no object but list"),
        ({"count": 1}, "$.results is missing"),
        ({"results": {}}, "$.results is no list"),
        ({"results": [], "next": 2}, "$.next is no address but int"),
        ({"results": [7]}, "$.results[0] is no object but int"),
    ],
)
def test_a_page_that_is_none_is_no_answer(document: object, problem: str) -> None:
    with transport(says(document)) as (atlas, _), pytest.raises(WrongAnswerError) as caught:
        atlas.probes({"country_code": "BY"})
    assert problem in str(caught.value)


# Pages.


def page_with(link: str, records: int = 1) -> Answer:
    results = [probe_record(each + 1, "BY") for each in range(records)]
    return says({"count": 9, "next": link, "results": results})


@pytest.mark.parametrize("count", [0, 1, 4, 5, 11])
def test_all_pages_are_read_each_once(count: int) -> None:
    with transport(atlas_answer(AtlasWorld(people(count), ()))) as (atlas, server):
        records = atlas.probes({"country_code": "BY", "page_size": 2})
    ids: list[Any] = [row["id"] for row in records.rows if isinstance(row, dict)]
    assert ids == list(range(60001, 60001 + count))
    assert len(server.received) == max(1, -(-count // 2))
    assert [received.one("page", "1") for received in server.received] == [
        str(each + 1) for each in range(len(server.received))
    ]


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("https://evil.example/api/v2/probes/?page=2", "another host, evil.example"),
        ("https://atlas.ripe.net/api/v2/measurements/?page=2", "another path"),
        ("/admin?page=2", "another path"),
        ("https://atlas.ripe.net/api/v2/probes/?country_code=BY", "back to a page already read"),
    ],
)
def test_a_next_page_elsewhere_or_back_is_refused(link: str, problem: str) -> None:
    with transport(page_with(link)) as (atlas, server), pytest.raises(WrongAnswerError, match=problem):
        atlas.probes({"country_code": "BY"})
    assert len(server.received) == 1


def test_pages_that_go_in_a_ring_are_refused() -> None:
    def answer(received: Received) -> Reply:
        following = {"1": "2", "2": "3", "3": "2"}[received.one("page", "1")]
        return page_with(f"/api/v2/probes/?country_code=BY&page={following}")(received)

    with transport(answer) as (atlas, server), pytest.raises(WrongAnswerError, match="already read"):
        atlas.probes({"country_code": "BY"})
    assert len(server.received) == 3


def test_pages_that_never_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 59_000 < pages.MOST_PAGES * 500 < 1_000_000
    monkeypatch.setattr(pages, "MOST_PAGES", 8)

    def answer(received: Received) -> Reply:
        return page_with(f"/api/v2/probes/?page={int(received.one('page', '1')) + 1}")(received)

    with transport(answer) as (atlas, server), pytest.raises(WrongAnswerError, match="does not end"):
        atlas.probes({"country_code": "BY"})
    assert len(server.received) == 8


def test_an_empty_page_before_the_last_is_refused_for_cousteau_would_stop_there() -> None:
    with (
        transport(page_with("/api/v2/probes/?page=2", records=0)) as (atlas, _),
        pytest.raises(WrongAnswerError, match="is empty, and yet"),
    ):
        atlas.probes({"country_code": "BY"})


def test_the_next_page_is_asked_of_the_base_address_though_it_names_the_provider() -> None:
    def answer(received: Received) -> Reply:
        if "page" in received.query:
            return says({"next": None, "results": [probe_record(2, "BY")]})(received)
        return page_with("https://atlas.ripe.net/api/v2/probes/?page=2")(received)

    with transport(answer, path="/mirror") as (atlas, server):
        assert len(atlas.probes({"country_code": "BY"}).rows) == 2
    assert [received.path for received in server.received] == ["/mirror/api/v2/probes/"] * 2


# Privacy.


def test_no_error_about_events_names_a_probe() -> None:
    def answer(_: Received) -> Reply:
        return Reply(b'{"detail": "no such probes: 23459, 404"}', 404)

    with transport(answer) as (atlas, _), pytest.raises(RefusedError) as caught:
        atlas.connection_events(START, STOP, [23459, 404, 13218])
    text = f"{caught.value} {caught.value.where}"
    assert "HTTP 404" in text
    assert "23459" not in text
    assert "13218" not in text
    assert " 404" not in text.replace("HTTP 404", "")
    assert "start=1465286400" in text


def test_no_error_about_the_countries_of_probes_names_one() -> None:
    with transport(says({}, 404)) as (atlas, _), pytest.raises(RefusedError) as caught:
        atlas.probes({"id__in": (23459, 13218)})
    assert "23459" not in f"{caught.value} {caught.value.where}"


def test_no_record_of_what_was_asked_names_a_probe() -> None:
    with transport(atlas_answer(AtlasWorld(people(3), ()))) as (atlas, _):
        assert "6000" not in atlas.probes({"id__in": (60001, 60002)}).address
        assert "6000" not in atlas.connection_events(START, STOP, [60001]).address


# The extra.


def test_cousteau_is_imported_in_one_file_and_only_when_the_source_is_made() -> None:
    package = Path(shutdownkit.__file__).parent
    naming = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "from ripe" in path.read_text("utf-8") or "import ripe" in path.read_text("utf-8")
    ]
    assert naming == ["sources/atlas/cousteau.py"]
    code = "import sys, shutdownkit.sources.atlas.source; sys.exit('ripe.atlas.cousteau' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_cousteau_the_source_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ripe.atlas.cousteau", None)
    monkeypatch.delitem(sys.modules, "shutdownkit.sources.atlas.cousteau")
    with quick_client() as client, pytest.raises(MissingExtraError) as caught:
        AtlasSource(SourceConfig("atlas", client))
    assert caught.value.extra == "atlas"
    assert "shutdownkit[atlas]" in str(caught.value)
