"""Uganda, January 2026: the silence before the election and the block after it.

OONI's analysis of twitter.com on AS20294 alone.  OONI's own detector reports two changepoints on these
rows, 18 January 19:00 and 25 January 01:00 UTC, and nothing of the silence.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import shutdownkit as sk

from .ooni_rows import uganda_tests

pytestmark = pytest.mark.recorded

UGANDA = sk.Entity.parse("UG")
MTN = sk.Entity.parse("AS20294")
HOUR = timedelta(hours=1)


def time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def report(recorded: Path) -> sk.Report:
    tests = uganda_tests(recorded / "ooni" / "uganda-2026" / "ug-analysis.csv")
    return sk.classify((), entity=UGANDA, tests=[sk.ServiceTests(tests, sk.Provenance("ooni", "not stated"))])


def test_the_silence_and_the_block_are_found_and_nothing_else(report: sk.Report) -> None:
    print(report)
    silence, block = report.episodes
    assert silence.episode.window == sk.TimeWindow(time("2026-01-13T15:53:55"), time("2026-01-17T22:10:34"))
    assert silence.verdict.condition is sk.Condition.INSUFFICIENT_DATA
    assert silence.verdict.p_deliberate < 0.5
    assert block.verdict.condition is sk.Condition.BLOCKING
    assert block.episode.onset.date().isoformat() in {"2026-01-17", "2026-01-18"}
    assert block.episode.end is not None
    assert block.episode.end.date().isoformat() in {"2026-01-23", "2026-01-24"}
    assert block.verdict.mechanism is sk.Mechanism.FILTERING
    assert block.blocking is not None
    (one,) = block.blocking.blocks
    assert one.service == "x"
    assert one.networks == (MTN,)
    assert one.how[0] is sk.Layer.TCP
    # one network and one service: how much that says is said
    missing = {one.rule for one in block.verdict.evidence if one.stance is sk.Stance.MISSING}
    assert {"blocking.networks", "blocking.chosen"} <= missing


def test_the_pauses_of_the_volunteers_are_no_shutdown(report: sk.Report) -> None:
    """Five days in January and eight in December without a test, and nothing blocked beside them."""
    for gap in (
        sk.TimeWindow(time("2026-01-05T12:00:00"), time("2026-01-11T00:00:00")),
        sk.TimeWindow(time("2025-12-22T12:00:00"), time("2025-12-30T00:00:00")),
    ):
        assert not any(one.episode.window.overlaps(gap) for one in report.episodes)


def test_it_is_found_before_oonis_detector_finds_it(report: sk.Report) -> None:
    """What OONI's detector fires on is the block; ours dates it by the first test that failed."""
    print("OONI's detector: 2026-01-18 19:00 blocked, 2026-01-25 01:00 unblocked")
    (block,) = (one for one in report.episodes if one.blocking is not None)
    print(f"ours:            {block.episode.onset} blocked, {block.episode.end} unblocked")
    assert block.episode.onset < time("2026-01-18T19:00:00")
    assert block.episode.end is not None
    assert block.episode.end < time("2026-01-25T01:00:00")
