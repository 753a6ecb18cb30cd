"""What is taken out of recorded answers."""

from __future__ import annotations

import base64
import html
import json
import re
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import CallerError
from shutdownkit.reading.http.request import Secret
from shutdownkit.testing.exchanges import Exchange
from shutdownkit.testing.scrubbing import SCRUBS, Scrub, Scrubber, check_no_secret

KEY = 'c4n4ry/01 23+~"x'
SECRET = Secret(KEY)
FORMS = {
    "plain": KEY,
    "quoted": quote(KEY, safe=""),
    "quoted, small": quote(KEY, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "plus": quote(KEY, safe="").replace("%20", "+"),
    "json": json.dumps(KEY)[1:-1],
    "json, slash": json.dumps(KEY)[1:-1].replace("/", r"\/"),
    "basic": base64.b64encode(f"{KEY}:".encode()).decode(),
}


def scrubbed(body: bytes, **more: object) -> tuple[bytes, dict[str, int]]:
    scrubber = Scrubber(secrets=[SECRET])
    made = scrubber.scrubbed(Exchange("GET", "/a", body=body, **more))  # type: ignore[arg-type]
    return made.body, dict(scrubber.counts)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_key_is_nowhere_in_any_form(form: str) -> None:
    said = FORMS[form]
    bodies = [said.encode(), b"\xff" + said.encode(), json.dumps({said: [said]}).encode()]
    for body in bodies:
        scrubber = Scrubber(secrets=[SECRET])
        exchange = Exchange("GET", "/a", {"q": said, said: "v"}, headers={"link": f"<{said}>"}, body=body)
        made = scrubber.scrubbed(exchange)
        everything = repr(made) + made.body.decode("latin-1") + json.dumps(dict(made.headers))
        for one in FORMS.values():
            assert one not in everything
        assert scrubber.counts["key"] >= 4
        check_no_secret(everything, [SECRET])


def test_a_text_that_says_a_key_all_the_same_is_refused_without_saying_it() -> None:
    with pytest.raises(CallerError) as caught:
        check_no_secret(f"x{KEY}x", [SECRET])
    assert KEY not in str(caught.value)


ADDRESSES = st.ip_addresses(v=4) | st.ip_addresses(v=6)
AROUND = st.sampled_from(
    ["{}", "from {}.", "({})", "x={},", "ip: {}\n", "<{}>", "'{}'", "[{}]:443", "for={};"]
)


@given(ADDRESSES.filter(lambda one: not (one.is_loopback or one.is_unspecified)), AROUND)
def test_nobodys_address_is_left(address: object, around: str) -> None:
    text = around.format(address)
    nobody = "192.0.2.1" if "." in str(address) and ":" not in str(address) else "2001:db8::1"
    body, counts = scrubbed(json.dumps({"said": text, "more": [text]}).encode())
    if str(address) != nobody:
        assert counts == {"IP address": 2}
    assert json.loads(body)["more"] == [around.format(nobody)]


@pytest.mark.parametrize(
    "text",
    [
        "12:30:00",
        "2020-08-08T12:30:00Z",
        "1.2.3",
        "1.2.3.4.5",
        "127.0.0.1",
        "::1",
        "AS6697",
        "a:b",
        "...",
        "300.1.1.1",
    ],
)
def test_what_is_no_address_of_anybody_stays(text: str) -> None:
    assert scrubbed(text.encode()) == (text.encode(), {})


def test_an_address_with_a_port_goes_and_its_port_stays() -> None:
    assert scrubbed(b"by 203.0.113.9:8080 now") == (b"by 192.0.2.1:8080 now", {"IP address": 1})


def test_a_probe_keeps_its_number_and_loses_where_it_is() -> None:
    record = {
        "id": 60001,
        "country_code": "BY",
        "asn_v4": 6697,
        "address_v4": "178.120.1.2",
        "address_v6": None,
        "prefix_v4": "178.120.0.0/14",
        "prefix_v6": None,
        "description": "At Ivan's home",
        "geometry": {"type": "Point", "coordinates": [27.56667, 53.9]},
        "tags": [{"name": "NAT", "slug": "system-nat"}],
    }
    body, counts = scrubbed(json.dumps({"results": [record], "prefix": "178.120.0.0/14"}).encode())
    gone = {"address_v4": None, "prefix_v4": None, "description": ""}
    kept = {**record, **gone, "geometry": {"type": "Point", "coordinates": [0.0, 0.0]}}
    assert json.loads(body) == {"results": [kept], "prefix": None}
    assert counts == {"address of a probe": 3, "place of a probe": 1, "words of a volunteer": 1}


def test_only_headers_that_say_nothing_of_who_asked_are_kept() -> None:
    headers = {
        "Content-Type": "text/csv",
        "Link": '<https://api.example/2>; rel="next"',
        "Date": "Mon, 01 Jun 2026 12:00:00 GMT",
        "Set-Cookie": "id=1",
        "Cookie": "id=1",
        "Authorization": "x",
        "X-RateLimit-Remaining": "12",
        "X-Client-IP": "203.0.113.9",
        "Server": "x",
    }
    scrubber = Scrubber()
    made = scrubber.scrubbed(Exchange("GET", "/a", headers=headers))
    assert set(made.headers) == {"content-type", "link"}
    assert dict(scrubber.counts) == {"header": 7}


def test_an_e_mail_address_goes_everywhere() -> None:
    scrubber = Scrubber()
    made = scrubber.scrubbed(
        Exchange("GET", "/a", {"mail": "me@home.example.by"}, body=b"ask a.b+c@d-e.org, please")
    )
    assert made.query == (("mail", "someone@example.org"),)
    assert made.body == b"ask someone@example.org, please"
    assert dict(scrubber.counts) == {"e-mail address": 2}


def test_rules_can_be_added() -> None:
    name = Scrub("name", frozenset({"who"}), lambda value: f"N{len(str(value))}")
    city = Scrub("city", pattern=re.compile("Minsk"), write=lambda _: "Town")
    scrubber = Scrubber((*SCRUBS, name, city))
    made = scrubber.scrubbed(
        Exchange("GET", "/Minsk", body=b'{"who": "Ivan", "in": "Minsk", "x": {"who": 1}}')
    )
    assert json.loads(made.body) == {"who": "N4", "in": "Town", "x": {"who": "N1"}}
    assert made.path == "/Town"
    assert dict(scrubber.counts) == {"name": 2, "city": 2}


def test_the_address_that_was_asked_about_stays_in_the_question() -> None:
    made = Scrubber().scrubbed(Exchange("GET", "/a", {"resource": "193.0.6.139"}, body=b'["193.0.6.139"]'))
    assert made.query == (("resource", "193.0.6.139"),)
    assert made.body == b'["192.0.2.1"]'


BEFORE = st.text("abcdefxyz:= ", max_size=8)
"""Words that end in letters that an address may have too, or in a colon."""


@given(BEFORE, st.ip_addresses(v=4).filter(lambda one: not (one.is_loopback or one.is_unspecified)))
def test_no_word_before_an_ipv4_address_hides_it(before: str, address: object) -> None:
    body, _ = scrubbed(f"{before}{address}".encode())
    assert str(address) == "192.0.2.1" or str(address) not in body.decode()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("node:178.120.1.2", "node:192.0.2.1"),
        ("178.120.1.2:178.120.1.3", "192.0.2.1:192.0.2.1"),
        ("178.120.001.002", "192.0.2.1"),
        ("node:2a00:1450:4001:82b:1:2:3:4", "node:2001:db8::1"),
        ("<https://a.example/?ip=2a00%3A1450%3a%3A8>", "<https://a.example/?ip=2001:db8::1>"),
        (
            "<https://a.example/?mail=ivan%2Bb%40home.example.by>",
            "<https://a.example/?mail=someone@example.org>",
        ),
    ],
)
def test_an_address_is_found_behind_a_word_in_a_list_and_in_a_link(text: str, left: str) -> None:
    made = Scrubber().scrubbed(Exchange("GET", "/a", headers={"link": text}, body=text.encode()))
    assert (made.headers["link"], made.body.decode()) == (left, left)


def test_an_e_mail_address_in_a_path_goes() -> None:
    assert (
        Scrubber().scrubbed(Exchange("GET", "/of/ivan%40home.example.by")).path == "/of/someone@example.org"
    )


RECORD = json.dumps(
    {"description": "Ivan's", "geometry": {"coordinates": [27.56667, 53.9]}, "prefix": "x/14"}
)


@pytest.mark.parametrize(
    "body",
    [
        f"{RECORD}\n{RECORD}\n",
        f'{{"x": NaN, "p": {RECORD}}}',
        f'{{"x": 1, "x": 1e999, "p": {RECORD}}}',
        f"call({RECORD});",
        *(f'[{RECORD}, {{"id": 2, {RECORD[1:length]}' for length in range(2, len(RECORD))),
        json.dumps({"raw": RECORD, "said": [json.dumps({"raw": RECORD})]}),
        RECORD.replace("coordinates", r"\u0063oordinates") * 2,
        f"\ufeff{RECORD}",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_a_place_goes_from_what_is_json_in_parts(body: str, encoding: str) -> None:
    made, _ = scrubbed(body.encode(encoding))
    for said in ("Ivan", "27.5", "53.9", "x/14"):
        assert said not in made.decode(encoding)


def test_what_is_json_in_parts_stays_as_it_is_else() -> None:
    body = b'{"a" : NaN, "b":"\\u00e9",\r\n "prefix" :  "1/2", "a":1.50}'
    assert scrubbed(body) == (body.replace(b'"1/2"', b"null"), {"address of a probe": 1})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize("cut", [0, 1])
def test_no_encoding_hides_anything(encoding: str, cut: int) -> None:
    body = f"é,178.120.1.2,ivan@home.example.by,{KEY}\n ".encode(encoding)
    made, counts = scrubbed(body[: len(body) - cut])
    assert counts == {"key": 1, "IP address": 1, "e-mail address": 1}
    assert len(made) % 4 == (len("é,192.0.2.1,someone@example.org,***\n ".encode(encoding)) - cut) % 4


@given(st.binary())
def test_bytes_that_say_nothing_stay(body: bytes) -> None:
    made, counts = scrubbed(body)
    assert made == body or counts or json.loads(body) == json.loads(made)


@given(st.text("abc:", max_size=5), st.text("xyz", max_size=5))
def test_a_key_within_base64_or_another_code_goes(user: str, more: str) -> None:
    packed = f"{user}{KEY}{more}".encode()
    others = [base64.b64encode(packed), base64.urlsafe_b64encode(packed), packed.hex().encode()]
    for said in [*others, html.escape(KEY).encode()]:
        made, counts = scrubbed(b"Basic " + said)
        assert counts["key"] == 1
        assert len(made) < 24 + 3 * len(user + more)


def test_names_that_become_one_stay_apart() -> None:
    body, _ = scrubbed(b'{"178.120.1.2": 1, "178.120.1.3": 2, "192.0.2.1": 3}')
    assert sorted(json.loads(body).values()) == [1, 2, 3]


@pytest.mark.parametrize(
    "text", ["a" * 300_000, "f" * 300_000, '\\"' * 150_000, '"' + "a." * 150_000, "1." * 150_000]
)
def test_a_long_word_is_read_once(text: str) -> None:
    start = time.perf_counter()
    scrubbed(text.encode())
    assert time.perf_counter() - start < 2  # read again from each of its letters it would be hours
