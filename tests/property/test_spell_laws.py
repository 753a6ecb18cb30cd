"""Laws of spells: when a service began to fail on a network, and when it came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.judging.blocking.spell import Spell
from shutdownkit.judging.blocking.spells import find_spells
from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, Strength
from shutdownkit.testing.strategies.service_testing import service_tests
from shutdownkit.testing.strategies.service_testing import streams as any_streams

START = datetime(2020, 8, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
NETWORKS = (*(Entity.parse(f"AS{64496 + number}") for number in range(6)), None)
COUNTRY = Entity.parse("BY")


@st.composite
def pasts(draw: st.DrawFn, *, networks: int = 4, said: str = "opwc") -> tuple[ServiceTest, ...]:
    """What some networks saw of one service: stretches in which it worked, failed, or was not tested."""
    stretches = st.lists(_stretches(said), min_size=1, max_size=5)
    drawn = st.dictionaries(st.sampled_from(NETWORKS), stretches, min_size=1, max_size=networks)
    tests: list[ServiceTest] = []
    for network, found in draw(drawn).items():
        hour = 0
        for kind, length, step, minutes, named, silence in found:
            for _ in range(length):
                for minute in minutes:
                    run = f"{network} {hour // named}" if named else ""
                    tests.append(_test(START + hour * HOUR + minute * HOUR / 60, network, kind, run))
                hour += step
            hour += silence
    return tuple(tests)


def _stretches(said: str) -> st.SearchStrategy[tuple[str, int, int, list[int], int, int]]:
    """What is said, in how many hours, how far apart, at which minutes, how many hours a run lasts (0: its
    name is not known), and the silence after it in hours.
    """
    return st.tuples(
        st.sampled_from(said),
        st.integers(1, 12),
        st.sampled_from((1, 1, 2, 12)),
        st.lists(st.integers(0, 59), min_size=1, max_size=2),
        st.sampled_from((0, 1, 3)),
        st.sampled_from((0, 0, 30, 300)),
    )


def _test(time: datetime, network: Entity | None, kind: str, run: str) -> ServiceTest:
    strength = {"o": None, "p": Strength.PLAIN, "w": Strength.WEAK, "c": Strength.CONFIRMED}[kind]
    return ServiceTest(
        time=time,
        subject="app:telegram",
        outcome=Outcome.OK if strength is None else Outcome.BLOCKED,
        country=COUNTRY,
        network=network,
        layer=None if strength is None else Layer.TCP,
        strength=strength,
        run=run,
    )


def without_counts(spells: Sequence[Spell]) -> list[Spell]:
    return [evolve(spell, tests=0, failed=0, confirmed=0, weak=0, slowed=0, layers=()) for spell in spells]


def of(spell: Spell, tests: Sequence[ServiceTest]) -> list[ServiceTest]:
    mine = [test for test in tests if (test.subject, test.network) == (spell.subject, spell.network)]
    return sorted((test for test in mine if test.usable), key=lambda test: test.time)


@given(st.data(), pasts() | any_streams())
def test_the_order_of_tests_does_not_matter(data: st.DataObject, tests: tuple[ServiceTest, ...]) -> None:
    mixed = data.draw(st.permutations(tests))
    assert find_spells(mixed) == find_spells(tests)


@given(pasts() | any_streams())
def test_a_spell_is_what_its_tests_say(tests: tuple[ServiceTest, ...]) -> None:
    for spell in find_spells(tests):
        mine = of(spell, tests)
        end = spell.until or datetime.max.replace(tzinfo=UTC)
        inside = [test for test in mine if spell.since <= test.time < end]
        failed = [test for test in inside if test.failed]
        assert spell.since == failed[0].time
        assert spell.last == failed[-1].time
        assert spell.since <= spell.last < end
        assert spell.until is None or any(test.time == spell.until and not test.failed for test in mine)
        worked = [test.time for test in mine if not test.failed and test.time < spell.since]
        assert spell.worked == max(worked, default=None)
        assert spell.tests == sum(test.count for test in inside)
        assert spell.failed == sum(test.count for test in failed)
        assert 0 <= spell.confirmed + spell.weak <= spell.failed
        assert spell.slowed == sum(test.count for test in failed if test.outcome is Outcome.SLOWED)
        assert spell.hours == len({test.time.replace(minute=0, second=0) for test in failed})
        assert spell.runs == len({test.run for test in failed if test.run})


@given(pasts())
def test_a_spell_that_stands_alone_has_failures_in_three_hours(tests: tuple[ServiceTest, ...]) -> None:
    for spell in find_spells(tests):
        assert not spell.alone or spell.hours >= 3


@given(pasts() | any_streams())
def test_spells_of_one_stream_follow_one_another(tests: tuple[ServiceTest, ...]) -> None:
    streams: dict[tuple[str, Entity | None], list[Spell]] = {}
    for spell in find_spells(tests):
        streams.setdefault((spell.subject, spell.network), []).append(spell)
    for spells in streams.values():
        for earlier, later in pairwise(spells):
            assert earlier.until is not None
            assert earlier.until < later.since


@given(pasts(said="o"))
def test_a_service_that_always_works_has_no_spell(tests: tuple[ServiceTest, ...]) -> None:
    assert find_spells(tests) == ()


@given(pasts(), st.sampled_from(NETWORKS))
def test_a_network_that_only_worked_has_no_spell(
    tests: tuple[ServiceTest, ...], network: Entity | None
) -> None:
    calm = [
        evolve(test, outcome=Outcome.OK, layer=None, strength=None) if test.network == network else test
        for test in tests
    ]
    assert network not in {spell.network for spell in find_spells(calm)}


@given(
    pasts(), st.lists(service_tests(outcomes=(Outcome.UNKNOWN, Outcome.DOWN, Outcome.DISCARDED)), max_size=4)
)
def test_tests_that_say_nothing_change_nothing(
    tests: tuple[ServiceTest, ...], more: list[ServiceTest]
) -> None:
    beside = [
        evolve(one, time=START + index * HOUR, subject="app:telegram", network=NETWORKS[index % 7])
        for index, one in enumerate(more)
    ]
    assert find_spells([*more, *tests, *beside]) == find_spells(tests)


@given(pasts(), st.integers(-10_000, 10_000))
def test_shifting_time_by_whole_hours_shifts_the_spells(tests: tuple[ServiceTest, ...], hours: int) -> None:
    by = hours * HOUR
    shifted = [evolve(test, time=test.time + by) for test in tests]
    assert find_spells(shifted) == tuple(
        evolve(
            spell,
            since=spell.since + by,
            last=spell.last + by,
            worked=spell.worked and spell.worked + by,
            until=spell.until and spell.until + by,
        )
        for spell in find_spells(tests)
    )


@given(pasts(), st.integers(2, 5))
def test_more_of_what_a_run_says_changes_nothing(tests: tuple[ServiceTest, ...], times: int) -> None:
    more = [copy for test in tests for copy in [test] * (times if test.run else 1)]
    assert without_counts(find_spells(more)) == without_counts(find_spells(tests))
    counted = [evolve(test, count=times if test.run else 1) for test in tests]
    assert without_counts(find_spells(counted)) == without_counts(find_spells(tests))


@given(pasts())
def test_other_services_change_nothing(tests: tuple[ServiceTest, ...]) -> None:
    other = [evolve(test, subject="domain:example.org", time=test.time + HOUR) for test in tests]
    both = find_spells([*tests, *other])
    assert tuple(spell for spell in both if spell.subject == "app:telegram") == find_spells(tests)


@given(pasts(networks=2), st.sampled_from(NETWORKS), st.integers(1, 400), st.booleans())
def test_working_tests_never_make_a_spell(
    tests: tuple[ServiceTest, ...], network: Entity | None, hours: int, before: bool
) -> None:
    """With more working tests before or after, a spell still begins with a failed test that was there."""
    times = [test.time for test in tests]
    edge = min(times) - hours * HOUR if before else max(times) + HOUR
    more = [_test(edge + index * HOUR, network, "o", "") for index in range(hours)]
    failed = {(test.network, test.time) for test in tests if test.failed}
    spells = find_spells([*tests, *more])
    assert all((spell.network, spell.since) in failed for spell in spells)
    if not before and hours > 10:
        assert all(spell.until is not None for spell in spells if spell.network == network)


@given(st.integers(0, 40), st.sampled_from("pwc"), st.booleans())
def test_what_fails_from_the_first_test_on_is_one_spell_that_lasts(more: int, kind: str, named: bool) -> None:
    enough = {"p": 7, "w": 10, "c": 3}[kind]
    tests = [
        _test(START + hour * HOUR, NETWORKS[0], kind, str(hour) if named else "")
        for hour in range(enough + more)
    ]
    (spell,) = find_spells(tests)
    assert (spell.since, spell.worked, spell.until) == (START, None, None)
    assert spell.alone
    assert find_spells(tests[: enough - 1]) == ()


@given(st.integers(1, 300), st.sampled_from("pc"), st.integers(1, 9), st.integers(0, 23))
def test_two_hours_never_suffice_on_one_network(quiet: int, kind: str, tests: int, hour: int) -> None:
    """However well the network behaved before, and however many tests failed in them."""
    past = [_test(START + index * HOUR, NETWORKS[0], "o", "") for index in range(quiet)]
    onset = START + (quiet + hour) * HOUR
    failed = [
        _test(onset + index * HOUR + minute * HOUR / 60, NETWORKS[0], kind, f"{index} {minute}")
        for index in range(2)
        for minute in range(tests)
    ]
    assert find_spells([*past, *failed]) == ()


@given(st.integers(60, 200), st.integers(1, 40))
def test_plain_failures_once_a_day_take_a_week_on_one_network(quiet: int, days: int) -> None:
    past = [_test(START + index * HOUR, NETWORKS[0], "o", "") for index in range(quiet)]
    failed = [
        _test(START + quiet * HOUR + (23 + day * 24) * HOUR, NETWORKS[0], "p", str(day))
        for day in range(days)
    ]
    assert len(find_spells([*past, *failed])) == (days >= 7)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_silence_neither_begins_nor_ends_a_spell(before: int, within: int) -> None:
    past = [_test(START + index * HOUR, NETWORKS[0], "o", "") for index in range(30)]
    onset = START + (30 + before) * HOUR
    first = [_test(onset + index * HOUR, NETWORKS[0], "p", "") for index in range(8)]
    again = [_test(onset + (8 + within + index) * HOUR, NETWORKS[0], "p", "") for index in range(8)]
    (spell,) = find_spells([*past, *first, *again])
    assert (spell.since, spell.last, spell.until) == (onset, again[-1].time, None)
    assert find_spells(past) == ()


@given(st.integers(1, 6))
def test_one_run_never_suffices(hours: int) -> None:
    tests = [_test(START + index * HOUR, NETWORKS[0], "c", "one") for index in range(10 * hours)]
    assert find_spells(tests) == ()
    assert len(find_spells([*tests, _test(START + 10 * hours * HOUR, NETWORKS[0], "c", "two")])) == 1
