"""How it was done, judged from the planes."""

from __future__ import annotations

from ..model.kinds import KINDS, Aspect, Plane
from ..model.verdict import Condition, Mechanism
from .facts import Facts

__all__ = ["mechanism_of"]

_IMPROBABLE = 0.2  # under this "how it was done" would put words in the evidence's mouth
_HALF = 0.5


def mechanism_of(facts: Facts, condition: Condition, p_deliberate: float) -> Mechanism:
    """How it was done, if it was done.

    * Half of the routes or more withdrawn: routing withdrawal.
    * Half of what is reachable gone while more than half of the routes stay: filtering.
    * Traffic falls while routing and probing, measured, do not: mobile only (address translation hides
      mobile subscribers from probes).
    * Throughput halves while nothing is lost and round trips stay: throttling (Anderson 2013).

    UNKNOWN where the planes that would tell were not measured, where "deliberate" is improbable (under
    0.2), and for services that fail, where counts do not say at which layer.
    """
    if p_deliberate < _IMPROBABLE or condition in {Condition.ARTEFACT, Condition.BLOCKING}:
        return Mechanism.UNKNOWN
    if not facts.reach_events:
        return _of_quality(facts)
    routing, probing, traffic = (
        facts.plane(plane) for plane in (Plane.ROUTING, Plane.PROBING, Plane.TRAFFIC)
    )
    if traffic.fell and routing.held and probing.held:
        return Mechanism.MOBILE_ONLY
    if facts.lost(Plane.ROUTING) >= _HALF:
        return Mechanism.ROUTING_WITHDRAWAL
    if routing.measured and max(probing.peak, traffic.peak) >= _HALF:
        return Mechanism.FILTERING
    return Mechanism.UNKNOWN


def _of_quality(facts: Facts) -> Mechanism:
    slower = facts.events_of(KINDS["throughput.download"])
    delayed = [event for event in facts.episode.events if event.kind.name in _DELAYS]
    aspects = {event.kind.aspect for event in facts.episode.events}
    if any(event.depth >= _HALF for event in slower) and not delayed and Aspect.FAILURE not in aspects:
        return Mechanism.THROTTLING
    return Mechanism.UNKNOWN


_DELAYS = frozenset({"throughput.rtt", "probing.latency"})
