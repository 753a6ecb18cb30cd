"""The long table as CSV."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..model.signal import Signal
from .cells import check_text, number, number_column, time_column, time_micros
from .chunks import chunks
from .names import SeriesNames
from .places import CellError, Places, shown
from .rows import Rows

__all__ = ["OPTIONAL", "REQUIRED", "Progress", "check_columns", "read_rows", "written_rows"]

REQUIRED = ("time", "entity", "kind", "value")
OPTIONAL = ("subject", "weight")

Progress = Callable[[int], object]
"""Called with the bytes of the file read so far."""


def check_columns(names: Sequence[str], places: Places, at: int | None) -> None:
    """Refuse a table whose columns are not those of a long table.

    Raises:
        FileError: for a missing, repeated or unknown column.
    """
    for name in names:
        if names.count(name) > 1:
            raise places.error(f"there are {names.count(name)} columns {shown(name)}", at)
    for name in REQUIRED:
        if name not in names:
            found = ", ".join(names)
            raise places.error(f"there is no column {name!r} among {shown(found)}", at)
    for name in names:
        if name not in REQUIRED + OPTIONAL:
            allowed = ", ".join(REQUIRED + OPTIONAL)
            raise places.error(f"there is a column {shown(name)}, which is none of {allowed}", at)


@frozen
class _Header:
    """Where each column stands; None for an optional one that is not there."""

    width: int
    time: int
    entity: int
    kind: int
    value: int
    subject: int | None
    weight: int | None

    @classmethod
    def read(cls, cells: Sequence[str], places: Places, at: int) -> _Header:
        try:
            for cell in cells:
                check_text(cell, "header")
        except CellError as error:
            raise places.error(f"the header is not text: {error.problem}", at) from None
        names = [cell.strip() for cell in cells]
        check_columns(names, places, at)
        optional = [names.index(name) if name in names else None for name in OPTIONAL]
        return cls(len(names), *(names.index(name) for name in REQUIRED), *optional)


def read_rows(
    path: str, names: SeriesNames, places: Places, progress: Progress | None, *, zipped: bool
) -> Rows:
    """The rows of a CSV file.

    Raises:
        FileError: names the line and the column of the first cell that cannot be read.
    """
    header: _Header | None = None
    parts: list[Rows] = []
    for chunk in chunks(path, zipped=zipped):
        rows, lines = chunk.rows, chunk.lines
        if header is None and rows:
            header = _Header.read(rows[0], places, lines[0])
            rows, lines = rows[1:], lines[1:]
        if header is not None and rows:
            at = np.array(lines, dtype=np.int64)
            part = _parsed_by_columns(rows, at, header, names)
            if part is None:
                part = _parsed_by_cells(rows, at, header, names, places)
            parts.append(part)
        if chunk.fault is not None:
            line, problem = chunk.fault
            raise places.error(problem, line)
        if progress is not None:
            progress(chunk.bytes_read)
    if header is None:
        raise places.error("is empty")
    if not parts:
        raise places.error("has a header and no rows")
    return Rows.joined(parts)


def _parsed_by_columns(
    rows: list[list[str]], lines: NDArray[np.int64], header: _Header, names: SeriesNames
) -> Rows | None:
    """Many rows at once; None where anything is out of the ordinary."""
    if set(map(len, rows)) != {header.width}:
        return None
    columns = list(zip(*rows, strict=True))
    subjects = [""] * len(rows) if header.subject is None else columns[header.subject]
    try:
        times = _times(columns[header.time])
        cells = zip(columns[header.entity], columns[header.kind], subjects, strict=True)
        series = np.fromiter(map(names.__getitem__, cells), np.int64, len(rows))
    except CellError:
        return None
    values = number_column(columns[header.value])
    weights = None if header.weight is None else number_column(columns[header.weight])
    if values is None or (weights is None) != (header.weight is None):
        return None
    lowest, highest = names.ranges(series)
    wrong = (values < lowest) | (values > highest)
    if weights is not None:
        wrong |= weights < 0
    return None if wrong.any() else Rows(times, series, values, weights, lines)


def _times(texts: Sequence[str]) -> NDArray[np.int64]:
    micros = time_column(texts)
    if micros is None:
        known = {text: time_micros(text) for text in set(texts)}
        micros = np.fromiter(map(known.__getitem__, texts), np.int64, len(texts))
    return micros


def _parsed_by_cells(
    rows: list[list[str]],
    lines: NDArray[np.int64],
    header: _Header,
    names: SeriesNames,
    places: Places,
) -> Rows:
    """Rows one by one, up to the first that cannot be read."""
    times, series, values, weights = [], [], [], []
    for row, line in zip(rows, lines.tolist(), strict=True):
        if len(row) != header.width:
            raise places.error(f"has {len(row)} fields, and the header has {header.width}", line)
        try:
            times.append(time_micros(row[header.time]))
            subject = "" if header.subject is None else row[header.subject]
            series.append(names[row[header.entity], row[header.kind], subject])
            values.append(number(row[header.value], "value"))
            names.check_range(series[-1], values[-1])
            weights.append(math.nan if header.weight is None else _weight(row[header.weight]))
        except CellError as error:
            raise places.error(error.problem, line, error.column) from None
    return Rows(
        np.array(times, dtype=np.int64),
        np.array(series, dtype=np.int64),
        np.array(values, dtype=np.float64),
        None if header.weight is None else np.array(weights, dtype=np.float64),
        lines,
    )


def _weight(text: str) -> float:
    weight = number(text, "weight")
    if weight < 0:
        raise CellError("weight", f"{shown(text)} is negative")
    return weight


_BLOCK = 1 << 16  # rows


def written_rows(signals: Iterable[Signal], *, subject: bool, weight: bool) -> Iterator[str]:
    """The text of the table, in blocks: every bin of every signal, the missing ones with no value.

    Numbers are written so that they read back equal, bit for bit.
    """
    yield ",".join((*REQUIRED, *("subject",) * subject, *("weight",) * weight)) + "\n"
    for signal in signals:
        middle = f"Z,{_quoted(str(signal.entity))},{signal.kind.name},"
        after = f",{_quoted(signal.subject or '')}" if subject else ""
        for first in range(0, len(signal.series), _BLOCK):
            block = slice(first, first + _BLOCK)
            times = np.datetime_as_string(_short(signal.series.times[block])).tolist()
            columns = [times, _number_texts(signal.series.values[block])]
            if weight:
                weights = None if signal.weights is None else signal.weights.values[block]
                texts = [""] * len(times) if weights is None else _number_texts(weights)
                yield "".join(
                    f"{time}{middle}{value}{after},{text}\n"
                    for time, value, text in zip(*columns, texts, strict=True)
                )
            else:
                yield "".join(f"{time}{middle}{value}{after}\n" for time, value in zip(*columns, strict=True))


def _short(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Whole seconds as such, so that they are written without a fraction."""
    seconds = times.astype("datetime64[s]")
    return seconds if (seconds == times).all() else times


def _number_texts(values: NDArray[np.float64]) -> list[str]:
    return ["" if math.isnan(value) else repr(value) for value in values.tolist()]


def _quoted(text: str) -> str:
    """A cell, in quotes where CSV needs them."""
    if any(char in text for char in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
