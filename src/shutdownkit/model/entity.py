"""What is observed: a country, a region of one, or an autonomous system."""

from __future__ import annotations

import enum
import re

from attrs import field, frozen

from ..errors import InvalidValueError
from .checks import member, store
from .places import country_names

__all__ = ["Entity", "EntityKind"]

_ASN = re.compile(r"[Aa][Ss](\d{1,10})", re.ASCII)
_LARGEST_ASN = 2**32 - 2  # RFC 7300 reserves the last number, RFC 7607 reserves 0


class EntityKind(enum.Enum):
    """The kinds of entity."""

    COUNTRY = "country"
    REGION = "region"
    ASN = "asn"


@frozen(order=True)
class Entity:
    """One country, region or autonomous system.

    Usually made with :meth:`parse`; ``str()`` gives the same text back.

    Attributes:
        code: ``BY`` for a country, the part after the slash for a region (ISO 3166-2's or the
            provider's own), ``AS6697`` for an autonomous system.
        country: ISO 3166-1 alpha-2 code of the country it is or lies in; None for an autonomous
            system, which may span several.

    Raises:
        InvalidValueError: for an unknown country, an AS number out of range, or a region code that
            is empty or holds a slash.
    """

    kind: EntityKind = field(order=lambda kind: kind.value)
    code: str
    country: str | None = field(default=None, order=lambda country: country or "")

    def __attrs_post_init__(self) -> None:
        member("Entity.kind", EntityKind, self.kind)
        if not isinstance(self.code, str):
            raise InvalidValueError("Entity.code", self.code, "is not text")
        if self.kind is EntityKind.ASN:
            self._check_asn()
            return
        if self.kind is EntityKind.COUNTRY and self.country is None:
            store(self, "country", self.code)
        if self.country not in country_names():
            raise InvalidValueError(
                "Entity.country", self.country, "is not a country code of ISO 3166-1 (alpha-2)"
            )
        if self.kind is EntityKind.COUNTRY and self.country != self.code:
            raise InvalidValueError("Entity.country", self.country, f"is not {self.code!r}")
        if self.kind is EntityKind.REGION and (
            not self.code or "/" in self.code or self.code != self.code.strip()
        ):
            raise InvalidValueError(
                "Entity.code", self.code, "is not a region code: it is empty, or holds a slash"
            )
        if any(ord(char) < 32 for char in self.code):
            raise InvalidValueError("Entity.code", self.code, "holds a control character")

    def _check_asn(self) -> None:
        match = _ASN.fullmatch(self.code)
        if match is None or not 0 < int(match[1]) <= _LARGEST_ASN:
            raise InvalidValueError("Entity.code", self.code, "is not an AS number such as AS6697")
        if self.code != f"AS{int(match[1])}":
            raise InvalidValueError("Entity.code", self.code, f"is not spelled AS{int(match[1])}")
        if self.country is not None:
            raise InvalidValueError("Entity.country", self.country, "is given for a network")

    @classmethod
    def parse(cls, text: str) -> Entity:
        """An entity from ``BY``, ``AS6697`` or ``US/LA``; letters of either case.

        Raises:
            InvalidValueError: where the text is none of these.
        """
        if not isinstance(text, str):
            raise InvalidValueError("entity", text, "is not text")
        name = text.strip()
        country, slash, code = name.partition("/")
        if slash:
            return cls(EntityKind.REGION, code, country.upper())
        match = _ASN.fullmatch(name)
        if match is not None and len(name) != 2:
            return cls(EntityKind.ASN, f"AS{int(match[1])}")
        if name.upper() not in country_names():
            raise InvalidValueError(
                "entity", text, "is not a country (BY), a network (AS6697) or a region (US/LA)"
            )
        return cls(EntityKind.COUNTRY, name.upper(), name.upper())

    @property
    def name(self) -> str:
        """A name to print: the country's English name, or the code."""
        if self.kind is EntityKind.COUNTRY:
            return country_names()[self.code]
        return str(self)

    def __str__(self) -> str:
        if self.kind is EntityKind.REGION:
            return f"{self.country}/{self.code}"
        return self.code
