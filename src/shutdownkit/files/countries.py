"""Country codes from the names that lists of incidents use."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from ..model.places import country_names

__all__ = ["country_code"]

# English short names of ISO 3166-1, and usual ones, where tzdata's table has another.
_OTHER_NAMES = {
    "brunei darussalam": "BN",
    "burma": "MM",
    "cabo verde": "CV",
    "central african republic": "CF",
    "congo": "CG",
    "congo (democratic republic of the)": "CD",
    "congo, democratic republic of the": "CD",
    "czechia": "CZ",
    "democratic republic of the congo": "CD",
    "dr congo": "CD",
    "ivory coast": "CI",
    "lao people's democratic republic": "LA",
    "macedonia": "MK",
    "north korea": "KP",
    "republic of the congo": "CG",
    "russian federation": "RU",
    "samoa": "WS",
    "south korea": "KR",
    "swaziland": "SZ",
    "syrian arab republic": "SY",
    "timor-leste": "TL",
    "türkiye": "TR",
    "united kingdom": "GB",
    "united states of america": "US",
    "viet nam": "VN",
}
_STYLE = re.compile(r"\s*(\(.* of( the)?\)|, .* of( the)?)$")  # "Iran (Islamic Republic of)"
_BRACKETS = re.compile(r"\s*\(.*\)$")  # tzdata's "Myanmar (Burma)"


def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country, given its code or its English name; None if unknown."""
    name = _plain(text)
    if name.upper() in country_names():
        return name.upper()
    table = _by_name()
    return table.get(name) or table.get(_STYLE.sub("", name))


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


@cache
def _by_name() -> dict[str, str]:
    """Codes by name; a name without its brackets only where no other country has the same."""
    names = {_plain(name): code for code, name in country_names().items()}
    short = Counter(_BRACKETS.sub("", name) for name in names)
    plain = {
        _BRACKETS.sub("", name): code for name, code in names.items() if short[_BRACKETS.sub("", name)] == 1
    }
    return plain | names | _OTHER_NAMES
