"""The requests for a query: they cover its span exactly, and depend on nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.errors import NotServedError
from shutdownkit.reading.query import Query
from shutdownkit.sources.ioda.datasources import BY_NAME, DATASOURCES, provider_code, wanted
from shutdownkit.sources.ioda.plan import chunks, epoch_seconds, from_epoch, gridded, plan

BASE = "http://127.0.0.1:9/v2"
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEPS = st.sampled_from(sorted({one.step for one in DATASOURCES}))
INSTANTS = st.datetimes(datetime(1970, 3, 1), datetime(2037, 12, 31), timezones=st.just(UTC))


@st.composite
def spans(draw: st.DrawFn) -> sk.TimeWindow:
    """Windows of a microsecond to two years, their edges anywhere."""
    start = draw(INSTANTS)
    length = draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=730)))
    return sk.TimeWindow(start, min(start + length, datetime(2038, 1, 1, tzinfo=UTC)))


@given(spans(), STEPS)
def test_the_chunks_partition_the_bins_that_the_span_touches(span: sk.TimeWindow, step: timedelta) -> None:
    parts = chunks(span, step)
    assert span.start - step < parts[0].start <= span.start
    assert span.end <= parts[-1].end < span.end + step
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert all(timedelta(0) < part.duration <= timedelta(days=90) for part in parts)


@given(spans(), STEPS)
def test_every_edge_lies_on_a_step_and_every_inner_edge_on_a_midnight(
    span: sk.TimeWindow, step: timedelta
) -> None:
    parts = chunks(span, step)
    for part in parts:
        assert not (part.start - EPOCH) % step
        assert not (part.end - EPOCH) % step
    for part in parts[1:]:
        assert not (part.start - EPOCH) % DAY


@given(spans(), STEPS)
def test_no_chunk_is_short_for_nothing(span: sk.TimeWindow, step: timedelta) -> None:
    assert len(chunks(span, step)) <= (span.duration + 2 * DAY) / timedelta(days=89) + 1


@given(spans(), st.sampled_from(["BY", "AS6697", "IR/1234"]))
def test_each_request_asks_for_its_chunk_in_seconds_and_for_one_datasource(
    window: sk.TimeWindow, entity: str
) -> None:
    query = Query(entity=entity, window=window)
    asks = plan(query, BASE, provider_code(query.entity))
    for ask in asks:
        params = dict(ask.request.params)
        assert set(params) == {"from", "until", "datasource"}
        assert from_epoch(int(params["from"])) == ask.window.start
        assert from_epoch(int(params["until"])) == ask.window.end
        assert int(params["until"]) < 2**31
        assert params["datasource"] == ask.datasource.name
        assert ask.request.until == ask.window.end
    for datasource in {ask.datasource for ask in asks}:
        own = tuple(ask.window for ask in asks if ask.datasource == datasource)
        assert own == chunks(query.span, datasource.step)
    assert [ask.datasource for ask in asks[: len(wanted(query))]] == list(wanted(query))


@given(spans())
def test_the_same_query_asks_the_same(window: sk.TimeWindow) -> None:
    first, second = (plan(Query(entity="BY", window=window), BASE, "BY") for _ in range(2))
    assert [ask.request.address for ask in first] == [ask.request.address for ask in second]


@given(INSTANTS)
def test_epoch_seconds_are_floored_and_lead_back(time: datetime) -> None:
    assert from_epoch(epoch_seconds(time)) == time.replace(microsecond=0)


def test_known_requests_for_a_network() -> None:
    query = Query(
        entity="AS6697",
        window=sk.TimeWindow("2020-08-09T00:02:00Z", "2020-08-10T00:03:00Z"),
        kinds=["bgp.visible-slash24s"],
        history=timedelta(0),
    )
    (ask,) = plan(query, BASE, "6697")
    assert ask.request.address == (
        f"{BASE}/signals/raw/asn/6697?from=1596931200&until=1597017900&datasource=bgp"
    )
    assert ask.request.settles == timedelta(days=2)
    assert ask.request.pace == timedelta(seconds=0.5)


def test_no_bound_of_a_datasource_is_wider_than_that_of_its_kind() -> None:
    for one in DATASOURCES:
        assert one.kind.minimum == 0
        assert one.kind.maximum in {None, one.most}


def test_the_datasources_are_those_of_the_table_and_search_is_of_countries_only() -> None:
    table = {(one.name, one.kind.name, int(one.step.total_seconds())) for one in DATASOURCES}
    assert table == {
        ("bgp", "bgp.visible-slash24s", 300),
        ("ping-slash24", "probing.up-slash24s", 600),
        ("merit-nt", "telescope.unique-sources", 300),
        ("gtr", "traffic.search", 1800),
        ("ping-slash24-loss", "probing.loss", 600),
        ("ping-slash24-latency", "probing.latency", 600),
    }
    window = sk.TimeWindow("2024-01-01", "2024-01-02")
    asked = {
        entity: [ask.datasource.name for ask in plan(Query(entity=entity, window=window), BASE, "1")]
        for entity in ("BY", "AS6697", "IR/1")
    }
    assert asked["BY"] == list(BY_NAME)
    assert asked["AS6697"] == asked["IR/1"] == [name for name in BY_NAME if name != "gtr"]


def test_a_code_is_quoted_into_the_path() -> None:
    query = Query(entity="IR/Tehran", window=sk.TimeWindow("2024-01-01", "2024-01-02"))
    assert "/signals/raw/region/a%2Fb%3F?" in plan(query, BASE, "a/b?")[0].request.address


@pytest.mark.parametrize(
    ("start", "end"),
    [("1969-12-31T23:59:59Z", "1970-01-02T00:00:00Z"), ("2038-01-18T00:00:00Z", "2038-01-19T03:14:08Z")],
)
def test_times_that_the_servers_seconds_cannot_name_are_not_served(start: str, end: str) -> None:
    with pytest.raises(NotServedError, match="from 1970 to January 2038"):
        gridded(sk.TimeWindow(start, end), timedelta(minutes=5))
