"""What the laws of rules are tried on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar, cast

from hypothesis import strategies as st

from ....judging.facts import Facts
from ....judging.rules.builtin import RULES
from ....judging.rules.rule import Finding, Rule, RuleSet
from ...scenarios.scenario import OutageScenario
from ...strategies.scenarios import scenarios
from ..laws import Contract, LawBrokenError
from .facts import listed_only, recorded

__all__ = ["RuleCase", "finding_texts"]


def finding_texts(findings: Iterable[Finding]) -> list[str]:
    """Findings in one order, with all that they say."""
    return sorted(
        f"{one.text} {one.stance} {None if one.causes is None else dict(one.causes)}" for one in findings
    )


class RuleCase(Contract):
    """What the author of a rule gives.

    Attributes:
        rules: the set that the rule is added to; the built-in one by default.
    """

    rules: ClassVar[RuleSet] = RULES

    def make_rule(self) -> Rule:
        """The rule under test, made anew."""
        raise NotImplementedError(f"{type(self).__name__} must say how its rule is made: make_rule")

    def scenarios(self) -> st.SearchStrategy[OutageScenario]:
        """Scenarios to try it on: of every kind, with bins that nobody measured, by default."""
        return scenarios(networks=(2, 3), days=(9, 10))

    def facts_of(self, scenario: OutageScenario, *, as_of: datetime | None = None) -> tuple[Facts, ...]:
        """The facts of each episode of a scenario: as it is judged, and as a list alone would tell it."""
        return (*recorded(scenario, self.rules, as_of=as_of), *listed_only(scenario))

    def on_facts(self, *, ordered: bool = True) -> Callable[[Callable[..., None]], None]:
        """Try a law on the facts of scenarios: ``body(rule, facts, scenario)``.

        Args:
            ordered: also of those that somebody ordered.
        """
        tried = self.scenarios()
        if not ordered:
            tried = tried.filter(lambda scenario: not scenario.truth.deliberate)

        def run(body: Callable[..., None]) -> None:
            @self.for_all(scenario=tried)
            def check(scenario: OutageScenario) -> None:
                rule = self.make_rule()
                for facts in self.facts_of(scenario):
                    body(rule, facts, scenario)

        return run

    def broken(self, number: int, what: str, **given: object) -> LawBrokenError:
        """That a law is broken, as an exception."""
        return LawBrokenError(self.law(number), what, given=given)

    def judged(self, number: int, rule: Rule, facts: Facts, **given: object) -> tuple[Finding, ...]:
        """What the rule finds.

        Raises:
            LawBrokenError: where it raises, or what it gives are no findings.
        """
        try:
            found = rule.findings(facts)
        except Exception as error:
            raise self.broken(
                number,
                f"it raises {type(error).__name__}: {error}",
                episode=facts.episode.window,
                **given,
            ) from error
        for one in cast("tuple[object, ...]", found):
            if not isinstance(one, Finding):
                raise self.broken(number, f"it gives {one!r}, which is no Finding", **given)
            if not isinstance(one.text, str):
                raise self.broken(number, f"it says {one.text!r}, which is no text", **given)
        return found
