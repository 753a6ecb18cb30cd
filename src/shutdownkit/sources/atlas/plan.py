"""What is asked, from the query and the probes' ids alone, so that the same query asks the same again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from attrs import frozen

from ...model.entity import Entity, EntityKind
from ...model.window import TimeWindow
from .probes import FIELDS
from .transport import Filters

__all__ = [
    "FURTHER",
    "LOOKBACK",
    "PAGE_SIZE",
    "Ask",
    "asked",
    "country_asks",
    "earlier",
    "event_asks",
    "later",
    "network_asks",
    "probe_lists",
]

PAGE_SIZE = 500
"""The most records that the provider puts on a page (its reference of the API)."""

LOOKBACK = timedelta(days=7)
"""How much before the span is asked for, for the state at its start."""

FURTHER = timedelta(days=90)
"""How far from the span a probe that had no event is looked after."""

_IDS = 100  # probes in a question: its address stays under 1 kB, as halo of the RIPE Atlas community asks
_PROBE_DAYS = 3000  # about 3300 events at the rate of the recorded days
_DAYS = 30
_NETWORKS = 50
_LISTED = 200  # ids in a question for records
_DAY = timedelta(days=1)


@frozen
class Ask:
    """One question for events: of which probes, from when to when (aware UTC, whole days)."""

    ids: tuple[int, ...]
    start: datetime
    stop: datetime


def probe_lists(entity: Entity) -> tuple[Filters, ...]:
    """Filters of the lists of probes that together hold the entity's; a network's by IPv4 and by IPv6."""
    common: Filters = {"page_size": PAGE_SIZE, "fields": FIELDS}
    if entity.kind is EntityKind.COUNTRY:
        return ({"country_code": entity.code, **common},)
    number = int(entity.code.removeprefix("AS"))
    return ({"asn_v4": number, **common}, {"asn_v6": number, **common})


def network_asks(networks: Iterable[int]) -> Iterator[Filters]:
    """Filters of the lists of all probes on networks, wherever they are."""
    numbers = sorted(set(networks))
    for first in range(0, len(numbers), _NETWORKS):
        yield {
            "asn_v4__in": tuple(numbers[first : first + _NETWORKS]),
            "page_size": PAGE_SIZE,
            "fields": "id,country_code,asn_v4",
        }


def country_asks(ids: Iterable[int]) -> Iterator[Filters]:
    """Filters of the lists of certain probes, for their countries."""
    numbers = sorted(set(ids))
    for first in range(0, len(numbers), _LISTED):
        yield {
            "id__in": tuple(numbers[first : first + _LISTED]),
            "page_size": PAGE_SIZE,
            "fields": "id,country_code",
        }


def asked(span: TimeWindow) -> TimeWindow:
    """The span with the time before it, in whole days."""
    return TimeWindow(_day_of(span.start - LOOKBACK), _day_after(span.end))


def later(span: TimeWindow) -> TimeWindow:
    """The days after those :func:`asked`."""
    return TimeWindow(_day_after(span.end), _day_after(span.end + FURTHER))


def earlier(span: TimeWindow) -> TimeWindow:
    """The days before those :func:`asked`."""
    return TimeWindow(_day_of(span.start - FURTHER), _day_of(span.start - LOOKBACK))


def event_asks(ids: Iterable[int], window: TimeWindow) -> tuple[tuple[Ask, ...], ...]:
    """Questions that together cover the probes and the window (whole days).

    Returns:
        for each group of probes its questions, in order of time, each beginning where the last stopped.
    """
    numbers = sorted(set(ids))
    groups = (tuple(numbers[first : first + _IDS]) for first in range(0, len(numbers), _IDS))
    return tuple(tuple(_cut(group, window)) for group in groups)


def _cut(ids: tuple[int, ...], window: TimeWindow) -> Iterator[Ask]:
    length = min(_DAYS, _PROBE_DAYS // len(ids)) * _DAY
    start = window.start
    while start < window.end:
        stop = min(start + length, window.end)
        yield Ask(ids, start, stop)
        start = stop


def _day_of(time: datetime) -> datetime:
    return datetime(time.year, time.month, time.day, tzinfo=UTC)


def _day_after(time: datetime) -> datetime:
    day = _day_of(time)
    return day if day == time else day + _DAY
