"""What is known of an incident when it is judged, and what is kept from the judge."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError
from shutdownkit.evaluating.cases import BURST_GAP, Case, cases_of, label_of
from shutdownkit.files.incidents import Incident
from shutdownkit.judging.attribute import attribution_of
from shutdownkit.judging.rules.builtin import RULES
from shutdownkit.judging.rules.rule import RuleSet
from shutdownkit.model.context import ContextEvent, ContextKind
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.kinds import Plane
from shutdownkit.model.knowledge import Knowledge
from shutdownkit.model.window import TimeWindow

from .lists import DAY, PROBE, START, incident, incidents, relabelled, shown

lists_of_incidents = st.lists(incidents(), max_size=5)
RULE_SETS = (PROBE, RULES)


def judged(given_: list[Incident], rules: RuleSet) -> list[float]:
    return [
        attribution_of(case.facts[stage], rules).p_measured
        for case in cases_of(given_)
        for stage in Knowledge
    ]


@given(st.lists(incidents(), min_size=1, max_size=6), st.data())
def test_no_label_cause_or_id_moves_a_probability(given_: list[Incident], data: st.DataObject) -> None:
    other = [
        relabelled(evolve(one, cause=cause, id=name, line=line, confirmed=confirmed), label)
        for one, cause, name, line, confirmed, label in zip(
            given_,
            data.draw(st.permutations([one.cause for one in given_])),
            data.draw(st.permutations([f"id-{k}" for k in range(len(given_))])),
            data.draw(st.permutations(range(len(given_)))),
            data.draw(st.lists(st.booleans(), min_size=len(given_), max_size=len(given_))),
            data.draw(st.permutations([one.label for one in given_])),
            strict=True,
        )
    ]
    for rules in RULE_SETS:
        assert judged(other, rules) == judged(given_, rules)


@given(lists_of_incidents)
def test_a_country_is_nothing_but_its_clock(given_: list[Incident]) -> None:
    """Senegal's clock is Mali's, Sri Lanka's India's."""
    clocks = {"SN": Entity.parse("ML"), "LK": Entity.parse("IN")}
    other = [
        evolve(
            one,
            episode=evolve(one.episode, entity=clocks[one.episode.entity.code]),
        )
        for one in given_
    ]
    for rules in RULE_SETS:
        assert judged(other, rules) == judged(given_, rules)


@given(lists_of_incidents, st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(given_: list[Incident], random: object) -> None:
    numbered = [evolve(one, line=line) for line, one in enumerate(given_, 2)]
    shuffled = list(numbered)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    def by_line(cases: tuple[Case, ...]) -> list[tuple[object, ...]]:
        return sorted(
            (
                case.incident.line,
                case.is_first,
                case.burst,
                case.is_shutdown,
                *(shown(case.facts[stage]) for stage in Knowledge),
            )
            for case in cases
        )

    assert by_line(cases_of(shuffled)) == by_line(cases_of(numbered))
    assert [case.incident for case in cases_of(shuffled)] == shuffled


@given(st.lists(incidents(), min_size=1, max_size=6), st.data())
def test_what_comes_later_is_known_in_hindsight_only(given_: list[Incident], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(given_))
    onset = one.episode.onset
    case = next(case for case in cases_of(given_) if case.incident is one)
    earlier = [other for other in given_ if other.episode.onset < onset]
    then = next(case for case in cases_of([*earlier, one]) if case.incident is one)
    for stage in (Knowledge.ONSET, Knowledge.END):
        assert shown(case.facts[stage]) == shown(then.facts[stage])
    assert case.is_first is then.is_first
    hindsight = case.facts[Knowledge.HINDSIGHT].around.others
    assert set(hindsight) == {
        other.episode
        for other in given_
        if other.episode.entity == one.episode.entity and other.episode.onset != onset
    }


@given(st.lists(incidents(), min_size=1, max_size=6), st.data())
def test_at_its_onset_no_end_is_known_that_lies_ahead(given_: list[Incident], data: st.DataObject) -> None:
    """Every end that lies ahead may be another one."""
    one = data.draw(st.sampled_from(given_))
    now = one.episode.onset

    def otherwise(other: Incident) -> Incident:
        if other is not one and other.episode.window.end <= now:
            return other
        end = max(now, other.episode.onset) + timedelta(minutes=data.draw(st.integers(1, 9999)))
        episode = Episode(other.episode.entity, TimeWindow(other.episode.onset, end))
        return evolve(other, episode=episode)

    index = given_.index(one)
    changed = cases_of([otherwise(other) for other in given_])[index]
    assert shown(changed.facts[Knowledge.ONSET]) == shown(cases_of(given_)[index].facts[Knowledge.ONSET])


@given(st.lists(incidents(labelled=False), max_size=7))
def test_every_episode_of_a_case_has_its_onset_and_what_the_list_says(given_: list[Incident]) -> None:
    cases = cases_of(given_)
    assert [case.incident for case in cases] == [one for one in given_ if one.label is not None]
    for case in cases:
        own = case.incident.episode
        for stage in Knowledge:
            facts = case.facts[stage]
            assert facts.episode.onset == own.onset
            assert facts.knowledge is stage
            assert dict(facts.around.listed) == dict(case.incident.planes)
            for other in facts.around.others:
                assert other.entity == own.entity
                assert other.onset != own.onset
        assert case.facts[Knowledge.ONSET].episode == Episode(
            own.entity, TimeWindow(own.onset, own.onset), ongoing=True
        )
        assert case.facts[Knowledge.END].episode == own
        assert case.facts[Knowledge.HINDSIGHT].episode == own


@given(st.lists(incidents(labelled=False), max_size=7))
def test_bursts_are_as_they_are_defined(given_: list[Incident]) -> None:
    cases = cases_of(given_)
    for case in cases:
        own = case.incident.episode
        before = [
            other.episode
            for other in given_
            if other.episode.entity == own.entity
            and timedelta(0) < own.onset - other.episode.onset <= timedelta(days=7)
        ]
        assert case.is_first is (not before)
        onsets: set[datetime] = {own.onset}
        for _ in given_:  # whatever is within reach of what is reached
            onsets |= {
                other.episode.onset
                for other in given_
                if other.episode.entity == own.entity
                and any(abs(other.episode.onset - onset) <= BURST_GAP for onset in onsets)
            }
        for other in cases:
            same = other.incident.episode.entity == own.entity and other.incident.episode.onset in onsets
            assert (other.burst == case.burst) is same


def test_a_burst_ends_after_seven_days_of_quiet() -> None:
    cases = cases_of(
        [incident(0), incident(7), incident(14), incident(21 + 1 / 1440), incident(3, entity="LK")]
    )
    assert [case.is_first for case in cases] == [True, False, False, True, True]
    assert [case.burst for case in cases] == ["SN-2020-08-01T00"] * 3 + [
        "SN-2020-08-22T00",
        "LK-2020-08-04T00",
    ]


def test_others_as_they_were_known() -> None:
    """At the onset an earlier one lasts that was not over; at the end so does one that outlasts it."""
    over, lasting, unknown = incident(0), incident(1, hours=30), incident(1.5, hours=None)
    outlasting = incident(0.5, hours=400)
    one, later = incident(2, hours=10), incident(3)
    (case,) = (
        case for case in cases_of([later, outlasting, one, over, unknown, lasting]) if case.incident is one
    )
    now, end = one.episode.onset, one.episode.window.end

    def known(stage: Knowledge) -> list[tuple[float, datetime | None, datetime]]:
        return [
            ((other.onset - START) / DAY, other.end, other.window.end)
            for other in case.facts[stage].around.others
        ]

    first = over.episode.window.end
    assert known(Knowledge.ONSET) == [
        (0.0, first, first),
        (0.5, None, now),
        (1.0, None, now),
        (1.5, None, START + 1.5 * DAY),
    ]
    assert known(Knowledge.END) == [
        (0.0, first, first),
        (0.5, None, end),
        (1.0, lasting.episode.end, lasting.episode.window.end),
        (1.5, None, START + 1.5 * DAY),
    ]
    assert [day for day, _, _ in known(Knowledge.HINDSIGHT)] == [0.0, 0.5, 1.0, 1.5, 3.0]


def test_an_incident_listed_twice_is_not_its_own_surrounding() -> None:
    cases = cases_of([incident(2), incident(2), incident(2, hours=None)])
    assert [case.is_first for case in cases] == [True] * 3
    assert len({case.burst for case in cases}) == 1
    assert all(not case.facts[stage].around.others for case in cases for stage in Knowledge)


def test_others_that_differ_in_nothing_but_whether_they_ended_have_one_order() -> None:
    over, lasting = incident(0, hours=0), incident(0, hours=None)
    for given_ in ([over, lasting, incident(1)], [lasting, incident(1), over]):
        (case,) = (case for case in cases_of(given_) if case.incident.episode.onset > START)
        for stage in Knowledge:
            assert case.facts[stage].around.others == (over.episode, lasting.episode)


def test_context_that_had_begun() -> None:
    def report(text: str, day: float) -> ContextEvent:
        begin = START + day * DAY
        window = TimeWindow(begin, begin + DAY)
        return ContextEvent(ContextKind.PROTEST, Entity.parse("SN"), window, text, "a newspaper")

    context = [report("before", 1), report("at the onset", 2), report("during", 2.1), report("after", 3)]
    (case,) = cases_of([incident(2, hours=12)], context=context)
    known = {stage: [event.text for event in case.facts[stage].around.context] for stage in Knowledge}
    assert known == {
        Knowledge.ONSET: ["before", "at the onset"],
        Knowledge.END: ["before", "at the onset", "during"],
        Knowledge.HINDSIGHT: ["before", "at the onset", "during", "after"],
    }


@pytest.mark.parametrize(
    ("label", "strict", "meant"),
    [
        ("shutdown", None, True),
        ("Outage", "shutdown", False),
        ("unlabelled", None, None),
        (None, "shutdown", None),
        ("maybe", None, None),
    ],
)
def test_labels(label: str | None, strict: str | None, meant: bool | None) -> None:
    one = incident(0, label=label, strict=strict)
    assert label_of(one) is meant
    assert label_of(one, strict=True) is {"shutdown": True, None: None}[strict]
    assert [case.is_shutdown for case in cases_of([one])] == ([] if meant is None else [meant])
    assert len(cases_of([one], strict=True)) == (strict is not None)


def test_an_incident_without_a_label_is_known_to_the_others() -> None:
    (case,) = cases_of([incident(0, label=None), incident(1)])
    assert not case.is_first
    assert len(case.facts[Knowledge.ONSET].around.others) == 1


def test_nothing_is_made_of_nothing() -> None:
    assert cases_of([]) == ()
    with pytest.raises(InvalidValueError, match=r"incidents\[0\]: "):
        cases_of([incident(0).episode])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match="context"):
        cases_of([], context=["a coup"])  # type: ignore[list-item]


def test_planes_nobody_looked_at_are_not_listed() -> None:
    (case,) = cases_of([incident(0, planes={Plane.ROUTING: False})])
    assert dict(case.facts[Knowledge.END].around.listed) == {Plane.ROUTING: False}
