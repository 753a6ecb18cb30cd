"""How long it lasted, or has lasted so far."""

from __future__ import annotations

from datetime import timedelta

from ..facts import Facts
from ..rules.figures import CURATED
from ..rules.rule import Finding
from .reading import Feature, FittedRule, Reading

__all__ = ["DURATION", "SO_FAR"]

_HOUR = timedelta(hours=1)

_BANDS = {
    "length.under-1h": (0.0, 1.0),
    "length.1-to-2h": (1.0, 2.0),
    "length.12-to-24h": (12.0, 24.0),
    "length.24-to-48h": (24.0, 48.0),
    "length.from-48h": (48.0, float("inf")),
}
"""The lengths (hours, from, up to) that are told apart; what lies between counts for neither side."""

SO_FAR = {f"so-far.{hours}h": hours for hours in (1, 2, 4, 12, 24, 48)}
"""Of one that lasts: the hours that it has lasted at least."""


def _read(facts: Facts) -> Reading | Finding | None:
    if not facts.lost_reach:
        return None
    hours = facts.episode.duration / _HOUR
    if facts.episode.ongoing:
        if not facts.episode.duration:
            return None  # a list that gives no end
        features = {name: float(hours >= least) for name, least in SO_FAR.items()}
        return Reading(features, f"It has lasted {hours:.1f} hours so far.")
    features = {name: float(low <= hours < high) for name, (low, high) in _BANDS.items()}
    return Reading(features, f"It lasted {hours:.1f} hours.")


DURATION = FittedRule(
    "timing.duration",
    "Shutdowns last 5 hours and more; half of all outages less than 2.",
    CURATED,
    "duration",
    "Failing grids and cut cables last as long; an order may be for 90 minutes (exams in Iraq).",
    (
        Feature("length.under-1h", "-", "It lasted less than an hour."),
        Feature("length.1-to-2h", "-", "It lasted one to two hours."),
        Feature("length.12-to-24h", "+", "It lasted 12 to 24 hours."),
        Feature("length.24-to-48h", "+", "It lasted one to two days."),
        Feature("length.from-48h", "+", "It lasted two days or longer."),
        *(
            Feature(name, "+", f"It lasts, and has lasted {hours} h: on top of what less says.")
            for name, hours in SO_FAR.items()
        ),
    ),
    _read,
)
