"""How it was done, judged from the planes."""

from __future__ import annotations

from ..model.kinds import Plane
from ..model.reach import Blocking
from ..model.service_tests import Layer
from ..model.verdict import Condition, Mechanism
from .facts import Facts
from .slowing import HALF, handshakes_of, slowing_of

__all__ = ["mechanism_of"]

_IMPROBABLE = 0.2  # under this "how it was done" would put words in the evidence's mouth

_OF_LAYER = {
    Layer.DNS: Mechanism.DNS,
    Layer.TCP: Mechanism.FILTERING,
    Layer.TLS: Mechanism.TLS,
    Layer.HTTP: Mechanism.FILTERING,
}


def mechanism_of(facts: Facts, condition: Condition, p_deliberate: float) -> Mechanism:
    """How it was done, if it was done.

    * Half of the routes or more withdrawn: routing withdrawal.
    * Half of what is reachable gone while more than half of the routes stay: filtering.
    * Traffic falls while routing and probing, measured, do not: mobile only (address translation hides
      mobile subscribers from probes).
    * Throughput halves and hardly varies while nothing is lost and round trips, measured, stay: throttling
      (Anderson 2013).  So are services that are slowed while others are not.
    * Services that are blocked: by the layer at which most of their tests failed.  Names denied are DNS,
      handshakes cut are TLS, connections refused and pages replaced are filtering.

    UNKNOWN where the planes that would tell were not measured, where "deliberate" is improbable (under
    0.2), and for services that fail, where no single test says at which layer.
    """
    if p_deliberate < _IMPROBABLE or condition in {Condition.ARTEFACT, Condition.INSUFFICIENT_DATA}:
        return Mechanism.UNKNOWN
    if condition is Condition.BLOCKING:
        return _of_blocking(facts.around.services)
    return _of_planes(facts) if facts.reach_events else _of_quality(facts)


def _of_planes(facts: Facts) -> Mechanism:
    routing, probing, traffic = (
        facts.plane(plane) for plane in (Plane.ROUTING, Plane.PROBING, Plane.TRAFFIC)
    )
    if traffic.fell and routing.held and probing.held:
        return Mechanism.MOBILE_ONLY
    if facts.lost(Plane.ROUTING) >= HALF:
        return Mechanism.ROUTING_WITHDRAWAL
    if routing.measured and max(probing.peak, traffic.peak) >= HALF:
        return Mechanism.FILTERING
    return Mechanism.UNKNOWN


def _of_blocking(services: Blocking | None) -> Mechanism:
    return _OF_LAYER[services.how[0]] if services is not None and services.how else Mechanism.UNKNOWN


def _of_quality(facts: Facts) -> Mechanism:
    if facts.around.services is not None:  # all of them slowed, or the condition were another
        return Mechanism.THROTTLING
    slow, handshakes = slowing_of(facts), handshakes_of(facts)
    if (slow is not None and slow.is_throttling) or (handshakes is not None and handshakes.chosen):
        return Mechanism.THROTTLING
    return Mechanism.UNKNOWN
