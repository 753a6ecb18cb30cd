"""Laws of how a source answers: what was asked and nothing else, and always the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from ....errors import WrongAnswerError
from ....model.kinds import KINDS
from ....model.window import TimeWindow, utc_text
from ....reading.honesty import checked_result
from ....reading.source import SLUG, SourceResult
from ..laws import LawBrokenError, law
from .questions import SourceQuestions
from .truth import (
    Case,
    Cell,
    asked,
    cells,
)
from .world import plain

__all__ = ["AnswerLaws"]


class AnswerLaws(SourceQuestions):
    """Laws 1, 2, 4 and 8."""

    @law(
        1,
        "its info is constant",
        look_at="the property info: one SourceInfo, made once, without asking anybody; kinds of your own "
        "have a namespace, and one that bears a built-in kind's name is that kind",
    )
    def test_law_01_info_is_constant(self) -> None:
        rule = self.law(1)
        with self.world() as world:
            source = world.source()
            first = source.info
            if world.upstream.received:
                raise LawBrokenError(rule, "saying what it is asks the provider")
            for when, other in (("asked again", source.info), ("made again", world.source().info)):
                if other != first:
                    raise LawBrokenError(rule, f"{when}, it says something else", given={"said": other})
        if not SLUG.fullmatch(first.name) or (self.name and first.name != self.name):
            raise LawBrokenError(rule, f"it calls itself {first.name!r}", given={"registered as": self.name})
        for kind in first.kinds:
            if KINDS.get(kind.name, kind) != kind:
                raise LawBrokenError(rule, f"its {kind.name} is another than the built-in kind of that name")
        if not first.blind_to:
            raise LawBrokenError(
                rule, "it says nothing that it cannot see, and every instrument is blind to much"
            )

    @law(
        2,
        "it gives what was asked for, and nothing else",
        look_at="how the query's entity, kinds and span reach the provider, and what of the answer is kept",
    )
    def test_law_02_what_was_asked(self) -> None:
        rule = self.law(2)

        def body(case: Case) -> None:
            with self.published(case) as world:
                result = world.fetch(case.query, law=rule)
            wrong = _not_asked(self, case, result)
            if wrong is not None:
                raise LawBrokenError(rule, f"it {wrong}", given={"asked for": asked(case.query)})

        self.for_all(case=self.cases(whole=False))(body)

    @law(
        4,
        "the same question has the same answer",
        look_at="sets and dictionaries whose order decides, and what a source remembers of earlier questions",
    )
    def test_law_04_same_answer(self) -> None:
        rule = self.law(4)

        def body(case: Case) -> None:
            with self.published(case) as world:
                source = world.source()
                first = plain(world.fetch(case.query, law=rule, source=source))
                again = plain(world.fetch(case.query, law=rule, source=source))
                anew = plain(world.fetch(case.query, law=rule))
            for when, other in (("the second time", again), ("from a new source", anew)):
                if other != first:
                    given: dict[str, object] = {"case": case, "first": first, when: other}
                    raise LawBrokenError(rule, f"another answer {when}", given=given)

        self.for_all(case=self.cases(gaps=True))(body)

    @law(
        8,
        "a window split and joined is the whole",
        look_at="chunks, pages and their edges; what depends on where a window begins, such as a scale",
    )
    def test_law_08_split_and_joined(self) -> None:
        rule = self.law(8)

        def body(case: Case, place: int) -> None:
            query = evolve(case.query, history=timedelta(0))
            window = query.window
            unit = self.longest_step(query.entity)
            middle = window.start + (1 + place % (window.duration // unit - 1)) * unit
            with self.published(case) as world:
                whole = _measured_cells(world.fetch(query, law=rule))
                joined: dict[str, dict[datetime, Cell]] = {}
                for start, end in pairwise((window.start, middle, window.end)):
                    part = world.fetch(evolve(query, window=TimeWindow(start, end)), law=rule)
                    for name, bins in _measured_cells(part).items():
                        joined.setdefault(name, {}).update(bins)
            for name in sorted({*whole, *joined}):
                one, other = whole.get(name, {}), joined.get(name, {})
                for time in sorted({*one, *other}):
                    if one.get(time) != other.get(time):
                        told = f"{other.get(time)} of the parts, {one.get(time)} of the whole"
                        what = f"{name} at {utc_text(time)} is {told}"
                        given = {"split at": utc_text(middle), "case": case}
                        raise LawBrokenError(rule, what, given=given)

        self.for_all(case=self.cases(gaps=True, least=2), place=st.integers(0, self.bins))(body)


def _measured_cells(result: SourceResult) -> dict[str, dict[datetime, Cell]]:
    """The bins that were measured, by the signal's name and their time."""
    return {
        kind if subject is None else f"{kind} ({subject})": {
            time: cell for time, cell in bins.items() if cell[0] is not None
        }
        for (kind, subject), bins in cells(result.signals).items()
    }


def _not_asked(contract: SourceQuestions, case: Case, result: SourceResult) -> str | None:
    """What of a result was not asked for, in words; None where all was."""
    try:
        checked_result(contract.info, case.query, result)
    except WrongAnswerError as error:
        return error.problem
    for signal in result.signals:
        if not case.query.wants(signal.kind):
            return f"gave {signal.kind.name}, which was not wanted"
    return _not_covered(contract, case, result)


def _not_covered(contract: SourceQuestions, case: Case, result: SourceResult) -> str | None:
    """What of the coverage cannot be, in words; None where all can."""
    steps = contract.info.native_steps
    for one in result.coverage:
        allowed = case.query.span.widened(steps.get(one.kind.name, timedelta(0)))
        if one.kind not in contract.info.kinds:
            return f"gave coverage of {one.kind.name}, which its info does not list"
        if one.window.start < allowed.start or one.window.end > allowed.end:
            return f"gave coverage of {one.kind.name} over {one.window}"
    if not result.coverage:
        return None
    for signal in result.signals:
        times = [
            one.window for one in result.coverage if (one.kind, one.subject) == (signal.kind, signal.subject)
        ]
        for index in np.flatnonzero(signal.series.measured).tolist():
            start = signal.series.start + index * signal.series.step
            if not any(window.start < start + signal.series.step and start < window.end for window in times):
                return (
                    f"gave {signal.name} at {utc_text(start)}, and by its coverage nobody answered about it"
                )
    return None
