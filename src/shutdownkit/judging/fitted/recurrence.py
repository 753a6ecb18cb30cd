"""Whether it happened before or after, when, and how long that lasted."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from ...model.episode import Episode
from ...model.knowledge import Knowledge
from ...model.verdict import Cause, CauseWeights
from ...model.window import utc_text
from ..facts import Facts
from ..rules.figures import CURATED, SIGCOMM
from ..rules.rule import Finding, missing
from .chance import is_beyond_chance
from .reading import Feature, FittedRule, Reading

__all__ = ["BURST", "WHOLE_DAYS", "recurs_by_chance"]

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_EXACT = timedelta(minutes=10)
_NEAR = timedelta(minutes=30)
_HOURLY = timedelta(hours=1)
_SHORT = timedelta(hours=2)
_OBSERVED = _WEEK - timedelta(hours=12)
_SHOWN = 3
_REACH = 6  # others of which chance puts as many at whole days: no score on the curated list rests on more


def _off(first: datetime, second: datetime) -> timedelta | None:
    """How far two onsets are from being 1 to 7 whole days apart; None where they are not near."""
    apart = abs(first - second)
    days = round(apart / _DAY)
    return abs(apart - days * _DAY) if 1 <= days <= 7 else None


def _matches(onset: datetime, others: Iterable[Episode], within: timedelta) -> list[Episode]:
    """Those that began whole days apart, to within so much."""
    found = []
    for other in others:
        off = _off(onset, other.onset)
        if off is not None and off <= within:
            found.append(other)
    return found


def _dated_by_days(episode: Episode) -> bool:
    """Whether only the days are known: midnight to midnight."""
    return episode.onset == episode.onset.replace(hour=0, minute=0, second=0) and (
        episode.duration % _DAY == timedelta(0) and bool(episode.duration)
    )


def _sides(facts: Facts) -> tuple[list[Episode], list[Episode]]:
    """Those that began before, and, in hindsight, those that began after; each once."""
    onset = facts.episode.onset
    others = _each_once(facts.apart)
    before = [other for other in others if other.onset < onset]
    after = [other for other in others if other.onset > onset]
    return before, after if facts.knowledge is Knowledge.HINDSIGHT else []


def _each_once(others: Iterable[Episode]) -> list[Episode]:
    """The episodes without entries of a list that are one that was measured, since they overlap it."""
    measured = sorted((one for one in others if one.events), key=lambda one: one.window)
    starts = [one.onset for one in measured]
    ends = list(accumulate((one.window.end for one in measured), max))
    kept = list(measured)
    for one in others:
        begun = bisect_left(starts, one.window.end)  # so many began before it ended
        if not one.events and not (begun and ends[begun - 1] > one.onset):
            kept.append(one)
    return sorted(kept, key=lambda one: one.window)


def _week_before_is_known(facts: Facts, before: Sequence[Episode]) -> bool:
    """Whether the week before was looked at: by a list, by signals, or because something was found in it."""
    if facts.around.listed or facts.observed_before >= _OBSERVED:
        return True
    return any(facts.episode.onset - other.onset <= _WEEK for other in before)


def _read_whole_days(facts: Facts) -> Reading | Finding | None:
    if not facts.lost_reach:
        return None
    before, after = ([one for one in side if not _dated_by_days(one)] for side in _sides(facts))
    if not _week_before_is_known(facts, before) and not before and not after:
        return missing("No other episode is known, so recurrence at whole days says nothing.")
    onset = facts.episode.onset
    step = _precision(facts)
    if step is None:
        return missing("No signal is fine enough to tell whether it recurs at whole days.")
    if step > _NEAR:
        matched = {side: _matches(onset, of, _HOURLY) for side, of in (("past", before), ("next", after))}
        features = {f"{side}.near.hourly": float(bool(found)) for side, found in matched.items()}
        within = _HOURLY
    else:
        matched = {side: _matches(onset, of, _NEAR) for side, of in (("past", before), ("next", after))}
        features = _fine(facts, before, after)
        within = _NEAR
    if facts.knowledge is not Knowledge.HINDSIGHT:
        features = {name: value for name, value in features.items() if not name.startswith("next.")}
    in_series = bool(features.get("series"))
    return Reading(features, _sentence([*matched["past"], *matched["next"]], within, in_series))


def recurs_by_chance(facts: Facts, *, more_than: int = 0) -> bool:
    """Whether there are others, more than so many, and chance puts as many at whole days, or none can tell.

    Looked at is the week before, and in hindsight the week after.
    """
    onset, step = facts.episode.onset, _precision(facts)
    both = (one for side in _sides(facts) for one in side if not _dated_by_days(one))
    near = [one for one in both if abs(one.onset - onset) <= _WEEK + _NEAR]
    if len(near) <= more_than:
        return False
    if step is None:
        return True
    withins = (_HOURLY,) if step > _NEAR else (_EXACT, _NEAR)
    return not any(
        is_beyond_chance(len(_matches(onset, near, within)), len(near), within) for within in withins
    )


def recurs(facts: Facts) -> bool:
    """Whether another began whole days before, or in hindsight after, to within 30 minutes."""
    return any(_matches(facts.episode.onset, side, _NEAR) for side in _sides(facts))


def _doubt(facts: Facts) -> str:
    """Why others say nothing for an order where the fit does not reach."""
    if not recurs_by_chance(facts, more_than=_REACH):
        return ""
    return "chance puts as many of so many at whole days, so that they say nothing for an order"


def _precision(facts: Facts) -> timedelta | None:
    """How finely the onset is known; None where that is no better than an hour."""
    if not facts.reach_events:
        return _EXACT
    if facts.precise_onset is None or facts.precise_onset[1] > _HOURLY:
        return None
    return facts.precise_onset[1]


def _fine(facts: Facts, before: Sequence[Episode], after: Sequence[Episode]) -> dict[str, float]:
    onset = facts.episode.onset
    features: dict[str, float] = {}
    for side, others in (("past", before), ("next", after)):
        near = _matches(onset, others, _NEAR)
        features[f"{side}.exact"] = float(bool(_matches(onset, others, _EXACT)))
        features[f"{side}.near"] = float(bool(near))
        features[f"{side}.same-length"] = float(any(_as_long(facts.episode, other) for other in near))
    features["past.exact-twice"] = float(len(_matches(onset, before, _EXACT)) > 1)
    features["series"] = float(_is_in_a_series(onset, [*before, *after]))
    return features


def _as_long(first: Episode, second: Episode) -> bool:
    """Whether both lasted the same, to within 30 minutes."""
    known = first.end is not None and second.end is not None
    return known and abs(first.duration - second.duration) <= _NEAR


def _is_in_a_series(onset: datetime, others: Sequence[Episode]) -> bool:
    """Whether one within a week recurs itself at whole days, with one that is not this."""
    return any(
        abs(one.onset - onset) <= _WEEK
        and _matches(one.onset, (other for other in others if other is not one), _EXACT)
        for one in others
    )


def _sentence(matches: Sequence[Episode], within: timedelta, in_series: bool) -> str:
    minutes = within // timedelta(minutes=1)
    how = f"a whole number of days (1 to 7) apart, to within {minutes} minutes"
    series = "others within 7 days recur so among themselves"
    if not matches:
        return f"No other began {how}{f', but {series}' if in_series else ''}."
    when = ", ".join(utc_text(onset) for onset in sorted(other.onset for other in matches)[:_SHOWN])
    more = "" if len(matches) <= _SHOWN else f" and {len(matches) - _SHOWN} more"
    return f"Others began {how}: {when}{more}{f'; {series}' if in_series else ''}."


_SHEDDING = CauseWeights({Cause.POWER: 0.8})
"""A grid that is short of power is switched off by the clock, evening after evening; a proposal."""

WHOLE_DAYS = FittedRule(
    "recurrence.whole-days",
    "Curfews and exams return at the same hour: to within 30 minutes 77 % of shutdowns and 6 % of "
    "outages, to within 10 minutes 72 % and 1.5 %; two such in 72 of 111 shutdowns, in none of 395 outages.",
    f"{CURATED}; 67.7 % against 0.17 % at exactly 1 to 4 days in {SIGCOMM}",
    "recurrence",
    "The first of a series has none yet; nightly maintenance and load shedding recur as well.",
    (
        Feature(
            "past.exact", "+", "An earlier one began whole days before, to within 10 minutes.", _SHEDDING
        ),
        Feature("past.exact-twice", "+", "Two earlier ones did."),
        Feature("past.near", "+", "An earlier one began whole days before, to within 30 minutes.", _SHEDDING),
        Feature("past.same-length", "+", "Such an earlier one lasted as long, to within 30 minutes."),
        Feature("next.exact", "+", "A later one began whole days after, to within 10 minutes.", _SHEDDING),
        Feature("next.near", "+", "A later one began whole days after, to within 30 minutes.", _SHEDDING),
        Feature("next.same-length", "+", "Such a later one lasted as long, to within 30 minutes."),
        Feature(
            "series",
            "+",
            "Another within 7 days recurs itself at whole days, to within 10 minutes.",
            _SHEDDING,
        ),
        Feature(
            "past.near.hourly", "+", "An earlier one began whole days before, to within an hour.", _SHEDDING
        ),
        Feature("next.near.hourly", "+", "A later one began whole days after, to within an hour.", _SHEDDING),
    ),
    _read_whole_days,
    _doubt,
)


def _read_burst(facts: Facts) -> Reading | Finding | None:
    if not facts.lost_reach:
        return None
    before, after = _sides(facts)
    if not _week_before_is_known(facts, before):
        return missing("The week before was not observed, so it is not known whether it is the first.")
    onset = facts.episode.onset
    features: dict[str, float] = {}
    near: list[Episode] = []
    for side, others in (("past", before), ("next", after)):
        week = [other for other in others if abs(other.onset - onset) <= _WEEK]
        near += week
        hours = math.fsum(other.duration / _HOURLY for other in week)
        short = sum(other.end is not None and other.duration < _SHORT for other in week)
        features[f"{side}.hours"] = math.log1p(hours)
        features[f"{side}.short"] = math.log1p(short)
    if facts.knowledge is not Knowledge.HINDSIGHT:
        features = {name: value for name, value in features.items() if not name.startswith("next.")}
    return Reading(features, _burst_sentence(near, facts))


def _burst_sentence(near: Sequence[Episode], facts: Facts) -> str:
    weeks = "7 days" if facts.knowledge is Knowledge.HINDSIGHT else "the 7 days before"
    if not near:
        return f"No other within {weeks}, which were observed."
    total = sum((other.duration for other in near), timedelta(0)) / _HOURLY
    when = ", ".join(utc_text(onset) for onset in sorted(other.onset for other in near)[:_SHOWN])
    more = "" if len(near) <= _SHOWN else f" and {len(near) - _SHOWN} more"
    others = "Another" if len(near) == 1 else f"{len(near)} others"
    return f"{others} within {weeks}, {total:.0f} hours in all: {when}{more}."


BURST = FittedRule(
    "recurrence.burst",
    "Shutdowns come in bursts: 80 % had another within the 7 days before, 19 % of outages; of those that "
    "had none 6.5 % were shutdowns.  Long ones speak for it, short ones against.",
    CURATED,
    "burst",
    "A failing grid fails again: Venezuela's power cuts of 2019 came in bursts of long ones.",
    (
        Feature("past.hours", "+", "Hours lost to others in the 7 days before: log(1 + hours)."),
        Feature("past.short", "-", "Others of less than two hours in the 7 days before: log(1 + number)."),
        Feature("next.hours", "+", "Hours lost to others in the 7 days after: log(1 + hours)."),
        Feature("next.short", "-", "Others of less than two hours in the 7 days after: log(1 + number)."),
    ),
    _read_burst,
    _doubt,
)
