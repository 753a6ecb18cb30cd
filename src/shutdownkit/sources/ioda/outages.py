"""What answers of ``/outages/events`` and ``/outages/alerts`` hold.

A row that cannot be read is refused by itself, with the reason, and the others stand: people edit and
trim such rows, and old answers lack fields that newer ones have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from attrs import frozen

from ...errors import WrongAnswerError
from ...model.window import utc_text
from ...reading.http.fields import (
    as_flag,
    as_int,
    as_number,
    as_object,
    as_text,
    below,
    items_of,
    member,
    number_or_nan,
    optional,
    shown,
)
from .envelope import data_of
from .plan import from_epoch

__all__ = ["AlertRow", "EventRow", "Rows", "asked_for", "read_alerts", "read_events"]

R = TypeVar("R")

_LATEST = 2**31 - 1  # a later time is in milliseconds


@frozen
class Rows(Generic[R]):
    """Rows, and why others are none.

    Attributes:
        rows: those that could be read, in order.
        refused: for each that could not, its path and what is wrong.
        count: how many there were.
    """

    rows: tuple[R, ...]
    refused: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many rows there were."""
        return len(self.rows) + len(self.refused)


@frozen
class EventRow:
    """One event of IODA's own detector.

    Attributes:
        entity_type, entity_code: about whom, in IODA's words: ``country`` and ``LT``.
        start: epoch seconds.
        duration: seconds; of an event that is still open, up to the end of the query.
        score: percent times minutes, see :attr:`drop`.
        method: ``median`` or ``sarima``; None before 2023-07-13.
        overlaps: the row's ``overlaps_window``: open at the query's end, or begun before its start.
    """

    entity_type: str
    entity_code: str
    start: int
    duration: int
    score: float
    datasource: str
    method: str | None = None
    overlaps: bool | None = None

    @property
    def drop(self) -> float | None:
        """The loss at the first alert, in percent; None for an event of no length.

        The score is, as the server computes it, that loss times the minutes (InetIntel/ioda-api,
        ``OutagesEventsService.php``; the sum over all alerts that was meant is never written back).
        """
        return self.score / (self.duration / 60) if self.duration else None


@frozen
class AlertRow:
    """One change of state of a detector.

    Attributes:
        time: epoch seconds.
        level: ``critical`` or ``normal``.
        value, history: what was measured and what was predicted, NaN where null; of gtr in millions.
        condition, method: None where the row has none.
    """

    datasource: str
    entity_type: str
    entity_code: str
    time: int
    level: str
    value: float
    history: float
    condition: str | None = None
    method: str | None = None


def read_events(document: object) -> Rows[EventRow]:
    """The rows of ``/outages/events``, of the formats codf and ioda.

    Raises:
        RefusedError: where the server gives an error.
        WrongAnswerError: where it is no such answer.
    """
    return _rows(document, "outages.events", _event)


def asked_for(found: Rows[EventRow], entity_type: str, code: str, since: int, until: int) -> Rows[EventRow]:
    """The events of one entity that touch a time (epoch seconds); those of others are refused."""
    own: list[EventRow] = []
    refused = list(found.refused)
    for row in found.rows:
        end = row.start + row.duration
        if (row.entity_type, row.entity_code.upper()) != (entity_type, code.upper()):
            refused.append(
                f"an event is of {shown(f'{row.entity_type}/{row.entity_code}')}, not of {entity_type}/{code}"
            )
        elif row.start > until or end < since:
            refused.append(
                f"an event is from {utc_text(from_epoch(row.start))} to {utc_text(from_epoch(end))}, "
                "not within what was asked for"
            )
        else:
            own.append(row)
    return Rows(tuple(own), tuple(refused))


def read_alerts(document: object) -> Rows[AlertRow]:
    """The rows of ``/outages/alerts``.

    Raises:
        RefusedError: where the server gives an error.
        WrongAnswerError: where it is no such answer.
    """
    return _rows(document, "outages.alerts", _alert)


def _rows(document: object, kind: str, read: Callable[[Mapping[str, object], str], R]) -> Rows[R]:
    rows: list[R] = []
    refused: list[str] = []
    for item, path in items_of(data_of(document, kind), "data"):
        try:
            rows.append(read(as_object(item, path), path))
        except WrongAnswerError as error:
            refused.append(error.problem)
    return Rows(tuple(rows), tuple(refused))


def _event(row: Mapping[str, object], path: str) -> EventRow:
    if "location" in row:
        location = as_text(row["location"], below(path, "location"))
        entity_type, slash, code = location.partition("/")
        if not (entity_type and slash and code):
            raise WrongAnswerError(f"{path}.location: {shown(location)} is not of the form country/LT")
        start = _time(row, "start", path)
        duration = as_int(member(row, "duration", path), below(path, "duration"), minimum=0, maximum=_LATEST)
    else:
        entity_type, code = _entity(row, path)
        start, until = _time(row, "from", path), _time(row, "until", path)
        if until < start:
            raise WrongAnswerError(f"{path}: until {until} is before from {start}")
        duration = until - start
    return EventRow(
        entity_type=entity_type,
        entity_code=code,
        start=start,
        duration=duration,
        score=as_number(member(row, "score", path), below(path, "score"), minimum=0),
        datasource=as_text(member(row, "datasource", path), below(path, "datasource")),
        method=optional(as_text, row.get("method"), below(path, "method")),
        overlaps=optional(as_flag, row.get("overlaps_window"), below(path, "overlaps_window")),
    )


def _alert(row: Mapping[str, object], path: str) -> AlertRow:
    entity_type, code = _entity(row, path)
    return AlertRow(
        datasource=as_text(member(row, "datasource", path), below(path, "datasource")),
        entity_type=entity_type,
        entity_code=code,
        time=_time(row, "time", path),
        level=as_text(member(row, "level", path), below(path, "level")),
        value=number_or_nan(member(row, "value", path), below(path, "value")),
        history=number_or_nan(member(row, "historyValue", path), below(path, "historyValue")),
        condition=optional(as_text, row.get("condition"), below(path, "condition")),
        method=optional(as_text, row.get("method"), below(path, "method")),
    )


def _entity(row: Mapping[str, object], path: str) -> tuple[str, str]:
    place = below(path, "entity")
    entity = as_object(member(row, "entity", path), place)
    return (
        as_text(member(entity, "type", place), below(place, "type")),
        as_text(member(entity, "code", place), below(place, "code")),
    )


def _time(row: Mapping[str, object], key: str, path: str) -> int:
    return as_int(member(row, key, path), below(path, key), minimum=0, maximum=_LATEST)
