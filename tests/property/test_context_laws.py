"""Laws of context: it moves what is expected beforehand, and nothing that was measured."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.rules.context import concerns
from shutdownkit.testing.strategies import context_events, entities, episodes, lines, windows

from .worlds import World, worlds

NEAR = timedelta(days=5)
CONTEXT = [rule.id for rule in sk.RULES.rules if rule.basis is sk.Basis.CONTEXT]
ALONE = sk.RULES.without(*(rule.id for rule in sk.RULES.rules if rule.basis is sk.Basis.MEASURED))
"""The rules of context without any other."""

ONSET = datetime.fromisoformat("2020-08-09T18:00:00+00:00")


@st.composite
def reports_near(draw: st.DrawFn, entity: sk.Entity, time: datetime) -> sk.ContextEvent:
    """Reports of the entity, its country or others, within days of a time."""
    told = draw(context_events())
    own = [entity] if entity.country is None else [entity, sk.Entity.parse(entity.country)]
    return evolve(
        told,
        entity=draw(st.sampled_from(own) | entities()),
        window=draw(windows(near=time)),
    )


@st.composite
def told_episodes(draw: st.DrawFn) -> tuple[sk.Episode, list[sk.ContextEvent]]:
    """An episode, and what was reported around it."""
    one = draw(episodes(near=ONSET))
    return one, draw(st.lists(reports_near(one.entity, one.onset), max_size=5))


def measured(evidence: tuple[sk.Evidence, ...]) -> list[sk.Evidence]:
    return [one for one in evidence if one.basis is sk.Basis.MEASURED]


@given(told_episodes())
def test_what_was_measured_is_judged_as_without_context(
    told: tuple[sk.Episode, list[sk.ContextEvent]],
) -> None:
    one, reports = told
    with_it, without = sk.attribute(one, context=reports), sk.attribute(one)
    assert with_it.measured == without.measured == without.probabilities
    assert with_it.p_measured.hex() == without.p_deliberate.hex()
    assert measured(with_it.evidence) == list(without.evidence)
    assert with_it.knowledge is without.knowledge


@given(told_episodes())
def test_context_alone_makes_one_in_three_at_most(told: tuple[sk.Episode, list[sk.ContextEvent]]) -> None:
    one, reports = told
    alone = sk.attribute(one, context=reports, rules=ALONE)
    assert alone.p_deliberate <= 0.334
    assert alone.measured == ALONE.posterior(())
    assert alone.intent in {sk.Intent.UNDETERMINED, sk.Intent.ARTEFACT}


@given(told_episodes())
def test_context_alone_never_makes_deliberate_of_what_is_not(
    told: tuple[sk.Episode, list[sk.ContextEvent]],
) -> None:
    """Beside measurements that leave less than even odds it is not said, whatever was reported."""
    one, reports = told
    with_it = sk.attribute(one, context=reports)
    assume(with_it.p_measured < 0.5)
    assert with_it.intent is not sk.Intent.DELIBERATE


@given(told_episodes(), st.randoms(use_true_random=False))
def test_the_order_of_reports_does_not_matter(
    told: tuple[sk.Episode, list[sk.ContextEvent]], chance: Random
) -> None:
    one, reports = told
    shuffled = [*reports, *reports[:1]]  # nor does it matter that one is told twice
    chance.shuffle(shuffled)
    assert sk.attribute(one, context=shuffled) == sk.attribute(one, context=reports)


@given(told_episodes(), st.lists(context_events(), max_size=3), st.booleans())
def test_what_is_far_away_or_of_others_changes_nothing(
    told: tuple[sk.Episode, list[sk.ContextEvent]], more: list[sk.ContextEvent], far: bool
) -> None:
    one, reports = told
    if far:
        more = [report for report in more if not report.window.widened(NEAR).overlaps(one.window)]
    else:
        more = [evolve(report, window=one.window) for report in more if not concerns(report, one.entity)]
    assert sk.attribute(one, context=[*more, *reports]) == sk.attribute(one, context=reports)


@given(told_episodes(), st.data())
def test_claims_change_nothing_but_that_they_are_told(
    told: tuple[sk.Episode, list[sk.ContextEvent]], data: st.DataObject
) -> None:
    """Statements, and whatever those say who are suspected."""
    one, reports = told
    drawn = data.draw(st.lists(reports_near(one.entity, one.onset), max_size=4))
    claims = [
        report if report.kind is sk.ContextKind.STATEMENT else evolve(report, independent=False)
        for report in drawn
    ]
    with_them, without = (
        sk.attribute(one, context=[*reports, *claims]),
        sk.attribute(one, context=reports),
    )
    assert with_them.probabilities == without.probabilities
    assert with_them.measured == without.measured
    assert (with_them.intent, with_them.undecided) == (without.intent, without.undecided)
    added = [one for one in with_them.evidence if one not in without.evidence]
    assert [one for one in with_them.evidence if one not in added] == list(without.evidence)
    for one_added in added:
        assert (one_added.stance, one_added.weight) == (sk.Stance.DISCARDED, 0.0)
        assert one_added.text.startswith("Claimed by those concerned, to be tested: ")


@given(told_episodes())
def test_without_its_rules_it_is_as_if_it_had_not_been_given(
    told: tuple[sk.Episode, list[sk.ContextEvent]],
) -> None:
    one, reports = told
    off = sk.RULES.without(*CONTEXT)
    assert sk.attribute(one, context=reports, rules=off) == sk.attribute(one, rules=off)
    assert sk.attribute(one, context=reports, rules=off).probabilities == sk.attribute(one).probabilities


@given(told_episodes())
def test_every_report_near_is_told_with_its_source(
    told: tuple[sk.Episode, list[sk.ContextEvent]],
) -> None:
    """Nothing that was given for the entity and the time is dropped in silence."""
    one, reports = told
    evidence = sk.attribute(one, context=reports, rules=ALONE).evidence
    for report in reports:
        if concerns(report, one.entity) and one.onset in report.window:
            cited = f"{report.text} ({report.source})"
            assert any(cited in found.text for found in evidence) or not evidence


@given(st.sampled_from(sk.ContextKind), st.sampled_from(["BY", "US", "AS1"]), st.booleans(), lines())
def test_times_at_the_ends_of_the_calendar_are_judged(
    kind: sk.ContextKind, entity: str, first: bool, text: str
) -> None:
    time = "0001-01-01T00:00:00Z" if first else "9999-12-31T23:00:00Z"
    named = sk.Entity.parse(entity)
    report = sk.ContextEvent(
        kind, named, sk.TimeWindow("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), text, "An almanac"
    )
    (found,) = sk.attribute(
        sk.Episode(named, sk.TimeWindow(time, time)), context=[report], rules=ALONE
    ).evidence
    assert text in found.text


@settings(max_examples=25)
@given(worlds(max_kinds=2), st.data())
def test_a_whole_report_measures_the_same_with_context_and_without(world: World, data: st.DataObject) -> None:
    reports = data.draw(st.lists(reports_near(world.entity, world.begin), max_size=4))
    shuffled = data.draw(st.permutations(reports))
    told, plain = sk.classify(world.signals, context=reports), sk.classify(world.signals)
    assert sk.classify(world.signals, context=shuffled) == told
    assert [one.episode for one in told.episodes] == [one.episode for one in plain.episodes]
    for with_it, without in zip(told.episodes, plain.episodes, strict=True):
        assert with_it.verdict.condition is without.verdict.condition
        assert with_it.verdict.attribution.measured == without.verdict.probabilities
        assert measured(with_it.verdict.evidence) == list(without.verdict.evidence)
