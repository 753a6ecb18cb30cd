"""What a reader of a report must know about what OONI gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ...model.entity import Entity
from ...model.window import TimeWindow, utc_text
from .plan import HOUR, Plan, Purpose
from .regrid import LATE, Flags, joined, known, runs, settled
from .signals import LEAST_HOURS, Signals, worlds
from .week import Week

__all__ = ["notices_of"]

_MOST_WINDOWS = 6  # named one by one; of more, the number is said


def notices_of(entity: Entity, plan: Plan, came: Sequence[Week], made: Signals) -> tuple[str, ...]:
    """Everything worth a line, in a fixed order."""
    return (*plan.notices, *_volume(entity, plan, came), *_sparse(made))


def _volume(entity: Entity, plan: Plan, came: Sequence[Week]) -> Iterator[str]:
    """About numbers: only where they were wanted, which is where the world was asked for."""
    total = [week for week in came if week.ask.purpose is Purpose.VOLUME]
    counted = {ask.chunk for ask in plan.asks if ask.purpose is Purpose.WORLD}
    if not total or not counted:
        return
    provider = worlds(came)
    faulty = _hours(plan, [(chunk, state.faulty) for chunk, state in provider.items()])
    if faulty:
        yield (
            f"ooni: measurements of the whole world were missing or far fewer than usual in {_named(faulty)}"
            ": the provider's fault, not the place's; numbers of these hours are left out"
        )
    late = _hours(plan, [(week.ask.chunk, known(week) & ~settled(week)) for week in total])
    if late:
        yield (
            f"ooni: numbers of measurements of {_named(late)} are left out: "
            f"they were under {LATE // HOUR} hours old, and uploads come late"
        )
    silent = [week for week in total if week.ask.chunk not in provider]
    blind = _hours(plan, [(week.ask.chunk, settled(week)) for week in silent])
    if blind:
        yield (
            f"ooni: the whole world was not counted in {_named(blind)}: whether an hour "
            "without a measurement was measured is not known there"
        )
    if not any(week.rows for week in total) and any(state.normal.any() for state in provider.values()):
        yield f"ooni: not one measurement from {entity} in the weeks that were asked for"


def _sparse(made: Signals) -> Iterator[str]:
    if made.sparse:
        yield (
            f"ooni: measured in fewer than {LEAST_HOURS} hours, too few for a signal (or for some of its "
            f"kinds): {', '.join(made.sparse)}"
        )


def _hours(plan: Plan, parts: Iterable[tuple[TimeWindow, Flags]]) -> list[TimeWindow]:
    return runs(joined(plan.grid, ((chunk, np.where(hours, 1.0, np.nan)) for chunk, hours in parts)))


def _named(windows: Sequence[TimeWindow]) -> str:
    if len(windows) > _MOST_WINDOWS:
        hours = sum(window.duration // HOUR for window in windows)
        return f"{hours} hours between {utc_text(windows[0].start)} and {utc_text(windows[-1].end)}"
    return ", ".join(str(window) for window in windows)
