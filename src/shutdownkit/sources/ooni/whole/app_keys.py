"""Where a request of an app's test failed, from the connections that were recorded with it.

The tests of apps have no control.  So what would be plain for a site is weak here where the vendor may be the
reason: a certificate that the test does not know (a vendor's new one; OONI's signal test broke so on
2022-10-19), an answer that the test does not expect, a resolver that failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....model.service_tests import Layer, Strength
from .addresses import is_bogon, is_stand_in, place_of
from .failures import Kind, failure_of, kind_of
from .finding import Finding, blocked, discarded, unknown
from .keys import Connect, Exchange, Handshake, Query, Timed

__all__ = ["Steps", "attempts", "bogus", "failed", "queries_of", "resolved"]

_STRENGTHS = {
    Kind.CUT: Strength.PLAIN,
    Kind.DENIED: Strength.PLAIN,
    Kind.CERTIFICATE: Strength.WEAK,
    Kind.RESOLVER: Strength.WEAK,
    Kind.ODD: Strength.WEAK,
}
# What filters at home and lists of hosts answer (Pi-hole's and AdGuard's "null" blocking), as much as states.
_AT_HOME = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 (no address to listen at)


class Steps(Timed, frozen=True, gc=False):
    """What was recorded beside an app's own keys."""

    queries: list[Query] | None = None
    requests: list[Exchange] | None = None
    tcp_connect: list[Connect] | None = None
    failure: Any = None


def attempts(steps: Steps, host: str) -> list[Exchange]:
    """The requests to a host over https."""
    found = ((one, place_of(one.url)) for one in steps.requests or ())
    return [
        one for one, place in found if place is not None and (place.scheme, place.host) == ("https", host)
    ]


def resolved(steps: Steps, host: str | None = None) -> frozenset[str]:
    """The addresses that were answered for a host, or for all."""
    queries = (one for one in steps.queries or () if host is None or one.hostname == host)
    return frozenset(address for query in queries for address in query.addresses)


def bogus(steps: Steps) -> bool:
    """Whether the resolver answered, and with nothing but addresses where no site is."""
    answers = resolved(steps)
    return bool(answers) and all(is_bogon(one) for one in answers)


def layer_of(steps: Steps, failure: str, host: str | None = None) -> Layer | None:
    """The first layer at which something failed so; of a host, where one is named."""
    if kind_of(failure) in {Kind.DENIED, Kind.RESOLVER}:
        return Layer.DNS
    answers = resolved(steps, host)
    connects = [one for one in steps.tcp_connect or () if host is None or one.ip in answers]
    if any(failure_of(one.failure) == failure for one in queries_of(steps, host)):
        return Layer.DNS
    if any(one.failure == failure for one in connects):
        return Layer.TCP
    shakes: Sequence[Handshake] = steps.tls_handshakes or ()
    if kind_of(failure) is Kind.CERTIFICATE or any(
        failure_of(one.failure) == failure for one in shakes if host in {None, one.server_name}
    ):
        return Layer.TLS
    return Layer.HTTP if steps.requests else None


def queries_of(steps: Steps, host: str | None) -> list[Query]:
    """The questions for a host, or all."""
    return [one for one in steps.queries or () if host is None or one.hostname == host]


def _bogus(answers: frozenset[str]) -> Finding:
    """What it says that a resolver answers with addresses where no site is."""
    where = ", ".join(sorted(answers))
    if all(is_stand_in(one) for one in answers):
        return unknown(f"the resolver answers {where}, as a VPN's client on the device does")
    filtered = Strength.WEAK if answers <= _AT_HOME else Strength.PLAIN
    return blocked(Layer.DNS, filtered, f"the resolver answers {where}, where no service is")


def failed(steps: Steps, failure: str | None, what: str, *, host: str | None = None) -> Finding:
    """What it says that a part of an app's test failed."""
    if bogus(steps):
        return _bogus(resolved(steps))
    if failure is None:
        return unknown(f"{what}: failed without a reason")
    tried = attempts(steps, host) if host else []
    if kind_of(failure) is Kind.ODD and any(one.reached for one in tried):
        return discarded(f"{what}: {failure}, but the vendor answered over a valid certificate")
    strength = _STRENGTHS.get(kind_of(failure))
    if strength is None:
        return unknown(f"{what}: could not be told: {' '.join(failure.split())[:80]}")
    if any(one.reached for one in tried):
        return blocked(
            layer_of(steps, failure, host), Strength.WEAK, f"{what}: {failure}, and another try worked"
        )
    return blocked(layer_of(steps, failure, host), strength, f"{what}: {failure}")
