"""Laws of how a source behaves: towards its provider, its user's secrets, other threads, and the machine."""

from __future__ import annotations

import os
import tempfile
import threading
import time
import traceback
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve

from ....errors import NotCachedError, ProviderError
from ....model.window import TimeWindow
from ....reading.query import Query
from ....reading.saying import said
from ....reading.source import SourceResult
from ...faults.zoo import ZOO
from ..laws import Law, LawBrokenError, law
from ..watching import watching
from .case import UpstreamError, World, plain
from .failures import FailureLaws
from .truth import Case, asked, story

__all__ = ["ConductLaws"]

_FAR_ZONE = "Asia/Kathmandu"
"""Five hours and three quarters before UTC: no step but the quarter hour divides it."""

_TELLING = ("says_the_key", "html", "reset")
"""Faults under which an error could say the key: said back by the provider, quoted, or in the address."""


class ConductLaws(FailureLaws):
    """Laws 12 and 14 to 18."""

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
                except (ProviderError, OSError) as error:
                    if not watched.elsewhere:
                        raise
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
                world.upstream.wait(_Meeting().meet)
                for query, told in zip(queries, _at_once(world, source, queries, rule), strict=True):
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
        15,
        "no secret shows",
        look_at="HttpRequest(key=config.key) sends the key in a header; it belongs in no address, parameter, "
        "repr, error, notice or provenance",
    )
    def test_law_15_no_secret(self) -> None:
        rule = self.law(15)
        for case in self.plain_cases():
            with self.published(case) as world:
                source = world.source()
                said_by: dict[str, str] = {"its repr": repr(source), "its info": repr(source.info)}
                said_by["its result"] = _all_of(world.fetch(case.query, law=rule, source=source))
                for name in _TELLING:
                    world.publish(case.truth)
                    world.upstream.misbehave(ZOO[name].misbehave)
                    try:
                        result = world.attempt(case.query, law=rule)
                    except UpstreamError:
                        raise
                    except Exception as error:  # noqa: BLE001 (whatever it is, it must not say the key)
                        said_by[f"its error under {name}"] = "".join(traceback.format_exception(error))
                    else:
                        said_by[f"its result under {name}"] = _all_of(result)
                for one in world.upstream.received:
                    said_by["the address that it asks"] = f"{one.path} {dict(one.query)}"
                    self._check_unsaid(rule, said_by)
                self._check_unsaid(rule, said_by)

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
                with _zone(_FAR_ZONE):
                    there = plain(world.fetch(case.query, law=rule))
            if here != there:
                given = {
                    "asked for": asked(case.query),
                    "in UTC": "; ".join(map(story, here.signals)) or "no signal",
                    f"in {_FAR_ZONE}": "; ".join(map(story, there.signals)) or "no signal",
                }
                raise LawBrokenError(rule, "another answer in another time zone", given=given)

    @law(
        17,
        "every signal says where it is from and under what licence",
        look_at="Provenance(source=info.name, licence=info.licence, url=answer.address, retrieved=…)",
    )
    def test_law_17_provenance(self) -> None:
        rule = self.law(17)
        for case in self.plain_cases():
            with self.published(case) as world:
                result = world.fetch(case.query, law=rule)
                received = len(world.upstream.received)
            if not result.signals:
                raise LawBrokenError(rule, "it gave no signal of what was published", given={"case": case})
            for signal in result.signals:
                told = signal.provenance
                given = {"signal": signal.name, "provenance": told}
                if told.source != self.info.name:
                    raise LawBrokenError(rule, "a provenance that names another source", given=given)
                if told.licence != self.info.licence:
                    raise LawBrokenError(rule, "a licence that is not the one of its info", given=given)
                if received and (told.url is None or told.retrieved is None):
                    raise LawBrokenError(rule, "nobody can tell what was asked, or when", given=given)

    @law(
        18,
        "offline it asks nobody, and gives what it gave",
        look_at="all HTTP through config.http, which keeps answers; what is asked must not hang on the time",
    )
    def test_law_18_offline(self) -> None:
        rule = self.law(18)
        for case in self.plain_cases():
            with tempfile.TemporaryDirectory() as folder:
                kept = Path(folder, "answers.sqlite")
                with self.published(case, offline=True, cache=Path(folder, "empty.sqlite")) as world:
                    before = world.outcome(case.query, law=rule)
                    if world.upstream.received:
                        raise LawBrokenError(
                            rule, "it asks although it is offline", given={"asked for": asked(case.query)}
                        )
                if isinstance(before, SourceResult) and before.signals:
                    continue  # it reads what is on this machine
                if not isinstance(before, NotCachedError):
                    raise LawBrokenError(rule, f"offline and with nothing kept it gave {before!r}")
                with self.published(case, cache=kept) as world:
                    online = plain(world.fetch(case.query, law=rule))
                    address = world.config.base_url
                with self.world(offline=True, cache=kept) as world:
                    config = evolve(world.config, base_url=address)
                    offline = plain(evolve(world, config=config).fetch(case.query, law=rule))
            if online != offline:
                raise LawBrokenError(
                    rule, "another answer than online", given={"online": online, "offline": offline}
                )

    def _check_unsaid(self, rule: Law, said_by: dict[str, str]) -> None:
        for where, text in said_by.items():
            if self.key in text:
                shown = text.replace(self.key, "<the key>")
                raise LawBrokenError(rule, f"{where} says the key", given={"said": shown[:400]})

    def _two_queries(self, case: Case) -> tuple[Query, Query]:
        """The case's question, and another whose answer differs: the second half of its window."""
        window = case.query.window
        unit = self.longest_step(case.query.entity)
        middle = window.start + (window.duration // unit // 2) * unit
        later = evolve(case.query, window=TimeWindow(middle, window.end))
        return case.query, later


def _elsewhere(rule: Law, hosts: tuple[str, ...]) -> LawBrokenError:
    return LawBrokenError(rule, f"it asks {hosts[0]}, and not the address that it was given")


class _Meeting:
    """Lets answers wait until the other question is there too; for a moment, since it may never come."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)

    def meet(self) -> None:
        try:
            self._barrier.wait(timeout=1.0)
        except threading.BrokenBarrierError:
            return  # one has ended, or waits for the other by itself: then there is nothing to mix up


def _at_once(
    world: World, source: object, queries: tuple[Query, Query], rule: Law
) -> list[SourceResult | Exception]:
    found: dict[int, SourceResult | Exception] = {}

    def run(number: int) -> None:
        try:
            found[number] = world.attempt(queries[number], law=rule, source=source)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 (looked at by whoever waits)
            found[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(queries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[number] for number in range(len(queries))]


def _all_of(result: SourceResult) -> str:
    """All texts of a result."""
    return repr(result)


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
