"""The carried scenario against the recorded timeline: nothing is left out, nothing is changed."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shutdownkit.demo import belarus_2020
from shutdownkit.demo.scenario import Precision, TimelineLine

pytestmark = pytest.mark.recorded

PRECISIONS = {
    "second": Precision.SECOND,
    "minute": Precision.MINUTE,
    "hour": Precision.HOUR,
    "day": Precision.DAY,
    "day?": Precision.DAY,
    "approx": Precision.APPROXIMATE,
}


def moment(text: str) -> datetime | None:
    if not text:
        return None
    if text.endswith("T"):
        text += "00:00:00Z"
    return datetime.fromisoformat(text).astimezone(UTC)


def rows(recorded: Path) -> list[dict[str, str]]:
    path = recorded / "incidents" / "belarus-2020-timeline.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


Times = tuple[datetime | None, datetime | None, Precision]


def times(line: TimelineLine) -> Times:
    return line.start, line.end, line.precision


def published(row: dict[str, str]) -> Times:
    return moment(row["start_utc"]), moment(row["end_utc"]), PRECISIONS[row["precision"]]


def test_every_recorded_row_is_a_line_with_its_times_precision_and_confidence(recorded: Path) -> None:
    scenario = belarus_2020().scenario
    lines = {times(line): line for line in scenario.lines}
    assert len(lines) == len(scenario.lines)
    found = rows(recorded)
    assert len(found) >= 20
    for row in found:
        assert published(row) in lines, f"no line for {row['start_utc']}: {row['what']}"
        line = lines[published(row)]
        assert line.confidence.value == row["confidence"].split()[0]
        # Shown, or with the reason why not; the scenario itself refuses neither and both.
        assert (line in scenario.shown) != bool(line.not_modelled)


def test_the_signals_show_nothing_that_is_not_recorded_but_for_the_probes(recorded: Path) -> None:
    """RIPE Labs' count of probes is in another table than the timeline."""
    known = {published(row) for row in rows(recorded)}
    shown = belarus_2020().scenario.shown
    assert {line.id for line in shown if times(line) not in known} == {"probes"}
