"""The results of a test, decoded as far as they matter, and once for whoever asks.

What the lists and objects are is strict; what single values are is not: a value of another type than OONI
documents (``ooni/spec: data-formats/df-002-dnst.md, df-001-httpt.md, df-005-tcpconnect.md,
df-006-tlshandshake.md``) says nothing.  Bodies and headers stay undecoded.
"""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

import msgspec

from ....errors import WrongAnswerError
from .failures import failure_of

__all__ = [
    "NULL",
    "Connect",
    "Exchange",
    "Handshake",
    "Query",
    "Response",
    "Scalar",
    "Status",
    "Timed",
    "decode",
    "decode_part",
    "is_null",
]

NULL = msgspec.Raw(b"null")
_NONE: frozenset[str] = frozenset()
_SHORT = len(b"{}")
Scalar: TypeAlias = str | int | float | bool | None
T = TypeVar("T", bound=msgspec.Struct)
V = TypeVar("V")


class Answer(msgspec.Struct, frozen=True, gc=False):
    """One answer of a resolver."""

    ipv4: Any = None
    ipv6: Any = None


class Query(msgspec.Struct, frozen=True, gc=False):
    """One question to a resolver."""

    hostname: Scalar = None
    failure: Any = None
    answers: list[Answer] | None = None
    engine: Scalar = None
    query_type: Any = None
    tags: Any = None

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses of its answers."""
        if not self.answers:
            return _NONE
        found = [one for answer in self.answers for one in (answer.ipv4, answer.ipv6)]
        return frozenset([one for one in found if isinstance(one, str) and one])


class Status(msgspec.Struct, frozen=True, gc=False):
    """What came of a connection."""

    failure: Any = None
    success: Any = None


class Connect(msgspec.Struct, frozen=True, gc=False):
    """One connection over TCP."""

    ip: Scalar = None
    port: Scalar = None
    status: Status | None = None
    tags: Any = None

    @property
    def failure(self) -> str | None:
        """Why it failed; None where it did not."""
        if self.status is None:
            return "unknown_failure"
        found = failure_of(self.status.failure)
        return "unknown_failure" if found is None and self.status.success is False else found


class Handshake(msgspec.Struct, frozen=True, gc=False):
    """One handshake of TLS."""

    server_name: Scalar = None
    address: Scalar = None
    failure: Any = None
    tags: Any = None
    t0: Any = None
    t: Any = None


class Timed(msgspec.Struct, frozen=True, gc=False):
    """What tells how long handshakes took; the events matter, and are decoded, only where these do not."""

    tls_handshakes: list[Handshake] | None = None
    network_events: msgspec.Raw = NULL


class Tor(msgspec.Struct, frozen=True, gc=False):
    """Whether a request went through Tor."""

    is_tor: Any = None


class Asked(msgspec.Struct, frozen=True, gc=False):
    """What was asked."""

    url: Any = None
    tor: Tor | None = None


class Response(msgspec.Struct, frozen=True, gc=False):
    """What was answered."""

    code: Any = None
    body: msgspec.Raw = NULL
    headers: msgspec.Raw = NULL


class Exchange(msgspec.Struct, frozen=True, gc=False):
    """One request and its response."""

    failure: Any = None
    request: Asked | None = None
    response: Response | None = None
    address: Scalar = None
    tags: Any = None

    @property
    def url(self) -> str:
        """What was asked for; empty where not recorded."""
        url = self.request.url if self.request else None
        return url if isinstance(url, str) else ""

    @property
    def code(self) -> int | None:
        """The status; None where the head of a response never came."""
        code = self.response.code if self.response else None
        return code if isinstance(code, int) and not isinstance(code, bool) and code > 0 else None

    @property
    def reached(self) -> bool:
        """Whether a response came whole."""
        return failure_of(self.failure) is None and self.code is not None


def is_null(keys: msgspec.Raw) -> bool:
    """Whether there are no results at all."""
    text = memoryview(keys)
    if len(text) > _SHORT and text[0] in b"{[" and text[-1] in b"}]":  # long results are not copied
        return False
    return bytes(text).strip() in {b"", b"null", b"{}"}


def decode(keys: msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T:
    """The results.

    Raises:
        WrongAnswerError: what matters of them is not of the type that OONI documents.
    """
    return decode_part("test_keys", keys, decoder)


def decode_part(name: str, raw: msgspec.Raw, decoder: msgspec.json.Decoder[V]) -> V:
    """A part of the results that was left undecoded.

    Raises:
        WrongAnswerError: as above.
    """
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise WrongAnswerError(f"{name}: {' '.join(str(error).split())}") from None
