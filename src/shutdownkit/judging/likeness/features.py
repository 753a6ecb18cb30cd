"""Two signatures, feature by feature: how far apart, and what that says."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import timedelta

from attrs import evolve, frozen

from ...model.kinds import Plane
from .signature import PlaneFall, Signature, clock_text, duration_text
from .table import Ladder, Likeness

__all__ = ["Feature", "features_of"]

_MINUTE = timedelta(minutes=1)
_DAY_MINUTES = 24 * 60
_SHARP = timedelta(minutes=20)  # a cliff: shorter falls are not told apart (facts: deliberate, BGP)
_SHAPELESS = timedelta(hours=1)  # coarser bins do not show the shape of an edge.  A proposal
_LEAD = timedelta(minutes=15)  # planes whose onsets are that near fell together.  A proposal
_ROLL_OUT = timedelta(minutes=30)  # networks whose onsets are that near fell together.  A proposal


@frozen
class Feature:
    """One feature of two signatures compared.

    Attributes:
        group: features of one group are sides of one matter, and capped together.
        rung: on the feature's ladder; None where the distance is not known well enough for it.
        weight: log-likelihood ratio (nats), the same switch against unrelated episodes.
        share: how much it counts in the score.
        agreement: 0..1.
        text: for people, with both values.
    """

    name: str
    group: str
    rung: int | None
    weight: float
    share: float
    agreement: float
    text: str


def features_of(first: Signature, second: Signature, table: Likeness) -> Iterator[Feature]:
    """The features that both signatures have.

    A distance under the precision to which it is known counts as that precision; where even that would
    speak against, the feature cannot be compared.
    """
    yield from _planes(first, second, table)
    yield from _depths(first, second, table)
    yield from _order(first, second, table)
    if _shows_shape(first) and _shows_shape(second):
        steps = [one.shape_step or timedelta(0) for one in (first, second)]
        floor = max(_SHARP, *steps)
        for name, what, lengths in (
            ("fall", "time of fall", (first.fall, second.fall)),
            ("rise", "time of return", (first.rise, second.rise)),
        ):
            yield from _ratio(what, table.ladders[name], "shape", lengths, floor=floor)
    yield from _duration(first, second, table)
    yield from _clock(first, second, table)
    yield from _networks(first, second, table)


def _feature(
    ladder: Ladder, group: str, distance: float, text: str, known_to: float = 0.0
) -> Iterator[Feature]:
    if distance <= known_to and ladder.weight(known_to) < 0:
        return
    rung = ladder.rung(max(distance, known_to))
    yield Feature(
        ladder.name, group, rung, ladder.weights[rung], ladder.share, ladder.agreement(distance), text
    )


def _names(planes: Iterable[Plane]) -> str:
    return " and ".join(sorted(plane.value for plane in planes)) or "none"


def _planes(first: Signature, second: Signature, table: Likeness) -> Iterator[Feature]:
    """The planes that fell, among those of which it is known in both, where signals say so.

    Where they do not, a plane that only one has may be one that nobody measured in the other: then a
    difference counts in the score, and neither in the weight nor among unrelated pairs.
    """
    known = [one.known_planes for one in (first, second)]
    one, other = first.planes, second.planes
    if known[0] is not None and known[1] is not None:
        one, other = one & known[1], other & known[0]
    if not first.fell or not second.fell or not one | other:
        return
    distance = 1.0 - len(one & other) / len(one | other)
    text = f"planes that fell: {_names(one)}" + ("" if one == other else f" / {_names(other)}")
    is_known = None not in known
    for feature in _feature(table.ladders["planes"], "planes", distance, text):
        yield feature if is_known or feature.weight > 0 else evolve(feature, weight=0.0, rung=None)


def _depths(first: Signature, second: Signature, table: Likeness) -> Iterator[Feature]:
    depths = [{one.plane: one.depth for one in side.fell} for side in (first, second)]
    for plane in sorted(depths[0].keys() & depths[1].keys(), key=lambda plane: plane.value):
        one, other = depths[0][plane], depths[1][plane]
        if one is not None and other is not None:
            text = f"depth on {plane.value}: {one:.0%} / {other:.0%}"
            yield from _feature(table.ladders["depth"], "depth", abs(one - other), text)


def _order(first: Signature, second: Signature, table: Likeness) -> Iterator[Feature]:
    """Which planes fell first, where at least two fell in both."""
    shared = first.planes & second.planes
    leads = [_leaders(one.fell, shared) for one in (first, second)]
    if len(shared) < 2 or leads[0] is None or leads[1] is None:
        return
    distance = 1.0 - len(leads[0] & leads[1]) / len(leads[0] | leads[1])
    text = f"first to fall: {_names(leads[0])} / {_names(leads[1])}"
    yield from _feature(table.ladders["order"], "order", distance, text)


def _leaders(fell: Iterable[PlaneFall], among: frozenset[Plane]) -> frozenset[Plane] | None:
    """Those that fell first, to within the bins in which they are seen; None where the times are unknown."""
    timed = [(one.after, one) for one in fell if one.plane in among and one.after is not None]
    if len(timed) < len(among) or not timed:
        return None
    begin = min(after for after, _ in timed)
    return frozenset(
        one.plane for after, one in timed if after - begin <= max(_LEAD, one.step or timedelta(0))
    )


def _shows_shape(one: Signature) -> bool:
    return one.shape_step is None or one.shape_step <= _SHAPELESS


def _ratio(
    what: str,
    ladder: Ladder,
    group: str,
    lengths: tuple[timedelta | None, timedelta | None],
    *,
    floor: timedelta,
    known_to: float = 0.0,
) -> Iterator[Feature]:
    """Two lengths of time, at least ``floor`` each; their distance is in doublings."""
    first, second = lengths
    if first is None or second is None:
        return
    short, long = sorted((max(first, floor), max(second, floor)))
    text = f"{what}: {duration_text(first)} / {duration_text(second)}"
    yield from _feature(ladder, group, math.log2(long / short), text, known_to)


def _duration(first: Signature, second: Signature, table: Likeness) -> Iterator[Feature]:
    lengths = (first.duration, second.duration)
    known = [length for length in lengths if length is not None]
    short = max(_MINUTE, min(known, default=_MINUTE))
    step = max(first.step or timedelta(0), second.step or timedelta(0))
    ladder, known_to = table.ladders["duration"], math.log2(1.0 + step / short)
    yield from _ratio("duration", ladder, "duration", lengths, floor=_MINUTE, known_to=known_to)


def _clock(first: Signature, second: Signature, table: Likeness) -> Iterator[Feature]:
    """Minutes between the two onsets on the clock, round midnight: local time where both have it."""
    minutes, suffix = [one.local_minute for one in (first, second)], ""
    if None in minutes:
        minutes, suffix = [one.utc_minute for one in (first, second)], " UTC"
    one, other = minutes
    if one is None or other is None:
        return
    apart = abs(one - other)
    apart = min(apart, _DAY_MINUTES - apart)
    step = max(first.step or timedelta(0), second.step or timedelta(0))
    text = f"time of day of the onset: {clock_text(one)}{suffix} / {clock_text(other)}{suffix}"
    yield from _feature(table.ladders["clock"], "clock", apart, text, step / _MINUTE)


def _networks(first: Signature, second: Signature, table: Likeness) -> Iterator[Feature]:
    """Which networks survived among those known in both, and how far apart the onsets lay."""
    one, other = first.networks, second.networks
    if one is None or other is None:
        return
    known = one.known & other.known
    held = [side.survived & known for side in (one, other)]
    if held[0] | held[1] and len(known) > 1:  # that all went dark is so in any blackout
        distance = 1.0 - len(held[0] & held[1]) / len(held[0] | held[1])
        names = [", ".join(map(str, sorted(side))) or "none" for side in held]
        text = f"networks that held: {names[0]} / {names[1]}"
        yield from _feature(table.ladders["survivors"], "networks", distance, text)
    floor = max(_ROLL_OUT, one.step, other.step)
    if floor <= _SHAPELESS:
        what, lengths = "spread of the networks' onsets", (one.spread, other.spread)
        yield from _ratio(what, table.ladders["spread"], "networks", lengths, floor=floor)
