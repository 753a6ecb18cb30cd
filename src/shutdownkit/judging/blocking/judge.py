"""From single tests to what is blocked, what is silent, and where what can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from attrs import frozen

from ...model.entity import Entity, EntityKind
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
from .spell import Spell
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
    given = dict.fromkeys(tests)
    judged = judged_tests(given, entity, services)
    if not judged:
        return NOTHING_TESTED
    settled = settle(judged, services)
    until = _at_hand(judged, window)
    blocked = tuple(
        BlockingEpisode(_episode(blocking, entity, until), blocking)
        for blocking in blockings((*settled.tests, *_beside(given, judged, entity)), settled.spells, services)
    )
    sure = [one.episode.window for one in blocked if not one.blocking.may_be_one_networks_fault]
    silences = find_silences(settled.tests, sure)
    return JudgedTests(
        blocked,
        tuple(SilentEpisode(_silent(silence, entity), silence) for silence in silences),
        reach_table(settled.tests, _told(settled.spells, blocked), services, window),
        frozenset(test.subject for test in settled.tests),
    )


def _beside(tests: Iterable[ServiceTest], judged: Iterable[ServiceTest], entity: Entity) -> list[ServiceTest]:
    """Of a network those of the others of its country: whether they reach what it does not."""
    if entity.kind is not EntityKind.ASN:
        return []
    home = {test.country for test in judged} - {None}
    return [test for test in tests if test.country in home and test.network not in {None, entity}]


def _told(spells: Iterable[Spell], blocked: Sequence[BlockingEpisode]) -> list[Spell]:
    """The spells but for those that may be the fault of one network: of these the table says what failed."""
    doubtful = [
        block for one in blocked if one.blocking.may_be_one_networks_fault for block in one.blocking.blocks
    ]
    return [
        spell
        for spell in spells
        if not any(
            spell.subject in block.subjects
            and block.since <= spell.since <= block.last
            and (spell.network is None or spell.network in block.networks)
            for block in doubtful
        )
    ]


def _at_hand(tests: Sequence[ServiceTest], window: TimeWindow) -> datetime:
    """Until when tests are at hand, up to the end of the window: a probe's clock may be years ahead."""
    last = max(test.time for test in tests)
    return min(last, window.end)


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
