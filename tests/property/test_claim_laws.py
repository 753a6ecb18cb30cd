"""Laws of checked claims."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.claiming.table import EXPECTATIONS
from shutdownkit.judging.claims import party_claims
from shutdownkit.model.verdict import Basis, CauseWeights
from shutdownkit.testing.strategies import cause_probabilities, context_events, lines

CAP = 4.0  # nats, for a family of rules
FAULTS = [
    sk.Cause.POWER,
    sk.Cause.CABLE,
    sk.Cause.ROUTING,
    sk.Cause.DISASTER,
    sk.Cause.EQUIPMENT,
    sk.Cause.UNKNOWN_TECHNICAL,
]
ACTS = [sk.Cause.DELIBERATE, sk.Cause.ATTACK]
RULES = sorted(
    {rule.removesuffix("*") for many in EXPECTATIONS.values() for one in many for rule in one.rules}
)
WEIGHING = [sk.Stance.FOR, sk.Stance.AGAINST]
EIGHTHS = st.integers(-24, 24).map(lambda eighths: eighths / 8)  # sums of these are exact
CAUSES = st.sampled_from(sk.Cause)

Pieces = Sequence[sk.Evidence]


def rule_ids() -> st.SearchStrategy[str]:
    """Ids of rules that answer predictions, and of others."""
    known = st.sampled_from(RULES).map(lambda rule: rule + "one" if rule.endswith(".") else rule)
    return known | st.sampled_from(["acme.rule", "instrument.fault", "planes.witnesses", "odd"])


@st.composite
def pieces(
    draw: st.DrawFn,
    *,
    stances: Sequence[sk.Stance] = tuple(sk.Stance),
    bases: Sequence[Basis] = (Basis.MEASURED,),
    rules: st.SearchStrategy[str] | None = None,
) -> sk.Evidence:
    """Evidence of the rules' ids, with weights in eighths of a nat."""
    return sk.Evidence(
        rule=draw(rule_ids() if rules is None else rules),
        stance=draw(st.sampled_from(stances)),
        weight=0.0,
        text=draw(lines()),
        source=draw(lines()),
        causes=CauseWeights(draw(st.dictionaries(CAUSES, EIGHTHS))),
        basis=draw(st.sampled_from(bases)),
    )


def measured(*, most: int = 8) -> st.SearchStrategy[list[sk.Evidence]]:
    """What was measured: evidence that weighs, and some that is missing or discarded."""
    return st.lists(pieces(stances=WEIGHING) | pieces(), max_size=most)


def attributed(evidence: Pieces, prior: sk.CauseProbabilities | None = None) -> sk.Attribution:
    return sk.Attribution(prior or sk.RULES.prior, tuple(evidence), "2026.5")


def checked(evidence: Pieces, claim: sk.Cause) -> sk.ClaimCheck:
    return sk.check_claim(attributed(evidence), claim)


def oracle(evidence: Pieces, claim: sk.Cause) -> float:
    """The weight of a claim, written down as the documentation says it."""
    meant = FAULTS if claim is sk.Cause.UNKNOWN_TECHNICAL else [claim]
    denied = ACTS if claim is sk.Cause.UNKNOWN_TECHNICAL else [c for c in sk.Cause if c is not claim]
    return max(min(oracle_against(evidence, cause, other) for other in denied) for cause in meant)


def oracle_against(evidence: Pieces, cause: sk.Cause, other: sk.Cause) -> float:
    """The weight of one cause against one other: sums by family of rules, none beyond the cap."""
    families: dict[str, float] = {}
    for one in evidence:
        if one.stance in WEIGHING:
            family = one.rule.split(".")[0]
            families[family] = families.get(family, 0.0) + one.causes[cause] - one.causes[other]
    return sum(min(CAP, max(-CAP, said)) for said in families.values())


@given(measured(), CAUSES)
def test_the_weight_is_the_capped_sum_against_the_best_rival(evidence: Pieces, claim: sk.Cause) -> None:
    check = checked(evidence, claim)
    assert check.weight == pytest.approx(oracle(evidence, claim), abs=1e-3)
    assert (check.status is sk.ClaimStatus.INCONSISTENT) == (check.weight <= -2.0)


@given(measured(), CAUSES, cause_probabilities(), st.randoms(use_true_random=False))
def test_neither_the_prior_nor_the_order_matters(
    evidence: Pieces, claim: sk.Cause, prior: sk.CauseProbabilities, chance: Random
) -> None:
    shuffled = list(evidence)
    chance.shuffle(shuffled)
    assert sk.check_claim(attributed(shuffled, prior), claim) == checked(evidence, claim)


@given(measured(), st.lists(pieces(bases=[Basis.CONTEXT]), min_size=1, max_size=4), CAUSES)
def test_context_changes_nothing(evidence: Pieces, context: Pieces, claim: sk.Cause) -> None:
    assert checked([*evidence, *context], claim) == checked(evidence, claim)


@given(
    measured(),
    st.lists(pieces(stances=[sk.Stance.MISSING, sk.Stance.DISCARDED]), min_size=1, max_size=4),
    CAUSES,
)
def test_what_is_missing_or_discarded_weighs_nothing(evidence: Pieces, more: Pieces, claim: sk.Cause) -> None:
    with_it, without = checked([*evidence, *more], claim), checked(evidence, claim)
    assert (with_it.status, with_it.weight, with_it.reasons) == (
        without.status,
        without.weight,
        without.reasons,
    )
    assert [(p.seen, p.weight) for p in with_it.predictions] == [
        (p.seen, p.weight) for p in without.predictions
    ]


@given(measured(), pieces(stances=WEIGHING), CAUSES, st.data())
def test_what_speaks_for_a_claim_never_makes_it_weigh_less(
    evidence: Pieces, more: sk.Evidence, claim: sk.Cause, data: st.DataObject
) -> None:
    """Evidence under which nothing that the claim denies is likelier than anything that it may mean."""
    meant = FAULTS if claim is sk.Cause.UNKNOWN_TECHNICAL else [claim]
    least = min(more.causes[cause] for cause in meant)
    lowered = {c: w if c in meant else min(w, least) for c, w in more.causes.items()}
    supporting = evolve(more, causes=CauseWeights(lowered))
    before, after = checked(evidence, claim), checked([*evidence, supporting], claim)
    assert after.weight >= before.weight
    if before.status is not sk.ClaimStatus.INCONSISTENT:
        assert after.status is not sk.ClaimStatus.INCONSISTENT


@given(measured(), st.lists(EIGHTHS, min_size=8, max_size=8), CAUSES)
def test_likelihoods_are_known_up_to_a_constant(
    evidence: Pieces, constants: list[float], claim: sk.Cause
) -> None:
    shifted = [
        evolve(one, causes=CauseWeights({c: w + constant for c, w in one.causes.items()}))
        for one, constant in zip(evidence, constants, strict=False)
    ]
    assert checked(shifted, claim) == checked(evidence, claim)


@given(st.lists(pieces(stances=WEIGHING, rules=st.sampled_from(["shape.fall", "shape.rise"])), max_size=9))
def test_one_family_of_rules_alone_counts_no_more_than_the_cap(evidence: Pieces) -> None:
    for claim in sk.Cause:
        assert abs(checked(evidence, claim).weight) <= CAP


@given(measured())
def test_at_most_one_cause_fits_better_than_all_others(evidence: Pieces) -> None:
    named = [cause for cause in sk.Cause if cause is not sk.Cause.UNKNOWN_TECHNICAL]
    weights = {cause: checked(evidence, cause).weight for cause in named}
    best = [cause for cause in named if weights[cause] > 0]
    assert len(best) <= 1
    for one in best:
        if weights[one] >= 2.0:
            assert all(weights[other] <= -2.0 for other in named if other is not one)


@given(measured())
def test_a_technical_failure_is_each_of_the_faults(evidence: Pieces) -> None:
    """It fits where one of them does, and where it does not fit none does."""
    failure = checked(evidence, sk.Cause.UNKNOWN_TECHNICAL)
    named = [checked(evidence, fault) for fault in FAULTS if fault is not sk.Cause.UNKNOWN_TECHNICAL]
    assert all(one.weight <= failure.weight for one in named)
    if failure.status is sk.ClaimStatus.INCONSISTENT:
        assert {one.status for one in named} == {sk.ClaimStatus.INCONSISTENT}
    if any(one.status is sk.ClaimStatus.CONSISTENT for one in named):
        assert failure.status is sk.ClaimStatus.CONSISTENT


@given(measured())
def test_an_order_and_a_failure_are_not_both_refuted_by_each_other(evidence: Pieces) -> None:
    """Of "they cut it" and "it failed" the one that is likelier than the other is not refuted by it."""
    cut = checked(evidence, sk.Cause.DELIBERATE).weight
    failed = checked(evidence, sk.Cause.UNKNOWN_TECHNICAL).weight
    assert not (cut > 0 and failed > 0)


@given(measured(), CAUSES)
def test_predictions_weigh_as_they_were_seen(evidence: Pieces, claim: sk.Cause) -> None:
    for one in checked(evidence, claim).predictions:
        if one.seen is sk.Seen.MISSING:
            assert one.weight == 0
        else:
            assert abs(one.weight) >= 0.3
            assert (one.weight > 0) == (one.seen is sk.Seen.SEEN)


@given(measured(), CAUSES.filter(lambda cause: cause is not sk.Cause.UNKNOWN_TECHNICAL))
def test_a_prediction_weighs_what_its_rules_say_against_the_best_of_what_it_is_told_from(
    evidence: Pieces, claim: sk.Cause
) -> None:
    expected = {one.text: one for one in EXPECTATIONS[claim]}
    for one in checked(evidence, claim).predictions:
        own = [piece for piece in evidence if expected[one.text].is_answered_by(piece.rule)]
        weight = min(oracle_against(own, claim, other) for other in expected[one.text].apart_from)
        assert one.weight == (weight if abs(weight) >= 0.3 else 0.0)


@given(measured(), CAUSES)
def test_only_evidence_of_its_rules_answers_a_prediction(evidence: Pieces, claim: sk.Cause) -> None:
    """A rule that found nothing, and evidence that does not weigh, leave it unanswered."""
    expected = {one.text: one for one in EXPECTATIONS[claim]}
    weighed = [one for one in evidence if one.stance in WEIGHING]
    for one in checked(evidence, claim).predictions:
        if not any(expected[one.text].is_answered_by(piece.rule) for piece in weighed):
            assert one.seen is sk.Seen.MISSING
        if one.seen is not sk.Seen.MISSING:
            assert any(piece.text in one.because for piece in weighed)


@given(measured(), CAUSES)
def test_reasons_name_all_evidence_that_bears(evidence: Pieces, claim: sk.Cause) -> None:
    check = checked(evidence, claim)
    if claim is sk.Cause.UNKNOWN_TECHNICAL:
        named = [f"of all faults, {fault.value} " for fault in FAULTS]
        cause = next((f for f, n in zip(FAULTS, named, strict=True) if check.reasons[0].startswith(n)), claim)
        denied = ACTS
    else:
        cause, denied = claim, [one for one in sk.Cause if one is not claim]
    for one in evidence:
        if one.stance not in WEIGHING:
            continue
        told = any(f"{one.rule}): {one.text}" in reason for reason in check.reasons)
        if max(abs(one.causes[cause] - one.causes[rival]) for rival in denied) >= 0.3:
            assert told


@given(measured(), CAUSES)
def test_a_claim_of_which_hardly_anything_was_looked_for_is_not_consistent(
    evidence: Pieces, claim: sk.Cause
) -> None:
    check = checked(evidence, claim)
    answered = [one for one in check.predictions if one.seen is not sk.Seen.MISSING]
    enough = len(answered) >= max(2, len(check.predictions) / 4)
    seen = any(one.seen is sk.Seen.SEEN for one in answered)
    if check.status is sk.ClaimStatus.CONSISTENT and claim is not sk.Cause.UNKNOWN_TECHNICAL:
        assert enough
        assert seen
        assert "does not mean that it is true" in check.reasons[-1]
    if (
        check.status is sk.ClaimStatus.UNTESTABLE
        and check.reasons[-1] != "no evidence at hand bears on this cause"
    ):
        assert not (enough and seen)


@given(measured(most=4), st.lists(context_events(), max_size=5), st.randoms(use_true_random=False))
def test_what_parties_claim_is_checked_in_a_fixed_order_and_changes_nothing(
    evidence: Pieces, events: list[sk.ContextEvent], chance: Random
) -> None:
    one = attributed(evidence)
    found = party_claims(one, events)
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert party_claims(one, shuffled) == found
    assert one == attributed(evidence)
    assert sorted(id(claim.statement) for claim in found) == sorted(
        id(event) for event in events if event.claims is not None
    )
    keys = [(claim.statement.window, claim.statement.source, claim.statement.text) for claim in found]
    assert keys == sorted(keys)
    for claim in found:
        assert claim.statement.claims is not None
        assert claim.check == sk.check_claim(one, claim.statement.claims)
