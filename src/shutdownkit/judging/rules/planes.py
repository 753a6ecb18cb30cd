"""Which planes fell, and which did not."""

from __future__ import annotations

from datetime import timedelta

from ...model.kinds import KINDS, Plane
from ...model.window import utc_text
from ..condition import contradicted
from ..facts import Facts
from ..fitted.recurrence import recurs
from .figures import INSTRUMENT, IPV6_IRAN, IRAN_2019, SIGCOMM
from .naming import named
from .proposals import proposed
from .rule import Finding, Rule, missing, weighs

__all__ = ["CONTRADICTED", "IPV6_FIRST", "PARTIAL", "ROUTES_GONE", "ROUTES_UP", "WITNESSES"]

_IODA = (Plane.ROUTING, Plane.PROBING, Plane.BACKGROUND)
_WITNESSES = (*_IODA, Plane.TRAFFIC, Plane.VANTAGE)

_NEARLY_ALL = 0.75
_PART = 0.2
_UNTOUCHED = 0.05

_ALL_STAYED = proposed("planes.routes-up", "all-stayed")
_MOST_STAYED = proposed("planes.routes-up", "most-stayed")
_IN_PART = proposed("planes.routes-up", "in-part")
_RATIONED = proposed("planes.routes-up", "in-part-by-the-clock")
_WITHDRAWN = proposed("planes.routes-gone", "withdrawn")
_AHEAD = proposed("planes.ipv6-first", "ahead")
_ONE = proposed("planes.witnesses", "one")
_UNDER_HALF = proposed("planes.partial", "under-half")
_CONTRADICTED = proposed("instrument.contradicted", "contradicted")


def _judge_routes_up(facts: Facts) -> Finding | None:
    reach = facts.lost(Plane.PROBING, Plane.TRAFFIC)
    lost = facts.lost(Plane.ROUTING)
    if not facts.plane(Plane.ROUTING).measured or lost > 0.5:
        return None
    sentence = f"{1 - lost:.0%} of the routes stayed while {reach:.0%} of what they lead to was gone."
    if facts.lost(Plane.PROBING) >= _PART and reach < _NEARLY_ALL and facts.plane(Plane.ROUTING).held:
        if recurs(facts):
            return weighs(f"{sentence[:-1]}, and that by the clock, as where power is rationed.", _RATIONED)
        return weighs(sentence, _IN_PART)
    if reach < _NEARLY_ALL:
        return None
    return weighs(sentence, _MOST_STAYED if lost > _UNTOUCHED else _ALL_STAYED)


ROUTES_UP = Rule(
    "planes.routes-up",
    "Routes up while traffic is gone: filtering (Iran 2019, Kazakhstan 2022), or no power; while a part "
    "is gone rather the latter.",
    IRAN_2019,
    "planes",
    _judge_routes_up,
    fails="A power cut looks the same where routes are announced from where the power is, and so does a "
    "failure behind the border routers.",
)


def _judge_routes_gone(facts: Facts) -> Finding | None:
    lost = facts.lost(Plane.ROUTING)
    if lost <= 0.5 or contradicted(facts):
        return None
    return weighs(f"{lost:.0%} of the routes were withdrawn.", _WITHDRAWN)


ROUTES_GONE = Rule(
    "planes.routes-gone",
    "Routes withdrawn: by order (Egypt 2011), by a fault of routing, or with the only cable; without "
    "power, routes announced abroad tend to stay.",
    f"{SIGCOMM} and Dainotti et al., IMC 2011; the weights are proposals",
    "planes",
    _judge_routes_gone,
    fails="A country on one cable loses its routes with the cable (Gambia, 4 January 2022), just as by "
    "order.",
)


def _judge_ipv6_first(facts: Facts) -> Finding | None:
    events = facts.events_of(KINDS["bgp.v6-prefixes"])
    first = min((e for e in events if e.peak >= 0.5), key=lambda e: e.onset, default=None)
    rest = [e.onset for e in facts.dating_events if e not in events]
    if first is None or not rest:
        return None
    ahead = min(rest) - first.onset
    surely = ahead - (first.step or timedelta(0))  # it may have been at the end of its bin
    if surely < timedelta(minutes=30) or ahead > timedelta(hours=24):
        return None
    hours = ahead / timedelta(hours=1)
    return weighs(
        f"IPv6 routes were withdrawn {hours:.1f} hours ahead of the rest ({utc_text(first.onset)}).", _AHEAD
    )


IPV6_FIRST = Rule(
    "planes.ipv6-first",
    "IPv6 routes withdrawn hours before a cut are a preparation.",
    IPV6_IRAN,
    "planes",
    _judge_ipv6_first,
    fails="Where few IPv6 prefixes are announced, one operator's maintenance takes most of them.",
)


def _judge_witnesses(facts: Facts) -> list[Finding]:
    if not facts.reach_events:
        return []
    fell = [plane for plane in _WITNESSES if facts.plane(plane).fell]
    unmeasured = [plane.value for plane in _WITNESSES if not facts.plane(plane).measured]
    found = []
    if len(fell) < 2:
        saw = named(sorted({event.kind.plane.value for event in facts.reach_events}))
        found.append(weighs(f"Only one plane saw it ({saw}): there is no independent witness.", _ONE))
    if unmeasured:
        found.append(missing(f"Not measured at the time: {', '.join(unmeasured)}."))
    return found


WITNESSES = Rule(
    "planes.witnesses",
    "One source alone is weak evidence: demand two independent ones.",
    f"{SIGCOMM}; the weight is a proposal",
    "planes",
    _judge_witnesses,
    fails="A mobile network behind address translation is seen by traffic alone: a cut of it has one "
    "witness.",
)


def _judge_partial(facts: Facts) -> Finding | None:
    if not facts.reach_events or facts.peak >= 0.5:
        return None
    return weighs(f"Only {facts.peak:.0%} was lost at most.", _UNDER_HALF)


PARTIAL = Rule(
    "planes.partial",
    "National shutdowns are deep; cable cuts and faults are mostly partial.",
    f"{SIGCOMM}; the weight is a proposal",
    "planes",
    _judge_partial,
    fails="An order to one operator or region alone is partial in the country's signals.",
)


def _judge_contradicted(facts: Facts) -> Finding | None:
    witness = contradicted(facts)
    if not witness:
        return None
    fell = ", ".join(sorted(plane.value for plane in facts.episode.planes))
    return weighs(
        f"{fell} fell, but {' and '.join(plane.value for plane in witness)}, measured at the same time, "
        "did not: the reading cannot be what it seems.",
        _CONTRADICTED,
    )


CONTRADICTED = Rule(
    "instrument.contradicted",
    "A plane that falls while those that depend on it do not is at fault itself.",
    INSTRUMENT,
    "instrument",
    _judge_contradicted,
    fails="Probing that reaches hosts over a path of its own holds while users are cut off.",
)
