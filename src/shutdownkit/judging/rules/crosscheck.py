"""What the providers' own detectors say, set beside the verdict and not counted in it."""

from __future__ import annotations

from ..facts import Facts
from .figures import DETECTORS
from .rule import Finding, Rule, discarded

__all__ = ["DETECTED"]

_MOST = 6  # a reader checks a few; a flapping detector fires dozens of times


def _judge_detected(facts: Facts) -> list[Finding]:
    seen = facts.overlapping_observations
    found = [
        discarded(f"{one.source} on {one.kind.name}, {one.window}: {one.text} ({one.method})")
        for one in seen[:_MOST]
    ]
    if len(seen) > _MOST:
        found.append(discarded(f"{len(seen) - _MOST} more like these."))
    return found


DETECTED = Rule(
    "crosscheck.detected",
    "What a provider's own detector says of the same time; it reads the same instrument and is not counted.",
    DETECTORS,
    "crosscheck",
    _judge_detected,
    fails="Detectors fire on noise: one peering reset trips IODA's warning on routes.",
)
