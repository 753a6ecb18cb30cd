"""What happened: which condition an episode is."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.kinds import Aspect, Plane
from ..model.verdict import Condition
from .arrivals import ended_campaign, is_only_volume, is_outage_by_silence
from .episodes import DEEP
from .facts import Facts

__all__ = ["condition_of", "contradicted", "gravest"]

_WITNESSES_AGAINST = {
    Plane.ROUTING: (Plane.PROBING, Plane.TRAFFIC),
    Plane.BACKGROUND: (Plane.PROBING, Plane.TRAFFIC),
    Plane.VOLUME: (Plane.PROBING, Plane.TRAFFIC),
    Plane.VANTAGE: (Plane.PROBING,),
    Plane.PROBING: (Plane.TRAFFIC,),
}
"""If a plane fell and one of these was measured and did not, the first is at fault: what is behind
withdrawn routes cannot answer, and where hosts answer, they are not offline.  Nothing contradicts a fall
of traffic: mobile networks behind address translation are seen by no other plane."""

_GRAVITY = (
    Condition.OUTAGE,
    Condition.DEGRADED,
    Condition.BLOCKING,
    Condition.ARTEFACT,
    Condition.INSUFFICIENT_DATA,
    Condition.NORMAL,
)


def contradicted(facts: Facts) -> tuple[Plane, ...]:
    """The planes that contradict every plane that fell; empty where one stands uncontradicted."""
    fell = {event.kind.plane for event in facts.reach_events}
    witnesses: set[Plane] = set()
    for plane in fell:
        against = [other for other in _WITNESSES_AGAINST.get(plane, ()) if facts.plane(other).held]
        if not against:
            return ()
        witnesses.update(against)
    return tuple(sorted(witnesses, key=lambda plane: plane.value))


def condition_of(facts: Facts) -> Condition:
    """The condition of one episode.

    Fewer measurements alone are an outage only where all networks fell silent
    (:func:`~.arrivals.is_outage_by_silence`), an artefact where as many networks as before sent them, and
    say nothing where nobody knows whether the provider could be reached.  Services that are all slowed
    are degraded, not blocked; that one network alone fails while others work says too little.
    """
    if facts.around.only_faulty or contradicted(facts) or ended_campaign(facts) is not None:
        return Condition.ARTEFACT
    if facts.around.silence is not None and (not facts.reach_events or is_only_volume(facts)):
        return Condition.INSUFFICIENT_DATA
    if not facts.reach_events:
        return _of_services(facts)
    if is_only_volume(facts):
        return Condition.OUTAGE if is_outage_by_silence(facts) else Condition.DEGRADED
    return Condition.OUTAGE if facts.peak >= DEEP else Condition.DEGRADED


def _of_services(facts: Facts) -> Condition:
    services = facts.around.services
    if services is None:
        aspects = {event.kind.aspect for event in facts.episode.events}
        return Condition.BLOCKING if Aspect.FAILURE in aspects else Condition.DEGRADED
    if all(block.slowed for block in services.blocks):
        return Condition.DEGRADED
    return Condition.INSUFFICIENT_DATA if services.may_be_one_networks_fault else Condition.BLOCKING


def gravest(conditions: Iterable[Condition]) -> Condition:
    """The gravest of the conditions; NORMAL where there is none."""
    return min(conditions, key=_GRAVITY.index, default=Condition.NORMAL)
