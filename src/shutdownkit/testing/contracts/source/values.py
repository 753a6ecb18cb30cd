"""Laws of what a source gives: what was asked for, as it was measured, and nothing else."""

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
from ...faults.contents import negative_of
from ...faults.zoo import ZOO
from ..laws import Law, LawBrokenError, law
from .case import SourceCase, plain
from .truth import EPOCH, Case, Cell, asked, cells, difference, is_rising, measured, story

__all__ = ["ValueLaws"]


class ValueLaws(SourceCase):
    """Laws 1 to 8 and 13."""

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
        3,
        "its series are on the grid, in order, each bin once",
        look_at="how rows are put into bins: by their time, not in the order in which they came",
    )
    def test_law_03_in_order(self) -> None:
        rule = self.law(3)

        def body(case: Case) -> None:
            with self.published(case) as world:
                result = world.fetch(case.query, law=rule)
            rising = all(is_rising(one) for one in case.wanted)
            for signal in result.signals:
                step = self.info.native_steps.get(signal.kind.name, signal.series.step)
                given = {"asked for": asked(case.query), "gave": story(signal)}
                if signal.series.step != step:
                    raise LawBrokenError(
                        rule, f"bins of {signal.series.step}, not of its {step}", given=given
                    )
                if len(signal.series) and (signal.series.start - EPOCH) % step:
                    raise LawBrokenError(
                        rule, "bins that do not begin on the grid counted from 1970", given=given
                    )
                if rising and not is_rising(signal):
                    raise LawBrokenError(rule, "what rose from bin to bin does not rise", given=given)

        self.for_all(case=self.cases(least=2))(body)

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
        5,
        "what is published comes back",
        look_at="the first and the last bin, units, rounding, and whether the end of a window belongs to it",
    )
    def test_law_05_what_is_published_comes_back(self) -> None:
        rule = self.law(5)

        def body(case: Case) -> None:
            with self.published(case) as world:
                result = world.fetch(case.query, law=rule)
            self._is_true(rule, case, result)

        self.for_all(case=self.cases() | self.cases(whole=False))(body)

    @law(
        6,
        "missing is not zero, and zero is not missing",
        look_at="how the answer's null, empty cell or absent row is read: it is NaN, and 0 is only what the "
        "provider measured as 0; `value or 0` and `if value` mistake one for the other",
    )
    def test_law_06_missing_is_not_zero(self) -> None:
        rule = self.law(6)

        def body(case: Case) -> None:
            with self.published(case) as world:
                result = world.fetch(case.query, law=rule)
            self._is_true(rule, case, result)

        self.for_all(case=self.cases(gaps=True))(body)

    @law(
        7,
        "of nothing published nothing is measured",
        look_at="what is made of an answer without rows: no bin of it was measured, and none is zero",
    )
    def test_law_07_empty_upstream(self) -> None:
        rule = self.law(7)

        def body(case: Case) -> None:
            entity = case.query.entity
            self._gives_nothing(rule, evolve(case, truth=case.truth.without(entity)))
            if self.can_say_missing:
                self._gives_nothing(rule, evolve(case, truth=case.truth.unmeasured(entity)))

        self.for_all(case=self.cases())(body)

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

    @law(
        13,
        "values are in range",
        look_at="how a number that cannot be, such as a negative count, is met: WrongAnswerError, or "
        "missing; it is never clipped, passed on, or met with another exception",
    )
    def test_law_13_values_in_range(self) -> None:
        rule = self.law(13)

        def body(case: Case) -> None:
            values = {value for one in case.truth.signals for value in one.series.values.tolist()}
            ways = {"all numbers": ZOO["negative"].misbehave, "what was measured": negative_of(values)}
            for what, misbehave in ways.items():
                with self.published(case) as world:
                    world.upstream.misbehave(misbehave)
                    result = world.outcome(case.query, law=rule)
                if isinstance(result, SourceResult):
                    untrue = difference(case, result, may_lack=True)
                    if untrue is not None:
                        given = {"case": case, "made negative": what}
                        raise LawBrokenError(rule, f"it was believed: {untrue}", given=given)

        self.for_all(case=self.cases())(body)

    def _gives_nothing(self, rule: Law, case: Case) -> None:
        with self.published(case) as world:
            result = world.outcome(case.query, law=rule)
        if not isinstance(result, SourceResult):
            return  # the provider does not know the entity, and the source says so
        if measured(result):
            given: dict[str, object] = {"case": case, "gave": "; ".join(map(story, result.signals))}
            raise LawBrokenError(rule, "it gave what was never measured", given=given)
        if result.failures:
            given = {"case": case, "failures": result.failures}
            raise LawBrokenError(rule, "an answer without rows is no failure", given=given)

    def _is_true(self, rule: Law, case: Case, result: SourceResult) -> None:
        untrue = difference(case, result)
        if untrue is not None:
            raise LawBrokenError(rule, untrue, given={"case": case, "failures": result.failures})
        if result.failures:
            raise LawBrokenError(
                rule, "all was answered, and it tells of failures", given={"it told": result.failures}
            )


def _measured_cells(result: SourceResult) -> dict[str, dict[datetime, Cell]]:
    """The bins that were measured, by the signal's name and their time."""
    return {
        kind if subject is None else f"{kind} ({subject})": {
            time: cell for time, cell in bins.items() if cell[0] is not None
        }
        for (kind, subject), bins in cells(result.signals).items()
    }


def _not_asked(contract: SourceCase, case: Case, result: SourceResult) -> str | None:
    """What of a result was not asked for, in words; None where all was."""
    try:
        checked_result(contract.info, case.query, result)
    except WrongAnswerError as error:
        return error.problem
    for signal in result.signals:
        if not case.query.wants(signal.kind):
            return f"gave {signal.kind.name}, which was not wanted"
    return _not_covered(contract, case, result)


def _not_covered(contract: SourceCase, case: Case, result: SourceResult) -> str | None:
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
