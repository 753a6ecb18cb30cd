"""Connection events, read from whatever came."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import WrongAnswerError
from shutdownkit.sources.atlas.events import event_of, ordered, read_events
from shutdownkit.sources.atlas.rows import BadRecordError

from .atlas_worlds import as_record, changes, raw_event

WHERE = "https://atlas.ripe.net/api/v2/measurements/7000/results"

# What JSON can hold, in the shape of a record and out of it.
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["msm_id", "event", "prb_id", "timestamp", "controller", "asn", "x"]), inner
        )
    ),
    max_leaves=10,
)


@given(st.lists(changes, max_size=30), st.data())
def test_what_was_written_is_read_in_order_each_once_however_it_came(events: Any, data: Any) -> None:
    records = [as_record(event, data.draw(st.integers(0, 1))) for event in events]
    again = data.draw(st.lists(st.sampled_from(records))) if records else []
    read = read_events(data.draw(st.permutations(records + again)), where=WHERE)
    assert read.values == ordered(events)
    assert set(read.values) == set(events)
    assert [event.time for event in read.values] == sorted(event.time for event in read.values)
    assert (read.bad, read.first_problem) == (0, None)


@given(st.lists(documents, max_size=5))
def test_anything_is_read_or_is_one_error_that_names_the_address(rows: Any) -> None:
    good = sum(_is_event(row) for row in rows)
    if good < 0.95 * len(rows):
        with pytest.raises(WrongAnswerError, match=r"the first: \$\[\d\]") as caught:
            read_events(rows, where=WHERE)
        assert caught.value.where == WHERE
    else:
        read = read_events(rows, where=WHERE)
        assert read.bad + good == len(rows)


def _is_event(row: object) -> bool:
    try:
        event_of(row)  # type: ignore[arg-type]
    except (BadRecordError, AttributeError):  # of what is no record, nothing can be read
        return False
    return True


@pytest.mark.parametrize(
    ("asn", "known"),
    [(15399, 15399), ("15399", 15399), ("", None), (None, None), (0, None), (2**32 - 1, 2**32 - 1)],
)
def test_a_network_comes_in_four_forms(asn: object, known: int | None) -> None:
    (event,) = read_events([raw_event(7, 10, "connect", asn=asn)], where=WHERE).values
    assert event.asn == known


def test_no_controller_and_no_prefix_are_none() -> None:
    record = raw_event(7, 10, "connect", controller=None)
    del record["prefix"]
    (event,) = read_events([record], where=WHERE).values
    assert event.controller == ""


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("prb_id", None, "$[3].prb_id is missing"),
        ("prb_id", "23459", "$[3].prb_id is no whole number"),
        ("prb_id", True, "$[3].prb_id is no whole number"),
        ("prb_id", -1, "$[3].prb_id is not positive"),
        ("timestamp", 1.5, "$[3].timestamp is no whole number"),
        ("timestamp", 0, "$[3].timestamp is no time in epoch seconds"),
        ("timestamp", 10**15, "$[3].timestamp is no time in epoch seconds"),
        ("event", "reboot", "$[3].event is neither connect nor disconnect"),
        ("event", ["connect"], "$[3].event is neither connect nor disconnect"),
        ("asn", [1], "$[3].asn is no AS number but list"),
        ("asn", "AS1", "$[3].asn is no AS number but str"),
        ("asn", True, "$[3].asn is no AS number but bool"),
        ("asn", 2**32, "$[3].asn is out of the range of AS numbers"),
        ("controller", 3, "$[3].controller is no text but int"),
        ("msm_id", 7001, "$[3].msm_id is not 7000"),
    ],
)
def test_a_bad_record_is_counted_and_the_first_named(field: str, value: object, problem: str) -> None:
    rows = [raw_event(7, 10 + each, "connect") for each in range(40)]
    rows[3][field] = value
    rows[5] = {}
    read = read_events(rows, where=WHERE)
    assert read.bad == 2
    assert len(read.values) == 38
    assert read.first_problem == problem


def test_a_twentieth_may_be_bad_and_no_more() -> None:
    rows: list[object] = [raw_event(7, 10 + each, "connect") for each in range(20)]
    rows[19] = "no record"
    assert read_events(rows, where=WHERE).first_problem == "$[19] is no object but str"
    rows[0] = None
    with pytest.raises(WrongAnswerError) as caught:
        read_events(rows, where=WHERE)
    assert "2 of 20 records are bad, the first: $[0] is no object but NoneType" in str(caught.value)
    assert caught.value.where == WHERE


def test_no_problem_tells_the_id_of_a_probe() -> None:
    with pytest.raises(WrongAnswerError) as caught:
        read_events([raw_event(23459, 10, "reboot")], where=WHERE)
    assert "23459" not in str(caught.value)
