"""Rows of OONI's list of measurements as tests of services."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.model.service_tests import Outcome, Strength
from shutdownkit.sources.ooni.ask import APPS
from shutdownkit.sources.ooni.measurements import Measurement, Scores
from shutdownkit.sources.ooni.single import single_test

WHEN = datetime(2026, 7, 11, 17, 44, 7, tzinfo=UTC)


def made(
    test: str = "web_connectivity",
    tested: str | None = "https://twitter.com/x",
    *,
    anomaly: bool = False,
    confirmed: bool = False,
    failure: bool = False,
    country: str = "UG",
    asn: int = 20294,
) -> Measurement:
    flags = (anomaly, confirmed, failure)
    return Measurement("uid", "report", test, tested, country, asn, WHEN, *flags, Scores())


@given(st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["web_connectivity", *APPS]))
def test_the_flags_count_as_in_the_aggregation(
    anomaly: bool, confirmed: bool, failure: bool, test: str
) -> None:
    found = single_test(made(test, anomaly=anomaly, confirmed=confirmed, failure=failure))
    assert found is not None
    weak = Strength.WEAK if test == "web_connectivity" else Strength.PLAIN
    assert (found.outcome, found.strength) == (
        (Outcome.UNKNOWN, None)
        if failure
        else (Outcome.BLOCKED, Strength.CONFIRMED)
        if confirmed
        else (Outcome.BLOCKED, weak)
        if anomaly
        else (Outcome.OK, None)
    )
    assert (found.reason == "the measurement failed") == failure
    assert found.address == "https://explorer.ooni.org/m/uid"
    assert (str(found.country), str(found.network), found.time) == ("UG", "AS20294", WHEN)
    assert (found.run, found.instrument, found.layer) == ("report", test, None)


@pytest.mark.parametrize(
    ("test", "tested", "subject"),
    [
        ("telegram", None, "app:telegram"),
        ("web_connectivity", "https://WWW.Example.org:8443/x?y", "domain:www.example.org"),
        ("web_connectivity", "http://1.2.3.4/", "domain:1.2.3.4"),
        ("web_connectivity", "https://[2001:db8::1]/", None),
        ("web_connectivity", "https://[2001:db8::1/", None),
        ("web_connectivity", "example.org", None),
        ("web_connectivity", None, None),
        ("ndt", None, None),
        ("dash", "https://example.org/", None),
    ],
)
def test_what_was_tested(test: str, tested: str | None, subject: str | None) -> None:
    found = single_test(made(test, tested))
    assert (None if found is None else found.subject) == subject


@pytest.mark.parametrize(("country", "asn"), [("ZZ", 0), ("XX", 2**32 - 1)])
def test_a_probe_that_did_not_know_where_it_was_is_nowhere(country: str, asn: int) -> None:
    found = single_test(made(country=country, asn=asn))
    assert found is not None
    assert (found.country, found.network) == (None, None)
