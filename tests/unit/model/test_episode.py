"""Episodes, windows and series: known answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.window import TimeWindow

BELARUS = Entity.parse("BY")


@pytest.mark.parametrize(
    ("onset", "name"),
    [
        ("2020-08-09T18:00:00Z", "BY-2020-08-09T18"),
        ("2020-08-09T17:50:00Z", "BY-2020-08-09T18"),
        ("2020-08-09T18:44:59Z", "BY-2020-08-09T18"),
        ("2020-08-09T18:45:00Z", "BY-2020-08-09T19"),
        ("2020-08-09T23:50:00Z", "BY-2020-08-10T00"),
    ],
)
def test_the_id_bears_a_bin_s_jitter(onset: str, name: str) -> None:
    assert Episode(BELARUS, TimeWindow(onset, "2020-08-12")).id == name


def test_a_window_is_half_open() -> None:
    window = TimeWindow("2020-08-08", "2020-08-09")
    assert window.start in window
    assert window.end not in window
    assert not window.overlaps(TimeWindow("2020-08-09", "2020-08-10"))
    assert window.intersection(TimeWindow("2020-08-08T12:00:00Z", "2020-08-10")) == TimeWindow(
        "2020-08-08T12:00:00Z", "2020-08-09"
    )


def test_times_of_other_zones_become_utc() -> None:
    assert TimeWindow("2020-08-09T21:00:00+03:00", "2020-08-10").start == datetime(2020, 8, 9, 18, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2020-08-08T00:00", "2020-08-08 00:00:00", "yesterday", ""])
def test_text_without_an_offset_or_sense_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^TimeWindow\.start: "):
        TimeWindow(text, "2020-08-09")


def test_a_cut_keeps_the_bins_that_overlap() -> None:
    series = TimeSeries("2020-08-08", timedelta(hours=1), np.arange(24.0))
    cut = series.cut(TimeWindow("2020-08-08T01:30:00Z", "2020-08-08T03:00:00Z"))
    assert cut.values.tolist() == [1.0, 2.0]
    assert cut.start == datetime(2020, 8, 8, 1, tzinfo=UTC)
    assert len(series.cut(TimeWindow("2021-01-01", "2021-01-02"))) == 0
