"""What is asked over HTTP, and what came back; nothing is asked of anybody."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from ...reading.http.request import Answer, AnswerForm, HttpRequest, Secret
from ...reading.http.settings import HttpSettings
from .primitives import lines, members, names
from .times import instants, lengths

__all__ = ["answers", "http_requests", "http_settings"]

_HOST = "https://example.org"
_KEY_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def _urls() -> st.SearchStrategy[str]:
    return st.just(_HOST) | st.builds("{}/{}".format, st.just(_HOST), names())


def http_requests() -> st.SearchStrategy[HttpRequest]:
    """What is asked over HTTP.

    Shrinks to JSON from ``https://example.org`` without a query or a key, about no time in particular, with
    no time between two requests and none for which an answer is kept.
    """
    return st.builds(
        HttpRequest,
        url=_urls(),
        params=st.lists(st.tuples(names(), lines(empty=True)), max_size=3),
        until=st.none() | instants(),
        settles=lengths(),
        keep=lengths(),
        pace=lengths(),
        key=st.none() | st.builds(Secret, st.text(_KEY_LETTERS, min_size=8, max_size=16)),
        form=members(AnswerForm, plain=AnswerForm.JSON),
    )


def _documents() -> st.SearchStrategy[object]:
    """JSON that no provider promises: it may be anything."""
    small: st.SearchStrategy[object] = (
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | lines(empty=True)
    )
    return st.recursive(
        small,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(lines(empty=True), inner, max_size=3),
        max_leaves=6,
    )


def answers() -> st.SearchStrategy[Answer]:
    """What came back over HTTP: any JSON, or text.

    Shrinks to JSON's ``null`` from ``https://example.org``, sent at the start of the year 2000, without a
    header.
    """
    return st.builds(
        Answer,
        document=_documents(),
        address=_urls(),
        retrieved=instants().map(lambda time: time.replace(microsecond=0)),
        headers=st.dictionaries(names(), lines(empty=True), max_size=2),
    )


def http_settings() -> st.SearchStrategy[HttpSettings]:
    """How the client asks, always with a contact, so that none is looked up.

    Shrinks to one try offline, with the shortest times and smallest bodies, that keeps no answer.  A path of
    kept answers is a name; no such file is looked at.
    """
    times = st.floats(1e-3, 86_400.0)
    return st.builds(
        HttpSettings,
        connect_timeout=times,
        read_timeout=times,
        call_timeout=times,
        attempts=st.integers(1, 9),
        largest_body=st.integers(1, 2**30),
        redirects=st.integers(0, 9),
        contact=st.just(_HOST),
        offline=st.sampled_from((True, False)),
        cache_path=st.none() | names().map(Path),
        pace_loopback=st.booleans(),
    )
