"""Signals as IODA's API v2 would serve them, its habits included.

Imitated from the API's own code (InetIntel/ioda-api, commit a5fac0e77a01): ``from`` is floored to the
step; ``until`` of a series is the start of its last bin and a step; more than 100 days are refused; what
was not measured is ``null``; an unknown country or region is refused, of an unknown network nothing is
known (``[[]]``).  Not imitated: averaging (``maxPoints``), other pages than signals, events, entities and
datasources.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from ...errors import InvalidValueError
from ...model.entity import Entity, EntityKind
from ...model.signal import Signal
from ..server import Received, Reply
from .ioda_series import SERVED, check_native, rendered_series

__all__ = ["code_of", "ioda_answer"]

_LONGEST = 100 * 24 * 60 * 60
_COPYRIGHT = "A copyright line, as every answer has one."
_FIRST_REGION = 4001  # IODA numbers regions by itself; so does this imitation


class _RefusedHere(Exception):  # noqa: N818 (it is an answer, not a fault of this code)
    """What the server refuses, with the text of its error."""


def code_of(entity: Entity, entities: Sequence[Entity]) -> str:
    """The code by which the imitation knows an entity.

    A country's own, a network's number, a region's code where it is a number; any other region gets a
    number by its place among the entities.
    """
    if entity.kind is EntityKind.ASN:
        return entity.code.removeprefix("AS")
    if entity.kind is EntityKind.COUNTRY or (entity.code.isascii() and entity.code.isdecimal()):
        return entity.code
    return str(_FIRST_REGION + entities.index(entity))


def ioda_answer(
    signals: Sequence[Signal], *, events: Sequence[Mapping[str, object]] = ()
) -> Callable[[Received], Reply]:
    """The answers of a server that knows these signals, for a :class:`LoopbackServer`.

    Args:
        signals: of kinds that IODA has, in its native steps, on its grid; of any number of entities.
        events: rows of the format codf, which ``/outages/events`` gives where they concern the entity
            and the time that are asked for.

    Raises:
        InvalidValueError: for a signal that IODA could not have.
    """
    known: dict[tuple[str, str], dict[str, Signal]] = {}
    entities = sorted({signal.entity for signal in signals})
    for index, signal in enumerate(signals):
        check_native(f"signals[{index}]", signal)
        key = (signal.entity.kind.value, code_of(signal.entity, entities))
        known.setdefault(key, {})[signal.kind.name] = signal

    def answer(received: Received) -> Reply:
        try:
            found = _routed(received, known, entities, events)
        except _RefusedHere as refusal:
            return _reply(received, "signals", None, str(refusal), 400)
        if found is None:
            return Reply(b"<html>404 Not Found</html>", 404, {"Content-Type": "text/html"})
        return _reply(received, *found, None, 200)

    return answer


Known = Mapping[tuple[str, str], Mapping[str, Signal]]


def _routed(
    received: Received, known: Known, entities: Sequence[Entity], events: Sequence[Mapping[str, object]]
) -> tuple[str, object] | None:
    """The answer's type and data; None for a path that does not exist."""
    match received.path.strip("/").split("/"):
        case ["signals", "raw", kind, code]:
            return "signals", _signals(received, known, kind, code)
        case ["outages", "events"]:
            return "outages.events", _events(received, events)
        case ["entities", "query"]:
            return "entities.lookup", _entities(received, entities)
        case ["datasources"] if received.path.endswith("/"):
            names = ("datasource", "name", "units")
            return "datasources", [
                dict(zip(names, (one.name, one.name, one.units), strict=True)) for one in SERVED
            ]
        case _:
            return None


def _signals(received: Received, known: Known, kind: str, code: str) -> list[list[dict[str, object]]]:
    start, until = _seconds(received, "from"), _seconds(received, "until")
    if start >= until:
        raise _RefusedHere(f"from ({start}) must be earlier than until ({until})")
    if until - start > _LONGEST:
        raise _RefusedHere("Time range for a single query must be less than 100 days")
    names = [one.name for one in SERVED]
    asked = received.one("datasource", "")
    if asked and asked not in names:
        raise _RefusedHere(f"invalid datasource {asked} (must be one of the following [{', '.join(names)}])")
    own = known.get((kind, code))
    if own is None and kind != "asn":
        raise _RefusedHere("cannot find corresponding metadata entity 0")
    found = []
    for one in SERVED:
        if one.name == asked or not asked:
            start -= start % one.step  # the next datasource inherits it
            if own is not None and one.kind in own:
                found.append(rendered_series(own[one.kind], kind, code, start, until))
    return [found]


def _events(received: Received, events: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    start, until = _digits(received, "from"), _digits(received, "until")
    limit, page = int(received.one("limit", "500")), int(received.one("page", "0"))
    wanted = f"{received.one('entityType', '')}/{received.one('entityCode', '')}"
    ignored = {name.removeprefix("*.") for name in received.one("ignoreMethods", "").split(",")}
    found = [
        event
        for event in events
        if wanted in {event["location"], "/"}
        and event.get("method") not in ignored
        and _whole(event["start"]) < until
        and _whole(event["start"]) + _whole(event["duration"]) > start
    ]
    return found[page * limit : (page + 1) * limit]


def _entities(received: Received, entities: Sequence[Entity]) -> list[dict[str, object]]:
    kind, related = received.one("entityType", ""), received.one("relatedTo", "")
    return [
        {
            "code": code_of(one, entities),
            "name": one.code,
            "type": one.kind.value,
            "subnames": [],
            "attrs": {},
        }
        for one in entities
        if kind in {one.kind.value, ""} and related in {f"country/{one.country}", ""}
    ]


def _seconds(received: Received, name: str) -> int:
    try:
        return int(received.one(name))
    except KeyError:
        raise _RefusedHere(f"Missing required request parameter '{name}'") from None
    except ValueError:
        raise _RefusedHere(f"'{name}' timestamp must be set") from None


def _digits(received: Received, name: str) -> int:
    text = received.one(name, "")
    if not text.isdecimal() or int(text) > 2**31 - 1:
        raise _RefusedHere(f"'{name}' timestamp must be set")
    return int(text)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise InvalidValueError("events", value, "is not a whole number")
    return value


def _reply(received: Received, kind: str, data: object, error: str | None, status: int) -> Reply:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    document = {
        "type": kind,
        "metadata": {"requestTime": now, "responseTime": now},
        "requestParameters": {name: values[0] for name, values in received.query.items()},
        "error": error,
        "perf": None,
        "data": data,
        "copyright": _COPYRIGHT,
    }
    return Reply(json.dumps(document, allow_nan=False).encode(), status)
