"""Which of IODA's three signals fell together."""

from __future__ import annotations

from ...model.kinds import Plane
from ...model.verdict import Cause
from ..facts import Facts
from .figures import CURATED
from .rule import Finding, Rule, weighs

__all__ = ["AGREEMENT"]

_IODA = (Plane.ROUTING, Plane.PROBING, Plane.BACKGROUND)


def _judge_agreement(facts: Facts) -> Finding | None:
    if not facts.reach_events:
        return None
    states = {plane: facts.plane(plane) for plane in _IODA}
    if not all(state.measured for state in states.values()):
        return None
    if all(state.fell for state in states.values()):
        return weighs(
            "Routing, probing and background radiation all fell.",
            {Cause.DELIBERATE: 0.5, Cause.POWER: 0.3},
        )
    if states[Plane.ROUTING].fell and states[Plane.PROBING].fell:
        return weighs(
            "Routing and probing fell, but background radiation did not.",
            {Cause.DELIBERATE: -1.5, Cause.POWER: -1.5, Cause.CABLE: 0.2},
        )
    return None


AGREEMENT = Rule(
    "planes.agreement",
    "All three signals fell in 94 % of shutdowns and 54 % of outages; the telescope alone stayed up in "
    "4 % and 34 %, and in 7 of 14 cable cuts.",
    CURATED,
    "planes",
    _judge_agreement,
)
