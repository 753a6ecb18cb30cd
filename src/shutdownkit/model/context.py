"""What happened around an episode, as reported by somebody outside the measurements."""

from __future__ import annotations

import enum

from attrs import frozen

from ..errors import InvalidValueError
from .checks import flag, instance, member, text
from .entity import Entity
from .verdict import Cause
from .window import TimeWindow

__all__ = ["ContextEvent", "ContextKind"]


class ContextKind(enum.Enum):
    """What kind of thing happened around an episode.

    The political kinds (ELECTION, PROTEST, COUP, EXAM) move what is expected before any measurement is
    looked at, and prove nothing.  ORDER and the physical kinds are reports of a cause.  A STATEMENT is
    what a party says of the cause: a claim to be tested, never evidence.
    """

    ELECTION = "election"
    PROTEST = "protest"
    COUP = "coup"
    EXAM = "exam"
    ORDER = "order"  # a published order to cut or throttle
    STATEMENT = "statement"  # what an operator or a government says of it
    POWER_FAULT = "power_fault"
    CABLE_FAULT = "cable_fault"
    ROUTING_FAULT = "routing_fault"
    EQUIPMENT_FAULT = "equipment_fault"
    ATTACK = "attack"
    STORM = "storm"
    EARTHQUAKE = "earthquake"
    DISASTER = "disaster"  # another one


@frozen
class ContextEvent:
    """Something that happened around the time, reported by someone outside the measurements.

    Attributes:
        window: when it happened; a report of a day is the day, in UTC.
        source: who reported it, so that it can be checked.
        independent: True where the report does not come from those who are suspected.  A government's
            own explanation is a claim to be tested (see ``check_claim``), not evidence.
        claims: of a STATEMENT, the cause that it names; None where it names none that can be tested.

    Raises:
        InvalidValueError: names the field and the value; where ``claims`` is given for another kind.
    """

    kind: ContextKind
    entity: Entity
    window: TimeWindow
    text: str
    source: str
    independent: bool = True
    claims: Cause | None = None

    def __attrs_post_init__(self) -> None:
        member("ContextEvent.kind", ContextKind, self.kind)
        instance("ContextEvent.entity", Entity, self.entity)
        instance("ContextEvent.window", TimeWindow, self.window)
        text("ContextEvent.text", self.text)
        text("ContextEvent.source", self.source)
        flag("ContextEvent.independent", self.independent)
        if self.claims is not None:
            member("ContextEvent.claims", Cause, self.claims)
            if self.kind is not ContextKind.STATEMENT:
                raise InvalidValueError(
                    "ContextEvent.claims", self.claims.value, f"is given for a {self.kind.value}"
                )
