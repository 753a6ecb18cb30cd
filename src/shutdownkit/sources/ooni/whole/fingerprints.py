"""Known block pages and forged addresses, as OONI's list of fingerprints has them.

The list (``ooni/blocking-fingerprints``: ``fingerprints_dns.csv`` and ``fingerprints_http.csv``) names no
licence, so this package brings none; a program reads its own copy.  The rule of what confirms is that of
OONI's server (``ooni/backend: fastpath/fastpath/core.py``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import frozen

from ....errors import FileError

__all__ = ["NONE", "Fingerprint", "Fingerprints"]

_COLUMNS = ("name", "scope", "location_found", "pattern_type", "pattern", "expected_countries")
_SELDOM_BLOCKING = frozenset({"fp", "vbw"})  # known false positives, and vague words
_LOCAL = frozenset({"isp", "nat"})


@frozen
class Fingerprint:
    """One pattern of a known block page, or a forged address.

    Attributes:
        scope: ``nat`` (a country's), ``isp``, ``prod`` (a product's), ``inst`` (an institution's), ``fp``
            (known for false positives) or ``vbw`` (vague).
        location: ``dns``, ``body`` or ``header.`` and a header's name in lower case.
        how: ``full``, ``prefix``, ``contains`` or ``regexp``.
        countries: where it is expected, two letters each.
    """

    name: str
    scope: str
    location: str
    how: str
    pattern: str
    countries: frozenset[str] = frozenset()

    def confirms(self, country: str) -> bool:
        """Whether finding it in a country (two letters; ``ZZ`` or empty: not known) confirms blocking."""
        if self.scope in _SELDOM_BLOCKING:
            return False
        return self.scope in _LOCAL or (country not in {"", "ZZ"} and country in self.countries)

    def fits(self, text: str) -> bool:
        """Whether a text has it."""
        match self.how:
            case "full":
                return text == self.pattern
            case "prefix":
                return text.startswith(self.pattern)
            case "contains":
                return self.pattern in text
            case _:
                return re.search(self.pattern, text) is not None


@frozen
class Fingerprints:
    """Known block pages and forged addresses; none, unless a list is read."""

    known: tuple[Fingerprint, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.known)

    @classmethod
    def read(cls, *paths: str | Path) -> Fingerprints:
        """The fingerprints of CSV files with the columns of OONI's list.

        Raises:
            FileError: a file cannot be read, lacks a column, or has a pattern that is none.
        """
        return cls(tuple(one for path in paths for one in _rows(Path(path))))

    def of_addresses(self, addresses: Iterable[str], country: str) -> str | None:
        """The name of the first that confirms blocking by what a resolver answered; None where none does."""
        answers = frozenset(addresses)
        found = (one for one in self._at("dns", country) if any(one.fits(text) for text in answers))
        return next((one.name for one in found), None)

    def of_page(self, body: str, headers: Mapping[str, str], country: str) -> str | None:
        """The name of the first that confirms blocking by a response; headers' names in lower case."""
        for name, text in (
            ("body", body),
            *((f"header.{key}", value) for key, value in sorted(headers.items())),
        ):
            for one in self._at(name, country):
                if text and one.fits(text):
                    return one.name
        return None

    def _at(self, location: str, country: str) -> Iterator[Fingerprint]:
        return (one for one in self.known if one.location == location and one.confirms(country))


NONE = Fingerprints()


def _rows(path: Path) -> Iterator[Fingerprint]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise FileError(str(path), f"cannot be read: {error}") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise FileError(str(path), "is missing", line=1, column=missing[0])
        for row in reader:
            yield _row(row, str(path), reader.line_num)
    except csv.Error as error:
        raise FileError(str(path), f"is not CSV: {error}", line=reader.line_num) from None


def _row(row: Mapping[str, str | None], path: str, line: int) -> Fingerprint:
    cells = [row.get(name) for name in _COLUMNS]
    name, scope, location, how, pattern, countries = ("" if cell is None else cell for cell in cells)
    if how not in {"full", "prefix", "contains", "regexp"}:
        raise FileError(path, f"{how!r} is no way to match", line=line, column="pattern_type")
    if not pattern:
        raise FileError(path, "is empty and would fit every page", line=line, column="pattern")
    if how == "regexp":
        try:
            re.compile(pattern)
        except re.error as error:
            raise FileError(path, f"is no pattern: {error}", line=line, column="pattern") from None
    expected = frozenset(part.strip().upper() for part in countries.split(",") if part.strip())
    return Fingerprint(name, scope.strip(), location.strip(), how, pattern, expected)
