"""When it began and ended, by the local clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...model.window import utc_text
from ..facts import Facts
from ..rules.figures import CURATED
from ..rules.rule import Finding, missing
from .reading import Feature, FittedRule, Reading

__all__ = ["LOCAL_END", "LOCAL_ONSET"]

_FINE = timedelta(minutes=5)
_COARSE = timedelta(minutes=10)

_WORDS = {
    "hour": "on the local hour",
    "half": "on the local half hour",
    "neither": "neither on the local hour nor half hour",
}


def _mark(facts: Facts, time: datetime, tolerance: timedelta) -> str | None:
    """Where a time lies in the local hour; None where the country's zones disagree."""
    within = tolerance // timedelta(minutes=1)
    marks = set()
    for minute in facts.local_minutes(time):
        if min(minute, 60 - minute) <= within:
            marks.add("hour")
        elif abs(minute - 30) <= within:
            marks.add("half")
        else:
            marks.add("neither")
    return marks.pop() if len(marks) == 1 else None


def _sentence(facts: Facts, what: str, time: datetime, mark: str, tolerance: timedelta) -> str:
    clock = utc_text(time)
    if len(facts.zones) == 1:
        clock = f"{time.astimezone(facts.zones[0]):%H:%M} local, {clock}"
    return f"{what} {_WORDS[mark]}, to within {tolerance // timedelta(minutes=1)} minutes ({clock})."


def _onset(facts: Facts) -> tuple[datetime, timedelta] | None:
    """The onset and how finely it is known; a list's times are taken as they are."""
    if facts.reach_events:
        return facts.precise_onset
    return facts.episode.onset, _FINE


def _end(facts: Facts) -> tuple[datetime, timedelta] | None:
    if facts.reach_events:
        return facts.precise_end
    return None if facts.episode.end is None else (facts.episode.end, _FINE)


def _read_onset(facts: Facts) -> Reading | Finding | None:
    if not facts.lost_reach:
        return None
    known = _onset(facts)
    if known is None or known[1] > _COARSE:
        return missing("No signal is fine enough to tell at which minute it began.")
    if not facts.zones:
        return missing(f"The local time is not known: no country is given for {facts.entity}.")
    onset, step = known
    tolerance = _FINE if step <= _FINE else _COARSE
    mark = _mark(facts, onset, tolerance)
    if mark is None:
        return missing(f"The zones of {facts.entity} disagree on the local minute.")
    suffix = "" if tolerance == _FINE else ".coarse"
    features = {f"start.{name}{suffix}": float(mark == name) for name in ("hour", "half")}
    return Reading(features, _sentence(facts, "It began", onset, mark, tolerance))


LOCAL_ONSET = FittedRule(
    "timing.local-hour",
    "Orders are carried out on the hour: 71 % of shutdowns begin on the local hour, 21 % of outages.",
    CURATED,
    "timing",
    "One outage in five begins on the hour by chance, and curators round; with bins of ten minutes nearly "
    "half of them do.",
    (
        Feature("start.hour", "+", "It began within 5 minutes of the local hour."),
        Feature("start.half", "+", "It began within 5 minutes of the local half hour."),
        Feature(
            "start.hour.coarse", "+", "It began within 10 minutes of the local hour: bins of 10 minutes."
        ),
        Feature("start.half.coarse", "+", "It began within 10 minutes of the local half hour."),
    ),
    _read_onset,
)


def _read_end(facts: Facts) -> Reading | Finding | None:
    if not facts.lost_reach or not facts.zones:
        return None
    onset, end = _onset(facts), _end(facts)
    if onset is None or end is None or max(onset[1], end[1]) > _FINE:
        return None
    marks = [_mark(facts, time, _FINE) for time, _ in (onset, end)]
    if marks[1] is None:
        return None
    both = all(mark in {"hour", "half"} for mark in marks)
    text = _sentence(facts, "It ended", end[0], marks[1], _FINE)
    if both:
        text = f"{text[:-1]}, and began so."
    return Reading({"marks.both": float(both)}, text)


LOCAL_END = FittedRule(
    "timing.local-hour-end",
    "Orders end on the hour: 56 % of shutdowns, 25 % of outages; what counts is that it began and ended so.",
    CURATED,
    "timing",
    "Maintenance is planned by the clock as well.",
    (Feature("marks.both", "+", "It began and it ended on the local hour or half hour."),),
    _read_end,
)
