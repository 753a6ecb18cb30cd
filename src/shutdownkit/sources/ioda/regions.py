"""From a region's name to IODA's own code of it.

IODA numbers regions by itself (Natural Earth's first administrative level since 2024), not as ISO 3166-2
does, whose codes are numbers in many countries too (``IR-23`` is Tehran).  So every region is looked up
among those that IODA has of the country: a number that is another country's region is none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from attrs import frozen

from ...errors import NotServedError
from ...model.entity import Entity
from ...reading.http.fields import as_object, as_text, below, items_of, member
from ...reading.http.request import HttpRequest
from .envelope import data_of

__all__ = ["Region", "matched", "read_regions", "regions_request", "taken_for"]

_SHOWN = 6


@frozen
class Region:
    """A region as IODA has it: its code, a number as text, and its name."""

    code: str
    name: str


def regions_request(base: str, country: str) -> HttpRequest:
    """The request for the regions of a country."""
    params = {"entityType": "region", "relatedTo": f"country/{country}"}
    return HttpRequest(f"{base}/entities/query", params, keep=timedelta(days=1))


def read_regions(document: object) -> tuple[Region, ...]:
    """The regions of an answer of ``/entities/query``.

    Raises:
        RefusedError: where the server gives an error.
        WrongAnswerError: names the place that is wrong.
    """
    found = []
    for item, path in items_of(data_of(document, "entities.lookup"), "data"):
        row = as_object(item, path)
        found.append(
            Region(
                as_text(member(row, "code", path), below(path, "code")),
                as_text(member(row, "name", path), below(path, "name")),
            )
        )
    return tuple(found)


def matched(regions: Sequence[Region], entity: Entity) -> Region:
    """The region whose code or name is the entity's code, letters of either case and accents in either form.

    Raises:
        NotServedError: where none or several are; it names up to six that there are.
    """
    wanted = _folded(entity.code)
    found = [one for one in regions if wanted in {_folded(one.code), _folded(one.name)}]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotServedError(f"has several regions {entity}: {_listed(found)}; give its own code")
    if not regions:
        raise NotServedError(f"has no region {entity}: it has none of {entity.country}")
    raise NotServedError(f"has no region {entity}; it has {_listed(regions)}")


def taken_for(region: Region, entity: Entity) -> tuple[str, ...]:
    """A notice where a region was asked for by its number: it may have been meant as ISO's."""
    if _folded(region.name) == _folded(entity.code):
        return ()
    return (
        f"IODA takes {entity} for its own region {region.code}, {region.name}: it does not know ISO 3166-2.",
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _listed(regions: Sequence[Region]) -> str:
    first = ", ".join(f"{one.name} ({one.code})" for one in regions[:_SHOWN])
    more = len(regions) - _SHOWN
    return f"{first} and {more} more" if more > 0 else first
