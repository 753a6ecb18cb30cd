"""Signals from a scenario: a reconstruction, never a measurement."""

from __future__ import annotations

import hashlib

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from ..errors import InvalidValueError
from ..model.kinds import Statistic
from ..model.series import TimeSeries
from ..model.signal import Provenance, Signal
from .profile import expected_values, rhythm_factors
from .scenario import Scenario, ScenarioSignal

__all__ = ["LICENCE", "SEED", "SOURCE", "generate"]

SEED = 20200809
"""The seed of the demo: the day of the election in Belarus.  It stands for nothing else."""

SOURCE = "reconstruction"
LICENCE = "Apache-2.0 (written for shutdownkit from published descriptions)"

_LEAST_NOISE = 1e-6  # under the rounding of any count there is; smaller ones overflow when squared

Floats = NDArray[np.float64]


def generate(scenario: Scenario, *, seed: int = SEED) -> tuple[Signal, ...]:
    """The signals of a scenario, in its order, over its whole span.

    The same scenario and seed give the same signals, with the same version of NumPy.  Each signal draws
    from a stream of its own (PCG64, seeded with ``seed`` and the SHA-256 of the signal's name), so that
    adding, removing or changing one changes no other, but for the number of measurements behind a share
    that follows it.

    How chance acts on a bin follows from the kind's statistic.  ARRIVALS: Poisson around a level that
    itself varies by ``noise`` (a gamma law, so a negative binomial count).  STOCK: a normal law of
    relative deviation ``noise``, rounded to whole things.  SHARE: binomial, with a Poisson number of
    measurements as weight; a bin without a measurement is NaN.  LEVEL: a normal law of relative
    deviation ``noise``.  Bins in a gap, lost at random or not out yet at the end are NaN, never 0.

    Raises:
        InvalidValueError: for a seed that is not a whole number of 0 or more.
    """
    checked = _seed(seed)
    return tuple(_generate(scenario, signal, checked) for signal in scenario.signals)


def _seed(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidValueError("seed", value, "is not a whole number of 0 or more")
    return value


def _generate(scenario: Scenario, signal: ScenarioSignal, seed: int) -> Signal:
    rng = _stream(seed, signal.name)
    missing = _missing(scenario, signal, rng)
    expected = expected_values(signal, scenario.span)
    weights: TimeSeries | None = None
    if signal.kind.statistic is Statistic.SHARE:
        counts = rng.poisson(_expected_weights(scenario, signal)).astype(np.float64)
        counts[missing] = 0.0
        values = _shares(expected, signal.kind.maximum or 1.0, counts, rng)
        weights = TimeSeries(scenario.history, signal.step, counts)
    else:
        values = _values(signal, expected, rng)
        values[missing] = np.nan
    return Signal(
        kind=signal.kind,
        entity=signal.entity,
        subject=signal.subject,
        series=TimeSeries(scenario.history, signal.step, values),
        weights=weights,
        provenance=Provenance(source=SOURCE, licence=LICENCE, note=_note(scenario, signal)),
    )


def _stream(seed: int, name: str) -> np.random.Generator:
    digest = hashlib.sha256(name.encode()).digest()
    words = [int.from_bytes(digest[at : at + 4], "big") for at in range(0, len(digest), 4)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def _missing(scenario: Scenario, signal: ScenarioSignal, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Shape (n,): True where nobody measured, or the value is not out yet."""
    count = scenario.span.duration // signal.step
    missing = rng.random(count) < signal.missing
    silent = [(gap.window.start, gap.window.end) for gap in signal.gaps]
    silent.append((max(scenario.span.end - signal.lag, scenario.history), scenario.span.end))
    for start, end in silent:
        # Every bin that the silence touches, none that it does not.
        first = (start - scenario.history) // signal.step
        last = -((scenario.history - end) // signal.step)
        if end > start:
            missing[first:last] = True
    return missing


def _values(signal: ScenarioSignal, expected: Floats, rng: np.random.Generator) -> Floats:
    if signal.kind.statistic is Statistic.ARRIVALS:
        return rng.poisson(expected * _gamma(signal.noise, len(expected), rng)).astype(np.float64)
    values = expected * (1 + signal.noise * rng.standard_normal(len(expected)))
    if signal.kind.statistic is Statistic.STOCK:
        values = np.rint(values)
    low = -np.inf if signal.kind.minimum is None else signal.kind.minimum
    high = np.inf if signal.kind.maximum is None else signal.kind.maximum
    return np.clip(values, low, high)


def _gamma(noise: float, count: int, rng: np.random.Generator) -> Floats:
    """Factors of mean 1 and standard deviation ``noise``."""
    if noise < _LEAST_NOISE:
        return np.ones(count)
    return rng.gamma(noise**-2, noise**2, count)


def _shares(expected: Floats, whole: float, counts: Floats, rng: np.random.Generator) -> Floats:
    hits = rng.binomial(counts.astype(np.int64), expected / whole)
    shares = np.full(len(counts), np.nan)
    np.divide(hits * whole, counts, out=shares, where=counts > 0)
    return shares


def _expected_weights(scenario: Scenario, signal: ScenarioSignal) -> Floats:
    weight = 0.0 if signal.weight is None else signal.weight
    if signal.weight_follows is None:
        return weight * rhythm_factors(signal, scenario.span)
    followed = evolve(scenario.followed(signal), step=signal.step)
    return expected_values(followed, scenario.span) * weight / followed.level


def _note(scenario: Scenario, signal: ScenarioSignal) -> str:
    parts = [signal.source]
    if signal.assumed:
        parts.append(f"Assumed: {signal.assumed.rstrip('.')}.")
    if signal.lag_note:
        parts.append(signal.lag_note)
    return f"A reconstruction, not a measurement: {scenario.title}.\n{' '.join(parts)}"
