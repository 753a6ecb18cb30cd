"""What a user may set of the HTTP client."""

from __future__ import annotations

import os
import re
from importlib.metadata import metadata
from pathlib import Path

from attrs import field, frozen

from ...errors import InvalidValueError
from ...model.checks import flag, instance, number, store, text

__all__ = ["CONTACT_VARIABLE", "HttpSettings", "default_contact"]

CONTACT_VARIABLE = "SHUTDOWNKIT_CONTACT"
"""The environment variable that replaces the address under which providers reach whoever asks."""

_LONGEST = 86_400.0
_SENDABLE = re.compile(r"[!-'*-~]+")
"""Printable ASCII without blanks and without the parentheses that end a comment in a header."""


def default_contact() -> str:
    """``$SHUTDOWNKIT_CONTACT``, or the home page that the package's metadata name."""
    named = os.environ.get(CONTACT_VARIABLE)
    if named:
        return named
    for entry in metadata("shutdownkit").get_all("Project-URL") or []:
        label, _, url = entry.partition(",")
        if label.strip().lower() == "homepage":
            return str(url.strip())
    raise InvalidValueError("HttpSettings.contact", None, "is not in the package's metadata: give one")


@frozen
class HttpSettings:
    """How the client asks.  Times are seconds.

    Attributes:
        connect_timeout: until a connection stands.
        read_timeout: between two pieces of an answer.
        call_timeout: for a whole call, with its retries and waits.
        attempts: how often one thing is asked at most.
        largest_body: bytes of a body after decompression.
        redirects: how many are followed, all within one scheme, host and port.
        contact: an address under which providers reach whoever asks; part of the User-Agent.
        offline: ask nobody; only answers that were kept.
        cache_path: the file of kept answers, or None to keep none.
        pace_loopback: keep the polite pace towards the loopback interface too.

    Raises:
        InvalidValueError: names the field and the value.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    call_timeout: float = 90.0
    attempts: int = 4
    largest_body: int = 64 * 1024 * 1024
    redirects: int = 3
    contact: str = field(factory=default_contact)
    offline: bool = False
    cache_path: Path | None = None
    pace_loopback: bool = False

    def __attrs_post_init__(self) -> None:
        for name in ("connect_timeout", "read_timeout", "call_timeout"):
            where = f"HttpSettings.{name}"
            store(self, name, number(where, getattr(self, name), minimum=1e-3, maximum=_LONGEST))
        for name, least in (("attempts", 1), ("largest_body", 1), ("redirects", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InvalidValueError(
                    f"HttpSettings.{name}", value, f"is not a whole number of {least} or more"
                )
        text("HttpSettings.contact", self.contact)
        if not _SENDABLE.fullmatch(self.contact) or len(self.contact) > 200:
            raise InvalidValueError(
                "HttpSettings.contact", self.contact, "is no address of a page or of a person"
            )
        flag("HttpSettings.offline", self.offline)
        flag("HttpSettings.pace_loopback", self.pace_loopback)
        if self.cache_path is not None:
            instance("HttpSettings.cache_path", Path, self.cache_path)
