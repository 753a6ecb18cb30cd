"""Which addresses may be asked: https anywhere, http on the loopback interface only."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urljoin

from attrs import frozen
from urllib3.util import Url, parse_url

from ...errors import InvalidValueError, WrongAnswerError

__all__ = ["Origin", "origin_of", "redirected"]

_UNFIT = re.compile(r"[\\\x00-\x20\x7f]")
"""What some readers of addresses skip or take for a slash."""

_PORTS = {"http": 80, "https": 443}


@frozen
class Origin:
    """Scheme, host and port: who is asked."""

    scheme: str
    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine: ``localhost``, ``127.0.0.0/8`` or ``::1``."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def origin_of(url: str) -> Origin:
    """Who is asked at an address.

    Raises:
        InvalidValueError: it is no address, carries a name or password, or would be sent in the clear.
    """
    try:
        parts = _parsed(url)
    except ValueError:
        raise InvalidValueError("HttpRequest.url", _without_name(url), "is no address") from None
    if parts.auth is not None:
        raise InvalidValueError("HttpRequest.url", f"…@{parts.host}", "carries a name or a password")
    origin = _origin(parts)
    if origin.scheme not in _PORTS or not origin.host:
        raise InvalidValueError("HttpRequest.url", _without_name(url), "is no https address")
    if origin.scheme == "http" and not origin.loopback:
        raise InvalidValueError(
            "HttpRequest.url", url, "would be asked in the clear; http is for the loopback interface only"
        )
    return origin


def redirected(url: str, location: str) -> str:
    """The address that a redirect leads to, which must be at the same origin.

    Args:
        url: what was asked.
        location: the header ``Location`` as http.client reads it (bytes as Latin-1).

    Raises:
        WrongAnswerError: it leads elsewhere; names no address of what was asked.
    """
    try:
        target = urljoin(url, location.encode("latin-1").decode("utf-8"))
        parts = _parsed(target)
    except ValueError:
        raise WrongAnswerError("redirects to what is no address") from None
    if _origin(parts) != origin_of(url):
        raise WrongAnswerError(f"redirects to another host: {_origin(parts)}")
    if parts.auth is not None:
        raise WrongAnswerError("redirects to an address with a name or a password")
    return target


def _without_name(url: str) -> str:
    """The address without what stands where a name and a password would."""
    return "…@" + url.rpartition("@")[2] if "@" in url else url


def _parsed(url: str) -> Url:
    """The parts of an address (``LocationParseError`` of urllib3 is a ValueError)."""
    if _UNFIT.search(url):
        raise ValueError("readers of addresses differ about this character")
    return parse_url(url)


def _origin(parts: Url) -> Origin:
    scheme = parts.scheme or ""
    return Origin(scheme, parts.host or "", parts.port or _PORTS.get(scheme, 0))
