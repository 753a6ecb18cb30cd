"""Records of probes, and what they tell of a time without events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import WrongAnswerError
from shutdownkit.sources.atlas.probes import FIELDS, Probe, probe_of, read_probes, state_by_record
from shutdownkit.testing.wire.atlas import probe_record

WHERE = "https://atlas.ripe.net/api/v2/probes/"
START, STOP = 1000.0, 2000.0

numbers = st.none() | st.integers(1, 2**31)


@given(
    st.tuples(
        st.integers(1, 2**31),
        st.none() | st.sampled_from(["BY", "KE"]),
        numbers,
        numbers,
        st.integers(0, 4),
        st.integers(0, 2**31),
        st.none() | st.integers(0, 2**31),
        st.integers(0, 2**31),
    )
)
def test_what_a_record_holds_is_read(values: Any) -> None:
    number, country, asn, asn_v6, status, since, first, last = values
    record = probe_record(
        number,
        country,
        asn=asn,
        asn_v6=asn_v6,
        status=status,
        since=since,
        first_connected=first,
        last_connected=last,
    )
    assert probe_of(record) == Probe(number, country, asn, asn_v6, status, since, first, last)


@given(st.lists(st.integers(1, 20), max_size=20))
def test_each_probe_is_there_once_by_id(ids: list[int]) -> None:
    read = read_probes([probe_record(number, "BY") for number in ids], where=WHERE)
    assert [probe.id for probe in read.values] == sorted(set(ids))


def test_what_is_missing_or_null_is_none() -> None:
    assert probe_of({"id": 7}) == Probe(7)
    assert probe_of(dict.fromkeys(FIELDS.split(",")) | {"id": 7}) == Probe(7)


def test_no_field_is_asked_that_tells_where_a_probe_is() -> None:
    private = {"geometry", "address_v4", "address_v6", "prefix_v4", "prefix_v6", "description", "tags"}
    assert not private & set(FIELDS.split(","))


@pytest.mark.parametrize(
    ("status", "id_and_since"),
    [
        ({"id": 4, "name": "Written Off", "since": "2024-06-28T08:50:02.769177Z"}, (4, 1719564602.769177)),
        ({"id": 1, "name": "Connected", "since": "2026-05-16T05:26:59Z"}, (1, 1778909219.0)),
        ({"id": 1, "name": "Connected", "since": "2026-05-16T05:26:59"}, (1, 1778909219.0)),
        ({"id": 1, "name": "Connected"}, (1, 5.0)),
        ({"id": 9, "name": "Lost"}, (None, 5.0)),
        (2, (2, 5.0)),
        (None, (None, 5.0)),
    ],
)
def test_a_status_comes_in_several_forms(status: object, id_and_since: tuple[int | None, float]) -> None:
    probe = probe_of({"id": 7, "status": status, "status_since": 5})
    assert (probe.status, probe.since) == id_and_since


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("id", None, "$.results[0].id is missing"),
        ("id", "7", "$.results[0].id is no whole number"),
        ("id", 0, "$.results[0].id is not positive"),
        ("country_code", 375, "$.results[0].country_code is no text but int"),
        ("asn_v4", "AS1", "$.results[0].asn_v4 is no whole number"),
        ("status", "up", "$.results[0].status is no status"),
        ("status", {"id": 1, "since": 3}, "$.results[0].status.since is no time but int"),
        ("status", {"id": 1, "since": "now"}, "$.results[0].status.since is no ISO 8601 time"),
        ("first_connected", "2020", "$.results[0].first_connected is no whole number"),
    ],
)
def test_a_bad_record_is_named(field: str, value: object, problem: str) -> None:
    record = probe_record(7, "BY") | {field: value}
    with pytest.raises(WrongAnswerError, match="1 of 1 records are bad") as caught:
        read_probes([record], where=WHERE)
    assert problem in caught.value.problem
    assert caught.value.where == WHERE


@pytest.mark.parametrize(
    ("probe", "state"),
    [
        (Probe(7, status=1, since=1000), True),
        (Probe(7, status=1, since=1001), None),
        (Probe(7, status=1), None),
        (Probe(7, status=2, since=900, last_connected=1000), False),
        (Probe(7, status=2, since=900), False),
        (Probe(7, status=2, since=900, last_connected=1001), None),
        (Probe(7, status=3, since=2500), None),
        (Probe(7, status=4, since=500), False),
        (Probe(7, status=0), False),
        (Probe(7, status=1, since=2600, first_connected=2000), False),
        (Probe(7, status=1, since=2600, first_connected=1999), None),
        (Probe(7), None),
    ],
)
def test_a_record_tells_of_a_time_or_does_not(probe: Probe, state: bool | None) -> None:
    assert state_by_record(probe, START, STOP) is state
