"""Who may be asked, and where a redirect may lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError, WrongAnswerError
from shutdownkit.reading.http.address import Origin, origin_of, redirected
from shutdownkit.reading.http.settings import HttpSettings, default_contact


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://api.ooni.io/api/v1", Origin("https", "api.ooni.io", 443)),
        ("HTTPS://API.ooni.io", Origin("https", "api.ooni.io", 443)),
        ("https://api.ooni.io:8443/?a=b", Origin("https", "api.ooni.io", 8443)),
        ("http://localhost:80/x", Origin("http", "localhost", 80)),
        ("http://127.8.9.10", Origin("http", "127.8.9.10", 80)),
        ("http://[::1]:99/", Origin("http", "[::1]", 99)),
        ("http://[::1%25lo]/", Origin("http", "[::1%lo]", 80)),
        ("http://127.0.0.1#@example.org/", Origin("http", "127.0.0.1", 80)),
    ],
)
def test_addresses_that_may_be_asked(url: str, origin: Origin) -> None:
    assert origin_of(url) == origin
    assert origin.loopback == (origin.scheme == "http")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.ooni.io/",
        "http://10.0.0.1/",
        "http://localhost.example.org/",
        "http://127.0.0.1.example.org/",
        "http://127.1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://0x7f.1/",
        "http://localhost./",
        "http://localhost%2eexample.org/",
        "http://\uff4cocalhost/",
        "http://127\u30020\u30020\u30021/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://example.org#@127.0.0.1/",
        "http://me@127.0.0.1/",
        "http://2130706433/",
        "http://[::2]/",
        "http://127.0.0.1\\@example.org/",
        "ftp://localhost/",
        "file:///etc/passwd",
        "https://",
        "//localhost/",
        "localhost",
        "http://[::1",
        "https://host:99999/",
    ],
)
def test_addresses_that_may_not_are_named(url: str) -> None:
    with pytest.raises(InvalidValueError, match=r"HttpRequest\.url: "):
        origin_of(url)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(InvalidValueError, match="carries a name or a password") as caught:
        origin_of("https://me:hunter2@example.org/")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://me:hunter2@[::1/",
        "https://me:hunter2@exa mple.org/",
        "https://me:hunter2@example.org:99999/",
        "me:hunter2@example.org",
        "https://me:hunt@er2:hunter2@example.org/\\",
        "//me:hunter2@example.org/",
    ],
)
def test_a_password_in_what_is_no_address_is_not_repeated_either(url: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        origin_of(url)
    assert "hunter2" not in str(caught.value) + repr(vars(caught.value))


HERE = "http://127.0.0.1:8000/a/b?c=d"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/x", "http://127.0.0.1:8000/x"),
        ("x?y=z", "http://127.0.0.1:8000/a/x?y=z"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("//127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_redirects_within_one_origin(location: str, target: str) -> None:
    assert redirected(HERE, location) == target


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1:8000/x",
        "http://127.0.0.1/x",
        "http://127.0.0.2:8000/x",
        "http://localhost:8000/x",
        "//example.org/x",
        "http://me:secret@127.0.0.1:8000/",
        "http://[::1",
        "javascript:alert(1)",
        "\udcff",
        "\xff",
    ],
)
def test_redirects_elsewhere_are_refused(location: str) -> None:
    with pytest.raises(WrongAnswerError, match="redirects to") as caught:
        redirected(HERE, location)
    assert "secret" not in str(caught.value)


@given(st.text() | st.text("htps:/@.\\[]01:?#%").map("http:".__add__))
def test_any_redirect_stays_or_is_refused(location: str) -> None:
    try:
        target = redirected(HERE, location)
    except WrongAnswerError:
        return
    assert origin_of(target) == Origin("http", "127.0.0.1", 8000)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("connect_timeout", 0),
        ("read_timeout", float("nan")),
        ("call_timeout", 1e9),
        ("attempts", 0),
        ("attempts", True),
        ("largest_body", 1.5),
        ("redirects", -1),
        ("contact", "me (at home)"),
        ("contact", "a\r\nX-Injected: b"),
        ("contact", ""),
        ("offline", 1),
        ("cache_path", "text"),
    ],
)
def test_settings_that_cannot_be(field: str, value: object) -> None:
    with pytest.raises(InvalidValueError, match=rf"^HttpSettings\.{field}: "):
        HttpSettings(**{field: value})  # type: ignore[arg-type]


def test_the_contact_comes_from_the_package_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHUTDOWNKIT_CONTACT", raising=False)
    assert default_contact().startswith("https://")
    monkeypatch.setenv("SHUTDOWNKIT_CONTACT", "mailto:me@example.org")
    assert HttpSettings().contact == "mailto:me@example.org"
