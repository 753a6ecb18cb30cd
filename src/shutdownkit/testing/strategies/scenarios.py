"""Scenarios: a country with networks and an outage of a stated kind, with its truth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ...errors import InvalidValueError
from ...model.entity import Entity, EntityKind
from ...model.window import TimeWindow
from ..scenarios.scenario import OutageScenario
from ..scenarios.simulate import LEAST, MOST_NETWORKS, OTHERS, local_time, simulate
from ..scenarios.stories import LENGTHS
from ..scenarios.truth import Gap, OutageKind
from .primitives import several

__all__ = ["COUNTRIES", "gaps", "scenarios"]

COUNTRIES = ("BY", "MM", "IQ", "IR", "ET", "VE", "SY", "UG")
"""Countries of which shutdowns or hard cases are published; none has changed its clocks since 2023."""

_FIRST = datetime(2023, 5, 1, tzinfo=UTC)  # a Monday
_WEEKS = 52
_MOST_DAYS = 36_500  # a hundred years: far from the end of the calendar
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MINUTES = (0, 7, 10, 23, 30, 41, 52)  # of the local hour, at which faults begin: at any
_MOST_GAPS = 4
_AFTER = (1, 8)  # days that are watched after the end: with a week it is known what followed
_PARTS = 4

_SHORTEST = {
    OutageKind.CURFEW: 3 * _HOUR,
    OutageKind.DELIBERATE_CUT: 3 * _HOUR,
    OutageKind.QUIET: _HOUR,
    OutageKind.INSTRUMENT_FAULT: _HOUR,
    OutageKind.POWER: 6 * _HOUR,
    OutageKind.CABLE: 6 * _HOUR,
    OutageKind.THROTTLE: 36 * _HOUR,
    OutageKind.BLOCK: 30 * _HOUR,
    OutageKind.MOBILE_CUT: 6 * _HOUR,
}
"""Of one spell; the longest is what is usual for the kind."""


@st.composite
def _scenarios(  # noqa: PLR0917 (of one caller, by the names that it has)
    draw: st.DrawFn,
    kinds: Sequence[OutageKind],
    countries: Sequence[str],
    networks: tuple[int, int],
    missing: bool,
    noise: bool,
    days: tuple[int, int],
    lost: tuple[float, float],
) -> OutageScenario:
    # of every kind the same is drawn, used or not: what draws less would be the simplest to Hypothesis
    kind = draw(st.sampled_from(kinds))
    country = draw(st.sampled_from(countries))
    watched = draw(st.integers(*networks))
    before = draw(st.integers(*days))
    week = draw(st.integers(0, _WEEKS))
    day = draw(st.integers(0, 6))
    hour = draw(st.integers(0, 23))
    minute = draw(st.sampled_from(_MINUTES))
    longer = draw(st.integers(0, _PARTS))
    shallower = draw(st.integers(0, _PARTS))
    withdrawn = draw(st.booleans())
    nights = draw(st.integers(2, 4))
    after = draw(st.sampled_from(_AFTER))
    strays = draw(st.sampled_from((0.0, 0.5, 1.0))) if noise else 0.0
    seed = draw(st.integers(0, 2**16)) if noise else 0
    if kind.is_deliberate:
        minute = 0
    shortest, longest = _SHORTEST[kind], max(_SHORTEST[kind], LENGTHS[kind])
    least, most = lost
    onset = local_time(country, _FIRST + timedelta(weeks=week, days=before + day), hour + minute / 60)
    made = simulate(
        kind,
        country=country,
        networks=watched,
        onset=onset,
        length=_whole_hours(shortest + (longest - shortest) * longer / _PARTS),
        nights=nights,
        lost=min(most, max(least, round(most - (most - least) * shallower / _PARTS, 3))),
        withdrawn=withdrawn,
        noise=strays,
        seed=seed,
        before=before * _DAY,
        after=after * _DAY,
        others=[code for code in OTHERS if code != country][:3],
    )
    return made.without(*draw(several(gaps(of=made), most=_MOST_GAPS))) if missing else made


def _whole_hours(length: timedelta) -> timedelta:
    return round(length / _HOUR) * _HOUR


@st.composite
def gaps(draw: st.DrawFn, *, of: OutageScenario, own: bool = False) -> Gap:
    """Bins of one signal of a scenario that nobody measured, one after another.

    Shrinks to the first bin of the first signal of the country.

    Args:
        own: of the country's own signals only.
    """
    signal = draw(st.sampled_from(of.signals if own else of.everything))
    bins = len(signal.series)
    first = draw(st.integers(0, bins - 1))
    length = draw(st.integers(1, bins - first))
    start = signal.series.start + first * signal.series.step
    return Gap(signal.entity, signal.kind, TimeWindow(start, start + length * signal.series.step))


def scenarios(
    *,
    kinds: Sequence[OutageKind] = tuple(OutageKind),
    countries: Sequence[str] = COUNTRIES,
    networks: tuple[int, int] = (2, 4),
    missing: bool = True,
    noise: bool = True,
    days: tuple[int, int] = (9, 12),
    lost: tuple[float, float] = (0.6, 0.9),
) -> st.SearchStrategy[OutageScenario]:
    """Scenarios of outages, each with its truth.

    What is ordered begins at a full hour of the country's clocks, what fails at any minute.  They shrink to a
    quiet country without noise in which everything was measured, with the fewest networks, watched for the
    fewest days: to the first of ``kinds``, in the first of ``countries``, in its shortest form.

    Args:
        kinds: of which kinds.
        countries: ISO 3166-1 alpha-2 codes of countries they are in.
        networks: how many networks of the country are watched, at least and at most.
        missing: whether there may be bins that nobody measured.
        noise: whether there may be noise.
        days: how many whole days are watched before anything happens, at least and at most.  With fewer than
            a week what is usual is hardly known.
        lost: the share that is lost, at least and at most; it shrinks to the most.

    Raises:
        InvalidArgument: where there are no kinds or no countries, what is named is no country, the least is
            over the most, or :func:`~shutdownkit.testing.scenarios.simulate` takes no such figure.
    """
    for name, values in (("kinds", kinds), ("countries", countries)):
        if not values:
            raise InvalidArgument(f"{name}: it is empty")
    codes = tuple(map(_code, countries))
    limits = (
        ("networks", networks, 1, MOST_NETWORKS),
        ("days", days, 1, _MOST_DAYS),
        ("lost", lost, LEAST, 1),
    )
    for name, (least, most), low, high in limits:
        if least > most:
            raise InvalidArgument(f"{name}: {least} is over {most}")
        if not low <= least <= most <= high:
            raise InvalidArgument(f"{name}: {least} to {most} is not within {low} to {high}")
    return _scenarios(tuple(kinds), codes, networks, missing, noise, days, lost)


def _code(text: str) -> str:
    """The code of a country as it is written everywhere."""
    try:
        entity = Entity.parse(text)
    except InvalidValueError as error:
        raise InvalidArgument(f"countries: {error}") from error
    if entity.kind is not EntityKind.COUNTRY:
        raise InvalidArgument(f"countries: {text!r} is no country")
    return entity.code


st.register_type_strategy(OutageScenario, lambda _: scenarios())
