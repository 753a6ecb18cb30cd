"""Whether all three of IODA's signals fell."""

from __future__ import annotations

from ...model.kinds import Plane
from ..facts import Facts
from ..rules.figures import CURATED
from ..rules.rule import Finding
from .reading import Feature, FittedRule, Reading

__all__ = ["AGREEMENT"]

_NAMES = {
    Plane.ROUTING: "routing",
    Plane.PROBING: "probing",
    Plane.BACKGROUND: "background radiation",
}


def _read(facts: Facts) -> Reading | Finding | None:
    if not facts.lost_reach:
        return None
    states = {plane: facts.plane(plane) for plane in _NAMES}
    if not all(state.measured for state in states.values()):
        return None
    fell = [_NAMES[plane] for plane in _NAMES if states[plane].fell]
    held = [_NAMES[plane] for plane in _NAMES if states[plane].held]
    if len(fell) + len(held) < len(_NAMES):
        return None  # one of them was down already and could not fall
    if not held:
        return Reading({"planes.all-three": 1.0}, "Routing, probing and background radiation all fell.")
    if not fell:
        return None
    text = f"{' and '.join(fell)} fell, but {' and '.join(held)} did not."
    return Reading({"planes.all-three": 0.0}, text[0].upper() + text[1:])


AGREEMENT = FittedRule(
    "planes.agreement",
    "All three signals fell in 94 % of shutdowns and 54 % of outages; the telescope alone stayed up in "
    "4 % and 34 %, and in 7 of 14 cable cuts.",
    CURATED,
    "planes",
    "In the list, curators looked at the signals afterwards; a power failure takes all three as well, and a "
    "filter may leave routing as it is.",
    (Feature("planes.all-three", "+", "Routing, probing and background radiation all fell."),),
    _read,
)
