"""The JSON Schema of a report's JSON."""

from __future__ import annotations

from ..model.kinds import Aspect, Direction, Plane, Statistic
from ..model.verdict import Condition
from .json_form import SCHEMA_VERSION
from .schema_episodes import episode
from .schema_parts import (
    Schema,
    entity,
    kind_name,
    list_of,
    nullable,
    object_of,
    one_of,
    seconds,
    share,
    subject,
    text,
    time,
    window,
)
from .schema_services import service_reach

__all__ = ["report_schema"]


def report_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of what ``Report.to_json`` writes.

    Every key is described, and required unless it was added later (``services`` and ``as_of``; of an
    episode ``blocking`` and all after it; ``basis`` of evidence), so that reports of earlier versions are
    of this schema as well.  Keys that the schema does not know are allowed everywhere
    (``additionalProperties`` is left at its default): a later version may add keys without a new
    ``schema_version``, and a reader built on this schema must go on accepting such reports.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shutdownkit report",
        **object_of(
            "Verdicts for one entity and window, with all that is needed to check them. Times are"
            " ISO 8601 in UTC, windows are half-open, durations are in seconds. Readers must ignore"
            " keys that they do not know.",
            {
                "schema_version": {
                    "const": SCHEMA_VERSION,
                    "description": "Version of this form; grows when a key changes its meaning or goes.",
                },
                "entity": entity("What was judged."),
                "window": window("The time that was judged."),
                "condition": one_of(
                    Condition,
                    "The gravest condition of any episode; where there is none, normal or insufficient_data.",
                ),
                "episodes": list_of("The episodes, ordered by onset.", episode()),
                "coverage": list_of("How much of the window each signal measured.", _coverage()),
                "failures": list_of("Sources that did not answer, or not wholly.", _failure()),
                "blind_spots": list_of("What could not have been seen.", _blind_spot()),
                "faults": list_of("Times in which an instrument failed.", _fault()),
                "notices": list_of("What a reader must know.", text("One notice.", empty=True)),
                "ruleset": text("Version of the rules that judged."),
                "licences": list_of(
                    "The licences of all signals that were judged.", text("One licence.", empty=True)
                ),
                "traces": list_of("A coarse picture of each signal, not for judging.", _trace()),
                "services": list_of(
                    "Which of the services that single tests were made of can be reached; absent from reports"
                    " of earlier versions.",
                    service_reach(),
                ),
                "as_of": nullable(
                    time(
                        "The verdicts rest on nothing that was measured at or after this time; null, or"
                        " absent from reports of earlier versions, where all that was at hand was used."
                    )
                ),
                "kinds": list_of(
                    "Definitions of the signal kinds in this report that are not built in.", _kind()
                ),
            },
            later=("services", "as_of"),
        ),
    }


def _coverage() -> Schema:
    return object_of(
        "How much of the window one signal measured.",
        {
            "kind": kind_name(),
            "entity": entity("What was observed."),
            "subject": subject(),
            "measured": share("Share of the window's bins that hold a value."),
            "step": seconds("Length of a bin.", zero=False),
            "history": seconds("Length of the data before the window."),
            "first": nullable(time("Start of the first measured bin; null where there is none.")),
            "last": nullable(time("Start of the last measured bin; null where there is none.")),
            "source": text("The source's name.", empty=True),
            "licence": text("The provider's licence.", empty=True),
        },
    )


def _failure() -> Schema:
    return object_of(
        "A source that did not answer, or not wholly.",
        {
            "source": text("The source's name."),
            "problem": text("What went wrong."),
            "where": nullable(text("What was asked, such as an address; null where nothing was.")),
            "retry": {"type": "boolean", "description": "Whether asking again later may help."},
        },
    )


def _blind_spot() -> Schema:
    return object_of(
        "Something that could not have been seen with the signals at hand.",
        {
            "plane": nullable(one_of(Plane, "The plane that nobody measured; null for other blindness.")),
            "text": text("What would have stayed unseen."),
        },
    )


def _fault() -> Schema:
    return object_of(
        "A time in which an instrument failed, so that its readings count for nothing.",
        {
            "kind": kind_name(),
            "window": window("When it failed."),
            "entities": list_of("On what it was seen at the same instant.", entity("One of them.")),
            "text": text("How it was recognised."),
        },
    )


def _trace() -> Schema:
    return object_of(
        "A coarse picture of one signal over the window.",
        {
            "kind": kind_name(),
            "entity": entity("What was observed."),
            "subject": subject(),
            "series": object_of(
                "The share of the expected level in each coarse bin: 1 is as expected, 0 all lost.",
                {
                    "start": time("Start of the first bin."),
                    "step": seconds("Length of a bin.", zero=False),
                    "values": list_of(
                        "One value for each bin.",
                        {
                            "type": ["number", "null"],
                            "description": "Share of the expected level; null where nobody measured.",
                        },
                    ),
                },
            ),
        },
    )


def _kind() -> Schema:
    return object_of(
        "What a series measures.",
        {
            "name": kind_name(),
            "unit": text("The unit of a value, for people."),
            "plane": one_of(Plane, "Where in the network it looks."),
            "bad": one_of(Direction, "The direction in which it gets worse."),
            "statistic": one_of(Statistic, "How chance acts on a value."),
            "aspect": one_of(Aspect, "What a bad value means."),
            "minimum": nullable(
                {"type": "number", "description": "Least valid value; null where there is no bound."}
            ),
            "maximum": nullable(
                {"type": "number", "description": "Largest valid value; null where there is no bound."}
            ),
        },
    )
