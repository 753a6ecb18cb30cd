"""Which of the country's networks fell: all at one instant, a few, or each to another depth."""

from __future__ import annotations

from datetime import timedelta

from ...model.entity import Entity
from ...model.kinds import Plane
from ..facts import Facts
from .figures import BENSON, IRAN_2019, OPERATORS
from .naming import named
from .proposals import proposed
from .rule import Finding, Rule, weighs

__all__ = [
    "DARK",
    "MANY",
    "NETWORKS_KEPT",
    "NETWORKS_ONE",
    "NETWORKS_TOGETHER",
    "NETWORKS_UNEVEN",
    "SHARE",
    "TOGETHER",
    "dark_networks",
    "went_dark",
]

MANY = 3
"""Networks that must have been watched before anything is said of them."""

SHARE = 0.6
"""Share of the networks watched that are most of them."""

TOGETHER = timedelta(minutes=15)
"""Onsets so near are one instant: one and a half bins of active probing."""

DARK = 0.8
"""Share lost from which a network is dark."""

_STAGED = timedelta(hours=6)  # a roll-out over providers took 5 hours in Iran in 2019
_AT_ONE_TIME = timedelta(hours=1)
_FEW = 1 / 3  # of the networks watched, at most
_STAND = 2  # networks that must have held beside them

_AT_ONE_INSTANT = proposed("networks.together", "at-one-instant")
_KEPT = proposed("networks.routes-kept", "kept")
_FEW_OF_MANY = proposed("networks.one", "few-of-many")
_UNEVEN = proposed("networks.uneven", "uneven")


def dark_networks(facts: Facts) -> list[Facts]:
    """The losses in which networks went dark within six hours of the episode's onset, by onset and network.

    One for each network: the one whose onset is nearest.
    """
    onset = facts.episode.onset
    nearest: dict[Entity, Facts] = {}
    for network in sorted(facts.around.networks, key=lambda one: (one.episode.window, one.entity)):
        apart = abs(network.episode.onset - onset)
        if network.peak < DARK or apart > _STAGED:
            continue
        known = nearest.get(network.entity)
        if known is None or apart < abs(known.episode.onset - onset):
            nearest[network.entity] = network
    return sorted(nearest.values(), key=lambda one: (one.episode.window, one.entity))


def went_dark(facts: Facts) -> str:
    """How many of how many networks went dark, for a sentence."""
    return f"{len(dark_networks(facts))} of {facts.around.networks_watched} networks at hand went dark"


def _judge_together(facts: Facts) -> Finding | None:
    watched = facts.around.networks_watched
    dark = dark_networks(facts)
    if watched < MANY or not facts.reach_events or len(dark) < max(MANY, SHARE * watched):
        return None
    apart = dark[-1].episode.onset - dark[0].episode.onset
    if apart > TOGETHER:
        return None  # :mod:`.staging` judges those
    minutes = apart // timedelta(minutes=1)
    return weighs(f"{went_dark(facts)} within {minutes} minutes of each other.", _AT_ONE_INSTANT)


NETWORKS_TOGETHER = Rule(
    "networks.together",
    "An order reaches all providers at one instant (Kazakhstan 2022).",
    IRAN_2019,
    "networks",
    _judge_together,
    fails="The failure of a national exchange, of the only cable or of the grid takes all at once as well.",
)


def _judge_kept(facts: Facts) -> Finding | None:
    kept = []
    for network in dark_networks(facts):
        routing = network.plane(Plane.ROUTING)
        if routing.measured and network.lost(Plane.ROUTING) < 0.1 and network.lost(Plane.PROBING) >= DARK:
            kept.append(str(network.entity))
    if not kept:
        return None
    return weighs(
        f"{', '.join(sorted(kept))} kept their routes while what they lead to was gone.",
        _KEPT,
    )


NETWORKS_KEPT = Rule(
    "networks.routes-kept",
    "A network that is announced and silent is filtered, or has no power.",
    IRAN_2019,
    "networks",
    _judge_kept,
    fails="A network that others announce for it, or that stops answering probes, looks the same.",
)


def _fell(facts: Facts) -> dict[Entity, float]:
    """The networks that lost half or more when the episode began, each with its greatest lost share."""
    fell: dict[Entity, float] = {}
    for network in facts.around.networks:
        if abs(network.episode.onset - facts.episode.onset) <= _AT_ONE_TIME:
            fell[network.entity] = max(network.peak, fell.get(network.entity, 0.0))
    return fell


def _held(facts: Facts) -> int:
    """How many of the networks watched lost half or more at no time in the episode."""
    window = facts.episode.window.widened(_AT_ONE_TIME)
    hit = {one.entity for one in facts.around.networks if one.episode.window.overlaps(window)}
    return facts.around.networks_watched - len(hit)


def _judge_one(facts: Facts) -> Finding | None:
    watched, fell, held = facts.around.networks_watched, _fell(facts), _held(facts)
    if watched < MANY or not facts.reach_events or not fell or min(fell.values()) < DARK:
        return None
    if len(fell) > _FEW * watched or held < max(_STAND, watched - len(fell)):
        return None
    names = named(sorted(map(str, fell)))
    return weighs(
        f"{len(fell)} of {watched} networks at hand went dark ({names}); no other lost half or more.",
        _FEW_OF_MANY,
    )


NETWORKS_ONE = Rule(
    "networks.one",
    "One operator's fault takes its network and leaves the others.",
    OPERATORS,
    "networks",
    _judge_one,
    fails="An order to one operator, such as a cut of the mobile networks alone, looks the same; a network "
    "that lost less than half, or was not measured at the time, counts as one that held.",
)


def _judge_uneven(facts: Facts) -> Finding | None:
    watched, fell, held = facts.around.networks_watched, _fell(facts), _held(facts)
    dark = sorted(str(entity) for entity, peak in fell.items() if peak >= DARK)
    half = sorted(str(entity) for entity, peak in fell.items() if peak < DARK)
    if watched < MANY or not facts.reach_events or not dark or not half or held < 1:
        return None
    if len(dark) >= SHARE * watched:
        return None
    return weighs(
        f"Of {watched} networks at hand {len(dark)} went dark ({named(dark)}), {len(half)} lost a half or "
        f"more ({named(half)}) and {held} less.",
        _UNEVEN,
    )


NETWORKS_UNEVEN = Rule(
    "networks.uneven",
    "A leak, or one cable of several, hits networks unevenly.",
    BENSON,
    "networks",
    _judge_uneven,
    fails="An order that some providers carry out and others do not is uneven too (Myanmar's first cut, 1 "
    "February 2021), and so is a grid that fails in some regions.",
)
