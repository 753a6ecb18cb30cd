"""Signals that are read and written."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shutdownkit.errors import FileError, InvalidValueError
from shutdownkit.files.signals import read_signals, write_signals
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS, Plane, SignalKind
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Provenance
from tests.unit.files.tables import HEADER, HOUR, ROW, START, rows, signal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "signals.csv"


# What is read


def test_a_plain_table(path: Path) -> None:
    path.write_text(rows("18:00:00=", "17:00:00=5", "19:00:00=0", "21:00:00=7.25"), "utf-8")
    (read,) = read_signals(str(path))
    assert read.entity == Entity.parse("BY")
    assert read.kind is KINDS["bgp.visible-slash24s"]
    assert read.subject is None
    assert read.weights is None
    assert read.series == TimeSeries(START, HOUR, [5, np.nan, 0, np.nan, 7.25])
    assert read.provenance == Provenance("file signals.csv", "not stated")


@pytest.mark.parametrize(
    ("times", "step"),
    [
        (("2020-08-09T17:00:00Z", "2020-08-09T18:00:00Z"), HOUR),
        (("2020-08-09 20:00:00+03:00", "2020-08-09T21:30+03:30"), HOUR),
        (("1596992400", "1596996000"), HOUR),
        (("1596992400.0", "1596992400.5"), timedelta(milliseconds=500)),
        (("2020-08-09T17:00:00.000000Z", "2020-08-09T17:00:00.000001Z"), timedelta(microseconds=1)),
        ((" 2020-08-09T17Z ", "20200809T180000Z"), HOUR),
    ],
)
def test_spellings_of_time(path: Path, times: tuple[str, str], step: timedelta) -> None:
    path.write_text(HEADER + "".join(f"{time},by , bgp.visible-slash24s, 1 \n" for time in times), "utf-8")
    (read,) = read_signals(path)
    assert read.series == TimeSeries(START, step, [1, 1])


def test_a_date_alone_is_its_midnight(path: Path) -> None:
    path.write_text(
        HEADER + "2020-08-09,BY,ooni.measurements,3\n2020-08-10,BY,ooni.measurements,4\n", "utf-8"
    )
    (read,) = read_signals(path)
    assert read.series == TimeSeries("2020-08-09", timedelta(days=1), [3, 4])


def test_seconds_before_1970_and_after_the_point(path: Path) -> None:
    path.write_text(HEADER + "-1.5,BY,ooni.networks,3\n-.5,BY,ooni.networks,4\n", "utf-8")
    with pytest.raises(FileError, match=r"line 3, column time: '-\.5' is neither"):
        read_signals(path)
    path.write_text(HEADER + "-1.5,BY,ooni.networks,3\n-0.5,BY,ooni.networks,4\n", "utf-8")
    (read,) = read_signals(path)
    assert read.series.start == datetime(1969, 12, 31, 23, 59, 58, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("word", ["", "  ", "nan", "NaN", "-nan"])
def test_missing_is_empty_or_nan(path: Path, word: str) -> None:
    path.write_text(rows("17:00:00=5", f"18:00:00={word}", "19:00:00=0"), "utf-8")
    (read,) = read_signals(path)
    assert read.series == TimeSeries(START, HOUR, [5, np.nan, 0])


def test_subjects_and_weights(path: Path) -> None:
    path.write_text(
        "weight,subject,kind,entity,time,value\n"
        "12,domain:tut.by,ooni.anomaly-ratio,BY,2020-08-09,0.5\n"
        ",domain:tut.by,ooni.anomaly-ratio,BY,2020-08-10,\n"
        ",,ooni.anomaly-ratio,BY,2020-08-09,1\n"
        ',"app:""x"",\ny",ooni.anomaly-ratio,BY,2020-08-09,0\n',
        "utf-8",
    )
    whole, app, domain = read_signals(path)
    assert (whole.subject, app.subject, domain.subject) == (None, 'app:"x",\ny', "domain:tut.by")
    assert domain.weights == TimeSeries("2020-08-09", 86400, [12, np.nan])
    assert (whole.weights, app.weights) == (None, None)
    assert whole.series == TimeSeries("2020-08-09", 86400, [1])


def test_a_byte_order_mark_blank_lines_and_other_line_ends(path: Path) -> None:
    text = "\ufeff\r\n" + rows("17:00:00=5", "18:00:00=6").replace("\n", "\r\n\r\n")
    path.write_bytes(text.encode())
    (read,) = read_signals(path)
    assert read.series == TimeSeries(START, HOUR, [5, 6])
    path.write_bytes(rows("17:00:00=5", "18:00:00=6").replace("\n", "\r").encode())
    assert read_signals(path) == (read,)


def test_a_long_run_of_blank_lines_is_no_end(path: Path) -> None:
    path.write_text(rows("17:00:00=5") + "\n" * 10_000 + ROW.format("18:00:00", "6"), "utf-8")
    (read,) = read_signals(path)
    assert read.series == TimeSeries(START, HOUR, [5, 6])


def test_the_step_is_the_most_common_difference_and_of_equals_the_smallest(path: Path) -> None:
    path.write_text(rows("17:00:00=1", "19:00:00=2", "20:00:00=3"), "utf-8")
    (read,) = read_signals(path)
    assert read.series == TimeSeries(START, HOUR, [1, np.nan, 2, 3])


def test_a_single_row_takes_the_usual_step_of_its_kind(path: Path) -> None:
    path.write_text(
        rows("17:00:00=1", "18:00:00=2") + "2020-08-09T17:00:00Z,AS6697,bgp.visible-slash24s,9\n",
        "utf-8",
    )
    assert [one.series.step for one in read_signals(path)] == [HOUR, HOUR]


def test_kinds_of_third_parties(path: Path) -> None:
    kind = SignalKind("acme.cdn-requests", "requests", Plane.TRAFFIC)
    path.write_text(
        HEADER + "2020-08-09,BY,acme.cdn-requests,3\n2020-08-10,BY,acme.cdn-requests,4\n", "utf-8"
    )
    for kinds in ([kind], {kind.name: kind}, iter([kind, kind])):
        (read,) = read_signals(path, kinds=kinds)
        assert read.kind is kind


def test_kinds_that_contradict_each_other(path: Path) -> None:
    kind = SignalKind("acme.cdn-requests", "requests", Plane.TRAFFIC)
    again = SignalKind("ooni.networks", "something else", Plane.TRAFFIC)
    with pytest.raises(InvalidValueError, match=r"acme\.other' is not the name of its kind"):
        read_signals(path, kinds={"acme.other": kind})
    with pytest.raises(InvalidValueError, match=r"ooni\.networks' is the name of two different kinds"):
        read_signals(path, kinds=[again])
    with pytest.raises(InvalidValueError, match="is not a SignalKind"):
        read_signals(path, kinds=["ooni.networks"])  # type: ignore[list-item]


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path) -> None:
    for ending in ("csv", "csv.gz", "parquet"):
        path = tmp_path / f"signals.{ending}"
        write_signals([signal(*range(10_000))], path)
        seen: list[int] = []
        read_signals(path, progress=seen.append)
        assert seen == sorted(seen)
        assert seen[-1] == path.stat().st_size
        assert len(seen) > 1 or ending == "parquet"


def test_an_error_of_the_progress_callback_is_not_taken_for_the_files(path: Path) -> None:
    def broken(_: int) -> None:
        raise BrokenPipeError

    path.write_text(rows("17:00:00=5", "18:00:00=6"), "utf-8")
    with pytest.raises(BrokenPipeError):
        read_signals(path, progress=broken)


# What is written


def test_the_text_of_a_table(path: Path) -> None:
    weights = TimeSeries(START, HOUR, [3, np.nan])
    first = signal(0.1, np.nan, kind="probing.loss", subject='a,"b"', weights=weights)
    write_signals([first, signal(5, 1e300, -0.0)], path)
    assert path.read_bytes().decode() == (
        "time,entity,kind,value,subject,weight\n"
        '2020-08-09T17:00:00Z,BY,probing.loss,0.1,"a,""b""",3.0\n'
        '2020-08-09T18:00:00Z,BY,probing.loss,,"a,""b""",\n'
        "2020-08-09T17:00:00Z,BY,bgp.visible-slash24s,5.0,,\n"
        "2020-08-09T18:00:00Z,BY,bgp.visible-slash24s,1e+300,,\n"
        "2020-08-09T19:00:00Z,BY,bgp.visible-slash24s,-0.0,,\n"
    )
    write_signals([signal(1, 2)], path)
    assert path.read_text("utf-8").splitlines()[0] == "time,entity,kind,value"


def test_a_year_before_1000_and_a_fraction_of_a_second(path: Path) -> None:
    start = datetime(1, 1, 1, microsecond=5, tzinfo=UTC)
    old = signal(series=TimeSeries(start, timedelta(microseconds=7), [1, 2]))
    write_signals([old], path)
    assert "0001-01-01T00:00:00.000005Z" in path.read_text("utf-8")
    assert read_signals(path)[0].series == old.series


def test_more_rows_than_a_block(path: Path) -> None:
    values = np.arange(150_000, dtype=np.float64)
    written = signal(*values, weights=TimeSeries(START, HOUR, values[::-1]))
    write_signals([written], path)
    (read,) = read_signals(path)
    assert read.series == written.series
    assert read.weights == written.weights


def test_gzip_holds_no_name_and_no_time(tmp_path: Path) -> None:
    path = tmp_path / "signals.csv.gz"
    write_signals([signal(1, 2)], path)
    assert path.read_bytes()[3:8] == bytes(5)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ([], "signals: .* is empty; a file without a row cannot be read back"),
        ([signal(1, 2), signal(3, 4)], r"signals\[1\]: .* is the series of signals\[0\] as well"),
        ([signal()], r"signals\[0\]: 'BY bgp.visible-slash24s' has no bin"),
        ([signal(1)], r"signals\[0\]: .* has a single bin, so that its step cannot be read back"),
        ([signal(1, 2, subject="a\0")], r"signals\[0\].subject: .* holds a NUL"),
        ([signal(1, 2, subject="\ud800")], r"signals\[0\].subject: .* is not UTF-8 text"),
        ([5], r"signals\[0\]: 5 is not a Signal"),
        (5, "signals: 5 is not a sequence of Signal"),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
def test_what_would_not_read_back_is_not_written(
    tmp_path: Path, ending: str, written: Any, problem: str
) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        write_signals(written, tmp_path / f"signals.{ending}")
    assert not list(tmp_path.iterdir())


def test_a_single_bin_beside_a_series_of_its_kind(path: Path) -> None:
    one = signal(7, entity=Entity.parse("AS6697"))
    write_signals([signal(1, 2), one], path)
    assert read_signals(path)[0].series == one.series
    finer = signal(series=TimeSeries(START, 60, [7]), entity=Entity.parse("AS6697"))
    with pytest.raises(InvalidValueError, match=r"signals\[1\]: .* has a single bin"):
        write_signals([signal(1, 2), finer], path)


def test_a_failure_leaves_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_signals([signal(1, 2)], path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FileError, match=r"signals.csv: cannot be written: No space left on device"):
        write_signals([signal(3, 4)], path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"a.csv: cannot be written: No such file or directory"):
        write_signals([signal(1, 2)], tmp_path / "none" / "a.csv")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(FileError, match=r"b.csv: is a folder"):
        write_signals([signal(1, 2)], tmp_path / "b.csv")
    assert [one.name for one in tmp_path.iterdir()] == ["b.csv"]


@pytest.mark.skipif(os.name != "posix", reason="permissions and links are those of POSIX")
def test_permissions_are_kept_and_links_followed(path: Path) -> None:
    path.write_text("", "utf-8")
    path.chmod(0o640)
    link = path.with_name("link.csv")
    link.symlink_to(path)
    write_signals([signal(1, 2)], link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert len(read_signals(path)) == 1
