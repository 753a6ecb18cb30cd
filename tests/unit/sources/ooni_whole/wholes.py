"""Whole measurements to make tests of: web measurements step by step, and any others."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from shutdownkit.model.service_tests import ServiceTest
from shutdownkit.sources.ooni.whole import verdict
from shutdownkit.sources.ooni.whole.fingerprints import NONE, Fingerprints
from shutdownkit.sources.ooni.whole.record import Whole, read_whole

ADDRESS, OTHER, BOGON = "93.184.216.34", "151.101.1.111", "10.10.34.34"
CUTS = ("connection_reset", "generic_timeout_error", "eof_error", "connection_refused")
FAILURES = (
    *CUTS,
    "dns_nxdomain_error",
    "dns_servfail_error",
    "dns_refused_error",
    "android_dns_cache_no_data",
    "ssl_invalid_hostname",
    "ssl_unknown_authority",
    "host_unreachable",
    "network_unreachable",
    "http_invalid_redirect_location_host",
    "unknown_failure: what",
)


def line(test: str, keys: Any, **fields: Any) -> bytes:
    """A measurement as a line of JSON."""
    base = {
        "test_name": test,
        "measurement_start_time": "2024-02-12 20:33:47",
        "probe_cc": "IT",
        "probe_asn": "AS137",
        "report_id": "20240212T203347Z_x_IT_137_n1_abc",
        "software_name": "ooniprobe",
        "software_version": "3.22.0",
        "test_version": "0.5.28",
        "resolver_ip": "8.8.8.8",
        "test_keys": keys,
    }
    return json.dumps({**base, **fields}).encode()


def whole(test: str, keys: Any, **fields: Any) -> Whole:
    return read_whole(line(test, keys, **fields))


def only(one: Whole, fingerprints: Fingerprints = NONE) -> ServiceTest:
    """The one test of a measurement."""
    (found,) = verdict.tests_of(one, fingerprints)
    return found


def judged(
    keys: Any, url: str = "https://www.example.com/", fingerprints: Fingerprints = NONE
) -> ServiceTest:
    """What is said of a web measurement."""
    return only(whole("web_connectivity", keys, input=url), fingerprints)


def web(url: str = "https://www.example.com/", ip: str = ADDRESS, **changes: Any) -> dict[str, Any]:
    """The results of a web measurement, of which all went well; and changes."""
    host = url.split("/")[2]
    port = 443 if url.startswith("https") else 80
    at = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
    family = "ipv6" if ":" in ip else "ipv4"
    keys: dict[str, Any] = {
        "blocking": False,
        "accessible": True,
        "control_failure": None,
        "dns_experiment_failure": None,
        "dns_consistency": "consistent",
        "http_experiment_failure": None,
        "body_proportion": 1.0,
        "body_length_match": True,
        "status_code_match": True,
        "headers_match": True,
        "title_match": True,
        "queries": [
            {
                "engine": "system",
                "hostname": host,
                "query_type": "A",
                "failure": None,
                "answers": [{"answer_type": "A", family: ip}],
            }
        ],
        "tcp_connect": [{"ip": ip, "port": port, "status": {"failure": None, "success": True}}],
        "tls_handshakes": [{"address": at, "server_name": host, "failure": None}] if port == 443 else [],
        "requests": [{"failure": None, "request": {"url": url}, "response": {"code": 200, "body": "hello"}}],
        "control": {
            "dns": {"failure": None, "addrs": [ip]},
            "tcp_connect": {at: {"status": True, "failure": None}},
            "tls_handshake": {at: {"status": True, "failure": None}},
            "http_request": {"failure": None, "status_code": 200, "body_length": 1256},
        },
    }
    return {**keys, **changes}


def dns_fails(keys: dict[str, Any], failure: str) -> dict[str, Any]:
    """The name does not resolve here."""
    query = {**keys["queries"][0], "failure": failure, "answers": None}
    return {
        **keys,
        "queries": [query],
        "dns_experiment_failure": failure,
        "dns_consistency": "inconsistent",
        **_ended(failure),
        "tcp_connect": [],
        "tls_handshakes": [],
        "requests": [],
    }


def tcp_fails(keys: dict[str, Any], failure: str) -> dict[str, Any]:
    """No connection is made here."""
    connects = [{**one, "status": {"failure": failure, "success": False}} for one in keys["tcp_connect"]]
    return {**keys, "tcp_connect": connects, **_ended(failure), "tls_handshakes": [], "requests": []}


def tls_fails(keys: dict[str, Any], failure: str) -> dict[str, Any]:
    """No handshake is made here."""
    shakes = [{**one, "failure": failure} for one in keys["tls_handshakes"]]
    return {**keys, "tls_handshakes": shakes, **_ended(failure), "requests": []}


def http_fails(keys: dict[str, Any], failure: str, code: int = 0) -> dict[str, Any]:
    """The request fails here, with or without the head of a response."""
    request = {**keys["requests"][0], "failure": failure, "response": {"code": code, "body": ""}}
    return {**keys, "requests": [request], **_ended(failure)}


def _ended(failure: str) -> dict[str, Any]:
    marks = ("body_length_match", "status_code_match", "headers_match", "title_match")
    said = {"blocking": "http-failure", "accessible": False, "body_proportion": 0}
    return {**said, "http_experiment_failure": failure, **dict.fromkeys(marks)}


STEPS = (dns_fails, tcp_fails, tls_fails, http_fails)
failing = st.builds(
    lambda step, failure, url: (url, step(web(url), failure)),
    st.sampled_from(STEPS),
    st.sampled_from(FAILURES),
    st.sampled_from(["https://www.example.com/", "http://www.example.com/a?b=c", "http://example.com"]),
)
scalars = st.none() | st.booleans() | st.integers(-2, 600) | st.floats(allow_nan=False, allow_infinity=False)
junk = st.recursive(
    scalars | st.text(max_size=6) | st.sampled_from(FAILURES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
