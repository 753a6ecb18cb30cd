"""Signals from and to files: CSV, gzipped CSV and Parquet.

The table is long, one row a bin: columns ``time,entity,kind,value`` and, where there is use for them,
``subject,weight``, in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from ..errors import FileError, InvalidValueError
from ..model.checks import all_of
from ..model.signal import Provenance, Signal
from . import table_csv, table_parquet
from .cells import check_text
from .grids import assembled, usual_step
from .names import ExtraKinds, SeriesNames, known_kinds
from .opening import CSV, GZIP, PARQUET, AnyPath, check_gzip, ending_of, fresh_gzip, path_text, replacing
from .places import CellError, Places
from .rows import Rows
from .table_csv import Progress

__all__ = ["read_signals", "write_signals"]


def read_signals(
    path: AnyPath, *, kinds: ExtraKinds | None = None, progress: Progress | None = None
) -> tuple[Signal, ...]:
    """The signals of a file (``.csv``, ``.csv.gz`` or ``.parquet``).

    One row a bin, in any order: ``time,entity,kind,value`` with optional ``subject,weight``.  ``time``
    is ISO 8601 with ``Z`` or an offset, a date alone (its midnight, UTC) or seconds since 1970; a naive
    time is refused, because it is the usual way to be wrong by hours.  An empty value is missing, and
    so is ``nan``.  The step of a series is the most common difference between its times; bins in
    between without a row are missing.

    Args:
        path: the file.
        kinds: kinds of third parties that may occur besides the built-in ones: by name, or the kinds.
        progress: called now and then with the bytes of the file read so far.

    Returns:
        The signals, ordered by entity, kind and subject.  A subject's or weight's empty cells mean
        none; a series without any weight has none.

    Raises:
        FileError: names the file, the line (the header is line 1; in a Parquet file the row) and the
            column of what cannot be read.
        InvalidValueError: for ``kinds`` that contradict each other, or a ``path`` that is none.
        MissingExtraError: for Parquet, where pyarrow is not installed.
    """
    name = path_text(path)
    ending = ending_of(name, (CSV, GZIP, PARQUET))
    names = SeriesNames(known_kinds(kinds))
    if ending == PARQUET:
        places = Places(name, "row")
        rows = table_parquet.read_rows(name, names, places, progress)
    else:
        places = Places(name)
        rows = _csv_rows(name, names, places, progress, zipped=ending == GZIP)
    provenance = Provenance(source=f"file {Path(name).name}")
    return assembled(rows, names.keys_seen, places, provenance)


def _csv_rows(
    path: str, names: SeriesNames, places: Places, progress: Progress | None, *, zipped: bool
) -> Rows:
    """The rows of a CSV file; where a gzip file is cut short, that is what is wrong, not its last row."""
    try:
        return table_csv.read_rows(path, names, places, progress, zipped=zipped)
    except FileError:
        if zipped:
            check_gzip(path)
        raise


def write_signals(signals: Iterable[Signal], path: AnyPath) -> None:
    """Write signals to a file (``.csv``, ``.csv.gz`` or ``.parquet``) that reads back equal.

    Every bin is written, the missing ones with an empty value, and every number so that it reads back
    bit for bit.  What a file cannot hold is lost: provenance, and weights that are all missing.  The
    same signals give the same bytes.  The file takes its name only once it is whole.

    Raises:
        InvalidValueError: for no signals, two of the same series, a series without a bin, one with a
            single bin whose step no other signal of its kind tells, or text that no file can hold.
        FileError: where the file cannot be written.
        MissingExtraError: for Parquet, where pyarrow is not installed.
    """
    name = path_text(path)
    ending = ending_of(name, (CSV, GZIP, PARQUET))
    written = all_of("signals", Signal, signals)
    _check_readable(written)
    subject = any(signal.subject is not None for signal in written)
    weight = any(signal.weights is not None for signal in written)
    if ending == PARQUET:
        table_parquet.load_pyarrow()
        with replacing(name) as raw:
            table_parquet.write_rows(raw, written, subject=subject, weight=weight)
        return
    blocks = table_csv.written_rows(written, subject=subject, weight=weight)
    with replacing(name) as raw:
        if ending == CSV:
            raw.writelines(block.encode() for block in blocks)
        else:
            with fresh_gzip(raw) as stream:
                stream.writelines(block.encode() for block in blocks)


def _check_readable(signals: Sequence[Signal]) -> None:
    """Refuse signals that would not read back."""
    if not signals:
        raise InvalidValueError("signals", signals, "is empty; a file without a row cannot be read back")
    steps: dict[str, list[int]] = {}
    for signal in signals:
        if len(signal.series) > 1:
            steps.setdefault(signal.kind.name, []).append(_micros(signal.series.step))
    seen: dict[tuple[object, ...], int] = {}
    for index, signal in enumerate(signals):
        place = f"signals[{index}]"
        what = f"{signal.entity} {signal.name}"
        try:
            check_text(str(signal.entity), "entity")
            check_text(signal.subject or "", "subject")
        except CellError as error:
            raise InvalidValueError(f"{place}.{error.column}", what, error.problem) from None
        first = seen.setdefault((signal.entity, signal.kind.name, signal.subject), index)
        if first != index:
            raise InvalidValueError(place, what, f"is the series of signals[{first}] as well")
        if not len(signal.series):
            raise InvalidValueError(place, what, "has no bin, so that it cannot be read back")
        if len(signal.series) == 1 and usual_step(steps.get(signal.kind.name, ())) != _micros(
            signal.series.step
        ):
            raise InvalidValueError(place, what, "has a single bin, so that its step cannot be read back")


def _micros(step: timedelta) -> int:
    return step // timedelta(microseconds=1)
