"""From single tests to what is blocked, what is silent, and where what can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from attrs import frozen

from ...model.entity import Entity
from ...model.episode import Episode
from ...model.event import Event
from ...model.kinds import KINDS
from ...model.reach import Block, Blocking, ServiceReach
from ...model.service_tests import ServiceTest
from ...model.services import Services
from ...model.window import TimeWindow
from .blocks import blockings
from .masks import judged_tests
from .reach_table import reach_table
from .silences import Silence, find_silences
from .weak import settle

__all__ = ["NOTHING_TESTED", "BlockingEpisode", "JudgedTests", "SilentEpisode", "judge_tests"]

_ANOMALIES = KINDS["ooni.anomaly-ratio"]
_CONFIRMED = KINDS["ooni.confirmed-ratio"]
_MEASUREMENTS = KINDS["ooni.measurements"]


@frozen
class BlockingEpisode:
    """An episode in which services failed, and what of them."""

    episode: Episode
    blocking: Blocking


@frozen
class SilentEpisode:
    """An episode in which no test arrived at all, and what is known of it."""

    episode: Episode
    silence: Silence


@frozen
class JudgedTests:
    """What single tests say of one entity.

    Attributes:
        blocked: the episodes in which services failed, over all the tests at hand, ordered by onset.
        silent: the silences beside them.
        table: what could be reached in the window of the report.
        subjects: what was tested.
    """

    blocked: tuple[BlockingEpisode, ...] = ()
    silent: tuple[SilentEpisode, ...] = ()
    table: tuple[ServiceReach, ...] = ()
    subjects: frozenset[str] = frozenset()


NOTHING_TESTED = JudgedTests()


def judge_tests(
    tests: Iterable[ServiceTest], entity: Entity, services: Services, window: TimeWindow
) -> JudgedTests:
    """Judge the tests of one entity; those of others say whether something fails elsewhere as well.

    A test that is given twice, by two sources or in two bundles, counts once.

    Args:
        window: what the report is about; all tests count for when something began and ended.
    """
    judged = judged_tests(dict.fromkeys(tests), entity, services)
    if not judged:
        return NOTHING_TESTED
    settled = settle(judged, services)
    until = max(test.time for test in judged)
    blocked = tuple(
        BlockingEpisode(_episode(blocking, entity, until), blocking)
        for blocking in blockings(settled.tests, settled.spells, services)
    )
    silences = find_silences(settled.tests, [one.episode.window for one in blocked])
    return JudgedTests(
        blocked,
        tuple(SilentEpisode(_silent(silence, entity), silence) for silence in silences),
        reach_table(settled.tests, settled.spells, services, window),
        frozenset(test.subject for test in settled.tests),
    )


def _episode(blocking: Blocking, entity: Entity, until: datetime) -> Episode:
    ends = [block.until for block in blocking.blocks]
    known = [end for end in ends if end is not None]
    ongoing = len(known) < len(ends)
    start = min(block.since for block in blocking.blocks)
    end = max(until, start) if ongoing else max(known)
    events = [event for block in blocking.blocks for event in _events(block, entity, until)]
    return Episode(entity, TimeWindow(start, end), tuple(events), ongoing)


def _events(block: Block, entity: Entity, until: datetime) -> Iterator[Event]:
    """One for what failed of a service, and one for what is confirmed of it."""
    window = TimeWindow(block.since, max(until, block.last) if block.until is None else block.until)
    subject = _subject(block.subjects)
    for kind, count in ((_ANOMALIES, block.failed), (_CONFIRMED, block.confirmed)):
        if count:
            share = min(1.0, count / max(block.tests, 1))
            yield Event(kind, entity, window, share, subject, ongoing=block.until is None)


def _subject(subjects: Sequence[str]) -> str:
    """What stands for all of a block's subjects: an app where there is one, else the shortest name."""
    return min(subjects, key=lambda one: (not one.startswith("app:"), len(one), one))


def _silent(silence: Silence, entity: Entity) -> Episode:
    event = Event(_MEASUREMENTS, entity, silence.window, 1.0)
    return Episode(entity, silence.window, (event,))
