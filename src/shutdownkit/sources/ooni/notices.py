"""What a reader of a report must know about what OONI gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ...model.entity import Entity
from ...model.window import TimeWindow, utc_text
from .plan import HOUR, RATIOS, Plan, Purpose
from .regrid import LATE, Flags, joined, known, runs, settled
from .signals import LEAST_HOURS, Signals, worlds
from .week import Week

__all__ = ["notices_of"]

_MOST_WINDOWS = 6  # named one by one; of more, the number is said


def notices_of(entity: Entity, plan: Plan, came: Sequence[Week], made: Signals) -> tuple[str, ...]:
    """Everything worth a line, in a fixed order; each a sentence."""
    return (*plan.notices, *_nothing(entity, came, made), *_volume(plan, came), *_shares(plan, came, made))


def _nothing(entity: Entity, came: Sequence[Week], made: Signals) -> Iterator[str]:
    """About kinds of which there is no signal."""
    total = [week for week in came if week.ask.purpose is Purpose.VOLUME]
    silent = not any(row.counts.measurements for week in total for row in week.rows)
    if total and silent and any(state.normal.any() for state in worlds(came).values()):
        yield (
            f"OONI has not one measurement from {entity} in the weeks that were asked for: "
            "nobody measures there with it, so that silence says nothing."
        )
    elif made.nothing:
        names = ", ".join(kind.name for kind in made.nothing)
        yield f"OONI has no {names} for {entity} in the time asked for."


def _volume(plan: Plan, came: Sequence[Week]) -> Iterator[str]:
    """About numbers: only where they were wanted, which is where the world was asked for."""
    total = [week for week in came if week.ask.purpose is Purpose.VOLUME]
    counted = {ask.chunk for ask in plan.asks if ask.purpose is Purpose.WORLD}
    if not total or not counted:
        return
    provider = worlds(came)
    faulty = _hours(plan, [(chunk, state.faulty) for chunk, state in provider.items()])
    if faulty:
        yield (
            f"OONI's measurements of the whole world were missing or far fewer than usual in {_named(faulty)}"
            ": the provider's fault, not the place's; numbers of these hours are left out."
        )
    late = _hours(plan, [(week.ask.chunk, known(week) & ~settled(week)) for week in total])
    if late:
        yield (
            f"OONI's numbers of measurements of {_named(late)} are left out: "
            f"they were under {LATE // HOUR} hours old, and uploads come late."
        )
    silent = [week for week in total if week.ask.chunk not in provider]
    blind = _hours(plan, [(week.ask.chunk, settled(week)) for week in silent])
    if blind:
        yield (
            f"OONI's count of the whole world is missing for {_named(blind)}: whether an hour "
            "without a measurement was measured is not known there."
        )


def _shares(plan: Plan, came: Sequence[Week], made: Signals) -> Iterator[str]:
    if any(signal.kind in RATIOS for signal in made.signals):
        own = [week for week in came if week.ask.purpose is not Purpose.WORLD]
        late = _hours(plan, [(week.ask.chunk, known(week) & ~settled(week)) for week in own])
        if late:
            yield (
                f"OONI's shares of {_named(late)} are of what had been uploaded by then: "
                "uploads from blocked networks come late."
            )
    if made.sparse:
        yield (
            f"OONI measured in fewer than {LEAST_HOURS} hours, too few for a signal (or for some of its "
            f"kinds): {', '.join(made.sparse)}."
        )


def _hours(plan: Plan, parts: Iterable[tuple[TimeWindow, Flags]]) -> list[TimeWindow]:
    return runs(joined(plan.grid, ((chunk, np.where(hours, 1.0, np.nan)) for chunk, hours in parts)))


def _named(windows: Sequence[TimeWindow]) -> str:
    if len(windows) > _MOST_WINDOWS:
        hours = sum(window.duration // HOUR for window in windows)
        return f"{hours} hours between {utc_text(windows[0].start)} and {utc_text(windows[-1].end)}"
    return ", ".join(str(window) for window in windows)
