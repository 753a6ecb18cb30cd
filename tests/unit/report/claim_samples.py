"""A report with context and claims by parties, to check renderings against known answers."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from shutdownkit.model.claims import ClaimCheck, ClaimStatus, PartyClaim, Prediction, Seen
from shutdownkit.model.context import ContextEvent, ContextKind
from shutdownkit.model.knowledge import Intent, Knowledge
from shutdownkit.model.verdict import (
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
from shutdownkit.model.window import TimeWindow
from shutdownkit.report.report import Report
from tests.unit.report.samples import BELARUS, EVIDENCE, PROBABILITIES, judged, report

ALONE = CauseProbabilities({cause: 0.912 if cause is Cause.DELIBERATE else 0.088 / 7 for cause in Cause})
ELECTION = Evidence(
    "context.politics",
    Stance.FOR,
    2.77,
    "An election was held that day.",
    "Bischof and others 2023, table 4",
    CauseWeights({Cause.DELIBERATE: 2.77}),
    basis=Basis.CONTEXT,
)
UNUSED = Evidence(
    "context.reported",
    Stance.DISCARDED,
    0.0,
    "Claimed by those concerned, to be tested.",
    "Access Now 2020",
    basis=Basis.CONTEXT,
)
ATTACKED = PartyClaim(
    ContextEvent(
        ContextKind.STATEMENT,
        BELARUS,
        TimeWindow("2020-08-09", "2020-08-10"),
        "Our network is under attack from abroad",
        "Beltelecom",
        independent=False,
        claims=Cause.ATTACK,
    ),
    ClaimCheck(
        Cause.ATTACK,
        ClaimStatus.INCONSISTENT,
        -3.2,
        ("does not fit attack against deliberate (-3.2, planes.routes-up): Routes stayed up.",),
        (
            Prediction(
                "Delays rise before it fails.", Seen.MISSING, "Nobody measured delays.", 0.0, "Benson 2013"
            ),
            Prediction("It ends in pulses", Seen.NOT_SEEN, "it ended on the hour", -1.0, "Jonker 2017"),
            Prediction("Probing falls.", Seen.SEEN, "Probing fell.", 0.25, "Dainotti and others 2011"),
        ),
    ),
)
FAILED = PartyClaim(
    attrs.evolve(ATTACKED.statement, text="A cable failed!", source="Ministry", claims=Cause.CABLE),
    ClaimCheck(Cause.CABLE, ClaimStatus.UNTESTABLE, 0.0, ()),
)
CLAIMS = (ATTACKED, FAILED)
AS_OF = datetime(2020, 8, 12, tzinfo=UTC)


def context_verdict(
    intent: Intent = Intent.DELIBERATE,
    undecided: tuple[str, ...] = (),
    knowledge: Knowledge = Knowledge.HINDSIGHT,
    measured: CauseProbabilities = ALONE,
    evidence: tuple[Evidence, ...] = (ELECTION, *EVIDENCE, UNUSED),
) -> Verdict:
    """A verdict that rests on measurements and on context."""
    attribution = Attribution(
        PROBABILITIES,
        evidence,
        "2026.2",
        measured=measured,
        knowledge=knowledge,
        intent=intent,
        undecided=undecided,
    )
    return Verdict(Condition.OUTAGE, Mechanism.FILTERING, attribution)


def context_report(
    verdict: Verdict | None = None, claims: tuple[PartyClaim, ...] = CLAIMS, as_of: datetime | None = AS_OF
) -> Report:
    """The report of the other samples, with one episode around which context and claims were given."""
    verdict = context_verdict() if verdict is None else verdict
    episode = attrs.evolve(judged(), verdict=verdict, claims=claims)
    return attrs.evolve(report(), episodes=(episode,), as_of=as_of)
