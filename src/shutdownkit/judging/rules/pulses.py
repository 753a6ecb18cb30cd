"""Short losses that come back within hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...model.event import Event
from ...model.kinds import Aspect
from ...model.window import utc_text
from ..episodes import DEEP, DIRECT_PLANES
from ..facts import Facts
from .figures import LIBERIA
from .proposals import proposed
from .rule import Finding, Rule, weighs

__all__ = ["PULSES"]

_SHORT = timedelta(hours=1)
_SPAN = timedelta(hours=6)
_MANY = 3
_CLOCK = 5  # minutes around the hour and half hour
_HALF = 30  # minutes
_LONG = timedelta(hours=2)
_REPEATED = proposed("shape.pulses", "short-and-repeated")
_ONE_PIECE = proposed("shape.pulses", "one-piece")


def _deep(facts: Facts) -> dict[tuple[str, str], list[Event]]:
    """The deep losses of each signal, here and in the other episodes, by onset; faults are none."""
    others = (other for other in facts.around.others if other not in facts.around.artefacts)
    deep: dict[tuple[str, str], set[Event]] = {}
    for episode in (facts.episode, *others):
        for event in episode.events:
            kind = event.kind
            if kind.aspect is Aspect.REACH and kind.plane in DIRECT_PLANES and event.peak >= DEEP:
                deep.setdefault((kind.name, event.subject or ""), set()).add(event)
    return {key: sorted(events, key=lambda event: event.sort_key) for key, events in deep.items()}


def _is_short(event: Event) -> bool:
    return event.duration <= _SHORT and not event.ongoing


def _around(events: list[Event], own: frozenset[Event]) -> list[Event]:
    """The most short losses within six hours of which one is the episode's own; none where one was long."""
    best: list[Event] = []
    for first in events:
        span = [one for one in events if timedelta(0) <= one.onset - first.onset <= _SPAN]
        if own.isdisjoint(span) or not all(map(_is_short, span)):
            continue
        if len(span) > len(best):
            best = span
    return best


def _on_the_clock(facts: Facts, times: list[datetime]) -> bool:
    """Whether more than half of the times lie on the local hour or half hour, in any of the zones."""
    on_it = 0
    for time in times:
        minutes = facts.local_minutes(time) or frozenset({time.minute})
        on_it += any(min(minute % _HALF, _HALF - minute % _HALF) <= _CLOCK for minute in minutes)
    return 2 * on_it > len(times)


def _judge_pulses(facts: Facts) -> Finding | None:
    own = frozenset(facts.episode.events)
    deep = _deep(facts)
    long = [one for events in deep.values() for one in events if one in own and not _is_short(one)]
    if long:
        return _one_piece(max(event.duration for event in long))
    found = {key: _around(events, own) for key, events in deep.items()}
    name = max(found, key=lambda key: (len(found[key]), key), default=None)
    if name is None or len(found[name]) < _MANY or _on_the_clock(facts, [e.onset for e in found[name]]):
        return None
    pulses = found[name]
    longest = max(event.duration for event in pulses) // timedelta(minutes=1)
    return weighs(
        f"{name[0]} fell {len(pulses)} times within {(pulses[-1].onset - pulses[0].onset) / _SHORT:.1f} "
        f"hours from {utc_text(pulses[0].onset)} on, for {longest} minutes at most.",
        _REPEATED,
    )


def _one_piece(longest: timedelta) -> Finding | None:
    if longest < _LONG:
        return None
    return weighs(f"It was one loss of {longest / _SHORT:.1f} hours, no repeated short ones.", _ONE_PIECE)


PULSES = Rule(
    "shape.pulses",
    "Floods come in short repeated bursts; orders last, and keep to the clock.",
    LIBERIA,
    "shape",
    _judge_pulses,
    fails="A loose connector or a route that flaps looks the same; a flood that lasts is not seen.",
)
