"""What must not count as blocking: the tests of one entity, those masked that failed for another reason."""

from __future__ import annotations

from collections.abc import Iterable

from ...model.entity import Entity, EntityKind
from ...model.service_tests import ServiceTest
from ...model.services import Services
from .belonging import Belonging
from .connectivity import without_connectivity
from .elsewhere import without_elsewhere
from .instruments import without_broken_instruments

__all__ = ["judged_tests"]


def judged_tests(tests: Iterable[ServiceTest], entity: Entity, services: Services) -> tuple[ServiceTest, ...]:
    """The tests of an entity; those that look like blocking and are known to be something else masked.

    Masked tests keep everything but their outcome, strength and reason.  They are DISCARDED where
    connectivity was lost, or where one version of the instrument is broken, and DOWN where the subject
    failed in other countries as well; each module says what that takes.  No test that succeeded, and
    none with a confirmed block page, is ever changed; none becomes blocked.  Judging what was judged
    changes nothing.  Weak failures are left as they are: what they are worth is for later.

    Args:
        tests: in any order; those of other places serve for comparison.
        entity: a country or a network.
        services: those told apart.

    Returns:
        Ordered by time, then by what they say: the order of those given never matters.  Empty for a
        region, for no test says which it is of.
    """
    own: list[ServiceTest] = []
    others: list[ServiceTest] = []
    for test in tests:
        (own if entity in {test.country, test.network} else others).append(test)
    home = (
        frozenset({entity})
        if entity.kind is EntityKind.COUNTRY
        else frozenset(test.country for test in own if test.country is not None)
    )
    belonging = Belonging.of((test.subject for test in own), services)
    connected = without_connectivity(own, belonging)
    # The instruments last: they ask that no other instrument failed, which fewer failures make likelier.
    here = tuple(without_elsewhere(connected, others, home))
    return tuple(sorted(without_broken_instruments(here, others), key=_order))


def _order(test: ServiceTest) -> tuple[object, ...]:
    return (
        test.time,
        test.subject,
        str(test.network or ""),
        str(test.country or ""),
        test.run,
        test.outcome.value,
        test.strength.value if test.strength else "",
        test.layer.value if test.layer else "",
        str(test.control),
        test.reason,
        test.instrument,
        test.count,
        test.address or "",
    )
