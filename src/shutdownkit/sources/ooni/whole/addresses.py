"""Names and addresses: hosts of URLs, and addresses that lead nowhere."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

__all__ = ["Place", "endpoint", "is_address", "is_bogon", "is_stand_in", "place_of", "related"]

_PORTS = {"http": 80, "https": 443}
# Names and addresses come again and again, those of OONI's lists of sites and of the services that it tests:
# so many of each are remembered, and none that is longer.
_KEPT, _LONGEST = 1 << 12, 256
_HOST = re.compile(r"[^\s:/\[\]@?#\x00-\x20]+")

# No site is reached at these: the special-purpose addresses of RFC 6890 (with 100.64.0.0/10 of RFC 6598 and
# 240.0.0.0/4 of RFC 1112), and in IPv6 what is not global unicast, 2000::/3 (RFC 4291).  64:ff9b::/96 stands
# for IPv4 addresses on networks without IPv4 (RFC 6052).
_NOWHERE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001:db8::/32",
    )
)
_STAND_INS = ipaddress.ip_network("198.18.0.0/15")
_GLOBAL6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@frozen
class Place:
    """Where a URL leads.

    Attributes:
        scheme: ``http`` or ``https``, or another, in lower case; empty where there is none.
        host: in lower case, without brackets or a final dot.
        port: the URL's, or the scheme's; None where neither is known.
    """

    scheme: str
    host: str
    port: int | None

    @property
    def name(self) -> str:
        """The host as DNS spells it: letters beyond ASCII encoded."""
        if self.host.isascii():
            return self.host
        return _encoded(self.host) if len(self.host) <= _LONGEST else self.host  # DNS has none so long


def place_of(url: Any) -> Place | None:
    """Where a URL, or a bare host, leads; None where it names no host."""
    if not isinstance(url, str):
        return None
    return _place(url) if len(url) <= _LONGEST else _place.__wrapped__(url)


@lru_cache(maxsize=_KEPT)
def _place(url: str) -> Place | None:
    text = url.strip()
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = (parts.hostname or "").lower().removesuffix(".")
        port = parts.port
    except ValueError:  # brackets, a port or letters that no URL has
        return None
    if not is_address(host) and _HOST.fullmatch(host) is None:
        return None
    return Place(parts.scheme, host, _PORTS.get(parts.scheme) if port is None else port)


@lru_cache(maxsize=_KEPT)
def _encoded(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def is_address(text: Any) -> bool:
    """Whether a text is an IP address."""
    return isinstance(text, str) and _address(text) is not None


def is_bogon(text: str) -> bool:
    """Whether no site can be reached at an address; False of what is none."""
    address = _address(text)
    return address is not None and _leads_nowhere(address)


@lru_cache(maxsize=_KEPT)
def _leads_nowhere(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped
        if address in _NAT64:
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if within is None and address not in _GLOBAL6:
            return True
        address = within or address
    return any(address in network for network in _NOWHERE)


def is_stand_in(text: str) -> bool:
    """Whether an address is of the range out of which clients of VPNs answer every name themselves.

    198.18.0.0/15 is for benchmarks (RFC 2544); Surge, Clash and its successors take their "fake IP" from it.
    """
    address = _address(text)
    return isinstance(address, ipaddress.IPv4Address) and address in _STAND_INS


def endpoint(ip: str, port: int) -> str:
    """An address and a port as the control spells them: ``[2606:2800::1]:443``."""
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def related(one: str, other: str) -> bool:
    """Whether two hosts belong to one site: alike, or one a name under the other, ``www`` aside."""
    first, second = one.removeprefix("www."), other.removeprefix("www.")
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if ":" not in text and not text[-1:].isdigit():  # a name: no address of IPv4 ends so
        return None
    return _parsed(text) if len(text) <= _LONGEST else _parsed.__wrapped__(text)


@lru_cache(maxsize=_KEPT)
def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
