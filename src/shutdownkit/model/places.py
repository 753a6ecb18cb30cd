"""Countries and their time zones, from the tables of the ``tzdata`` package.

``iso3166.tab`` lists the ISO 3166-1 alpha-2 codes, ``zone.tab`` the zones of each country.  Kosovo
(XK, user-assigned) is added: providers use it and no table of tzdata has it.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

_EXTRA = {"XK": "Kosovo"}
_EXTRA_ZONES = {"XK": ("Europe/Belgrade",)}  # Kosovo keeps Central European Time


@cache
def country_names() -> dict[str, str]:
    """English short names by ISO 3166-1 alpha-2 code, as tzdata spells them."""
    return {row[0]: row[1] for row in _rows("iso3166.tab")} | _EXTRA


@cache
def country_zones(country: str) -> tuple[ZoneInfo, ...]:
    """The time zones in use in a country, in tzdata's order (most populous first).

    Empty for the few territories without a zone of their own (BV, HM) and for unknown codes.
    """
    names = _zone_names().get(country, ())
    return tuple(ZoneInfo(name) for name in names)


@cache
def _zone_names() -> dict[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = dict(_EXTRA_ZONES)
    for code, _, zone, *_ in _rows("zone.tab"):
        zones[code] = (*zones.get(code, ()), zone)
    return zones


def _rows(table: str) -> list[list[str]]:
    text = (resources.files("tzdata.zoneinfo") / table).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
