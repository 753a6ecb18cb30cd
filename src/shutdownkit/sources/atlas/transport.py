"""What the source needs of a library that talks to RIPE Atlas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from attrs import frozen

__all__ = ["BASE", "PROBES_KEPT", "AtlasTransport", "Filters", "Records"]

BASE = "https://atlas.ripe.net"

PROBES_KEPT = timedelta(days=1)
"""How long a list of probes is kept: probes come and go in days."""

Filters = Mapping[str, str | int | tuple[str | int, ...]]
"""Filters of a list, by the API's names; several values are joined with commas."""


@frozen
class Records:
    """What one question brought, over all of its pages.

    Attributes:
        rows: the records as the provider sent them, in its order.
        address: what was asked, without the ids of probes.
        retrieved: when the provider answered (aware UTC); of several pages, the first.
    """

    rows: tuple[object, ...]
    address: str
    retrieved: datetime


class AtlasTransport(Protocol):
    """Asks RIPE Atlas two questions.  No error that it raises holds the id of a probe."""

    def probes(self, filters: Filters, *, keep: timedelta = PROBES_KEPT) -> Records:
        """The records of all probes that the filters let through.

        Raises:
            ProviderError: where they did not all come.
        """
        ...

    def connection_events(
        self, start: datetime, stop: datetime, probe_ids: Collection[int] | None
    ) -> Records:
        """Connections and disconnections from ``start`` to ``stop``, both included, in any order.

        Args:
            start, stop: aware; whole seconds.
            probe_ids: whose; None for all probes of the world.

        Raises:
            ProviderError: where they did not come.
        """
        ...
