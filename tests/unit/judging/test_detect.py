"""What is an event and what is none: made-up series with known answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import shutdownkit as sk
from shutdownkit.judging.detect import expected_levels

from .builders import (
    ANOMALY,
    BGP,
    DAY,
    DOWNLOAD,
    HOUR,
    INDEX,
    LATENCY,
    LOSS,
    MINUTE,
    OONI,
    PROBING,
    START,
    TELESCOPE,
    TRAFFIC,
    quiet,
    signal,
)

Array = NDArray[np.float64]

TEN = 10 * MINUTE


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def cut(
    kind: str, days: float, begin: timedelta, end: timedelta, *, left: float = 0.0, seed: int = 0
) -> Array:
    """Quiet days with everything but a share ``left`` lost from ``begin`` to ``end`` after the start."""
    values = quiet(kind, days, seed=seed)
    step = {BGP: 5, PROBING: 10, TELESCOPE: 5, TRAFFIC: 30}[kind] * MINUTE
    values[begin // step : end // step] = np.floor(values[begin // step : end // step] * left)
    return values


def spans(events: Sequence[sk.Event]) -> list[tuple[timedelta, timedelta]]:
    """Onset and end of each event, after the start of the series."""
    return [(event.onset - START, event.window.end - START) for event in events]


# --- how long


@pytest.mark.parametrize("kind", [BGP, PROBING, TELESCOPE])
@pytest.mark.parametrize("before", [2 * DAY, 21 * DAY])
def test_an_outage_of_three_weeks_is_one_event_of_three_weeks(kind: str, before: timedelta) -> None:
    begin, end = before + hours(9), before + hours(9) + 21 * DAY
    values = cut(kind, (end + 4 * DAY) / DAY, begin, end, left=0.05)
    (event,) = sk.detect([signal(kind, values, 5 * MINUTE if kind != PROBING else TEN)])
    assert (event.onset - START, event.window.end - START) == (begin, end)
    assert not event.ongoing
    assert event.depth == pytest.approx(0.95, abs=0.03)


def test_seventy_two_nights_are_seventy_two_events_right_to_the_bin() -> None:
    """The last is judged against the nights before the first, not against the nights before itself."""
    values = quiet(PROBING, 95)
    nights = [(20 + night) * DAY + hours(18.5) for night in range(72)]
    for night in nights:
        values[night // TEN : (night + hours(8)) // TEN] *= 0.1
    events = sk.detect([signal(PROBING, np.floor(values), TEN)])
    assert spans(events) == [(night, night + hours(8)) for night in nights]
    assert all(event.depth == pytest.approx(0.9, abs=0.03) for event in events)


@pytest.mark.parametrize("kind", [BGP, PROBING, TELESCOPE])
def test_an_outage_that_still_lasts_has_no_end(kind: str) -> None:
    values = cut(kind, 10, 9 * DAY, 10 * DAY)
    (event,) = sk.detect([signal(kind, values, TEN if kind == PROBING else 5 * MINUTE)])
    assert event.ongoing
    assert event.end is None
    assert event.rise is None
    assert event.window == sk.TimeWindow(START + 9 * DAY, START + 10 * DAY)


def test_a_certain_recovery_at_the_end_of_the_data_ends_an_event() -> None:
    values = cut(BGP, 10, 9 * DAY, 10 * DAY - hours(0.5))
    (event,) = sk.detect([signal(BGP, values, 5 * MINUTE)])
    assert event.end == START + 10 * DAY - hours(0.5)


# --- missing and measured


def test_measured_zeros_are_an_event_and_missing_bins_in_their_place_are_none() -> None:
    begin, end = 9 * DAY + hours(4), 9 * DAY + hours(10)
    zeros = cut(PROBING, 12, begin, end)
    missing = quiet(PROBING, 12)
    missing[begin // TEN : end // TEN] = np.nan
    (event,) = sk.detect([signal(PROBING, zeros, TEN)])
    assert spans([event]) == [(begin, end)]
    assert event.depth == event.peak == 1.0
    assert sk.detect([signal(PROBING, missing, TEN)]) == ()


def test_a_gap_within_an_outage_neither_ends_nor_deepens_it() -> None:
    begin, end = 9 * DAY, 9 * DAY + hours(12)
    values = cut(BGP, 12, begin, end, left=0.2)
    whole = sk.detect([signal(BGP, values, 5 * MINUTE)])
    values[(begin + hours(3)) // (5 * MINUTE) : (begin + hours(9)) // (5 * MINUTE)] = np.nan
    assert sk.detect([signal(BGP, values, 5 * MINUTE)]) == whole
    assert whole[0].depth == pytest.approx(0.8)


@pytest.mark.parametrize("bad", [0.0, 100.0])
def test_a_single_bad_bin_is_no_event_and_two_are(bad: float) -> None:
    values = np.full(12 * 288, 5000.0)
    values[3000] = bad
    assert sk.detect([signal(BGP, values, 5 * MINUTE)]) == ()
    values[3001] = bad
    (event,) = sk.detect([signal(BGP, values, 5 * MINUTE)])
    assert event.window == sk.TimeWindow(START + 3000 * 5 * MINUTE, START + 3002 * 5 * MINUTE)


def test_an_empty_series_and_an_all_missing_one_have_no_event() -> None:
    empty = signal(PROBING, [], TEN)
    nothing = signal(PROBING, np.full(5000, np.nan), TEN)
    one = signal(PROBING, [0.0], TEN)
    assert sk.detect([]) == sk.detect([empty]) == sk.detect([nothing]) == sk.detect([one]) == ()
    shares = expected_levels([empty, nothing])
    assert [len(share) for share in shares] == [0, 5000]
    assert np.isnan(shares[1]).all()


def test_what_is_no_signal_is_refused() -> None:
    with pytest.raises(sk.InvalidValueError, match=r"signals\[1\]"):
        sk.detect([signal(BGP, [1.0], HOUR), "BY"])  # type: ignore[list-item]


# --- recoveries


@pytest.mark.parametrize("kind", [BGP, PROBING])
def test_a_short_recovery_does_not_split_an_outage(kind: str) -> None:
    begin, end = 9 * DAY, 9 * DAY + hours(12)
    values = cut(kind, 14, begin, end, left=0.05)
    step = 5 * MINUTE if kind == BGP else TEN
    pause = slice((begin + hours(6)) // step, (begin + hours(6.5)) // step)
    values[pause] = quiet(kind, 14)[pause]
    assert spans(sk.detect([signal(kind, values, step)])) == [(begin, end)]


@pytest.mark.parametrize("kind", [BGP, PROBING])
def test_a_recovery_of_sixteen_hours_splits_an_outage(kind: str) -> None:
    begin = 9 * DAY
    parts = [(begin, begin + hours(6)), (begin + hours(22), begin + hours(30))]
    step = 5 * MINUTE if kind == BGP else TEN
    values = quiet(kind, 14)
    for first, last in parts:
        values[first // step : last // step] = np.floor(values[first // step : last // step] * 0.05)
    assert spans(sk.detect([signal(kind, values, step)])) == parts


def test_the_settings_say_how_long_a_pause_may_be() -> None:
    begin = 9 * DAY
    values = quiet(BGP, 14)
    for first, last in [(begin, begin + hours(6)), (begin + hours(9), begin + hours(15))]:
        values[first // (5 * MINUTE) : last // (5 * MINUTE)] = 0.0
    given_signal = signal(BGP, values, 5 * MINUTE)
    assert len(sk.detect([given_signal])) == 2
    (event,) = sk.detect([given_signal], settings=sk.DetectionSettings(pause=hours(4)))
    assert spans([event]) == [(begin, begin + hours(15))]


@pytest.mark.parametrize("kind", [BGP, PROBING])
def test_a_slow_recovery_ends_where_most_is_back(kind: str) -> None:
    """All is lost for six hours and comes back evenly over a day."""
    step = 5 * MINUTE if kind == BGP else TEN
    values = quiet(kind, 16)
    times = np.arange(len(values)) * (step / HOUR) - 9 * 24.0
    share = np.where(times < 0, 1.0, np.clip((times - 6.0) / 24.0, 0.0, 1.0))
    (event,) = sk.detect([signal(kind, np.floor(values * share), step)])
    assert event.onset == START + 9 * DAY
    back = (event.window.end - event.onset - hours(6)) / DAY
    assert 0.8 <= back <= 0.92
    assert event.rise is not None
    assert hours(14) <= event.rise <= hours(18)  # four fifths are lost until 4.8 h into the day
    assert event.fall == timedelta(0)


def test_a_slow_fall_is_as_long_as_it_took_to_lose_most() -> None:
    step = TEN
    values = quiet(BGP, 8, step=step)
    times = np.arange(len(values)) * (step / HOUR) - 5 * 24.0
    lost = np.where((times >= 0) & (times < 30), np.clip(times / 10.0, 0.0, 1.0), 0.0)
    (event,) = sk.detect([signal(BGP, np.floor(values * (1.0 - lost)), step)])
    assert hours(1) <= event.onset - START - 5 * DAY <= hours(2.5)  # a fifth is lost after two hours
    assert event.fall is not None
    assert event.onset + event.fall == START + 5 * DAY + hours(8)
    assert event.window.end == START + 5 * DAY + hours(30)
    assert event.rise == timedelta(0)


def test_a_lasting_lower_level_ends_a_deep_outage() -> None:
    """A network that comes back at nine tenths has ended its outage; the old level is not waited for."""
    values = cut(BGP, 20, 9 * DAY, 9 * DAY + hours(8))
    values[(9 * DAY + hours(8)) // (5 * MINUTE) :] = 0.85 * 5000
    (event,) = sk.detect([signal(BGP, values, 5 * MINUTE)])
    assert spans([event]) == [(9 * DAY, 9 * DAY + hours(8))]


# --- chance

SEEDS = range(400)


def test_seven_an_hour_by_chance_is_no_event() -> None:
    """Six weeks each: 400 000 bins, in which e**-12 a bin lets expect two or three false alarms at most."""
    chance = [np.random.default_rng(seed).poisson(7.0, 42 * 24).astype(float) for seed in SEEDS]
    assert sk.detect([signal(OONI, values, HOUR) for values in chance]) == ()


def test_twelve_hours_of_none_where_seven_an_hour_are_usual_is_one_event() -> None:
    """Right to the bin in nineteen cases of twenty; low counts before it may belong to it by chance."""
    right = 0
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        values = rng.poisson(7.0, 42 * 24).astype(float)
        first = int(rng.integers(7 * 24, 40 * 24))
        values[first - 3 : first] = values[first + 12] = 7.0  # the neighbours are no zeros by chance
        values[first : first + 12] = 0.0
        outage = sk.TimeWindow(START + first * HOUR, START + (first + 12) * HOUR)
        (event,) = sk.detect([signal(OONI, values, HOUR)])
        assert event.window.overlaps(outage)
        assert event.peak == 1.0
        right += event.window == outage
    assert right >= 0.95 * len(SEEDS)


def test_twelve_hours_of_none_among_steady_counts_are_right_to_the_bin() -> None:
    for first in range(7 * 24, 9 * 24):
        values = np.resize([7.0, 6.0, 8.0, 7.0, 9.0, 5.0], 21 * 24)
        values[first : first + 12] = 0.0
        (event,) = sk.detect([signal(OONI, values, HOUR)])
        assert event.window == sk.TimeWindow(START + first * HOUR, START + (first + 12) * HOUR)
        assert event.depth == event.peak == 1.0


@given(st.integers(0, 2**16), st.integers(0, 24))
def test_fifteen_percent_less_for_half_a_day_is_no_event(seed: int, hour: int) -> None:
    """Of a country's blocks, so many that chance alone takes no five percent."""
    rhythm = 1.0 + 0.2 * np.sin(np.arange(12 * 144) * np.pi / 72)
    values = np.random.default_rng(seed).poisson(40000.0 * rhythm).astype(float)
    begin = 9 * DAY + hours(hour)
    values[begin // TEN : (begin + hours(12)) // TEN] *= 0.85
    assert sk.detect([signal(PROBING, values, TEN)]) == ()


@given(st.sampled_from([BGP, PROBING]), st.integers(0, 2**16))
def test_forty_percent_less_for_half_a_day_is_one_event_right_to_the_bin(kind: str, seed: int) -> None:
    begin, end = 9 * DAY + hours(3), 9 * DAY + hours(15)
    values = cut(kind, 12, begin, end, left=0.6, seed=seed)
    events = sk.detect([signal(kind, values, TEN if kind == PROBING else 5 * MINUTE)])
    (event,) = [event for event in events if event.onset >= START + 3 * DAY]  # the first nights are not known
    assert spans([event]) == [(begin, end)]
    assert event.depth == pytest.approx(0.4, abs=0.05)


def test_the_peak_is_what_two_bins_reached() -> None:
    values = np.full(12 * 288, 5000.0)
    values[2800:2830] = 2000.0
    values[2810] = 0.0
    (event,) = sk.detect([signal(BGP, values, 5 * MINUTE)])
    assert event.peak == pytest.approx(0.613, abs=0.001)  # not under the depth, which the zero deepens
    values[2820] = 0.0
    (event,) = sk.detect([signal(BGP, values, 5 * MINUTE)])
    assert event.peak == 1.0


# --- kinds that are bad when they rise


def test_loss_that_rises_is_an_event() -> None:
    values = quiet(LOSS, 12)
    values[(9 * DAY) // TEN : (9 * DAY + hours(5)) // TEN] = 96.0
    (event,) = sk.detect([signal(LOSS, values, TEN)])
    assert spans([event]) == [(9 * DAY, 9 * DAY + hours(5))]
    assert event.depth == pytest.approx(0.96, abs=0.02)


def test_latency_that_doubles_is_an_event_and_a_better_one_is_none() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(80.0, 3.0, 12 * 144)
    window = slice((9 * DAY) // TEN, (9 * DAY + hours(5)) // TEN)
    better = values.copy()
    better[window] /= 2
    values[window] *= 2
    (event,) = sk.detect([signal(LATENCY, values, TEN)])
    assert spans([event]) == [(9 * DAY, 9 * DAY + hours(5))]
    assert sk.detect([signal(LATENCY, better, TEN)]) == ()


def anomalies(asked: int, share: float, seed: int = 1) -> tuple[Array, Array]:
    """Thirty days of shares of anomalies in bins of six hours, the last ten days with ``share``."""
    rng = np.random.default_rng(seed)
    expected = np.r_[np.full(80, 0.03), np.full(40, share)]
    weights = np.full(120, float(asked))
    return rng.binomial(asked, expected) / weights, weights


def test_anomalies_that_rise_are_an_event() -> None:
    values, weights = anomalies(400, 0.7)
    (event,) = sk.detect([signal(ANOMALY, values, 6 * HOUR, subject="domain:example.org", weights=weights)])
    assert (event.subject, event.ongoing) == ("domain:example.org", True)
    assert event.onset == START + 20 * DAY
    assert event.depth == pytest.approx(0.7, abs=0.05)


def test_weights_say_how_much_a_share_may_vary_by_chance() -> None:
    """Shares of 0.03 that become 0.3: of two hundred that are asked that is sure, of two it is chance."""
    found = {}
    for asked in (2, 200):
        shares = [anomalies(asked, 0.3, seed) for seed in range(50)]
        with_weights = [
            signal(ANOMALY, v, 6 * HOUR, weights=w, subject=f"domain:{k}.org")
            for k, (v, w) in enumerate(shares)
        ]
        found[asked] = len({event.subject for event in sk.detect(with_weights)})
    assert found[200] == 50
    assert found[2] < 25


@pytest.mark.parametrize(
    ("kind", "usual", "halved", "step"),
    [
        (BGP, 5000.0, 2500.0, 5 * MINUTE),
        (PROBING, 3000.0, 1500.0, TEN),
        (TELESCOPE, 800.0, 400.0, 5 * MINUTE),
        (TRAFFIC, 40000.0, 20000.0, 30 * MINUTE),
        (INDEX, 100.0, 50.0, HOUR),
        (LOSS, 0.0, 50.0, TEN),
        (ANOMALY, 0.0, 0.5, HOUR),
        (LATENCY, 80.0, 160.0, TEN),
        (DOWNLOAD, 12.0, 6.0, HOUR),
    ],
)
def test_half_lost_is_a_depth_of_one_half_whatever_the_kind(
    kind: str, usual: float, halved: float, step: timedelta
) -> None:
    values = np.full(14 * DAY // step, usual)
    values[10 * DAY // step : (11 * DAY) // step] = halved
    (event,) = sk.detect([signal(kind, values, step)])
    assert spans([event]) == [(10 * DAY, 11 * DAY)]
    assert event.depth == event.peak == pytest.approx(0.5)


# --- rhythms and short histories


def test_a_series_that_starts_while_down_is_seen_to_be_down() -> None:
    values = quiet(PROBING, 8)
    values[: hours(14) // TEN] = np.floor(values[: hours(14) // TEN] * 0.03)
    (event,) = sk.detect([signal(PROBING, values, TEN)])
    assert spans([event]) == [(timedelta(0), hours(14))]


def weekly(weeks: int, weekend: float, seed: int = 0) -> Array:
    """Hourly counts, with a share ``weekend`` of the usual on Saturdays and Sundays."""
    hour = np.arange(weeks * 168)
    level = 20000.0 * np.where((hour // 24) % 7 >= 5, weekend, 1.0)
    return np.random.default_rng(seed).poisson(level).astype(float)


def test_weekends_are_judged_against_weekends_once_three_weeks_are_known() -> None:
    """Half of a Saturday's level lost is a depth of 0.5; against the weekdays it would be 0.58."""
    values = weekly(5, 0.84)
    assert sk.detect([signal(OONI, values, HOUR)]) == ()
    begin, end = 26 * DAY + hours(8), 26 * DAY + hours(18)  # the fourth Saturday
    values[begin // HOUR : end // HOUR] *= 0.5
    (event,) = sk.detect([signal(OONI, values, HOUR)])
    assert spans([event]) == [(begin, end)]
    assert event.depth == pytest.approx(0.5, abs=0.02)


def test_a_weekly_low_is_no_event_once_known_and_a_loss_beside_it_is() -> None:
    """A sixth less every weekend and a seventh less on top of it is no event; a third on top of it is."""
    for left, events in ((0.86, 0), (0.66, 1)):
        values = weekly(5, 0.84)
        begin, end = 26 * DAY + hours(8), 26 * DAY + hours(18)
        values[begin // HOUR : end // HOUR] *= left
        assert len(sk.detect([signal(OONI, values, HOUR)])) == events


def test_an_outage_within_five_hours_of_data_is_found() -> None:
    values = np.full(60, 5000.0)
    values[36:48] = 0.0
    (event,) = sk.detect([signal(BGP, values, 5 * MINUTE)])
    assert spans([event]) == [(hours(3), hours(4))]


@pytest.mark.parametrize("step", [7 * MINUTE, HOUR, 3 * HOUR, DAY])
def test_any_step_will_do(step: timedelta) -> None:
    bins = 60 * DAY // step
    rng = np.random.default_rng(3)
    values = rng.poisson(900.0, bins).astype(float)
    length = max(4, 12 * HOUR // step)
    first = 2 * bins // 3
    values[first : first + length] = np.floor(values[first : first + length] * 0.1)
    (event,) = sk.detect([signal(OONI, values, step)])
    assert event.window == sk.TimeWindow(START + first * step, START + (first + length) * step)
    assert event.step == step
    assert event.depth == pytest.approx(0.9, abs=0.03)


@given(st.sampled_from([7 * MINUTE, HOUR, 3 * HOUR, DAY]), st.integers(0, 2**16))
def test_chance_makes_no_event_at_any_step(step: timedelta, seed: int) -> None:
    values = np.random.default_rng(seed).poisson(900.0, 60 * DAY // step).astype(float)
    assert sk.detect([signal(OONI, values, step)]) == ()


@pytest.mark.parametrize("days", [1, 2])
def test_an_outage_in_the_first_day_is_one_event(days: int) -> None:
    values = np.full(days * 288, 5000.0)
    values[150:200] = 300.0
    (event,) = sk.detect([signal(BGP, values, 5 * MINUTE)])
    assert event.window == sk.TimeWindow(START + 150 * 5 * MINUTE, START + 200 * 5 * MINUTE)


@pytest.mark.parametrize("left", [0.05, 0.3, 0.5])
def test_daily_bins_do_not_learn_an_outage(left: float) -> None:
    values = np.full(60, 5000.0)
    values[40:] *= left
    (event,) = sk.detect([signal(BGP, values, DAY)])
    assert (event.onset, event.end) == (START + 40 * DAY, None)


@pytest.mark.parametrize("first_day", range(7))
@pytest.mark.parametrize("left", [0.4, 0.5, 0.7])
def test_deep_weekends_are_a_rhythm_and_an_outage_in_one_is_found(left: float, first_day: int) -> None:
    hour = np.arange(7 * 7 * 24)
    weekday = (hour // 24 + first_day) % 7
    level = 5000.0 * (1.0 + 0.2 * np.sin(2 * np.pi * hour / 24)) * np.where(weekday >= 5, left, 1.0)
    values = np.random.default_rng(7).poisson(level).astype(float)
    assert sk.detect([signal(OONI, values, HOUR)]) == ()
    first = (28 + (5 - first_day) % 7) * 24 + 8
    values[first : first + 6] *= 0.2
    (event,) = sk.detect([signal(OONI, values, HOUR)])
    assert event.window == sk.TimeWindow(START + first * HOUR, START + (first + 6) * HOUR)
    assert event.depth == pytest.approx(0.8, abs=0.02)


def test_a_weekly_cut_that_begins_after_a_clean_week_is_no_rhythm() -> None:
    values = np.random.default_rng(7).normal(5000.0, 50.0, 6 * 7 * 24)
    for week in range(1, 6):
        values[(week * 7 + 4) * 24 :][:24] *= 0.4
    events = sk.detect([signal(TRAFFIC, values, HOUR)])
    assert [event.onset for event in events] == [START + (week * 7 + 4) * DAY for week in range(1, 6)]


def test_a_part_that_noise_may_take_is_seldom_an_event() -> None:
    """15 % less for twelve hours, on a telescope that sees 300 sources in a bin."""
    found = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        values = rng.poisson(300.0, 20 * 288).astype(float)
        values[10 * 288 : 10 * 288 + 144] = rng.poisson(255.0, 144)
        found += bool(sk.detect([signal(TELESCOPE, values, 5 * MINUTE)]))
    assert found <= 10


def test_the_onset_of_small_counts_is_right_to_the_bin_nearly_always() -> None:
    right = 0
    for seed in range(100):
        values = np.random.default_rng(seed).poisson(7.0, 21 * 24).astype(float)
        values[400:412] = 0.0
        (event,) = sk.detect([signal(OONI, values, HOUR)])
        right += event.onset == START + 400 * HOUR
    assert right >= 95


def test_a_good_day_within_weeks_without_does_not_split_them() -> None:
    values = np.full(80, 5000.0)
    values[40:70] = 100.0
    values[55] = 5000.0
    (event,) = sk.detect([signal(BGP, values, DAY)])
    assert event.window == sk.TimeWindow(START + 40 * DAY, START + 70 * DAY)


def test_a_pause_in_seven_minute_bins_does_not_split() -> None:
    values = np.full(2000, 5000.0)
    values[1500:1600] = 100.0
    values[1540:1546] = 5000.0
    (event,) = sk.detect([signal(BGP, values, 7 * MINUTE)])
    assert event.window == sk.TimeWindow(START + 1500 * 7 * MINUTE, START + 1600 * 7 * MINUTE)


def test_five_of_eight_is_not_back() -> None:
    """A network with eight /24s that answer loses all, then keeps five for days (AS44244 in 2019)."""
    rng = np.random.default_rng(3)
    values = rng.choice([7.0, 8.0, 8.0, 9.0], 8 * 144)
    values[4 * 144 :] = 0.0
    values[4 * 144 + 12 :] = rng.choice([4.0, 5.0, 5.0], 4 * 144 - 12)
    (event,) = sk.detect([signal(PROBING, values, 10 * MINUTE)])
    assert (event.onset, event.end) == (START + 4 * DAY, None)
