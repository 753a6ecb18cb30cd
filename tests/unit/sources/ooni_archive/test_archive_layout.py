"""What paths say, and which files a question leaves out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.window import TimeWindow
from shutdownkit.sources.ooni.archive.layout import ANYWHERE, Choice, Place, place_of
from tests.unit.sources.ooni_archive.archives import HOUR, START, path_of

HOURS = st.integers(0, 24 * 365 * 6).map(lambda hours: datetime(2020, 10, 20, tzinfo=UTC) + hours * HOUR)
COUNTRIES = st.sampled_from(["UG", "KE", "IR", "ZZ"])
TESTS = st.sampled_from(["web_connectivity", "telegram", "facebook_messenger"])


@given(HOURS, COUNTRIES, TESTS, st.sampled_from(["", "/data/", "a b/ooni-data-eu-fra/", "raw/raw/"]))
def test_a_published_path_says_it_all_under_any_root(
    hour: datetime, country: str, test: str, root: str
) -> None:
    path = path_of(hour, country, test)
    place = Place(country, test.replace("_", ""), TimeWindow(hour, hour + HOUR))
    assert place_of(root + path) == place
    assert place_of(path.rpartition("/")[2]) == place


@pytest.mark.parametrize("test", ["web_connectivity", "webconnectivity"])
def test_the_older_layout_says_the_day(test: str) -> None:
    day = TimeWindow("2019-11-16", "2019-11-17")
    path = f"x/jsonl/{test}/IR/20191116/00/20191116_IR_{test}.l.0.jsonl.gz"
    assert place_of(path) == Place("IR", "webconnectivity", day)


@pytest.mark.parametrize(
    "path",
    [
        "some.jsonl.gz",
        "2026010800_ug_webconnectivity.n1.0.jsonl.gz",
        "2026013200_UG_webconnectivity.n1.0.jsonl.gz",
        "2026010824_UG_webconnectivity.n1.0.jsonl.gz",
        "raw/20260108/00/KE/webconnectivity/2026010800_UG_webconnectivity.n1.0.jsonl.gz",
        "raw/20260108/01/UG/webconnectivity/2026010800_UG_webconnectivity.n1.0.jsonl.gz",
        "jsonl/web_connectivity/IR/20191399/00/x.jsonl.gz",
        "99991231/23/UG/telegram/9999123123_UG_telegram.n1.0.jsonl.gz",
    ],
)
def test_a_path_that_says_nothing_or_contradicts_itself_is_never_left_out(path: str) -> None:
    assert place_of(path) == ANYWHERE
    never = TimeWindow("1990-01-01", "1990-01-02")
    assert Choice(countries=["FR"], tests=["signal"], uploaded=never).takes_file(place_of(path))


@given(st.text())
def test_any_text_is_a_path(path: str) -> None:
    assert isinstance(place_of(path), Place)


@given(HOURS, COUNTRIES, TESTS, HOURS, st.sets(COUNTRIES), st.sets(TESTS))
def test_a_file_is_left_out_only_where_nothing_in_it_is_wanted(
    hour: datetime, country: str, test: str, since: datetime, countries: set[str], tests: set[str]
) -> None:
    choice = Choice(
        countries=countries - {"ZZ"},
        tests=tests,
        uploaded=TimeWindow(since, since + 10_000 * HOUR),
    )
    wanted = (
        country in countries - {"ZZ"}
        and test in tests
        and since < hour + HOUR
        and hour < since + 10_000 * HOUR
    )
    assert choice.takes_file(place_of(path_of(hour, country, test))) == wanted


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1), timedelta(days=3000)])
def test_a_late_upload_is_never_left_out_by_an_open_end(late: timedelta) -> None:
    choice = Choice(uploaded=TimeWindow(START, "9999-12-31T23:59:59.999999Z"))
    assert choice.takes_file(place_of(path_of(START + late, "UG", "telegram")))
    assert not choice.takes_file(place_of(path_of(START - HOUR, "UG", "telegram")))
    within = Choice(uploaded=TimeWindow(START + HOUR / 2, START + HOUR))
    assert within.takes_file(place_of(path_of(START, "UG", "telegram")))


def test_a_choice_that_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="several countries"):
        Choice(countries="UG")
    with pytest.raises(InvalidValueError, match="is no country"):
        Choice(countries=["AS20294"])
    with pytest.raises(InvalidValueError, match="several tests"):
        Choice(tests="telegram")
