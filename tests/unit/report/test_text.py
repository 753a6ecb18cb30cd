"""The report to read in a terminal."""

from __future__ import annotations

import re

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.knowledge import Intent
from shutdownkit.model.verdict import Cause, CauseProbabilities, Condition, Mechanism
from shutdownkit.report.content import EpisodeVerdict
from shutdownkit.report.report import Report
from shutdownkit.report.text import report_text
from shutdownkit.report.words import HAS_CAUSE, printable
from shutdownkit.testing.strategies import reports
from tests.unit.report.samples import EVENT, LASTING, judged, quiet_report, report, verdict

ANSI = re.compile(r"\x1b\[[0-9;]*m")
NUMBER = re.compile(r"deliberate: ([<>]?0\.\d\d)", re.IGNORECASE)
MOSTLY_POWER = CauseProbabilities(
    {cause: {Cause.POWER: 0.72, Cause.DELIBERATE: 0.04}.get(cause, 0.04) for cause in Cause}
)


@given(reports(), st.integers(60, 140))
def test_no_line_is_longer_than_the_width(content: Report, width: int) -> None:
    text = report_text(content, width=width)
    assert max(map(len, text.split("\n"))) <= width
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@given(reports())
def test_colour_adds_escape_codes_and_nothing_else(content: Report) -> None:
    coloured = report_text(content, colour=True)
    assert coloured != report_text(content)
    assert ANSI.sub("", coloured) == report_text(content)


@given(reports())
def test_no_text_of_a_provider_reaches_the_terminal_s_controls(content: Report) -> None:
    hostile = "\x1b]0;title\x07 \x9b31m \u202e"
    content = attrs.evolve(content, notices=(hostile,), licences=(hostile,))
    controls = {char for char in report_text(content) if ord(char) < 32 or 127 <= ord(char) < 160}
    assert controls == {"\n"}
    assert "\u202e" not in report_text(content)


@given(reports())
def test_everything_that_happened_is_told(content: Report) -> None:
    text = report_text(content, width=4000)
    for one in content.episodes:
        assert printable(one.episode.id) in text
        for piece in one.verdict.evidence:
            cited = re.escape(printable(f"{piece.rule}: {piece.text}"))
            numbers = re.findall(rf"{cited} \[(\d+)\]\n", text)
            assert any(f"  [{number}] {printable(piece.source)}\n" in text for number in numbers)


@pytest.mark.parametrize("width", [59, 0, -1])
def test_too_narrow_a_page_is_refused(width: int) -> None:
    with pytest.raises(InvalidValueError, match=f"^width: {width} is under 60$"):
        report_text(report(), width=width)


@pytest.mark.parametrize("width", range(60, 141))
@pytest.mark.parametrize("condition", Condition)
def test_intent_is_never_named_without_its_probability(condition: Condition, width: int) -> None:
    text = report_text(report(condition), width=width)
    named = text.casefold().count("deliberate")
    assert named == len(NUMBER.findall(text)) == (2 if condition in HAS_CAUSE else 0)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition.NORMAL, "Nothing out of the ordinary was seen.\n"),
        (
            Condition.OUTAGE,
            "Outage: half or more was lost on at least one signal; deliberate: 0.97 (extremely likely).\n",
        ),
        (
            Condition.DEGRADED,
            "or it worked worse; deliberate: 0.97 (extremely likely).\n",
        ),
        (
            Condition.BLOCKING,
            "Blocking: services failed while the network worked; deliberate: 0.97 (extremely likely).\n",
        ),
        (Condition.ARTEFACT, "Artefact: the instrument failed, not the network.\n"),
        (Condition.INSUFFICIENT_DATA, "Not enough data to say what happened.\n"),
    ],
)
def test_the_condition_in_words(condition: Condition, words: str) -> None:
    assert words in report_text(report(condition), width=120)


def test_the_order_of_the_sections() -> None:
    text = report_text(report())
    marks = [
        "NOTICE: The signals are a reconstruction.",
        "Belarus (BY)",
        "2020-08-08 00:00 to 2020-08-12 00:00 UTC",
        "Outage: ",
        "Signals, share of the expected level",
        "episodes  ",
        "faults  ",
        "Episode 1: BY-2020-08-09T18",
        "Speaks for intent (weights in nats)",
        "+2.50  planes.routes-up: Routes stayed up. [2]",
        "+1.20  timing.local-hour",
        "Speaks against intent",
        "-0.40  recovery.gradual",
        "Should be there and is missing",
        "claims.order",
        "Is there and may not be used",
        "telescope.level: The telescope fell too. [5]",
        "Sources of the evidence",
        "[1] Bischof and others 2023, figure 4",
        "[2] Dainotti and others 2011",
        "Instrument faults",
        "bgp.visible-slash24s, 2020-08-11 12:00 to 2020-08-11 18:00 UTC, seen on BY, UA",
        "What could not have been seen",
        "Sources that failed",
        "ooni: no answer within 30 s",
        "Coverage",
        "Licences",
        "Rules 2026.2.",
    ]
    places = [text.find(mark) for mark in marks]
    assert -1 not in places
    assert places == sorted(places)
    assert text.startswith(marks[0])


def test_an_episode_s_facts() -> None:
    lines = [" ".join(line.split()) for line in report_text(report(), width=140).split("\n")]
    facts = """
        Onset 2020-08-09 18:00 UTC (21:00 in Europe/Minsk), seen in bins of 10 min
        End 2020-08-11 06:20 UTC (09:20 in Europe/Minsk)
        Duration 1 d 12 h 20 min
        Intent Deliberate: 0.97 (extremely likely)
        Or else no other cause reaches 0.05
        How traffic filtered while routes stayed up (if it was done on purpose)
        Signal probing.up-slash24s: 80 % lost (at worst 95 %), from 2020-08-09 18:00 UTC to
    """
    for fact in filter(None, map(str.strip, facts.splitlines())):
        assert any(line.startswith(fact) for line in lines), fact


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("probing.up-slash24s", "80 % lost (at worst 95 %)"),
        ("ooni.anomaly-ratio", "80 % of what worked failed (at worst 95 %)"),
        ("throughput.rtt", "80 % worse (at worst 95 %)"),
    ],
)
def test_the_loss_is_told_in_words_that_fit_the_kind(kind: str, words: str) -> None:
    event = attrs.evolve(EVENT, kind=KINDS[kind])
    content = attrs.evolve(report(), episodes=(judged(Condition.OUTAGE, event),))
    assert f"{kind}: {words}, from" in report_text(content)


def test_an_episode_that_lasts_has_no_end() -> None:
    lasting = attrs.evolve(report(), episodes=(judged(Condition.OUTAGE, LASTING, ongoing=True),))
    text = report_text(lasting, width=120)
    assert "End        not yet; the data end 2020-08-11 06:20 UTC" in text
    assert "1 d 12 h 20 min so far" in text
    assert "from 2020-08-09 18:00 UTC on\n" in text
    assert "▶" in text


def test_another_cause_that_is_more_probable_is_in_the_headline() -> None:
    base = report()
    other = EpisodeVerdict(
        base.episodes[0].episode,
        verdict(Condition.OUTAGE, MOSTLY_POWER, Mechanism.UNKNOWN, Intent.SPONTANEOUS),
    )
    text = report_text(attrs.evolve(base, episodes=(other,)), width=200)
    assert "; not deliberate: a fault; deliberate: 0.04 (extremely unlikely); most probable" in text
    assert "deliberate: 0.04 (extremely unlikely); most probable cause: power cut: 0.72." in text
    assert "  Or else    power cut: 0.72\n" in text
    assert "  How        not known\n" in text
    both = report_text(attrs.evolve(base, episodes=(other, base.episodes[0])), width=200)
    assert "; in the likeliest of 2 such episodes deliberate: 0.97 (extremely likely).\n" in both


@pytest.mark.parametrize(("name", "has_local"), [("BY", True), ("RU", False), ("AS6697", False)])
def test_local_time_stands_just_where_the_country_has_one_zone(name: str, has_local: bool) -> None:
    base = report()
    episode = Episode(Entity.parse(name), base.episodes[0].episode.window)
    text = report_text(attrs.evolve(base, episodes=(EpisodeVerdict(episode, verdict()),)))
    assert ("in Europe/" in text) == has_local
    assert f"{name}-2020-08-09T18" in text


def test_a_report_of_nothing_is_short() -> None:
    assert report_text(quiet_report()) == (
        "US/LA (United States)\n"
        "2020-08-08 00:00 to 2020-08-12 00:00 UTC\n"
        "Nothing out of the ordinary was seen.\n"
        "\n"
        "Rules 2026.2.\n"
    )
    assert str(quiet_report()) == report_text(quiet_report())
