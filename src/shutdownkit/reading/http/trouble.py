"""What went wrong below HTTP, in one line, and whether asking again may help."""

from __future__ import annotations

import enum
import http.client
import socket
import ssl
from collections.abc import Iterator

import requests
from attrs import frozen
from urllib3 import exceptions as u3

from .body import BrokenBodyError
from .words import plain_words

__all__ = ["Again", "Trouble", "trouble_of"]


class Again(enum.Enum):
    """How often asking again may help."""

    NEVER = enum.auto()
    ONCE = enum.auto()
    OFTEN = enum.auto()


@frozen
class Trouble:
    """What went wrong, for people, and whether to ask again."""

    problem: str
    again: Again


_KNOWN: tuple[tuple[tuple[type[BaseException], ...], str, Again], ...] = (
    ((BrokenBodyError,), "a broken body: {found}", Again.OFTEN),
    (
        (requests.exceptions.ProxyError, u3.ProxyError),
        "the proxy from the environment: {deepest}",
        Again.NEVER,
    ),
    (
        (requests.exceptions.InvalidProxyURL, requests.exceptions.InvalidSchema, u3.LocationValueError),
        "the proxy from the environment cannot be used",  # their texts hold its password
        Again.NEVER,
    ),
    ((ssl.SSLCertVerificationError,), "TLS: the certificate is not trusted: {found}", Again.NEVER),
    ((ssl.SSLError,), "TLS: {found}", Again.NEVER),
    ((requests.exceptions.SSLError, u3.SSLError), "TLS: {deepest}", Again.NEVER),
    ((u3.NameResolutionError, socket.gaierror), "the name of its host is not known here", Again.NEVER),
    ((ConnectionRefusedError,), "connection refused", Again.OFTEN),
    ((ConnectionResetError, BrokenPipeError), "connection reset", Again.OFTEN),
    ((requests.exceptions.ConnectTimeout, u3.ConnectTimeoutError), "no connection in time", Again.OFTEN),
    (
        (requests.exceptions.ReadTimeout, u3.ReadTimeoutError, TimeoutError),
        "no answer in time",
        Again.ONCE,
    ),
    (
        (u3.IncompleteRead, u3.InvalidChunkLength, http.client.IncompleteRead),
        "an answer that stops before its end",
        Again.OFTEN,
    ),
    (
        (requests.exceptions.ConnectionError, u3.ProtocolError, u3.NewConnectionError),
        "no answer: {deepest}",
        Again.OFTEN,
    ),
)
"""What it means that one of these is among the causes; the first that fits counts."""


def trouble_of(error: Exception) -> Trouble:
    """Tell what an exception of requests, urllib3 or the socket means.

    Names no address and none of the values that were sent.
    """
    causes = list(_causes(error))
    deepest = _said(causes[-1])
    for kinds, problem, again in _KNOWN:
        found = next((cause for cause in causes if isinstance(cause, kinds)), None)
        if found is not None:
            return Trouble(problem.format(found=_said(found), deepest=deepest), again)
    return Trouble(f"cannot be asked: {deepest}", Again.NEVER)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all it wraps, outermost first, each once."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]


def _said(error: BaseException) -> str:
    """The error's own words, or its name where it has none."""
    if isinstance(error, ssl.SSLCertVerificationError):
        text = error.verify_message
    elif isinstance(error, OSError) and error.strerror:
        text = error.strerror
    else:
        text = str(error)
    return plain_words(text) or type(error).__name__
