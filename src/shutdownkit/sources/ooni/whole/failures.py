"""What a failure, in OONI's words, says of interference.

The words: ``ooni/spec: data-formats/df-007-errors.md`` with its list of old spellings.  How strongly each
speaks is a proposal of ours, after the figures of ``ooni/data: oonipipeline/.../analysis/rules.py``.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable
from typing import Any

__all__ = ["TIMEOUTS", "Kind", "commonest", "failure_of", "kind_of", "shown"]

TIMEOUTS = frozenset(
    {
        "generic_timeout_error",
        "tcp_timed_out_error",
        "deferred_timeout_error",
        "request_timeout",
        "timeout",
        "timed_out",
    }
)
_DENIED = frozenset({"dns_nxdomain_error", "dns_bogon_error", "dns_reply_with_wrong_query_id"})
_DNS_HIDDEN = frozenset(
    {
        "android_dns_cache_no_data",  # Android's answer to every error of a resolver
        "dns_lookup_error",  # the old word for every error of a resolver
        "dns_name_error",
    }
)
_CUT = TIMEOUTS | {
    "connect_error",
    "connection_aborted",
    "connection_already_closed",
    "connection_refused",
    "connection_refused_error",
    "connection_reset",
    "eof_error",
    "network_reset",
    "response_never_received",
}
_LOCAL = frozenset(
    {"interrupted", "network_down", "network_unreachable", "address_family_not_supported_error"}
)
_ANSWERED = frozenset({"host_unreachable", "quic_incompatible_version"})


class Kind(enum.Enum):
    """What a failure tells."""

    CUT = "cut"  # a connection refused, reset, closed or timed out: what works does not fail so
    DENIED = "denied"  # the resolver denies the name
    RESOLVER = "resolver"  # the resolver failed, or says not why: the name's own servers may be the reason
    CERTIFICATE = "certificate"  # another certificate than the site's, or none that is valid
    ODD = "odd"  # an answer that the client could not use
    LOCAL = "local"  # the probe's own network
    UNKNOWN = "unknown"  # a failure that OONI's software has no word for


def failure_of(value: Any) -> str | None:
    """A failure's word; None where there was none: null, or ``false`` in old measurements."""
    if value is None or value is False or value == "":
        return None
    return value.strip() or "unknown_failure" if isinstance(value, str) else "unknown_failure"


def kind_of(failure: str) -> Kind:  # noqa: PLR0911 (one line a kind)
    """What a failure tells."""
    if failure in _CUT:
        return Kind.CUT
    if failure in _DENIED:
        return Kind.DENIED
    if failure.startswith("dns_") or failure in _DNS_HIDDEN:
        return Kind.RESOLVER
    if failure.startswith("ssl_"):
        return Kind.CERTIFICATE
    if failure.startswith("http_") or failure in _ANSWERED:
        return Kind.ODD
    if failure in _LOCAL:
        return Kind.LOCAL
    return Kind.UNKNOWN


def commonest(failures: Iterable[str]) -> str:
    """The commonest failure, of equals the first by name.

    Raises:
        ValueError: of none.
    """
    counts = Counter(failures)
    return min(counts, key=lambda one: (-counts[one], one))


def shown(failure: str, limit: int = 80) -> str:
    """A failure on one line, cut where it is long."""
    text = " ".join(failure.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."
