"""Which questions a source is asked, and about whom."""

from __future__ import annotations

import math
from datetime import timedelta
from functools import reduce

from hypothesis import strategies as st

from ....model.entity import Entity, EntityKind
from ....model.window import TimeWindow
from ....reading.query import Query
from .case import SourceCase
from .truth import Case

__all__ = ["SourceQuestions"]

_ENTITIES = {
    EntityKind.COUNTRY: ("BY", "LT"),
    EntityKind.REGION: ("US/4416", "US/4417"),
    EntityKind.ASN: ("AS6697", "AS25106"),
}


class SourceQuestions(SourceCase):
    """Draws questions that the source serves, each with a truth."""

    def longest_step(self, entity: Entity) -> timedelta:
        """The shortest time that is a whole number of bins of each kind that there is of an entity."""
        microsecond = timedelta(microseconds=1)
        steps = (self.info.native_steps[kind.name] // microsecond for kind in self.kinds_of(entity))
        return reduce(math.lcm, steps, 1) * microsecond

    @property
    def asked_about(self) -> tuple[Entity, ...]:
        """About whom the source is asked: countries first, as most are about those."""
        named = self.entities
        if named is None:
            named = [
                one for kind, some in _ENTITIES.items() if kind in self.info.entity_kinds for one in some
            ]
        order = list(_ENTITIES)
        return tuple(sorted(map(Entity.parse, named), key=lambda entity: order.index(entity.kind)))

    def cases(
        self, *, gaps: bool = False, least: int = 1, whole: bool = True, about: EntityKind | None = None
    ) -> st.SearchStrategy[Case]:
        """Questions that the source serves, with a truth that reaches further than what is asked.

        Args:
            gaps: see :meth:`truths`.
            least: of the longest bins, how many the window has at least.
            whole: the window begins and ends between bins.
            about: entities of one kind alone.
        """
        named = [one for one in self.asked_about if about in {None, one.kind}]

        @st.composite
        def drawn(draw: st.DrawFn) -> Case:
            entity = draw(st.sampled_from(named))
            others = [one for one in named if one.kind is entity.kind and one != entity][:1]
            kinds = self.kinds_of(entity)
            if not kinds:
                raise TypeError(
                    f"{type(self).__name__}.kinds_of: gives no kind of {entity} with a native step"
                )
            unit = self.longest_step(entity)
            most, served = self._longest_question(unit, least=least)
            wanted = draw(st.none() | st.lists(st.sampled_from(kinds), min_size=1, unique=True))
            start = self.day + draw(st.integers(0, 3)) * unit
            bins = draw(st.integers(least, most))
            end = start + bins * unit
            if not whole:
                late = draw(st.integers(0, 59))
                start += late * timedelta(seconds=1)
                end += draw(st.integers(0, late)) * timedelta(seconds=1)  # no longer than in whole bins
            query = Query(
                entity,
                TimeWindow(start, end),
                wanted,
                history=draw(st.integers(0, min(2, served - bins))) * unit,
            )
            around = query.span.widened(2 * unit)
            return Case(query, draw(self.truths([entity, *others], around, gaps=gaps)))

        return drawn()

    def long_cases(self) -> st.SearchStrategy[Case]:
        """One question, about as much as the source serves at once or :meth:`long_question` says."""
        entity = self.asked_about[0]
        unit = self.longest_step(entity)
        shortest = min(self.info.native_steps[kind.name] for kind in self.kinds_of(entity))
        count = max(self.long_question() * shortest // unit, 1)
        if self.info.longest_window is not None:
            count = min(count, self.info.longest_window // unit)
        self._longest_question(unit, least=1)
        start = self.day + unit
        history = count // 2
        window = TimeWindow(start + history * unit, start + count * unit)
        query = Query(entity, window, history=history * unit)
        truths = self.truths([entity], query.span.widened(2 * unit), gaps=False)
        return truths.map(lambda truth: Case(query, truth))

    def most_bins(self, about: EntityKind) -> int:
        """How many of its longest bins are asked for at most, of the entities of a kind."""
        entity = next(one for one in self.asked_about if one.kind is about)
        return self._longest_question(self.longest_step(entity), least=1)[0]

    def _longest_question(self, unit: timedelta, *, least: int) -> tuple[int, int]:
        """How many bins a window may have, and with its history.

        Raises:
            TypeError: the source serves nothing of the kind that is asked; says what to change.
        """
        info, name = self.info, type(self).__name__
        if info.earliest is not None and self.day < info.earliest:
            raise TypeError(
                f"{name}.day: {self.day:%Y-%m-%d} is before {info.earliest:%Y-%m-%d}, the earliest of which "
                f"its info says that there are data; name a later one"
            )
        served = self.bins + 2 if info.longest_window is None else info.longest_window // unit
        most = min(self.bins, served)
        if most < least:
            raise TypeError(
                f"{name}.bins: a law asks for {least} bins of {unit}, and of its {self.bins} the longest "
                f"window of its info lets {most} be asked for"
            )
        return most, served
