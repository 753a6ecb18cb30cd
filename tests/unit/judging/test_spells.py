"""When a service began to fail on a network, and when it came back: known answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from shutdownkit.errors import InvalidValueError
from shutdownkit.judging.blocking.quiet_rates import QuietRates
from shutdownkit.judging.blocking.spells import DEFAULT_SPELLS, SpellSettings, find_spells
from shutdownkit.judging.blocking.streams import Hour, hours_of
from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, Strength

START = datetime(2020, 8, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
OK, PLAIN, WEAK, PAGE = None, Strength.PLAIN, Strength.WEAK, Strength.CONFIRMED


def single(
    hour: float, said: Strength | None, *, network: int = 1, run: str = "", count: int = 1
) -> ServiceTest:
    return ServiceTest(
        time=START + hour * HOUR,
        subject="app:telegram",
        outcome=Outcome.OK if said is None else Outcome.BLOCKED,
        network=Entity.parse(f"AS{64495 + network}"),
        layer=None if said is None else Layer.TCP,
        strength=said,
        run=run,
        count=count,
    )


def hourly(said: str, *, first: int = 0, network: int = 1, step: int = 1) -> list[ServiceTest]:
    kinds = {"o": OK, "x": PLAIN, "w": WEAK, "p": PAGE}
    return [
        single(first + index * step + 0.5, kinds[one], network=network)
        for index, one in enumerate(said)
        if one != "-"
    ]


def the_hour(tests: Iterable[ServiceTest], *, witnesses: int = 3) -> Hour:
    (hour,) = hours_of(list(tests), witnesses=witnesses)
    return hour


# One network


def test_a_block_is_found_with_its_last_and_first_working_tests() -> None:
    (spell,) = find_spells(hourly("o" * 40 + "x" * 30 + "o" * 20))
    assert spell.worked == START + 39.5 * HOUR
    assert (spell.since, spell.last) == (START + 40.5 * HOUR, START + 69.5 * HOUR)
    assert spell.until == START + 70.5 * HOUR
    assert (spell.tests, spell.failed, spell.hours, spell.alone) == (30, 30, 30, True)
    assert spell.layers == ((Layer.TCP, 30),)


@pytest.mark.parametrize(("kind", "needed"), [("x", 7), ("p", 3), ("w", 7)])
def test_how_many_measured_hours_it_takes(kind: str, needed: int) -> None:
    """OONI's detector needs nine where its table says 0.75, and six where it says 1."""
    assert find_spells(hourly("o" * 200 + kind * (needed - 1))) == ()
    assert len(find_spells(hourly("o" * 200 + kind * needed))) == 1


def test_four_working_hours_end_it_and_three_do_not() -> None:
    (spell,) = find_spells(hourly("o" * 100 + "x" * 12 + "ooo" + "x" * 12))
    assert spell.until is None
    assert spell.tests == spell.failed + 3
    (spell,) = find_spells(hourly("o" * 100 + "x" * 12 + "oooo"))
    assert spell.until == START + 112.5 * HOUR


def test_a_service_that_is_blocked_again_has_two_spells() -> None:
    first, second = find_spells(hourly("o" * 40 + "x" * 12 + "o" * 20 + "x" * 12))
    assert first.until == START + 52.5 * HOUR
    assert (second.worked, second.since) == (START + 71.5 * HOUR, START + 72.5 * HOUR)


@pytest.mark.parametrize("length", [6, 7, 8, 10])
def test_a_block_that_returns_every_night_is_found_each_night_that_is_long_enough(length: int) -> None:
    """Nights that half raise the alarm are not learnt as how it is when nobody blocks."""
    nights = ("x" * length + "o" * (24 - length)) * 20
    assert len(find_spells(hourly("o" * 240 + nights))) == (20 if length >= 7 else 0)
    # nor do nights that are too short hide those that are not
    short = ("x" * 6 + "o" * 18) * 10
    assert len(find_spells(hourly("o" * 240 + short + nights))) == (20 if length >= 7 else 0)


def test_a_bad_line_has_no_spell() -> None:
    assert find_spells(hourly("xo" * 100)) == ()
    assert find_spells(hourly("o" * 50 + "xxo" * 100)) == ()


def test_a_network_that_often_fails_takes_longer() -> None:
    assert find_spells(hourly("ooox" * 20 + "oo" + "x" * 7)) == ()
    assert len(find_spells(hourly("o" * 82 + "x" * 7))) == 1


def test_weak_failures_of_a_network_that_is_not_known_take_longer_than_plain_ones() -> None:
    assert find_spells(hourly("w" * 8)) == ()
    assert len(find_spells(hourly("x" * 8))) == 1


def test_the_onset_is_a_failed_test_though_others_worked_in_its_hour() -> None:
    tests = [*hourly("o" * 40), *hourly("x" * 12, first=40), single(40.1, OK)]
    tests += [single(40.6, PLAIN), single(40.7, PLAIN)]
    (spell,) = find_spells(tests)
    assert (spell.worked, spell.since) == (START + 40.1 * HOUR, START + 40.5 * HOUR)


def test_slowed_confirmed_weak_and_counts_are_added_up() -> None:
    tests = [evolve(test, count=2, run=str(test.time)) for test in hourly("o" * 40 + "x" * 10 + "p" * 3)]
    tests[-1] = evolve(tests[-1], outcome=Outcome.SLOWED, layer=Layer.HTTP)
    (spell,) = find_spells(tests + hourly("w", first=53))
    assert (spell.tests, spell.failed, spell.confirmed, spell.weak, spell.slowed) == (27, 27, 6, 1, 2)
    assert spell.runs == 13  # and one test of which the run is not known
    assert spell.layers == ((Layer.TCP, 25), (Layer.HTTP, 2))


# Witnesses


def test_a_run_is_one_witness_that_saw_what_most_of_its_tests_say() -> None:
    hour = the_hour([single(0.1, PLAIN, run="a"), single(0.2, PLAIN, run="a"), single(0.3, OK, run="a")])
    assert (hour.plain, hour.worked) == (1.0, 0.0)
    hour = the_hour([single(0.1, PLAIN, run="a"), single(0.2, OK, run="a"), single(0.3, WEAK, run="b")])
    assert (hour.plain, hour.weak, hour.worked) == (0.0, 1.0, 1.0)
    hour = the_hour([single(0.1, PAGE, run="a", count=2), single(0.2, WEAK, run="a", count=2)])
    assert (hour.page, hour.weak) == (0.0, 1.0)


def test_tests_of_unknown_runs_are_so_many_witnesses_at_most() -> None:
    hour = the_hour([single(0.1, PLAIN, count=30), single(0.2, OK, count=10)], witnesses=4)
    assert (hour.plain, hour.worked) == (3.0, 1.0)
    hour = the_hour([single(0.1, PLAIN), single(0.2, OK)], witnesses=4)
    assert (hour.plain, hour.worked) == (1.0, 1.0)


def test_an_hour_says_at_most_so_much() -> None:
    rates = QuietRates(DEFAULT_SPELLS)
    many = [single(0.1, PLAIN, run=str(run)) for run in range(50)]
    assert rates.score(the_hour(many)) == DEFAULT_SPELLS.clip
    assert rates.score(the_hour([single(0.1, PAGE, count=50)])) == DEFAULT_SPELLS.clip_page
    assert rates.score(the_hour([single(0.1, OK, count=50)])) == -DEFAULT_SPELLS.clip


def test_what_a_network_is_like_is_learnt_and_stays_in_bounds() -> None:
    rates = QuietRates(DEFAULT_SPELLS)
    before = rates.plain
    for index in range(400):
        rates.learn(the_hour([single(index, OK)]))
    assert DEFAULT_SPELLS.plain_least <= rates.plain < before
    assert rates.weak == DEFAULT_SPELLS.weak_least
    for index in range(400):
        rates.learn(the_hour([single(index, PLAIN)]))
    assert rates.plain == DEFAULT_SPELLS.most


# Several networks


def national(networks: int, said: str, *, quiet: int = 20) -> list[ServiceTest]:
    """A service that worked, and then did not: each network is tested every six hours, at other times."""
    return [
        test
        for network in range(1, networks + 1)
        for test in hourly("o" * quiet + said, first=network % 6, network=network, step=6)
    ]


def test_a_national_block_is_told_from_one_failed_test_on_each_network() -> None:
    spells = find_spells(national(8, "x"))
    assert len(spells) == 8
    assert not any(spell.alone for spell in spells)
    assert all(spell.tests == spell.failed == 1 for spell in spells)
    assert find_spells(national(1, "x")) == ()


def test_weak_failures_everywhere_are_told_of_no_network_by_the_others() -> None:
    assert find_spells(national(8, "ww")) == ()


def test_a_network_on_which_it_worked_meanwhile_is_not_drawn_in() -> None:
    more = [*hourly("o" * 19 + "xo", network=9, step=6), *hourly("o" * 22, network=10, step=6)]
    found = {str(spell.network) for spell in find_spells([*national(8, "xx"), *more])}
    assert found == {f"AS{64496 + index}" for index in range(8)}


def test_a_network_that_others_told_of_takes_no_more_to_end_than_it_had_said() -> None:
    more = hourly("o" * 20 + "xoo", network=9, step=6)
    found = {str(spell.network): spell for spell in find_spells([*national(8, "xxx"), *more])}
    assert found["AS64504"].until == START + 126.5 * HOUR
    assert found["AS64496"].until is None


def test_what_others_told_of_first_may_come_to_stand_alone() -> None:
    tests = [*national(8, "x"), *hourly("x" * 12, first=127, network=1)]
    alone = {str(spell.network): spell.alone for spell in find_spells(tests)}
    assert alone.pop("AS64496")
    assert not any(alone.values())


def test_the_more_networks_test_a_service_the_more_must_fail() -> None:
    seven = national(7, "x")
    quiet = [test for network in range(8, 21) for test in hourly("o" * 21, network=network, step=6)]
    assert len(find_spells(seven)) == 7
    assert find_spells([*seven, *quiet]) == ()


@pytest.mark.parametrize("turned", [False, True])
def test_what_worked_at_the_time_of_the_onset_speaks_against_it(turned: bool) -> None:
    """Counts of an hour all bear its start as their time."""
    mixed = [single(120, PLAIN, network=9, count=3), single(120, OK, network=9)]
    more = [*hourly("o" * 20, network=9, step=6), *(reversed(mixed) if turned else mixed)]
    assert len(find_spells([*national(8, "x"), *more])) == 8
    onset = [single(40, OK), single(40, PLAIN, count=5)]
    (spell,) = find_spells([*hourly("o" * 40), *onset, *hourly("x" * 12, first=41)])
    assert (spell.worked, spell.since) == (START + 39.5 * HOUR, START + 40 * HOUR)


def test_two_networks_are_too_few_to_tell_together() -> None:
    assert find_spells(national(2, "xxx")) == ()


def test_failures_weeks_apart_are_not_added() -> None:
    tests = [
        test
        for network in range(1, 9)
        for test in [
            *hourly("o" * 20, first=network, network=network, step=6),
            single(200 + network * 24 * 12, PLAIN, network=network),
        ]
    ]
    assert find_spells(tests) == ()


def test_tests_of_unknown_networks_do_not_count_as_a_network() -> None:
    few = national(3, "xxx")
    unknown = [evolve(test, network=None) for test in few if str(test.network) == "AS64496"]
    rest = [test for test in few if str(test.network) != "AS64496"]
    assert len(find_spells(few)) == 3
    assert find_spells([*rest, *unknown]) == ()


# Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"blocked": 0.5},
        {"plain_least": 0.6},
        {"clip": 6.5},
        {"clip_page": 6.5},
        {"alarm": 0.0},
        {"share": float("nan")},
        {"prior": 0},
        {"doubt": -1.0},
        {"pool_network": -0.1},
        {"witnesses": 0},
        {"pool_least": 1},
        {"patience": timedelta(-1)},
        {"half_life": timedelta(0)},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(
        InvalidValueError, match=next(iter(wrong)).split("_least")[0].replace("plain", "most")
    ):
        SpellSettings(**wrong)  # type: ignore[arg-type] # that is what is refused


def test_settings_matter() -> None:
    tests = hourly("o" * 40 + "x" * 7)
    assert len(find_spells(tests)) == 1
    assert find_spells(tests, settings=SpellSettings(alarm=15.0)) == ()
