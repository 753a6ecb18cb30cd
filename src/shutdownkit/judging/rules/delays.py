"""What delays and loss did before it and while it lasted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ...model.kinds import Plane
from ...model.signal import Signal
from ...model.window import TimeWindow, utc_text
from ..contrast import contrast
from ..facts import Facts, measured_share
from ..slowing import DELAYS
from .figures import BALTIC, BENSON
from .naming import named
from .proposals import proposed
from .rule import Finding, Rule, missing, weighs

__all__ = ["DELAY_FIRST", "LATENCY_STEP"]

Array = NDArray[np.float64]

_LOSS = "probing.loss"
_SOONEST, _EARLIEST = timedelta(minutes=10), timedelta(hours=3)
_PARTS = (_EARLIEST, timedelta(hours=1), timedelta(minutes=30))  # the median of each is looked at
_FLAT = 1.2  # as in :mod:`..slowing`: what is up by a fifth at most is flat
_POINTS = 10.0  # percent of probes lost: half of what counts as a disruption elsewhere
_RAISED = 1.25  # of the usual: the detour of the Baltic cables, a quarter longer, as a proposal
_SOME = 6  # bins before
_FEW = 3  # bins during
_COVERED = 0.5  # of the time must have been measured
_STAYED = 0.8  # of the bins after the step must be up
_RARELY = 0.2  # of the bins may be up where it is called flat
_ABRUPT = 0.5  # of the rise must have been there at once
_DAY = timedelta(days=1)
_FIRST = datetime.min.replace(tzinfo=UTC) + _DAY

_BEFORE = {name: proposed("quality.delay-first", name) for name in ("rose", "flat")}
_DURING = {name: proposed("quality.latency-step", name) for name in ("stepped", "flat")}


def _usual(signal: Signal, window: TimeWindow) -> float | None:
    """The median before a window: at the same hours of 14 days, or else of the day before.

    None where fewer than six bins were measured.
    """
    before = contrast(signal, window).before
    if len(before) < _SOME:
        start = max(window.start, _FIRST)
        cut = signal.series.cut(TimeWindow(start - _DAY, start))
        before = cut.values[cut.measured]
    return float(np.median(before)) if len(before) >= _SOME else None


def _within(signal: Signal, window: TimeWindow) -> Array:
    """What was measured in a window."""
    cut = signal.series.cut(window)
    return cut.values[cut.measured]


def _fell(facts: Facts) -> datetime:
    """When reach fell, loss apart: it may be what came first."""
    rest = [event.onset for event in facts.dating_events if event.kind.name != _LOSS]
    return min(rest, default=facts.episode.onset)


def _early(facts: Facts, fell: datetime) -> Iterator[tuple[timedelta, str]]:
    """What was raised before reach fell, and for how long."""
    direct = [e for e in facts.reach_events if e.kind.plane in {Plane.ROUTING, Plane.PROBING}]
    seen = [e for e in direct if e.kind.name != _LOSS and e.onset == fell]
    for event in facts.episode.events:
        ahead = fell - event.onset
        late = [max(e.step or timedelta(0), event.step or timedelta(0)) for e in seen]
        is_loss = event.kind.name == _LOSS and bool(seen) and ahead >= 2 * max(late)
        if _SOONEST <= ahead <= _EARLIEST and (event.kind.name in DELAYS or is_loss):
            yield ahead, event.kind.name


def _is_flat(signal: Signal, fell: datetime) -> bool | None:
    """Whether a signal did not rise before reach fell; None where it was not measured enough to tell."""
    if fell < _FIRST:
        return None
    window = TimeWindow(fell - _EARLIEST, fell)
    usual = _usual(signal, window)
    if usual is None or measured_share(signal, window) < _COVERED:
        return None
    most = usual + _POINTS if signal.kind.name == _LOSS else usual * _FLAT
    ends = [_within(signal, TimeWindow(fell - part, fell)) for part in _PARTS]
    return all(float(np.median(values)) <= most for values in ends if len(values))


def _judge_delay_first(facts: Facts) -> Finding | None:
    if not facts.reach_events:
        return None
    fell = _fell(facts)
    early = list(_early(facts, fell))
    if early:
        ahead, _ = max(early)
        names = named(sorted({name for _, name in early}))
        minutes = ahead // timedelta(minutes=1)
        return weighs(
            f"Delays or loss rose {minutes} minutes before connectivity fell ({names}): congestion came "
            "first.",
            _BEFORE["rose"],
        )
    told = {
        (signal.kind.name, _is_flat(signal, fell))
        for signal in facts.around.signals
        if signal.kind.name in {*DELAYS, _LOSS}
    }
    flat = sorted({name for name, is_flat in told if is_flat})
    when = f"in the 3 hours before {utc_text(fell)}"
    if flat and not any(is_flat is False for _, is_flat in told):
        return weighs(f"{named(flat)}, measured {when}, did not rise.", _BEFORE["flat"])
    if flat or any(is_flat is False for _, is_flat in told):
        return missing(f"Delays and loss {when} neither stayed flat nor rose clearly: they do not tell.")
    return missing(f"Whether delays or loss rose {when} was not measured enough to tell.")


DELAY_FIRST = Rule(
    "quality.delay-first",
    "Floods and leaks congest a network before it fails; an order does not.",
    BENSON,
    "quality",
    _judge_delay_first,
    fails="A filter that is switched on step by step slows a network too (Belarus, 9 August 2020, from 06:00 "
    "UTC), and a crowd at the polls loads it; a flood on one service is not seen in the country's delays.",
)


@frozen
class _Step:
    """What a delay did while an episode lasted.

    Attributes:
        ratio: its median while it was up, or over all the time where it was flat, over the usual.
        stepped: True where it stepped up and stayed, False where it was flat.
    """

    ratio: float
    stepped: bool


def _step_of(signal: Signal, window: TimeWindow) -> _Step | None:
    """A step, or that there was none; None where it was not measured enough, or did neither."""
    usual = _usual(signal, window)
    values = _within(signal, window)
    if usual is None or usual <= 0 or len(values) < _FEW or measured_share(signal, window) < _COVERED:
        return None
    up = values >= _RAISED * usual
    if np.mean(up) <= _RARELY and np.median(values) <= _FLAT * usual:
        return _Step(float(np.median(values)) / usual, stepped=False)
    first = int(np.argmax(up))
    level = float(np.median(values[first:]))
    at_once = float(np.median(values[first : first + _FEW]))
    stayed = np.count_nonzero(up[first:]) >= max(_FEW, _STAYED * (len(values) - first))
    if not stayed or at_once - usual < _ABRUPT * (level - usual):
        return None
    return _Step(level / usual, stepped=True)


def _judge_latency_step(facts: Facts) -> Finding | None:
    if not facts.reach_events and any(e.kind.name not in DELAYS for e in facts.episode.events):
        return None
    window = facts.episode.window
    steps = {
        (signal.kind.name, step)
        for signal in facts.around.signals
        if signal.kind.name in DELAYS and (step := _step_of(signal, window)) is not None
    }
    stepped = sorted((name, one.ratio) for name, one in steps if one.stepped)
    flat = sorted((name, one.ratio) for name, one in steps if not one.stepped)
    if stepped:
        name, ratio = max(stepped, key=lambda one: (one[1], one[0]))
        return weighs(
            f"{name} stepped up to {ratio:.2f} times the usual and stayed up while what remained answered: "
            "as on a detour.",
            _DURING["stepped"],
        )
    if flat and facts.reach_events:
        name, ratio = max(flat, key=lambda one: (one[1], one[0]))
        return weighs(
            f"{name}, measured while it lasted, stayed flat ({ratio:.2f} times the usual).", _DURING["flat"]
        )
    return None


LATENCY_STEP = Rule(
    "quality.latency-step",
    "When a cable is cut, what remains takes a detour: longer in a step, and without loss.",
    BALTIC,
    "quality",
    _judge_latency_step,
    fails="Where most is lost, what remains is another mixture of hosts, nearer or farther; a filter on the "
    "path and a satellite link add a step as well.",
)
