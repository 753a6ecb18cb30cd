"""What happened to others: the country's networks, its neighbours, its services, its delays."""

from __future__ import annotations

from datetime import timedelta

from ...model.kinds import Aspect, Plane
from ...model.verdict import Cause
from ...model.window import utc_text
from ..facts import Facts
from .figures import BENSON, IRAN_2019, NEIGHBOURS, OONI_UGANDA
from .rule import Finding, Rule, weighs

__all__ = ["BLOCKING_AROUND", "DELAY_FIRST", "NEIGHBOURING", "NETWORKS_KEPT", "NETWORKS_TOGETHER"]

_MANY = 3
_SHARE = 0.6
_TOGETHER = timedelta(minutes=15)
_STAGED = timedelta(hours=6)
_CLIFF = timedelta(minutes=40)
_DARK = 0.8


def _dark(facts: Facts) -> list[Facts]:
    """The networks that went dark in the episode."""
    return [
        network
        for network in facts.around.networks
        if network.peak >= _DARK and abs(network.episode.onset - facts.episode.onset) <= _STAGED
    ]


def _judge_networks_together(facts: Facts) -> Finding | None:
    watched = facts.around.networks_watched
    if watched < _MANY or not facts.reach_events:
        return None
    dark = _dark(facts)
    if len(dark) < max(_MANY, _SHARE * watched):
        return None
    onsets = sorted(network.episode.onset for network in dark)
    apart = onsets[-1] - onsets[0]
    where = f"{len(dark)} of {watched} networks at hand went dark"
    if apart <= _TOGETHER:
        return weighs(
            f"{where} within {apart // timedelta(minutes=1)} minutes of each other.",
            {Cause.DELIBERATE: 0.7, Cause.POWER: 0.4, Cause.CABLE: 0.2, Cause.EQUIPMENT: -0.5},
        )
    falls = [network.main_event.fall for network in dark if network.main_event is not None]
    sharp = [fall for fall in falls if fall is not None and fall <= _CLIFF]
    if len(sharp) < _SHARE * len(dark):
        return None
    return weighs(
        f"{where} one after the other over {apart / timedelta(hours=1):.1f} hours, most of them at a "
        "stroke: a roll-out from provider to provider.",
        {Cause.DELIBERATE: 0.8, Cause.EQUIPMENT: -1.0, Cause.CABLE: -0.5, Cause.ROUTING: -0.5},
    )


NETWORKS_TOGETHER = Rule(
    "networks.together",
    "An order reaches all providers: at one instant (Kazakhstan 2022) or in turn, each at a stroke "
    "(Iran 2019).",
    IRAN_2019,
    "networks",
    _judge_networks_together,
)


def _judge_networks_kept(facts: Facts) -> Finding | None:
    kept = []
    for network in _dark(facts):
        routing = network.plane(Plane.ROUTING)
        if routing.measured and network.lost(Plane.ROUTING) < 0.1 and network.lost(Plane.PROBING) >= _DARK:
            kept.append(str(network.entity))
    if not kept:
        return None
    return weighs(
        f"{', '.join(sorted(kept))} kept their routes while what they lead to was gone.",
        {
            Cause.DELIBERATE: 0.8,
            Cause.POWER: 0.5,
            Cause.ROUTING: -1.5,
            Cause.CABLE: -0.3,
            Cause.EQUIPMENT: -0.3,
        },
    )


NETWORKS_KEPT = Rule(
    "networks.routes-kept",
    "A network that is announced and silent is filtered, or has no power.",
    IRAN_2019,
    "networks",
    _judge_networks_kept,
)


def _judge_neighbouring(facts: Facts) -> Finding | None:
    fell = facts.around.neighbours
    if not facts.reach_events:
        return None
    if fell:
        names = ", ".join(sorted(str(episode.entity) for episode in fell))
        return weighs(
            f"Other countries fell within half an hour: {names}.",
            {
                Cause.DELIBERATE: -1.5,
                Cause.CABLE: 1.5,
                Cause.POWER: 0.8,
                Cause.ROUTING: 0.8,
                Cause.DISASTER: 0.8,
            },
        )
    if facts.around.neighbours_watched >= 2:
        return weighs(
            f"None of the {facts.around.neighbours_watched} other countries at hand fell.",
            {Cause.CABLE: -0.3, Cause.DISASTER: -0.2},
        )
    return None


NEIGHBOURING = Rule(
    "neighbours.fell-too",
    "A government's order ends at its border; cables, grids and storms do not.",
    NEIGHBOURS,
    "neighbours",
    _judge_neighbouring,
)


def _judge_blocking_around(facts: Facts) -> Finding | None:
    if not facts.reach_events:
        return None
    near = [
        episode
        for episode in facts.around.blocking
        if episode.window.overlaps(facts.episode.window.widened(timedelta(hours=48)))
    ]
    if not near:
        return None
    first = min(near, key=lambda episode: episode.window)
    return weighs(
        f"Services were blocked around it (from {utc_text(first.onset)}), while the network worked.",
        {Cause.DELIBERATE: 1.5},
    )


BLOCKING_AROUND = Rule(
    "services.blocked-around",
    "Services that are blocked before or after a cut show who is at work.",
    OONI_UGANDA,
    "services",
    _judge_blocking_around,
)


def _judge_delay_first(facts: Facts) -> Finding | None:
    delays = [e for e in facts.episode.events if e.kind.aspect is Aspect.QUALITY]
    ahead = [
        facts.episode.onset - event.onset
        for event in delays
        if timedelta(minutes=10) <= facts.episode.onset - event.onset <= timedelta(hours=3)
    ]
    if not ahead or not facts.reach_events:
        return None
    minutes = max(ahead) // timedelta(minutes=1)
    return weighs(
        f"Delays rose {minutes} minutes before connectivity fell: congestion came first.",
        {Cause.ATTACK: 1.5, Cause.ROUTING: 0.8, Cause.DELIBERATE: -0.3},
    )


DELAY_FIRST = Rule(
    "quality.delay-first",
    "Floods and leaks congest a network before it fails; an order does not.",
    BENSON,
    "quality",
    _judge_delay_first,
)
