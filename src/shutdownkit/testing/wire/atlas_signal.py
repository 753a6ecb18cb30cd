"""A world of probes behind given numbers of connected ones."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

from attrs import define, field

from ...errors import InvalidValueError
from ...model.entity import EntityKind
from ...model.kinds import KINDS
from ...model.signal import Signal
from .atlas import AtlasWorld, probe_record

__all__ = ["world_of_signal", "world_of_signals"]

Record = dict[str, Any]

_BIN = 8 * 3600
_BINS = 21
_MOST = 14  # a probe with drops in more of the bins of seven days is held to be restless
_FIRST_ID = 60000
_ASN = 64500  # for documentation (RFC 5398), and those that follow for private use (RFC 6996)
_LONG_AGO = 400 * 86400
_SETTLING = 1800  # a probe that came back counts after so long
_BLIP = 300  # and one that was gone for less was not gone


def world_of_signal(signal: Signal) -> AtlasWorld:
    """Probes whose connections, read back, give the signal's value at the start of each of its bins.

    A reconstruction: which probe drops when is made up.  Where a value is missing the one before it goes
    on.  After the last bin nothing happens.  No probe drops so often that it counts as restless; where
    that takes more probes than are ever connected at once, there are more.

    Args:
        signal: of ``atlas.connected-probes``, for a country or a network; whole numbers of probes, in
            bins of whole multiples of five minutes that begin at such multiples since 1970.

    Raises:
        InvalidValueError: for another signal.
    """
    return world_of_signals([signal])


def world_of_signals(signals: Iterable[Signal]) -> AtlasWorld:
    """The probes behind several signals, each as :func:`world_of_signal` has it, in one world.

    No probe is behind two of them.  Each country's are on a network of its own, which is none of the
    networks that are given: so none seems to be of another country, nor to count for a network.

    Raises:
        InvalidValueError: for a signal that is refused there, and two of one entity.
    """
    given = tuple(signals)
    for signal in given:
        _check(signal)
    entities = [signal.entity for signal in given]
    for entity in entities:
        if entities.count(entity) > 1:
            raise InvalidValueError("signals", str(entity), "is given twice")
    taken = {_number(signal) for signal in given if signal.entity.kind is EntityKind.ASN}
    free = (number for number in count(_ASN) if number not in taken)
    probes: list[Record] = []
    events: list[Record] = []
    for signal in given:
        asn = _number(signal) if signal.entity.kind is EntityKind.ASN else next(free)
        world = _crowd_of(signal, _FIRST_ID + len(probes)).world(signal.entity.country, asn)
        probes += world.probes
        events += world.events
    return AtlasWorld(probes, events)


def _number(signal: Signal) -> int:
    return int(signal.entity.code.removeprefix("AS"))


def _crowd_of(signal: Signal, first_id: int) -> _Crowd:
    crowd = _Crowd(int(signal.series.start.timestamp()), first_id)
    step = int(signal.series.step.total_seconds())
    number = None
    for index, value in enumerate(signal.series.values.tolist()):
        if math.isnan(value):
            continue
        if number is None:
            crowd.begin(int(value))
        number = int(value)
        crowd.change_to(number, crowd.start + index * step)
    return crowd


@define
class _Member:
    number: int
    connected: bool
    since: int
    drops: set[int] = field(factory=set)

    def may_drop(self, time: int) -> bool:
        """Whether another drop leaves it quiet enough."""
        here = time // _BIN
        return sum(1 for bin_ in self.drops if here - _BINS < bin_ <= here) < _MOST

    def change(self, time: int, *, connected: bool) -> None:
        self.connected, self.since = connected, time
        if not connected:
            self.drops.add(time // _BIN)


@define
class _Crowd:
    start: int
    first_id: int
    members: list[_Member] = field(factory=list)
    events: list[Record] = field(factory=list)

    def begin(self, number: int) -> None:
        for _ in range(number):
            self._join(connected=True)

    def change_to(self, number: int, time: int) -> None:
        """Let the longest connected drop, or the longest gone return."""
        up = [one for one in self.members if one.connected]
        for one in sorted(up, key=lambda one: one.since)[: max(0, len(up) - number)]:
            self._turn(one, time)
        if number > len(up):
            begun = time - _SETTLING
            away = [
                one
                for one in self.members
                if not one.connected and one.since <= begun - _BLIP and one.may_drop(begun)
            ]
            back = sorted(away, key=lambda one: one.since)[: number - len(up)]
            back += [self._join(connected=False) for _ in range(number - len(up) - len(back))]
            for one in back:
                self._turn(one, begun)

    def world(self, country: str | None, asn: int) -> AtlasWorld:
        probes = [
            probe_record(
                one.number,
                country,
                asn=asn,
                status=1 if one.connected else 2,
                since=one.since,
                first_connected=self.start - _LONG_AGO,
            )
            for one in self.members
        ]
        events = [{**event, "asn": _as_recorded(event, asn)} for event in self.events]
        return AtlasWorld(probes, events)

    def _join(self, *, connected: bool) -> _Member:
        one = _Member(self.first_id + len(self.members), connected, self.start - _LONG_AGO)
        self.members.append(one)
        return one

    def _turn(self, one: _Member, time: int) -> None:
        one.change(time, connected=not one.connected)
        self.events.append(
            {
                "msm_id": 7000,
                "type": "connection",
                "event": "connect" if one.connected else "disconnect",
                "prb_id": one.number,
                "timestamp": time,
                "controller": f"ctr-fixture{one.number % 4:02}",
                "prefix": None,
            }
        )


def _as_recorded(event: Record, asn: int) -> int | str:
    """Text in a connection, a number in a disconnection, as RIPE sends them since 2016."""
    return str(asn) if event["event"] == "connect" else asn


def _check(signal: Signal) -> None:
    if signal.kind != KINDS["atlas.connected-probes"]:
        raise InvalidValueError("signal", signal.kind.name, "is not atlas.connected-probes")
    if signal.entity.kind is EntityKind.REGION:
        raise InvalidValueError("signal", str(signal.entity), "is neither a country nor a network")
    if signal.series.step % timedelta(minutes=5) or signal.series.start.timestamp() % 300:
        raise InvalidValueError(
            "signal", (signal.series.start, signal.series.step), "is not in bins of five minutes"
        )
    for value in signal.series.values.tolist():
        if not math.isnan(value) and not value.is_integer():
            raise InvalidValueError("signal", value, "is no number of probes")
