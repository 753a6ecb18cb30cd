"""Signals from the weeks that came."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from attrs import frozen

from ...model.entity import EntityKind
from ...model.kinds import SignalKind
from ...model.signal import Provenance, Signal
from ...model.window import TimeWindow
from ...reading.query import Query
from ...reading.source import Answered
from .plan import APPS, MEASUREMENTS, NETWORKS, RATIOS, Plan, Purpose
from .regrid import (
    Flags,
    Floats,
    World,
    joined,
    known,
    measurements,
    networks,
    ratio,
    runs,
    settled,
    tally,
    usual,
    world,
)
from .terms import LICENCE
from .week import Week

__all__ = ["LEAST_HOURS", "Signals", "provenance_of", "signals_of", "worlds"]

LEAST_HOURS = 24
"""How many measured hours a signal of one subject needs: a day's worth, our choice.  Of fewer there is no
telling what is usual; OONI itself names no number that would be enough."""

_ANOMALY, _CONFIRMED, _FAILURE = RATIOS
_CODE = re.compile(r"[A-Z]+")


@frozen
class Signals:
    """What was made of the weeks.

    Attributes:
        signals: by kind and subject.
        coverage: for which times the provider answered, whether or not there was anything.
        nothing: kinds of which nothing is known in all the time, or of which all that is known is that
            nobody ever measured: no signal, and no zero.
        sparse: subjects that were measured in too few hours to be a signal, in order.
    """

    signals: tuple[Signal, ...]
    coverage: tuple[Answered, ...]
    nothing: tuple[SignalKind, ...]
    sparse: tuple[str, ...]


def worlds(came: Sequence[Week]) -> dict[TimeWindow, World]:
    """How the provider did in the weeks for which it counted the world."""
    counted = _of(came, Purpose.WORLD)
    level = usual(counted)
    return {week.ask.chunk: world(week, week.hours, at_least=level) for week in counted}


def signals_of(query: Query, plan: Plan, came: Sequence[Week]) -> Signals:
    """The signals that a query wants, of the weeks that came."""
    builder = _Builder(query, plan)
    total = _of(came, Purpose.VOLUME)
    provider = worlds(came)
    if total:
        builder.volume(MEASUREMENTS, total, measurements, provider)
        if query.entity.kind is EntityKind.COUNTRY:
            builder.volume(NETWORKS, total, networks, provider)
        builder.ratios(RATIOS, None, total)
    apps = _of(came, Purpose.APPS)
    for app in APPS if apps else ():
        builder.ratios((_ANOMALY, _FAILURE), f"app:{app}", apps, axis=app)
    categories = _of(came, Purpose.CATEGORIES)
    for code in sorted({row.axis for week in categories for row in week.rows if _is_code(row.axis)}, key=str):
        builder.ratios(RATIOS, f"category:{code}", categories, axis=code)
    for subject in plan.subjects:
        domain = [week for week in _of(came, Purpose.DOMAIN) if week.ask.subject == subject]
        if domain:
            builder.ratios(RATIOS, subject, domain)
    return builder.result()


def _of(came: Sequence[Week], purpose: Purpose) -> list[Week]:
    """The weeks of a purpose, in order of time."""
    return sorted((week for week in came if week.ask.purpose is purpose), key=lambda week: week.ask.chunk)


def _is_code(axis: str | int | None) -> bool:
    """Sites that are on no list have the category ''."""
    return isinstance(axis, str) and _CODE.fullmatch(axis) is not None


class _Builder:
    """Collects signals, their coverage and what was left out."""

    def __init__(self, query: Query, plan: Plan) -> None:
        self._query = query
        self._grid = plan.grid
        self._signals: list[Signal] = []
        self._coverage: list[Answered] = []
        self._nothing: list[SignalKind] = []
        self._sparse: set[str] = set()

    def result(self) -> Signals:
        made = sorted(self._signals, key=lambda one: (one.kind.name, one.subject or ""))
        return Signals(tuple(made), tuple(self._coverage), tuple(self._nothing), tuple(sorted(self._sparse)))

    def volume(
        self,
        kind: SignalKind,
        weeks: Sequence[Week],
        count: Callable[[Week, World], Floats],
        provider: dict[TimeWindow, World],
    ) -> None:
        """Numbers, known only where settled, and only where anybody measures."""
        if not self._query.wants(kind):
            return
        parts = [
            (week.ask.chunk, count(week, provider.get(week.ask.chunk, world(None, week.hours))))
            for week in weeks
        ]
        self._covered(kind, None, weeks, settled)
        series = joined(self._grid, parts)
        if not series.measured.any() or not any(
            row.counts.measurements for week in weeks for row in week.rows
        ):
            self._nothing.append(kind)
            return
        self._signals.append(Signal(kind, self._query.entity, series, None, provenance_of(weeks)))

    def ratios(
        self, kinds: Iterable[SignalKind], subject: str | None, weeks: Sequence[Week], *, axis: object = None
    ) -> None:
        """Shares with their weights; of a subject only where it was measured often enough."""
        wanted = [kind for kind in kinds if self._query.wants(kind)]
        if not wanted:
            return
        tallies = [
            (week, tally((row for row in week.rows if axis is None or row.axis == axis), week.hours))
            for week in weeks
        ]
        for kind in wanted:
            shares = [(week.ask.chunk, *ratio(kind.name, told, week)) for week, told in tallies]
            series = joined(self._grid, ((chunk, values) for chunk, values, _ in shares))
            self._covered(kind, subject, weeks, known)
            if subject is None and not series.measured.any():
                self._nothing.append(kind)
                continue
            if subject is not None and int(series.measured.sum()) < LEAST_HOURS:
                self._sparse.add(subject)
                continue
            weights = joined(self._grid, ((chunk, weight) for chunk, _, weight in shares))
            self._signals.append(
                Signal(kind, self._query.entity, series, subject, provenance_of(weeks), weights)
            )

    def _covered(
        self,
        kind: SignalKind,
        subject: str | None,
        weeks: Sequence[Week],
        hours: Callable[[Week], Flags],
    ) -> None:
        told = joined(self._grid, ((week.ask.chunk, np.where(hours(week), 1.0, np.nan)) for week in weeks))
        self._coverage += [Answered(kind, window, subject) for window in runs(told)]


def provenance_of(weeks: Sequence[Week]) -> Provenance:
    """Where what was made of weeks comes from; they are in order of time."""
    return Provenance(
        source="ooni",
        licence=LICENCE,
        url=weeks[0].address,
        retrieved=max(week.retrieved for week in weeks),
    )
