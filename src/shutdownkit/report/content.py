"""What a report holds: verdicts for one entity and window, and all that is needed to check them.

The renderers take a :class:`ReportContent`; :class:`~shutdownkit.report.report.Report` adds the methods
that call them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen

from ..model.account import BlindSpot, InstrumentFault, SourceFailure
from ..model.checks import all_of, duration, instance, instant, member, number, store, text
from ..model.claims import PartyClaim
from ..model.entity import Entity
from ..model.episode import Episode
from ..model.kinds import SignalKind
from ..model.reach import Blocking, ServiceReach
from ..model.series import TimeSeries
from ..model.verdict import Condition, Verdict
from ..model.window import TimeWindow

__all__ = [
    "Coverage",
    "EpisodeVerdict",
    "ReportContent",
    "Trace",
]


@frozen
class EpisodeVerdict:
    """One episode and what it was.

    Attributes:
        blocking: where services failed and single tests of them are at hand: what was blocked, where and how.
        claims: what parties say of its cause, and how that fits; apart from the verdict, which they do
            not change.
    """

    episode: Episode
    verdict: Verdict
    blocking: Blocking | None = None
    claims: tuple[PartyClaim, ...] = ()

    def __attrs_post_init__(self) -> None:
        instance("EpisodeVerdict.episode", Episode, self.episode)
        instance("EpisodeVerdict.verdict", Verdict, self.verdict)
        if self.blocking is not None:
            instance("EpisodeVerdict.blocking", Blocking, self.blocking)
        store(self, "claims", all_of("EpisodeVerdict.claims", PartyClaim, self.claims))


@frozen
class Coverage:
    """How much of the window one signal measured.

    Attributes:
        measured: share of the window's bins that hold a value, 0..1.
        history: length of the data before the window.
        first, last: start of the first and the last measured bin within the window; None where none
            was measured.
        source, licence: of the signal's provenance.

    Raises:
        InvalidValueError: names the field and the value.
    """

    kind: SignalKind
    entity: Entity
    subject: str | None
    measured: float
    step: timedelta
    history: timedelta
    first: datetime | None
    last: datetime | None
    source: str
    licence: str

    def __attrs_post_init__(self) -> None:
        store(self, "measured", number("Coverage.measured", self.measured, minimum=0.0, maximum=1.0))
        instance("Coverage.kind", SignalKind, self.kind)
        instance("Coverage.entity", Entity, self.entity)
        if self.subject is not None:
            text("Coverage.subject", self.subject)
        store(self, "step", duration("Coverage.step", self.step))
        store(self, "history", duration("Coverage.history", self.history, zero=True))
        for name in ("first", "last"):
            time = getattr(self, name)
            if time is not None:
                store(self, name, instant(f"Coverage.{name}", time))
        text("Coverage.source", self.source)
        text("Coverage.licence", self.licence)


@frozen
class Trace:
    """A coarse picture of one signal over the window, for reports; not for judging.

    Attributes:
        series: the share of the expected level in each coarse bin, the worst of its measured bins:
            1.0 is as expected, 0.0 all lost, NaN not measured.
    """

    kind: SignalKind
    entity: Entity
    subject: str | None
    series: TimeSeries

    def __attrs_post_init__(self) -> None:
        instance("Trace.kind", SignalKind, self.kind)
        instance("Trace.entity", Entity, self.entity)
        instance("Trace.series", TimeSeries, self.series)


@frozen
class ReportContent:
    """Verdicts for one entity and window, with coverage, failures, blind spots and licences.

    Attributes:
        condition: the gravest condition of any episode; where there is none, NORMAL or
            INSUFFICIENT_DATA.
        episodes: ordered by onset.
        faults: times in which an instrument failed.
        notices: what a reader must know, such as that the signals are a reconstruction.
        ruleset: version of the rules that judged.
        licences: the licences of all signals and tests that were judged, ordered.
        services: which of the services that single tests were made of can be reached, and from where.
        as_of: the verdicts rest on nothing that was measured at or after this time; None where all that
            was at hand was used.
    """

    entity: Entity
    window: TimeWindow
    condition: Condition
    episodes: tuple[EpisodeVerdict, ...]
    coverage: tuple[Coverage, ...]
    failures: tuple[SourceFailure, ...]
    blind_spots: tuple[BlindSpot, ...]
    faults: tuple[InstrumentFault, ...]
    notices: tuple[str, ...]
    ruleset: str
    licences: tuple[str, ...]
    traces: tuple[Trace, ...]
    services: tuple[ServiceReach, ...] = ()
    as_of: datetime | None = None

    def __attrs_post_init__(self) -> None:
        instance("Report.entity", Entity, self.entity)
        instance("Report.window", TimeWindow, self.window)
        member("Report.condition", Condition, self.condition)
        text("Report.ruleset", self.ruleset)
        store(self, "episodes", all_of("Report.episodes", EpisodeVerdict, self.episodes))
        store(self, "coverage", all_of("Report.coverage", Coverage, self.coverage))
        store(self, "failures", all_of("Report.failures", SourceFailure, self.failures))
        store(self, "blind_spots", all_of("Report.blind_spots", BlindSpot, self.blind_spots))
        store(self, "faults", all_of("Report.faults", InstrumentFault, self.faults))
        store(self, "notices", all_of("Report.notices", str, self.notices))
        store(self, "licences", all_of("Report.licences", str, self.licences))
        store(self, "traces", all_of("Report.traces", Trace, self.traces))
        store(self, "services", all_of("Report.services", ServiceReach, self.services))
        if self.as_of is not None:
            store(self, "as_of", instant("Report.as_of", self.as_of))
