"""Laws of what a rule finds, and of what comes of it in a set."""

from __future__ import annotations

import math
import re

from ....judging.attribute import attribution_of
from ....judging.condition import condition_of
from ....judging.facts import Facts
from ....judging.rules.rule import GROUP_CAP, INSTRUMENT_GROUP, Finding, Rule
from ....model.knowledge import Intent
from ....model.verdict import Basis, Condition
from ....report.report import Report
from ...scenarios.scenario import OutageScenario
from ..laws import law
from .case import RuleCase, finding_texts
from .facts import blind, unheard

__all__ = ["FindingLaws"]

_MOST = 2 * GROUP_CAP
"""Nats between two causes: 3000 to 1.  A set caps what comes of all findings of one group at GROUP_CAP; the
strongest published feature says 6.0 by itself (recurrence at whole days, 67.7 % against 0.17 %: Bischof et
al., SIGCOMM 2023).  What says more than this is no measurement.  A choice of ours."""

_SENTENCE = re.compile(r"\S(.*\S)?[.!?]( \([^()]+\))?")
"""One line that ends with a full stop, and perhaps with its source in brackets."""


def _weighed(findings: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in findings if one.causes is not None and any(one.causes.values())]


class FindingLaws(RuleCase):
    """Laws 8 to 14."""

    @law(
        8,
        "no single rule decides",
        look_at="the log-likelihoods of a finding: between the likeliest and the least likely cause at most "
        "twice GROUP_CAP, and every one a finite number",
    )
    def test_law_08_weight(self) -> None:
        @self.on_facts()
        def check(rule: Rule, facts: Facts, scenario: OutageScenario) -> None:
            for one in self.judged(8, rule, facts, scenario=scenario):
                values = [] if one.causes is None else list(one.causes.values())
                spread = max(values) - min(values) if values else 0.0
                if not math.isfinite(spread) or spread > _MOST:
                    raise self.broken(
                        8,
                        f"a finding weighs {spread:g} nats between two causes, more than {_MOST:g}",
                        scenario=scenario,
                        finding=one.text,
                    )

    @law(
        9,
        "what nobody measured weighs nothing",
        look_at="signals whose bins are all missing: they say no more than signals that are not there; give "
        "missing(...) or nothing, and never take NaN for 0",
    )
    def test_law_09_missing(self) -> None:
        @self.on_facts()
        def check(rule: Rule, facts: Facts, scenario: OutageScenario) -> None:
            if rule.basis is Basis.MEASURED:
                for one in _weighed(self.judged(9, rule, unheard(facts), scenario=scenario)):
                    raise self.broken(
                        9,
                        "of an episode of which nobody measured anything it weighs something",
                        scenario=scenario,
                        finding=one.text,
                    )
            absent, silent = (
                finding_texts(_weighed(self.judged(9, rule, one, scenario=scenario))) for one in blind(facts)
            )
            if absent != silent:
                raise self.broken(
                    9,
                    "signals whose bins are all missing weigh something",
                    scenario=scenario,
                    without=absent,
                    with_them=silent,
                )

    @law(
        10,
        "findings are sentences",
        look_at="Finding.text: one line that ends with a full stop, with what was seen in it, for a reader "
        "who does not know the rule",
    )
    def test_law_10_sentences(self) -> None:
        @self.on_facts()
        def check(rule: Rule, facts: Facts, scenario: OutageScenario) -> None:
            for one in self.judged(10, rule, facts, scenario=scenario):
                if _SENTENCE.fullmatch(one.text) is None:
                    raise self.broken(10, f"this is no sentence: {one.text!r}", scenario=scenario)

    @law(
        11,
        "with it, what was not deliberate is never called so",
        look_at="what the rule says of faults that look like an order: with the rules of the set beside it "
        "none may be called deliberate",
    )
    def test_law_11_never_falsely_deliberate(self) -> None:
        @self.on_facts(ordered=False)
        def check(rule: Rule, facts: Facts, scenario: OutageScenario) -> None:
            if not facts.episode.events:  # a list of incidents is nothing that a scenario holds
                return
            found = attribution_of(facts, self.rules.extended(rule))
            if found.intent is Intent.DELIBERATE:
                said = [one.text for one in found.evidence if one.rule == rule.id]
                raise self.broken(
                    11,
                    f"{facts.episode.window} is called deliberate (p = {found.p_deliberate:.2f})",
                    scenario=scenario,
                    rule=rule.id,
                    said=said,
                )

    @law(
        12,
        "an instrument's fault does not speak of an order",
        look_at="Rule.group: of what an instrument made up only rules of the group 'instrument' are asked, "
        "and no such rule may take a fault for evidence of an order",
    )
    def test_law_12_instrument(self) -> None:
        @self.on_facts(ordered=False)
        def check(rule: Rule, facts: Facts, scenario: OutageScenario) -> None:
            if condition_of(facts) is not Condition.ARTEFACT:
                return
            evidence = self.rules.extended(rule).evidence(facts)
            for one in evidence:
                if one.rule == rule.id and (rule.group != INSTRUMENT_GROUP or one.weight > 0):
                    raise self.broken(
                        12,
                        f"of an instrument's fault it weighs {one.weight:+.2f} for an order",
                        scenario=scenario,
                        said=one.text,
                    )

    @law(
        13,
        "a set with it is another set",
        look_at="RuleSet.version: a report says which rules judged it, so a longer set has another name",
    )
    def test_law_13_version(self) -> None:
        rule = self.make_rule()
        longer = self.rules.extended(rule)
        if longer.version == self.rules.version or rule.id not in longer.version:
            raise self.broken(13, f"the set with {rule.id} is called {longer.version}", rule=rule.id)
        if longer.prior != self.rules.prior or longer.rules[:-1] != self.rules.rules:
            raise self.broken(13, "the set with it differs in more than the rule", rule=rule.id)

    @law(
        14,
        "a report with it survives JSON",
        look_at="what its findings hold: text of any kind is written, numbers are finite, and the report "
        "says with which rules it was made",
    )
    def test_law_14_json(self) -> None:
        @self.for_all(scenario=self.scenarios())
        def check(scenario: OutageScenario) -> None:
            rules = self.rules.extended(self.make_rule())
            try:
                report = scenario.report(rules=rules)
                again = Report.from_json(report.to_json())
            except Exception as error:
                raise self.broken(
                    14, f"judging or writing it raises {type(error).__name__}: {error}", scenario=scenario
                ) from error
            if report.ruleset != rules.version:
                raise self.broken(14, f"the report names the rules {report.ruleset}", scenario=scenario)
            if again != report:
                raise self.broken(14, "read back from JSON the report is another", scenario=scenario)
