"""Which service can be reached from which network: a row for each service, and for each category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ...model.entity import Entity
from ...model.reach import Discards, Reach, ServiceReach
from ...model.service_tests import Outcome, ServiceTest
from ...model.services import Service, Services
from ...model.window import TimeWindow
from .belonging import Belonging
from .elsewhere import FAILS_ELSEWHERE
from .network_reach import category_reach, service_reach
from .spell import Spell

__all__ = ["reach_table"]

_GRAVEST_FIRST = {reach: rank for rank, reach in enumerate(Reach)}
_NO_REASON = "no reason was given"


def reach_table(
    tests: Sequence[ServiceTest], spells: Sequence[Spell], services: Services, window: TimeWindow
) -> tuple[ServiceReach, ...]:
    """What the tests in a window say of each service, by network.

    Args:
        tests: of one entity, judged (see :func:`~.masks.judged_tests`), in any order and of any time.
        spells: of the same tests, of any time; those that overlap the window are what is blocked.
        services: those told apart.  A subject that none of them names has a row of its own; what is in a
            category counts in that of the category and in that of its service.
        window: what the table is about.

    Returns:
        The services, then the categories, each ordered by name; only what was tested in the window.
    """
    within = [test for test in tests if test.time in window]
    meant = [spell for spell in spells if _overlaps(spell, window)]
    subjects = {test.subject for test in within}
    belonging = Belonging.of(subjects, services)
    rows: dict[str, Service] = {service.name: service for service in belonging.services.values()}
    for found in belonging.categories.values():
        rows |= {service.name: service for service in found}
    by_row: dict[str, list[ServiceTest]] = defaultdict(list)
    spells_of: dict[str, list[Spell]] = defaultdict(list)
    for test in within:
        for name in _rows_of(test.subject, belonging):
            by_row[name].append(test)
    known = Belonging.of((spell.subject for spell in meant), services)
    for spell in meant:
        for name in _rows_of(spell.subject, known):
            spells_of[name].append(spell)
    return tuple(
        _row(service, by_row[service.name], spells_of[service.name])
        for service in sorted(rows.values(), key=lambda one: (one.category, one.name))
    )


def _rows_of(subject: str, belonging: Belonging) -> tuple[str, ...]:
    own = belonging.services[subject]
    return own.name, *(category.name for category in belonging.categories[subject])


def _overlaps(spell: Spell, window: TimeWindow) -> bool:
    """Whether a spell shares an instant with the window; one without an end lasts to its last test."""
    if spell.until is None:
        return spell.since < window.end and spell.last >= window.start
    return spell.window.overlaps(window)


def _row(service: Service, tests: Sequence[ServiceTest], spells: Sequence[Spell]) -> ServiceReach:
    by_network: dict[Entity | None, list[ServiceTest]] = defaultdict(list)
    for test in tests:
        by_network[test.network].append(test)
    judge = category_reach if service.category else service_reach
    networks = tuple(
        judge(network, by_network[network], [spell for spell in spells if spell.network == network])
        for network in sorted(by_network, key=lambda network: (network is not None, _number(network)))
    )
    return ServiceReach(
        service.name,
        service.title,
        tuple(sorted({test.subject for test in tests})),
        min((network.reach for network in networks), key=_GRAVEST_FIRST.__getitem__),
        networks,
        _discards(tests),
    )


def _number(network: Entity | None) -> tuple[Entity, ...]:
    return () if network is None else (network,)


def _discards(tests: Iterable[ServiceTest]) -> tuple[Discards, ...]:
    """What looked like blocking and does not count, by reason, the most first."""
    counts: dict[str, int] = defaultdict(int)
    for test in tests:
        if test.outcome is Outcome.DISCARDED or test.reason == FAILS_ELSEWHERE:
            counts[test.reason.strip() or _NO_REASON] += test.count
    return tuple(
        Discards(reason, count) for reason, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    )
