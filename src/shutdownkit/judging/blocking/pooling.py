"""Follows one service on all networks at once: a national block shows on each too little to tell.

The networks' own sums are added (Y. Mei, "Efficient scalable schemes for monitoring a large number of data
streams", Biometrika 97:419-433, 2010: the SUM of local CUSUMs).  Ours adds only the sums of networks on
which nothing worked since their onset, which keeps quiet networks, that are the many, from drowning it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from ...model.entity import Entity
from .sequential import Follower
from .spell_settings import SpellSettings
from .streams import Hour

__all__ = ["follow_together"]


def follow_together(
    streams: Mapping[Entity | None, Iterable[Hour]], settings: SpellSettings
) -> dict[Entity | None, Follower]:
    """Go through all streams of one service, hour by hour of the clock.

    Tests of which the network is not known are followed, and do not count as a network among others.
    """
    followers = {network: Follower(tuple(hours), settings) for network, hours in streams.items()}
    clock: dict[datetime, list[Follower]] = {}
    for follower in followers.values():
        for hour in follower.hours:
            clock.setdefault(hour.start, []).append(follower)
    known = sorted(network for network in followers if network is not None)
    together = [followers[network] for network in known]
    for now in sorted(clock):
        for follower in clock[now]:
            follower.step()
        if len(together) >= settings.pool_least and any(follower.may_join for follower in clock[now]):
            _look(together, now, settings)
    return followers


def _look(together: Sequence[Follower], now: datetime, settings: SpellSettings) -> None:
    """Begin a spell on every network that may join, where they say enough together."""
    active = [follower for follower in together if follower.active(now)]
    said = [follower.says(now) for follower in active]
    speaking = [follower for follower, nats in zip(active, said, strict=True) if nats > 0.0]
    if len(speaking) < settings.pool_least or sum(said) < settings.pool + settings.pool_network * len(active):
        return
    hours = frozenset[datetime]().union(*(follower.failed_in() for follower in speaking))
    if len(hours) < 2:
        return
    for follower in speaking:
        if follower.may_join:
            follower.begin(now, alone=False)
