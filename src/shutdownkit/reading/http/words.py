"""What a provider says for itself where it refuses, cleaned so that a line of text can hold it."""

from __future__ import annotations

import html
import re
import unicodedata

from ...errors import WrongAnswerError
from .document import read_document

__all__ = ["plain_words", "provider_words"]

_LONGEST = 200
"""Characters of a provider's words that are shown."""

_LOOKED_AT = 64 * 1024
_UNSEEN = re.compile(r"<(script|style)\b", re.IGNORECASE)
_ENDS = {name: re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE) for name in ("script", "style")}
_MARKUP = re.compile(r"<[^<>]*>")


def provider_words(body: bytes) -> str:
    """The provider's reason, in one line; empty where it gave none.

    OONI says it as ``msg``, as ``detail`` (text, or a list of objects with ``loc`` and ``msg``) or as
    ``error``, IODA as ``error`` (text), RIPE Atlas as ``error`` (an object with ``detail`` and ``title``).
    Where none of them is there, these are the first characters of the body without its markup.
    """
    try:
        document = read_document(body)
    except WrongAnswerError:
        document = None
    if isinstance(document, dict):
        for key in ("msg", "detail", "error"):
            words = plain_words("; ".join(_texts(document.get(key))))
            if words:
                return words
    return plain_words(body[:_LOOKED_AT].decode("utf-8", "replace"))


def plain_words(text: str) -> str:
    """Text in one line without markup and control characters, cut where it is long."""
    text = text[:_LOOKED_AT]
    text = _MARKUP.sub(" ", _seen(text))
    text = _MARKUP.sub(" ", html.unescape(text))
    kept = (" " if character.isspace() else character for character in text)
    line = " ".join("".join(one for one in kept if unicodedata.category(one)[0] != "C").split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _seen(text: str) -> str:
    """A page without its scripts and styles; one that is not closed goes to the end, as in browsers."""
    kept, place = [], 0
    while begun := _UNSEEN.search(text, place):
        kept.append(text[place : begun.start()])
        ended = _ENDS[begun[1].lower()].search(text, begun.end())
        place = len(text) if ended is None else ended.end()
    return " ".join([*kept, text[place:]])


def _texts(said: object) -> list[str]:
    if isinstance(said, str):
        return [said]
    if isinstance(said, list):
        return [text for item in said for text in _texts(item)]
    if isinstance(said, dict):
        return _of_object(said)
    return []


def _of_object(said: dict[str, object]) -> list[str]:
    words = next((text for key in ("detail", "msg", "title") for text in _texts(said.get(key))), None)
    if words is None:
        return []
    place = said.get("loc")
    if isinstance(place, list) and place:
        return [f"{'.'.join(str(step) for step in place)}: {words}"]
    return [words]
