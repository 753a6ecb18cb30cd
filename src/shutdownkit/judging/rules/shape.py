"""How sharply it fell and came back."""

from __future__ import annotations

from datetime import timedelta

from ...model.event import Event
from ...model.verdict import Cause
from ..facts import Facts
from .figures import EGYPT, MONASH
from .rule import Finding, Rule, missing, weighs

__all__ = ["FALL", "RISE"]

_CLIFF = timedelta(minutes=30)
_GRADUAL = timedelta(hours=3)
_SLOW = timedelta(hours=6)
_SLOW_SHARE = 0.2


def _text(duration: timedelta) -> str:
    minutes = round(duration / timedelta(minutes=1))
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"


def _main(facts: Facts) -> Event | None:
    event = facts.main_event
    return event if event is not None and event.step is not None else None


def _judge_fall(facts: Facts) -> Finding | None:
    event = _main(facts)
    if event is None or event.fall is None or event.step is None:
        return None
    if event.fall + event.step <= _CLIFF:
        return weighs(
            f"{event.kind} fell within {_text(event.fall + event.step)}.",
            {
                Cause.DELIBERATE: 0.5,
                Cause.CABLE: 0.4,
                Cause.ROUTING: 0.5,
                Cause.EQUIPMENT: 0.4,
                Cause.DISASTER: -1.0,
            },
        )
    if event.fall >= _GRADUAL:
        return weighs(
            f"{event.kind} fell over {_text(event.fall)}.",
            {
                Cause.DELIBERATE: -1.5,
                Cause.DISASTER: 1.5,
                Cause.POWER: 0.5,
                Cause.ATTACK: 0.3,
                Cause.CABLE: -0.7,
                Cause.ROUTING: -0.7,
            },
        )
    if event.step > _CLIFF:
        return missing(f"{event.kind} has bins too long to show how sharply it fell.")
    return None


FALL = Rule(
    "shape.fall",
    "An order makes a cliff; a storm or a failing grid a slope.",
    f"{EGYPT}; {MONASH}",
    "shape",
    _judge_fall,
)


def _judge_rise(facts: Facts) -> Finding | None:
    event = _main(facts)
    if event is None or event.rise is None or event.step is None:
        return None
    if event.rise + event.step <= _CLIFF:
        return weighs(
            f"{event.kind} was back within {_text(event.rise + event.step)}.",
            {Cause.DELIBERATE: 0.7, Cause.POWER: -0.7, Cause.DISASTER: -1.5, Cause.ROUTING: 0.5},
        )
    if event.rise >= max(_SLOW, _SLOW_SHARE * event.duration):
        return weighs(
            f"{event.kind} came back over {_text(event.rise)}.",
            {
                Cause.DELIBERATE: -1.5,
                Cause.POWER: 1.5,
                Cause.DISASTER: 1.0,
                Cause.CABLE: -0.3,
                Cause.ROUTING: -1.0,
            },
        )
    return None


RISE = Rule(
    "shape.rise",
    "An order that is lifted brings all back at once; power and repairs come back piece by piece.",
    f"{EGYPT}; {MONASH}",
    "shape",
    _judge_rise,
)
