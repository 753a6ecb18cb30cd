"""Laws of what a source does where something is wrong: it says so, in the right words, and loses nothing."""

from __future__ import annotations

import itertools
import threading
import unittest
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from attrs import evolve

from ....errors import NotServedError, ProviderError
from ....model.entity import Entity, EntityKind
from ....model.window import TimeWindow
from ....reading.query import Query
from ....reading.saying import said
from ....reading.source import SourceResult
from ...faults.fault import Answering, Fault
from ...faults.zoo import ZOO
from ...server import Received, Reply
from ..laws import LawBrokenError, law
from ..watching import watching
from .questions import SourceQuestions
from .truth import Case, asked, difference, measured, never_negative, overclaimed
from .world import UpstreamError, World, plain

__all__ = ["FailureLaws"]

_SOME = {EntityKind.COUNTRY: "BY", EntityKind.REGION: "US/4416", EntityKind.ASN: "AS6697"}
_REQUESTS = 6
"""Of so many requests, the first and the last, each in turn is the one that fails: more tell nothing new."""

_MOST = 100
"""So many requests more than of the good answers are a loop without an end: a choice of ours."""


LAW_9 = law(
    9,
    "every fault becomes the right error",
    look_at="what is caught around a request and what is made of it: nothing that came back wrong is an "
    "empty result, and errors of config.http pass through as they are",
)


class FailureLaws(SourceQuestions):
    """Laws 9 to 11.  Law 9 has a test for each fault of the zoo."""

    @law(
        10,
        "one request that fails is told, and what came stays",
        look_at="what is caught around a single request: its failure stands in the result, or is raised; "
        "time that was not answered is missing, and is not shortened, filled or forgotten",
    )
    def test_law_10_one_failed_request(self) -> None:
        rule = self.law(10)
        for case in self.plain_cases():
            with self.published(case) as world:
                world.fetch(case.query, law=rule)
                asked_for = list(dict.fromkeys(map(_address, world.upstream.received)))
                for address in _some_of(asked_for):
                    for fault in (ZOO["html"], ZOO["broken"], ZOO["not_found"]):
                        world.publish(case.truth)
                        world.upstream.misbehave(_only(address, fault))
                        result = world.outcome(case.query, law=rule)
                        if not isinstance(result, SourceResult):
                            continue
                        given = {"asked for": asked(case.query), "failed": f"{address}, with {fault.name}"}
                        if not result.failures:
                            raise LawBrokenError(rule, "its result says nothing of it", given=given)
                        untrue = difference(case, result, may_lack=True) or overclaimed(case, result)
                        if untrue is not None:
                            raise LawBrokenError(rule, untrue, given=given)

    @LAW_9
    def test_law_09_one_answer_to_all(self) -> None:
        """The first answer to every question, as of a cache that ignores the query: pages without an end."""
        rule = self.law(9)
        case = self.plain_case()
        with self.published(case) as world:
            world.fetch(case.query, law=rule)
            most = len(world.upstream.received) + _MOST
            world.upstream.misbehave(partial(_first_for_all, most))
            before = len(world.upstream.received)
            world.outcome(case.query, law=rule)
            count = len(world.upstream.received) - before
        if count > most:
            raise LawBrokenError(
                rule,
                f"it had asked {most} times and went on, of answers that are all the first one",
                given={"asked for": asked(case.query), "to look at": "the end of a loop over pages"},
            )

    @law(
        11,
        "what is not served is refused before any I/O",
        look_at="the first line of fetch: self.info.check_serves(query)",
    )
    def test_law_11_not_served(self) -> None:
        rule = self.law(11)
        with self.world() as world:
            for why, query in self._not_served():
                source = world.source()
                with watching() as watched:
                    try:
                        world.attempt(query, law=rule, source=source)
                    except NotServedError:
                        refused = True
                    except UpstreamError:
                        raise
                    except Exception as error:
                        what = f"{why}, it raised {said(error)} and not NotServedError"
                        raise LawBrokenError(rule, what, given={"asked for": asked(query)}) from error
                    else:
                        refused = False
                given = {"asked for": asked(query)}
                if not refused:
                    raise LawBrokenError(rule, f"{why}, it gave a result", given=given)
                if watched.connections or world.upstream.received:
                    raise LawBrokenError(rule, f"{why}, it asked all the same", given=given)

    def plain_case(self, about: EntityKind | None = None) -> Case:
        """The plainest question, with its truth; of a kind of entity, or of the first that there is."""
        kind = self.asked_about[0].kind if about is None else about
        found: list[Case] = []
        self.once(self.cases(least=min(4, self.most_bins(kind)), about=kind), found.append)
        return found[0]

    def plain_cases(self) -> tuple[Case, ...]:
        """The plainest question about each kind of entity: they may go different ways to the provider."""
        return tuple(self.plain_case(kind) for kind in dict.fromkeys(one.kind for one in self.asked_about))

    def _not_served(self) -> list[tuple[str, Query]]:
        """Questions that the source does not serve, and why."""
        info = self.info
        query = self.plain_case().query
        found = [
            (f"asked about a {kind.value}", evolve(query, entity=Entity.parse(_SOME[kind]), kinds=None))
            for kind in EntityKind
            if kind not in info.entity_kinds
        ]
        found.append(
            ("asked for a kind that it does not measure", evolve(query, kinds=["nobody.measures-this"]))
        )
        if info.longest_window is not None:
            start = query.window.start
            window = TimeWindow(start, start + info.longest_window + timedelta(days=1))
            found.append(("asked for more than its longest window", evolve(query, window=window)))
        if info.earliest is not None:
            day = timedelta(days=1)
            window = TimeWindow(info.earliest - 3 * day, info.earliest - 2 * day)
            early = evolve(query, window=window, history=timedelta(0))
            found.append(("asked for a time before its earliest", early))
        return found


def _some_of(addresses: list[str]) -> list[str]:
    """The first and the last few of them."""
    half = _REQUESTS // 2
    return addresses if len(addresses) <= _REQUESTS else [*addresses[:half], *addresses[-half:]]


def _first_for_all(most: int, good: Answering) -> Answering:
    """The first answer to every question; after so many questions, refused, so that all end."""
    told: list[Reply] = []
    lock = threading.Lock()
    left = itertools.count(most, -1)

    def answer(received: Received) -> Reply:
        with lock:
            told[:] = told or [good(received)]
            return told[0] if next(left) > 0 else Reply(b'{"error": "no more"}', status=403)

    return answer


def _fault_law(fault: Fault) -> Callable[[FailureLaws], None]:
    """The test of one fault that every request meets."""

    @LAW_9
    def test(self: FailureLaws) -> None:
        rule = self.law(9)
        case = self.plain_case()
        if fault.name == "negative":
            case = _of_counts(self, case)
        with self.published(case, hurried=fault.slow) as world:
            good = plain(world.fetch(case.query, law=rule))
            if not world.upstream.received:
                return  # it asks nobody; what it reads, files, is another contract's
            world.upstream.misbehave(fault.misbehave)
            _check(self, world, fault, case, good)

    test.__name__ = f"test_law_09_{fault.name}"
    test.__qualname__ = f"FailureLaws.{test.__name__}"
    test.__doc__ = f"{fault.description}"
    return test


def _of_counts(contract: FailureLaws, case: Case) -> Case:
    """The question about those kinds alone that are never negative."""
    kinds = [kind for kind in contract.kinds_of(case.query.entity) if never_negative(kind)]
    if not kinds:
        raise unittest.SkipTest("each of its kinds may be negative")
    return evolve(case, query=evolve(case.query, kinds=kinds))


def _check(contract: FailureLaws, world: World, fault: Fault, case: Case, good: SourceResult) -> None:
    rule = contract.law(9)
    result = world.outcome(case.query, law=rule)
    told = {"the fault": f"{fault.name}: {fault.description}", "asked for": asked(case.query)}
    if isinstance(result, ProviderError):
        if fault.recovers:
            raise LawBrokenError(
                rule, f"it gave up ({said(result)}), and once more would have done", given=told
            )
        if not isinstance(result, fault.errors):
            names = " or ".join(one.__name__ for one in fault.errors)
            raise LawBrokenError(rule, f"it raised {said(result)}, and this is a {names}", given=told)
        return
    if plain(result) == good and (fault.recovers or not world.upstream.altered):
        return
    came = f"{measured(result)} measured bins and {len(result.failures)} failures"
    what = "the good answer" if fault.recovers else "an error"
    raise LawBrokenError(rule, f"it gave a result ({came}) in place of {what}", given=told)


for _fault in ZOO.values():
    setattr(FailureLaws, f"test_law_09_{_fault.name}", _fault_law(_fault))


def _address(received: Received) -> str:
    query = "&".join(f"{name}={','.join(values)}" for name, values in sorted(received.query.items()))
    return f"{received.path}?{query}" if query else received.path


def _only(address: str, fault: Fault) -> Callable[[Answering], Answering]:
    """The fault for one question, and no other."""

    def misbehave(good: Answering) -> Answering:
        bad = fault.misbehave(good)

        def answer(received: Received) -> Reply:
            return (bad if _address(received) == address else good)(received)

        return answer

    return misbehave
