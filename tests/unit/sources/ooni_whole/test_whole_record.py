"""Laws of the envelope of a whole measurement."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import WrongAnswerError
from shutdownkit.model.entity import Entity
from shutdownkit.sources.ooni.whole.record import read_whole

from .wholes import junk, line, whole

GOOD = line("telegram", {"a": 1}, input=None, annotations={"engine_version": "3.1.0"})
FIELDS = sorted(json.loads(GOOD))


def refused(body: bytes | str) -> str | None:
    """Why it is refused, on one line; None where it is read.  Anything else that is raised escapes."""
    why = None
    try:
        read_whole(body)
    except WrongAnswerError as error:
        why = error.problem
    assert why is None or len(why.splitlines()) == 1
    return why


@given(st.binary(max_size=200) | st.text(max_size=100))
def test_any_bytes_are_read_or_refused(body: bytes | str) -> None:
    assert refused(body)


@given(st.data())
def test_damaged_lines_are_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD)))
    upto = data.draw(st.integers(at, min(len(GOOD), at + 20)))
    refused(GOOD[:at] + data.draw(st.binary(max_size=6)) + GOOD[upto:])


@given(st.sampled_from(FIELDS), junk)
def test_any_value_of_any_field_is_read_or_refused(field: str, value: Any) -> None:
    why = refused(json.dumps({**json.loads(GOOD), field: value}))
    if field not in {"test_name", "measurement_start_time"}:
        assert why is None
    elif not isinstance(value, str):
        assert why is not None
        assert field in why


@given(st.permutations(FIELDS), st.dictionaries(st.text(max_size=4).map("x{}".format), junk, max_size=3))
def test_neither_order_nor_other_fields_matter(order: list[str], more: dict[str, Any]) -> None:
    fields = json.loads(GOOD)
    again = read_whole(json.dumps({**more, **{name: fields[name] for name in order}}))
    first = read_whole(GOOD)
    names = [name for name in first.__struct_fields__ if name != "test_keys"]
    assert [getattr(again, name) for name in names] == [getattr(first, name) for name in names]
    assert json.loads(bytes(again.test_keys)) == {"a": 1}


@given(
    st.datetimes(datetime(2012, 1, 1), datetime(2039, 1, 1)),
    st.sampled_from(" T"),
    st.sampled_from(["", "Z"]),
)
def test_times_are_utc(moment: datetime, between: str, zone: str) -> None:
    one = whole("ndt", None, measurement_start_time=moment.isoformat(between) + zone)
    assert one.time == moment.replace(tzinfo=UTC)


@given(st.integers(-10, 2**33))
def test_networks_in_every_spelling(number: int) -> None:
    spelled = [whole("ndt", None, probe_asn=each) for each in (number, f"AS{number}", str(number))]
    known = 0 < number < 2**32 - 1
    assert [one.asn for one in spelled] == [number if known else 0] * 3
    assert spelled[0].network == (Entity.parse(f"AS{number}") if known else None)


@pytest.mark.parametrize("code", ["ZZ", "it", "", "I", "ITA", "XX", "..", None, 7])
def test_what_is_no_country_is_none(code: object) -> None:
    assert whole("ndt", None, probe_cc=code).country is None


def test_all_fields() -> None:
    one = read_whole(GOOD)
    assert one.time == datetime(2024, 2, 12, 20, 33, 47, tzinfo=UTC)
    assert (one.country, one.network) == (Entity.parse("IT"), Entity.parse("AS137"))
    assert one.engine_version == "3.1.0"
    assert one.instrument == "ooniprobe 3.22.0 telegram 0.5.28"
    assert bytes(one.test_keys) == b'{"a": 1}'


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        (
            {"measurement_uid": "20240212203347.1_IT_x_ab", "report_id": "r"},
            "https://explorer.ooni.org/m/20240212203347.1_IT_x_ab",
        ),
        (
            {"report_id": "r/1", "input": "http://a.b/?c=d&e"},
            "https://explorer.ooni.org/measurement/r%2F1?input=http%3A%2F%2Fa.b%2F%3Fc%3Dd%26e",
        ),
        ({"report_id": "r", "input": ""}, "https://explorer.ooni.org/measurement/r"),
        ({"report_id": None}, None),
    ],
)
def test_where_it_can_be_looked_at(fields: dict[str, Any], address: str | None) -> None:
    assert whole("ndt", None, **fields).address == address


def test_of_several_inputs_the_first_counts() -> None:
    assert whole("meek", None, input=["a.b", "c.d"]).input == "a.b"
    assert whole("meek", None, input=[]).input is None


@pytest.mark.parametrize(
    "time", ["", "2024-02-30 00:00:00", "2024-02-12", "2024-02-12 20:33:47+01:00", "now"]
)
def test_a_time_that_cannot_be_read_is_refused(time: str) -> None:
    assert "measurement_start_time" in str(refused(line("ndt", None, measurement_start_time=time)))


@pytest.mark.parametrize("deep", [b"[" * 100_000, GOOD.replace(b'{"a": 1}', b"[" * 100_000)])
def test_nesting_without_end_is_refused(deep: bytes) -> None:
    assert refused(deep)


def test_half_letters_are_replaced_and_whole_ones_kept() -> None:
    text = rb'"\ud83d\ude00 \ud800 \\ud800 \udc01"'
    one = read_whole(GOOD.replace(b'{"a": 1}', text))
    assert json.loads(bytes(one.test_keys)) == "\U0001f600 � \\ud800 �"


def test_half_letters_by_the_hundred_thousand_are_mended_in_little_memory() -> None:
    body = GOOD.replace(b'"3.1.0"', b'"' + rb"\ud800\n" * 200_000 + b'"')
    tracemalloc.start()
    try:
        assert read_whole(body).engine_version == ("\ufffd\n" * 200_000).strip()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * len(body)  # pieces of their own took 20 times as much


def test_a_line_of_escapes_without_half_letters_is_refused_at_once() -> None:
    assert "JSON" in (refused(b'{"test_name":"' + rb"\x" * 100_000 + b'"}') or "")
