"""Tests of services from aggregations, over HTTP."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, Strength
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import SourceResult
from shutdownkit.sources.ooni.source import OoniSource
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.ooni import OoniBucket, OoniScore, OoniWorld, ooni_answer

from .worlds import CHUNK, HOUR, START, elsewhere, ooni

BY, AS6697 = Entity.parse("BY"), Entity.parse("AS6697")
SITE, APP = "domain:baj.by", "app:telegram"
WEB = "web_connectivity"
DEAD: OoniScore = (0.75, 0.25, 0.0)
RESET: OoniScore = (0.8, 0.2, 0.0)
DENIED: OoniScore = (0.9, 0.1, 0.0)
OTHER: OoniScore = (0.75, 0.0, 0.25)
MASKED: OoniScore = (0.0, 0.0, 0.0)
WEEK = timedelta(days=7)


def asked(*subjects: str, whom: str = "BY", span: TimeWindow = CHUNK) -> Query:
    return Query(whom, span, None, subjects, timedelta(0))


def site(hour: int, asn: int = 6697, cc: str = "BY", **more: Any) -> OoniBucket:
    return OoniBucket(START + hour * HOUR, cc, asn, WEB, "NEWS", "baj.by", **more)


def found_in(result: SourceResult) -> list[ServiceTest]:
    return [test for tests in result.tests for test in tests.tests]


def fetched(*held: OoniBucket, query: Query | None = None) -> list[ServiceTest]:
    with ooni(ooni_answer(OoniWorld((*held, *elsewhere())))) as (source, _):
        result = source.fetch(asked(SITE, APP) if query is None else query)
    assert result.failures == ()
    return found_in(result)


class Changeable:
    def __init__(self) -> None:
        self.world = OoniWorld()

    def __call__(self, received: Received) -> Reply:
        return ooni_answer(self.world)(received)


@pytest.fixture(scope="module")
def changeable() -> Iterator[tuple[Changeable, OoniSource, LoopbackServer]]:
    answers = Changeable()
    with ooni(answers) as (source, server):
        yield answers, source, server


def held_buckets() -> st.SearchStrategy[list[OoniBucket]]:
    few = st.integers(0, 3)
    scores = st.sampled_from([DEAD, RESET, DENIED, OTHER, MASKED, (0.0, 0.0, 1.0)])
    return st.lists(
        st.builds(
            lambda hour, cc, asn, test, counted, dns, tcp: OoniBucket(
                START + hour * HOUR, cc, asn, *test, *counted, dns=dns, tcp=tcp
            ),
            st.integers(0, 4) | st.integers(0, 167),
            st.sampled_from(["BY", "BY", "LT"]),
            st.sampled_from([0, 6697, 25106]),
            st.sampled_from([(WEB, "", "baj.by"), (WEB, "", "example.org"), ("telegram", "", "")]),
            st.tuples(few, few, few, few),
            scores,
            scores,
        ),
        max_size=12,
    )


KEYS = {
    (Outcome.BLOCKED, Strength.CONFIRMED): "confirmed",
    (Outcome.BLOCKED, Strength.PLAIN): "anomaly",
    (Outcome.BLOCKED, Strength.WEAK): "anomaly",
    (Outcome.UNKNOWN, None): "failure",
    (Outcome.OK, None): "ok",
}


@settings(max_examples=settings().max_examples // 6)  # each asks over HTTP some seven times
@given(held_buckets(), st.sampled_from(["BY", "AS6697"]))
def test_every_measurement_of_what_was_named_is_in_one_test(
    changeable: tuple[Changeable, OoniSource, LoopbackServer], held: list[OoniBucket], whom: str
) -> None:
    answers, source, _ = changeable
    answers.world = OoniWorld((*held, *elsewhere()))
    result = source.fetch(asked(SITE, APP, whom=whom))
    assert result.failures == ()
    expected: Counter[tuple[str, datetime, int, str]] = Counter()
    for one in held:
        subject = {"baj.by": SITE, "": APP}.get(one.domain)
        mine = one.probe_cc == "BY" if whom == "BY" else one.probe_asn == 6697
        if subject and mine:
            for outcome in ("anomaly", "confirmed", "failure", "ok"):
                expected[subject, one.hour, one.probe_asn, outcome] += getattr(one, outcome)
    got: Counter[tuple[str, datetime, int, str]] = Counter()
    for test in found_in(result):
        number = 0 if test.network is None else int(test.network.code[2:])
        place = (test.subject, test.time, number, KEYS[test.outcome, test.strength])
        assert place not in got
        got[place] = test.count
        assert test.country == (BY if whom == "BY" else None)
        assert (test.reason == "the measurement failed") == (test.outcome is Outcome.UNKNOWN)
        if test.subject == APP:
            assert test.layer is None
            assert test.strength is not Strength.WEAK
    assert got == +expected
    for tests in result.tests:
        assert (tests.provenance.source, tests.provenance.licence) == ("ooni", "CC BY-NC-SA 4.0")
        assert len({test.subject for test in tests.tests}) == 1


@settings(max_examples=settings().max_examples // 6)
@given(held_buckets())
def test_sums_over_networks_give_the_shares(
    changeable: tuple[Changeable, OoniSource, LoopbackServer], held: list[OoniBucket]
) -> None:
    answers, source, _ = changeable
    steady = [site(hour, asn, ok=1) for hour in range(168) for asn in (1, 2)]
    answers.world = OoniWorld((*held, *steady, *elsewhere()))
    result = source.fetch(asked(SITE))
    failed, all_of_them = np.zeros(168), np.zeros(168)
    for test in found_in(result):
        hour = (test.time - START) // HOUR
        if test.usable:
            all_of_them[hour] += test.count
            failed[hour] += test.count * test.failed
    (share,) = [one for one in result.signals if one.name == f"ooni.anomaly-ratio ({SITE})"]
    assert share.weights is not None
    assert np.array_equal(share.weights.values, all_of_them)
    assert np.allclose(share.series.values, failed / all_of_them, rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("scores", "layer", "strength", "reason"),
    [
        ({}, None, Strength.WEAK, ""),
        ({"tcp": DEAD, "failed": ("", "eof_error", "")}, Layer.TCP, Strength.PLAIN, "eof_error"),
        ({"tls": RESET, "failed": ("", "", "reset")}, Layer.TLS, Strength.PLAIN, "reset"),
        ({"dns": DENIED, "failed": ("nxdomain", "", "")}, Layer.DNS, Strength.PLAIN, "nxdomain"),
        ({"dns": OTHER}, Layer.DNS, Strength.WEAK, ""),
        ({"dns": OTHER, "tcp": DEAD}, Layer.TCP, Strength.PLAIN, ""),
        ({"dns": DENIED, "tcp": DEAD}, Layer.DNS, Strength.PLAIN, ""),
        ({"tcp": (0.25, 0.75, 0.0)}, None, Strength.WEAK, ""),
        ({"tcp": (0.5, 0.5, 0.0)}, None, Strength.WEAK, ""),
    ],
)  # fmt: skip
def test_how_an_anomaly_failed_is_told_by_the_scores_of_its_hour_and_network(
    scores: dict[str, Any], layer: Layer | None, strength: Strength, reason: str
) -> None:
    found = fetched(site(3, anomaly=2, **scores), site(3, 25106, anomaly=1), site(4, anomaly=1))
    told = {(test.time, test.network): (test.layer, test.strength, test.reason) for test in found}
    assert told == {
        (START + 3 * HOUR, AS6697): (layer, strength, reason),
        (START + 3 * HOUR, Entity.parse("AS25106")): (None, Strength.WEAK, ""),
        (START + 4 * HOUR, AS6697): (None, Strength.WEAK, ""),
    }


@settings(max_examples=30)
@given(
    counts=st.lists(
        st.tuples(*(st.integers(0, 2),) * 4),  # anomaly, confirmed, failure, ok: one bucket a week
        min_size=3,
        max_size=3,
    )
)
def test_how_tests_failed_is_asked_of_those_weeks_alone_in_which_any_did(
    changeable: tuple[Changeable, OoniSource, LoopbackServer], counts: list[tuple[int, int, int, int]]
) -> None:
    answers, source, server = changeable
    held = [
        OoniBucket(START + week * WEEK, "BY", 6697, WEB, "NEWS", "baj.by", *counted, tcp=DEAD)
        for week, counted in enumerate(counts)
    ]
    quiet = [OoniBucket(START, "BY", 6697, WEB, "NEWS", "example.org", ok=1)]
    answers.world = OoniWorld((*held, *quiet, *elsewhere(weeks=3)))
    server.received.clear()
    span = TimeWindow(START, START + 3 * WEEK)
    found = found_in(source.fetch(asked(SITE, "domain:example.org", span=span)))
    sent = [one for one in server.received if one.path.endswith("/analysis")]
    assert {(one.one("domain"), one.one("since")) for one in sent} == {
        ("baj.by", (START + week * WEEK).date().isoformat())
        for week, (anomaly, confirmed, _, _) in enumerate(counts)
        if anomaly or confirmed
    }
    assert sum(test.count for test in found if test.strength is Strength.PLAIN) == sum(
        anomaly for anomaly, confirmed, _, _ in counts if not confirmed
    )


def test_of_a_control_it_is_told_as_well_how_tests_failed() -> None:
    """A control is asked for numbers alone, and what fails plainly in it is not blocked elsewhere either."""
    query = Query("BY", CHUNK, ["ooni.measurements", "ooni.networks"], (SITE,), timedelta(0))
    (found,) = fetched(site(3, anomaly=2, tcp=DEAD), query=query)
    assert (found.layer, found.strength) == (Layer.TCP, Strength.PLAIN)


def test_a_network_is_asked_how_its_tests_failed() -> None:
    (found,) = fetched(site(3, anomaly=2, tcp=DEAD), query=asked(SITE, whom="AS6697"))
    assert (found.network, found.country, found.layer) == (AS6697, None, Layer.TCP)


def test_what_reached_the_site_is_ok_whatever_is_scored() -> None:
    (found,) = fetched(site(3, ok=2, tcp=DEAD))
    assert (found.outcome, found.layer, found.strength) == (Outcome.OK, None, None)


def test_whose_layer_it_was_is_unknown_where_confirmed_ones_and_others_share_an_hour() -> None:
    alone = fetched(site(3, confirmed=2, dns=(1.0, 0.0, 0.0)))
    assert [(test.strength, test.layer) for test in alone] == [(Strength.CONFIRMED, Layer.DNS)]
    mixed = fetched(site(3, confirmed=2, anomaly=1, dns=(1.0, 0.0, 0.0)))
    assert [(test.strength, test.layer) for test in mixed] == [
        (Strength.CONFIRMED, None),
        (Strength.WEAK, None),
    ]


def test_an_app_is_plain_and_an_unknown_network_none() -> None:
    held = OoniBucket(START, "BY", 0, "telegram", anomaly=1)
    (found,) = fetched(held)
    assert found == ServiceTest(START, APP, Outcome.BLOCKED, country=BY, strength=Strength.PLAIN)


def test_without_scores_the_tests_still_come_and_the_failure_is_told() -> None:
    good = ooni_answer(OoniWorld((site(3, anomaly=2, tcp=DEAD), *elsewhere())))
    bad = Reply(json.dumps({"error": "The database query timed out", "v": 0}).encode())
    with ooni(lambda received: bad if "/analysis" in received.path else good(received)) as (source, _):
        result = source.fetch(asked(SITE))
    (found,) = found_in(result)
    assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, None, Strength.WEAK)
    (failure,) = result.failures
    assert failure.problem == (
        "OONI says: The database query timed out "
        "(asked for how tests failed of the site baj.by, week of 2020-08-06)"
    )
    assert "/api/v1/aggregation/analysis?probe_cc=BY&domain=baj.by&since=2020-08-06" in (failure.where or "")


def test_only_hours_of_the_span_come_and_names_are_in_small_letters() -> None:
    span = TimeWindow(START + 5 * HOUR + timedelta(minutes=30), START + 7 * HOUR)
    found = fetched(*(site(hour, ok=1) for hour in range(12)), query=asked("domain:BAJ.by", span=span))
    assert [(test.time - START) // HOUR for test in found] == [5, 6]
    assert {test.subject for test in found} == {SITE}


def test_nothing_that_was_not_named_is_a_test() -> None:
    held = (site(3, ok=1), OoniBucket(START, "BY", 1, "telegram", ok=1))
    for subjects in ((), ("category:NEWS",), ("domain:example.org",)):
        assert fetched(*held, query=asked(*subjects)) == []


def test_recent_hours_come_as_they_are() -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    held = [OoniBucket(now - hour * HOUR, "BY", 6697, WEB, "", "baj.by", ok=1) for hour in range(1, 60)]
    span = TimeWindow(now - 59 * HOUR, now)
    with ooni(ooni_answer(OoniWorld(tuple(held)))) as (source, _):
        assert len(found_in(source.fetch(asked(SITE, span=span)))) == 59
