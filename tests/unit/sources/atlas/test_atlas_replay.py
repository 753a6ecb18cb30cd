"""Sessions of a probe, from its events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.sources.atlas.events import ConnectionEvent, ordered
from shutdownkit.sources.atlas.replay import SETTLING, Session, Span, flaps, joined, replay, settled
from shutdownkit.sources.atlas.series import Grid, connected_counts, mask

from .atlas_worlds import DAY, T0, back, changes, drop, typed

KNOWN = ((float(T0), float(T0 + 3 * DAY)),)


def events_of(*records: dict[str, Any]) -> tuple[ConnectionEvent, ...]:
    return ordered(typed(record) for record in records)


def everywhere(_asn: int | None) -> bool:
    return True


def state_at(events: Sequence[ConnectionEvent], time: float) -> bool:
    """An oracle: what the last event so far began, or, before any, what the first one ended."""
    so_far = [event for event in events if event.time <= time]
    return so_far[-1].connected if so_far else not events[0].connected


def spans_of(sessions: Sequence[Session]) -> list[Span]:
    return [(session.start - T0, session.end - T0) for session in sessions]


@given(st.lists(changes, min_size=1, max_size=20), st.integers(0, 3 * DAY - 1))
def test_the_state_at_a_time_is_what_the_last_event_began(events: list[ConnectionEvent], at: int) -> None:
    mine = ordered(event for event in events if event.probe == events[0].probe)
    track = replay(mine, KNOWN)
    up = any(session.start <= T0 + at < session.end for session in track.sessions)
    assert up == state_at(mine, T0 + at)
    assert track.silent == ()
    for before, after in pairwise(track.sessions):
        assert before.start < before.end <= after.start


@given(st.lists(changes, max_size=20), st.integers(1, 3 * DAY - 1))
def test_a_span_without_events_is_silent_and_one_with_them_stands_alone(
    events: list[ConnectionEvent], cut: int
) -> None:
    mine = ordered(event for event in events if event.probe == 1)
    gap = DAY / 2
    spans = ((float(T0), T0 + cut / 2), (T0 + cut / 2 + gap, T0 + 3.0 * DAY))
    whole = replay(mine, spans)
    parts = [replay(mine, (span,)) for span in spans]
    assert whole.sessions == parts[0].sessions + parts[1].sessions
    assert whole.silent == parts[0].silent + parts[1].silent
    for span in whole.silent:
        assert not [event for event in mine if span[0] <= event.time <= span[1]]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 3000)), max_size=10), st.randoms())
def test_joined_spans_lie_five_minutes_apart_and_lose_nothing(steps: Any, random: Any) -> None:
    sessions, at = [], 0.0
    for away, length in steps:
        sessions.append(Session(at + away, at + away + length, random.choice([None, 1, 2])))
        at += away + length
    spans = joined(sessions, everywhere)
    assert all(after[0] - before[1] >= 300 for before, after in pairwise(spans))
    edges = {session.start for session in sessions} | {session.end for session in sessions}
    assert edges >= {edge for span in spans for edge in span}
    for session in sessions:
        assert any(start <= session.start and session.end <= end for start, end in spans)
    assert (
        sum(end - start for start, end in spans)
        < sum(s.end - s.start for s in sessions) + 300 * len(sessions)
        or not sessions
    )
    assert joined([Session(start, end, None) for start, end in spans], everywhere) == spans


def test_the_first_event_tells_what_was_before() -> None:
    assert spans_of(replay(events_of(drop(1, 500)), KNOWN).sessions) == [(0, 500)]
    assert spans_of(replay(events_of(back(1, 500)), KNOWN).sessions) == [(500, 3 * DAY)]


def test_a_second_connection_goes_on_with_the_session_on_the_network_that_it_names() -> None:
    sessions = replay(events_of(back(1, 500, asn=1), back(1, 900, asn=2), drop(1, 1500)), KNOWN).sessions
    assert spans_of(sessions) == [(500, 900), (900, 1500)]
    assert [session.asn for session in sessions] == [1, 2]
    assert joined(sessions, everywhere) == ((T0 + 500, T0 + 1500),)
    assert joined(sessions, lambda asn: asn == 2) == ((T0 + 900, T0 + 1500),)


def test_a_second_disconnection_changes_nothing() -> None:
    assert spans_of(replay(events_of(drop(1, 500), drop(1, 900)), KNOWN).sessions) == [(0, 500)]


def test_a_network_is_that_of_the_connection_or_else_of_the_disconnection() -> None:
    sessions = replay(
        events_of(drop(1, 500, asn=7), back(1, 900, asn=None), drop(1, 1500, asn=8), back(1, 2000, asn=9)),
        KNOWN,
    ).sessions
    assert [session.asn for session in sessions] == [7, 8, 9]


def test_an_interruption_of_five_minutes_counts_and_a_shorter_one_does_not() -> None:
    def spans(length: int) -> int:
        return len(joined(replay(events_of(drop(1, 600), back(1, 600 + length)), KNOWN).sessions, everywhere))

    assert (spans(299), spans(300)) == (1, 2)


@given(st.lists(st.integers(0, 60), max_size=60))
def test_a_probe_flaps_where_any_seven_days_have_drops_in_over_fourteen_of_their_bins(bins: Any) -> None:
    eight_hours = 8 * 3600
    events = events_of(*(drop(1, eight_hours * each + 17) for each in bins))
    fullest = max((len({b for b in bins if first <= b < first + 21}) for first in range(61)), default=0)
    assert flaps(events) == (fullest > 14)


def test_fourteen_bins_are_not_too_many_and_fifteen_must_lie_within_seven_days() -> None:
    def flapping(bins: list[int]) -> bool:
        first = -(T0 % (8 * 3600))  # bins count from the epoch
        return flaps(events_of(*(drop(1, first + 8 * 3600 * each) for each in bins)))

    assert not flapping(list(range(14)) * 3)
    assert flapping(list(range(15)))
    assert flapping([*range(14), 20])
    assert not flapping([*range(14), 21])


def test_connections_alone_do_not_flap() -> None:
    assert not flaps(events_of(*(back(1, 8 * 3600 * each) for each in range(40))))


@given(
    st.integers(0, 2000),
    st.integers(1, 20_000),
    st.lists(
        st.lists(st.integers(-2000, 20_000), max_size=6, unique=True).map(
            lambda edges: list(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
        ),
        max_size=4,
    ),
)
def test_counts_are_of_the_probes_whose_span_holds_the_instant(start: int, length: int, probes: Any) -> None:
    grid = Grid.over(start, start + length)
    assert grid.start <= start < grid.start + 300
    assert 0 <= grid.start + 300 * grid.size - (start + length) < 300
    assert grid.first == datetime.fromtimestamp(grid.start, UTC)
    instants = [grid.start + 300 * k for k in range(grid.size)]
    slow = [sum(any(a <= t < b for a, b in spans) for spans in probes) for t in instants]
    assert connected_counts(grid, probes).tolist() == slow
    inside = [any(a <= t < b for spans in probes for a, b in spans) for t in instants]
    assert np.array_equal(mask(grid, [span for spans in probes for span in spans]), inside)


@given(st.lists(changes, min_size=1, max_size=20), st.integers(0, 3 * DAY - 1))
def test_a_probe_that_came_back_counts_once_it_has_stayed(events: list[ConnectionEvent], at: int) -> None:
    mine = ordered(event for event in events if event.probe == events[0].probe)
    spans = joined(replay(mine, KNOWN).sessions, everywhere)
    counts = any(start <= T0 + at < end for start, end in settled(spans, [KNOWN[0][0]]))
    here = [span for span in spans if span[0] <= T0 + at < span[1]]
    stayed = any(start == T0 or T0 + at - start >= SETTLING for start, _ in here)
    assert counts == stayed
    assert settled(spans, [start for start, _ in spans]) == spans


def test_probes_that_drop_in_turn_add_up() -> None:
    """Six probes, each gone for ten minutes, one after the other: an hour in which most were hit."""
    grid = Grid(float(T0), 24)
    spans = [((float(T0), T0 + 600.0 * k), (T0 + 600.0 * k + 600, T0 + 7200.0)) for k in range(1, 7)]
    plain = connected_counts(grid, spans)
    assert plain.min() == 5
    counts = connected_counts(grid, [settled(each, [float(T0)]) for each in spans])
    assert counts.min() == 2
    assert counts[-1] == 6
