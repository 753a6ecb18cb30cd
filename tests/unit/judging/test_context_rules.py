"""What the caller's reports move, by how much, and what they never move."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

import shutdownkit as sk
from shutdownkit.judging.rules.context import FACTORS, WEIGHTS

from .builders import BGP, DAY, HOUR, MINUTE, PROBING, TELESCOPE, at, context, episode, event, facts, signal

FOR, AGAINST, DISCARDED = sk.Stance.FOR, sk.Stance.AGAINST, sk.Stance.DISCARDED
ELECTION, PROTEST, COUP, EXAM = (sk.ContextKind[name] for name in ("ELECTION", "PROTEST", "COUP", "EXAM"))
CONTEXT_RULES = ("context.politics", "context.reported-cause")
ALONE = sk.RULES.without(*(rule.id for rule in sk.RULES.rules if rule.id not in CONTEXT_RULES))

MINSK = at("2020-08-09T18:00")  # 21:00 on Sunday, the day of the election


def found(*reports: sk.ContextEvent, onset: datetime = MINSK, entity: str = "BY") -> tuple[sk.Evidence, ...]:
    """What the two rules find about an outage of six hours."""
    one = episode(event(PROBING, onset, onset + 6 * HOUR, entity=entity))
    return ALONE.evidence(facts(one, context=reports))


def day(
    kind: sk.ContextKind, date: str, entity: str = "BY", text: str = "It was reported."
) -> sk.ContextEvent:
    """A report of one day."""
    return context(kind, at(date), at(date) + DAY, entity=entity, text=text)


def weight(*reports: sk.ContextEvent, onset: datetime = MINSK, entity: str = "BY") -> float:
    """What they weigh for "deliberate" together."""
    return math.fsum(one.weight for one in found(*reports, onset=onset, entity=entity))


# --- politics: the published factors


@pytest.mark.parametrize(("kind", "factor"), [(ELECTION, 16), (PROTEST, 9), (COUP, 300)])
def test_on_its_days_a_political_event_weighs_its_published_factor(
    kind: sk.ContextKind, factor: float
) -> None:
    """Bischof et al., SIGCOMM 2023, Table 4."""
    (one,) = found(day(kind, "2020-08-09"))
    assert one.causes == sk.CauseWeights({sk.Cause.DELIBERATE: math.log(factor)})
    assert one.weight == pytest.approx(math.log(factor), abs=0.001)
    assert one.stance is FOR
    assert one.basis is sk.Basis.CONTEXT
    assert f"{factor} times" in one.text
    assert one.text.endswith(": It was reported. (a newspaper)")
    assert "Table 4, known to us from a summary" in one.source


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ELECTION, [0, 6, 6, 6, 16, 6, 6, 6, 0]),
        (PROTEST, [0, 0, 0, 0, 9, 0, 0, 0, 0]),
        (COUP, [0, 0, 0, 0, 300, 0, 0, 0, 0]),
        (EXAM, [0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_how_far_from_its_days_it_weighs(kind: sk.ContextKind, expected: list[int]) -> None:
    """By the day, from four days before the onset to four after."""
    dates = [f"2020-08-{number:02}" for number in range(5, 14)]
    weights = [weight(day(kind, date)) for date in dates]
    assert weights == pytest.approx([math.log(factor) if factor else 0.0 for factor in expected], abs=0.001)


def test_of_what_is_near_and_moves_nothing_it_is_said_why() -> None:
    (before,) = found(day(COUP, "2020-08-08"))
    (after,) = found(day(PROTEST, "2020-08-10"))
    (exam,) = found(day(EXAM, "2020-08-09"))
    assert {one.stance for one in (before, after, exam)} == {DISCARDED}
    assert before.text.startswith("What is published of a coup holds for its own days")
    assert after.text.startswith("What is published of a protest holds for its own days")
    assert exam.text.startswith("No factor is published for an exam period")
    assert found(day(COUP, "2020-08-07")) == found(day(EXAM, "2020-08-11")) == ()


def test_days_are_those_of_the_country() -> None:
    """At 22:00 UTC it is the next day in Minsk (UTC+3)."""
    late = at("2020-08-09T22:00")
    assert weight(day(PROTEST, "2020-08-10"), onset=late) == pytest.approx(math.log(9), abs=0.001)
    assert weight(day(PROTEST, "2020-08-09"), onset=late) == 0
    assert weight(day(PROTEST, "2020-08-09", "AS1"), onset=late, entity="AS1") > 0  # of a network, UTC
    samoa = at("2020-08-09T10:30")  # 23:30 on the 9th at UTC+13, and at UTC-11 on the 8th
    assert weight(day(PROTEST, "2020-08-09", "WS"), onset=samoa, entity="WS") > 0
    assert weight(day(PROTEST, "2020-08-08", "WS"), onset=samoa, entity="WS") == 0
    assert weight(day(PROTEST, "2020-08-08", "AS"), onset=samoa, entity="AS") > 0


def test_of_several_zones_the_nearest_counts() -> None:
    """At 20:00 UTC it is the 9th in Kaliningrad and the 10th in Kamchatka."""
    for date in ("2020-08-09", "2020-08-10"):
        assert weight(day(PROTEST, date, "RU"), onset=at("2020-08-09T20:00"), entity="RU") > 0
    assert weight(day(PROTEST, "2020-08-11", "RU"), onset=at("2020-08-09T20:00"), entity="RU") == 0


def test_hours_are_of_the_local_days_they_lie_in() -> None:
    """A protest from 20:00 to 22:00 UTC is one of the evening of the 9th and the night of the 10th."""
    evening = context(PROTEST, at("2020-08-09T20:00"), at("2020-08-09T22:00"))
    assert weight(evening, onset=at("2020-08-10T08:00")) > 0
    assert weight(evening, onset=at("2020-08-09T08:00")) > 0
    assert weight(evening, onset=at("2020-08-08T20:30")) == 0
    until_midnight = context(PROTEST, at("2020-08-09T18:00"), at("2020-08-09T21:00"))
    assert weight(until_midnight, onset=at("2020-08-10T08:00")) == 0
    instant = context(PROTEST, at("2020-08-09T21:00"), at("2020-08-09T21:00"))
    assert weight(instant, onset=at("2020-08-10T08:00")) > 0
    assert weight(instant, onset=at("2020-08-09T08:00")) == 0


def test_it_is_the_onset_that_counts() -> None:
    long = episode(event(PROBING, MINSK, MINSK + 5 * DAY))
    told = ALONE.evidence(facts(long, context=[day(PROTEST, "2020-08-12")]))
    assert told == ()


def test_the_strongest_counts_and_not_the_sum() -> None:
    reports = [day(kind, "2020-08-09", text=f"{kind.value}.") for kind in (PROTEST, COUP, ELECTION)]
    moved, *rest = found(*reports)
    assert moved.weight == pytest.approx(math.log(300), abs=0.001)
    assert [one.stance for one in rest] == [DISCARDED, DISCARDED]
    assert {one.text for one in rest} == {
        f"There was {name} as well; of several political events only the strongest counts, not their sum: "
        f"{name.split()[1]}. (a newspaper)"
        for name in ("an election", "a protest")
    }
    assert len(found(*(day(kind, "2020-08-09") for kind in (PROTEST, COUP, ELECTION)))) == 3  # of equal text


def test_one_event_told_twice_is_one() -> None:
    twice = [day(PROTEST, "2020-08-09"), day(PROTEST, "2020-08-09")]
    assert found(*twice) == found(twice[0])
    orders = [day(sk.ContextKind.ORDER, "2020-08-08"), day(sk.ContextKind.ORDER, "2020-08-09")]
    assert found(*orders) == found(orders[0])


def test_a_party_that_speaks_of_protests_only_claims_them() -> None:
    for kind in FACTORS:
        (one,) = found(context(kind, MINSK, MINSK + HOUR, independent=False))
        assert one.stance is DISCARDED
        assert one.text == "Claimed by those concerned, to be tested: It was reported. (a newspaper)"


# --- reports of a cause


def test_every_kind_is_of_one_sort_and_one_rule() -> None:
    kinds = set(sk.ContextKind)
    assert set(FACTORS) | set(WEIGHTS) | {sk.ContextKind.STATEMENT} == kinds
    assert not set(FACTORS) & set(WEIGHTS)
    for kind in kinds:
        (one,) = found(day(kind, "2020-08-09"))
        assert one.rule == ("context.politics" if kind in FACTORS else "context.reported-cause")
        assert one.basis is sk.Basis.CONTEXT
        assert "It was reported. (a newspaper)" in one.text


@pytest.mark.parametrize(
    ("kind", "causes"),
    [
        ("ORDER", {"deliberate": 2.5}),
        ("STORM", {"disaster": 2.5, "power": 1.0}),
        ("EARTHQUAKE", {"disaster": 2.5}),
        ("DISASTER", {"disaster": 2.5}),
        ("POWER_FAULT", {"power": 2.5}),
    ],
)
def test_an_independent_report_weighs_for_its_cause(kind: str, causes: dict[str, float]) -> None:
    (one,) = found(day(sk.ContextKind[kind], "2020-08-09"))
    assert one.causes == sk.CauseWeights({sk.Cause(name): value for name, value in causes.items()})
    assert one.stance is (FOR if kind == "ORDER" else AGAINST)
    assert "12 times" in one.text
    assert "a proposal" in one.text


@pytest.mark.parametrize("independent", [True, False])
@pytest.mark.parametrize("claims", [None, *sk.Cause])
def test_a_statement_is_never_evidence(independent: bool, claims: sk.Cause | None) -> None:
    statement = sk.ContextEvent(
        sk.ContextKind.STATEMENT,
        sk.Entity.parse("BY"),
        sk.TimeWindow(MINSK, MINSK + DAY),
        "An attack from abroad.",
        "Beltelecom",
        independent,
        claims,
    )
    (one,) = found(statement)
    assert (one.stance, one.weight) == (DISCARDED, 0.0)
    assert one.text == "Claimed by those concerned, to be tested: An attack from abroad. (Beltelecom)"


@pytest.mark.parametrize(("hours", "told"), [(-31, 0), (-30, 0), (-29, 1), (0, 1), (29, 1), (30, 0), (31, 0)])
def test_a_report_is_near_within_a_day(hours: int, told: int) -> None:
    """A report of six hours that begins so many hours after an outage of six hours did."""
    begin = MINSK + hours * HOUR
    assert len(found(context(sk.ContextKind.ORDER, begin, begin + 6 * HOUR))) == told


def test_an_incident_whose_end_nobody_knows_is_told_too() -> None:
    unknown = sk.Episode(sk.Entity.parse("BY"), sk.TimeWindow(MINSK, MINSK), ongoing=True)
    (one,) = ALONE.evidence(facts(unknown, context=[day(sk.ContextKind.ORDER, "2020-08-09")]))
    assert one.stance is FOR


# --- whom it concerns


@pytest.mark.parametrize(
    ("told", "judged", "concerned"),
    [
        ("BY", "BY", True),
        ("BY", "BY/HM", True),
        ("BY/HM", "BY/HM", True),
        ("BY/HM", "BY", False),
        ("BY/HM", "BY/HO", False),
        ("UA", "BY", False),
        ("US/LA", "LA", False),  # Louisiana is not Laos
        ("US/LA", "LA/VT", False),
        ("AS6697", "AS6697", True),
        ("BY", "AS6697", False),
        ("AS6697", "BY", False),
    ],
)
@pytest.mark.parametrize("kind", [sk.ContextKind.ORDER, ELECTION])
def test_whom_a_report_concerns(kind: sk.ContextKind, told: str, judged: str, concerned: bool) -> None:
    assert bool(found(day(kind, "2020-08-09", told), entity=judged)) is concerned


# --- known answers


SOMALIA = at("2020-07-26T07:20")
SOMALIA_END = at("2020-07-27T14:30")


def somalia(reports: Iterable[sk.ContextEvent]) -> sk.Attribution:
    """A submarine cable failed: routing and probing fell, the telescope did not."""
    one = episode(*(event(kind, SOMALIA, SOMALIA_END, 0.85, entity="SO") for kind in (BGP, PROBING)))
    window = sk.TimeWindow(SOMALIA - DAY, SOMALIA_END)
    held = sk.TimeSeries(
        window.start, timedelta(minutes=5), [300.0] * int(window.duration / timedelta(minutes=5))
    )
    telescope = sk.Signal(sk.KINDS[TELESCOPE], sk.Entity.parse("SO"), held)
    return sk.attribute(one, signals=[telescope], context=reports)


@pytest.mark.parametrize("kind", [COUP, PROTEST, ELECTION])
@pytest.mark.parametrize("date", ["2020-07-25", "2020-07-26"])
def test_somalia_is_never_called_deliberate(kind: sk.ContextKind, date: str) -> None:
    """The prime minister was ousted the day before; nor would it be, had it been on the very day."""
    told, plain = somalia([day(kind, date, "SO", "Ousted.")]), somalia([])
    assert told.intent is not sk.Intent.DELIBERATE
    assert told.measured == plain.probabilities
    assert any("Ousted." in one.text for one in told.evidence)
    if date == "2020-07-25" and kind is not ELECTION:
        assert told.probabilities == plain.probabilities
        assert told.p_deliberate < 0.5


def test_an_election_lifts_what_is_expected_and_no_further_than_one_in_three() -> None:
    for kind in (ELECTION, COUP, sk.ContextKind.ORDER):
        lifted = ALONE.posterior(found(day(kind, "2020-08-09")))
        assert ALONE.prior[sk.Cause.DELIBERATE] < lifted[sk.Cause.DELIBERATE] <= 0.334
    every = [day(kind, "2020-08-09") for kind in (COUP, sk.ContextKind.ORDER)]
    assert ALONE.posterior(found(*every))[sk.Cause.DELIBERATE] <= 0.334


@pytest.mark.parametrize("kind", WEIGHTS, ids=lambda kind: kind.value)
def test_a_report_names_every_cause_that_it_makes_likelier(kind: sk.ContextKind) -> None:
    (one,) = found(day(kind, "2020-08-09"))
    lesser = {
        cause: weight for cause, weight in WEIGHTS[kind].items() if weight != max(WEIGHTS[kind].values())
    }
    said = "".join(f", and {cause.value} {math.exp(weight):.0f} times" for cause, weight in lesser.items())
    assert f"makes it 12 times as likely a cause{said} (a proposal)" in one.text
    assert (kind is sk.ContextKind.STORM) == ("and power 3 times" in one.text)


def test_a_report_of_another_cause_makes_no_room_for_an_order() -> None:
    """An attack reported beside an order, or beside a coup, leaves it less likely, never more."""
    attack = day(sk.ContextKind.ATTACK, "2020-08-09")
    for kind in (ELECTION, COUP, sk.ContextKind.ORDER):
        alone = ALONE.posterior(found(day(kind, "2020-08-09")))
        both = ALONE.posterior(found(day(kind, "2020-08-09"), attack))
        assert both[sk.Cause.DELIBERATE] < alone[sk.Cause.DELIBERATE]


def test_context_that_no_rule_looks_at_is_said_to_be_unused() -> None:
    signals = [signal(PROBING, [100.0] * 600, 10 * MINUTE)]
    blind = sk.RULES.without("context.politics", "context.reported-cause")
    reports = [
        sk.classify(signals, rules=rules, context=given)
        for rules in (sk.RULES, blind)
        for given in ((), [day(ELECTION, "2020-08-09")])
    ]
    assert [any("look at none" in notice for notice in one.notices) for one in reports] == [
        False,
        False,
        False,
        True,
    ]
