"""Uganda, January 2026: one silence at the edge of the blocking, and pauses that are none.

``pytest tests/recorded/test_silences_recorded.py -rP`` prints it.
"""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import shutdownkit as sk
from shutdownkit.judging.blocking.silences import find_silences
from shutdownkit.model.service_tests import Outcome, ServiceTest

pytestmark = pytest.mark.recorded


def uploads(recorded: Path) -> list[ServiceTest]:
    """When tests of twitter.com were made on AS20294; what came of them does not matter here."""
    with (recorded / "ooni" / "uganda-2026" / "ug-analysis.csv").open(newline="") as file:
        return [
            ServiceTest(
                time=datetime.fromisoformat(row["measurement_start_time"]).replace(tzinfo=UTC),
                subject=f"domain:{row['domain']}",
                outcome=Outcome.UNKNOWN,
                network=sk.Entity.parse(f"AS{row['probe_asn']}"),
            )
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize(
    "since", ["2026-01-17T22:10:34Z", "2026-01-18T00:00:00Z", "2026-01-18T19:00:00Z"], ids=str
)
def test_the_blackout_of_uganda_and_no_other_gap(recorded: Path, since: str) -> None:
    """The blocking found anywhere between its first failed test and where OONI's detector found it."""
    tests = uploads(recorded)
    assert len(tests) == 470
    (one,) = find_silences(tests, [sk.TimeWindow(since, "2026-01-23T23:00:00Z")])
    sys.stdout.write(f"{one.text}\n")
    assert one.window.start == datetime(2026, 1, 13, 15, 53, 55, tzinfo=UTC)
    assert one.window.end == datetime(2026, 1, 17, 22, 10, 34, tzinfo=UTC)
    assert one.before == 39
    assert one.networks == (sk.Entity.parse("AS20294"),)


def test_the_pauses_of_uganda_are_none_though_one_is_as_improbable(recorded: Path) -> None:
    """Asked with a blocking at the edge of each: what tells them from the blackout is that there was none."""
    tests = uploads(recorded)
    assert find_silences(tests, []) == ()
    december = sk.TimeWindow("2025-12-22T15:00:00Z", "2025-12-31T00:00:00Z")
    assert find_silences(tests, [december]) == ()  # two hours heard before: no rate to speak of
    (pause,) = find_silences(tests, [sk.TimeWindow("2026-01-11T06:00:00Z", "2026-01-11T09:00:00Z")])
    assert pause.window.start == datetime(2026, 1, 5, 20, 59, 24, tzinfo=UTC)
