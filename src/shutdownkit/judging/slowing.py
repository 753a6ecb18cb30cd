"""Whether what became slow was slowed: what throughput, round trips and handshakes show.

Anderson 2013 (Dimming the Internet, on Iran): a throttled network carries less than half as much, its round
trips take no longer, as they would if queues filled, and its throughput hardly varies any more, since a
limit sets it and not the load.
"""

from __future__ import annotations

import math
from datetime import timedelta

from attrs import frozen

from ..model.event import Event
from ..model.kinds import KINDS
from ..model.signal import Signal
from ..model.window import TimeWindow
from .contrast import BEFORE, Contrast, contrast
from .facts import Facts

__all__ = ["DELAYS", "HALF", "Handshakes", "Slowing", "handshakes_of", "slowing_of"]

HALF = 0.5
"""Share of the throughput lost from which it counts as slowed (Anderson 2013: 69 to 77 % in Iran)."""

DELAYS = frozenset({"throughput.rtt", "probing.latency"})
"""The kinds that measure round trips."""

_FLAT = 1.2
"""Round trips whose median is up by a fifth at most are flat: a fifth is what counts as a disruption
elsewhere (DetectionSettings.loss), and a queue that halves the throughput doubles them.  A proposal."""

_SHRUNKEN = 0.5
"""Throughput that varies half as much as before, as a share of its median, or less, hardly varies any more.
A proposal; Anderson gives no figure."""

_BY_CHANCE = 3.8
"""Of few bins less must be left: by chance the ratio strays by 1.35 over the square root of their number
(measured by us on simulated log-normal noise), and under 1 less 2.8 times that it is in about one of ten
thousand."""

_ENOUGH = 24
"""Bins on either side: a day of hours."""

_USUAL = 0.5 / 14  # as slow for most of one day (or evening) of the 14 before is within the usual range
_NEARLY = 0.25  # what was a quarter faster at most was as slow

_SOME = 6  # bins of a handshake on either side: tests of one service are few
_TWICE = 2.0  # handshakes that take twice as long are slowed
_WITNESSES = 2  # services that held, at least, and at least as many as were slowed
_AT_ONCE = timedelta(hours=1)  # handshakes are compared over the time in which all the slowed ones were slow


@frozen
class Slowing:
    """A time in which throughput was down by half or more.

    Attributes:
        event: the event of the throughput.
        usual: whether it was often as slow at the same hours before; None where too little was measured.
        delay: the median of round trips over that before, the greatest of what was measured; None where
            round trips were not measured enough.
        delayed: whether round trips took longer.
        spread: how much throughput varied over how much before; None where that cannot be said.
        shrunken: whether it hardly varied any more, beyond chance.
    """

    event: Event
    usual: bool | None
    delay: float | None
    delayed: bool
    spread: float | None
    shrunken: bool

    @property
    def flat(self) -> bool:
        """Whether round trips were measured and took no longer."""
        return self.delay is not None and not self.delayed

    @property
    def is_throttling(self) -> bool:
        """Whether all of the signature was seen."""
        return self.flat and self.shrunken and self.usual is False


def slowing_of(facts: Facts) -> Slowing | None:
    """How the throughput fell, if it fell by half or more and connectivity did not fall."""
    slower = [event for event in facts.events_of(KINDS["throughput.download"]) if event.depth >= HALF]
    if facts.reach_events or not slower:
        return None
    event = max(slower, key=lambda one: (one.depth * one.duration, one.sort_key))
    usual, found = _throughput(facts, event)
    delay = _delay(facts, event.window)
    return Slowing(
        event=event,
        usual=usual,
        delay=delay,
        delayed=_had_delays(facts) or (delay is not None and delay > _FLAT),
        spread=None if found is None else found.spread_ratio,
        shrunken=found is not None and _hardly_varies(found),
    )


def _throughput(facts: Facts, event: Event) -> tuple[bool | None, Contrast | None]:
    for signal in facts.around.signals:
        if (signal.kind, signal.subject) == (event.kind, event.subject):
            found = contrast(signal, event.window, without=_limited(signal, facts))
            as_slow = found.as_low(_NEARLY)
            if found.enough(_ENOUGH) and as_slow is not None:
                return as_slow > _USUAL, found
    return None, None


def _limited(signal: Signal, facts: Facts) -> list[TimeWindow]:
    """When the throughput was down in other episodes and hardly varied: as a limit makes it.

    That a network was throttled before makes no throttling usual.  Other slow times do.
    """
    near = 2 * BEFORE
    down = [
        event.window
        for other in facts.around.others
        if abs(other.onset - facts.episode.onset) <= near
        for event in other.events
        if (event.kind, event.subject) == (signal.kind, signal.subject)
    ]
    return [window for window in down if _hardly_varies(contrast(signal, window, without=down))]


def _hardly_varies(found: Contrast) -> bool:
    most = min(_SHRUNKEN, 1.0 - _BY_CHANCE / math.sqrt(max(1, len(found.during))))
    return found.spread_ratio is not None and found.spread_ratio <= most


def _had_delays(facts: Facts) -> bool:
    return any(event.kind.name in DELAYS for event in facts.episode.events)


def _delay(facts: Facts, window: TimeWindow) -> float | None:
    found = [contrast(signal, window) for signal in facts.around.signals if signal.kind.name in DELAYS]
    ratios = [one.ratio for one in found if one.enough(_ENOUGH)]
    return max((ratio for ratio in ratios if ratio is not None), default=None)


@frozen
class Handshakes:
    """Services by how their TLS handshakes did at one time, each a tuple of subjects, ordered.

    Attributes:
        slowed: took twice as long or longer.
        held: were measured and took no longer.
        between: took longer, but not twice as long.
        delayed: whether round trips in general took longer at the time.
    """

    slowed: tuple[str, ...]
    held: tuple[str, ...]
    between: tuple[str, ...]
    delayed: bool

    @property
    def chosen(self) -> bool:
        """Whether some were slowed and at least as many, two or more, were not.

        Not where round trips took longer: a full link abroad slows what is hosted abroad and nothing else.
        """
        others = len(self.held) - len(self.between)
        return bool(self.slowed) and others >= max(_WITNESSES, len(self.slowed)) and not self.delayed


def handshakes_of(facts: Facts) -> Handshakes | None:
    """How the handshakes of services did, where some took twice as long or longer; None where none did."""
    kind = KINDS["ooni.tls-handshake"]
    events = [event for event in facts.events_of(kind) if event.depth >= HALF and event.subject is not None]
    if facts.reach_events or not events:
        return None
    start, end = max(event.onset for event in events), min(event.window.end for event in events)
    if end - start < _AT_ONCE:  # they were not slow together: the longest speaks
        longest = max(events, key=lambda one: (one.duration, one.sort_key))
        start, end = longest.window.start, longest.window.end
    window = TimeWindow(start, end)
    sorts: dict[str, set[str]] = {"slowed": set(), "held": set(), "between": set()}
    for signal in facts.around.signals:
        if signal.kind != kind or signal.subject is None:
            continue
        found = contrast(signal, window)
        if found.enough(_SOME) and found.ratio is not None:
            sort = "slowed" if found.ratio >= _TWICE else "held" if found.ratio <= _FLAT else "between"
            sorts[sort].add(signal.subject)
    unlike = sorts["slowed"] & sorts["held"]  # two sources disagree
    sorts = {sort: subjects - unlike for sort, subjects in sorts.items()}
    if not sorts["slowed"]:
        return None
    delay = _delay(facts, window)
    return Handshakes(
        slowed=tuple(sorted(sorts["slowed"])),
        held=tuple(sorted(sorts["held"])),
        between=tuple(sorted(sorts["between"] | unlike)),
        delayed=_had_delays(facts) or (delay is not None and delay > _FLAT),
    )
