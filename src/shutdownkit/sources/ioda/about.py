"""What IODA serves, on which terms, and what it cannot see."""

from __future__ import annotations

from datetime import timedelta

from ...model.account import BlindSpot
from ...model.entity import EntityKind
from ...model.kinds import Plane
from ...reading.source import SourceInfo
from .datasources import DATASOURCES

__all__ = ["BASE", "INFO", "LICENCE"]

BASE = "https://api.ioda.inetintel.cc.gatech.edu/v2"
"""The API.  The address without ``api.`` is a web page, which answers everything with HTML and 200."""

LICENCE = "All rights reserved (Georgia Tech Research Corporation); research use"
"""Every answer carries the first part; the second is of the licence of IODA's own software."""

_BLIND_TO = (
    BlindSpot(
        Plane.ROUTING,
        "IODA's routing does not see cuts that leave the routes up, such as of mobile users behind a "
        "carrier's shared addresses, nor IPv6 or networks smaller than a /24.",
    ),
    BlindSpot(
        Plane.PROBING,
        "IODA's probing does not see networks that never answered from outside, such as most mobile ones, "
        "nor IPv6.",
    ),
    BlindSpot(
        Plane.BACKGROUND,
        "IODA's telescope moved in 2022; what the earlier one (ucsd-nt) saw cannot be asked for.",
    ),
    BlindSpot(
        Plane.TRAFFIC,
        "IODA's search traffic comes two to three hours late, and for whole countries alone.",
    ),
    BlindSpot(
        Plane.APPLICATION,
        "IODA sees neither throttling nor blocked sites and apps while the network works.",
    ),
)

INFO = SourceInfo(
    name="ioda",
    title="IODA (Internet Outage Detection and Analysis, Georgia Tech)",
    kinds=tuple(one.kind for one in DATASOURCES),
    entity_kinds=frozenset(EntityKind),
    native_steps={one.kind.name: one.step for one in DATASOURCES},
    licence=LICENCE,
    blind_to=_BLIND_TO,
    homepage="https://ioda.inetintel.cc.gatech.edu",
    delay=max((one.lag for one in DATASOURCES), default=timedelta(0)),
)
"""Of the source as it registers itself."""
