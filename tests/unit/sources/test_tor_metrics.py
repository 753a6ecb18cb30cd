"""Tor Metrics over real HTTP, against an imitation of the server and against files made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.errors import InvalidValueError, NotServedError, UnreachableError, WrongAnswerError
from shutdownkit.model.kinds import Aspect, Direction, Statistic
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.reading.source import Checkable, Source, SourceConfig, SourceResult
from shutdownkit.sources.tor_metrics import TorMetricsSource
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.tor_metrics import tor_metrics_answer

from ..judging.builders import world

Answer = Callable[[Received], Reply]
RELAY, BRIDGE = TorMetricsSource.info.kinds
START = datetime(2020, 8, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAN = float("nan")


def signal(
    values: Sequence[float],
    kind: sk.SignalKind = RELAY,
    *,
    start: datetime = START,
    entity: str = "BY",
) -> sk.Signal:
    return sk.Signal(kind, sk.Entity.parse(entity), sk.TimeSeries(start, DAY, values))


def query(
    days: float = 3, *, start: datetime = START, kinds: Sequence[sk.SignalKind] | None = (RELAY,)
) -> sk.Query:
    window = sk.TimeWindow(start, start + days * DAY)
    return sk.Query("BY", window, kinds=kinds, history=timedelta(0))


@contextmanager
def served(answer: Answer) -> Iterator[tuple[TorMetricsSource, LoopbackServer]]:
    http = HttpClient(HttpSettings(attempts=1), quotas=Quotas())
    with LoopbackServer(answer) as server, http:
        yield TorMetricsSource(SourceConfig("tor-metrics", http, server.url)), server


def fetched(answer: Answer, what: sk.Query) -> SourceResult:
    with served(answer) as (source, _):
        return source.fetch(what)


def made(text: str, what: sk.Query | None = None) -> SourceResult:
    reply = Reply(text.encode(), headers={"Content-Type": "text/csv"})
    return fetched(lambda _: reply, what or query())


def values(result: SourceResult, kind: sk.SignalKind = RELAY) -> dict[datetime, float]:
    """What was measured, by day."""
    found = [one.series for one in result.signals if one.kind == kind]
    return {
        series.start + index * DAY: value
        for series in found
        for index, value in enumerate(series.values.tolist())
        if not np.isnan(value)
    }


HEAD = "# The Tor Project\n#\ndate,country,users,lower,upper,frac\n"
USERS = st.sampled_from([NAN, NAN, 0.0, 0.0, 17.0, 99999.0, 100000.0, 1200000.0, 8123.0])


@st.composite
def truths(draw: st.DrawFn) -> tuple[sk.Signal, ...]:
    """One or both kinds of one or two countries, each over a time of its own, with gaps and zeros."""
    found = []
    for country in draw(st.sampled_from([("BY",), ("BY", "RU"), ("RU", "BY")])):
        for kind in draw(st.sampled_from([(RELAY,), (BRIDGE,), (RELAY, BRIDGE)])):
            users = draw(st.lists(USERS, min_size=1, max_size=12))
            start = START + draw(st.integers(0, 8)) * DAY
            found.append(signal(users, kind, start=start, entity=country))
    return tuple(found)


def published(truth: Sequence[sk.Signal], kind: sk.SignalKind) -> dict[datetime, float]:
    return {
        one.series.start + index * DAY: value
        for one in truth
        if one.kind == kind and str(one.entity) == "BY"
        for index, value in enumerate(one.series.values.tolist())
        if not np.isnan(value)
    }


@settings(max_examples=60)
@given(truths(), st.integers(-3, 16), st.integers(1, 16), st.integers(0, 23))
def test_what_is_published_comes_back(truth: tuple[sk.Signal, ...], first: int, days: int, hour: int) -> None:
    what = query(days, start=START + first * DAY + hour * HOUR, kinds=None)
    result = fetched(tor_metrics_answer(truth), what)
    begin = START + first * DAY
    asked = sk.TimeWindow(begin, begin + (days + (hour > 0)) * DAY)
    for kind in (RELAY, BRIDGE):
        real = {day: users for day, users in published(truth, kind).items() if day in asked}
        assert values(result, kind) == real
    assert {one.window for one in result.coverage} == {asked}
    assert result.notices == ()


@settings(max_examples=30)
@given(
    st.lists(USERS, min_size=8, max_size=8),
    st.lists(st.none() | st.integers(0, 160), min_size=8, max_size=8),
)
def test_an_estimate_that_rests_on_few_relays_is_none(users: list[float], shares: list[int | None]) -> None:
    fractions = {(START + index * DAY).date(): share for index, share in enumerate(shares)}
    result = fetched(tor_metrics_answer([signal(users)], fractions), query(8))
    taken = {
        START + index * DAY: count
        for index, (count, share) in enumerate(zip(users, shares, strict=True))
        if not np.isnan(count) and share is not None and 10 <= share <= 110
    }
    assert values(result) == taken
    told = published([signal(users)], RELAY)
    poor = [share is None or share < 50 or share > 110 for share in shares]
    if any(poor[(day - START) // DAY] for day in told):
        (notice,) = result.notices
        assert notice.startswith("tor.relay-users: on ")


@pytest.mark.parametrize(
    ("row", "users", "poor"),
    [
        ("2020-08-08,by,10,,,9", None, True),
        ("2020-08-08,by,10,,,10", 10.0, True),
        ("2020-08-08,by,10,,,49", 10.0, True),
        ("2020-08-08,by,10,,,50", 10.0, False),
        ("2020-08-08,by,0,,,92", 0.0, False),
        ("2020-08-08,by,10,,,110", 10.0, False),
        ("2020-08-08,by,10,,,111", None, True),
        ("2020-08-08,by,10,,,", None, True),
        ("2020-08-08,by,,5,15,92", None, False),
        ("2020-08-08,by,1e+05,,,92", 100000.0, False),
        ("2020-08-08,by,10.5,,,92.5", 10.5, False),
    ],
)
def test_known_rows(row: str, users: float | None, poor: bool) -> None:
    result = made(f"{HEAD}{row}\n")
    assert values(result) == ({} if users is None else {START: users})
    assert bool(result.notices) is poor
    if users is not None:
        np.testing.assert_array_equal(result.signals[0].series.values, [users, NAN, NAN])


def test_columns_are_found_by_name_and_others_do_no_harm() -> None:
    text = '#\n#\r\nfrac,new,users,country,date\r\n92,"a,b",7,by,2020-08-09\r\n'
    assert values(made(text)) == {START + DAY: 7.0}


def test_only_a_header_is_nothing_measured_and_no_error() -> None:
    result = made(HEAD)
    assert (result.signals, result.failures, result.notices) == ((), (), ())
    assert [one.window for one in result.coverage] == [query().window]


ROW = "2020-08-08,by,10,,,92"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{HEAD}{ROW}", "cut off after '2020-08-08,by,10,,,92'"),
        (f"{HEAD}{ROW}\n2020-08-09,by,1", "cut off after"),
        (f"{HEAD}{ROW}\n2020-08-09,by,1\n", "is no row of"),
        (f"{HEAD}{ROW}\n2020-08-09\n", "is no row of"),
        (f"{HEAD}{ROW},7\n", "is no row of"),
        (f"{HEAD}{ROW}\n\n", "is no row of"),
        (f"{HEAD}{ROW}\n{ROW}\n", "there twice"),
        (f"{HEAD}2020-08-08,by,,,,92\n{ROW}\n", "there twice"),
        (f"{HEAD}2020-08-08,ru,10,,,92\n", "was not asked for"),
        (f"{HEAD}2020-08-08,BY,10,,,92\n", "was not asked for"),
        (f"{HEAD}2020-08-08,,10,,,92\n", "was not asked for"),
        (f"{HEAD}2020-08-08,??,10,,,92\n", "was not asked for"),
        (f"{HEAD}2020-08-07,by,10,,,92\n", "was not asked for"),
        (f"{HEAD}2020-08-11,by,10,,,92\n", "was not asked for"),
        (f"{HEAD}2020-8-8,by,10,,,92\n", "was not asked for"),
        (f"{HEAD}2020-08-08,by,many,,,92\n", "is no row of"),
        (f"{HEAD}2020-08-08,by,-3,,,92\n", "is no row of"),
        (f"{HEAD}2020-08-08,by,nan,,,92\n", "is no row of"),
        (f"{HEAD}2020-08-08,by,inf,,,92\n", "is no row of"),
        (f"{HEAD}2020-08-08,by,1_0,,,92\n", "is no row of"),
        (f"{HEAD}2020-08-08,by,{'9' * 400},,,92\n", "is no row of"),
        (f"{HEAD}2020-08-08,by,10,,,9x\n", "is no row of"),
        ("#\ndate,country,users\n2020-08-08,by,10\n", "no columns date, country, users, frac"),
        ("#\ndate,country,users,frac,frac\n2020-08-08,by,10,9,9\n", "no columns"),
        ("date;country;users;frac\n", "no columns"),
        ("No data available for the given parameters.", "no columns .*No data available for the given"),
        ("# The Tor Project\n#", "no CSV"),
        ("# The Tor Project\n#\n", "no columns"),
        (f'{HEAD}2020-08-08,by,10,"a,,92\n', "no CSV"),
        ("<html>sorry</html>", "HTML where text belongs"),
        ("", "an empty body where text belongs"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, problem: str) -> None:
    with pytest.raises(WrongAnswerError, match=problem):
        made(text)


def test_it_asks_for_whole_days_in_lower_case() -> None:
    with served(tor_metrics_answer([signal([5.0] * 9)])) as (source, server):
        result = source.fetch(query(1.5, start=START + 5 * HOUR, kinds=None))
        asked = {one.path: {name: value for name, (value,) in one.query.items()} for one in server.received}
        assert {one.headers["accept"] for one in server.received} == {"text/csv, text/plain;q=0.9"}
    params = {"start": "2020-08-08", "end": "2020-08-09", "country": "by", "events": "off"}
    assert asked == {"/userstats-relay-country.csv": params, "/userstats-bridge-country.csv": params}
    (one,) = result.signals
    assert one.series == sk.TimeSeries(START, DAY, [5.0, 5.0])
    assert (one.provenance.source, one.provenance.licence) == ("tor-metrics", "CC0 1.0")
    assert "/userstats-relay-country.csv?start=2020-08-08" in (one.provenance.url or "")


@pytest.mark.parametrize(("failing", "left"), [("relay", BRIDGE), ("bridge", RELAY)])
def test_one_file_that_fails_does_not_lose_the_other(failing: str, left: sk.SignalKind) -> None:
    good = tor_metrics_answer([signal([5.0] * 9, kind) for kind in (RELAY, BRIDGE)])
    result = fetched(lambda one: Reply(b"<html>") if failing in one.path else good(one), query(kinds=None))
    assert [one.kind for one in result.signals] == [left]
    assert [one.kind for one in result.coverage] == [left]
    (failure,) = result.failures
    assert "HTML where text belongs" in failure.problem
    assert f"userstats-{failing}-country.csv" in (failure.where or "")


def test_where_nothing_comes_the_failure_is_raised() -> None:
    with pytest.raises(WrongAnswerError, match="HTML where text belongs"):
        fetched(lambda _: Reply(b"<html>"), query(kinds=None))
    with served(lambda _: Reply(b"", 503)) as (source, server):
        with pytest.raises(UnreachableError):
            source.fetch(query(kinds=None))
        assert len(server.received) == 1


def test_a_day_that_is_not_over_is_missing() -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    truth = [signal([5.0] * 9, start=today - 4 * DAY)]
    result = fetched(tor_metrics_answer(truth), query(8, start=today - 4 * DAY))
    assert 4 <= len(values(result)) <= 5
    assert max(values(result)) + DAY <= datetime.now(UTC)
    (covered,) = result.coverage
    assert covered.window.end <= datetime.now(UTC)


def test_what_lies_ahead_is_not_answered() -> None:
    result = fetched(tor_metrics_answer([]), query(start=datetime(2999, 1, 1, tzinfo=UTC)))
    assert (result.signals, result.coverage) == ((), ())


@pytest.mark.parametrize(
    ("start", "told"),
    [("2025-08-20", False), ("2025-08-31", True), ("2026-06-30", True), ("2026-07-01", False)],
)
def test_the_year_in_which_tor_miscounted_is_told(start: str, told: bool) -> None:
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    result = fetched(tor_metrics_answer([]), query(start=begin))
    assert any("ten times too many" in one for one in result.notices) is told


def test_what_is_not_served_is_not_asked() -> None:
    with served(tor_metrics_answer([])) as (source, server):
        for entity in ("AS6697", "US/LA"):
            with pytest.raises(NotServedError, match="it serves: country"):
                source.fetch(sk.Query(entity, query().window))
        assert server.received == []


def test_it_is_a_source_that_can_be_checked() -> None:
    there = signal([5.0] * 3, start=datetime(2024, 6, 1, tzinfo=UTC), entity="US")
    with served(tor_metrics_answer([there])) as (source, server):
        assert isinstance(source, Source)
        assert isinstance(source, Checkable)
        source.check()
        assert len(server.received) == 1
    with (
        served(tor_metrics_answer([])) as (source, _),
        pytest.raises(WrongAnswerError, match="has no users of the United States"),
    ):
        source.check()
    with pytest.raises(InvalidValueError, match="takes no argument"):
        TorMetricsSource(SourceConfig("tor-metrics", HttpClient(), argument="x"))


def test_the_kinds_can_make_no_outage() -> None:
    assert [kind.name for kind in (RELAY, BRIDGE)] == ["tor.relay-users", "tor.bridge-users"]
    for kind in (RELAY, BRIDGE):
        assert (kind.plane, kind.aspect) == (sk.Plane.TRAFFIC, Aspect.QUALITY)
        assert (kind.bad, kind.statistic) == (Direction.DOWN, Statistic.LEVEL)
        assert kind.name not in sk.KINDS


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"start": "2020-08-08", "end": "2020-08-07", "country": "by"}, 400),
        ({"start": "8 August", "end": "2020-08-09", "country": "by"}, 400),
        ({"end": "2020-08-09", "country": "by"}, 400),
        ({"start": "2020-08-08", "end": "2020-08-09", "country": "BY"}, 400),
        ({"start": "2020-08-08", "end": "2020-08-09", "country": "by"}, 200),
    ],
)
def test_the_imitation_refuses_what_the_server_refuses(params: Mapping[str, str], status: int) -> None:
    asked = {name: (value,) for name, value in params.items()}
    answer = tor_metrics_answer([signal([5.0])])
    assert answer(Received("GET", "/userstats-relay-country.csv", asked, {})).status == status
    assert answer(Received("GET", "/userstats-other.csv", asked, {})).status == 404


def test_the_imitation_has_the_world_and_those_not_known() -> None:
    answer = tor_metrics_answer([signal([100000.0, NAN]), signal([8.0, 9.0], entity="RU")])

    def rows(**more: str) -> list[str]:
        asked = {"start": ("2020-08-08",), "end": ("2020-08-09",)} | {k: (v,) for k, v in more.items()}
        body = answer(Received("GET", "/userstats-relay-country.csv", asked, {})).body.decode()
        return [line for line in body.splitlines()[6:] if line.startswith("2020-08-0")]

    assert rows(country="by") == ["2020-08-08,by,1e+05,,,92"]
    assert rows(country="all") == ["2020-08-08,,100008,,,92", "2020-08-09,,9,,,92"]
    assert [row.split(",")[1] for row in rows()] == ["", "??", "by", "ru", "", "??", "ru"]


@pytest.mark.parametrize(
    "bad",
    [
        signal([5.0], sk.KINDS["traffic.search"]),
        sk.Signal(RELAY, sk.Entity.parse("AS6697"), sk.TimeSeries(START, DAY, [5.0])),
        sk.Signal(RELAY, sk.Entity.parse("BY"), sk.TimeSeries(START, HOUR, [5.0])),
        signal([5.0], start=START + HOUR),
    ],
)
def test_the_imitation_takes_only_what_could_be(bad: sk.Signal) -> None:
    with pytest.raises(InvalidValueError, match=r"signals\[1\]"):
        tor_metrics_answer([signal([5.0]), bad], {date(2020, 8, 8): 5})


@st.composite
def falls(draw: st.DrawFn) -> list[sk.Signal]:
    """Users of Tor over 40 days, of which some fall by most or all."""
    found = []
    first, days = draw(st.integers(28, 36)), draw(st.integers(1, 4))
    for kind in draw(st.sampled_from([(RELAY,), (BRIDGE,), (RELAY, BRIDGE)])):
        rng = np.random.default_rng(draw(st.integers(0, 2**16)))
        users = np.round(rng.normal(5000, 200, 40))
        users[first : first + days] = np.round(users[first : first + days] * draw(st.floats(0, 0.4)))
        found.append(signal(users.tolist(), kind))
    return found


@settings(max_examples=40)
@given(falls(), st.booleans())
def test_a_fall_of_tor_is_never_an_outage_and_never_deliberate(tor: list[sk.Signal], measured: bool) -> None:
    held: dict[str, list[tuple[datetime, datetime, float]]] = {
        "bgp.visible-slash24s": [],
        "probing.up-slash24s": [],
    }
    report = sk.classify([*tor, *(world(held, start=START, days=40) if measured else ())])
    assert report.condition not in {sk.Condition.OUTAGE, sk.Condition.BLOCKING}
    for one in report.episodes:
        assert one.verdict.condition is sk.Condition.DEGRADED
        assert one.verdict.p_deliberate < 0.2
        assert one.verdict.intent is sk.Intent.UNDETERMINED


def of_connectivity(report: sk.Report) -> list[tuple[object, ...]]:
    """The verdicts on outages."""
    return [
        (one.episode.window, one.verdict.mechanism, one.verdict.probabilities, one.verdict.intent)
        for one in report.episodes
        if one.verdict.condition is sk.Condition.OUTAGE
    ]


@settings(max_examples=25)
@given(falls(), st.integers(28 * 24, 37 * 24), st.integers(2, 60), st.sampled_from([1.0, 0.8]))
def test_a_cut_is_as_deliberate_with_them_as_without(
    tor: list[sk.Signal], begin: int, hours: int, lost: float
) -> None:
    window = (START + begin * HOUR, START + (begin + hours) * HOUR, lost)
    cut = world({"bgp.visible-slash24s": [window], "probing.up-slash24s": [window]}, start=START, days=40)
    before = of_connectivity(sk.classify(cut))
    assert before
    assert of_connectivity(sk.classify([*cut, *tor])) == before
