"""The small picture of the signals."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from itertools import pairwise

import attrs
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.model.series import TimeSeries
from shutdownkit.model.window import TimeWindow
from shutdownkit.report.content import Trace
from shutdownkit.report.picture import BLOCKS, UNMEASURED, columns, picture, ticks
from shutdownkit.report.report import Report
from shutdownkit.testing.strategies import instants, reports, series, windows
from tests.unit.report.samples import BELARUS, PROBING, WINDOW, report

ROW = re.compile(rf" ([{BLOCKS}{UNMEASURED}]{{10,}})$")


@given(st.data(), windows(empty=False), st.integers(1, 12))
def test_a_column_is_the_worst_measured_bin_that_it_overlaps(
    data: st.DataObject, window: TimeWindow, count: int
) -> None:
    values = data.draw(series(minimum=0.0, maximum=1.0, start=data.draw(instants(near=window.start))))
    got = columns(values, window, count)
    for column in range(count):
        start = window.start + window.duration * column / count
        end = window.start + window.duration * (column + 1) / count
        seen = [
            value
            for index, value in enumerate(values.values.tolist())
            if values.start + values.step * index < end
            and start < values.start + values.step * (index + 1)
            and not math.isnan(value)
        ]
        if seen:
            assert got[column] == min(seen)
        else:
            assert math.isnan(got[column])


@given(windows(empty=False), st.integers(10, 140))
def test_ticks_rise_and_their_labels_do_not_touch(window: TimeWindow, count: int) -> None:
    placed = ticks(window, count)
    for column, label in placed:
        assert column >= 0
        assert column + len(label) <= count
    for (first, label), (second, _) in pairwise(placed):
        assert first + len(label) < second


@given(reports(), st.integers(60, 140))
def test_a_row_for_each_trace_of_blocks_and_gaps(content: Report, width: int) -> None:
    rows = picture(content, width)
    if not content.traces or not content.window.duration:
        assert rows == []
        return
    cells = [ROW.findall(row) for row in rows[: len(content.traces)]]
    assert all(len(found) == 1 for found in cells)
    assert len({len(found[0]) for found in cells}) == 1
    assert len(rows) >= len(content.traces) + 2


def drawn(values: list[float], width: int) -> str:
    """The row of a single trace whose bins are the columns."""
    step = WINDOW.duration / len(values)
    trace = Trace(PROBING, BELARUS, None, TimeSeries(WINDOW.start, step, values))
    content = attrs.evolve(report(), traces=(trace,), faults=(), episodes=())
    (row,) = ROW.findall(picture(content, width)[0])
    return str(row)


def test_missing_is_not_zero() -> None:
    values = [1.0, 0.0, math.nan, 0.5, 3.0, 0.125, 0.126, -0.1]
    columns_each = 10
    row = drawn(values, len(PROBING.name) + 2 + columns_each * len(values))
    assert row == "".join(char * columns_each for char in "█▁·▄█▁▂▁")


def test_a_short_loss_is_seen_however_wide_the_columns() -> None:
    values = np.ones(96 * 60)
    values[1234] = 0.0
    assert drawn(values.tolist(), 80).count("▁") == 1


def test_the_axis_the_episodes_and_the_faults() -> None:
    lines = picture(report(), 29 + 2 + 96)  # a column an hour
    cells = [line[31:] for line in lines]
    assert cells[2] == ("┴" + "─" * 11) * 8
    assert cells[3].split()[::2] == ["08-08", "08-09", "08-10", "08-11"]
    assert set(cells[3].split()[1::2]) == {"12:00"}
    assert lines[4].startswith("episodes")
    assert cells[4] == " " * 42 + "1" + "─" * 36  # until 78 hours and 20 minutes
    assert lines[5].startswith("faults")
    assert cells[5] == " " * 84 + "x" * 6


def test_episodes_at_the_same_time_lie_in_rows_of_their_own() -> None:
    twice = attrs.evolve(report(), episodes=report().episodes * 2, faults=())
    last_two = [line[29:].strip()[0] for line in picture(twice, 79)[-2:]]
    assert last_two == ["1", "2"]


def test_labels_follow_the_length_of_the_window() -> None:
    hours = ticks(TimeWindow(WINDOW.start, WINDOW.start + timedelta(hours=6)), 60)
    assert [label for _, label in hours] == ["08-08", "01:00", "02:00", "03:00", "04:00", "05:00"]
    years = ticks(TimeWindow("1990-01-01", "2030-01-01"), 70)
    assert all(len(label) == 4 for _, label in years)
