"""What Hypothesis draws where a test names a class of this package and no strategy.

The strategies are imported when the first one is asked for, not before: who only has Hypothesis and this
package in one environment pays for neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from hypothesis import strategies as st

__all__ = ["STRATEGIES", "register"]

STRATEGIES: Mapping[str, str] = MappingProxyType(
    {
        "Account": "accounts",
        "Answer": "answers",
        "Answered": "answered_times",
        "Attribution": "attributions",
        "BlindSpot": "blind_spots",
        "Block": "blocks",
        "Blocking": "blockings",
        "CauseProbabilities": "cause_probabilities",
        "CauseWeights": "cause_weights",
        "ClaimCheck": "claim_checks",
        "ContextEvent": "context_events",
        "Coverage": "coverages",
        "DetectionSettings": "detection_settings",
        "Discards": "discards",
        "Entity": "entities",
        "Episode": "episodes",
        "EpisodeVerdict": "episode_verdicts",
        "Evaluation": "evaluations",
        "Event": "events",
        "Evidence": "evidence",
        "Facts": "facts",
        "Finding": "findings",
        "Gathered": "gatherings",
        "HttpRequest": "http_requests",
        "HttpSettings": "http_settings",
        "Incident": "incidents",
        "InstrumentFault": "instrument_faults",
        "NetworkFates": "network_fates",
        "NetworkReach": "network_reaches",
        "Observation": "observations",
        "PartyClaim": "party_claims",
        "PlaneFall": "plane_falls",
        "Prediction": "predictions",
        "Progress": "progress_changes",
        "Provenance": "provenances",
        "Query": "queries",
        "Report": "reports",
        "Rule": "rules",
        "RuleSet": "rule_sets",
        "Service": "services",
        "ServiceReach": "service_reaches",
        "ServiceTest": "service_tests",
        "ServiceTests": "collections_of_tests",
        "Services": "collections_of_services",
        "Signal": "signals",
        "SignalKind": "kinds",
        "Signature": "signatures",
        "Similarity": "similarities",
        "SourceFailure": "source_failures",
        "SourceInfo": "source_infos",
        "SourceResult": "source_results",
        "TimeSeries": "series",
        "TimeWindow": "windows",
        "Trace": "traces",
        "Verdict": "verdicts",
    }
)
"""The name of the strategy for each public class, by the name of the class."""


def register(public: Mapping[str, object]) -> None:
    """Register strategies for ``st.from_type``, for those classes that are among the names given.

    Only the classes themselves are answered for.  Hypothesis asks everybody as well who registered a class
    that has a hash, a length or an iterator when a test asks for any such thing; a signal has no business in
    the tests of other projects.

    Args:
        public: public names of the package that are loaded already, with what they stand for.
    """
    for name, strategy in STRATEGIES.items():
        kind = public.get(name)
        if isinstance(kind, type):
            st.register_type_strategy(kind, partial(_drawn, kind, strategy))


def _drawn(kind: type, strategy: str, asked: object) -> st.SearchStrategy[object]:
    """The strategy; NotImplemented, which is how to decline, for all but the class that it is for."""
    if asked is not kind:
        return NotImplemented  # type: ignore[no-any-return]
    from . import strategies  # noqa: PLC0415 (not before somebody asks: see above)

    drawn: st.SearchStrategy[object] = getattr(strategies, strategy)()
    return drawn
