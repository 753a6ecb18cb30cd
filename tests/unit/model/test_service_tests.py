"""Tests of services, as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Outcome, ServiceTest, ServiceTests, Strength
from shutdownkit.testing.strategies.service_testing import collections_of_tests, service_tests, streams

TEST = ServiceTest(datetime(2020, 8, 9, tzinfo=UTC), "app:telegram", Outcome.OK)


@given(service_tests())
def test_only_what_failed_has_a_strength_and_only_it_and_ok_say_anything(test: ServiceTest) -> None:
    assert test.failed == (test.outcome in {Outcome.BLOCKED, Outcome.SLOWED})
    assert test.usable == (test.failed or test.outcome is Outcome.OK)


@given(service_tests())
def test_equal_by_value_and_hashable(test: ServiceTest) -> None:
    assert hash(evolve(test)) == hash(test)
    assert evolve(test) == test
    assert evolve(test, count=test.count + 1) != test


@given(collections_of_tests())
def test_a_collection_keeps_its_tests(tests: ServiceTests) -> None:
    assert ServiceTests(list(tests.tests), tests.provenance) == tests  # type: ignore[arg-type]


@given(streams(min_size=1))
def test_times_are_kept_in_utc(tests: tuple[ServiceTest, ...]) -> None:
    minsk = timezone(timedelta(hours=3))
    for test in tests:
        moved = evolve(test, time=test.time.astimezone(minsk))
        assert moved == test
        assert moved.time.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"time": datetime(2020, 8, 9)}, "ServiceTest.time"),
        ({"subject": "telegram"}, "ServiceTest.subject"),
        ({"subject": "domain:a b.org"}, "ServiceTest.subject"),
        ({"subject": "domain:"}, "ServiceTest.subject"),
        ({"outcome": "ok"}, "ServiceTest.outcome"),
        ({"outcome": Outcome.BLOCKED}, "ServiceTest.strength"),
        ({"strength": Strength.PLAIN}, "ServiceTest.strength"),
        ({"outcome": Outcome.DOWN, "strength": Strength.WEAK}, "ServiceTest.strength"),
        ({"layer": "dns"}, "ServiceTest.layer"),
        ({"country": Entity.parse("AS6697")}, "ServiceTest.country"),
        ({"network": Entity.parse("BY")}, "ServiceTest.network"),
        ({"control": 1}, "ServiceTest.control"),
        ({"count": 0}, "ServiceTest.count"),
        ({"count": True}, "ServiceTest.count"),
        ({"reason": None}, "ServiceTest.reason"),
        ({"run": 1}, "ServiceTest.run"),
        ({"address": ""}, "ServiceTest.address"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        evolve(TEST, **change)
    assert caught.value.field == field


def test_a_collection_of_other_things_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        ServiceTests((TEST, "app:telegram"))  # type: ignore[arg-type]
