"""What was concluded about services: which can be reached from where, what is blocked, how, since when."""

from __future__ import annotations

import enum
from datetime import datetime

from attrs import field, frozen

from ..errors import InvalidValueError
from .checks import all_of, flag, instance, instant, member, store, text, whole
from .entity import Entity, EntityKind
from .service_tests import Layer

__all__ = ["Block", "Blocking", "Discards", "NetworkReach", "Reach", "ServiceReach"]


_OTHERS = 2  # networks that reach a service, against one that does not; a proposal


class Reach(enum.Enum):
    """Whether a service can be reached."""

    BLOCKED = "blocked"  # tests fail and controls work
    SLOWED = "slowed"  # it answers, and crawls
    DOWN = "down"  # it fails for the controls, or elsewhere, as well
    OK = "ok"
    INSUFFICIENT = "insufficient"  # nobody could tell


def _network(field_name: str, value: object) -> Entity:
    entity = instance(field_name, Entity, value)
    if entity.kind is not EntityKind.ASN:
        raise InvalidValueError(field_name, str(entity), "is not a network")
    return entity


def _check_counts(name: str, counts: NetworkReach | Block) -> None:
    """Of the tests some failed, and of these some are confirmed."""
    for field_name in ("tests", "failed", "confirmed", "runs"):
        whole(f"{name}.{field_name}", getattr(counts, field_name))
    if counts.failed > counts.tests:
        raise InvalidValueError(f"{name}.failed", counts.failed, f"is more than the {counts.tests} tests")
    if counts.confirmed > counts.failed:
        raise InvalidValueError(
            f"{name}.confirmed", counts.confirmed, f"is more than the {counts.failed} tests that failed"
        )


def _check_apart(name: str, value: object, fields: tuple[str, ...]) -> None:
    """Nothing stands in two of the fields."""
    stands: dict[object, str] = {}
    for field_name in fields:
        for index, item in enumerate(getattr(value, field_name)):
            first = stands.setdefault(item, field_name)
            if first != field_name:
                raise InvalidValueError(
                    f"{name}.{field_name}[{index}]", str(item), f"stands in {first} as well"
                )


@frozen
class Discards:
    """Tests that looked like blocking and do not count, and why."""

    reason: str
    tests: int

    def __attrs_post_init__(self) -> None:
        text("Discards.reason", self.reason)
        whole("Discards.tests", self.tests)


@frozen
class NetworkReach:
    """Whether one service can be reached from one network, over the window of the report.

    Attributes:
        network: None for the tests of probes that did not know their network.
        reach: the gravest that holds at any time of the window, with INSUFFICIENT only where nothing
            else can be said.
        tests: those that say anything: that failed, or did not.
        failed: of these, those that speak of interference.
        confirmed: of these, those in which a known block page or forged address was served.
        runs: how many runs of probes the tests come from, as far as runs are known; 0 where none is.
        how: the layers at which it failed, the commonest first.
        reason: why nobody could tell, or why failures are not blocking; empty where there is no such why.
    """

    network: Entity | None
    reach: Reach
    tests: int
    failed: int
    confirmed: int = 0
    runs: int = 0
    how: tuple[Layer, ...] = ()
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        if self.network is not None:
            _network("NetworkReach.network", self.network)
        member("NetworkReach.reach", Reach, self.reach)
        _check_counts("NetworkReach", self)
        store(self, "how", all_of("NetworkReach.how", Layer, self.how))
        text("NetworkReach.reason", self.reason, empty=True)


@frozen
class ServiceReach:
    """Whether one service can be reached, by network.

    Attributes:
        service: its name.
        title: for people.
        subjects: what was tested of it, ordered.
        reach: over all networks: blocked where it is blocked on any, and so on in the order of
            :class:`Reach`.
        networks: ordered by network, those not known first.
        discards: by reason, the most first.
    """

    service: str
    title: str
    subjects: tuple[str, ...]
    reach: Reach
    networks: tuple[NetworkReach, ...]
    discards: tuple[Discards, ...] = ()

    def __attrs_post_init__(self) -> None:
        text("ServiceReach.service", self.service)
        text("ServiceReach.title", self.title)
        store(self, "subjects", all_of("ServiceReach.subjects", str, self.subjects))
        member("ServiceReach.reach", Reach, self.reach)
        store(self, "networks", all_of("ServiceReach.networks", NetworkReach, self.networks))
        store(self, "discards", all_of("ServiceReach.discards", Discards, self.discards))
        order = list(Reach)
        gravest = min((one.reach for one in self.networks), key=order.index, default=Reach.INSUFFICIENT)
        if self.reach is not gravest:
            raise InvalidValueError(
                "ServiceReach.reach", self.reach.value, f"is not {gravest.value}, the gravest of its networks"
            )


@frozen
class Block:
    """One service that was blocked (or slowed) in an episode.

    Attributes:
        service, title: its name, and that for people.
        subjects: what failed of it, ordered.
        slowed: whether it was slowed, not blocked.
        since: the first test that failed.
        worked: the last test before that worked, so that it was blocked between the two; None where none
            was made: then it may have been blocked long before.
        until: the first test that worked again: the unblocking; None while it lasts.
        last: the last test that failed.
        how: the layers at which it failed, the commonest first.
        networks: those that block it, ordered.
        open: those from which it was reached meanwhile, ordered.
        unclear: those that tested it too little to tell, ordered.
        tests: usable tests while it was blocked, on the networks that block it.
        failed: of these, those that failed.
        confirmed: of these, those in which a known block page or forged address was served.
        runs: how many runs of probes these come from, as far as runs are known; 0 where none is.
        hours: in how many hours these were made.
    """

    service: str
    title: str
    subjects: tuple[str, ...]
    since: datetime
    last: datetime
    worked: datetime | None = None
    until: datetime | None = None
    slowed: bool = False
    how: tuple[Layer, ...] = ()
    networks: tuple[Entity, ...] = ()
    open: tuple[Entity, ...] = ()
    unclear: tuple[Entity, ...] = ()
    tests: int = 0
    failed: int = 0
    confirmed: int = 0
    runs: int = 0
    hours: int = 0

    def __attrs_post_init__(self) -> None:
        text("Block.service", self.service)
        text("Block.title", self.title)
        store(self, "subjects", all_of("Block.subjects", str, self.subjects))
        flag("Block.slowed", self.slowed)
        for name in ("since", "last", "worked", "until"):
            value = getattr(self, name)
            if value is not None:
                store(self, name, instant(f"Block.{name}", value))
        store(self, "how", all_of("Block.how", Layer, self.how))
        for name in ("networks", "open", "unclear"):
            given = all_of(f"Block.{name}", Entity, getattr(self, name))
            store(self, name, tuple(sorted(_network(f"Block.{name}[{k}]", e) for k, e in enumerate(given))))
        _check_apart("Block", self, ("networks", "open", "unclear"))
        _check_counts("Block", self)
        whole("Block.hours", self.hours)
        self._check_times()

    def _check_times(self) -> None:
        if self.last < self.since:
            raise InvalidValueError("Block.last", self.last, "is before the first test that failed")
        if self.until is not None and self.until < self.last:
            raise InvalidValueError("Block.until", self.until, "is before the last test that failed")
        if self.worked is not None and self.worked > self.since:
            raise InvalidValueError("Block.worked", self.worked, "is after the first test that failed")


@frozen
class Blocking:
    """What was blocked in one episode.

    Attributes:
        blocks: by service, ordered by when they began.
        held: services that were tested on the same networks meanwhile and worked, ordered.
        failed_too: services that failed there as well and are not blocked as far as can be told.
    """

    blocks: tuple[Block, ...]
    held: tuple[str, ...] = field(default=())
    failed_too: tuple[str, ...] = field(default=())

    def __attrs_post_init__(self) -> None:
        blocks = all_of("Blocking.blocks", Block, self.blocks)
        if not blocks:
            raise InvalidValueError("Blocking.blocks", blocks, "are none")
        store(self, "blocks", tuple(sorted(blocks, key=lambda one: (one.since, one.service))))
        store(self, "held", all_of("Blocking.held", str, self.held))
        store(self, "failed_too", all_of("Blocking.failed_too", str, self.failed_too))
        blocked = {block.service for block in blocks}
        for name in ("held", "failed_too"):
            for index, service in enumerate(getattr(self, name)):
                if service in blocked:
                    raise InvalidValueError(f"Blocking.{name}[{index}]", service, "stands in blocks as well")
        _check_apart("Blocking", self, ("held", "failed_too"))

    @property
    def networks(self) -> tuple[Entity, ...]:
        """The networks that block any of it."""
        return tuple(sorted({network for block in self.blocks for network in block.networks}))

    @property
    def open(self) -> tuple[Entity, ...]:
        """The networks from which all that was tested there was reached."""
        blocking = set(self.networks)
        return tuple(sorted({network for block in self.blocks for network in block.open} - blocking))

    @property
    def how(self) -> tuple[Layer, ...]:
        """The layers at which tests failed, the commonest first."""
        found: dict[Layer, int] = {}
        for block in self.blocks:
            for rank, layer in enumerate(block.how):
                found[layer] = found.get(layer, 0) + max(1, block.failed >> rank)
        return tuple(sorted(found, key=lambda layer: (-found[layer], layer.value)))

    @property
    def may_be_one_networks_fault(self) -> bool:
        """Whether it may be the fault of one network, known or not: two others or more reach the services, no
        block page was served, and nothing is known to have worked on that network.
        """
        return (
            len(self.networks) <= 1
            and len({network for block in self.blocks for network in block.open}) >= _OTHERS
            and not self.held
            and not any(block.confirmed for block in self.blocks)
        )
