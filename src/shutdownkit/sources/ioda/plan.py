"""What is asked of IODA for a query: a pure function of the query, never of the clock.

The server refuses more than 100 days at a time and averages where it is given a number of points, which
hides short outages.  So the span is asked for in chunks of at most 90 days, without a number of points,
one datasource at a time (with several, a later one inherits the coarser alignment of an earlier one).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, zip_longest
from urllib.parse import quote

from attrs import frozen

from ...errors import NotServedError
from ...model.window import TimeWindow
from ...reading.http.request import HttpRequest
from ...reading.query import Query
from .datasources import Datasource, wanted

__all__ = ["LONGEST", "Ask", "chunks", "epoch_seconds", "from_epoch", "gridded", "plan"]

LONGEST = timedelta(days=90)
"""The longest chunk: what IODA's own user interface allows itself, within the server's 100 days."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 2**31 - 1  # the server takes a later time for milliseconds, and refuses it
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@frozen
class Ask:
    """One request for a part of one series.

    Attributes:
        window: the chunk, whose edges lie on the datasource's grid.
    """

    datasource: Datasource
    window: TimeWindow
    request: HttpRequest


def epoch_seconds(time: datetime) -> int:
    """Whole seconds since 1970, rounded down."""
    return (time - _EPOCH) // _SECOND


def from_epoch(seconds: int) -> datetime:
    """The time so many seconds after 1970.

    Raises:
        OverflowError: after the year 9999.
    """
    return _EPOCH + timedelta(seconds=seconds)


def gridded(span: TimeWindow, step: timedelta) -> TimeWindow:
    """The bins of ``step``, counted from 1970, that a span touches: its start floored, its end ceiled.

    Raises:
        NotServedError: for a span that begins before 1970 or ends in 2038 or later, which the server's
            times cannot name.
    """
    if span.start < _EPOCH or epoch_seconds(span.end) > _LATEST - step // _SECOND:
        raise NotServedError(f"has times from 1970 to January 2038 only, not {span}")
    first = (span.start - _EPOCH) // step
    last = -((_EPOCH - span.end) // step)
    return TimeWindow(_EPOCH + first * step, _EPOCH + last * step)


def chunks(span: TimeWindow, step: timedelta) -> tuple[TimeWindow, ...]:
    """The bins that a span touches, cut at midnights (UTC) into windows of at most 90 days.

    The windows follow upon each other without a seam or a double.

    Args:
        span: what is to be covered.
        step: divides a day.

    Raises:
        NotServedError: see :func:`gridded`.
    """
    grid = gridded(span, step)
    edges = [grid.start]
    while edges[-1] < grid.end:
        reach = edges[-1] + LONGEST
        edges.append(min(reach - (reach - _EPOCH) % _DAY, grid.end))
    return tuple(TimeWindow(start, end) for start, end in pairwise(edges))


def plan(query: Query, base: str, code: str) -> tuple[Ask, ...]:
    """The requests for the signals of a query: of the oldest chunk all datasources, then of the next.

    So a datasource over which the server fails is not asked for twice in a row where there are others.

    Args:
        query: asks for at least one kind that IODA has of its entity.
        base: the API's address, without a slash at the end.
        code: IODA's code of the query's entity.

    Raises:
        NotServedError: see :func:`gridded`.
    """
    url = f"{base}/signals/raw/{query.entity.kind.value}/{quote(code, safe='')}"
    asks = [
        [Ask(one, window, _request(url, one, window)) for window in chunks(query.span, one.step)]
        for one in wanted(query)
    ]
    return tuple(ask for rank in zip_longest(*asks) for ask in rank if ask is not None)


def _request(url: str, datasource: Datasource, window: TimeWindow) -> HttpRequest:
    params = {
        "from": epoch_seconds(window.start),
        "until": epoch_seconds(window.end),
        "datasource": datasource.name,
    }
    return HttpRequest(url, params, until=window.end)
