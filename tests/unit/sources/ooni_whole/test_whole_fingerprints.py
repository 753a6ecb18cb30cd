"""Known block pages: what confirms, and what is refused of a list."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import FileError
from shutdownkit.model.service_tests import Layer, Outcome, Strength
from shutdownkit.sources.ooni.whole.fingerprints import Fingerprint, Fingerprints

from .wholes import BOGON, judged, tcp_fails, web

HEADER = "name,scope,other_names,location_found,pattern_type,pattern,confidence_no_fp,expected_countries"
URL = "http://www.example.com/"
SCOPES = ("nat", "isp", "prod", "inst", "vbw", "fp")


def one(location: str, how: str, pattern: str, scope: str = "nat") -> Fingerprints:
    return Fingerprints((Fingerprint("a_1", scope, location, how, pattern, frozenset({"IT"})),))


def differing(**response: Any) -> dict[str, Any]:
    """A web measurement whose page is another than the control's."""
    hop = {"failure": None, "request": {"url": URL}, "response": {"code": 200, **response}}
    marks: dict[str, Any] = {
        "body_proportion": 0.1,
        "body_length_match": False,
        "headers_match": False,
        "title_match": False,
    }
    return web(URL, requests=[hop], **marks)


@given(
    st.sampled_from(SCOPES), st.sampled_from(["IT", "RU", "ZZ", ""]), st.sets(st.sampled_from(["IT", "RU"]))
)
def test_what_confirms(scope: str, country: str, expected: set[str]) -> None:
    mark = Fingerprint("a", scope, "body", "contains", "x", frozenset(expected))
    confirms = scope in {"nat", "isp"} or (scope in {"prod", "inst"} and country in expected)
    assert mark.confirms(country) is confirms


@given(st.text(min_size=1, max_size=5), st.text(max_size=5), st.text(max_size=5))
def test_ways_to_match(pattern: str, before: str, after: str) -> None:
    def fits(how: str, text: str) -> bool:
        return Fingerprint("a", "nat", "body", how, pattern).fits(text)

    assert fits("contains", before + pattern + after)
    assert fits("prefix", pattern + after)
    assert fits("full", pattern)
    assert fits("full", before + pattern) == (not before)
    assert Fingerprint("a", "nat", "body", "regexp", "a.c").fits(before + "abc" + after)


PAGES: dict[str, tuple[Fingerprints, dict[str, Any]]] = {
    "body": (one("body", "contains", "block"), {"body": "a blocked page"}),
    "base64": (
        one("body", "contains", "закрыт"),
        {"body": {"format": "base64", "data": base64.b64encode("закрыт".encode()).decode()}},
    ),
    "header": (
        one("header.location", "prefix", "http://block"),
        {"headers": {"Location": "http://block.it"}},
    ),
    "headers": (one("header.server", "full", "Wall"), {"headers": {"SERVER": ["Wall", "x"]}}),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_known_block_page_confirms(name: str) -> None:
    marks, response = PAGES[name]
    found = judged(differing(**response), URL, marks)
    assert (found.outcome, found.layer, found.strength) == (Outcome.BLOCKED, Layer.HTTP, Strength.CONFIRMED)
    assert "a_1" in found.reason
    assert judged(differing(**response), URL).strength is Strength.WEAK
    failing = {**differing(**response), "control_failure": "connection_reset"}
    assert judged(failing, URL, marks).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "response", [{"body": "fine"}, {"body": None}, {"body": {"format": "base64", "data": "aGk"}}]
)
def test_another_page_does_not(response: dict[str, Any]) -> None:
    assert judged(differing(**response), URL, one("body", "contains", "block")).strength is Strength.WEAK


@pytest.mark.parametrize("scope", ["fp", "vbw"])
def test_known_false_positives_never_confirm(scope: str) -> None:
    marks = one("body", "contains", "block", scope)
    assert judged(differing(body="block"), URL, marks).strength is Strength.WEAK


def test_the_controls_own_page_is_not_searched() -> None:
    keys = web(URL)
    keys["requests"][0]["response"]["body"] = "block"
    assert judged(keys, URL, one("body", "contains", "block")).outcome is Outcome.OK


def test_a_page_over_a_valid_certificate_is_not_searched() -> None:
    keys = web(body_proportion=0.1)
    keys["requests"][0]["response"]["body"] = "block"
    assert judged(keys, fingerprints=one("body", "contains", "block")).outcome is Outcome.OK


def test_of_a_site_that_leads_to_a_page_without_a_certificate_that_page_is_searched() -> None:
    hops = [
        {"failure": None, "request": {"url": to}, "response": {"code": code, "body": body}}
        for to, code, body in (
            ("http://far.example/", 200, "block"),
            ("https://www.example.com/", 302, "lock"),
        )
    ]
    keys = web(requests=hops, body_proportion=0.1)
    assert judged(keys, fingerprints=one("body", "contains", "block")).strength is Strength.CONFIRMED
    hops[0]["response"] = {"code": 200, "body": "fine"}
    found = judged(keys, fingerprints=one("body", "contains", "lock"))
    assert found.strength is not Strength.CONFIRMED


def test_a_known_forged_address_confirms() -> None:
    keys = {**tcp_fails(web(ip=BOGON), "eof_error"), "control": web()["control"]}
    found = judged(keys, fingerprints=one("dns", "full", BOGON))
    assert (found.layer, found.strength) == (Layer.DNS, Strength.CONFIRMED)


def rows(*cells: str) -> str:
    return "\n".join((HEADER, *cells, ""))


def test_lists_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        rows('a_1,nat,,body,contains,"x, ""y""",5,"AE, SA"', "b,isp,,dns,full,1.2.3.4,5,"), "utf-8"
    )
    found = Fingerprints.read(path).known
    assert found == (
        Fingerprint("a_1", "nat", "body", "contains", 'x, "y"', frozenset({"AE", "SA"})),
        Fingerprint("b", "isp", "dns", "full", "1.2.3.4"),
    )
    assert not Fingerprints.read()


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("name,scope\na,nat\n", "location_found"),
        ("", "name"),
        (rows("a,nat,,body,like,x,5,"), "pattern_type"),
        (rows("a,nat,,body,contains,,5,"), "pattern"),
        (rows("a,nat,,body,regexp,(,5,"), "pattern"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str, column: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(FileError) as caught:
        Fingerprints.read(path)
    assert caught.value.column == column


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\xff")
    for name in ("none.csv", "b.csv"):
        with pytest.raises(FileError, match="cannot be read"):
            Fingerprints.read(tmp_path / name)
