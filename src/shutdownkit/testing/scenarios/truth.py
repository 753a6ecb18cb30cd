"""What really happened in a scenario, and what nobody measured of it."""

from __future__ import annotations

import enum

from attrs import frozen

from ...model.checks import all_of, flag, instance, member, number, store
from ...model.entity import Entity
from ...model.kinds import SignalKind
from ...model.verdict import Cause, Condition, Mechanism
from ...model.window import TimeWindow

__all__ = ["Gap", "OutageKind", "OutageTruth"]


class OutageKind(enum.Enum):
    """What a scenario is a story of."""

    QUIET = "quiet"  # nothing happens
    DELIBERATE_CUT = "deliberate cut"  # once, at a local hour, at a stroke, in all networks
    CURFEW = "curfew"  # the same, night after night at the same local hours
    POWER = "power"  # hosts fall while routes stay, and come back slowly and unevenly
    CABLE = "cable"  # some networks and the neighbours fall, delays step up, and it comes back in steps
    THROTTLE = "throttle"  # throughput at a limit, while round trips stay
    BLOCK = "block"  # a service fails on every network, while others work
    INSTRUMENT_FAULT = "instrument fault"  # the telescope reads zero for everybody, and nobody is offline
    MOBILE_CUT = "mobile cut"  # traffic alone falls: address translation hides the rest

    @property
    def is_deliberate(self) -> bool:
        """Whether somebody ordered it."""
        return self in _ORDERED


_ORDERED = frozenset(
    {
        OutageKind.DELIBERATE_CUT,
        OutageKind.CURFEW,
        OutageKind.THROTTLE,
        OutageKind.BLOCK,
        OutageKind.MOBILE_CUT,
    }
)


@frozen
class Gap:
    """Bins of one signal that nobody measured: those that overlap ``window``."""

    entity: Entity
    kind: SignalKind
    window: TimeWindow

    def __attrs_post_init__(self) -> None:
        instance("Gap.entity", Entity, self.entity)
        instance("Gap.kind", SignalKind, self.kind)
        instance("Gap.window", TimeWindow, self.window)

    def __str__(self) -> str:
        return f"{self.kind} of {self.entity}, {self.window}"


@frozen
class OutageTruth:
    """What really happened.

    Attributes:
        kind: of which kind it was.
        windows: when something was lost, one window a spell, or when the instrument failed; none where
            nothing happened.
        conditions: what the episodes may rightly be called, where all was measured; with NORMAL, there may
            be none.
        cause: None where nothing happened to connectivity: of a quiet country, and of an instrument.
        mechanisms: how it may rightly be said to have been done; UNKNOWN, and nothing else, where nobody
            did it.
        deliberate: whether somebody ordered it.
        lost: the share that was lost, 0..1; 0 where nobody lost anything.
        networks: the networks that were hit.
        missing: what nobody measured.
    """

    kind: OutageKind
    windows: tuple[TimeWindow, ...]
    conditions: frozenset[Condition]
    cause: Cause | None
    mechanisms: frozenset[Mechanism]
    deliberate: bool
    lost: float
    networks: tuple[Entity, ...] = ()
    missing: tuple[Gap, ...] = ()

    def __attrs_post_init__(self) -> None:
        member("OutageTruth.kind", OutageKind, self.kind)
        store(self, "windows", all_of("OutageTruth.windows", TimeWindow, self.windows))
        for one in self.conditions:
            member("OutageTruth.conditions", Condition, one)
        for how in self.mechanisms:
            member("OutageTruth.mechanisms", Mechanism, how)
        if self.cause is not None:
            member("OutageTruth.cause", Cause, self.cause)
        flag("OutageTruth.deliberate", self.deliberate)
        store(self, "lost", number("OutageTruth.lost", self.lost, minimum=0.0, maximum=1.0))
        store(self, "networks", all_of("OutageTruth.networks", Entity, self.networks))
        store(self, "missing", all_of("OutageTruth.missing", Gap, self.missing))
