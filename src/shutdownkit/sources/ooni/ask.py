"""One request to OONI: what it is for, and its parameters."""

from __future__ import annotations

import enum
from datetime import timedelta

from attrs import frozen

from ...model.entity import Entity, EntityKind
from ...model.window import TimeWindow

__all__ = ["APPS", "HOUR", "WEB", "Ask", "Purpose", "ask_of"]

HOUR = timedelta(hours=1)

APPS = ("facebook_messenger", "psiphon", "signal", "telegram", "tor", "whatsapp")
"""OONI's tests of one service each that end in a verdict; ``ndt`` and ``dash``, for one, never do."""

WEB = "web_connectivity"
"""OONI's test of sites."""


class Purpose(enum.Enum):
    """What a request is for, most valuable first; the value names it for people."""

    VOLUME = "measurements"
    WORLD = "measurements of the whole world"
    APPS = "tests of apps"
    CATEGORIES = "tests of sites by category"
    APP = "tests by network of the app"
    DOMAIN = "tests of the site"
    ANALYSIS = "how tests failed of the site"


_BY_NETWORK = frozenset({Purpose.VOLUME, Purpose.APP, Purpose.DOMAIN, Purpose.ANALYSIS})
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
    def topic(self) -> str:
        """What it asks about, for people."""
        about = f" {self.subject.partition(':')[2]}" if self.subject else ""
        return f"{self.purpose.value}{about}"

    @property
    def what(self) -> str:
        """What it asks, for people."""
        return f"{self.topic}, week of {self.chunk.start.date()}"


def ask_of(purpose: Purpose, entity: Entity, chunk: TimeWindow, subject: str | None = None) -> Ask:
    """The request for a week of an entity, and of a subject where the purpose is about one."""
    return Ask(purpose, chunk, _filters(purpose, _whom(entity), subject), _axis(purpose, entity), subject)


def _whom(entity: Entity) -> tuple[tuple[str, str], ...]:
    """Upper case: in lower case the provider knows no country and answers zeros, with status 200."""
    if entity.kind is EntityKind.ASN:
        return (("probe_asn", entity.code.upper()),)
    return (("probe_cc", entity.code.upper()),)


def _filters(
    purpose: Purpose, whom: tuple[tuple[str, str], ...], subject: str | None
) -> tuple[tuple[str, str], ...]:
    name = "" if subject is None else subject.partition(":")[2]
    domain = ("domain", name.lower())  # in capitals OONI knows no domain
    match purpose:
        case Purpose.WORLD:
            return ()
        case Purpose.VOLUME:
            return whom
        case Purpose.ANALYSIS:  # of sites alone; it takes the bare number of a network
            return (*((key, value.removeprefix("AS")) for key, value in whom), domain)
    tests = {Purpose.APPS: ",".join(APPS), Purpose.APP: name}.get(purpose, WEB)
    return (*whom, ("test_name", tests), *([domain] if purpose is Purpose.DOMAIN else []))


def _axis(purpose: Purpose, entity: Entity) -> str | None:
    if purpose in _BY_NETWORK:
        return "probe_asn" if entity.kind is EntityKind.COUNTRY else None
    return _AXES.get(purpose)
