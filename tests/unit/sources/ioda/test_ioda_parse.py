"""Answers of /signals/raw: what they hold is read, and everything else is refused by its place."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import ProviderError, RefusedError, WrongAnswerError
from shutdownkit.sources.ioda.bins import Numbers, numbers_of
from shutdownkit.sources.ioda.datasources import BY_NAME
from shutdownkit.sources.ioda.envelope import data_of
from shutdownkit.sources.ioda.outages import read_alerts, read_events
from shutdownkit.sources.ioda.parse import IodaSeries, read_signals_envelope
from shutdownkit.sources.ioda.regions import read_regions

FROM = 1_596_240_000  # 2020-08-01
COUNTS = st.just(0) | st.integers(0, 10**6) | st.floats(0, 2**24)


def series(values: list[Any], **other: Any) -> dict[str, Any]:
    step = other.get("step", 300)
    return {
        "entityType": "country",
        "entityCode": "BY",
        "entityName": "Belarus",
        "datasource": "bgp",
        "subtype": "",
        "from": FROM,
        "until": FROM + step * len(values),
        "step": step,
        "nativeStep": step,
        "values": values,
        **other,
    }


def envelope(*found: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"type": "signals", "error": None, "data": [list(found)], **other}


def read_one(values: list[Any], datasource: str = "bgp") -> Numbers:
    (one,) = read_signals_envelope(envelope(series(values, datasource=datasource)))
    return numbers_of(one, BY_NAME[datasource])


@given(st.lists(st.none() | COUNTS, max_size=30))
def test_null_is_missing_and_zero_is_measured(values: list[float | None]) -> None:
    found = read_one(values)
    assert found.weights is None
    np.testing.assert_equal(
        found.values, np.array([math.nan if one is None else one for one in values], float)
    )


@given(st.lists(st.lists(COUNTS, max_size=3), max_size=3))
def test_the_series_of_all_entities_come_in_order(groups: list[list[float]]) -> None:
    data = [[series([value]) for value in group] for group in groups] or [[]]
    found = read_signals_envelope({"data": data})
    assert [one.values for one in found] == [(value,) for group in groups for value in group]


@given(st.integers(1, 10**6), st.integers(0, 20), st.integers(-3, 3), st.integers(0, 10**9))
def test_the_number_of_values_must_be_that_of_the_steps(step: int, bins: int, more: int, rest: int) -> None:
    until = FROM + max(0, bins * step - rest % step)  # the last step may be cut short
    document = envelope(series([1.0] * max(0, bins + more), step=step, until=until))
    if max(0, bins + more) == bins:
        assert len(read_signals_envelope(document)[0].values) == bins
    else:
        with pytest.raises(
            WrongAnswerError, match=rf"^data\[0\]\[0\]\.values: has {max(0, bins + more)} values"
        ):
            read_signals_envelope(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
GOOD: dict[str, Any] = {
    "signals": envelope(series([1.0, None, [{"agg_values": {"loss_pct": 1.0, "probe_count": 2}}]])),
    "events": {
        "error": None,
        "data": [
            {"location": "country/BY", "start": 1, "duration": 60, "score": 1.0, "datasource": "bgp"},
            {
                "entity": {"type": "country", "code": "BY"},
                "from": 1,
                "until": 2,
                "score": 1.0,
                "datasource": "bgp",
            },
        ],
    },
    "alerts": {
        "data": [
            {
                "entity": {"type": "country", "code": "BY"},
                "time": 1,
                "level": "normal",
                "value": None,
                "historyValue": 3,
                "datasource": "bgp",
            }
        ]
    },
    "regions": {"data": [{"code": "1", "name": "Minsk"}]},
}
READERS = {
    "signals": lambda document: [
        numbers_of(one, BY_NAME[name])
        for one in read_signals_envelope(document)
        for name in ("bgp", "ping-slash24-loss", "ping-slash24-latency")
    ],
    "events": read_events,
    "alerts": read_alerts,
    "regions": read_regions,
}


def problem_in(which: str, document: Any) -> str | None:
    """What a reader refuses in a document; None where it reads it."""
    try:
        READERS[which](document)
    except ProviderError as error:
        return error.problem
    return None


def is_one_line_or_none(problem: str | None) -> bool:
    return problem is None or (bool(problem.strip()) and problem == " ".join(problem.splitlines()))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a document."""
    keys = range(len(value)) if isinstance(value, list) else list(value) if isinstance(value, dict) else []
    return [(value, key) for key in keys] + [pair for key in keys for pair in places(value[key])]


@given(st.sampled_from(sorted(GOOD)), st.data(), JSON)
def test_whatever_stands_in_any_place_is_read_or_refused_in_one_line(
    which: str, data: st.DataObject, junk: Any
) -> None:
    document = copy.deepcopy(GOOD[which])
    container, key = data.draw(st.sampled_from(places(document)))
    if data.draw(st.booleans()):
        container[key] = junk
    else:
        del container[key]
    assert is_one_line_or_none(problem_in(which, document))


@given(st.sampled_from(sorted(READERS)), JSON)
def test_any_json_is_read_or_refused(which: str, document: Any) -> None:
    assert is_one_line_or_none(problem_in(which, document))


def test_no_outer_list_is_a_failed_backend_and_worth_another_try() -> None:
    with pytest.raises(WrongAnswerError, match="its backend failed; unknown, not zero") as caught:
        read_signals_envelope({"type": "signals", "error": None, "data": []})
    assert caught.value.retry


def test_an_empty_inner_list_is_nothing_known_and_no_failure() -> None:
    assert read_signals_envelope(envelope()) == ()
    assert read_signals_envelope({"data": [[], []]}) == ()


@pytest.mark.parametrize("error", ["", "Time range for a single query must be less than 100 days", 5, {}])
def test_an_error_in_the_envelope_is_a_refusal(error: object) -> None:
    text = error if isinstance(error, str) and error else "the server says: "
    with pytest.raises(RefusedError, match=text):
        data_of({"type": "signals", "error": error, "data": None}, "signals")


def test_the_answer_to_another_question_is_refused() -> None:
    with pytest.raises(WrongAnswerError, match=r"type: 'outages\.events' is not 'signals'"):
        read_signals_envelope({"type": "outages.events", "data": [[]]})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"from": FROM * 1000}, r"data\[0\]\[0\]\.from: 1596240000000 is over"),
        ({"from": -1}, r"data\[0\]\[0\]\.from: -1 is under 0"),
        ({"from": str(FROM)}, r"data\[0\]\[0\]\.from: '1596240000' is not a whole number"),
        ({"until": FROM - 1}, r"data\[0\]\[0\]: until \d+ is before from"),
        ({"step": 0}, r"data\[0\]\[0\]\.step: 0 is under 1"),
        ({"nativeStep": 0}, r"data\[0\]\[0\]\.nativeStep: 0 is under 1"),
        ({"nativeStep": None}, r"data\[0\]\[0\]\.nativeStep: null"),
        ({"values": [1.0]}, r"data\[0\]\[0\]\.values: has 1 values, where .* is 2 steps of 300 s"),
        ({"values": None}, r"data\[0\]\[0\]\.values: null is not a list"),
        ({"values": [1.0, "2"]}, r"data\[0\]\[0\]\.values\[1\]: '2' is"),
        ({"values": [1.0, True]}, r"data\[0\]\[0\]\.values\[1\]: true is"),
        ({"values": [1.0, {}]}, r"data\[0\]\[0\]\.values\[1\]: an object is"),
        ({"values": [1.0, math.inf]}, r"data\[0\]\[0\]\.values\[1\]: inf is not finite"),
        ({"values": [1.0, [3]]}, r"data\[0\]\[0\]\.values\[1\]\[0\]: 3 is not an object"),
        ({"values": [1.0, [{}]]}, r"data\[0\]\[0\]\.values\[1\]\[0\]: has no 'agg_values'"),
    ],
)
def test_what_cannot_be_is_named_by_its_place(change: dict[str, Any], problem: str) -> None:
    given_series = series([1.0, 2.0])
    with pytest.raises(WrongAnswerError, match=f"^{problem}"):
        read_signals_envelope(envelope({**given_series, **change}))


def test_a_flat_list_as_of_signals_events_is_refused() -> None:
    with pytest.raises(WrongAnswerError, match=r"^data\[0\]: an object is not a list"):
        read_signals_envelope({"data": [series([1.0])]})


def test_a_series_of_before_subtypes_is_read() -> None:
    old = series([1.0])
    del old["subtype"]
    assert read_signals_envelope(envelope(old))[0].subtype == ""


# Bins of rows


def loss(percent: float | None, count: int | None, **labels: str) -> dict[str, Any]:
    return {**labels, "agg_values": {"loss_pct": percent, "probe_count": count}}


PERCENT = st.floats(0, 100)


@given(st.lists(st.tuples(PERCENT, st.integers(0, 10**6)), min_size=1, max_size=5))
def test_losses_are_averaged_by_their_probes(rows: list[tuple[float, int]]) -> None:
    found = read_one([[loss(*row) for row in rows]], "ping-slash24-loss")
    assert found.weights is not None
    total = sum(count for _, count in rows)
    assert found.weights[0] == total
    if not total:
        assert math.isnan(found.values[0])
    else:
        assert found.values[0] == pytest.approx(sum(percent * count for percent, count in rows) / total)
        assert min(percent for percent, _ in rows) <= found.values[0] <= max(percent for percent, _ in rows)


@given(st.lists(st.none() | st.floats(0, 1e5), max_size=5))
def test_of_latencies_the_median_of_those_measured_is_taken(rows: list[float | None]) -> None:
    value: list[Any] = [{"agg_values": {"median_latency": one, "max_latency": 9e9}} for one in rows]
    found = read_one([value], "ping-slash24-latency")
    measured = [one for one in rows if one is not None]
    np.testing.assert_equal(found.values[0], np.median(measured) if measured else math.nan)
    assert found.weights is None


def test_rows_and_numbers_and_nulls_may_stand_side_by_side() -> None:
    found = read_one(
        [None, 7.5, [], [loss(None, 50)], [loss(4.0, None)], [loss(0.0, 10)]], "ping-slash24-loss"
    )
    assert found.weights is not None
    np.testing.assert_equal(found.values, [math.nan, 7.5, math.nan, math.nan, 4.0, 0.0])
    np.testing.assert_equal(found.weights, [math.nan, math.nan, math.nan, math.nan, math.nan, 10.0])


def test_a_row_without_the_measurement_counts_for_nothing() -> None:
    found = read_one([[loss(None, 1000), loss(50.0, 10)]], "ping-slash24-loss")
    assert (found.values[0], found.weights[0]) == (50.0, 10.0) if found.weights is not None else False


@pytest.mark.parametrize(
    ("datasource", "values", "problem"),
    [
        ("bgp", [1.0, [loss(1.0, 1)]], r"values\[1\]: is a list of rows, where bgp has numbers"),
        ("bgp", [1.0, -1], r"values\[1\]: is -1, under 0"),
        ("ping-slash24-loss", [100.0, 100.5], r"values\[1\]: is 100.5, over the 100 that there can be"),
        ("ping-slash24-loss", [None, [loss(101.0, 5)]], r"values\[1\]: is 101, over the 100"),
        ("ping-slash24-loss", [[loss(1.0, -5)]], r"values\[0\]: has a probe_count under 0"),
        ("ping-slash24-loss", [[loss(1.0, 5), loss(2.0, None)]], r"values\[0\]: has several rows"),
        (
            "ping-slash24-latency",
            [[{"agg_values": {"latency_median": 3}}], None],
            r"values: no row has 'median_latency'; they have: 'latency_median'",
        ),
        ("ping-slash24-latency", [[{"agg_values": []}]], r"values: no row has 'median_latency'.* nothing"),
    ],
)
def test_values_that_cannot_be_are_named_by_their_index(
    datasource: str, values: list[Any], problem: str
) -> None:
    with pytest.raises(WrongAnswerError, match=rf"^data\[0\]\[0\]\.{problem}"):
        read_one(values, datasource)


def test_a_part_of_the_rows_may_lack_what_others_have() -> None:
    found = read_one([[{"agg_values": {}}, {"agg_values": {"median_latency": 8.0}}]], "ping-slash24-latency")
    assert found.values.tolist() == [8.0]


def test_labels_of_rows_are_kept() -> None:
    (one,) = read_signals_envelope(envelope(series([[loss(1.0, 2, asn="7")]])))
    assert isinstance(one, IodaSeries)
    (row,) = one.values[0] if isinstance(one.values[0], tuple) else ()
    assert row.labels == {"asn": "7"}
    assert row.metrics == {"loss_pct": 1.0, "probe_count": 2.0}
