"""How far around an incident is looked, and that it moves nothing that the rules say."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.evaluating.cases import AROUND, cases_of
from shutdownkit.files.incidents import Incident
from shutdownkit.judging.attribute import attribution_of
from shutdownkit.judging.facts import Facts
from shutdownkit.judging.rules.builtin import RULES
from shutdownkit.model.knowledge import Knowledge

from .lists import DAY, incident

MINUTES = [-10, 0, 0, 10, 30, 31]


@st.composite
def series(draw: st.DrawFn) -> list[Incident]:
    """Incidents over 200 days, mostly whole days or weeks apart, give or take what rules allow."""
    days = st.integers(0, 200) | st.sampled_from([0, 7, 14, 21, 28, 30, 60, 61, 120])
    starts = draw(st.lists(st.tuples(days, st.sampled_from(MINUTES)), min_size=2, max_size=12))
    return [
        incident(day + (720 + minutes) / 1440, hours=draw(st.sampled_from([1.0, 6.0, None])))
        for day, minutes in starts
    ]


@given(series())
def test_what_lies_further_off_moves_nothing_that_the_rules_say(given_: list[Incident]) -> None:
    for case in cases_of(given_):
        near = case.facts[Knowledge.HINDSIGHT]
        every = tuple(one.episode for one in given_ if one.episode.onset != case.incident.episode.onset)
        far = Facts(
            near.episode, evolve(near.around, others=tuple(sorted(set(every), key=lambda e: e.window)))
        )
        assert attribution_of(near, RULES) == attribution_of(far, RULES)


@given(st.integers(0, 90 * 1440) | st.sampled_from([0, 60 * 1440, 60 * 1440 + 1]), st.booleans())
def test_those_known_began_at_most_so_far_away(minutes: int, later: bool) -> None:
    first, second = incident(0.0), incident(minutes / 1440)
    case = cases_of([first, second])[0 if later else 1]
    expected = timedelta(0) < timedelta(minutes=minutes) <= AROUND
    assert bool(case.facts[Knowledge.HINDSIGHT].around.others) is expected
    assert bool(case.facts[Knowledge.ONSET].around.others) is (expected and not later)


def test_a_long_list_of_one_entity_shows_each_only_its_surroundings() -> None:
    """The work is in what each is shown: were it all, 2,000 of one country would take a minute and a half."""
    long = cases_of([incident(float(day)) for day in range(400)])
    most = 2 * (AROUND // DAY)
    assert max(len(case.facts[Knowledge.HINDSIGHT].around.others) for case in long) == most
