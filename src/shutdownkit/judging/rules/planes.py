"""Which planes fell, and which did not."""

from __future__ import annotations

from datetime import timedelta

from ...model.kinds import KINDS, Plane
from ...model.verdict import Cause
from ...model.window import utc_text
from ..condition import contradicted
from ..facts import Facts
from .figures import INSTRUMENT, IPV6_IRAN, IRAN_2019, SIGCOMM
from .rule import Finding, Rule, missing, weighs

__all__ = ["CONTRADICTED", "IPV6_FIRST", "PARTIAL", "ROUTES_GONE", "ROUTES_UP", "WITNESSES"]

_IODA = (Plane.ROUTING, Plane.PROBING, Plane.BACKGROUND)
_WITNESSES = (*_IODA, Plane.TRAFFIC, Plane.VANTAGE)


def _judge_routes_up(facts: Facts) -> Finding | None:
    reach = facts.lost(Plane.PROBING, Plane.TRAFFIC)
    lost = facts.lost(Plane.ROUTING)
    if not facts.plane(Plane.ROUTING).measured or reach < 0.75 or lost > 0.5:
        return None
    sentence = f"{1 - lost:.0%} of the routes stayed while {reach:.0%} of what they lead to was gone."
    return weighs(
        sentence,
        {
            Cause.DELIBERATE: 1.2,
            Cause.POWER: 0.5 if lost > 0.05 else 1.0,
            Cause.DISASTER: 0.5,
            Cause.CABLE: -0.5,
            Cause.ROUTING: -2.0,
            Cause.ATTACK: 0.2,
        },
    )


ROUTES_UP = Rule(
    "planes.routes-up",
    "Routes up while traffic is gone: filtering (Iran 2019, Kazakhstan 2022), or no power.",
    IRAN_2019,
    "planes",
    _judge_routes_up,
)


def _judge_routes_gone(facts: Facts) -> Finding | None:
    lost = facts.lost(Plane.ROUTING)
    if lost <= 0.5 or contradicted(facts):
        return None
    return weighs(
        f"{lost:.0%} of the routes were withdrawn.",
        {
            Cause.DELIBERATE: 0.3,
            Cause.ROUTING: 1.0,
            Cause.CABLE: 0.4,
            Cause.POWER: -1.0,
            Cause.DISASTER: -0.5,
        },
    )


ROUTES_GONE = Rule(
    "planes.routes-gone",
    "Routes withdrawn: by order (Egypt 2011), by a fault of routing, or with the only cable; without "
    "power, routes announced abroad tend to stay.",
    f"{SIGCOMM} and Dainotti et al., IMC 2011; the weights are proposals",
    "planes",
    _judge_routes_gone,
)


def _judge_ipv6_first(facts: Facts) -> Finding | None:
    events = facts.events_of(KINDS["bgp.v6-prefixes"])
    first = min((e for e in events if e.peak >= 0.5), key=lambda e: e.onset, default=None)
    rest = [e.onset for e in facts.dating_events if e not in events]
    if first is None or not rest:
        return None
    ahead = min(rest) - first.onset
    if not timedelta(minutes=30) <= ahead <= timedelta(hours=24):
        return None
    hours = ahead / timedelta(hours=1)
    return weighs(
        f"IPv6 routes were withdrawn {hours:.1f} hours ahead of the rest ({utc_text(first.onset)}).",
        {Cause.DELIBERATE: 1.5},
    )


IPV6_FIRST = Rule(
    "planes.ipv6-first",
    "IPv6 routes withdrawn hours before a cut are a preparation.",
    IPV6_IRAN,
    "planes",
    _judge_ipv6_first,
)


def _judge_witnesses(facts: Facts) -> list[Finding]:
    if not facts.reach_events:
        return []
    fell = [plane for plane in _WITNESSES if facts.plane(plane).fell]
    unmeasured = [plane.value for plane in _WITNESSES if not facts.plane(plane).measured]
    found = []
    if len(fell) < 2:
        found.append(
            weighs(
                "Only one plane saw it: there is no independent witness.",
                {Cause.DELIBERATE: -0.7},
            )
        )
    if unmeasured:
        found.append(missing(f"Not measured at the time: {', '.join(unmeasured)}."))
    return found


WITNESSES = Rule(
    "planes.witnesses",
    "One source alone is weak evidence: demand two independent ones.",
    f"{SIGCOMM}; the weight is a proposal",
    "planes",
    _judge_witnesses,
)


def _judge_partial(facts: Facts) -> Finding | None:
    if not facts.reach_events or facts.peak >= 0.5:
        return None
    return weighs(
        f"Only {facts.peak:.0%} was lost at most.",
        {Cause.DELIBERATE: -0.7, Cause.CABLE: 0.5, Cause.EQUIPMENT: 0.3, Cause.ATTACK: 0.3},
    )


PARTIAL = Rule(
    "planes.partial",
    "National shutdowns are deep; cable cuts and faults are mostly partial.",
    f"{SIGCOMM}; the weight is a proposal",
    "planes",
    _judge_partial,
)


def _judge_contradicted(facts: Facts) -> Finding | None:
    witness = contradicted(facts)
    if not witness:
        return None
    fell = ", ".join(sorted(plane.value for plane in facts.episode.planes))
    return weighs(
        f"{fell} fell, but {' and '.join(plane.value for plane in witness)}, measured at the same time, "
        "did not: the reading cannot be what it seems.",
        {Cause.DELIBERATE: -4.0, Cause.EQUIPMENT: 0.5},
    )


CONTRADICTED = Rule(
    "instrument.contradicted",
    "A plane that falls while those that depend on it do not is at fault itself.",
    INSTRUMENT,
    "instrument",
    _judge_contradicted,
)
