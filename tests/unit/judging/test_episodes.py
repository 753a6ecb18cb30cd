"""Which events belong together."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk

from .builders import (
    ANOMALY,
    ATLAS,
    BGP,
    DOWNLOAD,
    HOUR,
    LATENCY,
    MINUTE,
    OONI,
    PROBING,
    START,
    TELESCOPE,
    TRAFFIC,
    at,
    event,
    quiet,
    signal,
    world,
)

NOON = at("2020-08-09T12:00")
MINUTES = st.integers(0, 90).map(lambda count: count * MINUTE)
LATER = st.integers(91, 600).map(lambda count: count * MINUTE)


def short(kind: str, begin: datetime, *, entity: str = "BY") -> sk.Event:
    """An event of twenty minutes, so that only the onsets can join it to another."""
    return event(kind, begin, begin + 20 * MINUTE, entity=entity)


def test_no_event_no_episode() -> None:
    assert sk.episodes([]) == ()


def test_what_is_no_event_is_refused() -> None:
    with pytest.raises(sk.InvalidValueError, match=r"events\[0\]"):
        sk.episodes(["BY"])  # type: ignore[list-item]


# --- clocks and lags


@given(MINUTES)
def test_onsets_up_to_ninety_minutes_apart_join(apart: timedelta) -> None:
    (one,) = sk.episodes([short(BGP, NOON), short(TRAFFIC, NOON + apart)])
    assert one.onset == NOON
    assert one.planes == {sk.Plane.ROUTING, sk.Plane.TRAFFIC}
    assert one.end == NOON + apart + 20 * MINUTE


@given(LATER)
def test_onsets_further_apart_do_not_join(apart: timedelta) -> None:
    found = sk.episodes([short(BGP, NOON), short(TRAFFIC, NOON + apart)])
    assert [one.onset for one in found] == [NOON, NOON + apart]


def test_the_tolerance_is_from_the_first_onset_and_does_not_add_up() -> None:
    steps = [short(BGP, NOON), short(PROBING, NOON + 80 * MINUTE), short(TRAFFIC, NOON + 160 * MINUTE)]
    assert [len(one.events) for one in sk.episodes(steps)] == [2, 1]


def test_two_events_of_one_signal_near_each_other_are_two_episodes() -> None:
    assert len(sk.episodes([short(BGP, NOON), short(BGP, NOON + HOUR)])) == 2


def test_events_that_overlap_join_however_far_apart_they_begin() -> None:
    (one,) = sk.episodes(
        [event(BGP, NOON, NOON + 20 * HOUR), event(PROBING, NOON + 5 * HOUR, NOON + 6 * HOUR)]
    )
    assert one.window == sk.TimeWindow(NOON, NOON + 20 * HOUR)


def test_bins_longer_than_the_tolerance_widen_it() -> None:
    slow = event(OONI, NOON + 5 * HOUR, NOON + 11 * HOUR, step=6 * HOUR)
    assert len(sk.episodes([short(BGP, NOON), slow])) == 1
    assert len(sk.episodes([short(BGP, NOON), event(OONI, NOON + 5 * HOUR, NOON + 11 * HOUR)])) == 2


def test_each_entity_has_its_own_episodes() -> None:
    found = sk.episodes([short(BGP, NOON, entity="AS6697"), short(BGP, NOON), short(PROBING, NOON)])
    assert [(str(one.entity), len(one.events)) for one in found] == [("AS6697", 1), ("BY", 2)]


# --- deep and shallow


def test_a_shallow_event_does_not_chain_two_deep_ones() -> None:
    deep = [
        event(PROBING, NOON, NOON + 6 * HOUR),
        event(PROBING, NOON + 24 * HOUR, NOON + 30 * HOUR),
    ]
    shallow = event(BGP, NOON, NOON + 7 * 24 * HOUR, 0.25)
    first, second = sk.episodes([*deep, shallow])
    assert (first.window, second.window) == (deep[0].window, deep[1].window)
    assert shallow in first.events
    assert shallow not in second.events


def test_two_deep_events_are_chained_by_a_deep_one() -> None:
    deep = [
        event(PROBING, NOON, NOON + 6 * HOUR),
        event(BGP, NOON, NOON + 30 * HOUR),
        event(PROBING, NOON + 7 * HOUR, NOON + 30 * HOUR),
    ]
    (one,) = sk.episodes(deep)
    assert one.window == sk.TimeWindow(NOON, NOON + 30 * HOUR)


@pytest.mark.parametrize(("depth", "episodes"), [(0.5, 1), (0.49, 2)])
def test_half_is_deep(depth: float, episodes: int) -> None:
    """A deep event that spans two others joins them, a shallow one does not."""
    apart = [event(TRAFFIC, NOON, NOON + HOUR), event(TRAFFIC, NOON + 2 * HOUR, NOON + 3 * HOUR)]
    assert len(sk.episodes([*apart, event(PROBING, NOON, NOON + 3 * HOUR, depth)])) == episodes


def test_what_began_long_before_an_outage_is_not_of_it() -> None:
    outage = event(PROBING, NOON, NOON + 6 * HOUR)
    for lead, episodes in ((6 * HOUR, 1), (6 * HOUR + MINUTE, 2)):
        assert len(sk.episodes([outage, event(BGP, NOON - lead, NOON + HOUR, 0.3)])) == episodes


def test_shallow_events_alone_make_an_episode() -> None:
    (one,) = sk.episodes([event(BGP, NOON, NOON + HOUR, 0.3), event(PROBING, NOON, NOON + HOUR, 0.3)])
    assert len(one.events) == 2


# --- a witness that stays down


def belarus(*, probes: float) -> list[sk.Event]:
    """Three nights of routing and probing, and probes that are not restarted between them."""
    evening = at("2020-08-09T18:00")
    nights = [(evening, 6), (evening + 22 * HOUR, 8), (evening + 46 * HOUR, 8)]
    events = [
        event(kind, begin, begin + hours * HOUR, 0.8) for begin, hours in nights for kind in (BGP, PROBING)
    ]
    return [*events, event(ATLAS, evening, evening + 54 * HOUR, probes, step=HOUR)]


def test_probes_that_stay_down_do_not_join_three_blackouts() -> None:
    """Belarus 2020: two thirds of the Atlas probes were gone for days; the routes came back each morning."""
    found = sk.episodes(belarus(probes=0.68))
    assert [one.onset for one in found] == [
        at("2020-08-09T18:00"),
        at("2020-08-10T16:00"),
        at("2020-08-11T16:00"),
    ]
    assert [one.end for one in found] == [
        at("2020-08-10T00:00"),
        at("2020-08-11T00:00"),
        at("2020-08-12T00:00"),
    ]
    assert sk.Plane.VANTAGE in found[0].planes
    assert sum(len(one.events) for one in found) == 7


def test_the_witness_that_stays_down_may_be_the_only_one_that_lasts() -> None:
    """The last night still lasts, the probes too: only the last episode is without an end."""
    *nights, probes = belarus(probes=0.68)
    end = probes.window.end
    nights[-1] = event(PROBING, nights[-1].onset, end, 0.8, ongoing=True)
    probes = event(ATLAS, probes.onset, end, 0.68, step=HOUR, ongoing=True)
    assert [one.ongoing for one in sk.episodes([*nights, probes])] == [False, False, True]


def test_those_that_stay_down_outweigh_those_that_came_back() -> None:
    """One plane that pauses while two others, as good as it, stay down does not split an outage."""
    events = [
        event(TRAFFIC, NOON, NOON + 6 * HOUR),
        event(TRAFFIC, NOON + 12 * HOUR, NOON + 20 * HOUR),
        event(BGP, NOON, NOON + 20 * HOUR),
        event(PROBING, NOON, NOON + 20 * HOUR),
    ]
    (one,) = sk.episodes(events)
    assert one.window == sk.TimeWindow(NOON, NOON + 20 * HOUR)


@pytest.mark.parametrize(("pause", "episodes"), [(119, 1), (120, 2)])
def test_a_common_recovery_of_two_hours_splits(pause: int, episodes: int) -> None:
    again = NOON + 6 * HOUR + pause * MINUTE
    events = [event(ATLAS, NOON, NOON + 20 * HOUR)]
    for kind in (BGP, PROBING):
        events += [event(kind, NOON, NOON + 6 * HOUR), event(kind, again, NOON + 20 * HOUR)]
    assert len(sk.episodes(events)) == episodes


# --- onsets and ends


def test_direct_planes_date_the_onset() -> None:
    """The telescope fell first; what infected hosts send does not say when connectivity was lost."""
    early = event(TELESCOPE, NOON - HOUR, NOON + 6 * HOUR)
    (one,) = sk.episodes([early, event(PROBING, NOON, NOON + 6 * HOUR)])
    assert one.onset == NOON
    (alone,) = sk.episodes([early])
    assert alone.onset == NOON - HOUR


@pytest.mark.parametrize("kind", [BGP, PROBING, TRAFFIC, ATLAS])
def test_which_planes_are_direct(kind: str) -> None:
    early = event(OONI, NOON - HOUR, NOON + 6 * HOUR)
    (one,) = sk.episodes([early, event(kind, NOON, NOON + 6 * HOUR)])
    assert one.onset == NOON


def test_an_episode_lasts_while_a_deep_event_does() -> None:
    still = event(BGP, NOON, NOON + 6 * HOUR, ongoing=True)
    over = event(PROBING, NOON, NOON + 5 * HOUR)
    (one,) = sk.episodes([still, over])
    assert one.ongoing
    assert one.end is None
    assert one.window.end == NOON + 6 * HOUR
    shallow = event(BGP, NOON, NOON + 6 * HOUR, 0.3, ongoing=True)
    (one,) = sk.episodes([shallow, over])
    assert one.end == NOON + 5 * HOUR


# --- ids


@given(st.integers(0, 23), st.sampled_from([0, 30]), st.integers(-14, 14))
def test_ids_of_onsets_on_the_hour_and_half_hour_survive_a_bins_jitter(
    hour: int, half: int, jitter: int
) -> None:
    onset = at("2021-02-10T00:00") + hour * HOUR + half * MINUTE
    (one,) = sk.episodes([short(BGP, onset)])
    (other,) = sk.episodes([short(BGP, onset + jitter * MINUTE)])
    assert one.id == other.id


def test_ids_of_different_episodes_are_distinct() -> None:
    nights = [event(PROBING, NOON + night * 24 * HOUR, NOON + (night * 24 + 8) * HOUR) for night in range(72)]
    found = sk.episodes([*nights, event(PROBING, NOON, NOON + HOUR, entity="AS6697")])
    assert len({one.id for one in found}) == len(found) == 73
    assert sk.episodes(nights)[0].id == "BY-2020-08-09T12"


# --- services and quality


def test_blocking_inside_an_outage_belongs_to_it_and_longer_blocking_does_not() -> None:
    outage = event(PROBING, NOON, NOON + 10 * HOUR)
    inside = event(ANOMALY, NOON + HOUR, NOON + 9 * HOUR, subject="domain:example.org")
    longer = event(ANOMALY, NOON - 24 * HOUR, NOON + 72 * HOUR, subject="app:telegram")
    blocking, whole = sk.episodes([outage, inside, longer])
    assert whole.events == (outage, inside)
    assert blocking.events == (longer,)
    assert blocking.window == longer.window


@pytest.mark.parametrize(("hours", "episodes"), [(12, 1), (14, 2)])
def test_blocking_of_which_four_fifths_lie_inside_is_the_outages(hours: int, episodes: int) -> None:
    """The outage of ten hours counts with 45 minutes of tolerance at its end."""
    outage = event(PROBING, NOON, NOON + 10 * HOUR)
    blocking = event(ANOMALY, NOON, NOON + hours * HOUR, subject="app:signal")
    assert len(sk.episodes([outage, blocking])) == episodes


def test_blocked_services_at_one_time_are_one_episode() -> None:
    events = [event(ANOMALY, NOON + k * HOUR, NOON + 96 * HOUR, subject=f"domain:{k}.org") for k in range(5)]
    (one,) = sk.episodes(events)
    assert len(one.events) == 5


def test_worse_quality_belongs_to_the_outage_it_overlaps_and_else_stands_alone() -> None:
    outage = event(PROBING, NOON, NOON + 10 * HOUR)
    slow = event(LATENCY, NOON - HOUR, NOON + HOUR)
    later = event(DOWNLOAD, NOON + 40 * HOUR, NOON + 50 * HOUR)
    first, second = sk.episodes([outage, slow, later])
    assert first.events == (slow, outage)
    assert first.onset == NOON
    assert second.events == (later,)


# --- from signals


def test_blackouts_found_in_signals_are_the_ones_put_in() -> None:
    parts = [
        (START + (9 + night) * 24 * HOUR, START + ((9 + night) * 24 + 8) * HOUR, 0.9) for night in range(3)
    ]
    signals = world({BGP: parts, PROBING: parts}, start=START, days=14)
    probes = quiet(ATLAS, 14)
    probes[9 * 24 : 12 * 24] = 6.0
    found = sk.episodes(sk.detect([*signals, signal(ATLAS, probes, HOUR)]))
    assert [(one.onset, one.end) for one in found] == [(begin, end) for begin, end, _ in parts]
