"""Records of probes, as the list of probes has them.

They say how a probe is now, not how it was; for a time long past only its events tell.  The country is
what the volunteer declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from attrs import frozen

from .rows import BadRecordError, Read, read_rows, whole_number

__all__ = ["FIELDS", "Probe", "probe_of", "read_probes", "state_by_record"]

FIELDS = "id,country_code,asn_v4,asn_v6,status,status_since,first_connected,last_connected"
"""What is asked of a record.  Never a position, an address or a description."""

NEVER, CONNECTED, DISCONNECTED, ABANDONED, WRITTEN_OFF = range(5)
"""The provider's ids of a probe's status; the last is missing in its tools, and was seen in its answers."""


@frozen
class Probe:
    """A probe as it is now.

    Attributes:
        country: as declared; None where unknown.
        asn_v4, asn_v6: its networks; None where unknown.  They may differ.
        status: 0 never connected, 1 connected, 2 disconnected, 3 abandoned, 4 written off; None where
            unknown.
        since: since when it has the status (epoch seconds), or None.
        first_connected, last_connected: epoch seconds, or None.
    """

    id: int
    country: str | None = None
    asn_v4: int | None = None
    asn_v6: int | None = None
    status: int | None = None
    since: float | None = None
    first_connected: float | None = None
    last_connected: float | None = None


def probe_of(record: Mapping[str, object]) -> Probe:
    """One probe; what is missing or null is None.

    Raises:
        BadRecordError: names the field, never its value.
    """
    country = record.get("country_code")
    if country is not None and not isinstance(country, str):
        raise BadRecordError("country_code", f"is no text but {type(country).__name__}")
    status, since = _status(record.get("status"))
    if since is None:
        since = _time(record, "status_since")
    return Probe(
        _id(record),
        country.upper() if country else None,
        _optional(record, "asn_v4"),
        _optional(record, "asn_v6"),
        status,
        since,
        _time(record, "first_connected"),
        _time(record, "last_connected"),
    )


def read_probes(rows: Iterable[object], *, where: str) -> Read[Probe]:
    """The probes of an answer, each once, by id; of several records of one, the first.

    Raises:
        WrongAnswerError: where many of the records are none.
    """
    read = read_rows(rows, probe_of, where=where, path="$.results")
    by_id: dict[int, Probe] = {}
    for probe in read.values:
        by_id.setdefault(probe.id, probe)
    return Read(tuple(by_id[number] for number in sorted(by_id)), read.bad, read.first_problem)


def state_by_record(probe: Probe, start: float, stop: float) -> bool | None:
    """Whether a probe without any event was connected from ``start`` to ``stop``, as far as its record says.

    Returns:
        True where it is connected since before; False where it has not been connected since before, or
        only came later, or never; None where the record does not tell.
    """
    if probe.status == NEVER:
        return False
    if probe.first_connected is not None and probe.first_connected >= stop:
        return False
    if probe.status == CONNECTED:
        return True if probe.since is not None and probe.since <= start else None
    if probe.status in {DISCONNECTED, ABANDONED, WRITTEN_OFF}:
        last = probe.last_connected if probe.last_connected is not None else probe.since
        return False if last is not None and last <= start else None
    return None


def _id(record: Mapping[str, object]) -> int:
    number = whole_number(record, "id")
    if number <= 0:
        raise BadRecordError("id", "is not positive")
    return number


def _optional(record: Mapping[str, object], field: str) -> int | None:
    return None if record.get(field) is None else whole_number(record, field) or None


def _time(record: Mapping[str, object], field: str) -> float | None:
    return None if record.get(field) is None else float(whole_number(record, field))


def _status(value: object) -> tuple[int | None, float | None]:
    """Status and since when, from the object that the list has, or the number that the archive has."""
    since: float | None = None
    if isinstance(value, dict):
        since = _instant(value.get("since"))
        value = value.get("id")
    if value is None:
        return None, since
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRecordError("status", "is no status")
    return (value if NEVER <= value <= WRITTEN_OFF else None), since


def _instant(value: object) -> float | None:
    """Epoch seconds of ``2024-06-28T08:50:02.769177Z``."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadRecordError("status.since", f"is no time but {type(value).__name__}")
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise BadRecordError("status.since", "is no ISO 8601 time") from None
    return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).timestamp()
