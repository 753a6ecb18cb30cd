"""What OONI is asked for a query: aggregations of a week at a time.

The aggregation gives hours for ranges of up to seven days only, so that a query becomes one request a
week and purpose.  Weeks begin on Thursdays, as 1 January 1970 did: every query cuts time at the same
edges, and the answers of one serve the next.  The last week may reach into the future; the provider
takes that as a bound like any other.

Pure: the same query gives the same requests, at any time of asking.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from attrs import frozen

from ...errors import NotServedError
from ...model.entity import Entity, EntityKind
from ...model.kinds import KINDS, SignalKind
from ...model.window import TimeWindow
from ...reading.query import Query

__all__ = [
    "APPS",
    "HOUR",
    "MEASUREMENTS",
    "NETWORKS",
    "RATIOS",
    "WEEK",
    "Ask",
    "Plan",
    "Purpose",
    "plan",
    "weeks",
]

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
"""The longest range for which the aggregation gives hours (OONI's code: ``time_grain``)."""

MEASUREMENTS: SignalKind = KINDS["ooni.measurements"]
NETWORKS: SignalKind = KINDS["ooni.networks"]
RATIOS: tuple[SignalKind, ...] = tuple(
    KINDS[f"ooni.{which}-ratio"] for which in ("anomaly", "confirmed", "failure")
)

APPS = ("facebook_messenger", "psiphon", "signal", "telegram", "tor", "whatsapp")
"""OONI's tests of one service each that end in a verdict; ``ndt`` and ``dash``, for one, never do."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEB = "web_connectivity"
_DOMAIN = re.compile(r"domain:[^\s,/]{3,}")  # a comma would ask for two, under three letters are refused
_CATEGORY = re.compile(r"category:[A-Z]+")


class Purpose(enum.Enum):
    """What a request is for, most valuable first; the value names it for people."""

    VOLUME = "measurements"
    WORLD = "measurements of the whole world"
    APPS = "tests of apps"
    CATEGORIES = "tests of sites by category"
    DOMAIN = "tests of the site"


_PURPOSES = tuple(Purpose)
_AXES = {Purpose.APPS: "test_name", Purpose.CATEGORIES: "category_code"}


@frozen
class Ask:
    """One request for one week.

    Attributes:
        chunk: the week: ``since`` inclusive and ``until`` exclusive, both at midnight UTC.
        filters: what is counted, as parameters in order.
        axis: what is counted apart besides hours (``axis_y``), or None.
        subject: what the answer is about where it is about one thing, such as ``domain:example.org``.
    """

    purpose: Purpose
    chunk: TimeWindow
    filters: tuple[tuple[str, str], ...] = ()
    axis: str | None = None
    subject: str | None = None

    @property
    def params(self) -> tuple[tuple[str, str], ...]:
        """The parameters of the aggregation, in a fixed order."""
        return (
            *self.filters,
            ("since", self.chunk.start.date().isoformat()),
            ("until", self.chunk.end.date().isoformat()),
            ("time_grain", "hour"),
            ("axis_x", "measurement_start_day"),
            *((("axis_y", self.axis),) if self.axis else ()),
        )

    @property
    def what(self) -> str:
        """What it asks, for people."""
        about = f" {self.subject.partition(':')[2]}" if self.subject else ""
        return f"{self.purpose.value}{about}, week of {self.chunk.start.date()}"


@frozen
class Plan:
    """What is asked for a query.

    Attributes:
        grid: the query's span, widened to whole hours.
        asks: in the order of asking: by purpose, the most valuable first, and of each the latest week
            first, so that whatever stops the asking costs the judged window last.
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
    wanted = _purposes(query, known)
    whom = _whom(query.entity)
    asks: list[Ask] = []
    for purpose in _PURPOSES:
        if purpose not in wanted:
            continue
        subjects: tuple[str | None, ...] = (None,)
        if purpose is Purpose.DOMAIN:
            subjects = tuple(subject for subject in known if _DOMAIN.fullmatch(subject))
        asks += [
            Ask(purpose, chunk, _filters(purpose, whom, subject), _axis(purpose, query.entity), subject)
            for subject in subjects
            for chunk in reversed(chunks)
        ]
    return Plan(_whole_hours(query.span), tuple(asks), tuple(_notices(query, known)), known)


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


def _purposes(query: Query, subjects: tuple[str, ...]) -> set[Purpose]:
    """Volume serves every kind; the world only says which hours without a measurement are measured zeros."""
    found = {Purpose.VOLUME}
    if query.wants(MEASUREMENTS) or (query.wants(NETWORKS) and query.entity.kind is EntityKind.COUNTRY):
        found.add(Purpose.WORLD)
    anomaly, confirmed, failure = (query.wants(kind) for kind in RATIOS)
    if anomaly or failure:
        found.add(Purpose.APPS)  # only web_connectivity is ever confirmed
    if anomaly or confirmed or failure:
        found.add(Purpose.CATEGORIES)
        if any(_DOMAIN.fullmatch(subject) for subject in subjects):
            found.add(Purpose.DOMAIN)
    return found


def _whom(entity: Entity) -> tuple[tuple[str, str], ...]:
    """Upper case: in lower case the provider knows no country and answers zeros, with status 200."""
    if entity.kind is EntityKind.ASN:
        return (("probe_asn", entity.code.upper()),)
    return (("probe_cc", entity.code.upper()),)


def _filters(
    purpose: Purpose, whom: tuple[tuple[str, str], ...], subject: str | None
) -> tuple[tuple[str, str], ...]:
    if purpose is Purpose.WORLD:
        return ()
    if purpose is Purpose.VOLUME:
        return whom
    if purpose is Purpose.APPS:
        return (*whom, ("test_name", ",".join(APPS)))
    if subject is None:
        return (*whom, ("test_name", _WEB))
    # in capitals OONI knows no domain
    return (*whom, ("test_name", _WEB), ("domain", subject.partition(":")[2].lower()))


def _axis(purpose: Purpose, entity: Entity) -> str | None:
    if purpose is Purpose.VOLUME:
        return "probe_asn" if entity.kind is EntityKind.COUNTRY else None
    return _AXES.get(purpose)
