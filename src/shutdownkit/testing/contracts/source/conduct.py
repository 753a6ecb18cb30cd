"""Laws of how a source behaves: towards its provider, its user's secrets, other threads, and the machine."""

from __future__ import annotations

import os
import threading
import time
import unittest
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import evolve

from ....model.window import TimeWindow
from ....reading.query import Query
from ....reading.saying import said
from ....reading.source import Source, SourceResult
from ..laws import Law, LawBrokenError, law
from ..watching import watching
from .failures import FailureLaws
from .truth import Case, asked, story
from .world import UpstreamError, World, plain

__all__ = ["ConductLaws"]

_ZONES = {
    "Kathmandu": "NPT-5:45",
    "New York": "EST5EDT,M3.2.0,M11.1.0",
    "Lord Howe": "LHST-10:30LHDT-11,M10.1.0,M4.1.0",
}
"""Five hours and three quarters before UTC, which no step but the quarter hour divides; and two that have
summer time, in each half of the year one.  As POSIX writes them (Base Definitions, 8.3, ``TZ``): a name
would be UTC, silently, on a machine without the files of zones."""


class ConductLaws(FailureLaws):
    """Laws 12, 14 and 16."""

    @law(
        12,
        "every connection has a timeout, and goes where it is told",
        look_at="ask through config.http, which sets timeouts, and under config.base_url where there is one",
    )
    def test_law_12_timeouts(self) -> None:
        rule = self.law(12)
        for case in self.plain_cases():
            with self.published(case) as world, watching() as watched:
                source = world.source()
                try:
                    world.attempt(case.query, law=rule, source=source)
                except (LawBrokenError, UpstreamError):
                    raise
                except Exception as error:
                    if not watched.elsewhere:
                        what = f"it raised {said(error)}, though all was well"
                        raise LawBrokenError(rule, what, given={"asked for": asked(case.query)}) from error
                    raise _elsewhere(rule, watched.elsewhere) from error
            if watched.elsewhere:
                raise _elsewhere(rule, watched.elsewhere)
            for connection in watched.connections:
                if connection.timeout is None:
                    raise LawBrokenError(
                        rule, f"it connects to {connection}", given={"asked for": asked(case.query)}
                    )
            if watched.programs:
                raise LawBrokenError(rule, f"it starts a program: {watched.programs[0]}")

    @law(
        14,
        "it is safe from two threads",
        look_at="what fetch keeps on self: a source is asked by several threads at once, so the state of a "
        "question belongs in local variables",
    )
    def test_law_14_two_threads(self) -> None:
        rule = self.law(14)
        for case in self.plain_cases():
            queries = self._two_queries(case)
            with self.published(case) as world:
                alone = [plain(world.fetch(query, law=rule)) for query in queries]
                source = world.source()
                meeting = _Meeting()
                world.upstream.wait(meeting.meet)
                found = _at_once(world, source, queries, rule, meeting)
                for query, told in zip(queries, found, strict=True):
                    right = alone[queries.index(query)]
                    given = {
                        "asked for": asked(query),
                        "and at once for": asked(queries[1 - queries.index(query)]),
                    }
                    if isinstance(told, UpstreamError):
                        raise told
                    if isinstance(told, Exception):
                        raise LawBrokenError(rule, f"it raised {said(told)}", given=given) from told
                    if plain(told) != right:
                        given["alone it gives"] = "; ".join(map(story, right.signals)) or "no signal"
                        given["it gave"] = "; ".join(map(story, told.signals)) or "no signal"
                        raise LawBrokenError(rule, "another answer than it gives alone", given=given)

    @law(
        16,
        "the machine's time zone changes nothing",
        look_at="datetime.fromtimestamp and strptime without a zone, naive times, time.localtime, date.today",
    )
    def test_law_16_time_zone(self) -> None:
        rule = self.law(16)
        if not hasattr(time, "tzset"):
            raise unittest.SkipTest("this system does not let a process have another time zone")
        for case in self.plain_cases():
            with self.published(case) as world:
                with _zone("UTC"):
                    here = plain(world.fetch(case.query, law=rule))
                for name, zone in _ZONES.items():
                    with _zone(zone):
                        there = plain(world.fetch(case.query, law=rule))
                    if here != there:
                        given = {
                            "asked for": asked(case.query),
                            "in UTC": "; ".join(map(story, here.signals)) or "no signal",
                            f"in {name}": "; ".join(map(story, there.signals)) or "no signal",
                        }
                        raise LawBrokenError(rule, "another answer in another time zone", given=given)

    def _two_queries(self, case: Case) -> tuple[Query, Query]:
        """The two halves of the case's window, of which neither answer holds the other."""
        window = case.query.window
        unit = self.longest_step(case.query.entity)
        bins = window.duration // unit
        if bins < 2:
            return case.query, case.query
        middle = window.start + (bins // 2) * unit
        earlier, later = TimeWindow(window.start, middle), TimeWindow(middle, window.end)
        return evolve(case.query, window=earlier), evolve(case.query, window=later)


def _elsewhere(rule: Law, hosts: tuple[str, ...]) -> LawBrokenError:
    return LawBrokenError(rule, f"it asks {hosts[0]}, and not the address that it was given")


class _Meeting:
    """Lets answers wait until the other question is there too; for a moment, since it may never come."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)

    def meet(self) -> None:
        try:
            self._barrier.wait(timeout=2.0)
        except threading.BrokenBarrierError:
            return  # one has ended, or waits for the other by itself: then there is nothing to mix up

    def leave(self) -> None:
        """One has ended: nobody waits for it."""
        self._barrier.abort()


def _at_once(
    world: World, source: Source, queries: tuple[Query, Query], rule: Law, meeting: _Meeting
) -> list[SourceResult | Exception]:
    found: dict[int, SourceResult | Exception] = {}

    def run(number: int) -> None:
        try:
            found[number] = world.attempt(queries[number], law=rule, source=source)
        except Exception as error:  # noqa: BLE001 (looked at by whoever waits)
            found[number] = error
        finally:
            meeting.leave()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(queries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[number] for number in range(len(queries))]


@contextmanager
def _zone(name: str) -> Iterator[None]:
    """Another time zone of this process, for a moment."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
