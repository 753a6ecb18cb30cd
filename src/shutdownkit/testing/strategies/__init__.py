"""Hypothesis strategies for every public value of the package (extra ``testing``).

>>> from hypothesis import given
>>> from shutdownkit.testing.strategies import signals
>>> @given(signals(missing=True))
... def test_what_nobody_measured_is_not_zero(signal): ...

Names are plural nouns, arguments keyword-only; None, where an argument may be None, is "any".  Nothing
reads a clock, the network, or a file beside tzdata's tables of countries and zones.  Every strategy shrinks
to the smallest story: as few things as can be, the first built-in kind, the first country, the start of the
year 2000, and what is missing or failed only where the story needs it.

The same strategies answer ``hypothesis.strategies.from_type``, as soon as shutdownkit and Hypothesis are
both imported.
"""

from .account import accounts, blind_spots, instrument_faults, observations, source_failures
from .asking import answers, http_requests, http_settings
from .claiming import claim_checks, context_events, party_claims, predictions
from .happening import episodes, events
from .judged import attributions, cause_probabilities, cause_weights, evidence, verdicts
from .likeness import network_fates, plane_falls, signatures, similarities
from .listed import evaluations, incidents
from .measuring import kinds, provenances, series, signals
from .places import entities, networks
from .plain import plain_values
from .primitives import lines, shares
from .reach import blockings, blocks, discards, network_reaches, service_reaches
from .reading import (
    answered_times,
    gatherings,
    progress_changes,
    queries,
    source_infos,
    source_results,
)
from .reporting import coverages, episode_verdicts, reports, traces
from .ruling import detection_settings, facts, findings, rule_sets, rules
from .scenarios import scenarios
from .service_testing import (
    collections_of_services,
    collections_of_tests,
    service_tests,
    services,
    streams,
    subjects,
)
from .times import instants, lengths, steps, windows

__all__ = [
    "accounts",
    "answered_times",
    "answers",
    "attributions",
    "blind_spots",
    "blockings",
    "blocks",
    "cause_probabilities",
    "cause_weights",
    "claim_checks",
    "collections_of_services",
    "collections_of_tests",
    "context_events",
    "coverages",
    "detection_settings",
    "discards",
    "entities",
    "episode_verdicts",
    "episodes",
    "evaluations",
    "events",
    "evidence",
    "facts",
    "findings",
    "gatherings",
    "http_requests",
    "http_settings",
    "incidents",
    "instants",
    "instrument_faults",
    "kinds",
    "lengths",
    "lines",
    "network_fates",
    "network_reaches",
    "networks",
    "observations",
    "party_claims",
    "plain_values",
    "plane_falls",
    "predictions",
    "progress_changes",
    "provenances",
    "queries",
    "reports",
    "rule_sets",
    "rules",
    "scenarios",
    "series",
    "service_reaches",
    "service_tests",
    "services",
    "shares",
    "signals",
    "signatures",
    "similarities",
    "source_failures",
    "source_infos",
    "source_results",
    "steps",
    "streams",
    "subjects",
    "traces",
    "verdicts",
    "windows",
]
