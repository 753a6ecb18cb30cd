"""Services in the text and in the view for notebooks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.model.reach import Block, Blocking, Discards, NetworkReach, Reach, ServiceReach
from shutdownkit.model.service_tests import Layer
from shutdownkit.model.verdict import Mechanism
from shutdownkit.report.html import report_html
from shutdownkit.report.report import Report
from shutdownkit.report.service_words import REACH_WORDS, counted, layers_text, listed
from shutdownkit.report.text import report_text
from shutdownkit.report.words import printable
from shutdownkit.testing.strategies import reports
from tests.unit.report.samples import report, verdict
from tests.unit.report.service_samples import (
    BLOCKING,
    SERVICES,
    TELEGRAM,
    VIDEO,
    asn,
    blocking_report,
    reach,
)

GRAVE = {Reach.BLOCKED, Reach.SLOWED}
HOSTILE = ["<script>alert(1)</script>", '"><b>', "a & b", "</td></div>", "'\"<>&"]


def spaced(text: str) -> str:
    return " ".join(text.split())


def wide(content: Report) -> list[str]:
    """The lines of the text without pictures, each as long as it likes, spaces together."""
    content = attrs.evolve(content, traces=())
    return [spaced(line) for line in report_text(content, width=10_000).split("\n")]


def one_block(**changes: Any) -> str:
    """The line that tells of a block."""
    blocking = Blocking((attrs.evolve(TELEGRAM, **changes),))
    (line,) = [line for line in wide(blocking_report(blocking, ())) if line.startswith("Service ")]
    return line


def blocked_titles(content: Report) -> set[str]:
    titles = {one.title for one in content.services if one.reach in GRAVE}
    for judged in content.episodes:
        if judged.blocking is not None:
            titles |= {block.title for block in judged.blocking.blocks}
    return {printable(title) for title in titles}


def parsed(content: Report) -> ET.Element:
    return ET.fromstring(report_html(content))  # noqa: S314 - the test's own text


# --- laws


@given(reports())
def test_every_blocked_service_is_named_in_text_and_html(content: Report) -> None:
    text = " ".join(wide(content))
    html = spaced("\n".join(parsed(content).itertext()))
    for title in blocked_titles(content):
        assert title in text
        assert title in html


@pytest.mark.parametrize(("blocked", "rows"), [(1, 60), (20, 21), (21, 20), (60, 1)])
@pytest.mark.parametrize("slowed", [False, True])
def test_however_many_are_blocked_each_is_named(blocked: int, rows: int, slowed: bool) -> None:
    blocking = Blocking(
        tuple(attrs.evolve(TELEGRAM, service=f"s{i}", title=f"<S{i}>", slowed=slowed) for i in range(blocked))
    )
    state = Reach.SLOWED if slowed else Reach.BLOCKED
    services = tuple(
        ServiceReach(f"r{i}", f"<R{i}>", (), state, (NetworkReach(None, state, 1, 1),)) for i in range(rows)
    )
    content = blocking_report(blocking, services)
    html = "\n".join(parsed(content).itertext())
    for title in blocked_titles(content):
        assert title in report_text(content)
        assert title in html


@given(reports())
def test_a_report_without_services_has_no_word_of_them(content: Report) -> None:
    bare = attrs.evolve(
        content,
        services=(),
        episodes=tuple(attrs.evolve(one, blocking=None) for one in content.episodes),
    )
    for text in (report_text(bare), report_html(bare)):
        assert "Services (" not in text
        assert "on the same networks" not in text
    if content.services:
        assert "Services (" in report_text(content)
        assert "Services (" in report_html(content)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_about_services_becomes_markup(hostile: str) -> None:
    tags = {element.tag for element in parsed(blocking_report()).iter()}
    block = attrs.evolve(TELEGRAM, title=hostile, subjects=(hostile + "?",))
    blocking = Blocking((block,), held=(hostile,), failed_too=(hostile + "!",))
    network = NetworkReach(None, Reach.BLOCKED, 1, 1, reason=hostile)
    row = ServiceReach("x", hostile, (hostile,), Reach.BLOCKED, (network,), (Discards(hostile, 2),))
    untold = ServiceReach(
        "y", hostile, (), Reach.INSUFFICIENT, (attrs.evolve(network, reach=Reach.INSUFFICIENT),)
    )
    mixed = blocking_report(blocking, (row, untold))
    root = parsed(mixed)
    assert "".join(root.itertext()).count(hostile) == 10
    assert {element.tag for element in root.iter()} <= tags
    assert "<script" not in report_html(mixed)


@given(reports())
def test_the_order_of_services_within_a_state_is_kept_and_states_come_gravest_first(content: Report) -> None:
    states = [Reach.BLOCKED, Reach.SLOWED, Reach.DOWN]
    rows = list(parsed(attrs.evolve(content, episodes=(), traces=())).iter("tr"))
    cells = [[cell.text for cell in row.iter("td")] for row in rows if row.find("td") is not None]
    wanted = [
        (printable(one.title), REACH_WORDS[state])
        for state in states
        for one in content.services
        if one.reach is state
    ]
    assert [(title, state) for title, state, _ in cells] == wanted


@given(st.lists(st.text("abc", min_size=1, max_size=2), max_size=20), st.integers(1, 9))
def test_a_list_names_the_first_and_counts_the_rest(items: list[str], most: int) -> None:
    text = listed(items, most=most)
    if len(items) <= most:
        assert text == ", ".join(items)
    else:
        assert text == f"{', '.join(items[:most])} and {len(items) - most} more"


def test_every_state_and_layer_has_words() -> None:
    assert set(REACH_WORDS) == set(Reach)
    assert len(set(REACH_WORDS.values())) == len(Reach)
    assert layers_text(Layer) == "DNS, TCP, TLS, HTTP"
    assert (counted(0, "run"), counted(1, "run"), counted(2, "run")) == ("0 runs", "1 run", "2 runs")


# --- an episode


def test_what_was_blocked_in_an_episode() -> None:
    lines = wide(blocking_report())
    facts = [
        "How server names blocked (TLS) (if it was done on purpose); tests failed at TLS, HTTP",
        (
            "Service Telegram: blocked on AS25106, AS6697 (reached on AS42772; AS31143 unclear);"
            " failed: telegram (app), web.telegram.org; TLS, HTTP; 41 of 44 tests failed, 12 with a known"
            " block page or forged address, in 9 runs of probes and 7 hours; last seen working 2020-08-08"
            " 19:12 UTC,"
            " first failing 2020-08-08 20:30 UTC; reachable again from 2020-08-10 11:00 UTC"
        ),
        (
            "Service video.example: slowed on an unknown network; 1 of 1 test failed, in 1 run of probes and"
            " 1 hour; first failing 2020-08-09 01:00 UTC, not seen working before: it may have begun earlier;"
            " last failing 2020-08-11 02:00 UTC, not seen working since"
        ),
        "Held worked on the same networks meanwhile: Google, Wikipedia",
        "Failed too failed there as well, not blocked as far as can be told: domain:gone.example",
    ]
    places = [lines.index(fact) for fact in facts]
    assert places == sorted(places)
    html = spaced(" ".join(parsed(blocking_report()).itertext()))
    for fact in facts:
        assert fact in html


def test_the_words_of_a_block_follow_its_parts() -> None:
    assert "blocked on AS6697; failed" in one_block(networks=(asn(6697),), open=(), unclear=())
    assert "(AS42772 unclear)" in one_block(open=(), unclear=(asn(42772),))
    assert "no longer slowed from 2020-08-10 11:00" in one_block(slowed=True)
    assert "blocked on an unknown network" in one_block(networks=())
    assert "known block page" not in one_block(confirmed=0)
    untold = one_block(tests=0, failed=0, confirmed=0)
    assert "0 of 0" not in untold
    assert "run" not in untold
    assert "; TLS, HTTP; last seen" in untold
    assert "failed:" not in one_block(subjects=())
    assert "failed:" not in one_block(subjects=("domain:telegram.org",), title="telegram.org")
    assert "failed: odd, t (app)" in one_block(subjects=("odd", "app:t"))
    assert "in 9 runs of probes; last" in one_block(hours=0)


def test_long_lists_are_shortened_and_say_by_how_much() -> None:
    many = tuple(asn(number) for number in range(100, 120))
    line = one_block(networks=many, open=(), unclear=())
    assert "AS106, AS107 and 12 more" in line
    assert "AS108" not in line
    held = attrs.evolve(BLOCKING, held=tuple(f"s{number:02}" for number in range(9)))
    assert any("s06, s07 and 1 more" in line for line in wide(blocking_report(held)))


def test_of_many_blocks_twenty_are_told_in_full() -> None:
    def moved(number: int) -> Block:
        later = timedelta(minutes=number)
        return attrs.evolve(VIDEO, service=f"v{number}", title=f"V{number}", since=VIDEO.since + later)

    lines = wide(blocking_report(Blocking(tuple(map(moved, range(23))))))
    assert len([line for line in lines if line.startswith("Service V")]) == 20
    assert "As well V20 (slowed), V21 (slowed), V22 (slowed)" in lines


@pytest.mark.parametrize(
    ("mechanism", "words"),
    [
        (Mechanism.DNS, "names blocked (DNS) (if it was done on purpose); tests failed at TLS, HTTP"),
        (Mechanism.THROTTLING, "throttled (if it was done on purpose); tests failed at TLS, HTTP"),
        (Mechanism.UNKNOWN, "not known; tests failed at TLS, HTTP"),
    ],
)
def test_how_it_was_done_comes_with_the_layers(mechanism: Mechanism, words: str) -> None:
    content = blocking_report()
    episode = attrs.evolve(content.episodes[0], verdict=verdict(content.condition, mechanism=mechanism))
    lines = wide(attrs.evolve(content, episodes=(episode,)))
    assert f"How {words}" in lines
    bare = attrs.evolve(episode, blocking=None)
    assert f"How {words.partition(';')[0]}" in wide(attrs.evolve(content, episodes=(bare,)))


# --- the section


def test_the_section_of_services() -> None:
    lines = wide(blocking_report())
    start = next(i for i, line in enumerate(lines) if line.startswith("Services (blocked: "))
    assert lines[start + 1 : start + 10] == [
        (
            "- Telegram: blocked on AS25106, AS6697 (TLS, HTTP; 41 of 44 tests failed, 12 with a known block"
            " page or forged address, in 9 runs of probes); reached on AS42772; not enough to tell on AS31143"
            " (1 test in one hour)"
        ),
        "- Video: slowed on AS6697 (HTTP; 5 of 6 tests failed, in 3 runs of probes)",
        "- Vendor: down on an unknown network (it fails elsewhere as well)",
        "- Reached: Google, Wikipedia",
        "- Not enough to tell (2 tests): Zoom",
        "- Not enough to tell (no reason given): Tor",
        "- Not counted, geo-DNS: Google (30 tests), Vendor (1 test)",
        "- Not counted, broken version of the test: Vendor (3 tests)",
        "",
    ]
    assert lines[start - 1] == ""
    assert lines.index("Sources of the evidence") == start + 10
    assert any(line.startswith("Episode 1") for line in lines[:start])


def test_the_table_of_services_in_html() -> None:
    html = report_html(blocking_report())
    colours = re.findall(r'color:(#[0-9a-f]{6})">(\w+)<', html)
    assert colours == [("#c0392b", "blocked"), ("#c0392b", "slowed"), ("#7f8c8d", "down")]
    assert "<li>Reached: Google, Wikipedia</li>" in html
    assert html.index("Telegram</td>") < html.index("Video</td>") < html.index("Vendor</td>")
    reached_only = report_html(attrs.evolve(report(), services=SERVICES[:1]))
    assert "<th>Service</th>" not in reached_only
    assert "<li>Reached: Google</li>" in reached_only


def test_of_many_services_the_section_names_what_is_blocked_and_counts_the_rest() -> None:
    def many(state: Reach, count: int, reason: str = "") -> tuple[ServiceReach, ...]:
        name = state.value[0]
        networks = (NetworkReach(None, state, 1, 0, reason=reason),)
        return tuple(reach(f"{name}{number}", state, *networks) for number in range(count))

    services = (
        *many(Reach.BLOCKED, 31),
        *many(Reach.DOWN, 31),
        *many(Reach.OK, 31),
        *(many(Reach.INSUFFICIENT, 1, f"reason {number}")[0] for number in range(11)),
        *(
            reach(f"d{n}", Reach.OK, NetworkReach(None, Reach.OK, 1, 0), discards=(Discards(f"why {n}", 1),))
            for n in range(10)
        ),
    )
    lines = wide(attrs.evolve(report(), services=services))
    blocked = ", ".join(f"B{number}" for number in range(20, 31))
    assert f"- Blocked as well: {blocked}" in lines
    assert "- Down as well: D20, D21, D22, D23, D24, D25, D26, D27 and 3 more" in lines
    assert "- Reached: O0, O1, O2, O3, O4, O5, O6, O7 and 33 more" in lines
    assert "- Not enough to tell (reason 7): I0" in lines
    assert "- Not enough to tell (other reasons): I0, I0, I0" in lines
    assert "- Not counted, why 7: D7 (1 test)" in lines
    assert "- Not counted for 2 other reasons" in lines


def test_the_commonest_reason_is_the_one_that_is_given() -> None:
    networks = [
        NetworkReach(asn(number), Reach.INSUFFICIENT, 1, 0, reason=reason)
        for number, reason in ((1, "rare"), (2, "usual"), (3, ""), (4, "usual"))
    ]
    lines = wide(attrs.evolve(report(), services=(reach("zoom", Reach.INSUFFICIENT, *networks),)))
    assert "- Not enough to tell (usual): Zoom" in lines


@pytest.mark.parametrize(
    ("count", "words"),
    [(3, "(why 0, or; why 1, or; why 2, or)"), (5, "(why 0, or; why 1, or; why 2, or; and 2 other reasons)")],
)
def test_a_row_gives_three_reasons_and_counts_the_rest(count: int, words: str) -> None:
    networks = [NetworkReach(asn(n + 1), Reach.DOWN, 1, 0, reason=f"why {n}, or") for n in range(count)]
    repeated = NetworkReach(asn(99), Reach.DOWN, 1, 0, reason="why 0, or")
    lines = wide(attrs.evolve(report(), services=(reach("zoom", Reach.DOWN, *networks, repeated),)))
    assert any(line.endswith(f", AS99 {words}") for line in lines)
