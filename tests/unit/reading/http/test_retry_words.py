"""When something is asked again, and what providers say where they refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import QuotaError, UnreachableError
from shutdownkit.reading.http.retry import WorthRetryingError, retried, retry_after, seconds_text
from shutdownkit.reading.http.words import plain_words, provider_words

FAILURES = st.builds(
    WorthRetryingError,
    st.just(UnreachableError("down")),
    asked=st.none() | st.floats(0, 100),
    quota=st.booleans(),
    once=st.booleans(),
)


@given(st.lists(FAILURES, max_size=8), st.integers(1, 6), st.floats(0.001, 200))
def test_attempts_and_waits_stay_within_their_limits(
    failures: list[WorthRetryingError], attempts: int, limit: float
) -> None:
    slept: list[float] = []
    made: list[WorthRetryingError | None] = []

    def attempt() -> str:
        made.append(failures[len(made)] if len(made) < len(failures) else None)
        if made[-1] is not None:
            raise made[-1]
        return "answer"

    def run() -> str:
        return retried(attempt, attempts=attempts, left=lambda: limit - sum(slept), sleep=slept.append)

    try:
        assert run() == "answer"
        assert len(made) == len(failures) + 1
    except UnreachableError:
        assert made[-1] is not None
    assert len(made) <= attempts
    assert sum(slept) < limit
    assert len(slept) == len(made) - 1
    for failure, wait in zip(failures, slept, strict=False):
        assert failure.asked is None or wait == failure.asked
    assert sum(failure is not None and failure.once for failure in made) <= 2


def test_the_waits_of_a_quota_are_two_five_and_ten_seconds() -> None:
    slept: list[float] = []

    def attempt() -> None:
        raise WorthRetryingError(QuotaError("enough"), quota=True)

    with pytest.raises(QuotaError, match="enough"):
        retried(attempt, attempts=5, left=lambda: 1000.0, sleep=slept.append)
    assert slept == [2.0, 5.0, 10.0, 10.0]


def test_other_waits_grow() -> None:
    slept: list[float] = []

    def attempt() -> None:
        raise WorthRetryingError(UnreachableError("down"))

    with pytest.raises(UnreachableError):
        retried(attempt, attempts=5, left=lambda: 1000.0, sleep=slept.append)
    for wait, least in zip(slept, (0.5, 1.0, 2.0, 4.0), strict=True):
        assert least <= wait <= least + 0.5


@given(st.text(max_size=30))
def test_any_retry_after_is_a_time_or_nothing(said: str) -> None:
    seconds = retry_after({"Retry-After": said})
    assert seconds is None or 0 <= seconds < float("inf")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("3", 3.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1e3", None),
        ("9" * 400, None),
        ("9" * 5000, None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_known_retry_afters(said: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": said}) == seconds


def test_a_retry_after_may_be_a_date() -> None:
    then = datetime.now(UTC) + timedelta(minutes=10)
    seconds = retry_after({"Retry-After": format_datetime(then, usegmt=True)})
    assert seconds is not None
    assert 500 < seconds <= 600
    assert retry_after({}) is None


def test_times_are_told_to_people() -> None:
    assert seconds_text(0.5) == "0.5 s"
    assert seconds_text(3600) == "3600 s"
    assert seconds_text(1e300) == "more than a year"


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_words_are_one_short_line_without_control_characters(body: bytes) -> None:
    words = provider_words(body)
    assert len(words) <= 200
    assert words == " ".join(words.split())
    assert words.isprintable()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"msg":"Invalid axis name","v":0}', "Invalid axis name"),
        (b'{"detail":"Database query error"}', "Database query error"),
        (
            b'{"detail":[{"type":"x","loc":["query","since"],"msg":"bad date"},{"msg":"and more"}]}',
            "query.since: bad date; and more",
        ),
        (b'{"error":"quota exceeded"}', "quota exceeded"),
        (
            b'{"type":"signals","error":"Missing required request parameter \'from\'","data":null}',
            "Missing required request parameter 'from'",
        ),
        (b'{"error":{"status":404,"title":"Not Found","detail":"No such thing"}}', "No such thing"),
        (b'{"error":{"title":"Not Found"}}', "Not Found"),
        (b'{"msg":"","error":"second"}', "second"),
        (b"<html><head><style>p{color:red}</style></head><h1>502 Bad&nbsp;Gateway</h1>", "502 Bad Gateway"),
        (b"&lt;b&gt;bold&lt;/b&gt;", "bold"),
        (b"a\x00b\x1b[31mc\r\nd", "ab[31mc d"),
        ("left\u202eright\u200b".encode(), "leftright"),
        (b"", ""),
        (b'{"other": 1}', '{"other": 1}'),
    ],
)
def test_words_known_from_the_providers(body: bytes, words: str) -> None:
    assert provider_words(body) == words


@pytest.mark.parametrize(
    "unit", ["<script ", "<style>a", "<script></style", "<", "&lt;", "<script></script "]
)
def test_markup_that_never_ends_is_read_once(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutdownkit.reading.http.words._LOOKED_AT", 2**20)
    assert len(plain_words(unit * (2**20 // len(unit)))) <= 200  # minutes, were each followed to the end


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a<script>b</script>c<STYLE x>d</style >e", "a c e"),
        ("a<script>b</style>c", "a"),
        ("a<script>b</scripty>c</script>d", "a d"),
        ("a<scripted>b", "a b"),
        ("a<style/>b", "a"),
    ],
)
def test_scripts_and_styles_are_not_words(text: str, words: str) -> None:
    assert plain_words(text) == words


def test_long_words_are_cut() -> None:
    assert plain_words("word " * 1000) == ("word " * 40)[:199] + "…"
