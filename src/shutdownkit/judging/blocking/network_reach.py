"""Whether one service, or one category of sites, can be reached from one network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ...model.entity import Entity
from ...model.reach import NetworkReach, Reach
from ...model.service_tests import Layer, Outcome, ServiceTest, Strength
from ...model.services import site
from .spell import Spell
from .timeline import hour_of, known_runs

__all__ = ["category_reach", "service_reach"]

# Proposals all: OONI names "no specific number" of measurements as enough.
_TESTS = 3  # that say anything, to say that a service can be reached
_HOURS = 2  # of the clock, in which they were made
_DOWN = 2  # tests that failed for the control, or elsewhere, as well, to say that it is down
_SITES = 2  # blocked, to say that a category is
_SITES_SHARE = 0.1  # of those tested


def service_reach(
    network: Entity | None, tests: Sequence[ServiceTest], spells: Sequence[Spell]
) -> NetworkReach:
    """Whether a service can be reached.

    Blocked, or slowed, in a spell of that; else down, where at least half of the tests (and two) failed
    for the control or elsewhere as well; else reached, where at least three tests in two hours say so
    and fewer than half failed; else nobody could tell.

    Args:
        network: None for the tests of probes that did not know theirs.
        tests: of the service on that network, in the window; at least one.
        spells: of the service on that network, that overlap the window.
    """
    if spells:
        slowed = all(_is_slowed(spell) for spell in spells)
        return _found(network, tests, Reach.SLOWED if slowed else Reach.BLOCKED)
    return _without_spell(network, tests)


def category_reach(
    network: Entity | None, tests: Sequence[ServiceTest], spells: Sequence[Spell]
) -> NetworkReach:
    """Whether a category of sites can be reached.

    One blocked site does not make a blocked category: it takes two, and a tenth of those tested.  What
    is not blocked by that is judged as a service is, by all of its tests together.

    Args:
        network, tests, spells: as for a service.
    """
    slowed: dict[str, bool] = {}
    for spell in spells:
        name = site(spell.subject)
        slowed[name] = slowed.get(name, True) and _is_slowed(spell)
    tested = {site(test.subject) for test in tests if test.usable} | set(slowed)
    blocked = sum(not slow for slow in slowed.values())
    if _are_many(blocked, tested):
        return _found(network, tests, Reach.BLOCKED)
    if _are_many(len(slowed), tested):
        return _found(network, tests, Reach.SLOWED)
    if slowed:
        few = f"{len(slowed)} of {len(tested)} sites blocked or slowed: too few to say so of all"
        return _without_spell(network, tests, few)
    return _without_spell(network, tests)


def _are_many(sites: int, tested: set[str]) -> bool:
    return sites >= _SITES and sites >= _SITES_SHARE * len(tested)


def _is_slowed(spell: Spell) -> bool:
    return 2 * spell.slowed > spell.failed


def _without_spell(network: Entity | None, tests: Sequence[ServiceTest], why: str = "") -> NetworkReach:
    down = _count(test for test in tests if test.outcome is Outcome.DOWN)
    usable = [test for test in tests if test.usable]
    said, failed = _count(usable), _count(test for test in usable if test.failed)
    if down >= _DOWN and down >= said:
        return _found(network, tests, Reach.DOWN, why or _commonest_reason(tests, Outcome.DOWN))
    lack = _lack(tests, usable)
    if lack:
        return _found(network, tests, Reach.INSUFFICIENT, lack)
    if failed and not why:
        why = f"{failed} of {said} failed: too few, or too scattered, to call it blocking"
    return _found(network, tests, Reach.OK if 2 * failed < said else Reach.INSUFFICIENT, why)


def _lack(tests: Sequence[ServiceTest], usable: Sequence[ServiceTest]) -> str:
    """Why the tests are too few to say that a service can be reached; empty where they are not."""
    said, hours = _count(usable), len({hour_of(test.time) for test in usable})
    if said >= _TESTS and hours >= _HOURS:
        return ""
    if not said:
        return _nobody_could_tell(tests)
    number = "1 test" if said == 1 else f"{said} tests"
    lack = number if hours >= _HOURS else f"{number} in one hour"
    others = _count(tests) - said
    return f"{lack}; {others} more say nothing: {_nobody_could_tell(tests)}" if others else lack


def _nobody_could_tell(tests: Sequence[ServiceTest]) -> str:
    """The commonest of the ways in which tests said nothing of blocking."""
    ways: dict[str, int] = defaultdict(int)
    for test in tests:
        if test.outcome is Outcome.UNKNOWN and test.control is False:
            ways["the control failed"] += test.count
        elif test.outcome is Outcome.UNKNOWN:
            ways[test.reason.strip() or "nobody could tell"] += test.count
        elif test.outcome is Outcome.DISCARDED:
            ways[test.reason.strip() or "it was known not to be blocking"] += test.count
        elif test.outcome is Outcome.DOWN:
            ways[test.reason.strip() or "the service was down"] += test.count
    way, count = min(ways.items(), key=lambda one: (-one[1], one[0]))
    return f"{way} in {count} of {_count(tests)}"


def _commonest_reason(tests: Iterable[ServiceTest], outcome: Outcome) -> str:
    reasons: dict[str, int] = defaultdict(int)
    for test in tests:
        if test.outcome is outcome:
            reasons[test.reason.strip()] += test.count
    return min(reasons, key=lambda reason: (-reasons[reason], reason))


def _count(tests: Iterable[ServiceTest]) -> int:
    return sum(test.count for test in tests)


def _found(
    network: Entity | None, tests: Sequence[ServiceTest], reach: Reach, reason: str = ""
) -> NetworkReach:
    usable = [test for test in tests if test.usable]
    failed = [test for test in usable if test.failed]
    layers: dict[Layer, int] = defaultdict(int)
    for test in failed:
        if test.layer is not None:
            layers[test.layer] += test.count
    return NetworkReach(
        network,
        reach,
        tests=_count(usable),
        failed=_count(failed),
        confirmed=_count(test for test in failed if test.strength is Strength.CONFIRMED),
        runs=len(known_runs(usable)),
        how=tuple(sorted(layers, key=lambda layer: (-layers[layer], layer.value))),
        reason=reason,
    )
