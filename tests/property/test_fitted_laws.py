"""The laws of the fitted rules: what they mean, what they may weigh, and what they may not look at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.attribute import attribution_of
from shutdownkit.judging.facts import Facts, Surroundings
from shutdownkit.judging.fitted.reading import Reading
from shutdownkit.judging.fitted.rules import FITTED, fitted_rules
from shutdownkit.judging.fitted.weights import Weight, Weights, shipped
from shutdownkit.judging.rules.prior import PRIOR
from shutdownkit.judging.rules.rule import GROUP_CAP, RuleSet

WEIGHTS = shipped()
ONLY = RuleSet("fitted", PRIOR, fitted_rules(WEIGHTS))
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
T = datetime(2021, 2, 14, 18, 30, tzinfo=UTC)  # 01:00 in Myanmar
PLANES = (sk.Plane.ROUTING, sk.Plane.PROBING, sk.Plane.BACKGROUND)
MYANMAR = sk.Entity.parse("MM")
COARSE = (".coarse", ".hourly")


def incident(begin: datetime, hours: float, *, entity: sk.Entity = MYANMAR) -> sk.Episode:
    return sk.Episode(entity, sk.TimeWindow(begin, begin + hours * HOUR))


@st.composite
def incidents(draw: st.DrawFn, *, near: datetime = T) -> sk.Episode:
    """One within ten days, often whole days away, of a length that a list gives."""
    days = draw(st.integers(-10, 10))
    minutes = draw(st.sampled_from([0, 0, 5, 10, 20, 30, 31, 300, 700]))
    return incident(near + timedelta(days=days, minutes=minutes), draw(st.sampled_from([0.5, 1, 3, 8, 30])))


listed = st.dictionaries(st.sampled_from(PLANES), st.booleans()).filter(lambda said: any(said.values()))


@st.composite
def facts_of_lists(draw: st.DrawFn, *, knowledge: sk.Knowledge | None = None) -> Facts:
    """An incident of a list, with others around it."""
    stage = draw(st.sampled_from(sk.Knowledge)) if knowledge is None else knowledge
    begin = T + timedelta(minutes=draw(st.sampled_from([0, 5, 6, 17, 30, 44])))
    own = incident(begin, draw(st.sampled_from([0.5, 1.5, 3, 8, 20, 40, 100])))
    if stage is sk.Knowledge.ONSET:
        own = attrs.evolve(own, ongoing=True)
    others = tuple(one for one in draw(st.lists(incidents(), max_size=6)) if one != own)
    return Facts(own, Surroundings(others=others, listed=draw(listed), knowledge=stage))


# --- the file that ships


def test_every_weight_means_what_its_rule_says() -> None:
    said = {feature.name: (rule.id, feature) for rule in FITTED for feature in rule.features}
    assert {weight.feature for weight in WEIGHTS.weights} == set(said)
    for weight in WEIGHTS.weights:
        rule, feature = said[weight.feature]
        assert (weight.rule, weight.sign, weight.meaning) == (rule, feature.sign, feature.meaning)
        assert weight.shutdowns + weight.outages > 0
    assert [one.rule for one in WEIGHTS.baselines] == [rule.id for rule in FITTED]


def test_no_weight_contradicts_its_meaning() -> None:
    for weight in WEIGHTS.weights:
        for value in weight.by_stage.values():
            assert value * (1 if weight.sign == "+" else -1) >= 0


@given(
    st.sampled_from("+-"),
    st.floats(0.001, 9),
    st.dictionaries(st.sampled_from(sk.Knowledge), st.floats(0, 3), max_size=2),
    st.sampled_from(sk.Knowledge),
)
def test_a_weight_that_contradicts_its_meaning_is_refused(
    sign: str, size: float, others: Mapping[sk.Knowledge, float], stage: sk.Knowledge
) -> None:
    way = 1 if sign == "+" else -1
    right = {**{one: way * value for one, value in others.items()}, stage: way * size}
    Weight("a", "b.c", sign, "It is so.", right, 0.0, 1, 1)
    with pytest.raises(sk.InvalidValueError, match="contradicts the sign") as caught:
        Weight("a", "b.c", sign, "It is so.", {**right, stage: -way * size}, 0.0, 1, 1)
    assert stage.value in caught.value.field


def test_what_stands_twice_is_refused() -> None:
    with pytest.raises(sk.InvalidValueError, match="there more than once"):
        Weights((*WEIGHTS.weights, WEIGHTS.weights[0]), WEIGHTS.baselines)
    with pytest.raises(sk.InvalidValueError, match="there more than once"):
        Weights(WEIGHTS.weights, (*WEIGHTS.baselines, WEIGHTS.baselines[0]))


@pytest.mark.parametrize(("stage", "odds"), list(zip(sk.Knowledge, (-3.0, -3.5, -3.5), strict=True)))
def test_a_typical_outage_gets_what_the_fit_was_given(stage: sk.Knowledge, odds: float) -> None:
    """Where every rule reads the mean of the outages."""
    total = math.log(PRIOR[sk.Cause.DELIBERATE] / (1 - PRIOR[sk.Cause.DELIBERATE]))
    for rule in FITTED:
        typical = {
            one.feature: one.typical
            for one in WEIGHTS.weights
            if one.rule == rule.id
            and stage in one.by_stage
            and not one.feature.endswith((".coarse", ".hourly"))
        }
        total += WEIGHTS.ratio(rule.id, typical, stage)
    assert total == pytest.approx(odds, abs=0.01)


# --- what a reading weighs


@given(facts_of_lists())
def test_every_reading_has_only_features_that_its_rule_names(facts: Facts) -> None:
    for rule in FITTED:
        reading = rule.read(facts)
        if isinstance(reading, Reading):
            assert set(reading.features) <= {feature.name for feature in rule.features}
            assert reading.text.endswith(".")
            assert all(math.isfinite(value) and value >= 0 for value in reading.features.values())


@given(facts_of_lists())
def test_no_probability_says_more_than_its_evidence(facts: Facts) -> None:
    """A reader can check it: prior and weights add up to the log-odds at most.

    Less, where two findings favour the same fault: the second tells it from an order less well.
    """
    told = attribution_of(facts, ONLY)
    total = math.log(PRIOR[sk.Cause.DELIBERATE] / (1 - PRIOR[sk.Cause.DELIBERATE]))
    total += math.fsum(max(-GROUP_CAP, min(GROUP_CAP, one.weight)) for one in told.evidence)
    odds = math.log(told.p_deliberate / (1 - told.p_deliberate))
    assert odds <= max(total, -5.0) + 0.5
    assert odds >= min(total, 4.0) - 1.5


@given(st.data())
def test_a_sign_is_the_way_in_which_a_feature_moves(data: st.DataObject) -> None:
    weight = data.draw(st.sampled_from(WEIGHTS.weights))
    stage = data.draw(st.sampled_from(sorted(weight.by_stage, key=lambda one: one.value)))
    low, high = sorted(data.draw(st.tuples(st.floats(0, 5), st.floats(0, 5))))
    ratios = [WEIGHTS.ratio(weight.rule, {weight.feature: value}, stage) for value in (low, high)]
    assert (ratios[1] - ratios[0]) * (1 if weight.sign == "+" else -1) >= -1e-9


@given(facts_of_lists())
def test_what_could_not_be_read_weighs_nothing(facts: Facts) -> None:
    silent = Facts(
        sk.Episode(sk.Entity.parse("AS6697"), facts.episode.window, ongoing=facts.episode.ongoing),
        attrs.evolve(facts.around, listed={}, others=()),
    )
    told = attribution_of(silent, ONLY)
    assert all(one.weight == 0 for one in told.evidence)
    assert told.p_deliberate == pytest.approx(PRIOR[sk.Cause.DELIBERATE], abs=0.002)


# --- what they may not look at


@given(
    facts_of_lists(knowledge=sk.Knowledge.END),
    st.lists(incidents(near=T + 11 * timedelta(days=1)), max_size=3),
)
def test_before_hindsight_nothing_that_came_later_counts(facts: Facts, later: list[sk.Episode]) -> None:
    after = tuple(one for one in later if one.onset > facts.episode.onset)
    for stage in (sk.Knowledge.ONSET, sk.Knowledge.END):
        own = attrs.evolve(facts.episode, ongoing=stage is sk.Knowledge.ONSET)
        earlier = tuple(one for one in facts.around.others if one.onset < own.onset)
        around = attrs.evolve(facts.around, knowledge=stage, others=earlier)
        more = attrs.evolve(around, others=(*earlier, *after))
        assert attribution_of(Facts(own, around), ONLY) == attribution_of(Facts(own, more), ONLY)


@given(facts_of_lists(), st.data())
def test_the_order_of_others_does_not_matter(facts: Facts, data: st.DataObject) -> None:
    others = data.draw(st.permutations(facts.around.others))
    around = attrs.evolve(facts.around, others=tuple(others))
    assert attribution_of(Facts(facts.episode, around), ONLY) == attribution_of(facts, ONLY)


@given(facts_of_lists())
def test_the_name_of_a_country_does_not_matter(facts: Facts) -> None:
    """Thailand, Cambodia and Laos keep one clock."""

    def moved(episode: sk.Episode, code: str) -> sk.Episode:
        return attrs.evolve(episode, entity=sk.Entity.parse(code))

    told = []
    for code in ("TH", "KH", "LA"):
        around = attrs.evolve(facts.around, others=tuple(moved(one, code) for one in facts.around.others))
        told.append(attribution_of(Facts(moved(facts.episode, code), around), ONLY).p_deliberate)
    assert len(set(told)) == 1


@given(facts_of_lists(knowledge=sk.Knowledge.HINDSIGHT))
def test_one_more_night_of_a_curfew_never_lowers_it(facts: Facts) -> None:
    own = facts.episode
    night = incident(own.onset + timedelta(days=1), own.duration / HOUR)
    if own.duration < 2 * HOUR or own.duration > 10 * HOUR:
        return
    others = tuple(
        one for one in facts.around.others if not one.window.widened(4 * HOUR).overlaps(night.window)
    )
    before = attribution_of(Facts(own, attrs.evolve(facts.around, others=others)), ONLY)
    after = attribution_of(Facts(own, attrs.evolve(facts.around, others=(*others, night))), ONLY)
    assert after.p_deliberate >= before.p_deliberate - 1e-9
