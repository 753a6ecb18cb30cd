"""The parts that the JSON Schema of a report is made of.  Each takes the description of its key."""

from __future__ import annotations

import enum
from collections.abc import Collection
from typing import Any

__all__ = [
    "Schema",
    "count",
    "entity",
    "flag",
    "kind_name",
    "list_of",
    "network",
    "nullable",
    "object_of",
    "one_of",
    "probability",
    "seconds",
    "share",
    "subject",
    "text",
    "time",
    "window",
]

Schema = dict[str, Any]


def object_of(description: str, properties: dict[str, Schema], *, later: Collection[str] = ()) -> Schema:
    """An object with all these keys; those added ``later`` may be absent."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in later],
    }


def list_of(description: str, items: Schema, *, empty: bool = True) -> Schema:
    """A list of things of one form."""
    schema: Schema = {"type": "array", "description": description, "items": items}
    return schema if empty else schema | {"minItems": 1}


def text(description: str, *, empty: bool = False) -> Schema:
    """Text; empty only where said."""
    schema: Schema = {"type": "string", "description": description}
    return schema if empty else schema | {"minLength": 1}


def one_of(cls: type[enum.Enum], description: str) -> Schema:
    """The value of a member of an enumeration."""
    return {"enum": [member.value for member in cls], "description": description}


def nullable(schema: Schema) -> Schema:
    """The same, or null; the description stays outside, where tools look for it."""
    inner = dict(schema)
    return {"description": inner.pop("description"), "anyOf": [inner, {"type": "null"}]}


def time(description: str) -> Schema:
    """An instant in UTC."""
    return {
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?Z$",
        "description": description,
    }


def window(description: str) -> Schema:
    """A half-open window."""
    return object_of(
        description, {"start": time("The first instant."), "end": time("The instant after the last.")}
    )


def seconds(description: str, *, zero: bool = True) -> Schema:
    """A length of time; zero only where said."""
    bound = {"minimum": 0} if zero else {"exclusiveMinimum": 0}
    return {"type": "number", **bound, "description": f"{description} In seconds."}


def share(description: str) -> Schema:
    """A number from 0 to 1, both included."""
    return {"type": "number", "minimum": 0, "maximum": 1, "description": description}


def probability(description: str) -> Schema:
    """A number between 0 and 1, neither included."""
    return {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "description": description,
    }


def entity(description: str) -> Schema:
    """A country, a network or a region, as text."""
    return {
        "type": "string",
        "pattern": r"^([A-Z]{2}|AS[1-9][0-9]{0,9}|[A-Z]{2}/[^/]+)$",
        "description": f"{description} A country (BY), a network (AS6697) or a region (US/LA).",
    }


def network(description: str) -> Schema:
    """An autonomous system, as text."""
    return {
        "type": "string",
        "pattern": r"^AS[1-9][0-9]{0,9}$",
        "description": f"{description} A network, such as AS6697.",
    }


def count(description: str) -> Schema:
    """How many there are of something."""
    return {"type": "integer", "minimum": 0, "description": description}


def flag(description: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": description}


def subject() -> Schema:
    """What a signal is about, or null."""
    return nullable(text("What was tested, as domain:…, app:… or category:…; null for all."))


def kind_name() -> Schema:
    """The name of a signal kind."""
    return {
        "type": "string",
        "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$",
        "description": "Name of a signal kind: built in, or defined under kinds.",
    }
