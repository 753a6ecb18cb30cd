"""Done in stages: from provider to provider, or tried out before."""

from __future__ import annotations

from datetime import timedelta

from ...model.episode import Episode
from ...model.kinds import Aspect, Plane
from ...model.window import utc_text
from ..episodes import DIRECT_PLANES
from ..facts import Facts
from .figures import IRAN_2019, REHEARSALS
from .proposals import proposed
from .rule import Finding, Rule, weighs
from .spread import MANY, SHARE, TOGETHER, dark_networks, went_dark

__all__ = ["DRILL", "ROLL_OUT"]

_CLIFF = timedelta(minutes=40)

_DAY = timedelta(days=1)
_LONG_BEFORE = timedelta(days=60)  # Belarus: 51 days
_NIGHT = 6  # local hours after midnight
_SHORT, _LONG = timedelta(hours=3), timedelta(hours=6)
_SERIES = 7  # days
_SAME_HOUR = timedelta(minutes=30)
_OFTEN = 2  # such losses at most; a network that has more of them is maintained by night

_ONE_AFTER_THE_OTHER = proposed("staging.roll-out", "one-after-the-other")
_REHEARSED = proposed("staging.drill", "rehearsed")


def _judge_roll_out(facts: Facts) -> Finding | None:
    watched = facts.around.networks_watched
    dark = dark_networks(facts)
    if watched < MANY or not facts.reach_events or len(dark) < max(MANY, SHARE * watched):
        return None
    apart = dark[-1].episode.onset - dark[0].episode.onset
    falls = [network.main_event.fall for network in dark if network.main_event is not None]
    sharp = [fall for fall in falls if fall is not None and fall <= _CLIFF]
    if apart <= TOGETHER or len(sharp) < SHARE * len(dark):
        return None
    return weighs(
        f"{went_dark(facts)} one after the other over {apart / timedelta(hours=1):.1f} hours, most of them "
        "at a stroke: a roll-out from provider to provider.",
        _ONE_AFTER_THE_OTHER,
    )


ROLL_OUT = Rule(
    "staging.roll-out",
    "An order is carried out by one provider after the other, by each at a stroke (Iran 2019).",
    IRAN_2019,
    "networks",
    _judge_roll_out,
    fails="Batteries that run down one site after the other, and a fault that spreads, take networks in "
    "turn too.",
)


def _depth(episode: Episode, planes: frozenset[Plane]) -> float:
    """The greatest lost share of reach on some planes."""
    peaks = (e.peak for e in episode.events if e.kind.aspect is Aspect.REACH and e.kind.plane in planes)
    return max(peaks, default=0.0)


def _is_by_night(facts: Facts, other: Episode) -> bool:
    """Whether it began between midnight and six, in every zone of the country."""
    hours = [other.onset.astimezone(zone).hour for zone in facts.zones]
    return bool(hours) and max(hours) < _NIGHT


def _is_of_the_series(facts: Facts, other: Episode) -> bool:
    """Whether the two began 1 to 7 whole days apart, to within half an hour."""
    apart = abs(facts.episode.onset - other.onset)
    days = round(apart / _DAY)
    return 1 <= days <= _SERIES and abs(apart - days * _DAY) <= _SAME_HOUR


def _judge_drill(facts: Facts) -> Finding | None:
    if not facts.reach_events or facts.episode.duration < _LONG:
        return None
    planes = frozenset(event.kind.plane for event in facts.reach_events) & DIRECT_PLANES
    if not planes:
        return None
    nights = [
        other
        for other in facts.apart
        if _DAY <= facts.episode.onset - other.onset <= _LONG_BEFORE
        and not other.ongoing
        and other.duration <= _SHORT
        and _is_by_night(facts, other)
        and planes <= other.planes
        and 2 * _depth(other, planes) >= facts.peak
    ]
    if not 1 <= len(nights) <= _OFTEN or any(_is_of_the_series(facts, other) for other in nights):
        return None
    when = ", ".join(sorted(utc_text(other.onset) for other in nights))
    return weighs(
        f"{len(nights)} short loss{'es' if len(nights) > 1 else ''} on the same planes by night in the 60 "
        f"days before ({when}): perhaps a rehearsal, which is weak evidence.",
        _REHEARSED,
    )


DRILL = Rule(
    "staging.drill",
    "A cut of a country is tried out before, briefly and by night.",
    REHEARSALS,
    "recurrence",
    _judge_drill,
    fails="Night is when networks are maintained (Richter et al., IMC 2018): a failed change weeks before "
    "has nothing to do with it.",
)
