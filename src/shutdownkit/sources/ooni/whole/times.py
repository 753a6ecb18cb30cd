"""What one measurement says of speed: handshakes of TLS, and the tests of throughput.

What is not recorded is None or missing, never 0.  Keys: ``ooni/spec: data-formats/df-006-tlshandshake.md,
df-008-netevents.md; nettests/ts-021-dash.md, ts-022-ndt.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
from attrs import frozen

from .failures import failure_of
from .keys import NULL, Handshake, Timed, decode, decode_part, is_null
from .record import Whole

__all__ = ["NOTHING", "Handshaking", "Times", "times_of"]

_KILO = 1000.0  # kbit/s in one Mbit/s, and milliseconds in a second
_LONGEST = 600.0  # seconds; OONI gives up on a handshake after 10, and on a whole measurement after minutes


@frozen
class Handshaking:
    """One handshake of TLS that succeeded.

    Attributes:
        name: the name that was asked for, in lower case; empty where not recorded.
        duration: in milliseconds.
    """

    name: str
    duration: float


@frozen
class Times:
    """What one measurement says of speed; None where it says nothing.

    Attributes:
        handshakes: those of TLS, in the order in which they are recorded.
        download: in Mbit/s, of a test of throughput (ndt).
        upload: likewise.
        rtt: the mean round-trip time under load, in milliseconds (ndt).
        least_rtt: the least, in milliseconds (ndt).
        bitrate: the median of a film's, in Mbit/s (dash).
    """

    handshakes: tuple[Handshaking, ...] = ()
    download: float | None = None
    upload: float | None = None
    rtt: float | None = None
    least_rtt: float | None = None
    bitrate: float | None = None


NOTHING = Times()
"""Of a measurement that says nothing of speed."""


class _Shake(msgspec.Struct, frozen=True, gc=False):
    server_name: Any = None
    failure: Any = None
    t0: Any = None
    t: Any = None


class _Connections(msgspec.Struct, frozen=True, gc=False):
    """As :class:`Timed`, of tests of which nothing else matters."""

    tls_handshakes: list[_Shake] | None = None
    network_events: msgspec.Raw = NULL


class _Event(msgspec.Struct, frozen=True, gc=False):
    operation: Any = None
    failure: Any = None
    t: Any = None
    transaction_id: Any = None
    conn_id: Any = None


class _Speeds(msgspec.Struct, frozen=True, gc=False):
    """The newer spelling of ndt is ``summary``, the older ``simple``, ``advanced``; dash has ``simple``."""

    failure: Any = None
    summary: dict[str, Any] | None = None
    simple: dict[str, Any] | None = None
    advanced: dict[str, Any] | None = None


_CONNECTIONS = msgspec.json.Decoder(_Connections)
_EVENTS = msgspec.json.Decoder(list[_Event] | None)
_SPEEDS = msgspec.json.Decoder(_Speeds)


def times_of(whole: Whole, keys: Timed | None = None) -> Times:
    """What a measurement says of speed.

    Args:
        keys: its results, where somebody has decoded them.

    Raises:
        WrongAnswerError: the results cannot be decoded where they matter.
    """
    if keys is not None:
        return _handshakes(keys)
    if is_null(whole.test_keys):
        return NOTHING
    if whole.test_name in {"ndt", "dash"}:
        return _speeds(decode(whole.test_keys, _SPEEDS), whole.test_name)
    return _handshakes(decode(whole.test_keys, _CONNECTIONS))


def _handshakes(keys: Timed | _Connections) -> Times:
    found = _of_shakes(keys.tls_handshakes or [])
    if not found and not is_null(keys.network_events):
        found = _of_events(decode_part("network_events", keys.network_events, _EVENTS) or [])
    return Times(handshakes=tuple(found)) if found else NOTHING


def _of_shakes(shakes: Sequence[Handshake | _Shake]) -> list[Handshaking]:
    """Durations of handshakes that tell when they began."""
    found = []
    for one in shakes:
        lasted = _between(one.t0, one.t)
        if lasted is not None and failure_of(one.failure) is None:
            name = one.server_name.lower() if isinstance(one.server_name, str) else ""
            found.append(Handshaking(name, lasted))
    return found


def _of_events(events: list[_Event]) -> list[Handshaking]:
    """Durations between the events of one connection; where none is named, between neighbours in the list.

    The events of one connection stand together in measurements before version 0.5, those of several in
    the order in which the connections ended.  A beginning that another follows before its end is of no use.
    """
    began: dict[int | None, Any] = {}
    found = []
    for one in events:
        if one.operation == "tls_handshake_start":
            key = _connection(one)
            began[key] = None if key in began else one.t
        elif one.operation == "tls_handshake_done" and (key := _connection(one)) in began:
            lasted = _between(began.pop(key), one.t)
            if lasted is not None and failure_of(one.failure) is None:
                found.append(Handshaking("", lasted))
    return found


def _connection(event: _Event) -> int | None:
    """The number of the connection it belongs to; None where none is named."""
    for number in (event.transaction_id, event.conn_id):
        if isinstance(number, int) and number:
            return number
    return None


def _speeds(keys: _Speeds, test: str) -> Times:
    if failure_of(keys.failure) is not None:
        return Times()
    simple, advanced = keys.simple or {}, keys.advanced or {}
    if test == "dash":
        return Times(bitrate=_scaled(simple.get("median_bitrate")))
    summary = keys.summary or {}
    rates, rtts = (summary, summary) if summary else (simple, advanced)
    return Times(
        download=_scaled(rates.get("download")),
        upload=_scaled(rates.get("upload")),
        rtt=_number(rtts.get("avg_rtt")),
        least_rtt=_number(rtts.get("min_rtt")),
    )


def _between(start: Any, end: Any) -> float | None:
    """Milliseconds between two times in seconds; None of a simulated clock, which stands still."""
    if not _real(start) or not _real(end):
        return None
    lasted = end - start
    return lasted * _KILO if 0 < lasted <= _LONGEST else None


def _scaled(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else number / _KILO


def _number(value: Any) -> float | None:
    """A number that was measured: one of 0 means that nothing was."""
    return float(value) if _real(value) and value > 0 else None


def _real(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond all numbers with a fraction
        return False
