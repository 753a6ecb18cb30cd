"""Checks that the value classes share.

Each takes the field's full name and the value, and returns the value in its stored form or raises
:class:`~shutdownkit.errors.InvalidValueError`.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ..errors import InvalidValueError

E = TypeVar("E", bound=enum.Enum)
T = TypeVar("T")


def instant(field: str, value: object) -> datetime:
    """An aware UTC datetime from an aware datetime or ISO 8601 text.

    A date alone, as text, means its midnight in UTC.  Text without an offset is refused unless it is
    such a date, because a naive time is the usual way to be wrong by hours.
    """
    given = value
    if isinstance(value, str):
        text = value.strip()
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            raise InvalidValueError(field, value, "is not an ISO 8601 time") from None
        if parsed.tzinfo is None and len(text) <= len("2020-08-08"):
            parsed = parsed.replace(tzinfo=UTC)
        value = parsed
    if not isinstance(value, datetime):
        raise InvalidValueError(field, value, "is neither a datetime nor ISO 8601 text")
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidValueError(field, given, "has no time zone; give an aware time, such as UTC")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise InvalidValueError(field, given, "is out of range in UTC") from None


def duration(field: str, value: object, *, zero: bool = False) -> timedelta:
    """A positive timedelta from a timedelta or a number of seconds (zero allowed where said)."""
    if isinstance(value, bool) or not isinstance(value, int | float | timedelta):
        raise InvalidValueError(field, value, "is neither a timedelta nor a number of seconds")
    if not isinstance(value, timedelta):
        try:
            value = timedelta(seconds=value)
        except (OverflowError, ValueError):
            raise InvalidValueError(field, value, "is not a finite number of seconds") from None
    if value < timedelta(0) or (not zero and not value):
        raise InvalidValueError(field, value, "is negative" if value else "is zero")
    return value


def number(field: str, value: object, *, minimum: float = -math.inf, maximum: float = math.inf) -> float:
    """A finite float within the closed range."""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise InvalidValueError(field, value, "is not a number")
    try:
        result = float(value)
    except OverflowError:
        raise InvalidValueError(field, value, "is too large") from None
    if not math.isfinite(result):
        raise InvalidValueError(field, value, "is not finite")
    if result < minimum:
        raise InvalidValueError(field, value, f"is under {minimum:g}")
    if result > maximum:
        raise InvalidValueError(field, value, f"is over {maximum:g}")
    return result


def whole(field: str, value: object, *, minimum: int = 0) -> int:
    """A whole number that counts things."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValueError(field, value, "is not a whole number")
    if value < minimum:
        raise InvalidValueError(field, value, f"is under {minimum}")
    return value


def text(field: str, value: object, *, empty: bool = False) -> str:
    """Text on one or more lines; empty only where said."""
    if not isinstance(value, str):
        raise InvalidValueError(field, value, "is not text")
    if not empty and not value.strip():
        raise InvalidValueError(field, value, "is empty")
    return value


def flag(field: str, value: object) -> bool:
    """True or False, nothing else."""
    if not isinstance(value, bool):
        raise InvalidValueError(field, value, "is neither True nor False")
    return value


def member(field: str, kind: type[E], value: object) -> E:
    """A member of an enumeration."""
    if not isinstance(value, kind):
        raise InvalidValueError(field, value, f"is not a {kind.__name__}")
    return value


def instance(field: str, kind: type[T], value: object) -> T:
    """An instance of a class."""
    if not isinstance(value, kind):
        raise InvalidValueError(field, value, f"is not a {kind.__name__}")
    return value


def all_of(field: str, kind: type[T], values: object) -> tuple[T, ...]:
    """A tuple whose items are all instances of a class."""
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InvalidValueError(field, values, f"is not a sequence of {kind.__name__}")
    items = tuple(values)
    for index, item in enumerate(items):
        if not isinstance(item, kind):
            raise InvalidValueError(f"{field}[{index}]", item, f"is not a {kind.__name__}")
    return items


def store(value: object, field: str, checked: object) -> None:
    """Set a field of a frozen value, while it is being made."""
    object.__setattr__(value, field, checked)
