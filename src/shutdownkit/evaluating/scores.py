"""Scoring the rules on a list of incidents."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from ..errors import InvalidValueError
from ..files.incidents import Incident
from ..judging.attribute import attribution_of
from ..judging.rules.builtin import RULES
from ..judging.rules.context import concerns
from ..judging.rules.rule import RuleSet
from ..model.checks import all_of, instance, member, number
from ..model.context import ContextEvent
from ..model.entity import EntityKind
from ..model.knowledge import Intent, Knowledge
from ..model.verdict import Attribution, Basis
from . import metrics
from .cases import Case, cases_of
from .evaluation import Answers, Evaluation, Scope, Scores, Tally, Unit

__all__ = ["THRESHOLDS", "evaluate", "score"]

THRESHOLDS = (0.5, 0.8)
"""Even odds, and the probability from which on "deliberate" is said (:mod:`~shutdownkit.judging.intent`)."""

_MOST = 3  # entities whose share of the shutdowns is told


def evaluate(
    incidents: Iterable[Incident],
    *,
    rules: RuleSet | None = None,
    scope: Scope = Scope.COUNTRY,
    strict: bool = False,
    thresholds: Iterable[float] = THRESHOLDS,
    context: Iterable[ContextEvent] | None = None,
) -> Evaluation:
    """Judge the incidents of a list and score what was said against the list's labels.

    Args:
        incidents: of a list, as :func:`~shutdownkit.files.incidents.read_labelled_incidents` gives them.
            Their order does not matter.
        rules: the rules to ask; the built-in ones by default.
        scope: which incidents are judged.
        strict: take the column ``label_strict`` in place of ``label``.
        thresholds: at which precision and recall are told, each 0..1.
        context: what was reported around the times; where given, what is said with it is scored too.

    Raises:
        InvalidValueError: where an argument is of another class, or a threshold is no probability.
    """
    given = all_of("incidents", Incident, incidents)
    member("scope", Scope, scope)
    levels = _levels(thresholds)
    asked = RULES if rules is None else instance("rules", RuleSet, rules)
    reported = None if context is None else all_of("context", ContextEvent, context)
    within = [one for one in given if _is_within(one, scope)]
    cases = cases_of(within, strict=strict, context=reported or ())
    judged = {stage: [attribution_of(case.facts[stage], asked) for case in cases] for stage in Knowledge}
    bases = [Basis.MEASURED] if reported is None else [Basis.MEASURED, Basis.CONTEXT]
    return Evaluation(
        asked.version,
        scope,
        strict,
        None if reported is None else len(reported),
        _elsewhere(reported or (), cases),
        _tally(given, within, cases),
        tuple(
            score(_said(judged[stage], basis), cases, stage, unit, basis=basis, thresholds=levels)
            for basis in bases
            for stage in Knowledge
            for unit in Unit
        ),
        tuple(_answers(stage, judged[stage], cases) for stage in Knowledge),
    )


def _levels(thresholds: object) -> tuple[float, ...]:
    if isinstance(thresholds, str) or not isinstance(thresholds, Iterable):
        raise InvalidValueError("thresholds", thresholds, "is not a sequence of numbers")
    return tuple(sorted({number("thresholds", one, minimum=0.0, maximum=1.0) for one in thresholds}))


def _is_within(incident: Incident, scope: Scope) -> bool:
    return scope is Scope.ALL or incident.episode.entity.kind is EntityKind.COUNTRY


def _elsewhere(reported: Sequence[ContextEvent], cases: Sequence[Case]) -> int:
    """How many reports concern no entity that was judged."""
    entities = {case.incident.episode.entity for case in cases}
    return sum(not any(concerns(event, entity) for entity in entities) for event in reported)


def _said(judged: Iterable[Attribution], basis: Basis) -> list[float]:
    return [one.p_measured if basis is Basis.MEASURED else one.p_deliberate for one in judged]


def score(
    said: Sequence[float],
    cases: Sequence[Case],
    knowledge: Knowledge,
    unit: Unit,
    *,
    basis: Basis = Basis.MEASURED,
    thresholds: Sequence[float] = THRESHOLDS,
) -> Scores:
    """Score what was said of cases, one probability each, whoever said it."""
    units = _units(unit, said, cases)
    p = np.array([one for one, _ in units], dtype=np.float64)
    were = np.array([is_shutdown for _, is_shutdown in units], dtype=np.bool_)
    return Scores(
        basis,
        knowledge,
        unit,
        len(units),
        int(np.count_nonzero(were)),
        tuple(metrics.counted(p, were, level) for level in thresholds),
        metrics.auc(p, were),
        metrics.average_precision(p, were),
        metrics.brier(p, were),
        metrics.calibration_error(p, were),
        metrics.reliability(p, were),
    )


def _units(unit: Unit, said: Sequence[float], cases: Sequence[Case]) -> list[tuple[float, bool]]:
    """What was said of each unit, and whether it was a shutdown.

    Of an episode the mean of what was said of its labelled incidents; it was a shutdown if most of them
    were.
    """
    pairs = list(zip(said, cases, strict=True))
    if unit is not Unit.EPISODE:
        return [(p, case.is_shutdown) for p, case in pairs if unit is Unit.EVENT or case.is_first]
    bursts: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    for p, case in pairs:
        bursts[case.burst].append((p, case.is_shutdown))
    return [
        (math.fsum(p for p, _ in members) / len(members), 2 * sum(was for _, was in members) > len(members))
        for members in bursts.values()
    ]


def _answers(stage: Knowledge, judged: Sequence[Attribution], cases: Sequence[Case]) -> Answers:
    counts = {was: dict.fromkeys(Intent, 0) for was in (True, False)}
    for one, case in zip(judged, cases, strict=True):
        counts[case.is_shutdown][one.intent] += 1
    return Answers(stage, counts[True], counts[False])


def _tally(given: Sequence[Incident], within: Sequence[Incident], cases: Sequence[Case]) -> Tally:
    judged = [case.incident for case in cases]
    shutdowns = Counter(case.incident.episode.entity for case in cases if case.is_shutdown)
    return Tally(
        read=len(given),
        out_of_scope=len(given) - len(within),
        without_label=len(within) - len(judged),
        judged=len(judged),
        shutdowns=shutdowns.total(),
        without_end=sum(one.episode.end is None for one in judged),
        without_planes=sum(not one.planes for one in judged),
        duplicates=len(judged) - len({(one.episode.entity, one.episode.onset) for one in judged}),
        entities=len({one.episode.entity for one in judged}),
        of_three=sum(count for _, count in shutdowns.most_common(_MOST)),
    )
