"""The state of probes that had no event: they are the survivors, or the long gone.

To leave the survivors out would exaggerate a loss, so their records are read, and then their events after
and before the time in question.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...model.window import TimeWindow
from .asking import Asking
from .plan import asked, earlier, later
from .probes import Probe, state_by_record

__all__ = ["by_record", "by_search"]


def by_record(probes: Iterable[Probe], span: TimeWindow) -> dict[int, bool]:
    """Whether each was connected all the time, for those whose record tells."""
    start, stop = span.start.timestamp(), span.end.timestamp()
    states = {probe.id: state_by_record(probe, start, stop) for probe in probes}
    return {number: state for number, state in states.items() if state is not None}


def by_search(asking: Asking, ids: Iterable[int], span: TimeWindow, *, answered: float) -> dict[int, bool]:
    """Whether each was connected all the time, for those with an event later or earlier.

    Args:
        answered: until when events are known (epoch seconds); where that is not over the days of the
            span, there is no later.
    """
    states: dict[int, bool] = {}
    wanted = set(ids)
    if answered >= asked(span).end.timestamp():
        states |= _after(asking, wanted, later(span))
    states |= _before(asking, wanted - set(states), earlier(span))
    return states


def _after(asking: Asking, ids: set[int], window: TimeWindow) -> dict[int, bool]:
    """By the first event of each: what it ended."""
    states: dict[int, bool] = {}
    for group in asking.groups(ids, window):
        known = group.known
        if not known or known[0][0] != window.start.timestamp():
            continue
        for number, events in group.events_by_probe().items():
            if events and events[0].time <= known[0][1]:
                states[number] = not events[0].connected
    return states


def _before(asking: Asking, ids: set[int], window: TimeWindow) -> dict[int, bool]:
    """By the last event of each: what it began."""
    states: dict[int, bool] = {}
    for group in asking.groups(ids, window):
        known = group.known
        if not known or known[-1][1] != window.end.timestamp():
            continue
        for number, events in group.events_by_probe().items():
            if events and events[-1].time >= known[-1][0]:
                states[number] = events[-1].connected
    return states
