"""The worked examples of ``docs/explanation``, as tables: what two other scripts print, in part.

``bench/belarus.py``, a reconstruction: nobody measured its signals, and what comes out says nothing of those
days.  ``bench/hard_cases.py``: worlds of signals written from published figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from itertools import combinations

from attrs import evolve
from belarus import TIMES, blackouts, reported
from hard_cases import STAGES, Said, case_of  # which also finds the tests
from tests.hard_case import HardCase
from tests.hard_cases import HARD_CASES
from tests.hard_negatives import LOAD_SHEDDING
from tests.hard_worlds import PROBING, repeated

import shutdownkit as sk
from shutdownkit.demo import belarus_2020

__all__ = ["EXAMPLES"]

CLAIMS = (sk.Cause.ATTACK, sk.Cause.UNKNOWN_TECHNICAL, sk.Cause.DELIBERATE)
QUARTER = timedelta(minutes=15)
_WORDS = {True: "consistent", False: "not consistent", None: "cannot tell"}


@cache
def _found(as_of: str | None = None) -> tuple[sk.EpisodeVerdict, ...]:
    return tuple(blackouts(reported(as_of)))


def _table(head: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield head
    yield f"|{'---|' * (head.count('|') - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _began(one: sk.EpisodeVerdict) -> str:
    return f"{one.episode.onset:%d August %H:%M}"


def stages() -> Iterator[str]:
    """Each blackout, judged with what was known at a time."""

    def row(time: str, one: sk.EpisodeVerdict) -> tuple[str, ...]:
        told = one.verdict.attribution
        said = (f"{told.p_measured:.2f}", f"{told.p_deliberate:.2f}", told.intent.value)
        return time.replace("T", " ").replace("Z", ""), _began(one), told.knowledge.value, *said

    head = "| known at (UTC) | blackout of | judged | measured | with the election | answer |"
    yield from _table(head, (row(time, one) for time in TIMES for one in _found(time)))


def claims() -> Iterator[str]:
    """What becomes of each claim."""

    def row(one: sk.EpisodeVerdict, claim: sk.Cause) -> tuple[str, ...]:
        check = sk.check_claim(one.verdict, claim)
        counts = [str(sum(told.seen is seen for told in check.predictions)) for seen in sk.Seen]
        return _began(one), claim.value, check.status.value, f"{check.weight:+.1f}", *counts

    head = "| blackout of | claim | status | nats | seen | not seen | missing |"
    yield from _table(head, (row(one, claim) for one in _found() for claim in CLAIMS))


def attack() -> Iterator[str]:
    """What the claim of an attack predicts of the third evening, and what was seen of it."""
    third = _found()[2]
    check = sk.check_claim(third.verdict, sk.Cause.ATTACK)
    rows = (
        (one.text, one.seen.value.replace("_", " "), f"{one.weight:+.1f}" if one.weight else "-", one.because)
        for one in check.predictions
    )
    yield f"Of {_began(third)} UTC, the claim `attack`:"
    yield ""
    yield from _table("| it predicts | became | nats | because |", rows)


def comparisons() -> Iterator[str]:
    """Each blackout compared with each."""
    signals = belarus_2020().signals

    def row(one: sk.EpisodeVerdict, other: sk.EpisodeVerdict) -> tuple[str, ...]:
        found = sk.compare(one.episode, other.episode, signals=signals)
        weight = "-" if found.weight is None else f"{found.weight:+.1f}"
        alike = "-" if found.as_alike is None else f"{found.as_alike:.2%}".replace("%", " %")
        answer = _WORDS[found.consistent]
        return _began(one), _began(other), f"{found.score:.2f}", weight, alike, answer

    head = "| first | second | score | nats | unrelated pairs as alike | answer |"
    yield from _table(head, (row(one, other) for one, other in combinations(_found(), 2)))


def hard(cases: Iterable[HardCase]) -> Iterator[str]:
    """What is said of hard cases at each stage; of a series of the first two and the last loss."""

    def row(one: HardCase) -> tuple[str, ...]:
        case = case_of(one.name, one.is_deliberate, one.spells, one.world())
        return one.name, one.what, *(_said(case.at(stage)) for stage in STAGES[:2]), _said([case.worst])

    yield from _table("| case | what happened | onset | end | hindsight |", map(row, cases))


def _said(found: Iterable[Said]) -> str:
    """The probabilities, in bold where "deliberate" was the answer."""
    cells = []
    for one in found:
        answer = "-" if one.verdict is None else f"{one.p:.2f}"
        is_called = one.verdict is not None and one.verdict.intent is sk.Intent.DELIBERATE
        cells.append(f"**{answer}**" if is_called else answer)
    return ", ".join(cells)


def _week_of_shedding(name: str, what: str, rise: timedelta) -> HardCase:
    """The case of load shedding on seven evenings, with power back within so long."""
    losses = {
        kind: repeated(evolve(one, rise=rise), 7)
        for kind, dips in LOAD_SHEDDING.own.losses.items()
        for one in tuple(dips)[:1]
    }
    spells = tuple(sk.TimeWindow(one.begin, one.end) for one in losses[PROBING])
    own = evolve(LOAD_SHEDDING.own, losses={**LOAD_SHEDDING.own.losses, **losses})
    return evolve(LOAD_SHEDDING, name=name, what=what, spells=spells, own=own)


def faults() -> Iterator[str]:
    """Faults that come near, and load shedding that lasts longer than the case does."""
    return hard(
        (
            LOAD_SHEDDING,
            _week_of_shedding("the same for a week", "On seven evenings.", timedelta(hours=1)),
            _week_of_shedding(
                "the same, back at once", "On seven evenings; power is back within 15 minutes.", QUARTER
            ),
            *_named("maintenance, the network", "Somalia 2020", "Somalia 2020, coup that day", "holiday"),
            *_named("Gambia 2022"),
        )
    )


def shutdowns() -> Iterator[str]:
    """Shutdowns, some of which are not called so."""
    return hard(
        _named("Myanmar 2021 (curfew)", "exam mornings", "Egypt 2011", "mobile-only cut", "Kazakhstan 2022")
    )


def _named(*names: str) -> Iterator[HardCase]:
    known = {one.name: one for one in HARD_CASES}
    return (known[name] for name in names)


EXAMPLES: Mapping[str, Callable[[], Iterable[str]]] = {
    "belarus-stages": stages,
    "belarus-claims": claims,
    "belarus-attack": attack,
    "belarus-comparisons": comparisons,
    "hard-faults": faults,
    "hard-shutdowns": shutdowns,
}
"""What makes each table, by its name."""
