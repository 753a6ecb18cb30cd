"""Hourly counts of prefixes as RIPEstat's ``country-resource-stats`` would serve them, its habits included.

Imitated from its documentation (https://stat.ripe.net/docs/02.data-api/country-resource-stats.html) and from
what public clients recorded: hours of equal values are one entry with several periods, a period names the
starts of its first and last hour, the end that is asked for belongs to the answer, -1 and null are unknown,
what is not yet known shortens the query, fractions of a second are refused, and a country not known has
0 of everything.  Not imitated: other resolutions than an hour, other data calls.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ...errors import InvalidValueError
from ...model.entity import EntityKind
from ...model.signal import Signal
from ..server import Received, Reply

__all__ = ["ripestat_answer"]

_PATH = "/data/country-resource-stats/data.json"
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = ("bgp.v4-prefixes", "bgp.v6-prefixes")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z?)?")

Counts = tuple[float, float]
"""IPv4 and IPv6 prefixes of an hour, NaN where nobody knows."""


class _RefusedHere(Exception):  # noqa: N818 (it is an answer, not a fault of this code)
    """What the server refuses, with its words."""


def ripestat_answer(signals: Sequence[Signal]) -> Callable[[Received], Reply]:
    """The answers of a server that knows these signals, for a :class:`LoopbackServer`.

    Args:
        signals: of ``bgp.v4-prefixes`` and ``bgp.v6-prefixes`` of countries, on whole hours.

    Raises:
        InvalidValueError: for a signal that RIPEstat could not have.
    """
    known: dict[str, dict[datetime, list[float]]] = {}
    for index, signal in enumerate(signals):
        _check_native(f"signals[{index}]", signal)
        hours = known.setdefault(signal.entity.code, {})
        for place, value in enumerate(signal.series.values.tolist()):
            time = signal.series.start + place * _HOUR
            hours.setdefault(time, [math.nan, math.nan])[_KINDS.index(signal.kind.name)] = value
    latest = max((signal.series.window.end for signal in signals), default=None)

    def answer(received: Received) -> Reply:
        if received.path != _PATH:
            return Reply(b"<html>404 Not Found</html>", 404, {"Content-Type": "text/html"})
        try:
            return _reply(_data(received, known, latest), [], 200)
        except _RefusedHere as refusal:
            return _reply({}, [["error", str(refusal)]], 400)

    return answer


def _check_native(field: str, signal: Signal) -> None:
    if signal.kind.name not in _KINDS:
        raise InvalidValueError(f"{field}.kind", signal.kind.name, "is no kind that RIPEstat has")
    if signal.entity.kind is not EntityKind.COUNTRY:
        raise InvalidValueError(f"{field}.entity", str(signal.entity), "is no country")
    if signal.series.step != _HOUR or (signal.series.start - _EPOCH) % _HOUR:
        raise InvalidValueError(f"{field}.series", str(signal.series.window), "is not on whole hours")


def _data(
    received: Received, known: Mapping[str, Mapping[datetime, Sequence[float]]], latest: datetime | None
) -> dict[str, object]:
    country = received.one("resource", "").upper()
    if not re.fullmatch("[A-Z]{2}", country):
        raise _RefusedHere(f"The resource {country!r} is not a country code")
    if received.one("resolution", "1h") != "1h":
        raise _RefusedHere("only the resolution 1h is imitated")
    start, end = _time(received, "starttime"), _time(received, "endtime")
    if end < start:
        raise _RefusedHere("The starttime is later than the endtime")
    end = end if latest is None else max(start, min(end, latest))
    first = start + (_EPOCH - start) % _HOUR
    asked = [first + place * _HOUR for place in range((end - first) // _HOUR + 1)]
    own = known.get(country)
    if own is None:
        stats = _entries(dict.fromkeys(asked, (0.0, 0.0)), registered=0)
    else:
        stats = _entries({t: (own[t][0], own[t][1]) for t in asked if _is_told(t, own)}, registered=852)
    return {
        "resource": country,
        "resolution": "1h",
        "query_starttime": _text(start),
        "query_endtime": _text(end),
        "earliest_time": "2004-01-01T00:00:00",
        "latest_time": _text(end if latest is None else latest),
        "hd_latest_time": _text(end if latest is None else latest),
        "stats": stats,
    }


def _is_told(time: datetime, own: Mapping[datetime, Sequence[float]]) -> bool:
    """Whether an hour has an entry; of hours in which nothing is known every second one."""
    if time not in own:
        return False
    return not all(map(math.isnan, own[time])) or ((time - _EPOCH) // _HOUR) % 2 == 0


def _entries(hours: Mapping[datetime, Counts], *, registered: int) -> list[dict[str, object]]:
    """An entry for each pair of counts, with the periods in which it was seen, ordered by the first."""
    periods: dict[tuple[object, object], list[list[datetime]]] = {}
    for time, (v4, v6) in sorted(hours.items()):
        found = periods.setdefault((_number(v4, -1), _number(v6, None)), [])
        if found and found[-1][1] == time - _HOUR:
            found[-1][1] = time
        else:
            found.append([time, time])
    return [
        {
            "timeline": [{"starttime": _text(begin), "endtime": _text(last)} for begin, last in found],
            "v4_prefixes_ris": v4,
            "v6_prefixes_ris": v6,
            "asns_ris": 7 if registered else 0,
            "v4_prefixes_stats": -1,
            "v6_prefixes_stats": 1234 if registered else -1,
            "asns_stats": registered,
            "stats_date": _text(found[0][0].replace(hour=0)),
        }
        for (v4, v6), found in periods.items()
    ]


def _number(value: float, unknown: int | None) -> float | int | None:
    if math.isnan(value):
        return unknown
    return int(value) if value.is_integer() else value


def _time(received: Received, name: str) -> datetime:
    text = received.one(name, "")
    problem = f"{text!r} is not a valid value for {name}"
    if not _TIME.fullmatch(text):
        raise _RefusedHere(problem)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise _RefusedHere(problem) from None


def _text(time: datetime) -> str:
    """A time as RIPEstat writes it: UTC without saying so."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _reply(data: object, messages: Sequence[Sequence[str]], status: int) -> Reply:
    document = {
        "messages": messages,
        "see_also": [],
        "version": "1.0",
        "data_call_name": "country-resource-stats",
        "data_call_status": "supported",
        "cached": False,
        "data": data,
        "process_time": 12,
        "server_id": "app000",
        "status": "ok" if status == 200 else "error",
        "status_code": status,
        "time": _text(datetime.now(UTC)),
    }
    return Reply(json.dumps(document, allow_nan=False).encode(), status)
