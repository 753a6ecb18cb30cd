"""Countries, regions and networks."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ...model.entity import Entity, EntityKind
from ...model.places import country_names
from .primitives import BLANK

__all__ = ["entities", "networks"]

_LARGEST_ASN = 2**32 - 2  # RFC 7300 reserves the last number


@st.composite
def entities(
    draw: st.DrawFn,
    *,
    kinds: Sequence[EntityKind] = tuple(EntityKind),
    countries: Sequence[str] | None = None,
) -> Entity:
    """Countries, regions and networks (autonomous systems).

    Shrinks to the first kind given, and there to the first country by its code (``AD``) or the first that is
    given, its region ``0``, or ``AS1``.

    Args:
        kinds: the kinds of entity that are drawn.
        countries: the codes of the countries that are drawn, or in which the regions lie; None for all.

    Raises:
        InvalidArgument: where no kind or no country is given.
    """
    codes = sorted(country_names()) if countries is None else list(countries)
    if not kinds or not codes:
        raise InvalidArgument("no kind of entity or no country is given")
    kind = draw(st.sampled_from(list(kinds)))
    if kind is EntityKind.ASN:
        return draw(networks())
    country = draw(st.sampled_from(codes))
    if kind is EntityKind.COUNTRY:
        return Entity(kind, country, country)
    letters = st.characters(codec="utf-8", exclude_characters="/", exclude_categories=BLANK)
    return Entity(kind, draw(st.text(letters, min_size=1, max_size=4)), country)


def networks() -> st.SearchStrategy[Entity]:
    """Networks: autonomous systems of any number.  Shrinks to ``AS1``."""
    return st.integers(1, _LARGEST_ASN).map(lambda number: Entity(EntityKind.ASN, f"AS{number}"))
