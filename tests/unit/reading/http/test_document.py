"""What a body must be."""

from __future__ import annotations

import json
import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import WrongAnswerError
from shutdownkit.reading.http import document
from shutdownkit.reading.http.document import DEEPEST, MOST, read_document

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20)


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


def finite(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and finite(item) for name, item in value.items())
    if isinstance(value, list):
        return all(map(finite, value))
    if isinstance(value, str):
        return bool(value.encode() or True)
    return value is None or isinstance(value, bool | int) or math.isfinite(value)  # type: ignore[arg-type]


@given(DOCUMENTS, st.booleans(), st.booleans())
def test_any_document_comes_back(value: object, ascii_only: bool, marked: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8-sig" if marked else "utf-8")
    if depth(value) > DEEPEST:
        with pytest.raises(WrongAnswerError, match="32 lists and objects deep"):
            read_document(body)
    else:
        assert read_document(body) == value
        assert json.dumps(read_document(body)) == json.dumps(value)


@given(st.binary() | TEXTS.map(str.encode) | st.text('[]{}":,\\u01dDe-+.NaInfity ').map(str.encode))
def test_any_bytes_give_a_document_or_a_wrong_answer(body: bytes) -> None:
    try:
        value = read_document(body, "application/json")
    except WrongAnswerError as error:
        refused: WrongAnswerError | None = error
    else:
        refused = None
    if refused is not None:
        assert refused.where is None
        assert refused.problem.isprintable()
    else:
        assert depth(value) <= DEEPEST
        assert finite(value)


OPENINGS = st.integers(DEEPEST - 1, DEEPEST + 1).flatmap(
    lambda count: st.lists(st.sampled_from("[{"), min_size=count, max_size=count)
)


@given(OPENINGS, TEXTS)
def test_what_lies_deeper_is_refused_whatever_it_is_made_of(openings: list[str], text: str) -> None:
    value: object = text + '[{"\\' * 40
    for opening in openings:
        value = [value] if opening == "[" else {'a"[\\': value}
    body = json.dumps(value).encode()
    if len(openings) <= DEEPEST:
        assert read_document(body) == value
    else:
        with pytest.raises(WrongAnswerError, match="more than 32"):
            read_document(body)


def test_many_lists_beside_one_another_are_not_deep() -> None:
    assert read_document(b"[" + b"[]," * 1000 + b"[]]") == [[] for _ in range(1001)]


def marks(value: object) -> int:
    """Openings of lists and objects, and commas, in a document's JSON."""
    if isinstance(value, dict | list):
        items = list(value.values()) if isinstance(value, dict) else value
        return 1 + max(len(items) - 1, 0) + sum(map(marks, items))
    return 0


@given(DOCUMENTS, st.integers(-2, 2), st.booleans())
def test_more_values_than_that_are_refused_whatever_their_texts_hold(
    value: object, spare: int, ascii_only: bool
) -> None:
    value = ['"\\,[{', value, {',\\"': ","}]
    most = marks(value) + spare
    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "MOST", most)
        patch.setattr(document, "DEEPEST", 1000)
        if spare >= 0:
            assert read_document(body) == value
        else:
            with pytest.raises(WrongAnswerError, match=rf"more than {most} lists, objects and commas"):
                read_document(body)


@pytest.mark.parametrize("unit", [b"[],", b"1,", b'"",', b'{"a":1},', b'"",' * 9])
def test_very_many_values_are_refused_before_they_cost_memory(
    unit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """60 MiB of ``[],`` or of objects were 1.6 GiB once parsed."""
    body = b"[" + unit * 200_001
    monkeypatch.setattr(document, "MOST", 200_000)
    tracemalloc.start()
    try:
        with pytest.raises(WrongAnswerError, match="lists, objects and commas"):
            read_document(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * len(body)


def test_a_long_text_is_one_value() -> None:
    text = ",[{" * MOST
    assert read_document(json.dumps([text]).encode()) == [text]


def test_a_name_given_twice_is_found_among_very_many() -> None:
    names = ",".join(f'"{number}":0' for number in range(200_000))  # hours, were each looked for in all
    with pytest.raises(WrongAnswerError, match="the document: an object names '7' twice"):
        read_document(f'{{{names},"7":0,"8":0}}'.encode())


@pytest.mark.parametrize("unit", [b"[", b'{"a":', b'[{"a":'])
def test_two_hundred_thousand_brackets_cost_little(unit: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(WrongAnswerError, match="deep"):
            read_document(unit * 200_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * len(unit) * 200_000


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "an empty body"),
        (b" \r\n\t", "an empty body"),
        (b"\xef\xbb\xbf", "no JSON"),
        (b'{"a": [1, NaN]}', "a[1]: NaN is no number in JSON"),
        (b'{"a": {"b c": -Infinity}}', "a['b c']: -Infinity is no number in JSON"),
        (b"[0, 1e999]", "[1]: a number too large to be kept"),
        (b"[-1e999]", "[0]: a number too large to be kept"),
        (b"[[" + b"9" * 5000 + b"]]", "[0][0]: a whole number of 5000 digits"),
        (b'{"x": {"a": 1, "b": 2, "a": 1}}', "x: an object names 'a' twice"),
        (b'{"a": 1, "a": NaN}', "the document: an object names 'a' twice"),
        (b'{"a": ["\\ud83d"]}', "a[0]: '\\ud83d' holds half a character"),
        (b'{"\\uDC00": 1}', "the name '\\udc00' holds half a character"),
        (b"[1, 2", "no JSON: Expecting ',' delimiter at line 1 column 6"),
        (b"[1] [2]", "no JSON: Extra data"),
        (b"\xff\xfe[\x001\x00]\x00", "not UTF-8 at byte 0"),
        (b'["\xe9"]', "not UTF-8 at byte 2"),
        (b" \n<!doctype html><html></html>", "HTML where JSON belongs"),
        (b"\xef\xbb\xbf<html>", "HTML where JSON belongs"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(body: bytes, problem: str) -> None:
    with pytest.raises(WrongAnswerError) as caught:
        read_document(body)
    assert problem in caught.value.problem


def test_what_it_was_sent_as_is_named_where_it_is_not_json() -> None:
    with pytest.raises(WrongAnswerError, match=r"HTML where JSON belongs, sent as 'text/html'"):
        read_document(b"<p>", "text/html")
    with pytest.raises(WrongAnswerError, match=r"column 1$"):
        read_document(b"?", "application/problem+json")
    assert read_document(b"[]", "text/html") == []


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert read_document(b'["\\ud83d\\ude00"]') == ["\U0001f600"]
    assert read_document(b'["\\\\ud83d"]') == ["\\ud83d"]
