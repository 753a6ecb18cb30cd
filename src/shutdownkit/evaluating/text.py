"""An evaluation as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from ..model.knowledge import Intent, Knowledge
from ..model.verdict import Basis
from .evaluation import Evaluation, Scores, Unit
from .metrics import Counted, ReliabilityBin
from .plain import notes_of

__all__ = ["evaluation_text"]

_BASES = {
    Basis.MEASURED: "from the measurements alone",
    Basis.CONTEXT: "with the context",
}

_KNOWN = {
    Knowledge.ONSET: "while it lasts; earlier incidents are known",
    Knowledge.END: "when it is over; earlier incidents are known",
    Knowledge.HINDSIGHT: "when the list's other incidents within 60 days are known",
}

_WIDTH = 100
_NONE = "-"


def evaluation_text(evaluation: Evaluation, *, width: int = _WIDTH) -> str:
    """Tables of at most 80 columns, and notes filled to ``width``; without a newline at the end."""
    return "\n".join(_lines(evaluation, width))


def _lines(evaluation: Evaluation, width: int) -> Iterator[str]:
    tally = evaluation.tally
    yield (
        f"{tally.judged} incidents of {tally.entities} entities, {tally.shutdowns} of them shutdowns, "
        f"judged by the rules {evaluation.ruleset}"
    )
    yield ""
    for known, meaning in _KNOWN.items():
        yield f"  {known.value:<10} {meaning}"
    yield f"  {_NONE:<10} cannot be computed"
    for basis in dict.fromkeys(one.basis for one in evaluation.scores):
        scores = [one for one in evaluation.scores if one.basis is basis]
        yield from _ranking(scores, _BASES[basis])
        for index, at in enumerate(scores[0].at):
            yield from _at(scores, index, f"called deliberate at {at.threshold:g} and more, {_BASES[basis]}")
        for one in scores:
            if one.unit is Unit.EVENT:
                yield from _reliability(one, f"{one.knowledge.value}, per event, {_BASES[basis]}")
    yield from _answered(evaluation)
    yield from ("", "notes")
    for note in notes_of(evaluation):
        yield textwrap.fill(note, width, initial_indent="  - ", subsequent_indent="    ")


def _ranking(scores: Sequence[Scores], basis: str) -> Iterator[str]:
    yield from ("", f"ranking and calibration, {basis}")
    yield _row("known", "unit", "n", "shutdowns", "AUC", "AP", "Brier", "ECE")
    for one in scores:
        figures = (one.auc, one.average_precision, one.brier, one.calibration_error)
        counts = (str(one.n), str(one.shutdowns))
        yield _row(one.knowledge.value, one.unit.value, *counts, *map(_figure, figures))


def _at(scores: Sequence[Scores], index: int, title: str) -> Iterator[str]:
    yield from ("", title)
    yield _row("known", "unit", "called", "wrongly", "precision", "recall", "F1", "FPR")
    for one in scores:
        at: Counted = one.at[index]
        counts = (str(at.true_positives + at.false_positives), str(at.false_positives))
        figures = (at.precision, at.recall, at.f1, at.false_positive_rate)
        yield _row(one.knowledge.value, one.unit.value, *counts, *map(_figure, figures))


def _row(known: str, unit: str, *cells: str) -> str:
    return (
        f"  {known:<10} {unit:<14}"
        + "".join(f" {cell:>9}" for cell in cells[:3])
        + "".join(f" {cell:>7}" for cell in cells[3:])
    )


def _reliability(one: Scores, title: str) -> Iterator[str]:
    yield from ("", f"what was said and what was: {title}")
    yield f"  {'said':<12} {'n':>5} {'mean':>7} {'were':>7}   95 % interval"
    for row in one.reliability:
        yield _reliability_row(row)


def _reliability_row(row: ReliabilityBin) -> str:
    between = _NONE if row.interval is None else f"{row.interval[0]:.3f} to {row.interval[1]:.3f}"
    said = f"{row.low:g} to {row.high:g}"
    return f"  {said:<12} {row.n:>5} {_figure(row.said):>7} {_figure(row.were):>7}   {between}"


def _answered(evaluation: Evaluation) -> Iterator[str]:
    how = "with the context" if evaluation.context is not None else "from the measurements alone"
    yield from ("", f"what was answered, per event, {how}")
    yield f"  {'known':<10} {'of':<10}" + "".join(f" {intent.value:>13}" for intent in Intent)
    for one in evaluation.answers:
        for name, counts in (("shutdowns", one.shutdowns), ("outages", one.outages)):
            cells = "".join(f" {counts[intent]:>13}" for intent in Intent)
            yield f"  {one.knowledge.value:<10} {name:<10}{cells}"


def _figure(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"
