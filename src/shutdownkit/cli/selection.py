"""Which of a file's signals are judged, and over which window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..errors import CallerError
from ..model.entity import Entity
from ..model.signal import Signal
from ..model.window import TimeWindow, utc_text

__all__ = ["choose_entity", "choose_window", "data_window"]


def choose_entity(
    signals: Sequence[Signal], wanted: Entity | None, path: str
) -> tuple[tuple[Signal, ...], tuple[Signal, ...]]:
    """The signals of the one entity to judge, and the others' signals, which serve as controls.

    Raises:
        CallerError: where the entity is not in the file, or several are and none was named.
    """
    present = sorted({signal.entity for signal in signals})
    listed = ", ".join(map(str, present))
    if wanted is None:
        if len(present) > 1:
            raise CallerError(f"{path} holds several entities; name one with --entity: {listed}")
        wanted = present[0]
    elif wanted not in present:
        raise CallerError(f"--entity: {wanted} is not in {path}, which holds {listed}")
    return (
        tuple(signal for signal in signals if signal.entity == wanted),
        tuple(signal for signal in signals if signal.entity != wanted),
    )


def data_window(signals: Sequence[Signal]) -> TimeWindow:
    """From the first bin of any signal to the end of the last."""
    return TimeWindow(
        min(signal.series.window.start for signal in signals),
        max(signal.series.window.end for signal in signals),
    )


def choose_window(
    signals: Sequence[Signal], start: datetime | None, end: datetime | None
) -> TimeWindow | None:
    """The window asked for, with the data's own start or end where only one was named.

    None where neither was: then all of the data is judged.

    Raises:
        CallerError: where the window is empty, runs backwards or holds none of the data.
    """
    if start is None and end is None:
        return None
    data = data_window(signals)
    if start is not None and end is not None and end <= start:
        raise CallerError(f"--to: {utc_text(end)} is not after --from {utc_text(start)}")
    if start is not None and start >= data.end:
        raise CallerError(f"--from: {utc_text(start)} is after the data, which runs {data}")
    if end is not None and end <= data.start:
        raise CallerError(f"--to: {utc_text(end)} is before the data, which runs {data}")
    return TimeWindow(start or data.start, end or data.end)
