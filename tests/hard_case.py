"""What a hard case is, and when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import frozen

import shutdownkit as sk

from .hard_worlds import DAY, HOUR, Place, World

__all__ = ["HardCase", "Look", "judged", "looks_at"]

_END = 3 * HOUR
"""After the end, so that the return can be told from a pause."""

_SERIES = 3


@frozen(eq=False)  # a world has no hash, and each case is itself
class HardCase:
    """One case.

    Attributes:
        what: what happened, in a sentence.
        published, made_up: which of the figures are published and which are made up.
        source: where the published ones are from.
        spells: when something happened, each window one loss.
        own: the place that is judged.
        others: those that were watched beside it.
        conditions: what each episode may be; with NORMAL, there may be none.
        mechanism: how it was done; None where that is not asked.
        cause: the most probable cause in hindsight; None where that is not asked.
        before, after: how much is watched before the first spell and after the last.
    """

    name: str
    what: str
    is_deliberate: bool
    published: str
    made_up: str
    source: str
    spells: tuple[sk.TimeWindow, ...]
    own: Place
    conditions: frozenset[sk.Condition]
    others: tuple[Place, ...] = ()
    history: tuple[sk.Episode, ...] = ()
    context: tuple[sk.ContextEvent, ...] = ()
    mechanism: sk.Mechanism | None = None
    cause: sk.Cause | None = None
    before: timedelta = 22 * DAY
    after: timedelta = 9 * DAY

    def __str__(self) -> str:
        return self.name

    def world(self, seed: int = 0) -> World:
        """What was measured, with the noise of a seed."""
        start = (self.spells[0].start - self.before).replace(hour=0, minute=0, second=0)
        end = (self.spells[-1].end + self.after).replace(minute=0, second=0)
        window = sk.TimeWindow(start, end)
        return World(
            self.own.signals(window, seed),
            tuple(signal for place in self.others for signal in place.signals(window, seed)),
            self.history,
            self.context,
        )


@frozen
class Look:
    """One time at which a loss is judged.

    Attributes:
        stage: ``onset``, ``end`` or ``hindsight``.
        as_of: the time; None for all that is known.
    """

    stage: str
    spell: sk.TimeWindow
    as_of: datetime | None


def looks_at(spells: Sequence[sk.TimeWindow]) -> tuple[Look, ...]:
    """An hour into a loss (or half way, where it is shorter), three hours after it, and in hindsight.

    Of a series the first two losses and the last one are looked at as they come, all in hindsight.
    """
    as_they_come = spells if len(spells) <= _SERIES else (*spells[:2], spells[-1])
    return (
        *(Look("onset", one, one.start + min(HOUR, one.duration / 2)) for one in as_they_come),
        *(Look("end", one, one.end + _END) for one in as_they_come),
        *(Look("hindsight", one, None) for one in spells),
    )


def judged(report: sk.Report, spell: sk.TimeWindow) -> sk.EpisodeVerdict | None:
    """The episode that covers most of a loss; of equals the first.  None where nothing was found."""
    shared = [
        (common.duration, one)
        for one in report.episodes
        if (common := one.episode.window.intersection(spell)) is not None
    ]
    return max(shared, key=lambda pair: pair[0])[1] if shared else None
