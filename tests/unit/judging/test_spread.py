"""Which of the country's networks fell."""

from __future__ import annotations

from datetime import timedelta

import pytest

import shutdownkit as sk
from shutdownkit.judging.rules.proposals import proposed
from shutdownkit.judging.rules.rule import Finding
from shutdownkit.judging.rules.spread import NETWORKS_ONE, NETWORKS_TOGETHER, NETWORKS_UNEVEN

from .builders import BGP, DAY, HOUR, MINUTE, PROBING, at, episode, event, facts

T = at("2023-05-10T09:17")
END = T + 6 * HOUR
NOW = timedelta(0)


def network(number: int, late: timedelta = NOW, depth: float = 0.95, lasts: timedelta = 6 * HOUR) -> sk.Facts:
    return facts(episode(event(PROBING, T + late, T + late + lasts, depth, entity=f"AS{number}")))


def country(networks: list[sk.Facts], watched: int) -> sk.Facts:
    lost = (event(kind, T, END, 0.6) for kind in (PROBING, BGP))
    return facts(episode(*lost), networks=networks, networks_watched=watched)


def one(networks: list[sk.Facts], watched: int) -> tuple[Finding, ...]:
    return NETWORKS_ONE.findings(country(networks, watched))


@pytest.mark.parametrize(("dark", "watched"), [(1, 3), (1, 20), (2, 6), (4, 12)])
def test_a_small_minority_is_an_operators_fault(dark: int, watched: int) -> None:
    (found,) = one([network(number) for number in range(1, dark + 1)], watched)
    assert found.causes == proposed("networks.one", "few-of-many")
    assert f"{dark} of {watched} networks" in found.text
    assert "AS1" in found.text


@pytest.mark.parametrize(("dark", "watched"), [(0, 5), (1, 2), (2, 5), (3, 8), (5, 5)])
def test_none_half_and_all_are_no_minority(dark: int, watched: int) -> None:
    assert one([network(number) for number in range(1, dark + 1)], watched) == ()


@pytest.mark.parametrize(
    "other",
    [
        network(2, depth=0.6),
        network(2, late=2 * HOUR),
        network(2, late=-3 * HOUR, lasts=4 * HOUR),
    ],
    ids=["half", "later", "before, and still"],
)
def test_where_another_fell_too_it_is_not_one_alone(other: sk.Facts) -> None:
    assert one([network(1), other], 9) == ()


def test_what_fell_on_another_day_held_on_this_one() -> None:
    (found,) = one([network(1), network(2, late=-3 * DAY)], 9)
    assert "(AS1)" in found.text


def test_one_network_twice_is_one_network() -> None:
    (found,) = one([network(1, lasts=HOUR), network(1, late=3 * HOUR, lasts=HOUR)], 3)
    assert found.text.startswith("1 of 3")
    assert NETWORKS_TOGETHER.findings(country([network(1), network(1, late=2 * MINUTE), network(2)], 3)) == ()


def test_of_a_network_that_fell_twice_the_nearer_loss_counts() -> None:
    twice = [network(1, lasts=HOUR), network(1, late=5 * HOUR), network(2), network(3)]
    (found,) = NETWORKS_TOGETHER.findings(country(twice, 4))
    assert "within 0 minutes" in found.text


def test_a_network_that_fell_hours_later_is_not_why_the_country_fell() -> None:
    assert one([network(1, late=61 * MINUTE)], 9) == ()
    assert one([network(1, late=60 * MINUTE)], 9) != ()


# --- each to another depth


def uneven(networks: list[sk.Facts], watched: int) -> tuple[Finding, ...]:
    return NETWORKS_UNEVEN.findings(country(networks, watched))


def test_dark_half_and_held_are_uneven() -> None:
    (found,) = uneven([network(2), network(3, depth=0.6), network(1)], 7)
    assert found.causes == proposed("networks.uneven", "uneven")
    assert (
        "Of 7 networks at hand 2 went dark (AS1, AS2), 1 lost a half or more (AS3) and 4 less" in found.text
    )


@pytest.mark.parametrize(
    ("networks", "watched"),
    [
        ([network(1), network(2)], 7),
        ([network(1, depth=0.6), network(2, depth=0.7)], 7),
        ([network(1), network(2, depth=0.6)], 2),
        ([network(1), network(2, depth=0.6), network(3, depth=0.7)], 3),
        ([network(1), network(2), network(3), network(4, depth=0.6)], 5),
        ([network(1), network(2, depth=0.6, late=2 * HOUR)], 7),
    ],
    ids=["no half", "none dark", "two watched", "none held", "most dark", "at another time"],
)
def test_what_is_not_uneven(networks: list[sk.Facts], watched: int) -> None:
    assert uneven(networks, watched) == ()


def test_most_dark_within_a_quarter_of_an_hour_fell_together() -> None:
    dark = [network(1), network(2, late=7 * MINUTE), network(3, late=15 * MINUTE)]
    (found,) = NETWORKS_TOGETHER.findings(country(dark, 4))
    assert found.causes == proposed("networks.together", "at-one-instant")
    assert found.text == "3 of 4 networks at hand went dark within 15 minutes of each other."
    late = [network(1), network(2), network(3, late=16 * MINUTE)]
    assert NETWORKS_TOGETHER.findings(country(late, 4)) == ()
