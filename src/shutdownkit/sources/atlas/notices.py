"""What a reader must know of a count of connected probes.  No probe is named."""

from __future__ import annotations

from ...model.window import TimeWindow
from .asking import Asking
from .counting import Count

__all__ = ["FEWEST", "notices"]

FEWEST = 5
"""Fewer probes than this, usually connected, say nothing of a country: disco-kafka's least number."""


def notices(
    asking: Asking, counted: Count, typical: float, unknown: TimeWindow | None = None, *, unexamined: int = 0
) -> tuple[str, ...]:
    """Notices, the gravest first.

    Args:
        typical: how many probes were usually connected.
        unknown: the span, where nothing is known of it.
        unexamined: how many suspect drops were not looked into.
    """
    found = []
    if unknown is not None and counted.spans:
        found.append(f"RIPE Atlas: nothing is known of {unknown}, which was not over or not answered for")
    elif typical < FEWEST:
        found.append(f"RIPE Atlas: {_probes(round(typical))}: too few to say")
    if counted.unknown:
        found.append(
            f"RIPE Atlas: {_probes(counted.unknown)} left out: without events for months, "
            "nothing tells whether connected"
        )
    if counted.restless:
        found.append(
            f"RIPE Atlas: {_probes(counted.restless)} left out: disconnected too often to tell of "
            "anything but themselves"
        )
    if counted.abroad:
        found.append(
            f"RIPE Atlas: {_probes(counted.abroad)} not counted while on networks that are foreign to "
            "what was asked"
        )
    if asking.bad:
        found.append(f"RIPE Atlas: {_records(asking.bad)} passed over, the first: {asking.first_bad}")
    if asking.stray:
        found.append(f"RIPE Atlas: {_records(asking.stray)} passed over that were not asked for")
    if unexamined:
        found.append(
            f"RIPE Atlas: {unexamined} smaller drops on one controller were not compared with the world's"
        )
    return tuple(found)


def _probes(number: int) -> str:
    return "1 probe" if number == 1 else f"{number} probes"


def _records(number: int) -> str:
    return "1 record" if number == 1 else f"{number} records"
