"""How sharply it fell and came back."""

from __future__ import annotations

from datetime import timedelta

from ...model.event import Event
from ..facts import Facts
from .figures import EGYPT, MONASH
from .proposals import proposed
from .rule import Finding, Rule, missing, weighs

__all__ = ["FALL", "RISE"]

_CLIFF = timedelta(minutes=30)
_GRADUAL = timedelta(hours=3)
_LONG = timedelta(hours=6)  # of the part between a fifth and four fifths of what was lost
_SLOW = timedelta(hours=6)
_SLOW_SHARE = 0.2
_GRADUALLY = timedelta(minutes=40)  # a grid switched on again quarter by quarter
_DAYS = timedelta(hours=36)  # Venezuela came back over 30 hours, Louisiana over days

_FALL = {name: proposed("shape.fall", name) for name in ("cliff", "slope", "over-six-hours")}
_RISE = {name: proposed("shape.rise", name) for name in ("at-once", "gradual", "slow", "over-days")}


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
        return weighs(f"{event.kind} fell within {_text(event.fall + event.step)}.", _FALL["cliff"])
    if event.fall >= _GRADUAL:
        slope = "over-six-hours" if event.fall >= _LONG else "slope"
        return weighs(f"{event.kind} fell over {_text(event.fall)}.", _FALL[slope])
    if event.step > _CLIFF:
        return missing(f"{event.kind} has bins too long to show how sharply it fell.")
    return None


FALL = Rule(
    "shape.fall",
    "An order makes a cliff; a storm or a failing grid a slope.",
    f"{EGYPT}; {MONASH}",
    "shape",
    _judge_fall,
    fails="A cliff proves no order: a cut fibre and a tripped grid make one too. An order passed from "
    "provider to provider makes a slope.",
)


def _judge_rise(facts: Facts) -> Finding | None:
    event = _main(facts)
    if event is None or event.rise is None or event.step is None:
        return None
    if event.rise + event.step <= _CLIFF:
        return weighs(f"{event.kind} was back within {_text(event.rise + event.step)}.", _RISE["at-once"])
    if event.rise >= max(_SLOW, _SLOW_SHARE * event.duration):
        slow = "over-days" if event.rise >= _DAYS else "slow"
        return weighs(f"{event.kind} came back over {_text(event.rise)}.", _RISE[slow])
    if event.rise >= max(_GRADUALLY, _SLOW_SHARE * event.duration):
        return weighs(f"{event.kind} came back over {_text(event.rise)}, not at a stroke.", _RISE["gradual"])
    return None


RISE = Rule(
    "shape.rise",
    "An order that is lifted brings all back at once; power and repairs come back piece by piece.",
    f"{EGYPT}; {MONASH}",
    "shape",
    _judge_rise,
    fails="A government that gives back one network after the other (Iran, from 21 November 2019) looks like "
    "a repair.",
)
