"""Each way in which a table of signals can be wrong, and how it is named."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from shutdownkit.errors import FileError, InvalidValueError
from shutdownkit.files import grids
from shutdownkit.files.signals import read_signals
from tests.unit.files.tables import HEADER, ROW, refusal, rows


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "signals.csv"


# What is refused: the file


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    for ending in ("csv", "csv.gz", "parquet"):
        missing = tmp_path / f"missing.{ending}"
        with pytest.raises(FileError, match=f"missing.{ending}: does not exist"):
            read_signals(missing)
        folder = tmp_path / f"folder.{ending}"
        folder.mkdir()
        with pytest.raises(FileError, match=f"folder.{ending}: is a folder"):
            read_signals(folder)


def test_paths_that_are_none() -> None:
    with pytest.raises(FileError, match=r"signals.txt: ends in none of .csv, .csv.gz, .parquet"):
        read_signals("signals.txt")
    with pytest.raises(InvalidValueError, match="path: 5 is not a path"):
        read_signals(5)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="is not a path"):
        read_signals("a\0.csv")
    with pytest.raises(InvalidValueError, match="is not a path"):
        read_signals(b"a.csv")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n\n\r\n", "is empty"),
        (HEADER.encode(), "has a header and no rows"),
    ],
)
def test_files_with_nothing_in_them(path: Path, content: bytes, problem: str) -> None:
    assert str(refusal(path, content)) == f"{path}: {problem}"
    zipped = path.with_suffix(".csv.gz")
    assert str(refusal(zipped, gzip.compress(content))) == f"{zipped}: {problem}"


def test_text_that_is_no_gzip(path: Path) -> None:
    zipped = path.with_suffix(".csv.gz")
    assert "is not a sound gzip file: Not a gzipped file" in str(refusal(zipped, HEADER))


def test_gzip_that_breaks_off(path: Path) -> None:
    zipped = path.with_suffix(".csv.gz")
    whole = gzip.compress(rows("17:00:00=5", "18:00:00=6").encode())
    assert "is not a sound gzip file: Compressed file ended" in str(refusal(zipped, whole[:-9]))
    broken = whole[:-8] + bytes(4) + whole[-4:]
    assert "is not a sound gzip file: CRC check failed" in str(refusal(zipped, broken))


def test_files_that_are_not_text(path: Path) -> None:
    for content in (b"\x89PNG\r\n\x1a\n\0\0", rows("17:00:00=5").encode("utf-16"), b"PAR1\x15\x04\xff"):
        error = refusal(path, content)
        assert error.line == 1
        assert error.problem.startswith("the header is not text")


# What is refused: the header


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("time,entity,kind\n", "there is no column 'value' among 'time, entity, kind'"),
        ("time;entity;kind;value\n", "there is no column 'time' among 'time;entity;kind;value'"),
        ("time,entity,kind,value,time\n", "there are 2 columns 'time'"),
        (
            "time,entity,kind,value,wieght\n",
            "there is a column 'wieght', which is none of time, entity, kind, value, subject, weight",
        ),
    ],
)
def test_wrong_columns(path: Path, header: str, problem: str) -> None:
    assert str(refusal(path, header + "1,2\n")) == f"{path}, line 1: {problem}"
    error = refusal(path, "\n" + header)
    assert error.line == 2


# What is refused: a row


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2020-08-09,BY,ooni.networks", "has 3 fields, and the header has 4"),
        ("2020-08-09,BY,ooni.networks,1,5", "has 5 fields, and the header has 4"),
        ('2020-08-09,"BY"x,ooni.networks,1', """is not valid CSV: ',' expected after '"'"""),
        ('2020-08-09,BY,ooni.networks,"1', "is not valid CSV: unexpected end of data"),
        ("2020-08-09,BY,ooni.networks," + "1" * 200_000, "is not valid CSV: field larger than field"),
    ],
)
def test_rows_of_the_wrong_form(path: Path, row: str, problem: str) -> None:
    content = rows("17:00:00=5") + '2020-08-09,"BY",bgp.visible-slash24s,"\n "\n' + row + "\n"
    assert str(refusal(path, content)).startswith(f"{path}, line 5: {problem}")


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("time", "", "is empty"),
        ("time", "yesterday", "'yesterday' is neither an ISO 8601 time nor seconds since 1970"),
        ("time", "2020-02-30T00:00:00Z", "'2020-02-30T00:00:00Z' is neither"),
        ("time", "2020-08-09T23:59:60Z", "'2020-08-09T23:59:60Z' is neither"),
        ("time", "1.5969924e9", "'1.5969924e9' is neither"),
        ("time", "2020-08-09T17:00:00", "'2020-08-09T17:00:00' has no time zone; add Z for UTC"),
        ("time", "1596992400000", "'1596992400000' is in milliseconds since 1970; give seconds"),
        ("time", "-1596992400000", "'-1596992400000' is in milliseconds"),
        ("time", "1596992400000000", "'1596992400000000' is in microseconds"),
        ("time", "1596992400000000000", "'1596992400000000000' is in nanoseconds"),
        ("time", "9" * 5000, "'" + "9" * 57 + "...' is out of range"),
        ("time", "20200809", "'20200809' is a date or seconds since 1970; write a date as 2020-08-08"),
        ("time", "0001-01-01T00:00:00+01:00", "'0001-01-01T00:00:00+01:00' is out of range"),
        ("time", "-99999999999", "'-99999999999' is out of range (years 1 to 9999)"),
        ("time", "2020-08-09T17:00:00.0000001Z", "'2020-08-09T17:00:00.0000001Z' is finer than"),
        ("time", "1596992400.0000001", "'1596992400.0000001' is finer than a microsecond"),
        ("entity", "", "is empty"),
        ("entity", "Belarus", "'Belarus' is not a country (BY), a network (AS6697) or a region"),
        ("entity", "AS0", "'AS0' is not an AS number such as AS6697"),
        ("entity", "VE/M\udce9rida", r"'VE/M\udce9rida' is not UTF-8 text"),
        ("kind", "", "is empty"),
        (
            "kind",
            "bgp.visible-slash24",
            "'bgp.visible-slash24' is not a known kind; near it: bgp.visible-slash24s",
        ),
        (
            "kind",
            "acme.x",
            "'acme.x' is not a known kind; a third party's kind is passed as kinds=",
        ),
        ("value", "many", "'many' is not a number (leave the cell empty for missing)"),
        ("value", "NA", "'NA' is not a number"),
        ("value", "1_000", "'1_000' is not a number"),
        ("value", "\N{FULLWIDTH DIGIT ONE}", "'\N{FULLWIDTH DIGIT ONE}' is not a number"),
        ("value", "-inf", "'-inf' is infinite"),
        ("value", "1e400", "'1e400' is infinite"),
        ("value", "100.5", "100.5 is over the maximum 100 of probing.loss"),
        ("value", "-1", "-1.0 is under the minimum 0 of probing.loss"),
        ("value", "1\0", r"'1\x00' is not a number"),
        ("subject", " ", "' ' is blank; leave the cell empty for none"),
        ("subject", "a\0b", r"'a\x00b' holds a NUL"),
        ("subject", "\udcff", r"'\udcff' is not UTF-8 text"),
        ("weight", "some", "'some' is not a number"),
        ("weight", "-1", "'-1' is negative"),
        ("weight", "inf", "'inf' is infinite"),
    ],
)
def test_bad_cells(path: Path, column: str, cell: str, problem: str) -> None:
    cells = {
        "time": "2020-08-09T20:00:00Z",
        "entity": "BY",
        "kind": "probing.loss",
        "value": "1",
        "subject": "",
        "weight": "",
    }
    good = ",".join(cells.values()).replace("T20", "T{}")
    bad = ",".join((cells | {column: cell}).values())
    lines = [",".join(cells), good.format(17), good.format(18), bad, good.format(19), "x"]
    error = refusal(path, "\n".join(lines).encode("utf-8", "surrogateescape"))
    assert str(error).startswith(f"{path}, line 4, column {column}: {problem}")
    assert (error.line, error.column) == (4, column)


def test_a_line_far_into_the_file(path: Path) -> None:
    count = 20_000
    lines = [f"{60 * index},BY,ooni.networks,1" for index in range(count)]
    lines[15_000] = lines[15_000].replace(",1", ",x")
    assert refusal(path, HEADER + "\n".join(lines)).line == 15_002


# What is refused: the grid


def test_duplicates_name_both_lines(path: Path) -> None:
    error = refusal(path, rows("17:00:00=1", "18:00:00=2", "19:00:00=3", "18:00:00=2", "17:00:00=1"))
    assert str(error) == (
        f"{path}, line 5, column time: BY bgp.visible-slash24s at 2020-08-09T18:00:00Z is also on line 3"
    )


def test_spellings_of_one_entity_are_one_series(path: Path) -> None:
    text = rows("17:00:00=1", "18:00:00=2") + ROW.format("18:00:00", 2).replace("BY", "by")
    assert refusal(path, text).line == 4


def test_times_off_the_grid(path: Path) -> None:
    error = refusal(path, rows("17:00:00=1", "18:00:00=2", "18:30:01=3", "19:00:00=3", "20:00:00=4"))
    assert str(error) == (
        f"{path}, line 4, column time: 2020-08-09T18:30:01Z is off the grid of BY bgp.visible-slash24s: "
        "every 1:00:00 from 2020-08-09T17:00:00Z"
    )


def test_a_first_time_off_the_grid_is_the_one_that_is_named(path: Path) -> None:
    assert refusal(path, rows("16:59:00=1", "18:00:00=2", "19:00:00=3", "20:00:00=4")).line == 2


def test_a_single_row_whose_step_cannot_be_told(path: Path) -> None:
    error = refusal(path, rows("17:00:00=1"))
    assert (error.line, error.column) == (2, None)
    assert "BY bgp.visible-slash24s has one row and no other series of its kind has more" in str(error)


def test_an_absurd_grid(path: Path) -> None:
    text = rows("17:00:00=1", "17:00:01=2", "17:00:02=2", "17:00:03=2")
    error = refusal(path, text + text.splitlines()[-1].replace("2020", "2120"))
    assert error.line == 6
    assert error.problem == (
        "BY bgp.visible-slash24s would have 3155673604 bins of 0:00:01 from 2020-08-09T17:00:00Z "
        "to 2120-08-09T17:00:03Z; more than 50000000 in a file are refused"
    )
    error = refusal(path, text.replace("2020", "1920", 1))
    assert error.line == 2


def test_the_limit_of_bins_is_for_the_whole_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "_MOST_BINS", 9)
    path.write_text(rows("17:00:00=1", "18:00:00=2", "23:00:00=2"), "utf-8")
    assert len(read_signals(path)[0].series) == 7
    more = rows("17:00:00=1", "18:00:00=2", "23:00:00=2").replace("BY", "AS1").removeprefix(HEADER)
    error = refusal(path, path.read_text("utf-8") + more)
    assert "more than 12 in a file are refused" in str(error)
    assert error.line == 4


def test_a_last_bin_after_the_year_9999(path: Path) -> None:
    error = refusal(path, HEADER + "9999-12-29,BY,ooni.networks,1\n9999-12-31T12:00:00Z,BY,ooni.networks,1\n")
    assert (error.line, error.column) == (3, "time")
    assert "ends out of range" in str(error)


def test_a_gzip_file_cut_within_a_row_is_called_cut_and_not_that_row(tmp_path: Path) -> None:
    rows = "".join(f"2020-08-08T00:{m:02}:00Z,BY,traffic.search,{m}.5\n" for m in range(60))
    whole = gzip.compress(f"time,entity,kind,value\n{rows}".encode(), compresslevel=0)
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match=r"is not a sound gzip file: .* ended before") as caught:
        read_signals(path)
    assert caught.value.line is None
