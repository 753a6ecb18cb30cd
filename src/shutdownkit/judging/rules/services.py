"""Services that fail while the network works."""

from __future__ import annotations

from datetime import timedelta

from ...model.kinds import KINDS, Aspect
from ..facts import Facts
from .figures import CENSORED_PLANET, OONI_UGANDA
from .proposals import proposed
from .rule import Finding, Rule, weighs

__all__ = ["BLOCK_PAGES", "NETWORK_HELD", "OUTAGE_NEAR", "SELECTIVE"]


_LONG_ENOUGH = timedelta(hours=3)
_SHARE = 0.2  # of the time in which services failed, the network must have worked

_HELD = proposed("services.network-held", "held")
_SERVED = proposed("services.block-pages", "served")
_CHOSEN = proposed("services.selective", "chosen")
_DURING = proposed("services.outage-near", "during")


def _is_blocking(facts: Facts) -> bool:
    """Whether services failed and connectivity did not."""
    return not facts.reach_events and any(
        event.kind.aspect is Aspect.FAILURE for event in facts.episode.events
    )


def _judge_network_held(facts: Facts) -> Finding | None:
    if not _is_blocking(facts):
        return None
    if facts.connected < max(_LONG_ENOUGH, _SHARE * facts.episode.duration):
        return None
    hours = facts.connected / timedelta(hours=1)
    return weighs(
        f"Tests of services failed during {hours:.0f} hours in which the network was measured and worked.",
        _HELD,
    )


NETWORK_HELD = Rule(
    "services.network-held",
    "If the tests fail and the controls do not, services are blocked.",
    CENSORED_PLANET,
    "services",
    _judge_network_held,
    fails="A content network that turns a country away, or the fault of a service, fails while the network "
    "works.",
)


def _judge_block_pages(facts: Facts) -> Finding | None:
    confirmed = facts.events_of(KINDS["ooni.confirmed-ratio"])
    if not confirmed:
        return None
    share = max(event.peak for event in confirmed)
    return weighs(
        f"Block pages and known fingerprints of blocking were served in up to {share:.0%} of tests.",
        _SERVED,
    )


BLOCK_PAGES = Rule(
    "services.block-pages",
    "OONI confirms blocking only where a fingerprint of it was served.",
    "OONI fastpath, confirmed = a known block page or DNS answer; the weight is a proposal",
    "services",
    _judge_block_pages,
    fails="A school's or a company's filter serves block pages too; a fingerprint may be outdated.",
)


def _judge_selective(facts: Facts) -> Finding | None:
    if not _is_blocking(facts) or facts.around.services is not None:
        return None  # what single tests say of it is weighed in :mod:`.blocking`
    subjects = sorted({event.subject for event in facts.episode.events if event.subject is not None})
    if not subjects:
        return None
    shown = ", ".join(subjects[:4]) + (" and others" if len(subjects) > 4 else "")
    return weighs(f"Chosen services failed: {shown}.", _CHOSEN)


SELECTIVE = Rule(
    "services.selective",
    "A fault hits all services alike; blocking chooses.",
    CENSORED_PLANET,
    "services",
    _judge_selective,
    fails="A vendor's own outage, and servers that turn a country away (.gov and .mil), choose as well.",
)


def _judge_outage_near(facts: Facts) -> Finding | None:
    if not _is_blocking(facts):
        return None
    near = [other for other in facts.around.others if other.window.overlaps(facts.episode.window)]
    if not near:
        return None
    times = "once" if len(near) == 1 else f"{len(near)} times"
    return weighs(f"Connectivity was lost {times} while services failed.", _DURING)


OUTAGE_NEAR = Rule(
    "services.outage-near",
    "Blocking before and after a cut goes with it.",
    OONI_UGANDA,
    "services",
    _judge_outage_near,
    fails="Tests fail for want of a connection in a fault as well: what fails within an outage is the "
    "outage's.",
)
