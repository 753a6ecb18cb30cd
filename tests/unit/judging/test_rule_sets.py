"""How findings are weighed together, and sets of rules."""

from __future__ import annotations

import math

import pytest

import shutdownkit as sk
from shutdownkit.judging.rules.rule import GROUP_CAP, discarded, likelihood_ratio, missing, weighs

from .builders import (
    DAY,
    HOUR,
    OONI,
    PROBING,
    at,
    context,
    episode,
    event,
    evidence_of,
    facts,
    incident,
    world,
)

FOR, AGAINST = sk.Stance.FOR, sk.Stance.AGAINST

T = at("2020-08-09T18:00")  # 21:00 in Minsk
END = T + 6 * HOUR
OUTAGE = episode(event(PROBING, T, END))
WHOLE = tuple(incident(T - days * DAY, END - days * DAY) for days in (1, 2))

# --- likelihoods and priors


def test_the_weight_is_the_likelihood_ratio_against_the_others_together() -> None:
    """By hand, POWER being as likely beforehand as the six others together."""
    prior = dict.fromkeys(sk.Cause, 0.05) | {sk.Cause.DELIBERATE: 0.4, sk.Cause.POWER: 0.3}
    causes = sk.CauseWeights({sk.Cause.DELIBERATE: 1.0, sk.Cause.POWER: 2.0})
    assert likelihood_ratio(causes, prior) == pytest.approx(1 - math.log((math.e**2 + 1) / 2), abs=0.0005)
    assert likelihood_ratio(sk.CauseWeights({}), prior) == 0.0
    one = sk.CauseWeights({sk.Cause.DELIBERATE: 2.5})
    assert likelihood_ratio(one, prior) == 2.5


def test_before_any_rule_is_asked_the_priors_hold() -> None:
    assert math.fsum(sk.RULES.prior.values()) == pytest.approx(1.0, abs=1e-12)
    assert min(sk.RULES.prior.values()) >= 0.03
    after = sk.RULES.posterior([])
    for cause in sk.Cause:
        assert after[cause] == pytest.approx(sk.RULES.prior[cause], abs=0.001)


def said(rule: str, causes: dict[sk.Cause, float]) -> sk.Evidence:
    weights = sk.CauseWeights(causes)
    ratio = likelihood_ratio(weights, sk.RULES.prior)
    return sk.Evidence(rule, FOR if ratio >= 0 else AGAINST, ratio, "Seen.", "A source.", weights)


def test_the_posterior_is_bayes_rule() -> None:
    """Prior odds times the likelihoods; a floor of 1 in 2000 for each cause."""
    after = sk.RULES.posterior([said("context.reported-cause", {sk.Cause.POWER: 2.5})])
    prior = sk.RULES.prior
    power = prior[sk.Cause.POWER] * math.exp(2.5) / (1 - prior[sk.Cause.POWER] * (1 - math.exp(2.5)))
    assert after[sk.Cause.POWER] == pytest.approx(0.0005 + (1 - 0.0005 * 8) * power, abs=1e-9)


@pytest.mark.parametrize("sign", [1, -1])
def test_no_evidence_makes_a_probability_of_0_or_1(sign: int) -> None:
    evidence = [said(f"acme.rule-{k}", {sk.Cause.DELIBERATE: sign * 50.0}) for k in range(40)]
    after = sk.RULES.posterior(evidence)
    assert min(after.values()) > 0.0
    assert max(after.values()) < 1.0
    assert (after[sk.Cause.DELIBERATE] > 0.99) == (sign > 0)
    assert math.fsum(after.values()) == pytest.approx(1.0, abs=1e-12)


def test_one_group_weighs_no_more_than_the_cap() -> None:
    def odds(*evidence: sk.Evidence) -> float:
        after = sk.RULES.posterior(evidence)
        return math.log(after[sk.Cause.DELIBERATE] / after[sk.Cause.POWER])

    before = math.log(sk.RULES.prior[sk.Cause.DELIBERATE] / sk.RULES.prior[sk.Cause.POWER])
    recurs = said("recurrence.whole-days", {sk.Cause.DELIBERATE: 3.0})
    end = said("timing.local-hour-end", {sk.Cause.DELIBERATE: 3.0})
    hour = said("timing.local-hour", {sk.Cause.DELIBERATE: 3.0})
    assert GROUP_CAP == 4.0
    assert odds(recurs) - before == pytest.approx(3.0, abs=0.05)
    assert odds(hour, end) - before == pytest.approx(4.0, abs=0.1)
    assert odds(recurs, hour) - before == pytest.approx(6.0, abs=0.6)  # two groups; the floor tells by then


# --- rule sets


def spoken(_: sk.Facts) -> sk.Finding:
    return weighs("The moon was full.", {sk.Cause.DELIBERATE: 2.0})


MOON = sk.Rule("acme.full-moon", "Looks at the moon.", "An almanac.", "moon", spoken)


def test_a_changed_rule_set_has_another_version() -> None:
    assert sk.RULES.version == "2026.5"
    more = sk.RULES.extended(MOON)
    assert more.version == "2026.5+acme.full-moon"
    assert more.rules[:-1] == sk.RULES.rules
    less = more.without("acme.full-moon", "timing.duration")
    assert less.version == "2026.5+acme.full-moon-acme.full-moon-timing.duration"
    assert {rule.id for rule in sk.RULES.rules} - {rule.id for rule in less.rules} == {"timing.duration"}
    assert sk.RULES.version == "2026.5"


def test_two_rules_of_one_id_are_refused() -> None:
    with pytest.raises(sk.InvalidValueError, match=r"acme.full-moon.*more than once"):
        sk.RULES.extended(MOON, MOON)


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(sk.CallerError, match=r"ruleset 2026.5: there is no rule 'acme.full-moon'"):
        sk.RULES.without("acme.full-moon")


@pytest.mark.parametrize("rule_id", ["", "moon", "Acme.moon", "acme.full moon", "acme..moon"])
def test_a_rules_id_has_a_form(rule_id: str) -> None:
    with pytest.raises(sk.InvalidValueError, match=r"Rule\.id"):
        sk.Rule(rule_id, "Looks.", "A source.", "moon", spoken)


def test_a_rule_may_find_one_thing_several_or_nothing() -> None:
    several = [weighs("One.", {}), missing("Two."), discarded("Three.")]
    for found, count in ((None, 0), (several[0], 1), (several, 3), (iter(several), 3)):
        rule = sk.Rule("acme.any", "Looks.", "A source.", "any", lambda _, found=found: found)  # type: ignore[misc]
        assert len(rule.findings(facts(OUTAGE))) == count


def test_evidence_is_ordered_by_weight_then_rule() -> None:
    evidence = sk.RULES.evidence(facts(OUTAGE, others=WHOLE, context=[context(sk.ContextKind.COUP, T, END)]))
    assert list(evidence) == sorted(evidence, key=lambda one: (-abs(one.weight), one.rule, one.text))
    assert len({one.rule for one in evidence}) > 5


def test_a_rule_that_is_passed_is_heard_and_one_that_is_not_is_not() -> None:
    signals = world({PROBING: [(T, END, 0.9)], OONI: []}, start=T - 9 * DAY, days=12)
    plain = sk.classify(signals).episodes[0].verdict
    report = sk.classify(signals, rules=sk.RULES.extended(MOON))
    verdict = report.episodes[0].verdict
    (heard,) = evidence_of(verdict, "acme.full-moon")
    assert (heard.stance, heard.weight, heard.source) == (FOR, 2.0, "An almanac.")
    assert report.ruleset == verdict.attribution.ruleset == "2026.5+acme.full-moon"
    assert verdict.p_deliberate > plain.p_deliberate
    assert evidence_of(plain, "acme.full-moon") == []
