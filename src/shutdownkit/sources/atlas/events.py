"""Connections and disconnections of probes: the results of measurement 7000.

RIPE does not document the measurement; the form was measured by us on recorded days of 2011 to 2016.
``asn`` comes as a number, as text, as empty text or as null; ``prefix`` may be null; the order is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from .rows import BadRecordError, Read, read_rows, whole_number

__all__ = ["MEASUREMENT", "ConnectionEvent", "event_of", "ordered", "read_events"]

MEASUREMENT = 7000
"""The measurement's id."""

_LARGEST_ASN = 2**32 - 1


@frozen
class ConnectionEvent:
    """A probe connected to its controller, or was disconnected from it.

    Attributes:
        time: epoch seconds.
        probe: the probe's id.
        connected: whether it is connected from then on.
        asn: of the network it came from; None where the provider does not know.
        controller: the controller's name; empty where the provider does not say.
    """

    time: float
    probe: int
    connected: bool
    asn: int | None
    controller: str


def event_of(record: Mapping[str, object]) -> ConnectionEvent:
    """One event.

    Raises:
        BadRecordError: names the field, never its value.
    """
    if record.get("msm_id", MEASUREMENT) != MEASUREMENT:
        raise BadRecordError("msm_id", f"is not {MEASUREMENT}")
    what = record.get("event")
    if what not in ("connect", "disconnect"):
        raise BadRecordError("event", "is neither connect nor disconnect")
    probe = whole_number(record, "prb_id")
    if probe <= 0:
        raise BadRecordError("prb_id", "is not positive")
    time = whole_number(record, "timestamp")
    if not 0 < time < 2**40:
        raise BadRecordError("timestamp", "is no time in epoch seconds")
    controller = record.get("controller")
    if controller is not None and not isinstance(controller, str):
        raise BadRecordError("controller", f"is no text but {type(controller).__name__}")
    return ConnectionEvent(float(time), probe, what == "connect", _asn(record.get("asn")), controller or "")


def read_events(rows: Iterable[object], *, where: str) -> Read[ConnectionEvent]:
    """The events of an answer, :func:`ordered`.

    Raises:
        WrongAnswerError: where many of the records are none.
    """
    read = read_rows(rows, event_of, where=where, path="$")
    return Read(ordered(read.values), read.bad, read.first_problem)


def ordered(events: Iterable[ConnectionEvent]) -> tuple[ConnectionEvent, ...]:
    """By time, each once, however they came; of one instant, a probe's disconnection comes first."""
    return tuple(sorted(set(events), key=_order))


def _order(event: ConnectionEvent) -> tuple[float, int, bool, int, str]:
    asn = -1 if event.asn is None else event.asn
    return event.time, event.probe, event.connected, asn, event.controller


def _asn(value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRecordError("asn", f"is no AS number but {type(value).__name__}")
    if not 0 <= value <= _LARGEST_ASN:
        raise BadRecordError("asn", "is out of the range of AS numbers")
    return value or None
