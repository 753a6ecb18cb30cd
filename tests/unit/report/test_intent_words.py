"""The answer, what it rests on and what parties claim, in the text and in the view for notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.model.claims import ClaimStatus, PartyClaim, Seen
from shutdownkit.model.entity import Entity
from shutdownkit.model.knowledge import Intent, Knowledge
from shutdownkit.model.verdict import Basis, Cause, Condition, Evidence, Verdict
from shutdownkit.report.claim_words import CLAIMS_TITLE, SEEN_WORDS, STATUS_WORDS
from shutdownkit.report.content import EpisodeVerdict
from shutdownkit.report.html import report_html
from shutdownkit.report.intent_words import (
    ANSWER_WORDS,
    KNOWLEDGE_WORDS,
    answer_text,
    has_context,
    headline,
)
from shutdownkit.report.report import Report
from shutdownkit.report.text import report_text
from shutdownkit.report.words import CONTEXT_TITLE, HAS_CAUSE, printable, sentence
from shutdownkit.testing.strategies import reports, verdicts
from tests.unit.report.claim_samples import (
    ALONE,
    ATTACKED,
    ELECTION,
    context_report,
    context_verdict,
)
from tests.unit.report.samples import EVIDENCE, PROBABILITIES, judged, quiet_report, report, verdict

UNSURE = ("Only one plane saw it: there is no independent witness.",)
BOTH = "0.91 (very likely) from the measurements alone, 0.97 (extremely likely) with the context"
DAY = "2020-08-09 00:00 to 2020-08-10 00:00 UTC"
HOSTILE = ["<script>alert(1)</script>", '"><b>', "a & b", "</td></p></div>", "'\"<>&"]
NUMBER = re.compile(r"deliberate: ([<>]?0\.\d\d)", re.IGNORECASE)


def spaced(text: str) -> str:
    return " ".join(text.split())


def wide(content: Report) -> list[str]:
    """The lines of the text without pictures, each as long as it likes, spaces together."""
    content = attrs.evolve(content, traces=())
    return [spaced(line) for line in report_text(content, width=100_000).split("\n")]


def parsed(content: Report) -> ET.Element:
    return ET.fromstring(report_html(content))  # noqa: S314 - the test's own text


def shown(content: Report) -> str:
    """What a notebook shows, a space between any two elements."""
    return spaced(" ".join(parsed(attrs.evolve(content, traces=())).itertext()))


def said(claimed: PartyClaim) -> Iterator[str]:
    """Everything that a claim and its check say in words."""
    yield claimed.statement.text
    yield claimed.statement.source
    yield from claimed.check.reasons
    for one in claimed.check.predictions:
        yield from (one.text, one.because, one.source)


def bare(content: Report) -> Report:
    """The report without claims and with all evidence measured, and the rest as it is."""

    def measured(one: EpisodeVerdict) -> EpisodeVerdict:
        old = one.verdict.attribution
        evidence = tuple(attrs.evolve(piece, basis=Basis.MEASURED) for piece in old.evidence)
        new = attrs.evolve(old, measured=old.probabilities, evidence=evidence)
        return attrs.evolve(one, claims=(), verdict=attrs.evolve(one.verdict, attribution=new))

    return attrs.evolve(content, episodes=tuple(map(measured, content.episodes)))


def one_episode(verdict: Verdict) -> Report:
    return attrs.evolve(
        report(), condition=verdict.condition, episodes=(attrs.evolve(judged(), verdict=verdict),)
    )


# --- laws


@given(reports())
def test_every_reason_and_every_word_of_a_claim_is_told(content: Report) -> None:
    text, html = "\n".join(wide(content)), shown(content)
    for one in content.episodes:
        words = [*one.verdict.attribution.undecided, *(part for claim in one.claims for part in said(claim))]
        for sentence_told in map(printable, words):
            assert sentence_told in text
            assert sentence_told in html


@given(reports(min_episodes=1))
def test_what_is_context_never_stands_with_what_was_measured(content: Report) -> None:
    first = content.episodes[0]
    marked = tuple(
        attrs.evolve(one, text=f"[{one.basis.value} evidence {number}]")
        for number, one in enumerate(first.verdict.evidence)
    )
    attribution = attrs.evolve(first.verdict.attribution, evidence=marked)
    episode = attrs.evolve(first, verdict=attrs.evolve(first.verdict, attribution=attribution))
    content = attrs.evolve(content, episodes=(episode,))
    for words in ("\n".join(wide(content)), shown(content)):
        measured, heading, context = words.partition(CONTEXT_TITLE)
        assert all(one.text in (measured, context)[one.basis is Basis.CONTEXT] for one in marked)
        assert "[context evidence" not in measured
        assert "[measured evidence" not in context
        assert bool(heading) is any(one.basis is Basis.CONTEXT for one in marked)


@given(reports())
def test_without_context_and_claims_there_is_no_word_of_them(content: Report) -> None:
    for words in (report_text(bare(content)), report_html(bare(content))):
        assert "Context" not in words
        assert "with the context" not in words
        assert "measurements alone" not in words
        assert "Claim" not in words
    claims = any(one.claims for one in content.episodes)
    assert (CLAIMS_TITLE in report_text(content, width=200)) is claims
    assert (CLAIMS_TITLE in shown(content)) is claims


@given(reports())
def test_the_answer_stands_first_and_what_was_known_is_told(content: Report) -> None:
    lines = wide(content)
    places = [index for index, line in enumerate(lines) if re.match(r"Episode \d+(,|:)", line)]
    assert len(places) == len(content.episodes)
    for place, one in zip(places, content.episodes, strict=True):
        attribution = one.verdict.attribution
        words = ANSWER_WORDS[attribution.intent].capitalize()
        assert lines[place + 1].startswith(f"Intent {words}")
        assert f"Judged {KNOWLEDGE_WORDS[attribution.knowledge]}" in lines[place + 2 : place + 4]


@given(verdicts())
def test_no_answer_about_intent_without_its_probability(one: Verdict) -> None:
    text = spaced(answer_text(one))
    answered = one.intent in {Intent.DELIBERATE, Intent.SPONTANEOUS}
    asked = answered or (one.intent is Intent.UNDETERMINED and one.condition in HAS_CAUSE)
    assert len(NUMBER.findall(text)) == asked
    assert text.endswith("with the context") is (asked and has_context(one))
    assert text.startswith("Deliberate: ") is (one.intent is Intent.DELIBERATE)


@given(verdicts())
def test_both_probabilities_just_where_there_is_context(one: Verdict) -> None:
    given_context = any(piece.basis is Basis.CONTEXT for piece in one.evidence)
    assert has_context(one) is (given_context or one.p_measured != one.p_deliberate)


def test_every_member_has_words() -> None:
    assert set(ANSWER_WORDS) == set(Intent)
    assert set(KNOWLEDGE_WORDS) == set(Knowledge)
    assert set(STATUS_WORDS) == set(ClaimStatus)
    assert list(SEEN_WORDS) == [Seen.SEEN, Seen.NOT_SEEN, Seen.MISSING]


@given(st.text())
def test_a_sentence_has_one_end(text: str) -> None:
    ended = sentence(text)
    assert ended.endswith((".", "!", "?"))
    assert ended.removesuffix(".") == printable(text).removesuffix(".")
    assert sentence(ended) == ended


# --- known answers


@pytest.mark.parametrize(
    ("intent", "undecided", "words"),
    [
        (
            Intent.DELIBERATE,
            (),
            f"Deliberate: {BOTH}",
        ),
        (
            Intent.SPONTANEOUS,
            (),
            f"Not deliberate: a fault; deliberate: {BOTH}",
        ),
        (Intent.ARTEFACT, (), "A fault of the instrument"),
        (
            Intent.UNDETERMINED,
            (*UNSURE, "Nothing bears on it"),
            f"Undetermined: {UNSURE[0]} Nothing bears on it. Probability that it was deliberate: {BOTH}",
        ),
    ],
)
def test_the_answers(intent: Intent, undecided: tuple[str, ...], words: str) -> None:
    content = context_report(context_verdict(intent, undecided))
    assert f"Intent {words}" in wide(content)
    assert f"Intent {words} " in shown(content)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition.ARTEFACT, "Intent A fault of the instrument"),
        (
            Condition.INSUFFICIENT_DATA,
            "Intent Undetermined: There are too few data to say what happened.",
        ),
    ],
)
def test_where_no_cause_is_weighed_there_is_no_probability(condition: Condition, words: str) -> None:
    lines = wide(report(condition))
    place = lines.index(words)
    assert lines[place + 1].startswith("Cause not weighed")
    assert not any(line.startswith(("Or else", "How")) for line in lines)


@pytest.mark.parametrize("condition", [Condition.NORMAL, Condition.INSUFFICIENT_DATA, Condition.ARTEFACT])
def test_an_answer_is_told_with_its_probability_whatever_the_condition(condition: Condition) -> None:
    lines = wide(one_episode(verdict(condition, intent=Intent.DELIBERATE)))
    assert "Intent Deliberate: 0.97 (extremely likely)" in lines
    assert not any(line.startswith("Cause") for line in lines)


@pytest.mark.parametrize(
    ("knowledge", "words"),
    [
        (Knowledge.ONSET, "Judged before it was known to be over"),
        (Knowledge.END, "Judged when it was over"),
        (Knowledge.HINDSIGHT, "Judged with the week after, or another episode in it, known"),
    ],
)
def test_what_was_known(knowledge: Knowledge, words: str) -> None:
    content = context_report(context_verdict(knowledge=knowledge))
    assert words in wide(content)
    assert f"{words} " in shown(content)


def test_as_of_when() -> None:
    words = "As of 2020-08-12 00:00 UTC: nothing later was used."
    lines = wide(context_report())
    assert lines[lines.index(words) - 1] == "2020-08-08 00:00 to 2020-08-12 00:00 UTC"
    assert words in shown(context_report())
    for content in (report(), quiet_report()):
        assert "As of" not in report_text(content) + report_html(content)
    late = datetime(2020, 8, 9, 20, 0, 30, tzinfo=UTC)
    assert "As of 2020-08-09 20:00:30 UTC: " in report_text(context_report(as_of=late))


def test_context_and_claims_have_headings_of_their_own() -> None:
    lines = wide(context_report())
    marks = [
        "+2.50 planes.routes-up: Routes stayed up. [2]",
        "telescope.level: The telescope fell too. [5]",
        CONTEXT_TITLE,
        "Speaks for intent (weights in nats)",
        "+2.77 context.politics: An election was held that day. [6]",
        "Is there and may not be used",
        "context.reported: Claimed by those concerned, to be tested. [4]",
        CLAIMS_TITLE,
        "Claimed by Beltelecom: attack from outside. Inconsistent: -3.20 nats against the best other cause.",
        f"- What was said: Our network is under attack from abroad. ({DAY})",
        "- does not fit attack against deliberate (-3.2, planes.routes-up): Routes stayed up.",
        "- Seen (+0.25 nats): Probing falls. Probing fell. [2]",
        "- Not seen (-1.00 nats): It ends in pulses. it ended on the hour. [8]",
        "- Missing: Delays rise before it fails. Nobody measured delays. [7]",
        "Claimed by Ministry: cable cut. Untestable.",
        f"- What was said: A cable failed! ({DAY})",
        "Sources of the evidence",
        "[6] Bischof and others 2023, table 4",
        "[7] Benson 2013",
        "[8] Jonker 2017",
    ]
    place = -1
    for mark in marks:
        place = lines.index(mark, place + 1)


def test_the_same_in_html() -> None:
    html = shown(context_report())
    marks = [
        "Routes stayed up. Dainotti and others 2011",
        "The telescope fell too. IODA help",
        CONTEXT_TITLE,
        "speaks for intent +2.77 context.politics An election was held that day. Bischof and others",
        "is there and may not be used +0.00 context.reported Claimed by those concerned",
        CLAIMS_TITLE,
        "Claimed by Beltelecom: attack from outside. Inconsistent: -3.20 nats against the best other cause.",
        "Seen (+0.25 nats): Probing falls. Probing fell. (Dainotti and others 2011)",
        "Not seen (-1.00 nats): It ends in pulses. it ended on the hour. (Jonker 2017)",
        "Missing: Delays rise before it fails. Nobody measured delays. (Benson 2013)",
        "Claimed by Ministry: cable cut. Untestable.",
    ]
    place = -1
    for mark in marks:
        place = html.index(mark, place + 1)


def test_a_claim_that_fits_is_not_called_true() -> None:
    check = attrs.evolve(ATTACKED.check, status=ClaimStatus.CONSISTENT, weight=0.5)
    lines = wide(context_report(claims=(attrs.evolve(ATTACKED, check=check),)))
    assert (
        "Claimed by Beltelecom: attack from outside. Consistent, which does not mean that it is true: +0.50"
        " nats against the best other cause." in lines
    )


def test_a_claim_about_another_entity_names_it() -> None:
    claimed = attrs.evolve(
        ATTACKED, statement=attrs.evolve(ATTACKED.statement, entity=Entity.parse("AS6697"))
    )
    assert any("2020-08-10 00:00 UTC, of AS6697)" in line for line in wide(context_report(claims=(claimed,))))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_of_a_party_becomes_markup(hostile: str) -> None:
    tags = {element.tag for element in parsed(context_report()).iter()}
    prediction = attrs.evolve(ATTACKED.check.predictions[1], text=hostile, because=hostile, source=hostile)
    check = attrs.evolve(ATTACKED.check, reasons=(hostile,), predictions=(prediction,))
    statement = attrs.evolve(ATTACKED.statement, text=hostile, source=hostile)
    told = attrs.evolve(ELECTION, rule=hostile, text=hostile, source=hostile)
    content = context_report(
        context_verdict(Intent.UNDETERMINED, (hostile,), evidence=(told, *EVIDENCE)),
        (PartyClaim(statement, check),),
    )
    assert "".join(parsed(content).itertext()).count(hostile) == 10
    assert {element.tag for element in parsed(content).iter()} <= tags


@pytest.mark.parametrize("width", range(60, 141, 5))
@pytest.mark.parametrize("intent", Intent)
def test_no_word_of_intent_is_parted_from_its_probability(intent: Intent, width: int) -> None:
    undecided = UNSURE if intent is Intent.UNDETERMINED else ()
    text = report_text(context_report(context_verdict(intent, undecided), claims=()), width=width)
    named = re.sub(r"not deliberate:\s+a\s+fault;", "", text.casefold()).count("deliberate")
    assert named == len(NUMBER.findall(text)) == (0 if intent is Intent.ARTEFACT else 2)
    assert max(map(len, text.split("\n"))) <= width


# --- the headline


def test_the_headline_says_where_there_is_no_answer() -> None:
    unsure = context_report(context_verdict(Intent.UNDETERMINED, UNSURE))
    assert headline(unsure) == (
        "outage: half or more was lost on at least one signal; intent undetermined; deliberate: " + BOTH
    )
    assert headline(context_report(context_verdict(Intent.ARTEFACT))).endswith("; a fault of the instrument")
    assert headline(report()).endswith("at least one signal; deliberate: 0.97 (extremely likely)")


def test_the_headline_tells_of_what_was_found_deliberate_before_what_is_likelier() -> None:
    base = report()
    clear = attrs.evolve(context_verdict().attribution, probabilities=ALONE)
    found = attrs.evolve(base.episodes[0], verdict=attrs.evolve(context_verdict(), attribution=clear))
    unsure = attrs.evolve(
        base.episodes[0], verdict=context_verdict(Intent.UNDETERMINED, UNSURE, measured=PROBABILITIES)
    )
    for episodes in ((found, unsure), (unsure, found)):
        line = headline(attrs.evolve(base, episodes=episodes))
        assert "; in the clearest of 2 such episodes deliberate: 0.91 (very likely) from" in line
    assert "; in the likeliest of 2 such episodes deliberate: " in headline(
        attrs.evolve(base, episodes=(found, found))
    )


def test_another_cause_in_the_headline_is_said_to_come_with_the_context() -> None:
    power = type(PROBABILITIES)(
        {cause: {Cause.POWER: 0.72, Cause.DELIBERATE: 0.04}.get(cause, 0.04) for cause in Cause}
    )
    old = context_verdict(Intent.SPONTANEOUS)
    stormy = attrs.evolve(old, attribution=attrs.evolve(old.attribution, probabilities=power))
    assert headline(context_report(stormy)).endswith(
        "most probable cause: power cut: 0.72 (with the context)"
    )
    assert "Or else power cut: 0.72 (with the context)" in wide(context_report(stormy))


def test_an_episode_without_evidence_has_no_table() -> None:
    silent = context_verdict(evidence=())
    content = context_report(silent, claims=())
    assert CONTEXT_TITLE not in report_text(content)
    assert "<th>Rule</th>" not in report_html(content)
    only: tuple[Evidence, ...] = (ELECTION,)
    assert report_html(context_report(context_verdict(evidence=only), claims=())).count("<th>Rule</th>") == 1
