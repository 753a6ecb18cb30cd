"""What a rule is, and a set of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from attrs import evolve, frozen

from ...errors import CallerError, InvalidValueError
from ...model.checks import all_of, instance, member, store, text
from ...model.verdict import Basis, Cause, CauseProbabilities, CauseWeights, Condition, Evidence, Stance
from ..condition import condition_of
from ..facts import Facts

__all__ = ["Finding", "Rule", "RuleSet", "discarded", "likelihood_ratio", "missing", "weighs"]

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+")


@frozen
class Finding:
    """What a rule found: a sentence, and how likely that is under each cause.

    ``causes`` is the log-likelihood up to a constant (nats); None where the evidence is missing or must
    be discarded.
    """

    text: str
    causes: CauseWeights | None
    stance: Stance | None = None


def weighs(sentence: str, causes: Mapping[Cause, float]) -> Finding:
    """A finding that weighs: the log-likelihood under each cause (nats), 0 where not given."""
    return Finding(sentence, CauseWeights(causes))


def missing(sentence: str) -> Finding:
    """Evidence that should be there and is not."""
    return Finding(sentence, None, Stance.MISSING)


def discarded(sentence: str) -> Finding:
    """Evidence that is there and may not be used."""
    return Finding(sentence, None, Stance.DISCARDED)


@frozen
class Rule:
    """One judgement.

    Attributes:
        id: a stable name, such as ``timing.local-hour``; third parties begin with their own.
        summary: what it looks at, in a sentence.
        source: where its figures come from.
        group: rules of one group look at the same thing from different sides; together they weigh at
            most :data:`GROUP_CAP`.
        judge: a pure function of the facts, giving one finding, several, or none.
        fails: where it is known to mislead, in a sentence; empty where nothing is known.
        basis: whether it looks at measurements, or at context that the caller gave.
    """

    id: str
    summary: str
    source: str
    group: str
    judge: Callable[[Facts], Finding | Iterable[Finding] | None]
    fails: str = ""
    basis: Basis = Basis.MEASURED

    def __attrs_post_init__(self) -> None:
        text("Rule.id", self.id)
        if _ID.fullmatch(self.id) is None:
            raise InvalidValueError("Rule.id", self.id, "is not of the form timing.local-hour")
        for name in ("summary", "source", "group"):
            text(f"Rule.{name}", getattr(self, name))
        instance("Rule.fails", str, self.fails)
        member("Rule.basis", Basis, self.basis)

    def findings(self, facts: Facts) -> tuple[Finding, ...]:
        """What the rule finds, as a tuple."""
        found = self.judge(facts)
        if found is None:
            return ()
        return (found,) if isinstance(found, Finding) else tuple(found)


INSTRUMENT_GROUP = "instrument"
"""The group of the rules that say what an instrument's fault is."""

GROUP_CAP = 4.0
"""Nats between the likeliest and the least likely cause that one group of rules may make together: their
features are not independent, and no single side of the matter should decide it."""


CONTEXT_CAP = 1 / 3
"""The probability of "deliberate" that context may give before anything is measured.

The published factors would do more: a coup (x300) alone would make 0.98 of 0.13.  But a cable that fails on
the day of a coup must not be called an order (Somalia, 26 July 2020), so the factors count up to here."""


@frozen
class RuleSet:
    """An immutable, versioned set of rules with the probabilities that hold before any is asked.

    A changed set has another version, so that a report always says which rules judged it.
    """

    version: str
    prior: CauseProbabilities
    rules: tuple[Rule, ...]

    def __attrs_post_init__(self) -> None:
        text("RuleSet.version", self.version)
        instance("RuleSet.prior", CauseProbabilities, self.prior)
        store(self, "rules", all_of("RuleSet.rules", Rule, self.rules))
        ids = [rule.id for rule in self.rules]
        for rule_id in ids:
            if ids.count(rule_id) > 1:
                raise InvalidValueError("RuleSet.rules", rule_id, "is there more than once")

    def extended(self, *rules: Rule) -> RuleSet:
        """This set and more rules."""
        added = "".join(f"+{rule.id}" for rule in rules)
        return evolve(self, version=self.version + added, rules=(*self.rules, *rules))

    def without(self, *ids: str) -> RuleSet:
        """This set without the rules that have these ids.

        Raises:
            CallerError: where there is no such rule.
        """
        known = {rule.id for rule in self.rules}
        for rule_id in ids:
            if rule_id not in known:
                raise CallerError(f"ruleset {self.version}: there is no rule {rule_id!r}")
        kept = tuple(rule for rule in self.rules if rule.id not in ids)
        return evolve(self, version=self.version + "".join(f"-{i}" for i in ids), rules=kept)

    def evidence(self, facts: Facts) -> tuple[Evidence, ...]:
        """What the rules find, the weightiest first.

        Of an artefact only what the rules of the instruments find: a fault's hour and length say nothing.
        """
        artefact = condition_of(facts) is Condition.ARTEFACT
        found = [
            self._evidence(rule, finding)
            for rule in self.rules
            if not artefact or rule.group == INSTRUMENT_GROUP
            for finding in rule.findings(facts)
        ]
        return tuple(sorted(found, key=lambda one: (-abs(one.weight), one.rule, one.text)))

    def _evidence(self, rule: Rule, finding: Finding) -> Evidence:
        if finding.causes is None:
            stance = finding.stance or Stance.MISSING
            return Evidence(rule.id, stance, 0.0, finding.text, rule.source, basis=rule.basis)
        weight = likelihood_ratio(finding.causes, self.prior)
        stance = Stance.FOR if weight >= 0 else Stance.AGAINST
        return Evidence(rule.id, stance, weight, finding.text, rule.source, finding.causes, rule.basis)

    def posterior(self, evidence: Iterable[Evidence], *, measured_only: bool = False) -> CauseProbabilities:
        """The probabilities after the evidence, each at least 1 in 2000 and so never 0 or 1.

        Context moves what is expected before anything is measured, and lifts "deliberate" to one in three
        there at most (:data:`CONTEXT_CAP`): no report of an election makes a verdict.

        Args:
            measured_only: leave the context out.
        """
        given = tuple(evidence)
        logs = {cause: math.log(self.prior[cause]) for cause in Cause}
        if not measured_only:
            logs = _limited(self._moved(logs, given, Basis.CONTEXT), logs)
        return _normalised(self._moved(logs, given, Basis.MEASURED))

    def _moved(
        self, logs: Mapping[Cause, float], evidence: Iterable[Evidence], basis: Basis
    ) -> dict[Cause, float]:
        """The logarithms after the evidence of one basis."""
        groups = {rule.id: rule.group for rule in self.rules}
        by_group: dict[str, list[CauseWeights]] = {}
        for one in evidence:
            if one.basis is basis:
                by_group.setdefault(groups.get(one.rule, one.rule), []).append(one.causes)
        capped = [_capped(by_group[group]) for group in sorted(by_group)]
        return {cause: math.fsum((logs[cause], *(group[cause] for group in capped))) for cause in Cause}


_FLOOR = 0.0005


def _limited(logs: Mapping[Cause, float], before: Mapping[Cause, float]) -> dict[Cause, float]:
    """``logs`` with "deliberate" no likelier than context may make it, unless it was so before.

    A report of another cause makes no room for more of it.
    """
    odds = math.log(CONTEXT_CAP / (1.0 - CONTEXT_CAP))
    limit = min(_others(before), _others(logs)) + max(odds, before[Cause.DELIBERATE] - _others(before))
    return {**logs, Cause.DELIBERATE: min(logs[Cause.DELIBERATE], limit)}


def _others(logs: Mapping[Cause, float]) -> float:
    """The logarithm of the sum of all but "deliberate"."""
    return float(np.logaddexp.reduce([logs[cause] for cause in Cause if cause is not Cause.DELIBERATE]))


def _capped(weights: list[CauseWeights]) -> dict[Cause, float]:
    total = {cause: math.fsum(weight[cause] for weight in weights) for cause in Cause}
    spread = max(total.values()) - min(total.values())
    scale = min(1.0, GROUP_CAP / spread) if spread > 0 else 1.0
    return {cause: value * scale for cause, value in total.items()}


def _normalised(logs: Mapping[Cause, float]) -> CauseProbabilities:
    most = max(logs.values())
    odds = {cause: math.exp(value - most) for cause, value in logs.items()}
    total = math.fsum(odds.values())
    share = 1.0 - _FLOOR * len(odds)
    return CauseProbabilities({cause: _FLOOR + share * odd / total for cause, odd in odds.items()})


def likelihood_ratio(causes: Mapping[Cause, float], prior: Mapping[Cause, float]) -> float:
    """Log-likelihood ratio (nats) of DELIBERATE against the other causes together.

    The others' likelihood is their mean, weighted with their prior probabilities.
    """
    others = [cause for cause in Cause if cause is not Cause.DELIBERATE]
    total = math.fsum(prior[cause] for cause in others)
    mean = math.fsum(prior[cause] * math.exp(causes[cause]) for cause in others) / total
    return round(causes[Cause.DELIBERATE] - math.log(mean), 3)
