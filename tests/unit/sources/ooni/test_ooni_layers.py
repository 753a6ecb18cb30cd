"""Scores by layer: how they are read, refused and judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import ProviderError, QuotaError, RefusedError, WrongAnswerError
from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Layer, Outcome, Strength
from shutdownkit.sources.ooni.analysis import read_analysis
from shutdownkit.sources.ooni.ask import Ask, Purpose, ask_of
from shutdownkit.sources.ooni.layers import read_layers
from shutdownkit.sources.ooni.loni import LAYERS, Loni, Score

from .worlds import CHUNK

ASK = ask_of(Purpose.ANALYSIS, Entity.parse("BY"), CHUNK, "domain:baj.by")
OF_NETWORK = ask_of(Purpose.ANALYSIS, Entity.parse("AS6697"), CHUNK, "domain:baj.by")
FAILED = Score(0.75, 0.25, 0.0)
Json = dict[str, Any]


def scores() -> st.SearchStrategy[Score]:
    parts = [0.0, 0.1, 0.2, 0.25, 0.5, 0.7, 0.75, 0.8, 0.9, 0.95, 1.0]
    part = st.sampled_from([*parts, *(float(np.float32(one)) for one in parts)])
    return st.builds(Score, part, part, part, st.sampled_from(["", "connection_reset"]))


@given(st.builds(Loni, scores(), scores(), scores()))
def test_one_measurement_is_blocked_where_its_largest_score_for_that_is_over_a_half(
    loni: Loni,
) -> None:
    found = loni.of_one
    largest = max(loni.of(layer).blocked for layer in LAYERS)
    assert (found.outcome is Outcome.BLOCKED) == (largest > 0.5)
    assert (found.strength is None) == (found.layer is None) == (found.outcome is not Outcome.BLOCKED)
    if found.layer is not None:
        assert loni.of(found.layer).blocked == largest
        doubtful = found.layer is Layer.DNS and round(largest, 4) < 0.9
        assert found.strength is (Strength.WEAK if doubtful else Strength.PLAIN)
    else:
        down = any(loni.of(layer).down > 0.5 for layer in LAYERS)
        assert (found.outcome is Outcome.DOWN) == down
        reached = loni.tcp.ok > 0.5 or loni.tls.ok > 0.5
        assert (found.outcome is Outcome.OK) == (reached and not down)


@given(st.builds(Loni, scores(), scores(), scores()))
def test_an_hour_is_plain_only_where_a_connection_or_a_name_failed(loni: Loni) -> None:
    found = loni.of_hour
    if found is None:
        assert all(loni.of(layer).blocked <= 0.5 for layer in LAYERS)
        return
    assert found.layer is not None
    blocked = loni.of(found.layer).blocked
    if found.strength is Strength.WEAK:
        assert found.layer is Layer.DNS
        assert 0.5 < blocked < 0.8999  # 0.9 comes as 0.8999999762
        assert loni.tcp.blocked <= 0.5 >= loni.tls.blocked
    else:
        assert blocked > 0.5
        assert found.layer is not Layer.DNS or blocked > 0.8999


@pytest.mark.parametrize(
    ("loni", "outcome", "layer", "strength"),
    [
        (Loni(), Outcome.UNKNOWN, None, None),
        (Loni(dns=Score(0, 0, 1)), Outcome.UNKNOWN, None, None),
        (Loni(dns=Score(0.5, 0.5, 0)), Outcome.UNKNOWN, None, None),
        (Loni(dns=Score(0, 0, 1), tcp=Score(0, 0, 1)), Outcome.OK, None, None),
        (Loni(tls=Score(0, 0, 1)), Outcome.OK, None, None),
        (Loni(dns=Score(0.1, 0.9, 0)), Outcome.DOWN, None, None),
        (Loni(tcp=Score(0.25, 0.75, 0), tls=Score(0, 0, 1)), Outcome.DOWN, None, None),
        (Loni(dns=Score(0.75, 0, 0.25)), Outcome.BLOCKED, Layer.DNS, Strength.WEAK),
        (Loni(dns=Score(float(np.float32(0.9)), 0.1, 0)), Outcome.BLOCKED, Layer.DNS, Strength.PLAIN),
        (Loni(dns=Score(0.75, 0, 0.25), tcp=FAILED), Outcome.BLOCKED, Layer.TCP, Strength.PLAIN),
        (Loni(tcp=Score(0, 0, 1), tls=Score(0.7, 0.3, 0)), Outcome.BLOCKED, Layer.TLS, Strength.PLAIN),
    ],
)  # fmt: skip
def test_the_table_of_outcomes(
    loni: Loni, outcome: Outcome, layer: Layer | None, strength: Strength | None
) -> None:
    found = loni.of_one
    assert (found.outcome, found.layer, found.strength) == (outcome, layer, strength)
    assert bool(found.reason) == (outcome in {Outcome.UNKNOWN, Outcome.DOWN})


def test_a_name_denied_is_plain_in_an_hour_though_its_score_is_kept_in_32_bits() -> None:
    found = Loni(dns=Score(float(np.float32(0.9)), 0.1, 0)).of_hour
    assert found is not None
    assert (found.layer, found.strength) == (Layer.DNS, Strength.PLAIN)


def loni_row(**more: object) -> Json:
    zero = {f"{layer}_{what}": 0.0 for layer in ("dns", "tcp", "tls") for what in ("blocked", "down", "ok")}
    return {**zero, "likely_blocked_protocols": [], **more}


def row(time: object = "2020-08-06T03:00:00", **more: object) -> Json:
    about = {"measurement_start_day": time, "probe_cc": "BY", "domain": "baj.by", "probe_asn": 6697}
    return {"count": 1.0, "loni": loni_row(), **about, **more}


def test_an_hour_and_network_are_read_with_their_scores() -> None:
    loni = loni_row(tcp_blocked=0.75, tcp_blocked_outcome="eof_error", dns_blocked_outcome="got_answer")
    document = {
        "results": [row(loni=loni), row("2020-08-12T23:00:00", probe_asn="AS1", loni=loni_row(tls_ok=None))]
    }
    assert dict(read_layers(document, ASK).hours) == {
        (3, 6697): Loni(tcp=Score(0.75, failure="eof_error")),
        (167, 1): Loni(),
    }  # fmt: skip
    alone = read_layers({"results": [row(probe_cc=None)]}, OF_NETWORK)
    assert list(alone.hours) == [(3, None)]


@pytest.mark.parametrize(
    ("ask", "rows", "problem"),
    [
        (ASK, [row("2020-08-06T03:00:00Z")], "not an hour without a time zone"),
        (ASK, [row("2020-08-06")], "not an hour without a time zone"),
        (ASK, [row("2020-02-30T00:00:00")], "not in the calendar"),
        (ASK, [row("2020-08-06T03:30:00")], "is not an hour"),
        (ASK, [row("2020-08-13T00:00:00")], "was not asked"),
        (ASK, [row("2020-08-05T23:00:00")], "was not asked"),
        (ASK, [row(probe_cc="LT")], r"results\[0\].probe_cc: 'LT' was not asked"),
        (ASK, [row(domain="example.org")], r"results\[0\].domain: .* was not asked"),
        (ASK, [row(probe_asn=None)], "probe_asn"),
        (ASK, [row(), row()], r"results\[1\]: its hour and network came twice"),
        (OF_NETWORK, [row(probe_cc=None, probe_asn=1)], r"results\[0\].probe_asn: 1 was not asked"),
        (ASK, [row(loni=loni_row(tcp_blocked=1.5))], "over 1"),
        (ASK, [row(loni=loni_row(tcp_blocked="1"))], "not a number"),
        (ASK, [row(loni={})], "dns_blocked"),
        (ASK, [row(loni=loni_row(tcp_blocked_outcome=3))], "not text"),
        (ASK, [3], "not an object"),
    ],
)
def test_what_was_not_asked_or_is_no_score_is_a_wrong_answer(ask: Ask, rows: list[Any], problem: str) -> None:
    with pytest.raises(WrongAnswerError, match=problem):
        read_layers({"results": rows}, ask)


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"error": "quota exceeded"}, QuotaError),
        ({"detail": "Database query error"}, RefusedError),
        ({}, WrongAnswerError),
        ([], WrongAnswerError),
    ],
)
def test_a_refusal_is_one(document: object, error: type[ProviderError]) -> None:
    with pytest.raises(error):
        read_layers(document, ASK)
    with pytest.raises(error):
        read_analysis(document)


def analysed(**more: object) -> Json:
    return {
        "measurement_uid": "20260118191722.589662_UG_webconnectivity_b66388d5e8429342",
        "measurement_start_time": "2026-01-18T19:17:20",
        "probe_asn": 20294,
        "probe_cc": "UG",
        "domain": "twitter.com",
        "test_name": "web_connectivity",
        **{f"top_{layer}_failure": None for layer in ("dns", "tcp", "tls")},
        **{key: value for key, value in loni_row().items() if "likely" not in key},
        **more,
    }


def test_of_what_has_no_place_or_no_name_nothing_is_made_up() -> None:
    rows = [
        analysed(probe_cc="ZZ", probe_asn=0),
        analysed(domain="2001:db8::1"),
        analysed(domain=""),
        analysed(probe_cc="XX", probe_asn=2**32 - 1, domain="Twitter.COM", dns_blocked=1, dns_ok=0),
    ]
    nowhere, odd = read_analysis({"results": rows})
    assert (nowhere.country, nowhere.network, nowhere.outcome) == (None, None, Outcome.UNKNOWN)
    assert (odd.country, odd.network, odd.subject) == (None, None, "domain:twitter.com")
    assert (odd.control, odd.layer, odd.run) == (None, Layer.DNS, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"measurement_start_time": "2026-01-18"},
        {"measurement_start_time": "2026-13-18T00:00:00"},
        {"probe_asn": "x"},
        {"tcp_down": -0.1},
        {"domain": None},
        {"measurement_uid": ""},
    ],
)
def test_a_row_that_is_not_as_documented_is_named(wrong: Json) -> None:
    with pytest.raises(WrongAnswerError, match=rf"results\[1\]\.{next(iter(wrong))}"):
        read_analysis({"results": [analysed(), analysed(**wrong)]})
