"""Shutdowns that hide from some instrument, or were the first of their kind, and must be seen as they are."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk

from ...hard_case import HardCase, Look, judged, looks_at
from ...hard_cases import HARD_CASES, POSITIVES
from ...hard_worlds import BGP, DAY, HOUR, MINUTE, PROBING, V6, Dip, Place, at, repeated

SEEDS = range(1, 5)


@cache
def told(case: HardCase, as_of: datetime | None, seed: int = 0) -> sk.Report:
    return case.world(seed).report(as_of=as_of)


def verdicts(case: HardCase, stage: str, seed: int = 0) -> list[tuple[Look, sk.EpisodeVerdict | None]]:
    """What was said of each loss at a stage."""
    return [
        (look, judged(told(case, look.as_of, seed), look.spell))
        for look in looks_at(case.spells)
        if look.stage == stage
    ]


def rules_for(verdict: sk.Verdict) -> set[str]:
    return {one.rule for one in verdict.evidence if one.stance is sk.Stance.FOR}


@pytest.mark.parametrize("case", POSITIVES, ids=str)
def test_a_hard_positive_is_likelier_deliberate_than_not_in_hindsight(case: HardCase) -> None:
    for look, one in verdicts(case, "hindsight"):
        assert one is not None
        assert one.verdict.p_deliberate >= 0.5, look.spell
        assert one.verdict.intent in {sk.Intent.DELIBERATE, sk.Intent.UNDETERMINED}, look.spell
        assert one.verdict.condition in case.conditions
        assert one.verdict.attribution.most_probable is sk.Cause.DELIBERATE


@pytest.mark.parametrize("case", [case for case in POSITIVES if case.mechanism], ids=str)
def test_how_it_was_done_is_seen(case: HardCase) -> None:
    for _, one in verdicts(case, "hindsight"):
        assert one is not None
        assert one.verdict.mechanism is case.mechanism


@pytest.mark.parametrize("case", POSITIVES, ids=str)
@pytest.mark.parametrize("stage", ["onset", "end", "hindsight"])
def test_a_hard_positive_is_at_no_time_called_a_fault(case: HardCase, stage: str) -> None:
    """Neither of the network nor of an instrument: "undetermined" may be said, and is at first."""
    said = [
        (f"{look.spell.start:%d %H:%M}", one.verdict.intent.value, round(one.verdict.p_deliberate, 3))
        for look, one in verdicts(case, stage)
        if one is not None and one.verdict.intent in {sk.Intent.SPONTANEOUS, sk.Intent.ARTEFACT}
    ]
    assert said == []


@pytest.mark.parametrize("case", [case for case in POSITIVES if len(case.spells) > 1], ids=str)
def test_of_a_series_all_is_said_from_the_third_on(case: HardCase) -> None:
    """Of the first alone it cannot be said."""
    ends = [one for _, one in verdicts(case, "end")]
    first, last = ends[0], ends[-1]
    assert first is not None
    assert last is not None
    assert first.verdict.intent is sk.Intent.UNDETERMINED
    assert last.verdict.intent is sk.Intent.DELIBERATE
    for _, one in verdicts(case, "hindsight"):
        assert one is not None
        assert one.verdict.intent is sk.Intent.DELIBERATE
        assert "recurrence.whole-days" in rules_for(one.verdict)


@pytest.mark.parametrize("case", POSITIVES, ids=str)
def test_noise_changes_no_verdict_on_a_hard_positive(case: HardCase) -> None:
    usual = [brief(one) for _, one in verdicts(case, "hindsight")]
    assert None not in usual
    for seed in SEEDS:
        assert [brief(one) for _, one in verdicts(case, "hindsight", seed)] == usual


def brief(one: sk.EpisodeVerdict | None) -> tuple[sk.Condition, bool, bool, sk.Mechanism] | None:
    if one is None:
        return None
    p = one.verdict.p_deliberate
    return one.verdict.condition, p >= 0.5, p < 0.2, one.verdict.mechanism


@pytest.mark.parametrize("name", ["Iran January 2026 (stealth)", "Iran June 2025 (stealth)"])
def test_a_stealth_cut_shows_in_what_went_first_and_in_what_stayed(name: str) -> None:
    case = next(case for case in POSITIVES if case.name == name)
    ((_, one),) = verdicts(case, "hindsight")
    assert one is not None
    rules = rules_for(one.verdict)
    assert "planes.ipv6-first" in rules
    assert ("staging.quic-first" in rules) is ("2026" in name)  # published of 2026 alone
    assert "planes.routes-up" in rules


@pytest.mark.parametrize(
    "case", [case for case in POSITIVES if case.mechanism is sk.Mechanism.MOBILE_ONLY], ids=str
)
def test_a_mobile_cut_is_seen_by_traffic_alone(case: HardCase) -> None:
    ((_, one),) = verdicts(case, "hindsight")
    assert one is not None
    assert one.episode.planes == {sk.Plane.TRAFFIC}
    assert one.verdict.intent is sk.Intent.UNDETERMINED  # one witness is too few to say more
    assert any("no independent witness" in reason for reason in one.verdict.attribution.undecided)


# The worlds themselves


def test_every_case_says_what_is_published_and_what_is_not() -> None:
    names = [case.name for case in HARD_CASES]
    assert len(set(names)) == len(names)
    for case in HARD_CASES:
        assert all((case.what, case.published, case.made_up, case.source))
        assert list(case.spells) == sorted(case.spells)


TWENTIETHS = st.integers(0, 20).map(lambda parts: parts / 20)


@given(
    depth=st.floats(0.0, 1.0),
    hours=st.integers(1, 30),
    fall=TWENTIETHS,
    rise=TWENTIETHS,
)
def test_a_dip_loses_no_more_than_its_depth_and_nothing_outside(
    depth: float, hours: int, fall: float, rise: float
) -> None:
    begin, length = at("2023-05-02"), hours * HOUR
    dip = Dip(begin, begin + length, depth, fall * length, rise * length)
    minutes = np.arange(4 * 24 * 60, dtype=np.float64)
    times = np.asarray((begin - DAY).timestamp() + 60.0 * minutes, dtype=np.float64)
    lost = dip.share(times)
    inside = (times >= dip.begin.timestamp()) & (times < dip.end.timestamp())
    assert np.all(lost[~inside] == 0)
    assert np.all((lost >= 0) & (lost <= depth))
    if fall + rise <= 1:
        for end, takes in ((begin.timestamp(), fall), ((begin + length).timestamp(), -rise)):
            halfway = np.array([end + takes * length.total_seconds() / 2])
            if takes:
                assert dip.share(halfway) == pytest.approx(depth / 2, abs=1e-6)
    if not fall + rise:
        assert np.all(lost[inside] == depth)


@given(seed=st.integers(0, 2**16), depth=st.floats(0.2, 1.0))
def test_a_place_loses_what_is_published_and_is_the_same_for_the_same_seed(seed: int, depth: float) -> None:
    window = sk.TimeWindow(at("2023-05-01"), at("2023-05-05"))
    dips = repeated(Dip(at("2023-05-03T06:00"), at("2023-05-03T18:00"), depth), 1)
    place = Place("BY", {BGP: dips, PROBING: dips, V6: []})
    signals = place.signals(window, seed)
    assert signals == place.signals(window, seed)
    for signal in signals:
        assert signal.series.window == window
        hours = np.arange(len(signal.series)) * (signal.series.step / HOUR)
        same = (hours % 24 >= 7) & (hours % 24 < 17)
        before = np.median(signal.series.values[same & (hours < 48)])
        during = np.median(signal.series.values[same & (hours >= 48) & (hours < 72)])
        lost = 0.0 if signal.kind.name == V6 else depth
        assert abs((1 - during / before) - lost) < 0.02


@given(
    starts=st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True),
    hours=st.integers(1, 5),
)
def test_every_loss_is_looked_at_in_hindsight_and_none_before_it_began(starts: list[int], hours: int) -> None:
    spells = [
        sk.TimeWindow(at("2023-05-01") + k * DAY, at("2023-05-01") + k * DAY + hours * HOUR)
        for k in sorted(starts)
    ]
    looks = looks_at(spells)
    assert [look.spell for look in looks if look.as_of is None] == spells
    for look in looks:
        assert (look.stage == "hindsight") is (look.as_of is None)
        if look.as_of is not None:
            assert (look.spell.start < look.as_of < look.spell.end) is (look.stage == "onset")
            assert look.as_of > look.spell.start
    for stage in ("onset", "end"):
        seen = [look.spell for look in looks if look.stage == stage]
        assert {spells[0], spells[-1]} <= set(seen)
        assert len(seen) == min(3, len(spells))


def test_of_several_episodes_the_one_that_covers_most_of_a_loss_is_judged() -> None:
    case = next(case for case in POSITIVES if len(case.spells) > 1)
    report = told(case, None)
    for spell in case.spells:
        wide = sk.TimeWindow(
            spell.start - DAY + 2 * HOUR, spell.end
        )  # two hours and more of the night before
        one = judged(report, wide)
        assert one is not None
        assert abs(one.episode.onset - spell.start) <= 10 * MINUTE
    assert judged(report, sk.TimeWindow(case.spells[0].start - DAY, case.spells[0].start - 20 * HOUR)) is None


def test_another_seed_is_another_noise() -> None:
    window = sk.TimeWindow(at("2023-05-01"), at("2023-05-01") + 600 * MINUTE)
    place = Place("BY", {PROBING: []})
    one, other = (place.signals(window, seed)[0].series.values for seed in (1, 2))
    assert not np.array_equal(one, other)
