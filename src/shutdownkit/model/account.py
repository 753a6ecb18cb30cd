"""What sources say beside their signals: what failed, what they cannot see, what they noticed themselves.

None of it is a measurement.  It goes into the report so that a reader can tell what was asked, of whom,
and with what success.
"""

from __future__ import annotations

from attrs import field, frozen

from .checks import all_of, flag, instance, member, store, text
from .entity import Entity
from .kinds import Plane, SignalKind
from .window import TimeWindow

__all__ = ["Account", "BlindSpot", "InstrumentFault", "Observation", "SourceFailure"]


@frozen
class SourceFailure:
    """A source that was asked and did not answer, or not wholly.

    Attributes:
        source: the source's name.
        problem: what went wrong, in one line.
        where: what was asked, such as an address, without any secret; None where nothing was.
        retry: whether asking again later may help.
    """

    source: str
    problem: str
    where: str | None = None
    retry: bool = False

    def __attrs_post_init__(self) -> None:
        text("SourceFailure.source", self.source)
        text("SourceFailure.problem", self.problem)
        if self.where is not None:
            text("SourceFailure.where", self.where)
        flag("SourceFailure.retry", self.retry)


@frozen
class BlindSpot:
    """Something that could not have been seen with the signals at hand.

    Attributes:
        plane: the plane that nobody measured, or None where the blindness is of another kind.
        text: what would have stayed unseen.
    """

    plane: Plane | None
    text: str

    def __attrs_post_init__(self) -> None:
        if self.plane is not None:
            member("BlindSpot.plane", Plane, self.plane)
        text("BlindSpot.text", self.text)


@frozen
class InstrumentFault:
    """A time in which an instrument failed, so that its readings count for nothing.

    Attributes:
        kind: the signals that were wrong.
        entities: the entities on which the fault was seen at the same instant, in order.
        text: how it was recognised.
    """

    kind: SignalKind
    window: TimeWindow
    entities: tuple[Entity, ...]
    text: str

    def __attrs_post_init__(self) -> None:
        instance("InstrumentFault.kind", SignalKind, self.kind)
        instance("InstrumentFault.window", TimeWindow, self.window)
        entities = all_of("InstrumentFault.entities", Entity, self.entities)
        store(self, "entities", tuple(sorted(entities)))
        text("InstrumentFault.text", self.text)


@frozen
class Observation:
    """What a provider's own detector, or a published method, says of a time.

    A cross-check for readers: it reads the same instrument as the signal does, so that counting it as
    well would count one witness twice.

    Attributes:
        source: the source's name.
        entity: whom it is about.
        kind: of the signal that the detector read.
        window: when.
        text: what it says, as a sentence.
        method: where the method is described.
    """

    source: str
    entity: Entity
    kind: SignalKind
    window: TimeWindow
    text: str
    method: str

    def __attrs_post_init__(self) -> None:
        text("Observation.source", self.source)
        instance("Observation.entity", Entity, self.entity)
        instance("Observation.kind", SignalKind, self.kind)
        instance("Observation.window", TimeWindow, self.window)
        text("Observation.text", self.text)
        text("Observation.method", self.method)


@frozen
class Account:
    """All that the sources said beside their signals."""

    failures: tuple[SourceFailure, ...] = field(default=())
    faults: tuple[InstrumentFault, ...] = field(default=())
    observations: tuple[Observation, ...] = field(default=())
    blind_spots: tuple[BlindSpot, ...] = field(default=())
    notices: tuple[str, ...] = field(default=())

    def __attrs_post_init__(self) -> None:
        store(self, "failures", all_of("Account.failures", SourceFailure, self.failures))
        store(self, "faults", all_of("Account.faults", InstrumentFault, self.faults))
        store(self, "observations", all_of("Account.observations", Observation, self.observations))
        store(self, "blind_spots", all_of("Account.blind_spots", BlindSpot, self.blind_spots))
        store(self, "notices", all_of("Account.notices", str, self.notices))
