"""Services and networks that work, and crawl."""

from __future__ import annotations

from ..facts import Facts
from ..slowing import Slowing, handshakes_of, slowing_of
from .naming import named
from .proposals import proposed
from .rule import Finding, Rule, missing, weighs

__all__ = ["HANDSHAKES", "SIGNATURE", "SLOWED_SERVICES"]

_ANDERSON = "Anderson 2013, Dimming the Internet (Iran); the weights are proposals"
_KAZAKHSTAN = "OONI on Kazakhstan 2022 and 2023 (handshakes of 2 to 4 s); the weights are proposals"

_SIGNATURE = {name: proposed("throttling.signature", name) for name in ("limited", "congested", "ordinary")}
_HANDSHAKES = {name: proposed("throttling.handshakes", name) for name in ("chosen", "congested", "few-held")}
_SERVICES = {name: proposed("throttling.services", name) for name in ("chosen", "like-most", "few-tested")}
_OTHERS_HELD = 2  # services that worked as usual, at least, and at least as many as were slowed


def _judge_signature(facts: Facts) -> Finding | None:
    slow = slowing_of(facts)
    if slow is None:
        return None
    fell = f"Throughput fell by {slow.event.depth:.0%}"
    if slow.delayed:
        longer = "took longer" if slow.delay is None else f"took {slow.delay:.1f} times as long"
        return weighs(f"{fell} and round trips {longer}: that is congestion.", _SIGNATURE["congested"])
    if slow.usual:
        return weighs(f"{fell}, as it often did at the same hours before.", _SIGNATURE["ordinary"])
    if not slow.flat:
        return missing(f"{fell}. Whether round trips took longer was not measured enough to tell.")
    return _judge_spread(slow, f"{fell}, round trips took no longer ({slow.delay:.1f} times)")


def _judge_spread(slow: Slowing, seen: str) -> Finding:
    if slow.usual is None or slow.spread is None:
        return missing(f"{seen}. How much it varied was not measured enough to tell.")
    seen = f"{seen}, and it varied {slow.spread:.1f} times as much as before"
    if not slow.shrunken:
        return weighs(f"{seen}: no limit set it.", _SIGNATURE["ordinary"])
    return weighs(f"{seen}: a limit sets it.", _SIGNATURE["limited"])


SIGNATURE = Rule(
    "throttling.signature",
    "Throughput down by half or more with flat round trips and shrunken variance is throttling; with longer "
    "round trips it is congestion.",
    _ANDERSON,
    "throttling",
    _judge_signature,
    fails="An operator's own tariff or shaping by night is a limit as well; throttling of one protocol is "
    "not seen.",
)


def _judge_handshakes(facts: Facts) -> Finding | None:
    found = handshakes_of(facts)
    if found is None:
        return None
    slowed = f"TLS handshakes took twice as long or longer with {named(found.slowed)}"
    if found.delayed:
        return weighs(f"{slowed}, and round trips in general took longer.", _HANDSHAKES["congested"])
    if found.chosen:
        sentence = f"{slowed}, and no longer than before with {named(found.held)}."
        return weighs(sentence, _HANDSHAKES["chosen"])
    if not found.held and not found.between and len(found.slowed) == 1:
        return missing(f"{slowed}. No other service was measured enough at the time to compare.")
    others = f"with {named(found.held)} no longer" if found.held else "with none no longer"
    return weighs(f"{slowed}, {others}: too few held to say that some were chosen.", _HANDSHAKES["few-held"])


HANDSHAKES = Rule(
    "throttling.handshakes",
    "A full link slows all services; one who throttles chooses.",
    _KAZAKHSTAN,
    "throttling",
    _judge_handshakes,
    fails="A service that moves to servers farther away takes longer by itself.",
)


def _judge_slowed_services(facts: Facts) -> Finding | None:
    services = facts.around.services
    slowed = [block.title for block in services.blocks if block.slowed] if services is not None else []
    if services is None or not slowed:
        return None
    what = f"Answered and then crawled, though the controls did not: {named(sorted(slowed))}"
    if len(services.failed_too) > len(services.held):
        return weighs(f"{what}; most other services failed there as well.", _SERVICES["like-most"])
    if len(services.held) >= max(_OTHERS_HELD, len(slowed)):
        return weighs(f"{what}; {named(services.held)} worked on the same networks.", _SERVICES["chosen"])
    return weighs(f"{what}; few other services were tested there.", _SERVICES["few-tested"])


SLOWED_SERVICES = Rule(
    "throttling.services",
    "Services that are slowed where their controls and other services are not were chosen.",
    _KAZAKHSTAN,
    "throttling",
    _judge_slowed_services,
    fails="A service whose own servers are overloaded crawls while the others do not.",
)
