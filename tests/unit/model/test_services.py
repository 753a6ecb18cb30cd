"""Services, the built-in ones among them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.builtin_services import SERVICES
from shutdownkit.model.service_tests import ServiceTest
from shutdownkit.model.services import Service, Services
from shutdownkit.model.services_table import services_of_table
from shutdownkit.testing.strategies.service_testing import service_tests

TABLE = {"name": "telegram", "title": "Telegram", "subjects": ["app:telegram"]}


@given(service_tests())
def test_every_subject_belongs_to_a_service_that_covers_it(test: ServiceTest) -> None:
    assert SERVICES.of(test.subject).covers(test.subject)
    assert Services().of(test.subject).subjects == (test.subject,)


def test_built_in_subjects_are_each_named_once_and_belong_to_who_names_them() -> None:
    named = Counter(subject for service in SERVICES for subject in service.subjects)
    assert [subject for subject, count in named.items() if count > 1] == []
    for service in SERVICES:
        assert [subject for subject in service.subjects if SERVICES.of(subject) != service] == []


def test_built_in_services_have_no_category() -> None:
    assert not any(service.category for service in SERVICES)


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("app:telegram", "telegram"),
        ("domain:web.telegram.org", "telegram"),
        ("app:facebook_messenger", "messenger"),
        ("domain:www.facebook.com", "facebook"),
        ("app:vanilla_tor", "tor"),
        ("domain:mobile.twitter.com", "x"),
        ("domain:t.co", "x"),
        ("domain:fa.wikipedia.org", "wikipedia"),
        ("domain:www.google.com", "google"),
        ("domain:sites.google.com", "google-sites"),  # what users put there is not Google
        ("domain:somebody.blogspot.com", "domain:somebody.blogspot.com"),
        ("domain:not-x.com", "domain:not-x.com"),  # the name ends alike
    ],
)
def test_known_subjects(subject: str, name: str) -> None:
    assert SERVICES.of(subject).name == name


def test_the_first_service_that_covers_a_subject_has_it_and_a_category_last() -> None:
    news = Service("news", "News", ("domain:org",), category=True)
    first = Service("first", "First", ("domain:a.example.org",))
    second = Service("second", "Second", ("domain:example.org",))
    assert Services((news, first, second)).of("domain:x.a.example.org") == first
    assert Services((news, second, first)).of("domain:x.a.example.org") == second


@given(st.permutations(["domain:b.org", "app:telegram", "domain:a.org"]))
def test_the_order_of_the_subjects_does_not_matter(subjects: list[str]) -> None:
    assert Service("a", "A", tuple(subjects)) == Service("a", "A", tuple(sorted(subjects)))


def test_a_program_may_replace_a_service() -> None:
    mine = Service("telegram", "Mine", ("domain:mine.example",))
    assert SERVICES.extended(mine).named("telegram") == mine
    assert len(SERVICES.extended(mine)) == len(SERVICES)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"services": []}, "'services' is no known key"),
        ({"service": {}}, "no array of tables"),
        ({"service": ["telegram"]}, "service 1"),
        ({"service": [{"name": "a", "title": "A"}]}, r"service 1 \(a\): 'subjects' is missing"),
        ({"service": [TABLE, TABLE | {"name": 1}]}, r"service 2 \(1\): name: 1 is not text"),
        ({"service": [TABLE | {"category": 1}]}, r"service 1 \(telegram\): category: 1 is neither"),
        ({"service": [TABLE | {"subjects": "app:telegram"}]}, "is not a list"),
        ({"service": [TABLE | {"subjects": ["Telegram"]}]}, "is not of the form"),
        ({"service": [TABLE | {"subjects": [1]}]}, "is not a str"),
        ({"service": [TABLE | {"domains": []}]}, "'domains' is no known key"),
        ({"service": [TABLE, TABLE]}, "is there more than once"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_the_place(table: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        services_of_table(table)
