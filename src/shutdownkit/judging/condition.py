"""What happened: which condition an episode is."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.kinds import Aspect, Plane
from ..model.verdict import Condition
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
    """The condition of one episode."""
    if facts.around.only_faulty or contradicted(facts):
        return Condition.ARTEFACT
    if not facts.reach_events:
        aspects = {event.kind.aspect for event in facts.episode.events}
        return Condition.BLOCKING if Aspect.FAILURE in aspects else Condition.DEGRADED
    if {event.kind.plane for event in facts.reach_events} == {Plane.VOLUME}:
        return Condition.DEGRADED  # fewer measurements arrive; alone that says no more
    return Condition.OUTAGE if facts.peak >= DEEP else Condition.DEGRADED


def gravest(conditions: Iterable[Condition]) -> Condition:
    """The gravest of the conditions; NORMAL where there is none."""
    return min(conditions, key=_GRAVITY.index, default=Condition.NORMAL)
