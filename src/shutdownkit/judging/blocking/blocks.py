"""Spells joined: over the networks of a country to blocks of a service, and blocks to what began together.

A national block is one thing, not one for every site and network.  Two belong together where they may have
begun together: each began between the last test that worked and the first that failed, and those times lie
within a day of each other.  What had ended before the other began, on the same network, is not the same:
a service that is blocked every night is blocked anew each night.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from attrs import define, field, frozen

from ...model.entity import Entity
from ...model.reach import Block, Blocking
from ...model.service_tests import Layer, ServiceTest
from ...model.services import Service, Services
from .spell import Spell

__all__ = ["blockings"]

T = TypeVar("T")

_TOGETHER = timedelta(hours=24)
"""How far apart may begin what belongs together: OONI's own evaluation tolerates as much (ooni/data,
branch event-validation, event_eval.py)."""

_ENOUGH = 2  # usable tests from which a network can be called open; a proposal


@frozen
class _Begun:
    """When something began: after ``after`` (None where nobody knows) and not after ``since``.

    ``streams`` are what it is of, and on which networks.
    """

    after: datetime | None
    since: datetime
    end: datetime
    streams: frozenset[tuple[str, Entity | None]]

    def together(self, other: _Begun) -> bool:
        """Whether the two may have begun together, and neither ended a day before the other began."""
        first, second = sorted((self, other), key=lambda one: one.since)
        if second.since > first.end + _TOGETHER:
            return False
        return second.after is None or second.after <= first.since + _TOGETHER


def blockings(
    tests: Sequence[ServiceTest], spells: Sequence[Spell], services: Services
) -> tuple[Blocking, ...]:
    """What was blocked, by what began together, ordered by when it began.

    Args:
        tests: of one country or network, after :func:`~shutdownkit.judging.blocking.weak.settle`.
        spells: those that stand.
    """
    sorted_out = _Tests.of(tests, spells, services)
    by_service: dict[str, list[Spell]] = defaultdict(list)
    for spell in spells:
        by_service[sorted_out.service(spell.subject).name].append(spell)
    blocks = [
        _block(group, sorted_out)
        for name in sorted(by_service)
        for group in _grouped(by_service[name], _begun_spell)
    ]
    found = [_blocking(group, blocks, sorted_out) for group in _grouped(blocks, _begun_block)]
    return tuple(sorted(found, key=lambda one: (one.blocks[0].since, one.blocks[0].service)))


@frozen(eq=False)
class _Tests:
    """The usable tests by service, in order of time, and which service each subject is of."""

    services: Mapping[str, Service]
    by_service: Mapping[str, Sequence[ServiceTest]]

    @classmethod
    def of(cls, tests: Sequence[ServiceTest], spells: Sequence[Spell], services: Services) -> _Tests:
        subjects = {test.subject for test in tests} | {spell.subject for spell in spells}
        known = {subject: services.of(subject) for subject in subjects}
        by_service: dict[str, list[ServiceTest]] = defaultdict(list)
        for test in sorted(tests, key=lambda one: one.time):
            if test.usable:
                by_service[known[test.subject].name].append(test)
        return cls(known, by_service)

    def service(self, subject: str) -> Service:
        return self.services[subject]

    def between(self, name: str, first: datetime, last: datetime) -> Sequence[ServiceTest]:
        """Those of a service made from one time up to another, both included."""
        there = self.by_service.get(name, ())
        begin = bisect_left(there, first, key=lambda one: one.time)
        return there[begin : bisect_right(there, last, key=lambda one: one.time)]


def _begun_spell(spell: Spell) -> _Begun:
    stream = spell.subject, spell.network
    return _Begun(spell.worked, spell.since, spell.window.end, frozenset({stream}))


def _begun_block(block: Block) -> _Begun:
    streams = {(block.service, network) for network in block.networks or (None,)}
    end = block.last if block.until is None else block.until
    return _Begun(block.worked, block.since, end, frozenset(streams))


@define
class _Group(Generic[T]):
    """What began together, and until when each stream of it failed."""

    items: list[T] = field(factory=list)
    begun: list[_Begun] = field(factory=list)
    ends: dict[tuple[str, Entity | None], datetime] = field(factory=dict)

    def takes(self, begun: _Begun) -> bool:
        """Whether one more may have begun together with any, and began anew of none."""
        again = any(stream in self.ends and self.ends[stream] < begun.since for stream in begun.streams)
        return not again and any(begun.together(other) for other in self.begun)

    def add(self, item: T, begun: _Begun) -> None:
        self.items.append(item)
        self.begun.append(begun)
        for stream in begun.streams:
            self.ends[stream] = max(begun.end, self.ends.get(stream, begun.end))


def _grouped(items: Iterable[T], begun: Callable[[T], _Begun]) -> list[list[T]]:
    """Items ordered by when they began, each put to the first group that has one it began with."""
    groups: list[_Group[T]] = []
    for item in sorted(items, key=lambda one: (begun(one).since, begun(one).end, repr(one))):
        when = begun(item)
        group = next((group for group in groups if group.takes(when)), None)
        if group is None:
            group = _Group()
            groups.append(group)
        group.add(item, when)
    return [group.items for group in groups]


def _block(spells: Sequence[Spell], tests: _Tests) -> Block:
    service = tests.service(spells[0].subject)
    streams = {(spell.subject, spell.network) for spell in spells}
    subjects = {spell.subject for spell in spells}
    since, last = min(s.since for s in spells), max(s.last for s in spells)
    until = _until(spells)
    meanwhile = tests.between(service.name, since, last)
    blocking = {spell.network for spell in spells}
    inside = [test for test in meanwhile if (test.subject, test.network) in streams]
    failed = [test for test in inside if test.failed]
    elsewhere = _by_network(test for test in meanwhile if test.network not in blocking)
    opened = {network for network, there in elsewhere.items() if _works(there)}
    return Block(
        service=service.name,
        title=service.title,
        subjects=tuple(sorted(subjects)),
        since=since,
        last=last,
        worked=_worked(spells),
        until=until,
        slowed=2 * sum(s.slowed for s in spells) > sum(s.failed for s in spells),
        how=_how(spells),
        networks=_known(blocking),
        open=_known(opened),
        unclear=_known(elsewhere.keys() - opened),
        tests=sum(spell.tests for spell in spells),
        failed=sum(spell.failed for spell in spells),
        confirmed=sum(spell.confirmed for spell in spells),
        runs=len({test.run for test in failed if test.run}),
        hours=len({_hour(test.time) for test in failed}) or max(spell.hours for spell in spells),
    )


def _until(spells: Sequence[Spell]) -> datetime | None:
    """When all of it worked again; None while any of it fails.

    A network whose tests merely stopped before the others worked again is not known to fail any longer.
    """
    ended = [spell.until for spell in spells if spell.until is not None]
    if not ended:
        return None
    latest = max(ended)
    return latest if all(s.last <= latest for s in spells if s.until is None) else None


def _worked(spells: Sequence[Spell]) -> datetime | None:
    """The last test that worked before any failed; of spells that began later nothing is said."""
    since = min(spell.since for spell in spells)
    known = [spell.worked for spell in spells if spell.worked is not None and spell.worked <= since]
    return max(known, default=None)


def _how(spells: Sequence[Spell]) -> tuple[Layer, ...]:
    counts: dict[Layer, int] = defaultdict(int)
    for spell in spells:
        for layer, count in spell.layers:
            counts[layer] += count
    return tuple(sorted(counts, key=lambda layer: (-counts[layer], layer.value)))


def _blocking(blocks: Sequence[Block], known: Iterable[Block], tests: _Tests) -> Blocking:
    """The blocks with what else was tested on the same networks while they lasted.

    What was blocked there since another time is neither what worked nor what merely failed.
    """
    blocked = {block.service for block in blocks}
    networks = {network for block in blocks for network in block.networks}
    since, last = min(block.since for block in blocks), max(block.last for block in blocks)
    others = {
        name: [test for test in tests.between(name, since, last) if test.network in networks]
        for name in tests.by_service
        if name not in blocked
    }
    blocked |= {
        block.service
        for block in known
        if block.since <= last and since <= block.last and not networks.isdisjoint(block.networks)
    }
    held = {name for name, there in others.items() if _works(there)}
    failing = {
        name for name, there in others.items() if name not in held | blocked and _usable(there) >= _ENOUGH
    }
    return Blocking(tuple(blocks), tuple(sorted(held)), tuple(sorted(failing)))


def _by_network(tests: Iterable[ServiceTest]) -> dict[Entity | None, list[ServiceTest]]:
    found: dict[Entity | None, list[ServiceTest]] = defaultdict(list)
    for test in tests:
        found[test.network].append(test)
    return found


def _works(tests: Sequence[ServiceTest]) -> bool:
    failed = sum(test.count for test in tests if test.failed)
    return _usable(tests) >= _ENOUGH and 2 * failed < _usable(tests)


def _usable(tests: Sequence[ServiceTest]) -> int:
    return sum(test.count for test in tests if test.usable)


def _known(networks: Iterable[Entity | None]) -> tuple[Entity, ...]:
    return tuple(sorted(network for network in networks if network is not None))


def _hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)
