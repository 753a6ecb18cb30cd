"""Signals, events and facts for the tests of judging, made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

import shutdownkit as sk
from shutdownkit.judging.blocking.silences import Silence
from shutdownkit.judging.facts import Surroundings
from shutdownkit.model.account import Observation
from shutdownkit.model.reach import Blocking

from ...property.worlds import STEPS, lose, quiet_values

START = datetime(2023, 5, 1, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

BGP, V6 = "bgp.visible-slash24s", "bgp.v6-prefixes"
PROBING, LOSS, LATENCY = "probing.up-slash24s", "probing.loss", "probing.latency"
TELESCOPE, TRAFFIC, ATLAS = "telescope.unique-sources", "traffic.search", "atlas.connected-probes"
OONI, ANOMALY, CONFIRMED = "ooni.measurements", "ooni.anomaly-ratio", "ooni.confirmed-ratio"
DOWNLOAD, RTT, INDEX = "throughput.download", "throughput.rtt", "connectivity.index"


def at(text: str) -> datetime:
    """The time that ``text`` says in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def signal(
    kind: str,
    values: ArrayLike,
    step: timedelta,
    *,
    entity: str = "BY",
    start: datetime = START,
    subject: str | None = None,
    weights: ArrayLike | None = None,
) -> sk.Signal:
    """A signal that begins at ``start``."""
    return sk.Signal(
        kind=sk.KINDS[kind],
        entity=sk.Entity.parse(entity),
        series=sk.TimeSeries(start, step, values),
        subject=subject,
        weights=None if weights is None else sk.TimeSeries(start, step, weights),
    )


def quiet(kind: str, days: float, *, seed: int = 0, step: timedelta | None = None) -> NDArray[np.float64]:
    """So many ordinary days of a kind, in bins of its usual step."""
    step = STEPS[kind] if step is None else step
    return quiet_values(sk.KINDS[kind], int(timedelta(days=days) / step), step, np.random.default_rng(seed))


def world(
    losses: Mapping[str, Iterable[tuple[datetime, datetime, float]]],
    *,
    start: datetime,
    days: float,
    entity: str = "BY",
    seed: int = 0,
    steps: Mapping[str, timedelta] | None = None,
) -> list[sk.Signal]:
    """Signals of the kinds named, quiet but for the losses: from, until, and the share lost."""
    made = []
    for kind, of_kind in losses.items():
        step = (steps or {}).get(kind, STEPS.get(kind, HOUR))
        values = quiet(kind, days, seed=seed, step=step)
        for begin, end, lost in of_kind:
            first, last = (begin - start) // step, -((start - end) // step)
            values[first:last] = lose(sk.KINDS[kind], values[first:last], lost)
        made.append(signal(kind, values, step, entity=entity, start=start))
    return made


def event(
    kind: str,
    begin: datetime,
    end: datetime,
    depth: float = 0.9,
    *,
    entity: str = "BY",
    subject: str | None = None,
    ongoing: bool = False,
    step: timedelta | None = 5 * MINUTE,
    fall: timedelta | None = None,
    rise: timedelta | None = None,
) -> sk.Event:
    """One disruption."""
    return sk.Event(
        kind=sk.KINDS[kind],
        entity=sk.Entity.parse(entity),
        window=sk.TimeWindow(begin, end),
        depth=depth,
        subject=subject,
        ongoing=ongoing,
        step=step,
        fall=fall,
        rise=rise,
    )


def episode(*events: sk.Event, ongoing: bool = False) -> sk.Episode:
    """One episode of all these events."""
    window = sk.TimeWindow(min(e.onset for e in events), max(e.window.end for e in events))
    return sk.Episode(entity=events[0].entity, window=window, events=events, ongoing=ongoing)


def incident(begin: datetime, end: datetime, entity: str = "BY") -> sk.Episode:
    """An episode known from a list, without events."""
    return sk.Episode(entity=sk.Entity.parse(entity), window=sk.TimeWindow(begin, end))


def held(kind: str, window: sk.TimeWindow, *, entity: str = "BY", before: timedelta = DAY) -> sk.Signal:
    """A signal that was measured and did not change, from ``before`` the window until its end."""
    step = STEPS.get(kind, HOUR)
    bins = -(-(window.duration + before) // step)
    level = {LOSS: 1.0, INDEX: 98.0}.get(kind, 300.0)
    return signal(kind, np.full(bins, level), step, entity=entity, start=window.start - before)


def facts(
    one: sk.Episode,
    *,
    measured: Iterable[str] = (),
    before: timedelta = DAY,
    others: Iterable[sk.Episode] = (),
    blocking: Iterable[sk.Episode] = (),
    networks: Iterable[sk.Facts] = (),
    networks_watched: int = 0,
    neighbours: Iterable[sk.Episode] = (),
    neighbours_watched: int = 0,
    context: Iterable[sk.ContextEvent] = (),
    faults: Iterable[sk.InstrumentFault] = (),
    observations: Iterable[Observation] = (),
    only_faulty: bool = False,
    silence: Silence | None = None,
    services: Blocking | None = None,
) -> sk.Facts:
    """An episode with its surroundings; ``measured`` names the kinds that were measured throughout."""
    around = Surroundings(
        signals=tuple(held(kind, one.window, entity=str(one.entity), before=before) for kind in measured),
        others=tuple(others),
        blocking=tuple(blocking),
        networks=tuple(networks),
        networks_watched=networks_watched,
        neighbours=tuple(neighbours),
        neighbours_watched=neighbours_watched,
        context=tuple(context),
        faults=tuple(faults),
        observations=tuple(observations),
        only_faulty=only_faulty,
        silence=silence,
        services=services,
    )
    return sk.Facts(one, around)


def context(
    kind: sk.ContextKind,
    begin: datetime,
    end: datetime,
    *,
    entity: str = "BY",
    text: str = "It was reported.",
    independent: bool = True,
) -> sk.ContextEvent:
    """A report from outside the measurements."""
    return sk.ContextEvent(
        kind, sk.Entity.parse(entity), sk.TimeWindow(begin, end), text, "a newspaper", independent
    )


def evidence_of(attribution: sk.Attribution | sk.Verdict, rule: str) -> list[sk.Evidence]:
    """What one rule found."""
    return [one for one in attribution.evidence if one.rule == rule]
