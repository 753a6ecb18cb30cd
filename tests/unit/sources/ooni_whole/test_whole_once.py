"""Reading fast changes nothing: what is decoded once, remembered or left alone says the same."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import WrongAnswerError
from shutdownkit.sources.ooni.whole import verdict
from shutdownkit.sources.ooni.whole.addresses import is_address, is_bogon, place_of
from shutdownkit.sources.ooni.whole.fingerprints import NONE
from shutdownkit.sources.ooni.whole.keys import is_null
from shutdownkit.sources.ooni.whole.record import Whole
from shutdownkit.sources.ooni.whole.times import times_of

from .wholes import failing, junk, web, whole

shakes = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "server_name": st.sampled_from(["Www.example.com", "a.b", "", None]),
            "failure": st.sampled_from([None, "connection_reset", False]),
            "t0": st.floats(0, 3) | st.none(),
            "t": st.floats(0, 9) | st.none(),
        },
    ),
    max_size=3,
)
events = st.lists(
    st.fixed_dictionaries(
        {"operation": st.sampled_from(["tls_handshake_start", "tls_handshake_done", "read", 7, []])},
        optional={"t": st.floats(0, 9), "transaction_id": st.integers(0, 2), "conn_id": st.integers(0, 2)},
    ),
    max_size=6,
)


def both(one: Whole) -> object:
    """What is said where the results are decoded once."""
    tests, keys = verdict.tests_and_keys_of(one, NONE)
    return tests, times_of(one, keys)


@given(
    st.sampled_from(sorted(verdict.APPS | verdict.SITES | {"tlsping"})),
    failing,
    shakes,
    events,
    st.booleans(),
)
def test_decoded_once_or_twice_it_says_the_same(
    test: str, made: tuple[str, dict[str, Any]], timed: Any, happened: Any, told: bool
) -> None:
    url, keys = made
    more = {"tls_handshakes": timed, "network_events": happened} if told else {}
    one = whole(test, {**keys, **more}, input=url)
    assert both(one) == (verdict.tests_of(one), times_of(one))


@given(
    st.sampled_from(sorted(verdict.APPS | verdict.SITES)),
    st.dictionaries(st.sampled_from([*web(), "targets"]), junk) | junk,
)
def test_of_any_results_it_says_the_same_or_refuses_them(test: str, keys: Any) -> None:
    one = whole(test, keys, input="https://www.example.com/")
    try:
        twice: object = (verdict.tests_of(one), times_of(one))
    except WrongAnswerError:
        with pytest.raises(WrongAnswerError):
            both(one)
    else:
        assert both(one) == twice


def test_events_are_decoded_only_where_no_handshake_tells_its_time() -> None:
    shake = {"server_name": "a.b", "failure": None, "t0": 1, "t": 2}
    damaged = {"network_events": 5}
    told = whole("signal", {"signal_backend_status": "ok", "tls_handshakes": [shake], **damaged})
    assert [one.duration for one in times_of(told).handshakes] == [1000.0]
    with pytest.raises(WrongAnswerError, match="network_events: Expected"):
        times_of(whole("signal", {"tls_handshakes": [{**shake, "t0": None}], **damaged}))


@given(junk, st.sampled_from(["", " ", "\n\t "]), st.sampled_from(["", " ", "\r\n"]))
def test_results_are_none_only_where_nothing_is_in_them(value: Any, before: str, after: str) -> None:
    raw = msgspec.Raw(f"{before}{json.dumps(value)}{after}".encode())
    assert is_null(raw) == (value is None or (value == {} and isinstance(value, dict)))


@given(
    st.ip_addresses()
    | st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){2,4}", fullmatch=True)
    | st.from_regex(r"[0-9a-f:]{0,12}(%[a-z]{0,300})?", fullmatch=True)
    | st.text(max_size=12)
)
def test_an_address_is_what_the_standard_library_takes_for_one(value: Any) -> None:
    text = str(value)
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert not is_address(text)
        assert not is_bogon(text)
    else:
        assert is_address(text)


@given(st.sampled_from(["example.org", "пример.рф", "10.0.0.1", "[::1]"]), st.integers(0, 400))
def test_long_addresses_lead_where_short_ones_do(host: str, length: int) -> None:
    short, long = place_of(f"https://{host}/"), place_of(f"https://{host}/{'x' * length}")
    assert short == long is not None
    assert place_of(f"https://{host}/{'x' * length}") == short
    name = short.name if short else ""
    assert name.encode() == (short.host if short else "").encode("idna")


@given(st.integers(1, 400))
def test_long_hosts_are_read_to_their_end(length: int) -> None:
    place = place_of(f"https://{'a.' * length}org:8080/")
    assert place is not None
    assert (place.host, place.port) == (f"{'a.' * length}org", 8080)


@pytest.mark.parametrize("test", ["facebook_messenger", "signal", "telegram", "web_connectivity", "whatsapp"])
def test_results_that_tell_times_are_handed_on(test: str) -> None:
    shake = {"server_name": "a.b", "failure": None, "t0": 1, "t": 2}
    one = whole(test, {"tls_handshakes": [shake]}, input="https://a.b/")
    keys = verdict.tests_and_keys_of(one, NONE)[1]
    assert keys is not None
    assert times_of(whole(test, None), keys) == times_of(one) != times_of(whole(test, None))


def test_what_was_asked_before_does_not_matter() -> None:
    """More names than are remembered."""
    first = [place_of(f"http://{number}.example.org") for number in range(5000)]
    assert [place_of(f"http://{number}.example.org") for number in range(5000)] == first
    assert len({one.host for one in first if one}) == 5000
