"""Whether two episodes are the same thing: their technical signatures, feature by feature."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

from attrs import frozen

from ..model.checks import instance
from ..model.episode import Episode
from ..model.event import Event
from ..model.kinds import Plane
from ..model.places import country_zones
from ..model.similarity import Similarity

__all__ = ["compare", "similarity"]

_CONSISTENT = 0.65
_ENOUGH = 3.0  # weight that must be comparable before anything is said
_DAY_MINUTES = 24 * 60


@frozen
class _Feature:
    """One comparison: how much it weighs, how well the two agree (0..1), and in words."""

    weight: float
    agreement: float
    text: str


def compare(episode_a: Episode, episode_b: Episode) -> Similarity:
    """Compare two episodes' technical signatures.

    Looked at, where both have them: the planes that fell, how deep each fell, how sharply it fell and
    came back, how long it lasted, the local time of day at which it began, and the order of the planes.
    The weights and the limit of 0.65 for ``consistent`` are proposals, to be tuned on labelled pairs.

    Returns:
        ``consistent`` is None where less than half of the features can be compared.

    Raises:
        InvalidValueError: where something else than an episode is given.
    """
    instance("episode_a", Episode, episode_a)
    instance("episode_b", Episode, episode_b)
    return similarity(episode_a, episode_b)


def similarity(first: Episode, second: Episode) -> Similarity:
    """As :func:`compare`, for arguments known to be episodes."""
    features = list(_features(first, second))
    weight = math.fsum(feature.weight for feature in features)
    score = math.fsum(feature.weight * feature.agreement for feature in features)
    score = score / weight if weight else 0.0
    return Similarity(
        score=min(1.0, round(score, 6)),
        agreements=tuple(feature.text for feature in features if feature.agreement >= 0.5),
        differences=tuple(feature.text for feature in features if feature.agreement < 0.5),
        consistent=score >= _CONSISTENT if weight >= _ENOUGH else None,
    )


def _features(first: Episode, second: Episode) -> Iterator[_Feature]:
    yield from _planes(first, second)
    for plane in sorted(first.planes & second.planes, key=lambda plane: plane.value):
        yield from _depth(plane, _deepest(first, plane), _deepest(second, plane))
    yield from _lead(first, second)
    main_a, main_b = _main(first), _main(second)
    if main_a is not None and main_b is not None:
        yield from _sharpness("fall", main_a.fall, main_b.fall)
        yield from _sharpness("return", main_a.rise, main_b.rise)
    if not first.ongoing and not second.ongoing:
        yield _ratio("duration", first.duration, second.duration)
    yield _time_of_day(first, second)


def _planes(first: Episode, second: Episode) -> Iterator[_Feature]:
    if not first.planes or not second.planes:
        return
    share = len(first.planes & second.planes) / len(first.planes | second.planes)
    names = [" and ".join(sorted(plane.value for plane in episode.planes)) for episode in (first, second)]
    text = f"planes that fell: {names[0]}" + ("" if names[0] == names[1] else f" / {names[1]}")
    yield _Feature(1.5, share, text)


def _depth(plane: Plane, first: Event, second: Event) -> Iterator[_Feature]:
    apart = abs(first.depth - second.depth)
    text = f"depth on {plane.value}: {first.depth:.0%} / {second.depth:.0%}"
    yield _Feature(1.0, max(0.0, 1.0 - apart / 0.4), text)


def _lead(first: Episode, second: Episode) -> Iterator[_Feature]:
    """Which plane fell first, where at least two fell in both."""
    shared = first.planes & second.planes
    if len(shared) < 2:
        return
    leads = []
    for episode in (first, second):
        events = [event for event in episode.events if event.kind.plane in shared]
        start = min(event.onset for event in events)
        near = {
            e.kind.plane.value
            for e in events
            if e.onset - start <= max(timedelta(minutes=15), e.step or timedelta(0))
        }
        leads.append(near)
    share = len(leads[0] & leads[1]) / len(leads[0] | leads[1])
    names = [" and ".join(sorted(lead)) for lead in leads]
    yield _Feature(0.5, share, f"first to fall: {names[0]} / {names[1]}")


def _sharpness(what: str, first: timedelta | None, second: timedelta | None) -> Iterator[_Feature]:
    if first is None or second is None:
        return
    floor = timedelta(minutes=20)
    yield _ratio(f"time of {what}", max(first, floor), max(second, floor), weight=0.75)


def _ratio(what: str, first: timedelta, second: timedelta, *, weight: float = 1.0) -> _Feature:
    minute = timedelta(minutes=1)
    a, b = max(first, minute), max(second, minute)
    apart = abs(math.log(a / b)) / math.log(4.0)
    return _Feature(weight, max(0.0, 1.0 - apart), f"{what}: {_text(first)} / {_text(second)}")


def _time_of_day(first: Episode, second: Episode) -> _Feature:
    minutes = []
    texts = []
    for episode in (first, second):
        zones = country_zones(episode.entity.country) if episode.entity.country else ()
        local = episode.onset.astimezone(zones[0]) if len(zones) == 1 else episode.onset
        minutes.append(local.hour * 60 + local.minute)
        texts.append(f"{local:%H:%M}" + ("" if len(zones) == 1 else " UTC"))
    apart = abs(minutes[0] - minutes[1])
    apart = min(apart, _DAY_MINUTES - apart)
    agreement = max(0.0, 1.0 - apart / 180.0)
    return _Feature(1.0, agreement, f"time of day of the onset: {texts[0]} / {texts[1]}")


def _deepest(episode: Episode, plane: Plane) -> Event:
    events = [event for event in episode.events if event.kind.plane is plane]
    return max(events, key=lambda event: (event.depth, event.sort_key))


def _main(episode: Episode) -> Event | None:
    events = (event for event in episode.events if event.fall is not None)
    return max(events, key=lambda event: event.burden, default=None)


def _text(duration: timedelta) -> str:
    minutes = round(duration / timedelta(minutes=1))
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
