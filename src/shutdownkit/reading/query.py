"""What is asked of sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from attrs import evolve, field, frozen

from ..errors import InvalidValueError
from ..model.checks import duration, instance, store, text
from ..model.entity import Entity
from ..model.kinds import SignalKind
from ..model.window import TimeWindow

__all__ = ["HISTORY", "Query"]

HISTORY = timedelta(days=28)
"""How much is asked for before the window: four weeks, so that an hour of the week has four like it; the
expected level needs three (see :mod:`shutdownkit.judging.expectation`)."""


def _entity(value: Entity | str) -> Entity:
    return Entity.parse(value) if isinstance(value, str) else value


def _names(value: Iterable[SignalKind | str] | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        raise InvalidValueError("Query.kinds", value, "is one text, not several kinds")
    return tuple(sorted({kind.name if isinstance(kind, SignalKind) else kind for kind in value}))


def _subjects(value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        raise InvalidValueError("Query.subjects", value, "is one text, not several subjects")
    return tuple(sorted(set(value)))


@frozen
class Query:
    """What is asked of every source.

    Attributes:
        entity: about whom; text such as ``BY`` is parsed.
        window: what is to be judged; not empty.
        kinds: names of the kinds wanted, ordered (given as names or :class:`SignalKind`); None for all
            that a source asks for by itself.
        subjects: what is wanted of tests besides the totals, such as ``domain:example.org``, ordered.
        history: how much before the window is wanted, for the expected level.

    Raises:
        InvalidValueError: names the field and the value.
    """

    entity: Entity = field(converter=_entity)
    window: TimeWindow
    kinds: tuple[str, ...] | None = field(default=None, converter=_names)
    subjects: tuple[str, ...] = field(default=(), converter=_subjects)
    history: timedelta = HISTORY

    def __attrs_post_init__(self) -> None:
        instance("Query.entity", Entity, self.entity)
        instance("Query.window", TimeWindow, self.window)
        if not self.window.duration:
            raise InvalidValueError("Query.window", str(self.window), "is empty")
        for name in self.kinds or ():
            text("Query.kinds", name)
        if self.kinds == ():
            raise InvalidValueError("Query.kinds", self.kinds, "asks for nothing")
        for name in self.subjects:
            text("Query.subjects", name)
        store(self, "history", duration("Query.history", self.history, zero=True))
        try:
            self.span  # noqa: B018 (it must exist)
        except OverflowError:
            raise InvalidValueError(
                "Query.history", self.history, "reaches back before the first year"
            ) from None

    @property
    def span(self) -> TimeWindow:
        """The window with the history before it."""
        return TimeWindow(self.window.start - self.history, self.window.end)

    def wants(self, kind: SignalKind) -> bool:
        """Whether signals of the kind are asked for."""
        return self.kinds is None or kind.name in self.kinds

    def about(self, entity: Entity) -> Query:
        """The same asked about another entity."""
        return evolve(self, entity=entity)
