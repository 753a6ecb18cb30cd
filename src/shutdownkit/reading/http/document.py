"""The JSON, or the text, of an answer's body, read strictly and apart from all I/O.

Python's reader takes more than JSON (``NaN``, ``Infinity``, numbers that overflow to infinity, an object
that names a key twice), and a body of brackets alone exhausts its stack.  All of that is refused here, with
its place in the document, so that parsers of answers meet nothing but dicts, lists, well-formed text, finite
numbers, booleans and None.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any

from attrs import frozen

from ...errors import WrongAnswerError
from .fields import below, shown

__all__ = ["DEEPEST", "MOST", "read_document", "read_text"]

DEEPEST = 32
"""How deep lists and objects may lie in one another: ``[]`` lies 1 deep, ``[[]]`` 2.  The deepest documented
answer, IODA's signals with lists for values, lies 7 deep."""

MOST = 2_000_000
"""How many lists, objects and commas there may be, outside of texts: there are no more values than that and
one.  Small values cost most: 60 MiB of ``[],`` are 1.6 GiB when they are read.  The largest recorded answer
has 14,000."""

_ESCAPED = (b"\\\\", b'\\"')
_MARKS = re.compile(rb'"[^"]*"?|([,\[{])')
_BRACKETS = re.compile(rb'"[^"]*"?|([\[{])|([\]}])')
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_document(body: bytes, content_type: str | None = None) -> object:
    """The document that a body holds.

    Args:
        body: the whole body, decompressed; UTF-8 with or without a byte-order mark.
        content_type: as the provider sent it; it only makes errors clearer.

    Raises:
        WrongAnswerError: the body is empty, HTML, not UTF-8, not JSON, or JSON that no provider means:
            see this module's text.  It names no address.
    """
    text = _decoded(body, "JSON", content_type)
    if _too_many(body):
        raise WrongAnswerError(f"JSON with more than {MOST} lists, objects and commas")
    if _too_deep(body):
        raise WrongAnswerError(f"JSON that lies more than {DEEPEST} lists and objects deep")
    return _parsed(text, content_type)


def read_text(body: bytes, content_type: str | None = None) -> str:
    """The text that a body holds, such as CSV; its line ends are as they were sent.

    Args:
        body: the whole body, decompressed; UTF-8 with or without a byte-order mark.
        content_type: as the provider sent it; it only makes errors clearer.

    Raises:
        WrongAnswerError: the body is empty, HTML or not UTF-8, or holds a character NUL, which no text
            does.  It names no address.
    """
    text = _decoded(body, "text", content_type)
    if "\0" in text:
        raise WrongAnswerError(f"a character NUL where text belongs{_sent_as(content_type)}")
    return text


def _decoded(body: bytes, wanted: str, content_type: str | None) -> str:
    """The body's characters, where it is neither empty nor a page."""
    if not body.strip():
        raise WrongAnswerError(f"an empty body where {wanted} belongs")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongAnswerError(f"not UTF-8 at byte {error.start}{_sent_as(content_type)}") from None
    if text.lstrip().startswith("<"):
        raise WrongAnswerError(f"HTML where {wanted} belongs{_sent_as(content_type)}")
    return text


def _parsed(text: str, content_type: str | None) -> object:
    flaws: list[_Flaw] = []
    try:
        document = _load(text, flaws, long_numbers=False)
    except json.JSONDecodeError as error:
        raise WrongAnswerError(
            f"no JSON: {error.msg} at line {error.lineno} column {error.colno}{_sent_as(content_type)}"
        ) from None
    except ValueError:  # a whole number with more digits than Python converts, sys.set_int_max_str_digits
        document = _load(text, flaws, long_numbers=True)
    if flaws or _HALF_PAIR.search(text):
        _refuse_flaws(document, "")
    return document


@frozen
class _Flaw:
    """Stands in the document where something is that must not be there."""

    problem: str


def _load(text: str, flaws: list[_Flaw], *, long_numbers: bool) -> object:
    def flaw(problem: str) -> _Flaw:
        flaws.append(_Flaw(problem))
        return flaws[-1]

    def constant(name: str) -> _Flaw:
        return flaw(f"{name} is no number in JSON")

    def real(digits: str) -> float | _Flaw:
        value = float(digits)
        return value if math.isfinite(value) else flaw("a number too large to be kept")

    def whole(digits: str) -> int | _Flaw:
        try:
            return int(digits)
        except ValueError:
            return flaw(f"a whole number of {len(digits)} digits")

    def members(pairs: list[tuple[str, object]]) -> dict[str, object] | _Flaw:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        return flaw(f"an object names {shown(twice)} twice")

    hooks: dict[str, Any] = {"parse_constant": constant, "parse_float": real, "object_pairs_hook": members}
    if long_numbers:
        hooks["parse_int"] = whole
    return json.loads(text, **hooks)


def _refuse_flaws(value: object, path: str) -> None:
    """Raise for the first flaw; the document is not deeper than :data:`DEEPEST`."""
    if isinstance(value, _Flaw):
        raise WrongAnswerError(f"{path or 'the document'}: {value.problem}")
    if isinstance(value, str) and _SURROGATE.search(value):
        raise WrongAnswerError(f"{path or 'the document'}: {shown(value)} holds half a character")
    if isinstance(value, dict):
        for name, item in value.items():
            if _SURROGATE.search(name):
                raise WrongAnswerError(
                    f"{path or 'the document'}: the name {shown(name)} holds half a character"
                )
            _refuse_flaws(item, below(path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_flaws(item, below(path, index))


def _too_many(body: bytes) -> bool:
    """Whether there are too many values, without building anything.

    In a body that is no JSON the count may be wrong, as in :func:`_too_deep`.
    """
    if sum(map(body.count, (b",", b"[", b"{"))) <= MOST:
        return False
    body = _unescaped(body)
    if body.count(b'"') > 4 * (MOST + 1):  # two for each value and two for its name
        return True
    marks = 0
    for found in _MARKS.finditer(body):
        marks += found.lastindex is not None
        if marks > MOST:
            return True
    return False


def _unescaped(body: bytes) -> bytes:
    """The body without what is escaped in its texts: no quote in it but those around texts."""
    for escaped in _ESCAPED:  # backslashes first, so that the quote after two of them ends the text
        body = body.replace(escaped, b"")
    return body


def _too_deep(body: bytes) -> bool:
    """Whether brackets outside texts lie too deep, without building anything.

    In a body that is no JSON the count may be wrong either way; such a body is refused all the same.
    """
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for found in _BRACKETS.finditer(_unescaped(body)):
        if found.lastindex == 1:
            depth += 1
            if depth > DEEPEST:
                return True
        elif found.lastindex == 2:
            depth -= 1
    return False


def _sent_as(content_type: str | None) -> str:
    if not content_type or "json" in content_type.lower():
        return ""
    return f", sent as {shown(content_type)}"
