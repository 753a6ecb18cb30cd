"""Reports and their parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hypothesis import strategies as st

from ...judging.condition import gravest
from ...model.entity import Entity
from ...model.verdict import Condition
from ...model.window import TimeWindow
from ...report.content import Coverage, EpisodeVerdict, Trace
from ...report.report import Report
from .account import blind_spots, instrument_faults, source_failures
from .claiming import party_claims
from .happening import episodes
from .judged import verdicts
from .measuring import Kinds, any_kind, kinds, series
from .places import entities
from .primitives import lines, sentences, several, shares
from .reach import blockings, service_reaches
from .times import instants, lengths, steps, windows

__all__ = ["coverages", "episode_verdicts", "reports", "traces"]

_WITHOUT_EPISODES = (Condition.NORMAL, Condition.INSUFFICIENT_DATA)


@st.composite
def episode_verdicts(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    kinds_from: Kinds | None = None,
    near: datetime | None = None,
    conditions: Sequence[Condition] = tuple(Condition),
) -> EpisodeVerdict:
    """Judged episodes.

    Shrinks to an episode without an event and a verdict as :func:`~.judged.verdicts` does, without a block
    or a claim.

    Args:
        entity: whom it is about.
        kinds_from: the kinds of the events' signals.
        near: begins at most 2000 minutes from this time, and so do the blocks.
        conditions: what happened.
    """
    return EpisodeVerdict(
        episode=draw(episodes(entity=entity, kinds_from=kinds_from, near=near)),
        verdict=draw(verdicts(conditions=conditions)),
        blocking=draw(st.none() | blockings(near=near)),
        claims=draw(several(party_claims(), most=2)),
    )


@st.composite
def coverages(draw: st.DrawFn, *, kinds_from: Kinds | None = None) -> Coverage:
    """How much signals measured, of some nothing.

    Shrinks to a signal of the first built-in kind in the first country that measured nothing and has no
    history.

    Args:
        kinds_from: the kinds of the signals.
    """
    measured = draw(st.booleans())
    return Coverage(
        kind=draw(any_kind(kinds_from)),
        entity=draw(entities()),
        subject=draw(st.none() | lines()),
        measured=draw(shares()) if measured else 0.0,
        step=draw(steps()),
        history=draw(lengths()),
        first=draw(instants()) if measured else None,
        last=draw(instants()) if measured else None,
        source=draw(lines()),
        licence=draw(lines()),
    )


@st.composite
def traces(draw: st.DrawFn, *, kinds_from: Kinds | None = None, near: datetime | None = None) -> Trace:
    """Coarse pictures of signals, mostly within 0 and 1.

    Shrinks to a picture without a bin of the first built-in kind in the first country.

    Args:
        kinds_from: the kinds of the signals.
        near: begins at most 2000 minutes from this time.
    """
    highest = draw(st.sampled_from((1.0, 5.0)))
    start = draw(instants(near=near))
    return Trace(
        kind=draw(any_kind(kinds_from)),
        entity=draw(entities()),
        subject=draw(st.none() | lines()),
        series=draw(series(minimum=0.0, maximum=highest, max_size=12, start=start)),
    )


@st.composite
def reports(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    window: TimeWindow | None = None,
    conditions: Sequence[Condition] = tuple(Condition),
    min_episodes: int = 0,
    max_episodes: int = 2,
) -> Report:
    """Reports in which each part may be empty and no two kinds share a name.

    As in those of :func:`~shutdownkit.classify` the episodes are ordered by onset, and the condition is the
    gravest of theirs; without an episode it is normal or there were insufficient data.  For the rest, the
    parts are drawn one by one: a report may say what no data could.

    Shrinks to a report on the first country, over no time, in which nothing was found, measured or said; one
    with an episode shrinks to that episode, as :func:`episode_verdicts` does, and nothing else.

    Args:
        entity: whom it is about.
        window: the window that was judged.
        conditions: of the episodes.  Without an episode it is one of those that are possible then, if any
            of them is given.
        min_episodes: at least so many episodes.
        max_episodes: at most so many episodes, or ``min_episodes`` where that is more.
    """
    pool = draw(st.lists(kinds(), min_size=1, max_size=4, unique_by=lambda kind: kind.name))
    kinds_from = st.sampled_from(pool)
    entity = draw(entities()) if entity is None else entity
    window = draw(windows()) if window is None else window
    near = window.start
    judged = draw(
        several(
            episode_verdicts(entity=entity, kinds_from=kinds_from, near=near, conditions=conditions)
            | episode_verdicts(kinds_from=kinds_from, conditions=conditions),
            least=min_episodes,
            most=max(min_episodes, max_episodes),
        )
    )
    possible = [one for one in conditions if one in _WITHOUT_EPISODES] or list(_WITHOUT_EPISODES)
    return Report(
        entity=entity,
        window=window,
        condition=gravest(one.verdict.condition for one in judged)
        if judged
        else draw(st.sampled_from(possible)),
        episodes=tuple(sorted(judged, key=lambda one: (one.episode.window, one.episode.entity))),
        coverage=draw(several(coverages(kinds_from=kinds_from), most=2)),
        failures=draw(several(source_failures(), most=2)),
        blind_spots=draw(several(blind_spots(), most=2)),
        faults=draw(several(instrument_faults(kinds_from=kinds_from, near=near), most=2)),
        notices=draw(sentences()),
        ruleset=draw(lines()),
        licences=draw(sentences()),
        traces=draw(several(traces(kinds_from=kinds_from, near=near), most=2)),
        services=draw(several(service_reaches(), most=2)),
        as_of=draw(st.none() | instants(near=near)),
    )
