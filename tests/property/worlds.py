"""Small worlds for the laws of judging: an entity's signals with one loss of connectivity in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from attrs import evolve, frozen
from hypothesis import strategies as st
from numpy.typing import NDArray

import shutdownkit as sk

START = datetime(2023, 5, 1, tzinfo=UTC)

STEPS = {
    "bgp.visible-slash24s": timedelta(minutes=5),
    "probing.up-slash24s": timedelta(minutes=10),
    "telescope.unique-sources": timedelta(minutes=5),
    "traffic.search": timedelta(minutes=30),
    "atlas.connected-probes": timedelta(hours=1),
    "ooni.measurements": timedelta(hours=1),
    "probing.loss": timedelta(minutes=10),
    "connectivity.index": timedelta(hours=1),
}

ENTITIES = ("BY", "IR", "MM", "UG", "AS6697", "US/LA")


@frozen
class World:
    """Signals of one entity, and the loss that was put into them.

    ``lost`` is the share lost between ``begin`` and ``end``.
    """

    entity: sk.Entity
    signals: tuple[sk.Signal, ...]
    begin: datetime
    end: datetime
    lost: float


def quiet_values(
    kind: sk.SignalKind, bins: int, step: timedelta, rng: np.random.Generator
) -> NDArray[np.float64]:
    """A kind's values on ordinary days: its level, a daily rhythm, and the noise of its statistic."""
    hours = np.arange(bins) * (step / timedelta(hours=1))
    rhythm = 1.0 + 0.2 * np.sin(2 * np.pi * (hours - 9.0) / 24.0)
    if kind.plane is sk.Plane.ROUTING:
        return np.full(bins, 5000.0)
    if kind.name == "probing.loss":
        return rng.uniform(0.0, 3.0, bins)
    if kind.name == "connectivity.index":
        return rng.uniform(96.0, 100.0, bins)
    if kind.name == "atlas.connected-probes":
        return np.full(bins, 20.0) - (rng.random(bins) < 0.1)
    level = {"probing.up-slash24s": 3000.0, "traffic.search": 40000.0}.get(kind.name, 300.0)
    return np.asarray(rng.poisson(level * rhythm), dtype=np.float64)


def lose(kind: sk.SignalKind, values: NDArray[np.float64], lost: float) -> NDArray[np.float64]:
    """The values with a share of what they measure lost."""
    if kind.bad is sk.Direction.UP:
        whole = kind.maximum or 1.0
        return np.asarray(whole - (whole - values) * (1.0 - lost))
    return np.floor(values * (1.0 - lost))


@st.composite
def worlds(
    draw: st.DrawFn,
    *,
    kinds: tuple[str, ...] = tuple(STEPS),
    least_lost: float = 0.5,
    most_lost: float = 1.0,
    days: int = 12,
    max_kinds: int = 4,
) -> World:
    """A world with one loss after at least nine quiet days."""
    names = draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=max_kinds, unique=True))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    entity = sk.Entity.parse(draw(st.sampled_from(ENTITIES)))
    begin = START + timedelta(days=9) + draw(st.integers(0, 24)) * timedelta(hours=1)
    end = begin + draw(st.integers(3, 24)) * timedelta(hours=1)
    lost = draw(st.floats(least_lost, most_lost).map(lambda share: round(share, 3)))
    signals = []
    for name in names:
        kind, step = sk.KINDS[name], STEPS[name]
        bins = timedelta(days=days) // step
        values = quiet_values(kind, bins, step, rng)
        first, last = (begin - START) // step, (end - START) // step
        values[first:last] = lose(kind, values[first:last], lost)
        signals.append(sk.Signal(kind=kind, entity=entity, series=sk.TimeSeries(START, step, values)))
    return World(entity, tuple(signals), begin, end, lost)


def with_values(signal: sk.Signal, values: NDArray[np.float64]) -> sk.Signal:
    """The signal with other values on the same grid."""
    return evolve(signal, series=evolve(signal.series, values=values))


def shifted(signal: sk.Signal, by: timedelta) -> sk.Signal:
    """The signal, later."""
    return evolve(signal, series=evolve(signal.series, start=signal.series.start + by))
