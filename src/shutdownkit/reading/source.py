"""What a source is: an adapter to a provider of measurements.

A plugin registers a factory, ``Callable[[SourceConfig], Source]``, under the entry-point group
``shutdownkit.sources``; the built-in sources come through the same group.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol, runtime_checkable

from attrs import field, frozen

from ..errors import InvalidValueError, NotServedError
from ..model.account import BlindSpot, InstrumentFault, Observation, SourceFailure
from ..model.checks import all_of, duration, flag, instance, instant, member, store, text
from ..model.entity import EntityKind
from ..model.kinds import SignalKind
from ..model.service_tests import ServiceTests
from ..model.signal import Signal
from ..model.window import TimeWindow
from .http.client import HttpClient
from .http.request import Secret
from .query import Query

__all__ = [
    "SLUG",
    "Answered",
    "Checkable",
    "Source",
    "SourceConfig",
    "SourceFactory",
    "SourceInfo",
    "SourceResult",
]

_CALENDAR: Final = TimeWindow("0001-01-08", "9999-12-25")
"""A week from either end of the calendar: whole bins, days and weeks around a time are still times."""

SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What the name of a source is like."""


@frozen
class Answered:
    """A time for which a provider answered about a kind, whether or not it had measured anything."""

    kind: SignalKind
    window: TimeWindow
    subject: str | None = None

    def __attrs_post_init__(self) -> None:
        instance("Answered.kind", SignalKind, self.kind)
        instance("Answered.window", TimeWindow, self.window)
        if self.subject is not None:
            text("Answered.subject", self.subject)


@frozen
class SourceResult:
    """What a source gave.

    Attributes:
        signals: of the query's entity, over the query's span (window and history) as far as the
            provider answered; what nobody measured is NaN.
        coverage: the times for which the provider answered.
        notices: what a reader of a report must know.
        observations: what the provider's own detectors say; a cross-check, never judged.
        faults: times in which the instrument failed, as far as the source can tell.
        failures: what was asked and not answered, though the rest came.
        tests: single tests of services, of the query's entity and, for comparison, of others.
    """

    signals: tuple[Signal, ...]
    coverage: tuple[Answered, ...] = ()
    notices: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()
    faults: tuple[InstrumentFault, ...] = ()
    failures: tuple[SourceFailure, ...] = ()
    tests: tuple[ServiceTests, ...] = ()

    def __attrs_post_init__(self) -> None:
        store(self, "signals", all_of("SourceResult.signals", Signal, self.signals))
        store(self, "coverage", all_of("SourceResult.coverage", Answered, self.coverage))
        store(self, "notices", all_of("SourceResult.notices", str, self.notices))
        store(self, "observations", all_of("SourceResult.observations", Observation, self.observations))
        store(self, "faults", all_of("SourceResult.faults", InstrumentFault, self.faults))
        store(self, "failures", all_of("SourceResult.failures", SourceFailure, self.failures))
        store(self, "tests", all_of("SourceResult.tests", ServiceTests, self.tests))


def _frozen_steps(steps: Mapping[str, timedelta]) -> Mapping[str, timedelta]:
    checked = {name: duration(f"SourceInfo.native_steps[{name}]", step) for name, step in steps.items()}
    return MappingProxyType(dict(sorted(checked.items())))


@frozen
class SourceInfo:
    """What a source serves, on which terms, and what it cannot see.

    Attributes:
        name: the slug it is registered under.
        title: its name for people.
        kinds: what it measures.
        entity_kinds: about whom.
        native_steps: the length of a bin as the provider gives it, by the name of the kind.
        longest_window: the longest window with its history that it serves in one query; None where
            there is no bound.
        licence: the provider's licence for the data.
        needs_key: whether it works only with a key (from the environment).
        blind_to: what it cannot see even where it measures.
        homepage: where people read about the provider.
        earliest: since when there are data, or None where that is not known.
        delay: how long after a time its values may still be missing or grow.
    """

    name: str
    title: str
    kinds: tuple[SignalKind, ...]
    entity_kinds: frozenset[EntityKind]
    native_steps: Mapping[str, timedelta] = field(converter=_frozen_steps, hash=False)
    licence: str
    blind_to: tuple[BlindSpot, ...]
    homepage: str
    longest_window: timedelta | None = None
    needs_key: bool = False
    earliest: datetime | None = None
    delay: timedelta = timedelta(0)

    def __attrs_post_init__(self) -> None:
        for name in ("name", "title", "licence", "homepage"):
            text(f"SourceInfo.{name}", getattr(self, name))
        if not SLUG.fullmatch(self.name):
            raise InvalidValueError(
                "SourceInfo.name", self.name, "is not lower-case letters, digits and hyphens"
            )
        store(self, "kinds", all_of("SourceInfo.kinds", SignalKind, self.kinds))
        if not self.kinds:
            raise InvalidValueError("SourceInfo.kinds", self.kinds, "is empty: it measures nothing")
        store(self, "entity_kinds", frozenset(self.entity_kinds))
        for kind in self.entity_kinds:
            member("SourceInfo.entity_kinds", EntityKind, kind)
        for name in self.native_steps:
            if name not in {kind.name for kind in self.kinds}:
                raise InvalidValueError("SourceInfo.native_steps", name, "is none of its kinds")
        store(self, "blind_to", all_of("SourceInfo.blind_to", BlindSpot, self.blind_to))
        flag("SourceInfo.needs_key", self.needs_key)
        if self.longest_window is not None:
            store(self, "longest_window", duration("SourceInfo.longest_window", self.longest_window))
        if self.earliest is not None:
            store(self, "earliest", instant("SourceInfo.earliest", self.earliest))
        store(self, "delay", duration("SourceInfo.delay", self.delay, zero=True))

    def check_serves(self, query: Query) -> None:
        """Check that the source can answer a query at all, before anything is asked.

        Raises:
            NotServedError: says what it does not serve.
        """
        if query.entity.kind not in self.entity_kinds:
            served = ", ".join(sorted(kind.value for kind in self.entity_kinds))
            raise NotServedError(
                f"does not serve a {query.entity.kind.value} such as {query.entity}; it serves: {served}"
            )
        if not any(query.wants(kind) for kind in self.kinds):
            raise NotServedError(f"measures none of {', '.join(query.kinds or ())}")
        if self.longest_window is not None and query.span.duration > self.longest_window:
            raise NotServedError(
                f"serves at most {self.longest_window.days} days at a time, "
                f"history included, not {query.span.duration.days}"
            )
        if self.earliest is not None and query.window.end <= self.earliest:
            raise NotServedError(f"has no data before {self.earliest.date()}")
        if query.span.start < _CALENDAR.start or query.span.end > _CALENDAR.end:
            raise NotServedError(f"has nothing of {query.span}: at the edge of the calendar")


@runtime_checkable
class Source(Protocol):
    """An adapter to a provider.  New abilities come as further protocols, never as more methods here."""

    @property
    def info(self) -> SourceInfo:
        """What it serves; the same at every call, without asking the provider."""
        ...

    def fetch(self, query: Query, /) -> SourceResult:
        """Ask the provider.

        Raises:
            ProviderError: where nothing came.  What came before a failure is returned, with the failure
                in the result.
        """
        ...


@runtime_checkable
class Checkable(Protocol):
    """A source that can tell whether its provider answers as it should, with one small question."""

    def check(self) -> None:
        """Ask the provider something small.

        Raises:
            ProviderError: where it does not answer as it should.
        """
        ...


@frozen
class SourceConfig:
    """What a source is made with.

    Attributes:
        name: the slug that the source was asked for by.
        http: the one client for all of its HTTP.
        base_url: replaces the provider's base address, without a slash at the end; None for the usual.
        argument: what followed the name after a colon, as in ``archive:PATH``; None where nothing did.
        key: the provider's key, from the environment (``SHUTDOWNKIT_NAME_KEY``), or None.
    """

    name: str
    http: HttpClient
    base_url: str | None = None
    argument: str | None = None
    key: Secret | None = None

    def check_no_argument(self) -> None:
        """Check that nothing followed the name, for a source that takes nothing.

        Raises:
            InvalidValueError: names the source and what followed.
        """
        if self.argument is not None:
            raise InvalidValueError(self.name, self.argument, "is given to a source that takes no argument")


SourceFactory = Callable[[SourceConfig], Source]
