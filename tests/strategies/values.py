"""Strategies for the values of ``shutdownkit.model``."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

from hypothesis import strategies as st

from shutdownkit.model.claims import ClaimCheck, ClaimStatus, PartyClaim, Prediction, Seen
from shutdownkit.model.context import ContextEvent, ContextKind
from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.episode import Episode
from shutdownkit.model.event import Event
from shutdownkit.model.kinds import KINDS, Aspect, Direction, Plane, SignalKind, Statistic
from shutdownkit.model.knowledge import Intent, Knowledge
from shutdownkit.model.places import country_names
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Provenance, Signal
from shutdownkit.model.similarity import Similarity
from shutdownkit.model.verdict import (
    Attribution,
    Basis,
    Cause,
    CauseProbabilities,
    CauseWeights,
    Condition,
    Evidence,
    Mechanism,
    Stance,
    Verdict,
)
from shutdownkit.model.window import TimeWindow

_EARLIEST = datetime(1990, 1, 1)
_LATEST = datetime(2090, 1, 1)
_BLANK: tuple[Literal["Zs", "Zl", "Zp", "Cc", "Cs"], ...] = ("Zs", "Zl", "Zp", "Cc", "Cs")
_LARGEST_ASN = 2**32 - 2


@cache
def lines(*, empty: bool = False) -> st.SearchStrategy[str]:
    """Text, short; blank only where allowed."""
    if empty:
        return st.text(max_size=8)
    dark = st.characters(codec="utf-8", exclude_categories=_BLANK)
    return st.builds("{}{}".format, dark, st.text(max_size=8))


def instants(*, near: datetime | None = None) -> st.SearchStrategy[datetime]:
    """Aware UTC times, often on the minute: from 1990 to 2090, or within days of a time."""
    if near is not None:
        return st.integers(-2000, 2000).map(lambda minutes: near + timedelta(minutes=minutes))
    return _any_instants()


@cache
def _any_instants() -> st.SearchStrategy[datetime]:
    return st.builds(
        lambda time, exact: time if exact else time.replace(second=0, microsecond=0),
        st.datetimes(_EARLIEST, _LATEST, timezones=st.just(UTC)),
        st.booleans(),
    )


@cache
def steps() -> st.SearchStrategy[timedelta]:
    """Positive durations: the usual bins, and any from a microsecond to 30 days."""
    usual = st.sampled_from([timedelta(minutes=minutes) for minutes in (5, 10, 30, 60, 1440)])
    return usual | st.timedeltas(timedelta(microseconds=1), timedelta(days=30))


@cache
def lengths() -> st.SearchStrategy[timedelta]:
    """Durations from zero up."""
    return st.just(timedelta(0)) | steps()


@st.composite
def windows(draw: st.DrawFn, *, empty: bool = True, near: datetime | None = None) -> TimeWindow:
    """Half-open windows; of no length only where allowed."""
    start = draw(instants(near=near))
    return TimeWindow(start, start + draw(lengths() if empty else steps()))


@st.composite
def entities(draw: st.DrawFn, *, kinds: tuple[EntityKind, ...] = tuple(EntityKind)) -> Entity:
    """Countries, regions and networks."""
    kind = draw(st.sampled_from(kinds))
    if kind is EntityKind.ASN:
        return Entity(kind, f"AS{draw(st.integers(1, _LARGEST_ASN))}")
    country = draw(st.sampled_from(sorted(country_names())))
    if kind is EntityKind.COUNTRY:
        return Entity(kind, country, country)
    letters = st.characters(codec="utf-8", exclude_characters="/", exclude_categories=_BLANK)
    return Entity(kind, draw(st.text(letters, min_size=1, max_size=4)), country)


@st.composite
def kinds(draw: st.DrawFn, *, built_in: bool | None = None) -> SignalKind:
    """Built-in kinds and third parties', or only one of the two."""
    if built_in is None:
        built_in = draw(st.sampled_from((True, False)))
    if built_in:
        return draw(st.sampled_from(list(KINDS.values())))
    name = draw(st.from_regex(r"acme\.[a-z0-9]{1,4}(-[a-z0-9]{1,4})?", fullmatch=True))
    statistic = draw(st.sampled_from(Statistic))
    minimum = draw(st.sampled_from((0.0, None, -1.5)))
    bounded = statistic is Statistic.SHARE or draw(st.booleans())
    return SignalKind(
        name=name,
        unit=draw(lines()),
        plane=draw(st.sampled_from(Plane)),
        bad=draw(st.sampled_from(Direction)),
        statistic=statistic,
        aspect=draw(st.sampled_from(Aspect)),
        minimum=minimum,
        maximum=draw(st.sampled_from((1.0, 100.0))) if bounded else None,
    )


@st.composite
def series(
    draw: st.DrawFn,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    max_size: int = 6,
    start: datetime | None = None,
    step: timedelta | None = None,
    size: int | None = None,
) -> TimeSeries:
    """Series of a few bins, some missing, some a measured zero where the range has one."""
    numbers = st.floats(minimum, maximum, allow_nan=False, allow_infinity=False)
    if (minimum is None or minimum <= 0) and (maximum is None or maximum >= 0):
        numbers = st.just(0.0) | numbers
    low, high = (0, max_size) if size is None else (size, size)
    values = draw(st.lists(numbers | st.just(math.nan), min_size=low, max_size=high))
    return TimeSeries(
        start=draw(instants()) if start is None else start,
        step=draw(steps()) if step is None else step,
        values=values,
    )


@st.composite
def provenances(draw: st.DrawFn) -> Provenance:
    """Provenances."""
    return Provenance(
        source=draw(lines()),
        licence=draw(lines()),
        url=draw(st.none() | lines()),
        retrieved=draw(st.none() | instants()),
        note=draw(lines(empty=True)),
    )


@st.composite
def signals(
    draw: st.DrawFn, *, entity: Entity | None = None, kind: SignalKind | None = None, max_size: int = 6
) -> Signal:
    """Signals whose values lie in their kind's range, with and without weights."""
    kind = draw(kinds()) if kind is None else kind
    values = draw(series(minimum=kind.minimum, maximum=kind.maximum, max_size=max_size))
    grid = series(minimum=0.0, start=values.start, step=values.step, size=len(values))
    return Signal(
        kind=kind,
        entity=draw(entities()) if entity is None else entity,
        series=values,
        subject=draw(st.none() | lines()),
        provenance=draw(provenances()),
        weights=draw(st.none() | grid),
    )


@st.composite
def events(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    kinds_from: st.SearchStrategy[SignalKind] | None = None,
) -> Event:
    """Events, lasting and over."""
    low, high = sorted(draw(st.tuples(shares(), shares())))
    ongoing = draw(st.booleans())
    return Event(
        kind=draw(kinds() if kinds_from is None else kinds_from),
        entity=draw(entities()) if entity is None else entity,
        window=draw(windows()),
        depth=low,
        subject=draw(st.none() | lines()),
        ongoing=ongoing,
        peak=high,
        step=draw(st.none() | steps()),
        fall=draw(st.none() | lengths()),
        rise=None if ongoing else draw(st.none() | lengths()),
    )


@cache
def shares() -> st.SearchStrategy[float]:
    """Numbers from 0 to 1."""
    return st.floats(0.0, 1.0)


@st.composite
def episodes(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    kinds_from: st.SearchStrategy[SignalKind] | None = None,
    near: datetime | None = None,
    max_events: int = 3,
) -> Episode:
    """Episodes of no or a few events."""
    entity = draw(entities()) if entity is None else entity
    return Episode(
        entity=entity,
        window=draw(windows(near=near)),
        events=tuple(draw(st.lists(events(entity=entity, kinds_from=kinds_from), max_size=max_events))),
        ongoing=draw(st.booleans()),
    )


@cache
def cause_weights() -> st.SearchStrategy[CauseWeights]:
    """Log-likelihoods for some causes."""
    return st.dictionaries(st.sampled_from(Cause), st.floats(-8, 8), max_size=8).map(CauseWeights)


@cache
def cause_probabilities() -> st.SearchStrategy[CauseProbabilities]:
    """Probabilities for all causes, from even to lopsided."""

    def normal(logs: list[float]) -> CauseProbabilities:
        parts = [math.exp(log) for log in logs]
        total = math.fsum(parts)
        return CauseProbabilities({cause: part / total for cause, part in zip(Cause, parts, strict=True)})

    return st.lists(st.floats(-9, 9), min_size=len(Cause), max_size=len(Cause)).map(normal)


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    """Evidence of every stance, with a weight that goes with it."""
    stance = draw(st.sampled_from(Stance))
    size = draw(st.floats(0, 8))
    weight = {Stance.FOR: size, Stance.AGAINST: -size}.get(stance, 0.0)
    return Evidence(
        rule=draw(lines()),
        stance=stance,
        weight=weight,
        text=draw(lines()),
        source=draw(lines()),
        causes=draw(cause_weights()),
        basis=draw(st.sampled_from(Basis)),
    )


@st.composite
def attributions(draw: st.DrawFn) -> Attribution:
    """Attributions with a few pieces of evidence."""
    intent = draw(st.sampled_from(Intent))
    undecided = st.lists(lines(), min_size=1, max_size=2) if intent is Intent.UNDETERMINED else st.just([])
    return Attribution(
        probabilities=draw(cause_probabilities()),
        evidence=tuple(draw(st.lists(evidence(), max_size=3))),
        ruleset=draw(lines()),
        measured=draw(cause_probabilities()),
        knowledge=draw(st.sampled_from(Knowledge)),
        intent=intent,
        undecided=tuple(draw(undecided)),
    )


@st.composite
def verdicts(draw: st.DrawFn, *, conditions: tuple[Condition, ...] = tuple(Condition)) -> Verdict:
    """Verdicts."""
    return Verdict(
        condition=draw(st.sampled_from(conditions)),
        mechanism=draw(st.sampled_from(Mechanism)),
        attribution=draw(attributions()),
    )


@st.composite
def context_events(draw: st.DrawFn) -> ContextEvent:
    """Context events."""
    kind = draw(st.sampled_from(ContextKind))
    is_statement = kind is ContextKind.STATEMENT
    return ContextEvent(
        kind=kind,
        entity=draw(entities()),
        window=draw(windows()),
        text=draw(lines()),
        source=draw(lines()),
        independent=draw(st.booleans()),
        claims=draw(st.none() | st.sampled_from(Cause)) if is_statement else None,
    )


@st.composite
def similarities(draw: st.DrawFn) -> Similarity:
    """Similarities."""
    sentences = st.lists(lines(), max_size=2).map(tuple)
    return Similarity(
        score=draw(shares()),
        agreements=draw(sentences),
        differences=draw(sentences),
        consistent=draw(st.none() | st.booleans()),
        weight=draw(st.none() | st.floats(-8, 8)),
        as_alike=draw(st.none() | shares()),
    )


@st.composite
def predictions(draw: st.DrawFn) -> Prediction:
    """Predictions, seen or not."""
    seen = draw(st.sampled_from(Seen))
    return Prediction(
        text=draw(lines()),
        seen=seen,
        because=draw(lines()),
        weight=0.0 if seen is Seen.MISSING else draw(st.floats(-8, 8)),
        source=draw(lines()),
    )


@st.composite
def claim_checks(draw: st.DrawFn) -> ClaimCheck:
    """Checked claims."""
    return ClaimCheck(
        claim=draw(st.sampled_from(Cause)),
        status=draw(st.sampled_from(ClaimStatus)),
        weight=draw(st.floats(-8, 8)),
        reasons=tuple(draw(st.lists(lines(), max_size=2))),
        predictions=tuple(draw(st.lists(predictions(), max_size=2))),
    )


@st.composite
def party_claims(draw: st.DrawFn) -> PartyClaim:
    """What a party says, and what became of it."""
    check = draw(claim_checks())
    statement = ContextEvent(
        kind=ContextKind.STATEMENT,
        entity=draw(entities()),
        window=draw(windows()),
        text=draw(lines()),
        source=draw(lines()),
        independent=False,
        claims=check.claim,
    )
    return PartyClaim(statement, check)


def plain_values() -> st.SearchStrategy[object]:
    """A value of any class that has a plain form."""
    return st.one_of(
        entities(),
        windows(),
        kinds(),
        series(),
        provenances(),
        signals(),
        events(),
        episodes(),
        evidence(),
        cause_weights(),
        cause_probabilities(),
        attributions(),
        verdicts(),
        context_events(),
        similarities(),
        predictions(),
        claim_checks(),
        party_claims(),
    )
