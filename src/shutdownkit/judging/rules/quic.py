"""QUIC and HTTP/3, which filters block first: they cannot read it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np

from ...model.kinds import KINDS, Direction
from ...model.signal import Signal
from ...model.window import TimeWindow, utc_text
from ..facts import Facts
from .figures import QUIC_IRAN
from .proposals import proposed
from .rule import Finding, Rule, weighs

__all__ = ["QUIC_FIRST"]

_HTTP3 = KINDS["traffic.http3-share"]
_TESTS = frozenset({KINDS["ooni.failure-ratio"], KINDS["ooni.anomaly-ratio"], KINDS["ooni.confirmed-ratio"]})
_WORDS = frozenset({"quic", "http3", "h3"})
_NAMES = ("domain:", "category:")  # they name who is reached, not how

_SOONEST, _EARLIEST = timedelta(minutes=30), timedelta(days=14)
_BEFORE = timedelta(days=7)
_FIRST = datetime.min.replace(tzinfo=UTC)
_HALF = 0.5
_SOME = 6  # bins before it fell
_STAYED = 0.9  # of the bins from then on
_FELL_AND_STAYED = proposed("staging.quic-first", "fell-and-stayed")


def _is_of_quic(signal: Signal) -> bool:
    if signal.kind == _HTTP3:
        return True
    subject = (signal.subject or "").lower()
    return (
        signal.kind in _TESTS
        and not subject.startswith(_NAMES)
        and not _WORDS.isdisjoint(re.split(r"[^a-z0-9]+", subject))
    )


def _fell(signal: Signal, onset: datetime) -> tuple[datetime, float] | None:
    """When it fell by half or more and stayed down until the onset, and the share it lost; None where not.

    What is looked at is the share that uses QUIC, or of tests that did not fail.  The level before is the
    median of the 7 days before it fell.
    """
    start = max(signal.series.start, onset - min(_EARLIEST + _BEFORE, onset - _FIRST))
    if start >= onset:
        return None
    series = signal.series.cut(TimeWindow(start, onset))
    known = np.flatnonzero(series.measured)
    values = series.values[known]
    if signal.kind.bad is Direction.UP:
        values = (signal.kind.maximum or 1.0) - values
    week = _BEFORE // series.step
    for first in range(_SOME, len(known)):
        time = series.start + int(known[first]) * series.step
        if not _SOONEST <= onset - time <= _EARLIEST:
            continue
        before = values[:first][known[:first] >= known[first] - week]
        after = values[first:]
        if len(before) < _SOME or values[first] >= values[first - 1]:
            continue
        low = _HALF * float(np.median(before))
        is_low = after <= low
        if low > 0 and values[first - 1] > low and is_low[0] and is_low[-1] and np.mean(is_low) >= _STAYED:
            return time, 1.0 - float(np.median(after)) / (2.0 * low)
    return None


def _judge_quic_first(facts: Facts) -> Finding | None:
    if not facts.reach_events:
        return None
    onset = facts.episode.onset
    found = sorted(
        (fell[0], signal.kind.name, signal.subject or "", fell[1])
        for signal in facts.around.signals
        if _is_of_quic(signal) and (fell := _fell(signal, onset)) is not None
    )
    if not found:
        return None
    time, kind, subject, lost = found[0]
    what = f"{kind} ({subject})" if subject else kind
    hours = (onset - time) / timedelta(hours=1)
    return weighs(
        f"HTTP/3 or QUIC lost {lost:.0%} {hours:.1f} hours ahead, at {utc_text(time)}, and stayed down: "
        f"{what}.",
        _FELL_AND_STAYED,
    )


QUIC_FIRST = Rule(
    "staging.quic-first",
    "QUIC is blocked before a cut, since filters cannot read it.",
    QUIC_IRAN,
    "planes",
    _judge_quic_first,
    fails="A content network that turns HTTP/3 off, or a browser's update, does the same with no cut behind "
    "it.",
)
