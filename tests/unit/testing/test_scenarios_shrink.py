"""Scenarios shrink to the smallest story, are quickly drawn, and ask nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

import shutdownkit as sk
from shutdownkit.testing.contracts.rule.clock import asking
from shutdownkit.testing.contracts.watching import watching
from shutdownkit.testing.scenarios import OutageKind, OutageScenario, simulate
from shutdownkit.testing.strategies.scenarios import COUNTRIES, scenarios

QUICK = settings(database=None, max_examples=400, suppress_health_check=list(HealthCheck))


def smallest(holds: Callable[[OutageScenario], bool], **wanted: Any) -> OutageScenario:
    return find(scenarios(**wanted), holds, settings=QUICK)


def missing_bins(scenario: OutageScenario) -> int:
    return sum(int(np.isnan(one.series.values).sum()) for one in scenario.everything)


PLAIN = smallest(lambda _: True)


def same_but(scenario: OutageScenario, *different: str) -> None:
    """Nothing but these is otherwise than in the plainest."""
    for name in ("entity", "networks", "window", "history", "context", "noise", "signals", "controls"):
        if name not in different:
            assert getattr(scenario, name) == getattr(PLAIN, name), name


def test_the_plainest_is_a_quiet_country() -> None:
    assert PLAIN.kind is OutageKind.QUIET
    assert PLAIN.entity == sk.Entity.parse(COUNTRIES[0])
    assert [str(one) for one in PLAIN.networks] == ["AS64497", "AS64498"]
    assert PLAIN.window.start == sk.TimeWindow("2023-04-30T21:00:00Z", "2023-05-01").start  # 1 May in Minsk
    assert PLAIN.window.duration == timedelta(days=10, hours=1)
    assert (PLAIN.noise, PLAIN.truth.missing, PLAIN.tests) == (0.0, (), ())


def test_one_bin_missing() -> None:
    found = smallest(lambda one: missing_bins(one) > 0)
    assert missing_bins(found) == 1
    assert np.isnan(found.signals[0].series.values[0])
    assert len(found.truth.missing) == 1
    same_but(found, "signals")
    assert found.signals[1:] == PLAIN.signals[1:]


def test_two_bins_missing_are_side_by_side_or_twice_the_first() -> None:
    found = smallest(lambda one: missing_bins(one) > 1)
    assert missing_bins(found) == 2
    same_but(found, "signals", "network_signals")


def test_one_bin_of_a_control_missing() -> None:
    found = smallest(lambda one: any(np.isnan(c.series.values).any() for c in one.controls))
    assert missing_bins(found) == 1
    same_but(found, "controls")


def test_noise() -> None:
    found = smallest(lambda one: one.noise > 0)
    assert (found.noise, found.kind, missing_bins(found)) == (0.5, OutageKind.QUIET, 0)
    same_but(found, "noise", "signals", "controls")


def test_another_country() -> None:
    found = smallest(lambda one: str(one.entity) != "BY")
    assert str(found.entity) == "MM"
    assert (found.kind, found.noise, missing_bins(found)) == (OutageKind.QUIET, 0.0, 0)


def test_more_networks() -> None:
    found = smallest(lambda one: len(one.networks) > 2)
    assert len(found.networks) == 3
    same_but(found, "networks")


def test_longer_watched() -> None:
    found = smallest(lambda one: one.window.duration > timedelta(days=11))
    assert found.kind is OutageKind.QUIET
    assert found.window.duration <= timedelta(days=12)
    assert (found.entity, found.noise, missing_bins(found)) == (PLAIN.entity, 0.0, 0)


@pytest.mark.parametrize("kind", [OutageKind.CURFEW, OutageKind.POWER, OutageKind.INSTRUMENT_FAULT])
def test_each_kind_in_its_shortest_form(kind: OutageKind) -> None:
    found = smallest(lambda _: True, kinds=[kind, OutageKind.QUIET])
    assert found.kind is kind
    onset = found.truth.windows[0].start
    assert onset == sk.TimeWindow("2023-05-09T21:00:00Z", "2023-05-10").start  # midnight in Minsk
    assert found.truth.lost in {0.0, 0.9, 1.0}
    assert (found.entity, found.networks, found.noise) == (PLAIN.entity, PLAIN.networks, 0.0)


def test_any_loss_is_the_first_kind_that_loses() -> None:
    found = smallest(lambda one: one.truth.lost > 0)
    assert found.kind is OutageKind.DELIBERATE_CUT
    assert found.truth.mechanisms == {sk.Mechanism.FILTERING}
    assert [spell.duration for spell in found.truth.windows] == [timedelta(hours=3)]
    assert missing_bins(found) == 0


def test_several_spells_are_two_nights() -> None:
    found = smallest(lambda one: len(one.truth.windows) > 1)
    assert (found.kind, len(found.truth.windows)) == (OutageKind.CURFEW, 2)
    assert (found.noise, missing_bins(found)) == (0.0, 0)


def test_withdrawn_routes() -> None:
    found = smallest(lambda one: sk.Mechanism.ROUTING_WITHDRAWAL in one.truth.mechanisms)
    assert (found.kind, len(found.truth.windows), found.noise) == (OutageKind.DELIBERATE_CUT, 1, 0.0)


def test_a_shallower_loss_is_only_shallower() -> None:
    found = smallest(lambda one: 0 < one.truth.lost < 0.7, kinds=[OutageKind.POWER])
    assert found.truth.lost in {0.6, 0.675}
    assert (found.entity, found.networks, found.noise) == (PLAIN.entity, PLAIN.networks, 0.0)


# --- what is asked for is what is drawn


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    scenarios(
        kinds=[OutageKind.CABLE, OutageKind.POWER],
        countries=["LV"],
        networks=(1, 1),
        missing=False,
        noise=False,
        days=(8, 8),
        lost=(0.3, 0.4),
    )
)
def test_what_is_asked_for_is_drawn(scenario: OutageScenario) -> None:
    assert scenario.kind in {OutageKind.CABLE, OutageKind.POWER}
    assert str(scenario.entity) == "LV"
    assert len(scenario.networks) == 1
    assert (missing_bins(scenario), scenario.noise) == (0, 0.0)
    assert 0.3 <= scenario.truth.lost <= 0.4
    before = scenario.truth.windows[0].start - scenario.window.start
    assert timedelta(days=8) <= before < timedelta(days=8, hours=1)


@pytest.mark.parametrize(
    "wrong", [{"kinds": []}, {"countries": []}, {"networks": (3, 2)}, {"days": (9, 8)}, {"lost": (0.9, 0.6)}]
)
def test_what_cannot_be_drawn_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match=next(iter(wrong))):
        scenarios(**wrong)


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(st.from_type(OutageScenario))
def test_the_class_alone_is_enough(scenario: OutageScenario) -> None:
    assert isinstance(scenario, OutageScenario)


def test_making_one_asks_neither_clock_nor_network_nor_files() -> None:
    simulate(OutageKind.BLOCK)  # the clocks of the country are read from tzdata once
    with watching() as watched, asking() as asked:
        for kind in OutageKind:
            simulate(kind, noise=1.0, seed=3)
    assert (asked, watched.files, watched.names, watched.connections) == ([], [], [], [])


def test_one_is_made_in_some_milliseconds() -> None:
    """Not a measurement: ten times what it takes, so that no list of tests is made per bin."""
    taken = []
    for kind in OutageKind:
        begin = time.perf_counter()
        simulate(kind, noise=1.0)
        taken.append(time.perf_counter() - begin)
    assert median(taken) < 0.1


def test_scenarios_need_no_test_library() -> None:
    code = (
        "import sys, shutdownkit.testing.scenarios; "
        "print([name for name in ('hypothesis', 'pytest', 'requests') if name in sys.modules])"
    )
    environment = {**os.environ, "HYPOTHESIS_NO_PLUGINS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"
