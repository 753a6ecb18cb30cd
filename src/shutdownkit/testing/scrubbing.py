"""What is taken out of recorded answers before they are written, as rules that can be added to.

A recording is shared, and kept for years: it must not hold a key, the addresses of volunteers' probes or of
whoever recorded it, or anybody's e-mail address.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import quote, quote_plus

from attrs import evolve, frozen

from ..errors import CallerError
from ..reading.http.request import Secret
from .exchanges import Exchange, json_of, spelled

__all__ = ["HEADERS", "SCRUBS", "Scrub", "Scrubber", "blanked", "check_no_secret"]

HEADERS = frozenset({"content-type", "link", "location", "retry-after"})
"""The headers of answers that are kept, in lower case.  None says who asked or when; how much of a quota is
left (``X-RateLimit-Remaining``) does, and would make a replay depend on it."""

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{3,}")  # what may be one; _nobodys looks closer
_NOBODY = {4: "192.0.2.1", 6: "2001:db8::1"}
"""Addresses for documentation (RFC 5737, RFC 3849)."""

_HIDDEN = "***"


@frozen
class Scrub:
    """One kind of thing that is taken out.

    Attributes:
        name: what it is counted as.
        fields: names of members of JSON objects, at any depth, whose values are replaced.
        replace: what takes the place of such a value; None for null.
        pattern: what is looked for in every text: names and values in JSON, other bodies, headers, paths and
            queries.
        write: what takes the place of a text that was found; the text itself where it may stay.
        in_requests: whether the pattern is looked for in paths and queries too; where it was found there, the
            same request is no longer the recorded one.
    """

    name: str
    fields: frozenset[str] = frozenset()
    replace: Callable[[object], object] | None = None
    pattern: re.Pattern[str] | None = None
    write: Callable[[str], str] | None = None
    in_requests: bool = True


def blanked(value: object) -> object:
    """The same with 0 for each number and ``""`` for each text."""
    if isinstance(value, list):
        return [blanked(item) for item in value]
    if isinstance(value, dict):
        return {name: blanked(item) for name, item in value.items()}
    if isinstance(value, str):
        return ""
    return value if value is None or isinstance(value, bool) else type(value)(0)  # type: ignore[call-arg]


def _nobodys(found: str) -> str:
    """An address for documentation in place of one that may be somebody's; a port stays."""
    middle = found.strip(":.")
    host, colon, port = middle.partition(":")
    for one, rest in ((found, ""), (found.rstrip("."), ""), (middle, ""), (host, colon + port)):
        try:
            address = ipaddress.ip_address(one)
        except ValueError:
            continue
        if address.is_loopback or address.is_unspecified:
            return found
        return found.replace(one + rest, _NOBODY[address.version] + rest)
    return found  # a time of day, a version


SCRUBS = (
    Scrub(
        "address of a probe",
        fields=frozenset({"address_v4", "address_v6", "prefix", "prefix_v4", "prefix_v6"}),
    ),
    Scrub("place of a probe", fields=frozenset({"coordinates", "latitude", "longitude"}), replace=blanked),
    Scrub("words of a volunteer", fields=frozenset({"description"}), replace=blanked),
    Scrub("e-mail address", pattern=_EMAIL, write=lambda _: "someone@example.org"),
    Scrub("IP address", pattern=_ADDRESS, write=_nobodys, in_requests=False),
)
"""What is taken out where nothing else is said.

The addresses, prefixes and places that RIPE Atlas' records of probes and of their connections have; their
descriptions, which volunteers write; and in all texts e-mail addresses and the addresses of machines but this
one's own, as a server may say back who asked.  Where an answer needs those, as DNS answers in OONI's single
measurements do, give other rules.  Ids of probes stay: without them no answer is understood.
"""


class Scrubber:
    """Takes things out of exchanges, and counts them.

    Args:
        rules: what is taken out besides keys and headers; those of :data:`SCRUBS` and more.
        secrets: keys, which are taken out in every form in which they can be written.
        headers: names of headers of answers that are kept, in lower case.

    Attributes:
        counts: how often, by the names of the rules; ``key``, ``header``.
    """

    def __init__(
        self,
        rules: Iterable[Scrub] = SCRUBS,
        *,
        secrets: Iterable[Secret] = (),
        headers: frozenset[str] = HEADERS,
    ) -> None:
        self._rules = tuple(rules)
        self._secrets = tuple(secrets)
        self._headers = headers
        self.counts: Counter[str] = Counter()

    def scrubbed(self, exchange: Exchange) -> Exchange:
        """The exchange without what the rules name."""
        kept = {name: value for name, value in exchange.headers.items() if name in self._headers}
        self._count("header", len(exchange.headers) - len(kept))
        return evolve(
            exchange,
            path=self._text(exchange.path, request=True),
            query=[
                (self._text(name, request=True), self._text(value, request=True))
                for name, value in exchange.query
            ],
            headers={name: self._text(value) for name, value in kept.items()},
            body=self._body(exchange.body),
        )

    def _body(self, body: bytes) -> bytes:
        document = json_of(body)
        if document is not None:
            return spelled(self._document(document))
        try:
            return self._text(body.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return self._text(body.decode("latin-1")).encode("latin-1")  # each byte a character, and back

    def _document(self, value: object) -> object:
        if isinstance(value, dict):
            return {self._text(name): self._member(name, item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._document(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _member(self, name: str, value: object) -> object:
        for rule in self._rules:
            if name in rule.fields:
                new = None if rule.replace is None else rule.replace(value)
                self._count(rule.name, new != value)
                return new
        return self._document(value)

    def _text(self, text: str, *, request: bool = False) -> str:
        for secret in self._secrets:
            for form in _forms(secret):
                self._count("key", text.count(form))
                text = text.replace(form, _HIDDEN)
        for rule in self._rules:
            if rule.pattern is not None and (rule.in_requests or not request):
                text = rule.pattern.sub(partial(self._found, rule), text)
        return text

    def _found(self, rule: Scrub, match: re.Match[str]) -> str:
        new = match[0] if rule.write is None else rule.write(match[0])
        self._count(rule.name, new != match[0])
        return new

    def _count(self, name: str, times: int) -> None:
        if times:
            self.counts[name] += times


def check_no_secret(text: str, secrets: Iterable[Secret]) -> None:
    """Check that a text that is to be written says no key, in any form.

    Raises:
        CallerError: it does; it does not say the key.
    """
    if any(form in text for secret in secrets for form in _forms(secret)):
        raise CallerError("the recording says a key, and is not written")


def _forms(secret: Secret) -> list[str]:
    """A key as it may stand in headers, addresses and bodies; the longest first."""
    value = secret.reveal()
    quoted = {quote(value, safe=""), quote(value), quote_plus(value)}
    forms = {value, repr(value)[1:-1], _escaped(value), _escaped(value).replace("/", "\\/"), *quoted}
    forms |= {re.sub("%..", lambda found: found[0].lower(), one) for one in quoted}
    forms |= {base64.b64encode(each.encode()).decode("ascii") for each in (value, f"{value}:", f":{value}")}
    return sorted(forms, key=len, reverse=True)


def _escaped(value: str) -> str:
    return spelled(value).decode()[1:-1]
