"""What holds of OONI's data however they come: the licence, and what they cannot show."""

from __future__ import annotations

from ...model.account import BlindSpot
from ...model.kinds import Plane

__all__ = ["ELSEWHERE", "FEW", "LICENCE", "OFFLINE"]

LICENCE = "CC BY-NC-SA 4.0"
"""OONI's data policy, ooni.org."""

OFFLINE = BlindSpot(
    Plane.APPLICATION,
    "OONI does not see a shutdown as blocking: a probe that is offline uploads nothing. "
    "Few measurements alone say only that too little is known.",
)

FEW = BlindSpot(
    Plane.VOLUME,
    "OONI's volunteers are few in many places: one probe or one network can make most of a total.",
)

ELSEWHERE = BlindSpot(
    Plane.VOLUME,
    "OONI counts the user of a VPN where the VPN ends, in another network or country.",
)
