"""What single tests say of services that fail: how, on how many networks, and what works meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model.entity import Entity
from ...model.reach import Block
from ...model.verdict import Cause
from ..facts import Facts
from .figures import CENSORED_PLANET, CROSS_NETWORK
from .naming import named
from .rule import Finding, Rule, missing, weighs

__all__ = ["CHOSEN", "FAILING", "NETWORKS_AGREE", "TOGETHER"]

_HOURS = 3
_MANY_NETWORKS = 3
_MANY_SERVICES = 3


def _blocks(facts: Facts) -> tuple[Block, ...]:
    """The services that were blocked; those slowed are another matter."""
    services = facts.around.services
    return () if services is None else tuple(block for block in services.blocks if not block.slowed)


def _judge_failing(facts: Facts) -> Finding | None:
    blocks = [block for block in _blocks(facts) if block.hours >= _HOURS]
    if not blocks:
        return None
    tests, failed = sum(block.tests for block in blocks), sum(block.failed for block in blocks)
    longest = max(block.hours for block in blocks)
    names = named([block.title for block in blocks])
    seen = f"{failed} of {tests}, in up to {longest} hours of the clock"
    without = [block.title for block in blocks if not _has_control(block)]
    if len(without) == len(blocks):
        return weighs(
            f"Tests of {names} failed: {seen}. Tests of apps have no control: a change by the vendor looks "
            "the same.",
            {Cause.DELIBERATE: 1.0},
        )
    but = f" Those of {named(without)} have no control." if without else ""
    return weighs(
        f"Tests of {names} failed while their controls worked: {seen}.{but}", {Cause.DELIBERATE: 2.0}
    )


def _has_control(block: Block) -> bool:
    """Whether a site is among what failed: the tests of apps have no control."""
    return any(subject.startswith("domain:") for subject in block.subjects)


FAILING = Rule(
    "blocking.controls-work",
    "If the tests fail and the controls do not, services are blocked.",
    CENSORED_PLANET,
    "services",
    _judge_failing,
)


def _judge_networks(facts: Facts) -> Iterator[Finding]:
    blocks = _blocks(facts)
    if not blocks:
        return
    widest = max(blocks, key=lambda block: (len(block.networks), block.failed, block.service))
    count, reached = len(widest.networks), len(widest.open)
    where = f"{widest.title} failed on {_networks(widest.networks) or 'a network that is not known'}"
    if reached:
        where += f" and was reached on {_networks(widest.open)} meanwhile"
    if count >= _MANY_NETWORKS and count >= reached:
        yield weighs(f"{where}.", {Cause.DELIBERATE: 1.5})
    elif count > 1:
        yield weighs(f"{where}.", {Cause.DELIBERATE: 0.8 if count >= reached else 0.3})
    elif count <= 1 and reached > 1:
        yield weighs(
            f"{where}: one network alone may have a fault of its own.",
            {Cause.DELIBERATE: -1.5, Cause.ROUTING: 0.3, Cause.EQUIPMENT: 0.3},
        )
    elif not count:
        yield missing(f"On which networks {widest.title} failed is not known.")
    elif not reached and facts.entity not in widest.networks:
        yield missing(f"{where}; no other network tested it enough to say whether it failed there as well.")


NETWORKS_AGREE = Rule(
    "blocking.networks",
    "One network is noise, eight at once are an event.",
    CROSS_NETWORK,
    "networks",
    _judge_networks,
)


def _judge_chosen(facts: Facts) -> Finding | None:
    services = facts.around.services
    if services is None or not _blocks(facts):
        return None
    held, failing = services.held, services.failed_too
    if not held and not failing:
        return missing(
            "Nothing else is known to have been tested enough on these networks meanwhile: whether all "
            "failed is not known."
        )
    names = named([block.title for block in _blocks(facts)])
    if len(held) <= len(failing):
        return weighs(
            f"{names} failed, and so did {named(failing)}, more or less: not a choice that can be seen.",
            {Cause.DELIBERATE: -0.5},
        )
    return weighs(
        f"{names} failed, while {named(held)} worked on the same networks.", {Cause.DELIBERATE: 1.0}
    )


CHOSEN = Rule(
    "blocking.chosen",
    "A fault hits all services alike; blocking chooses.",
    CENSORED_PLANET,
    "services",
    _judge_chosen,
)


def _judge_together(facts: Facts) -> Finding | None:
    services = facts.around.services
    blocks = _blocks(facts)
    if services is None or len(blocks) < _MANY_SERVICES or not services.held:
        return None
    return weighs(
        f"{len(blocks)} services began to fail together.",
        {Cause.DELIBERATE: 0.7},
    )


TOGETHER = Rule(
    "blocking.together",
    "A fault of a service is its own; an order names several.",
    CROSS_NETWORK,
    "services",
    _judge_together,
)


def _networks(networks: Sequence[Entity]) -> str:
    return named([str(network) for network in networks])
