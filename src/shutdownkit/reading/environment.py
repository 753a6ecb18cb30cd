"""What the environment says of sources: other addresses, keys, the cache's folder, and whether plugins count.

``SHUTDOWNKIT_NAME_URL`` and ``SHUTDOWNKIT_NAME_KEY`` are about the source of that name, in capitals and
with ``_`` for ``-``.  A variable that is set and empty counts as not set.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from ..errors import CallerError
from .http.cache import CACHE_VARIABLE
from .http.request import Secret

__all__ = ["base_url", "cache_folder", "key", "key_variable", "plugins_wanted", "url_variable"]

PLUGINS_VARIABLE = "SHUTDOWNKIT_NO_PLUGINS"

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"", "0", "false", "no", "off"})


def url_variable(source: str) -> str:
    """The variable with a source's base address: ``SHUTDOWNKIT_IODA_URL``."""
    return f"SHUTDOWNKIT_{source.upper().replace('-', '_')}_URL"


def key_variable(source: str) -> str:
    """The variable with a source's key: ``SHUTDOWNKIT_IODA_KEY``."""
    return f"SHUTDOWNKIT_{source.upper().replace('-', '_')}_KEY"


def base_url(source: str, environ: Mapping[str, str]) -> str | None:
    """The address that replaces a provider's, without a slash at its end; None for the usual.

    Raises:
        CallerError: names the variable, for anything but https, or http to the loopback interface; and
            for an address with a user, a query or a fragment.
    """
    name = url_variable(source)
    text = environ.get(name, "")
    if not text:
        return None
    problem = _address_problem(text)
    if problem is not None:
        raise CallerError(f"{name}: {problem}")
    return text.rstrip("/")


def _address_problem(text: str) -> str | None:
    """Why the text cannot be a base address, or None; without the text, for it may hold a password."""
    if not text.isprintable() or any(char.isspace() or char == "\\" for char in text):
        return "is no address: it holds a blank, a backslash or a control character"
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises for one that is no number
    except ValueError as error:
        return f"is no address: {error}"
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "is no address of the form https://host/path"
    if "@" in parts.netloc or "?" in text or "#" in text:
        return "holds a user, a query or a fragment; a base address has none"
    if parts.scheme == "http" and not _is_loopback(parts):
        return f"is plain http to {parts.hostname}; only https, or http to the loopback interface, is allowed"
    return None


def _is_loopback(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def key(source: str, environ: Mapping[str, str]) -> Secret | None:
    """The key for a source, or None.

    Raises:
        CallerError: names the variable, for a key that cannot be sent in a header.
    """
    name = key_variable(source)
    text = environ.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isprintable() or text != text.strip():
        raise CallerError(f"{name}: is no key: it begins or ends with a blank, or holds odd characters")
    return Secret(text)


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """The folder for kept answers that the environment names; None for the usual."""
    text = environ.get(CACHE_VARIABLE, "")
    return Path(text) if text else None


def plugins_wanted(environ: Mapping[str, str]) -> bool:
    """Whether sources of other packages count.

    Raises:
        CallerError: where the variable says neither yes nor no: guessing wrong would ask whom the caller
            meant to shut out.
    """
    text = environ.get(PLUGINS_VARIABLE, "").strip().lower()
    if text not in _YES | _NO:
        raise CallerError(f"{PLUGINS_VARIABLE}: {environ[PLUGINS_VARIABLE]!r} is neither 1 nor 0")
    return text not in _YES
