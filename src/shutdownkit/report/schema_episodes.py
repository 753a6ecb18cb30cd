"""The part of the JSON Schema that is about episodes and their signals."""

from __future__ import annotations

from ..model.knowledge import Intent, Knowledge
from ..model.verdict import Condition, Mechanism
from .schema_attribution import causes, claim, evidence
from .schema_parts import (
    Schema,
    entity,
    kind_name,
    list_of,
    nullable,
    object_of,
    one_of,
    probability,
    seconds,
    share,
    subject,
    text,
    time,
)
from .schema_services import blocking

__all__ = ["episode"]


def episode() -> Schema:
    """One episode and what it was."""
    return object_of(
        "One episode and what it was.",
        {
            "id": text("Name of the episode: entity, date and hour of onset."),
            "entity": entity("What it happened to."),
            "start": time("The onset."),
            "end": nullable(time("When it was over; null while it lasts.")),
            "seen_until": time("The end; while it lasts, the end of the data."),
            "condition": one_of(Condition, "What happened."),
            "mechanism": one_of(Mechanism, "How it was done, if it was done on purpose."),
            "p_deliberate": probability(
                "Probability that it was done on purpose, with everything known, the context included."
            ),
            "causes": causes("Probability of every cause; together 1."),
            "evidence": list_of("For, against, missing and discarded.", evidence()),
            "signals": list_of("What each signal did.", _signal()),
            "ruleset": text("Version of the rules that judged this episode."),
            "blocking": nullable(blocking()),
            "intent": one_of(
                Intent,
                "Whether it was done on purpose, as far as that can be said: deliberate, spontaneous (a"
                " fault, whichever), artefact (of the instrument) or undetermined; absent from reports of"
                " earlier versions, which did not say.",
            ),
            "undecided": list_of(
                "Why it cannot be said, a sentence each; empty unless intent is undetermined.",
                text("One reason.", empty=True),
            ),
            "knowledge": one_of(
                Knowledge,
                "What was known when it was judged: onset (it lasted), end (it was over) or hindsight (the"
                " week after as well, or another episode in it); absent from reports of earlier versions.",
            ),
            "p_measured": probability(
                "Probability that it was done on purpose, from the measurements alone; p_deliberate where no"
                " context was given. Absent from reports of earlier versions, which did not tell the two"
                " apart."
            ),
            "causes_measured": causes(
                "Probability of every cause from the measurements alone; together 1. Absent from reports of"
                " earlier versions."
            ),
            "claims": list_of(
                "What parties say of its cause, and how that fits the measurements; it changes nothing above."
                " Absent from reports of earlier versions.",
                claim(),
            ),
        },
        later=(
            "blocking",
            "intent",
            "undecided",
            "knowledge",
            "p_measured",
            "causes_measured",
            "claims",
        ),
    )


def _signal() -> Schema:
    return object_of(
        "One disruption on one signal.",
        {
            "kind": kind_name(),
            "entity": entity("What was observed: the episode's entity."),
            "subject": subject(),
            "start": time("Start of the first disrupted bin."),
            "end": nullable(time("Start of the first bin that is back; null while it lasts.")),
            "seen_until": time("The end; while it lasts, the end of the data."),
            "depth": share("Lost share over the event."),
            "peak": share("Lost share that at least two bins reached; never under the depth."),
            "step": nullable(seconds("Length of the signal's bins; null where unknown.", zero=False)),
            "fall": nullable(seconds("From the onset until 4/5 of the peak were lost.")),
            "rise": nullable(seconds("From the last bin with 4/5 of the peak lost until the end.")),
        },
    )
