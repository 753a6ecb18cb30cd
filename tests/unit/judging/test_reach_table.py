"""The table of what can be reached from where."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.judging.blocking.elsewhere import FAILS_ELSEWHERE
from shutdownkit.judging.blocking.reach_table import reach_table
from shutdownkit.judging.blocking.spell import Spell
from shutdownkit.model.builtin_services import SERVICES
from shutdownkit.model.entity import Entity
from shutdownkit.model.reach import Discards, NetworkReach, Reach, ServiceReach
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, Strength
from shutdownkit.model.services import Service, Services
from shutdownkit.model.window import TimeWindow
from shutdownkit.testing.strategies.service_testing import NETWORKS, START, SUBJECTS, streams

Tests = tuple[ServiceTest, ...]

HOUR = timedelta(hours=1)
NETWORK, OTHER = Entity.parse("AS6697"), Entity.parse("AS25106")
DAY = TimeWindow(START, START + 24 * HOUR)
OK, BLOCKED, SLOWED, DOWN = Outcome.OK, Outcome.BLOCKED, Outcome.SLOWED, Outcome.DOWN
UNKNOWN, DISCARDED = Outcome.UNKNOWN, Outcome.DISCARDED
NEWS = Service("news", "News", tuple(f"domain:news{number}.example" for number in range(40)), category=True)
MIXED = Services(
    (
        Service("telegram", "Telegram", ("app:telegram", "domain:t.me")),
        Service("example", "Example", ("domain:example.org",)),
        Service("sites", "Sites", ("domain:example.org", "domain:example.net"), category=True),
    )
)


def made(hour: float, outcome: Outcome = OK, subject: str = "app:telegram", **more: object) -> ServiceTest:
    failed = outcome in {BLOCKED, SLOWED}
    plain = ServiceTest(
        START + hour * HOUR,
        subject,
        outcome,
        network=NETWORK,
        strength=Strength.PLAIN if failed else None,
    )
    return evolve(plain, **more)  # type: ignore[arg-type]


def spell(
    since: float, last: float, until: float | None, subject: str = "app:telegram", **more: object
) -> Spell:
    """A spell of ten failures."""
    plain = Spell(
        subject,
        NETWORK,
        START + since * HOUR,
        START + last * HOUR,
        None,
        None if until is None else START + until * HOUR,
        tests=10,
        failed=10,
    )
    return evolve(plain, **more)  # type: ignore[arg-type]


def the_row(tests: list[ServiceTest], *spells: Spell, services: Services = SERVICES) -> ServiceReach:
    (row,) = reach_table(tests, spells, services, DAY)
    return row


def the_network(tests: list[ServiceTest], *spells: Spell, services: Services = SERVICES) -> NetworkReach:
    (network,) = the_row(tests, *spells, services=services).networks
    return network


@st.composite
def spells(draw: st.DrawFn) -> Spell:
    since, length = draw(st.integers(-50, 100)), draw(st.integers(0, 60))
    ended = draw(st.booleans())
    made_of = spell(
        since, since + length, since + length + 1 if ended else None, draw(st.sampled_from(SUBJECTS))
    )
    return evolve(
        made_of, network=draw(st.sampled_from(NETWORKS)), slowed=draw(st.sampled_from((0, 5, 6, 10)))
    )


SPELLS = st.lists(spells(), max_size=4)
WINDOWS = st.builds(
    lambda start, length: TimeWindow(START + start * HOUR, START + (start + length) * HOUR),
    st.integers(-10, 90),
    st.integers(0, 100),
)


@given(tests=streams(), found=SPELLS, window=WINDOWS)
def test_counts_add_up(tests: Tests, found: list[Spell], window: TimeWindow) -> None:
    within = [test for test in tests if test.time in window]
    table = reach_table(tests, found, MIXED, window)
    single = [row for row in table if not _is_category(row)]
    assert {subject for row in single for subject in row.subjects} == {test.subject for test in within}
    for name, count in (
        ("tests", lambda test: test.usable),
        ("failed", lambda test: test.failed),
        ("confirmed", lambda test: test.strength is Strength.CONFIRMED),
    ):
        counted = sum(getattr(network, name) for row in single for network in row.networks)
        assert counted == sum(test.count for test in within if count(test))
    discarded = sum(discards.tests for row in single for discards in row.discards)
    assert discarded == sum(test.count for test in within if test.outcome is DISCARDED)


@given(tests=streams(), found=SPELLS, window=WINDOWS)
def test_every_network_with_a_test_is_there_once_in_order(
    tests: Tests, found: list[Spell], window: TimeWindow
) -> None:
    within = [test for test in tests if test.time in window]
    for row in reach_table(tests, found, MIXED, window):
        networks = [one.network for one in row.networks]
        assert set(networks) == {test.network for test in within if test.subject in row.subjects}
        known = [network for network in networks if network is not None]
        assert networks == [None] * (len(networks) - len(known)) + sorted(set(known))


@given(tests=streams(), found=SPELLS, window=WINDOWS)
def test_what_is_said_of_a_network_fits_its_counts(
    tests: Tests, found: list[Spell], window: TimeWindow
) -> None:
    for row in reach_table(tests, found, MIXED, window):
        assert row.reach is min((one.reach for one in row.networks), key=list(Reach).index)
        for one in row.networks:
            assert one.confirmed <= one.failed <= one.tests
            assert one.runs <= one.tests
            if one.reach is Reach.OK:
                assert 2 * one.failed < one.tests
                assert one.tests >= 3
                assert bool(one.reason) == bool(one.failed) or _is_category(row)
            if one.reach is Reach.INSUFFICIENT:
                assert one.reason
            if not found:
                assert one.reach not in {Reach.BLOCKED, Reach.SLOWED}


@given(tests=streams(), found=SPELLS, window=WINDOWS, data=st.data())
def test_the_order_does_not_matter(
    tests: Tests, found: list[Spell], window: TimeWindow, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(tests)), data.draw(st.permutations(found))
    assert reach_table(*shuffled, MIXED, window) == reach_table(tests, found, MIXED, window)


@given(tests=streams(), more=streams(subjects_from=("app:signal",)), found=SPELLS, window=WINDOWS)
def test_tests_of_another_service_change_nothing(
    tests: Tests, more: Tests, found: list[Spell], window: TimeWindow
) -> None:
    table = reach_table((*tests, *more), found, MIXED, window)
    assert tuple(row for row in table if row.service != "app:signal") == reach_table(
        tests, found, MIXED, window
    )


@given(tests=streams(), found=SPELLS, window=WINDOWS)
def test_a_category_changes_nothing_of_the_services(
    tests: Tests, found: list[Spell], window: TimeWindow
) -> None:
    without = Services(tuple(service for service in MIXED if not service.category))
    table = reach_table(tests, found, MIXED, window)
    assert tuple(row for row in table if not _is_category(row)) == reach_table(tests, found, without, window)
    assert [_is_category(row) for row in table] == sorted(map(_is_category, table))


def _is_category(row: ServiceReach) -> bool:
    return row.service == "sites"


# What is said of one network


@pytest.mark.parametrize(
    ("tests", "reach", "reason"),
    [
        ([made(0), made(1), made(2)], Reach.OK, ""),
        ([made(0), made(0.5), made(1)], Reach.OK, ""),
        ([made(0), made(0.5), made(0.9)], Reach.INSUFFICIENT, "3 tests in one hour"),
        ([made(0), made(1)], Reach.INSUFFICIENT, "2 tests"),
        ([made(0)], Reach.INSUFFICIENT, "1 test in one hour"),
        ([made(0, count=9)], Reach.INSUFFICIENT, "9 tests in one hour"),
        (
            [made(0), made(1, UNKNOWN, control=False), made(2, UNKNOWN, control=False)],
            Reach.INSUFFICIENT,
            "1 test in one hour; 2 more say nothing: the control failed in 2 of 3",
        ),
        (
            [made(hour, UNKNOWN, control=False) for hour in range(5)],
            Reach.INSUFFICIENT,
            "the control failed in 5 of 5",
        ),
        ([made(0, UNKNOWN, reason="no answer")], Reach.INSUFFICIENT, "no answer in 1 of 1"),
        ([made(0, UNKNOWN)], Reach.INSUFFICIENT, "nobody could tell in 1 of 1"),
        ([made(0, DISCARDED, count=4)], Reach.INSUFFICIENT, "it was known not to be blocking in 4 of 4"),
        (
            [made(0), made(1), made(2, BLOCKED)],
            Reach.OK,
            "1 of 3 failed: too few, or too scattered, to call it blocking",
        ),
        (
            [made(0), made(1, BLOCKED), made(2), made(3, BLOCKED)],
            Reach.INSUFFICIENT,
            "2 of 4 failed: too few, or too scattered, to call it blocking",
        ),
        ([made(0, DOWN, reason="dead"), made(1, DOWN, reason="dead")], Reach.DOWN, "dead"),
        ([made(0, DOWN, reason="dead")], Reach.INSUFFICIENT, "dead in 1 of 1"),
        ([made(0, DOWN), made(1, DOWN), made(2), made(3)], Reach.DOWN, ""),
        ([made(0, DOWN), made(1, DOWN), made(2), made(3), made(4)], Reach.OK, ""),
    ],
)
def test_reach_without_a_spell(tests: list[ServiceTest], reach: Reach, reason: str) -> None:
    found = the_network(tests)
    assert (found.reach, found.reason) == (reach, reason)


@pytest.mark.parametrize(
    ("since", "last", "until", "overlaps"),
    [
        (2, 3, 4, True),
        (-5, -3, 1, True),
        (-5, -3, 0, False),  # it worked again when the window began
        (-5, -3, None, False),
        (-5, 0, None, True),
        (5, 5, None, True),  # one instant
        (24, 30, None, False),
        (23, 30, None, True),
        (-5, 30, 40, True),
    ],
)
def test_a_spell_counts_where_it_overlaps_the_window(
    since: float, last: float, until: float | None, overlaps: bool
) -> None:
    found = the_network([made(hour) for hour in range(5)], spell(since, last, until))
    assert found.reach is (Reach.BLOCKED if overlaps else Reach.OK)


def test_a_spell_of_another_network_or_service_does_not_count() -> None:
    tests = [made(hour) for hour in range(5)]
    assert the_network(tests, spell(1, 2, 3, network=OTHER), spell(1, 2, 3, "app:signal")).reach is Reach.OK


def test_slowed_where_most_of_what_failed_was_slowed() -> None:
    tests = [made(1, SLOWED)]
    assert the_network(tests, spell(1, 2, 3, slowed=6)).reach is Reach.SLOWED
    assert the_network(tests, spell(1, 2, 3, slowed=5)).reach is Reach.BLOCKED
    assert the_network(tests, spell(1, 2, 3, slowed=6), spell(5, 6, 7)).reach is Reach.BLOCKED


def test_layers_runs_and_block_pages() -> None:
    tests = [
        made(1, BLOCKED, layer=Layer.TLS, run="a"),
        made(2, BLOCKED, layer=Layer.DNS, run="b", count=3, strength=Strength.CONFIRMED),
        made(2, BLOCKED, layer=Layer.TCP, run="b"),
        made(3, run="a"),
        made(4, UNKNOWN, layer=Layer.HTTP, run="c"),
    ]
    found = the_network(tests, spell(1, 2, 3))
    assert found == NetworkReach(
        NETWORK,
        Reach.BLOCKED,
        tests=6,
        failed=5,
        confirmed=3,
        runs=2,
        how=(Layer.DNS, Layer.TCP, Layer.TLS),
    )


def test_an_app_and_its_sites_are_one_service() -> None:
    tests = [made(1), made(2, subject="domain:t.me"), made(3, subject="domain:web.telegram.org")]
    row = the_row(tests, spell(1, 2, 3, "domain:telegram.org"))
    assert (row.service, row.title, row.reach) == ("telegram", "Telegram", Reach.BLOCKED)
    assert row.subjects == ("app:telegram", "domain:t.me", "domain:web.telegram.org")


def test_what_looked_like_blocking_is_counted_by_reason() -> None:
    tests = [
        made(1, DISCARDED, reason="second", count=2),
        made(2, DISCARDED, reason="first", count=2),
        made(3, DISCARDED),
        made(4, DOWN, reason=FAILS_ELSEWHERE, count=3),
        made(5, DOWN, reason="for the control as well"),
        made(30, DISCARDED, reason="after the window"),
    ]
    assert the_row(tests).discards == (
        Discards(FAILS_ELSEWHERE, 3),
        Discards("first", 2),
        Discards("second", 2),
        Discards("no reason was given", 1),
    )


def test_nothing_tested_in_the_window_is_not_there() -> None:
    assert reach_table([made(-1), made(24)], [spell(1, 2, None)], SERVICES, DAY) == ()
    assert reach_table([], [], SERVICES, TimeWindow(START, START)) == ()


# Categories


def news(
    blocked: int, tested: int, *, slowed: int = 0, prefix: str = ""
) -> tuple[list[ServiceTest], list[Spell]]:
    """Tests of so many sites, every hour for three hours, and spells of the first of them."""
    subjects = [f"domain:{prefix}news{number}.example" for number in range(tested)]
    tests = [made(hour, OK, subject) for hour in range(3) for subject in subjects]
    return tests, [
        spell(1, 2, 3, subject, slowed=10 if rank < slowed else 0)
        for rank, subject in enumerate(subjects[:blocked])
    ]


@pytest.mark.parametrize(
    ("blocked", "tested", "slowed", "reach"),
    [
        (0, 5, 0, Reach.OK),
        (1, 1, 0, Reach.OK),
        (1, 5, 0, Reach.OK),
        (2, 5, 0, Reach.BLOCKED),
        (2, 20, 0, Reach.BLOCKED),
        (2, 21, 0, Reach.OK),
        (3, 21, 0, Reach.BLOCKED),
        (2, 20, 2, Reach.SLOWED),
        (2, 20, 1, Reach.SLOWED),
        (3, 20, 1, Reach.BLOCKED),
    ],
)
def test_a_category_is_blocked_where_many_of_its_sites_are(
    blocked: int, tested: int, slowed: int, reach: Reach
) -> None:
    tests, found = news(blocked, tested, slowed=slowed)
    table = reach_table(tests, found, Services((NEWS,)), DAY)
    row = table[-1]
    assert (row.service, row.reach) == ("news", reach)
    assert Counter(one.reach for one in table[:-1])[Reach.OK] == tested - blocked
    if blocked and reach is Reach.OK:
        assert (
            row.networks[0].reason
            == f"{blocked} of {tested} sites blocked or slowed: too few to say so of all"
        )


def test_a_site_and_its_www_are_one_site() -> None:
    tests, found = news(1, 5)
    more, again = news(1, 5, prefix="www.")
    row = reach_table([*tests, *more], [*found, *again], Services((NEWS,)), DAY)[-1]
    assert row.reach is Reach.OK


def test_sites_blocked_on_different_networks_do_not_add_up() -> None:
    tests, found = news(2, 5)
    beside = [evolve(test, network=OTHER) for test in tests]
    row = reach_table([*tests, *beside], [found[0], evolve(found[1], network=OTHER)], Services((NEWS,)), DAY)[
        -1
    ]
    assert [one.reach for one in row.networks] == [Reach.OK, Reach.OK]


def test_a_time_before_all_days_is_a_time() -> None:
    first = datetime.min.replace(tzinfo=UTC)
    window = TimeWindow(first, START)
    (row,) = reach_table([evolve(made(0), time=first)], [], SERVICES, window)
    assert row.networks[0].tests == 1
