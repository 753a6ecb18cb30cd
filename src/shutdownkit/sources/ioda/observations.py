"""What IODA's own detector saw, in sentences: a cross-check for readers, never judged.

The detector reads the same series as the signals are, so that counting it as well would count one
witness twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from ...model.account import Observation
from ...model.window import TimeWindow, utc_text
from ...reading.http.request import HttpRequest
from ...reading.query import Query
from .datasources import Datasource, wanted
from .outages import EventRow
from .plan import epoch_seconds, from_epoch, gridded

__all__ = ["LIMIT", "PAGES", "events_request", "observations_of", "window_seconds"]

LIMIT = 500
"""Rows a page: the server's own default since 2026-02-09; with more it answers 500."""

PAGES = 20
"""At most so many pages are read."""

_SECOND = timedelta(seconds=1)
_SETTLES = timedelta(days=16)  # 14 of the server's extendWindow, and two
_HABITUATION = (
    14 * 86400
)  # after so long the detector takes the loss for normal (measured on recorded events)
_METHODS = {
    "median": "IODA: less than a fixed share of the median of the last day or week "
    "(https://ioda.inetintel.cc.gatech.edu/help)",
    "sarima": "Chocolatine, TMA 2019 (https://arxiv.org/abs/1906.04426)",
}
_METHOD = "IODA's own detector (https://ioda.inetintel.cc.gatech.edu/help)"


def window_seconds(query: Query) -> tuple[int, int]:
    """A query's window in epoch seconds, widened to whole ones."""
    window = gridded(query.window, _SECOND)
    return epoch_seconds(window.start), epoch_seconds(window.end)


def events_request(query: Query, base: str, code: str, page: int) -> HttpRequest:
    """The request for a page, from 0, of the events in a query's window.

    An event that is open at the window's end gets its end up to 14 days later; so the answer is not
    settled before.
    """
    since, until = window_seconds(query)
    params = {
        "entityType": query.entity.kind.value,
        "entityCode": code,
        "from": since,
        "until": until,
        "ignoreMethods": "*.sarima",
        "limit": LIMIT,
        "page": page,
    }
    return HttpRequest(f"{base}/outages/events", params, until=from_epoch(until), settles=_SETTLES)


def observations_of(rows: Sequence[EventRow], query: Query) -> tuple[Observation, ...]:
    """A sentence for each event on a signal that the query wants, ordered by time.

    Args:
        rows: all events of the query's entity in its window.
    """
    datasources = {one.name: one for one in wanted(query)}
    _, end = window_seconds(query)
    found = [
        _observation(row, datasources[row.datasource], query, end, rows)
        for row in sorted(dict.fromkeys(rows), key=lambda row: (row.start, row.datasource, row.duration))
        if row.datasource in datasources
    ]
    return tuple(found)


def _observation(
    row: EventRow, datasource: Datasource, query: Query, end: int, rows: Iterable[EventRow]
) -> Observation:
    window = TimeWindow(from_epoch(row.start), from_epoch(row.start + row.duration))
    drop = row.drop
    loss = "a loss" if drop is None else f"a loss of {drop:.3g} % at the first alert"
    parts = [f"IODA's own detector saw {loss}, from {utc_text(window.start)} to {utc_text(window.end)}"]
    if drop is not None and drop > 100:
        parts.append("a loss over 100 % is impossible: the event was edited or is broken")
    if row.start + row.duration >= end:
        parts.append("still open at the end of the window")
    elif abs(row.duration - _HABITUATION) <= datasource.step.total_seconds():
        parts.append("it lasted 14 days: ended by the detector's habituation, not by a recovery")
    if row.datasource == "merit-nt" and not any(_meets(row, other) for other in rows):
        parts.append("the telescope alone saw it: such events are often bogus")
    return Observation(
        source="ioda",
        entity=query.entity,
        kind=datasource.kind,
        window=window,
        text=f"{'; '.join(parts)}.",
        method=_METHODS.get(row.method or "", _METHOD),
    )


def _meets(row: EventRow, other: EventRow) -> bool:
    """Whether an event of another datasource was at the same time."""
    return (
        other.datasource != row.datasource
        and other.start <= row.start + row.duration
        and row.start <= other.start + other.duration
    )
