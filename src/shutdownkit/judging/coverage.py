"""How much was measured, and what could not have been seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from ..model.account import BlindSpot
from ..model.entity import Entity
from ..model.kinds import KINDS, Aspect, Plane, SignalKind
from ..model.series import TimeSeries
from ..model.signal import Signal
from ..model.window import TimeWindow
from ..report.content import Coverage, Trace
from .detect import expected_levels
from .facts import measured_share
from .settings import DetectionSettings

__all__ = ["MIN_BINS", "blind_spots", "coverage_of", "is_enough", "traces"]

MIN_BINS = 6
"""With fewer measured bins in the window a signal says nothing."""

_TRACE_BINS = 240

_IPV6 = KINDS["bgp.v6-prefixes"]

_BLIND = {
    Plane.ROUTING: "Withdrawn routes: nobody measured BGP, so filtering cannot be told from withdrawal.",
    Plane.PROBING: "Networks that stay announced and do not answer: nobody probed them.",
    Plane.BACKGROUND: "Whether what stayed announced could still send: no telescope was read.",
    Plane.TRAFFIC: "Cuts of mobile networks alone: behind address translation neither routing, probing nor "
    "telescopes see them; only traffic does.",
    Plane.VANTAGE: "Which networks inside stayed connected: no probes inside were counted.",
    Plane.APPLICATION: "Blocked services: nobody inside tested any.",
    Plane.VOLUME: "Whether people inside could still send measurements: nobody counted them.",
}


def coverage_of(signal: Signal, window: TimeWindow) -> Coverage:
    """How much of the window one signal measured."""
    inside = signal.series.cut(window)
    bins = np.flatnonzero(inside.measured)
    history = min(window.start, signal.series.window.end) - signal.series.start
    return Coverage(
        kind=signal.kind,
        entity=signal.entity,
        subject=signal.subject,
        measured=round(measured_share(signal, window), 6),
        step=signal.series.step,
        history=max(timedelta(0), history),
        first=inside.start + int(bins[0]) * inside.step if bins.size else None,
        last=inside.start + int(bins[-1]) * inside.step if bins.size else None,
        source=signal.provenance.source,
        licence=signal.provenance.licence,
    )


def is_enough(signal: Signal, window: TimeWindow) -> bool:
    """Whether the signal has so many measured bins in the window that something can be said."""
    return int(np.count_nonzero(signal.series.cut(window).measured)) >= MIN_BINS


def blind_spots(
    entity: Entity,
    signals: Sequence[Signal],
    window: TimeWindow,
    told: Sequence[BlindSpot] = (),
    *,
    tested: bool = False,
) -> tuple[BlindSpot, ...]:
    """What could not have been seen with these signals, then what the sources told of themselves.

    Args:
        tested: whether there are single tests of services in the window.
    """
    measured = {
        signal.kind.plane for signal in signals if _shows_its_plane(signal.kind) and is_enough(signal, window)
    }
    if tested:
        measured.add(Plane.APPLICATION)
    spots = [BlindSpot(plane, text) for plane, text in _BLIND.items() if plane not in measured]
    if Plane.APPLICATION in measured and not (tested or _tests_services(signals)):
        spots.append(BlindSpot(Plane.APPLICATION, "Which services were blocked: no test names its subject."))
    if entity.country is None and measured:
        spots.append(BlindSpot(None, f"Local time: no country is given for {entity}."))
    return tuple(dict.fromkeys((*spots, *told)))


def _shows_its_plane(kind: SignalKind) -> bool:
    """Whether a signal of a kind takes away its plane's blind spot.

    How well it works, such as latency or the users of one service, does not show who is cut off; nor do
    routes of IPv6 show whether those of IPv4 were withdrawn.
    """
    return kind.plane is Plane.APPLICATION or (kind.aspect is Aspect.REACH and kind != _IPV6)


def _tests_services(signals: Sequence[Signal]) -> bool:
    return any(s.subject is not None and s.kind.aspect is Aspect.FAILURE for s in signals)


def traces(signals: Sequence[Signal], window: TimeWindow, settings: DetectionSettings) -> tuple[Trace, ...]:
    """A coarse picture of each signal over the window: the worst share of the expected level in a bin."""
    shares = expected_levels(signals, settings=settings)
    return tuple(
        _trace(signal, TimeSeries(signal.series.start, signal.series.step, share), window)
        for signal, share in zip(signals, shares, strict=True)
        if is_enough(signal, window)
    )


def _trace(signal: Signal, share: TimeSeries, window: TimeWindow) -> Trace:
    inside = share.cut(window)
    per = max(1, -(-len(inside) // _TRACE_BINS))
    padded = np.full(-(-len(inside) // per) * per, np.nan)
    padded[: len(inside)] = inside.values
    groups = padded.reshape(-1, per)
    empty = np.isnan(groups).all(axis=1)
    worst = np.min(np.where(np.isnan(groups), np.inf, groups), axis=1)
    values = np.round(np.where(empty, np.nan, worst), 4)
    return Trace(
        signal.kind, signal.entity, signal.subject, TimeSeries(inside.start, inside.step * per, values)
    )
