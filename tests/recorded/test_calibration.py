"""What the rules make of the curated incidents that their weights were fitted to: in sample.

``pytest tests/recorded/test_calibration.py -rP`` prints the tables.  Scores of countries and times that the
weights were not fitted to: ``python bench/attribution.py``.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import shutdownkit as sk
from shutdownkit.evaluating.cases import cases_of
from shutdownkit.evaluating.evaluation import Evaluation, Scores, Unit
from shutdownkit.evaluating.scores import evaluate
from shutdownkit.files.incidents import Incident, IncidentWarning, read_labelled_incidents
from shutdownkit.judging.attribute import attribution_of

pytestmark = pytest.mark.recorded


@pytest.fixture(scope="module")
def incidents(recorded: Path) -> tuple[Incident, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IncidentWarning)  # the list's known flaws
        return read_labelled_incidents(recorded / "incidents" / "ioda-curated.csv")


@pytest.fixture(scope="module")
def evaluation(incidents: tuple[Incident, ...]) -> Evaluation:
    return evaluate(incidents)


def scores(evaluation: Evaluation, knowledge: sk.Knowledge, unit: Unit) -> Scores:
    (found,) = [one for one in evaluation.scores if (one.knowledge, one.unit) == (knowledge, unit)]
    return found


@pytest.mark.parametrize("knowledge", sk.Knowledge)
def test_deliberate_at_08_is_hardly_ever_wrong(evaluation: Evaluation, knowledge: sk.Knowledge) -> None:
    found = scores(evaluation, knowledge, Unit.EVENT)
    assert (found.n, found.shutdowns) == (506, 111)
    _, likely = found.at
    print(knowledge.value, "at 0.8: precision", likely.precision, "recall", likely.recall)
    assert likely.precision is not None
    assert likely.precision >= 0.95
    assert likely.false_positive_rate is not None
    assert likely.false_positive_rate < 0.01


@pytest.mark.parametrize("knowledge", sk.Knowledge)
def test_probabilities_are_about_as_often_right_as_they_say(
    evaluation: Evaluation, knowledge: sk.Knowledge
) -> None:
    found = scores(evaluation, knowledge, Unit.EVENT)
    assert found.calibration_error is not None
    print(knowledge.value, "calibration error", round(found.calibration_error, 3))
    for one in found.reliability:
        if one.n and one.said is not None and one.interval is not None:
            low, high = one.interval
            print(f"  {one.low} to {one.high}: {one.n}, said {one.said:.2f}, were {one.were:.2f}")
            assert low - 0.05 <= one.said <= high + 0.05
    assert found.calibration_error < 0.05


def test_more_knowledge_tells_more(evaluation: Evaluation) -> None:
    areas = [scores(evaluation, stage, Unit.FIRST).auc for stage in sk.Knowledge]
    print("first in burst, area under the curve:", [round(area or 0.0, 3) for area in areas])
    assert None not in areas
    assert areas == sorted(areas, key=lambda area: area or 0.0)


def test_the_first_of_a_burst_is_never_called_deliberate_before_hindsight(
    incidents: tuple[Incident, ...],
) -> None:
    countries = [one for one in incidents if one.episode.entity.kind is sk.EntityKind.COUNTRY]
    first = [case for case in cases_of(countries) if case.is_first]
    assert len(first) == 340
    for case in first:
        for stage in (sk.Knowledge.ONSET, sk.Knowledge.END):
            told = attribution_of(case.facts[stage], sk.RULES)
            assert told.intent is not sk.Intent.DELIBERATE
            assert told.p_deliberate < 0.8
