"""Worlds of signals for the hard cases: weeks of ordinary days, with losses put into them.

What a signal would read on ordinary days is made up (:mod:`shutdownkit.testing.scenarios.places`); what is
published of a case stands with the case (:mod:`.hard_negatives`, :mod:`.hard_positives`).
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

import shutdownkit as sk
from shutdownkit.testing.scenarios.places import (
    ATLAS,
    BGP,
    DAY,
    HOUR,
    HTTP3,
    INDEX,
    LATENCY,
    LOSS,
    MINUTE,
    PROBING,
    TELESCOPE,
    TRAFFIC,
    V6,
    Dip,
    Place,
    at,
    repeated,
)

__all__ = [
    "ATLAS",
    "BGP",
    "DAY",
    "HOUR",
    "HTTP3",
    "INDEX",
    "LATENCY",
    "LOSS",
    "MINUTE",
    "PROBING",
    "TELESCOPE",
    "TRAFFIC",
    "V6",
    "Dip",
    "Place",
    "World",
    "at",
    "repeated",
]

_NOTHING_SAID = sk.Account()


@frozen
class World:
    """What :func:`shutdownkit.classify` is given."""

    signals: tuple[sk.Signal, ...]
    controls: tuple[sk.Signal, ...] = ()
    history: tuple[sk.Episode, ...] = ()
    context: tuple[sk.ContextEvent, ...] = ()
    account: sk.Account = _NOTHING_SAID

    def report(self, *, as_of: datetime | None = None, rules: sk.RuleSet | None = None) -> sk.Report:
        """The report on it, as one could have made it at a time."""
        return sk.classify(
            self.signals,
            controls=self.controls,
            history=self.history,
            context=self.context,
            as_of=as_of,
            rules=rules,
            account=self.account,
        )
