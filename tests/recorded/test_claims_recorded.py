"""Claims about real episodes, and about the reconstruction of Belarus 2020, tested.

Run with ``-rP`` to see what each claim predicts, and what of it was seen, was not, and is missing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import shutdownkit as sk
from shutdownkit.demo import belarus_2020
from shutdownkit.judging.claims import party_claims

from .test_iran_2019 import report_of

BELARUS = sk.Entity.parse("BY")
DAYS = sk.TimeWindow("2020-08-09", "2020-08-20")
CLAIMED = {
    "CERT of Belarus": (sk.Cause.ATTACK, "DDoS attacks from abroad on the sites of state bodies."),
    "Beltelecom": (sk.Cause.UNKNOWN_TECHNICAL, "A failure of equipment under traffic from abroad."),
}


def shown(name: str, check: sk.ClaimCheck) -> None:
    lines = [f"\n{name}: {check.claim.value} is {check.status.value} ({check.weight:+.1f})"]
    for one in check.predictions:
        lines += [f"  {one.seen.value:<8} {one.weight:+.1f}  {one.text}", f"{'':16} {one.because}"]
    lines += [f"  - {reason}" for reason in check.reasons]
    print("\n".join(lines))  # noqa: T201  # shown with -rP


@pytest.fixture(scope="module")
def belarus() -> sk.Report:
    demo = belarus_2020()
    return sk.classify(demo.signals, window=demo.window, controls=demo.controls)


@pytest.fixture(scope="module")
def iran(recorded: Path) -> sk.Verdict:
    (one,) = report_of("IR", sk.read_signals(recorded / "iran-2019" / "ioda-signals.csv")).episodes
    return one.verdict


def test_neither_an_attack_nor_a_failure_explains_belarus(belarus: sk.Report) -> None:
    statements = [
        sk.ContextEvent(
            sk.ContextKind.STATEMENT, BELARUS, DAYS, text, source, independent=False, claims=claim
        )
        for source, (claim, text) in CLAIMED.items()
    ]
    deliberate = [one for one in belarus.episodes if one.verdict.p_deliberate >= 0.8]
    assert len(deliberate) >= 4
    for one in deliberate:
        found = party_claims(one.verdict.attribution, statements)
        assert [claimed.statement.source for claimed in found] == ["Beltelecom", "CERT of Belarus"]
        for claimed in found:
            shown(f"{claimed.statement.source} of {one.episode.window}", claimed.check)
            assert claimed.check.status is sk.ClaimStatus.INCONSISTENT
        ordered = sk.check_claim(one.verdict, sk.Cause.DELIBERATE)
        shown(f"order, {one.episode.window}", ordered)
        assert ordered.status is sk.ClaimStatus.CONSISTENT


def test_on_the_third_evening_the_clock_tells_them_apart(belarus: sk.Report) -> None:
    """It began on the local hour, ended on it, and had begun at the same hour on the day before."""
    evening = sk.TimeWindow("2020-08-11T15:00Z", "2020-08-11T17:00Z")
    (third,) = [one for one in belarus.episodes if one.episode.onset in evening]
    check = sk.check_claim(third.verdict, sk.Cause.ATTACK)
    became = {one.text: one.seen for one in check.predictions}
    assert (
        became["It has no regard for the clock: it begins and ends at any local minute."] is sk.Seen.NOT_SEEN
    )
    assert sum(seen is sk.Seen.SEEN for seen in became.values()) == 0
    bursts = next(one for one in check.predictions if "short bursts" in one.text)
    assert bursts.seen is sk.Seen.NOT_SEEN  # it was one loss of hours


@pytest.mark.recorded
def test_a_technical_failure_does_not_explain_iran(iran: sk.Verdict) -> None:
    for claim in (sk.Cause.UNKNOWN_TECHNICAL, sk.Cause.ATTACK, sk.Cause.POWER, sk.Cause.DELIBERATE):
        check = sk.check_claim(iran, claim)
        shown("Iran, November 2019", check)
        wanted = sk.ClaimStatus.CONSISTENT if claim is sk.Cause.DELIBERATE else sk.ClaimStatus.INCONSISTENT
        assert check.status is wanted


@pytest.mark.recorded
def test_the_roll_out_over_irans_networks_is_no_single_operators_failure(iran: sk.Verdict) -> None:
    check = sk.check_claim(iran, sk.Cause.EQUIPMENT)
    (one,) = [one for one in check.predictions if one.text.startswith("One network goes dark")]
    assert one.seen is sk.Seen.NOT_SEEN
    assert "one after the other" in one.because
