"""What an archive serves, on which terms, and what cannot be seen in it."""

from __future__ import annotations

from ....model.account import BlindSpot
from ....model.entity import EntityKind
from ....model.kinds import Plane
from ....reading.source import SourceInfo
from ..plan import HOUR, MEASUREMENTS, NETWORKS
from ..regrid import LATE
from ..terms import ELSEWHERE, FEW, LICENCE, OFFLINE
from .speed_kinds import DOWNLOAD, HANDSHAKE, ROUND_TRIP

__all__ = ["INFO"]

_KINDS = (MEASUREMENTS, NETWORKS, HANDSHAKE, DOWNLOAD, ROUND_TRIP)

_BLIND_TO = (
    OFFLINE,
    BlindSpot(
        Plane.APPLICATION,
        "OONI's measurements of speed are few, and many are made by hand: throttling shows only where "
        "somebody measured speed, or a site that was slowed, at the time.",
    ),
    BlindSpot(
        Plane.APPLICATION,
        "Tests of a site that refuses visitors from a place by itself (403, 451) are left out: "
        "whether somebody told it to, they do not show.",
    ),
    FEW,
    BlindSpot(
        Plane.VOLUME,
        "OONI's measurements are uploaded late after an outage: what is missing from an archive may have "
        "come after it was downloaded.",
    ),
    ELSEWHERE,
    BlindSpot(
        Plane.VOLUME,
        "An archive holds what somebody downloaded: hours whose files are missing look like hours in which "
        "nobody measured.",
    ),
)

INFO = SourceInfo(
    name="ooni-archive",
    title="OONI's published archive files, in a folder",
    kinds=_KINDS,
    entity_kinds=frozenset({EntityKind.COUNTRY, EntityKind.ASN}),
    native_steps={kind.name: HOUR for kind in _KINDS},
    licence=LICENCE,
    blind_to=_BLIND_TO,
    homepage="https://ooni.org",
    delay=LATE,
)
