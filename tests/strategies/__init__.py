"""Hypothesis strategies for the model's values and for reports.

Names are plural nouns, arguments keyword-only; every strategy shrinks towards the small and the plain:
the first country, the year 2000, few bins, no events.
"""

from .reports import (
    blind_spots,
    coverages,
    episode_verdicts,
    instrument_faults,
    observations,
    reports,
    source_failures,
    traces,
)
from .values import (
    attributions,
    cause_probabilities,
    cause_weights,
    claim_checks,
    context_events,
    entities,
    episodes,
    events,
    evidence,
    instants,
    kinds,
    lines,
    plain_values,
    provenances,
    series,
    signals,
    similarities,
    steps,
    verdicts,
    windows,
)

__all__ = [
    "attributions",
    "blind_spots",
    "cause_probabilities",
    "cause_weights",
    "claim_checks",
    "context_events",
    "coverages",
    "entities",
    "episode_verdicts",
    "episodes",
    "events",
    "evidence",
    "instants",
    "instrument_faults",
    "kinds",
    "lines",
    "observations",
    "plain_values",
    "provenances",
    "reports",
    "series",
    "signals",
    "similarities",
    "source_failures",
    "steps",
    "traces",
    "verdicts",
    "windows",
]
