"""What is asked of sources, what sources are, and what they give."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from ...model.entity import Entity, EntityKind
from ...model.kinds import SignalKind
from ...model.window import TimeWindow
from ...reading.gathered import Gathered
from ...reading.progress import Progress, Stage
from ...reading.query import HISTORY, Query
from ...reading.source import Answered, SourceInfo, SourceResult
from .account import accounts, blind_spots, instrument_faults, observations, source_failures
from .measuring import Kinds, any_kind, kinds, signals
from .places import entities
from .primitives import counts, lines, members, names, sentences, several
from .service_testing import collections_of_tests, subjects
from .times import instants, lengths, steps, windows

__all__ = [
    "answered_times",
    "gatherings",
    "progress_changes",
    "queries",
    "source_infos",
    "source_results",
]


@st.composite
def queries(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    window: TimeWindow | None = None,
    within: TimeWindow | None = None,
    whole: timedelta | None = None,
    kinds_from: Kinds | None = None,
    history: timedelta | None = None,
) -> Query:
    """What is asked of sources.

    Shrinks to all kinds for the first country, over five minutes from the start of the year 2000 on, no
    subject, and four weeks of history.

    Args:
        entity: about whom.
        window: what is to be judged.
        within: the window lies in this one, where none is given.
        whole: the window begins and ends on the grid of whole multiples of this length since 1970, where
            none is given.
        kinds_from: the kinds that may be asked for by name.
        history: how much before the window is wanted.
    """
    wanted = several(any_kind(kinds_from), least=1, most=3)
    return Query(
        entity=draw(entities()) if entity is None else entity,
        window=draw(windows(empty=False, within=within, whole=whole)) if window is None else window,
        kinds=draw(st.none() | wanted),
        subjects=draw(several(subjects(), most=2)),
        history=draw(st.just(HISTORY) | lengths()) if history is None else history,
    )


@st.composite
def answered_times(
    draw: st.DrawFn, *, kinds_from: Kinds | None = None, within: TimeWindow | None = None
) -> Answered:
    """Times for which a provider answered.

    Shrinks to no time of the first built-in kind.

    Args:
        kinds_from: the kinds about which it answered.
        within: the time lies in this window.
    """
    return Answered(
        kind=draw(any_kind(kinds_from)),
        window=draw(windows(within=within)),
        subject=draw(st.none() | lines()),
    )


@st.composite
def source_infos(draw: st.DrawFn, *, name: str | None = None, kinds_from: Kinds | None = None) -> SourceInfo:
    """What sources serve, on which terms, and what they cannot see.

    Shrinks to a source named ``0`` that measures the first built-in kind for countries, serves any window,
    needs no key, and says nothing of its bins and its blindness.

    Args:
        name: the slug it is registered under.
        kinds_from: what it may measure.
    """
    measured = draw(st.lists(any_kind(kinds_from), min_size=1, max_size=3, unique_by=lambda kind: kind.name))
    return SourceInfo(
        name=draw(names()) if name is None else name,
        title=draw(lines()),
        kinds=tuple(measured),
        entity_kinds=frozenset(draw(st.lists(st.sampled_from(EntityKind), min_size=1, unique=True))),
        native_steps=draw(st.dictionaries(st.sampled_from([kind.name for kind in measured]), steps())),
        licence=draw(lines()),
        blind_to=draw(several(blind_spots(), most=2)),
        homepage=draw(lines()),
        longest_window=draw(st.none() | steps()),
        needs_key=draw(st.booleans()),
        earliest=draw(st.none() | instants()),
        delay=draw(lengths()),
    )


@st.composite
def source_results(
    draw: st.DrawFn,
    *,
    query: Query | None = None,
    kinds_from: Kinds | None = None,
    missing: bool | None = None,
) -> SourceResult:
    """What sources gave: at most two signals, no two of one kind and subject, and what goes with them.

    Shrinks to nothing at all.

    Args:
        query: what was asked: then signals and observations are about its entity, and all lies within its
            span, single tests of services within its hours.  These are of Belarus and serve for comparison.
        kinds_from: the kinds of all that is given.
        missing: True for a missing bin in every signal, False for none.
    """
    pool = draw(st.lists(any_kind(kinds_from), min_size=1, max_size=3, unique_by=lambda kind: kind.name))
    entity = draw(entities()) if query is None else query.entity
    span = None if query is None else query.span
    these = st.sampled_from(pool)
    tests = collections_of_tests()
    if span is not None:
        tests = collections_of_tests(start=span.start, hours=max(1, span.duration // timedelta(hours=1)))
    given = st.lists(
        signals(entity=entity, kinds_from=these, window=span, missing=missing),
        max_size=2,
        unique_by=lambda one: (one.kind.name, one.subject),
    )
    return SourceResult(
        signals=tuple(draw(given)),
        coverage=draw(several(answered_times(kinds_from=these, within=span), most=2)),
        notices=draw(sentences()),
        observations=draw(several(observations(entity=entity, kinds_from=these, within=span), most=2)),
        faults=draw(several(instrument_faults(kinds_from=these, within=span), most=2)),
        failures=draw(several(source_failures(), most=2)),
        tests=draw(several(tests, most=2)),
    )


@st.composite
def gatherings(draw: st.DrawFn, *, query: Query | None = None) -> Gathered:
    """What all sources together gave to a query, of at most two sources and with at most two controls.

    Shrinks to nothing for the query that :func:`queries` shrinks to.

    Args:
        query: what was asked.
    """
    asked = draw(queries()) if query is None else query
    pool: list[SignalKind] = draw(st.lists(kinds(), min_size=1, max_size=3, unique_by=lambda kind: kind.name))
    these = st.sampled_from(pool)
    return Gathered(
        query=asked,
        results=draw(st.dictionaries(names(), source_results(query=asked, kinds_from=these), max_size=2)),
        failures=draw(several(source_failures(), most=2)),
        controls=draw(several(signals(kinds_from=these, window=asked.span), most=2)),
        account=draw(accounts()),
        control_tests=draw(several(collections_of_tests(), most=1)),
    )


def progress_changes() -> st.SearchStrategy[Progress]:
    """Changes in the asking of sources.  Shrinks to a source that waits and has asked nothing."""
    return st.builds(
        Progress,
        source=names(),
        stage=members(Stage, plain=Stage.WAITING),
        requests=counts(),
        problem=st.none() | lines(),
    )
