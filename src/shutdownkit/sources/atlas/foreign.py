"""Networks that serve other countries than the one their probes are declared in.

The country of a probe is what its volunteer declared: public accounts of Iran in 2026 found probes marked
IR on networks of Hong Kong, Germany, Estonia and the Emirates, which stayed connected all the while.  And
it is where the probe is now: one that has moved here since was abroad, which the network in its events of
then tells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

from ...model.entity import Entity, EntityKind
from .events import ConnectionEvent
from .probes import Probe

__all__ = ["ELSEWHERE", "foreign_networks", "network_filter", "networks_of"]

ELSEWHERE = 5
"""A network with fewer probes in other countries is held to be at home (a choice of ours)."""

NOTHING_SEEN: Mapping[int, Collection[int]] = MappingProxyType({})


def networks_of(probe: Probe, events: Iterable[ConnectionEvent]) -> frozenset[int]:
    """The networks that a probe is on, or was on in its events."""
    seen = {probe.asn_v4, *(event.asn for event in events)}
    return frozenset(number for number in seen if number is not None)


def foreign_networks(
    probes: Iterable[Probe], country: str, seen: Mapping[int, Collection[int]] = NOTHING_SEEN
) -> frozenset[int]:
    """Networks with five probes or more in other countries, and under half of all in this one.

    Args:
        probes: all of the networks in question, wherever they are; of no known country count for none.
        seen: on which networks each of the country's own probes, by id, was at the time in question;
            each counts as here, for there it may have been.
    """
    here: defaultdict[int, set[int]] = defaultdict(set)
    elsewhere: Counter[int] = Counter()
    for number, networks in seen.items():
        for network in networks:
            here[network].add(number)
    for probe in probes:
        if probe.asn_v4 is None or probe.country is None:
            continue
        if probe.country == country:
            here[probe.asn_v4].add(probe.id)
        else:
            elsewhere[probe.asn_v4] += 1
    return frozenset(
        network for network, count in elsewhere.items() if count >= ELSEWHERE and len(here[network]) < count
    )


def network_filter(entity: Entity, probe: Probe, foreign: frozenset[int]) -> Callable[[int | None], bool]:
    """Whether a session of a probe counts for the entity, by the network it came from.

    A session of no known network is held to have come from the network of the record.  For a country
    those on foreign networks do not count, but one on the probe's own of IPv6 counts as on its of IPv4, as
    it may be tunnelled through another country.  For a network those on none of the probe's own do not
    count, for the probe was elsewhere then.
    """
    own = {probe.asn_v4, probe.asn_v6} - {None}
    usual = probe.asn_v4 if probe.asn_v4 is not None else probe.asn_v6

    def counts(asn: int | None) -> bool:
        if entity.kind is EntityKind.COUNTRY:
            return (usual if asn is None or asn in own else asn) not in foreign
        return (usual if asn is None else asn) in own

    return counts
