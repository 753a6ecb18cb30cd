"""What one answer says about its chunk of one series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from attrs import frozen

from ...errors import WrongAnswerError
from ...model.series import TimeSeries
from ...model.window import TimeWindow, utc_text
from ...reading.http.fields import shown
from ...reading.http.request import Answer
from .bins import Numbers, numbers_of
from .datasources import Datasource
from .parse import IodaSeries, read_signals_envelope
from .plan import Ask, from_epoch

__all__ = ["Part", "read_part"]


@frozen(eq=False)
class Part:
    """What one answer says about its chunk.

    Attributes:
        values: within the chunk, NaN where nobody measured; None where nothing is known of the chunk.
        weights: on the same grid; None where the datasource has none.
        address: what was asked.
        retrieved: when it was answered.
        remarks: what a reader must know of the chunk, such as where the series breaks off.
    """

    ask: Ask
    values: TimeSeries | None
    weights: TimeSeries | None
    address: str
    retrieved: datetime
    remarks: tuple[str, ...] = ()


def read_part(answer: Answer, ask: Ask, entity_type: str, code: str) -> Part:
    """Read the answer to a request.

    A bin that was not over when the answer was given, or whose values were still coming in then, is
    missing.  What the series has outside of the chunk is cut.

    Args:
        entity_type, code: whom the request was about, in IODA's words.

    Raises:
        RefusedError: where the server gives an error.
        WrongAnswerError: names the place that is wrong: another entity or datasource than asked for, an
            average, another time, a value that cannot be.
    """
    series = _picked(read_signals_envelope(answer.document), ask.datasource, entity_type, code)
    if series is None or not series.values:
        remark = f"has nothing from {utc_text(ask.window.start)} to {utc_text(ask.window.end)}"
        return Part(ask, None, None, answer.address, answer.retrieved, (remark,))
    _check_step(series, ask.datasource)
    step = ask.datasource.step
    window = TimeWindow(from_epoch(series.start), from_epoch(series.start) + step * len(series.values))
    if not window.overlaps(ask.window):
        raise WrongAnswerError(f"{series.path}: is about {window}, not about {ask.window}")
    numbers = numbers_of(series, ask.datasource)
    remarks = _breaks(window, ask, answer.retrieved)
    settled, late = _settled(numbers, window.start, ask, answer.retrieved)
    values = TimeSeries(window.start, step, settled.values).cut(ask.window)
    weights = None
    if settled.weights is not None:
        weights = TimeSeries(window.start, step, settled.weights).cut(ask.window)
    return Part(ask, values, weights, answer.address, answer.retrieved, (*remarks, *late))


def _picked(
    found: Sequence[IodaSeries], datasource: Datasource, entity_type: str, code: str
) -> IodaSeries | None:
    """The series that was asked for; None where there is none at all."""
    by_subtype: dict[str, IodaSeries] = {}
    for one in found:
        if (one.entity_type, _plain(one.entity_code)) != (entity_type, _plain(code)):
            found_entity = shown(f"{one.entity_type}/{one.entity_code}")
            raise WrongAnswerError(f"{one.path}: is about {found_entity}, not {entity_type}/{code}")
        if one.datasource != datasource.name:
            raise WrongAnswerError(f"{one.path}: is of {shown(one.datasource)}, not of {datasource.name}")
        if one.subtype in by_subtype:
            raise WrongAnswerError(f"{one.path}: is a second series of {one.datasource}")
        by_subtype[one.subtype] = one
    for subtype in datasource.subtypes:
        if subtype in by_subtype:
            return by_subtype[subtype]
    if found:
        names = ", ".join(map(shown, by_subtype))
        raise WrongAnswerError(
            f"data: has {datasource.name} of subtype {names}, not {datasource.subtypes[0]!r}"
        )
    return None


def _plain(code: str) -> str:
    """A code in capitals, a network's without the letters AS."""
    capital = code.upper()
    return capital[2:] if capital.startswith("AS") and capital[2:].isdecimal() else capital


def _check_step(series: IodaSeries, datasource: Datasource) -> None:
    step = datasource.step // timedelta(seconds=1)
    if series.step != step:
        raise WrongAnswerError(
            f"{series.path}.step: averaged over {series.step} s, not in {datasource.name}'s own {step} s: "
            "hides short outages"
        )
    if series.start % step:
        raise WrongAnswerError(f"{series.path}.from: {series.start} is not on the grid of {step} s")


def _breaks(window: TimeWindow, ask: Ask, retrieved: datetime) -> tuple[str, ...]:
    """Where the series begins later, or ends earlier, than it was asked for."""
    remarks = []
    if window.start > ask.window.start:
        remarks.append(
            f"begins at {utc_text(window.start)}, not at {utc_text(ask.window.start)}: "
            "the time before is missing"
        )
    known = min(ask.window.end, retrieved - ask.datasource.lag - ask.datasource.step)
    if window.end < known:
        remarks.append(
            f"breaks off at {utc_text(window.end)}, not at {utc_text(ask.window.end)}: "
            "the time after is missing"
        )
    return tuple(remarks)


def _settled(
    numbers: Numbers, start: datetime, ask: Ask, retrieved: datetime
) -> tuple[Numbers, tuple[str, ...]]:
    """The numbers without those that came too early to count, and what is to be said of it."""
    step, lag = ask.datasource.step, ask.datasource.lag
    count = max(0, (retrieved - lag - start) // step)  # bins that had ended, and settled, by then
    late: tuple[str, ...] = ()
    end = start + count * step
    if lag and end < min(ask.window.end, retrieved):
        late = (f"lags by {lag // timedelta(hours=1)} h: the time from {utc_text(end)} is missing",)
    if count >= len(numbers.values):
        return numbers, late
    missing = np.arange(len(numbers.values)) >= count
    return (
        Numbers(
            np.where(missing, np.nan, numbers.values),
            None if numbers.weights is None else np.where(missing, np.nan, numbers.weights),
        ),
        late,
    )
