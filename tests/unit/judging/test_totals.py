"""Shares of all tests, beside the single tests that they count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import shutdownkit as sk
from shutdownkit.judging.blocking.totals import Totals

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERE, NETWORK = sk.Entity.parse("UG"), sk.Entity.parse("AS20294")
ANOMALY, FAILURE = sk.KINDS["ooni.anomaly-ratio"], sk.KINDS["ooni.failure-ratio"]
WINDOW = sk.TimeWindow(BEGIN + 24 * HOUR, BEGIN + 48 * HOUR)


def share(failed: float, of: float = 10.0, *, subject: str | None = None, weighed: bool = True) -> sk.Signal:
    """In each hour of the second day so many of ten failed, before none."""
    values = np.concatenate([np.zeros(24), np.full(24, failed / of)])
    series = sk.TimeSeries(BEGIN, HOUR, values)
    weights = sk.TimeSeries(BEGIN, HOUR, np.full(48, of)) if weighed else None
    return sk.Signal(ANOMALY, HERE, series, subject, weights=weights)


def failing(number: int, *, subject: str = "domain:x.com", country: sk.Entity = HERE) -> list[sk.ServiceTest]:
    return [
        sk.ServiceTest(
            BEGIN + (24 + hour) * HOUR,
            subject,
            sk.Outcome.BLOCKED,
            country,
            NETWORK,
            strength=sk.Strength.WEAK,
            count=number,
        )
        for hour in range(24)
    ]


def event(subject: str | None = None, kind: sk.SignalKind = ANOMALY) -> sk.Event:
    return sk.Event(kind, HERE, WINDOW, 0.5, subject)


@pytest.mark.parametrize(("number", "explained"), [(3, True), (2, False), (4, True)])
@pytest.mark.parametrize("subject", [None, "category:GRP"])
def test_a_total_is_explained_where_half_of_what_failed_is_at_hand(
    number: int, explained: bool, subject: str | None
) -> None:
    totals = Totals(failing(number), HERE, [share(6, subject=subject)])
    assert totals.explain(event(subject)) is explained


def test_what_is_not_counted_in_it_explains_nothing() -> None:
    signals = [share(6), share(6, subject="category:GRP"), share(6, subject="app:signal")]
    apps = Totals(failing(6, subject="app:telegram"), HERE, signals)
    assert apps.explain(event())
    assert not apps.explain(event("category:GRP"))  # of sites alone
    assert not apps.explain(event("app:signal"))  # not a total
    assert not apps.explain(event(kind=FAILURE))  # of tests that broke off
    abroad = Totals(failing(6, country=sk.Entity.parse("KE")), HERE, signals)
    assert not abroad.explain(event())
    assert not Totals([], HERE, signals).explain(event())
    later = [
        sk.ServiceTest(
            BEGIN + 50 * HOUR, "app:x", sk.Outcome.BLOCKED, HERE, strength=sk.Strength.PLAIN, count=999
        )
    ]
    assert not Totals(later, HERE, signals).explain(event())


def test_a_share_of_nobody_knows_how_many_stays() -> None:
    assert not Totals(failing(99), HERE, [share(6, weighed=False)]).explain(event())


def test_a_block_that_tests_tell_is_not_told_again_by_the_totals() -> None:
    """And what was left out of the tests with its reason does not come back: weak failures only."""
    days = 20
    rng = np.random.default_rng(1)
    noise = rng.binomial(40, 0.02, days * 24) / 40
    blocked = slice(14 * 24, 18 * 24)
    noise[blocked] = 0.6
    grid = [sk.TimeSeries(BEGIN, HOUR, values) for values in (noise, np.full(days * 24, 40.0))]
    signal = sk.Signal(ANOMALY, HERE, grid[0], weights=grid[1])
    assert sk.classify([signal]).condition is sk.Condition.BLOCKING
    tests = [
        sk.ServiceTest(
            BEGIN + hour * HOUR,
            "domain:x.com",
            sk.Outcome.BLOCKED if bad else sk.Outcome.OK,
            HERE,
            NETWORK,
            strength=sk.Strength.WEAK if bad else None,
            layer=sk.Layer.DNS if bad else None,
            count=24,
        )
        for hour in range(days * 24)
        for bad in (14 * 24 <= hour < 18 * 24,)
    ]
    report = sk.classify([signal], tests=[sk.ServiceTests(tuple(tests))])
    assert report.condition is sk.Condition.NORMAL
    assert report.services[0].discards[0].tests == 4 * 24 * 24
