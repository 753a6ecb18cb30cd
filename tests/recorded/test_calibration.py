"""What the built-in rules make of the curated incidents: in sample, because their figures come from there.

``pytest tests/recorded/test_calibration.py -rP`` prints the table that CHANGELOG.md cites.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from attrs import frozen

import shutdownkit as sk
from shutdownkit.judging.attribute import attribution_of
from shutdownkit.judging.facts import Facts, Surroundings

pytestmark = pytest.mark.recorded

KINDS = {
    "bgp": sk.KINDS["bgp.visible-slash24s"],
    "probing": sk.KINDS["probing.up-slash24s"],
    "telescope": sk.KINDS["telescope.unique-sources"],
}
WEEK = timedelta(days=7)


@frozen
class Judged:
    """One incident: its label, whether it is the first in a week, and the probability it was given."""

    is_shutdown: bool
    is_first: bool
    p: float


def incidents(path: Path) -> Iterator[tuple[bool, sk.Episode, tuple[sk.Signal, ...]]]:
    """National incidents as episodes whose events are the planes on which curators saw a fall."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["scope"] != "Country" or not row["end_utc"] or not row["cc"]:
                continue
            start = datetime.fromisoformat(row["start_utc"]).replace(tzinfo=UTC)
            end = datetime.fromisoformat(row["end_utc"]).replace(tzinfo=UTC)
            if end <= start:
                continue
            entity = sk.Entity.parse(row["cc"])
            window = sk.TimeWindow(start, end)
            events = tuple(
                sk.Event(kind=kind, entity=entity, window=window, depth=0.8, step=timedelta(minutes=5))
                for column, kind in KINDS.items()
                if row[column] == "True"
            )
            begin = start - timedelta(days=8)
            hours = (end - begin) // timedelta(hours=1) + 1
            signals = tuple(
                sk.Signal(kind=kind, entity=entity, series=sk.TimeSeries(begin, 3600, np.ones(hours)))
                for column, kind in KINDS.items()
                if row[column] in {"True", "False"}
            )
            yield row["label"] == "shutdown", sk.Episode(entity, window, events), signals


@pytest.fixture(scope="module")
def judged(recorded: Path) -> list[Judged]:
    """Every incident judged with the earlier ones of its country as history."""
    given = list(incidents(recorded / "incidents" / "ioda-curated.csv"))
    by_country: dict[sk.Entity, list[sk.Episode]] = defaultdict(list)
    for _, episode, _ in given:
        by_country[episode.entity].append(episode)
    found = []
    for is_shutdown, episode, signals in given:
        earlier = tuple(one for one in by_country[episode.entity] if one.onset < episode.onset)
        facts = Facts(episode, Surroundings(signals=signals, others=earlier))
        first = not any(episode.onset - one.onset <= WEEK for one in earlier)
        found.append(Judged(is_shutdown, first, attribution_of(facts, sk.RULES).p_deliberate))
    return found


def precision_and_recall(judged: list[Judged], at: float) -> tuple[float, float]:
    called = [one for one in judged if one.p >= at]
    right = sum(one.is_shutdown for one in called)
    return right / max(1, len(called)), right / sum(one.is_shutdown for one in judged)


def test_deliberate_at_08_is_right_nine_times_in_ten(judged: list[Judged]) -> None:
    for at in (0.5, 0.8):
        precision, recall = precision_and_recall(judged, at)
        print(f"{len(judged)} national incidents, p >= {at}: precision {precision:.3f}, recall {recall:.3f}")
    assert len(judged) == 489
    precision, recall = precision_and_recall(judged, 0.8)
    assert precision >= 0.9
    assert recall >= 0.6


def test_the_first_of_a_burst_is_never_called_deliberate_on_timing_alone(judged: list[Judged]) -> None:
    first = [one for one in judged if one.is_first]
    print(f"first in a week: {len(first)}, {sum(one.is_shutdown for one in first)} of them shutdowns")
    assert not [one for one in first if one.p >= 0.8]


def test_probabilities_are_about_as_often_right_as_they_say(judged: list[Judged]) -> None:
    for low, high in ((0.0, 0.1), (0.1, 0.4), (0.4, 0.7), (0.7, 0.9), (0.9, 1.0)):
        group = [one for one in judged if low <= one.p < high]
        said = float(np.mean([one.p for one in group]))
        was = float(np.mean([one.is_shutdown for one in group]))
        print(f"p {low} to {high}: {len(group)} incidents, said {said:.2f}, were {was:.2f}")
        spread = 3.0 * np.sqrt(max(said * (1 - said), 0.01) / len(group))
        assert abs(said - was) <= spread + 0.02
