"""An evaluation as a document for programs, and as text for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.evaluating.evaluation import Evaluation, Scope, Unit
from shutdownkit.evaluating.plain import IN_SAMPLE, notes_of, plain_evaluation
from shutdownkit.evaluating.scores import evaluate
from shutdownkit.evaluating.text import evaluation_text
from shutdownkit.files.incidents import Incident
from shutdownkit.model.knowledge import Knowledge
from shutdownkit.model.verdict import Basis

from .lists import PROBE, TELESCOPE, TELESCOPE_FELL, TELESCOPE_HELD, incident, incidents
from .test_scores import report

PAGE = Path(__file__).parents[3] / "docs" / "evaluate.md"


@pytest.fixture
def evaluation() -> Evaluation:
    given_ = [
        incident(0, label="shutdown", planes=TELESCOPE_FELL),
        incident(1, label="shutdown", planes=TELESCOPE_FELL),
        incident(2, label="outage", planes=TELESCOPE_HELD, hours=None),
        incident(40, label="outage", planes=TELESCOPE_HELD, entity="LK"),
        incident(60, entity="AS6697"),
        incident(60, label="unlabelled"),
    ]
    return evaluate(given_, rules=TELESCOPE, context=[report(), report(entity="IN")])


def keys(value: object) -> set[str]:
    """The keys of a document, at every depth."""
    if isinstance(value, dict):
        return set(value) | {key for inside in value.values() for key in keys(inside)}
    return {key for inside in value for key in keys(inside)} if isinstance(value, list) else set()


def test_every_key_is_documented(evaluation: Evaluation) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert not [key for key in sorted(keys(plain_evaluation(evaluation))) if f"`{key}`" not in page]


def test_the_document_says_what_the_evaluation_says(evaluation: Evaluation) -> None:
    document = plain_evaluation(evaluation)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["ruleset"], document["scope"], document["strict"]) == ("telescope", "country", False)
    assert (document["context"], document["context_elsewhere"]) == (2, 1)
    assert document["incidents"] == {
        "read": 6,
        "out_of_scope": 1,
        "without_label": 1,
        "judged": 4,
        "shutdowns": 2,
        "without_end": 1,
        "without_planes": 0,
        "duplicates": 0,
        "entities": 2,
        "of_three": 2,
    }
    scores = document["scores"]
    assert isinstance(scores, list)
    assert len(scores) == 2 * 3 * 3
    first = scores[0]
    assert (first["basis"], first["knowledge"], first["unit"]) == ("measured", "onset", "event")
    assert (first["n"], first["shutdowns"], first["outages"], first["auc"]) == (4, 2, 2, 1.0)
    assert first["thresholds"][1] == {
        "threshold": 0.8,
        "true_positives": 2,
        "false_positives": 0,
        "false_negatives": 0,
        "true_negatives": 2,
        "precision": 1.0,
        "recall": 1.0,
        "f1": 1.0,
        "false_positive_rate": 0.0,
    }
    assert first["reliability"][3] == {
        "from": 0.2,
        "to": 0.4,
        "n": 0,
        "said": None,
        "were": None,
        "interval": None,
    }
    lowest = first["reliability"][0]
    assert (lowest["n"], lowest["were"], lowest["interval"][0]) == (2, 0.0, 0.0)
    assert document["notes"] == list(notes_of(evaluation))


def test_the_text_shows_every_score(evaluation: Evaluation) -> None:
    text = evaluation_text(evaluation)
    lines = text.splitlines()
    assert lines[0] == "4 incidents of 2 entities, 2 of them shutdowns, judged by the rules telescope"
    for basis in ("from the measurements alone", "with the context"):
        for title in (
            f"ranking and calibration, {basis}",
            f"called deliberate at 0.5 and more, {basis}",
            f"called deliberate at 0.8 and more, {basis}",
        ):
            start = lines.index(title)
            table = [line.split() for line in lines[start + 2 : start + 11]]
            assert [row[0] for row in table] == [stage.value for stage in Knowledge for _ in Unit]
        assert f"what was said and what was: hindsight, per event, {basis}" in lines
    event = evaluation.of(Knowledge.ONSET, Unit.EVENT)
    row = lines[lines.index("ranking and calibration, from the measurements alone") + 2].split()
    figures = (event.auc, event.average_precision, event.brier, event.calibration_error)
    assert row == ["onset", "event", "4", "2", *(f"{figure:.3f}" for figure in figures)]
    row = lines[lines.index("called deliberate at 0.8 and more, from the measurements alone") + 2].split()
    assert row == ["onset", "event", "2", "0", "1.000", "1.000", "1.000", "0.000"]
    assert lines[lines.index("what was answered, per event, with the context") + 2].split()[:2] == [
        "onset",
        "shutdowns",
    ]


@given(
    st.lists(incidents(labelled=False, entities=("SN", "AS6697")), max_size=5),
    st.booleans(),
    st.sampled_from(Scope),
    st.integers(60, 120),
)
def test_text_and_document_of_any_list(
    given_: list[Incident], strict: bool, scope: Scope, width: int
) -> None:
    found = evaluate(given_, rules=PROBE, scope=scope, strict=strict)
    json.dumps(plain_evaluation(found), allow_nan=False)
    text = evaluation_text(found, width=width)
    assert all(len(line) <= max(width, 84) for line in text.splitlines())
    flat = " ".join(text.split())
    for note in notes_of(found):
        assert note in flat
    assert IN_SAMPLE in flat
    assert not text.endswith("\n")


@pytest.mark.parametrize(
    ("given_", "note"),
    [
        ([], "Per event nothing can be computed: there is none."),
        ([incident(0)], "Per first in burst recall, AUC and AP cannot be computed: none is a shutdown."),
        (
            [incident(0, label="shutdown")],
            "Per episode AUC and the false positive rate cannot be computed: all are shutdowns.",
        ),
        ([incident(0), incident(0)], "Beginning when an earlier row of the same entity does: 1."),
        ([incident(0, hours=None)], "Of unknown end: 1."),
        ([incident(0, planes={})], "Without a word on which planes there was a fall: 1."),
        ([incident(0, label="?")], "Not scored, since the column label says neither shutdown nor outage: 1."),
        ([incident(0, entity="VE/Lara")], "Left out, being of regions or networks (scope country): 1."),
        ([incident(0, label="shutdown")], "Shutdowns of the three entities that have most: 1 of 1."),
    ],
)
def test_what_is_left_out_or_cannot_be_computed_is_said(given_: list[Incident], note: str) -> None:
    notes = list(notes_of(evaluate(given_)))
    assert [one for one in notes if one.startswith(note)]
    assert notes[-1] == IN_SAMPLE
    assert note in " ".join(evaluation_text(evaluate(given_)).split())


def test_a_list_without_a_flaw_has_only_the_note_on_the_sample() -> None:
    given_ = [incident(0), incident(60)]
    given_ += [incident(0, entity=code, label="shutdown") for code in ("LK", "ML", "GM", "GN")]
    assert len(list(notes_of(evaluate(given_)))) == 2  # and the one on the three entities
    assert {one.basis for one in evaluate(given_).scores} == {Basis.MEASURED}


def test_without_thresholds_the_ranking_remains() -> None:
    text = evaluation_text(evaluate([incident(0)], thresholds=[]))
    assert "ranking and calibration" in text
    assert "called deliberate" not in text


def test_the_note_names_the_column_of_strict_labels() -> None:
    notes = list(notes_of(evaluate([incident(0)], strict=True)))
    assert "column label_strict says neither" in notes[0]


def test_context_of_others_is_told(evaluation: Evaluation) -> None:
    told = "Reports of context that concern no entity that was judged: 1 of 2. They move nothing."
    assert told in list(notes_of(evaluation))
