"""The words for which services can be reached, shared by the renderings for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from ..model.reach import NetworkReach, Reach, ServiceReach
from .service_words import REACH_WORDS, counted, failures_text, listed, networks_text

__all__ = ["REACH_TITLE", "ReachRow", "reach_remarks", "reach_rows"]

REACH_TITLE = (
    "Services (blocked: tests failed while controls worked; down: it failed for the controls, or elsewhere,"
    " as well)"
)
"""The heading of the section."""

_TOLD = (Reach.BLOCKED, Reach.SLOWED, Reach.DOWN)
_GRAVE = frozenset({Reach.BLOCKED, Reach.SLOWED})
_MOST_ROWS = 20  # of each state; the JSON has all
_MOST_REASONS = 8
_MOST_INSIDE = 3  # reasons within one row
_NO_REASON = "no reason given"


@frozen
class ReachRow:
    """One service that could not be reached everywhere, for people.

    Attributes:
        detail: where what holds, with the figures.
    """

    title: str
    reach: Reach
    detail: str


def reach_rows(services: Sequence[ServiceReach]) -> list[ReachRow]:
    """The services that are blocked, slowed or down, in this order, up to 20 of each."""
    return [
        ReachRow(one.title, reach, _detail(one))
        for reach in _TOLD
        for one in _of(services, reach)[:_MOST_ROWS]
    ]


def reach_remarks(services: Sequence[ServiceReach]) -> Iterator[str]:
    """What the rows of :func:`reach_rows` do not tell of: all that is blocked by name, the rest by count."""
    for reach in _TOLD:
        if others := [one.title for one in _of(services, reach)[_MOST_ROWS:]]:
            most = len(others) if reach in _GRAVE else 8
            yield f"{REACH_WORDS[reach]} as well: {listed(others, most=most)}"
    if reached := [one.title for one in _of(services, Reach.OK)]:
        yield f"{REACH_WORDS[Reach.OK]}: {listed(reached)}"
    untold = _by_reason((_reason(one.networks), one.title) for one in _of(services, Reach.INSUFFICIENT))
    for reason, titles in untold[:_MOST_REASONS]:
        yield f"{REACH_WORDS[Reach.INSUFFICIENT]} ({reason}): {listed(titles)}"
    if untold[_MOST_REASONS:]:
        rest = [title for _, titles in untold[_MOST_REASONS:] for title in titles]
        yield f"{REACH_WORDS[Reach.INSUFFICIENT]} (other reasons): {listed(rest)}"
    yield from _discards(services)


def _of(services: Sequence[ServiceReach], reach: Reach) -> list[ServiceReach]:
    return [one for one in services if one.reach is reach]


def _detail(one: ServiceReach) -> str:
    """``blocked on AS6697 (TLS; 41 of 44 tests failed, in 9 runs of probes); reached on AS42772``."""
    parts = []
    for reach in Reach:
        there = [network for network in one.networks if network.reach is reach]
        if there:
            inside = "; ".join(filter(None, (_failures(reach, there), _reasons(there))))
            where = networks_text([network.network for network in there])
            parts.append(f"{REACH_WORDS[reach]} on {where}" + (f" ({inside})" if inside else ""))
    return "; ".join(parts) or "no network is named"


def _failures(reach: Reach, there: Sequence[NetworkReach]) -> str:
    """How tests failed where services are interfered with; the layers of the most failures first."""
    if reach not in _GRAVE:
        return ""
    return failures_text(
        tests=sum(one.tests for one in there),
        failed=sum(one.failed for one in there),
        confirmed=sum(one.confirmed for one in there),
        runs=sum(one.runs for one in there),
        how=tuple(
            dict.fromkeys(layer for one in sorted(there, key=lambda one: -one.failed) for layer in one.how)
        ),
    )


def _reasons(there: Iterable[NetworkReach]) -> str:
    """Up to three reasons, between semicolons since reasons hold commas."""
    reasons = list(dict.fromkeys(one.reason for one in there if one.reason))
    if len(reasons) > _MOST_INSIDE:
        reasons[_MOST_INSIDE:] = [f"and {counted(len(reasons) - _MOST_INSIDE, 'other reason')}"]
    return "; ".join(reasons)


def _reason(networks: Sequence[NetworkReach]) -> str:
    """Why nobody could tell: the commonest reason, of equally common ones the first."""
    reasons = [one.reason for one in networks if one.reason]
    return max(dict.fromkeys(reasons), key=reasons.count, default=_NO_REASON)


def _by_reason(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """The texts of each reason, the reason with most of them first."""
    found: dict[str, list[str]] = defaultdict(list)
    for reason, text in pairs:
        found[reason].append(text)
    return sorted(found.items(), key=lambda item: -len(item[1]))


def _discards(services: Sequence[ServiceReach]) -> Iterator[str]:
    """A service and a category that holds it share tests, so that no sum over services is given."""
    found = _by_reason(
        (discards.reason, f"{one.title} ({counted(discards.tests, 'test')})")
        for one in services
        for discards in one.discards
    )
    for reason, where in found[:_MOST_REASONS]:
        yield f"not counted, {reason}: {listed(where)}"
    if found[_MOST_REASONS:]:
        yield f"not counted for {counted(len(found) - _MOST_REASONS, 'other reason')}"
