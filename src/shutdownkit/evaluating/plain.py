"""An evaluation as plain values, the document of ``shutdownkit evaluate --format json``.

``docs/evaluate.md`` describes every key.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import asdict

from ..model.verdict import Basis
from .evaluation import Answers, Evaluation, Scope, Scores
from .metrics import Counted, ReliabilityBin

__all__ = ["IN_SAMPLE", "notes_of", "plain_evaluation"]

IN_SAMPLE = (
    "The weights that ship were fitted on the published list of curated incidents (IODA, 2018 to 2022), so "
    "scores on it or on a part of it are in sample: better than they will be elsewhere. "
    "bench/attribution.py prints those across countries and forward in time."
)


def plain_evaluation(evaluation: Evaluation) -> dict[str, object]:
    """The evaluation as dicts, lists, text, numbers and None."""
    return {
        "ruleset": evaluation.ruleset,
        "scope": evaluation.scope.value,
        "strict": evaluation.strict,
        "context": evaluation.context,
        "context_elsewhere": evaluation.context_elsewhere,
        "incidents": asdict(evaluation.tally),
        "scores": [_scores(one) for one in evaluation.scores],
        "answers": [_answers(one) for one in evaluation.answers],
        "notes": list(notes_of(evaluation)),
    }


def notes_of(evaluation: Evaluation) -> Iterator[str]:
    """What a reader must know beside the figures, a sentence or two each."""
    tally = evaluation.tally
    if tally.out_of_scope:
        yield f"Left out, being of regions or networks (scope country): {tally.out_of_scope}."
    if tally.without_label:
        column = "label_strict" if evaluation.strict else "label"
        yield (
            f"Not scored, since the column {column} says neither shutdown nor outage: {tally.without_label}. "
            "They are known when others of the same entity are judged."
        )
    if tally.without_end:
        yield f"Of unknown end: {tally.without_end}."
    if tally.without_planes:
        yield f"Without a word on which planes there was a fall: {tally.without_planes}."
    if tally.duplicates:
        yield (
            f"Beginning when an earlier row of the same entity does: {tally.duplicates}. The same thing "
            "listed twice, perhaps; they are kept."
        )
    if tally.shutdowns:
        yield (
            f"Shutdowns of the three entities that have most: {tally.of_three} of {tally.shutdowns}. Read "
            "the scores per episode and first in burst, not those per event alone."
        )
    yield from _lacking(evaluation)
    if evaluation.context_elsewhere:
        yield (
            "Reports of context that concern no entity that was judged: "
            f"{evaluation.context_elsewhere} of {evaluation.context}. They move nothing."
        )
    if evaluation.scope is Scope.ALL:
        yield "A network has no local time, so nothing is said of the hour at which it was cut."
    yield IN_SAMPLE


def _lacking(evaluation: Evaluation) -> Iterator[str]:
    """Why scores cannot be computed; the same whatever was known, so it is said once a unit."""
    said = {one.unit: one for one in evaluation.scores if one.basis is Basis.MEASURED}
    for unit, one in said.items():
        if not one.n:
            yield f"Per {unit.value} nothing can be computed: there is none."
        elif not one.shutdowns:
            yield f"Per {unit.value} recall, AUC and AP cannot be computed: none is a shutdown."
        elif not one.outages:
            yield f"Per {unit.value} AUC and the false positive rate cannot be computed: all are shutdowns."


def _scores(one: Scores) -> dict[str, object]:
    return {
        "basis": one.basis.value,
        "knowledge": one.knowledge.value,
        "unit": one.unit.value,
        "n": one.n,
        "shutdowns": one.shutdowns,
        "outages": one.outages,
        "thresholds": [_counted(at) for at in one.at],
        "auc": one.auc,
        "average_precision": one.average_precision,
        "brier": one.brier,
        "calibration_error": one.calibration_error,
        "reliability": [_bin(row) for row in one.reliability],
    }


def _counted(at: Counted) -> dict[str, object]:
    return {
        **asdict(at),
        "precision": at.precision,
        "recall": at.recall,
        "f1": at.f1,
        "false_positive_rate": at.false_positive_rate,
    }


def _bin(row: ReliabilityBin) -> dict[str, object]:
    return {
        "from": row.low,
        "to": row.high,
        "n": row.n,
        "said": row.said,
        "were": row.were,
        "interval": None if row.interval is None else list(row.interval),
    }


def _answers(one: Answers) -> dict[str, object]:
    return {
        "knowledge": one.knowledge.value,
        "shutdowns": {intent.value: count for intent, count in one.shutdowns.items()},
        "outages": {intent.value: count for intent, count in one.outages.items()},
    }
