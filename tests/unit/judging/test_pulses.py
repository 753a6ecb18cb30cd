"""Short losses that come back within hours."""

from __future__ import annotations

from datetime import timedelta

import pytest

import shutdownkit as sk
from shutdownkit.judging.facts import Surroundings
from shutdownkit.judging.rules.proposals import proposed
from shutdownkit.judging.rules.pulses import PULSES
from shutdownkit.judging.rules.rule import Finding

from .builders import BGP, HOUR, MINUTE, PROBING, TELESCOPE, at, episode, event, facts

T = at("2023-05-10T09:13")


def pulse(
    late: int, lasts: int = 20, depth: float = 0.8, kind: str = PROBING, ongoing: bool = False
) -> sk.Event:
    begin = T + late * MINUTE
    return event(kind, begin, begin + lasts * MINUTE, depth, ongoing=ongoing)


def apart(*pulses: sk.Event) -> sk.Facts:
    """Each an episode of its own; the last is judged."""
    *others, own = (episode(one, ongoing=one.ongoing) for one in pulses)
    return facts(own, others=others)


def found(given: sk.Facts) -> tuple[Finding, ...]:
    return PULSES.findings(given)


@pytest.mark.parametrize("times", [(0, 60, 120), (0, 180, 360), (0, 62, 121, 184, 241)])
@pytest.mark.parametrize("lasts", [5, 20, 58])
def test_three_or_more_within_six_hours_are_bursts(times: tuple[int, ...], lasts: int) -> None:
    (one,) = found(apart(*(pulse(late, lasts) for late in times)))
    assert one.causes == proposed("shape.pulses", "short-and-repeated")
    assert f"{PROBING} fell {len(times)} times" in one.text
    assert f"for {lasts} minutes at most" in one.text


def test_it_does_not_matter_whether_they_are_one_episode() -> None:
    pulses = [pulse(late) for late in (0, 62, 121)]
    assert found(facts(episode(*pulses))) == found(apart(*pulses)) != ()


@pytest.mark.parametrize(
    "pulses",
    [
        (pulse(0), pulse(60)),
        (pulse(0), pulse(180), pulse(361)),
        (pulse(0), pulse(120), pulse(240, lasts=61)),
        (pulse(0), pulse(120, lasts=61), pulse(240)),
        (pulse(0), pulse(120), pulse(240, ongoing=True)),
        (pulse(0), pulse(120, depth=0.4), pulse(240)),
        (pulse(0), pulse(120, kind=BGP), pulse(240)),
        (pulse(0, kind=TELESCOPE), pulse(120, kind=TELESCOPE), pulse(240, kind=TELESCOPE)),
    ],
    ids=["two", "seven hours", "a long one", "a long one between", "lasts", "shallow", "routes", "telescope"],
)
def test_what_is_no_burst(pulses: tuple[sk.Event, ...]) -> None:
    assert found(apart(*pulses)) == ()


@pytest.mark.parametrize("minute", [0, 4, 5, 25, 30, 35, 55])
def test_what_keeps_to_the_clock_is_no_flood(minute: int) -> None:
    """Exams in the morning and at noon are short as well."""
    on_it = minute - 13
    assert found(apart(pulse(on_it), pulse(on_it + 120), pulse(241))) == ()
    assert found(apart(pulse(on_it), pulse(119), pulse(241))) != ()


def test_the_clock_is_the_local_one() -> None:
    """13 past is a quarter past in Nepal's hour: 09:13 UTC is 14:58 there."""
    begins = [T + late * MINUTE for late in (0, 120, 240)]
    *others, own = (episode(event(PROBING, t, t + 20 * MINUTE, entity="NP")) for t in begins)
    assert found(facts(own, others=others)) == ()
    *others, own = (episode(event(PROBING, t, t + 20 * MINUTE, entity="AS6697")) for t in begins)
    assert found(facts(own, others=others)) != ()


def test_faults_of_an_instrument_are_no_bursts() -> None:
    given = apart(pulse(0), pulse(120), pulse(240))
    faulty = Surroundings(others=given.around.others, artefacts=frozenset(given.around.others[:1]))
    assert found(sk.Facts(given.episode, faulty)) == ()


def test_an_outage_of_hours_is_no_burst_though_a_signal_flaps() -> None:
    long = event(BGP, T, T + 8 * HOUR, 0.9)
    flaps = [pulse(late) for late in (0, 62, 121)]
    (one,) = found(facts(episode(long, *flaps)))
    assert one.text == "It was one loss of 8.0 hours, no repeated short ones."
    assert one.causes is not None
    assert one.causes[sk.Cause.ATTACK] < 0
    assert timedelta(0) < long.duration
