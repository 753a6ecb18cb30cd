"""Roll-outs, drills, and QUIC going first."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import shutdownkit as sk
from shutdownkit.judging.facts import Surroundings
from shutdownkit.judging.rules.proposals import proposed
from shutdownkit.judging.rules.quic import QUIC_FIRST
from shutdownkit.judging.rules.rule import Finding
from shutdownkit.judging.rules.staging import DRILL, ROLL_OUT

from .builders import (
    ANOMALY,
    BGP,
    DAY,
    HOUR,
    MINUTE,
    PROBING,
    TELESCOPE,
    TRAFFIC,
    at,
    episode,
    event,
    facts,
    incident,
    signal,
)

T = at("2020-08-09T18:00")  # 21:00 in Minsk
END = T + 6 * HOUR
REHEARSAL = at("2020-06-19T22:23")  # 01:23 in Minsk
HTTP3 = "traffic.http3-share"


def cut(lasts: timedelta = 6 * HOUR, *kinds: str, ongoing: bool = False, entity: str = "BY") -> sk.Episode:
    events = [
        event(kind, T, T + lasts, 0.9, ongoing=ongoing, entity=entity) for kind in kinds or (PROBING, BGP)
    ]
    return episode(*events, ongoing=ongoing)


def rehearsal(
    begin: object = REHEARSAL,
    lasts: timedelta = 97 * MINUTE,
    *kinds: str,
    depth: float = 0.6,
    entity: str = "BY",
) -> sk.Episode:
    assert isinstance(begin, type(REHEARSAL))
    return episode(
        *(event(kind, begin, begin + lasts, depth, entity=entity) for kind in kinds or (PROBING, BGP))
    )


def drilled(one: sk.Episode, *others: sk.Episode) -> tuple[Finding, ...]:
    return DRILL.findings(facts(one, others=others))


# --- drills


def test_belarus_tried_it_out_in_june() -> None:
    (found,) = drilled(cut(), rehearsal())
    assert found.causes == proposed("staging.drill", "rehearsed")
    assert "2020-06-19T22:23:00Z" in found.text
    assert "weak" in found.text


def test_a_drill_is_weak_evidence() -> None:
    weights = proposed("staging.drill", "rehearsed")
    assert 0 < weights[sk.Cause.DELIBERATE] <= 0.5
    assert max(weights.values()) == weights[sk.Cause.DELIBERATE]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (cut(), rehearsal(at("2020-06-19T20:59"))),
        (cut(), rehearsal(at("2020-06-20T03:00"))),
        (cut(), rehearsal(T - 61 * DAY + 5 * HOUR)),
        (cut(), rehearsal(T - 19 * HOUR)),
        (cut(), rehearsal(T + 20 * DAY + 4 * HOUR)),
        (cut(), rehearsal(REHEARSAL, 3 * HOUR + MINUTE)),
        (cut(), rehearsal(depth=0.4)),
        (cut(), rehearsal(REHEARSAL, 97 * MINUTE, TELESCOPE)),
        (cut(), rehearsal(REHEARSAL, 97 * MINUTE, PROBING)),
        (cut(5 * HOUR), rehearsal()),
        (cut(6 * HOUR, TELESCOPE), rehearsal(REHEARSAL, 97 * MINUTE, TELESCOPE)),
        (cut(), incident(REHEARSAL, REHEARSAL + HOUR)),
        (cut(entity="AS6697"), rehearsal(entity="AS6697")),
    ],
    ids=[
        "before midnight",
        "after six",
        "too long ago",
        "the day itself",
        "after it",
        "long",
        "shallow",
        "another plane",
        "one plane of two",
        "before a short one",
        "the telescope alone",
        "a list",
        "no local time",
    ],
)
def test_what_is_no_drill(one: sk.Episode, other: sk.Episode) -> None:
    assert drilled(one, other) == ()


def test_an_outage_that_has_lasted_six_hours_so_far_may_have_been_tried_out() -> None:
    assert drilled(cut(ongoing=True), rehearsal()) != ()


def test_two_may_be_drills_and_three_are_how_a_network_is_maintained() -> None:
    nights = [rehearsal(REHEARSAL + days * DAY) for days in (0, 9, 20)]
    assert drilled(cut(), *nights[:2]) != ()
    assert drilled(cut(), *nights) == ()


@pytest.mark.parametrize("days", range(1, 8))
@pytest.mark.parametrize("off", [-30, 0, 30])
def test_nights_of_a_series_are_no_drills(days: int, off: int) -> None:
    night = at("2020-08-09T23:00")  # 02:00 in Minsk
    main = episode(*(event(kind, night, night + 8 * HOUR, 0.9) for kind in (PROBING, BGP)))
    early = rehearsal(night - days * DAY + off * MINUTE, 2 * HOUR)
    assert drilled(main, early) == ()
    assert drilled(main, rehearsal(night - 8 * DAY, 2 * HOUR)) != ()


# --- roll-outs


def dark(*late: timedelta, fall: timedelta | None = timedelta(0)) -> list[sk.Facts]:
    return [
        facts(episode(event(PROBING, T + delay, END + 8 * HOUR, 0.95, entity=f"AS{number}", fall=fall)))
        for number, delay in enumerate(late, start=1)
    ]


def rolled_out(networks: list[sk.Facts], watched: int) -> tuple[Finding, ...]:
    return ROLL_OUT.findings(facts(cut(), networks=networks, networks_watched=watched))


def test_networks_that_go_in_turn_each_at_a_stroke_are_a_roll_out() -> None:
    (found,) = rolled_out(dark(timedelta(0), 2 * HOUR, 5 * HOUR), 4)
    assert found.causes == proposed("staging.roll-out", "one-after-the-other")
    assert "3 of 4 networks at hand went dark one after the other over 5.0 hours" in found.text


@pytest.mark.parametrize(
    ("networks", "watched"),
    [
        (dark(timedelta(0), 7 * MINUTE, 15 * MINUTE), 3),
        (dark(timedelta(0), 2 * HOUR, 5 * HOUR, fall=HOUR), 3),
        (dark(timedelta(0), 2 * HOUR, 5 * HOUR, fall=None), 3),
        (dark(timedelta(0), 2 * HOUR, 5 * HOUR), 6),
        (dark(timedelta(0), 2 * HOUR), 2),
    ],
    ids=["at one instant", "gradually", "nobody knows how", "three of six", "two"],
)
def test_what_is_no_roll_out(networks: list[sk.Facts], watched: int) -> None:
    assert rolled_out(networks, watched) == ()


# --- QUIC first

BINS = 30 * 24  # hours, up to the onset


def share(ahead: float, before: float = 0.40, after: float = 0.05) -> NDArray[np.float64]:
    """A share that falls so many hours before the onset."""
    return np.where(np.arange(BINS) < BINS - ahead, before, after)


def went(values: NDArray[np.float64], kind: str = HTTP3, subject: str | None = None) -> tuple[Finding, ...]:
    one = signal(kind, values, HOUR, start=T - BINS * HOUR, subject=subject)
    return QUIC_FIRST.findings(sk.Facts(cut(), Surroundings(signals=(one,))))


@pytest.mark.parametrize("ahead", [1, 7, 9 * 24, 14 * 24])
def test_http3_that_falls_and_stays_down_goes_first(ahead: int) -> None:
    (found,) = went(share(ahead))
    assert found.causes == proposed("staging.quic-first", "fell-and-stayed")
    assert f"lost 88% {ahead:.1f} hours ahead" in found.text


def test_half_is_enough_and_less_is_not() -> None:
    assert went(share(48, 0.40, 0.20)) != ()
    assert went(share(48, 0.40, 0.21)) == ()


@pytest.mark.parametrize("subject", ["quic", "test:quic", "app:http3", "urlgetter-h3", "protocol:QUIC"])
@pytest.mark.parametrize("kind", [ANOMALY, "ooni.failure-ratio"])
def test_tests_of_quic_that_begin_to_fail_say_the_same(kind: str, subject: str) -> None:
    (found,) = went(1.0 - share(48, 0.95, 0.10), kind, subject)
    assert subject in found.text


@pytest.mark.parametrize(
    "subject", [None, "domain:quic.example", "category:quic", "app:telegram", "quickline"]
)
def test_other_tests_say_nothing_of_quic(subject: str | None) -> None:
    assert went(1.0 - share(48, 0.95, 0.10), ANOMALY, subject) == ()


def just_back() -> NDArray[np.float64]:
    values = share(96)
    values[-5:] = 0.40
    return values


def came_back() -> NDArray[np.float64]:
    values = share(96)
    values[-30:] = 0.40
    return values


def gone_for_long() -> NDArray[np.float64]:
    values = share(48)
    values[: BINS - 50] = np.nan
    return values


@pytest.mark.parametrize(
    "values",
    [
        share(0),
        share(15 * 24),
        came_back(),
        just_back(),
        gone_for_long(),
        np.full(BINS, np.nan),
        np.zeros(BINS),
        share(48, 0.05, 0.40),
    ],
    ids=[
        "not before",
        "long before",
        "came back",
        "just back",
        "not measured before",
        "never measured",
        "never used",
        "rose",
    ],
)
def test_what_did_not_go_first(values: NDArray[np.float64]) -> None:
    assert went(values) == ()


def test_what_was_not_measured_is_not_down() -> None:
    values = share(48)
    values[-48:] = np.nan
    assert went(values) == ()


@given(st.integers(1, 14 * 24), st.floats(0.0, 0.5), st.sets(st.integers(1, BINS - 1), max_size=20))
def test_gaps_do_not_hide_it_nor_date_it_earlier(ahead: int, left: float, gaps: set[int]) -> None:
    values = share(ahead, 0.40, 0.40 * left)
    values[[gap for gap in gaps if gap != BINS - ahead]] = np.nan
    (found,) = went(values)
    assert f" {ahead:.1f} hours ahead" in found.text


def test_a_share_that_falls_is_no_outage_by_itself() -> None:
    """It works worse; nobody is offline, and no service is known to be blocked."""
    rng = np.random.default_rng(0)
    values = np.clip(share(5 * 24) + rng.normal(0.0, 0.01, BINS), 0.0, 1.0)
    report = sk.classify([signal(HTTP3, values, HOUR, start=T - BINS * HOUR)])
    assert report.condition is sk.Condition.DEGRADED
    (one,) = report.episodes
    assert not [e for e in one.verdict.evidence if e.rule == QUIC_FIRST.id]
    assert one.verdict.p_deliberate < 0.2


def test_without_a_loss_of_reach_nothing_is_said() -> None:
    one = signal(HTTP3, share(48), HOUR, start=T - BINS * HOUR)
    slower = episode(event(TRAFFIC, T, END, 0.9)), episode(event("probing.latency", T, END, 0.9))
    lost, slow = (QUIC_FIRST.findings(sk.Facts(each, Surroundings(signals=(one,)))) for each in slower)
    assert lost
    assert not slow
