"""A failure that goes with the version of the instrument is a defect of the instrument.

OONI's signal test failed in some versions after Signal changed its certificates (ooni/backend#679), and
OONI names the discriminator: a failure that correlates with the probe's attributes and not with the
network is the instrument's (ooni/data, docs/ontology.md).  One version that is alone in use says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from attrs import evolve

from ...model.entity import Entity
from ...model.service_tests import Outcome, ServiceTest, Strength
from .timeline import Timeline, known_runs

__all__ = ["BROKEN_VERSION", "without_broken_instruments"]

BROKEN_VERSION = "broken version of the test"

# Proposals.
_ABOUT = timedelta(days=1)  # about the same time
_RUNS = 3  # of other instruments, that reached the subject
_NETWORKS = 2  # on which the instrument fails


def without_broken_instruments(
    tests: Sequence[ServiceTest], others: Iterable[ServiceTest]
) -> Iterator[ServiceTest]:
    """The tests, those DISCARDED that failed for one version of the instrument only.

    That is: at about that time no other instrument failed at the subject on that network, at least three
    runs of others reached it, one of them afterwards; and this one fails at it on another network, or in
    another country.  What is known of a version so holds as long as no other instrument fails beside it:
    also when all have moved to that version.

    Args:
        tests: of the entity in question.
        others: of any other place.
    """
    places: dict[tuple[str, str], set[tuple[Entity | None, Entity | None]]] = defaultdict(set)
    for test in (*tests, *others):
        if _suspect(test):
            places[test.instrument, test.subject].add((test.country, test.network))
    beside: dict[tuple[Entity | None, str], list[ServiceTest]] = defaultdict(list)
    for test in tests:
        if test.usable:
            beside[test.network, test.subject].append(test)
    timelines = {where: Timeline.of(found) for where, found in beside.items()}

    def around(test: ServiceTest) -> Sequence[ServiceTest]:
        return timelines[test.network, test.subject].around(test.time, _ABOUT)

    known = {
        (test.instrument, test.subject)
        for test in tests
        if _suspect(test)
        and test.network is not None
        and _is_everywhere(places[test.instrument, test.subject])
        and _alone_fails(test, around(test))
    }
    for test in tests:
        if (
            (test.instrument, test.subject) in known
            and _suspect(test)
            and not _others_fail(test, around(test))
        ):
            reason = f"{BROKEN_VERSION}: {test.instrument}"
            yield evolve(test, outcome=Outcome.DISCARDED, strength=None, reason=reason)
        else:
            yield test


def _suspect(test: ServiceTest) -> bool:
    return test.failed and test.strength is not Strength.CONFIRMED and bool(test.instrument)


def _is_everywhere(places: set[tuple[Entity | None, Entity | None]]) -> bool:
    networks = {network for _, network in places if network is not None}
    countries = {country for country, _ in places if country is not None}
    return len(networks) >= _NETWORKS or len(countries) > 1


def _alone_fails(test: ServiceTest, beside: Sequence[ServiceTest]) -> bool:
    """Whether others reached the subject beside a test that failed, and none failed."""
    if _others_fail(test, beside):
        return False
    reached = [one for one in beside if not one.failed and one.instrument not in {test.instrument, ""}]
    return len(known_runs(reached)) >= _RUNS and any(one.time >= test.time for one in reached)


def _others_fail(test: ServiceTest, beside: Sequence[ServiceTest]) -> bool:
    """Whether another instrument failed beside a test, or a block page came."""
    failed = (one for one in beside if one.failed)
    return any(one.instrument != test.instrument or one.strength is Strength.CONFIRMED for one in failed)
