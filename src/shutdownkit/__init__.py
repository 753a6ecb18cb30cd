"""Judge Internet shutdowns from public measurements.

What happened, was it deliberate, how was it done, does a claim fit, are two blackouts the same thing, and
what could not have been seen: with evidence that a court or a newsroom can check.

>>> import shutdownkit as sk
>>> signals = sk.read_signals("signals.csv")  # doctest: +SKIP
>>> report = sk.classify(signals)  # doctest: +SKIP

Importing this package imports no HTTP library, no provider's client and no test library.
"""

from __future__ import annotations

from importlib.metadata import version as _version

from .errors import CallerError, FileError, InvalidValueError, MissingExtraError, ShutdownkitError
from .judging.attribute import attribute
from .judging.claims import check_claim
from .judging.classify import classify
from .judging.compare import compare
from .judging.detect import detect
from .judging.episodes import episodes
from .judging.facts import Facts
from .judging.rules.builtin import RULES
from .judging.rules.rule import Finding, Rule, RuleSet
from .judging.settings import DetectionSettings
from .model.account import BlindSpot, InstrumentFault, SourceFailure
from .model.entity import Entity, EntityKind
from .model.episode import Episode
from .model.event import Event
from .model.kinds import KINDS, Aspect, Direction, Plane, SignalKind, Statistic
from .model.series import TimeSeries
from .model.signal import Provenance, Signal
from .model.verdict import (
    Attribution,
    Cause,
    CauseProbabilities,
    CauseWeights,
    ClaimCheck,
    ClaimStatus,
    Condition,
    ContextEvent,
    ContextKind,
    Evidence,
    Mechanism,
    Similarity,
    Stance,
    Verdict,
)
from .model.window import TimeWindow
from .reading.files import read_signals, write_signals
from .reading.incidents import read_incidents
from .report.content import Coverage, EpisodeVerdict, Trace
from .report.report import Report

__version__ = _version("shutdownkit")

__all__ = [
    "KINDS",
    "RULES",
    "Aspect",
    "Attribution",
    "BlindSpot",
    "CallerError",
    "Cause",
    "CauseProbabilities",
    "CauseWeights",
    "ClaimCheck",
    "ClaimStatus",
    "Condition",
    "ContextEvent",
    "ContextKind",
    "Coverage",
    "DetectionSettings",
    "Direction",
    "Entity",
    "EntityKind",
    "Episode",
    "EpisodeVerdict",
    "Event",
    "Evidence",
    "Facts",
    "FileError",
    "Finding",
    "InstrumentFault",
    "InvalidValueError",
    "Mechanism",
    "MissingExtraError",
    "Plane",
    "Provenance",
    "Report",
    "Rule",
    "RuleSet",
    "ShutdownkitError",
    "Signal",
    "SignalKind",
    "Similarity",
    "SourceFailure",
    "Stance",
    "Statistic",
    "TimeSeries",
    "TimeWindow",
    "Trace",
    "Verdict",
    "attribute",
    "check_claim",
    "classify",
    "compare",
    "detect",
    "episodes",
    "read_incidents",
    "read_signals",
    "write_signals",
]
