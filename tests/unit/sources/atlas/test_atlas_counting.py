"""Laws of the count of connected probes, from answers that came in any shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.sources.atlas.asking import Group, Part
from shutdownkit.sources.atlas.counting import Count, count, silent_probes, watched_probes
from shutdownkit.sources.atlas.events import ConnectionEvent, ordered
from shutdownkit.sources.atlas.foreign import ELSEWHERE, foreign_networks
from shutdownkit.sources.atlas.plan import Ask
from shutdownkit.sources.atlas.probes import Probe
from shutdownkit.sources.atlas.replay import SETTLING
from shutdownkit.sources.atlas.series import Grid

from .atlas_worlds import DAY, START, T0, changes

BELARUS = sk.Entity.parse("BY")
GRID = Grid.over(T0, T0 + 3 * DAY)
AFTER = START + timedelta(days=30)
NOBODY: frozenset[int] = frozenset()

event_lists = st.lists(changes, max_size=20)
everybody = [Probe(number, "BY", 64500) for number in (1, 2, 3, 4)]
state_maps = st.dictionaries(st.integers(1, 4), st.booleans())


def group_of(
    events: Iterable[ConnectionEvent],
    ids: Sequence[int],
    cuts: Iterable[int] = (),
    *,
    retrieved: datetime = AFTER,
    failed: Iterable[int] = (),
) -> Group:
    """Answers about probes in three days, cut at seconds after the start; some failed."""
    edges = [0, *sorted(set(cuts)), 3 * DAY]
    lost = set(failed)
    parts = []
    for index, (first, last) in enumerate(pairwise(edges)):
        ask = Ask(tuple(ids), START + timedelta(seconds=first), START + timedelta(seconds=last))
        if index in lost:
            parts.append(Part(ask))
            continue
        limit = min(last, (retrieved - START).total_seconds())
        inside = ordered(e for e in events if e.probe in ids and first <= e.time - T0 <= limit)
        parts.append(Part(ask, inside, retrieved))
    return Group(tuple(ids), tuple(parts))


def counted(
    groups: Sequence[Group],
    states: Mapping[int, bool] | None = None,
    *,
    probes: Sequence[Probe] = everybody,
    foreign: frozenset[int] = NOBODY,
    entity: sk.Entity = BELARUS,
) -> Count:
    return count(GRID, watched_probes(probes, groups), states or {}, entity=entity, foreign=foreign)


def same(a: Count, b: Count) -> bool:
    return np.array_equal(a.values, b.values, equal_nan=True) and a.unknown == b.unknown


@given(event_lists, state_maps)
def test_a_count_is_between_nobody_and_everybody(events: Any, states: Any) -> None:
    result = counted([group_of(events, [1, 2, 3, 4])], states)
    assert result.values.shape == (GRID.size,)
    assert ((result.values >= 0) & (result.values <= len(result.spans))).all()
    assert len(result.spans) + result.unknown + result.restless == 4


@given(event_lists, state_maps, st.sets(st.integers(1, 3 * DAY - 1), max_size=5), st.data())
def test_how_the_questions_were_cut_and_grouped_changes_nothing(
    events: Any, states: Any, cuts: Any, data: Any
) -> None:
    whole = counted([group_of(events, [1, 2, 3, 4])], states)
    assert same(whole, counted([group_of(events, [1, 2, 3, 4], cuts)], states))
    assert same(whole, counted([group_of(events, [1, 2]), group_of(events, [3, 4], cuts)], states))
    shuffled = data.draw(st.permutations(events))
    assert same(whole, counted([group_of(shuffled, [1, 2, 3, 4])], states))


@given(event_lists, state_maps)
def test_a_probe_that_is_always_up_adds_one_everywhere(events: Any, states: Any) -> None:
    before = counted([group_of(events, [1, 2, 3, 4])], states)
    after = counted(
        [group_of(events, [1, 2, 3, 4, 5])], {**states, 5: True}, probes=[*everybody, Probe(5, "BY", 64500)]
    )
    assert (after.values == before.values + 1).all()


@given(st.integers(1, 3 * DAY - 300), st.integers(1, 299), st.booleans())
def test_a_blip_under_five_minutes_changes_nothing(at: int, length: int, moved: bool) -> None:
    events = [
        ConnectionEvent(T0 + at, 1, False, 64500, "a"),
        ConnectionEvent(T0 + at + length, 1, True, 64501 if moved else 64500, "b"),
    ]
    assert (counted([group_of(events, [1])]).values == 1).all()


close_events = st.lists(
    st.builds(
        lambda probe, at, connected: ConnectionEvent(float(T0 + at), probe, connected, 64500, ""),
        st.integers(1, 4),
        st.integers(0, 3000),
        st.booleans(),
    ),
    max_size=20,
)


@given(close_events, state_maps, st.integers(0, 4000) | st.integers(0, 3 * DAY))
@example(
    [ConnectionEvent(T0 + 550.0, 1, False, 64500, ""), ConnectionEvent(T0 + 800.0, 1, True, 64500, "")],
    {},
    700,
)
def test_what_is_known_now_is_what_will_be_said_later(events: Any, states: Any, seconds: int) -> None:
    """Nothing is known after the answer came, nor of the five minutes before it: it may be a blip."""
    cut = START + timedelta(seconds=seconds)
    all_states = {number: states.get(number, True) for number in (1, 2, 3, 4)}
    first = {event.probe: event.connected for event in reversed(ordered(events))}
    so_far = all_states | {number: not connected for number, connected in first.items()}
    whole = counted([group_of(events, [1, 2, 3, 4])], all_states).values
    values = counted([group_of(events, [1, 2, 3, 4], retrieved=cut)], so_far).values
    known = GRID.index(cut.timestamp() - 300) if seconds < 3 * DAY else GRID.size
    assert np.isnan(values[known + 1 :]).all()
    assert np.array_equal(values[:known], whole[:known])
    measured = ~np.isnan(values)
    assert np.array_equal(values[measured], whole[measured])


@given(event_lists, st.integers(1, 3 * DAY - 1))
def test_a_question_that_failed_leaves_its_time_unknown_and_no_number_wrong(events: Any, cut: int) -> None:
    states = dict.fromkeys((1, 2, 3, 4), True)
    whole = counted([group_of(events, [1, 2, 3, 4])], states)
    for lost in (0, 1):
        part = counted([group_of(events, [1, 2, 3, 4], [cut], failed=[lost])])
        edge = GRID.index(T0 + cut)
        missing = slice(0, edge) if lost == 0 else slice(edge, None)
        assert np.isnan(part.values[missing]).all()
        assert part.unknown == 0
        # What is known of the other part is what it alone tells: each probe has events in it, or is dark.
        # Who had only just come back when the other part began, and who will be back at once when it
        # ended, nobody knows.
        after, before = GRID.index(T0 + cut + SETTLING), GRID.index(T0 + cut - 300)
        rest = slice(after, None) if lost == 0 else slice(0, before)
        assert np.isnan(part.values[edge:after]).all() or lost == 1
        first, last = (cut, 3 * DAY) if lost == 0 else (0, cut)
        seen = {event.probe for event in events if first <= event.time - T0 <= last}
        assert np.isnan(part.values[rest]).all() == (seen != {1, 2, 3, 4} or part.values[rest].size == 0)
        measured = ~np.isnan(part.values)
        if lost == 1 and not whole.restless:
            assert np.array_equal(part.values[measured], whole.values[measured])
        if seen == {1, 2, 3, 4} and lost == 0 and not whole.restless and after < GRID.size:
            alone = counted([group_of([e for e in events if e.time - T0 >= cut], [1, 2, 3, 4])])
            assert np.array_equal(part.values[rest], alone.values[rest])


def test_a_silent_survivor_counts_a_silent_absentee_does_not_and_an_unknown_is_left_out() -> None:
    groups = [group_of([], [1, 2, 3])]
    assert {one.probe.id for one in silent_probes(watched_probes(everybody, groups))} == {1, 2, 3}
    result = counted(groups, {1: True, 2: False})
    assert (result.values == 1).all()
    assert result.unknown == 1
    assert set(result.spans) == {1, 2}


def test_a_flapping_probe_is_left_out() -> None:
    restless = [
        ConnectionEvent(T0 + index * 3600, 1, bool(index % 2), 64500, "a") for index in range(70)
    ]  # nine bins in three days are not fifteen
    assert counted([group_of(restless, [1])]).restless == 0
    weeks = ordered(
        ConnectionEvent(T0 - 7 * DAY + index * 14400, 1, bool(index % 2), 64500, "a") for index in range(60)
    )
    ask = Ask((1,), START - timedelta(days=7), START + timedelta(days=3))
    result = counted([Group((1,), (Part(ask, weeks, AFTER),))])
    assert (result.restless, result.spans) == (1, {})
    assert (result.values == 0).all()


def test_time_on_a_foreign_network_does_not_count() -> None:
    events = [
        ConnectionEvent(T0 + 1000, 1, False, 64500, "a"),
        ConnectionEvent(T0 + 2000, 1, True, 64999, "a"),
        ConnectionEvent(T0 + DAY, 1, False, 64999, "a"),
        ConnectionEvent(T0 + DAY + 900, 1, True, None, "a"),
    ]
    at_home = counted([group_of(events, [1])])
    assert at_home.abroad == 0
    assert at_home.values[GRID.index(T0 + DAY / 2)] == 1
    away = counted([group_of(events, [1])], foreign=frozenset({64999}))
    assert away.abroad == 1
    assert away.values[GRID.index(T0 + DAY / 2)] == 0
    assert away.values[0] == 1
    assert away.values[-1] == 1  # of no known network: the one of the record
    nowhere = counted([group_of([], [1])], {1: True}, foreign=frozenset({64500}))
    assert (nowhere.values == 0).all()


def test_of_a_network_only_its_own_sessions_count() -> None:
    events = [
        ConnectionEvent(T0 + 1000, 1, False, 64500, "a"),
        ConnectionEvent(T0 + 2000, 1, True, 64999, "a"),
        ConnectionEvent(T0 + DAY, 1, True, 64600, "a"),
    ]
    probe = Probe(1, "BY", 64500, 64600)
    result = counted([group_of(events, [1])], probes=[probe], entity=sk.Entity.parse("AS64500"))
    assert [result.values[GRID.index(T0 + at)] for at in (0, 5000, DAY + 1500, DAY + 1800)] == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("here", "elsewhere", "foreign"),
    [(0, ELSEWHERE, True), (0, ELSEWHERE - 1, False), (5, 5, False), (5, 6, True), (4, 5, True)],
)
def test_a_network_is_foreign_with_five_probes_elsewhere_and_under_half_at_home(
    here: int, elsewhere: int, foreign: bool
) -> None:
    probes = [Probe(number + 1, "BY", 64500) for number in range(here)]
    probes += [Probe(number + 100, "DE", 64500) for number in range(elsewhere)]
    probes += [Probe(number + 200, None, 64500) for number in range(9)]
    assert foreign_networks(probes, "BY") == (frozenset({64500}) if foreign else frozenset())


def test_just_before_its_drop_a_probe_was_connected() -> None:
    result = counted([group_of([ConnectionEvent(T0 + 1000, 1, False, None, "a")], [1])])
    assert [result.connected_before(T0 + at) for at in (1, 1000, 1001)] == [1, 1, 0]
