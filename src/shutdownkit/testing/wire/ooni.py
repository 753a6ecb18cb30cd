"""OONI's aggregation as its server answers, from counts that a test makes up.

Written from the provider's own code and bodies of it (ooni/backend, ``oonimeasurements``), not from the
reader in :mod:`shutdownkit.sources.ooni`: which parameters it refuses and in which of its spellings, which
grains a range allows, that it leaves out empty buckets, and that it knows no country in lower case.
"""

from __future__ import annotations

import json
import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from attrs import field, frozen

from ..server import Received, Reply

__all__ = ["OoniBucket", "OoniWorld", "ooni_answer"]

_AXES = (
    "blocking_type",
    "category_code",
    "domain",
    "input",
    "measurement_start_day",
    "probe_asn",
    "probe_cc",
    "test_name",
)
_GRAINS = (
    (timedelta(days=7), ("hour", "day")),
    (timedelta(days=30), ("day", "week")),
    (timedelta(days=365), ("day", "week", "month")),
    (timedelta.max, ("day", "week", "month", "year")),
)
_COUNTS = ("anomaly", "confirmed", "failure", "ok")
_ASN = re.compile(r"(?:AS)?(\d+)")


@frozen
class OoniBucket:
    """Measurements of one hour that are alike: counts by outcome, each measurement in one of them.

    Attributes:
        hour: its start, aware.
        probe_asn: 0 where the probe did not know.
        category_code: '' for what is on no list; so is the domain of a test of no site.
    """

    hour: datetime
    probe_cc: str
    probe_asn: int
    test_name: str = "web_connectivity"
    category_code: str = ""
    domain: str = ""
    anomaly: int = 0
    confirmed: int = 0
    failure: int = 0
    ok: int = 0


def _in_order(buckets: Iterable[OoniBucket]) -> tuple[OoniBucket, ...]:
    return tuple(sorted(buckets, key=lambda one: one.hour))


@frozen
class OoniWorld:
    """All that was ever measured.  Buckets come in any order, and several may be of the same kind."""

    buckets: tuple[OoniBucket, ...] = field(default=(), converter=_in_order)

    def between(self, since: datetime, until: datetime) -> tuple[OoniBucket, ...]:
        """Those from ``since`` up to, not including, ``until``."""
        first, last = (bisect_left(self.buckets, at, key=lambda one: one.hour) for at in (since, until))
        return self.buckets[first:last]


class _RefusedError(Exception):
    """What the server answers in place of counts."""

    def __init__(self, status: int, body: Mapping[str, object]) -> None:
        self.status = status
        self.body = body
        super().__init__(body)


def ooni_answer(world: OoniWorld, *, quota: int = 4000, cost: int = 1) -> Callable[[Received], Reply]:
    """What OONI's server would answer, for a :class:`~shutdownkit.testing.server.LoopbackServer`.

    Only the aggregation as JSON; every other path is not found, and ``format=CSV`` is refused.  Inputs and
    types of blocking are not held: they are '' everywhere.  Both ends of the range must be given, as the
    server's own bounds would depend on the clock.

    Args:
        world: what was measured.
        quota: units of 10 ms that the client has left; after that every answer is 429.
        cost: units that each answer costs.
    """
    lock = threading.Lock()
    left = quota

    def answer(received: Received) -> Reply:
        nonlocal left
        with lock:
            if left <= 0:
                return _reply(429, {"error": "quota exceeded"}, {"X-RateLimit-Remaining": "0"})
            left -= cost
            headers = {"X-RateLimit-Remaining": str(max(left, 0))}
        try:
            return _reply(200, _aggregate(world, received), headers)
        except _RefusedError as refused:
            return _reply(refused.status, refused.body, headers)

    return answer


def _reply(status: int, body: Mapping[str, object], headers: Mapping[str, str]) -> Reply:
    return Reply(json.dumps(body, separators=(",", ":")).encode(), status, dict(headers))


def _aggregate(world: OoniWorld, received: Received) -> dict[str, object]:
    if received.path != "/api/v1/aggregation":
        raise _RefusedError(404, {"detail": "Not Found"})
    given = {name: values[-1] for name, values in received.query.items()}
    _validate(given)
    since, until = (_date(given, name) for name in ("since", "until"))
    wanted = list(_filters(given))
    axes = [given[name] for name in ("axis_x", "axis_y") if name in given]
    if since > until:
        raise _RefusedError(400, {"msg": "Invalid since and until values", "v": 0})
    grain = _grain(given.get("time_grain", "auto"), until - since)
    if any(axis not in _AXES for axis in axes):
        raise _RefusedError(400, {"msg": "Invalid axis name", "v": 0})
    if len(set(axes)) < len(axes):
        raise _RefusedError(200, {"msg": "Axis X and Y cannot be the same", "v": 0})
    found = world.between(*(datetime.combine(day, time(), UTC) for day in (since, until)))
    chosen = [one for one in found if all(fits(one) for fits in wanted)]
    if "category_code" in axes:  # joined with the lists of sites: what is on none has no row
        chosen = [one for one in chosen if one.category_code]
    result = _counted(chosen, axes, grain)
    return {
        "v": 0,
        "dimension_count": len(axes),
        "db_stats": {
            "row_count": len(found),
            "bytes": 40 * len(found),
            "total_row_count": len(found),
            "elapsed_seconds": 0.01,
        },
        "result": result if axes else result[0],
    }


def _counted(buckets: Iterable[OoniBucket], axes: list[str], grain: str) -> list[dict[str, object]]:
    sums: dict[tuple[str | int, ...], list[int]] = {} if axes else {(): [0, 0, 0, 0]}
    for one in buckets:
        key = tuple(_coordinate(one, axis, grain) for axis in axes)
        total = sums.setdefault(key, [0, 0, 0, 0])
        for place, name in enumerate(_COUNTS):
            total[place] += getattr(one, name)
    return [
        _row(total) | dict(zip(axes, key, strict=True))
        for key, total in sorted(sums.items())
        if not axes or any(total)
    ]


def _row(total: list[int]) -> dict[str, object]:
    counts = zip(_COUNTS, total, strict=True)
    return {**{f"{name}_count": count for name, count in counts}, "measurement_count": sum(total)}


def _coordinate(one: OoniBucket, axis: str, grain: str) -> str | int:
    if axis in {"blocking_type", "input"}:
        return ""
    if axis != "measurement_start_day":
        value: str | int = getattr(one, axis)
        return value
    start = one.hour.astimezone(UTC)
    if grain == "hour":
        return f"{start:%Y-%m-%dT%H:00:00Z}"
    if grain == "week":
        start -= timedelta(days=start.isoweekday() % 7)  # weeks begin on Sunday
    return f"{start:%Y-%m-01}" if grain == "month" else f"{start:%Y-%m-%d}"


def _grain(asked: str, span: timedelta) -> str:
    allowed = next(grains for most, grains in _GRAINS if span <= most)
    if asked == "auto":
        return allowed[0]
    if asked not in allowed:
        words = f"Choose time_grain between {', '.join(allowed)}, auto for the given time range"
        raise _RefusedError(400, {"msg": words, "v": 0})
    if asked == "year":
        raise _RefusedError(400, {"msg": "'year'", "v": 0})  # the server's own fault
    return asked


def _validate(given: Mapping[str, str]) -> None:
    least = {"input": 3, "domain": 3, "probe_cc": 2, "test_name": 2, "axis_x": 2, "axis_y": 2}
    for name, length in least.items():
        if len(given.get(name, " " * length)) < length:
            words = f"String should have at least {length} characters"
            raise _invalid("string_too_short", name, words, given[name])
    if not re.fullmatch("[A-Z]+", given.get("category_code", "ANY")):
        raise _invalid(
            "string_pattern_mismatch",
            "category_code",
            "String should match pattern '^[A-Z]+$'",
            given["category_code"],
        )
    grain = given.get("time_grain", "auto")
    if grain not in {"hour", "day", "week", "month", "year", "auto"}:
        raise _invalid("enum", "time_grain", "Input should be one of the grains", grain)
    if given.get("format", "JSON") != "JSON":
        raise _invalid("enum", "format", "Input should be 'JSON'", given["format"])


def _invalid(kind: str, name: str, words: str, value: str | None) -> _RefusedError:
    return _RefusedError(
        422, {"detail": [{"type": kind, "loc": ["query", name], "msg": words, "input": value}]}
    )


def _date(given: Mapping[str, str], name: str) -> date:
    text = given.get(name)
    if text is None:
        raise _invalid("missing", name, "Field required", None)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        words = "Input should be a valid date or datetime, input is too short"
        raise _invalid("date_from_datetime_parsing", name, words, text) from None
    if found.time() != time():
        words = "Datetimes provided to dates should have zero time - e.g. be exact dates"
        raise _invalid("date_from_datetime_inexact", name, words, text)
    return found.date()


def _filters(given: Mapping[str, str]) -> Iterator[Callable[[OoniBucket], bool]]:
    for name in ("probe_cc", "test_name", "domain", "category_code"):
        if name in given:
            yield _one_of(name, frozenset(given[name].split(",")))
    if "probe_asn" in given:
        found = [_ASN.fullmatch(text) for text in given["probe_asn"].split(",")]
        if not all(found):
            raise _RefusedError(400, {"detail": "Invalid ASN value in parameter probe_asn"})
        yield _one_of("probe_asn", frozenset(int(match[1]) for match in found if match))
    if "input" in given or "ooni_run_link_id" in given:
        yield lambda _: False  # the world holds none


def _one_of(name: str, allowed: frozenset[str] | frozenset[int]) -> Callable[[OoniBucket], bool]:
    return lambda one: getattr(one, name) in allowed
