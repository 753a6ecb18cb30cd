"""Single tests of services, as volunteers in every network would make them around the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ...model.entity import Entity
from ...model.service_tests import Layer, Outcome, ServiceTest, Strength
from ...model.window import TimeWindow

__all__ = ["BLOCKED", "OPEN", "services_tested"]

BLOCKED, OPEN = "app:telegram", "app:whatsapp"
"""The service that is blocked or slowed, and one that works."""

_EVERY = timedelta(hours=2)
_APART = timedelta(minutes=5)  # between one network's test and the next one's


def services_tested(
    country: Entity,
    networks: Sequence[Entity],
    window: TimeWindow,
    spells: Sequence[TimeWindow],
    *,
    slowed: bool = False,
) -> tuple[ServiceTest, ...]:
    """A test of both services every two hours on every network.

    In the spells one of the two fails on all networks, plainly: its handshakes are cut (Belarus, 22 August
    2020) or, where ``slowed``, crawl.  Its control, and the other service, always work.
    """
    outcome = Outcome.SLOWED if slowed else Outcome.BLOCKED
    made: list[ServiceTest] = []
    for index, network in enumerate(networks):
        time = window.start + (index + 1) * _APART
        run = 0
        while time < window.end:
            failed = _is_in(time, spells)
            made.append(
                ServiceTest(
                    time=time,
                    subject=BLOCKED,
                    outcome=outcome if failed else Outcome.OK,
                    country=country,
                    network=network,
                    layer=Layer.TLS if failed else None,
                    strength=Strength.PLAIN if failed else None,
                    control=True,
                    run=f"{network} {run}",
                )
            )
            made.append(
                ServiceTest(
                    time=time,
                    subject=OPEN,
                    outcome=Outcome.OK,
                    country=country,
                    network=network,
                    control=True,
                    run=f"{network} {run}",
                )
            )
            time, run = time + _EVERY, run + 1
    return tuple(made)


def _is_in(time: datetime, spells: Sequence[TimeWindow]) -> bool:
    return any(time in spell for spell in spells)
