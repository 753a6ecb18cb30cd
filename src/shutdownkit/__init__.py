"""Judge Internet shutdowns from public measurements.

What happened, was it deliberate, how was it done, does a claim fit, are two blackouts the same thing, and
what could not have been seen: with evidence that a court or a newsroom can check.

>>> import shutdownkit as sk
>>> signals = sk.read_signals("signals.csv")  # doctest: +SKIP
>>> report = sk.classify(signals)  # doctest: +SKIP

>>> report = sk.assess("BY", "2020-08-08", "2020-08-20")  # doctest: +SKIP

Importing this package imports no HTTP library, no provider's client and no test library: what asks
providers is imported when it is first used.
"""

from __future__ import annotations

import sys as _sys
from collections.abc import Mapping as _Mapping
from importlib import import_module as _import_module
from importlib.metadata import version as _version
from typing import TYPE_CHECKING

from .errors import (
    BrokenSourceError,
    CallerError,
    DuplicateSourceError,
    FileError,
    InvalidValueError,
    MissingExtraError,
    NoSourceAnsweredError,
    NotCachedError,
    NotServedError,
    ProviderError,
    QuotaError,
    RefusedError,
    RegistryError,
    ServerFaultError,
    ShutdownkitError,
    UnknownSourceError,
    UnreachableError,
    WrongAnswerError,
)
from .evaluating.evaluation import Evaluation
from .evaluating.scores import evaluate
from .files.context import read_context
from .files.incidents import Incident, read_incidents, read_labelled_incidents
from .files.services import read_services
from .files.signals import read_signals, write_signals
from .judging.attribute import attribute
from .judging.claims import check_claim
from .judging.classify import classify
from .judging.compare import compare
from .judging.detect import detect
from .judging.episodes import episodes
from .judging.facts import Facts
from .judging.likeness.signature import PlaneFall, Signature, signature_of
from .judging.likeness.survey import NetworkFates
from .judging.rules.builtin import RULES
from .judging.rules.rule import Finding, Rule, RuleSet
from .judging.settings import DetectionSettings
from .model.account import Account, BlindSpot, InstrumentFault, Observation, SourceFailure
from .model.builtin_services import SERVICES
from .model.claims import ClaimCheck, ClaimStatus, PartyClaim, Prediction, Seen
from .model.context import ContextEvent, ContextKind
from .model.entity import Entity, EntityKind
from .model.episode import Episode
from .model.event import Event
from .model.kinds import KINDS, Aspect, Direction, Plane, SignalKind, Statistic
from .model.knowledge import Intent, Knowledge
from .model.reach import Block, Blocking, Discards, NetworkReach, Reach, ServiceReach
from .model.series import TimeSeries
from .model.service_tests import Layer, Outcome, ServiceTest, ServiceTests, Strength
from .model.services import Service, Services
from .model.signal import Provenance, Signal
from .model.similarity import Similarity
from .model.verdict import (
    Attribution,
    Basis,
    Cause,
    CauseProbabilities,
    CauseWeights,
    Condition,
    Evidence,
    Mechanism,
    Stance,
    Verdict,
)
from .model.window import TimeWindow
from .reading.query import Query
from .report.content import Coverage, EpisodeVerdict, Trace
from .report.report import Report

if TYPE_CHECKING:
    from .assessing import assess, assess_many
    from .reading.gather import gather
    from .reading.gathered import Gathered
    from .reading.http.request import Answer, AnswerForm, HttpRequest
    from .reading.http.settings import HttpSettings
    from .reading.progress import Progress
    from .reading.source import Answered, Checkable, Source, SourceConfig, SourceInfo, SourceResult

__version__ = _version("shutdownkit")

__all__ = [
    "KINDS",
    "RULES",
    "SERVICES",
    "Account",
    "Answer",
    "AnswerForm",
    "Answered",
    "Aspect",
    "Attribution",
    "Basis",
    "BlindSpot",
    "Block",
    "Blocking",
    "BrokenSourceError",
    "CallerError",
    "Cause",
    "CauseProbabilities",
    "CauseWeights",
    "Checkable",
    "ClaimCheck",
    "ClaimStatus",
    "Condition",
    "ContextEvent",
    "ContextKind",
    "Coverage",
    "DetectionSettings",
    "Direction",
    "Discards",
    "DuplicateSourceError",
    "Entity",
    "EntityKind",
    "Episode",
    "EpisodeVerdict",
    "Evaluation",
    "Event",
    "Evidence",
    "Facts",
    "FileError",
    "Finding",
    "Gathered",
    "HttpRequest",
    "HttpSettings",
    "Incident",
    "InstrumentFault",
    "Intent",
    "InvalidValueError",
    "Knowledge",
    "Layer",
    "Mechanism",
    "MissingExtraError",
    "NetworkFates",
    "NetworkReach",
    "NoSourceAnsweredError",
    "NotCachedError",
    "NotServedError",
    "Observation",
    "Outcome",
    "PartyClaim",
    "Plane",
    "PlaneFall",
    "Prediction",
    "Progress",
    "Provenance",
    "ProviderError",
    "Query",
    "QuotaError",
    "Reach",
    "RefusedError",
    "RegistryError",
    "Report",
    "Rule",
    "RuleSet",
    "Seen",
    "ServerFaultError",
    "Service",
    "ServiceReach",
    "ServiceTest",
    "ServiceTests",
    "Services",
    "ShutdownkitError",
    "Signal",
    "SignalKind",
    "Signature",
    "Similarity",
    "Source",
    "SourceConfig",
    "SourceFailure",
    "SourceInfo",
    "SourceResult",
    "Stance",
    "Statistic",
    "Strength",
    "TimeSeries",
    "TimeWindow",
    "Trace",
    "UnknownSourceError",
    "UnreachableError",
    "Verdict",
    "WrongAnswerError",
    "assess",
    "assess_many",
    "attribute",
    "check_claim",
    "classify",
    "compare",
    "detect",
    "episodes",
    "evaluate",
    "gather",
    "read_context",
    "read_incidents",
    "read_labelled_incidents",
    "read_services",
    "read_signals",
    "signature_of",
    "write_signals",
]

_LATER = {
    "Answer": ".reading.http.request",
    "AnswerForm": ".reading.http.request",
    "Answered": ".reading.source",
    "Checkable": ".reading.source",
    "Gathered": ".reading.gathered",
    "HttpRequest": ".reading.http.request",
    "HttpSettings": ".reading.http.settings",
    "Progress": ".reading.progress",
    "Source": ".reading.source",
    "SourceConfig": ".reading.source",
    "SourceInfo": ".reading.source",
    "SourceResult": ".reading.source",
    "assess": ".assessing",
    "assess_many": ".assessing",
    "gather": ".reading.gather",
}
"""Where the names are that need the HTTP client: imported when they are first used."""


def _register(public: _Mapping[str, object]) -> None:
    """Tell Hypothesis of the strategies for public classes, where it is loaded with its plugins."""
    if "_shutdownkit_hypothesis" in _sys.modules:
        _import_module(".testing.registration", __name__).register(public)


if not TYPE_CHECKING:  # a type checker sees the imports above, and so still knows which names there are

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(_import_module(_LATER[name], __name__), name)
        globals()[name] = value
        _register({name: value})
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LATER})


_complete = True
"""For Hypothesis' plugin, which must not register while half of the names are there."""

_register(globals())
