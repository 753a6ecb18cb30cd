"""How many measurements and networks there were, hour by hour, in which missing is not zero.

As with the API (:mod:`shutdownkit.sources.ooni.regrid`): an hour without a measurement is a measured zero
only where the rest of the world, which is whoever else is in the archive, was measured as usual in that hour.
Besides, an archive is what somebody downloaded: outside the first and the last upload from the entity's own
country nobody can tell whether nothing was measured or nothing was downloaded, and where a file is damaged
nobody knows what was in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np
from attrs import frozen

from ....model.entity import EntityKind
from ....model.kinds import SignalKind
from ....model.series import TimeSeries
from ....model.window import TimeWindow
from ..parse import Counts
from ..plan import HOUR, MEASUREMENTS, NETWORKS, Ask, Purpose, weeks
from ..regrid import Flags, World, joined, known, measurements, networks, runs, settled, usual, world
from ..week import Hour, Week
from .collect import Collected
from .epoch import hour_of, whole_hours
from .layout import Place

__all__ = ["SURE", "Volume", "volume_of"]

SURE = 50
"""So many measurements an hour the rest of the world must usually make for an hour with under half of them to
be the provider's fault, in which what the entity measured is left out as well.  Of 50 that arrive
independently, under half come with a chance of 5 in 100,000 (Poisson); a single small neighbour varies by
more than half from hour to hour by itself."""


@frozen(eq=False)
class Volume:
    """Numbers on the hours of a query.

    Attributes:
        series: by kind; only those with any measured hour.
        reached: the windows of which the archive holds what had been uploaded by its end.
        covered: of these, the windows that had been over for long enough for late uploads to come.
        faulty: hours that are left out because the rest of the world was measured far less than usual.
        late: hours that are left out because uploads were still to come.
        damaged: hours that are left out because files of theirs are damaged.
        undated: whether a damaged file does not say when it was uploaded, so that no hour is a measured zero.
        alone: whether the archive holds no other country, so that no hour is a measured zero.
        bracket: from the first to the last upload of the entity's country; None where there is none.
    """

    series: Mapping[SignalKind, TimeSeries]
    reached: tuple[TimeWindow, ...]
    covered: tuple[TimeWindow, ...]
    faulty: tuple[TimeWindow, ...]
    late: tuple[TimeWindow, ...]
    damaged: tuple[TimeWindow, ...]
    undated: bool
    alone: bool
    bracket: TimeWindow | None


def volume_of(found: Collected, span: TimeWindow) -> Volume:
    """The numbers of the entity.

    Raises:
        NotServedError: for a time at either end of the calendar.
    """
    grid = whole_hours(span)
    newest = found.newest or grid.start
    rest = _rest(found)
    own = _weeks(Purpose.VOLUME, span, found.own, newest)
    others = _weeks(Purpose.WORLD, span, rest, newest)
    level = usual(others)
    states = [_state(week, level) for week in others]
    bracket = _bracket(found)
    lost = [_hours_of(week, _places(found, found.damaged)) for week in own]
    unsure = [_hours_of(week, _places(found, found.gappy)) for week in own]
    undated = any(place.uploaded is None for place in _places(found, found.damaged))
    within = [_inside(week, bracket) for week in own]
    inside = [one & ~gone for one, gone in zip(within, lost, strict=True)]
    zero = [state.normal & one & (not undated) for state, one in zip(states, within, strict=True)]
    counted = {MEASUREMENTS: measurements}
    if found.entity.kind is EntityKind.COUNTRY:
        counted[NETWORKS] = networks
    series = {}
    for kind, count in counted.items():
        parts = []
        for week, state, normal, gone, gap in zip(own, states, zero, lost, unsure, strict=True):
            values = count(week, World(normal=normal, faulty=state.faulty))
            values[gone | (gap & (values == 0))] = np.nan
            parts.append((week.ask.chunk, values))
        one = joined(grid, parts)
        if found.own and one.measured.any():
            series[kind] = one

    def windows(hours: Iterable[Flags]) -> tuple[TimeWindow, ...]:
        flags = ((week.ask.chunk, np.where(one, 1.0, np.nan)) for week, one in zip(own, hours, strict=True))
        return tuple(runs(joined(grid, flags)))

    return Volume(
        series=series,
        reached=windows(known(week) & one for week, one in zip(own, within, strict=True)),
        covered=windows(settled(week) & one for week, one in zip(own, inside, strict=True)),
        faulty=windows(state.faulty & one for state, one in zip(states, inside, strict=True)),
        late=windows(known(week) & ~settled(week) for week in own),
        damaged=windows(gone & one for gone, one in zip(lost, within, strict=True)),
        undated=undated,
        alone=not rest,
        bracket=bracket,
    )


def _state(week: Week, level: float) -> World:
    """How the rest of the world did; nothing can be said of it where it is not in the archive."""
    if not level:
        return world(None, week.hours)
    state = world(week, week.hours, at_least=level)
    if level < SURE:
        return World(normal=state.normal, faulty=np.zeros(week.hours, np.bool_))
    return state


def _rest(found: Collected) -> Counter[tuple[int, int]]:
    """Measurements of other countries than the entity's, by hour."""
    rest: Counter[tuple[int, int]] = Counter()
    home = found.home | ({found.entity} if found.entity.kind is EntityKind.COUNTRY else set())
    for (hour, country), count in found.hours.items():
        if country is not None and country not in home:
            rest[hour, 0] += count
    return rest


def _codes(found: Collected) -> set[str]:
    """The countries in which the entity is, as far as is known."""
    codes = {one.code for one in found.home if one is not None}
    if found.entity.kind is EntityKind.COUNTRY:
        codes.add(found.entity.code)
    return codes


def _bracket(found: Collected) -> TimeWindow | None:
    windows = [found.uploads[code] for code in _codes(found) if code in found.uploads]
    if not windows:
        return None
    return TimeWindow(min(one.start for one in windows), max(one.end for one in windows))


def _places(found: Collected, files: Iterable[Place]) -> list[Place]:
    """Those that may hold measurements of the entity."""
    codes = _codes(found)
    return [place for place in files if place.country is None or place.country in codes]


def _hours_of(week: Week, places: Iterable[Place]) -> Flags:
    """The hours in which files were uploaded, and the one before each: shape (n,).

    Most measurements are uploaded within minutes; of what came later nobody can tell of which hour it was.
    """
    flags = np.zeros(week.hours, np.bool_)
    for place in places:
        if place.uploaded is not None:
            first = (place.uploaded.start - week.ask.chunk.start) // HOUR - 1
            last = (place.uploaded.end - week.ask.chunk.start) // HOUR
            flags[max(first, 0) : max(last, 0)] = True
    return flags


def _inside(week: Week, bracket: TimeWindow | None) -> Flags:
    """The whole hours that lie within the bracket: shape (n,)."""
    hours = np.arange(week.hours)
    if bracket is None:
        return np.zeros(week.hours, np.bool_)
    first = -((week.ask.chunk.start - bracket.start) // HOUR)
    last = (bracket.end - week.ask.chunk.start) // HOUR
    return (hours >= first) & (hours < last)


def _weeks(
    purpose: Purpose, span: TimeWindow, counts: Counter[tuple[int, int]], newest: datetime
) -> list[Week]:
    """Counts as the API gives them: week by week, each as if it had been asked when the last upload came."""
    chunks = weeks(span)
    rows: dict[TimeWindow, list[Hour]] = {chunk: [] for chunk in chunks}
    starts = [hour_of(chunk.start) for chunk in chunks]
    length = chunks[0].duration // HOUR
    for (hour, network), count in sorted(counts.items()):
        place = (hour - starts[0]) // length
        if 0 <= place < len(chunks):
            rows[chunks[place]].append(Hour(hour - starts[place], network, Counts(0, 0, 0, count)))
    return [Week(Ask(purpose, chunk), tuple(rows[chunk]), newest, "") for chunk in chunks]
