"""What strangers' code says, on one line that can be printed."""

from __future__ import annotations

from typing import Final

__all__ = ["LONGEST", "one_line", "said", "shown"]

LONGEST: Final = 300  # characters: an HTML page in an error's text helps nobody


def one_line(text: str, limit: int = LONGEST) -> str:
    """The text on one line, with what cannot be printed escaped, cut where it is long."""
    line = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in " ".join(text.split())
    )
    return line if len(line) <= limit else line[: limit - 3] + "..."


def said(error: BaseException, limit: int = LONGEST) -> str:
    """The error's class and text: ``KeyError: 'values'``."""
    name = type(error).__name__
    try:
        text = one_line(str(error), limit)
    except (Exception, SystemExit) as worse:  # noqa: BLE001 (an error of strangers that cannot even say what it is)
        text = f"(its text cannot be had: {type(worse).__name__})"
    return f"{name}: {text}" if text else name


def shown(value: object) -> str:
    """What a value is, for an error: ``a dict`` or ``None``."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
