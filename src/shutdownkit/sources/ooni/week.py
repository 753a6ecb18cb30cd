"""The answer to one request: hours of one week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen

from ...errors import WrongAnswerError
from ...model.window import utc_text
from ...reading.http.fields import shown
from .ask import HOUR, Ask
from .parse import Counts, Row, read_aggregation, read_asn

__all__ = ["Hour", "Week", "read_hours"]


@frozen
class Hour:
    """Counts of one hour.

    Attributes:
        hour: of the week, from 0.
        axis: what is counted apart, such as an AS number; None where all is counted together.
    """

    hour: int
    axis: str | int | None
    counts: Counts


@frozen
class Week:
    """What came for one request.

    Attributes:
        rows: hours (of one network, test or category) with measurements, in any order; no two of one.
        retrieved: when the provider sent it, in UTC.
        address: what was asked.
    """

    ask: Ask
    rows: tuple[Hour, ...]
    retrieved: datetime
    address: str

    @property
    def hours(self) -> int:
        """How many hours it has."""
        return self.ask.chunk.duration // HOUR


def read_hours(document: object, ask: Ask) -> tuple[Hour, ...]:
    """The rows of an answer to a request.

    Raises:
        ProviderError: see :func:`~shutdownkit.sources.ooni.parse.read_aggregation`.
        WrongAnswerError: also for a row without its hour or axis, of an hour or a thing that was not asked,
            or of one that came already.
    """
    aggregation = read_aggregation(document)
    if not aggregation.dimensions:
        raise WrongAnswerError("result: is of no axis, where hours were asked")
    return tuple(_checked(aggregation.rows, ask))


def _checked(rows: tuple[Row, ...], ask: Ask) -> Iterator[Hour]:
    seen: set[tuple[int, str | int | None]] = set()
    wanted = {key: _values(key, text) for key, text in ask.filters}
    for index, row in enumerate(rows):
        path = f"result[{index}]"
        hour = _hour(row, ask, path)
        for key, value in row.axes.items():
            if value not in wanted.get(key, {value} if key == ask.axis else ()):
                raise WrongAnswerError(f"{path}.{key}: {shown(value)} was not asked")
        axis = None
        if ask.axis is not None:
            if ask.axis not in row.axes:
                raise WrongAnswerError(f"{path}: has no {ask.axis!r}")
            axis = row.axes[ask.axis]
        if (hour, axis) in seen:
            about = "" if axis is None else f" and {ask.axis} {shown(axis)}"
            raise WrongAnswerError(
                f"{path}: the hour {utc_text(ask.chunk.start + hour * HOUR)}{about} came twice"
            )
        seen.add((hour, axis))
        yield Hour(hour, axis, row.counts)


def _values(key: str, text: str) -> set[str | int]:
    """What a filter lets through, as :class:`Row` has it."""
    return {read_asn(one, key) if key == "probe_asn" else one for one in text.split(",")}


def _hour(row: Row, ask: Ask, path: str) -> int:
    if row.start is None:
        raise WrongAnswerError(f"{path}: has no 'measurement_start_day'")
    named = f"{path}.measurement_start_day: {utc_text(row.start)}"
    if not row.hourly or (row.start - ask.chunk.start) % HOUR:
        raise WrongAnswerError(f"{named} is not an hour, where hours were asked")
    if row.start not in ask.chunk:
        raise WrongAnswerError(f"{named} was not asked: {ask.chunk} was")
    return (row.start - ask.chunk.start) // HOUR
