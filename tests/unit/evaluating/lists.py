"""Lists of incidents, and rules that show what they were shown."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import strategies as st

from shutdownkit.files.incidents import Incident
from shutdownkit.judging.facts import Facts
from shutdownkit.judging.rules.builtin import RULES
from shutdownkit.judging.rules.rule import Finding, Rule, RuleSet, weighs
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.kinds import Plane
from shutdownkit.model.verdict import Basis, Cause
from shutdownkit.model.window import TimeWindow

START = datetime(2020, 8, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PLANES = (Plane.ROUTING, Plane.PROBING, Plane.BACKGROUND)


def incident(
    day: float,
    *,
    hours: float | None = 2.0,
    entity: str = "SN",
    label: str | None = "outage",
    strict: str | None = None,
    planes: Mapping[Plane, bool] | None = None,
    cause: str | None = None,
    name: str | None = None,
) -> Incident:
    """An incident that begins so many days after the start; it has no end where ``hours`` is None."""
    onset = START + timedelta(minutes=round(day * 1440))
    end = onset if hours is None else onset + timedelta(hours=hours)
    return Incident(
        Episode(Entity.parse(entity), TimeWindow(onset, end), ongoing=hours is None),
        2,
        name,
        cause,
        None,
        label,
        strict,
        planes=dict.fromkeys(PLANES, True) if planes is None else planes,
    )


@st.composite
def incidents(draw: st.DrawFn, *, labelled: bool = True, entities: Sequence[str] = ("SN", "LK")) -> Incident:
    """Incidents within 40 days, often on the hour, often a whole number of days apart, often overlapping."""
    minute = 1440 * draw(st.integers(0, 40)) + draw(
        st.sampled_from([0, 0, 60, 90, 1230]) | st.integers(0, 1439)
    )
    labels = st.sampled_from(["shutdown", "outage"])
    return incident(
        minute / 1440,
        hours=draw(st.none() | st.sampled_from([0.0, 0.5, 4.5, 24.0, 400.0])),
        entity=draw(st.sampled_from(entities)),
        label=draw(labels if labelled else labels | st.none()),
        planes=draw(st.dictionaries(st.sampled_from(PLANES), st.booleans())),
        cause=draw(st.none() | st.sampled_from(["Exams", "Cable-Cut"])),
        name=draw(st.none() | st.sampled_from(["A1", "B2"])),
    )


def shown(facts: Facts) -> str:
    """All that an incident's facts show, but for the name of the entity."""
    around = facts.around
    return repr(
        (
            facts.knowledge,
            facts.episode.window,
            facts.episode.ongoing,
            facts.episode.events,
            sorted((plane.value, fell) for plane, fell in around.listed.items()),
            [(other.window, other.ongoing, other.events) for other in around.others],
            sorted(facts.local_minutes(facts.episode.onset)),
            sorted((event.text, event.window) for event in around.context),
        )
    )


def _judge(facts: Facts) -> Finding:
    weight = zlib.crc32(shown(facts).encode()) / 2**32 * 6 - 3
    return weighs("It is what it is.", {Cause.DELIBERATE: weight})


PROBE = RuleSet(
    "probe",
    RULES.prior,
    (Rule("probe.facts", "Weighs a checksum of all that is shown.", "made up", "probe", _judge),),
)
"""Whatever is shown of an incident, and nothing else, moves its probability."""


def _judge_telescope(facts: Facts) -> Finding:
    fell = facts.around.listed.get(Plane.BACKGROUND, False)
    return weighs("The telescope says it all.", {Cause.DELIBERATE: 4.0 if fell else -4.0})


def _judge_context(facts: Facts) -> Finding | None:
    return weighs("Something was reported.", {Cause.DELIBERATE: 1.5}) if facts.around.context else None


TELESCOPE = RuleSet(
    "telescope",
    RULES.prior,
    (
        Rule("probe.telescope", "Whether the telescope fell.", "made up", "probe", _judge_telescope),
        Rule(
            "probe.context",
            "Whether there is any.",
            "made up",
            "context",
            _judge_context,
            basis=Basis.CONTEXT,
        ),
    ),
)
"""Over 0.8 where the telescope fell, under 0.05 elsewhere; context moves that a little."""

TELESCOPE_FELL = {Plane.BACKGROUND: True}
TELESCOPE_HELD = {Plane.BACKGROUND: False}


def relabelled(one: Incident, label: str | None) -> Incident:
    """The same incident with another label."""
    return evolve(one, label=label)
