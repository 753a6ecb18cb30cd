"""What the laws of classifiers are tried on, and what they look at in a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from attrs import frozen
from hypothesis import strategies as st

from ....judging.classify import classify
from ....judging.rules.builtin import RULES
from ....judging.rules.rule import RuleSet
from ....model.context import ContextEvent, ContextKind
from ....model.knowledge import Intent
from ....model.signal import Signal
from ....model.verdict import Condition
from ....model.window import TimeWindow
from ....report.report import Report
from ...scenarios.scenario import OutageScenario
from ...scenarios.truth import OutageKind
from ...strategies.scenarios import scenarios
from ..laws import Contract, LawBrokenError

__all__ = ["SPONTANEOUS", "ClassifierCase", "Said", "reported", "said"]

SPONTANEOUS = (OutageKind.POWER, OutageKind.CABLE, OutageKind.INSTRUMENT_FAULT, OutageKind.QUIET)
"""The kinds that nobody ordered."""


@frozen
class Said:
    """What a report says of one episode; times as seconds after the start of the report's window."""

    begin: float
    end: float | None
    condition: Condition
    mechanism: str
    intent: Intent
    probabilities: tuple[float, ...]
    evidence: tuple[tuple[str, str, float], ...]

    def __str__(self) -> str:
        return f"{self.condition.value}, {self.intent.value}, {self.mechanism}, from {self.begin:g} s on"


def said(report: Report) -> tuple[Said, ...]:
    """What a report says of each of its episodes, in which no absolute time stands."""
    zero = report.window.start
    return tuple(
        Said(
            (one.episode.onset - zero).total_seconds(),
            None if one.episode.end is None else (one.episode.end - zero).total_seconds(),
            one.verdict.condition,
            one.verdict.mechanism.value,
            one.verdict.attribution.intent,
            tuple(round(value, 9) for value in one.verdict.probabilities.values()),
            tuple((e.rule, e.stance.value, round(e.weight, 9)) for e in one.verdict.evidence),
        )
        for one in report.episodes
    )


@st.composite
def reported(draw: st.DrawFn, of: OutageScenario) -> tuple[ContextEvent, ...]:
    """Up to four reports of things that happened in the country of a scenario while it was watched.

    Shrinks to one report of an election at the time of the first loss.
    """
    spells = of.truth.windows or (of.window,)
    kinds = draw(st.lists(st.sampled_from(ContextKind), min_size=1, max_size=4))
    return tuple(
        ContextEvent(
            kind,
            of.entity,
            TimeWindow(spells[0].start, spells[-1].end),
            f"A report of {kind.value.replace('_', ' ')}.",
            "The press",
            independent=kind is not ContextKind.STATEMENT,
        )
        for kind in kinds
    )


class ClassifierCase(Contract):
    """What a classifier under test gives.

    Attributes:
        rules: the rules that it asks.
    """

    rules: ClassVar[RuleSet] = RULES

    def classify(self, signals: Iterable[Signal], **more: Any) -> Report:
        """The report of the program under test: :func:`shutdownkit.classify` with :attr:`rules` by default.

        Args:
            more: the keyword arguments of :func:`shutdownkit.classify`.
        """
        return classify(signals, **{"rules": self.rules, **more})

    def report(self, scenario: OutageScenario, **more: Any) -> Report:
        """The report on a scenario, with ``more`` given instead of its own."""
        given = {**scenario.given(), **more}
        return self.classify(given.pop("signals", scenario.signals), **given)

    def stories(self, **wanted: Any) -> st.SearchStrategy[OutageScenario]:
        """Scenarios of a size that is quickly judged."""
        return scenarios(**{"networks": (2, 3), "days": (9, 10), "missing": False, **wanted})

    def broken(self, number: int, what: str, **given: object) -> LawBrokenError:
        """That a law is broken, as an exception."""
        return LawBrokenError(self.law(number), what, given=given)

    def must_agree(
        self, number: int, what: str, first: Report, second: Report, scenario: OutageScenario, **given: object
    ) -> None:
        """Two reports must say the same of the same episodes.

        Raises:
            LawBrokenError: where they do not.
        """
        if (first.condition, said(first)) == (second.condition, said(second)):
            return
        raise self.broken(number, what, scenario=scenario, **given, **_difference(first, second))


def _difference(first: Report, second: Report) -> Mapping[str, object]:
    """The first thing that two reports say otherwise."""
    if first.condition is not second.condition:
        return {"first": first.condition.value, "then": second.condition.value}
    before, after = said(first), said(second)
    if len(before) != len(after):
        return {"first": f"{len(before)} episodes", "then": f"{len(after)} episodes"}
    one, other = next((a, b) for a, b in zip(before, after, strict=True) if a != b)
    names = ("begin", "end", "condition", "mechanism", "intent", "probabilities", "evidence")
    name = next(name for name in names if getattr(one, name) != getattr(other, name))
    return {f"first, {name}": getattr(one, name), f"then, {name}": getattr(other, name)}
