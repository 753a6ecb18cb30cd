"""Worlds that become slow, or silent, and the rules that judge them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

import shutdownkit as sk
from shutdownkit.judging.rules.builtin import RULES
from shutdownkit.judging.rules.throttling import HANDSHAKES, SIGNATURE, SLOWED_SERVICES
from shutdownkit.judging.rules.volume import ONE_NETWORK, SILENCE

from .builders import DAY, DOWNLOAD, HOUR, OONI, RTT, START, signal

Array = NDArray[np.float64]

NETWORKS, HANDSHAKE = "ooni.networks", "ooni.tls-handshake"
DAYS = 23
BEGIN = START + 17 * DAY

_OURS = (SIGNATURE, HANDSHAKES, SLOWED_SERVICES, ONE_NETWORK, SILENCE)
RULESET = RULES.extended(*(rule for rule in _OURS if rule.id not in {known.id for known in RULES.rules}))
"""The built-in rules with those of throttling and volume, wherever these are built in already."""


def hours_of(begin: timedelta, length: timedelta) -> slice:
    """The hours of a world that lie so long after its start, for so long."""
    return slice(begin // HOUR, (begin + length) // HOUR)


def throughput(rng: np.random.Generator, *, evening: float = 0.85, varies: float = 0.15) -> Array:
    """Mbit/s by the hour, less from 18 to 23 o'clock by a factor."""
    clock = np.arange(DAYS * 24) % 24
    level = np.where((clock >= 18) & (clock < 23), 20.0 * evening, 20.0)
    return np.asarray(level * rng.lognormal(0.0, varies, DAYS * 24))


def round_trips(rng: np.random.Generator) -> Array:
    """Milliseconds by the hour."""
    return np.asarray(60.0 * rng.lognormal(0.0, 0.05, DAYS * 24))


def speeds(down: Array, delay: Array | None = None) -> list[sk.Signal]:
    """Signals of throughput and, where given, of round trips."""
    made = [signal(DOWNLOAD, down, HOUR)]
    return made if delay is None else [*made, signal(RTT, delay, HOUR)]


def volumes(measurements: Array, networks: Array, *, entity: str = "BY") -> list[sk.Signal]:
    """Signals of how many measurements came, of how many networks."""
    return [signal(OONI, measurements, HOUR, entity=entity), signal(NETWORKS, networks, HOUR, entity=entity)]


def judged(
    signals: list[sk.Signal], *, since: timedelta = timedelta(0), controls: list[sk.Signal] | None = None
) -> sk.Report:
    """The report of them, of the time from so long after their start."""
    window = sk.TimeWindow(START + since, START + DAYS * DAY)
    return sk.classify(signals, window=window, rules=RULESET, controls=controls or [])
