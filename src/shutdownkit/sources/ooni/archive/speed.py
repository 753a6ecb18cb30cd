"""How fast one measurement says that things were."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from ....model.kinds import SignalKind
from ..whole.times import NOTHING, Times
from .speed_kinds import DOWNLOAD, HANDSHAKE, ROUND_TRIP

__all__ = ["Speed", "speeds_of"]

_HOST = re.compile(r"[^\s:/]+\.[^\s:/.\d][^\s:/.]*")  # a name, no address


@frozen
class Speed:
    """One measured speed.

    Attributes:
        kind: what was measured, in its unit.
        subject: with what: ``app:ndt`` and ``app:dash`` measure so differently (a download as fast as it
            goes; a film at one of a ladder of rates) that a median over both would follow their mixture;
            or of what, ``domain:example.org``.
        value: positive.
    """

    kind: SignalKind
    subject: str
    value: float


def speeds_of(times: Times) -> tuple[Speed, ...]:
    """What a measurement says of speed; what it does not say is missing.

    Of a test of throughput the rate, and the mean round-trip time while it ran, which grows where a line is
    full; of a test of sites the handshakes of TLS that succeeded, of each name the first.
    """
    return () if times is NOTHING else (*_rates(times), *_handshakes(times))


def _rates(times: Times) -> Iterator[Speed]:
    for kind, subject, value in (
        (DOWNLOAD, "app:ndt", times.download),
        (DOWNLOAD, "app:dash", times.bitrate),
        (ROUND_TRIP, "app:ndt", times.rtt),
    ):
        if value is not None:
            yield Speed(kind, subject, value)


def _handshakes(times: Times) -> Iterator[Speed]:
    """Those whose name is not recorded may be anybody's: a page of one site leads to others."""
    seen = set()
    for one in times.handshakes:
        if one.name not in seen and _HOST.fullmatch(one.name):
            seen.add(one.name)
            yield Speed(HANDSHAKE, f"domain:{one.name}", one.duration)
