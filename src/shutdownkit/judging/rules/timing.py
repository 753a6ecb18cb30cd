"""When it began, when it ended, how long it lasted, by the local clock."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from ...model.verdict import Cause
from ...model.window import utc_text
from ..facts import Facts
from .figures import CURATED, SHRINK
from .rule import Finding, Rule, missing, weighs

__all__ = ["DURATION", "LOCAL_END", "LOCAL_ONSET"]

_FINE = timedelta(minutes=5)
_COARSE = timedelta(minutes=10)

# share of shutdowns and of other outages whose start (end) lies within 5 or 10 minutes of the local
# hour, of the half hour, of neither
_START = {
    _FINE: {"hour": (0.712, 0.213), "half": (0.153, 0.181), "neither": (0.135, 0.606)},
    _COARSE: {"hour": (0.748, 0.455), "half": (0.216, 0.455), "neither": (0.036, 0.090)},
}
_END = {_FINE: {"hour": (0.561, 0.251), "half": (0.280, 0.207), "neither": (0.159, 0.543)}}


def _log_ratio(shares: tuple[float, float]) -> float:
    return SHRINK * math.log(shares[0] / shares[1])


def _mark(minutes: frozenset[int], tolerance: timedelta) -> str | None:
    """Where the minutes of the hour lie; None where the country's zones disagree."""
    within = tolerance // timedelta(minutes=1)
    marks = set()
    for minute in minutes:
        if min(minute, 60 - minute) <= within:
            marks.add("hour")
        elif abs(minute - 30) <= within:
            marks.add("half")
        else:
            marks.add("neither")
    return marks.pop() if len(marks) == 1 else None


_WORDS = {
    "hour": "on the local hour",
    "half": "on the local half hour",
    "neither": "neither on the local hour nor half hour",
}


def _judge_onset(facts: Facts) -> Finding | None:
    if not facts.reach_events:
        return None
    precise = facts.precise_onset
    if precise is None or precise[1] > _COARSE:
        return missing("No signal is fine enough to tell at which minute it began.")
    if not facts.zones:
        return missing(f"The local time is not known: no country is given for {facts.entity}.")
    onset, step = precise
    tolerance = _FINE if step <= _FINE else _COARSE
    return _by_mark("It began", onset, tolerance, _START[tolerance], facts)


def _judge_end(facts: Facts) -> Finding | None:
    precise = facts.precise_end
    if precise is None or precise[1] > _FINE or not facts.zones:
        return None
    return _by_mark("It ended", precise[0], _FINE, _END[_FINE], facts)


def _by_mark(
    what: str,
    time: datetime,
    tolerance: timedelta,
    table: dict[str, tuple[float, float]],
    facts: Facts,
) -> Finding:
    mark = _mark(facts.local_minutes(time), tolerance)
    if mark is None:
        return missing(f"The zones of {facts.entity} disagree on the local minute.")
    clock = utc_text(time)
    if len(facts.zones) == 1:
        clock = f"{time.astimezone(facts.zones[0]):%H:%M} local, {clock}"
    sentence = f"{what} {_WORDS[mark]}, to within {tolerance // timedelta(minutes=1)} minutes ({clock})."
    return weighs(sentence, {Cause.DELIBERATE: _log_ratio(table[mark])})


LOCAL_ONSET = Rule(
    "timing.local-hour",
    "Orders are carried out on the hour: 71 % of shutdowns begin on the local hour, 21 % of outages.",
    CURATED,
    "timing",
    _judge_onset,
)

LOCAL_END = Rule(
    "timing.local-hour-end",
    "Orders end on the hour: 56 % of shutdowns, 25 % of outages.",
    CURATED,
    "timing",
    _judge_end,
)

# upper bound in hours, share of shutdowns, share of other outages, and what other causes' known
# durations say (log-likelihood against an unknown technical cause)
_DURATIONS: tuple[tuple[float, float, float, dict[Cause, float]], ...] = (
    (
        1.0,
        0.009,
        0.204,
        {Cause.POWER: -1.0, Cause.CABLE: -1.0, Cause.DISASTER: -1.5, Cause.ROUTING: 0.5},
    ),
    (
        2.0,
        0.028,
        0.259,
        {Cause.POWER: -0.5, Cause.CABLE: -0.5, Cause.DISASTER: -1.0, Cause.ROUTING: 0.3},
    ),
    (4.0, 0.168, 0.223, {}),
    (12.0, 0.589, 0.228, {Cause.POWER: 0.3, Cause.CABLE: 0.3}),
    (24.0, 0.093, 0.060, {Cause.POWER: 0.7, Cause.CABLE: 0.3, Cause.DISASTER: 0.7}),
    (math.inf, 0.112, 0.026, {Cause.POWER: 1.0, Cause.CABLE: 0.5, Cause.DISASTER: 1.5}),
)


def _judge_duration(facts: Facts) -> Finding | None:
    if not facts.reach_events:
        return None
    hours = facts.episode.duration / timedelta(hours=1)
    index = next(k for k, row in enumerate(_DURATIONS) if hours < row[0])
    if facts.episode.ongoing:
        shutdowns = sum(row[1] for row in _DURATIONS[index:])
        outages = sum(row[2] for row in _DURATIONS[index:])
        others = {} if math.isfinite(_DURATIONS[index][0]) else _DURATIONS[index][3]
        sentence = f"It has lasted {hours:.1f} hours so far."
    else:
        _, shutdowns, outages, others = _DURATIONS[index]
        sentence = f"It lasted {hours:.1f} hours."
    return weighs(sentence, {Cause.DELIBERATE: _log_ratio((shutdowns, outages)), **others})


DURATION = Rule(
    "timing.duration",
    "Shutdowns last 5 hours and more; half of all outages less than 2.",
    CURATED,
    "duration",
    _judge_duration,
)
