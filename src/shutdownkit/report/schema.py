"""The JSON Schema of a report's JSON."""

from __future__ import annotations

import enum
from typing import Any

from ..model.kinds import Aspect, Direction, Plane, Statistic
from ..model.verdict import Cause, Condition, Mechanism, Stance
from .json_form import SCHEMA_VERSION

__all__ = ["report_schema"]

Schema = dict[str, Any]


def report_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of what ``Report.to_json`` writes.

    Every key is described and required.  Keys that the schema does not know are allowed everywhere
    (``additionalProperties`` is left at its default): a later version may add keys without a new
    ``schema_version``, and a reader built on this schema must go on accepting such reports.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shutdownkit report",
        **_object(
            "Verdicts for one entity and window, with all that is needed to check them. Times are"
            " ISO 8601 in UTC, windows are half-open, durations are in seconds. Readers must ignore"
            " keys that they do not know.",
            {
                "schema_version": {
                    "const": SCHEMA_VERSION,
                    "description": "Version of this form; grows when a key changes its meaning or goes.",
                },
                "entity": _entity("What was judged."),
                "window": _window("The time that was judged."),
                "condition": _enum(
                    Condition,
                    "The gravest condition of any episode; where there is none, normal or insufficient_data.",
                ),
                "episodes": _list("The episodes, ordered by onset.", _episode()),
                "coverage": _list("How much of the window each signal measured.", _coverage()),
                "failures": _list("Sources that did not answer, or not wholly.", _failure()),
                "blind_spots": _list("What could not have been seen.", _blind_spot()),
                "faults": _list("Times in which an instrument failed.", _fault()),
                "notices": _list("What a reader must know.", _text("One notice.", empty=True)),
                "ruleset": _text("Version of the rules that judged."),
                "licences": _list(
                    "The licences of all signals that were judged.", _text("One licence.", empty=True)
                ),
                "traces": _list("A coarse picture of each signal, not for judging.", _trace()),
                "kinds": _list(
                    "Definitions of the signal kinds in this report that are not built in.", _kind()
                ),
            },
        ),
    }


def _episode() -> Schema:
    return _object(
        "One episode and what it was.",
        {
            "id": _text("Name of the episode: entity, date and hour of onset."),
            "entity": _entity("What it happened to."),
            "start": _time("The onset."),
            "end": _nullable(_time("When it was over; null while it lasts.")),
            "seen_until": _time("The end; while it lasts, the end of the data."),
            "condition": _enum(Condition, "What happened."),
            "mechanism": _enum(Mechanism, "How it was done, if it was done on purpose."),
            "p_deliberate": _probability("Probability that it was done on purpose."),
            "causes": _object(
                "Probability of every cause; together 1.",
                {cause.value: _probability(_CAUSES[cause]) for cause in Cause},
            ),
            "evidence": _list("For, against, missing and discarded.", _evidence()),
            "signals": _list("What each signal did.", _signal()),
            "ruleset": _text("Version of the rules that judged this episode."),
        },
    )


def _evidence() -> Schema:
    return _object(
        "What one rule concluded.",
        {
            "rule": _text("The rule's stable id."),
            "stance": _enum(Stance, 'What it does to "it was deliberate".'),
            "weight": {
                "type": "number",
                "description": "Log-likelihood ratio of deliberate against the other causes together"
                " (nats); 0 where the evidence is missing or discarded.",
            },
            "text": _text("What was seen, in a sentence."),
            "source": _text("Where the rule's figures come from."),
            "causes": {
                "type": "object",
                "description": "Log-likelihood under each cause, up to a constant (nats); 0 where a"
                " cause is not named.",
                "properties": {
                    cause.value: {"type": "number", "description": f"{_CAUSES[cause]} In nats."}
                    for cause in Cause
                },
            },
        },
    )


def _signal() -> Schema:
    return _object(
        "One disruption on one signal.",
        {
            "kind": _kind_name(),
            "entity": _entity("What was observed: the episode's entity."),
            "subject": _subject(),
            "start": _time("Start of the first disrupted bin."),
            "end": _nullable(_time("Start of the first bin that is back; null while it lasts.")),
            "seen_until": _time("The end; while it lasts, the end of the data."),
            "depth": _share("Lost share over the event."),
            "peak": _share("Lost share that at least two bins reached; never under the depth."),
            "step": _nullable(_seconds("Length of the signal's bins; null where unknown.", zero=False)),
            "fall": _nullable(_seconds("From the onset until 4/5 of the peak were lost.")),
            "rise": _nullable(_seconds("From the last bin with 4/5 of the peak lost until the end.")),
        },
    )


def _coverage() -> Schema:
    return _object(
        "How much of the window one signal measured.",
        {
            "kind": _kind_name(),
            "entity": _entity("What was observed."),
            "subject": _subject(),
            "measured": _share("Share of the window's bins that hold a value."),
            "step": _seconds("Length of a bin.", zero=False),
            "history": _seconds("Length of the data before the window."),
            "first": _nullable(_time("Start of the first measured bin; null where there is none.")),
            "last": _nullable(_time("Start of the last measured bin; null where there is none.")),
            "source": _text("The source's name.", empty=True),
            "licence": _text("The provider's licence.", empty=True),
        },
    )


def _failure() -> Schema:
    return _object(
        "A source that did not answer, or not wholly.",
        {
            "source": _text("The source's name."),
            "problem": _text("What went wrong."),
            "where": _nullable(_text("What was asked, such as an address; null where nothing was.")),
            "retry": {"type": "boolean", "description": "Whether asking again later may help."},
        },
    )


def _blind_spot() -> Schema:
    return _object(
        "Something that could not have been seen with the signals at hand.",
        {
            "plane": _nullable(_enum(Plane, "The plane that nobody measured; null for other blindness.")),
            "text": _text("What would have stayed unseen."),
        },
    )


def _fault() -> Schema:
    return _object(
        "A time in which an instrument failed, so that its readings count for nothing.",
        {
            "kind": _kind_name(),
            "window": _window("When it failed."),
            "entities": _list("On what it was seen at the same instant.", _entity("One of them.")),
            "text": _text("How it was recognised."),
        },
    )


def _trace() -> Schema:
    return _object(
        "A coarse picture of one signal over the window.",
        {
            "kind": _kind_name(),
            "entity": _entity("What was observed."),
            "subject": _subject(),
            "series": _object(
                "The share of the expected level in each coarse bin: 1 is as expected, 0 all lost.",
                {
                    "start": _time("Start of the first bin."),
                    "step": _seconds("Length of a bin.", zero=False),
                    "values": _list(
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
    return _object(
        "What a series measures.",
        {
            "name": _kind_name(),
            "unit": _text("The unit of a value, for people."),
            "plane": _enum(Plane, "Where in the network it looks."),
            "bad": _enum(Direction, "The direction in which it gets worse."),
            "statistic": _enum(Statistic, "How chance acts on a value."),
            "aspect": _enum(Aspect, "What a bad value means."),
            "minimum": _nullable(
                {"type": "number", "description": "Least valid value; null where there is no bound."}
            ),
            "maximum": _nullable(
                {"type": "number", "description": "Largest valid value; null where there is no bound."}
            ),
        },
    )


_CAUSES = {
    Cause.DELIBERATE: "Somebody cut it on purpose.",
    Cause.POWER: "The power failed.",
    Cause.CABLE: "A cable was cut or failed.",
    Cause.ROUTING: "A fault in routing.",
    Cause.ATTACK: "An attack from outside, such as a flood of traffic.",
    Cause.DISASTER: "A natural disaster.",
    Cause.EQUIPMENT: "Equipment failed.",
    Cause.UNKNOWN_TECHNICAL: "A technical failure of another kind.",
}


def _object(description: str, properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
    }


def _list(description: str, items: Schema) -> Schema:
    return {"type": "array", "description": description, "items": items}


def _text(description: str, *, empty: bool = False) -> Schema:
    schema: Schema = {"type": "string", "description": description}
    return schema if empty else schema | {"minLength": 1}


def _enum(cls: type[enum.Enum], description: str) -> Schema:
    return {"enum": [member.value for member in cls], "description": description}


def _nullable(schema: Schema) -> Schema:
    """The same, or null; the description stays outside, where tools look for it."""
    inner = dict(schema)
    return {"description": inner.pop("description"), "anyOf": [inner, {"type": "null"}]}


def _time(description: str) -> Schema:
    return {
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?Z$",
        "description": description,
    }


def _window(description: str) -> Schema:
    return _object(
        description, {"start": _time("The first instant."), "end": _time("The instant after the last.")}
    )


def _seconds(description: str, *, zero: bool = True) -> Schema:
    bound = {"minimum": 0} if zero else {"exclusiveMinimum": 0}
    return {"type": "number", **bound, "description": f"{description} In seconds."}


def _share(description: str) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": 1, "description": description}


def _probability(description: str) -> Schema:
    return {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "description": description,
    }


def _entity(description: str) -> Schema:
    return {
        "type": "string",
        "pattern": r"^([A-Z]{2}|AS[1-9][0-9]{0,9}|[A-Z]{2}/[^/]+)$",
        "description": f"{description} A country (BY), a network (AS6697) or a region (US/LA).",
    }


def _subject() -> Schema:
    return _nullable(_text("What was tested, as domain:…, app:… or category:…; null for all."))


def _kind_name() -> Schema:
    return {
        "type": "string",
        "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$",
        "description": "Name of a signal kind: built in, or defined under kinds.",
    }
