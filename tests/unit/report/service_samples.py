"""A report in which services were blocked, to check renderings against known answers."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from shutdownkit.model.entity import Entity
from shutdownkit.model.reach import Block, Blocking, Discards, NetworkReach, Reach, ServiceReach
from shutdownkit.model.service_tests import Layer
from shutdownkit.model.verdict import Condition, Mechanism
from shutdownkit.report.report import Report
from tests.unit.report.samples import report, verdict


def asn(number: int) -> Entity:
    return Entity.parse(f"AS{number}")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2020, 8, day, hour, minute, tzinfo=UTC)


TELEGRAM = Block(
    service="telegram",
    title="Telegram",
    subjects=("app:telegram", "domain:web.telegram.org"),
    since=at(8, 20, 30),
    last=at(10, 9),
    worked=at(8, 19, 12),
    until=at(10, 11),
    how=(Layer.TLS, Layer.HTTP),
    networks=(asn(25106), asn(6697)),
    open=(asn(42772),),
    unclear=(asn(31143),),
    tests=44,
    failed=41,
    confirmed=12,
    runs=9,
    hours=7,
)
VIDEO = Block(
    service="domain:video.example",
    title="video.example",
    subjects=("domain:video.example",),
    since=at(9, 1),
    last=at(11, 2),
    slowed=True,
    tests=1,
    failed=1,
    runs=1,
    hours=1,
)
BLOCKING = Blocking((TELEGRAM, VIDEO), held=("google", "wikipedia"), failed_too=("domain:gone.example",))


def reach(
    name: str, state: Reach, *networks: NetworkReach, discards: tuple[Discards, ...] = ()
) -> ServiceReach:
    return ServiceReach(name, name.capitalize(), (f"domain:{name}.example",), state, networks, discards)


SERVICES = (
    reach(
        "google",
        Reach.OK,
        NetworkReach(asn(6697), Reach.OK, 30, 0, runs=10),
        discards=(Discards("geo-DNS", 30),),
    ),
    reach("wikipedia", Reach.OK, NetworkReach(asn(6697), Reach.OK, 8, 0, runs=4)),
    reach("zoom", Reach.INSUFFICIENT, NetworkReach(asn(6697), Reach.INSUFFICIENT, 2, 0, reason="2 tests")),
    reach("tor", Reach.INSUFFICIENT),
    reach(
        "vendor",
        Reach.DOWN,
        NetworkReach(None, Reach.DOWN, 4, 0, runs=2, reason="it fails elsewhere as well"),
        discards=(Discards("geo-DNS", 1), Discards("broken version of the test", 3)),
    ),
    reach("video", Reach.SLOWED, NetworkReach(asn(6697), Reach.SLOWED, 6, 5, runs=3, how=(Layer.HTTP,))),
    reach(
        "telegram",
        Reach.BLOCKED,
        NetworkReach(asn(25106), Reach.BLOCKED, 14, 12, runs=2, how=(Layer.HTTP, Layer.TLS)),
        NetworkReach(asn(6697), Reach.BLOCKED, 30, 29, confirmed=12, runs=7, how=(Layer.TLS,)),
        NetworkReach(asn(31143), Reach.INSUFFICIENT, 1, 1, runs=1, reason="1 test in one hour"),
        NetworkReach(asn(42772), Reach.OK, 9, 0, runs=3),
    ),
)


def blocking_report(blocking: Blocking = BLOCKING, services: tuple[ServiceReach, ...] = SERVICES) -> Report:
    """The report of the other samples, with one episode in which services were blocked."""
    base = report(Condition.BLOCKING)
    episode = attrs.evolve(
        base.episodes[0],
        verdict=verdict(Condition.BLOCKING, mechanism=Mechanism.TLS),
        blocking=blocking,
    )
    return attrs.evolve(base, episodes=(episode,), services=services)
