"""The parameters of OONI's API, and in which words its server refuses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from .ooni_world import OoniBucket

__all__ = ["RefusedError", "date_of", "filters_of", "grain_of", "invalid", "validate"]

_GRAINS = (
    (timedelta(days=7), ("hour", "day")),
    (timedelta(days=30), ("day", "week")),
    (timedelta(days=365), ("day", "week", "month")),
    (timedelta.max, ("day", "week", "month", "year")),
)
_ASN = re.compile(r"(?:AS)?(\d+)")


class RefusedError(Exception):
    """What the server answers in place of counts."""

    def __init__(self, status: int, body: Mapping[str, object]) -> None:
        self.status = status
        self.body = body
        super().__init__(body)


def grain_of(asked: str, span: timedelta) -> str:
    """The grain of an answer, of those that a range allows."""
    allowed = next(grains for most, grains in _GRAINS if span <= most)
    if asked == "auto":
        return allowed[0]
    if asked not in allowed:
        words = f"Choose time_grain between {', '.join(allowed)}, auto for the given time range"
        raise RefusedError(400, {"msg": words, "v": 0})
    if asked == "year":
        raise RefusedError(400, {"msg": "'year'", "v": 0})  # the server's own fault
    return asked


def validate(given: Mapping[str, str]) -> None:
    """Refuse what the aggregation does not take."""
    least = {"input": 3, "domain": 3, "probe_cc": 2, "test_name": 2, "axis_x": 2, "axis_y": 2}
    for name, length in least.items():
        if len(given.get(name, " " * length)) < length:
            words = f"String should have at least {length} characters"
            raise invalid("string_too_short", name, words, given[name])
    if not re.fullmatch("[A-Z]+", given.get("category_code", "ANY")):
        raise invalid(
            "string_pattern_mismatch",
            "category_code",
            "String should match pattern '^[A-Z]+$'",
            given["category_code"],
        )
    grain = given.get("time_grain", "auto")
    if grain not in {"hour", "day", "week", "month", "year", "auto"}:
        raise invalid("enum", "time_grain", "Input should be one of the grains", grain)
    if given.get("format", "JSON") != "JSON":
        raise invalid("enum", "format", "Input should be 'JSON'", given["format"])


def invalid(kind: str, name: str, words: str, value: str | None) -> RefusedError:
    """The server's own check of a parameter failed."""
    return RefusedError(
        422, {"detail": [{"type": kind, "loc": ["query", name], "msg": words, "input": value}]}
    )


def date_of(given: Mapping[str, str], name: str) -> date:
    """A parameter that is a date."""
    text = given.get(name)
    if text is None:
        raise invalid("missing", name, "Field required", None)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        words = "Input should be a valid date or datetime, input is too short"
        raise invalid("date_from_datetime_parsing", name, words, text) from None
    if found.time() != time():
        words = "Datetimes provided to dates should have zero time - e.g. be exact dates"
        raise invalid("date_from_datetime_inexact", name, words, text)
    return found.date()


def filters_of(given: Mapping[str, str]) -> Iterator[Callable[[OoniBucket], bool]]:
    """What a bucket must fit for each filter."""
    for name in ("probe_cc", "test_name", "domain", "category_code"):
        if name in given:
            yield _one_of(name, frozenset(given[name].split(",")))
    if "probe_asn" in given:
        found = [_ASN.fullmatch(text) for text in given["probe_asn"].split(",")]
        if not all(found):
            raise RefusedError(400, {"detail": "Invalid ASN value in parameter probe_asn"})
        yield _one_of("probe_asn", frozenset(int(match[1]) for match in found if match))
    if "input" in given or "ooni_run_link_id" in given:
        yield lambda _: False  # the world holds none


def _one_of(name: str, allowed: frozenset[str] | frozenset[int]) -> Callable[[OoniBucket], bool]:
    return lambda one: getattr(one, name) in allowed
