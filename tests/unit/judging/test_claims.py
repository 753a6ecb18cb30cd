"""Whether a claimed cause fits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import shutdownkit as sk

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
    facts,
    incident,
    world,
)

NIGHT = at("2021-02-14T18:30")  # 01:00 in Myanmar


def night(
    begin: datetime = NIGHT,
    hours: float = 8,
    *,
    depth: float = 0.9,
    kinds: tuple[str, ...] = (BGP, PROBING, TELESCOPE),
    fall: timedelta = timedelta(0),
    rise: timedelta = timedelta(0),
    entity: str = "MM",
    lag: timedelta = timedelta(0),
) -> sk.Episode:
    """A cut at a stroke; ``lag`` is how long after the first kind the others fell."""
    end = begin + timedelta(hours=hours)
    return episode(
        *(
            event(kind, begin + (lag if k else timedelta(0)), end, depth, entity=entity, fall=fall, rise=rise)
            for k, kind in enumerate(kinds)
        )
    )


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
    assert check.reasons[0].startswith("does not fit attack against deliberate (-3.0, recurrence.whole-days)")


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
    one = facts(night(kinds=(PROBING,)))
    attribution = sk.attribute(one.episode)
    common = sk.check_claim(attribution, sk.Cause.UNKNOWN_TECHNICAL)
    rare = sk.check_claim(attribution, sk.Cause.ATTACK)
    assert sk.RULES.prior[sk.Cause.UNKNOWN_TECHNICAL] > 3 * sk.RULES.prior[sk.Cause.ATTACK]
    assert common.status is rare.status
    assert common.weight == pytest.approx(rare.weight, abs=0.5)


def test_discarded_evidence_is_no_reason() -> None:
    causes = sk.CauseWeights({sk.Cause.ATTACK: 2.5})
    claim = sk.Evidence(
        "context.reported-cause", sk.Stance.DISCARDED, 0.0, "So they say.", "A minister.", causes
    )
    attribution = sk.Attribution(sk.RULES.prior, (claim,), "2026.3")
    assert sk.check_claim(attribution, sk.Cause.ATTACK).status is sk.ClaimStatus.UNTESTABLE


@pytest.mark.parametrize(
    ("moved", "status"), [(0.29, sk.ClaimStatus.UNTESTABLE), (0.3, sk.ClaimStatus.CONSISTENT)]
)
def test_evidence_that_hardly_moves_a_claim_does_not_bear_on_it(moved: float, status: sk.ClaimStatus) -> None:
    causes = sk.CauseWeights({sk.Cause.ATTACK: moved})
    faint = sk.Evidence("acme.faint", sk.Stance.AGAINST, -0.01, "Seen.", "A source.", causes)
    attribution = sk.Attribution(sk.RULES.prior, (faint,), "2026.3")
    assert sk.check_claim(attribution, sk.Cause.ATTACK).status is status


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(sk.InvalidValueError, match="claim"):
        sk.check_claim(night(), "attack")  # type: ignore[arg-type]
    with pytest.raises(sk.InvalidValueError, match="verdict_or_episode"):
        sk.check_claim("BY", sk.Cause.ATTACK)  # type: ignore[arg-type]
