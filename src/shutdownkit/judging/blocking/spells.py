"""When a service began to fail on a network, and when it came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ...model.service_tests import Layer, Outcome, ServiceTest, Strength
from .pooling import follow_together
from .sequential import Failing
from .spell import Spell
from .spell_settings import DEFAULT_SPELLS, SpellSettings
from .streams import Hour, hours_of, streams_of

__all__ = ["DEFAULT_SPELLS", "SpellSettings", "find_spells"]


def find_spells(
    tests: Iterable[ServiceTest], *, settings: SpellSettings = DEFAULT_SPELLS
) -> tuple[Spell, ...]:
    """The spells in which a subject failed on a network, ordered by when they began, subject and network.

    A spell says that tests fail where they used to work, or never worked; it does not say who did it.  It
    takes failures in two hours and of two runs, where runs are known.  Silence neither begins nor ends one.

    Args:
        tests: those of one country, in any order.  Those that say nothing of whether a service could be
            reached are left out.
        settings: what it takes.
    """
    found: list[Spell] = []
    for networks in streams_of(tests).values():
        hours = {
            network: hours_of(stream, witnesses=settings.witnesses) for network, stream in networks.items()
        }
        for network, follower in follow_together(hours, settings).items():
            found.extend(_spell(networks[network], hours[network], one) for one in follower.failing)
    return tuple(sorted(found, key=_order))


def _order(spell: Spell) -> tuple[object, ...]:
    network = spell.network
    return spell.since, spell.subject, network is not None, () if network is None else (network,)


def _spell(stream: Sequence[ServiceTest], hours: Sequence[Hour], failing: Failing) -> Spell:
    since = next(test.time for test in hours[failing.first].tests if test.failed)
    until = None
    if failing.end is not None:
        until = next(test.time for test in hours[failing.end].tests if not test.failed)
    inside = [test for test in stream if since <= test.time and (until is None or test.time < until)]
    failed = [test for test in inside if test.failed]
    return Spell(
        subject=stream[0].subject,
        network=stream[0].network,
        since=since,
        last=failed[-1].time,
        worked=max((test.time for test in stream if not test.failed and test.time < since), default=None),
        until=until,
        tests=_count(inside),
        failed=_count(failed),
        confirmed=_count(test for test in failed if test.strength is Strength.CONFIRMED),
        weak=_count(test for test in failed if test.strength is Strength.WEAK),
        slowed=_count(test for test in failed if test.outcome is Outcome.SLOWED),
        runs=len({test.run for test in failed if test.run}),
        hours=len({test.time.replace(minute=0, second=0, microsecond=0) for test in failed}),
        layers=_layers(failed),
        alone=failing.alone,
    )


def _count(tests: Iterable[ServiceTest]) -> int:
    return sum(test.count for test in tests)


def _layers(failed: Iterable[ServiceTest]) -> tuple[tuple[Layer, int], ...]:
    counts: Counter[Layer] = Counter()
    for test in failed:
        if test.layer is not None:
            counts[test.layer] += test.count
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0].value)))
