"""What delays did before an outage and while it lasted."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import ArrayLike

import shutdownkit as sk
from shutdownkit.judging.facts import Surroundings
from shutdownkit.judging.rules.delays import DELAY_FIRST, LATENCY_STEP
from shutdownkit.judging.rules.proposals import proposed
from shutdownkit.judging.rules.rule import Finding

from .builders import (
    BGP,
    DAY,
    DOWNLOAD,
    HOUR,
    LATENCY,
    LOSS,
    MINUTE,
    PROBING,
    RTT,
    at,
    episode,
    event,
    signal,
)

T = at("2023-05-10T09:10")
END = T + 6 * HOUR
STEP = 10 * MINUTE
BINS = (3 * DAY + 6 * HOUR) // STEP
ONSET = 3 * DAY // STEP  # the bin in which the outage begins
MISSING = sk.Stance.MISSING


def delays(values: ArrayLike, kind: str = LATENCY) -> sk.Signal:
    return signal(kind, values, STEP, start=T - 3 * DAY)


def level(usual: float = 80.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.full(BINS, usual)


def outage(*more: sk.Event, measured: tuple[sk.Signal, ...] = (), depth: float = 0.6) -> sk.Facts:
    events = (event(PROBING, T, END, depth), *more)
    one = sk.Episode(entity=sk.Entity.parse("BY"), window=sk.TimeWindow(T, END), events=events)
    return sk.Facts(one, Surroundings(signals=measured))


def first(given: sk.Facts) -> Finding:
    (found,) = DELAY_FIRST.findings(given)
    return found


def slow(ahead: timedelta, kind: str = LATENCY) -> sk.Event:
    return event(kind, T - ahead, END, 0.5)


# --- before it


@pytest.mark.parametrize("kind", [LATENCY, RTT])
@pytest.mark.parametrize("ahead", [10 * MINUTE, 40 * MINUTE, 3 * HOUR])
def test_delays_that_rose_before_are_congestion(kind: str, ahead: timedelta) -> None:
    found = first(outage(slow(ahead, kind)))
    assert found.causes == proposed("quality.delay-first", "rose")
    assert f"rose {ahead // MINUTE} minutes before" in found.text
    assert kind in found.text


@pytest.mark.parametrize("ahead", [timedelta(0), 5 * MINUTE, 3 * HOUR + MINUTE])
def test_delays_that_rose_with_it_or_long_before_are_none(ahead: timedelta) -> None:
    assert first(outage(slow(ahead))).stance is MISSING


def test_throughput_that_fell_before_is_no_congestion() -> None:
    """A mobile network that is throttled and then cut (Kazakhstan, 4 January 2022) was not flooded."""
    assert first(outage(slow(40 * MINUTE, DOWNLOAD))).stance is MISSING
    assert first(outage(slow(40 * MINUTE, "traffic.http3-share"))).stance is MISSING


def test_loss_that_rose_before_the_rest_is_congestion() -> None:
    lossy = event(LOSS, T - 30 * MINUTE, END, 0.5, step=10 * MINUTE)
    found = first(outage(lossy))
    assert found.causes == proposed("quality.delay-first", "rose")
    assert LOSS in found.text


def test_loss_one_bin_before_the_rest_is_the_outage() -> None:
    assert first(outage(event(LOSS, T - 10 * MINUTE, END, 0.5, step=10 * MINUTE))).stance is MISSING


def test_loss_alone_is_the_outage() -> None:
    alone = episode(event(LOSS, T - 30 * MINUTE, END, 0.9, step=10 * MINUTE))
    assert first(sk.Facts(alone, Surroundings())).stance is MISSING


@pytest.mark.parametrize(("kind", "usual"), [(LATENCY, 80.0), (RTT, 80.0), (LOSS, 1.0)])
def test_what_was_measured_and_did_not_rise_speaks_against_an_attack(kind: str, usual: float) -> None:
    found = first(outage(measured=(delays(level(usual), kind),)))
    assert found.causes == proposed("quality.delay-first", "flat")
    assert found.causes[sk.Cause.ATTACK] < found.causes[sk.Cause.ROUTING] < 0
    assert kind in found.text


@pytest.mark.parametrize("bins", [2, 6, 18])
def test_what_rose_without_being_an_event_does_not_tell(bins: int) -> None:
    """For 20 minutes, an hour or three hours before the outage."""
    values = level()
    values[ONSET - bins : ONSET] *= 1.5
    found = first(outage(measured=(delays(values),)))
    assert found.stance is MISSING
    assert "neither" in found.text
    beside = first(outage(measured=(delays(values), delays(level(1.0), LOSS))))
    assert beside.stance is MISSING


@pytest.mark.parametrize(
    "gap", [slice(0, ONSET - 20), slice(ONSET - 17, ONSET)], ids=["days before", "hours before"]
)
def test_what_was_not_measured_is_missing(gap: slice) -> None:
    values = level()
    values[gap] = np.nan
    found = first(outage(measured=(delays(values),)))
    assert found.stance is MISSING
    assert "not measured enough" in found.text


def test_without_a_loss_of_reach_nothing_is_said_of_before() -> None:
    assert DELAY_FIRST.findings(sk.Facts(episode(slow(40 * MINUTE)), Surroundings())) == ()


# --- while it lasted


def during(values: ArrayLike, *, kind: str = LATENCY, given: sk.Facts | None = None) -> tuple[Finding, ...]:
    facts = outage() if given is None else given
    return LATENCY_STEP.findings(sk.Facts(facts.episode, Surroundings(signals=(delays(values, kind),))))


@pytest.mark.parametrize("factor", [1.25, 1.6, 4.0])
@pytest.mark.parametrize("late", [0, 6, 24])
@pytest.mark.parametrize("kind", [LATENCY, RTT])
def test_a_step_that_stays_is_a_detour(factor: float, late: int, kind: str) -> None:
    values = level()
    values[ONSET + late :] *= factor
    (found,) = during(values, kind=kind)
    assert found.causes == proposed("quality.latency-step", "stepped")
    assert f"{factor:.2f} times" in found.text
    weights = proposed("quality.latency-step", "stepped")
    assert max(weights, key=lambda cause: weights[cause]) is sk.Cause.CABLE


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.2])
def test_what_stays_flat_speaks_against_cable_and_attack(factor: float) -> None:
    values = level()
    values[ONSET:] *= factor
    (found,) = during(values)
    assert found.causes == proposed("quality.latency-step", "flat")


def test_a_slope_a_spell_and_something_between_are_neither() -> None:
    slope, spell, between = level(), level(), level()
    slope[ONSET:] *= np.linspace(1.25, 4.0, BINS - ONSET)
    spell[ONSET : ONSET + 12] *= 2.0
    between[ONSET:] *= 1.22
    assert during(slope) == during(spell) == during(between) == ()


def test_latency_that_hardly_anybody_measured_says_nothing() -> None:
    values = level()
    values[ONSET:] *= 2.0
    values[ONSET + 4 :] = np.nan
    assert during(values) == ()
    before = level()
    before[: ONSET - 5] = np.nan
    assert during(before) == ()


def test_of_two_signals_the_step_is_told() -> None:
    stepped = level()
    stepped[ONSET:] *= 2.0
    both = (delays(level(), RTT), delays(stepped))
    (found,) = LATENCY_STEP.findings(outage(measured=both))
    assert found.causes == proposed("quality.latency-step", "stepped")


def test_a_step_without_any_loss_is_a_detour_and_with_less_throughput_is_not_judged() -> None:
    """The Baltic cables, November 2024; and a full link, which :mod:`throttling` judges."""
    values = level()
    values[ONSET:] *= 1.5
    slower, less = event(LATENCY, T, END, 0.5), event(DOWNLOAD, T, END, 0.6)
    (found,) = during(values, given=sk.Facts(episode(slower), Surroundings()))
    assert found.causes == proposed("quality.latency-step", "stepped")
    assert during(values, given=sk.Facts(episode(slower, less), Surroundings())) == ()
    assert during(level(), given=sk.Facts(episode(slower), Surroundings())) == ()


def test_routes_are_no_delays() -> None:
    assert during(level(), kind=BGP) == ()
