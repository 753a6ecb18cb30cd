"""Worlds of signals for the hard cases: weeks of ordinary days, with losses put into them.

What a signal would read on ordinary days is a level, a daily rhythm by the country's own clock, a quieter
weekend where people make the traffic, and the noise of its statistic.  All of that is made up; what is
published of a case stands with the case (:mod:`.hard_negatives`, :mod:`.hard_positives`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

import shutdownkit as sk
from shutdownkit.model.places import country_zones

__all__ = [
    "ATLAS",
    "BGP",
    "DAY",
    "HOUR",
    "HTTP3",
    "INDEX",
    "LATENCY",
    "LOSS",
    "MINUTE",
    "PROBING",
    "TELESCOPE",
    "TRAFFIC",
    "V6",
    "Dip",
    "Place",
    "World",
    "at",
    "repeated",
]

Array = NDArray[np.float64]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

BGP, V6 = "bgp.visible-slash24s", "bgp.v6-prefixes"
PROBING, LOSS, LATENCY = "probing.up-slash24s", "probing.loss", "probing.latency"
TELESCOPE, ATLAS, INDEX = "telescope.unique-sources", "atlas.connected-probes", "connectivity.index"
TRAFFIC, HTTP3 = "traffic.search", "traffic.http3-share"

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
}
SWINGS: Mapping[str, float] = {PROBING: 0.05, TELESCOPE: 0.2, TRAFFIC: 0.5}
"""The daily rhythm, up and down from the level; most at 15:00 local."""

NOISES: Mapping[str, float] = {BGP: 0.001, V6: 0.002, LATENCY: 0.03, TRAFFIC: 0.03, HTTP3: 0.03, INDEX: 0.01}
"""Standard deviation of a bin over its level; of the other kinds it is that of counting."""

_WEEKEND = 0.9  # of the ordinary traffic
_FRIDAY, _WEEK = 4, 7


def at(text: str) -> datetime:
    """The time that ``text`` says in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@frozen
class Dip:
    """A loss on one signal.

    Attributes:
        depth: the share lost, 0..1; of latency, by which share it rises.
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

    def signals(self, window: sk.TimeWindow, seed: int) -> tuple[sk.Signal, ...]:
        """What was measured in a window of whole hours, with the noise of a seed."""
        return tuple(
            sk.Signal(
                kind=sk.KINDS[kind],
                entity=sk.Entity.parse(self.code),
                series=sk.TimeSeries(
                    window.start, STEPS[kind], self._values(kind, tuple(dips), window, seed)
                ),
            )
            for kind, dips in sorted(self.losses.items())
        )

    def _values(self, kind: str, dips: tuple[Dip, ...], window: sk.TimeWindow, seed: int) -> Array:
        rng = np.random.default_rng([seed, zlib.crc32(f"{self.code} {kind}".encode())])
        step = STEPS[kind].total_seconds()
        bins = np.arange(window.duration // STEPS[kind], dtype=np.float64)
        middles: Array = np.asarray(window.start.timestamp() + (bins + 0.5) * step, dtype=np.float64)
        lost = np.zeros_like(middles)
        for dip in dips:
            lost = np.maximum(lost, dip.share(middles))
        level = LEVELS[kind] * self._rhythm(kind, middles)
        if kind == LATENCY:
            return np.asarray(level * (1 + lost) * rng.normal(1.0, NOISES[kind], len(middles)))
        if kind == LOSS:
            return np.asarray(100.0 - (100.0 - rng.uniform(0.5, 1.5, len(middles)) * level) * (1 - lost))
        if kind in {HTTP3, INDEX}:
            noisy = level * (1 - lost) * rng.normal(1.0, NOISES[kind], len(middles))
            return np.asarray(np.clip(noisy, 0.0, 1.0 if kind == HTTP3 else 100.0))
        return self._counts(kind, level * self.size, lost, rng)

    def _counts(self, kind: str, level: Array, lost: Array, rng: np.random.Generator) -> Array:
        mean = level * (1 - lost)
        if kind == ATLAS:  # a probe is now and then away
            return np.asarray(rng.binomial(np.round(mean).astype(int), 0.98), dtype=np.float64)
        if kind == PROBING:  # of the blocks that answer, nearly all do in any round
            return np.asarray(rng.binomial(np.round(mean / 0.98).astype(int), 0.98), dtype=np.float64)
        if kind == TELESCOPE:
            return np.asarray(rng.poisson(mean), dtype=np.float64)
        noisy = mean * rng.normal(1.0, NOISES[kind], len(mean))
        return np.asarray(np.round(np.maximum(noisy, 0.0)), dtype=np.float64)

    def _rhythm(self, kind: str, middles: Array) -> Array:
        country = sk.Entity.parse(self.code).country
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


_NOTHING_SAID = sk.Account()


@frozen
class World:
    """What :func:`shutdownkit.classify` is given."""

    signals: tuple[sk.Signal, ...]
    controls: tuple[sk.Signal, ...] = ()
    history: tuple[sk.Episode, ...] = ()
    context: tuple[sk.ContextEvent, ...] = ()
    account: sk.Account = _NOTHING_SAID

    def report(self, *, as_of: datetime | None = None, rules: sk.RuleSet | None = None) -> sk.Report:
        """The report on it, as one could have made it at a time."""
        return sk.classify(
            self.signals,
            controls=self.controls,
            history=self.history,
            context=self.context,
            as_of=as_of,
            rules=rules,
            account=self.account,
        )
