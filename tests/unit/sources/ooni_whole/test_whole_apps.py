"""Laws and known answers of the tests of apps and circumvention tools."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shutdownkit.errors import WrongAnswerError
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, Strength
from shutdownkit.sources.ooni.whole import verdict

from .wholes import CUTS, FAILURES, junk, only, whole

WEB, REGISTER = "https://web.whatsapp.com/", "https://v.whatsapp.net/v2/register"
PARTS = ("b_api", "b_graph", "edge", "external_cdn", "scontent_cdn", "star", "stun")
KEYS = (
    *(
        "queries",
        "requests",
        "tcp_connect",
        "tls_handshakes",
        "failure",
        "targets",
        "success",
        "bootstrap_time",
    ),
    *("tor_progress", "result", "experiment_failure", "body_length_match", "signal_backend_status"),
    *("telegram_web_status", "whatsapp_endpoints_status", "facebook_star_reachable", "facebook_dns_blocking"),
)


def request(url: str, failure: str | None = None) -> dict[str, Any]:
    code = 200 if failure is None else 0
    return {"failure": failure, "request": {"url": url}, "response": {"code": code}}


def connect(failure: str | None = None, ip: str = "149.154.167.51") -> dict[str, Any]:
    return {"ip": ip, "port": 443, "status": {"failure": failure, "success": failure is None}}


def query(ip: str, host: str = "web.whatsapp.com") -> dict[str, Any]:
    return {"hostname": host, "failure": None, "answers": [{"ipv4": ip}]}


def app(name: str, keys: Any, **fields: Any) -> ServiceTest:
    found = only(whole(name, keys, **fields))
    assert found.subject == f"app:{name}"
    assert found.control is None
    return found


@given(
    st.sampled_from(sorted(verdict.APPS | verdict.SITES)), st.dictionaries(st.sampled_from(KEYS), junk) | junk
)
def test_any_results_are_judged_or_refused(name: str, keys: Any) -> None:
    one = whole(name, keys, input="http://example.com/")
    where = "test_keys"
    try:
        (found,) = verdict.tests_of(one)
    except WrongAnswerError as error:
        where = error.problem.partition(": ")[0]
    else:
        assert (found,) == verdict.tests_of(one)
        assert found.reason or found.outcome is Outcome.OK
    assert where == "test_keys"


@pytest.mark.parametrize("name", sorted(verdict.APPS))
@pytest.mark.parametrize("keys", [None, {}, {"queries": None, "requests": [], "tcp_connect": []}])
def test_what_was_not_recorded_is_unknown(name: str, keys: Any) -> None:
    assert app(name, keys).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "name", ["ndt", "dash", "http_invalid_request_line", "traceroute", "dnscheck", "new_one"]
)
def test_tests_of_no_service_give_nothing(name: str) -> None:
    assert verdict.tests_of(whole(name, {"failure": "connection_reset"}, input="http://a.b/")) == ()


def whatsapp(web: str | None, register: str | None, *points: str | None) -> dict[str, Any]:
    return {
        "requests": [request(WEB, web), request(REGISTER, register)],
        "tcp_connect": [connect(one) for one in points],
        "whatsapp_web_status": "blocked" if web else "ok",
        "registration_server_status": "blocked" if register else "ok",
    }


@given(
    st.sampled_from([None, *FAILURES]),
    st.sampled_from([None, *FAILURES]),
    st.lists(st.sampled_from([None, *CUTS]), max_size=3),
)
def test_whatsapp_is_ok_where_all_of_its_parts_are(
    web: str | None, register: str | None, points: list[str | None]
) -> None:
    found = app("whatsapp", whatsapp(web, register, *points))
    fine = web is None and register is None and (not points or None in points)
    assert (found.outcome is Outcome.OK) == fine
    if {web, register} & set(CUTS) and {web, register} <= {None, *CUTS}:
        assert found.strength is Strength.PLAIN


@pytest.mark.parametrize("missing", [0, 1])
def test_whatsapp_without_a_request_is_unknown(missing: int) -> None:
    keys = whatsapp(None, None, None)
    del keys["requests"][missing]
    assert app("whatsapp", keys).outcome is Outcome.UNKNOWN


def test_whatsapp_with_an_unexpected_status_is_the_vendors_change() -> None:
    found = app("whatsapp", {**whatsapp(None, None, None), "whatsapp_web_status": "blocked"})
    assert (found.outcome, "vendor" in found.reason) == (Outcome.OK, True)


@pytest.mark.parametrize(
    ("ip", "strength"),
    [("0.0.0.0", Strength.WEAK), ("10.10.34.34", Strength.PLAIN)],  # noqa: S104
)
def test_addresses_that_lead_nowhere(ip: str, strength: Strength) -> None:
    keys = {**whatsapp("ssl_invalid_hostname", None), "queries": [query(ip)]}
    found = app("whatsapp", keys)
    assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, Layer.DNS, strength)


@pytest.mark.parametrize(
    ("failure", "strength"),
    [
        ("connection_reset", Strength.PLAIN),
        ("dns_nxdomain_error", Strength.PLAIN),
        ("ssl_unknown_authority", Strength.WEAK),
        ("dns_servfail_error", Strength.WEAK),
        ("android_dns_cache_no_data", Strength.WEAK),
        ("unknown_failure: x", None),
        ("network_down", None),
    ],
)
def test_signal_fails(failure: str, strength: Strength | None) -> None:
    keys = {"signal_backend_status": "blocked", "signal_backend_failure": failure}
    found = app("signal", keys, test_version="0.2.5")
    assert found.strength is strength
    assert found.outcome is (Outcome.UNKNOWN if strength is None else Outcome.BLOCKED)


@pytest.mark.parametrize(
    ("version", "engine", "day", "broken"),
    [
        ("0.2.4", "3.20.0", "2021-01-01", True),
        ("0.2.3", "3.20.0", "2023-11-06", False),
        ("0.2.3", "3.20.0", "2023-11-07", True),
        ("0.2.5", "3.20.0", "2024-01-01", False),
        ("0.2.1", "3.16.0", "2022-10-18", False),
        ("0.2.1", "3.16.0", "2022-10-19", True),
        ("0.2.2", "3.17.1", "2023-05-01", False),
        ("0.2.2", "3.17.1", "2023-05-02", True),
        ("0.2.2", "3.17.2", "2023-05-02", False),
    ],
)
@pytest.mark.parametrize("status", ["ok", "blocked"])
def test_broken_versions_of_signal_are_discarded(
    version: str, engine: str, day: str, broken: bool, status: str
) -> None:
    keys = {"signal_backend_status": status, "signal_backend_failure": "connection_reset"}
    fields = {"measurement_start_time": f"{day} 00:00:00", "annotations": {"engine_version": engine}}
    found = app("signal", keys, test_version=version, **fields)
    assert (found.outcome is Outcome.DISCARDED) == broken
    assert found.reason.startswith("broken version of the test: ") == broken


@given(
    st.lists(st.sampled_from([None, *CUTS]), max_size=6),
    st.lists(st.sampled_from([None, *CUTS]), max_size=6),
    st.booleans(),
)
@example([None, None, "connection_reset"], [], False)
def test_telegram_by_the_score(tcp: list[str | None], http: list[str | None], web: bool) -> None:
    keys = {
        "tcp_connect": [connect(one) for one in tcp],
        "requests": [request("http://149.154.167.51/", one) for one in http],
        "telegram_web_status": "blocked" if web else "ok",
        "telegram_web_failure": "connection_reset" if web else None,
    }
    found = app("telegram", keys)
    if not tcp and not http:
        assert found.outcome is Outcome.UNKNOWN
        return
    shares = [sum(one is not None for one in each) / len(each) for each in (tcp, http) if each]
    score = sum(shares) * 2 / len(shares) + web
    assert found.outcome is (Outcome.BLOCKED if score > 0.5 else Outcome.OK)


def test_telegram_whose_web_failed_once_and_worked_once_is_weak() -> None:
    url = "https://web.telegram.org/"
    keys = {
        "tcp_connect": [connect()],
        "requests": [request(url, "connection_reset"), request(url)],
        "telegram_web_status": "blocked",
        "telegram_web_failure": "connection_reset",
    }
    assert app("telegram", keys).strength is Strength.WEAK
    del keys["requests"][1]  # type: ignore[attr-defined]
    assert app("telegram", keys).strength is Strength.PLAIN


flags = st.sampled_from([True, False, None])


@given(st.lists(flags, min_size=7, max_size=7), st.lists(flags, min_size=7, max_size=7), flags, flags)
def test_facebook_by_the_score(
    named: list[bool | None], reached: list[bool | None], dns: bool | None, tcp: bool | None
) -> None:
    keys: dict[str, Any] = {"facebook_dns_blocking": dns, "facebook_tcp_blocking": tcp}
    for part, one, other in zip(PARTS, named, reached, strict=True):
        keys |= {f"facebook_{part}_dns_consistent": one, f"facebook_{part}_reachable": other}
    keys["tcp_connect"] = [connect("connection_reset")] * reached.count(False)
    found = app("facebook_messenger", keys)
    failing = named.count(False) + reached.count(False)
    if all(one is None for one in (*named, *reached)):
        assert found.outcome is Outcome.UNKNOWN
    elif failing == 0:
        assert found.outcome is Outcome.OK
    elif failing >= 2:
        strength = Strength.PLAIN if reached.count(False) else Strength.WEAK
        assert (found.outcome, found.strength) == (Outcome.BLOCKED, strength)
    if named.count(False) and not reached.count(False):
        assert found.strength is not Strength.PLAIN


def test_facebook_whose_names_are_denied_is_plain() -> None:
    keys = {f"facebook_{part}_dns_consistent": False for part in PARTS}
    denied = {"hostname": "star.c10r.facebook.com", "failure": "dns_nxdomain_error", "answers": None}
    found = app("facebook_messenger", {**keys, "queries": [denied]})
    assert (found.layer, found.strength) == (Layer.DNS, Strength.PLAIN)


@given(st.integers(0, 12), st.integers(0, 12), st.sampled_from([*CUTS, "network_down"]))
def test_tor_by_the_share_of_targets(good: int, bad: int, failure: str) -> None:
    steps = [None] * good + [failure] * bad
    targets = {
        str(at): {"failure": one, "summary": {"connect": {"failure": one}}} for at, one in enumerate(steps)
    }
    found = app("tor", {"targets": targets})
    if bad > good:
        told = failure != "network_down"
        assert found.outcome is (Outcome.BLOCKED if told else Outcome.UNKNOWN)
        assert found.layer is (Layer.TCP if told else None)
    else:
        assert found.outcome is (Outcome.OK if good else Outcome.UNKNOWN)


@given(st.integers(0, 100))
def test_vanilla_tor_by_its_progress(progress: int) -> None:
    keys = {"success": progress == 100, "failure": "generic_timeout_error", "tor_progress": progress}
    found = app("vanilla_tor", keys)
    expected = None if progress == 100 else Strength.PLAIN if progress < 15 else Strength.WEAK
    assert found.strength is expected
    assert (found.outcome is Outcome.OK) == (progress == 100)


@pytest.mark.parametrize("name", ["torsf", "psiphon"])
def test_tools_that_start(name: str) -> None:
    assert app(name, {"failure": None, "bootstrap_time": 6.6}).outcome is Outcome.OK
    found = app(name, {"failure": "generic_timeout_error", "bootstrap_time": 0})
    assert (found.outcome, found.strength) == (Outcome.BLOCKED, Strength.WEAK)
    assert app(name, {"failure": "unknown_failure: x", "bootstrap_time": 0}).outcome is Outcome.UNKNOWN


def test_psiphon_of_a_probe_without_a_resolver_is_unknown() -> None:
    keys = {"failure": "unknown_failure: clientlib: tunnel establishment timeout"}
    assert app("psiphon", keys).outcome is Outcome.BLOCKED
    assert app("psiphon", keys, resolver_ip="").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "name", ["riseupvpn", "openvpn", "openvpn_client_test", "meek_fronted_requests_test"]
)
@given(keys=st.dictionaries(st.sampled_from(KEYS), junk, max_size=3))
def test_some_are_never_judged(name: str, keys: Any) -> None:
    found = app(name, keys)
    assert found.outcome is Outcome.UNKNOWN
    assert found.reason


def old(name: str, **keys: Any) -> ServiceTest:
    return only(whole(name, keys, input="http://example.com/"))


def test_http_requests_against_its_request_through_tor() -> None:
    through = {**request("http://example.com/"), "request": {"url": "x", "tor": {"is_tor": True}}}
    assert old("http_requests", requests=[through], body_length_match=True).outcome is Outcome.OK
    assert old("http_requests", requests=[through], body_length_match=False).strength is Strength.WEAK
    reset = old("http_requests", requests=[through], experiment_failure="connection_reset")
    assert (reset.strength, reset.control) == (Strength.PLAIN, True)
    assert old("http_requests", requests=[through]).outcome is Outcome.UNKNOWN
    alone = old("http_requests", requests=[request("x")], experiment_failure="connection_reset")
    assert (alone.outcome, alone.control) == (Outcome.UNKNOWN, None)
    unreached = {**through, "failure": "socks_error", "response": None}
    assert old("http_requests", requests=[unreached], body_length_match=False).outcome is Outcome.UNKNOWN
    failed = old("http_requests", control_failure="socks_error", experiment_failure="connection_reset")
    assert (failed.outcome, failed.control) == (Outcome.UNKNOWN, False)


def test_a_browser_has_no_control() -> None:
    assert old("browser_web", result="ok").outcome is Outcome.OK
    assert old("browser_web", result="error").outcome is Outcome.UNKNOWN


def test_one_facebook_server_of_seven_is_weak() -> None:
    keys: dict[str, Any] = {f"facebook_{part}_reachable": part != "stun" for part in PARTS}
    keys |= {"facebook_tcp_blocking": True, "tcp_connect": [connect("generic_timeout_error")]}
    assert app("facebook_messenger", keys).strength is Strength.WEAK
    keys["facebook_star_reachable"] = False
    assert app("facebook_messenger", keys).strength is Strength.PLAIN


def test_whatsapp_whose_access_points_fail_is_told_by_their_commonest_failure() -> None:
    points = ["address_family_not_supported_error", *["generic_timeout_error"] * 5]
    assert app("whatsapp", whatsapp(None, None, *points)).strength is Strength.PLAIN


def test_an_app_behind_a_vpns_made_up_addresses_is_unknown() -> None:
    keys = {**whatsapp("connection_reset", None), "queries": [query("198.18.0.7")]}
    assert app("whatsapp", keys).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("progress", [-(10**19), 10**19, -1])
def test_a_progress_that_is_no_percentage_is_not_known(progress: int) -> None:
    found = app("vanilla_tor", {"success": False, "failure": "x", "tor_progress": progress})
    assert "%" not in found.reason
