"""Lists of what was reported: what is read, and how each fault is named."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shutdownkit.errors import FileError, InvalidValueError
from shutdownkit.files.context import KIND_WORDS, read_context
from shutdownkit.judging.rules.context import FACTORS
from shutdownkit.model.context import ContextEvent, ContextKind
from shutdownkit.model.entity import Entity
from shutdownkit.model.verdict import Cause
from shutdownkit.model.window import TimeWindow, utc_text
from shutdownkit.testing.strategies import context_events

COLUMNS = ("start", "end", "entity", "kind", "text", "source", "independent", "claims")
PLAIN = {
    "start": "2020-08-09",
    "end": "",
    "entity": "BY",
    "kind": "election",
    "text": "A president is elected.",
    "source": "BelTA",
}
PAGE = Path(__file__).parents[3] / "docs" / "context.md"

own_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Every example writes its own file over the last one's."""


def table(*rows: Mapping[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """A file of these rows; a cell that is not given is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "context.csv"


def read(path: Path, *changes: Mapping[str, str]) -> tuple[ContextEvent, ...]:
    """Rows like ``PLAIN`` but for these cells."""
    path.write_text(table(*({**PLAIN, **change} for change in changes)), encoding="utf-8")
    return read_context(path)


def refusal(path: Path, content: str | bytes) -> FileError:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(FileError) as caught:
        read_context(path)
    assert "\n" not in str(caught.value)
    assert caught.value.path == str(path)
    return caught.value


def refused(path: Path, **cells: str) -> FileError:
    return refusal(path, table({**PLAIN, **cells}))


# --- what is read


def written(event: ContextEvent) -> dict[str, str]:
    """A report as a row."""
    return {
        "start": utc_text(event.window.start),
        "end": utc_text(event.window.end),
        "entity": str(event.entity),
        "kind": event.kind.value,
        "text": event.text,
        "source": event.source,
        "independent": "yes" if event.independent else "no",
        "claims": "" if event.claims is None else event.claims.value,
    }


@st.composite
def writable(draw: st.DrawFn) -> ContextEvent:
    """Reports whose texts a file can hold: on one line, without control characters."""
    event = draw(context_events())
    plain = st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1
    )
    entity = event.entity if event.entity.kind.value != "region" else Entity.parse("US/LA")
    return evolve(event, entity=entity, text=draw(plain), source=draw(plain))


@own_folder
@given(st.lists(writable(), max_size=6), st.randoms(use_true_random=False), st.booleans())
def test_what_is_written_is_read(
    tmp_path: Path, events: list[ContextEvent], chance: Random, zipped: bool
) -> None:
    """Whatever the order of the columns."""
    columns = list(COLUMNS)
    chance.shuffle(columns)
    content = table(*map(written, events), columns=tuple(columns)).encode()
    path = tmp_path / ("c.csv.gz" if zipped else "c.csv")
    path.write_bytes(gzip.compress(content) if zipped else content)
    assert read_context(path) == tuple(events)


def test_the_required_columns_are_enough(path: Path) -> None:
    path.write_text(table(PLAIN, columns=COLUMNS[:6]))
    (event,) = read_context(str(path))
    assert event == ContextEvent(
        ContextKind.ELECTION,
        Entity.parse("BY"),
        TimeWindow("2020-08-09", "2020-08-10"),
        "A president is elected.",
        "BelTA",
    )
    assert event.independent
    assert event.claims is None


@pytest.mark.parametrize(
    ("start", "end", "window"),
    [
        ("2020-08-09", "", ("2020-08-09", "2020-08-10")),
        ("2020-08-09", "2020-08-09", ("2020-08-09", "2020-08-10")),
        ("2020-08-09", "2020-08-11", ("2020-08-09", "2020-08-12")),
        ("2020-08-09", "2020-08-11T00:00:00Z", ("2020-08-09", "2020-08-11")),
        ("2020-08-09T08:00:00+03:00", "", ("2020-08-09T05:00Z", "2020-08-10")),
        ("2020-08-09T05:00Z", "2020-08-09T17:00Z", ("2020-08-09T05:00Z", "2020-08-09T17:00Z")),
        ("2020-08-09T05:00Z", "2020-08-09", ("2020-08-09T05:00Z", "2020-08-10")),
        ("2020-08-09T05:00Z", "2020-08-09T05:00Z", ("2020-08-09T05:00Z", "2020-08-09T05:00Z")),
        ("1596931200", "1597017600", ("2020-08-09", "2020-08-10")),
        ("1596931200", "", ("2020-08-09", "2020-08-10")),
        ("18001231", "18001231", ("1970-07-28T08:20:31Z", "1970-07-28T08:20:31Z")),  # seconds, not a date
    ],
)
def test_when_it_was(path: Path, start: str, end: str, window: tuple[str, str]) -> None:
    (event,) = read(path, {"start": start, "end": end})
    assert event.window == TimeWindow(*window)


@pytest.mark.parametrize("end", ["", "9999-12-31"])
def test_the_last_day_there_is(path: Path, end: str) -> None:
    (event,) = read(path, {"start": "9999-12-31", "end": end})
    assert event.window.start == datetime(9999, 12, 31, tzinfo=UTC)
    assert event.window.duration > timedelta(hours=23)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("power failure", "power_fault"),
        ("Power-Cut", "power_fault"),
        ("EXAM_PERIOD", "exam"),
        ("exam period", "exam"),
        ("published order", "order"),
        ("Operator's statement", "statement"),
        ("operator\N{RIGHT SINGLE QUOTATION MARK}s  statement", "statement"),
        (" cable cut ", "cable_fault"),
        ("cable-fault", "cable_fault"),
        ("hurricane", "storm"),
    ],
)
def test_plain_words_are_kinds(path: Path, word: str, kind: str) -> None:
    (event,) = read(path, {"kind": word})
    assert event.kind is ContextKind(kind)


@pytest.mark.parametrize("kind", ContextKind)
def test_every_kind_is_read_by_its_own_name(path: Path, kind: ContextKind) -> None:
    for word in (kind.value, kind.name, kind.value.replace("_", "-"), kind.value.replace("_", " ")):
        assert [event.kind for event in read(path, {"kind": word})] == [kind]


@pytest.mark.parametrize(("word", "independent"), [("", True), ("yes", True), ("No", False), ("no ", False)])
def test_whether_it_is_independent(path: Path, word: str, independent: bool) -> None:
    (event,) = read(path, {"independent": word})
    assert event.independent is independent


@pytest.mark.parametrize("cause", Cause)
def test_what_a_statement_claims(path: Path, cause: Cause) -> None:
    for word in (cause.value, cause.name.replace("_", " ")):
        (event,) = read(path, {"kind": "statement", "claims": word})
        assert event.claims is cause


def test_text_is_on_one_line(path: Path) -> None:
    (event,) = read(path, {"text": " Polls\r\n close\tat 20:00. ", "source": "Bel\nTA"})
    assert (event.text, event.source) == ("Polls close at 20:00.", "Bel TA")


def test_a_header_alone_reports_nothing(path: Path) -> None:
    assert read(path) == ()


def test_bytes_before_and_blank_lines_between(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + table(PLAIN).replace("\n", "\r\n\r\n").encode())
    assert len(read_context(path)) == 1


# --- what is refused


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("start", "", "is empty"),
        ("start", "yesterday", "'yesterday' is neither an ISO 8601 time nor seconds since 1970"),
        ("start", "2020-08-09T20:00", "has no time zone"),
        ("end", "2020-08-08", "'2020-08-08' is before the start, 2020-08-09T00:00:00Z"),
        ("end", "2020-08-07", "'2020-08-07' is before the start, 2020-08-09T00:00:00Z"),
        ("end", "2020-08-08T23:59Z", "'2020-08-08T23:59Z' is before the start, 2020-08-09T00:00:00Z"),
        ("end", "20200810", "is a date or seconds since 1970"),
        ("entity", "", "is empty"),
        ("entity", "Belarus", "'Belarus' is not a country (BY), a network (AS6697) or a region (US/LA)"),
        ("kind", "", "is empty"),
        (
            "kind",
            "blackout",
            "'blackout' is not a kind of context; the kinds are election, protest, coup, exam",
        ),
        ("text", "  ", "is empty"),
        ("source", "", "is empty"),
        ("text", "\x1b[31mred", "holds a control character"),
        ("source", "a\0b", "holds a NUL"),
        ("independent", "maybe", "'maybe' is neither yes nor no"),
        ("independent", "true", "'true' is neither yes nor no"),
        ("claims", "attack", "'attack' is given for election; only a statement claims a cause"),
    ],
)
def test_each_faulty_cell_is_named(path: Path, column: str, cell: str, problem: str) -> None:
    error = refused(path, **{column: cell})
    assert (error.line, error.column) == (2, column)
    assert problem in error.problem


def test_an_unknown_cause_is_refused_with_those_known(path: Path) -> None:
    error = refused(path, kind="statement", claims="aliens")
    assert (error.line, error.column) == (2, "claims")
    assert error.problem == f"'aliens' is not a cause: {', '.join(cause.value for cause in Cause)}"


def test_the_first_faulty_rows_are_named_and_the_others_counted(path: Path) -> None:
    rows = [
        PLAIN,
        {**PLAIN, "kind": "party"},
        {**PLAIN, "end": "2020-08-01"},
        PLAIN,
        {**PLAIN, "source": ""},
        {**PLAIN, "kind": "feast"},
        {**PLAIN, "entity": "XX"},
    ]
    assert str(refusal(path, table(*rows))) == (
        f"{path}, line 3, column kind: 'party' is not a kind of context; line 4, column end: '2020-08-01' is "
        "before the start, 2020-08-09T00:00:00Z; line 6, column source: is empty; 5 rows are faulty in all; "
        f"the kinds are {', '.join(kind.value for kind in ContextKind)}"
    )


def test_rows_of_another_length(path: Path) -> None:
    error = refusal(path, table(PLAIN, columns=COLUMNS[:6]) + "2020-08-09,,BY,coup,Text\n" + "x\n")
    assert str(error) == f"{path}, line 3: has 5 fields, the header 6; line 4: has 1 fields, the header 6"


@pytest.mark.parametrize("name", COLUMNS[:6])
def test_a_column_that_is_missing(path: Path, name: str) -> None:
    error = refusal(path, table(columns=tuple(column for column in COLUMNS if column != name)))
    assert (error.line, error.problem.split(" among")[0]) == (1, f"there is no column {name!r}")


def test_a_misspelt_column_is_refused_and_not_ignored(path: Path) -> None:
    """Otherwise a party's claim, marked as one, would count as an independent report."""
    error = refusal(path, table(PLAIN).replace("independent", "independant"))
    assert error.line == 1
    assert error.problem == (
        "there is a column 'independant', which is none of start, end, entity, kind, text, source, "
        "independent, claims"
    )


def test_a_column_that_is_there_twice(path: Path) -> None:
    error = refusal(path, table(PLAIN).replace("claims", "end"))
    assert error.problem == "there are 2 columns 'end'"


@pytest.mark.parametrize("content", [b"", b"\n\r\n\n"])
def test_files_with_nothing_in_them(path: Path, content: bytes) -> None:
    assert str(refusal(path, content)) == f"{path}: is empty"
    zipped = path.with_suffix(".csv.gz")
    assert str(refusal(zipped, gzip.compress(content))) == f"{zipped}: is empty"


def test_files_that_are_not_tables(path: Path, tmp_path: Path) -> None:
    assert refusal(path, b"\x89PNG\r\n\x1a\n\0\0").problem.startswith("the header is not text")
    assert refusal(path, table(PLAIN) + '"open').line == 3
    assert refusal(path, table(PLAIN).encode() + b"2020-08-09,,BY,coup,\xff,x,,\n").column == "text"
    zipped = tmp_path / "c.csv.gz"
    whole = gzip.compress(table(*[PLAIN] * 50, {**PLAIN, "kind": "party"}).encode())
    assert "is not a sound gzip file" in str(refusal(zipped, whole[:-9]))
    assert "is not a sound gzip file" in str(refusal(zipped, table(PLAIN)))
    damaged = gzip.compress(b"start,end\n")
    damaged = damaged[:-8] + bytes(4) + damaged[-4:]
    assert "is not a sound gzip file: CRC check failed" in str(refusal(zipped, damaged))
    with pytest.raises(FileError, match="does not exist"):
        read_context(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileError, match="is a folder"):
        read_context(tmp_path / "folder.csv")
    with pytest.raises(FileError, match=re.escape("ends in none of .csv, .csv.gz")):
        read_context("context.parquet")
    with pytest.raises(InvalidValueError, match="path: 5 is not a path"):
        read_context(5)  # type: ignore[arg-type]


@own_folder
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: (table(PLAIN) + text).encode()))
def test_any_bytes_are_read_or_refused_on_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        told = str(read_context(path))
    except FileError as error:
        told = str(error)
    assert told.startswith((str(path), "(ContextEvent(", "()"))
    assert "\n" not in told


# --- what the page says of it


def test_the_page_names_every_column_kind_word_and_factor() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in (*COLUMNS, *(kind.value for kind in ContextKind)):
        assert f"`{name}`" in page
    for word in KIND_WORDS:
        assert word in page.replace("\n", " ") or f"`{word.replace(' ', '_')}`" in page
    for factors in FACTORS.values():
        for factor in factors:
            assert f"| {factor.times:g} |" in page


def test_the_file_on_the_page_is_read(path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    example = page.split("```csv\n")[1].split("```")[0]
    path.write_text(example, encoding="utf-8")
    events = read_context(path)
    assert {event.kind for event in events} >= {
        ContextKind.ELECTION,
        ContextKind.STATEMENT,
        ContextKind.STORM,
    }
    assert [event.claims for event in events if event.claims is not None] == [Cause.ATTACK]


@pytest.mark.parametrize("column", ["start", "end"])
@pytest.mark.parametrize("week", ["2020-W33", "2020W33"])
def test_a_week_is_not_taken_for_its_monday(path: Path, column: str, week: str) -> None:
    with pytest.raises(FileError, match=f"column {column}: '{week}' is a week, not a day"):
        read(path, {"start": "2020-08-09", "end": "2020-08-16", column: week})
