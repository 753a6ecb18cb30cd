"""The rules, and what takes out by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from attrs import evolve, frozen

from ...errors import CallerError
from ...reading.http.request import Secret
from ..exchanges import Exchange, json_of, spelled
from .key_forms import key_forms
from .loose_json import Change, with_members
from .whereabouts import ADDRESS, EMAIL, nobodys

__all__ = ["HEADERS", "SCRUBS", "Scrub", "Scrubber", "blanked", "check_no_secret"]

HEADERS = frozenset({"content-type", "link", "location", "retry-after"})
"""The headers of answers that are kept, in lower case.  None says who asked or when; how much of a quota is
left (``X-RateLimit-Remaining``) does, and would make a replay depend on it."""

_HIDDEN = "***"

_ENCODINGS = (
    ("utf-8", 1),
    ("latin-1", 1),
    ("utf-16-le", 2),
    ("utf-16-be", 2),
    ("utf-32-le", 4),
    ("utf-32-be", 4),
)
"""In which a body that is no JSON is read, with the bytes of a unit; latin-1 takes any byte."""


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


SCRUBS = (
    Scrub(
        "address of a probe",
        fields=frozenset({"address_v4", "address_v6", "prefix", "prefix_v4", "prefix_v6"}),
    ),
    Scrub("place of a probe", fields=frozenset({"coordinates", "latitude", "longitude"}), replace=blanked),
    Scrub("words of a volunteer", fields=frozenset({"description"}), replace=blanked),
    Scrub("e-mail address", pattern=EMAIL, write=lambda _: "someone@example.org"),
    Scrub("IP address", pattern=ADDRESS, write=nobodys, in_requests=False),
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
        for encoding, unit in _ENCODINGS if _is_odd(body) else _ENCODINGS[:1]:
            whole = len(body) - len(body) % unit
            try:
                text = body[:whole].decode(encoding)
            except UnicodeDecodeError:
                continue
            new = self._said(text)
            if new != text:
                body = new.encode(encoding) + body[whole:]
        return body

    def _document(self, value: object) -> object:
        if isinstance(value, dict):
            made: dict[str, object] = {}
            for name, item in value.items():
                new, again = self._text(name), 1
                while new in made or (new != name and new in value):  # two addresses have become one
                    again += 1
                    new = f"{self._text(name)} ({again})"
                change = self._change(name)
                made[new] = self._document(item) if change is None else change(item)
            return made
        if isinstance(value, list):
            return [self._document(item) for item in value]
        return self._said(value) if isinstance(value, str) else value

    def _said(self, text: str) -> str:
        """A text, which may be a document itself; one in which nothing is found keeps its spelling."""
        bare = text.removeprefix("\ufeff")
        document = json_of(bare.encode()) if bare.lstrip().startswith(("{", "[")) else None
        if document is None:
            return self._text(with_members(text, self._change))
        new = self._document(document)
        return text if new == document else text[: len(text) - len(bare)] + spelled(new).decode()

    def _change(self, name: str) -> Change | None:
        """What is made of the values of members of a name, where something is."""
        rule = next((one for one in self._rules if name in one.fields), None)
        return None if rule is None else partial(self._changed, rule)

    def _changed(self, rule: Scrub, value: object) -> object:
        new = None if rule.replace is None else rule.replace(value)
        self._count(rule.name, new != value)
        return new

    def _text(self, text: str, *, request: bool = False) -> str:
        for secret in self._secrets:
            for form in key_forms(secret):
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
    if any(form in text for secret in secrets for form in key_forms(secret)):
        raise CallerError("the recording says a key, and is not written")


def _is_odd(body: bytes) -> bool:
    """Whether a body may be something else than a text in UTF-8."""
    try:
        return "\0" in body.decode()
    except UnicodeDecodeError:
        return True
