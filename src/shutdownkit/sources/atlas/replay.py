"""When a probe was connected, from its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attrs import frozen

from .events import ConnectionEvent

__all__ = ["BLIP", "SETTLING", "Session", "Span", "Track", "flaps", "joined", "replay", "settled"]

BLIP = 300.0
"""Shorter interruptions (seconds) count for nothing: 27 to 49 % of the recorded ones are that short, as
probes change controllers; disco-kafka of the Internet Health Report drops them likewise."""

SETTLING = 1800.0
"""A probe that came back counts again once it has stayed for so long (seconds): longer than nine in ten of
the recorded interruptions (p90 18 to 24 minutes), so that probes which drop in turn for minutes each add up
to the outage that they are.  In Kenya's power cut of 7 June 2016 sixteen of 18 probes dropped between 13:03
and 14:03 UTC, for 10 minutes in the median and never more than six at once (measured by us on the recorded
events); with this at most 8 of 19 count as connected."""

_BIN = 8 * 3600.0
_BINS = 21  # in seven days
_FLAPPING = 14

Span = tuple[float, float]


@frozen
class Session:
    """A time for which a probe was connected: ``[start, end)``, epoch seconds.

    Attributes:
        asn: the network it came from; None where no event says.
    """

    start: float
    end: float
    asn: int | None


@frozen
class Track:
    """What is known of a probe.

    Attributes:
        sessions: in order; they do not overlap.
        silent: spans for which the provider answered and had no event of it, so that its state is not
            known from events.
    """

    sessions: tuple[Session, ...]
    silent: tuple[Span, ...]


def replay(events: Sequence[ConnectionEvent], known: Iterable[Span]) -> Track:
    """A probe's sessions.

    Before the first event of a span it was in the state that the event ended.  A second connection
    without a disconnection between goes on with the session, on the network that it names.

    Args:
        events: of one probe, in order of time.
        known: the spans for which the provider answered, in order.
    """
    sessions: list[Session] = []
    silent: list[Span] = []
    for start, end in known:
        inside = [event for event in events if start <= event.time <= end]
        if inside:
            sessions.extend(_sessions(inside, start, end))
        else:
            silent.append((start, end))
    return Track(tuple(sessions), tuple(silent))


def joined(sessions: Iterable[Session], counts: Callable[[int | None], bool]) -> tuple[Span, ...]:
    """The spans of the sessions on networks that count, without interruptions shorter than :data:`BLIP`.

    Args:
        sessions: in order.
        counts: whether a session on a network counts.
    """
    spans: list[Span] = []
    for session in sessions:
        if not counts(session.asn):
            continue
        if spans and session.start - spans[-1][1] < BLIP:
            spans[-1] = (spans[-1][0], session.end)
        else:
            spans.append((session.start, session.end))
    return tuple(spans)


def settled(spans: Iterable[Span], edges: Iterable[float]) -> tuple[Span, ...]:
    """The spans without their first :data:`SETTLING` seconds, where they began with a return.

    Args:
        spans: of one probe, in order.
        edges: times at which knowledge begins; a span that begins with it began before, unseen.
    """
    seen = frozenset(edges)
    later = ((start if start in seen else start + SETTLING, end) for start, end in spans)
    return tuple((start, end) for start, end in later if start < end)


def flaps(events: Iterable[ConnectionEvent]) -> bool:
    """Whether a probe is too restless to tell of its country.

    It is where it was disconnected in more than 14 of the 21 eight-hour bins of any seven days (bins
    count from the epoch): the filter of disco-kafka, of the Internet Health Report.
    """
    bins = sorted({event.time // _BIN for event in events if not event.connected})
    return any(later - first < _BINS for first, later in zip(bins, bins[_FLAPPING:], strict=False))


def _sessions(events: Sequence[ConnectionEvent], start: float, end: float) -> list[Session]:
    found: list[Session] = []
    since: float | None = None if events[0].connected else start
    asn = events[0].asn
    for event in events:
        if since is not None and event.time > since:
            named = event.asn if asn is None and not event.connected else asn
            found.append(Session(since, event.time, named))
        since, asn = (event.time, event.asn) if event.connected else (None, None)
    if since is not None and end > since:
        found.append(Session(since, end, asn))
    return found
