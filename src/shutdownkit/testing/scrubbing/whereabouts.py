"""E-mail addresses and addresses of machines, as they are found in any text."""

from __future__ import annotations

import ipaddress
import re

__all__ = ["ADDRESS", "EMAIL", "nobodys"]

EMAIL = re.compile(r"(?<![\w.+-])(?:[\w.+-]|%2[Bb])+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
"""An e-mail address, in an address of the web too, where ``@`` is ``%40``.  Only looked for where a word
begins, so that a long one is read once."""

ADDRESS = re.compile(r"(?:[0-9A-Fa-f:.]|%3[Aa]){3,}")
"""What may be an address of a machine; :func:`nobodys` looks closer."""

_FOUR = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)")
_COLON = re.compile("%3a", re.IGNORECASE)

_NOBODY = {4: "192.0.2.1", 6: "2001:db8::1"}
"""Addresses for documentation (RFC 5737, RFC 3849)."""


def nobodys(found: str) -> str:
    """A text that :data:`ADDRESS` found, with an address for documentation in place of one that may be
    somebody's; a port stays, and so does what is no address.

    Letters of a word before it (``node:2a00::1``) may have been taken for part of an IPv6 address.
    """
    plain = _COLON.sub(":", found)
    for start in (0, plain.find(":") + 1):
        for one in (plain[start:], plain[start:].rstrip("."), plain[start:].strip(":.")):
            address = _address(one)
            if address is not None and address.version == 6:
                return found if _stays(address) else plain[:start] + plain[start:].replace(one, _NOBODY[6])
    new = _FOUR.sub(_four, plain)
    return found if new == plain else new


def _four(match: re.Match[str]) -> str:
    address = _address(".".join(str(int(part)) for part in match[0].split(".")))  # some write 008.008.008.008
    return match[0] if address is None or _stays(address) else _NOBODY[4]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _stays(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is every machine's own."""
    return address.is_loopback or address.is_unspecified
