"""One report in which every part is filled, to check renderings against known answers."""

from __future__ import annotations

import math
from datetime import timedelta

import attrs

from shutdownkit.model.account import BlindSpot, InstrumentFault, SourceFailure
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.event import Event
from shutdownkit.model.kinds import KINDS, Plane, SignalKind
from shutdownkit.model.knowledge import Intent, Knowledge
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.verdict import (
    Attribution,
    Cause,
    CauseProbabilities,
    CauseWeights,
    Condition,
    Evidence,
    Mechanism,
    Stance,
    Verdict,
)
from shutdownkit.model.window import TimeWindow
from shutdownkit.report.content import Coverage, EpisodeVerdict, Trace
from shutdownkit.report.report import Report

BELARUS = Entity.parse("BY")
WINDOW = TimeWindow("2020-08-08", "2020-08-12")
PROBING = KINDS["probing.up-slash24s"]
ROUTES = KINDS["bgp.visible-slash24s"]
ACME = SignalKind("acme.cdn-requests", "requests", Plane.TRAFFIC)

PROBABILITIES = CauseProbabilities(
    {
        Cause.DELIBERATE: 0.968,
        Cause.POWER: 0.0101,
        Cause.CABLE: 0.0019,
        Cause.ROUTING: 0.004,
        Cause.ATTACK: 0.006,
        Cause.DISASTER: 0.001,
        Cause.EQUIPMENT: 0.003,
        Cause.UNKNOWN_TECHNICAL: 0.006,
    }
)
EVENT = Event(
    kind=PROBING,
    entity=BELARUS,
    window=TimeWindow("2020-08-09T18:00:00Z", "2020-08-11T06:20:00Z"),
    depth=0.8,
    peak=0.95,
    step=timedelta(minutes=10),
    fall=timedelta(minutes=20),
    rise=timedelta(0),
)
EVIDENCE = (
    Evidence(
        "timing.local-hour",
        Stance.FOR,
        1.2,
        "It began at the full hour, local time.",
        "Bischof and others 2023, figure 4",
        CauseWeights({Cause.DELIBERATE: 1.0, Cause.POWER: -0.2}),
    ),
    Evidence("planes.routes-up", Stance.FOR, 2.5, "Routes stayed up.", "Dainotti and others 2011"),
    Evidence("recovery.gradual", Stance.AGAINST, -0.4, "It came back slowly.", "Padmanabhan 2021"),
    Evidence("claims.order", Stance.MISSING, 0.0, "No order was published.", "Access Now 2020"),
    Evidence("telescope.level", Stance.DISCARDED, 0.0, "The telescope fell too.", "IODA help"),
)
NO_ANSWER = "There are too few data to say what happened."
INTENTS = {
    Condition.ARTEFACT: Intent.ARTEFACT,
    Condition.INSUFFICIENT_DATA: Intent.UNDETERMINED,
    Condition.NORMAL: Intent.UNDETERMINED,
    Condition.OUTAGE: Intent.DELIBERATE,
    Condition.DEGRADED: Intent.DELIBERATE,
    Condition.BLOCKING: Intent.DELIBERATE,
}
LASTING = attrs.evolve(EVENT, ongoing=True, rise=None)


def verdict(
    condition: Condition = Condition.OUTAGE,
    probabilities: CauseProbabilities = PROBABILITIES,
    mechanism: Mechanism = Mechanism.FILTERING,
    intent: Intent | None = None,
) -> Verdict:
    """A verdict from measurements alone, made when it was over; by default with the answer that
    goes with the condition.
    """
    intent = INTENTS[condition] if intent is None else intent
    undecided = (NO_ANSWER,) if intent is Intent.UNDETERMINED else ()
    attribution = Attribution(
        probabilities, EVIDENCE, "2026.2", knowledge=Knowledge.END, intent=intent, undecided=undecided
    )
    return Verdict(condition, mechanism, attribution)


def judged(condition: Condition = Condition.OUTAGE, *events: Event, ongoing: bool = False) -> EpisodeVerdict:
    return EpisodeVerdict(
        Episode(BELARUS, EVENT.window, events or (EVENT,), ongoing=ongoing), verdict(condition)
    )


def report(condition: Condition = Condition.OUTAGE) -> Report:
    """A report of one episode of a condition."""
    hours = [1.0] * 42 + [0.5, *([0.05] * 34), math.nan, math.nan, *([0.9] * 17)]
    return Report(
        entity=BELARUS,
        window=WINDOW,
        condition=condition,
        episodes=(judged(condition),),
        coverage=(
            Coverage(
                PROBING,
                BELARUS,
                None,
                0.98,
                timedelta(minutes=10),
                timedelta(days=14),
                WINDOW.start,
                WINDOW.end - timedelta(minutes=10),
                "ioda",
                "IODA terms of use",
            ),
        ),
        failures=(SourceFailure("ooni", "no answer within 30 s"),),
        blind_spots=(BlindSpot(Plane.VANTAGE, "No probe inside the country was asked."),),
        faults=(
            InstrumentFault(
                ROUTES,
                TimeWindow("2020-08-11T12:00:00Z", "2020-08-11T18:00:00Z"),
                (Entity.parse("UA"), BELARUS),
                "All entities fell to 0 in the same bin.",
            ),
        ),
        notices=("The signals are a reconstruction.",),
        ruleset="2026.2",
        licences=("IODA terms of use", "CC BY 4.0"),
        traces=(
            Trace(PROBING, BELARUS, None, TimeSeries(WINDOW.start, 3600, hours)),
            Trace(ACME, BELARUS, "app:video", TimeSeries(WINDOW.start, 86400, [1.0, math.nan, 0.0, 2.0])),
        ),
    )


def quiet_report() -> Report:
    """A report in which nothing happened and every part that may be empty is."""
    return Report(
        entity=Entity.parse("US/LA"),
        window=WINDOW,
        condition=Condition.NORMAL,
        episodes=(),
        coverage=(),
        failures=(),
        blind_spots=(),
        faults=(),
        notices=(),
        ruleset="2026.2",
        licences=(),
        traces=(),
    )
