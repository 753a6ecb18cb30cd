"""Rules that are broken in one way each, and the law that catches each of them."""

from __future__ import annotations

import itertools
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import evolve, frozen

import shutdownkit as sk
from shutdownkit.judging.rules.rule import discarded, weighs
from shutdownkit.testing.contracts.laws import laws_of
from shutdownkit.testing.contracts.rule.contract import RuleContract

from .breaking import must_break, run_law

Judge = Callable[[sk.Facts], sk.Finding | None]

CALLS = itertools.count()
A_LITTLE = {sk.Cause.DELIBERATE: 0.2}


def rule_of(judge: Judge, **more: Any) -> sk.Rule:
    given = {
        "id": "acme.cdn-dip",
        "summary": "Requests that stop when hosts do.",
        "source": "Acme, 2024.",
        "group": "acme",
        "judge": judge,
        "fails": "Where the cache is inside the country.",
    }
    return sk.Rule(**{**given, **more})


def peaks(facts: sk.Facts) -> sk.Finding | None:
    """A good one."""
    if not facts.reach_events:
        return None
    return weighs(f"At most {facts.peak:.0%} was lost.", {sk.Cause.DELIBERATE: 0.5 * facts.peak})


GOOD = rule_of(peaks)


# --- the broken ones, in the order of the laws that catch them


def renamed() -> sk.Rule:
    return rule_of(peaks, id=f"acme.dip-{next(CALLS)}")


def takes_a_name() -> sk.Rule:
    return rule_of(peaks, id="planes.routes-up")


def never_fails() -> sk.Rule:
    return rule_of(peaks, fails=" ")


def talks_in_lines() -> sk.Rule:
    return rule_of(peaks, summary="Requests that stop.\nWhen hosts do.")


def counts(_facts: sk.Facts) -> sk.Finding:
    return weighs(f"This is finding {next(CALLS)}.", A_LITTLE)


def throws_dice(facts: sk.Facts) -> sk.Finding:
    return weighs("So it fell.", {sk.Cause.DELIBERATE: float(np.random.default_rng().normal())})


def makes_another() -> sk.Rule:
    """Each rule that is made keeps a state of its own."""
    weight = next(CALLS) % 7 / 10
    return rule_of(lambda _facts: weighs("It fell.", {sk.Cause.POWER: weight}))


def needs_events(facts: sk.Facts) -> sk.Finding:
    return weighs(f"First fell {facts.episode.events[0].kind}.", A_LITTLE)


def needs_an_end(facts: sk.Facts) -> sk.Finding | None:
    lasted = facts.episode.end - facts.episode.onset  # type: ignore[operator]
    return weighs(f"It lasted {lasted}.", A_LITTLE)


def gives_text(_facts: sk.Facts) -> Any:
    return ["It fell."]


def reads_the_clock(facts: sk.Facts) -> sk.Finding | None:
    return peaks(facts) if datetime.now(UTC) > facts.episode.onset else None


def reads_the_seconds(facts: sk.Facts) -> sk.Finding | None:
    return peaks(facts) if time.time() > facts.episode.onset.timestamp() else None


def asks_chance(facts: sk.Facts) -> sk.Finding | None:
    return peaks(facts) if random.random() >= 0.0 else None  # noqa: S311


def reads_a_file(facts: sk.Facts) -> sk.Finding | None:
    return peaks(facts) if Path(os.devnull).read_text(encoding="utf-8") == "" else None


def asks_the_network(facts: sk.Facts) -> sk.Finding | None:
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=0.01).close()
    except OSError:
        return peaks(facts)
    return None


def starts_a_program(facts: sk.Facts) -> sk.Finding | None:
    subprocess.run([sys.executable, "-c", ""], check=True)
    return peaks(facts)


def reads_the_news(facts: sk.Facts) -> sk.Finding:
    """Of measurements, and looks at context."""
    many = len(facts.around.context)
    return weighs(f"There are {many} reports of it.", {sk.Cause.DELIBERATE: 0.1 * many})


def talks_without_news() -> sk.Rule:
    return rule_of(peaks, basis=sk.Basis.CONTEXT)


def takes_the_first(facts: sk.Facts) -> sk.Finding | None:
    if not facts.around.signals:
        return None
    return discarded(f"The first signal is {facts.around.signals[0].kind}.")


def is_sure(facts: sk.Facts) -> sk.Finding | None:
    return weighs("It was an order.", {sk.Cause.DELIBERATE: 20.0}) if facts.reach_events else None


def takes_missing_for_zero(facts: sk.Facts) -> sk.Finding | None:
    means = [
        float(np.mean(np.nan_to_num(one.series.values)))
        for one in facts.around.signals
        if one.kind.name == "probing.up-slash24s"
    ]
    if not means or min(means) > 0:
        return None
    return weighs("No host answered at any time.", {sk.Cause.POWER: 1.0})


def takes_gaps_for_zero(facts: sk.Facts) -> sk.Finding | None:
    """The same, of episodes that somebody saw."""
    return takes_missing_for_zero(facts) if facts.reach_events else None


def weighs_what_nobody_saw(facts: sk.Facts) -> sk.Finding:
    return weighs(f"It began at {facts.episode.onset.hour} o'clock.", A_LITTLE)


def mumbles(facts: sk.Facts) -> sk.Finding | None:
    return weighs("fell", A_LITTLE) if facts.reach_events else None


def breaks_lines(facts: sk.Facts) -> sk.Finding | None:
    return weighs("It fell.\nAnd how.", A_LITTLE) if facts.reach_events else None


def accuses(facts: sk.Facts) -> sk.Finding | None:
    return weighs("Governments are like that.", {sk.Cause.DELIBERATE: 4.0}) if facts.reach_events else None


def believes_instruments() -> sk.Rule:
    def judge(facts: sk.Facts) -> sk.Finding | None:
        return weighs("All of it was gone.", {sk.Cause.DELIBERATE: 1.0}) if facts.episode.events else None

    return rule_of(judge, group="instrument")


def says_nothing(facts: sk.Facts) -> sk.Finding | None:
    """Text that no report can hold."""
    return discarded("") if facts.reach_events else None


def made(judge: Judge) -> Callable[[], sk.Rule]:
    def make() -> sk.Rule:
        return rule_of(judge)

    make.__name__ = judge.__name__
    return make


BROKEN: tuple[tuple[Callable[[], sk.Rule], int], ...] = (
    (renamed, 1),
    (takes_a_name, 1),
    (never_fails, 2),
    (talks_in_lines, 2),
    (made(counts), 3),
    (made(throws_dice), 3),
    (makes_another, 3),
    (made(needs_events), 4),
    (made(needs_an_end), 4),
    (made(gives_text), 4),
    (made(reads_the_clock), 5),
    (made(reads_the_seconds), 5),
    (made(asks_chance), 5),
    (made(reads_a_file), 5),
    (made(asks_the_network), 5),
    (made(starts_a_program), 5),
    (made(reads_the_news), 6),
    (talks_without_news, 6),
    (made(takes_the_first), 7),
    (made(is_sure), 8),
    (made(takes_missing_for_zero), 9),
    (made(takes_gaps_for_zero), 9),
    (made(weighs_what_nobody_saw), 9),
    (made(mumbles), 10),
    (made(breaks_lines), 10),
    (believes_instruments, 12),
    (made(says_nothing), 14),
)


def contract_of(make: Callable[[], sk.Rule]) -> type[RuleContract]:
    class Of(RuleContract):
        def make_rule(self) -> sk.Rule:
            return make()

    return Of


@pytest.mark.parametrize(("make", "number"), BROKEN, ids=lambda value: getattr(value, "__name__", value))
def test_each_is_caught_by_the_law_meant_for_it(make: Callable[[], sk.Rule], number: int) -> None:
    must_break(contract_of(make), number)


def test_a_rule_that_accuses_whom_it_can_is_caught_where_no_other_rule_objects() -> None:
    """In the built-in set it is not: no group weighs more than 4 nats, and the other rules know better."""

    class Alone(contract_of(made(accuses))):  # type: ignore[misc]
        rules = sk.RuleSet("alone", sk.RULES.prior, ())

    assert "is called deliberate" in must_break(Alone, 11)
    run_law(contract_of(made(accuses)), 11)


def test_a_set_that_does_not_say_what_is_in_it_is_caught() -> None:
    @frozen
    class Quiet(sk.RuleSet):
        def extended(self, *rules: sk.Rule) -> sk.RuleSet:
            return evolve(self, rules=(*self.rules, *rules))

    class Of(contract_of(lambda: GOOD)):  # type: ignore[misc]
        rules = Quiet(sk.RULES.version, sk.RULES.prior, sk.RULES.rules)

    must_break(Of, 13)


def test_every_law_catches_one() -> None:
    assert {number for _, number in BROKEN} | {11, 13} == {
        law.number for law in laws_of(RuleContract).values()
    }


@pytest.mark.parametrize("number", [5, 9, 11])
def test_a_good_one_keeps_them(number: int) -> None:
    run_law(contract_of(lambda: GOOD), number)
