from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.testing.server import Received, Reply
from shutdownkit.testing.wire.ooni import OoniBucket, OoniWorld, ooni_answer

from .worlds import HOUR, START, buckets

Json = dict[str, Any]
AXES = ("measurement_start_day", "probe_asn", "probe_cc", "test_name", "category_code", "domain")
WEEK = {"since": "2020-08-06", "until": "2020-08-13"}


def reply(world: OoniWorld, params: Mapping[str, str], path: str = "/api/v1/aggregation") -> Reply:
    received = Received("GET", path, {name: (value,) for name, value in params.items()}, {})
    return ooni_answer(world)(received)


def body(held: list[OoniBucket], **params: str) -> Json:
    answered = reply(OoniWorld(tuple(held)), WEEK | params)
    assert answered.status == 200
    found: Json = json.loads(answered.body)
    return found


def sums(rows: list[Json]) -> dict[str, int]:
    return {key: sum(row[key] for row in rows) for key in body([])["result"]}


@given(buckets(), st.sampled_from(AXES), st.sampled_from(AXES), st.sampled_from(["hour", "day"]))
def test_the_rows_of_any_axes_make_the_counts_of_all(
    held: list[OoniBucket], first: str, second: str, grain: str
) -> None:
    listed = [one for one in held if one.category_code]  # what is on no list has no row
    found = body(held, axis_x=first, time_grain=grain)["result"]
    assert sums(found) == body(listed if first == "category_code" else held)["result"]
    if first != second:
        rows = body(held, axis_x=first, axis_y=second, time_grain=grain)["result"]
        assert sums(rows) == body(listed if "category_code" in {first, second} else held)["result"]
        assert len({(row[first], row[second]) for row in rows}) == len(rows)
        assert all(row["measurement_count"] for row in rows)


@given(buckets(), st.integers(6, 13))
def test_since_is_within_and_until_is_not(held: list[OoniBucket], day: int) -> None:
    edge = f"2020-08-{day:02}"
    parts = [body(held, until=edge)["result"], body(held, since=edge)["result"]]
    assert sums(parts) == body(held)["result"]


@given(buckets())
def test_lower_case_is_no_country_and_no_error(held: list[OoniBucket]) -> None:
    assert body(held, probe_cc="by")["result"]["measurement_count"] == 0
    assert body(held, probe_cc="by", axis_x="probe_cc")["result"] == []
    both = [body(held, probe_cc=one)["result"] for one in ("BY", "LT")]
    assert body(held, probe_cc="BY,LT")["result"] == sums(both)


def test_what_was_never_counted_has_no_row() -> None:
    assert body([OoniBucket(START, "BY", 6697)], axis_x="probe_cc")["result"] == []


@pytest.mark.parametrize("asn", ["AS6697", "6697", "AS6697,25106"])
def test_networks_are_asked_for_in_either_spelling(asn: str) -> None:
    held = [OoniBucket(START, "BY", number, ok=1) for number in (6697, 25106)]
    assert body(held, probe_asn=asn)["result"]["ok_count"] == 1 + ("," in asn)


@pytest.mark.parametrize(
    ("grain", "label"),
    [("hour", "2020-08-08T05:00:00Z"), ("auto", "2020-08-08T05:00:00Z"), ("day", "2020-08-08")],
)
def test_the_grains_of_a_week(grain: str, label: str) -> None:
    held = [OoniBucket(START + 53 * HOUR, "BY", 1, ok=1)]
    rows = body(held, axis_x="measurement_start_day", time_grain=grain)["result"]
    assert [row["measurement_start_day"] for row in rows] == [label]


def test_weeks_begin_on_sunday_before_the_range_and_months_on_their_first() -> None:
    held = [OoniBucket(START, "BY", 1, ok=1)]
    for grain, label in (("week", "2020-08-02"), ("month", "2020-08-01")):
        found = body(held, axis_x="measurement_start_day", time_grain=grain, until="2020-09-20")
        assert [row["measurement_start_day"] for row in found["result"]] == [label]


@pytest.mark.parametrize(
    ("until", "allowed"),
    [
        ("2020-08-13", "hour, day"),
        ("2020-08-14", "day, week"),
        ("2020-09-05", "day, week"),
        ("2020-09-06", "day, week, month"),
        ("2021-08-07", "day, week, month, year"),
    ],
)
def test_each_range_has_its_grains(until: str, allowed: str) -> None:
    for grain in ("hour", "day", "week", "month", "year"):
        answered = reply(OoniWorld(), {**WEEK, "until": until, "time_grain": grain})
        if grain in allowed.split(", ") and grain != "year":
            assert answered.status == 200
            continue
        words = f"Choose time_grain between {allowed}, auto for the given time range"
        said = {"msg": "'year'" if "year" in allowed and grain == "year" else words, "v": 0}
        assert (answered.status, json.loads(answered.body)) == (400, said)


def test_what_is_left_of_the_quota_is_said_until_nothing_is() -> None:
    answer = ooni_answer(OoniWorld(), quota=10, cost=4)
    got = [answer(Received("GET", "/api/v1/aggregation", {}, {})) for _ in range(5)]
    assert [one.headers["X-RateLimit-Remaining"] for one in got] == ["6", "2", "0", "0", "0"]
    assert [one.status for one in got] == [422, 422, 422, 429, 429]
    assert json.loads(got[-1].body) == {"error": "quota exceeded"}


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"category_code": "grp"}, 422),
        ({"time_grain": "minute"}, 422),
        ({"format": "CSV"}, 422),
        ({"domain": "ab"}, 422),
        ({"axis_x": "domain", "axis_y": "domain"}, 200),
    ],
)
def test_what_the_server_does_not_take(params: dict[str, str], status: int) -> None:
    answered = reply(OoniWorld(), WEEK | params)
    assert answered.status == status
    assert "result" not in json.loads(answered.body)


ANALYSIS = "/api/v1/aggregation/analysis"


def scored(held: list[OoniBucket], **params: str) -> list[Json]:
    answered = reply(OoniWorld(tuple(held)), WEEK | params, ANALYSIS)
    assert answered.status == 200, answered.body
    found: list[Json] = json.loads(answered.body)["results"]
    return found


@given(buckets(), st.sampled_from(["hour", "day"]))
def test_scores_stand_for_as_many_sites_as_are_counted(held: list[OoniBucket], grain: str) -> None:
    params = {"axis_x": "measurement_start_day", "axis_y": "probe_asn", "time_grain": grain}
    counted = body(held, test_name="web_connectivity", **params)["result"]
    rows = scored(held, **params)
    assert [(row["measurement_start_day"][:13], row["probe_asn"], row["count"]) for row in rows] == [
        (
            row["measurement_start_day"][:13] if grain == "hour" else f"{row['measurement_start_day']}T00",
            row["probe_asn"],
            row["measurement_count"],
        )
        for row in counted
    ]


def test_scores_are_a_quantile_of_the_hour_and_name_what_failed() -> None:
    held = [
        OoniBucket(START, "BY", 1, ok=14),
        OoniBucket(START, "BY", 1, ok=1, tls=(0.7, 0.3, 0.0), failed=("", "", "eof_error")),
        OoniBucket(START + HOUR, "BY", 1, anomaly=2, tcp=(0.75, 0.25, 0.0), failed=("", "refused", "")),
    ]
    first, second = scored(held, time_grain="hour", probe_cc="BY", probe_asn="AS1")
    assert (first["measurement_start_day"], first["probe_cc"], first["probe_asn"]) == (
        "2020-08-06T00:00:00",
        "BY",
        1,
    )
    assert first["loni"]["tls_blocked"] == pytest.approx(0.21)  # as in the recorded body of 15
    assert (first["loni"]["blocked_max"], first["loni"]["likely_blocked_protocols"]) == (0.0, [])
    assert second["loni"]["likely_blocked_protocols"] == [["tcp.refused", 0.75]]
    assert (second["loni"]["blocked_max_outcome"], second["loni"]["blocked_max"]) == ("tcp.refused", 0.75)


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"axis_x": "category_code"}, 422),
        ({"axis_y": "blocking_type"}, 422),
        ({"probe_cc": "BY,LT"}, 422),
        ({"since": "yesterday"}, 422),
        ({"since": "2020-09-06"}, 400),
        ({"until": "2020-09-06", "time_grain": "hour"}, 400),
        ({"probe_asn": "ASx"}, 400),
    ],
)
def test_what_the_analysis_does_not_take(params: dict[str, str], status: int) -> None:
    answered = reply(OoniWorld(), WEEK | params, ANALYSIS)
    assert answered.status == status
    assert "results" not in json.loads(answered.body)


def test_any_other_path_is_not_found() -> None:
    assert reply(OoniWorld(), WEEK, "/api/v1/aggregation/observations").status == 404
