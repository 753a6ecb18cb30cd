"""What it means that fewer measurements arrive, or none.

People who are offline send nothing.  But measurements come from few volunteers: one who stops, or one
network whose campaign ends, looks the same in the count of measurements.  How many networks are heard tells
the two apart (Iran, 16 November 2019: 920 of 1094 measurements came from one network).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from ..model.event import Event
from ..model.kinds import KINDS, Plane, SignalKind
from ..model.signal import Signal
from ..model.window import TimeWindow
from .contrast import Contrast, contrast
from .facts import Facts, measured_share

__all__ = [
    "MANY",
    "blocking_adjoins",
    "ended_campaign",
    "fell_silent",
    "is_only_volume",
    "is_outage_by_silence",
    "networks_before",
]

_MEASUREMENTS, _NETWORKS = KINDS["ooni.measurements"], KINDS["ooni.networks"]

MANY = 3
"""Networks that must be heard usually before their silence says something of the country.  A proposal."""

_NOT_ONE = 2  # with services blocked around the time; a single network's silence is that network's
_NOTHING = 0.95  # share lost from which nothing is left
_HELD = 0.8  # share of the networks usually heard that must still be heard: less than a fifth is gone
_COVERED = 0.5  # of the episode must have been measured
_NEAR = timedelta(hours=24)


def is_only_volume(facts: Facts) -> bool:
    """Whether of connectivity nothing fell but the volume of measurements."""
    return {event.kind.plane for event in facts.reach_events} == {Plane.VOLUME}


def ended_campaign(facts: Facts) -> Contrast | None:
    """The number of networks heard, where only the number of measurements fell; None where more did.

    Then fewer measurements came from as many networks: somebody stopped measuring.  The number must have
    been measured in half of the episode, and its mean be at least four fifths of that at the same hours
    before.
    """
    if {event.kind for event in facts.reach_events} != {_MEASUREMENTS}:
        return None
    if any(window.overlaps(facts.episode.window) for window in _silences(facts)):
        return None
    signal = _networks(facts)
    if signal is None or measured_share(signal, facts.episode.window) < _COVERED:
        return None
    found = contrast(signal, facts.episode.window, without=_silences(facts))
    ratio = found.mean_ratio
    return found if ratio is not None and ratio >= _HELD else None


def networks_before(facts: Facts) -> float | None:
    """How many networks were usually heard in a bin, in the 14 days before; None where nobody counted.

    The median over all hours: fewer than are heard in a day.
    """
    signal = _networks(facts)
    if signal is None:
        return None
    series = signal.series
    last = max(0, (facts.episode.onset - series.start) // series.step)
    first = max(0, last - round(timedelta(days=14) / series.step))
    values = series.values[first:last]
    values = values[~np.isnan(values)]
    return float(np.median(values)) if values.size else None


def fell_silent(facts: Facts) -> bool:
    """Whether the measurements and the networks both fell to nothing, at one time.

    A measured zero is there only where the provider heard from the rest of the world as usual: so the
    sources make them.
    """
    return any(
        first.window.overlaps(second.window)
        for first in _to_nothing(facts, _MEASUREMENTS)
        for second in _to_nothing(facts, _NETWORKS)
    )


def blocking_adjoins(facts: Facts) -> bool:
    """Whether services were blocked at the time, or within 24 hours of it."""
    around = facts.episode.window.widened(_NEAR)
    return any(other.window.overlaps(around) for other in facts.around.blocking)


def is_outage_by_silence(facts: Facts) -> bool:
    """Whether nothing but silence, and all of it, says that connectivity was lost.

    Everything fell silent, and either three networks or more were usual before, or two and services were
    blocked at the edge of the silence.  Never where nobody knows whether the provider could be reached.
    """
    if facts.around.silence is not None or not is_only_volume(facts) or not fell_silent(facts):
        return False
    usual = networks_before(facts)
    if usual is None:
        return False
    return usual >= MANY or (usual >= _NOT_ONE and blocking_adjoins(facts))


def _silences(facts: Facts) -> list[TimeWindow]:
    """When fewer networks were heard in other episodes."""
    return [
        event.window for other in facts.around.others for event in other.events if event.kind == _NETWORKS
    ]


def _networks(facts: Facts) -> Signal | None:
    """The signal of how many networks were heard; of several the one measured most in the episode."""
    found = [signal for signal in facts.around.signals if signal.kind == _NETWORKS and signal.subject is None]
    return max(found, key=lambda one: measured_share(one, facts.episode.window), default=None)


def _to_nothing(facts: Facts, kind: SignalKind) -> list[Event]:
    return [event for event in facts.events_of(kind) if event.peak >= _NOTHING]
