"""OONI's aggregation of scores by layer as its server answers, from scores that a test makes up.

Written from bodies of the provider's own code (ooni/backend, ``aggregate_analysis.py``): scores are quantiles
over the measurements of a bucket, hours are named without a time zone, what is filtered by stands in every
row, and of the axes that are not asked for the value is null.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

import numpy as np

from .ooni_params import RefusedError, date_of, filters_of, grain_of, invalid
from .ooni_world import OoniBucket, OoniScore, OoniWorld

__all__ = ["analysis_of"]

_AXES = ("measurement_start_day", "domain", "probe_cc", "probe_asn", "test_name", "input")
_QUANTILE = 0.95
_LIKELY = 0.5
_LAYERS = ("dns", "tcp", "tls")
_WEB = "web_connectivity"


def analysis_of(world: OoniWorld, given: Mapping[str, str]) -> dict[str, object]:
    """The answer to a request, as JSON.

    Raises:
        RefusedError: where the server would answer something else.
    """
    axes = [given.get("axis_x", "measurement_start_day"), *([given["axis_y"]] if "axis_y" in given else [])]
    for name, axis in zip(("axis_x", "axis_y"), axes, strict=False):
        if axis not in _AXES:
            raise invalid("enum", name, "Input should be one of the axes", axis)
    if len(given.get("probe_cc", "XX")) != 2:
        raise invalid(
            "string_too_long", "probe_cc", "String should have at most 2 characters", given["probe_cc"]
        )
    since, until = (date_of(given, name) for name in ("since", "until"))
    if since > until:
        raise RefusedError(400, {"msg": "Invalid since and until values", "v": 0})
    grain = grain_of(given.get("time_grain", "day"), until - since)
    wanted = list(filters_of(given))
    found = world.between(*(datetime.combine(day, time(), UTC) for day in (since, until)))
    chosen: dict[tuple[str | int, ...], list[OoniBucket]] = defaultdict(list)
    for one in found:  # only sites are scored by layer
        if one.test_name == _WEB and one.measurements and all(fits(one) for fits in wanted):
            chosen[tuple(_coordinate(one, axis, grain) for axis in axes)].append(one)
    return {
        "db_stats": {
            "bytes": -1,
            "elapsed_seconds": 0.02,
            "row_count": len(chosen),
            "total_row_count": len(chosen),
        },
        "dimension_count": len(axes),
        "results": [
            _row(buckets, given, dict(zip(axes, place, strict=True)))
            for place, buckets in sorted(chosen.items())
        ],
    }


def _coordinate(one: OoniBucket, axis: str, grain: str) -> str | int:
    if axis == "input":
        return ""
    if axis != "measurement_start_day":
        value: str | int = getattr(one, axis)
        return value
    start = one.hour.astimezone(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    if grain != "hour":
        start = start.replace(hour=0)
    if grain == "week":
        start -= timedelta(days=start.isoweekday() % 7)  # weeks begin on Sunday
    if grain == "month":
        start = start.replace(day=1)
    return start.isoformat()


def _row(
    buckets: Sequence[OoniBucket], given: Mapping[str, str], place: Mapping[str, str | int]
) -> dict[str, object]:
    about: dict[str, object] = {
        name: given.get(name) for name in ("domain", "probe_cc", "probe_asn", "test_name", "input")
    }
    if about["probe_asn"] is not None:
        about["probe_asn"] = int(given["probe_asn"].removeprefix("AS"))
    return {
        "count": float(sum(one.measurements for one in buckets)),
        "measurement_start_day": None,
        "loni": _loni(buckets),
        **about,
        "measurement_uid": None,
        **place,
    }


def _loni(buckets: Sequence[OoniBucket]) -> dict[str, object]:
    counts = [one.measurements for one in buckets]
    loni: dict[str, object] = {}
    likely: list[tuple[str, float]] = []
    outcomes = {}
    for number, layer in enumerate(_LAYERS):
        scores: list[OoniScore] = [getattr(one, layer) for one in buckets]
        for place, what in enumerate(("blocked", "down", "ok")):
            loni[f"{layer}_{what}"] = _quantile([score[place] for score in scores], counts)
        _, failed = max((score[0], one.failed[number]) for one, score in zip(buckets, scores, strict=True))
        outcome = failed or ("got_answer" if layer == "dns" else "")
        outcomes[f"{layer}_blocked_outcome"] = outcome
        blocked = loni[f"{layer}_blocked"]
        if isinstance(blocked, float) and blocked > _LIKELY:
            likely.append((f"{layer}.{outcome}", blocked))
    likely.sort(key=lambda one: -one[1])
    first = likely[0] if likely else ("none", 0.0)
    return {
        **loni,
        "likely_blocked_protocols": [list(one) for one in likely],
        "blocked_max_outcome": first[0],
        "blocked_max": first[1],
        **outcomes,
    }


def _quantile(values: Sequence[float], counts: Sequence[int]) -> float:
    """ClickHouse's ``quantile(0.95)``: between two neighbours in proportion, of what is kept in 32 bits."""
    kept = np.asarray(values, np.float32).astype(np.float64)
    return float(np.quantile(np.repeat(kept, counts), _QUANTILE))
