"""The text of one cell, or of a column of cells, as times and numbers.

Each reading exists twice: for one cell, which accepts every allowed spelling and says what is wrong
with any other, and for a whole column, which is fast, knows the usual spellings only and returns None
for the rest.  Where the column form returns numbers, they are those of the cell form.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from .places import CellError, shown

__all__ = [
    "EARLIEST",
    "LATEST",
    "check_text",
    "number",
    "number_column",
    "time_column",
    "time_micros",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
EARLIEST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""The first and the last time there is, in microseconds since 1970 (UTC)."""

_DATE_LENGTH = len("2020-08-08")
_EPOCH_SECONDS = re.compile(r"([+-]?)(\d+)(?:\.(\d*))?", re.ASCII)
_FINER_THAN_MICROSECONDS = re.compile(r"[.,]\d{6}\d*[1-9]", re.ASCII)
# Seconds reach 10^11 in the year 5138; milliseconds did in March 1973.  So with the finer units.
_STAMP_UNITS = ((12, "milliseconds"), (15, "microseconds"), (18, "nanoseconds"), (21, ""))


def time_micros(text: str) -> int:
    """Microseconds since 1970 (UTC) of one cell.

    Takes ISO 8601 with ``Z`` or an offset, a date alone (its midnight, UTC) and seconds since 1970 in
    plain decimals.  Eight digits that could be a date are refused, because ``20200808`` is a second of
    August 1970 to one reader and a day of 2020 to another.

    Raises:
        CellError: for anything else, a naive time, a stamp in milliseconds or finer, a time outside
            the years 1 to 9999, or one finer than a microsecond.
    """
    stripped = text.strip()
    if not stripped:
        raise CellError("time", "is empty")
    stamp = _EPOCH_SECONDS.fullmatch(stripped)
    micros = _iso_micros(stripped) if stamp is None else _stamp_micros(stripped, stamp)
    if not EARLIEST <= micros <= LATEST:
        raise CellError("time", f"{shown(stripped)} is out of range (years 1 to 9999)")
    return micros


def _iso_micros(text: str) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise CellError("time", f"{shown(text)} is neither an ISO 8601 time nor seconds since 1970") from None
    if time.tzinfo is None:
        if len(text) > _DATE_LENGTH:
            raise CellError(
                "time", f"{shown(text)} has no time zone; add Z for UTC, or an offset such as +03:30"
            )
        time = time.replace(tzinfo=UTC)
    if _FINER_THAN_MICROSECONDS.search(text):
        raise CellError("time", f"{shown(text)} is finer than a microsecond")
    return (time - _EPOCH) // _MICROSECOND


def _stamp_micros(text: str, stamp: re.Match[str]) -> int:
    sign, digits, fraction = stamp[1], stamp[2], stamp[3] or ""
    significant = digits.lstrip("0")
    for length, unit in reversed(_STAMP_UNITS):
        if len(significant) >= length:
            problem = f"is in {unit} since 1970; give seconds" if unit else "is out of range"
            raise CellError("time", f"{shown(text)} {problem}")
    if digits == text and len(digits) == 8 and digits[:2] in {"19", "20"} and _is_date(digits):
        raise CellError("time", f"{shown(text)} is a date or seconds since 1970; write a date as 2020-08-08")
    if fraction[6:].strip("0"):
        raise CellError("time", f"{shown(text)} is finer than a microsecond")
    micros = int(digits) * 1_000_000 + int(fraction[:6].ljust(6, "0"))
    return -micros if sign == "-" else micros


def _is_date(digits: str) -> bool:
    try:
        datetime.fromisoformat(digits)
    except ValueError:
        return False
    return True


_HEAD = len("2020-08-08T20:00:00")
_DIGITS = np.array([0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18])
_UTC_TAILS = frozenset({"Z", "+00:00", "+0000", "+00"})


def time_column(texts: Sequence[str]) -> NDArray[np.int64] | None:
    """Microseconds since 1970 (UTC) of a column: shape (n,), int64.

    For columns in which every cell is of the form ``2020-08-08T20:00:00Z`` (or with a blank for the T,
    or an offset of zero for the Z), all alike; None for every other column.
    """
    first = texts[0]
    if first[_HEAD:] not in _UTC_TAILS or set(map(len, texts)) != {len(first)}:
        return None
    codes = np.array(texts).view(np.uint32).reshape(len(texts), len(first))
    digits = codes[:, _DIGITS].astype(np.int64) - ord("0")
    pattern = np.array([ord(char) for char in first], dtype=np.uint32)
    fixed = np.setdiff1d(np.arange(len(first)), _DIGITS)
    if (
        first[4] + first[7] + first[10] + first[13] + first[16] not in {"--T::", "-- ::"}
        or (codes[:, fixed] != pattern[fixed]).any()
        or (digits < 0).any()
        or (digits > 9).any()
    ):
        return None
    pairs = digits[:, 0::2] * 10 + digits[:, 1::2]
    year = pairs[:, 0] * 100 + pairs[:, 1]
    month, day, hour, minute, second = pairs[:, 2:].T
    if (year < 1).any() or (month < 1).any() or (month > 12).any():
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    first_day = months.astype("datetime64[D]").astype(np.int64)
    next_month = (months + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64)
    if (
        (day < 1).any()
        or (first_day + day > next_month).any()
        or (hour > 23).any()
        or (minute > 59).any()
        or (second > 59).any()
    ):
        return None
    seconds = (((first_day + day - 1) * 24 + hour) * 60 + minute) * 60 + second
    micros: NDArray[np.int64] = seconds * 1_000_000
    return micros


def number(text: str, column: str) -> float:
    """One cell as a finite number, or NaN where it is empty or says ``nan``.

    ``nan`` (either case) is what many programs write for a number that is not there, and it is this
    library's own word for it.  No other word is taken for missing: ``NA``, ``null`` or ``-`` may mean
    "not applicable" or "none seen", and zero and missing must not be confused.

    Raises:
        CellError: for anything else, infinities included.
    """
    stripped = text.strip()
    if not stripped:
        return math.nan
    try:
        # float() alone would take 1_000 and the digits of every script
        value = float(stripped) if stripped.isascii() and "_" not in stripped else None
    except ValueError:
        value = None
    if value is None:
        raise CellError(column, f"{shown(text)} is not a number (leave the cell empty for missing)")
    if math.isinf(value):
        raise CellError(column, f"{shown(text)} is infinite")
    return value


def number_column(texts: Sequence[str]) -> NDArray[np.float64] | None:
    """A column as numbers, NaN where empty or ``nan``: shape (n,), float64.  None where one is odd."""
    joined = "".join(texts)
    if not joined.isascii() or "_" in joined:
        return None
    try:
        values = np.array([float(text) if text else math.nan for text in texts])
    except ValueError:
        return None
    return None if np.isinf(values).any() else values


def check_text(text: str, column: str) -> None:
    """Refuse text that is not text.

    Files are opened so that a byte which is not UTF-8 arrives as a lone surrogate.

    Raises:
        CellError: for such a byte, or a NUL.
    """
    if "\0" in text:
        raise CellError(column, f"{shown(text)} holds a NUL")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise CellError(column, f"{shown(text)} is not UTF-8 text") from None
