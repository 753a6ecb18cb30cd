"""Laws of what a measurement says of speed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import WrongAnswerError
from shutdownkit.sources.ooni.whole.times import Handshaking, Times, times_of

from .wholes import junk, whole

seconds = st.floats(0, 100)
lasting = st.floats(0.001, 60)


def times(test: str, keys: Any) -> Times:
    return times_of(whole(test, keys))


@given(st.lists(st.tuples(seconds, lasting), max_size=5))
def test_handshakes_last_from_their_beginning(pairs: list[tuple[float, float]]) -> None:
    shakes = [
        {"server_name": "A.b", "failure": None, "t0": start, "t": start + lasts} for start, lasts in pairs
    ]
    found = times("web_connectivity", {"tls_handshakes": shakes}).handshakes
    assert [one.duration for one in found] == pytest.approx([lasts * 1000 for _, lasts in pairs])
    assert {one.name for one in found} <= {"a.b"}


@given(st.lists(st.tuples(seconds, lasting), min_size=1, max_size=5), st.booleans(), st.data())
def test_events_of_connections_that_are_named_may_mix(
    pairs: list[tuple[float, float]], named: bool, data: st.DataObject
) -> None:
    events = [
        [
            {"operation": f"tls_handshake_{word}", "t": at, "failure": None}
            | ({"transaction_id": number} if named else {})
            for word, at in (("start", start), ("done", start + lasts))
        ]
        for number, (start, lasts) in enumerate(pairs, 1)
    ]
    if named:
        order = data.draw(st.permutations([number for number in range(len(events)) for _ in range(2)]))
        mixed = [events[number].pop(0) for number in order]
    else:
        mixed = [event for pair in events for event in pair]
    found = times("web_connectivity", {"network_events": mixed}).handshakes
    assert sorted(one.duration for one in found) == pytest.approx(sorted(lasts * 1000 for _, lasts in pairs))


def test_events_that_cannot_be_told_apart_say_nothing() -> None:
    words = ("start", "start", "done", "done")
    events = [{"operation": f"tls_handshake_{word}", "t": at} for at, word in enumerate(words)]
    assert times("web_connectivity", {"network_events": events}) == Times()


@pytest.mark.parametrize(
    "shake",
    [
        {"t": 1.0},
        {"t0": 0, "t": 0},
        {"t0": 2.0, "t": 1.0},
        {"t0": 0, "t": 1.0, "failure": "connection_reset"},
        {"t0": "0", "t": True},
        {"t0": 0, "t": 1e9},
    ],
)
def test_what_was_not_timed_is_missing(shake: dict[str, Any]) -> None:
    assert times("telegram", {"tls_handshakes": [shake]}) == Times()


def test_the_events_serve_where_the_handshakes_tell_no_beginning() -> None:
    events = [{"operation": f"tls_handshake_{word}", "t": at} for word, at in (("start", 1), ("done", 1.5))]
    found = times("signal", {"tls_handshakes": [{"t": 1.5}], "network_events": events})
    assert found.handshakes == (Handshaking("", 500.0),)


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(1, 1e4), st.floats(1, 1e4))
def test_ndt_in_both_spellings(down: float, up: float, mean: float, least: float) -> None:
    rates, rtts = {"download": down, "upload": up}, {"avg_rtt": mean, "min_rtt": least}
    new = times("ndt", {"failure": None, "summary": {**rates, **rtts}})
    old = times("ndt", {"failure": None, "simple": rates, "advanced": rtts})
    assert new == old == Times((), down / 1000, up / 1000, mean, least)


def test_dash() -> None:
    assert times("dash", {"simple": {"median_bitrate": 83985}}) == Times(bitrate=83.985)


@pytest.mark.parametrize("test", ["ndt", "dash"])
@given(value=st.sampled_from([0, -1, None, "7", True]))
def test_missing_is_not_zero(test: str, value: object) -> None:
    keys = dict.fromkeys(("download", "upload", "avg_rtt", "min_rtt", "median_bitrate"), value)
    assert times(test, {"summary": keys, "simple": keys, "advanced": keys}) == Times()
    keys = dict.fromkeys(keys, 5)
    failed = {"failure": "generic_timeout_error", "summary": keys, "simple": keys}
    assert times(test, failed) == times(test, None) == times(test, {}) == Times()


@given(
    st.sampled_from(["ndt", "dash", "signal"]),
    st.dictionaries(st.sampled_from(["summary", "simple", "tls_handshakes", "network_events"]), junk) | junk,
)
def test_any_results_are_read_or_refused(test: str, keys: Any) -> None:
    try:
        found = times(test, keys)
    except WrongAnswerError:
        found = Times()
    numbers = [found.download, found.upload, found.rtt, found.least_rtt, found.bitrate]
    assert all(one is None or one > 0 for one in [*numbers, *(each.duration for each in found.handshakes)])


@given(st.integers(300, 400), st.sampled_from([-1, 1]), st.sampled_from(["download", "avg_rtt", "min_rtt"]))
def test_a_number_beyond_all_numbers_is_none(digits: int, sign: int, name: str) -> None:
    found = times("ndt", {"summary": {name: sign * 10**digits}})
    assert found == Times() or digits <= 308
