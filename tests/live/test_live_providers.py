"""The real providers, asked a little: do they still answer in the shapes that the sources read?

Off by default, because it needs the network and other people's servers: ``nox -s live``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import shutdownkit as sk

pytestmark = pytest.mark.live

SETTLED = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=10)
COUNTRY, NETWORK = "LT", "AS8764"  # a country and a network with probes, probing and tests on any day


@pytest.mark.parametrize("entity", [COUNTRY, NETWORK])
@pytest.mark.parametrize("name", ["atlas", "ioda", "ooni"])
def test_a_provider_answers_and_every_answer_is_understood(name: str, entity: str) -> None:
    query = sk.Query(
        entity=entity,
        window=sk.TimeWindow(SETTLED - timedelta(days=2), SETTLED),
        history=timedelta(days=1),
    )
    gathered = sk.gather(query, sources=[name], cache=False)
    assert gathered.failures == ()
    assert gathered.signals
    for signal in gathered.signals:
        assert signal.entity == sk.Entity.parse(entity)
        assert signal.series.measured.any(), signal.name


@pytest.mark.parametrize("name", ["ioda"])
def test_a_region_is_found_by_its_name(name: str) -> None:
    query = sk.Query(
        entity="LT/Vilnius", window=sk.TimeWindow(SETTLED - timedelta(days=1), SETTLED), history=timedelta(0)
    )
    gathered = sk.gather(query, sources=[name], cache=False)
    assert gathered.signals
