"""Whether it happened before, and when."""

from __future__ import annotations

from datetime import timedelta

from ...model.episode import Episode
from ...model.verdict import Cause
from ...model.window import utc_text
from ..compare import similarity
from ..facts import Facts
from .figures import CURATED, SIGCOMM
from .rule import Finding, Rule, missing, weighs

__all__ = ["BURST", "LIKE_EARLIER", "WHOLE_DAYS"]

_DAY = timedelta(days=1)
_EXACT = timedelta(minutes=10)
_NEAR = timedelta(minutes=30)
_DAYS = 7


def _off_whole_days(first: Episode, second: Episode) -> timedelta | None:
    """How far the two onsets are from being 1 to 7 whole days apart; None where they are not near."""
    apart = abs(first.onset - second.onset)
    days = round(apart / _DAY)
    return abs(apart - days * _DAY) if 1 <= days <= _DAYS else None


def _is_dated_by_days(episode: Episode) -> bool:
    """Whether only the days are known: midnight to midnight."""
    return episode.onset == episode.onset.replace(hour=0, minute=0, second=0) and (
        episode.duration % _DAY == timedelta(0)
    )


def _judge_whole_days(facts: Facts) -> Finding | None:
    if not facts.reach_events:
        return None
    dated = [other for other in facts.apart if not _is_dated_by_days(other)]
    if not dated:
        return missing("No other episode is known, so recurrence at whole days says nothing.")
    matches = []
    for other in dated:
        off = _off_whole_days(facts.episode, other)
        if off is not None and off <= _NEAR:
            matches.append((off, other))
    if not matches:
        return None
    coarse = facts.precise_onset is None or facts.precise_onset[1] > _NEAR
    best = min(off for off, _ in matches)
    weight = 3.0 if len(matches) > 1 else 2.5 if best <= _EXACT else 1.8
    when = ", ".join(sorted(utc_text(other.onset) for _, other in matches)[:3])
    sentence = f"Others began a whole number of days (1 to 7) apart, to within 30 minutes: {when}."
    return weighs(sentence, {Cause.DELIBERATE: weight / 2 if coarse else weight})


WHOLE_DAYS = Rule(
    "recurrence.whole-days",
    "Curfews and exams return at the same hour: to within 30 minutes 77 % of shutdowns and 6 % of "
    "outages, to within 10 minutes 72 % and 1.5 %; two such in 72 of 111 shutdowns, in none of 395 outages.",
    f"{CURATED}; 67.7 % against 0.17 % at exactly 1 to 4 days in {SIGCOMM}",
    "recurrence",
    _judge_whole_days,
)


def _judge_burst(facts: Facts) -> Finding | None:
    if not facts.reach_events:
        return None
    near = facts.others_within(_DAYS)
    if near:
        when = ", ".join(sorted(utc_text(other.onset) for other in near)[:3])
        others = "Another" if len(near) == 1 else f"{len(near)} others"
        sentence = f"{others} within 7 days: {when}."
        return weighs(sentence, {Cause.DELIBERATE: 1.0, Cause.POWER: 0.2})
    if facts.observed_before < _DAYS * _DAY - timedelta(hours=12):
        return missing("The week before was not observed, so it is not known whether it is the first.")
    return weighs("No other within 7 days, though the week before was observed.", {Cause.DELIBERATE: -1.0})


BURST = Rule(
    "recurrence.burst",
    "Shutdowns come in bursts: 80 % had another within the 7 days before, 19 % of outages; of those that "
    "had none 6.5 % were shutdowns.",
    CURATED,
    "recurrence",
    _judge_burst,
)


def _judge_like_earlier(facts: Facts) -> Finding | None:
    if not facts.reach_events:
        return None
    scored = [
        (similarity(facts.episode, other), other) for other in facts.others_within(2 * _DAYS) if other.events
    ]
    alike = [(found, other) for found, other in scored if found.consistent]
    if not alike:
        return None
    best, other = max(alike, key=lambda pair: (pair[0].score, pair[1].window))
    sentence = f"It has the technical signature of the one of {utc_text(other.onset)} ({best.score:.2f})."
    return weighs(sentence, {Cause.DELIBERATE: 0.5})


LIKE_EARLIER = Rule(
    "recurrence.like-earlier",
    "A measure that is repeated has the same technical signature.",
    "Padmanabhan et al., FOCI 2021 (Myanmar: 72 nights alike); the weight is a proposal",
    "recurrence",
    _judge_like_earlier,
)
