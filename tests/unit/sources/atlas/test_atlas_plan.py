"""What is asked, from a query and ids alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.sources.atlas.plan import (
    asked,
    country_asks,
    earlier,
    event_asks,
    later,
    network_asks,
    probe_lists,
)

DAY = timedelta(days=1)
identifiers = st.sets(st.integers(1, 100_000), max_size=350)
spans = st.builds(
    lambda start, length: sk.TimeWindow(start, start + length),
    st.datetimes(datetime(2012, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=100)),
)


@given(identifiers, spans, st.randoms())
def test_the_questions_cover_each_probe_and_time_once_and_none_is_large(
    ids: set[int], span: sk.TimeWindow, random: Any
) -> None:
    window = asked(span)
    groups = event_asks(ids, window)
    assert sorted(number for asks in groups for number in asks[0].ids) == sorted(ids)
    for asks in groups:
        assert asks[0].start == window.start
        assert asks[-1].stop == window.end
        assert [ask.start for ask in asks[1:]] == [ask.stop for ask in asks[:-1]]
        for ask in asks:
            length = ask.stop - ask.start
            assert ask.ids == asks[0].ids == tuple(sorted(ask.ids))
            assert len(ask.ids) <= 100
            assert timedelta(0) < length <= 30 * DAY
            assert len(ask.ids) * length <= 3000 * DAY
            assert not length % DAY
    shuffled = sorted(ids)
    random.shuffle(shuffled)
    assert event_asks(shuffled, window) == groups


def test_many_probes_are_asked_about_in_hundreds_and_long_windows_in_thirties() -> None:
    window = sk.TimeWindow("2020-08-01", "2020-09-10")
    groups = event_asks(range(1, 251), window)
    assert [len(asks[0].ids) for asks in groups] == [100, 100, 50]
    assert [[(ask.stop - ask.start).days for ask in asks] for asks in groups] == [[30, 10]] * 3


@given(spans)
def test_the_days_asked_lie_around_the_span_and_the_further_ones_join(span: sk.TimeWindow) -> None:
    window, after, before = asked(span), later(span), earlier(span)
    for time in (window.start, window.end, after.end, before.start):
        assert time == datetime(time.year, time.month, time.day, tzinfo=UTC)
    assert timedelta(0) <= span.start - 7 * DAY - window.start < DAY
    assert timedelta(0) <= window.end - span.end < DAY
    assert before.end == window.start
    assert after.start == window.end
    assert timedelta(0) <= after.end - (span.end + 90 * DAY) < DAY
    assert timedelta(0) <= span.start - 90 * DAY - before.start < DAY


@given(st.sets(st.integers(1, 2**32 - 2), max_size=450))
def test_networks_and_ids_are_asked_for_in_chunks(numbers: set[int]) -> None:
    for asks, name, most in (
        (list(network_asks(numbers)), "asn_v4__in", 50),
        (list(country_asks(numbers)), "id__in", 200),
    ):
        chunks: list[Any] = [filters[name] for filters in asks]
        assert [number for chunk in chunks for number in chunk] == sorted(numbers)
        assert all(0 < len(chunk) <= most for chunk in chunks)
        assert all(filters["page_size"] == 500 for filters in asks)


def test_a_country_is_one_list_and_a_network_two() -> None:
    (country,) = probe_lists(sk.Entity.parse("BY"))
    assert (country["country_code"], country["page_size"]) == ("BY", 500)
    v4, v6 = probe_lists(sk.Entity.parse("AS6697"))
    assert (v4["asn_v4"], v6["asn_v6"]) == (6697, 6697)
    assert not {"country_code", "asn_v6"} & set(v4)
