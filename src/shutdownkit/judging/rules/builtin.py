"""The rules that come with this version, and what holds before any is asked."""

from __future__ import annotations

from ..fitted.rules import fitted_rules
from ..fitted.weights import shipped
from . import (
    blocking,
    context,
    crosscheck,
    delays,
    planes,
    pulses,
    quic,
    services,
    shape,
    spread,
    staging,
    surroundings,
    throttling,
    volume,
)
from .prior import PRIOR
from .rule import RuleSet

__all__ = ["RULES"]

RULES = RuleSet(
    "2026.5",
    PRIOR,
    (
        *fitted_rules(shipped()),
        planes.ROUTES_UP,
        planes.ROUTES_GONE,
        planes.IPV6_FIRST,
        planes.WITNESSES,
        planes.PARTIAL,
        planes.CONTRADICTED,
        shape.FALL,
        shape.RISE,
        pulses.PULSES,
        spread.NETWORKS_TOGETHER,
        spread.NETWORKS_KEPT,
        spread.NETWORKS_ONE,
        spread.NETWORKS_UNEVEN,
        staging.ROLL_OUT,
        staging.DRILL,
        quic.QUIC_FIRST,
        surroundings.NEIGHBOURING,
        surroundings.BLOCKING_AROUND,
        delays.DELAY_FIRST,
        delays.LATENCY_STEP,
        services.NETWORK_HELD,
        services.BLOCK_PAGES,
        services.SELECTIVE,
        services.OUTAGE_NEAR,
        blocking.FAILING,
        blocking.NETWORKS_AGREE,
        blocking.CHOSEN,
        blocking.TOGETHER,
        throttling.SIGNATURE,
        throttling.HANDSHAKES,
        throttling.SLOWED_SERVICES,
        volume.ONE_NETWORK,
        volume.SILENCE,
        context.REPORTED,
        context.POLITICS,
        context.FAULTS,
        crosscheck.DETECTED,
    ),
)
"""The built-in rules."""
