"""The kinds of speed that an archive tells of."""

from __future__ import annotations

from ....model.kinds import KINDS, SignalKind

__all__ = ["DOWNLOAD", "HANDSHAKE", "ROUND_TRIP"]

DOWNLOAD: SignalKind = KINDS["throughput.download"]
ROUND_TRIP: SignalKind = KINDS["throughput.rtt"]
HANDSHAKE: SignalKind = KINDS["ooni.tls-handshake"]
