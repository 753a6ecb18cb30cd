"""The results of ``web_connectivity``, from version 0.0.1 to 0.5, and the way a browser would have gone.

Keys: ``ooni/spec: nettests/ts-017-web-connectivity.md``.  Version 0.5 also goes other ways (addresses of
other resolvers, the other of the two ports); what it did as a browser would is tagged ``classic``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from attrs import frozen

from .addresses import Place, is_address
from .failures import failure_of
from .keys import Connect, Exchange, Handshake, Query, Timed

__all__ = ["Path", "WebKeys", "path_of"]

_NOWHERE: frozenset[str] = frozenset()
_OTHER_RESOLVERS = ("udp", "tcp", "doh", "dot")
C = TypeVar("C", Query, Connect, Handshake, Exchange)


class ControlNames(msgspec.Struct, frozen=True, gc=False):
    """What the control's resolver answered; names may be among the addresses."""

    failure: Any = None
    addrs: list[Any] | None = None

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses."""
        return frozenset([one for one in self.addrs or () if is_address(one)])


class ControlStep(msgspec.Struct, frozen=True, gc=False):
    """What came of one connection or handshake of the control."""

    status: Any = None
    failure: Any = None

    @property
    def worked(self) -> bool:
        """Whether it succeeded."""
        return failure_of(self.failure) is None and self.status is not False


class ControlPage(msgspec.Struct, frozen=True, gc=False):
    """What the control was answered over HTTP."""

    failure: Any = None
    status_code: Any = None
    body_length: Any = None

    @property
    def code(self) -> int | None:
        """The status; None where it got no page."""
        code = self.status_code
        whole = isinstance(code, int) and not isinstance(code, bool) and code > 0
        return code if whole and failure_of(self.failure) is None else None


class Control(msgspec.Struct, frozen=True, gc=False):
    """What the control saw of the same site, from elsewhere."""

    dns: ControlNames | None = None
    tcp_connect: dict[str, ControlStep | None] | None = None
    tls_handshake: dict[str, ControlStep | None] | None = None
    http_request: ControlPage | None = None

    @property
    def code(self) -> int | None:
        """The status of the page it got; None where it got none."""
        return self.http_request.code if self.http_request else None

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return self.dns is None and self.http_request is None and not self.tcp_connect


class WebKeys(Timed, frozen=True, gc=False):
    """The results that matter."""

    blocking: Any = None
    accessible: Any = None
    control_failure: Any = None
    dns_experiment_failure: Any = None
    dns_consistency: Any = None
    http_experiment_failure: Any = None
    body_proportion: Any = None
    body_length_match: Any = None
    status_code_match: Any = None
    headers_match: Any = None
    title_match: Any = None
    queries: list[Query] | None = None
    tcp_connect: list[Connect] | None = None
    requests: list[Exchange] | None = None
    control: Control | None = None


@frozen
class Path:
    """The way a browser would have gone.

    Attributes:
        site: what was asked for.
        answers: the addresses that the network's own resolver gave for the site.
        denied: why that resolver gave none; None where it did, or nothing is known.
        elsewhere: the addresses that other resolvers gave the probe.
        connects: to those addresses, at the site's port.
        handshakes: with the site's name, of a site that is asked for over https.
        exchanges: requests with their responses, the last first.
    """

    site: Place
    answers: frozenset[str]
    denied: str | None
    elsewhere: frozenset[str]
    connects: tuple[Connect, ...]
    handshakes: tuple[Handshake, ...]
    exchanges: tuple[Exchange, ...]
    all_connects: tuple[Connect, ...]
    all_handshakes: tuple[Handshake, ...]

    @property
    def last(self) -> Exchange | None:
        """The last request."""
        return self.exchanges[0] if self.exchanges else None

    @property
    def genuine(self) -> bool:
        """Whether the head of the first answer came from the site: https with a valid certificate."""
        return self.site.scheme == "https" and bool(self.exchanges) and self.exchanges[-1].code is not None


def path_of(site: Place, keys: WebKeys) -> Path:
    """The way a browser would have gone to a site."""
    queries = keys.queries or []
    names = frozenset({site.host, site.name})
    marked = any(query.tags and _tagged(query, "classic") for query in queries)
    about = [query for query in queries if _about(query, names)]
    own = [query for query in about if _own(query)]
    answers = frozenset({site.host}) if is_address(site.host) else _answers(own)
    denied = None
    if not answers:
        named = [failure_of(keys.dns_experiment_failure), *(failure_of(query.failure) for query in own)]
        denied = next((one for one in sorted(filter(None, named), key="dns_no_answer".__eq__)), None)
    connects = _browser(keys.tcp_connect, marked=marked)
    handshakes = _browser(keys.tls_handshakes, marked=marked)
    return Path(
        site=site,
        answers=answers,
        denied=denied,
        elsewhere=_answers([query for query in about if not _own(query)])
        if len(own) < len(about)
        else _NOWHERE,
        connects=tuple(
            [one for one in connects if one.ip in answers and (site.port is None or one.port == site.port)]
        ),
        handshakes=tuple(_first_handshakes(site, names, handshakes)),
        exchanges=tuple([one for one in _browser(keys.requests, marked=marked) if not _through_tor(one)]),
        all_connects=tuple(connects),
        all_handshakes=tuple(handshakes),
    )


def _answers(queries: Sequence[Query]) -> frozenset[str]:
    return _NOWHERE.union(*[query.addresses for query in queries])


def _browser(items: Sequence[C] | None, *, marked: bool) -> Sequence[C]:
    return [one for one in items or () if _tagged(one, "classic")] if marked else items or ()


def _tagged(item: Query | Connect | Handshake | Exchange, tag: str) -> bool:
    return isinstance(item.tags, list) and tag in item.tags


def _own(query: Query) -> bool:
    """Whether it went to the network's own resolver, by way of the operating system."""
    return not (isinstance(query.engine, str) and query.engine.startswith(_OTHER_RESOLVERS))


def _about(query: Query, names: frozenset[str]) -> bool:
    """Whether it asks for one of the site's own names; a query of unknown name does."""
    if not isinstance(query.hostname, str):
        return True
    return query.hostname.lower().removesuffix(".") in names


def _first_handshakes(site: Place, names: frozenset[str], handshakes: Sequence[Handshake]) -> list[Handshake]:
    if site.scheme != "https":
        return []
    known = {*names, None, ""}
    return [one for one in handshakes if one.server_name in known]


def _through_tor(exchange: Exchange) -> bool:
    tor = exchange.request.tor if exchange.request else None
    return tor is not None and tor.is_tor is True
