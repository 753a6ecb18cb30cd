"""Laws of what a source gives: what was measured, as it was measured."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from ....model.kinds import SignalKind
from ....reading.source import SourceResult
from ...faults.contents import huge_of, negative_of
from ...faults.zoo import ZOO
from ..laws import Law, LawBrokenError, law
from .questions import SourceQuestions
from .truth import (
    EPOCH,
    Case,
    asked,
    difference,
    has_maximum,
    is_rising,
    measured,
    never_negative,
    story,
)

__all__ = ["ValueLaws"]


LAW_5 = law(
    5,
    "what is published comes back",
    look_at="the first and the last bin, units, rounding, and whether the end of a window belongs to it",
)


class ValueLaws(SourceQuestions):
    """Laws 3, 5, 6, 7 and 13."""

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

    @LAW_5
    def test_law_05_what_is_published_comes_back(self) -> None:
        rule = self.law(5)

        def body(case: Case) -> None:
            with self.published(case) as world:
                result = world.fetch(case.query, law=rule)
            self._is_true(rule, case, result)

        self.for_all(case=self.cases() | self.cases(whole=False))(body)

    @LAW_5
    def test_law_05_a_long_window_comes_back(self) -> None:
        """More than a provider gives at once: pages, chunks, and most rows of an answer."""
        rule = self.law(5)

        def body(case: Case) -> None:
            with self.published(case) as world:
                result = world.fetch(case.query, law=rule)
            untrue = difference(case, result)
            if untrue is not None:
                given = {"asked for": asked(case.query), "failures": result.failures}
                raise LawBrokenError(rule, untrue, given=given)

        self.once(self.long_cases(), body)

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
        13,
        "values are in range",
        look_at="how a number that cannot be, such as a negative count, is met: WrongAnswerError, or "
        "missing; it is never clipped, passed on, or met with another exception",
    )
    def test_law_13_values_in_range(self) -> None:
        rule = self.law(13)

        def body(case: Case) -> None:
            low, high = (_values_of(case, kinds) for kinds in (never_negative, has_maximum))
            ways = {
                "all numbers made negative": (never_negative, ZOO["negative"].misbehave),
                "what was measured made negative": (never_negative, negative_of(low)),
                "what was measured made too large": (has_maximum, huge_of(high)),
            }
            for what, (bounded, misbehave) in ways.items():
                with self.published(case) as world:
                    world.upstream.misbehave(misbehave)
                    result = world.outcome(case.query, law=rule)
                if isinstance(result, SourceResult):
                    known = tuple(one for one in result.signals if bounded(one.kind))
                    untrue = difference(case, evolve(result, signals=known), may_lack=True)
                    if untrue is not None:
                        given = {"case": case, "what was changed": what}
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


def _values_of(case: Case, which: Callable[[SignalKind], bool]) -> set[float]:
    """The values of some kinds."""
    signals = [one for one in case.truth.signals if which(one.kind)]
    return {value for one in signals for value in one.series.values.tolist()}
