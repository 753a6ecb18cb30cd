"""Whether a claimed cause fits."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import shutdownkit as sk
from shutdownkit.judging.claiming.table import EXPECTATIONS, expectations_of_table
from shutdownkit.judging.claims import party_claims

from .builders import (
    BGP,
    DAY,
    HOUR,
    MINUTE,
    PROBING,
    TELESCOPE,
    at,
    episode,
    event,
    incident,
    world,
)

NIGHT = at("2021-02-14T18:30")  # 01:00 in Myanmar


# --- claims


def myanmar_night() -> sk.Verdict:
    nights = [(NIGHT + day * DAY, NIGHT + day * DAY + 8 * HOUR, 0.9) for day in range(3)]
    signals = world(
        {BGP: nights, PROBING: nights, TELESCOPE: nights},
        start=NIGHT - 10 * DAY - 30 * MINUTE,
        days=14,
        entity="MM",
    )
    return sk.classify(signals).episodes[-1].verdict


def venezuelan_power_cut() -> sk.Episode:
    """Probing falls over an hour and a half and comes back over a day; the routes stay."""
    begin = at("2019-07-22T20:41")
    lost = event(
        PROBING,
        begin,
        begin + 33 * HOUR,
        0.6,
        entity="VE",
        step=10 * MINUTE,
        fall=80 * MINUTE,
        rise=24 * HOUR,
    )
    return episode(lost)


def test_an_attack_does_not_explain_a_night_in_myanmar() -> None:
    check = sk.check_claim(myanmar_night(), sk.Cause.ATTACK)
    assert check.status is sk.ClaimStatus.INCONSISTENT
    assert check.claim is sk.Cause.ATTACK
    assert check.weight <= -2.0
    assert check.reasons[0].startswith("does not fit attack against deliberate (-")
    assert any("recurrence.whole-days): Others began a whole number of days" in one for one in check.reasons)


@pytest.mark.parametrize("cause", [sk.Cause.POWER, sk.Cause.CABLE, sk.Cause.UNKNOWN_TECHNICAL])
def test_nor_does_a_technical_failure(cause: sk.Cause) -> None:
    assert sk.check_claim(myanmar_night(), cause).status is sk.ClaimStatus.INCONSISTENT


def test_an_order_explains_a_night_in_myanmar() -> None:
    check = sk.check_claim(myanmar_night().attribution, sk.Cause.DELIBERATE)
    assert check.status is sk.ClaimStatus.CONSISTENT
    assert check.weight > 2.0


def test_a_failing_grid_explains_venezuela_and_an_order_does_not() -> None:
    one = venezuelan_power_cut()
    assert sk.check_claim(one, sk.Cause.POWER).status is sk.ClaimStatus.CONSISTENT
    assert sk.check_claim(one, sk.Cause.DELIBERATE).status is sk.ClaimStatus.INCONSISTENT
    attribution = sk.attribute(one)
    assert sk.check_claim(attribution, sk.Cause.POWER) == sk.check_claim(one, sk.Cause.POWER)


@pytest.mark.parametrize("cause", list(sk.Cause))
def test_without_events_no_claim_can_be_tested(cause: sk.Cause) -> None:
    check = sk.check_claim(incident(NIGHT, NIGHT + 8 * HOUR), cause)
    assert check.status is sk.ClaimStatus.UNTESTABLE
    assert check.weight == 0.0
    assert check.reasons == ("no evidence at hand bears on this cause",)


def test_how_common_a_cause_is_does_not_matter() -> None:
    """Two causes of which the evidence says the same fit equally well, the rarer one too."""
    causes = {sk.Cause.DELIBERATE: -1.0, sk.Cause.CABLE: 0.5, sk.Cause.EQUIPMENT: 0.5}
    attribution = made(("timing.local-hour", causes), ("planes.partial", causes))
    common, rare = (sk.check_claim(attribution, one) for one in (sk.Cause.CABLE, sk.Cause.EQUIPMENT))
    assert sk.RULES.prior[sk.Cause.CABLE] > 2 * sk.RULES.prior[sk.Cause.EQUIPMENT]
    assert common.status is rare.status is sk.ClaimStatus.CONSISTENT
    assert common.weight == rare.weight == 0.0


def test_discarded_evidence_is_no_reason() -> None:
    causes = sk.CauseWeights({sk.Cause.ATTACK: 2.5})
    claim = sk.Evidence(
        "context.reported-cause", sk.Stance.DISCARDED, 0.0, "So they say.", "A minister.", causes
    )
    attribution = sk.Attribution(sk.RULES.prior, (claim,), "2026.5")
    assert sk.check_claim(attribution, sk.Cause.ATTACK).status is sk.ClaimStatus.UNTESTABLE


@pytest.mark.parametrize(
    ("moved", "status", "seen"),
    [
        (0.29, sk.ClaimStatus.UNTESTABLE, sk.Seen.MISSING),
        (0.3, sk.ClaimStatus.CONSISTENT, sk.Seen.SEEN),
    ],
)
def test_evidence_that_hardly_moves_a_claim_does_not_bear_on_it(
    moved: float, status: sk.ClaimStatus, seen: sk.Seen
) -> None:
    causes = {sk.Cause.ATTACK: moved}
    attribution = made(("shape.pulses", causes), ("networks.one", causes))
    check = sk.check_claim(attribution, sk.Cause.ATTACK)
    assert check.status is status
    assert [one.seen for one in check.predictions[1:3]] == [seen, seen]
    assert (check.reasons == ("no evidence at hand bears on this cause",)) == (moved < 0.3)


def made(*found: tuple[str, Mapping[sk.Cause, float]]) -> sk.Attribution:
    """What is judged from these rules' evidence, each with its weights."""
    evidence = tuple(
        sk.Evidence(rule, sk.Stance.FOR, 0.1, f"{rule} saw it.", "A source.", sk.CauseWeights(causes))
        for rule, causes in found
    )
    return sk.Attribution(sk.RULES.prior, evidence, "2026.5")


def prediction(check: sk.ClaimCheck, begins: str) -> sk.Prediction:
    """The one prediction that begins so."""
    (one,) = [one for one in check.predictions if one.text.startswith(begins)]
    return one


def test_one_prediction_of_many_is_not_enough() -> None:
    """A congested link alone does not make "an attack" consistent; a second thing does."""
    congested = ("quality.delay-first", {sk.Cause.ATTACK: 1.5})
    off_the_clock = ("timing.local-hour", {sk.Cause.DELIBERATE: -1.0})
    check = sk.check_claim(made(congested), sk.Cause.ATTACK)
    assert check.status is sk.ClaimStatus.UNTESTABLE
    assert check.weight == 1.5
    assert check.reasons[0].startswith("fits attack against deliberate (+1.5, quality.delay-first)")
    assert "seen: 1, not seen: 0, not known: 6" in check.reasons[-1]
    assert sk.check_claim(made(congested, off_the_clock), sk.Cause.ATTACK).status is sk.ClaimStatus.CONSISTENT


def test_of_what_was_looked_for_something_must_have_been_seen() -> None:
    against = {sk.Cause.DELIBERATE: 0.6}
    attribution = made(("timing.local-hour", against), ("services.blocked-around", against))
    check = sk.check_claim(attribution, sk.Cause.POWER)
    assert check.weight == -1.2
    assert check.status is sk.ClaimStatus.UNTESTABLE
    assert "too little refutes it" in check.reasons[-1]


def test_silence_is_not_a_thing_not_seen() -> None:
    """The rules found nothing, and so nobody knows; and a rule says what was missing."""
    check = sk.check_claim(venezuelan_power_cut(), sk.Cause.POWER)
    together = prediction(check, "It takes all networks")
    assert together.seen is sk.Seen.MISSING
    assert together.because == "Too few of the country's networks were measured one by one."
    returns = prediction(check, "It does not return")
    assert returns.seen is sk.Seen.MISSING
    assert "No other episode is known" in returns.because
    slow = prediction(check, "It comes back piece by piece")
    assert (slow.seen, slow.weight > 1) == (sk.Seen.SEEN, True)
    assert "came back over 24.0 hours" in slow.because


def test_a_failure_is_tested_as_the_fault_that_fits_best() -> None:
    check = sk.check_claim(venezuelan_power_cut(), sk.Cause.UNKNOWN_TECHNICAL)
    assert check.status is sk.ClaimStatus.CONSISTENT
    assert check.reasons[0] == "of all faults, power fits best"
    assert "by itself power" in check.reasons[-1]
    assert "would fit" in check.reasons[-1]
    assert check.weight > sk.check_claim(venezuelan_power_cut(), sk.Cause.POWER).weight


def test_a_failure_does_not_explain_a_night_in_myanmar_and_says_how_badly() -> None:
    check = sk.check_claim(myanmar_night(), sk.Cause.UNKNOWN_TECHNICAL)
    assert check.status is sk.ClaimStatus.INCONSISTENT
    assert check.reasons[0].startswith("of all faults, ")
    assert "times likelier under deliberate than under" in check.reasons[-1]
    assert prediction(check, "It has no regard for the clock").seen is sk.Seen.NOT_SEEN
    assert prediction(check, "It does not return at the same hour").seen is sk.Seen.NOT_SEEN


def test_rules_of_one_family_are_capped_and_the_reasons_say_so() -> None:
    """Five rules that look at one thing are not five witnesses."""
    often = [(f"recurrence.rule{k}", {sk.Cause.DELIBERATE: 1.5}) for k in range(5)]
    check = sk.check_claim(made(*often), sk.Cause.POWER)
    assert check.weight == -4.0
    assert any("all that recurrence.* says counts -4.0 instead of -7.5" in one for one in check.reasons)
    other = ("timing.local-hour", {sk.Cause.DELIBERATE: 1.5})
    assert sk.check_claim(made(*often, other), sk.Cause.POWER).weight == -5.5


def test_many_small_pieces_refute_together_and_are_all_named() -> None:
    small = [(f"family{k}.rule", {sk.Cause.DELIBERATE: 0.25}) for k in range(8)]
    check = sk.check_claim(made(*small), sk.Cause.ATTACK)
    assert check.status is sk.ClaimStatus.INCONSISTENT
    assert sum("does not fit attack against deliberate (-0.2" in one for one in check.reasons) == 8


def test_each_sort_of_act_has_its_own_predictions() -> None:
    """Of blocked sites "they did it" predicts nothing of planes, and of a cut nothing of block pages."""
    services = made(
        ("services.block-pages", {sk.Cause.DELIBERATE: 3.0}),
        ("services.selective", {sk.Cause.DELIBERATE: 1.0}),
    )
    blocked = sk.check_claim(services, sk.Cause.DELIBERATE)
    assert blocked.status is sk.ClaimStatus.CONSISTENT
    assert [one.seen for one in blocked.predictions] == [sk.Seen.SEEN, sk.Seen.MISSING, sk.Seen.SEEN]
    cut = sk.check_claim(myanmar_night(), sk.Cause.DELIBERATE)
    assert not any("block" in one.because for one in cut.predictions if one.seen is sk.Seen.SEEN)
    assert not {one.text for one in blocked.predictions} & {one.text for one in cut.predictions}


@pytest.mark.parametrize(
    "cause", [one for one in sk.Cause if one not in {sk.Cause.DELIBERATE, sk.Cause.ATTACK}]
)
def test_an_instrument_that_fails_makes_no_cause_consistent(cause: sk.Cause) -> None:
    failing = made(("instrument.fault", {sk.Cause.DELIBERATE: -4.0, sk.Cause.EQUIPMENT: 0.5}))
    assert sk.check_claim(failing, cause).status is sk.ClaimStatus.UNTESTABLE
    assert sk.check_claim(failing, sk.Cause.DELIBERATE).status is sk.ClaimStatus.INCONSISTENT


# --- claims by parties


def said(source: str, claim: sk.Cause | None, *, text: str = "So they say.") -> sk.ContextEvent:
    return sk.ContextEvent(
        sk.ContextKind.STATEMENT,
        sk.Entity.parse("MM"),
        sk.TimeWindow(NIGHT, NIGHT + DAY),
        text,
        source,
        independent=False,
        claims=claim,
    )


def test_what_parties_say_is_tested_one_by_one() -> None:
    verdict = myanmar_night()
    election = sk.ContextEvent(
        sk.ContextKind.ELECTION, sk.Entity.parse("MM"), sk.TimeWindow(NIGHT, NIGHT + DAY), "Polls.", "a paper"
    )
    statements = [
        said("the operator", sk.Cause.UNKNOWN_TECHNICAL),
        said("the ministry", sk.Cause.ATTACK),
        said("the ministry", None, text="No comment."),
        election,
        said("a union", sk.Cause.DELIBERATE),
    ]
    found = party_claims(verdict.attribution, statements)
    assert [(one.statement.source, one.check.status) for one in found] == [
        ("a union", sk.ClaimStatus.CONSISTENT),
        ("the ministry", sk.ClaimStatus.INCONSISTENT),
        ("the operator", sk.ClaimStatus.INCONSISTENT),
    ]
    assert found[1].check == sk.check_claim(verdict, sk.Cause.ATTACK)


def test_what_is_no_statement_is_refused() -> None:
    with pytest.raises(sk.InvalidValueError, match="statements"):
        party_claims(myanmar_night().attribution, ["DDoS"])  # type: ignore[list-item]
    with pytest.raises(sk.InvalidValueError, match="verdict_or_episode"):
        party_claims("BY", [])  # type: ignore[arg-type]


# --- the table of predictions

ENTRY: dict[str, object] = {
    "claims": ["power"],
    "text": "It shows.",
    "rules": ["shape.rise"],
    "missing": "Nobody looked.",
    "source": "A source.",
}


def test_each_cause_predicts_a_handful_of_things_that_rules_can_answer() -> None:
    known = {rule.id for rule in sk.RULES.rules}
    for claim, predicted in EXPECTATIONS.items():
        assert 5 <= len(predicted) <= 12
        assert len({one.text for one in predicted}) == len(predicted)
        for one in predicted:
            assert any(one.is_answered_by(rule) for rule in known)
            exact = {rule for rule in one.rules if not rule.endswith(".*")}
            assert exact <= known, f"{claim.value}: {one.text} {exact - known}"


def test_a_family_of_rules_is_named_in_full() -> None:
    """``recurrence.*`` is answered by the rules of that family, not by others that begin alike."""
    for claim, predicted in EXPECTATIONS.items():
        for one in predicted:
            for family in (rule[:-1] for rule in one.rules if rule.endswith(".*")):
                assert one.is_answered_by(f"{family}odd"), claim
                for other in (f"{family[:3]}.odd", f"{family[:-1]}-kit.odd", family[:-1]):
                    assert not one.is_answered_by(other), claim


def test_predictions_of_faults_and_of_an_order_are_told_from_each_other() -> None:
    """What one finding of a rule makes of the same thing: seen for the one, not seen for the other."""
    for weight, order, fault in (
        (1.0, sk.Seen.SEEN, sk.Seen.NOT_SEEN),
        (-1.0, sk.Seen.NOT_SEEN, sk.Seen.SEEN),
    ):
        attribution = made(("timing.local-hour", {sk.Cause.DELIBERATE: weight}))
        cut = prediction(sk.check_claim(attribution, sk.Cause.DELIBERATE), "It begins and ends on")
        assert (cut.seen, cut.weight) == (order, weight)
        for cause in sk.Cause:
            if cause is not sk.Cause.DELIBERATE:
                failed = prediction(sk.check_claim(attribution, cause), "It has no regard for the clock")
                assert (failed.seen, failed.weight) == (fault, -weight)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"claims": ["rain"]}, "is no cause"),
        ({"claims": []}, "of no claim"),
        ({"rules": []}, "answered by no rule"),
        ({"apart_from": ["power"]}, "is not denied by power"),
        ({"claims": ["unknown_technical"], "apart_from": ["cable"]}, "is not denied by unknown_technical"),
        ({"of": "both ends"}, "neither connectivity nor services"),
        ({"text": " "}, "text"),
        ({"source": ""}, "source"),
        ({"weight": 2}, "is no known key"),
    ],
)
def test_a_wrong_table_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(sk.InvalidValueError, match=said):
        expectations_of_table({"prediction": [{**ENTRY, **change}]})


@pytest.mark.parametrize("key", sorted(ENTRY))
def test_a_table_that_lacks_something_is_refused(key: str) -> None:
    lacking = {name: value for name, value in ENTRY.items() if name != key}
    with pytest.raises(sk.InvalidValueError, match=f"{key}.* is missing"):
        expectations_of_table({"prediction": [lacking]})
    with pytest.raises(sk.InvalidValueError, match="predicts nothing"):
        expectations_of_table({"prediction": [ENTRY]})
    with pytest.raises(sk.InvalidValueError, match="is no table"):
        expectations_of_table({"prediction": ["It shows."]})


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(sk.InvalidValueError, match="claim"):
        sk.check_claim(incident(NIGHT, NIGHT + 8 * HOUR), "attack")  # type: ignore[arg-type]
    with pytest.raises(sk.InvalidValueError, match="verdict_or_episode"):
        sk.check_claim("BY", sk.Cause.ATTACK)  # type: ignore[arg-type]
