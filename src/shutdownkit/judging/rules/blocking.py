"""What single tests say of services that fail: how, on how many networks, and what works meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model.entity import Entity
from ...model.reach import Block
from ..facts import Facts
from .figures import CENSORED_PLANET, CROSS_NETWORK
from .naming import named
from .proposals import proposed
from .rule import Finding, Rule, missing, weighs

__all__ = ["CHOSEN", "FAILING", "NETWORKS_AGREE", "TOGETHER"]

_HOURS = 3
_MANY_NETWORKS = 3
_MANY_SERVICES = 3

_SITES, _APPS = (proposed("blocking.controls-work", name) for name in ("sites", "apps"))
_NETWORKS = {name: proposed("blocking.networks", name) for name in ("many", "several", "fewer", "one")}
_OTHERS_WORKED = proposed("blocking.chosen", "others-worked")
_OTHERS_FAILED = proposed("blocking.chosen", "others-failed")
_SEVERAL = proposed("blocking.together", "several")


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
            _APPS,
        )
    but = f" Those of {named(without)} have no control." if without else ""
    return weighs(f"Tests of {names} failed while their controls worked: {seen}.{but}", _SITES)


def _has_control(block: Block) -> bool:
    """Whether a site is among what failed: the tests of apps have no control."""
    return any(subject.startswith("domain:") for subject in block.subjects)


FAILING = Rule(
    "blocking.controls-work",
    "If the tests fail and the controls do not, services are blocked.",
    CENSORED_PLANET,
    "services",
    _judge_failing,
    fails="A site that moved, or turns the country away, fails while its control works.",
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
        yield weighs(f"{where}.", _NETWORKS["many"])
    elif count > 1:
        yield weighs(f"{where}.", _NETWORKS["several" if count >= reached else "fewer"])
    elif count <= 1 and reached > 1:
        yield weighs(f"{where}: one network alone may have a fault of its own.", _NETWORKS["one"])
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
    fails="Networks that share one resolver or one upstream fail together for one fault (Pernambuco's DNS).",
)


def _judge_chosen(facts: Facts) -> Finding | None:
    services = facts.around.services
    if services is None or not _blocks(facts):
        return None
    held, failing = services.held, services.failed_too
    names = named([block.title for block in _blocks(facts)])
    if not held and not failing:
        return missing(
            f"Beside {names} nothing else is known to have been tested enough on these networks meanwhile: "
            "whether all failed is not known."
        )
    if len(held) <= len(failing):
        return weighs(
            f"{names} failed, and so did {named(failing)}, more or less: not a choice that can be seen.",
            _OTHERS_FAILED,
        )
    return weighs(f"{names} failed, while {named(held)} worked on the same networks.", _OTHERS_WORKED)


CHOSEN = Rule(
    "blocking.chosen",
    "A fault hits all services alike; blocking chooses.",
    CENSORED_PLANET,
    "services",
    _judge_chosen,
    fails="The outage of one vendor or content network takes several services and leaves the others.",
)


def _judge_together(facts: Facts) -> Finding | None:
    services = facts.around.services
    blocks = _blocks(facts)
    if services is None or len(blocks) < _MANY_SERVICES or not services.held:
        return None
    return weighs(
        f"{len(blocks)} services began to fail together.",
        _SEVERAL,
    )


TOGETHER = Rule(
    "blocking.together",
    "A fault of a service is its own; an order names several.",
    CROSS_NETWORK,
    "services",
    _judge_together,
    fails="Services of one vendor, or behind one content network, fail together when that fails.",
)


def _networks(networks: Sequence[Entity]) -> str:
    return named([str(network) for network in networks])
