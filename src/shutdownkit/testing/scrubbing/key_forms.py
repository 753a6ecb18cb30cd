"""The spellings in which a key may stand in headers, addresses and bodies."""

from __future__ import annotations

import base64
import html
import re
from urllib.parse import quote, quote_plus

from ...reading.http.request import Secret
from ..exchanges import spelled

__all__ = ["key_forms"]

_TELLING = 8
"""Characters of base64 from the middle of something that are looked for, at least: six bytes of a key.  Fewer
stand by chance in what has nothing to do with it."""


def key_forms(secret: Secret) -> list[str]:
    """A key as Python, JSON, HTML, addresses, base64 and hexadecimal digits spell it; the longest first."""
    value = secret.reveal()
    escaped = spelled(value).decode()[1:-1]
    quoted = {quote(value, safe=""), quote(value), quote_plus(value)}
    forms = {value, repr(value)[1:-1], escaped, escaped.replace("/", "\\/"), *quoted}
    forms |= {re.sub("%..", lambda found: found[0].lower(), one) for one in quoted}
    forms |= {html.escape(value), html.escape(value, quote=False)}
    forms |= {value.encode().hex(), value.encode().hex().upper()}
    forms |= _base64s(value.encode())
    return sorted(forms, key=len, reverse=True)


def _base64s(value: bytes) -> set[str]:
    """A key alone, as user or password of HTTP's Basic (RFC 7617), and within anything longer.

    Of what is longer those characters that say the key's bytes and no others', for each of the three places
    at which it may begin (RFC 4648, 4: three bytes are four characters).
    """
    found = {base64.b64encode(each).decode("ascii") for each in (value, value + b":", b":" + value)}
    for before, shared in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(bytes(before) + value).decode("ascii").rstrip("=")
        inner = whole[shared : len(whole) - (1 if (before + len(value)) % 3 else 0)]
        if len(inner) >= _TELLING:
            found.add(inner)
    return found | {one.replace("+", "-").replace("/", "_") for one in found}
