"""What all sources together gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from attrs import evolve, field, frozen

from ..model.account import Account, BlindSpot, SourceFailure
from ..model.checks import all_of, instance, store
from ..model.entity import Entity
from ..model.service_tests import ServiceTest, ServiceTests
from ..model.signal import Signal
from .query import Query
from .saying import one_line
from .source import SourceResult

__all__ = ["Gathered", "account_of", "elsewhere", "in_order"]


def _by_name(results: Mapping[str, SourceResult]) -> Mapping[str, SourceResult]:
    return MappingProxyType(dict(sorted(results.items())))


@frozen
class Gathered:
    """What the sources gave to one query; the same whichever of them answered first.

    Attributes:
        query: what was asked.
        results: by the names of the sources that answered about the query's entity, in order.
        failures: what was asked and not answered, by source.
        controls: signals of the entities that were asked about for comparison, ordered.
        control_tests: single tests of services that came with those entities, by source, then entity.
        account: all that the sources said beside their signals: the failures, and of the sources that
            answered what they cannot see, among others.
    """

    query: Query
    results: Mapping[str, SourceResult] = field(converter=_by_name, hash=False)
    failures: tuple[SourceFailure, ...] = ()
    controls: tuple[Signal, ...] = ()
    account: Account = field(factory=Account)
    control_tests: tuple[ServiceTests, ...] = ()

    def __attrs_post_init__(self) -> None:
        instance("Gathered.query", Query, self.query)
        for name, result in self.results.items():
            instance(f"Gathered.results[{name}]", SourceResult, result)
        store(self, "failures", all_of("Gathered.failures", SourceFailure, self.failures))
        store(self, "controls", in_order(all_of("Gathered.controls", Signal, self.controls)))
        instance("Gathered.account", Account, self.account)
        store(self, "control_tests", all_of("Gathered.control_tests", ServiceTests, self.control_tests))

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The signals of the entity that were asked for, ordered by kind and subject, then source."""
        return in_order(
            signal
            for result in self.results.values()
            for signal in result.signals
            if self.query.wants(signal.kind)
        )

    @property
    def tests(self) -> tuple[ServiceTests, ...]:
        """All single tests: what came about the entity, by source, then what came with the controls."""
        own = (tests for result in self.results.values() for tests in result.tests)
        return (*own, *self.control_tests)

    @property
    def answered(self) -> bool:
        """Whether any source answered.  One that gave failures and nothing else did not."""
        return any(
            result.signals or result.tests or result.coverage or not result.failures
            for result in self.results.values()
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (
            self.query,
            dict(self.results),
            self.failures,
            self.controls,
            self.account,
            self.control_tests,
        )


def in_order(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Signals by entity, kind and subject; of those that share all three, in the order given."""
    return tuple(sorted(signals, key=lambda one: (one.entity, one.kind.name, one.subject or "")))


def elsewhere(entity: Entity, given: Iterable[ServiceTests]) -> tuple[ServiceTests, ...]:
    """What came with controls, without the tests of the entity itself: those came with its own answer.

    A country that is compared with one of its networks has that network's tests among its own.
    """
    kept = (
        evolve(one, tests=tuple(test for test in one.tests if entity not in {test.country, test.network}))
        for one in given
    )
    return tuple(one for one in kept if one.tests)


def account_of(
    query: Query,
    failures: Iterable[SourceFailure],
    results: Mapping[str, SourceResult],
    controls: Iterable[SourceResult],
    blind_spots: Iterable[BlindSpot],
) -> Account:
    """What the sources said beside their signals, each thing once, in the order of the sources' names.

    Of the controls only the faults count: what else is said of them is about other entities.  Last come the
    notices of what nobody gave although it was asked for, and of what several gave.
    """
    ordered = [results[name] for name in sorted(results)]
    told = (one for result in ordered for one in result.notices)
    return Account(
        failures=tuple(dict.fromkeys(failures)),
        faults=tuple(dict.fromkeys(one for result in (*ordered, *controls) for one in result.faults)),
        observations=tuple(dict.fromkeys(one for result in ordered for one in result.observations)),
        blind_spots=tuple(dict.fromkeys(blind_spots)),
        notices=tuple(dict.fromkeys((*told, *_lacking(query, results), *_shared(query, results)))),
    )


def _lacking(query: Query, results: Mapping[str, SourceResult]) -> Iterator[str]:
    """What was named in the query and nobody gave: misspelt, measured by nobody asked, or lost."""
    if not results:
        return
    signals = [signal for result in results.values() for signal in result.signals]
    tested = {test.subject for result in results.values() for test in _tests(result)}
    missing = set(query.kinds or ()) - {signal.kind.name for signal in signals}
    missing |= {
        subject
        for subject in set(query.subjects) - {signal.subject for signal in signals}
        if subject.lower() not in tested
    }
    for name in sorted(missing):
        yield f"{one_line(name)} was asked for, and no source gave it."


def _shared(query: Query, results: Mapping[str, SourceResult]) -> Iterator[str]:
    """What several sources gave: a reader must not take one kind of measurement for several witnesses."""
    givers: dict[str, list[str]] = {}
    for source, result in sorted(results.items()):
        given = {signal.name for signal in result.signals if query.wants(signal.kind)}
        for name in given | {f"tests of {test.subject}" for test in _tests(result)}:
            givers.setdefault(name, []).append(source)
    for name, sources in sorted(givers.items()):
        if len(sources) > 1:
            names = " and ".join((", ".join(sources[:-1]), sources[-1]))
            yield f"{one_line(name)} was given by {names}: readings of one kind, not independent witnesses."


def _tests(result: SourceResult) -> Iterator[ServiceTest]:
    return (test for tests in result.tests for test in tests.tests)
