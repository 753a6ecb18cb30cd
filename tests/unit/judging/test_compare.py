"""Whether two episodes are one thing."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk

from .builders import (
    ATLAS,
    BGP,
    DAY,
    HOUR,
    INDEX,
    MINUTE,
    PROBING,
    TELESCOPE,
    TRAFFIC,
    V6,
    at,
    episode,
    event,
    incident,
    world,
)

NIGHT = at("2021-02-14T18:30")  # 01:00 in Myanmar


def night(
    begin: datetime = NIGHT,
    hours: float = 8,
    *,
    depth: float = 0.9,
    kinds: tuple[str, ...] = (BGP, PROBING, TELESCOPE),
    fall: timedelta = timedelta(0),
    rise: timedelta = timedelta(0),
    entity: str = "MM",
    lag: timedelta = timedelta(0),
) -> sk.Episode:
    """A cut at a stroke; ``lag`` is how long after the first kind the others fell."""
    end = begin + timedelta(hours=hours)
    return episode(
        *(
            event(kind, begin + (lag if k else timedelta(0)), end, depth, entity=entity, fall=fall, rise=rise)
            for k, kind in enumerate(kinds)
        )
    )


def test_an_episode_is_the_same_as_itself() -> None:
    same = sk.compare(night(), night())
    assert (same.score, same.consistent, same.differences) == (1.0, True, ())
    assert len(same.agreements) == 9  # planes, three depths, fall, rise, first to fall, duration, time of day


def test_two_nights_are_the_same_thing() -> None:
    found = sk.compare(night(), night(NIGHT + DAY + 5 * MINUTE, 7.8, depth=0.86))
    assert found.consistent is True
    assert found.score > 0.9
    assert any(text.startswith("duration: 8.0 h / 7.8 h") for text in found.agreements)
    assert any("01:00 / 01:05" in text for text in found.agreements)


def test_a_night_and_a_failing_grid_are_different_things() -> None:
    grid = night(
        NIGHT + 9 * DAY + 9 * HOUR,
        33,
        depth=0.55,
        kinds=(PROBING, TELESCOPE),
        fall=2 * HOUR,
        rise=22 * HOUR,
    )
    found = sk.compare(night(), grid)
    assert found.consistent is False
    assert found.score < 0.4
    words = " ".join(found.differences)
    for what in ("time of fall", "time of return", "duration", "time of day", "depth on probing"):
        assert what in words


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (night(depth=0.6), "depth on routing: 90% / 60%"),
        (night(hours=2), "duration: 8.0 h / 2.0 h"),
        (night(fall=2 * HOUR), "time of fall"),
        (night(rise=3 * HOUR), "time of return"),
        (night(NIGHT + 6 * HOUR), "time of day of the onset: 01:00 / 07:00"),
        (night(kinds=(BGP, TRAFFIC)), "planes that fell"),
        (night(kinds=(PROBING, BGP, TELESCOPE), lag=HOUR), "first to fall"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_each_feature_can_differ_alone(other: sk.Episode, what: str) -> None:
    assert any(text.startswith(what) for text in sk.compare(night(), other).differences)


def test_the_time_of_day_goes_round_midnight() -> None:
    """23:50 and 00:10 in Minsk are twenty minutes apart."""
    late, early = (night(at(text), entity="BY") for text in ("2021-02-14T20:50", "2021-02-16T21:10"))
    assert any("23:50 / 00:10" in text for text in sk.compare(late, early).agreements)


def test_where_the_zones_differ_the_time_of_day_is_in_utc() -> None:
    found = sk.compare(night(entity="AU"), night(NIGHT + DAY, entity="AU"))
    assert any("18:30 UTC / 18:30 UTC" in text for text in found.agreements)


def test_too_little_to_compare_says_nothing() -> None:
    listed = incident(NIGHT, NIGHT + 8 * HOUR, "MM")
    assert sk.compare(listed, listed).consistent is None
    assert sk.compare(listed, night()).consistent is None
    lasting = sk.Episode(listed.entity, listed.window, ongoing=True)
    assert sk.compare(lasting, lasting).consistent is None


def test_an_episode_that_lasts_has_no_duration_to_compare() -> None:
    lasting = episode(event(BGP, NIGHT, NIGHT + 8 * HOUR, ongoing=True), ongoing=True)
    found = sk.compare(lasting, night())
    assert not any(text.startswith("duration") for text in (*found.agreements, *found.differences))


EPISODES = [
    night(NIGHT + day * DAY + minute * MINUTE, hours, depth=depth, kinds=kinds, rise=rise)
    for day, minute, hours, depth, kinds, rise in itertools.product(
        (0, 1),
        (0, 200),
        (1.0, 8.0),
        (0.3, 0.9),
        ((BGP,), (PROBING, TRAFFIC), (ATLAS, BGP)),
        (timedelta(0), HOUR),
    )
]


@given(st.sampled_from(EPISODES), st.sampled_from(EPISODES))
def test_comparison_is_symmetric(first: sk.Episode, second: sk.Episode) -> None:
    there, back = sk.compare(first, second), sk.compare(second, first)
    assert (there.score, there.consistent) == (back.score, back.consistent)
    assert len(there.agreements) == len(back.agreements)
    assert len(there.differences) == len(back.differences)
    assert 0.0 <= there.score <= 1.0
    if there.consistent is not None:
        assert there.consistent == (there.score >= 0.65)


def test_signals_of_two_nights_are_the_same_thing_and_of_a_cable_another() -> None:
    nights = [(NIGHT + day * DAY, NIGHT + day * DAY + 8 * HOUR, 0.9) for day in range(2)]
    cable = (NIGHT + 4 * DAY + 9 * HOUR, NIGHT + 5 * DAY + 15 * HOUR, 0.55)
    signals = world(
        {BGP: [*nights, cable], PROBING: [*nights, cable], TELESCOPE: nights},
        start=NIGHT - 10 * DAY - 30 * MINUTE,
        days=17,
        entity="MM",
    )
    first, second, third = sk.episodes(sk.detect(signals))
    assert sk.compare(first, second).consistent is True
    assert sk.compare(first, third).consistent is False


@pytest.mark.parametrize("place", [0, 1])
def test_what_is_no_episode_is_not_compared(place: int) -> None:
    arguments: list[object] = [night(), night()]
    arguments[place] = "BY"
    with pytest.raises(sk.InvalidValueError, match=["episode_a", "episode_b"][place]):
        sk.compare(*arguments)  # type: ignore[arg-type]


def test_index_depth_is_comparable_with_probing() -> None:
    """Both are of the plane of probing."""
    found = sk.compare(night(kinds=(INDEX,)), night(kinds=(PROBING,)))
    assert any(text.startswith("depth on probing") for text in found.agreements)


@pytest.mark.parametrize("depth", [0.6, 0.75, 0.9])
@pytest.mark.parametrize("hours", [5.5, 8, 11])
@pytest.mark.parametrize("rise", [10 * MINUTE, 4 * HOUR])
def test_a_grid_that_fails_at_the_hour_of_a_curfew_is_not_the_curfew(
    depth: float, hours: float, rise: timedelta
) -> None:
    """Its routes hold; no likeness in the hour, the length and the depth makes one thing of the two."""
    grid = night(NIGHT + 3 * DAY, hours, depth=depth, kinds=(PROBING, TELESCOPE), fall=5 * MINUTE, rise=rise)
    found = sk.compare(night(), grid)
    assert found.consistent is not True
    assert (
        "planes that fell: background and probing and routing / background and probing" in found.differences
    )


def test_routes_of_ipv6_alone_are_not_those_of_ipv4() -> None:
    """Both are routing, and to withdraw the one leaves nearly all connected."""
    alone, whole = night(kinds=(V6,)), night(NIGHT + DAY, kinds=(BGP,))
    found = sk.compare(alone, whole)
    assert found.consistent is None
    assert found.differences == ("what fell: IPv6 alone / not IPv6 alone",)
    assert sk.compare(alone, night(NIGHT + DAY, kinds=(V6,))).consistent is True
