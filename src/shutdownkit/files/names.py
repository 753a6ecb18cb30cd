"""The series that a table names: entity, kind and subject, each parsed once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidValueError
from ..model.checks import all_of, instance
from ..model.entity import Entity
from ..model.kinds import KINDS, SignalKind
from .cells import check_text
from .places import CellError, shown

__all__ = ["ExtraKinds", "SeriesKey", "SeriesNames", "known_kinds"]

ExtraKinds = Mapping[str, SignalKind] | Iterable[SignalKind]
"""Kinds of third parties: a mapping by name, or the kinds alone."""


def known_kinds(extra: ExtraKinds | None) -> Mapping[str, SignalKind]:
    """The built-in kinds and the extra ones, by name.

    Raises:
        InvalidValueError: for something that is no kind, a kind under another name than its own, or
            two different kinds of one name (a built-in kind cannot be redefined).
    """
    if extra is None:
        return KINDS
    known = dict(KINDS)
    if isinstance(extra, Mapping):
        for name, kind in extra.items():
            if instance("kinds", SignalKind, kind).name != name:
                raise InvalidValueError("kinds", name, f"is not the name of its kind, {kind.name}")
        extra = extra.values()
    for kind in all_of("kinds", SignalKind, extra):
        if known.setdefault(kind.name, kind) != kind:
            raise InvalidValueError("kinds", kind.name, "is the name of two different kinds")
    return known


class SeriesKey(NamedTuple):
    """What a series is of."""

    entity: Entity
    kind: SignalKind
    subject: str | None

    @property
    def sort_key(self) -> tuple[Entity, str, str]:
        """Entity, kind's name, subject (none first)."""
        return (self.entity, self.kind.name, self.subject or "")

    def __str__(self) -> str:
        subject = "" if self.subject is None else f" ({shown(self.subject)[1:-1]})"
        return f"{shown(str(self.entity))[1:-1]} {self.kind.name}{subject}"


class SeriesNames(dict[tuple[str, str, str], int]):
    """From the text of the three cells to a number for the series, found out once for each spelling.

    Attributes:
        keys_seen: what series k is of, in the order of appearance.
    """

    def __init__(self, kinds: Mapping[str, SignalKind]) -> None:
        super().__init__()
        self.keys_seen: list[SeriesKey] = []
        self._lowest: list[float] = []
        self._highest: list[float] = []
        self._kinds = kinds
        self._numbers: dict[SeriesKey, int] = {}

    def __missing__(self, cells: tuple[str, str, str]) -> int:
        entity, kind, subject = cells
        key = SeriesKey(_entity(entity), self._kind(kind), _subject(subject))
        number = self._numbers.setdefault(key, len(self.keys_seen))
        if number == len(self.keys_seen):
            self.keys_seen.append(key)
            low, high = key.kind.minimum, key.kind.maximum
            self._lowest.append(float("-inf") if low is None else low)
            self._highest.append(float("inf") if high is None else high)
        self[cells] = number
        return number

    def ranges(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lowest and the highest valid value for each series number, infinite where not bounded."""
        found, where = np.unique(numbers, return_inverse=True)
        lowest = np.array([self._lowest[number] for number in found.tolist()])
        highest = np.array([self._highest[number] for number in found.tolist()])
        return lowest[where], highest[where]

    def check_range(self, number: int, value: float) -> None:
        """Refuse a value outside its kind's range; NaN passes.

        Raises:
            CellError: names the value and the bound.
        """
        for bound, wrong, word in (
            (self._lowest[number], value < self._lowest[number], "under the minimum"),
            (self._highest[number], value > self._highest[number], "over the maximum"),
        ):
            if wrong:
                kind = self.keys_seen[number].kind.name
                raise CellError("value", f"{value!r} is {word} {bound:g} of {kind}")

    def _kind(self, text: str) -> SignalKind:
        name = text.strip()
        kind = self._kinds.get(name)
        if kind is not None:
            return kind
        if not name:
            raise CellError("kind", "is empty")
        near = difflib.get_close_matches(name[:100], self._kinds, n=3)
        hint = f"; near it: {', '.join(near)}" if near else "; a third party's kind is passed as kinds="
        raise CellError("kind", f"{shown(text)} is not a known kind{hint}")


def _entity(text: str) -> Entity:
    if not text.strip():
        raise CellError("entity", "is empty")
    check_text(text, "entity")
    try:
        return Entity.parse(text)
    except InvalidValueError as error:
        raise CellError("entity", f"{shown(text)} {error.problem}") from None


def _subject(text: str) -> str | None:
    if not text:
        return None
    check_text(text, "subject")
    if not text.strip():
        raise CellError("subject", f"{shown(text)} is blank; leave the cell empty for none")
    return text
