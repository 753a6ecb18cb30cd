"""What OONI is asked for a query: aggregations of a week at a time.

The aggregation gives hours for ranges of up to seven days only, so that a query becomes one request a
week and purpose.  Weeks begin on Thursdays, as 1 January 1970 did: every query cuts time at the same
edges, and the answers of one serve the next.  The last week may reach into the future; the provider
takes that as a bound like any other.

Tests of what the query names are asked for by network, and how a site's tests failed, whichever kinds of
signals it wants: of entities to compare with none but numbers are wanted, and what fails there in the same
way is not blocked here.

Pure: the same query gives the same requests, at any time of asking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from attrs import frozen

from ...errors import NotServedError
from ...model.entity import EntityKind
from ...model.kinds import KINDS, SignalKind
from ...model.window import TimeWindow
from ...reading.query import Query
from .ask import APPS, HOUR, Ask, Purpose, ask_of

__all__ = [
    "APPS",
    "GRANTED",
    "HOUR",
    "MEASUREMENTS",
    "NETWORKS",
    "OF_ALL",
    "OF_ONE",
    "RATIOS",
    "WEEK",
    "Ask",
    "Plan",
    "Purpose",
    "plan",
    "weeks",
]

WEEK = timedelta(days=7)
"""The longest range for which the aggregation gives hours (OONI's code: ``time_grain``)."""

MEASUREMENTS: SignalKind = KINDS["ooni.measurements"]
NETWORKS: SignalKind = KINDS["ooni.networks"]
RATIOS: tuple[SignalKind, ...] = tuple(
    KINDS[f"ooni.{which}-ratio"] for which in ("anomaly", "confirmed", "failure")
)

GRANTED = 4000
"""What the provider grants an hour, in units of 10 ms of its time (ooni/devops, ``RATE_LIMITS``): 40 s."""

OF_ALL = 50
"""What a request about all tests is reckoned to cost.  A recorded one of three days of the whole world took
0.048 s; this is ten times as much, a proposal."""

OF_ONE = 20
"""What a request about one app or site is reckoned to cost: nearly twice what a week of the whole world takes
at the recorded speed, 0.11 s, a proposal."""

_ABOUT_ALL = (Purpose.VOLUME, Purpose.WORLD, Purpose.APPS, Purpose.CATEGORIES)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DOMAIN = re.compile(r"domain:[^\s,/:]{3,}")  # a comma would ask for two, under three letters are refused
_CATEGORY = re.compile(r"category:[A-Z]+")


@frozen
class Plan:
    """What is asked for a query.

    Attributes:
        grid: the query's span, widened to whole hours.
        asks: in the order of asking: by purpose, the most valuable first, and of each the latest week
            first, so that whatever stops the asking costs the judged window last.  The subjects that the
            query names take turns, week by week.  No more than :data:`GRANTED` covers.
        notices: what was asked for and is not asked of OONI.
        subjects: those of the query that OONI can know.
    """

    grid: TimeWindow
    asks: tuple[Ask, ...]
    notices: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


def weeks(span: TimeWindow) -> tuple[TimeWindow, ...]:
    """The weeks of the fixed grid that share an instant with a span, in order.

    Raises:
        NotServedError: where such a week would reach out of the calendar.
    """
    try:
        first = (span.start - _EPOCH) // WEEK
        last = -((_EPOCH - span.end) // WEEK)
        return tuple(
            TimeWindow(_EPOCH + number * WEEK, _EPOCH + (number + 1) * WEEK) for number in range(first, last)
        )
    except OverflowError:
        raise NotServedError(f"is not asked about {span}: at the end of the calendar") from None


def plan(query: Query) -> Plan:
    """What is asked for a query.

    Raises:
        NotServedError: for a time at either end of the calendar, and for the number of networks of a network.
    """
    chunks = weeks(query.span)
    if query.entity.kind is EntityKind.ASN and query.kinds == (NETWORKS.name,):
        raise NotServedError(f"does not count the networks of {query.entity}: it is one")
    known = tuple(subject for subject in query.subjects if _is_known(subject))
    asks = list(_asks(query, known, chunks))
    most = _affordable(asks)
    notices = (*_notices(query, known), *_left_out(asks[:most], asks[most:]))
    return Plan(_whole_hours(query.span), tuple(asks[:most]), notices, known)


def _asks(query: Query, subjects: tuple[str, ...], chunks: Sequence[TimeWindow]) -> Iterator[Ask]:
    """All that would be asked, in order."""
    named = [one for one in subjects if not one.startswith("category:")]
    wanted = _purposes(query)
    late_first = tuple(reversed(chunks))
    for purpose in _ABOUT_ALL:
        if purpose in wanted:
            for chunk in late_first:
                yield ask_of(purpose, query.entity, chunk)
    for chunk in late_first:
        for subject in named:
            purpose = Purpose.APP if subject.startswith("app:") else Purpose.DOMAIN
            yield ask_of(purpose, query.entity, chunk, subject)
        for subject in named:
            if subject.startswith("domain:"):
                yield ask_of(Purpose.ANALYSIS, query.entity, chunk, subject)


def _affordable(asks: Sequence[Ask]) -> int:
    """How many of them, from the first, the provider's grant covers."""
    costs = accumulate(OF_ALL if ask.purpose in _ABOUT_ALL else OF_ONE for ask in asks)
    return sum(cost <= GRANTED for cost in costs)


def _left_out(asked: Sequence[Ask], left_out: Sequence[Ask]) -> Iterator[str]:
    """What is not asked because it would be too much: of each topic the weeks before some day."""
    topics = {ask.topic for ask in asked}
    before: dict[str, datetime] = {}
    for ask in left_out:  # the latest week comes first
        before.setdefault(ask.topic, ask.chunk.end)
    if before:
        what = "; ".join(
            f"{topic} before {end.date()}" if topic in topics else topic for topic, end in before.items()
        )
        yield (
            f"OONI is asked {len(asked)} questions for one query and not the {len(left_out)} more that its "
            f"quota may not cover, which leaves out: {what}."
        )


def _notices(query: Query, known: tuple[str, ...]) -> Iterator[str]:
    if query.entity.kind is EntityKind.ASN and query.kinds is not None and query.wants(NETWORKS):
        yield f"OONI does not count the networks of {query.entity}: it is one."
    for subject in query.subjects:
        if subject not in known:
            yield (
                f"OONI is not asked about {subject}: it knows domain:NAME, category:CODE in capitals, "
                f"and app: with one of {', '.join(APPS)}."
            )


def _whole_hours(span: TimeWindow) -> TimeWindow:
    first = (span.start - _EPOCH) // HOUR
    last = -((_EPOCH - span.end) // HOUR)
    return TimeWindow(_EPOCH + first * HOUR, _EPOCH + last * HOUR)


def _is_known(subject: str) -> bool:
    return bool(
        subject.removeprefix("app:") in APPS
        if subject.startswith("app:")
        else _DOMAIN.fullmatch(subject) or _CATEGORY.fullmatch(subject)
    )


def _purposes(query: Query) -> set[Purpose]:
    """Volume serves every kind; the world only says which hours without a measurement are measured zeros."""
    found = {Purpose.VOLUME}
    if query.wants(MEASUREMENTS) or (query.wants(NETWORKS) and query.entity.kind is EntityKind.COUNTRY):
        found.add(Purpose.WORLD)
    anomaly, confirmed, failure = (query.wants(kind) for kind in RATIOS)
    if anomaly or failure:
        found.add(Purpose.APPS)  # only web_connectivity is ever confirmed
    if anomaly or confirmed or failure:
        found.add(Purpose.CATEGORIES)
    return found
