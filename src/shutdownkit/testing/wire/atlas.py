"""RIPE Atlas on the wire: a small world of probes, answered for as the real API does.

The forms are those of recorded answers; see the reference of the API at https://atlas.ripe.net/docs/ and,
for measurement 7000, which RIPE does not document, the recorded days of 2011 to 2016.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from attrs import field, frozen

from ..server import Received, Reply

__all__ = ["AtlasWorld", "atlas_answer", "probe_record", "world_of_events"]

LISTED = "/api/v2/probes/"
EVENTS = "/api/v2/measurements/7000/results"

_LARGEST_PAGE = 500
_USUAL_PAGE = 100
_LONG_AGO = 365 * 86400.0
_STATUS = {0: "Never Connected", 1: "Connected", 2: "Disconnected", 3: "Abandoned", 4: "Written Off"}

Record = dict[str, Any]


def _records(values: Iterable[Mapping[str, Any]]) -> tuple[Record, ...]:
    return tuple(dict(value) for value in values)


@frozen
class AtlasWorld:
    """Probes as they are now, and what happened to them.

    Attributes:
        probes: records as the list of probes has them, such as :func:`probe_record` makes.
        events: records as measurement 7000 has them, in any order.
    """

    probes: tuple[Record, ...] = field(converter=_records)
    events: tuple[Record, ...] = field(converter=_records)


def probe_record(
    number: int,
    country: str | None,
    *,
    asn: int | None = None,
    asn_v6: int | None = None,
    status: int = 1,
    since: float = 1.3e9,
    first_connected: float | None = 1.3e9,
    last_connected: float | None = None,
) -> Record:
    """A record of a probe; times in epoch seconds.  Its position is nowhere in particular."""
    moment = datetime.fromtimestamp(since, UTC).isoformat().replace("+00:00", "Z")
    return {
        "id": number,
        "country_code": country,
        "asn_v4": asn,
        "asn_v6": asn_v6,
        "prefix_v4": "192.0.2.0/24",
        "prefix_v6": None,
        "address_v4": None,
        "address_v6": None,
        "geometry": {"type": "Point", "coordinates": [0.0, 0.0]},
        "is_anchor": False,
        "is_public": True,
        "description": "",
        "firmware_version": 5080,
        "type": "Probe",
        "status": {"id": status, "name": _STATUS[status], "since": moment},
        "status_since": int(since),
        "first_connected": None if first_connected is None else int(first_connected),
        "last_connected": int(since if last_connected is None else last_connected),
        "total_uptime": 0,
        "tags": [],
    }


def world_of_events(
    events: Iterable[Mapping[str, Any]],
    countries: Mapping[int, str],
    networks: Mapping[int, int] | None = None,
) -> AtlasWorld:
    """A world of recorded events and of the probes of a map, with plausible records.

    A probe is as its last event left it.  One without any event was connected all the time since a year
    before the first.

    Args:
        countries: of each probe.
        networks: AS numbers, where known.
    """
    known = networks or {}
    rows = _records(events)
    if not rows:
        return AtlasWorld([probe_record(number, code) for number, code in countries.items()], ())
    last: dict[int, Record] = {}
    for row in sorted(rows, key=lambda row: float(row["timestamp"])):
        last[row["prb_id"]] = row
    begun = min(float(row["timestamp"]) for row in rows) - _LONG_AGO
    probes = []
    for number, country in countries.items():
        event = last.get(number)
        probes.append(
            probe_record(
                number,
                country,
                asn=known.get(number),
                status=2 if event is not None and event["event"] == "disconnect" else 1,
                since=begun if event is None else float(event["timestamp"]),
                first_connected=begun,
            )
        )
    return AtlasWorld(probes, rows)


def atlas_answer(world: AtlasWorld) -> Callable[[Received], Reply]:
    """Answers for the world; give it to a :class:`~shutdownkit.testing.server.LoopbackServer`.

    The list of probes takes ``country_code``, ``asn_v4``, ``asn_v6``, ``asn_v4__in``, ``id__in``,
    ``status``, ``fields``, ``page_size`` and ``page``; the events take ``start``, ``stop`` and
    ``probe_ids`` and, as the real ones, come unsorted.  What else is asked is not found.
    """

    def answer(received: Received) -> Reply:
        if received.path == LISTED:
            return _listed(world, received)
        if received.path.rstrip("/") == EVENTS:
            return _json(_events(world, received))
        return _error(404, "Not Found")

    return answer


def _listed(world: AtlasWorld, received: Received) -> Reply:
    size = min(int(received.one("page_size", str(_USUAL_PAGE))), _LARGEST_PAGE)
    page = int(received.one("page", "1"))
    found = [record for record in world.probes if _passes(record, received)]
    first = (page - 1) * size
    if page < 1 or (first >= len(found) and page > 1):
        return _error(404, "Invalid page.")
    fields = received.one("fields", "")
    results = [_with_fields(record, fields) for record in found[first : first + size]]
    return _json(
        {
            "count": len(found),
            "next": _page(received, page + 1) if first + size < len(found) else None,
            "previous": _page(received, page - 1) if page > 1 else None,
            "results": results,
        }
    )


def _passes(record: Record, received: Received) -> bool:
    asked = received.query
    one = {
        "country_code": record["country_code"],
        "asn_v4": record["asn_v4"],
        "asn_v6": record["asn_v6"],
        "status": record["status"]["id"],
    }
    several = {"asn_v4__in": record["asn_v4"], "id__in": record["id"]}
    return all(str(value) == received.one(name) for name, value in one.items() if name in asked) and all(
        str(value) in received.one(name).split(",") for name, value in several.items() if name in asked
    )


def _with_fields(record: Record, fields: str) -> Record:
    if not fields:
        return record
    return {name: record[name] for name in fields.split(",") if name in record}


def _page(received: Received, number: int) -> str:
    pairs = [(name, value) for name, values in received.query.items() for value in values if name != "page"]
    return f"http://{received.headers['host']}{received.path}?{urlencode([*pairs, ('page', number)])}"


def _events(world: AtlasWorld, received: Received) -> list[Record]:
    start = float(received.one("start", "-inf"))
    stop = float(received.one("stop", "inf"))
    named = received.one("probe_ids", "")
    ids = {int(number) for number in named.split(",")} if named else None
    found = [
        event
        for event in world.events
        if start <= event["timestamp"] <= stop and (ids is None or event["prb_id"] in ids)
    ]
    return sorted(found, key=lambda event: (event["timestamp"] * 7919 + event["prb_id"]) % 104729)


def _json(document: object) -> Reply:
    return Reply(json.dumps(document).encode())


def _error(status: int, title: str) -> Reply:
    body = {"error": {"status": status, "code": 100 + status, "detail": title, "title": title}}
    return Reply(json.dumps(body).encode(), status=status)
