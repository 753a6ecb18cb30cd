"""What would be asked of a loopback server, asked without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from ..faults.fault import Answering
from ..server import Received, Reply

__all__ = ["asked_in_memory", "prepared_url"]


def prepared_url(url: str, params: Mapping[str, Any]) -> str:
    """The address as ``requests`` would send it.

    Raises:
        requests.RequestException: it would not.
    """
    return requests.Request("GET", url, params=params).prepare().url or ""


def asked_in_memory(answer: Answering, url: str, headers: Mapping[str, str] | None = None) -> Reply:
    """What a server with these answers would reply to a GET.

    Args:
        answer: as for :class:`~shutdownkit.testing.server.LoopbackServer`; must not reply with ``raw``.
        url: with its query.
        headers: of the request, besides ``Host``.

    Raises:
        ValueError: the reply is one that takes the connection.
    """
    parts = urlsplit(url)
    query = {name: tuple(values) for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    reply = answer(Received("GET", parts.path, query, {"host": parts.netloc, **sent}))
    if reply.raw is not None:
        raise ValueError("a reply that takes the connection needs a server")
    return reply
