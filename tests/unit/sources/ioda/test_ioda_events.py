"""IODA's own events and regions: rows, and what is said of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.errors import NotServedError
from shutdownkit.reading.query import Query
from shutdownkit.sources.ioda.observations import events_request, observations_of
from shutdownkit.sources.ioda.outages import EventRow, asked_for, read_alerts, read_events
from shutdownkit.sources.ioda.regions import Region, matched

NOON = 1_596_974_400  # 2020-08-09 12:00 UTC
QUERY = Query(entity="BY", window=sk.TimeWindow("2020-08-08", "2020-08-30"))
END = 1_598_745_600
DAY = 86400


def row(start: int = NOON, duration: int = 3600, *, drop: float = 45, **other: Any) -> EventRow:
    given_row: dict[str, Any] = {"datasource": "bgp", "method": "median", **other}
    return EventRow("country", "BY", start, duration, drop * duration / 60, **given_row)


def texts(*rows: EventRow, query: Query = QUERY) -> list[str]:
    return [one.text for one in observations_of(rows, query)]


@given(st.floats(0, 100), st.integers(1, 10**7))
def test_the_drop_is_the_score_over_the_minutes(drop: float, duration: int) -> None:
    assert row(duration=duration, drop=drop).drop == pytest.approx(drop)


def test_an_event_of_no_length_has_no_drop() -> None:
    assert row(duration=0).drop is None
    assert texts(row(duration=0)) == [
        "IODA's own detector saw a loss, from 2020-08-09T12:00:00Z to 2020-08-09T12:00:00Z."
    ]


def test_the_sentence_says_the_loss_and_the_times() -> None:
    (one,) = observations_of([row()], QUERY)
    assert one.text == (
        "IODA's own detector saw a loss of 45 % at the first alert, "
        "from 2020-08-09T12:00:00Z to 2020-08-09T13:00:00Z."
    )
    assert one.window == sk.TimeWindow("2020-08-09T12:00:00Z", "2020-08-09T13:00:00Z")
    assert (one.source, one.entity, one.kind.name) == ("ioda", QUERY.entity, "bgp.visible-slash24s")
    assert "median" in one.method


@pytest.mark.parametrize(
    ("event", "words", "said"),
    [
        (row(drop=100.1), "impossible", True),
        (row(drop=100), "impossible", False),
        (row(duration=14 * DAY), "habituation, not by a recovery", True),
        (row(duration=14 * DAY + 300), "habituation", True),
        (row(duration=14 * DAY - 300), "habituation", True),
        (row(duration=14 * DAY + 301), "habituation", False),
        (row(duration=14 * DAY + 600), "habituation", False),
        (row(duration=14 * DAY + 600, datasource="ping-slash24"), "habituation", True),
        (row(start=END - 14 * DAY, duration=14 * DAY), "habituation", False),
        (row(duration=END - NOON), "still open at the end of the window", True),
        (row(duration=END - NOON + 1), "still open", True),
        (row(duration=END - NOON - 1), "still open", False),
        (row(datasource="merit-nt"), "often bogus", True),
        (row(datasource="gtr"), "often bogus", False),
    ],
)
def test_what_is_said_of_an_event(event: EventRow, words: str, said: bool) -> None:
    (text,) = texts(event)
    assert (words in text) == said
    assert text.startswith("IODA's own detector saw")
    assert text.endswith(".")


def test_the_telescope_is_not_alone_where_another_saw_it_too() -> None:
    telescope = row(datasource="merit-nt")
    assert "alone" in texts(telescope, row(NOON + 7200))[0]
    for other in (row(NOON + 1800), row(NOON + 3600), row(NOON - 3600)):
        assert not any("alone" in text for text in texts(telescope, other))
    only_telescope = Query(entity="BY", window=QUERY.window, kinds=["telescope.unique-sources"])
    assert "alone" not in texts(telescope, row(NOON), query=only_telescope)[0]


def test_only_wanted_kinds_are_observed_in_order_of_time_and_once() -> None:
    rows = [row(NOON + 7200), row(datasource="gtr-norm"), row(), row()]
    assert [one.window.start.hour for one in observations_of(rows, QUERY)] == [12, 14]
    assert observations_of(rows, Query(entity="BY", window=QUERY.window, kinds=["probing.loss"])) == ()


def test_the_request_for_events() -> None:
    query = Query(entity="AS6697", window=sk.TimeWindow("2020-08-09T00:00:00.5Z", "2020-08-10T00:00:00.5Z"))
    request = events_request(query, "http://127.0.0.1:9/v2", "6697", 3)
    assert request.url == "http://127.0.0.1:9/v2/outages/events"
    assert dict(request.params) == {
        "entityType": "asn",
        "entityCode": "6697",
        "from": "1596931200",
        "until": "1597017601",
        "ignoreMethods": "*.sarima",
        "limit": "500",
        "page": "3",
    }
    assert request.settles >= timedelta(days=14)


ALERT: dict[str, Any] = {
    "datasource": "bgp",
    "entity": {"type": "country", "code": "BY"},
    "time": NOON,
    "level": "critical",
    "value": None,
    "historyValue": 3,
}
EVENT: dict[str, Any] = {
    "location": "country/BY",
    "start": NOON,
    "duration": 60,
    "score": 12.5,
    "datasource": "bgp",
}


def test_rows_of_both_formats_say_the_same() -> None:
    other = {"entity": {"type": "country", "code": "BY"}, "from": NOON, "until": NOON + 60}
    rest = {"score": 12.5, "datasource": "bgp"}
    found = read_events({"data": [EVENT, {**other, **rest}]})
    assert found.refused == ()
    assert found.rows[0] == found.rows[1]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"location": "BY"}, "data[1].location: 'BY' is not of the form country/LT"),
        ({"start": NOON * 1000}, "data[1].start: 1596974400000 is over 2147483647"),
        ({"duration": -1}, "data[1].duration: -1 is under 0"),
        ({"score": None}, "data[1].score: null is not a number"),
        ({"score": -3}, "data[1].score: -3 is under 0"),
        ({"datasource": None}, "data[1].datasource: null is not text"),
        ({"overlaps_window": 1}, "data[1].overlaps_window: 1 is neither true nor false"),
    ],
)
def test_a_broken_row_is_refused_by_its_place_and_the_others_stand(
    change: dict[str, Any], problem: str
) -> None:
    found = read_events({"data": [EVENT, {**EVENT, **change}, EVENT]})
    assert len(found.rows) == 2
    assert found.refused == (problem,)
    assert found.count == 3


def test_an_event_of_format_ioda_does_not_end_before_it_begins() -> None:
    broken = {
        "entity": {"type": "country", "code": "BY"},
        "from": 2,
        "until": 1,
        "score": 1,
        "datasource": "bgp",
    }
    assert read_events({"data": [broken]}).refused == ("data[0]: until 1 is before from 2",)


def test_an_alert_without_a_value_has_none() -> None:
    (alert,) = read_alerts({"type": "outages.alerts", "data": [ALERT]}).rows
    assert alert.value != alert.value
    assert alert.history == 3
    assert read_alerts({"data": [{**ALERT, "time": "now"}]}).refused == (
        "data[0].time: 'now' is not a whole number",
    )


def test_events_of_others_are_refused() -> None:
    found = read_events({"data": [EVENT, {**EVENT, "location": "asn/31877"}]})
    own = asked_for(found, "country", "by", NOON, NOON + 60)
    assert own.rows == found.rows[:1]
    assert own.refused == ("an event is of 'asn/31877', not of country/by",)


@pytest.mark.parametrize(
    ("since", "until", "own"),
    [(0, 60, True), (60, 120, True), (-60, 0, True), (61, 120, False), (-120, -1, False), (10, 11, True)],
)
def test_an_event_of_another_time_is_refused(since: int, until: int, own: bool) -> None:
    found = asked_for(read_events({"data": [EVENT]}), "country", "BY", NOON + since, NOON + until)
    assert (len(found.rows), len(found.refused)) == ((1, 0) if own else (0, 1))
    assert found.count == 1
    if not own:
        assert found.refused[0].startswith(
            "an event is from 2020-08-09T12:00:00Z to 2020-08-09T12:01:00Z, not within what was asked for"
        )


# Regions

REGIONS = [
    Region(str(4000 + index), name) for index, name in enumerate(("Tehran", "Fars", "Qom", "Ilam", "Yazd"))
]


@pytest.mark.parametrize("text", ["IR/Tehran", "IR/tehran", "IR/TEHRAN", "IR/4000"])
def test_a_region_is_found_by_name_or_code(text: str) -> None:
    assert matched(REGIONS, sk.Entity.parse(text)) == REGIONS[0]


def test_an_unknown_region_names_up_to_six_that_there_are() -> None:
    with pytest.raises(NotServedError) as few:
        matched(REGIONS, sk.Entity.parse("IR/23"))
    assert few.value.problem.endswith("Tehran (4000), Fars (4001), Qom (4002), Ilam (4003), Yazd (4004)")
    many = [*REGIONS, Region("4005", "Bushehr"), Region("4006", "Gilan")]
    with pytest.raises(NotServedError, match=r"has no region IR/23; .*Bushehr \(4005\) and 1 more$"):
        matched(many, sk.Entity.parse("IR/23"))
    with pytest.raises(NotServedError, match="it has none of IR"):
        matched([], sk.Entity.parse("IR/23"))


def test_a_name_of_several_regions_is_refused_with_their_codes() -> None:
    several = [*REGIONS, Region("4099", "TEHRAN")]
    with pytest.raises(NotServedError, match=r"several regions IR/Tehran: Tehran \(4000\), TEHRAN \(4099\)"):
        matched(several, sk.Entity.parse("IR/Tehran"))


def test_accents_may_be_letters_of_their_own() -> None:
    composed, apart = "S\u00e3o Paulo", "Sa\u0303o Paulo"
    for ours, theirs in ((composed, apart), (apart, composed)):
        region = Region("300", theirs)
        assert matched([region], sk.Entity.parse(f"BR/{ours}")) == region
