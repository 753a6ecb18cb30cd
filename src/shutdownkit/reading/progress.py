"""How far the asking of a source has come."""

from __future__ import annotations

import enum

from attrs import frozen

__all__ = ["Progress", "Stage"]


class Stage(enum.Enum):
    """Where a source stands."""

    WAITING = "waiting"
    ASKING = "asking"
    DONE = "done"
    FAILED = "failed"


@frozen
class Progress:
    """A change in the asking of one source.

    Attributes:
        requests: how many requests it has made so far.
        problem: why it failed, in one line.
    """

    source: str
    stage: Stage
    requests: int = 0
    problem: str | None = None
