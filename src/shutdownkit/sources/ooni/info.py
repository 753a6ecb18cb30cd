"""What OONI serves, on which terms, and what it cannot see."""

from __future__ import annotations

from ...model.account import BlindSpot
from ...model.entity import EntityKind
from ...model.kinds import Plane
from ...reading.source import SourceInfo
from .plan import HOUR, MEASUREMENTS, NETWORKS, RATIOS, WEEK
from .regrid import LATE
from .terms import ELSEWHERE, FEW, LICENCE, OFFLINE

__all__ = ["INFO"]

_BLIND_TO = (
    OFFLINE,
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
    FEW,
    BlindSpot(
        Plane.VOLUME,
        "OONI's measurements are uploaded late after an outage: what is missing now may come within days.",
    ),
    ELSEWHERE,
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
    # The provider grants 40 s of its time an hour.  A query asks four aggregations a week about all tests, so
    # 13 weeks, which lie in at most 14 of the grid, take 56: 28 s at the half a second each that is reckoned
    # with (see plan.py).  That leaves room for 60 about one app or site at 0.2 s each; in six weeks, a
    # fortnight with its four weeks of history, for 140, which is 23 a week.  What a query names takes one a
    # week for an app and two for a site, of which the second tells how its tests failed: Telegram and X,
    # an app and ten sites, take 21.  Of more the oldest weeks are left out, and a notice says which.
    # How tests failed is asked only of weeks in which any did, so that a quiet site takes one.  Controls are
    # asked besides, each a query of its own; what the grant does not cover the provider refuses, and that
    # is told.
    longest_window=13 * WEEK,
    delay=LATE,
)
