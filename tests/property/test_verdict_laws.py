"""Laws of the verdict."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from random import Random

import numpy as np
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.model.account import Account
from shutdownkit.testing.strategies import blind_spots, lines, observations, source_failures

from .worlds import START, STEPS, World, lose, quiet_values, shifted, with_values, worlds

GRAVITY = (
    sk.Condition.INSUFFICIENT_DATA,
    sk.Condition.NORMAL,
    sk.Condition.ARTEFACT,
    sk.Condition.BLOCKING,
    sk.Condition.DEGRADED,
    sk.Condition.OUTAGE,
)
CONNECTIVITY = ("bgp.visible-slash24s", "probing.up-slash24s", "telescope.unique-sources", "traffic.search")


def judged(report: sk.Report) -> list[tuple[object, ...]]:
    """All of a report that is a verdict, times as seconds after the first."""
    return [
        (
            one.verdict.condition,
            one.verdict.mechanism,
            tuple(one.verdict.probabilities.values()),
            tuple((e.rule, e.stance, e.weight) for e in one.verdict.evidence),
            one.episode.window.duration,
            (one.episode.onset - report.window.start).total_seconds(),
        )
        for one in report.episodes
    ]


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_signals_does_not_matter(world: World, chance: Random) -> None:
    shuffled = list(world.signals)
    chance.shuffle(shuffled)
    assert sk.classify(shuffled) == sk.classify(world.signals)


@given(worlds())
def test_the_same_input_gives_the_same_report(world: World) -> None:
    assert sk.classify(world.signals).to_json() == sk.classify(world.signals).to_json()


@given(worlds(), st.integers(-150, 150))
def test_a_shift_by_whole_weeks_shifts_the_verdict_and_nothing_else(world: World, weeks: int) -> None:
    world = evolve(
        world,
        signals=tuple(evolve(s, entity=sk.Entity.parse("BY")) for s in world.signals),
    )  # Belarus has kept one offset since 2011
    by = timedelta(weeks=weeks)
    later = sk.classify([shifted(signal, by) for signal in world.signals])
    now = sk.classify(world.signals)
    assert later.window.start == now.window.start + by
    assert judged(later) == judged(now)


@given(worlds(), st.sampled_from(sorted(sk.KINDS)))
def test_a_signal_that_is_all_missing_changes_no_verdict(world: World, name: str) -> None:
    empty = sk.Signal(
        kind=sk.KINDS[name],
        entity=world.entity,
        series=sk.TimeSeries(START, timedelta(hours=1), np.full(12 * 24, np.nan)),
        subject="domain:example.org",
    )
    with_it, without = sk.classify([*world.signals, empty]), sk.classify(world.signals)
    assert with_it.condition is without.condition
    assert [(e.episode, e.verdict) for e in with_it.episodes] == [
        (e.episode, e.verdict) for e in without.episodes
    ]


@given(worlds(kinds=CONNECTIVITY, least_lost=0.1), st.floats(0.0, 1.0))
def test_deepening_a_drop_never_weakens_an_outage(world: World, further: float) -> None:
    deeper = []
    for signal in world.signals:
        values = signal.series.values.copy()
        first = (world.begin - START) // signal.series.step
        last = (world.end - START) // signal.series.step
        values[first:last] = lose(signal.kind, values[first:last], further)
        deeper.append(with_values(signal, values))
    before, after = sk.classify(world.signals).condition, sk.classify(deeper).condition
    if before is sk.Condition.OUTAGE:
        assert after is sk.Condition.OUTAGE


@given(
    st.lists(st.sampled_from(sorted(sk.KINDS)), min_size=1, max_size=4, unique=True),
    st.integers(0, 500),
)
def test_only_missing_input_is_insufficient(names: list[str], bins: int) -> None:
    signals = [
        sk.Signal(
            kind=sk.KINDS[name],
            entity=sk.Entity.parse("BY"),
            series=sk.TimeSeries(START, timedelta(minutes=30), np.full(bins + 1, np.nan)),
        )
        for name in names
    ]
    report = sk.classify(signals)
    assert report.condition is sk.Condition.INSUFFICIENT_DATA
    assert report.episodes == ()


@given(worlds())
def test_measured_input_is_not_insufficient(world: World) -> None:
    assert sk.classify(world.signals).condition is not sk.Condition.INSUFFICIENT_DATA


@given(st.sampled_from(CONNECTIVITY), st.integers(0, 2**16), st.integers(6, 48))
def test_filling_gaps_with_zeros_changes_the_verdict(name: str, seed: int, hours: int) -> None:
    kind, step = sk.KINDS[name], STEPS[name]
    bins = timedelta(days=12) // step
    values = quiet_values(kind, bins, step, np.random.default_rng(seed))
    first = timedelta(days=9) // step
    values[first : first + timedelta(hours=hours) // step] = np.nan
    holed = sk.Signal(kind=kind, entity=sk.Entity.parse("BY"), series=sk.TimeSeries(START, step, values))
    filled = with_values(holed, np.nan_to_num(values, nan=0.0))
    assert sk.classify([holed]).condition is not sk.Condition.OUTAGE
    assert sk.classify([filled]).condition is sk.Condition.OUTAGE


@given(worlds())
def test_probabilities_are_probabilities(world: World) -> None:
    for one in sk.classify(world.signals).episodes:
        values = list(one.verdict.probabilities.values())
        assert len(values) == len(sk.Cause)
        assert math.isclose(math.fsum(values), 1.0, abs_tol=1e-9)
        assert all(0.0 < value < 1.0 for value in values)
        assert one.verdict.p_deliberate == one.verdict.probabilities[sk.Cause.DELIBERATE]


@given(worlds(), worlds())
def test_comparison_is_symmetric_and_sure_of_itself(first: World, second: World) -> None:
    a, b = (sk.episodes(sk.detect(world.signals)) for world in (first, second))
    for one in a:
        assert sk.compare(one, one).score == 1.0
        assert sk.compare(one, one).differences == ()
        for other in b:
            assert sk.compare(one, other).score == sk.compare(other, one).score
            assert sk.compare(one, other).consistent is sk.compare(other, one).consistent


@given(worlds(), st.randoms(use_true_random=False))
def test_episodes_hold_every_event_once_in_any_order(world: World, chance: Random) -> None:
    events = list(sk.detect(world.signals))
    found = sk.episodes(events)
    chance.shuffle(events)
    assert sk.episodes(events) == found
    held = [event for episode in found for event in episode.events]
    assert sorted(held, key=repr) == sorted(events, key=repr)


@given(worlds(kinds=CONNECTIVITY), st.integers(1, 12))
def test_ids_stay_when_a_little_more_data_is_seen(world: World, hours: int) -> None:
    def seen_until(end: datetime) -> set[str]:
        window = sk.TimeWindow(START, end)
        cut = [evolve(s, series=s.series.cut(window)) for s in world.signals]
        return {e.id for e in sk.episodes(sk.detect(cut)) if e.onset >= world.begin}

    middle = world.begin + timedelta(hours=2)
    assert seen_until(middle) <= seen_until(middle + timedelta(hours=hours))


@given(worlds(), st.integers(-60, 60))
def test_an_episode_is_no_recurrence_of_itself(world: World, minutes: int) -> None:
    for one in sk.classify(world.signals).episodes:
        listed = sk.Episode(
            one.episode.entity,
            sk.TimeWindow(
                one.episode.onset + timedelta(minutes=minutes),
                one.episode.window.end + timedelta(minutes=60 + minutes),
            ),
        )
        with_it = sk.attribute(one.episode, history=[listed], signals=world.signals)
        without = sk.attribute(one.episode, signals=world.signals)
        assert with_it.probabilities == without.probabilities


@given(worlds(), st.data())
def test_what_sources_say_beside_their_signals_changes_no_verdict(world: World, data: st.DataObject) -> None:
    entity = world.signals[0].entity
    told = Account(
        failures=tuple(data.draw(st.lists(source_failures(), max_size=3))),
        observations=tuple(data.draw(st.lists(observations(entity=entity, near=START), max_size=3))),
        blind_spots=tuple(data.draw(st.lists(blind_spots(), max_size=3))),
        notices=tuple(data.draw(st.lists(lines(), max_size=3))),
    )
    plain, told_too = sk.classify(world.signals), sk.classify(world.signals, account=told)
    assert told_too.condition is plain.condition
    for before, after in zip(plain.episodes, told_too.episodes, strict=True):
        assert before.episode == after.episode
        assert before.verdict.condition is after.verdict.condition
        assert before.verdict.mechanism is after.verdict.mechanism
        assert before.verdict.probabilities == after.verdict.probabilities
        counted = [one for one in after.verdict.evidence if one.rule != "crosscheck.detected"]
        assert counted == list(before.verdict.evidence)
    assert set(told.failures) <= set(told_too.failures)
    assert set(told.notices) <= set(told_too.notices)
    assert set(told.blind_spots) <= set(told_too.blind_spots)
