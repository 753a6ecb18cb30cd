"""Bodies and headers of recorded responses, decoded when they are needed.

A body is text, or ``{"format": "base64", "data": ...}`` where it was not UTF-8
(``ooni/spec: data-formats/df-001-httpt.md``); headers are an object of names to values, of either kind.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from .keys import Response

__all__ = ["body_of", "headers_of"]


def body_of(response: Response) -> str:
    """A body's text; empty where there is none or it cannot be decoded.  What is not UTF-8 is replaced."""
    return _text(_plain(response.body))


def headers_of(response: Response) -> dict[str, str]:
    """The headers by name in lower case."""
    found = _plain(response.headers)
    if not isinstance(found, dict):
        return {}
    return {str(name).lower(): _text(value) for name, value in sorted(found.items())}


def _plain(raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):  # no text that could be compared
        return None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value:  # a header that came more than once
        return _text(value[0])
    if isinstance(value, dict) and value.get("format") == "base64" and isinstance(value.get("data"), str):
        try:
            return base64.b64decode(value["data"]).decode("utf-8", "replace")
        except (binascii.Error, ValueError):  # cut, as some old ones are
            return ""
    return ""
