"""What the environment may say of sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import CallerError
from shutdownkit.reading.environment import base_url, cache_folder, key, key_variable, url_variable

SLUGS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,2}", fullmatch=True)


@given(SLUGS, SLUGS)
def test_every_source_has_variables_of_its_own(one: str, other: str) -> None:
    names = {url_variable(one), key_variable(one), url_variable(other), key_variable(other)}
    assert len(names) == (2 if one == other else 4)
    assert all(name.replace("_", "").isalnum() and name.isupper() for name in names)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org:8443/a/b/",
        "http://localhost:8000",
        "http://127.0.0.1:1/x",
        "http://127.9.9.9",
        "http://[::1]:80/",
    ],
)
def test_an_address_is_taken_without_its_last_slash(url: str) -> None:
    environ = {"SHUTDOWNKIT_ACME_NET_URL": url}
    assert base_url("acme-net", environ) == url.rstrip("/")
    assert base_url("acme", environ) is None


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://example.org", "plain http to example.org"),
        ("http://localhost.example.org", "plain http"),
        ("http://127.0.0.1.example.org", "plain http"),
        ("http://10.0.0.1", "plain http"),
        ("http://[::2]", "plain http"),
        ("ftp://localhost", "of the form https"),
        ("example.org", "of the form https"),
        ("https://", "of the form https"),
        ("https:///path", "of the form https"),
        ("file:///etc/passwd", "of the form https"),
        ("https://u:hunter2@example.org", "holds a user"),
        ("http://127.0.0.1@example.org", "holds a user"),
        ("https://example.org?key=hunter2", "holds a user, a query"),
        ("https://example.org/?", "a query"),
        ("https://example.org/#x", "a fragment"),
        ("https://example.org:x", "is no address"),
        ("https://example.org:99999", "is no address"),
        ("https://[::1", "is no address"),
        ("https://example.org/\n", "a blank"),
        (" https://example.org", "a blank"),
        ("http://127.0.0.1\\@example.org", "a backslash"),
    ],
)
def test_any_other_address_is_refused_by_its_variable(url: str, problem: str) -> None:
    with pytest.raises(CallerError) as caught:
        base_url("ioda", {"SHUTDOWNKIT_IODA_URL": url})
    assert str(caught.value).startswith("SHUTDOWNKIT_IODA_URL: ")
    assert problem in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_key_is_a_secret() -> None:
    secret = key("acme-net", {"SHUTDOWNKIT_ACME_NET_KEY": "hunter2"})
    assert secret is not None
    assert secret.reveal() == "hunter2"
    assert "hunter2" not in repr(secret)


@pytest.mark.parametrize("text", [" hunter2", "hunter2\n", "hünter2", "hun\x00ter2", " "])
def test_what_cannot_be_sent_is_no_key(text: str) -> None:
    with pytest.raises(CallerError, match="SHUTDOWNKIT_ACME_KEY") as caught:
        key("acme", {"SHUTDOWNKIT_ACME_KEY": text})
    assert "nter2" not in str(caught.value)


def test_empty_is_not_set() -> None:
    empty = {"SHUTDOWNKIT_ACME_URL": "", "SHUTDOWNKIT_ACME_KEY": "", "SHUTDOWNKIT_CACHE_DIR": ""}
    assert (base_url("acme", empty), key("acme", empty), cache_folder(empty)) == (None, None, None)
    assert cache_folder({"SHUTDOWNKIT_CACHE_DIR": "/x/y"}) == Path("/x/y")
