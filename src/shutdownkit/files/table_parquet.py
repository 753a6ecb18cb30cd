"""The long table as Parquet (extra ``parquet``).

Columns as in CSV.  ``time`` is a timestamp with a time zone, a date, whole seconds since 1970, or text
as in CSV; ``entity``, ``kind`` and ``subject`` are text; ``value`` and ``weight`` are numbers, null (or
NaN) where missing.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ..errors import FileError, MissingExtraError
from ..model.signal import Signal
from .cells import EARLIEST, LATEST, time_column, time_micros
from .names import SeriesNames
from .opening import file_errors, one_line, opened
from .places import CellError, Places
from .rows import Rows
from .table_csv import Progress, check_columns

__all__ = ["load_pyarrow", "read_rows", "write_rows"]

_CHUNK = 1 << 16  # rows


def load_pyarrow() -> Any:
    """The package pyarrow with its Parquet part.

    Raises:
        MissingExtraError: where it is not installed.
    """
    try:
        importlib.import_module("pyarrow.parquet")
        return importlib.import_module("pyarrow")
    except ImportError:
        raise MissingExtraError("a Parquet file", "pyarrow", "parquet") from None


def read_rows(path: str, names: SeriesNames, places: Places, progress: Progress | None) -> Rows:
    """The rows of a Parquet file.

    Raises:
        FileError: names the row and the column of the first cell of a column that cannot be read.
        MissingExtraError: where pyarrow is not installed.
    """
    arrow = load_pyarrow()
    parts: list[Rows] = []
    done = 0
    for batch, bytes_read in _batches(arrow, path, places):
        if batch.num_rows:
            parts.append(_Batch(arrow, batch, done + 1, places).rows(names))
            done += batch.num_rows
        if progress is not None:
            progress(bytes_read)
    if not parts:
        raise places.error("has no rows")
    return Rows.joined(parts)


def _batches(arrow: Any, path: str, places: Places) -> Iterator[tuple[Any, int]]:
    """The file's record batches, each with the bytes read so far (in proportion to the rows)."""
    with file_errors(path), opened(path) as raw:
        size = raw.seek(0, os.SEEK_END)
        if not size:
            raise places.error("is empty")
        raw.seek(0)
        try:
            file = arrow.parquet.ParquetFile(raw, page_checksum_verification=True)
            check_columns(list(file.schema_arrow.names), places, None)
            rows = 0
            for batch in file.iter_batches(batch_size=_CHUNK):
                rows += batch.num_rows
                yield batch, size * rows // max(file.metadata.num_rows, 1)
        except (arrow.ArrowException, UnicodeDecodeError) as error:
            raise places.error(f"is not a sound Parquet file: {one_line(error)}") from None


@frozen(eq=False)
class _Batch:
    """A record batch, the first row of which is row ``first`` of the file."""

    arrow: Any
    batch: Any
    first: int
    places: Places

    def rows(self, names: SeriesNames) -> Rows:
        """The rows, once every cell is known to be sound."""
        try:
            times = self._times()
            series = self._series(names)
            values = self._numbers("value")
            low, high = names.ranges(series)
            self._check_range(names, (values < low) | (values > high), series, values)
            weights = self._numbers("weight") if "weight" in self.batch.schema.names else None
            if weights is not None:
                self._refuse("weight", weights < 0, "is negative")
        except (self.arrow.ArrowException, UnicodeDecodeError) as error:
            raise self.places.error(f"is not a sound Parquet file: {one_line(error)}") from None
        places = np.arange(self.first, self.first + len(times), dtype=np.int64)
        return Rows(times, series, values, weights, places)

    def _check_range(
        self,
        names: SeriesNames,
        wrong: NDArray[np.bool_],
        series: NDArray[np.int64],
        values: NDArray[np.float64],
    ) -> None:
        for row in np.flatnonzero(wrong)[:1].tolist():
            try:
                names.check_range(int(series[row]), float(values[row]))
            except CellError as error:
                raise self.places.error(error.problem, self.first + row, "value") from None

    def _refuse(self, column: str, rows: NDArray[np.bool_], problem: str) -> None:
        """Refuse the first of the rows at fault."""
        for row in np.flatnonzero(rows)[:1].tolist():
            raise self.places.error(problem, self.first + row, column)

    def _nulls(self, column: str) -> NDArray[np.bool_]:
        nulls: NDArray[np.bool_] = self.batch.column(column).is_null().to_numpy(zero_copy_only=False)
        return nulls

    def _wrong_type(self, column: str, wanted: str) -> FileError:
        found = self.batch.column(column).type
        return self.places.error(f"holds {one_line(found)}, not {wanted}", None, column)

    def _times(self) -> NDArray[np.int64]:
        """Microseconds since 1970 (UTC)."""
        types, column = self.arrow.types, self.batch.column("time")
        self._refuse("time", self._nulls("time"), "is empty")
        if types.is_timestamp(column.type) or types.is_date(column.type):
            return self._timestamps(column)
        if not types.is_integer(column.type):
            column = self._texts("time")
        cells = [str(cell) for cell in column.to_pylist()]
        micros = time_column(cells)
        if micros is None:
            micros = np.empty(len(cells), dtype=np.int64)
            for row, cell in enumerate(cells):
                try:
                    micros[row] = time_micros(cell)
                except CellError as error:
                    raise self.places.error(error.problem, self.first + row, "time") from None
        return micros

    def _timestamps(self, column: Any) -> NDArray[np.int64]:
        kind = column.type
        if self.arrow.types.is_timestamp(kind) and kind.tz is None:
            raise self.places.error("holds times without a time zone; store them in UTC", None, "time")
        try:
            zoned = column.cast(self.arrow.timestamp("us", "UTC"))
        except self.arrow.ArrowInvalid:
            raise self.places.error(
                "holds times finer than a microsecond or out of range", None, "time"
            ) from None
        micros: NDArray[np.int64] = zoned.cast(self.arrow.int64()).to_numpy(zero_copy_only=False)
        self._refuse("time", (micros < EARLIEST) | (micros > LATEST), "is out of range (years 1 to 9999)")
        return micros

    def _texts(self, column: str) -> Any:
        """The column as text; also one of a categorical, or with nothing in it but nulls."""
        cells = self.batch.column(column)
        types, kind = self.arrow.types, cells.type
        if types.is_dictionary(kind):
            kind = kind.value_type
        if not (types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind)):
            raise self._wrong_type(column, "text")
        return cells.cast(self.arrow.string())

    def _series(self, names: SeriesNames) -> NDArray[np.int64]:
        """The number of each row's series."""
        rows = self.batch.num_rows
        columns = []
        for column in ("entity", "kind", "subject"):
            if column in self.batch.schema.names:
                texts = self._texts(column).fill_null("").dictionary_encode()
                columns.append((texts.indices.to_numpy().astype(np.int64), texts.dictionary.to_pylist()))
            else:
                columns.append((np.zeros(rows, dtype=np.int64), [""]))
        (entity, entities), (kind, kinds), (subject, subjects) = columns
        combined = (entity * len(kinds) + kind) * len(subjects) + subject
        _, firsts, inverse = np.unique(combined, return_index=True, return_inverse=True)
        numbers = np.empty(len(firsts), dtype=np.int64)
        for which in np.argsort(firsts).tolist():
            row = int(firsts[which])
            try:
                numbers[which] = names[
                    entities[int(entity[row])], kinds[int(kind[row])], subjects[int(subject[row])]
                ]
            except CellError as error:
                raise self.places.error(error.problem, self.first + row, error.column) from None
        return numbers[inverse]

    def _numbers(self, column: str) -> NDArray[np.float64]:
        """The column as numbers, NaN where null."""
        types, cells = self.arrow.types, self.batch.column(column)
        kind = cells.type
        if not (
            types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_null(kind)
        ):
            raise self._wrong_type(column, "numbers")
        values = cells.cast(self.arrow.float64(), safe=False).to_numpy(zero_copy_only=False)
        numbers: NDArray[np.float64] = np.array(values, dtype=np.float64)
        self._refuse(column, np.isinf(numbers), "is infinite")
        return numbers


def write_rows(raw: BinaryIO, signals: Sequence[Signal], *, subject: bool, weight: bool) -> None:
    """Write the table: every bin of every signal, null where missing.

    ``time`` is a timestamp in microseconds, UTC.
    """
    arrow = load_pyarrow()
    lengths = [len(signal.series) for signal in signals]

    def texts(cells: Sequence[str | None]) -> Any:
        indices = np.repeat(np.arange(len(cells)), lengths)
        return arrow.array(cells, arrow.string()).take(arrow.array(indices))

    def numbers(values: Sequence[NDArray[np.float64]]) -> Any:
        joined = np.concatenate(values)
        return arrow.array(joined, arrow.float64(), mask=np.isnan(joined))

    times = np.concatenate([signal.series.times for signal in signals]).astype(np.int64)
    columns = {
        "time": arrow.array(times).cast(arrow.timestamp("us", "UTC")),
        "entity": texts([str(signal.entity) for signal in signals]),
        "kind": texts([signal.kind.name for signal in signals]),
        "value": numbers([signal.series.values for signal in signals]),
    }
    if subject:
        columns["subject"] = texts([signal.subject for signal in signals])
    if weight:
        columns["weight"] = numbers(
            [
                np.full(len(signal.series), np.nan) if signal.weights is None else signal.weights.values
                for signal in signals
            ]
        )
    arrow.parquet.write_table(arrow.table(columns), raw, compression="zstd", write_page_checksum=True)
