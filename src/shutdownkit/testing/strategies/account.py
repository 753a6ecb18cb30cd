"""What sources say beside their signals."""

from __future__ import annotations

from datetime import datetime

from hypothesis import strategies as st

from ...model.account import Account, BlindSpot, InstrumentFault, Observation, SourceFailure
from ...model.entity import Entity
from ...model.kinds import Plane
from ...model.window import TimeWindow
from .measuring import Kinds, any_kind
from .places import entities
from .primitives import lines, sentences, several
from .times import windows

__all__ = ["accounts", "blind_spots", "instrument_faults", "observations", "source_failures"]


def source_failures() -> st.SearchStrategy[SourceFailure]:
    """Sources that did not answer.  Shrinks to one where nothing was asked and asking again is no use."""
    return st.builds(
        SourceFailure, source=lines(), problem=lines(), where=st.none() | lines(), retry=st.booleans()
    )


def blind_spots() -> st.SearchStrategy[BlindSpot]:
    """What could not have been seen.  Shrinks to one of no plane."""
    return st.builds(BlindSpot, plane=st.none() | st.sampled_from(Plane), text=lines())


@st.composite
def instrument_faults(
    draw: st.DrawFn,
    *,
    kinds_from: Kinds | None = None,
    near: datetime | None = None,
    within: TimeWindow | None = None,
) -> InstrumentFault:
    """Times in which instruments failed.

    Shrinks to a fault of the first built-in kind, of no length, seen on no entity.

    Args:
        kinds_from: the kinds of the signals that were wrong.
        near: begins at most 2000 minutes from this time.
        within: it lies in this window.
    """
    return InstrumentFault(
        kind=draw(any_kind(kinds_from)),
        window=draw(windows(near=near, within=within)),
        entities=draw(several(entities(), most=3)),
        text=draw(lines()),
    )


@st.composite
def observations(
    draw: st.DrawFn,
    *,
    entity: Entity | None = None,
    kinds_from: Kinds | None = None,
    near: datetime | None = None,
    within: TimeWindow | None = None,
) -> Observation:
    """What providers' own detectors say.

    Shrinks to an observation of the first built-in kind in the first country, of no length.

    Args:
        entity: whom it is about.
        kinds_from: the kinds of the signals that the detectors read.
        near: begins at most 2000 minutes from this time.
        within: it lies in this window.
    """
    return Observation(
        source=draw(lines()),
        entity=draw(entities()) if entity is None else entity,
        kind=draw(any_kind(kinds_from)),
        window=draw(windows(near=near, within=within)),
        text=draw(lines()),
        method=draw(lines()),
    )


def accounts() -> st.SearchStrategy[Account]:
    """All that sources said beside their signals, at most two of each.  Shrinks to nothing."""
    return st.builds(
        Account,
        failures=several(source_failures(), most=2),
        faults=several(instrument_faults(), most=2),
        observations=several(observations(), most=2),
        blind_spots=several(blind_spots(), most=2),
        notices=sentences(),
    )
