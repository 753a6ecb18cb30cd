"""Scores of a list: what counts once, what is left out, what cannot be computed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from shutdownkit.errors import CallerError, InvalidValueError
from shutdownkit.evaluating import metrics
from shutdownkit.evaluating.cases import cases_of
from shutdownkit.evaluating.evaluation import Evaluation, Scope, Scores, Tally, Unit
from shutdownkit.evaluating.scores import THRESHOLDS, evaluate
from shutdownkit.files.incidents import Incident
from shutdownkit.judging.attribute import attribution_of
from shutdownkit.judging.intent import LIKELY
from shutdownkit.judging.rules.builtin import RULES
from shutdownkit.model.context import ContextEvent, ContextKind
from shutdownkit.model.entity import Entity
from shutdownkit.model.knowledge import Intent, Knowledge
from shutdownkit.model.verdict import Basis
from shutdownkit.model.window import TimeWindow

from .lists import DAY, PROBE, START, TELESCOPE, TELESCOPE_FELL, TELESCOPE_HELD, incident, incidents

FELL, HELD = TELESCOPE_FELL, TELESCOPE_HELD


def report(day: float = 0, entity: str = "SN") -> ContextEvent:
    begin = START + day * DAY
    window = TimeWindow(begin, begin + DAY)
    return ContextEvent(ContextKind.PROTEST, Entity.parse(entity), window, "a march", "a newspaper")


def test_counts_by_hand() -> None:
    """A burst of two shutdowns and an outage, a shutdown that is missed, an outage that is not."""
    given_ = [
        incident(0, label="shutdown", planes=FELL),
        incident(1, label="shutdown", planes=FELL),
        incident(2, label="outage", planes=HELD),
        incident(0, label="shutdown", planes=HELD, entity="LK"),
        incident(20, label="outage", planes=FELL, entity="LK"),
    ]
    found = evaluate(given_, rules=TELESCOPE)
    assert found.ruleset == "telescope"
    for stage in Knowledge:
        event = found.of(stage, Unit.EVENT)
        assert (event.n, event.shutdowns, event.outages) == (5, 3, 2)
        at = event.at[1]
        assert at == metrics.Counted(0.8, 2, 1, 1, 1)
        assert (at.precision, at.recall, at.f1, at.false_positive_rate) == (2 / 3, 2 / 3, 2 / 3, 0.5)
        assert event.auc == (1 + 1 + 0.5 + 0.5 + 0.5 + 0) / 6
        episode = found.of(stage, Unit.EPISODE)
        assert (episode.n, episode.shutdowns) == (3, 2)
        assert episode.at[0] == metrics.Counted(0.5, 1, 1, 1, 0)  # two of three said 0.89, one 0.00
        assert episode.at[1] == metrics.Counted(0.8, 0, 1, 2, 0)
        first = found.of(stage, Unit.FIRST)
        assert (first.n, first.shutdowns) == (3, 2)
        assert first.at[1] == metrics.Counted(0.8, 1, 1, 1, 0)


def test_an_episode_of_as_many_outages_as_shutdowns_is_an_outage() -> None:
    given_ = [incident(0, label="shutdown"), incident(1, label="outage")]
    episode = evaluate(given_).of(Knowledge.END, Unit.EPISODE)
    assert (episode.n, episode.shutdowns) == (1, 0)


@given(st.lists(incidents(labelled=False, entities=("SN", "LK", "VE/Lara")), max_size=7), st.booleans())
def test_scores_are_those_of_what_the_rules_said(given_: list[Incident], strict: bool) -> None:
    found = evaluate(given_, rules=PROBE, scope=Scope.ALL, strict=strict, thresholds=[0.2])
    cases = cases_of(given_, strict=strict)
    assert found.strict is strict
    assert [(one.knowledge, one.unit) for one in found.scores] == list(itertools.product(Knowledge, Unit))
    for stage in Knowledge:
        said = np.array([attribution_of(case.facts[stage], PROBE).p_measured for case in cases])
        were = np.array([case.is_shutdown for case in cases], dtype=np.bool_)
        first = np.array([case.is_first for case in cases], dtype=np.bool_)
        check(found.of(stage, Unit.EVENT), said, were)
        check(found.of(stage, Unit.FIRST), said[first], were[first])
        names = sorted({case.burst for case in cases})
        members = [np.array([case.burst == name for case in cases]) for name in names]
        mean = np.array([said[one].mean() for one in members])
        most = np.array([were[one].mean() > 0.5 for one in members], dtype=np.bool_)
        check(found.of(stage, Unit.EPISODE), mean, most)


def check(found: Scores, said: NDArray[np.float64], were: NDArray[np.bool_]) -> None:
    assert (found.n, found.shutdowns) == (len(said), were.sum())
    assert found.basis is Basis.MEASURED
    close = {
        "auc": metrics.auc(said, were),
        "average_precision": metrics.average_precision(said, were),
        "brier": metrics.brier(said, were),
        "calibration_error": metrics.calibration_error(said, were),
    }
    for name, expected in close.items():
        assert getattr(found, name) == (None if expected is None else pytest.approx(expected, abs=1e-9))
    assert found.at == (metrics.counted(said, were, 0.2),)
    assert sum(row.n for row in found.reliability) == len(said)


@given(
    st.lists(incidents(labelled=False, entities=("SN", "AS6697")), max_size=5),
    st.randoms(use_true_random=False),
)
def test_the_order_of_a_list_does_not_matter(given_: list[Incident], random: object) -> None:
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for scope in Scope:
        assert evaluate(shuffled, rules=PROBE, scope=scope) == evaluate(given_, rules=PROBE, scope=scope)


@given(st.lists(incidents(labelled=False, entities=("SN", "AS6697", "VE/Lara")), max_size=5))
def test_every_incident_is_accounted_for(given_: list[Incident]) -> None:
    national, all_of_them = (evaluate(given_, rules=PROBE, scope=scope) for scope in Scope)
    for found in (national, all_of_them):
        tally = found.tally
        assert tally.read == len(given_) == tally.out_of_scope + tally.without_label + tally.judged
        for answers in found.answers:
            assert sum(answers.shutdowns.values()) == tally.shutdowns
            assert sum(answers.outages.values()) == tally.judged - tally.shutdowns
        assert found.of(Knowledge.END, Unit.EVENT).n == tally.judged
    assert all_of_them.tally.out_of_scope == 0
    assert national.tally.out_of_scope == sum(one.episode.entity.code != "SN" for one in given_)
    countries = [one for one in given_ if one.episode.entity.code == "SN"]
    assert national.scores == evaluate(countries, rules=PROBE).scores


def test_what_is_told_of_the_list() -> None:
    given_ = [
        incident(0, label="shutdown"),
        incident(0, label="outage", hours=None),
        incident(0, label="outage", hours=3),
        incident(9, label="unlabelled"),
        incident(30, label=None),
        incident(30, planes={}, entity="LK", label="shutdown"),
        incident(1, entity="VE/Lara"),
        *(incident(60, entity=code, label="shutdown") for code in ("ML", "GM", "GN")),
        incident(90, entity="ML", label="shutdown"),
    ]
    assert evaluate(given_).tally == Tally(
        read=11,
        out_of_scope=1,
        without_label=2,
        judged=8,
        shutdowns=6,
        without_end=1,
        without_planes=1,
        duplicates=2,
        entities=5,
        of_three=4,
    )


def test_strict_labels() -> None:
    given_ = [
        incident(0, label="outage", strict="unlabelled"),
        incident(1, label="outage", strict="shutdown"),
        incident(2, label="shutdown", strict=None),
    ]
    found = evaluate(given_, strict=True)
    assert (found.tally.judged, found.tally.shutdowns, found.tally.without_label) == (1, 1, 2)
    assert found.of(Knowledge.END, Unit.FIRST).n == 0  # the one before it is not scored, and yet was there
    assert found.of(Knowledge.END, Unit.EPISODE).shutdowns == 1


@pytest.mark.parametrize(
    ("given_", "lacks", "has"),
    [
        ([], {"auc", "average_precision", "brier", "calibration_error"}, set()),
        ([incident(0)], {"auc", "average_precision"}, {"brier", "calibration_error"}),
        ([incident(0, label="shutdown")], {"auc"}, {"average_precision", "brier", "calibration_error"}),
    ],
)
def test_what_cannot_be_computed_is_none(given_: list[Incident], lacks: set[str], has: set[str]) -> None:
    found = evaluate(given_)
    for scores in found.scores:
        assert {name for name in lacks | has if getattr(scores, name) is None} == lacks
        for at in scores.at:
            assert (at.recall is None) == (scores.shutdowns == 0)
            assert (at.false_positive_rate is None) == (scores.outages == 0)
            assert (at.precision is None) == (at.true_positives + at.false_positives == 0)


def test_context_is_scored_apart_and_moves_nothing_that_was_measured() -> None:
    given_ = [incident(0, label="shutdown", planes=FELL), incident(1, planes=HELD)]
    without = evaluate(given_, rules=TELESCOPE)
    assert {one.basis for one in without.scores} == {Basis.MEASURED}
    assert (without.context, without.context_elsewhere) == (None, 0)
    with pytest.raises(CallerError, match="no context was given"):
        without.of(Knowledge.END, Unit.EVENT, Basis.CONTEXT)
    with_it = evaluate(given_, rules=TELESCOPE, context=[report(), report(entity="IN")])
    assert (with_it.context, with_it.context_elsewhere) == (2, 1)
    assert [one for one in with_it.scores if one.basis is Basis.MEASURED] == list(without.scores)
    for stage in Knowledge:
        alone, moved = (with_it.of(stage, Unit.EVENT, basis) for basis in Basis)
        assert alone.brier is not None
        assert moved.brier is not None
        assert moved.brier < alone.brier  # the shutdown became likelier
    empty = evaluate(given_, rules=TELESCOPE, context=[])
    assert empty.context == 0
    assert {one.basis for one in empty.scores} == set(Basis)


def test_context_that_begins_later_is_known_in_hindsight() -> None:
    given_ = [incident(0, label="shutdown", planes=FELL)]
    found = evaluate(given_, rules=TELESCOPE, context=[report(2)])

    def brier(stage: Knowledge, basis: Basis) -> float | None:
        return found.of(stage, Unit.EVENT, basis).brier

    for stage in Knowledge:
        same = brier(stage, Basis.CONTEXT) == brier(stage, Basis.MEASURED)
        assert same is (stage is not Knowledge.HINDSIGHT)


def test_thresholds() -> None:
    assert THRESHOLDS == (0.5, LIKELY)
    found = evaluate([incident(0)], thresholds=[0.9, 0.1, 0.9])
    assert [at.threshold for at in found.scores[0].at] == [0.1, 0.9]
    assert evaluate([incident(0)], thresholds=[]).scores[0].at == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"thresholds": [1.5]}, "thresholds: 1.5 is over 1"),
        ({"thresholds": [-0.1]}, "thresholds: -0.1 is under 0"),
        ({"thresholds": "0.5"}, "thresholds: '0.5' is not a sequence of numbers"),
        ({"thresholds": 0.5}, "thresholds: 0.5 is not a sequence of numbers"),
        ({"scope": "country"}, "scope: 'country' is not a Scope"),
        ({"rules": RULES.rules}, "rules: "),
        ({"context": ["a coup"]}, r"context\[0\]: 'a coup' is not a ContextEvent"),
        ({"incidents": [1]}, r"incidents\[0\]: 1 is not a Incident"),
    ],
)
def test_arguments_are_checked(options: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {"incidents": [incident(0)], **options}
    given_ = arguments.pop("incidents")
    with pytest.raises(InvalidValueError, match=message):
        evaluate(given_, **arguments)  # type: ignore[arg-type]


def test_answers_are_those_of_the_verdicts() -> None:
    given_ = [incident(0, label="shutdown"), incident(20, label="outage", planes={})]
    found: Evaluation = evaluate(given_)
    for one in found.answers:
        expected = {True: dict.fromkeys(Intent, 0), False: dict.fromkeys(Intent, 0)}
        for case in cases_of(given_):
            expected[case.is_shutdown][attribution_of(case.facts[one.knowledge], RULES).intent] += 1
        assert (one.shutdowns, one.outages) == (expected[True], expected[False])
