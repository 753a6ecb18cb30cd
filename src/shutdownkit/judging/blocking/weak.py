"""Failures that need company: an answer or a page that merely differs from the control's.

Many sites answer by place (geo-DNS, networks of caches) or are set up wrongly, so that such a failure is the
usual false alarm of tests of sites (OONI's rule for an answer that matches nothing gives 0.75, not 1, and
names it "likely false positive").  It counts where the same site fails there in a way that a working site
does not, or where several services are seen to begin to differ at once: one site's own fault touches no other
site.  What differed from its first test on was not seen to begin: measuring began then.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from ...model.entity import Entity
from ...model.service_tests import Layer, Outcome, ServiceTest, Strength
from ...model.services import Services
from .spell import Spell
from .spells import find_spells

__all__ = ["Settled", "settle"]

_TOGETHER = timedelta(hours=24)  # as OONI's own evaluation joins what it found (ooni/data, event_eval.py)
# Proposals.
_SERVICES = 3  # services that begin to differ together
_SEEN = timedelta(days=14)  # a beginning later than this after the last test that worked was not seen
_RESOLVERS = 2  # networks on which they do, where only DNS answers differ: one may have changed its resolver
_NOT_WEAK = 0.2  # of the failures of a spell, for it to be more than some faults among answers that differ

_WHY = {
    Layer.DNS: "only its DNS answers differ from the control's, as those of many sites do by place or by "
    "their own fault",
    Layer.HTTP: "only its page differs from the control's, as that of many sites does by place",
}
_WHY_ELSE = "the provider calls it an anomaly and does not say what failed"


@frozen
class Settled:
    """The tests with those failures discarded that found no company, and the spells that stand."""

    tests: tuple[ServiceTest, ...]
    spells: tuple[Spell, ...]


def settle(tests: Sequence[ServiceTest], services: Services) -> Settled:
    """Find the spells and decide about weak failures.

    Args:
        tests: of one country or network, in any order, already without what must not count.
    """
    if not any(test.strength is Strength.WEAK for test in tests):
        return Settled(tuple(tests), find_spells(tests))
    plain = _Streams.of(find_spells(test for test in tests if test.strength is not Strength.WEAK))
    every = find_spells(tests)
    company = _Company.of(every, services)
    standing = [spell for spell in every if _is_plain(spell, plain) or company.has(spell)]
    whole = _Streams.of(standing)
    standing += [spell for spell in plain.spells() if not whole.meeting(spell)]
    streams = _Streams.of(standing)
    return Settled(tuple(_settled(test, streams) for test in tests), tuple(sorted(standing, key=_order)))


def _order(spell: Spell) -> tuple[object, ...]:
    return (spell.since, spell.subject, spell.network is not None, spell.network)


def _is_plain(spell: Spell, plain: _Streams) -> bool:
    """Whether the site failed in it as a working one does not, and not in a few faults only."""
    return spell.failed - spell.weak >= _NOT_WEAK * spell.failed and plain.meeting(spell)


@frozen(eq=False)
class _Streams:
    """Spells by subject and network.  Those of one stream never overlap, so that each is soon found."""

    by_stream: Mapping[tuple[str, Entity | None], Sequence[Spell]]

    @classmethod
    def of(cls, spells: Iterable[Spell]) -> _Streams:
        found: dict[tuple[str, Entity | None], list[Spell]] = defaultdict(list)
        for spell in sorted(spells, key=lambda one: one.since):
            found[spell.subject, spell.network].append(spell)
        return cls(found)

    def spells(self) -> Iterable[Spell]:
        return (spell for spells in self.by_stream.values() for spell in spells)

    def meeting(self, spell: Spell) -> bool:
        """Whether one of the same stream shares time with a spell."""
        return self._any_within(spell.subject, spell.network, spell.since, spell.window.end)

    def covers(self, test: ServiceTest) -> bool:
        """Whether a test was made in one."""
        return self._any_within(test.subject, test.network, test.time, test.time)

    def _any_within(self, subject: str, network: Entity | None, first: datetime, last: datetime) -> bool:
        spells = self.by_stream.get((subject, network), ())
        begun = bisect_right(spells, last, key=lambda one: one.since)
        return begun > 0 and spells[begun - 1].window.end >= first


@frozen(eq=False)
class _Company:
    """On each network when which services were seen to begin to fail, in order."""

    services: Mapping[str, str]  # names, by subject
    begun: Mapping[Entity | None, Sequence[tuple[datetime, str]]]

    @classmethod
    def of(cls, spells: Iterable[Spell], services: Services) -> _Company:
        seen = [spell for spell in spells if _was_seen(spell)]
        names = {subject: services.of(subject).name for subject in {spell.subject for spell in seen}}
        begun: dict[Entity | None, list[tuple[datetime, str]]] = defaultdict(list)
        for spell in seen:
            begun[spell.network].append((spell.since, names[spell.subject]))
        return cls(names, {network: sorted(found) for network, found in begun.items()})

    def has(self, spell: Spell) -> bool:
        """Whether enough services began to fail together with a spell, on enough networks."""
        if not _was_seen(spell) or not self._together(spell.network, spell.since):
            return False
        if [layer for layer, _ in spell.layers] != [Layer.DNS]:
            return True
        networks = sum(network is not None and self._together(network, spell.since) for network in self.begun)
        return networks >= _RESOLVERS

    def _together(self, network: Entity | None, since: datetime) -> bool:
        begun = self.begun[network]
        first = bisect_left(begun, -_TOGETHER, key=lambda one: one[0] - since)
        last = bisect_right(begun, _TOGETHER, key=lambda one: one[0] - since)
        return len({name for _, name in begun[first:last]}) >= _SERVICES


def _was_seen(spell: Spell) -> bool:
    """Whether it is known when it began: it worked not long before."""
    return spell.worked is not None and spell.since - spell.worked <= _SEEN


def _settled(test: ServiceTest, standing: _Streams) -> ServiceTest:
    if test.strength is not Strength.WEAK or standing.covers(test):
        return test
    why = _WHY.get(test.layer, _WHY_ELSE) if test.layer is not None else _WHY_ELSE
    return evolve(test, outcome=Outcome.DISCARDED, strength=None, reason=why)
