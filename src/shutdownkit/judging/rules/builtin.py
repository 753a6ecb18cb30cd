"""The rules that come with this version, and what holds before any is asked."""

from __future__ import annotations

from ...model.verdict import Cause, CauseProbabilities
from . import context, planes, recurrence, services, shape, surroundings, timing
from .rule import RuleSet

__all__ = ["RULES"]

PRIOR = CauseProbabilities(
    {
        Cause.DELIBERATE: 0.20,
        Cause.POWER: 0.12,
        Cause.CABLE: 0.15,
        Cause.ROUTING: 0.05,
        Cause.ATTACK: 0.03,
        Cause.DISASTER: 0.04,
        Cause.EQUIPMENT: 0.06,
        Cause.UNKNOWN_TECHNICAL: 0.35,
    }
)
"""182 of 911 national events are shutdowns (Bischof et al., SIGCOMM 2023).  The rest is shared out as the
causes known in the same list are (cable 40, power 15, weather and earthquake 7, routing and leaks 6,
equipment 5, attacks 1), half of it left unknown, and no cause left under 3 %."""

RULES = RuleSet(
    "2026.1",
    PRIOR,
    (
        timing.LOCAL_ONSET,
        timing.LOCAL_END,
        timing.DURATION,
        recurrence.WHOLE_DAYS,
        recurrence.BURST,
        recurrence.LIKE_EARLIER,
        planes.AGREEMENT,
        planes.ROUTES_UP,
        planes.ROUTES_GONE,
        planes.IPV6_FIRST,
        planes.WITNESSES,
        planes.PARTIAL,
        planes.CONTRADICTED,
        shape.FALL,
        shape.RISE,
        surroundings.NETWORKS_TOGETHER,
        surroundings.NETWORKS_KEPT,
        surroundings.NEIGHBOURING,
        surroundings.BLOCKING_AROUND,
        surroundings.DELAY_FIRST,
        services.NETWORK_HELD,
        services.BLOCK_PAGES,
        services.SELECTIVE,
        services.OUTAGE_NEAR,
        context.REPORTED,
        context.POLITICS,
        context.FAULTS,
    ),
)
"""The built-in rules."""
