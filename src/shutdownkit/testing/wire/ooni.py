"""OONI's aggregation as its server answers, from counts that a test makes up.

Written from the provider's own code and bodies of it (ooni/backend, ``oonimeasurements``), not from the
reader in :mod:`shutdownkit.sources.ooni`: which parameters it refuses and in which of its spellings, which
grains a range allows, that it leaves out empty buckets, and that it knows no country in lower case.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta

from ..server import Received, Reply
from .ooni_analysis import analysis_of
from .ooni_params import RefusedError, date_of, filters_of, grain_of, validate
from .ooni_world import OoniBucket, OoniScore, OoniWorld

__all__ = ["OoniBucket", "OoniScore", "OoniWorld", "ooni_answer"]

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
_COUNTS = ("anomaly", "confirmed", "failure", "ok")


def ooni_answer(world: OoniWorld, *, quota: int = 4000, cost: int = 1) -> Callable[[Received], Reply]:
    """What OONI's server would answer, for a :class:`~shutdownkit.testing.server.LoopbackServer`.

    Only the two aggregations, of counts and of scores by layer, and only as JSON; every other path is not
    found, and ``format=CSV`` is refused.  Inputs and types of blocking are not held: they are '' everywhere.
    Both ends of the range must be given, as the server's own bounds would depend on the clock.

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
        except RefusedError as refused:
            return _reply(refused.status, refused.body, headers)

    return answer


def _reply(status: int, body: Mapping[str, object], headers: Mapping[str, str]) -> Reply:
    return Reply(json.dumps(body, separators=(",", ":")).encode(), status, dict(headers))


def _aggregate(world: OoniWorld, received: Received) -> dict[str, object]:
    given = {name: values[-1] for name, values in received.query.items()}
    if received.path == "/api/v1/aggregation/analysis":
        return analysis_of(world, given)
    if received.path != "/api/v1/aggregation":
        raise RefusedError(404, {"detail": "Not Found"})
    validate(given)
    since, until = (date_of(given, name) for name in ("since", "until"))
    wanted = list(filters_of(given))
    axes = [given[name] for name in ("axis_x", "axis_y") if name in given]
    if since > until:
        raise RefusedError(400, {"msg": "Invalid since and until values", "v": 0})
    grain = grain_of(given.get("time_grain", "auto"), until - since)
    if any(axis not in _AXES for axis in axes):
        raise RefusedError(400, {"msg": "Invalid axis name", "v": 0})
    if len(set(axes)) < len(axes):
        raise RefusedError(200, {"msg": "Axis X and Y cannot be the same", "v": 0})
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
