"""Signals of a place: weeks of ordinary days, with losses put into them.

What a signal would read on ordinary days is a level, a daily rhythm by the country's own clock, a quieter
weekend where people make the traffic, and the noise of its statistic.  All of that is made up.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ...model.entity import Entity
from ...model.kinds import KINDS
from ...model.places import country_zones
from ...model.series import TimeSeries
from ...model.signal import Provenance, Signal
from ...model.window import TimeWindow

__all__ = [
    "ATLAS",
    "BGP",
    "DAY",
    "DOWNLOAD",
    "HOUR",
    "HTTP3",
    "INDEX",
    "LATENCY",
    "LOSS",
    "MINUTE",
    "PROBING",
    "RTT",
    "STEPS",
    "TELESCOPE",
    "TRAFFIC",
    "V6",
    "Dip",
    "Place",
    "at",
    "repeated",
]

Array = NDArray[np.float64]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

BGP, V6 = "bgp.visible-slash24s", "bgp.v6-prefixes"
PROBING, LOSS, LATENCY = "probing.up-slash24s", "probing.loss", "probing.latency"
TELESCOPE, ATLAS, INDEX = "telescope.unique-sources", "atlas.connected-probes", "connectivity.index"
TRAFFIC, HTTP3 = "traffic.search", "traffic.http3-share"
DOWNLOAD, RTT = "throughput.download", "throughput.rtt"

STEPS: Mapping[str, timedelta] = {
    BGP: 5 * MINUTE,
    V6: 5 * MINUTE,
    PROBING: 10 * MINUTE,
    LOSS: 10 * MINUTE,
    LATENCY: 10 * MINUTE,
    TELESCOPE: 5 * MINUTE,
    TRAFFIC: 30 * MINUTE,
    HTTP3: HOUR,
    ATLAS: 5 * MINUTE,
    INDEX: HOUR,
    DOWNLOAD: HOUR,
    RTT: HOUR,
}
"""Those of IODA (routing and telescope 5 minutes, probing 10, search traffic 30); the others made up."""

LEVELS: Mapping[str, float] = {
    BGP: 4000.0,
    V6: 430.0,
    PROBING: 2500.0,
    LOSS: 1.5,
    LATENCY: 80.0,
    TELESCOPE: 400.0,
    TRAFFIC: 40_000.0,
    HTTP3: 0.4,
    ATLAS: 24.0,
    INDEX: 97.0,
    DOWNLOAD: 20.0,
    RTT: 60.0,
}
SWINGS: Mapping[str, float] = {PROBING: 0.05, TELESCOPE: 0.2, TRAFFIC: 0.5, DOWNLOAD: -0.2}
"""The daily rhythm, up and down from the level; most at 15:00 local (of throughput least)."""

NOISES: Mapping[str, float] = {
    BGP: 0.001,
    V6: 0.002,
    LATENCY: 0.03,
    TRAFFIC: 0.03,
    HTTP3: 0.03,
    INDEX: 0.01,
    DOWNLOAD: 0.1,
    RTT: 0.05,
}
"""Standard deviation of a bin over its level; of the other kinds it is that of counting."""

_UNKNOWN = Provenance()
_LONGER = frozenset({LATENCY, RTT})
_LIMIT_VARIES = 0.01  # by which throughput at a limit still varies: "hardly" (Anderson 2013)
_ANSWER = 0.98  # of the blocks and probes that are there so many are seen in any round
_WEEKEND = 0.9  # of the ordinary traffic
_FRIDAY, _WEEK = 4, 7


def at(text: str) -> datetime:
    """The time that ``text`` says in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@frozen
class Dip:
    """A loss on one signal.

    Attributes:
        depth: the share lost, 0..1; of latency, by which share it rises; of throughput, how far under its
            usual level the limit lies that is set.
        fall, rise: how long it takes to go down and to come back, evenly, both within begin and end.
    """

    begin: datetime
    end: datetime
    depth: float
    fall: timedelta = timedelta(0)
    rise: timedelta = timedelta(0)

    def share(self, middles: Array) -> Array:
        """The share lost at some times (epoch seconds)."""
        since, left = middles - self.begin.timestamp(), self.end.timestamp() - middles
        inside = (since >= 0) & (left > 0)
        down = np.clip(since / self.fall.total_seconds(), 0, 1) if self.fall else np.ones_like(since)
        up = np.clip(left / self.rise.total_seconds(), 0, 1) if self.rise else np.ones_like(since)
        return np.where(inside, self.depth * np.minimum(down, up), 0.0)


def repeated(dip: Dip, times: int, *, every: timedelta = DAY) -> tuple[Dip, ...]:
    """The same loss so many times."""
    return tuple(
        Dip(dip.begin + k * every, dip.end + k * every, dip.depth, dip.fall, dip.rise) for k in range(times)
    )


@frozen
class Place:
    """A country, region or network whose signals are watched.

    Attributes:
        losses: the losses of each kind that is measured; none for one that holds.
        size: how large it is, as a factor on the counts.
    """

    code: str
    losses: Mapping[str, Iterable[Dip]]
    size: float = 1.0

    def signals(
        self, window: TimeWindow, seed: int, *, noise: float = 1.0, provenance: Provenance = _UNKNOWN
    ) -> tuple[Signal, ...]:
        """What was measured in a window of whole hours.

        Args:
            seed: of the noise.
            noise: how much of it there is: 1 for that of each statistic, 0 for none.
            provenance: what every signal says of where it came from.
        """
        return tuple(
            Signal(
                kind=KINDS[kind],
                entity=Entity.parse(self.code),
                series=TimeSeries(
                    window.start, STEPS[kind], self._values(kind, tuple(dips), window, seed, noise)
                ),
                provenance=provenance,
            )
            for kind, dips in sorted(self.losses.items())
        )

    def _values(self, kind: str, dips: tuple[Dip, ...], window: TimeWindow, seed: int, noise: float) -> Array:
        rng = np.random.default_rng([seed, zlib.crc32(f"{self.code} {kind}".encode())])
        step = STEPS[kind].total_seconds()
        bins = np.arange(window.duration // STEPS[kind], dtype=np.float64)
        middles: Array = np.asarray(window.start.timestamp() + (bins + 0.5) * step, dtype=np.float64)
        lost = np.zeros_like(middles)
        for dip in dips:
            lost = np.maximum(lost, dip.share(middles))
        level = LEVELS[kind] * self._rhythm(kind, middles)
        if kind == DOWNLOAD:
            return _throughput(level, lost, noise, rng)
        if kind in _LONGER:
            return np.asarray(level * (1 + lost) * _normal(rng, NOISES[kind] * noise, len(middles)))
        if kind == LOSS:
            half = 0.5 * noise
            chance = rng.uniform(1.0 - half, 1.0 + half, len(middles))
            return np.asarray(100.0 - (100.0 - chance * level) * (1 - lost))
        if kind in {HTTP3, INDEX}:
            noisy = level * (1 - lost) * _normal(rng, NOISES[kind] * noise, len(middles))
            return np.asarray(np.clip(noisy, 0.0, 1.0 if kind == HTTP3 else 100.0))
        return _counts(kind, level * self.size * (1 - lost), noise, rng)

    def _rhythm(self, kind: str, middles: Array) -> Array:
        country = Entity.parse(self.code).country
        zones = country_zones(country) if country is not None else ()
        start = datetime.fromtimestamp(float(middles[0]), UTC)
        offset = start.astimezone(zones[0]).utcoffset() if zones else None
        local = middles + (offset.total_seconds() if offset is not None else 0.0)
        hours = local / 3600.0
        rhythm = 1.0 + SWINGS.get(kind, 0.0) * np.cos(2 * np.pi * (hours - 15.0) / 24.0)
        if kind == TRAFFIC:
            weekday = (np.floor(hours / 24.0).astype(int) + 3) % _WEEK  # 1 January 1970 was a Thursday
            rhythm = np.where(weekday > _FRIDAY, _WEEKEND * rhythm, rhythm)
        return np.asarray(rhythm)


def _normal(rng: np.random.Generator, varies: float, bins: int) -> Array:
    """Factors about 1; exactly 1 where nothing varies."""
    return np.asarray(rng.normal(1.0, varies, bins)) if varies else np.ones(bins)


def _throughput(level: Array, lost: Array, noise: float, rng: np.random.Generator) -> Array:
    """Throughput, that a limit leaves at a level of its own while it stands."""
    usual = level * _normal(rng, NOISES[DOWNLOAD] * noise, len(level))
    limit = LEVELS[DOWNLOAD] * (1 - lost) * _normal(rng, _LIMIT_VARIES * noise, len(level))
    return np.asarray(np.maximum(np.where(lost > 0, np.minimum(usual, limit), usual), 0.0))


def _counts(kind: str, mean: Array, noise: float, rng: np.random.Generator) -> Array:
    """Counts with so much of the noise of counting."""
    if not noise:
        return np.asarray(np.round(mean))
    if kind == ATLAS:  # a probe is now and then away
        drawn: Array = np.asarray(rng.binomial(np.round(mean).astype(int), _ANSWER), dtype=np.float64)
    elif kind == PROBING:  # of the blocks that answer, nearly all do in any round
        drawn = np.asarray(rng.binomial(np.round(mean / _ANSWER).astype(int), _ANSWER), dtype=np.float64)
    elif kind == TELESCOPE:
        drawn = np.asarray(rng.poisson(mean), dtype=np.float64)
    else:
        noisy = mean * rng.normal(1.0, NOISES[kind] * noise, len(mean))
        return np.asarray(np.round(np.maximum(noisy, 0.0)), dtype=np.float64)
    return np.asarray(np.round(np.maximum(mean + noise * (drawn - mean), 0.0)))
