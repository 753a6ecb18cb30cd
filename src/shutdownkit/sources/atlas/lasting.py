"""How long a controller's failure lasts, and with it the dip in the count."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ...errors import InvalidValueError
from ...model.account import InstrumentFault
from ...model.entity import Entity
from ...model.kinds import SignalKind
from ...model.window import TimeWindow, utc_text
from .clumps import Change, Suspect
from .controllers import Finding
from .replay import BLIP, SETTLING, Span

__all__ = ["LONGEST", "controller_fault", "returns"]

LONGEST = 7200.0
"""Seconds after which probes are back, as RIPE's FAQ has it; what lasts longer is judged as it is."""

_BACK = 0.9  # when so many are back, the failure is over
_EPOCH = datetime.fromtimestamp(0, UTC)


def returns(suspect: Suspect, events: Iterable[Change]) -> tuple[float, ...]:
    """When each of the suspect's probes first came back after its drop, to whichever controller.

    Returns:
        Epoch seconds in order; fewer than the suspect has probes where some did not come back.
    """
    return tuple(sorted(back for _, back in _absences(suspect, events)))


def _absences(suspect: Suspect, events: Iterable[Change]) -> list[Span]:
    """From when to when each of the suspect's probes was away, of those that came back."""
    left: dict[int, float] = {}
    back: dict[int, float] = {}
    for event in sorted(events, key=lambda one: one.time):
        if event.time < suspect.start or event.probe not in suspect.probes:
            continue
        if not event.connected and event.time <= suspect.end:
            left[event.probe] = event.time
            back.pop(event.probe, None)
        elif event.connected and event.probe in left:
            back.setdefault(event.probe, event.time)
    return [(left[probe], time) for probe, time in back.items()]


def _counts_again(absence: Span) -> float:
    """From when on the count of connected probes has the probe: see :mod:`.replay`."""
    left, back = absence
    return left if back - left < BLIP else back + SETTLING


def controller_fault(
    suspect: Suspect,
    finding: Finding,
    *,
    events: Iterable[Change],
    entity: Entity,
    kind: SignalKind,
    step: timedelta = timedelta(minutes=5),
    until: float | None = None,
) -> InstrumentFault | None:
    """The instrument's fault that a suspect is, or None where it may be something else.

    It lasts from the first drop until nine tenths of the suspect's probes count again, which is half an
    hour after their return, and at most until those do that were back within two hours; whole bins of the
    series.  Where not even half are back after two hours, more has happened than a controller's failure,
    and none is claimed.

    Args:
        suspect, finding: as :func:`examine` took and gave them.
        events: of the entity's probes, connections included.
        entity: whose probes they are.
        kind: of the signal of connected probes.
        step: the length of its bins, which begin at multiples of it since 1970.
        until: to which time the events are known (epoch seconds), where that is less than two hours after
            the suspect: a failure that lasts then is one until that time.

    Raises:
        InvalidValueError: for a step that is no length of time.
    """
    if step <= timedelta(0):
        raise InvalidValueError("controller_fault.step", step, "is not a length of time")
    if not finding.is_failure:
        return None
    longest = suspect.start + LONGEST
    last = longest if until is None else min(longest, max(until, suspect.end))
    absences = [absence for absence in _absences(suspect, events) if absence[1] <= last]
    if last == longest and 2 * len(absences) < suspect.dropped:
        return None
    needed = math.ceil(_BACK * suspect.dropped - 1e-9)
    over = len(absences) >= needed
    back = sorted(time for _, time in absences)[needed - 1] if over else last
    again = sorted(map(_counts_again, absences))[needed - 1] if over else last + SETTLING
    end = max(suspect.end, again if until is None else min(again, until))
    began, ended = (utc_text(_moment(math.floor(time))) for time in (suspect.start, back))
    text = (
        f"the controller {suspect.controller} failed at {began}: {suspect.dropped} probes here and "
        f"{finding.elsewhere} in {finding.countries} other countries dropped from it within ten minutes; "
        f"back by {ended}: {sum(time <= back for _, time in absences)} of those here, each of which counts "
        "again once it has stayed for half an hour"
    )
    return InstrumentFault(kind, _whole_bins(suspect.start, end, step), (entity,), text)


def _whole_bins(start: float, end: float, step: timedelta) -> TimeWindow:
    """The bins that hold both times and all between."""
    first, last = ((_moment(time) - _EPOCH) // step for time in (start, end))
    return TimeWindow(_EPOCH + first * step, _EPOCH + (last + 1) * step)


def _moment(time: float) -> datetime:
    return datetime.fromtimestamp(time, UTC)
