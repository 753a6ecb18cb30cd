"""A scenario: what a published timeline says each signal did, with the source of every line.

A scenario holds no measurements.  It holds the lines of a published timeline, and for each signal a
usual level and the phases in which the timeline says that the level was another.  Whatever the
timeline does not say is marked as assumed, with the reason.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from attrs import Factory, field, frozen

from ..errors import InvalidValueError
from ..model.checks import all_of, duration, instance, instant, member, number, store, text
from ..model.entity import Entity
from ..model.kinds import SignalKind, Statistic
from ..model.window import TimeWindow, utc_text

__all__ = [
    "Confidence",
    "Gap",
    "Phase",
    "Precision",
    "Rhythm",
    "Scenario",
    "ScenarioSignal",
    "TimelineLine",
]


_MOST = 1e12  # far over any count there is, far under what a count of 64 bits holds
_MOST_BINS = 1_000_000
_YEARS = range(1970, 2100)  # time zones of earlier and later times are guesses


class Precision(enum.Enum):
    """How exact the published times of a line are."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    APPROXIMATE = "approximate"


class Confidence(enum.Enum):
    """How far the published line is to be trusted."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@frozen
class TimelineLine:
    """One line of the published timeline.

    Attributes:
        id: lower-case name by which phases refer to it.
        start: the published start; for a line that gives days only, midnight UTC.
        end: the published end, or None where none is given.
        text: what the source says, in one sentence.
        source: who says so, so that it can be checked.
        not_modelled: why no signal shows it; empty where a phase does.

    Raises:
        InvalidValueError: for an empty text or source, or an end that is not after the start.
    """

    id: str
    start: datetime
    end: datetime | None
    precision: Precision
    confidence: Confidence
    text: str
    source: str
    not_modelled: str = ""

    def __attrs_post_init__(self) -> None:
        store(self, "start", instant("TimelineLine.start", self.start))
        if self.end is not None:
            store(self, "end", instant("TimelineLine.end", self.end))
            if self.end <= self.start:
                raise InvalidValueError("TimelineLine.end", utc_text(self.end), "is not after the start")
        member("TimelineLine.precision", Precision, self.precision)
        member("TimelineLine.confidence", Confidence, self.confidence)
        for name in ("id", "text", "source"):
            text(f"TimelineLine.{name}", getattr(self, name))
        text("TimelineLine.not_modelled", self.not_modelled, empty=True)


@frozen
class Phase:
    """A time in which one signal keeps to another level than its usual one.

    The level changes in a straight line over ``fall`` from the start on, and goes back over ``rise``
    from the end on.  Where the next phase begins at the very end, the level goes straight to that
    phase's, over its fall, and the first has no rise.

    Attributes:
        line: the published line that it shows.
        start, end: the line's own times, unless ``assumed`` says why not; always with a reason where
            the line's are of days or approximate.
        level: the level in the signal's unit, at an average hour: for a share of measurements the
            share itself, for all else what the rhythm is applied to.
        fall, rise: how long the level takes to change, and to go back.
        until: the published line whose start is this phase's end, or None.
        assumed: what here the timeline does not say, and why it was chosen; empty where it says all.

    Raises:
        InvalidValueError: where a time is not the line's and no reason is given, or the phase is
            shorter than its fall.
    """

    line: TimelineLine
    start: datetime
    end: datetime
    level: float
    fall: timedelta = timedelta(0)
    rise: timedelta = timedelta(0)
    until: TimelineLine | None = None
    assumed: str = ""

    def __attrs_post_init__(self) -> None:
        instance("Phase.line", TimelineLine, self.line)
        for name in ("start", "end"):
            store(self, name, instant(f"Phase.{name}", getattr(self, name)))
        store(self, "level", number("Phase.level", self.level))
        for name in ("fall", "rise"):
            store(self, name, duration(f"Phase.{name}", getattr(self, name), zero=True))
        text("Phase.assumed", self.assumed, empty=True)
        if self.end <= self.start:
            raise InvalidValueError("Phase.end", utc_text(self.end), "is not after the start")
        if self.fall > self.end - self.start:
            raise InvalidValueError("Phase.fall", str(self.fall), "is longer than the phase")
        published = self.line.end if self.until is None else self.until.start
        exact = self.line.precision not in {Precision.DAY, Precision.APPROXIMATE}
        if not self.assumed and not (exact and (self.start, self.end) == (self.line.start, published)):
            raise InvalidValueError(
                "Phase.assumed",
                self.assumed,
                f"gives no reason for times that line {self.line.id} does not",
            )

    @property
    def window(self) -> TimeWindow:
        """From the start of the fall to the start of the return."""
        return TimeWindow(self.start, self.end)


@frozen
class Gap:
    """A time in which nobody measured: missing, not zero.

    Attributes:
        source: who says that the instrument was silent then.
    """

    window: TimeWindow
    source: str

    def __attrs_post_init__(self) -> None:
        instance("Gap.window", TimeWindow, self.window)
        text("Gap.source", self.source)


@frozen
class Rhythm:
    """How a level moves over the day and the week, in the local time of the signal's country.

    The level is multiplied by ``1 + amplitude * cos(2 pi (hour - peak_hour) / 24)``, and on Saturday and
    Sunday by ``weekend`` too.

    Attributes:
        amplitude: 0..1.
        peak_hour: local hour of the day's highest level, 0..24.
        weekend: the share of the level that is left at weekends.
    """

    amplitude: float = 0.0
    peak_hour: float = 12.0
    weekend: float = 1.0

    def __attrs_post_init__(self) -> None:
        for name, maximum in (("amplitude", 1.0), ("peak_hour", 24.0), ("weekend", 2.0)):
            value = number(f"Rhythm.{name}", getattr(self, name), minimum=0.0, maximum=maximum)
            store(self, name, value)


def _by_start(value: Iterable[Phase]) -> tuple[Phase, ...]:
    return tuple(sorted(all_of("ScenarioSignal.phases", Phase, value), key=lambda phase: phase.start))


def _all_gaps(value: Iterable[Gap]) -> tuple[Gap, ...]:
    return all_of("ScenarioSignal.gaps", Gap, value)


@frozen
class ScenarioSignal:
    """One signal of a scenario.

    Attributes:
        step: length of a bin.
        level: the usual level in the kind's unit, at an average hour.
        source: what the published accounts say of this signal, and who says it.
        assumed: what here was chosen, and why.
        rhythm: of the level; for a share of measurements, of their number instead.
        noise: relative standard deviation of a bin around its level, beside the Poisson noise that
            counts of arrivals have of themselves.  A share of measurements has its binomial noise only.
        weight: for a share of measurements, how many there usually are in a bin; None for all else.
        weight_follows: for a share of measurements, the kind whose signal of the same entity, by its
            phases and its rhythm, says when there are more or fewer; None where only the rhythm does.
        missing: share of the bins that are missing at random, 0..1.
        lag: how late values appear: at the end of the scenario the last ``lag`` is missing.
        lag_note: what is known of that lag.
        phases: ordered by start.

    Raises:
        InvalidValueError: names the field, for instance where two phases overlap.
    """

    kind: SignalKind
    entity: Entity
    step: timedelta
    level: float
    source: str
    assumed: str
    subject: str | None = None
    rhythm: Rhythm = field(default=Factory(Rhythm))
    noise: float = 0.0
    weight: float | None = None
    weight_follows: SignalKind | None = None
    missing: float = 0.0
    lag: timedelta = timedelta(0)
    lag_note: str = ""
    phases: tuple[Phase, ...] = field(default=(), converter=_by_start)
    gaps: tuple[Gap, ...] = field(default=(), converter=_all_gaps)

    def __attrs_post_init__(self) -> None:
        instance("ScenarioSignal.kind", SignalKind, self.kind)
        instance("ScenarioSignal.entity", Entity, self.entity)
        instance("ScenarioSignal.rhythm", Rhythm, self.rhythm)
        store(self, "step", duration("ScenarioSignal.step", self.step))
        store(self, "lag", duration("ScenarioSignal.lag", self.lag, zero=True))
        store(self, "noise", number("ScenarioSignal.noise", self.noise, minimum=0.0, maximum=1.0))
        store(self, "missing", number("ScenarioSignal.missing", self.missing, minimum=0.0, maximum=1.0))
        text("ScenarioSignal.source", self.source)
        text("ScenarioSignal.assumed", self.assumed, empty=True)
        text("ScenarioSignal.lag_note", self.lag_note, empty=True)
        if self.subject is not None:
            text("ScenarioSignal.subject", self.subject)
        self._check_levels()
        self._check_weight()
        for first, second in pairwise(self.phases):
            pause = second.start - first.end
            if pause < timedelta(0) or timedelta(0) < pause < first.rise:
                raise InvalidValueError(
                    "ScenarioSignal.phases",
                    f"{first.line.id}, {second.line.id}",
                    "overlap: the second begins before the level is back from the first",
                )
            if not pause and first.rise:
                raise InvalidValueError(
                    "Phase.rise",
                    str(first.rise),
                    f"is given in {first.line.id}, yet {second.line.id} begins at its end",
                )

    def _check_levels(self) -> None:
        low = 0.0 if self.kind.minimum is None else self.kind.minimum
        high = float("inf") if self.kind.maximum is None else self.kind.maximum
        high = min(high, _MOST)
        store(self, "level", number("ScenarioSignal.level", self.level, minimum=low, maximum=high))
        if not self.level and self.kind.statistic is not Statistic.SHARE:
            raise InvalidValueError("ScenarioSignal.level", self.level, "is zero: nothing could be lost")
        for phase in self.phases:
            number(
                f"ScenarioSignal.phases: level in {phase.line.id}",
                phase.level,
                minimum=low,
                maximum=high,
            )

    def _check_weight(self) -> None:
        share = self.kind.statistic is Statistic.SHARE
        if self.weight is not None:
            store(self, "weight", number("ScenarioSignal.weight", self.weight, minimum=0.0, maximum=_MOST))
        if share != (self.weight is not None):
            problem = "is missing: a share needs it" if share else f"is given for {self.kind}, not a share"
            raise InvalidValueError("ScenarioSignal.weight", self.weight, problem)
        if share and self.noise:
            raise InvalidValueError("ScenarioSignal.noise", self.noise, "is given for a share")
        if self.weight_follows is None:
            return
        instance("ScenarioSignal.weight_follows", SignalKind, self.weight_follows)
        if not share or self.weight_follows.statistic is Statistic.SHARE:
            raise InvalidValueError(
                "ScenarioSignal.weight_follows",
                str(self.weight_follows),
                f"cannot be followed by {self.kind}: a share follows a count",
            )
        if self.rhythm != Rhythm():
            raise InvalidValueError("ScenarioSignal.rhythm", self.rhythm, "is given, and one to follow too")

    @property
    def name(self) -> str:
        """Entity, kind and subject: unique within a scenario."""
        return f"{self.entity} {self.kind}" + (f" {self.subject}" if self.subject else "")


@frozen
class Scenario:
    """A published timeline, and the signals that are made from it.

    Attributes:
        title: of the scenario, on one line.
        entity: whose story it is; the signals of other entities are controls.
        window: what a report is about.
        history: start of the signals, before the window.
        notice: what a reader must know: that these are not measurements, and what was chosen.
        lines: the published timeline, in the file's order.
        signals: in the file's order.

    Raises:
        InvalidValueError: where a line is neither shown by a phase nor has a reason why not, or has
            both; where two lines or two signals share a name; where a phase or gap lies outside the
            scenario's time, or there is no signal to follow.
    """

    title: str
    entity: Entity
    window: TimeWindow
    history: datetime
    notice: str
    lines: tuple[TimelineLine, ...]
    signals: tuple[ScenarioSignal, ...]

    def __attrs_post_init__(self) -> None:
        text("Scenario.title", self.title)
        text("Scenario.notice", self.notice)
        instance("Scenario.entity", Entity, self.entity)
        instance("Scenario.window", TimeWindow, self.window)
        store(self, "history", instant("Scenario.history", self.history))
        store(self, "lines", all_of("Scenario.lines", TimelineLine, self.lines))
        store(self, "signals", all_of("Scenario.signals", ScenarioSignal, self.signals))
        if self.window.end <= self.window.start:
            raise InvalidValueError("Scenario.window", str(self.window), "is empty")
        if self.history > self.window.start:
            raise InvalidValueError("Scenario.history", utc_text(self.history), "is after the window's start")
        for name, time in (("history", self.history), ("window.end", self.window.end)):
            if time.year not in _YEARS:
                raise InvalidValueError(f"Scenario.{name}", utc_text(time), "is not in 1970 to 2099")
        _no_twins("Scenario.lines", [line.id for line in self.lines])
        _no_twins("Scenario.signals", [signal.name for signal in self.signals])
        self._check_lines()
        for signal in self.signals:
            self._check_signal(signal)

    def _check_lines(self) -> None:
        shown = self.shown
        known = set(self.lines)
        for signal in self.signals:
            for phase in signal.phases:
                for line in (phase.line, phase.until):
                    if line is not None and line not in known:
                        raise InvalidValueError("Scenario.lines", line.id, f"is missing, for {signal.name}")
        for line in self.lines:
            if line in shown and line.not_modelled:
                raise InvalidValueError("Scenario.lines", line.id, "is not modelled, yet a phase shows it")
            if line not in shown and not line.not_modelled:
                raise InvalidValueError(
                    "Scenario.lines", line.id, "is shown by no phase, and not_modelled gives no reason"
                )

    def _check_signal(self, signal: ScenarioSignal) -> None:
        whole = self.span
        if whole.duration % signal.step:
            raise InvalidValueError(
                "ScenarioSignal.step", str(signal.step), f"does not divide {whole}, for {signal.name}"
            )
        if whole.duration // signal.step > _MOST_BINS:
            raise InvalidValueError(
                "ScenarioSignal.step",
                str(signal.step),
                f"makes over {_MOST_BINS} bins, for {signal.name}",
            )
        windows = [phase.window for phase in signal.phases] + [gap.window for gap in signal.gaps]
        for window in windows:
            if window.start < whole.start or window.end > whole.end:
                raise InvalidValueError("Scenario.signals", str(window), f"lies outside, for {signal.name}")
        if signal.weight_follows is not None:
            self.followed(signal)

    @property
    def span(self) -> TimeWindow:
        """The time of the signals: from the start of the history to the end of the window."""
        return TimeWindow(self.history, self.window.end)

    @property
    def shown(self) -> frozenset[TimelineLine]:
        """The lines that at least one phase shows, or ends at."""
        phases = [phase for signal in self.signals for phase in signal.phases]
        until = [phase.until for phase in phases if phase.until is not None]
        return frozenset([phase.line for phase in phases] + until)

    def followed(self, signal: ScenarioSignal) -> ScenarioSignal:
        """The signal whose shape the number of measurements behind ``signal`` follows.

        Raises:
            InvalidValueError: where there is none.
        """
        for other in self.signals:
            same = other.entity == signal.entity and other.subject is None
            if same and other.kind == signal.weight_follows:
                return other
        raise InvalidValueError(
            "ScenarioSignal.weight_follows",
            str(signal.weight_follows),
            f"is no signal of {signal.entity}",
        )


def _no_twins(name: str, names: list[str]) -> None:
    for index, each in enumerate(names):
        if each in names[:index]:
            raise InvalidValueError(name, each, "is there twice")
