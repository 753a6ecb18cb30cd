"""Every fault becomes the error that it says, for JSON and for CSV."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from shutdownkit.errors import ProviderError, WrongAnswerError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.request import Answer, AnswerForm, HttpRequest, Secret
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.clock import ManualClock
from shutdownkit.testing.faults.documents import Table, looks_like_time, number_in
from shutdownkit.testing.faults.fault import Fault
from shutdownkit.testing.faults.zoo import ZOO
from shutdownkit.testing.server import LoopbackServer, Received, Reply

DOCUMENT = {"from": 1596844800, "step": 3600, "values": [0, 1, 2.5, None], "name": "x", "flag": True}
CSV = b"""# Comments, as Tor Metrics has them.
# https://metrics.example/
date,country,users,frac
2020-08-07,by,3000,71.5
2020-08-08,by,3100,
2020-08-09,by,0,70
2020-08-10,by,1200,69
"""
ROWS = list(csv.reader(line for line in CSV.decode().splitlines() if not line.startswith("#")))
ASKED = Received("GET", "/", {}, {})


def json_good(received: Received) -> Reply:
    return Reply(json.dumps(DOCUMENT).encode())


def csv_good(received: Received) -> Reply:
    return Reply(CSV, headers={"Content-Type": "text/csv; charset=utf-8"})


def read_json(answer: Answer) -> object:
    """As strictly as a source must read."""
    match answer.document:
        case {"from": int(), "step": int(step), "values": [*values], "name": str(), "flag": bool()} if (
            step > 0
        ):
            if all(one is None or (isinstance(one, int | float) and one >= 0) for one in values):
                return answer.document
    raise WrongAnswerError("is not what it should be")


def read_csv(answer: Answer) -> object:
    """As strictly as a source must read."""
    text = answer.document
    assert isinstance(text, str)
    try:
        rows = list(csv.reader(line for line in text.splitlines() if not line.startswith("#")))
        if rows[0] != ROWS[0] or any(len(row) != 4 for row in rows):
            raise WrongAnswerError("other columns")
        for day, country, *numbers in rows[1:]:
            date.fromisoformat(day)
            if len(country) != 2 or any(one and not float(one) >= 0 for one in numbers):
                raise WrongAnswerError("another country, or a number under 0")
    except (ValueError, csv.Error):
        raise WrongAnswerError("neither a date nor a number") from None
    return rows


FORMS: dict[str, tuple[Callable[[Received], Reply], AnswerForm, Callable[[Answer], object], object]] = {
    "json": (json_good, AnswerForm.JSON, read_json, DOCUMENT),
    "csv": (csv_good, AnswerForm.TEXT, read_csv, ROWS),
}
KEY = Secret("c4n4ry-0123456789")


def ask(fault: Fault, form: str, key: Secret | None = None) -> object:
    good, answer_form, read, _ = FORMS[form]
    settings = HttpSettings(read_timeout=0.3, call_timeout=0.5 if fault.slow else 60, largest_body=1_000_000)
    with (
        LoopbackServer(fault.misbehave(good)) as server,
        HttpClient(settings, clock=ManualClock().clock) as client,
    ):
        return client.ask(HttpRequest(server.url + "/x", {"a": 1}, form=answer_form, key=key), read)


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("name", ZOO)
def test_a_fault_becomes_the_error_that_it_says(name: str, form: str) -> None:
    fault = ZOO[name]
    if fault.recovers:
        assert ask(fault, form) == FORMS[form][3]
    else:
        with pytest.raises(ProviderError) as caught:
            ask(fault, form)
        assert type(caught.value) in fault.errors


def test_the_good_answers_are_good() -> None:
    for form, (_, _, _, expected) in FORMS.items():
        assert ask(Fault("none", "none", lambda good: good, ()), form) == expected


def test_the_zoo_can_be_read_and_not_written() -> None:
    with pytest.raises(TypeError):
        ZOO["new"] = ZOO["html"]  # type: ignore[index]
    for name, fault in ZOO.items():
        assert fault.name == name
        assert fault.recovers == (not fault.errors)
        assert fault.description.endswith(".")
        assert "\n" not in fault.description
    assert [name for name, fault in ZOO.items() if fault.slow] == ["silent", "drip_headers", "drip_body"]
    assert [name for name, fault in ZOO.items() if fault.recovers] == ["unavailable_twice", "too_many_once"]


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_key_that_is_said_back_goes_no_further(form: str) -> None:
    fault = ZOO["says_the_key"]
    with LoopbackServer(fault.misbehave(json_good)) as server, HttpClient() as client:
        request = HttpRequest(server.url, key=KEY)
        with pytest.raises(ProviderError) as caught:
            client.ask(request, read_json)
    assert "***" in str(caught.value)
    assert KEY.reveal() not in str(caught.value)
    sent: list[bytes] = []

    class Line:
        def sendall(self, data: bytes) -> None:
            sent.append(data)

    raw = fault.misbehave(json_good)(evolve(ASKED, headers={"authorization": "Key K"})).raw
    assert raw is not None
    raw(Line())  # type: ignore[arg-type] # what is sent is all that is looked at
    head, _, body = b"".join(sent).partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    assert all(b"Key K" in part for part in (status, b"".join(headers), body))


@pytest.mark.parametrize("name", ["unavailable_twice", "too_many_once"])
def test_what_recovers_begins_anew_each_time(name: str) -> None:
    def statuses() -> list[int]:
        answer = ZOO[name].misbehave(json_good)
        return [answer(ASKED).status for _ in range(4)]

    assert statuses() == statuses()
    assert statuses()[-1] == 200 != statuses()[0]


# Laws of what is done to values.

NUMBERS = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5) | st.integers(10**9, 4 * 10**9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
).filter(lambda value: isinstance(value, dict | list))
WORDS = st.from_regex(r"[a-z]{1,5}( [a-z]{1,3})?", fullmatch=True)
CELLS = st.integers(-1000, 10**6).map(str) | WORDS | st.just("") | st.just("2020-08-08") | st.just("1.5")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(2, 5))
    row = st.tuples(*[CELLS] * width)
    header = tuple(f"c{number}" for number in range(width))
    comments = tuple(draw(st.lists(WORDS.map("# {}".format), max_size=2)))
    return Table(comments, header, tuple(draw(st.lists(row, min_size=1, max_size=6))))


def body_of(name: str, good: bytes) -> bytes:
    return misbehaving(name, Reply(good)).body


def misbehaving(name: str, reply: Reply) -> Reply:
    return ZOO[name].misbehave(lambda _: reply)(ASKED)


def leaves(value: object) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [] if value is None else [value]


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@given(JSON)
def test_in_json_no_leaf_keeps_its_type(document: object) -> None:
    old, new = leaves(document), leaves(json.loads(body_of("wrong_types", json.dumps(document).encode())))
    if not old:
        assert new == [7]
    else:
        assert len(old) == len(new)
        assert all(is_number(one) != is_number(other) for one, other in zip(old, new, strict=True))


@given(JSON)
def test_in_json_no_number_is_left(document: object) -> None:
    body = body_of("not_a_number", json.dumps(document).encode())
    assert b"NaN" in body
    assert all(math.isnan(one) for one in leaves(json.loads(body)) if is_number(one))


@given(JSON)
def test_in_json_only_times_stay_above_zero(document: object) -> None:
    old = leaves(document)
    new = leaves(json.loads(body_of("negative", json.dumps(document).encode())))
    assert len(old) == len(new)
    for one, other in zip(old, new, strict=True):
        if is_number(one) and not looks_like_time(one):
            assert other == -one - 1
            assert other < 0 or one < 0
        else:
            assert other == one


@given(JSON)
def test_in_json_the_outermost_is_another(document: object) -> None:
    new = json.loads(body_of("list_for_object", json.dumps(document).encode()))
    assert isinstance(document, dict | list)
    if isinstance(document, dict):
        assert new == list(document.values())
    else:
        assert new == {} if not document else all(isinstance(one, list | dict) for one in new)
        assert new != document or all(isinstance(one, list) for one in document)


@given(tables())
def test_a_table_reads_back_as_it_was(table: Table) -> None:
    assert Table.read(table.body()) == table


@given(tables())
def test_in_csv_no_cell_keeps_its_kind(table: Table) -> None:
    new = Table.read(body_of("wrong_types", table.body()))
    assume(any(cell for row in table.rows for cell in row))
    assert new.header == table.header
    for row, others in zip(table.rows, new.rows, strict=True):
        for cell, other in zip(row, others, strict=True):
            assert bool(cell) == bool(other)
            assert not cell or (number_in(cell) is None) != (number_in(other) is None)


@given(tables())
def test_in_csv_no_number_is_left(table: Table) -> None:
    body = body_of("not_a_number", table.body())
    assert b"NaN" in body
    assert all(number_in(cell) is None for row in Table.read(body).rows for cell in row)


@given(tables())
def test_in_csv_only_times_stay_above_zero(table: Table) -> None:
    new = Table.read(body_of("negative", table.body()))
    for row, others in zip(table.rows, new.rows, strict=True):
        for cell, other in zip(row, others, strict=True):
            number = number_in(cell)
            assert number_in(other) == (None if number is None else -number - 1)
            assert number is not None or cell == other


@given(tables())
def test_in_csv_each_column_bears_the_name_of_another(table: Table) -> None:
    new = Table.read(body_of("list_for_object", table.body()))
    assert new.rows == table.rows
    assert sorted(new.header) == sorted(table.header)
    assert all(one != other for one, other in zip(new.header, table.header, strict=True))


def test_the_names_of_one_column_are_left_out() -> None:
    assert body_of("list_for_object", b"users\n1\n2\n") == b"1\n2\n"


@given(tables())
def test_a_table_that_is_cut_ends_in_a_row_that_is_too_short(table: Table) -> None:
    whole = table.body()
    part = body_of("cut", whole)
    assert whole.startswith(part)
    assert len(part) < len(whole)
    last = list(csv.reader(io.StringIO(part.decode())))[-1]
    assert len(last) < len(table.header)


@given(JSON, st.sampled_from(sorted(ZOO)))
def test_an_answer_that_is_packed_is_unpacked_first(document: object, name: str) -> None:
    body = json.dumps(document).encode()
    packed = Reply(gzip.compress(body), headers={"Content-Encoding": "gzip", "X-Kept": "1"})
    ours = misbehaving(name, packed)
    plain = misbehaving(name, Reply(body, headers={"X-Kept": "1"}))
    if name == "wrong_status_good_body":
        assert ours == evolve(packed, status=500)
    else:
        assert evolve(ours, raw=None) == evolve(plain, raw=None)


def test_half_a_body_and_a_time_that_stays() -> None:
    assert body_of("cut", b'{"data": [1, 2]}') == b'{"data":'
    assert body_of("negative", b'{"t": 1596844800, "ms": 1596844800000, "n": 0}') == (
        b'{"t": 1596844800, "ms": 1596844800000, "n": -1}'
    )
    assert body_of("negative", b"t,n\n1596844800,3\n") == b"t,n\n1596844800,-4\n"
    assert body_of("another_charset", b"{}") in (b"\xff\xfe{\0}\0", b"\xfe\xff\0{\0}")
