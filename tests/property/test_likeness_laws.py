"""Laws of the likeness of two episodes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.likeness.features import Feature, features_of
from shutdownkit.judging.likeness.signature import PlaneFall, Signature, signature_of
from shutdownkit.judging.likeness.survey import NetworkFates
from shutdownkit.judging.likeness.table import LIKENESS, MEASURED, Ladder
from shutdownkit.judging.likeness.weighing import compare_signatures, summed_weight
from tests.property.worlds import World, worlds

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BEGIN = datetime(2021, 2, 14, tzinfo=UTC)
KINDS = ("bgp.visible-slash24s", "probing.up-slash24s", "telescope.unique-sources", "traffic.search")

lengths = st.none() | st.integers(0, 300).map(lambda k: k * 10 * MINUTE)
steps = st.none() | st.sampled_from([5 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR])


@st.composite
def one_event(draw: st.DrawFn, entity: sk.Entity, begin: datetime, kind: str) -> sk.Event:
    onset = begin + draw(st.integers(0, 12)) * 5 * MINUTE
    ongoing = draw(st.booleans())
    return sk.Event(
        kind=sk.KINDS[kind],
        entity=entity,
        window=sk.TimeWindow(onset, onset + draw(st.integers(1, 400)) * 10 * MINUTE),
        depth=draw(st.integers(0, 100)) / 100,
        ongoing=ongoing,
        step=draw(steps),
        fall=draw(lengths),
        rise=None if ongoing else draw(lengths),
    )


@st.composite
def episodes(draw: st.DrawFn, entities: tuple[str, ...] = ("BY", "MM", "AU", "AS6697")) -> sk.Episode:
    entity = sk.Entity.parse(draw(st.sampled_from(entities)))
    begin = BEGIN + draw(st.integers(0, 288)) * 5 * MINUTE
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=4, unique=True))
    events = tuple(draw(one_event(entity, begin, kind)) for kind in kinds)
    start = min((event.onset for event in events), default=begin)
    end = max((event.window.end for event in events), default=begin + draw(st.integers(0, 99)) * HOUR)
    ongoing = any(event.ongoing for event in events) if events else draw(st.booleans())
    return sk.Episode(entity=entity, window=sk.TimeWindow(start, end), events=events, ongoing=ongoing)


@given(episodes(), episodes())
def test_likeness_is_symmetric(first: sk.Episode, second: sk.Episode) -> None:
    there, back = sk.compare(first, second), sk.compare(second, first)
    for name in ("score", "consistent", "weight", "as_alike"):
        assert getattr(there, name) == getattr(back, name)
    assert len(there.agreements) == len(back.agreements)


@given(episodes())
def test_nothing_is_unlike_itself(episode: sk.Episode) -> None:
    same = sk.compare(episode, episode)
    assert same.consistent is not False
    assert same.differences == ()
    if same.agreements:
        assert same.score == 1.0
        assert same.weight is not None
        assert same.weight >= 0
    else:
        assert (same.weight, same.as_alike) == (None, None)


@given(episodes(), episodes())
def test_an_answer_needs_the_weight_and_the_score(first: sk.Episode, second: sk.Episode) -> None:
    found = sk.compare(first, second)
    if found.consistent is not None:
        assert found.weight is not None
        assert found.consistent == (found.weight > 0) == (found.score >= 0.65)
        assert found.weight >= 2.1 or found.weight <= -2.0
        assert first.events
        assert second.events


@given(episodes(), episodes())
def test_an_episode_of_which_only_the_onset_is_known_is_never_judged(
    first: sk.Episode, second: sk.Episode
) -> None:
    bare = sk.Episode(first.entity, sk.TimeWindow(first.onset, first.onset), ongoing=True)
    assert sk.compare(bare, second).consistent is None
    assert sk.compare(bare, bare).consistent is None


MORE: dict[str, Callable[[Signature, int], Signature]] = {
    "duration": lambda signature, k: evolve(signature, duration=k * MINUTE),
    "fall": lambda signature, k: evolve(signature, fall=k * MINUTE),
    "rise": lambda signature, k: evolve(signature, rise=k * MINUTE),
    "clock": lambda signature, k: evolve(signature, utc_minute=k),
}
LESS: dict[str, Callable[[Signature], Signature]] = {
    "duration": lambda signature: evolve(signature, duration=None),
    "fall": lambda signature: evolve(signature, fall=None),
    "rise": lambda signature: evolve(signature, rise=None),
    "clock": lambda signature: evolve(signature, utc_minute=None),
}


@pytest.mark.parametrize("name", MORE)
@given(first=episodes(), second=episodes(), count=st.integers(0, 1439))
def test_one_more_agreement_never_lowers_the_weight(
    name: str, first: sk.Episode, second: sk.Episode, count: int
) -> None:
    one, other = (evolve(LESS[name](signature_of(side)), local_minute=None) for side in (first, second))
    without = compare_signatures(one, other)
    more = compare_signatures(MORE[name](one, count), MORE[name](other, count))
    assert (more.weight or 0.0) >= (without.weight or 0.0)
    assert len(more.differences) == len(without.differences)


@given(episodes(), episodes(), st.sampled_from(sorted(LIKENESS.ladders)), st.floats(0, 5))
def test_a_feature_that_speaks_for_never_lowers_the_sum(
    first: sk.Episode, second: sk.Episode, name: str, weight: float
) -> None:
    features = list(features_of(signature_of(first), signature_of(second), LIKENESS))
    for group in ("depth", "order", "shape", "networks", "clock"):
        more = [*features, Feature(name, group, 0, weight, 1.0, 1.0, "more")]
        assert summed_weight(more, LIKENESS) >= summed_weight(features, LIKENESS)


@given(episodes(("MM", "BY")), episodes(("MM", "BY")), st.integers(-300, 300))
def test_whole_days_change_nothing_where_clocks_do_not_change(
    first: sk.Episode, second: sk.Episode, days: int
) -> None:
    """Myanmar and Belarus keep one time all year."""

    def later(episode: sk.Episode) -> sk.Episode:
        def moved(window: sk.TimeWindow) -> sk.TimeWindow:
            return sk.TimeWindow(window.start + days * DAY, window.end + days * DAY)

        events = tuple(evolve(event, window=moved(event.window)) for event in episode.events)
        return evolve(episode, window=moved(episode.window), events=events)

    assert sk.compare(later(first), later(second)) == sk.compare(first, second)
    assert sk.compare(first, later(second)) == sk.compare(first, second)


@settings(max_examples=settings().max_examples // 5)
@given(worlds(max_kinds=3), st.randoms(use_true_random=False))
def test_the_order_of_signals_changes_nothing(world: World, chance: Random) -> None:
    network = tuple(evolve(signal, entity=sk.Entity.parse("AS65000")) for signal in world.signals)
    signals = [*world.signals, *network]
    found = [one for one in sk.episodes(sk.detect(world.signals)) if one.entity == world.entity]
    shuffled = list(signals)
    chance.shuffle(shuffled)
    for one in found:
        assert signature_of(one, signals=signals) == signature_of(one, signals=shuffled)
        for other in found:
            there = sk.compare(one, other, signals=signals)
            assert there == sk.compare(one, other, signals=shuffled)


@settings(max_examples=settings().max_examples // 5)
@given(worlds(max_kinds=3))
def test_a_plane_never_both_fell_and_held(world: World) -> None:
    for one in sk.episodes(sk.detect(world.signals)):
        signature = signature_of(one, signals=world.signals)
        assert signature.held is not None
        assert not signature.planes & set(signature.held)
        assert signature_of(one).held is None


@given(st.floats(0, 2000), st.floats(0, 2000), st.sampled_from(sorted(LIKENESS.ladders)))
def test_what_is_further_apart_never_says_more_for_one_switch(near: float, far: float, name: str) -> None:
    near, far = sorted((near, far))
    assert LIKENESS.ladders[name].weight(near) >= LIKENESS.ladders[name].weight(far)
    assert LIKENESS.ladders[name].agreement(near) >= LIKENESS.ladders[name].agreement(far)


@given(st.dictionaries(st.sampled_from(MEASURED), st.integers(0, 2)))
def test_the_share_of_unrelated_pairs_that_is_as_alike_grows_with_the_distance(rungs: dict[str, int]) -> None:
    share = LIKENESS.share_as_alike(rungs)
    if not rungs:
        assert share is None
        return
    assert share is not None
    assert 0 < share <= 1
    for name, rung in rungs.items():
        if rung < 2:
            further = LIKENESS.share_as_alike({**rungs, name: rung + 1})
            assert further is not None
            assert further >= share


@pytest.mark.parametrize(
    ("edges", "weights", "problem"),
    [
        ((2.0, 1.0), (1.0, 0.0, -1.0), "do not rise"),
        ((1.0, 2.0), (1.0, -1.0), "one more than the edges"),
        ((1.0, 2.0), (1.0, -1.0, -0.5), "rise with the distance"),
        ((1.0,), (-0.5, -1.0), "from over 0 to under 0"),
        ((1.0,), (1.0, 0.5), "from over 0 to under 0"),
    ],
)
def test_a_weight_whose_sign_contradicts_its_meaning_is_refused(
    edges: tuple[float, ...], weights: tuple[float, ...], problem: str
) -> None:
    with pytest.raises(sk.InvalidValueError, match=problem):
        Ladder("clock", edges, weights, 1.0, 1.0)


def night(*planes: sk.Plane, held: tuple[sk.Plane, ...] | None = None) -> Signature:
    fell = tuple(PlaneFall(plane) for plane in planes)
    return Signature(sk.Entity.parse("MM"), fell, held, utc_minute=0, duration=8 * HOUR)


def planes_feature(first: Signature, second: Signature) -> Feature:
    (found,) = (one for one in features_of(first, second, LIKENESS) if one.name == "planes")
    return found


def test_a_plane_that_nobody_measured_is_no_difference() -> None:
    both, one = (sk.Plane.PROBING, sk.Plane.ROUTING), sk.Plane.PROBING
    measured = planes_feature(night(*both, held=()), night(one, held=(sk.Plane.ROUTING,)))
    assert measured.weight < -1
    unmeasured = planes_feature(night(*both, held=()), night(one, held=()))
    assert (unmeasured.weight > 0, unmeasured.agreement) == (True, 1.0)
    unknown = planes_feature(night(*both), night(one))
    assert (unknown.weight, unknown.rung, unknown.agreement) == (0.0, None, 0.5)


def test_without_planes_nothing_is_said_however_much_agrees() -> None:
    fates = NetworkFates(3, ((sk.Entity.parse("AS1"), HOUR),), frozenset({sk.Entity.parse("AS2")}))
    bare, planes = (evolve(one, networks=fates) for one in (night(), night(sk.Plane.PROBING)))
    assert compare_signatures(planes, planes).consistent is True
    found = compare_signatures(bare, bare)
    assert found.consistent is None
    assert found.weight is not None
    assert found.weight > LIKENESS.alike


@given(
    st.sets(st.sampled_from([p for p in sk.Plane if p is not sk.Plane.ROUTING]), min_size=1),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_routes_that_fell_in_one_alone_are_no_one_switch(
    others: set[sk.Plane], surveyed: bool, swapped: bool, measured: bool
) -> None:
    """Were it at the same minute, for the same time: only routes that nobody measured are passed over."""
    gone = night(sk.Plane.ROUTING, *others, held=() if surveyed else None)
    kept = night(*others, held=(sk.Plane.ROUTING,) * measured if surveyed else None)
    found = compare_signatures(*((kept, gone) if swapped else (gone, kept)))
    assert found.consistent is (True if surveyed and not measured else None)
    assert found.consistent is True or any("planes that fell" in text for text in found.differences)


@given(st.sampled_from(["fall", "rise"]), st.integers(0, 600))
def test_an_edge_that_is_far_slower_is_no_one_switch(edge: str, minutes: int) -> None:
    cliff = evolve(night(sk.Plane.PROBING), fall=timedelta(0), rise=timedelta(0))
    late = minutes * MINUTE
    slow = evolve(cliff, fall=late) if edge == "fall" else evolve(cliff, rise=late)
    assert compare_signatures(cliff, slow).consistent is (True if minutes <= 80 else None)


def test_a_day_without_an_hour_has_no_clock() -> None:
    """Lists that give days only would otherwise all begin at the same minute."""
    days = sk.Episode(sk.Entity.parse("MM"), sk.TimeWindow(BEGIN, BEGIN + 2 * DAY))
    assert signature_of(days) == Signature(sk.Entity.parse("MM"))
    assert sk.compare(days, days).weight is None
