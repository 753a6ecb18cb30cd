"""What OONI serves, on which terms, and what it cannot see."""

from __future__ import annotations

from ...model.account import BlindSpot
from ...model.entity import EntityKind
from ...model.kinds import Plane
from ...reading.source import SourceInfo
from .plan import HOUR, MEASUREMENTS, NETWORKS, RATIOS, WEEK
from .regrid import LATE
from .signals import LICENCE

__all__ = ["INFO"]

_BLIND_TO = (
    BlindSpot(
        Plane.APPLICATION,
        "OONI does not see a shutdown as blocking: a probe that is offline uploads nothing. "
        "Few measurements alone say only that too little is known.",
    ),
    BlindSpot(
        Plane.APPLICATION,
        "OONI does not see throttling: a site that is merely slow counts as reachable.",
    ),
    BlindSpot(
        Plane.APPLICATION,
        "OONI does not see a site that refuses visitors from a place by itself (403, 451): "
        "an answer over HTTPS counts as reachable.",
    ),
    BlindSpot(
        Plane.APPLICATION,
        "OONI confirms blocking of sites alone, by known block pages and addresses: "
        "apps, resets and timeouts stay anomalies for ever, some of them false.",
    ),
    BlindSpot(
        Plane.VOLUME,
        "OONI's volunteers are few in many places: one probe or one network can make most of a total.",
    ),
    BlindSpot(
        Plane.VOLUME,
        "OONI's measurements are uploaded late after an outage: what is missing now may come within days.",
    ),
    BlindSpot(
        Plane.VOLUME,
        "OONI counts the user of a VPN where the VPN ends, in another network or country.",
    ),
)

INFO = SourceInfo(
    name="ooni",
    title="OONI, the Open Observatory of Network Interference",
    kinds=(MEASUREMENTS, NETWORKS, *RATIOS),
    entity_kinds=frozenset({EntityKind.COUNTRY, EntityKind.ASN}),
    native_steps={kind.name: HOUR for kind in (MEASUREMENTS, NETWORKS, *RATIOS)},
    licence=LICENCE,
    blind_to=_BLIND_TO,
    homepage="https://ooni.org",
    # The provider grants 4000 units of 10 ms of its time an hour: 40 s.  A query asks four aggregations a
    # week, so 13 weeks, which lie in at most 14 of the grid, take 56.  A recorded one of three days of the
    # whole world took 0.048 s.  At ten times as much, 0.5 s, 56 take 28 s, which leaves room for 24 more:
    # one domain over 14 weeks, or two over six.
    longest_window=13 * WEEK,
    delay=LATE,
)
