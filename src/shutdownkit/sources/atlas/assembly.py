"""One query, from the list of probes to a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ...model.entity import Entity, EntityKind
from ...model.kinds import KINDS
from ...model.series import TimeSeries
from ...model.signal import Provenance, Signal
from ...model.window import TimeWindow
from ...reading.query import Query
from ...reading.source import Answered, SourceResult
from .artefacts import controller_faults
from .asking import NAME, Asking, Group
from .counting import Count, Watched, count, silent_probes, watched_probes
from .events import MEASUREMENT, ordered
from .foreign import foreign_networks, networks_of
from .notices import FEWEST, notices
from .plan import LOOKBACK, asked
from .probes import DISCONNECTED, Probe, state_by_record
from .replay import BLIP
from .series import STEP, Grid
from .silent import by_record, by_search
from .telling import burst_observations

__all__ = ["KIND", "LICENCE", "answer"]

KIND = KINDS["atlas.connected-probes"]

LICENCE = "RIPE Atlas Terms and Conditions"

_WEEK = round(timedelta(days=7).total_seconds() / STEP)


@frozen
class _Drop:
    """A probe that was lost for five minutes or more."""

    time: float
    probe: int


def answer(query: Query, asking: Asking) -> SourceResult:
    """Ask, count and tell.

    Raises:
        ProviderError: where the list of probes, or no event at all, came.
    """
    span, entity = query.span, query.entity
    probes = _candidates(asking.probes_of(entity), asked(span))
    groups = asking.groups((probe.id for probe in probes), asked(span))
    retrieved = _retrieved(groups)
    if groups and retrieved is None and asking.first_error is not None:
        raise asking.first_error
    watched = watched_probes(probes, groups)
    grid = Grid.over(span.start.timestamp(), span.end.timestamp())
    before = round(LOOKBACK.total_seconds() / STEP)
    counted = count(
        Grid(grid.start - before * STEP, before + grid.size),
        watched,
        _silent_states(asking, watched, query),
        entity=entity,
        foreign=_foreign(asking, entity, watched),
    )
    values = counted.values[before:]
    typical = _typical(counted.values[:before], values)
    known = bool(_measured(values).any())
    if typical < FEWEST or not known:
        return SourceResult(
            (),
            coverage=_coverage(grid, values) if counted.spans else (),
            notices=notices(asking, counted, typical, None if known else span),
            failures=tuple(asking.failures),
        )
    signal = Signal(
        KIND,
        entity,
        TimeSeries(grid.first, timedelta(seconds=STEP), values),
        provenance=Provenance(
            NAME, LICENCE, f"{asking.base}/api/v2/measurements/{MEASUREMENT}/results", retrieved
        ),
    )
    faults, unexamined = controller_faults(
        asking,
        ordered(event for one in watched if one.probe.id in counted.spans for event in one.events),
        counted.connected_before,
        typical=round(typical),
        entity=entity,
        kind=KIND,
        span=span,
        until=min(one.known[-1][1] for one in watched if one.known),
    )
    return SourceResult(
        (signal,),
        coverage=_coverage(grid, values),
        notices=notices(asking, counted, typical, unexamined=unexamined),
        observations=burst_observations(
            _drops(counted, watched, span), probes=round(typical), entity=entity, kind=KIND, source=NAME
        ),
        faults=faults,
        failures=tuple(asking.failures),
    )


def _candidates(probes: Iterable[Probe], window: TimeWindow) -> tuple[Probe, ...]:
    """Without those that were given up before the window, or came after it: there are four such for each
    one that lives, and what they are told from does not change.
    """
    start, stop = window.start.timestamp(), window.end.timestamp()
    return tuple(probe for probe in probes if not _gone(probe, start, stop))


def _gone(probe: Probe, start: float, stop: float) -> bool:
    if probe.status == DISCONNECTED:  # it may come back, and the questions would change
        return probe.first_connected is not None and probe.first_connected >= stop
    return state_by_record(probe, start, stop) is False


def _retrieved(groups: Iterable[Group]) -> datetime | None:
    times = [part.retrieved for group in groups for part in group.parts if part.retrieved is not None]
    return max(times, default=None)


def _silent_states(asking: Asking, watched: Sequence[Watched], query: Query) -> dict[int, bool]:
    """Whether the probes of which events tell nothing were connected, where anything tells."""
    silent = silent_probes(watched)
    states = by_record((one.probe for one in silent), query.span)
    open_ids = [one.probe.id for one in silent if one.whole and one.probe.id not in states]
    answered = min((one.known[-1][1] for one in silent if one.known), default=0.0)
    return states | by_search(asking, open_ids, query.span, answered=answered)


def _foreign(asking: Asking, entity: Entity, watched: Sequence[Watched]) -> frozenset[int]:
    """The networks that do not count, of those that the probes are on, or were on then."""
    if entity.kind is not EntityKind.COUNTRY:
        return frozenset()
    seen = {one.probe.id: networks_of(one.probe, one.events) for one in watched}
    everywhere = asking.probes_on(network for networks in seen.values() for network in networks)
    return frozenset() if everywhere is None else foreign_networks(everywhere, entity.code, seen)


def _measured(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return ~np.isnan(values)


def _typical(before: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """How many probes are connected in the best week: what lasts for weeks is not usual for that."""
    weeks = np.array_split(values, max(1, len(values) // _WEEK))
    return max(_median(week) for week in (before, *weeks))


def _median(values: NDArray[np.float64]) -> float:
    measured = values[_measured(values)]
    return float(np.median(measured)) if measured.size else 0.0


def _coverage(grid: Grid, values: NDArray[np.float64]) -> tuple[Answered, ...]:
    """The runs of instants at which every counted probe's state is known."""
    known = np.concatenate(([False], _measured(values), [False]))
    edges = np.flatnonzero(known[1:] != known[:-1])
    step = timedelta(seconds=STEP)
    return tuple(
        Answered(KIND, TimeWindow(grid.first + int(first) * step, grid.first + int(end) * step))
        for first, end in zip(edges[::2], edges[1::2], strict=True)
    )


def _drops(counted: Count, watched: Iterable[Watched], span: TimeWindow) -> tuple[_Drop, ...]:
    """The disconnections in the span that lasted: those that end a span of connection, and no answer.

    Of one in the last five minutes that are known nobody knows whether it will.
    """
    start, end = span.start.timestamp(), span.end.timestamp()
    limits = {one.probe.id: [edge for _, edge in one.known] for one in watched}
    return tuple(
        _Drop(stop, number)
        for number, spans in counted.spans.items()
        for _, stop in spans
        if start <= stop < end and not any(edge - BLIP < stop <= edge for edge in limits[number])
    )
