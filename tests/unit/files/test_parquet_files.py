"""Signals in Parquet files."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shutdownkit.errors import FileError, MissingExtraError
from shutdownkit.files.signals import read_signals, write_signals
from shutdownkit.model.series import TimeSeries
from tests.unit.files.tables import HEADER, HOUR, START, refusal, signal

pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")


def columns(**changed: Any) -> dict[str, Any]:
    times = pa.array([START, START + HOUR], pa.timestamp("us", "UTC"))
    return {
        "time": times,
        "entity": ["BY", "BY"],
        "kind": ["probing.loss"] * 2,
        "value": [1.0, None],
    } | changed


def parquet_refusal(path: Path, **changed: Any) -> FileError:
    pq.write_table(pa.table(columns(**changed)), path)
    with pytest.raises(FileError) as caught:
        read_signals(path)
    assert caught.value.line is None
    return caught.value


@pytest.mark.parametrize(
    "time",
    [
        pa.array([START, START + HOUR], pa.timestamp("ns", "Europe/Minsk")),
        pa.array([START, START + HOUR], pa.timestamp("s", "UTC")),
        pa.array([1596992400, 1596996000]),
        pa.array(["2020-08-09T17:00:00Z", "2020-08-09T18:00:00Z"]),
        pa.array(["1596992400", "2020-08-09T18:00:00Z"], pa.large_string()),
    ],
)
def test_types_of_time_in_parquet(tmp_path: Path, time: Any) -> None:
    path = tmp_path / "signals.parquet"
    kind = pa.array(["probing.loss"] * 2).dictionary_encode()
    for value in ([1.0, None], pa.array([1, None], pa.int8()), pa.array([1.0, float("nan")])):
        table = pa.table(columns(time=time, kind=kind, value=value, subject=pa.nulls(2), weight=[2, None]))
        pq.write_table(table, path)
        (read,) = read_signals(path)
        assert read.series == TimeSeries(START, HOUR, [1, np.nan])
        assert read.weights == TimeSeries(START, HOUR, [2, np.nan])


def test_days_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    pq.write_table(pa.table(columns(time=[date(2020, 8, 9), date(2020, 8, 10)])), path)
    assert read_signals(path)[0].series.start == datetime(2020, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "column", "problem"),
    [
        ({"time": [datetime(2020, 8, 9), datetime(2020, 8, 10)]}, "time", "holds times without a time zone"),
        ({"time": [1.5, 2.5]}, "time", "holds double, not text"),
        ({"time": [START, None]}, "time", "row 2: is empty"),
        ({"time": [1596992400000, 1]}, "time", "row 1: '1596992400000' is in milliseconds"),
        ({"time": ["2020-08-09", "soon"]}, "time", "row 2: 'soon' is neither"),
        (
            {"time": pa.array([0, 2**62], pa.timestamp("us", "UTC"))},
            "time",
            "row 2: is out of range (years 1 to 9999)",
        ),
        (
            {"time": pa.array([0, 1], pa.timestamp("ns", "UTC"))},
            "time",
            "holds times finer than a microsecond or out of range",
        ),
        ({"entity": ["BY", None]}, "entity", "row 2: is empty"),
        ({"entity": ["BY", "Belarus"]}, "entity", "row 2: 'Belarus' is not a country"),
        ({"entity": [6697, 6697]}, "entity", "holds int64, not text"),
        ({"kind": ["probing.loss", "probing.los"]}, "kind", "row 2: 'probing.los' is not a known kind"),
        ({"value": ["1", "2"]}, "value", "holds string, not numbers"),
        ({"value": [1.0, 101.0]}, "value", "row 2: 101.0 is over the maximum 100 of probing.loss"),
        ({"value": [1.0, float("inf")]}, "value", "row 2: is infinite"),
        ({"weight": [1, -1]}, "weight", "row 2: is negative"),
        ({"subject": ["", " "]}, "subject", "row 2: ' ' is blank"),
        ({"time": [START, START]}, "time", "row 2: BY probing.loss at 2020-08-09T17:00:00Z is also on row 1"),
    ],
)
def test_bad_columns_in_parquet(tmp_path: Path, changed: dict[str, Any], column: str, problem: str) -> None:
    path = tmp_path / "signals.parquet"
    error = parquet_refusal(path, **changed)
    assert str(error).startswith(f"{path}, column {column}: {problem}")


def test_wrong_columns_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    assert "there is a column 'note'" in str(parquet_refusal(path, note=["", ""]))
    pq.write_table(pa.table({"time": [START]}), path)
    with pytest.raises(FileError, match="there is no column 'entity' among 'time'"):
        read_signals(path)


def test_parquet_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    assert str(refusal(path, b"")) == f"{path}: is empty"
    assert "is not a sound Parquet file" in str(refusal(path, HEADER))
    pq.write_table(pa.table(columns()).slice(0, 0), path)
    assert str(refusal(path, path.read_bytes())) == f"{path}: has no rows"


def test_a_flipped_bit_in_a_parquet_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    write_signals([signal(*np.linspace(1, 2, 5000))], path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    assert "CRC" in str(refusal(path, bytes(content)))


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    path = tmp_path / "signals.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(MissingExtraError, match=r"shutdownkit\[parquet\]"):
        read_signals(path)
    with pytest.raises(MissingExtraError, match=r"shutdownkit\[parquet\]"):
        write_signals([signal(1, 2)], path)
    assert path.read_bytes() == b"PAR1"


def test_a_row_far_into_a_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    write_signals([signal(*range(100_000))], path)
    table = pq.read_table(path)
    values = table["value"].to_pylist()
    values[90_000] = -1.0
    pq.write_table(table.set_column(3, "value", pa.array(values)), path)
    with pytest.raises(FileError, match=r"column value: row 90001: -1.0 is under the minimum"):
        read_signals(path)


def test_what_a_parquet_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "signals.parquet"
    weights = TimeSeries(START, HOUR, [2, np.nan])
    write_signals([signal(0, np.nan, subject="app:x", weights=weights)], path)
    table = pq.read_table(path)
    assert table.schema.field("time").type == pa.timestamp("us", "UTC")
    assert table["value"].to_pylist() == [0.0, None]
    assert table["weight"].to_pylist() == [2.0, None]
    assert table["subject"].to_pylist() == ["app:x", "app:x"]
