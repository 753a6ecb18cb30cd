"""Lists of what happened around the time: elections, storms, orders, statements.

Context moves verdicts, so that nothing is guessed and nothing left out: a file with a faulty row is
refused as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from ..errors import FileError, InvalidValueError
from ..model.context import ContextEvent, ContextKind
from ..model.entity import Entity
from ..model.verdict import Cause
from ..model.window import TimeWindow, utc_text
from .cells import check_text, time_micros
from .chunks import chunks
from .opening import CSV, GZIP, AnyPath, check_gzip, ending_of, path_text
from .places import CellError, Places, shown

__all__ = ["KIND_WORDS", "read_context"]

T = TypeVar("T")

_REQUIRED = ("start", "end", "entity", "kind", "text", "source")
_OPTIONAL = ("independent", "claims")
_FAULTS_SHOWN = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_WEEK = re.compile(r"\d{4}-?W\d{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LAST_DAY = datetime.max.replace(tzinfo=UTC) - _DAY

KIND_WORDS: Mapping[str, ContextKind] = {
    **{kind.value.replace("_", " "): kind for kind in ContextKind},
    "elections": ContextKind.ELECTION,
    "protests": ContextKind.PROTEST,
    "exams": ContextKind.EXAM,
    "exam period": ContextKind.EXAM,
    "published order": ContextKind.ORDER,
    "operator's statement": ContextKind.STATEMENT,
    "operator statement": ContextKind.STATEMENT,
    "government's statement": ContextKind.STATEMENT,
    "government statement": ContextKind.STATEMENT,
    "power failure": ContextKind.POWER_FAULT,
    "power cut": ContextKind.POWER_FAULT,
    "power outage": ContextKind.POWER_FAULT,
    "cable cut": ContextKind.CABLE_FAULT,
    "cable failure": ContextKind.CABLE_FAULT,
    "equipment failure": ContextKind.EQUIPMENT_FAULT,
    "hurricane": ContextKind.STORM,
    "cyclone": ContextKind.STORM,
    "typhoon": ContextKind.STORM,
}
"""The words for each kind: lower case, with blanks."""

_CAUSES = {cause.value.replace("_", " "): cause for cause in Cause}


def read_context(path: AnyPath) -> tuple[ContextEvent, ...]:
    """What was reported around the time, from a CSV file (``.csv`` or ``.csv.gz``).

    One row a report: ``start,end,entity,kind,text,source`` with optional ``independent,claims``, in any
    order.  Times are ISO 8601 with ``Z`` or an offset, or seconds since 1970; a date alone means that
    day, so that a last day is part of the event.  An empty end is the end of the start's day (UTC).
    ``kind`` is a :class:`~shutdownkit.model.context.ContextKind`'s value or one of :data:`KIND_WORDS`, in
    letters of either case, with blanks, hyphens or underscores.  ``independent`` is ``yes`` or ``no``, and
    ``yes`` where it is empty; ``claims``, only of a statement, is a cause's name.

    Returns:
        The reports in the order of the file; none where it has a header alone.

    Raises:
        FileError: where the file cannot be opened, its columns are not these, or any row is faulty; names
            the first three such rows with their lines and columns.
        InvalidValueError: for a ``path`` that is none.
    """
    name = path_text(path)
    zipped = ending_of(name, (CSV, GZIP)) == GZIP
    try:
        return _read(name, zipped=zipped)
    except FileError:
        if zipped:
            check_gzip(name)  # where the file is cut short, that is what is wrong, not its last row
        raise


def _read(path: str, *, zipped: bool) -> tuple[ContextEvent, ...]:
    places = Places(path)
    rows = _rows(path, places, zipped=zipped)
    first = next(rows, None)
    if first is None:
        raise places.error("is empty")
    header = _header(*first, places)
    found: list[ContextEvent] = []
    faults: list[FileError] = []
    for cells, line in rows:
        try:
            found.append(_event(header, cells, places, line))
        except CellError as error:
            faults.append(places.error(error.problem, line, error.column))
        except FileError as error:
            faults.append(error)
    if faults:
        raise _refusal(places, faults)
    return tuple(found)


def _rows(path: str, places: Places, *, zipped: bool) -> Iterator[tuple[list[str], int]]:
    """Each row with the line it begins on; what breaks the reading off is raised after the last."""
    for chunk in chunks(path, zipped=zipped):
        yield from zip(chunk.rows, chunk.lines, strict=True)
        if chunk.fault is not None:
            raise places.error(chunk.fault[1], chunk.fault[0])


def _header(cells: Sequence[str], line: int, places: Places) -> list[str]:
    """The columns' names.  One that is not known is refused: it may be ``independent``, misspelt."""
    try:
        for cell in cells:
            check_text(cell, "header")
    except CellError as error:
        raise places.error(f"the header is not text: {error.problem}", line) from None
    header = [cell.strip() for cell in cells]
    for name in header:
        if header.count(name) > 1:
            raise places.error(f"there are {header.count(name)} columns {shown(name)}", line)
    for name in _REQUIRED:
        if name not in header:
            raise places.error(f"there is no column {name!r} among {shown(', '.join(header))}", line)
    for name in header:
        if name not in _REQUIRED + _OPTIONAL:
            allowed = ", ".join(_REQUIRED + _OPTIONAL)
            raise places.error(f"there is a column {shown(name)}, which is none of {allowed}", line)
    return header


def _refusal(places: Places, faults: Sequence[FileError]) -> FileError:
    """One error for all faulty rows: it stands at the first of them."""
    first = faults[0]
    parts = [first.problem]
    for fault in faults[1:_FAULTS_SHOWN]:
        column = "" if fault.column is None else f", column {fault.column}"
        parts.append(f"line {fault.line}{column}: {fault.problem}")
    if len(faults) > _FAULTS_SHOWN:
        parts.append(f"{len(faults)} rows are faulty in all")
    if any(fault.column == "kind" for fault in faults):
        parts.append(f"the kinds are {', '.join(kind.value for kind in ContextKind)}")
    return places.error("; ".join(parts), first.line, first.column)


def _event(header: Sequence[str], cells: Sequence[str], places: Places, line: int) -> ContextEvent:
    if len(cells) != len(header):
        raise places.error(f"has {len(cells)} fields, the header {len(header)}", line)
    row = {name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=True)}
    for column, cell in row.items():
        check_text(cell, column)
        if _CONTROL.search(cell):
            raise CellError(column, f"{shown(cell)} holds a control character")
        if not cell and column in _REQUIRED and column != "end":
            raise CellError(column, "is empty")
    kind = _named(row["kind"], KIND_WORDS, "kind", "a kind of context")
    return ContextEvent(
        kind,
        _entity(row["entity"]),
        _window(row["start"], row["end"]),
        row["text"],
        row["source"],
        _is_independent(row.get("independent", "")),
        _claimed(row.get("claims", ""), kind),
    )


def _named(text: str, names: Mapping[str, T], column: str, what: str) -> T:
    found = names.get(re.sub(r"[ _-]+", " ", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")))
    if found is None:
        raise CellError(column, f"{shown(text)} is not {what}")
    return found


def _entity(text: str) -> Entity:
    try:
        return Entity.parse(text)
    except InvalidValueError as error:
        raise CellError("entity", f"{shown(text)} {error.problem}") from None


def _window(start: str, end: str) -> TimeWindow:
    """From the start to the end: that of the last day, where only a date is given or nothing."""
    begin = _time(start, "start")
    last = _time(end, "end") if end else begin.replace(hour=0, minute=0, second=0, microsecond=0)
    of_days = not end or _is_date(end)
    if of_days:
        last = min(last, _LAST_DAY) + _DAY
    if last < begin or (end and of_days and last == begin):  # the day before it is before it
        raise CellError("end", f"{shown(end)} is before the start, {utc_text(begin)}")
    return TimeWindow(begin, last)


def _time(text: str, column: str) -> datetime:
    if _WEEK.fullmatch(text):  # else it would be its Monday
        raise CellError(column, f"{shown(text)} is a week, not a day; give its first day and its last")
    try:
        return _EPOCH + timedelta(microseconds=time_micros(text))
    except CellError as error:
        raise CellError(column, error.problem) from None


def _is_date(text: str) -> bool:
    """Whether a time that can be read is a date alone."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return not text.isdigit()  # those are seconds since 1970


def _is_independent(text: str) -> bool:
    word = text.casefold()
    if word not in {"", "yes", "no"}:
        raise CellError("independent", f"{shown(text)} is neither yes nor no")
    return word != "no"


def _claimed(text: str, kind: ContextKind) -> Cause | None:
    if not text:
        return None
    cause = _named(text, _CAUSES, "claims", f"a cause: {', '.join(cause.value for cause in Cause)}")
    if kind is not ContextKind.STATEMENT:
        raise CellError("claims", f"{shown(text)} is given for {kind.value}; only a statement claims a cause")
    return cause
