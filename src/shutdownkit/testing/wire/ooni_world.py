"""What OONI would have measured, made up by a test."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

__all__ = ["OoniBucket", "OoniScore", "OoniWorld"]

OoniScore = tuple[float, float, float]
"""Blocked, down, ok; three zeros where the layer was not scored."""


@frozen
class OoniBucket:
    """Measurements of one hour that are alike: counts by outcome, each measurement in one of them.

    Attributes:
        hour: its start, aware.
        probe_asn: 0 where the probe did not know.
        category_code: '' for what is on no list; so is the domain of a test of no site.
        dns, tcp, tls: how each of them was scored at that layer: blocked, down, ok.
        failed: what failed there, by layer; '' where nothing did.
    """

    hour: datetime
    probe_cc: str
    probe_asn: int
    test_name: str = "web_connectivity"
    category_code: str = ""
    domain: str = ""
    anomaly: int = 0
    confirmed: int = 0
    failure: int = 0
    ok: int = 0
    dns: OoniScore = field(default=(0.0, 0.0, 1.0), kw_only=True)
    tcp: OoniScore = field(default=(0.0, 0.0, 1.0), kw_only=True)
    tls: OoniScore = field(default=(0.0, 0.0, 1.0), kw_only=True)
    failed: tuple[str, str, str] = field(default=("", "", ""), kw_only=True)

    @property
    def measurements(self) -> int:
        """All."""
        return self.anomaly + self.confirmed + self.failure + self.ok


def _in_order(buckets: Iterable[OoniBucket]) -> tuple[OoniBucket, ...]:
    return tuple(sorted(buckets, key=lambda one: one.hour))


@frozen
class OoniWorld:
    """All that was ever measured.  Buckets come in any order, and several may be of the same kind."""

    buckets: tuple[OoniBucket, ...] = field(default=(), converter=_in_order)

    def between(self, since: datetime, until: datetime) -> tuple[OoniBucket, ...]:
        """Those from ``since`` up to, not including, ``until``."""
        first, last = (bisect_left(self.buckets, at, key=lambda one: one.hour) for at in (since, until))
        return self.buckets[first:last]
