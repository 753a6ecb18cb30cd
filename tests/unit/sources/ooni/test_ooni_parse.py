from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import ProviderError, QuotaError, RefusedError, WrongAnswerError
from shutdownkit.sources.ooni.measurements import Scores, read_measurement_meta, read_measurements
from shutdownkit.sources.ooni.parse import Aggregation, Counts, Row, read_aggregation
from shutdownkit.sources.ooni.plan import Ask, Purpose
from shutdownkit.sources.ooni.week import Hour, read_hours

from .worlds import CHUNK, HOUR, START, VOLUME, counts, hour_rows

Json = dict[str, Any]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def bucket(counted: Counts, **axes: object) -> Json:
    return {
        "anomaly_count": counted.anomaly,
        "confirmed_count": counted.confirmed,
        "failure_count": counted.failure,
        "ok_count": counted.ok,
        "measurement_count": counted.measurements,
        **axes,
    }


def answer(rows: list[Json]) -> Json:
    return {"v": 0, "dimension_count": 1, "db_stats": {}, "result": rows}


def hour_text(hour: int) -> str:
    return f"{START + hour * HOUR:%Y-%m-%dT%H:00:00Z}"


def written(row: Hour, spelling: str = "{}") -> Json:
    asn: object = row.axis if spelling == "{}" else spelling.format(row.axis)
    return bucket(row.counts, measurement_start_day=hour_text(row.hour), probe_asn=asn)


def good() -> Json:
    return answer([written(Hour(0, 6697, Counts(1, 2, 3, 4))), written(Hour(1, 0, Counts(0, 0, 0, 1)))])


@given(hour_rows(), st.sampled_from(["{}", "AS{}", "'{}'"]))
def test_rows_are_read_as_they_were_written(rows: list[Hour], spelling: str) -> None:
    document = answer([written(row, spelling.replace("'", "")) for row in rows])
    assert read_hours(json.loads(json.dumps(document)), VOLUME) == tuple(rows)


@given(counts(), st.dates())
def test_a_day_is_read_as_its_midnight(counted: Counts, day: Any) -> None:
    (row,) = read_aggregation(answer([bucket(counted, measurement_start_day=day.isoformat())])).rows
    assert row.start is not None
    assert (row.start.date(), row.start.hour, row.hourly, row.counts) == (day, 0, False, counted)


@given(anything)
def test_any_json_at_all_is_refused_with_a_provider_s_error(document: object) -> None:
    for read in (read_aggregation, read_measurements, read_measurement_meta):
        with pytest.raises(ProviderError):
            read(document)


@given(
    anything, st.sampled_from(["anomaly_count", "measurement_count", "measurement_start_day", "probe_asn"])
)
def test_any_value_in_a_row_is_read_or_refused_by_its_path(value: object, key: str) -> None:
    problem = "result[1]"
    try:
        read_hours(spoiled(key, value), VOLUME)
    except WrongAnswerError as error:
        problem = error.problem
    assert problem.startswith("result[1]")


def test_the_counts_of_all_are_one_row() -> None:
    counted = Counts(1, 2, 3, 4)
    assert read_aggregation({"result": bucket(counted)}) == Aggregation(0, (Row(counted),))
    with pytest.raises(WrongAnswerError, match="no axis"):
        read_hours({"result": bucket(counted)}, VOLUME)


def test_keys_that_nobody_knows_are_left_alone() -> None:
    document = good()
    document["news"] = 1
    document["result"][0]["probe_network"] = None
    assert len(read_hours(document, VOLUME)) == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"msg": "Axis X and Y cannot be the same", "v": 0}, "OONI says: Axis X and Y cannot be the same"),
        ({"detail": "Invalid ASN value"}, "OONI says: Invalid ASN value"),
        (
            {"detail": [{"loc": ["query", "since"], "msg": "no date", "input": "x"}, {"msg": "bad"}]},
            "OONI says: since: no date ('x'); a parameter: bad",
        ),
        ({"detail": []}, "OONI says: no, without a reason"),
        ({"error": "The database query\ntimed out", "v": 0}, "OONI says: The database query timed out"),
    ],
)
def test_each_spelling_of_a_refusal_gives_the_provider_s_words(body: Json, words: str) -> None:
    for read in (read_aggregation, read_measurements, read_measurement_meta):
        with pytest.raises(RefusedError) as caught:
            read(body)
        assert caught.value.problem == words


def test_words_beside_a_result_are_no_refusal() -> None:
    assert read_aggregation({"result": [], "msg": "nothing there"}).rows == ()


def test_an_exceeded_quota_is_a_quota_error() -> None:
    with pytest.raises(QuotaError, match="quota exceeded"):
        read_aggregation({"error": "quota exceeded"})


def spoiled(key: str, value: object) -> Json:
    document = good()
    document["result"][1][key] = value
    return document


def without(key: str) -> Json:
    document = good()
    del document["result"][1][key]
    return document


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"v": 0}, "has no 'result'"),
        ({"result": None}, "result: null is not a list"),
        ({"result": [1]}, "result[0]: 1 is not an object"),
        ({"result": [], "dimension_count": 3}, "dimension_count: 3 is over 2"),
        (spoiled("ok_count", 2), "result[1]: the four counts make 2, not the measurement_count 1"),
        (spoiled("ok_count", -1), "result[1].ok_count: -1 is under 0"),
        (spoiled("ok_count", 1.0), "result[1].ok_count: 1.0 is not a whole number"),
        (spoiled("ok_count", None), "result[1].ok_count: null is not a whole number"),
        (spoiled("ok_count", 10**13), "result[1].ok_count: 10000000000000 is over"),
        (spoiled("probe_asn", None), "result[1].probe_asn: null is not a whole number"),
        (spoiled("probe_asn", "AS"), "result[1].probe_asn: 'AS' is not an AS number"),
        (spoiled("probe_asn", 2**32), "result[1].probe_asn: 4294967296 is over"),
        (spoiled("measurement_start_day", "2020-08-06T01:00:00"), "'2020-08-06T01:00:00' is neither"),
        (spoiled("measurement_start_day", "2020-08-32"), "'2020-08-32' is not in the calendar"),
        (spoiled("measurement_start_day", "2020-08-07"), "is not an hour, where hours were asked"),
        (spoiled("measurement_start_day", "2020-08-06T01:30:00Z"), "is not an hour, where hours were asked"),
        (spoiled("measurement_start_day", "2020-08-13T00:00:00Z"), "2020-08-13T00:00:00Z was not asked"),
        (spoiled("measurement_start_day", "2020-08-05T23:00:00Z"), "2020-08-05T23:00:00Z was not asked"),
        (without("ok_count"), "result[1]: has no 'ok_count'"),
        (without("measurement_start_day"), "result[1]: has no 'measurement_start_day'"),
        (without("probe_asn"), "result[1]: has no 'probe_asn'"),
    ],
)
def test_a_wrong_answer_is_named_by_its_path(document: Json, problem: str) -> None:
    with pytest.raises(WrongAnswerError) as caught:
        read_hours(document, VOLUME)
    assert problem in caught.value.problem


@pytest.mark.parametrize("axis", ["probe_asn", None])
def test_an_hour_that_comes_twice_is_refused(axis: str | None) -> None:
    row = written(Hour(3, 6697, Counts(0, 0, 0, 1)))
    ask = Ask(Purpose.VOLUME, CHUNK, (("probe_asn", "AS6697"),), axis)
    about = " and probe_asn 6697" if axis else ""
    with pytest.raises(
        WrongAnswerError, match=rf"result\[1\]: the hour 2020-08-06T03:00:00Z{about} came twice"
    ):
        read_hours(answer([row, row]), ask)


APPS_ASK = Ask(Purpose.APPS, CHUNK, (("probe_cc", "BY"), ("test_name", "signal,tor")), "test_name")
NETWORK_ASK = Ask(Purpose.VOLUME, CHUNK, (("probe_asn", "AS6697"),))
WORLD_ASK = Ask(Purpose.WORLD, CHUNK)


@pytest.mark.parametrize(
    ("ask", "axes", "problem"),
    [
        (VOLUME, {"probe_asn": 6697, "probe_cc": "BY"}, None),
        (VOLUME, {"probe_asn": 6697, "probe_cc": "RU"}, "result[0].probe_cc: 'RU' was not asked"),
        (VOLUME, {"probe_asn": 6697, "domain": "x.org"}, "result[0].domain: 'x.org' was not asked"),
        (APPS_ASK, {"test_name": "tor"}, None),
        (APPS_ASK, {"test_name": "telegram"}, "result[0].test_name: 'telegram' was not asked"),
        (NETWORK_ASK, {"probe_asn": "6697"}, None),
        (NETWORK_ASK, {"probe_asn": 12389}, "result[0].probe_asn: 12389 was not asked"),
        (WORLD_ASK, {}, None),
        (WORLD_ASK, {"probe_cc": "BY"}, "result[0].probe_cc: 'BY' was not asked"),
    ],
)
def test_a_row_about_another_thing_is_refused(ask: Ask, axes: Json, problem: str | None) -> None:
    document = answer([bucket(Counts(0, 0, 0, 1), measurement_start_day=hour_text(3), **axes)])
    if problem is None:
        assert len(read_hours(document, ask)) == 1
        return
    with pytest.raises(WrongAnswerError) as caught:
        read_hours(document, ask)
    assert caught.value.problem == problem


SCORES = {"blocking_general": 1.5, "blocking_global": 0.0, "blocking_country": 1, "fingerprints": [{}]}


def single(**changes: object) -> Json:
    return {
        "measurement_uid": "u",
        "report_id": "r",
        "test_name": "web_connectivity",
        "input": "http://example.org/",
        "probe_cc": "BY",
        "probe_asn": "AS6697",
        "measurement_start_time": "2020-08-09T13:26:00Z",
        "anomaly": True,
        "confirmed": True,
        "failure": True,
        "scores": SCORES,
        **changes,
    }


@pytest.mark.parametrize("asn", ["AS6697", "6697", 6697])
@pytest.mark.parametrize("scores", [SCORES, json.dumps(SCORES)])
@pytest.mark.parametrize("time", ["2020-08-09T13:26:00Z", "2020-08-09T13:26:00.000000Z"])
def test_a_measurement_is_the_same_in_each_spelling(asn: object, scores: object, time: str) -> None:
    body = single(probe_asn=asn, scores=scores, measurement_start_time=time)
    read = read_measurement_meta(body)
    assert read == read_measurement_meta(single())
    assert (read.anomaly, read.confirmed, read.failure) == (True, True, True)
    assert read.scores == Scores(general=1.5, worldwide=0.0, country=1.0)
    page = read_measurements({"metadata": {"next_url": None}, "results": [body]})
    assert (page.rows, page.next_url) == ((read,), None)


@pytest.mark.parametrize("tested", ["", None])
def test_a_test_without_an_input_has_none(tested: object) -> None:
    assert read_measurement_meta(single(input=tested)).input is None


@pytest.mark.parametrize("body", [{}, {"raw_measurement": ""}])
def test_a_measurement_that_is_not_there_is_refused(body: Json) -> None:
    with pytest.raises(RefusedError, match="no such measurement"):
        read_measurement_meta(body)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"anomaly": 1}, "results[0].anomaly: 1 is neither true nor false"),
        ({"scores": "{"}, "results[0].scores: '{' is not JSON"),
        ({"scores": "[" * 100_000}, "is not JSON"),
        ({"scores": "3"}, "results[0].scores: 3 is not an object"),
        ({"scores": '{"accuracy": NaN}'}, "results[0].scores.accuracy: nan is not finite"),
        ({"measurement_start_time": "2020-08-09 13:26:00"}, "is not a time in UTC"),
        ({"measurement_start_time": "2020-08-09T25:00:00Z"}, "is not in the calendar"),
        ({"probe_cc": None}, "results[0].probe_cc: null is not text"),
    ],
)
def test_a_wrong_measurement_is_named_by_its_path(changes: Json, problem: str) -> None:
    with pytest.raises(WrongAnswerError) as caught:
        read_measurements({"metadata": {}, "results": [single(**changes)]})
    assert problem in caught.value.problem
