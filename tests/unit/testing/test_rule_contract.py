"""Every rule that is shipped keeps the contract of rules."""

from __future__ import annotations

import gc
import os
import random
import time
import unittest
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import ClassVar

import pytest
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.rules.rule import weighs
from shutdownkit.testing.contracts.laws import laws_of
from shutdownkit.testing.contracts.rule.clock import asking
from shutdownkit.testing.contracts.rule.contract import RuleContract
from shutdownkit.testing.contracts.rule.facts import listed_only, recorded
from shutdownkit.testing.scenarios import Gap, OutageKind, OutageScenario, simulate

COUP = sk.ContextEvent(
    sk.ContextKind.COUP,
    sk.Entity.parse("BY"),
    sk.TimeWindow("2023-05-09", "2023-05-11"),
    "Officers took the radio.",
    "The press",
)


def stories() -> tuple[OutageScenario, ...]:
    """One of each kind, and some in which little is known."""
    plain = tuple(simulate(kind, networks=2, context=(COUP,)) for kind in OutageKind)
    cut = simulate(OutageKind.DELIBERATE_CUT, networks=4, withdrawn=True, noise=1.0)
    first = cut.signals[0]
    holed = cut.without(Gap(first.entity, first.kind, cut.truth.windows[0]))
    return (*plain, cut, holed)


STORIES = stories()


@cache
def facts_of(index: int, as_of: datetime | None) -> tuple[sk.Facts, ...]:
    """The facts of one of the stories, which are the same whichever rules there are."""
    return (*recorded(STORIES[index], sk.RULES, as_of=as_of), *listed_only(STORIES[index]))


class BuiltInRule(RuleContract):
    """A rule that is shipped, added to the others."""

    __test__ = False
    max_examples = 2
    rule: ClassVar[sk.Rule]

    def make_rule(self) -> sk.Rule:
        return self.rule

    def scenarios(self) -> st.SearchStrategy[OutageScenario]:
        return st.sampled_from(STORIES)

    def facts_of(self, scenario: OutageScenario, *, as_of: datetime | None = None) -> tuple[sk.Facts, ...]:
        index = next(k for k, one in enumerate(STORIES) if one is scenario)
        return facts_of(index, as_of)


for one in sk.RULES.rules:
    name = "Test" + "".join(part.title() for part in one.id.replace(".", "-").split("-"))
    globals()[name] = type(
        name,
        (BuiltInRule,),
        {"__test__": True, "__module__": __name__, "rule": one, "rules": sk.RULES.without(one.id)},
    )


def dips(facts: sk.Facts) -> sk.Finding | None:
    """A rule as somebody else would write one."""
    if not facts.reach_events:
        return None
    return weighs(f"At most {facts.peak:.0%} was lost.", {sk.Cause.POWER: 0.1})


class TestUnderUnittest(RuleContract, unittest.TestCase):
    """The same contract, collected as a test case of the standard library."""

    max_examples = 2

    def make_rule(self) -> sk.Rule:
        return sk.Rule("acme.dips", "Looks at dips.", "Acme.", "acme", dips, "It looks at little.")


def test_who_does_not_say_how_the_rule_is_made_is_told() -> None:
    class Nothing(RuleContract):
        pass

    with pytest.raises(NotImplementedError, match="Nothing must say how its rule is made: make_rule"):
        Nothing().test_law_01_id()


def test_the_laws_are_numbered_without_a_gap() -> None:
    assert [law.number for law in laws_of(RuleContract).values()] == list(range(1, 15))


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda: datetime.now(UTC), "datetime.now"),
        (date.today, "date.today"),
        (time.time, "time.time"),
        (time.monotonic, "time.monotonic"),
        (random.random, "random"),
        (lambda: random.getrandbits(8), "getrandbits"),
        (lambda: os.urandom(1), "urandom"),
    ],
)
def test_what_asks_the_clock_or_chance_is_seen(ask: Callable[[], object], name: str) -> None:
    with asking() as asked:
        ask()
    assert asked == [name]


def test_what_is_asked_outside_and_what_is_no_clock_are_not_seen() -> None:
    time.time()
    with asking() as asked:
        datetime.fromisoformat("2020-08-08").astimezone(UTC)
        sorted([3, 1, 2])
    time.time()
    assert asked == []
    assert gc.isenabled()
