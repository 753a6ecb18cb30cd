"""Laws of reading and writing signals."""

from __future__ import annotations

import csv
import gzip
import io
import random
import string
from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shutdownkit.errors import CallerError, FileError
from shutdownkit.files.cells import number, number_column, time_column, time_micros
from shutdownkit.files.incidents import IncidentWarning, read_incidents
from shutdownkit.files.places import CellError
from shutdownkit.files.signals import read_signals, write_signals
from shutdownkit.model.signal import Provenance, Signal
from shutdownkit.testing import strategies as values

slow = settings(deadline=None)  # they touch the disc
ENDINGS = ("csv", "csv.gz", "parquet")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def unsourced(signal: Signal) -> Signal:
    """Without what a file does not hold: provenance, and weights that say nothing."""
    weights = signal.weights
    if weights is not None and not weights.measured.any():
        weights = None
    return attrs.evolve(signal, provenance=Provenance(), weights=weights)


@st.composite
def tables(draw: st.DrawFn, *, min_bins: int = 2) -> tuple[Signal, ...]:
    """Signals of distinct series that a file can hold."""
    drawn = draw(
        st.lists(
            values.signals(max_size=5).filter(
                lambda one: len(one.series) >= min_bins and "\0" not in (one.subject or "")
            ),
            min_size=1,
            max_size=4,
            unique_by=lambda one: (one.entity, one.kind.name, one.subject),
        )
    )
    one_each = {one.kind.name: one.kind for one in drawn}
    return tuple(one for one in drawn if one.kind == one_each[one.kind.name])


def in_order(signals: tuple[Signal, ...]) -> list[Signal]:
    return sorted(map(unsourced, signals), key=lambda one: (one.entity, one.kind.name, one.subject or ""))


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_written_reads_back_equal(folder: Path, ending: str) -> None:
    path = folder / f"round.{ending}"

    @slow
    @given(tables())
    def check(signals: tuple[Signal, ...]) -> None:
        write_signals(signals, path)
        read = read_signals(path, kinds={one.kind for one in signals})
        assert [unsourced(one) for one in read] == in_order(signals)
        for one, other in zip(read, in_order(signals), strict=True):
            assert (
                one.series.values.tobytes()
                == np.where(other.series.measured, other.series.values, np.nan).tobytes()
            )
        assert {(one.provenance.source, one.provenance.licence) for one in read} == {
            (f"file {path.name}", "not stated")
        }

    check()


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_signals_give_the_same_bytes(folder: Path, ending: str) -> None:
    first, second = folder / f"one.{ending}", folder / f"two.{ending}"

    @settings(slow, max_examples=20)
    @given(tables())
    def check(signals: tuple[Signal, ...]) -> None:
        write_signals(signals, first)
        write_signals(signals, second)
        assert first.read_bytes() == second.read_bytes()

    check()


@slow
@given(signals=tables(), seed=st.integers(0, 1000))
def test_the_order_of_rows_and_columns_does_not_matter(
    folder: Path, signals: tuple[Signal, ...], seed: int
) -> None:
    path = folder / "order.csv"
    write_signals(signals, path)
    kinds = {one.kind for one in signals}
    before = read_signals(path, kinds=kinds)
    header, *rows = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))
    shuffle = random.Random(seed)  # noqa: S311
    columns = list(range(len(header)))
    shuffle.shuffle(columns)
    shuffle.shuffle(rows)
    write_cells(path, [[row[column] for column in columns] for row in [header, *rows]])
    assert read_signals(path, kinds=kinds) == before


def write_cells(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)


BAD = {
    "time": (
        "x",
        "2020-08-08T20:00:00",
        "1596916800000",
        "2020-02-30T00:00:00Z",
        "\0",
        "\N{DEGREE SIGN}",
    ),
    "entity": ("", "Belarus", "AS0", "\0", "BY/"),
    "kind": ("", "bgp", "acme.unheard-of", "\0"),
    "value": ("x", "1,5", "inf", "1_000", "NA", "\N{FULLWIDTH DIGIT ONE}", "0x1", "1e999", "\0"),
    "subject": (" ", "a\0b"),
    "weight": ("x", "-1", "inf", "-0.5"),
}


@slow
@given(signals=tables(), data=st.data())
def test_a_bad_cell_is_named_with_its_line_and_column(
    folder: Path, signals: tuple[Signal, ...], data: st.DataObject
) -> None:
    path = folder / "corrupted.csv"
    signals = tuple(attrs.evolve(one, subject=f"{one.subject or 'a'}\r\nb\nc") for one in signals)
    assume(len({(one.entity, one.kind, one.subject) for one in signals}) == len(signals))
    write_signals(signals, path)
    kinds = {one.kind for one in signals}
    text = path.read_bytes().decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    column = data.draw(st.sampled_from(header))
    index = data.draw(st.integers(0, len(rows) - 1))
    rows[index][header.index(column)] = data.draw(st.sampled_from(BAD[column]))
    write_cells(path, [header, *rows])
    line = 2 + sum(len(line_ends(cell)) for row in rows[:index] for cell in [*row, "\n"])
    with pytest.raises(FileError) as caught:
        read_signals(path, kinds=kinds)
    assert (caught.value.path, caught.value.line, caught.value.column) == (str(path), line, column)
    assert "\n" not in str(caught.value)


def line_ends(cell: str) -> list[str]:
    return [line for line in io.StringIO(cell, newline="") if line[-1:] in {"\r", "\n"}]


@pytest.mark.parametrize("ending", ENDINGS)
def test_any_bytes_are_read_or_refused_in_one_line(folder: Path, ending: str) -> None:
    path = folder / f"any.{ending}"
    whole = (
        b"time,entity,kind,value,subject,weight\r\n"
        b"2020-08-08T20:00:00Z,BY,probing.loss,1.5,,3\n"
        b'1596917100,AS6697,ooni.networks,,"app:x, ""y""",\n'
    )
    cells = st.sampled_from(
        [
            b",",
            b"\n",
            b"\r",
            b'"',
            b"\0",
            b"\xff",
            b"2020-08-08",
            b"BY",
            b"ooni.networks",
            b"0",
            b"1e308",
        ]
    )
    patches = st.tuples(st.integers(0, len(whole)), st.binary(max_size=3) | cells)

    @slow
    @given(st.binary() | st.lists(cells).map(b"".join) | st.lists(patches, max_size=4), st.booleans())
    def check(drawn: bytes | list[tuple[int, bytes]], zipped: bool) -> None:
        content = drawn if isinstance(drawn, bytes) else patched(whole, drawn)
        path.write_bytes(gzip.compress(content) if zipped else content)
        refusal = refused(lambda: read_signals(path))
        assert refusal is None or refusal.startswith(f"{path}")
        assert "\n" not in (refusal or "")

    check()


def refused(read: Callable[[], object]) -> str | None:
    """Why the caller was refused, or None; any other error goes through."""
    try:
        read()
    except CallerError as error:
        return str(error)
    return None


def patched(whole: bytes, patches: list[tuple[int, bytes]]) -> bytes:
    for at, patch in patches:
        whole = whole[:at] + patch + whole[at + len(patch) :]
    return whole


@slow
@given(st.binary(max_size=200), st.sampled_from([b"", b"start,end,entity\n", b"start_utc,end_utc,cc\n"]))
@pytest.mark.filterwarnings("ignore::shutdownkit.files.incidents.IncidentWarning")
def test_any_list_of_incidents_is_read_or_refused_in_one_line(
    folder: Path, content: bytes, header: bytes
) -> None:
    path = folder / "incidents.csv"
    path.write_bytes(header + content)
    assert "\n" not in (refused(lambda: read_incidents(path)) or "")


@slow
@given(st.lists(st.sampled_from(["ok", "no start", "no entity", "short", "end first"]), max_size=20))
def test_every_incident_is_read_or_counted(folder: Path, rows: list[str]) -> None:
    forms = {
        "ok": "2020-08-09T17:00:00Z,2020-08-10,BY",
        "no start": "soon,,BY",
        "no entity": "2020-08-09T17:00:00Z,2020-08-10,Atlantis",
        "short": "2020-08-09",
        "end first": "2020-08-09,2020-08-08,AS6697",
    }
    path = folder / "counted.csv"
    path.write_text("\n".join(["start,end,entity", *(forms[row] for row in rows)]), "utf-8")
    left_out = sum(row in {"no start", "no entity", "short"} for row in rows)
    if set(rows) <= {"ok"}:
        read = read_incidents(path)
        assert len(read) == len(rows)
        return
    with pytest.warns(IncidentWarning) as caught:
        read = read_incidents(path)
    assert len(read) == len(rows) - left_out
    assert [one.end is None for one in read] == [
        row == "end first" for row in rows if row in {"ok", "end first"}
    ]
    (warning,) = (one.message for one in caught)
    assert isinstance(warning, IncidentWarning)
    named = sorted(line for lines in warning.left_out.values() for line in lines)
    assert named == [line for line, row in enumerate(rows, 2) if row in {"no start", "no entity", "short"}]
    assert "\n" not in str(warning)


near_times = st.from_regex(
    r"(19|20|00)\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-6]\d:[0-6]\d(Z|\+00:00|\+0000|\+00)", fullmatch=True
)


@given(st.lists(near_times, min_size=1, max_size=3) | st.lists(st.text(string.printable), min_size=1))
def test_a_column_of_times_is_the_cells_times(texts: list[str]) -> None:
    try:
        expected: list[int] | None = [time_micros(text) for text in texts]
    except CellError:
        expected = None
    column = time_column(texts)
    if column is not None:
        assert column.tolist() == expected
    elif expected is not None:
        assert len({text[10:11] + text[19:] for text in texts}) > 1 or len(texts[0]) < 19


@given(st.datetimes(), st.sampled_from(["Z", "+00:00", "+0000", "+00"]), st.sampled_from("T "))
def test_usual_times_are_read_by_columns(time: object, tail: str, blank: str) -> None:
    text = str(time)[:19].replace(" ", blank) + tail
    column = time_column([text, text])
    assert column is not None
    assert column.tolist() == [time_micros(text)] * 2


@given(st.lists(st.text("0123456789.-+einfaINF_ \N{ARABIC-INDIC DIGIT ONE}") | st.floats().map(repr)))
def test_a_column_of_numbers_is_the_cells_numbers(texts: list[str]) -> None:
    column = number_column(texts)
    if column is not None:
        assert repr(column.tolist()) == repr([number(text, "value") for text in texts])
