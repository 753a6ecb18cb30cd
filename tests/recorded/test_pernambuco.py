"""A newspaper's site with a DNS set-up of its own: not blocked by the state.

1,316 measurements of www.pernambuco.com in Brazil, 2016 to 2017, of OONI's report "Not quite network
censorship": many were anomalies ("dns"), and the site's own name servers were at fault.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import shutdownkit as sk

from .ooni_rows import report_tests

pytestmark = pytest.mark.recorded

BRAZIL = sk.Entity.parse("BR")


@pytest.fixture(scope="module")
def tests(recorded: Path) -> tuple[sk.ServiceTest, ...]:
    return report_tests(recorded / "ooni" / "reports" / "measurements.br.pernambuco.csv.gz")


def test_it_is_not_called_blocking_by_the_state(tests: tuple[sk.ServiceTest, ...]) -> None:
    assert len(tests) > 1300
    assert sum(test.failed for test in tests) > 240
    report = sk.classify((), entity=BRAZIL, tests=[sk.ServiceTests(tests)])
    print(report)
    for one in report.episodes:
        print(one.verdict.condition, one.verdict.p_deliberate, one.blocking)
        assert one.verdict.condition is not sk.Condition.BLOCKING
        assert one.verdict.p_deliberate < 0.2
    assert "blocked on" not in str(report)
    for row in report.services:
        assert row.reach is not sk.Reach.BLOCKED
    reasons = {discard.reason: discard.tests for row in report.services for discard in row.discards}
    print(reasons)
    assert any("DNS answers differ" in reason for reason in reasons)
    assert sum(reasons.values()) >= 230


@pytest.mark.parametrize("asn", [1916, 2715, 28573])
def test_nor_on_any_network_alone(tests: tuple[sk.ServiceTest, ...], asn: int) -> None:
    network = sk.Entity.parse(f"AS{asn}")
    report = sk.classify((), entity=network, tests=[sk.ServiceTests(tests)])
    assert all(one.verdict.p_deliberate < 0.5 for one in report.episodes)
    assert report.condition is not sk.Condition.BLOCKING
