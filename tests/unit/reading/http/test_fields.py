"""Typed access to documents."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import WrongAnswerError
from shutdownkit.reading.http.fields import (
    as_flag,
    as_int,
    as_list,
    as_number,
    as_object,
    as_text,
    below,
    items_of,
    member,
    number_or_nan,
    optional,
    shown,
)

from .test_document import DOCUMENTS

Helper = Callable[[object, str], object]
HELPERS: dict[Helper, tuple[type, ...]] = {
    as_object: (dict,),
    as_list: (list,),
    as_int: (int,),
    as_number: (int, float),
    as_text: (str,),
    as_flag: (bool,),
}


@given(DOCUMENTS, st.sampled_from(sorted(HELPERS, key=str)))
def test_a_helper_gives_the_value_or_names_its_path(value: object, helper: Helper) -> None:
    right = isinstance(value, HELPERS[helper]) and isinstance(value, bool) == (helper is as_flag)
    try:
        result = helper(value, "data[0].x")
    except WrongAnswerError as error:
        problem = error.problem
    else:
        problem = ""
    if problem:
        assert problem.startswith("data[0].x: ")
        assert "\n" not in problem
        assert len(problem) < 150
        blank = isinstance(value, str) and not value.strip()
        huge = isinstance(value, int) and abs(value) > 1e308
        assert not right or blank or huge
    else:
        assert right
        assert result == value
        assert optional(helper, value, "") == value


@given(st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-10, 10))
def test_missing_is_not_zero(value: float | None) -> None:
    result = number_or_nan(value, "x")
    assert math.isnan(result) if value is None else (result == value and isinstance(result, float))


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: as_number("x", "data[0][0].values[3]"), "data[0][0].values[3]: 'x' is not a number"),
        (lambda: as_number(True, "v"), "v: true is not a number"),
        (lambda: as_number(10**400, "v"), "v: a whole number of very many digits is too large"),
        (lambda: as_number(math.inf, "v"), "v: inf is not finite"),
        (lambda: as_number(-1, "v", minimum=0), "v: -1 is under 0"),
        (lambda: number_or_nan(101, "v", maximum=100), "v: 101 is over 100"),
        (lambda: as_int(False, "v"), "v: false is not a whole number"),
        (lambda: as_int(1.0, "v"), "v: 1.0 is not a whole number"),
        (lambda: as_int(0, "v", minimum=1), "v: 0 is under 1"),
        (lambda: as_int(3, "v", maximum=2), "v: 3 is over 2"),
        (lambda: as_text(None, "v"), "v: null is not text"),
        (lambda: as_text(" ", "v"), "v: ' ' is empty"),
        (lambda: as_flag(1, "v"), "v: 1 is neither true nor false"),
        (lambda: as_list({}, "v"), "v: an object is not a list"),
        (lambda: as_object([], ""), "the document: a list is not an object"),
        (lambda: member({"b": 1}, "a", "data[2]"), "data[2]: has no 'a'"),
        (lambda: member({}, "a", ""), "the document: has no 'a'"),
        (lambda: list(items_of(3, "v")), "v: 3 is not a list"),
    ],
)
def test_known_problems(call: Callable[[], object], problem: str) -> None:
    with pytest.raises(WrongAnswerError) as caught:
        call()
    assert caught.value.problem == problem
    assert caught.value.where is None


def test_paths_are_read_as_they_are_written() -> None:
    assert below("", "data") == "data"
    assert below("data", 0) == "data[0]"
    assert below("data[0]", "up-slash24s") == "data[0].up-slash24s"
    assert below("data", "a.b") == "data['a.b']"
    assert list(items_of(["a", 2], "v")) == [("a", "v[0]"), (2, "v[1]")]
    assert member({"a": None}, "a", "") is None
    assert as_text("", "v", empty=True) == ""
    assert as_number(0, "v", minimum=0) == 0.0
    assert optional(as_text, None, "v") is None


@given(st.text())
def test_a_value_is_shown_on_one_short_line(text: str) -> None:
    assert shown(text).isprintable()
    assert len(shown(text)) <= 60
