"""Typed access to the values of a JSON document.

Each helper takes a value and its path in the document, such as ``data[0][0].values[3]`` (empty for the
document itself), and returns the value as what it must be, or raises
:class:`~shutdownkit.errors.WrongAnswerError` whose text begins with the path.  The error names no
address: :class:`~shutdownkit.reading.http.client.HttpClient` adds it.

>>> answer = as_object({"data": [1.5, None]}, "")
>>> [number_or_nan(value, path) for value, path in items_of(member(answer, "data", ""), "data")]
[1.5, nan]
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from ...errors import WrongAnswerError

__all__ = [
    "as_flag",
    "as_int",
    "as_list",
    "as_number",
    "as_object",
    "as_text",
    "below",
    "items_of",
    "member",
    "number_or_nan",
    "optional",
    "shown",
]

T = TypeVar("T")

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_LONGEST_SHOWN = 60
"""Characters of a value in an error's text: enough to recognise it."""


def as_object(value: object, path: str) -> dict[str, object]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise _wrong(path, value, "is not an object")
    return value


def as_list(value: object, path: str) -> list[object]:
    """A JSON array."""
    if not isinstance(value, list):
        raise _wrong(path, value, "is not a list")
    return value


def as_int(value: object, path: str, *, minimum: int | None = None, maximum: int | None = None) -> int:
    """A whole number written as one (``1.0`` and ``true`` are none), within the closed range."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(path, value, "is not a whole number")
    if minimum is not None and value < minimum:
        raise _wrong(path, value, f"is under {minimum}")
    if maximum is not None and value > maximum:
        raise _wrong(path, value, f"is over {maximum}")
    return value


def as_number(value: object, path: str, *, minimum: float = -math.inf, maximum: float = math.inf) -> float:
    """A finite number within the closed range; ``true`` is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(path, value, "is not a number")
    try:
        number = float(value)
    except OverflowError:
        raise _wrong(path, value, "is too large") from None
    if not math.isfinite(number):
        raise _wrong(path, value, "is not finite")
    if number < minimum:
        raise _wrong(path, value, f"is under {minimum:g}")
    if number > maximum:
        raise _wrong(path, value, f"is over {maximum:g}")
    return number


def number_or_nan(
    value: object, path: str, *, minimum: float = -math.inf, maximum: float = math.inf
) -> float:
    """A finite number within the closed range, or NaN for ``null``: what nobody measured is not 0."""
    return math.nan if value is None else as_number(value, path, minimum=minimum, maximum=maximum)


def as_text(value: object, path: str, *, empty: bool = False) -> str:
    """Text; empty or blank only where said."""
    if not isinstance(value, str):
        raise _wrong(path, value, "is not text")
    if not empty and not value.strip():
        raise _wrong(path, value, "is empty")
    return value


def as_flag(value: object, path: str) -> bool:
    """``true`` or ``false``, nothing else."""
    if not isinstance(value, bool):
        raise _wrong(path, value, "is neither true nor false")
    return value


def optional(read: Callable[[object, str], T], value: object, path: str) -> T | None:
    """None for ``null``, else what another helper reads."""
    return None if value is None else read(value, path)


def member(value: Mapping[str, object], key: str, path: str) -> object:
    """The value of a key that must be there; ``path`` is the object's, not the value's.

    For a key that may be absent, ``value.get(key)`` gives None just as for ``null``.
    """
    try:
        return value[key]
    except KeyError:
        raise WrongAnswerError(f"{_named(path)}: has no {key!r}") from None


def items_of(value: object, path: str) -> Iterator[tuple[object, str]]:
    """Each item of a JSON array with its own path."""
    for index, item in enumerate(as_list(value, path)):
        yield item, below(path, index)


def below(path: str, key: str | int) -> str:
    """The path of an object's member or of a list's item."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _PLAIN.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f"{path}[{shown(key)}]"


def shown(value: object) -> str:
    """A value as an error's text shows it: one line, cut where it is long."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and value.bit_length() > 256:
        return "a whole number of very many digits"  # Python refuses to write the longest
    text = repr(value[: _LONGEST_SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _wrong(path: str, value: object, problem: str) -> WrongAnswerError:
    return WrongAnswerError(f"{_named(path)}: {shown(value)} {problem}")


def _named(path: str) -> str:
    return path or "the document"
