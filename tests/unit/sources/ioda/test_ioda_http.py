"""The source over real HTTP, against an imitation of the server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

import shutdownkit as sk
from shutdownkit.errors import (
    InvalidValueError,
    NotCachedError,
    NotServedError,
    ProviderError,
    RefusedError,
    UnreachableError,
    WrongAnswerError,
)
from shutdownkit.model.kinds import KINDS
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import Checkable, Source, SourceConfig, SourceResult
from shutdownkit.sources.ioda.about import BASE
from shutdownkit.sources.ioda.datasources import BY_NAME, DATASOURCES
from shutdownkit.sources.ioda.source import IodaSource
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.ioda import code_of, ioda_answer

START = datetime(2020, 8, 1, tzinfo=UTC)
DAY = timedelta(days=1)
Answer = Callable[[Received], Reply]
BGP = "bgp.visible-slash24s"
PROBING = "probing.up-slash24s"


def signal(
    kind: str = BGP, entity: str = "BY", *, days: float = 2, start: datetime = START, weights: bool = False
) -> sk.Signal:
    """Values that are all different, with a gap and a zero, in IODA's own steps."""
    step = {one.kind.name: one.step for one in DATASOURCES}[kind]
    bins = int(days * DAY / step)
    values = np.arange(bins, dtype=np.float64) / (bins if kind == "probing.loss" else 1)
    values[3:7] = np.nan
    counts = sk.TimeSeries(start, step, np.where(np.isnan(values), np.nan, values + 1)) if weights else None
    return sk.Signal(
        kind=KINDS[kind],
        entity=sk.Entity.parse(entity),
        series=sk.TimeSeries(start, step, values),
        weights=counts,
    )


def query(
    entity: str = "BY",
    *,
    days: float = 2,
    kinds: Sequence[str] | None = (BGP,),
    start: datetime = START,
    history: timedelta = timedelta(0),
) -> Query:
    return Query(entity=entity, window=sk.TimeWindow(start, start + days * DAY), kinds=kinds, history=history)


def client(*, offline: bool = False, cache: Path | None = None) -> HttpClient:
    """One that asks once, and to which no other test's server said anything."""
    settings = HttpSettings(attempts=1, offline=offline, cache_path=cache)
    return HttpClient(settings, quotas=Quotas())


@contextmanager
def served(answer: Answer) -> Iterator[tuple[IodaSource, LoopbackServer]]:
    with LoopbackServer(answer) as server, client() as http:
        yield IodaSource(SourceConfig("ioda", http, server.url)), server


def fetched(answer: Answer, what: Query) -> SourceResult:
    with served(answer) as (source, _):
        return source.fetch(what)


def replies(instead: Callable[[Received], Reply | None], otherwise: Answer) -> Answer:
    """Some answers replaced."""
    return lambda received: instead(received) or otherwise(received)


def body(document: object, status: int = 200) -> Reply:
    return Reply(json.dumps(document).encode(), status)


def is_signal(received: Received, datasource: str | None = None) -> bool:
    return "/signals/raw/" in received.path and datasource in {None, received.one("datasource")}


def is_events(received: Received) -> bool:
    return received.path == "/outages/events"


def test_it_is_a_source_that_can_be_checked() -> None:
    with client() as http:
        source = IodaSource(SourceConfig("ioda", http))
    assert isinstance(source, Source)
    assert isinstance(source, Checkable)
    assert source.info is source.info
    assert source.info.name == "ioda"
    assert {kind.name for kind in source.info.kinds} == {one.kind.name for one in DATASOURCES}
    assert source.info.native_steps["probing.loss"] == timedelta(minutes=10)
    assert source.info.blind_to
    assert BASE.startswith("https://api.ioda.")  # the address without api. answers HTML with 200


@pytest.mark.parametrize("kind", [one.kind.name for one in DATASOURCES])
def test_every_kind_comes_back_as_it_was(kind: str) -> None:
    sent = signal(kind, weights=kind == "probing.loss")
    result = fetched(ioda_answer([sent]), query(kinds=[kind]))
    (got,) = result.signals
    assert (got.kind, got.entity, got.series, got.weights) == (
        sent.kind,
        sent.entity,
        sent.series,
        sent.weights,
    )
    assert (result.failures, result.notices, result.observations) == ((), (), ())
    assert [(one.kind, one.window) for one in result.coverage] == [(sent.kind, query().window)]


def test_a_window_of_320_days_has_no_seam_and_no_double() -> None:
    sent = signal(PROBING, days=320.5, start=START - DAY / 4)
    start, window = START + timedelta(minutes=3), timedelta(days=320, minutes=2)
    what = Query(
        entity="BY", window=sk.TimeWindow(start + 20 * DAY, start + window), kinds=[PROBING], history=20 * DAY
    )
    with served(ioda_answer([sent])) as (source, server):
        result = source.fetch(what)
        asked = [(int(one.one("from")), int(one.one("until"))) for one in server.received if is_signal(one)]
    assert len(asked) == 4
    assert all(until - since <= 90 * 86400 for since, until in asked)
    assert all(before[1] == after[0] for before, after in pairwise(asked))
    (got,) = result.signals
    assert got.series == sent.series.cut(what.span)
    assert len(got.series) == 320 * 144 + 1
    (answered,) = result.coverage
    assert answered.window == got.series.window
    assert result.failures == ()


def test_all_kinds_of_a_country_are_asked_in_the_documented_form() -> None:
    signals = [signal(one.kind.name) for one in DATASOURCES]
    with served(ioda_answer(signals)) as (source, server):
        result = source.fetch(query(kinds=None))
    assert {one.kind.name for one in result.signals} == {one.kind.name for one in DATASOURCES}
    assert [one.one("datasource") for one in server.received if is_signal(one)] == list(BY_NAME)
    for one in server.received:
        assert not {"maxPoints", "overall", "sourceParams"} & set(one.query)
        assert one.path in {"/signals/raw/country/BY", "/outages/events"}
    (events,) = [one for one in server.received if is_events(one)]
    assert events.one("ignoreMethods") == "*.sarima"
    assert (events.one("entityType"), events.one("entityCode")) == ("country", "BY")
    assert (events.one("limit"), events.one("page")) == ("500", "0")


def test_provenance_names_the_first_address_the_licence_and_the_latest_time() -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    with served(ioda_answer([signal(PROBING, days=100)])) as (source, server):
        (got,) = source.fetch(query(days=100, kinds=[PROBING])).signals
        first = urlsplit(got.provenance.url or "")
        assert f"{first.scheme}://{first.netloc}" == server.url
    assert got.provenance.source == "ioda"
    assert got.provenance.licence.startswith("All rights reserved (Georgia Tech Research Corporation)")
    assert parse_qs(first.query)["from"] == [str(int(START.timestamp()))]
    assert got.provenance.retrieved is not None
    assert before <= got.provenance.retrieved <= datetime.now(UTC) + timedelta(seconds=1)


def test_time_without_data_is_missing_and_no_zero() -> None:
    (got,) = fetched(ioda_answer([signal(days=1)]), query(days=3)).signals
    assert len(got.series) == 3 * 288
    assert not got.series.measured[288:].any()
    assert got.series.values[0] == 0.0


# What failed


def failing(what: Callable[[Received], bool], reply: Reply, otherwise: Answer) -> Answer:
    return replies(lambda received: reply if what(received) else None, otherwise)


EMPTY = body({"type": "signals", "error": None, "data": []})
REFUSED = body({"type": "signals", "error": "no such thing", "data": None})
HTML = Reply(b"<!doctype html><title>IODA</title>", 200, {"Content-Type": "text/html"})


@pytest.mark.parametrize(
    ("reply", "words", "retry"),
    [(EMPTY, "its backend failed; unknown, not zero", True), (REFUSED, "no such thing", False)],
)
def test_one_failure_does_not_lose_the_others(reply: Reply, words: str, retry: bool) -> None:
    both = ioda_answer([signal(), signal(PROBING)])
    result = fetched(failing(lambda r: is_signal(r, "bgp"), reply, both), query(kinds=[BGP, PROBING]))
    assert [one.kind.name for one in result.signals] == [PROBING]
    assert [one.kind.name for one in result.coverage] == [PROBING]
    (failure,) = result.failures
    assert failure.source == "ioda"
    assert words in failure.problem
    assert failure.retry is retry
    assert failure.where is not None
    assert "datasource=bgp" in failure.where


def test_a_server_s_fault_over_one_datasource_leaves_the_others_asked() -> None:
    signals = [signal(one.kind.name) for one in DATASOURCES]
    fault = Reply(b"<html>500</html>", 500, {"Content-Type": "text/html"})
    answer = failing(lambda r: is_signal(r, "ping-slash24"), fault, ioda_answer(signals))
    with served(answer) as (source, server):
        result = source.fetch(query(kinds=None))
        asked = {one.one("datasource") for one in server.received if is_signal(one)}
        assert asked == set(BY_NAME)
        assert any(map(is_events, server.received))
    assert {one.kind.name for one in result.signals} == {one.kind.name for one in DATASOURCES} - {PROBING}
    assert PROBING not in {one.kind.name for one in result.coverage}
    assert not any(PROBING in notice for notice in result.notices)
    (failure,) = result.failures
    assert failure.problem.startswith("HTTP 500")
    assert "datasource=ping-slash24" in (failure.where or "")
    assert failure.retry


def test_a_server_s_fault_over_every_chunk_of_two_datasources_leaves_the_others_asked() -> None:
    names = {"ping-slash24-loss", "ping-slash24-latency"}
    signals = [signal(one.kind.name, days=200) for one in DATASOURCES]
    answer = failing(
        lambda r: is_signal(r) and r.one("datasource") in names, Reply(status=500), ioda_answer(signals)
    )
    result = fetched(answer, query(days=200, kinds=None))
    sent = {one.kind.name: one.series for one in signals}
    assert {one.kind.name: one.series for one in result.signals} == {
        name: series for name, series in sent.items() if not name.startswith(("probing.loss", "probing.lat"))
    }
    assert len(result.failures) == 2 * 3


def test_time_to_come_is_neither_measured_nor_answered() -> None:
    tomorrow = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + DAY
    result = fetched(ioda_answer([signal(start=tomorrow, days=2)]), query(start=tomorrow, days=1))
    assert (result.signals, result.coverage, result.failures) == ((), (), ())
    assert result.notices == (f"IODA has no {BGP} for BY in the time asked for.",)


def test_a_chunk_that_fails_is_missing_from_the_signal() -> None:
    sent = signal(PROBING, days=200)
    middle = str(int((START + 90 * DAY).timestamp()))

    def is_middle(received: Received) -> bool:
        return is_signal(received) and received.one("from") == middle

    what = query(days=200, kinds=[PROBING])
    result = fetched(failing(is_middle, EMPTY, ioda_answer([sent])), what)
    (got,) = result.signals
    lost = slice(90 * 144, 180 * 144)
    assert len(got.series) == len(sent.series)
    assert not got.series.measured[lost].any()
    kept = np.ones(len(sent.series), dtype=bool)
    kept[lost] = False
    np.testing.assert_equal(got.series.values[kept], sent.series.values[kept])
    assert [one.window for one in result.coverage] == [
        sk.TimeWindow(START, START + 90 * DAY),
        sk.TimeWindow(START + 180 * DAY, START + 200 * DAY),
    ]
    assert len(result.failures) == 1


@pytest.mark.parametrize(
    ("reply", "kind"), [(EMPTY, WrongAnswerError), (REFUSED, RefusedError), (HTML, WrongAnswerError)]
)
def test_where_nothing_came_the_first_failure_is_raised(reply: Reply, kind: type[ProviderError]) -> None:
    with pytest.raises(kind), served(lambda _: reply) as (source, _):
        source.fetch(query(kinds=[BGP, PROBING]))


def test_an_unknown_country_is_refused_with_the_servers_words() -> None:
    with pytest.raises(RefusedError, match="cannot find corresponding metadata entity"):
        fetched(ioda_answer([signal()]), query("LT"))


def test_after_the_provider_is_gone_nothing_more_is_asked() -> None:
    signals = [signal(one.kind.name) for one in DATASOURCES]
    gone = Reply(status=429, body=b"{}", headers={"Retry-After": "86400"})
    answered: list[str] = []

    def until_the_third(received: Received) -> Reply | None:
        answered.append(received.path)
        return gone if len(answered) > 2 else None

    result = fetched(replies(until_the_third, ioda_answer(signals)), query(kinds=None))
    assert len(answered) == 3
    assert len(result.signals) == 2
    (failure,) = result.failures
    assert failure.problem.endswith("nothing more was asked of it: 4 requests were left out")
    assert "datasource=ping-slash24-loss" in (failure.where or "")
    assert failure.retry


def test_a_provider_that_is_not_there_is_unreachable() -> None:
    with LoopbackServer(lambda _: Reply()) as server:
        url = server.url
    with client() as http, pytest.raises(UnreachableError, match="/signals/raw/country/BY"):
        IodaSource(SourceConfig("ioda", http, url)).fetch(query())


# Offline


def test_what_was_answered_once_is_answered_offline_and_the_rest_is_a_failure(tmp_path: Path) -> None:
    kept = tmp_path / "kept.sqlite"
    sent = signal(entity="IR/Tehran")
    events = [event(START + DAY, location="region/4001")]
    with LoopbackServer(ioda_answer([sent], events=events)) as server:
        with client(cache=kept) as http:
            online = IodaSource(SourceConfig("ioda", http, server.url)).fetch(query("IR/Tehran"))
        url, requests = server.url, len(server.received)
    with client(cache=kept, offline=True) as http:
        source = IodaSource(SourceConfig("ioda", http, url))
        assert source.fetch(query("IR/Tehran")) == online
        more = source.fetch(query("IR/Tehran", kinds=[BGP, PROBING]))
        with pytest.raises(NotCachedError, match="/signals/raw/country/BY"):
            source.fetch(query(kinds=None))
    assert requests == 3
    assert len(online.observations) == 1
    assert [one.kind.name for one in more.signals] == [BGP]
    (failure,) = more.failures
    assert "datasource=ping-slash24" in (failure.where or "")


# What is known of nothing


def test_an_unknown_network_gives_no_signal_but_an_answer_and_a_notice() -> None:
    what = query("AS64500", kinds=[BGP])
    result = fetched(ioda_answer([signal()]), what)
    assert result.signals == ()
    assert [(one.kind.name, one.window) for one in result.coverage] == [(BGP, what.window)]
    assert result.notices == (f"IODA has no {BGP} for AS64500 in the time asked for.",)
    assert result.failures == ()


def test_a_series_of_nulls_alone_is_no_signal() -> None:
    later = query(start=START + 30 * DAY)
    result = fetched(ioda_answer([signal()]), later)
    assert result.signals == ()
    assert result.notices == (f"IODA has no {BGP} for BY in the time asked for.",)


def test_where_a_part_failed_the_notice_does_not_speak_for_it() -> None:
    what = query("AS64500", days=100)
    first = str(int(START.timestamp()))
    answer = failing(lambda r: is_signal(r) and r.one("from") == first, EMPTY, ioda_answer([signal()]))
    result = fetched(answer, what)
    assert result.notices == (f"IODA has no {BGP} for AS64500 in the time asked for, as far as it answered.",)
    assert len(result.failures) == 1


def test_an_era_that_breaks_off_is_told() -> None:
    sent = signal()
    inner = ioda_answer([sent])

    def cut_short(received: Received) -> Reply | None:
        if not is_signal(received):
            return None
        document = json.loads(inner(received).body)
        one = document["data"][0][0]
        one["values"] = one["values"][:288]
        one["until"] = one["from"] + 288 * 300
        return body(document)

    result = fetched(replies(cut_short, inner), query())
    (got,) = result.signals
    assert len(got.series) == 2 * 288
    assert not got.series.measured[288:].any()
    (notice,) = result.notices
    assert notice == (
        f"IODA's {BGP} of BY breaks off at 2020-08-02T00:00:00Z, not at 2020-08-03T00:00:00Z: "
        "the time after is missing."
    )


def test_search_traffic_is_of_countries_only() -> None:
    with served(ioda_answer([signal(entity="AS6697")])) as (source, server):
        with pytest.raises(NotServedError, match=r"traffic\.search of countries only"):
            source.fetch(query("AS6697", kinds=["traffic.search"]))
        assert server.received == []
        result = source.fetch(query("AS6697", kinds=["traffic.search", BGP]))
        assert result.notices == ("IODA has traffic.search of countries only, not of AS6697.",)
        assert not source.fetch(query("AS6697", kinds=None)).failures


def test_what_it_does_not_measure_is_not_asked() -> None:
    with served(ioda_answer([signal()])) as (source, server):
        with pytest.raises(NotServedError, match=r"ooni\.measurements"):
            source.fetch(query(kinds=["ooni.measurements"]))
        assert server.received == []


# Search traffic lags, and the running bin is not over


def test_near_the_present_what_is_not_settled_is_missing() -> None:
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) - DAY
    sent = [signal(kind, start=midnight, days=3) for kind in (BGP, "traffic.search")]
    result = fetched(ioda_answer(sent), query(start=midnight, days=3, kinds=[BGP, "traffic.search"]))
    by_kind = {one.kind.name: one.series for one in result.signals}
    for kind, lag in ((BGP, timedelta(0)), ("traffic.search", timedelta(hours=3))):
        series = by_kind[kind]
        last = int(np.flatnonzero(series.measured)[-1])
        end = series.start + (last + 1) * series.step
        assert abs(end - (now - lag)) <= series.step + timedelta(minutes=1)
    (notice,) = result.notices
    assert notice.startswith("IODA's traffic.search of BY lags by 3 h")
    for one in result.coverage:
        assert now - timedelta(minutes=1) <= one.window.end <= datetime.now(UTC) + timedelta(minutes=1)


# Events


def event(start: datetime = START, hours: float = 6, **other: Any) -> dict[str, Any]:
    return {
        "location": "country/BY",
        "start": int(start.timestamp()),
        "duration": int(hours * 3600),
        "uncertainty": None,
        "method": "median",
        "datasource": "bgp",
        "status": 0,
        "fraction": None,
        "score": 45.0 * hours * 60,
        "location_name": "Belarus",
        "overlaps_window": False,
        **other,
    }


def test_events_of_the_window_and_not_of_the_history_are_observed() -> None:
    events = [
        event(START - 5 * DAY),
        event(START + DAY),
        event(START + DAY, location="country/LT"),
        event(START + DAY, method="sarima"),
    ]
    what = query(history=10 * DAY)
    result = fetched(ioda_answer([signal()], events=events), what)
    (one,) = result.observations
    assert one.text.startswith(
        "IODA's own detector saw a loss of 45 % at the first alert, from 2020-08-02T00:00"
    )
    assert result.failures == ()


def test_events_are_read_page_by_page_until_a_short_one() -> None:
    events = [event(START + index * timedelta(minutes=1), 0.5) for index in range(1001)]
    with served(ioda_answer([signal()], events=events)) as (source, server):
        result = source.fetch(query())
        assert [one.one("page") for one in server.received if is_events(one)] == ["0", "1", "2"]
    assert len(result.observations) == 1001


def test_events_without_end_are_not_read_without_end() -> None:
    full = body({"type": "outages.events", "error": None, "data": [event()] * 500})
    with served(failing(is_events, full, ioda_answer([signal()]))) as (source, server):
        result = source.fetch(query())
        assert sum(map(is_events, server.received)) == 20
    assert len(result.observations) == 1
    (failure,) = result.failures
    assert "10000 events or more" in failure.problem


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            body({"type": "outages.events", "error": "'from' timestamp must be set", "data": None}),
            "must be set",
        ),
        (
            body({"error": None, "data": [event(), event(score=None), event(location="country/LT")]}),
            "2 of 3 events are refused: data[1].score: null is not a number",
        ),
    ],
)
def test_events_that_fail_are_a_failure_and_the_signals_stand(reply: Reply, words: str) -> None:
    result = fetched(failing(is_events, reply, ioda_answer([signal()])), query())
    assert len(result.signals) == 1
    (failure,) = result.failures
    assert words in failure.problem
    assert "/outages/events" in (failure.where or "")


# Regions


def test_a_region_is_looked_up_by_name_and_keeps_the_name_of_the_query() -> None:
    sent = signal(entity="IR/Tehran")
    answer = ioda_answer([sent, signal(entity="IR/Fars"), signal(entity="US/LA")])
    entities = sorted([sent.entity, sk.Entity.parse("IR/Fars"), sk.Entity.parse("US/LA")])
    code = code_of(sent.entity, entities)
    assert code.isdecimal()
    with served(answer) as (source, server):
        result = source.fetch(query("IR/TEHRAN"))
        assert [one.path for one in server.received] == [
            "/entities/query",
            f"/signals/raw/region/{code}",
            "/outages/events",
        ]
        assert dict(server.received[0].query) == {"entityType": ("region",), "relatedTo": ("country/IR",)}
        assert server.received[-1].one("entityCode") == code
        (got,) = result.signals
        assert got.entity == sk.Entity.parse("IR/TEHRAN")
        assert got.series == sent.series
        with pytest.raises(
            NotServedError, match=r"has no region IR/LA; it has Fars \(\d+\), Tehran \(\d+\)$"
        ):
            source.fetch(query("IR/LA"))


def test_a_number_is_one_of_ioda_s_own_codes_and_the_notice_names_the_region() -> None:
    region = {"code": "1234", "name": "Tehran", "type": "region", "subnames": [], "attrs": {}}
    regions = body({"type": "entities.lookup", "error": None, "data": [region]})
    answer = failing(lambda r: r.path == "/entities/query", regions, ioda_answer([signal(entity="IR/1234")]))
    with served(answer) as (source, server):
        result = source.fetch(query("IR/1234"))
        assert [one.path for one in server.received][:2] == ["/entities/query", "/signals/raw/region/1234"]
    (got,) = result.signals
    assert str(got.entity) == "IR/1234"
    assert result.notices == (
        "IODA takes IR/1234 for its own region 1234, Tehran: it does not know ISO 3166-2.",
    )


def test_a_number_of_another_country_s_region_is_not_served() -> None:
    # ISO 3166-2's IR-23 is Tehran; IODA's region 23 lies in whichever country its own list has it
    with served(ioda_answer([signal(entity="FR/23"), signal(entity="IR/Tehran")])) as (source, server):
        with pytest.raises(NotServedError, match=r"has no region IR/23; it has Tehran \(\d+\)"):
            source.fetch(query("IR/23"))
        assert not any(map(is_signal, server.received))


@pytest.mark.parametrize("name", ["São Paulo", "Côte d'Or", "a?b#c&d=e", "%2e%2e", "..", "东京", "x y"])
def test_a_region_s_name_of_odd_characters_reaches_no_address(name: str) -> None:
    with served(ioda_answer([signal(entity=f"BR/{name}")])) as (source, server):
        (got,) = source.fetch(query(f"BR/{name}")).signals
        assert [one.path for one in server.received] == [
            "/entities/query", "/signals/raw/region/4001", "/outages/events"
        ]  # fmt: skip
    assert got.entity.code == name


# Health


def test_the_check_asks_one_small_question() -> None:
    with served(ioda_answer([signal()])) as (source, server):
        source.check()
        assert [one.path for one in server.received] == ["/datasources/"]


def test_the_check_misses_a_datasource() -> None:
    rows = [{"datasource": name, "name": name, "units": "x"} for name in BY_NAME if name != "merit-nt"]
    document = body({"type": "datasources", "error": None, "data": rows})
    with (
        pytest.raises(WrongAnswerError, match="has no datasource merit-nt"),
        served(lambda _: document) as (source, _),
    ):
        source.check()


# The imitation


def asked(answer: Answer, path: str, **params: str) -> dict[str, Any]:
    received = Received("GET", path, {name: (value,) for name, value in params.items()}, {})
    document: dict[str, Any] = json.loads(answer(received).body)
    return document


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"until": "9"}, "Missing required request parameter 'from'"),
        ({"from": "9", "until": "9"}, "from (9) must be earlier than until (9)"),
        ({"from": "0", "until": "8640001"}, "Time range for a single query must be less than 100 days"),
        ({"from": "0", "until": "9", "datasource": "ucsd-nt"}, "invalid datasource ucsd-nt (must be one of"),
    ],
)
def test_the_imitation_refuses_as_the_server_does(params: dict[str, str], error: str) -> None:
    document = asked(ioda_answer([signal()]), "/signals/raw/country/BY", **params)
    assert document["data"] is None
    assert document["error"].startswith(error)


def test_the_imitation_serves_exactly_100_days_and_floors_the_start() -> None:
    document = asked(
        ioda_answer([signal()]),
        "/signals/raw/country/BY",
        **{"from": "299", "until": "8640299", "datasource": "bgp"},
    )
    ((one,),) = document["data"]
    assert (one["from"], one["until"], len(one["values"])) == (0, 8640300, 28801)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (
            sk.Signal(
                kind=KINDS["ooni.measurements"],
                entity=sk.Entity.parse("BY"),
                series=sk.TimeSeries(START, timedelta(hours=1), [1]),
            ),
            "is no kind that IODA has",
        ),
        (
            sk.Signal(
                kind=KINDS[BGP],
                entity=sk.Entity.parse("BY"),
                series=sk.TimeSeries(START, timedelta(hours=1), [1]),
            ),
            "is not IODA's 0:05:00",
        ),
        (
            sk.Signal(
                kind=KINDS[BGP],
                entity=sk.Entity.parse("BY"),
                series=sk.TimeSeries(START + timedelta(seconds=1), timedelta(minutes=5), [1]),
            ),
            "is off the grid",
        ),
    ],
)
def test_the_imitation_serves_only_what_ioda_could_have(sent: sk.Signal, words: str) -> None:
    with pytest.raises(InvalidValueError, match=words):
        ioda_answer([sent])


def test_an_argument_is_refused() -> None:
    with HttpClient() as http, pytest.raises(InvalidValueError, match="takes no argument"):
        IodaSource(SourceConfig("ioda", http, argument="x"))
