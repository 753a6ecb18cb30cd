"""Networks that serve other countries than the one their probes are declared in.

The country of a probe is what its volunteer declared: public accounts of Iran in 2026 found probes marked
IR on networks of Hong Kong, Germany, Estonia and the Emirates, which stayed connected all the while.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from ...model.entity import Entity, EntityKind
from .probes import Probe

__all__ = ["ELSEWHERE", "foreign_networks", "network_filter"]

ELSEWHERE = 5
"""A network with fewer probes in other countries is held to be at home (a choice of ours)."""


def foreign_networks(probes: Iterable[Probe], country: str) -> frozenset[int]:
    """Networks with five probes or more in other countries, and under half of all in this one.

    Args:
        probes: all of the networks in question, wherever they are; of no known country count for none.
    """
    here: Counter[int] = Counter()
    elsewhere: Counter[int] = Counter()
    for probe in probes:
        if probe.asn_v4 is not None and probe.country is not None:
            (here if probe.country == country else elsewhere)[probe.asn_v4] += 1
    return frozenset(
        network for network, count in elsewhere.items() if count >= ELSEWHERE and here[network] < count
    )


def network_filter(entity: Entity, probe: Probe, foreign: frozenset[int]) -> Callable[[int | None], bool]:
    """Whether a session of a probe counts for the entity, by the network it came from.

    A session of no known network is held to have come from the network of the record.  For a country
    those on foreign networks do not count; for a network those on none of the probe's own, for the probe
    was elsewhere then.
    """
    own = {probe.asn_v4, probe.asn_v6} - {None}
    usual = probe.asn_v4 if probe.asn_v4 is not None else probe.asn_v6

    def counts(asn: int | None) -> bool:
        network = usual if asn is None else asn
        if entity.kind is EntityKind.COUNTRY:
            return network not in foreign
        return network in own

    return counts
