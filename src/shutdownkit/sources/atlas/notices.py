"""What a reader must know of a count of connected probes, in sentences.  No probe is named."""

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
        typical: how many probes were connected in the best week.
        unknown: the span, where nothing is known of it.
        unexamined: how many suspect drops were not compared with the world's.
    """
    found = []
    if unknown is not None and counted.spans:
        found.append(f"RIPE Atlas says nothing of {unknown}: it was not over, or not answered for.")
    elif typical < FEWEST:
        found.append(
            f"RIPE Atlas had {_probes(round(typical))} connected even in the best week, of "
            f"{len(counted.spans)} that it knows of then: too few to say anything."
        )
    if counted.unknown:
        found.append(
            f"RIPE Atlas has {_probes_that(counted.unknown)} left out: months without an event, so that "
            "nothing tells whether connected."
        )
    if counted.restless:
        found.append(
            f"RIPE Atlas has {_probes_that(counted.restless)} left out: disconnected too often to tell of "
            "more than itself."
        )
    if counted.abroad:
        found.append(
            f"RIPE Atlas has {_probes_that(counted.abroad)} not counted while on networks that are foreign "
            "to what was asked."
        )
    if asking.bad:
        found.append(
            f"RIPE Atlas sent {_records(asking.bad)} that could not be read, the first: {asking.first_bad}."
        )
    if asking.stray:
        found.append(f"RIPE Atlas sent {_records(asking.stray)} that nobody had asked for.")
    if unexamined:
        drops = "1 drop" if unexamined == 1 else f"{unexamined} drops"
        found.append(
            f"RIPE Atlas shows {drops} on one controller that could not be compared with the world's: a "
            "failure of the controller would look like an outage."
        )
    return tuple(found)


def _probes(number: int) -> str:
    return "1 probe" if number == 1 else f"{number} probes"


def _probes_that(number: int) -> str:
    return f"{_probes(number)} that {'was' if number == 1 else 'were'}"


def _records(number: int) -> str:
    return "1 record" if number == 1 else f"{number} records"
