"""What happened: events and episodes."""

from __future__ import annotations

from datetime import datetime

from hypothesis import strategies as st

from ...model.entity import Entity
from ...model.episode import Episode
from ...model.event import Event
from ...model.window import TimeWindow
from .measuring import Kinds, any_kind
from .places import entities
from .primitives import lines, several, shares
from .times import lengths, steps, windows

__all__ = ["episodes", "events"]


@st.composite
def events(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    kinds_from: Kinds | None = None,
    within: TimeWindow | None = None,
    ongoing: bool | None = None,
) -> Event:
    """Disruptions on one signal, lasting and over.

    Shrinks to an event of the first built-in kind in the first country that took nothing, lasted no time
    and is over, with nothing known of its fall and rise.

    Args:
        entity: whom it is about.
        kinds_from: the kinds of the signal.
        within: the event lies in this window.
        ongoing: True for events that last, False for those that are over.
    """
    low, high = sorted(draw(st.tuples(shares(), shares())))
    lasts = draw(st.booleans()) if ongoing is None else ongoing
    rise = draw(st.none() | lengths())  # of every event, so that one that lasts is not the shorter story
    return Event(
        kind=draw(any_kind(kinds_from)),
        entity=draw(entities()) if entity is None else entity,
        window=draw(windows(within=within)),
        depth=low,
        subject=draw(st.none() | lines()),
        ongoing=lasts,
        peak=high,
        step=draw(st.none() | steps()),
        fall=draw(st.none() | lengths()),
        rise=None if lasts else rise,
    )


@st.composite
def episodes(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    kinds_from: Kinds | None = None,
    near: datetime | None = None,
    window: TimeWindow | None = None,
    min_events: int = 0,
    max_events: int = 3,
    ongoing: bool | None = None,
) -> Episode:
    """Episodes of no event, as those of lists are, or of a few, all of the episode's entity.

    Shrinks to an episode of the first country, without an event and a length, that is over.

    Args:
        entity: whom it is about.
        kinds_from: the kinds of the events' signals.
        near: begins at most 2000 minutes from this time.
        window: the episode's own window; then the events lie within it.  Else they may lie anywhere.
        min_events: at least so many events.
        max_events: at most so many events, or ``min_events`` where that is more.
        ongoing: True for episodes that last, False for those that are over.
    """
    entity = draw(entities()) if entity is None else entity
    one = events(entity=entity, kinds_from=kinds_from, within=window)
    return Episode(
        entity=entity,
        window=draw(windows(near=near)) if window is None else window,
        events=draw(several(one, least=min_events, most=max(min_events, max_events))),
        ongoing=draw(st.booleans()) if ongoing is None else ongoing,
    )
