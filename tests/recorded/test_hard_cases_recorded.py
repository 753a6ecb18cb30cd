"""The hard cases of which measurements are recorded."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

import shutdownkit as sk

from ..hard_case import judged, looks_at
from ..hard_worlds import World, at
from .hard_recorded import RECORDED, RecordedCase

pytestmark = pytest.mark.recorded

NEGATIVES = [case for case in RECORDED if not case.is_deliberate]
IRAN = next(case for case in RECORDED if case.is_deliberate)


@cache
def world(case: RecordedCase, recorded: Path) -> World:
    return case.read(recorded)


@pytest.mark.parametrize("case", NEGATIVES, ids=str)
def test_a_recorded_fault_is_never_called_deliberate(case: RecordedCase, recorded: Path) -> None:
    for look in looks_at((case.spell,)):
        for one in world(case, recorded).report(as_of=look.as_of).episodes:
            assert one.verdict.p_deliberate < 0.5, look.stage
            assert one.verdict.intent is not sk.Intent.DELIBERATE, look.stage


@pytest.mark.parametrize("case", RECORDED, ids=str)
def test_a_recorded_case_is_seen_as_what_it_was(case: RecordedCase, recorded: Path) -> None:
    one = judged(world(case, recorded).report(), case.spell)
    assert one is not None
    assert one.verdict.condition in case.conditions
    assert case.mechanism is None or one.verdict.mechanism in case.mechanism
    assert case.cause is None or one.verdict.attribution.most_probable is case.cause


@pytest.mark.parametrize("stage", ["end", "hindsight"])
def test_iran_2019_is_deliberate_at_its_end_and_after(recorded: Path, stage: str) -> None:
    (look,) = [look for look in looks_at((IRAN.spell,)) if look.stage == stage]
    one = judged(world(IRAN, recorded).report(as_of=look.as_of), IRAN.spell)
    assert one is not None
    assert one.verdict.intent is sk.Intent.DELIBERATE
    assert one.verdict.p_measured >= 0.8


@pytest.mark.parametrize("hour", [15, 16, 17, 18, 19, 22])
def test_iran_2019_is_at_no_hour_called_a_fault(recorded: Path, hour: int) -> None:
    """Mobile networks went first, from 14:00 UTC on 16 November; hosts that answer probes at 17 to 19 h."""
    time = at("2019-11-16") + timedelta(hours=hour)
    report = world(IRAN, recorded).report(as_of=time)
    wrong = {sk.Intent.SPONTANEOUS, sk.Intent.ARTEFACT}
    assert [one.verdict.intent for one in report.episodes if one.verdict.intent in wrong] == []
