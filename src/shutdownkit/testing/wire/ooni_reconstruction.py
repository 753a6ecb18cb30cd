"""A world that OONI would have measured as given signals say: a reconstruction, never a measurement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from ...errors import InvalidValueError
from ...model.entity import Entity, EntityKind
from ...model.signal import Signal
from ...model.window import utc_text
from .ooni import OoniBucket, OoniWorld

__all__ = ["ooni_world_of"]

_HOUR = timedelta(hours=1)
_PRIVATE = 4_200_000_000  # AS numbers for private use begin here (RFC 6996)
_ELSEWHERE = "XX"  # ISO 3166-1 leaves it to users, so that it is no country's
_NOWHERE = "ZZ"  # OONI's word for an unknown country
_WEB = "web_connectivity"
_CLOSE = 1e-6  # a share times its weight is whole but for rounding

Whole = NDArray[np.int64]


@frozen(eq=False)
class _Cell:
    """What is alike: counts of shape (4, n), in the order anomaly, confirmed, failure, ok."""

    test_name: str
    category_code: str
    domain: str
    counts: Whole


def ooni_world_of(signals: Iterable[Signal]) -> OoniWorld:
    """A world of which OONI gives these signals again.

    Signals of other kinds are left alone.  Of each entity the numbers of measurements come back as they
    are; an hour without a number becomes one in which the whole world is silent.  Shares come back equal
    where their weight is over 0.  Measurements are spread evenly over as many networks as are given, or
    one, but never over more than there are measurements; without a network they are of AS0.  Around it
    all lies a world elsewhere, steady and ten times as large.

    Args:
        signals: of one grid of hours; their subjects None, ``app:…``, ``category:…`` or ``domain:…``.

    Raises:
        InvalidValueError: for another grid or subject, a share that is not of whole measurements, and
            signals that contradict each other.
    """
    chosen = [signal for signal in signals if signal.kind.name.startswith("ooni.")]
    if not chosen:
        return OoniWorld()
    grid = chosen[0].series
    for signal in chosen:
        series = signal.series
        if (
            series.step != _HOUR
            or series.start.minute
            or (series.start, len(series)) != (grid.start, len(grid))
        ):
            raise _wrong(signal, "is not on one grid of hours with the others")
    hours = [grid.start + place * _HOUR for place in range(len(grid))]
    whose: dict[Entity, list[Signal]] = {}
    for signal in chosen:
        whose.setdefault(signal.entity, []).append(signal)
    buckets: list[OoniBucket] = []
    silent = np.zeros(len(grid), np.bool_)
    for place, (entity, own) in enumerate(sorted(whose.items())):
        measured = _only(own, "ooni.measurements", None)
        if measured is not None:
            silent |= np.isnan(measured.series.values)
        buckets += _spread(entity, _cells(own, measured), _networks(own, len(grid)), hours, place)
    per_hour: dict[datetime, int] = {}
    for one in buckets:
        per_hour[one.hour] = per_hour.get(one.hour, 0) + one.anomaly + one.confirmed + one.failure + one.ok
    elsewhere = 10 * max(per_hour.values(), default=0) + 1000
    steady = [
        OoniBucket(hour, _ELSEWHERE, _PRIVATE - 1, ok=elsewhere)
        for hour, gone in zip(hours, silent.tolist(), strict=True)
        if not gone
    ]
    return OoniWorld((*buckets, *steady))


def _cells(own: Sequence[Signal], measured: Signal | None) -> list[_Cell]:
    """One a subject, and one of the rest."""
    subjects = sorted({signal.subject for signal in own if signal.subject is not None})
    cells = [_Cell(*_place(own, subject), _outcomes(own, subject)) for subject in subjects]
    shape = (4, len(own[0].series))
    tested = reduce(np.add, (cell.counts for cell in cells), np.zeros(shape, np.int64))
    total = tested.copy()
    given = any(signal.kind.name.endswith("-ratio") and signal.subject is None for signal in own)
    if given:
        total = _outcomes(own, None)
    if measured is not None:
        numbers = _whole(measured, np.nan_to_num(measured.series.values))
        missing = np.where(np.isnan(measured.series.values), 0, numbers - total.sum(axis=0))
        if given and _only(own, "ooni.failure-ratio", None) is None:
            total[2] += missing  # the shares of all are of those that did not fail
        elif given and missing.any():
            raise _wrong(measured, "is another number than that which the failures are a share of")
        else:
            total[3] += missing
    rest = total - tested
    if (total < 0).any() or (rest < 0).any():
        hour = int(np.flatnonzero(((total < 0) | (rest < 0)).any(axis=0))[0])
        time = utc_text(own[0].series.start + hour * _HOUR)
        raise InvalidValueError(
            "signals",
            str(own[0].entity),
            f"contradict each other at {time}: the parts are more than the whole",
        )
    return [*cells, _Cell(_WEB, "", "", rest)]


def _place(own: Sequence[Signal], subject: str) -> tuple[str, str, str]:
    """Test, category and domain of a subject's measurements."""
    what, _, name = subject.partition(":")
    places = {"app": (name, "", ""), "category": (_WEB, name, ""), "domain": (_WEB, "", name)}
    if what not in places or not name or name == _WEB:
        signal = next(signal for signal in own if signal.subject == subject)
        raise _wrong(signal, "is about a subject that OONI does not know")
    return places[what]


def _outcomes(own: Sequence[Signal], subject: str | None) -> Whole:
    """Counts of shape (4, n) from the shares of a subject."""
    anomaly, confirmed, failure = (
        _only(own, f"ooni.{which}-ratio", subject) for which in ("anomaly", "confirmed", "failure")
    )
    nothing = np.zeros(len(own[0].series), np.int64)
    failed, all_of_them = (nothing, None) if failure is None else _part(failure)
    tested = None if all_of_them is None else all_of_them - failed
    parts: list[Whole | None] = [None, None]
    for place, signal in enumerate((anomaly, confirmed)):
        if signal is not None:
            parts[place], whole = _part(signal)
            if tested is not None and (whole != tested).any():
                raise _wrong(signal, "is of other measurements than the other shares of its subject")
            tested = whole
    blocked = nothing if parts[1] is None else parts[1]
    found = blocked if parts[0] is None else parts[0]
    if tested is None:
        signal = next(one for one in own if one.subject == subject)
        raise _wrong(signal, "is no share, but of one subject")
    counts = np.stack([found - blocked, blocked, failed, tested - found])
    if (counts < 0).any():
        raise _wrong(confirmed or failure or own[0], "is more than the share with anomalies")
    return counts


def _part(signal: Signal) -> tuple[Whole, Whole]:
    """How many of how many: both of shape (n,)."""
    if signal.weights is None:
        raise _wrong(signal, "has no weights")
    weights = np.nan_to_num(signal.weights.values)
    values = np.where(weights > 0, signal.series.values, 0.0)
    if np.isnan(values).any():
        raise _wrong(signal, "is missing where its weight is over 0")
    return _whole(signal, values * weights), _whole(signal, weights)


def _whole(signal: Signal, values: NDArray[np.float64]) -> Whole:
    rounded = np.rint(values)
    bad = np.flatnonzero(np.abs(values - rounded) > _CLOSE * np.maximum(1.0, values))
    if bad.size:
        time = utc_text(signal.series.start + int(bad[0]) * _HOUR)
        raise _wrong(signal, f"is not of whole measurements at {time}")
    return rounded.astype(np.int64)


def _networks(own: Sequence[Signal], count: int) -> Whole:
    signal = _only(own, "ooni.networks", None)
    if signal is None:
        return np.ones(count, np.int64)
    if signal.entity.kind is EntityKind.ASN:
        raise _wrong(signal, "counts the networks of a network")
    return _whole(signal, np.nan_to_num(signal.series.values, nan=1.0))


def _spread(
    entity: Entity, cells: Sequence[_Cell], networks: Whole, hours: Sequence[datetime], place: int
) -> Iterator[OoniBucket]:
    """Each measurement to the next network in turn."""
    country = _NOWHERE if entity.country is None else entity.country
    for at, hour in enumerate(hours):
        held = sum(int(cell.counts[:, at].sum()) for cell in cells)
        spread = min(int(networks[at]), held)
        numbers = _numbers(entity, spread, place)
        turn = 0
        for cell in cells:
            shares = np.zeros((4, len(numbers)), np.int64)
            for outcome, count in enumerate(cell.counts[:, at].tolist()):
                shares[outcome] = _turns(turn, count, len(numbers))
                turn += count
            for number, counts in zip(numbers, shares.T.tolist(), strict=True):
                if any(counts):
                    names = (cell.test_name, cell.category_code, cell.domain)
                    yield OoniBucket(hour, country, number, *names, *counts)


def _turns(first: int, count: int, networks: int) -> Whole:
    """How many of ``count`` measurements from the ``first`` on each network gets: shape (networks,)."""
    each = np.arange(networks)
    return (first + count - 1 - each) // networks - (first - 1 - each) // networks


def _numbers(entity: Entity, spread: int, place: int) -> list[int]:
    if entity.kind is EntityKind.ASN:
        return [int(entity.code.removeprefix("AS"))]
    first = _PRIVATE + 100_000 * place
    return list(range(first, first + spread)) or [0]


def _only(own: Sequence[Signal], kind: str, subject: str | None) -> Signal | None:
    found = [signal for signal in own if (signal.kind.name, signal.subject) == (kind, subject)]
    if len(found) > 1:
        raise _wrong(found[1], "is given twice")
    return found[0] if found else None


def _wrong(signal: Signal, problem: str) -> InvalidValueError:
    return InvalidValueError("signals", f"{signal.name} of {signal.entity}", problem)
