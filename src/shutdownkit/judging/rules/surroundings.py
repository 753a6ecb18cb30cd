"""What happened around it: in the neighbouring countries, and to services."""

from __future__ import annotations

from datetime import timedelta

from ...model.window import utc_text
from ..facts import Facts
from .figures import NEIGHBOURS, OONI_UGANDA
from .proposals import proposed
from .rule import Finding, Rule, weighs

__all__ = ["BLOCKING_AROUND", "NEIGHBOURING"]

_FELL, _STOOD = (proposed("neighbours.fell-too", name) for name in ("fell", "stood"))
_NEAR = proposed("services.blocked-around", "near")


_FELL_MANY = proposed("neighbours.fell-too", "many-fell")
_MANY_COUNTRIES = 5  # no grid spans so many; the cables along a coast do


def _judge_neighbouring(facts: Facts) -> Finding | None:
    fell = facts.around.neighbours
    if not facts.reach_events:
        return None
    if fell:
        names = ", ".join(sorted({str(episode.entity) for episode in fell}))
        many = len({episode.entity for episode in fell}) >= _MANY_COUNTRIES
        return weighs(f"Other countries fell within half an hour: {names}.", _FELL_MANY if many else _FELL)
    if facts.around.neighbours_watched >= 2:
        return weighs(f"None of the {facts.around.neighbours_watched} other countries at hand fell.", _STOOD)
    return None


NEIGHBOURING = Rule(
    "neighbours.fell-too",
    "A government's order ends at its border; cables, grids and storms do not.",
    NEIGHBOURS,
    "neighbours",
    _judge_neighbouring,
    fails="A country whose transit runs through the one that is cut falls with it; the countries at hand are "
    "not known to be neighbours.",
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
        f"Services were blocked around it (from {utc_text(first.onset)}), while the network worked.", _NEAR
    )


BLOCKING_AROUND = Rule(
    "services.blocked-around",
    "Services that are blocked before or after a cut show who is at work.",
    OONI_UGANDA,
    "services",
    _judge_blocking_around,
    fails="Where services are blocked all the year, a cable fails among them as well.",
)
