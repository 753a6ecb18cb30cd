"""Reading the files that commands are given."""

from __future__ import annotations

from pathlib import Path

from ..files.context import read_context
from ..files.incidents import read_incidents
from ..files.signals import read_signals
from ..judging.rules.context import concerns
from ..model.context import ContextEvent
from ..model.entity import Entity
from ..model.episode import Episode
from ..model.signal import Signal
from .output import say
from .progress import waiting

__all__ = ["context_from", "history_from", "signals_from"]


def signals_from(path: str) -> tuple[Signal, ...]:
    """The signals of a file, with a bar while a large one is read."""
    file = Path(path)
    size = file.stat().st_size if file.is_file() else None
    with waiting(f"reading {file.name}", total=size) as done:
        return read_signals(path, progress=done)


def history_from(path: str | None, entity: Entity) -> tuple[Episode, ...]:
    """The entity's incidents from a file; those of others are left out, and their number is told."""
    if path is None:
        return ()
    incidents = read_incidents(path)
    own = tuple(incident for incident in incidents if incident.entity == entity)
    if len(own) < len(incidents):
        say(
            f"note: {path}: of {len(incidents)} incidents, "
            f"{len(incidents) - len(own)} are not of {entity} and were left out"
        )
    return own


def context_from(path: str | None, entity: Entity) -> tuple[ContextEvent, ...]:
    """What was reported around the time, from a file; how much of it concerns others is told."""
    if path is None:
        return ()
    reports = read_context(path)
    others = sum(not concerns(report, entity) for report in reports)
    if others:
        say(
            f"note: {path}: of {len(reports)} reports, {others} are neither of {entity} nor of its country "
            "and move nothing"
        )
    return reports
