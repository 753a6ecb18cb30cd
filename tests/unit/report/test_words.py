"""The words that the renderings share."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.model.verdict import Cause, Condition, Mechanism, Stance, Verdict
from shutdownkit.report.words import (
    CAUSE_WORDS,
    CONDITION_WORDS,
    MECHANISM_WORDS,
    STANCE_WORDS,
    duration_text,
    likelihood,
    printable,
    probability_text,
    share_text,
    worth_naming,
)
from shutdownkit.testing.strategies import verdicts

INSIDE = st.floats(0, 1, exclude_min=True, exclude_max=True)


def test_every_member_has_words() -> None:
    assert set(CONDITION_WORDS) == set(Condition)
    assert set(CAUSE_WORDS) == set(Cause)
    assert set(MECHANISM_WORDS) == set(Mechanism)
    assert set(STANCE_WORDS) == set(Stance)


@given(INSIDE)
def test_no_probability_is_written_as_certain(value: float) -> None:
    text = probability_text(value)
    assert text not in {"0.00", "1.00"}
    assert abs(float(text.lstrip("<>")) - value) <= 0.0101


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.97, "0.97"), (0.995, ">0.99"), (0.9949, "0.99"), (0.005, "0.01"), (0.0049, "<0.01")],
)
def test_probabilities_in_digits(value: float, text: str) -> None:
    assert probability_text(value) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.999, "virtually certain"),
        (0.97, "extremely likely"),
        (0.92, "very likely"),
        (0.7, "likely"),
        (0.5, "about as likely as not"),
        (0.2, "unlikely"),
        (0.07, "very unlikely"),
        (0.02, "extremely unlikely"),
        (0.001, "exceptionally unlikely"),
    ],
)
def test_probabilities_in_words(value: float, words: str) -> None:
    assert likelihood(value) == words


@given(verdicts())
def test_the_causes_worth_naming(verdict: Verdict) -> None:
    named = worth_naming(verdict)
    values = [verdict.probabilities[cause] for cause in named]
    assert Cause.DELIBERATE not in named
    assert values == sorted(values, reverse=True)
    assert len(named) <= 3
    left = [verdict.probabilities[c] for c in Cause if c not in {*named, Cause.DELIBERATE}]
    assert all(value >= 0.05 for value in values)
    assert len(named) == 3 or all(value < 0.05 for value in left)


@given(st.timedeltas(timedelta(0), timedelta(days=9999)))
def test_durations_add_up(duration: timedelta) -> None:
    units = {"d": 86400, "h": 3600, "min": 60, "s": 1}
    parts = duration_text(duration).split()
    seconds = sum(int(n) * units[u] for n, u in zip(parts[::2], parts[1::2], strict=True))
    assert seconds == duration // timedelta(seconds=1)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, ">99 %"), (1.0, "100 %")],
)
def test_shares_in_percent(share: float, text: str) -> None:
    assert share_text(share) == text


@given(st.text())
def test_printable_text_is_one_line_without_controls(text: str) -> None:
    clean = printable(text)
    assert printable(clean) == clean
    assert len(clean.splitlines()) <= 1
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in clean)
    clean.encode("utf-8")


def test_printable_keeps_joiners_and_marks_what_is_harmful() -> None:
    assert printable("\u0645\u06cc\u200c\u062e\n  x") == "\u0645\u06cc\u200c\u062e x"
    assert printable("a\x1b[31m\u202eb\ud800\uffff") == "a\ufffd[31m\ufffdb\ufffd\ufffd"
