"""Members of objects in a text that is JSON in parts: a line each, cut off, with NaN or a name twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from ..exchanges import spelled

__all__ = ["with_members"]

_NAME = re.compile(r'"((?:[^"\\]|\\.){0,99}+)"\s*+:\s*+')
"""A name of at most 99 characters, longer than any that a rule has: so a text of quotes is read once."""

_READER = json.JSONDecoder()

Change = Callable[[object], object]


def with_members(text: str, change_of: Callable[[str], Change | None]) -> str:
    """The text with the values of some members changed; all else stays as it is, to the character.

    Where such a value has no end, as in a text that was cut off, the text ends before it.

    Args:
        text: any.
        change_of: from a member's name to what makes its new value of its value, or None to keep it.
    """
    made: list[str] = []
    done = 0
    while (found := _NAME.search(text, done)) is not None:
        made.append(text[done : found.end()])
        done = found.end()
        change = change_of(_name(found[1]))
        if change is None:
            continue
        try:
            value, end = _READER.raw_decode(text, done)
        except (ValueError, RecursionError):
            change(text[done:])
            return "".join(made)
        made.append(spelled(change(value)).decode())
        done = end
    return "".join(made) + text[done:]


def _name(said: str) -> str:
    try:
        return str(json.loads(f'"{said}"'))
    except ValueError:
        return said
