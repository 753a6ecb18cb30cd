"""Answers that are text, such as CSV."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError, NotCachedError, WrongAnswerError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.document import read_text
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.http.request import AnswerForm, HttpRequest
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.server import LoopbackServer, Received, Reply

from .clients import World, document

CSV = "# läd\r\ndate,users\n2020-08-09,5\n"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"))


def is_text(text: str) -> bool:
    return bool(text.strip()) and not text.lstrip().startswith("<")


@given(TEXTS.filter(is_text), st.booleans())
def test_text_comes_back_as_it_was_sent(text: str, mark: bool) -> None:
    body = text.encode("utf-8-sig" if mark else "utf-8")
    if body.strip():
        assert read_text(body) == text


@given(st.binary())
def test_whatever_comes_is_text_or_refused(body: bytes) -> None:
    try:
        text = read_text(body, "text/csv")
    except WrongAnswerError:
        return
    assert "\0" not in text
    assert is_text(text)
    assert text.encode() == body.removeprefix(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("body", "sent_as", "problem"),
    [
        (b"", None, "an empty body where text belongs"),
        (b" \r\n\t", "text/csv", "an empty body where text belongs"),
        (b"<!DOCTYPE html>", "text/html", "HTML where text belongs, sent as 'text/html'"),
        (b"\xef\xbb\xbf\n <html>", None, "HTML where text belongs"),
        (b"a,b\n1,\0\n", "text/csv", "a character NUL where text belongs, sent as 'text/csv'"),
        ("a,ü\n".encode("latin-1"), "text/csv;charset=latin-1", "not UTF-8 at byte 2, sent as"),
        ("a,b\n".encode("utf-16"), None, "not UTF-8 at byte 0"),
    ],
)
def test_what_is_no_text_is_refused(body: bytes, sent_as: str | None, problem: str) -> None:
    with pytest.raises(WrongAnswerError) as caught:
        read_text(body, sent_as)
    assert problem in str(caught.value)
    assert caught.value.where is None


def test_json_is_text_where_text_is_asked_for_and_text_no_json() -> None:
    assert read_text(b'{"a": NaN}') == '{"a": NaN}'
    with (
        LoopbackServer(lambda _: Reply(CSV.encode())) as server,
        HttpClient(quotas=Quotas()) as client,
    ):
        with pytest.raises(WrongAnswerError, match="no JSON"):
            client.ask(HttpRequest(f"{server.url}/a.csv"), document)
        text = client.ask(HttpRequest(f"{server.url}/a.csv", form=AnswerForm.TEXT), document)
        accepted = [one.headers["accept"] for one in server.received]
    assert text == CSV
    assert accepted == ["application/json", "text/csv, text/plain;q=0.9"]


def test_a_form_is_a_form() -> None:
    with pytest.raises(InvalidValueError, match=r"HttpRequest\.form"):
        HttpRequest("https://example.org", form="text")  # type: ignore[arg-type]


def numbered() -> Callable[[Received], Reply]:
    sent: list[Received] = []

    def answer(received: Received) -> Reply:
        sent.append(received)
        return Reply(f"n\n{len(sent)}\n".encode(), headers={"Content-Type": "text/csv"})

    return answer


def test_text_that_settled_is_kept_and_replayed_offline(tmp_path: Path) -> None:
    world = World(tmp_path / "answers.sqlite")
    past = datetime(2020, 8, 9, tzinfo=UTC)
    with LoopbackServer(numbered()) as server:
        request = HttpRequest(f"{server.url}/a.csv", until=past, form=AnswerForm.TEXT)
        soon = HttpRequest(f"{server.url}/b.csv", keep=timedelta(0), form=AnswerForm.TEXT)
        assert [world.ask(request), world.ask(request)] == ["n\n1\n"] * 2
        assert [world.ask(soon), world.ask(soon)] == ["n\n2\n", "n\n3\n"]
        assert len(server.received) == 3
    assert world.ask(request, offline=True) == "n\n1\n"
    assert world.ask(soon, offline=True) == "n\n3\n"
    other = HttpRequest(f"{server.url}/c.csv", form=AnswerForm.TEXT)
    with pytest.raises(NotCachedError, match="never asked online"):
        world.ask(other, offline=True)


def test_text_that_is_refused_is_not_kept(tmp_path: Path) -> None:
    replies = iter([b"<html>", b"a,b\n"])
    settings = HttpSettings(cache_path=tmp_path / "answers.sqlite")
    with (
        LoopbackServer(lambda _: Reply(next(replies))) as server,
        HttpClient(settings, quotas=Quotas()) as client,
    ):
        request = HttpRequest(
            f"{server.url}/a.csv", until=datetime(2020, 8, 9, tzinfo=UTC), form=AnswerForm.TEXT
        )
        with pytest.raises(WrongAnswerError, match="HTML where text belongs") as caught:
            client.ask(request, document)
        assert caught.value.where == request.address
        assert client.ask(request, document) == "a,b\n"
