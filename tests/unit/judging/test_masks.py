"""What must not count as blocking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.judging.blocking.connectivity import CONTROLS_FAILED
from shutdownkit.judging.blocking.elsewhere import FAILS_ELSEWHERE
from shutdownkit.judging.blocking.instruments import BROKEN_VERSION
from shutdownkit.judging.blocking.masks import judged_tests
from shutdownkit.model.builtin_services import SERVICES
from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Outcome, ServiceTest, Strength
from shutdownkit.testing.strategies.service_testing import COUNTRY, streams

Tests = tuple[ServiceTest, ...]

BY, RU, IR, DE, FR, US = (Entity.parse(code) for code in ("BY", "RU", "IR", "DE", "FR", "US"))
BELTELECOM, MTS, FIRST, SECOND, THIRD = (
    Entity.parse(code) for code in ("AS6697", "AS25106", "AS101", "AS102", "AS103")
)
MIDNIGHT = datetime(2020, 8, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
APP = "ooniprobe-android 3.7.1 signal 0.2.4"
OTHER_APP = "ooniprobe-android 3.8.0 signal 0.2.5"
SITES = tuple(f"domain:site{number}.example" for number in range(10))
APPS = ("app:telegram", "app:whatsapp", "app:signal")


def made(
    hour: float,
    subject: str = "app:telegram",
    outcome: Outcome = Outcome.BLOCKED,
    *,
    country: Entity | None = BY,
    network: Entity | None = BELTELECOM,
    strength: Strength = Strength.PLAIN,
    control: bool | None = None,
    instrument: str = "",
    run: str = "",
    count: int = 1,
) -> ServiceTest:
    """A test so many hours after midnight."""
    failed = outcome in {Outcome.BLOCKED, Outcome.SLOWED}
    return ServiceTest(
        MIDNIGHT + hour * HOUR,
        subject,
        outcome,
        country,
        network,
        strength=strength if failed else None,
        control=control,
        count=count,
        instrument=instrument,
        run=run,
    )


def judged(tests: Iterable[ServiceTest], entity: Entity = BY) -> Tests:
    return judged_tests(tests, entity, SERVICES)


def reasons(tests: Iterable[ServiceTest]) -> set[str]:
    return {test.reason for test in tests if test.reason}


# Worlds in which the masks have something to do: places at home and abroad, few subjects, whole outages.

OK, BLOCKED, UNKNOWN = Outcome.OK, Outcome.BLOCKED, Outcome.UNKNOWN
OUTCOMES = (OK, BLOCKED, BLOCKED, Outcome.SLOWED, UNKNOWN, Outcome.DOWN, Outcome.DISCARDED)


def crowds() -> st.SearchStrategy[Tests]:
    """Tests at home and abroad, some of them of the hours of an outage."""
    home = streams(
        hours=60,
        subjects_from=("app:signal", *SITES[:2]),
        outcomes=OUTCOMES,
        instruments=(APP, OTHER_APP, ""),
        max_size=12,
    )
    abroad = streams(
        hours=60,
        subjects_from=("app:signal", SITES[0]),
        outcomes=(BLOCKED, OK, Outcome.DOWN),
        countries=(DE, FR, US, None),
        networks=(FIRST, SECOND, THIRD),
        instruments=(APP, ""),
        max_size=8,
    )
    lost = streams(
        hours=4,
        subjects_from=(*SITES, *APPS),
        outcomes=(BLOCKED, BLOCKED, BLOCKED, UNKNOWN, OK),
        strengths=(Strength.PLAIN, Strength.CONFIRMED),
        networks=(BELTELECOM, MTS),
        max_size=16,
    )
    # Chance alone rarely makes a dead service or a whole outage.
    whole = st.sampled_from(((), *(tuple(made_of) for made_of in (dead(), blackout(), dead() + blackout()))))
    return st.builds(lambda *parts: tuple(test for part in parts for test in part), home, abroad, lost, whole)


def dead() -> list[ServiceTest]:
    """Signal fails in three countries for a day, and at home for one version; another got a block page."""
    networks = ((DE, FIRST), (FR, SECOND), (US, THIRD))
    elsewhere = [
        made(hour, "app:signal", country=country, network=network)
        for hour in (-12, 12)
        for country, network in networks
    ]
    page = made(3, "app:signal", strength=Strength.CONFIRMED, instrument=OTHER_APP, network=MTS)
    return [*elsewhere, made(1, "app:signal", instrument=APP), page]


def blackout() -> list[ServiceTest]:
    """For an hour all fails on one network, with the controls of most tests; one test got a block page."""
    failed = [made(0.1, site, control=True) for site in SITES[:6]]
    page = made(0.2, SITES[6], control=True, strength=Strength.CONFIRMED)
    return [*failed, page, *(made(0.3, site, UNKNOWN, control=False, count=3) for site in SITES)]


def without_verdict(test: ServiceTest) -> ServiceTest:
    return evolve(test, outcome=UNKNOWN, strength=None, reason="")


@given(tests=crowds())
def test_only_the_outcome_of_failed_tests_of_the_entity_changes(tests: Tests) -> None:
    own = [test for test in tests if test.country == COUNTRY]
    result = judged(tests)
    assert Counter(map(without_verdict, result)) == Counter(map(without_verdict, own))
    kept, masked = Counter(own) & Counter(result), Counter(result) - Counter(own)
    for test in masked:
        assert test.outcome in {Outcome.DOWN, Outcome.DISCARDED}
        assert test.reason
    for test in Counter(own) - kept:
        assert test.failed
        assert test.strength is not Strength.CONFIRMED


@given(tests=crowds(), data=st.data())
def test_the_order_does_not_matter(tests: Tests, data: st.DataObject) -> None:
    assert judged(data.draw(st.permutations(tests))) == judged(tests)


@given(tests=crowds())
def test_judging_twice_is_judging_once(tests: Tests) -> None:
    once = judged(tests)
    abroad = [test for test in tests if test.country != COUNTRY]
    assert judged(once) == once
    assert judged((*once, *abroad)) == once


@given(tests=crowds())
def test_a_network_is_judged_by_its_own_tests(tests: Tests) -> None:
    result = judged(tests, BELTELECOM)
    own = [test for test in tests if test.network == BELTELECOM]
    assert Counter(map(without_verdict, result)) == Counter(map(without_verdict, own))


def test_no_test_is_of_a_region() -> None:
    assert judged([made(1)], Entity.parse("US/LA")) == ()


# Connectivity


def quiet_days(days: int = 4, network: Entity = BELTELECOM) -> list[ServiceTest]:
    """Before midnight: every hour all sites are reached, and the controls work but one in 40."""
    return [
        made(
            -hour - 0.5,
            site,
            UNKNOWN if (hour + rank) % 40 == 0 else OK,
            network=network,
            control=(hour + rank) % 40 != 0,
        )
        for hour in range(24 * days)
        for rank, site in enumerate(SITES)
    ]


def outage(hours: range = range(3), *, network: Entity = BELTELECOM) -> list[ServiceTest]:
    """Every hour 6 sites of 10 fail though the control works; the control of the other 4 does not."""
    return [
        made(hour + 0.1, site, BLOCKED if rank < 6 else UNKNOWN, network=network, control=rank < 6)
        for hour in hours
        for rank, site in enumerate(SITES)
    ]


def test_when_the_controls_fail_too_over_everything_it_is_connectivity() -> None:
    result = judged([*quiet_days(), *outage()])
    assert [test for test in result if test.failed] == []
    assert {test.outcome for test in result if test.reason == CONTROLS_FAILED} == {Outcome.DISCARDED}
    assert sum(test.reason == CONTROLS_FAILED for test in result) == 18


def test_a_long_outage_is_not_usual() -> None:
    result = judged([*quiet_days(), *outage(range(48))])
    assert [test for test in result if test.failed] == []


def test_where_controls_always_fail_so_often_it_is_blocking() -> None:
    always = [made(-hour, site, UNKNOWN, control=hour % 5 > 1) for hour in range(1, 72) for site in SITES]
    result = judged([*always, *outage()])
    assert sum(test.failed for test in result) == 18


@pytest.mark.parametrize("blocked", [1, 3, 10])
def test_blocking_with_working_controls_is_left_alone(blocked: int) -> None:
    """However many services are blocked."""
    tests = [
        made(hour + 0.1, site, BLOCKED if rank < blocked else OK, control=True)
        for hour in range(24)
        for rank, site in enumerate(SITES)
    ]
    assert Counter(judged([*quiet_days(), *tests])) == Counter([*quiet_days(), *tests])


def test_one_blocked_service_while_some_controls_fail_is_left_alone() -> None:
    tests = [
        made(hour + 0.1, site, BLOCKED if rank == 0 else UNKNOWN if rank > 6 else OK, control=rank <= 6)
        for hour in range(24)
        for rank, site in enumerate(SITES)
    ]
    assert reasons(judged([*quiet_days(), *tests])) == set()


def test_a_block_page_says_that_the_network_works() -> None:
    """It is never masked, and the services that serve it did not fail with the controls."""
    tests = [
        evolve(test, strength=Strength.CONFIRMED) if test.failed and test.subject in SITES[:3] else test
        for test in outage()
    ]
    assert reasons(judged([*quiet_days(), *tests])) == set()


def test_a_block_page_is_left_where_the_rest_is_connectivity() -> None:
    result = judged(blackout())
    assert [test.strength for test in result if test.failed] == [Strength.CONFIRMED]
    assert sum(test.reason == CONTROLS_FAILED for test in result) == 6


def test_few_services_that_fail_are_not_everything() -> None:
    """Three apps mostly fail and ten sites could not tell; but one test of an app got through."""
    apps = [made(1.2, app, count=3) for app in APPS]
    silent = [made(hour + 0.3, site, UNKNOWN, control=False) for hour in range(3) for site in SITES]
    result = judged([*quiet_days(), *apps, *silent, made(1.4, APPS[0], OK)])
    assert sum(test.failed for test in result) == 3


def test_a_network_with_few_tests_is_judged_by_the_others_if_all_fails_there() -> None:
    alone = [made(1.2, "app:telegram", network=MTS), made(1.3, "app:whatsapp", network=MTS)]
    nation = [*quiet_days(), *outage()]
    assert [test for test in judged([*nation, *alone]) if test.failed] == []
    reached = [made(1.3, subject, OK, network=MTS) for subject in ("app:signal", "domain:wikipedia.org")]
    left = [test for test in judged([*nation, *alone, *reached]) if test.failed]
    assert {test.network for test in left} == {MTS}
    assert len(left) == 2


def test_a_network_with_enough_tests_is_judged_by_its_own() -> None:
    elsewhere = [evolve(test, network=MTS, control=True) for test in outage() if test.failed]
    elsewhere += [
        made(hour + 0.2, site, OK, network=MTS, control=True) for hour in range(3) for site in SITES[6:]
    ]
    result = judged([*quiet_days(), *quiet_days(network=MTS), *outage(), *elsewhere])
    assert {test.network for test in result if test.failed} == {MTS}


def test_where_nothing_says_what_is_usual_half_of_the_controls_must_fail() -> None:
    assert sum(test.failed for test in judged(outage())) == 18
    silent = [made(hour + 0.3, site, UNKNOWN, control=False) for hour in range(3) for site in SITES]
    assert sum(test.failed for test in judged([*outage(), *silent])) == 0


def test_where_nothing_was_reached_the_services_that_could_not_tell_count_too() -> None:
    """Three apps failed and ten sites could not tell: no connectivity; with one reached it is not all."""
    apps = [made(1.2, app, count=3) for app in APPS]
    silent = [made(hour + 0.3, site, UNKNOWN, control=False) for hour in range(3) for site in SITES]
    assert [test for test in judged([*quiet_days(), *apps, *silent]) if test.failed] == []
    reached = made(1.4, "domain:wikipedia.org", OK)
    assert sum(test.failed for test in judged([*quiet_days(), *apps, *silent, reached])) == 3


def test_subjects_of_one_service_are_one() -> None:
    """Five names of Telegram that fail are one service that fails."""
    names = (
        "app:telegram",
        "domain:t.me",
        "domain:telegram.org",
        "domain:web.telegram.org",
        "domain:telegra.ph",
    )
    tests = [made(0.1, name) for name in names]
    silent = [made(0.3, site, UNKNOWN, control=False) for site in SITES]
    reached = made(0.4, "domain:wikipedia.org", OK)
    assert reasons(judged([*quiet_days(), *tests, *silent, reached])) == set()


def test_clocks_that_were_never_set_do_no_harm() -> None:
    first, last = (moment.replace(tzinfo=UTC) for moment in (datetime.min, datetime.max))
    tests = [evolve(made(0), time=moment) for moment in (first, last)]
    assert judged([*tests, *(evolve(test, country=DE) for test in tests)]) == tuple(tests)


# Elsewhere


def abroad(
    countries: Iterable[Entity] = (DE, FR, US),
    outcome: Outcome = BLOCKED,
    hour: float = 2,
    strength: Strength = Strength.PLAIN,
) -> list[ServiceTest]:
    """A test in each country, from a network of its own."""
    networks = (FIRST, SECOND, THIRD, BELTELECOM)
    return [
        made(hour, country=country, network=network, outcome=outcome, strength=strength)
        for country, network in zip(countries, networks, strict=False)
    ]


def test_what_fails_in_other_countries_as_well_is_down() -> None:
    assert [(test.outcome, test.reason) for test in judged([made(1), *abroad()])] == [
        (Outcome.DOWN, FAILS_ELSEWHERE)
    ]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param(abroad(()), id="nobody else tested"),
        pytest.param(abroad((DE,)), id="one country"),
        pytest.param(abroad((DE, FR)), id="two countries, two networks, no runs"),
        pytest.param(abroad((DE, DE, DE)), id="one country, three networks"),
        pytest.param(abroad(hour=26), id="two days later"),
        pytest.param(abroad(hour=-30), id="a day and more before"),
        pytest.param(
            [*abroad(), *abroad(outcome=OK), made(2, outcome=OK, country=US)], id="most were reached"
        ),
        pytest.param(abroad(strength=Strength.CONFIRMED), id="they block it, too"),
        pytest.param(abroad(strength=Strength.WEAK), id="it merely differed there"),
        pytest.param([evolve(test, country=None) for test in abroad()], id="nobody knows where"),
        pytest.param([evolve(test, subject="app:signal") for test in abroad()], id="something else"),
        pytest.param(
            [made(2, country=RU, network=FIRST, count=90), *abroad((RU, IR, IR))]
            + [made(2, "app:telegram", OK, country=country) for country in (DE, FR, US)],
            id="many tests of the two countries of five that block it",
        ),
    ],
)
def test_too_little_elsewhere_changes_nothing(others: list[ServiceTest]) -> None:
    assert judged([made(1), *others]) == (made(1),)


def test_a_weak_failure_is_explained_by_weak_failures_elsewhere() -> None:
    weak = made(1, strength=Strength.WEAK)
    assert judged([weak, *abroad(strength=Strength.WEAK)])[0].outcome is Outcome.DOWN


def test_five_runs_do_for_networks() -> None:
    runs = [
        made(2, country=country, network=None, run=f"{country} {number}")
        for country in (DE, FR)
        for number in range(3)
    ]
    assert judged([made(1), *runs])[0].outcome is Outcome.DOWN
    assert judged([made(1), *runs[:4]]) == (made(1),)


def test_what_is_down_elsewhere_fails_there() -> None:
    assert judged([made(1), *abroad(outcome=Outcome.DOWN)])[0].outcome is Outcome.DOWN


def test_a_block_page_here_is_no_fault_of_the_service() -> None:
    page = made(1, strength=Strength.CONFIRMED)
    assert judged([page, *abroad()]) == (page,)


def test_for_a_network_the_rest_of_its_country_is_not_elsewhere() -> None:
    beside = [made(2, network=network) for network in (FIRST, SECOND, THIRD)]
    assert judged([made(1), *beside, *abroad((DE,))], BELTELECOM) == (made(1),)
    assert judged([made(1), *abroad()], BELTELECOM)[0].outcome is Outcome.DOWN


def test_where_home_is_not_known_one_country_more_is_asked_for() -> None:
    lost = made(1, country=None)
    two = [*abroad((DE, FR)), made(2, country=DE, network=THIRD)]
    assert judged([lost, *two], BELTELECOM) == (lost,)
    assert judged([lost, *abroad()], BELTELECOM)[0].outcome is Outcome.DOWN


# Instruments


def broken(hour: float = 1, **changes: Any) -> ServiceTest:
    return evolve(made(hour, "app:signal", instrument=APP), **changes)


def reached(number: int, instrument: str = OTHER_APP, hour: float = 3) -> list[ServiceTest]:
    return [made(hour, "app:signal", OK, instrument=instrument, run=f"run {run}") for run in range(number)]


def test_what_fails_for_one_version_only_is_a_defect_of_it() -> None:
    result = judged([broken(), broken(network=MTS), *reached(3)])
    assert [test.reason for test in result if test.network == BELTELECOM and test.outcome is not OK] == [
        f"{BROKEN_VERSION}: {APP}"
    ]
    # alone in use there, and known to be broken
    assert [test.outcome for test in result if test.network == MTS] == [Outcome.DISCARDED]
    assert judged([broken(), broken(network=FIRST, country=DE), *reached(3)])[0].outcome is Outcome.DISCARDED


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([], id="alone in use"),
        pytest.param(reached(2), id="two runs of others"),
        pytest.param(reached(9, hour=30), id="others reached it later"),
        pytest.param(reached(9, APP), id="the same version reached it"),
        pytest.param(reached(9, ""), id="nobody knows which"),
        pytest.param(
            [evolve(test, run="") for test in reached(9)], id="nobody knows whether they are independent"
        ),
        pytest.param([evolve(test, network=FIRST) for test in reached(9)], id="others reached it elsewhere"),
        pytest.param([*reached(9), made(5, "app:signal", instrument=OTHER_APP)], id="others failed, too"),
        pytest.param([*reached(9), made(5, "app:signal", instrument="")], id="others may have failed, too"),
        pytest.param(
            [*reached(9), made(5, "app:signal", instrument=APP, strength=Strength.CONFIRMED)],
            id="a block page",
        ),
    ],
)
def test_too_little_about_the_version_changes_nothing(others: list[ServiceTest]) -> None:
    assert reasons(judged([broken(), broken(network=MTS), *others])) == set()


def test_a_block_page_is_no_defect_of_a_version() -> None:
    page = evolve(broken(), strength=Strength.CONFIRMED)
    assert reasons(judged([page, broken(network=MTS), broken(network=FIRST), *reached(3)])) == set()


def test_a_version_that_fails_on_one_network_is_not_broken() -> None:
    assert reasons(judged([broken(), broken(2), *reached(3)])) == set()


def test_a_network_that_is_not_known_is_not_the_same() -> None:
    tests = [broken(), broken(network=MTS), broken(network=FIRST), *reached(3)]
    unknown = [evolve(test, network=None) if test.network == BELTELECOM else test for test in tests]
    assert reasons(judged(unknown)) == set()


def test_a_version_that_is_known_to_be_broken_stays_so_when_all_use_it() -> None:
    later = [broken(hour=200 + number, run=f"late {number}") for number in range(5)]
    result = judged([broken(), broken(network=MTS), *reached(3), *later])
    assert {test.outcome for test in result if test.instrument == APP} == {Outcome.DISCARDED}
    # unless another version fails beside it: then it is the service
    other = made(202.5, "app:signal", instrument=OTHER_APP)
    result = judged([broken(), broken(network=MTS), *reached(3), *later, other])
    assert {test.outcome for test in result if test.run.startswith("late")} == {BLOCKED}


def test_that_others_reached_it_before_does_not_make_a_version_broken() -> None:
    """A block that begins while people move to a new version: nobody reached it afterwards."""
    before = reached(9, hour=0.5)
    result = judged([broken(), broken(network=MTS), *before])
    assert {test.outcome for test in result if test.instrument == APP} == {BLOCKED}


def days_of(country: Entity, outcome: Outcome, *, first: int, days: int, number: int = 3) -> Tests:
    """So many tests a day, of as many networks, from a day on."""
    networks = (FIRST, SECOND, THIRD) if country != BY else (BELTELECOM, MTS, FIRST)
    return tuple(
        made(
            24.0 * day + 1,
            outcome=outcome,
            country=country,
            network=network,
            run=f"{country} {day} {network}",
        )
        for day in range(first, first + days)
        for network in networks[:number]
    )


def test_countries_that_always_blocked_it_do_not_hide_that_this_one_begins_to() -> None:
    here = [*days_of(BY, OK, first=0, days=20), *days_of(BY, BLOCKED, first=20, days=3)]
    censors = [test for country in (RU, IR) for test in days_of(country, BLOCKED, first=0, days=23)]
    assert [test.outcome for test in judged([*here, *censors])].count(BLOCKED) == 9
    # where it began there with it, or was never tested there before, it is down
    for since in (20, 19):
        with_it = [test for country in (RU, IR) for test in days_of(country, BLOCKED, first=since, days=4)]
        worked = [test for country in (RU, IR) for test in days_of(country, OK, first=0, days=19)]
        for past in ((), worked):
            result = judged([*here, *with_it, *past])
            assert [test.outcome for test in result].count(Outcome.DOWN) == 9
    # and where it always failed here as well, nothing is known to have begun
    always = days_of(BY, BLOCKED, first=0, days=23)
    assert {test.outcome for test in judged([*always, *censors])} == {Outcome.DOWN}


def test_counts_of_an_hour_are_as_many_witnesses_as_hours() -> None:
    """A provider's counts name no run: one network in each of two countries, for hours."""
    here = [made(hour, count=2) for hour in range(6)]
    abroad = [
        made(hour, country=country, network=FIRST, count=2) for country in (DE, FR) for hour in range(6)
    ]
    assert {test.outcome for test in judged([*here, *abroad])} == {Outcome.DOWN}
    few = [test for test in abroad if test.time < MIDNIGHT + 2 * HOUR]
    assert {test.outcome for test in judged([*here, *few])} == {BLOCKED}
