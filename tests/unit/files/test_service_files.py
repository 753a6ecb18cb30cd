"""Files of services and of categories."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import FileError
from shutdownkit.files.services import read_services
from shutdownkit.model.services import Service, Services

HEADER = ("url", "category_code", "category_description", "date_added", "source", "notes")
LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
HOSTS = st.builds("{}.{}".format, LABELS, st.sampled_from(("example", "test")))
CODES = st.sampled_from(("NEWS", "HUMR", "ODD"))
ENDS = st.sampled_from(("", "/", "/a/b?c=d", ":8080/", "/?q=1#x"))
ROWS = st.lists(st.tuples(st.sampled_from(("http", "https")), HOSTS, ENDS, CODES), max_size=12)


def write(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([header, *rows])
    return path


def row(url: str, code: str = "NEWS", description: str = "News Media") -> list[str]:
    return [url, code, description, "2020-08-09", "somebody", "a note, with a comma"]


def categories(services: Services) -> dict[str, set[str]]:
    return {service.name: set(service.subjects) for service in services}


@given(rows=ROWS)
def test_a_category_holds_the_hosts_of_its_addresses(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    read = read_services(
        write(
            folder / "a.csv", [row(f"{kind}://{host.upper()}{end}", code) for kind, host, end, code in rows]
        )
    )
    names = {"NEWS": "news", "HUMR": "human-rights", "ODD": "ODD"}
    expected: dict[str, set[str]] = {}
    for _, host, _, code in rows:
        expected.setdefault(names[code], set()).add(f"domain:{host}")
    assert categories(read) == expected
    assert all(service.category for service in read)


@given(rows=ROWS, cut=st.integers(0, 12))
def test_lists_merge(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, str]], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    lines = [row(f"{kind}://{host}{end}", code) for kind, host, end, code in rows]
    whole = write(folder / "whole.csv", lines)
    first, second = write(folder / "a.csv", lines[:cut]), write(folder / "b.csv", lines[cut:])
    assert read_services(first, second) == read_services(second, first) == read_services(whole)


def test_a_page_on_a_platform_is_not_the_platform(tmp_path: Path) -> None:
    pages = [
        row("https://www.facebook.com/somebody", "POLR"),
        row("https://www.facebook.com/", "GRP"),
        row("https://blog.example/somebody", "POLR"),
    ]
    assert categories(read_services(write(tmp_path / "a.csv", pages))) == {
        "political-criticism": {"domain:blog.example"},
        "social-networks": {"domain:www.facebook.com"},
    }


def test_a_code_that_is_not_known_keeps_its_name_and_the_words_of_the_list(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", [row("http://a.example", "ODD", "Odd things"), row("http://b.example", "OD2", "")]
    )
    assert [(one.name, one.title) for one in read_services(path)] == [("OD2", "OD2"), ("ODD", "Odd things")]


@given(host=st.text(st.sampled_from("aBİẞΣ𐐀.:[]@%?#-é。/ "), max_size=12))
def test_any_address_is_a_host_in_small_letters_or_refused_with_its_place(
    tmp_path_factory: pytest.TempPathFactory, host: str
) -> None:
    """Behind a ``%`` the standard library leaves a host as it was written."""
    path = write(tmp_path_factory.mktemp("lists") / "a.csv", [row(f"https://{host}")])
    problem, subjects = "", list[str]()
    try:
        subjects = [subject for one in read_services(path) for subject in one.subjects]
    except FileError as error:
        problem = str(error)
    assert ("line 2, column url" in problem) != bool(subjects)
    assert all(subject == subject.lower() for subject in subjects)


def test_zipped_lists_and_byte_order_marks(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.csv", [row("https://www.news.example/")])
    zipped = tmp_path / "a.csv.gz"
    zipped.write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain.read_bytes()))
    assert read_services(zipped) == read_services(plain)


TOML = """
[[service]]
name = "mine"
title = "Mine"
subjects = ["app:mine", "domain:mine.example"]

[[service]]
name = "news"
title = "Our news"
subjects = ["domain:ours.example"]
category = true
"""


def test_toml_and_lists_together(tmp_path: Path) -> None:
    toml = tmp_path / "mine.toml"
    toml.write_text(TOML)
    lists = write(tmp_path / "a.csv", [row("https://www.news.example/")])
    read = read_services(toml, lists)
    assert read.named("mine") == Service("mine", "Mine", ("app:mine", "domain:mine.example"))
    assert read.named("news").subjects == ("domain:ours.example", "domain:www.news.example")
    assert read.named("news").category


def test_a_later_service_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text(TOML)
    second.write_text(TOML.replace('"app:mine", ', ""))
    assert read_services(first, second).named("mine").subjects == ("domain:mine.example",)


def test_nothing_is_read_from_no_file() -> None:
    assert read_services() == Services()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.csv: is empty"),
        ("site,category_code\n", "a.csv, line 1: there are 0 columns url, not one"),
        ("url,url,category_code\n", "a.csv, line 1: there are 2 columns url, not one"),
        ("url,category_code\nhttp://a.example\n", "a.csv, line 2: has 1 fields, the header 2"),
        ("url,category_code\n\nhttp://a.example,\n", "a.csv, line 3, column category_code: is empty"),
        ("url,category_code\nhttp://,NEWS\n", "a.csv, line 2, column url: 'http://' is not the address"),
        ("url,category_code\nhttp://[a,NEWS\n", "a.csv, line 2, column url: 'http://[a' is not the address"),
        ("url,category_code\nhttp://a b/,NEWS\n", "a.csv, line 2, column url: 'http://a b/' is not the"),
        ("url,category_code\nhttp://\xff.example,NEWS\n", "a.csv, line 2, column url: "),
        ('url,category_code\nhttp://a.example,"NEWS\n', "a.csv, line 2: is not valid CSV"),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(FileError) as caught:
        read_services(path)
    assert str(caught.value).startswith(str(path).removesuffix("a.csv") + message)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[[service]]\nname = \n", "line 2: is not TOML"),
        (b"\xff", "is not UTF-8: byte 0"),
        (b"x = " + b"[" * 5000, "is not TOML"),
        (b"[[service]]\nname = 'a'\ntitle = 'A'\nsubjects = ['a']\n", "service 1 (a)"),
        (b"[[service]]\nname = 'a'\n", "service 1 (a): 'title' is missing"),
    ],
)
def test_toml_that_is_wrong_is_refused_with_the_place(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_services(path)
    assert problem in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_category_and_a_service_of_one_name_are_refused(tmp_path: Path) -> None:
    toml = tmp_path / "a.toml"
    toml.write_text(TOML.replace("category = true", ""))
    lists = write(tmp_path / "a.csv", [row("https://www.news.example/")])
    with pytest.raises(FileError, match="'news' is a category in one file"):
        read_services(toml, lists)


def test_other_endings_and_files_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="ends in none of"):
        read_services(tmp_path / "a.json")
    for name in ("a.toml", "a.csv"):
        with pytest.raises(FileError, match="does not exist"):
            read_services(tmp_path / name)
