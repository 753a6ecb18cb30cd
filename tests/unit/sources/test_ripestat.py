"""RIPEstat over real HTTP, against an imitation of the server and against documents made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.errors import (
    InvalidValueError,
    NotServedError,
    ProviderError,
    RefusedError,
    UnreachableError,
    WrongAnswerError,
)
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.reading.source import Checkable, Source, SourceConfig, SourceResult
from shutdownkit.sources.ripestat import RipestatSource
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.ripestat import ripestat_answer

from ..judging.builders import world

Answer = Callable[[Received], Reply]
V4, V6 = "bgp.v4-prefixes", "bgp.v6-prefixes"
START = datetime(2020, 8, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAN = float("nan")


def signal(kind: str, values: Sequence[float], *, start: datetime = START, entity: str = "BY") -> sk.Signal:
    return sk.Signal(sk.KINDS[kind], sk.Entity.parse(entity), sk.TimeSeries(start, HOUR, values))


def query(
    hours: float = 4,
    *,
    start: datetime = START,
    history: timedelta = timedelta(0),
    kinds: Sequence[str] | None = None,
) -> sk.Query:
    window = sk.TimeWindow(start, start + hours * HOUR)
    return sk.Query("BY", window, kinds=kinds, history=history)


@contextmanager
def served(answer: Answer) -> Iterator[tuple[RipestatSource, LoopbackServer]]:
    http = HttpClient(HttpSettings(attempts=1), quotas=Quotas())
    with LoopbackServer(answer) as server, http:
        yield RipestatSource(SourceConfig("ripestat", http, server.url)), server


def fetched(answer: Answer, what: sk.Query) -> SourceResult:
    with served(answer) as (source, _):
        return source.fetch(what)


def values(result: SourceResult, kind: str) -> dict[datetime, float]:
    """What was measured, by hour."""
    found = [one.series for one in result.signals if one.kind.name == kind]
    return {
        series.start + index * HOUR: value
        for series in found
        for index, value in enumerate(series.values.tolist())
        if not np.isnan(value)
    }


def entry(periods: Sequence[tuple[str, str]], **fields: object) -> dict[str, object]:
    timeline = [{"starttime": f"2020-08-08T{a}:00", "endtime": f"2020-08-08T{b}:00"} for a, b in periods]
    return {"timeline": timeline, "asns_stats": 100, "v4_prefixes_stats": -1, **fields}


def document(stats: object, **fields: object) -> dict[str, Any]:
    data = {
        "resource": "BY",
        "resolution": "1h",
        "query_starttime": "2020-08-08T00:00:00",
        "query_endtime": "2020-08-08T04:00:00",
        "latest_time": "2020-09-01T00:00:00",
        "stats": stats,
        **fields,
    }
    return {"status": "ok", "messages": [], "data": data}


def always(answered: object, status: int = 200) -> Answer:
    return lambda _: Reply(json.dumps(answered).encode(), status)


def made(stats: object, **fields: object) -> SourceResult:
    return fetched(always(document(stats, **fields)), query())


COUNTS = st.sampled_from([NAN, NAN, 0.0, 0.0, 5.0, 5.0, 9599.5])


@st.composite
def truths(draw: st.DrawFn) -> tuple[sk.Signal, ...]:
    """Both kinds of one or two countries, each over a time of its own, with gaps, zeros and runs."""
    found = []
    for country in draw(st.sampled_from([("BY",), ("BY", "RU"), ("RU", "BY")])):
        for kind in draw(st.sampled_from([(V4,), (V6,), (V4, V6)])):
            start = START + draw(st.integers(0, 30)) * HOUR
            counts = draw(st.lists(COUNTS, min_size=1, max_size=40))
            found.append(signal(kind, counts, start=start, entity=country))
    return tuple(found)


def same(result: SourceResult, truth: Sequence[sk.Signal], what: sk.Query) -> None:
    for kind in (V4, V6):
        real = {
            one.series.start + index * HOUR: value
            for one in truth
            if one.kind.name == kind and str(one.entity) == "BY"
            for index, value in enumerate(one.series.values.tolist())
            if not np.isnan(value)
        }
        seen = values(result, kind)
        inside = sk.TimeWindow(what.span.start - HOUR, what.span.end)
        assert {time: real.get(time) for time in seen} == seen  # nothing that was not published
        wanted = {time: value for time, value in real.items() if time in inside and time >= what.span.start}
        assert wanted.items() <= seen.items()  # and nothing of it lost


@settings(max_examples=60)
@given(truths(), st.integers(-10, 60), st.integers(1, 60), st.integers(0, 59))
def test_what_is_published_comes_back(
    truth: tuple[sk.Signal, ...], first: int, hours: int, minute: int
) -> None:
    what = query(hours, start=START + first * HOUR + timedelta(minutes=minute))
    same(fetched(ripestat_answer(truth), what), truth, what)


def test_a_long_span_is_asked_four_weeks_at_a_time() -> None:
    counts = np.arange(70 * 24, dtype=float) // 3 + 1
    truth = [signal(V4, counts.tolist(), start=START - 40 * DAY), signal(V6, [0.0] * 100)]
    what = query(30 * 24, history=30 * DAY)
    with served(ripestat_answer(truth)) as (source, server):
        result = source.fetch(what)
        asked = [(one.one("starttime"), one.one("endtime")) for one in server.received]
    same(result, truth, what)
    assert asked == [
        ("2020-07-09T00:00:00Z", "2020-08-06T00:00:00Z"),
        ("2020-08-06T00:00:00Z", "2020-09-03T00:00:00Z"),
        ("2020-09-03T00:00:00Z", "2020-09-07T00:00:00Z"),
    ]
    assert {one.one("resolution") for one in server.received} == {"1h"}
    assert {len(one.series) for one in result.signals} == {60 * 24}
    covered = [one.window.duration for one in result.coverage if one.kind.name == V4]
    assert sum(covered, timedelta(0)) == 60 * DAY


def test_odd_minutes_ask_whole_hours_without_fractions() -> None:
    with served(ripestat_answer([signal(V4, [5.0] * 30)])) as (source, server):
        result = source.fetch(query(2.5, start=START + timedelta(minutes=20, microseconds=7)))
        (one,) = server.received
    assert (one.one("starttime"), one.one("endtime")) == ("2020-08-08T00:00:00Z", "2020-08-08T03:00:00Z")
    assert result.signals[0].series == sk.TimeSeries(START, HOUR, [5.0] * 3)


def test_a_country_that_is_not_known_has_no_zeros() -> None:
    result = fetched(ripestat_answer([signal(V4, [5.0] * 9, entity="RU")]), query())
    assert (result.signals, result.failures) == ((), ())
    assert result.notices == (f"RIPEstat has no {V4} of BY.", f"RIPEstat has no {V6} of BY.")
    assert {one.window for one in result.coverage} == {query().window}


def test_zeros_are_measured_where_something_else_is_not_zero() -> None:
    gone = {"v4_prefixes_ris": 0, "v6_prefixes_ris": 0}
    result = made([entry([("00:00", "01:00")], **gone), entry([("02:00", "02:00")], **gone, asns_stats=0)])
    assert set(values(result, V4).items()) == {(START, 0.0), (START + HOUR, 0.0)}
    result = made([entry([("00:00", "00:00")], v4_prefixes_ris=3, v6_prefixes_ris=0, asns_stats=-1)])
    assert (values(result, V4), values(result, V6)) == ({START: 3.0}, {START: 0.0})


@pytest.mark.parametrize("unknown", [{"v6_prefixes_ris": None}, {"v6_prefixes_ris": -1}, {}])
def test_null_and_minus_one_and_nothing_are_missing(unknown: Mapping[str, object]) -> None:
    result = made([entry([("00:00", "03:00")], v4_prefixes_ris=8, **unknown)])
    assert values(result, V6) == {}
    assert [one.kind.name for one in result.signals] == [V4]
    assert list(values(result, V4).values()) == [8.0] * 4


def test_periods_are_expanded_to_the_start_of_their_last_hour() -> None:
    result = made(
        [
            entry([("00:00", "00:00"), ("02:00", "02:00")], v4_prefixes_ris=7, v6_prefixes_ris=1),
            entry([("03:00", "04:00")], v4_prefixes_ris=9, v6_prefixes_ris=1),
        ]
    )
    (v4, v6) = (one.series.values for one in result.signals)
    np.testing.assert_array_equal(v4, [7, NAN, 7, 9])
    np.testing.assert_array_equal(v6, [1, NAN, 1, 1])


@pytest.mark.parametrize(
    ("stats", "problem"),
    [
        ([entry([("00:00", "02:00")]), entry([("02:00", "03:00")])], "tells one again"),
        ([entry([("00:00", "02:00"), ("01:00", "01:00")])], "tells one again"),
        ([entry([("02:00", "01:00")])], "no period of whole hours"),
        ([entry([("00:30", "01:00")])], "no period of whole hours"),
        ([entry([("00:00", "01:30")])], "no period of whole hours"),
        ([entry([("00:00", "xx:00")])], "is no time"),
        ([{"v4_prefixes_ris": 3}], "has no 'timeline'"),
        ([{"timeline": {"starttime": "2020-08-08T00:00:00"}}], "is not a list"),
        ([{"timeline": [{"starttime": "2020-08-08T00:00:00"}]}], "has no 'endtime'"),
        ([entry([("00:00", "01:00")], v4_prefixes_ris="8")], "is not a number"),
        ([entry([("00:00", "01:00")], v4_prefixes_ris=-2)], "is under -1"),
        ([entry([("00:00", "01:00")], v4_prefixes_ris=True)], "is not a number"),
        ({"timeline": []}, "is not a list"),
        (["x"], "is not an object"),
    ],
)
def test_what_contradicts_itself_is_refused(stats: object, problem: str) -> None:
    with pytest.raises(WrongAnswerError, match=problem):
        made(stats)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"resource": "RU"}, "data.resource: 'RU' is not the BY that was asked for"),
        ({"resolution": "1d"}, "data.resolution: '1d' is not the 1h that was asked for"),
        ({"resource": 7}, "data.resource: 7 is not text"),
        ({"latest_time": None}, "data.latest_time: null is not text"),
        ({"query_starttime": "soon"}, "data.query_starttime: 'soon' is no time"),
    ],
)
def test_an_answer_to_another_question_is_refused(fields: Mapping[str, Any], problem: str) -> None:
    with pytest.raises(WrongAnswerError, match=problem):
        made([], **fields)


def test_a_lower_case_country_is_the_same() -> None:
    result = made([entry([("00:00", "00:00")], v4_prefixes_ris=3)], resource="by")
    assert values(result, V4) == {START: 3.0}


@pytest.mark.parametrize(
    ("fields", "hours"),
    [
        ({"query_starttime": "2020-08-08T02:00:00"}, (2, 4)),
        ({"query_starttime": "2020-08-08T01:20:00"}, (2, 4)),
        ({"query_starttime": "2020-08-08T03:00:00+02:00"}, (1, 4)),
        ({"query_endtime": "2020-08-08T01:00:00"}, (0, 2)),
        ({"latest_time": "2020-08-08T03:00:00"}, (0, 3)),
        ({"latest_time": "2020-08-08T02:59:00"}, (0, 2)),
        ({"query_endtime": "2020-08-07T00:00:00"}, (0, 0)),
        ({"query_starttime": "2020-08-09T00:00:00"}, (4, 4)),
    ],
)
def test_what_the_answer_is_not_about_is_missing(fields: Mapping[str, Any], hours: tuple[int, int]) -> None:
    result = made([entry([("00:00", "04:00")], v4_prefixes_ris=6, v6_prefixes_ris=2)], **fields)
    first, end = hours
    assert values(result, V4) == {START + hour * HOUR: 6.0 for hour in range(first, end)}
    windows = {one.window for one in result.coverage}
    assert windows == ({sk.TimeWindow(START + first * HOUR, START + end * HOUR)} if end > first else set())


def test_an_hour_that_is_not_over_is_missing() -> None:
    now = datetime.now(UTC)
    start = now.replace(minute=0, second=0, microsecond=0) - 3 * HOUR
    times = [f"{start + hour * HOUR:%Y-%m-%dT%H:%M:%S}" for hour in range(8)]
    stats = [{"timeline": [{"starttime": times[0], "endtime": times[7]}], "v4_prefixes_ris": 4}]
    told = document(
        stats, query_starttime=times[0], query_endtime=times[7], latest_time="2999-01-01T00:00:00"
    )
    result = fetched(always(told), query(8, start=start))
    seen = list(values(result, V4))
    assert 3 <= len(seen) <= 4
    assert max(seen) + HOUR <= datetime.now(UTC)


@pytest.mark.parametrize("status", ["error", "maintenance"])
def test_another_status_is_an_error_in_its_words(status: str) -> None:
    told = {"status": status, "messages": [["error", "The <b>database</b> rests"]], "data": {}}
    with pytest.raises(RefusedError, match=f"says {status}: .*The database rests") as caught:
        fetched(always(told), query())
    assert caught.value.retry is (status == "maintenance")


def test_what_the_server_refuses_is_told() -> None:
    with pytest.raises(ProviderError, match="HTTP 400"):
        fetched(always({"status": "error", "messages": [["error", "no"]]}, 400), query())


def broken_once(answer: Answer, place: int, reply: Reply) -> Answer:
    """The answer, but for one request in order."""
    count = iter(range(100))
    return lambda received: reply if next(count) == place else answer(received)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_four_weeks_that_fail_are_missing_and_told(place: int) -> None:
    truth = [signal(V4, [5.0] * (60 * 24), start=START - 30 * DAY)]
    what = query(30 * 24, history=30 * DAY)
    result = fetched(broken_once(ripestat_answer(truth), place, Reply(b"<html>")), what)
    (failure,) = result.failures
    assert "HTML where JSON belongs" in failure.problem
    assert failure.where is not None
    assert "starttime=" in failure.where
    hours = [28 * 24, 28 * 24, 4 * 24]
    assert len(values(result, V4)) == 60 * 24 - hours[place]
    assert len([one for one in result.coverage if one.kind.name == V4]) == 2


def test_where_all_fail_the_failure_is_raised() -> None:
    with pytest.raises(WrongAnswerError, match="HTML where JSON belongs"):
        fetched(lambda _: Reply(b"<html>"), query(40 * 24))


def test_where_nobody_answers_nothing_more_is_asked() -> None:
    answer = ripestat_answer([signal(V4, [5.0] * (60 * 24), start=START - 30 * DAY)])
    with served(broken_once(answer, 1, Reply(b"", 503))) as (source, server):
        result = source.fetch(query(30 * 24, history=30 * DAY))
        assert len(server.received) == 2
    (failure,) = result.failures
    assert failure.problem.endswith("and all after it)")
    assert failure.retry
    assert len(values(result, V4)) == 28 * 24
    with served(lambda _: Reply(b"", 503)) as (source, server):
        with pytest.raises(UnreachableError):
            source.fetch(query(30 * 24, history=30 * DAY))
        assert len(server.received) == 1


def test_what_is_not_served_is_not_asked() -> None:
    with served(ripestat_answer([])) as (source, server):
        for entity in ("AS6697", "US/LA"):
            with pytest.raises(NotServedError, match="it serves: country"):
                source.fetch(sk.Query(entity, query().window))
        with pytest.raises(NotServedError, match=r"measures none of probing\.loss"):
            source.fetch(query(kinds=["probing.loss"]))
        with pytest.raises(NotServedError, match="has no data before 2004-01-01"):
            source.fetch(query(start=datetime(1999, 1, 1, tzinfo=UTC)))
        with pytest.raises(NotServedError, match="at most 364 days"):
            source.fetch(query(history=400 * DAY))
        assert server.received == []


def test_only_the_kinds_that_are_wanted_come() -> None:
    truth = [signal(V4, [5.0] * 9), signal(V6, [3.0] * 9)]
    result = fetched(ripestat_answer(truth), query(kinds=[V6]))
    assert [one.kind.name for one in result.signals] == [V6]
    assert [one.kind.name for one in result.coverage] == [V6]


def test_it_is_a_source_that_can_be_checked() -> None:
    past = datetime(2024, 5, 31, tzinfo=UTC)
    truth = signal(V4, [5.0] * 60, start=past, entity="NL"), signal(V6, [3.0] * 60, start=past, entity="NL")
    with served(ripestat_answer(truth)) as (source, _):
        assert isinstance(source, Source)
        assert isinstance(source, Checkable)
        source.check()
    with (
        served(ripestat_answer([])) as (source, _),
        pytest.raises(WrongAnswerError, match="counts no prefixes of the Netherlands"),
    ):
        source.check()
    with pytest.raises(InvalidValueError, match="takes no argument"):
        RipestatSource(SourceConfig("ripestat", HttpClient(), argument="x"))


def test_every_signal_says_where_it_is_from() -> None:
    with served(ripestat_answer([signal(V4, [5.0] * 9)])) as (source, server):
        (one,) = source.fetch(query()).signals
        address = f"{server.url}/data/country-resource-stats/data.json?resource=BY&starttime="
    assert one.provenance.source == "ripestat"
    assert "RIPEstat Service Terms" in one.provenance.licence
    assert (one.provenance.url or "").startswith(address)
    assert one.provenance.retrieved is not None


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"resource": "BYX"}, 400),
        ({"resource": "BY", "starttime": "2020-08-08T00:00:00.5", "endtime": "2020-08-09T00:00"}, 400),
        ({"resource": "BY", "starttime": "2020-08-08T00:00", "endtime": "2020-08-07T00:00"}, 400),
        ({"resource": "BY", "starttime": "2020-13-08T00:00", "endtime": "2020-08-07T00:00"}, 400),
        ({"resource": "BY", "resolution": "7m"}, 400),
        ({"resource": "by", "starttime": "2020-08-08T00:00", "endtime": "2020-08-09T00:00"}, 200),
    ],
)
def test_the_imitation_refuses_what_the_server_refuses(params: Mapping[str, str], status: int) -> None:
    asked = {name: (value,) for name, value in params.items()}
    answer = ripestat_answer([signal(V4, [5.0])])
    path = "/data/country-resource-stats/data.json"
    reply = answer(Received("GET", path, asked, {}))
    told = json.loads(reply.body)
    assert (reply.status, told["status"]) == (status, "ok" if status == 200 else "error")
    assert answer(Received("GET", "/data/other/data.json", asked, {})).status == 404


@pytest.mark.parametrize(
    "bad",
    [
        signal("bgp.visible-slash24s", [5.0]),
        sk.Signal(sk.KINDS[V4], sk.Entity.parse("AS6697"), sk.TimeSeries(START, HOUR, [5.0])),
        sk.Signal(sk.KINDS[V4], sk.Entity.parse("BY"), sk.TimeSeries(START, DAY, [5.0])),
        signal(V4, [5.0], start=START + timedelta(minutes=5)),
    ],
)
def test_the_imitation_takes_only_what_could_be(bad: sk.Signal) -> None:
    with pytest.raises(InvalidValueError, match=r"signals\[1\]"):
        ripestat_answer([signal(V4, [5.0]), bad])


def counted(kind: str, level: float, begin: int, end: int, lost: float, days: int) -> sk.Signal:
    """A count that is gone in part from one hour to another."""
    counts = np.full(days * 24, level)
    counts[begin:end] *= 1 - lost
    return signal(kind, counts.tolist())


@settings(max_examples=25)
@given(st.integers(9 * 24, 11 * 24), st.integers(3, 40), st.floats(0.55, 1.0), st.booleans())
def test_a_second_routing_signal_is_no_second_witness(
    begin: int, hours: int, lost: float, probed: bool
) -> None:
    """A cut from hour to hour is as deliberate with RIPEstat's counts as without them."""
    window = (START + begin * HOUR, START + (begin + hours) * HOUR, lost)
    losses = {"bgp.visible-slash24s": [window]} | ({"probing.up-slash24s": [window]} if probed else {})
    alone = world(losses, start=START, days=15)
    counts = [counted(kind, 4000.0, begin, begin + hours, lost, 15) for kind in (V4, V6)]
    for more in (counts[:1], counts):
        (before,) = sk.classify(alone).episodes
        (after,) = sk.classify([*alone, *more]).episodes
        assert after.verdict.condition is before.verdict.condition
        assert after.verdict.probabilities == before.verdict.probabilities
        assert after.verdict.intent is before.verdict.intent


def test_a_full_cut_is_an_outage_by_routes_withdrawn_with_them_too() -> None:
    begin, end = 240, 264
    window = (START + begin * HOUR, START + end * HOUR, 1.0)
    alone = world({"bgp.visible-slash24s": [window], "probing.up-slash24s": [window]}, start=START, days=15)
    report = sk.classify([*alone, *(counted(kind, 4000.0, begin, end, 1.0, 15) for kind in (V4, V6))])
    (one,) = report.episodes
    assert one.verdict.condition is sk.Condition.OUTAGE
    assert one.verdict.mechanism is sk.Mechanism.ROUTING_WITHDRAWAL
    assert one.verdict.probabilities == sk.classify(alone).episodes[0].verdict.probabilities
