"""What happened: which condition an episode is."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.kinds import Aspect, Plane
from ..model.verdict import Condition
from .arrivals import ended_campaign, is_only_volume, is_outage_by_silence
from .episodes import DEEP
from .facts import Facts

__all__ = ["condition_of", "contradicted", "gravest", "uncontradicted"]

_WITNESSES_AGAINST = {
    Plane.ROUTING: (Plane.PROBING, Plane.TRAFFIC),
    Plane.BACKGROUND: (Plane.PROBING, Plane.TRAFFIC),
    Plane.VOLUME: (Plane.PROBING, Plane.TRAFFIC),
    Plane.VANTAGE: (Plane.PROBING,),
    Plane.PROBING: (Plane.TRAFFIC,),
}
"""If a plane fell and one of these was measured and did not, the first is at fault: what is behind
withdrawn routes cannot answer, and where hosts answer, they are not offline.  Nothing contradicts a fall
of traffic: mobile networks behind address translation are seen by no other plane.  Nor do hosts that
answer contradict the loss of a part of the routes: those of mobile networks lead to no host that could
(Iran, 16 November 2019: a third of the routes had gone two hours before probing fell).  And neither says
anything of IPv6."""

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
    if uncontradicted(facts):
        return ()
    witnesses = {other for event in facts.main_reach for other in _against(facts, event.kind.plane)}
    return tuple(sorted(witnesses, key=lambda plane: plane.value))


def uncontradicted(facts: Facts) -> frozenset[Plane]:
    """The planes that fell and that nothing contradicts."""
    fell = frozenset(event.kind.plane for event in facts.main_reach)
    if facts.only_ipv6:
        return fell
    return frozenset(plane for plane in fell if not _against(facts, plane))


def _against(facts: Facts, plane: Plane) -> list[Plane]:
    """The planes that contradict the fall of one."""
    state = facts.plane(plane)
    onset = state.onset or facts.episode.onset
    against = [
        other
        for other in _WITNESSES_AGAINST.get(plane, ())
        if facts.plane(other).held and facts.could_have_fallen(other, onset)
    ]
    if plane is Plane.ROUTING and state.peak < DEEP:
        against = [other for other in against if other is not Plane.PROBING]
    return against


def condition_of(facts: Facts) -> Condition:
    """The condition of one episode.

    Fewer measurements alone are an outage only where all networks fell silent
    (:func:`~.arrivals.is_outage_by_silence`), an artefact where as many networks as before sent them, and
    say nothing where nobody knows whether the provider could be reached.  Routes of IPv6 alone are
    degraded, and so is what was deep only where another plane contradicts it.  Services that are all slowed
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
    if facts.only_ipv6:
        return Condition.DEGRADED
    stands = uncontradicted(facts)
    peak = max((event.peak for event in facts.main_reach if event.kind.plane in stands), default=0.0)
    return Condition.OUTAGE if peak >= DEEP else Condition.DEGRADED


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
