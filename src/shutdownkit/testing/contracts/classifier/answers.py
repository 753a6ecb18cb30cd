"""Laws of what a classifier says of outages of which the truth is known."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from ....judging.clusters import TOLERANCE
from ....model.kinds import Plane
from ....model.knowledge import Intent
from ....model.signal import Signal
from ....model.verdict import Condition
from ....model.window import TimeWindow
from ....report.content import EpisodeVerdict
from ....report.report import Report
from ...scenarios.scenario import OutageScenario
from ...scenarios.truth import OutageKind
from ...strategies.scenarios import gaps
from ..laws import law
from .case import SPONTANEOUS, ClassifierCase, reported
from .changes import silenced, unmeasured

__all__ = ["AnswerLaws"]

_DEEP = (OutageKind.DELIBERATE_CUT, OutageKind.CURFEW)


def _deliberate(report: Report) -> list[EpisodeVerdict]:
    return [one for one in report.episodes if one.verdict.attribution.intent is Intent.DELIBERATE]


class AnswerLaws(ClassifierCase):
    """Laws 1 to 8."""

    @law(
        1,
        "a quiet country is normal",
        look_at="what counts as a loss: the daily rhythm, weekends and noise are none",
    )
    def test_law_01_quiet_is_normal(self) -> None:
        @self.for_all(scenario=self.stories(kinds=[OutageKind.QUIET]))
        def check(scenario: OutageScenario) -> None:
            report = self.report(scenario)
            if report.condition is not Condition.NORMAL or report.episodes:
                raise self.broken(
                    1, f"it is called {report.condition.value}", scenario=scenario, episodes=_of(report)
                )

    @law(
        2,
        "what nobody measured is no outage",
        look_at="where a value that is missing (NaN) is compared, filled or counted: it is not zero",
    )
    def test_law_02_missing_is_no_outage(self) -> None:
        @self.for_all(scenario=self.stories(kinds=[OutageKind.QUIET]).flatmap(_holed), chosen=st.data())
        def check(scenario: OutageScenario, chosen: st.DataObject) -> None:
            signals = chosen.draw(_fewer(scenario), label="signals that are left")
            report = self.report(scenario, signals=signals)
            if report.episodes or report.condition not in {Condition.NORMAL, Condition.INSUFFICIENT_DATA}:
                raise self.broken(
                    2,
                    f"nothing happened and not all was measured, and it is called {report.condition.value}",
                    scenario=scenario,
                    signals=[str(one.kind) for one in signals],
                    episodes=_of(report),
                )

    @law(
        3,
        "where nothing was measured, nothing is known",
        look_at="what is said where every bin is missing: that nothing is known",
    )
    def test_law_03_nothing_measured(self) -> None:
        @self.for_all(scenario=self.stories())
        def check(scenario: OutageScenario) -> None:
            report = self.report(scenario, signals=unmeasured(scenario.signals), tests=())
            if report.condition is not Condition.INSUFFICIENT_DATA or report.episodes:
                raise self.broken(
                    3,
                    f"every bin of the country is missing, and it is called {report.condition.value}",
                    scenario=scenario,
                    episodes=_of(report),
                )

    @law(
        4,
        "what was not deliberate is never called so",
        look_at="what speaks for an order in this scenario: most faults share some feature with one, "
        "and a false 'deliberate' is the worst mistake there is",
    )
    def test_law_04_never_falsely_deliberate(self) -> None:
        @self.for_all(scenario=self.stories(kinds=SPONTANEOUS))
        def check(scenario: OutageScenario) -> None:
            self._must_not_be_deliberate(4, self.report(scenario), scenario)

    @law(
        5,
        "fewer measurements never make it deliberate, nor an outage of what was none",
        look_at="what a rule says where its witnesses are missing: that they are, and nothing else",
    )
    def test_law_05_fewer_measurements(self) -> None:
        @self.for_all(scenario=self.stories(kinds=SPONTANEOUS[:2]).flatmap(_holed), chosen=st.data())
        def check(scenario: OutageScenario, chosen: st.DataObject) -> None:
            signals = chosen.draw(_fewer(scenario), label="signals that are left")
            alone = chosen.draw(st.booleans(), label="without controls")
            more = {"controls": ()} if alone else {}
            report = self.report(scenario, signals=signals, **more)
            kept = [str(one.kind) for one in signals]
            self._must_not_be_deliberate(5, report, scenario, signals=kept)
            for one in report.episodes:
                if one.verdict.condition is Condition.OUTAGE and not _is_real(one, scenario):
                    raise self.broken(
                        5,
                        "an outage is found at a time at which nothing was lost",
                        scenario=scenario,
                        signals=kept,
                        episode=one.episode.window,
                    )

    @law(
        6,
        "an instrument's fault is neither an outage nor deliberate",
        look_at="whether the other entities and the other instruments are looked at (controls, find_faults) "
        "before one instrument is believed",
    )
    def test_law_06_instrument(self) -> None:
        @self.for_all(scenario=self.stories(kinds=[OutageKind.INSTRUMENT_FAULT]), alone=st.booleans())
        def check(scenario: OutageScenario, alone: bool) -> None:
            signals = scenario.signals
            if alone:  # of the country nothing else is at hand: what the others show decides
                signals = tuple(one for one in signals if one.kind.plane is Plane.BACKGROUND)
            report = self.report(scenario, signals=signals)
            self._must_not_be_deliberate(6, report, scenario)
            if report.condition not in scenario.truth.conditions:
                raise self.broken(
                    6,
                    f"one instrument failed for everybody, and the country's state is called "
                    f"{report.condition.value}",
                    scenario=scenario,
                    episodes=_of(report),
                )

    @law(
        7,
        "a deep cut is found where it is",
        look_at="the detection of losses and how events are joined: each spell must be one outage, that "
        "begins and ends within the tolerance (judging.clusters.TOLERANCE)",
    )
    def test_law_07_deep_cuts_are_found(self) -> None:
        @self.for_all(scenario=self.stories(kinds=_DEEP, lost=(0.75, 0.95)))
        def check(scenario: OutageScenario) -> None:
            report = self.report(scenario)
            for spell in scenario.truth.windows:
                near = [one for one in report.episodes if one.episode.window.overlaps(spell)]
                right = [one for one in near if one.verdict.condition in scenario.truth.conditions]
                if len(right) != 1 or len(near) != 1:
                    raise self.broken(
                        7,
                        f"of the spell {spell} {len(near)} episodes are found, {len(right)} of them rightly "
                        "named",
                        scenario=scenario,
                        episodes=_of(report),
                    )
                found = right[0].episode
                off = max(abs(found.onset - spell.start), _late(found.end, spell))
                if off > TOLERANCE:
                    raise self.broken(
                        7,
                        f"the spell {spell} is told as {found.window}: {off} off",
                        scenario=scenario,
                    )

    @law(
        8,
        "context alone never says that it was deliberate",
        look_at="how context enters: it may withhold the word and never give it, nor change what is measured",
    )
    def test_law_08_context(self) -> None:
        @self.for_all(scenario=self.stories(noise=False), chosen=st.data())
        def check(scenario: OutageScenario, chosen: st.DataObject) -> None:
            told = chosen.draw(reported(scenario), label="context")
            plain, with_it = self.report(scenario), self.report(scenario, context=told)
            kinds = [one.kind.value for one in told]
            known = {one.episode.window for one in _deliberate(plain)}
            for one in _deliberate(with_it):
                if one.episode.window not in known:
                    raise self.broken(
                        8,
                        f"with the context {one.episode.window} is called deliberate, without it is not",
                        scenario=scenario,
                        context=kinds,
                    )
            for name in ("episode", "condition"):
                if _seen(plain, name) != _seen(with_it, name):
                    raise self.broken(
                        8, f"with the context another {name} is seen", scenario=scenario, context=kinds
                    )

    def _must_not_be_deliberate(
        self, number: int, report: Report, scenario: OutageScenario, **given: object
    ) -> None:
        for one in _deliberate(report):
            weighs = [f"{e.rule} {e.weight:+.2f}" for e in one.verdict.evidence if e.weight > 0]
            raise self.broken(
                number,
                f"nobody ordered it, and {one.episode.window} is called deliberate "
                f"(p = {one.verdict.p_deliberate:.2f})",
                scenario=scenario,
                **given,
                evidence=weighs,
            )


def _of(report: Report) -> list[str]:
    """What a report says, in short."""
    return [f"{one.verdict.condition.value} {one.episode.window}" for one in report.episodes]


def _seen(report: Report, name: str) -> list[object]:
    if name == "episode":
        return [one.episode for one in report.episodes]
    return [one.verdict.condition for one in report.episodes]


def _fewer(scenario: OutageScenario) -> st.SearchStrategy[tuple[Signal, ...]]:
    """The country's signals, or some of them; shrinks to all."""
    flags = st.lists(
        st.sampled_from((True, False)), min_size=len(scenario.signals), max_size=len(scenario.signals)
    )
    return flags.map(lambda kept: silenced(scenario.signals, kept))


def _holed(scenario: OutageScenario) -> st.SearchStrategy[OutageScenario]:
    """The same, with up to four gaps in the country's signals; shrinks to one bin missing."""
    found = st.lists(gaps(of=scenario, own=True), min_size=1, max_size=4)
    return found.map(lambda missing: scenario.without(*missing))


def _is_real(one: EpisodeVerdict, scenario: OutageScenario) -> bool:
    around = one.episode.window.widened(TOLERANCE)
    return any(spell.overlaps(around) for spell in scenario.truth.windows)


def _late(end: datetime | None, spell: TimeWindow) -> timedelta:
    """How far the end that is told lies from that of the spell; for ever where none is told."""
    return timedelta.max if end is None else abs(end - spell.end)
