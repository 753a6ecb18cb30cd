"""Laws of what a web measurement says, and its known answers."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import WrongAnswerError
from shutdownkit.model.service_tests import Layer, Outcome, Strength
from shutdownkit.sources.ooni.whole import verdict

from .wholes import (
    ADDRESS,
    BOGON,
    CUTS,
    FAILURES,
    OTHER,
    STEPS,
    dns_fails,
    failing,
    http_fails,
    judged,
    junk,
    scalars,
    tcp_fails,
    tls_fails,
    web,
    whole,
)

FAILED = {Outcome.BLOCKED, Outcome.SLOWED}
FAILS_TOO: dict[str, Any] = {"failure": "unknown_error", "status_code": -1, "body_length": -1}


def control_fails(keys: dict[str, Any], step: Any) -> dict[str, Any]:
    """The control fails at the same step, and gets no page."""
    control = {**keys["control"], "http_request": FAILS_TOO}
    if step is dns_fails:
        control["dns"] = {"failure": "dns_name_error", "addrs": []}
    for name, at in (("tcp_connect", (tcp_fails,)), ("tls_handshake", (tcp_fails, tls_fails))):
        if step in at:
            control[name] = {
                each: {"status": False, "failure": "connection_refused_error"} for each in control[name]
            }
    return {**keys, "control": control}


@pytest.mark.parametrize(
    "url", ["https://www.example.com/", "http://www.example.com/", "https://93.184.216.34/"]
)
def test_what_went_well_is_ok(url: str) -> None:
    found = judged(web(url), url)
    assert (found.outcome, found.reason, found.control) == (Outcome.OK, "", True)


@given(failing)
def test_it_is_blocked_only_where_the_control_worked(case: tuple[str, dict[str, Any]]) -> None:
    url, keys = case
    found = judged(keys, url)
    assert found.outcome in {Outcome.BLOCKED, Outcome.UNKNOWN, Outcome.OK}
    assert found.control is True


@given(failing, st.sampled_from(["none", "empty", "failed"]))
def test_without_the_control_nobody_can_tell(case: tuple[str, dict[str, Any]], how: str) -> None:
    url, keys = case
    cases: dict[str, dict[str, Any]] = {
        "none": {"control": None},
        "empty": {"control": {}},
        "failed": {"control_failure": "connection_reset"},
    }
    found = judged({**keys, **cases[how]}, url)
    assert found.outcome in {Outcome.UNKNOWN, Outcome.OK}
    assert found.control is (False if how == "failed" else None)
    if keys["http_experiment_failure"]:
        assert found.outcome is Outcome.UNKNOWN
        assert keys["http_experiment_failure"] in found.reason


@given(st.sampled_from(STEPS), st.sampled_from(FAILURES))
def test_what_fails_for_the_control_too_is_never_blocked(step: Any, failure: str) -> None:
    found = judged(control_fails(step(web(), failure), step))
    assert found.outcome in {Outcome.DOWN, Outcome.UNKNOWN}
    if failure in CUTS:
        assert found.outcome is Outcome.DOWN
        assert failure in found.reason


@given(
    failing, st.randoms(use_true_random=False), st.dictionaries(st.text(max_size=4).map("z{}".format), junk)
)
def test_neither_the_order_of_keys_nor_other_keys_matter(
    case: tuple[str, dict[str, Any]], random: Any, more: dict[str, Any]
) -> None:
    url, keys = case

    def shuffled(value: Any) -> Any:
        if isinstance(value, list):
            return [shuffled(one) for one in value]
        if not isinstance(value, dict):
            return value
        items = [*value.items()]
        random.shuffle(items)
        return {name: shuffled(one) for name, one in items}

    assert judged({**more, **shuffled(keys)}, url) == judged(keys, url)


@given(failing, st.data())
def test_any_results_are_judged_or_refused(case: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    url, keys = case
    target: Any = keys
    for _ in range(data.draw(st.integers(0, 3))):
        name = data.draw(st.sampled_from(sorted(target)))
        inner = target[name][0] if isinstance(target[name], list) and target[name] else target[name]
        if not isinstance(inner, dict) or not inner:
            break
        target = inner
    target[data.draw(st.sampled_from(sorted(target)))] = data.draw(junk)
    one = whole("web_connectivity", keys, input=url)
    try:
        (found,) = verdict.tests_of(one)
    except WrongAnswerError as error:
        where = error.problem.partition(": ")[0]
    else:
        where = "test_keys"
        assert (found,) == verdict.tests_of(one)
        assert found.control is True or found.outcome not in FAILED
    assert where == "test_keys"


@given(
    st.sampled_from(["https://www.example.com/", "http://www.example.com/"]),
    st.sampled_from([200, 206, 301, 404, 451, 403, 503]),
    st.sampled_from(["queries", "tcp_connect", "tls_handshakes"]),
    st.sampled_from([ADDRESS, OTHER, BOGON]),
    st.sampled_from(["dns", "tcp_ip", "http-diff", "http-failure", False, None]),
    scalars,
)
def test_a_valid_certificate_acquits(
    url: str, code: int, dropped: str, ip: str, blocking: object, share: object
) -> None:
    last = {"failure": None, "request": {"url": "https://example.com/x"}, "response": {"code": code}}
    keys = web(url, ip, blocking=blocking, body_proportion=share, requests=[last])
    keys["control"] = web(url)["control"]
    keys[dropped] = []
    keys["dns_consistency"] = "inconsistent"
    found = judged(keys, url)
    assert found.outcome is (Outcome.DISCARDED if code in {403, 451, 503} else Outcome.OK)
    if ip == OTHER and dropped != "queries" and code == 200:
        assert found.reason.startswith("geo-DNS")


@given(st.sampled_from(FAILURES), st.booleans())
def test_ipv6_that_fails_beside_ipv4_that_works_is_no_failure(failure: str, control_too: bool) -> None:
    keys = web("http://www.example.com/")
    at = "2606:2800:220::1"
    keys["queries"][0]["answers"].append({"answer_type": "AAAA", "ipv6": at})
    keys["tcp_connect"].append({"ip": at, "port": 80, "status": {"failure": failure, "success": False}})
    keys["control"]["tcp_connect"][f"[{at}]:80"] = {"status": not control_too, "failure": None}
    assert judged(keys, "http://www.example.com/").outcome is Outcome.OK


def test_where_ipv4_fails_and_ipv6_works_the_page_decides() -> None:
    keys = web()
    at = "2606:2800:220::1"
    keys["queries"][0]["answers"].append({"answer_type": "AAAA", "ipv6": at})
    keys["tcp_connect"][0]["status"] = {"failure": "connection_reset", "success": False}
    works: dict[str, Any] = {"ip": at, "port": 443, "status": {"failure": None, "success": True}}
    keys["tcp_connect"].append(works)
    assert judged({**keys, "http_experiment_failure": "eof_error"}).layer is not Layer.TCP
    works["status"] = {"failure": "network_unreachable", "success": False}
    found = judged(http_fails({**keys, "tcp_connect": [*keys["tcp_connect"], works]}, "connection_reset"))
    assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, Layer.TCP, Strength.PLAIN)


def test_an_address_that_fails_for_the_control_too_is_down_though_it_got_a_page_elsewhere() -> None:
    keys = tcp_fails(web(), "connection_refused")
    keys["control"]["tcp_connect"][f"{ADDRESS}:443"] = {
        "status": False,
        "failure": "connection_refused_error",
    }
    assert judged(keys).outcome is Outcome.DOWN


def test_a_page_that_came_whole_was_not_slow_whatever_timed_out_after_it() -> None:
    found = judged(web(http_experiment_failure="generic_timeout_error"))
    assert found.outcome is Outcome.UNKNOWN


@given(st.sampled_from([*CUTS, "network_unreachable", "host_unreachable"]))
def test_ipv6_alone_says_nothing(failure: str) -> None:
    keys = tcp_fails(web(ip="2606:2800:220::1"), failure)
    assert judged(keys).outcome is Outcome.UNKNOWN


@given(st.sampled_from(STEPS[1:]), st.sampled_from(FAILURES), st.sampled_from([0, 200, 302, 403]))
def test_slowed_is_a_timeout_after_the_head_of_a_page(step: Any, failure: str, code: int) -> None:
    keys = http_fails(web(), failure, code) if step is http_fails else step(web(), failure)
    slow = step is http_fails and failure == "generic_timeout_error" and code in {200, 403}
    found = judged(keys)
    assert (found.outcome is Outcome.SLOWED) == slow
    if slow:
        assert (found.layer, found.strength) == (Layer.HTTP, Strength.PLAIN)
        keys["control"]["http_request"]["body_length"] = 0
        assert judged(keys).outcome is Outcome.BLOCKED


BLOCKED = {
    "reset": (tcp_fails, "connection_reset", Layer.TCP, Strength.PLAIN),
    "refused": (tcp_fails, "connection_refused", Layer.TCP, Strength.PLAIN),
    "no way": (tcp_fails, "host_unreachable", Layer.TCP, Strength.WEAK),
    "tls reset": (tls_fails, "connection_reset", Layer.TLS, Strength.PLAIN),
    "tls end": (tls_fails, "eof_error", Layer.TLS, Strength.PLAIN),
    "tls name": (tls_fails, "ssl_invalid_hostname", Layer.TLS, Strength.PLAIN),
    "http reset": (http_fails, "connection_reset", Layer.HTTP, Strength.PLAIN),
    "http timeout": (http_fails, "generic_timeout_error", Layer.HTTP, Strength.PLAIN),
    "denied": (dns_fails, "dns_nxdomain_error", Layer.DNS, Strength.PLAIN),
    "silent": (dns_fails, "generic_timeout_error", Layer.DNS, Strength.PLAIN),
    "servfail": (dns_fails, "dns_servfail_error", Layer.DNS, Strength.WEAK),
    "refuses": (dns_fails, "dns_refused_error", Layer.DNS, Strength.WEAK),
    "android": (dns_fails, "android_dns_cache_no_data", Layer.DNS, Strength.WEAK),
}


@pytest.mark.parametrize("name", BLOCKED)
def test_blocked_where_the_control_worked(name: str) -> None:
    step, failure, layer, strength = BLOCKED[name]
    found = judged(step(web(), failure))
    assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, layer, strength)
    assert failure in found.reason


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("failure", ["unknown_failure: x", "network_unreachable", "interrupted"])
def test_what_has_no_word_or_is_the_probes_own_trouble_is_unknown(step: Any, failure: str) -> None:
    assert judged(step(web(), failure)).outcome is Outcome.UNKNOWN


def test_another_resolver_that_answers_makes_a_servfail_plain() -> None:
    keys = dns_fails(web(), "dns_servfail_error")
    other = {**web()["queries"][0], "engine": "udp"}
    assert judged({**keys, "queries": [*keys["queries"], other]}).strength is Strength.PLAIN


@pytest.mark.parametrize("ip", [BOGON, "0.0.0.0", "127.0.0.1", "::1", "d0::11", "100.64.1.1"])  # noqa: S104
def test_addresses_that_lead_nowhere(ip: str) -> None:
    keys = {**tcp_fails(web(ip=ip), "generic_timeout_error"), "control": web()["control"]}
    found = judged(keys)
    assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN)
    assert ip in found.reason
    keys["control"]["dns"]["addrs"] = [ip]
    assert judged(keys).outcome is Outcome.DOWN


def test_an_ipv4_address_spelled_for_ipv6_leads_somewhere() -> None:
    keys = web("http://www.example.com/", ip="64:ff9b::5db8:d822")
    assert (
        judged({**keys, "control": web("http://a.b/")["control"]}, "http://www.example.com/").outcome
        is Outcome.OK
    )


@pytest.mark.parametrize("same", [True, False])
def test_an_answer_that_differs_is_weak_at_most(same: bool) -> None:
    url = "http://www.example.com/"
    keys = web(url, ip=OTHER, dns_consistency="inconsistent", status_code_match=same)
    found = judged({**keys, "control": web(url)["control"]}, url)
    if same:
        assert (found.outcome, found.reason[:7]) == (Outcome.OK, "geo-DNS")
    else:
        assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, Layer.DNS, Strength.WEAK)


def test_a_wrong_certificate_at_an_address_of_the_resolvers_own_is_a_forged_answer() -> None:
    keys = tls_fails(web(ip=OTHER, dns_consistency="inconsistent"), "ssl_unknown_authority")
    keys["control"] = web()["control"]
    found = judged(keys)
    assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN)


@pytest.mark.parametrize("reached", [True, False])
def test_a_connection_that_fails_where_the_control_was_not_sent(reached: bool) -> None:
    keys = tcp_fails(web(ip=OTHER, dns_consistency="inconsistent"), "connection_refused")
    control = web()["control"]
    control["tcp_connect"][f"{OTHER}:443"] = {"status": reached, "failure": None if reached else "refused"}
    found = judged({**keys, "control": control})
    assert (found.outcome, found.layer) == (Outcome.BLOCKED, Layer.DNS)
    assert found.strength is (Strength.PLAIN if reached else Strength.WEAK)


def test_a_page_that_differs_is_weak() -> None:
    url = "http://www.example.com/"
    keys = web(url, body_proportion=0.1, body_length_match=False, headers_match=False, title_match=False)
    found = judged(keys, url)
    assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, Layer.HTTP, Strength.WEAK)
    keys["requests"][0]["response"] = {"code": 503, "body": "<div class='cf-browser-verification'>"}
    assert judged(keys, url).outcome is Outcome.DISCARDED


def test_a_block_page_with_a_certificate_of_its_own_acquits_nobody() -> None:
    url = "http://www.example.com/"
    hops = [
        {"failure": None, "request": {"url": to}, "response": {"code": code}}
        for to, code in (("https://blocked.example.net/", 200), (url, 302))
    ]
    keys = web(url, requests=hops, body_proportion=0.1, body_length_match=False, headers_match=False)
    assert judged({**keys, "title_match": False}, url).outcome is Outcome.BLOCKED


@pytest.mark.parametrize(
    ("location", "subject"),
    [
        ("http://far.example/", "domain:far.example"),
        ("//far.example/there", "domain:far.example"),
        ("https://FAR.example:8443/", "domain:far.example"),
        ("/elsewhere", "domain:www.example.com"),
        ("https://example.com/", "domain:www.example.com"),
        ("https://shop.example.com/", "domain:www.example.com"),
    ],
)
def test_what_fails_further_on_is_what_the_site_leads_to(location: str, subject: str) -> None:
    """Of the failed request itself nothing is recorded: the answer before says where it went."""
    head = {"code": 302, "headers": {"Location": location}}
    hops = [{"failure": None, "request": {"url": "https://www.example.com/"}, "response": head}]
    found = judged({**web(), "requests": hops, "http_experiment_failure": "connection_reset"})
    assert (found.outcome, found.subject) == (Outcome.BLOCKED, subject)
    assert ("where www.example.com leads" in found.reason) == (subject != "domain:www.example.com")


def test_a_failed_request_of_another_site_is_that_sites() -> None:
    hops = [
        {"failure": "connection_reset", "request": {"url": "http://far.example/"}, "response": {"code": 0}},
        {"failure": None, "request": {"url": "https://www.example.com/"}, "response": {"code": 302}},
    ]
    found = judged({**web(), "requests": hops, "http_experiment_failure": "connection_reset"})
    assert (found.outcome, found.layer) == (Outcome.BLOCKED, Layer.HTTP)
    assert found.subject == "domain:far.example"


@pytest.mark.parametrize("location", ["", "http://", "http://[2606:2800:220::1]/"])
def test_where_nobody_can_say_what_failed_nothing_is_blocked(location: str) -> None:
    head = {"code": 302, "headers": {"Location": location} if location else {}}
    hops = [{"failure": None, "request": {"url": "https://www.example.com/"}, "response": head}]
    found = judged({**web(), "requests": hops, "http_experiment_failure": "connection_reset"})
    assert (found.outcome, found.subject) == (Outcome.UNKNOWN, "domain:www.example.com")


@pytest.mark.parametrize("keys", [None, {}])
def test_no_results_are_unknown(keys: object) -> None:
    found = judged(keys)
    assert (found.outcome, found.control) == (Outcome.UNKNOWN, None)


def test_results_of_another_type_are_refused() -> None:
    wrong: list[Any] = [[], 7, {"queries": 7}, {"control": "x"}, {"tcp_connect": [{"ip": []}]}]
    for keys in wrong:
        with pytest.raises(WrongAnswerError, match=r"^test_keys: "):
            judged(keys)


@pytest.mark.parametrize(
    ("url", "subject"),
    [
        ("HTTPS://WWW.Example.COM:8443/A?b#c", "domain:www.example.com"),
        ("http://user:word@example.com./", "domain:example.com"),
        ("http://Яндекс.рф/", "domain:яндекс.рф"),
        ("example.org", "domain:example.org"),
        ("http://10.0.0.1:80/", "domain:10.0.0.1"),
    ],
)
def test_a_site_is_named_by_its_host(url: str, subject: str) -> None:
    assert judged(web(), url).subject == subject


@pytest.mark.parametrize(
    "url", [None, "", "http://", "http://[2606::1]/", "http://[x/", "http://a b/", "http://a:b/"]
)
def test_an_input_that_names_no_host_gives_nothing(url: str | None) -> None:
    assert verdict.tests_of(whole("web_connectivity", web(), input=url)) == ()


def test_what_belongs_to_a_test() -> None:
    found = judged(json.loads(json.dumps(web())))
    assert str(found.country) == "IT"
    assert str(found.network) == "AS137"
    assert found.run == "20240212T203347Z_x_IT_137_n1_abc"
    assert found.instrument == "ooniprobe 3.22.0 web_connectivity 0.5.28"
    assert found.address is not None
    assert found.address.startswith("https://explorer.ooni.org/measurement/20240212T203347Z")


@pytest.mark.parametrize("base", ["https://[x", "http://a]/"])
def test_a_redirect_from_where_no_url_leads_is_of_no_site(base: str) -> None:
    head = {"code": 302, "headers": {"Location": "/there"}}
    hops = [{"failure": None, "request": {"url": base}, "response": head}]
    keys = {**web(), "requests": hops, "http_experiment_failure": "connection_reset"}
    assert judged(keys).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("target", "failure", "strength"),
    [
        ("http://10.10.34.34/", "connection_refused", Strength.PLAIN),
        ("https://page.operator.example/", "ssl_unknown_authority", Strength.WEAK),
    ],
)
@pytest.mark.parametrize("url", ["http://www.example.com/", "https://www.example.com/"])
def test_where_somebody_between_may_lead_the_tested_site_failed(
    target: str, failure: str, strength: Strength, url: str
) -> None:
    """Without a certificate the redirect may be an operator's; with one it is the site's own."""
    head = {"code": 302, "headers": {"Location": target}}
    hops = [
        {"failure": failure, "request": {"url": target}, "response": {"code": 0}},
        {"failure": None, "request": {"url": url}, "response": head},
    ]
    found = judged(web(url, requests=hops, http_experiment_failure=failure), url)
    forged = url.startswith("http:")
    assert (found.subject == "domain:www.example.com") == forged
    if forged:
        assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, Layer.HTTP, strength)


@given(st.sampled_from([BOGON, "198.18.0.5", "100.64.0.5", "127.0.0.1"]))
def test_a_page_that_is_the_controls_came_from_somewhere(ip: str) -> None:
    url = "http://www.example.com/"
    found = judged({**web(url, ip=ip), "control": web(url)["control"]}, url)
    assert found.outcome is Outcome.OK
    other = judged({**web(url, ip=BOGON, title_match=False), "control": web(url)["control"]}, url)
    assert other.outcome is Outcome.BLOCKED  # a page of blocking may have the length of the control's


@given(st.sampled_from(["198.18.0.1", "198.19.255.255"]), st.sampled_from(CUTS), st.sampled_from(STEPS[1:]))
def test_an_address_that_a_vpns_client_made_up_says_nothing(ip: str, failure: str, step: Any) -> None:
    found = judged({**step(web(ip=ip), failure), "control": web()["control"]})
    assert (found.outcome, ip in found.reason) == (Outcome.UNKNOWN, True)


@pytest.mark.parametrize("step", [tcp_fails, tls_fails])
def test_many_different_failures_take_no_time_by_their_square(step: Any) -> None:
    keys = step(web(), "connection_reset")
    for name in ("tcp_connect", "tls_handshakes"):
        if keys[name] and step is (tcp_fails if name == "tcp_connect" else tls_fails):
            keys[name] = [
                {**keys[name][0], "failure": f"x{at}", "status": {"failure": f"x{at}"}}
                for at in range(100_000)
            ]
    began = time.process_time()
    judged(keys)
    assert time.process_time() - began < 10  # linear: 0.2 s; by the square: over two minutes
