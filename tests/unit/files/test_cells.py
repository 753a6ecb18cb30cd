"""Columns of cells, where they are stricter or looser than they look."""

from __future__ import annotations

import pytest

from shutdownkit.files.cells import number_column, time_column, time_micros
from shutdownkit.files.grids import usual_step
from shutdownkit.files.places import CellError

GOOD = "2020-08-09T17:00:00Z"


@pytest.mark.parametrize(
    "odd",
    [
        "2020-02-30T00:00:00Z",
        "2021-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2020-04-31T00:00:00Z",
        "2020-00-01T00:00:00Z",
        "2020-13-01T00:00:00Z",
        "2020-01-00T00:00:00Z",
        "2020-01-32T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2020-01-01T24:00:00Z",
        "2020-01-01T00:60:00Z",
        "2020-01-01T00:00:60Z",
        "2020/01/01T00:00:00Z",
        "2020-01-01T00.00.00Z",
        "2020-01-01T00:00:0:Z",
        "2020-01-01T00:00:0/Z",
        "2020-01-01T00:00:00z",
    ],
)
def test_a_column_with_an_odd_time_is_left_to_the_cells(odd: str) -> None:
    assert time_column([GOOD, odd]) is None
    assert time_column([odd, odd]) is None


@pytest.mark.parametrize(
    "time", ["2020-02-29T23:59:59Z", "2000-02-29T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_the_edges_of_a_column_of_times(time: str) -> None:
    column = time_column([time, GOOD])
    assert column is not None
    assert column.tolist() == [time_micros(time), 1_596_992_400_000_000]


def test_a_time_of_another_form_is_left_to_the_cells() -> None:
    assert time_column([GOOD, "2020-08-09T17:00:00"]) is None
    assert time_column([GOOD, "2020-08-09 17:00:00Z"]) is None
    assert time_column([GOOD, ""]) is None
    assert time_column(["2020-08-09T17:00:00\0"]) is None


@pytest.mark.parametrize("odd", ["inf", "1e999", "1_0", "x", " ", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_column_with_an_odd_number_is_left_to_the_cells(odd: str) -> None:
    assert number_column(["1", odd]) is None


def test_the_names_of_an_internal_error() -> None:
    with pytest.raises(CellError, match="time: 'soon' is neither"):
        time_micros("soon")


@pytest.mark.parametrize(
    ("steps", "usual"), [([], None), ([5], 5), ([10, 5], 5), ([5, 10, 10], 10), ([10, 10, 5, 5, 60], 5)]
)
def test_the_usual_step(steps: list[int], usual: int | None) -> None:
    assert usual_step(steps) == usual
