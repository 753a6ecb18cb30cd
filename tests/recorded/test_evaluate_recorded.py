"""The published list of curated incidents, as it is cut into cases and scored.

The list is the one that the weights were fitted on, so its scores are in sample.
"""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shutdownkit.cli import main
from shutdownkit.evaluating.cases import Case, cases_of
from shutdownkit.evaluating.evaluation import Evaluation, Scope, Tally, Unit
from shutdownkit.evaluating.scores import evaluate
from shutdownkit.files.incidents import Incident, IncidentWarning, read_labelled_incidents
from shutdownkit.model.entity import EntityKind
from shutdownkit.model.kinds import Plane
from shutdownkit.model.knowledge import Knowledge

pytestmark = pytest.mark.recorded

WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def path(recorded: Path) -> Path:
    return recorded / "incidents" / "ioda-curated.csv"


@pytest.fixture(scope="module")
def incidents(path: Path) -> tuple[Incident, ...]:
    with pytest.warns(IncidentWarning):
        return read_labelled_incidents(path)


@pytest.fixture(scope="module")
def national(incidents: tuple[Incident, ...]) -> tuple[Case, ...]:
    return cases_of(one for one in incidents if one.episode.entity.kind is EntityKind.COUNTRY)


@pytest.fixture(scope="module")
def evaluation(incidents: tuple[Incident, ...]) -> Evaluation:
    return evaluate(incidents)


@pytest.fixture(scope="module")
def rows(path: Path) -> list[dict[str, str]]:
    """The national rows, read without this package."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["scope"] == "Country"]


def start(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["start_utc"]).replace(tzinfo=UTC)


def test_every_national_row_is_a_case(rows: list[dict[str, str]], national: tuple[Case, ...]) -> None:
    columns = {Plane.ROUTING: "bgp", Plane.PROBING: "probing", Plane.BACKGROUND: "telescope"}
    assert [case.incident.id for case in national] == [row["id"] for row in rows]
    for case, row in zip(national, rows, strict=True):
        assert case.is_shutdown is (row["label"] == "shutdown")
        assert dict(case.incident.planes) == {
            plane: row[name] == "True" for plane, name in columns.items() if row[name]
        }


def test_first_in_burst_and_episodes_counted_again(
    rows: list[dict[str, str]], evaluation: Evaluation
) -> None:
    starts: defaultdict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        starts[row["cc"]].append(start(row))
    first = [
        row
        for row in rows
        if not any(timedelta(0) < start(row) - other <= WEEK for other in starts[row["cc"]])
    ]
    bursts: dict[tuple[str, datetime], list[bool]] = defaultdict(list)
    for row in rows:
        begin = max(start(one) for one in first if one["cc"] == row["cc"] and start(one) <= start(row))
        bursts[row["cc"], begin].append(row["label"] == "shutdown")
    shutdown_bursts = sum(2 * sum(members) > len(members) for members in bursts.values())
    for stage in Knowledge:
        event, episode, burst_first = (evaluation.of(stage, unit) for unit in Unit)
        assert (event.n, event.shutdowns) == (506, 111)
        assert (burst_first.n, burst_first.shutdowns) == (340, 22)
        assert burst_first.n == len(first)
        assert burst_first.shutdowns == sum(row["label"] == "shutdown" for row in first)
        assert (episode.n, episode.shutdowns) == (len(bursts), shutdown_bursts) == (338, 23)


def test_what_is_told_of_the_list(evaluation: Evaluation) -> None:
    assert evaluation.tally == Tally(
        read=1019,
        out_of_scope=513,
        without_label=0,
        judged=506,
        shutdowns=111,
        without_end=17,
        without_planes=0,
        duplicates=2,
        entities=79,
        of_three=96,
    )


def test_strict_and_all_scopes(rows: list[dict[str, str]], incidents: tuple[Incident, ...]) -> None:
    strict = evaluate(incidents, strict=True).tally
    assert strict.judged == sum(row["label_strict"] in {"shutdown", "outage"} for row in rows) == 126
    assert strict.without_label == sum(row["label_strict"] == "unlabelled" for row in rows) == 380
    whole = evaluate(incidents, scope=Scope.ALL).tally
    assert (whole.judged, whole.out_of_scope, whole.shutdowns) == (1019, 0, 121)


def test_the_order_of_the_rows_does_not_matter(
    incidents: tuple[Incident, ...], evaluation: Evaluation
) -> None:
    shuffled = list(incidents)
    random.Random(5).shuffle(shuffled)  # noqa: S311
    assert evaluate(shuffled) == evaluation


def test_more_knowledge_ranks_better(evaluation: Evaluation) -> None:
    """In hindsight the rules tell more than at the onset, and far more than chance."""
    onset, hindsight = (
        evaluation.of(stage, Unit.EVENT).auc for stage in (Knowledge.ONSET, Knowledge.HINDSIGHT)
    )
    assert onset is not None
    assert hindsight is not None
    assert hindsight > onset > 0.5


@pytest.mark.filterwarnings("always")
def test_the_command_prints_what_the_library_says(
    path: Path, evaluation: Evaluation, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["evaluate", str(path), "--format", "json"]) == 0
    written, said = capfd.readouterr()
    found = json.loads(written)
    assert [one["brier"] for one in found["scores"]] == [one.brier for one in evaluation.scores]
    assert said.count("\n") == 1
    assert "kept without an end" in said


@pytest.mark.filterwarnings("always")
def test_the_reference_incidents_have_no_labels(recorded: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Another list, whose planes are told in words of its own."""
    path = recorded / "incidents" / "reference-incidents.csv"
    assert main.run(["evaluate", str(path)]) == 0
    written, said = capfd.readouterr()
    assert "Per event nothing can be computed: there is none." in written
    assert "kept without a plane" in said
