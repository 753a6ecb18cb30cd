"""The words for what was concluded about services, shared by the renderings for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..model.entity import Entity
from ..model.reach import Block, Blocking, Reach
from ..model.service_tests import Layer
from .content import ReportContent
from .words import time_text

__all__ = [
    "REACH_WORDS",
    "blocking_facts",
    "counted",
    "failures_text",
    "layers_text",
    "listed",
    "networks_text",
    "service_titles",
]

REACH_WORDS = {
    Reach.BLOCKED: "blocked",
    Reach.SLOWED: "slowed",
    Reach.DOWN: "down",
    Reach.OK: "reached",
    Reach.INSUFFICIENT: "not enough to tell",
}

_MOST = 8  # of a list, how many are named; the JSON has all
_MOST_IN_FULL = 20  # blocks of an episode of which more is told than the name


def listed(texts: Iterable[str], *, most: int = _MOST) -> str:
    """``a, b, c``; of more than ``most`` the first, and how many more there are."""
    items = list(texts)
    if len(items) > most:
        items[most:] = [f"{len(items) - most} more"]
        return f"{', '.join(items[:-1])} and {items[-1]}"
    return ", ".join(items)


def counted(number: int, one: str) -> str:
    """``1 run``, ``2 runs``."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def networks_text(networks: Sequence[Entity | None]) -> str:
    """Networks by name; None is one that probes did not know."""
    return listed("an unknown network" if network is None else str(network) for network in networks)


def layers_text(layers: Iterable[Layer]) -> str:
    """``TLS, HTTP``."""
    return ", ".join(layer.value.upper() for layer in layers)


def failures_text(*, tests: int, failed: int, confirmed: int, runs: int, how: Sequence[Layer]) -> str:
    """How tests failed, and how many: ``TLS, HTTP; 41 of 44 tests failed in 9 runs``; empty for no tests."""
    parts = [layers_text(how)] if how else []
    if tests:
        seen = f"{failed} of {counted(tests, 'test')} failed" + (
            f", {confirmed} with a known block page or forged address" if confirmed else ""
        )
        parts.append(seen + (f", in {counted(runs, 'run')} of probes" if runs else ""))
    return "; ".join(parts)


def service_titles(content: ReportContent) -> Mapping[str, str]:
    """The services' names for people, by their names."""
    return {one.service: one.title for one in content.services}


def blocking_facts(blocking: Blocking, titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What there is to say of what was blocked, as names and texts.

    Args:
        titles: of services, by name; a service that is not there goes by its name.
    """
    doubtful = blocking.may_be_one_networks_fault
    for block in blocking.blocks[:_MOST_IN_FULL]:
        yield "Service", _block_text(block, doubtful=doubtful)
    if others := blocking.blocks[_MOST_IN_FULL:]:
        names = [f"{block.title} ({_state(block, doubtful=doubtful)})" for block in others]
        yield "As well", listed(names, most=len(names))
    for name, words, services in (
        ("Held", "worked on the same networks meanwhile", blocking.held),
        ("Failed too", "failed there as well, not blocked as far as can be told", blocking.failed_too),
    ):
        if services:
            yield name, f"{words}: {listed(titles.get(service, service) for service in services)}"


def _block_text(block: Block, *, doubtful: bool) -> str:
    where = networks_text(block.networks or (None,))
    failures = failures_text(
        tests=block.tests,
        failed=block.failed,
        confirmed=block.confirmed,
        runs=block.runs,
        how=block.how,
    )
    parts = [
        f"{block.title}: {_state(block, doubtful=doubtful)} on {where}{_elsewhere(block)}{_subjects(block)}"
    ]
    if failures:
        hours = f" and {counted(block.hours, 'hour')}" if block.hours and block.tests else ""
        parts.append(f"{failures}{hours}")
    return "; ".join([*parts, _begin_text(block), _end_text(block)])


def _state(block: Block, *, doubtful: bool) -> str:
    """What a block is called: of one that may be a network's own fault no more than that tests failed."""
    if doubtful and not block.slowed:
        return "failed"
    return REACH_WORDS[Reach.SLOWED if block.slowed else Reach.BLOCKED]


def _elsewhere(block: Block) -> str:
    """The networks that do not block it, or of which nobody knows."""
    parts = []
    if block.open:
        parts.append(f"reached on {networks_text(block.open)}")
    if block.unclear:
        parts.append(f"{networks_text(block.unclear)} unclear")
    return f" ({'; '.join(parts)})" if parts else ""


def _subjects(block: Block) -> str:
    """What of it failed, unless its name says so."""
    names = [_subject(subject) for subject in block.subjects]
    return "" if names in ([], [block.title]) else f"; failed: {listed(names)}"


def _subject(subject: str) -> str:
    kind, colon, name = subject.partition(":")
    if kind == "domain" and colon:
        return name
    return f"{name} (app)" if kind == "app" and colon else subject


def _begin_text(block: Block) -> str:
    first = f"first failing {time_text(block.since)}"
    if block.worked is None:
        return f"{first}, not seen working before: it may have begun earlier"
    return f"last seen working {time_text(block.worked)}, {first}"


def _end_text(block: Block) -> str:
    if block.until is None:
        return f"last failing {time_text(block.last)}, not seen working since"
    again = "no longer slowed" if block.slowed else "reachable again"
    return f"{again} from {time_text(block.until)}"
