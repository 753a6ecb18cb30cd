"""From signals to a report: the whole of judging in one call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from ..errors import CallerError, InvalidValueError
from ..model.account import Account, InstrumentFault, Observation, SourceFailure
from ..model.builtin_services import SERVICES
from ..model.checks import all_of, instance, instant
from ..model.context import ContextEvent
from ..model.entity import Entity
from ..model.episode import Episode
from ..model.event import Event
from ..model.kinds import Aspect, Plane
from ..model.reach import Reach
from ..model.service_tests import ServiceTest, ServiceTests
from ..model.services import Services
from ..model.signal import Provenance, Signal
from ..model.verdict import Basis, Condition
from ..model.window import TimeWindow
from ..report.content import EpisodeVerdict
from ..report.report import Report
from .as_of import Given, passed
from .attribute import is_of_services
from .blocking.judge import JudgedTests, judge_tests
from .blocking.totals import Totals
from .condition import gravest
from .coverage import blind_spots, coverage_of, is_enough, traces
from .detect import detect
from .episodes import TOLERANCE, episodes
from .facts import Surroundings, measured_share, sorted_episodes
from .faults import find_faults, merged_faults, without_faults
from .rules.builtin import RULES
from .rules.rule import RuleSet
from .scene import Controls, Scene
from .settings import DEFAULTS, DetectionSettings

__all__ = ["classify"]

_NOTHING_SAID = Account()
_UNUSED = "Context was given, but the rules in use look at none: it moved nothing."
_COUNTED = 0.5
_WEEKS = timedelta(days=14)
_INSTANT = timedelta(seconds=1)  # OONI's times are of whole seconds; a window is half-open
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=7)  # rules look so far and less beyond an end
_MOST_ALONE = 5  # a detector that fires all the time is told of, not copied out


def classify(
    signals: Iterable[Signal],
    *,
    window: TimeWindow | None = None,
    history: Iterable[Episode] = (),
    context: Iterable[ContextEvent] = (),
    controls: Iterable[Signal] = (),
    failures: Iterable[SourceFailure] = (),
    rules: RuleSet | None = None,
    settings: DetectionSettings = DEFAULTS,
    entity: Entity | None = None,
    account: Account = _NOTHING_SAID,
    tests: Iterable[ServiceTests] = (),
    services: Services = SERVICES,
    as_of: datetime | str | None = None,
) -> Report:
    """Judge what happened to one entity.

    Args:
        signals: of the entity; the order does not matter.  What lies before the window serves as history
            for the expected level.
        window: what the report is about; by default all that the signals cover.
        history: known episodes of the entity; those of other entities are ignored.
        context: what was reported around the time.
        controls: signals of other entities.  They show faults of the instruments, which networks went
            dark together, and whether neighbours fell too.
        failures: sources that did not answer; they go into the report as they are.
        rules: the rules to ask; the built-in ones by default.
        settings: what counts as a disruption.
        entity: whom the signals are of; needed, with a window, where there are none.  Then the report
            says that the data do not suffice.
        account: what the sources said beside their signals.  Its faults are taken as known; what their
            detectors observed is set beside the verdicts and changes none; the rest goes into the report
            as it is.
        tests: single tests of services, of the entity and, for comparison, of others.  Where there are
            some of a subject, they say when it was blocked, and the signals of that subject do not.
        services: which tests belong to one service.
        as_of: judge with what was measured and had happened before this time (an aware time, or ISO 8601
            text), as one could have then; None to use all that is given.

    Returns:
        The report: a pure function of the arguments.

    Raises:
        CallerError: where signals are of several entities or of another one than ``entity``, there is
            neither a signal nor an entity and a window (or tests), the window is empty, or ``as_of`` does
            not lie after its start.
        InvalidValueError: where an argument is of another class.
    """
    material = Given(
        signals=all_of("signals", Signal, signals),
        controls=all_of("controls", Signal, controls),
        history=all_of("history", Episode, history),
        context=all_of("context", ContextEvent, context),
        tests=all_of("tests", ServiceTests, tests),
        account=instance("account", Account, account),
    )
    entity = _one_entity(material.signals, entity)
    report_window = _window(window, material.signals, _tests_of(entity, material.tests))
    if as_of is not None:
        report_window = passed(report_window, as_of)
        as_of = instant("as_of", as_of)
        material = material.as_of(as_of)
    given = _sorted_signals(material.signals)
    others = _sorted_signals(s for s in material.controls if s.entity != entity)
    origins = [*(signal.provenance for signal in given), *(batch.provenance for batch in material.tests)]
    single = [test for batch in material.tests for test in batch.tests]
    rules = RULES if rules is None else instance("rules", RuleSet, rules)
    told = material.account
    faults = merged_faults((*find_faults((*given, *others)), *told.faults))
    clean = tuple(without_faults(signal, faults) for signal in given)
    judged_tests = judge_tests(single, entity, instance("services", Services, services), report_window)
    totals = Totals(single, entity, clean)
    found = episodes(
        event
        for event in detect(clean, settings=settings)
        if not _is_tested(event, judged_tests) and not totals.explain(event)
    )
    blocked = [one.episode for one in judged_tests.blocked if not one.blocking.may_be_one_networks_fault]
    silent = [one for one in judged_tests.silent if not _is_counted(one.episode, clean)]
    known = [episode for episode in material.history if episode.entity == entity]
    scene = Scene(
        entity,
        Surroundings(
            signals=clean,
            others=sorted_episodes(e for e in (*known, *found) if not is_of_services(e)),
            blocking=sorted_episodes((*blocked, *(e for e in (*known, *found) if is_of_services(e)))),
            context=material.context,
            faults=faults,
            observations=tuple(one for one in told.observations if one.entity == entity),
        ),
        Controls.of(others, faults, settings),
        rules,
    )
    scene = scene.knowing_artefacts(found)
    false_alarms = _false_alarms(given, faults, found, settings)
    judged = [scene.judge(episode) for episode in found]
    judged += [scene.judge(episode, faulty=True) for episode in false_alarms]
    judged += [scene.judge(one.episode, blocking=one.blocking) for one in judged_tests.blocked]
    judged += [scene.judge(one.episode, silence=one.silence) for one in silent]
    inside = sorted(
        (one for one in judged if one.episode.window.overlaps(report_window)),
        key=lambda one: (one.episode.window, one.verdict.condition.value),
    )
    return Report(
        entity=entity,
        window=report_window,
        condition=_overall(inside, clean, judged_tests, report_window),
        episodes=tuple(inside),
        coverage=tuple(coverage_of(signal, report_window) for signal in given),
        failures=tuple(dict.fromkeys((*failures, *told.failures))),
        blind_spots=blind_spots(
            entity, clean, report_window, told.blind_spots, tested=bool(judged_tests.table)
        ),
        faults=tuple(fault for fault in faults if fault.window.overlaps(report_window)),
        notices=_notices(
            origins,
            told,
            scene.around.observations,
            inside,
            report_window,
            unused=bool(material.context) and all(rule.basis is not Basis.CONTEXT for rule in rules.rules),
        ),
        ruleset=rules.version,
        licences=tuple(sorted({origin.licence for origin in (*origins, *(s.provenance for s in others))})),
        traces=traces(given, report_window, settings),
        services=judged_tests.table,
        as_of=as_of,
    )


def _tests_of(entity: Entity, batches: Iterable[ServiceTests]) -> Sequence[ServiceTest]:
    """The tests that are about the entity; where there are none, all."""
    single = [test for batch in batches for test in batch.tests]
    return [test for test in single if entity in {test.country, test.network}] or single


def _is_tested(event: Event, tests: JudgedTests) -> bool:
    """Whether single tests say better than a signal made of them what failed."""
    return event.kind.aspect is Aspect.FAILURE and event.subject in tests.subjects


def _is_counted(silence: Episode, signals: Sequence[Signal]) -> bool:
    """Whether a count of measurements, with the world's beside it, says more than the silence of tests.

    It does not where it is mostly 0 anyhow: then it can show no fall.
    """
    return any(
        signal.kind.plane is Plane.VOLUME
        and measured_share(signal, silence.window) >= _COUNTED
        and _usual(signal, silence.onset) > 0
        for signal in signals
    )


def _usual(signal: Signal, until: datetime) -> float:
    """The median of a signal in the two weeks before a time; 0 where nothing was measured."""
    values = signal.series.cut(TimeWindow(max(signal.series.start, until - _WEEKS), until)).values
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else 0.0


def _sorted_signals(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    return tuple(
        sorted(
            signals,
            key=lambda s: (
                s.entity,
                s.kind.name,
                s.subject or "",
                s.series.window,
                s.series.step,
                s.series.values.tobytes(),
            ),
        )
    )


def _one_entity(signals: Sequence[Signal], wanted: Entity | None) -> Entity:
    entities = sorted({signal.entity for signal in signals})
    if wanted is not None:
        instance("entity", Entity, wanted)
        entities = [wanted, *(entity for entity in entities if entity != wanted)]
    if not entities:
        raise CallerError("signals: there is none to judge")
    if len(entities) > 1:
        names = ", ".join(str(entity) for entity in entities[:6])
        raise CallerError(
            f"signals: they are of {len(entities)} entities ({names}); "
            "judge one and give the others as controls"
        )
    return entities[0]


def _window(window: TimeWindow | None, signals: Sequence[Signal], tests: Sequence[ServiceTest]) -> TimeWindow:
    if window is not None:
        instance("window", TimeWindow, window)
        if not window.duration:
            raise InvalidValueError("window", str(window), "is empty")
        return window
    starts: list[datetime] = [test.time for test in tests]
    starts += [signal.series.window.start for signal in signals]
    ends = [min(test.time, _LAST) + _INSTANT for test in tests] + [
        signal.series.window.end for signal in signals
    ]
    if not starts:
        raise CallerError("window: it is needed where there are neither signals nor tests")
    return TimeWindow(min(starts), max(ends))


def _notices(
    origins: Sequence[Provenance],
    told: Account,
    observations: Sequence[Observation],
    judged: Sequence[EpisodeVerdict],
    window: TimeWindow,
    *,
    unused: bool,
) -> tuple[str, ...]:
    """What a reader must know: of the signals, of the sources, and where a detector saw what we did not."""
    notes = {origin.note.split("\n")[0] for origin in origins if origin.note}
    episodes = [one.episode.window.widened(TOLERANCE) for one in judged]
    alone = [
        f"{one.source} on {one.kind.name}, {one.window}: {one.text} No episode was found here at that time."
        for one in observations
        if one.window.overlaps(window) and not any(one.window.overlaps(episode) for episode in episodes)
    ]
    if len(alone) > _MOST_ALONE:
        alone[_MOST_ALONE:] = [f"{len(alone) - _MOST_ALONE} more detections at times without an episode."]
    ignored = [_UNUSED] if unused else []
    return tuple(dict.fromkeys((*ignored, *sorted(notes), *told.notices, *alone)))


def _overall(
    judged: Sequence[EpisodeVerdict], signals: Sequence[Signal], tests: JudgedTests, window: TimeWindow
) -> Condition:
    if judged:
        return gravest(one.verdict.condition for one in judged)
    told = any(row.reach is not Reach.INSUFFICIENT for row in tests.table)
    if told or any(is_enough(signal, window) for signal in signals):
        return Condition.NORMAL
    return Condition.INSUFFICIENT_DATA


def _false_alarms(
    signals: Sequence[Signal],
    faults: Sequence[InstrumentFault],
    found: Sequence[Episode],
    settings: DetectionSettings,
) -> tuple[Episode, ...]:
    """What would have looked like an episode, had the faults not been known."""
    kinds = {fault.kind for fault in faults}
    suspects = detect((s for s in signals if s.kind in kinds), settings=settings)

    def is_false(event: Event) -> bool:
        faulty = any(f.kind == event.kind and f.window.overlaps(event.window) for f in faults)
        real = any(episode.window.overlaps(event.window.widened(TOLERANCE)) for episode in found)
        return faulty and not real

    return episodes(event for event in suspects if is_false(event))
