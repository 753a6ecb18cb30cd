"""Times, lengths of time, and windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ...model.window import TimeWindow

__all__ = ["instants", "lengths", "steps", "windows"]

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2090, 1, 1, tzinfo=UTC)
_PLAINEST = datetime(2000, 1, 1, tzinfo=UTC)  # what Hypothesis' own times shrink to
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AROUND = timedelta(minutes=2000)
_MINUTE = timedelta(minutes=1)
_TICK = timedelta(microseconds=1)
_LONGEST = timedelta(days=30)
_MOST_CELLS = 1000
_USUAL = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 30, 60, 1440))


def instants(
    *, near: datetime | None = None, within: TimeWindow | None = None, whole: timedelta | None = None
) -> st.SearchStrategy[datetime]:
    """Times (aware UTC) from 1990 to 2090, often on the minute.

    Shrinks to the start of the year 2000, to ``near``, or to the start of ``within``; on a grid, to its
    first point from there on.

    Args:
        near: at most 2000 minutes from this time, on its minute.
        within: inside this window, which is half-open.
        whole: on the grid of whole multiples of this length since 1970.

    Raises:
        InvalidArgument: where no time is so, or both ``near`` and ``within`` are given.
    """
    _check(near=near, within=within, whole=whole)
    if whole is None:
        return _off_grid(near, within)
    if within is None:
        plainest = _PLAINEST if near is None else near
        within = TimeWindow(
            _EARLIEST if near is None else near - _AROUND,
            _LATEST if near is None else near + _AROUND + _TICK,
        )
    else:
        plainest = within.start
    first, last = _cells(within, _EPOCH, whole)
    if within.duration and _EPOCH + last * whole == within.end:
        last -= 1
    if last < first or not within.duration:
        raise InvalidArgument(f"no whole multiple of {whole} lies in {within}")
    origin = max(first, min(last, -((_EPOCH - plainest) // whole)))
    return st.integers(first - origin, last - origin).map(lambda cells: _EPOCH + (origin + cells) * whole)


def _off_grid(near: datetime | None, within: TimeWindow | None) -> st.SearchStrategy[datetime]:
    if near is not None:
        most = _AROUND // _MINUTE
        return st.integers(-most, most).map(lambda minutes: near + minutes * _MINUTE)
    if within is None:
        return _any_instants()
    if not within.duration:
        raise InvalidArgument(f"{within} is empty: no time is in it")
    start, last = within.start, within.duration - _TICK
    minutes = st.integers(0, last // _MINUTE).map(lambda number: start + number * _MINUTE)
    return minutes | st.integers(0, last // _TICK).map(lambda number: start + number * _TICK)


@cache
def _any_instants() -> st.SearchStrategy[datetime]:
    return st.builds(
        lambda time, exact: time if exact else time.replace(second=0, microsecond=0),
        st.datetimes(_EARLIEST.replace(tzinfo=None), _LATEST.replace(tzinfo=None), timezones=st.just(UTC)),
        st.booleans(),
    )


@cache
def steps(*, longest: timedelta = _LONGEST) -> st.SearchStrategy[timedelta]:
    """Lengths of bins: the usual ones, and any from a microsecond on.

    Shrinks to five minutes, or to the shortest usual one, or to a microsecond where none is allowed.

    Args:
        longest: the longest that is drawn.

    Raises:
        InvalidArgument: where it is not positive.
    """
    if longest <= timedelta(0):
        raise InvalidArgument(f"no bin is as short as {longest}")
    usual = [step for step in _USUAL if step <= longest]
    others = st.timedeltas(_TICK, longest)
    return st.sampled_from(usual) | others if usual else others


@cache
def lengths() -> st.SearchStrategy[timedelta]:
    """Lengths of time from zero to 30 days.  Shrinks to zero."""
    return st.just(timedelta(0)) | steps()


def windows(
    *,
    empty: bool = True,
    near: datetime | None = None,
    within: TimeWindow | None = None,
    whole: timedelta | None = None,
) -> st.SearchStrategy[TimeWindow]:
    """Half-open windows, up to 30 days long, or 1000 cells of a grid.

    Shrinks to the time that :func:`instants` shrinks to and to no length; where it may not be empty, to
    five minutes, to one cell of the grid, or within a window to a minute (a microsecond where that does not
    fit).

    Args:
        empty: whether a window may have no length.
        near: begins at most 2000 minutes from this time.
        within: inside this window; its end may be this window's.
        whole: begins and ends on the grid of whole multiples of this length since 1970.

    Raises:
        InvalidArgument: where no window is so, or both ``near`` and ``within`` are given.
    """
    _check(near=near, within=within, whole=whole)
    least = 0 if empty else 1
    if within is not None:
        return _windows_within(within, whole, least)
    if whole is None:
        return st.builds(_from, instants(near=near), lengths() if empty else steps())
    cells = st.integers(least, _MOST_CELLS).map(lambda number: number * whole)
    return st.builds(_from, instants(near=near, whole=whole), cells)


def _from(start: datetime, length: timedelta) -> TimeWindow:
    return TimeWindow(start, start + length)


def _windows_within(within: TimeWindow, whole: timedelta | None, least: int) -> st.SearchStrategy[TimeWindow]:
    if whole is not None:
        return _on_grid(within, _EPOCH, whole, least)
    exact = _on_grid(within, within.start, _TICK, least)
    if within.duration < _MINUTE:
        return exact
    return _on_grid(within, within.start, _MINUTE, least) | exact


def _on_grid(
    within: TimeWindow, origin: datetime, cell: timedelta, least: int
) -> st.SearchStrategy[TimeWindow]:
    first, last = _cells(within, origin, cell)
    if last - first < least:
        what = "is no window" if least == 0 else "is no window with a length"
        raise InvalidArgument(f"in {within} there {what} of whole multiples of {cell}")
    starts = st.integers(first, last - least).map(lambda number: number - first)  # shrinks to the first
    return starts.flatmap(
        lambda start: st.integers(least, last - first - start).map(
            lambda number: _from(origin + (first + start) * cell, number * cell)
        )
    )


def _cells(within: TimeWindow, origin: datetime, cell: timedelta) -> tuple[int, int]:
    """The numbers of the first and the last point of a grid in a window, its end included."""
    return -((origin - within.start) // cell), (within.end - origin) // cell


def _check(*, near: datetime | None, within: TimeWindow | None, whole: timedelta | None) -> None:
    if near is not None and within is not None:
        raise InvalidArgument("near and within are both given: which is it?")
    if whole is not None and whole <= timedelta(0):
        raise InvalidArgument(f"there is no grid of {whole}")
