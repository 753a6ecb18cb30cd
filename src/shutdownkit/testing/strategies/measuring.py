"""What is measured: kinds of signals, series, and signals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ...model.entity import Entity
from ...model.kinds import KINDS, Aspect, Direction, Plane, SignalKind, Statistic
from ...model.series import TimeSeries
from ...model.signal import Provenance, Signal
from ...model.window import TimeWindow
from .places import entities
from .primitives import lines
from .times import instants, steps

__all__ = ["Kinds", "any_kind", "kinds", "provenances", "series", "signals"]

Kinds = st.SearchStrategy[SignalKind]


@st.composite
def kinds(
    draw: st.DrawFn, *, planes: Sequence[Plane] = tuple(Plane), built_in: bool | None = None
) -> SignalKind:
    """Kinds of signals: the built-in ones, and some that a third party named ``acme.…``.

    Shrinks to the first built-in kind of the planes, or to ``acme.0`` in the first plane.

    Args:
        planes: where the signals look.
        built_in: True for the built-in kinds only, False for third parties' only.

    Raises:
        InvalidArgument: where no plane is given.
    """
    if not planes:
        raise InvalidArgument("no plane is given")
    known = st.sampled_from([kind for kind in KINDS.values() if kind.plane in planes])
    foreign = _foreign_kinds(tuple(planes))
    if built_in is None:
        return draw(known | foreign)
    return draw(known if built_in else foreign)


@st.composite
def _foreign_kinds(draw: st.DrawFn, planes: tuple[Plane, ...]) -> SignalKind:
    statistic = draw(st.sampled_from([Statistic.LEVEL, *Statistic]))
    bounded = draw(st.booleans()) or statistic is Statistic.SHARE
    maximum = draw(st.sampled_from((1.0, 100.0)))
    return SignalKind(
        name=draw(st.from_regex(r"acme\.[a-z0-9]{1,4}(-[a-z0-9]{1,4})?", fullmatch=True)),
        unit=draw(lines()),
        plane=draw(st.sampled_from(planes)),
        bad=draw(st.sampled_from(Direction)),
        statistic=statistic,
        aspect=draw(st.sampled_from(Aspect)),
        minimum=draw(st.sampled_from((0.0, None, -1.5))),
        maximum=maximum if bounded else None,
    )


def any_kind(kinds_from: Kinds | None) -> Kinds:
    """The kinds given, or all."""
    return kinds() if kinds_from is None else kinds_from


@st.composite
def series(
    draw: st.DrawFn,
    *,
    start: datetime | None = None,
    step: timedelta | None = None,
    window: TimeWindow | None = None,
    size: int | None = None,
    min_size: int = 0,
    max_size: int = 6,
    minimum: float | None = None,
    maximum: float | None = None,
    missing: bool | None = None,
) -> TimeSeries:
    """Series of a few bins, some missing, some a measured zero where the range has one.

    Shrinks to no bin, or as few as allowed, of five minutes from the start of the year 2000 on (or of
    ``window``), with a measured zero in each, or the value of the range that is next to it.

    Args:
        start: of the first bin.
        step: length of a bin.
        window: all bins lie within it, on a grid that begins where it does.
        size: exactly so many bins.
        min_size: at least so many bins.
        max_size: at most so many bins, or ``min_size`` where that is more.
        minimum: the least value.
        maximum: the greatest value.
        missing: True for one bin or more that nobody measured, False for none.

    Raises:
        InvalidArgument: where no series is so.
    """
    least, most = (min_size, max(min_size, max_size)) if size is None else (size, size)
    if missing:
        least, most = max(1, least), most if size is not None else max(1, most)
    if least > most:
        raise InvalidArgument("a series without a bin has none that is missing")
    if window is not None and start is not None:
        raise InvalidArgument("start and window are both given: which is it?")
    if window is not None:
        step = draw(_fitting_steps(window, least)) if step is None else step
        fitting = window.duration // step
        if fitting < least:
            raise InvalidArgument(f"{least} bins of {step} do not fit into {window}")
        most = min(most, fitting)
    values = draw(st.lists(_numbers(minimum, maximum, missing), min_size=least, max_size=most))
    if missing and not any(map(math.isnan, values)):
        values[draw(st.integers(0, len(values) - 1))] = math.nan
    if window is not None and step is not None:
        start = window.start + draw(st.integers(0, fitting - len(values))) * step
    return TimeSeries(
        start=draw(instants()) if start is None else start,
        step=draw(steps()) if step is None else step,
        values=values,
    )


def _fitting_steps(window: TimeWindow, bins: int) -> st.SearchStrategy[timedelta]:
    """Lengths of which as many bins fit into a window; any where no bin need fit."""
    longest = window.duration // max(1, bins)
    if longest:
        return steps(longest=longest)
    if bins:
        raise InvalidArgument(f"{bins} bins do not fit into {window}")
    return steps()


def _numbers(minimum: float | None, maximum: float | None, missing: bool | None) -> st.SearchStrategy[float]:
    numbers = st.floats(minimum, maximum, allow_nan=False, allow_infinity=False)
    if (minimum is None or minimum <= 0) and (maximum is None or maximum >= 0):
        numbers = st.just(0.0) | numbers
    return numbers if missing is False else numbers | st.just(math.nan)


def provenances() -> st.SearchStrategy[Provenance]:
    """Where signals came from and on which terms.

    Shrinks to what holds where nothing was said: an unknown source and a licence that is not stated.
    """
    return st.just(Provenance()) | st.builds(
        Provenance,
        source=lines(),
        licence=lines(),
        url=st.none() | lines(),
        retrieved=st.none() | instants(),
        note=lines(empty=True),
    )


@st.composite
def signals(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    kind: SignalKind | None = None,
    kinds_from: Kinds | None = None,
    window: TimeWindow | None = None,
    step: timedelta | None = None,
    min_size: int = 0,
    max_size: int = 6,
    missing: bool | None = None,
) -> Signal:
    """Signals whose values lie in their kind's range, with and without a subject and weights.

    Shrinks to a signal of the first built-in kind and the first country, without a bin, a subject or
    weights, of which nobody says where it came from.  One with a missing bin shrinks to one bin.

    Args:
        entity: whom it is about.
        kind: what it measures.
        kinds_from: what it may measure, where no one kind is given.
        window: all bins lie within it, on a grid that begins where it does.
        step: length of a bin.
        min_size: at least so many bins.
        max_size: at most so many bins.
        missing: True for one bin or more that nobody measured, False for none.

    Raises:
        InvalidArgument: where no signal is so.
    """
    kind = draw(any_kind(kinds_from)) if kind is None else kind
    values = draw(
        series(
            minimum=kind.minimum,
            maximum=kind.maximum,
            window=window,
            step=step,
            min_size=min_size,
            max_size=max_size,
            missing=missing,
        )
    )
    grid = series(minimum=0.0, start=values.start, step=values.step, size=len(values))
    return Signal(
        kind=kind,
        entity=draw(entities()) if entity is None else entity,
        series=values,
        subject=draw(st.none() | lines()),
        provenance=draw(provenances()),
        weights=draw(st.none() | grid),
    )
