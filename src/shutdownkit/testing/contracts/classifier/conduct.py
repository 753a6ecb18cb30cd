"""Laws of how a classifier comes to its answer, and of what its report must hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from ....model.account import SourceFailure
from ....model.service_tests import ServiceTests
from ....model.verdict import Cause, Condition
from ....model.window import TimeWindow
from ....report.report import Report
from ...scenarios.scenario import OutageScenario
from ...scenarios.simulate import simulate
from ...scenarios.truth import OutageKind
from ..laws import law
from .case import ClassifierCase
from .changes import ended, licensed, moved, multiplied, spoilt

__all__ = ["ConductLaws"]

_WEEK = timedelta(weeks=1)
_HOUR = timedelta(hours=1)


class ConductLaws(ClassifierCase):
    """Laws 9 to 19."""

    @law(
        9,
        "the same input gives the same report",
        look_at="the clock, chance, the environment, and state that is kept from one call to the next",
    )
    def test_law_09_same_input(self) -> None:
        @self.for_all(scenario=self.stories(missing=True))
        def check(scenario: OutageScenario) -> None:
            first, second = self.report(scenario), self.report(scenario)
            self.must_agree(9, "judged twice, it is judged otherwise", first, second, scenario)
            if first != second:
                raise self.broken(9, "judged twice, the report is another", scenario=scenario)

    @law(
        10,
        "the order of what is given does not matter",
        look_at="loops over what was given, in which the first or the last of several wins, and sets, whose "
        "order is another in every process",
    )
    def test_law_10_order(self) -> None:
        @self.for_all(scenario=self.stories(), chance=st.randoms(use_true_random=False))
        def check(scenario: OutageScenario, chance: Random) -> None:
            mixed = _mixed(scenario, chance)
            first, second = self.report(scenario), self.report(mixed)
            self.must_agree(10, "in another order it is judged otherwise", first, second, scenario)
            if first != second:
                raise self.broken(10, "in another order the report is another", scenario=scenario)

    @law(
        11,
        "whole weeks later it is the same",
        look_at="what depends on the date: only the hour of the week, by local clocks, may count",
    )
    def test_law_11_weeks(self) -> None:
        @self.for_all(scenario=self.stories(missing=True), weeks=st.integers(1, 300))
        def check(scenario: OutageScenario, weeks: int) -> None:
            later = self.report(moved(scenario, weeks * _WEEK))
            first = self.report(scenario)
            self.must_agree(11, f"{weeks} weeks later it is judged otherwise", first, later, scenario)

    @law(
        12,
        "how large a country is does not matter",
        look_at="levels that are compared with fixed numbers: what counts is the share that is lost",
    )
    def test_law_12_level(self) -> None:
        @self.for_all(scenario=self.stories(missing=True), factor=st.sampled_from((2, 3, 10)))
        def check(scenario: OutageScenario, factor: int) -> None:
            larger = evolve(
                scenario,
                signals=multiplied(scenario.signals, factor),
                network_signals=multiplied(scenario.network_signals, factor),
                controls=multiplied(scenario.controls, factor),
            )
            first, second = self.report(scenario), self.report(larger)
            self.must_agree(12, f"{factor} times as large it is judged otherwise", first, second, scenario)

    @law(
        13,
        "nothing later than as_of changes the report",
        look_at="whether as_of reaches everything: signals, controls, tests, history and context",
    )
    def test_law_13_as_of(self) -> None:
        @self.for_all(scenario=self.stories(), hours=st.integers(1, 24 * 4), minutes=st.sampled_from((0, 7)))
        def check(scenario: OutageScenario, hours: int, minutes: int) -> None:
            first = scenario.truth.windows[0].start if scenario.truth.windows else scenario.window.end
            time = first - 2 * 24 * _HOUR + hours * _HOUR + minutes * _HOUR / 60
            known = self.report(scenario, as_of=time)
            for what, other in _futures(scenario, time).items():
                told = self.report(other, as_of=time)
                says = f"as of {time}, it is judged otherwise where {what}"
                self.must_agree(13, says, known, told, scenario)
                if known != told:
                    raise self.broken(
                        13, f"as of {time}, the report is another where {what}", scenario=scenario
                    )

    @law(
        14,
        "what happens to others is no episode of this one",
        look_at="that controls are compared with, and never judged as if they were of the entity",
    )
    def test_law_14_controls(self) -> None:
        @self.for_all(scenario=self.stories(kinds=_OF_OTHERS, countries=("LV", "UZ")))
        def check(scenario: OutageScenario) -> None:
            spells = scenario.truth.windows
            quiet = simulate(
                OutageKind.QUIET,
                country="BY",
                onset=spells[0].start,
                length=spells[-1].end - spells[0].start,
                before=spells[0].start - scenario.window.start,
            )
            report = self.report(quiet, controls=scenario.everything, tests=scenario.tests)
            if report.condition is not Condition.NORMAL or report.episodes:
                raise self.broken(
                    14,
                    f"nothing happened in {quiet.entity}, and it is called {report.condition.value} "
                    f"for what happened elsewhere",
                    elsewhere=scenario,
                )

    @law(
        15,
        "probabilities are probabilities",
        look_at="how they are made to sum to 1: none may be 0 or 1, since nothing measured makes one sure",
    )
    def test_law_15_probabilities(self) -> None:
        @self.for_all(scenario=self.stories(kinds=_LOSSES, missing=True))
        def check(scenario: OutageScenario) -> None:
            for one in self.report(scenario).episodes:
                for name, of in (
                    ("probabilities", one.verdict.attribution.probabilities),
                    ("measured", one.verdict.attribution.measured),
                ):
                    values = dict(of)
                    total = math.fsum(values.values())
                    proper = all(0.0 < value < 1.0 for value in values.values())
                    if set(values) != set(Cause) or abs(total - 1.0) > 1e-6 or not proper:
                        raise self.broken(
                            15,
                            f"the {name} sum to {total:.6f}",
                            scenario=scenario,
                            values={cause.value: value for cause, value in values.items()},
                        )
                if one.verdict.attribution.measured != one.verdict.attribution.probabilities:
                    raise self.broken(
                        15, "there is no context, and the measurements alone say otherwise", scenario=scenario
                    )

    @law(
        16,
        "episodes are of the entity that was asked for, and of the time",
        look_at="how the window is applied: what lies before it serves as history and is not reported",
    )
    def test_law_16_window(self) -> None:
        @self.for_all(scenario=self.stories(kinds=_LOSSES), part=st.integers(0, 24 * 3))
        def check(scenario: OutageScenario, part: int) -> None:
            start = scenario.truth.windows[0].start - 24 * _HOUR + part * _HOUR
            window = TimeWindow(start, max(scenario.window.end, start + _HOUR))
            report = self.report(scenario, window=window)
            if (report.entity, report.window) != (scenario.entity, window):
                raise self.broken(
                    16, f"the report is of {report.entity}, {report.window}", scenario=scenario, asked=window
                )
            for one in report.episodes:
                if one.episode.entity != scenario.entity or not one.episode.window.overlaps(window):
                    raise self.broken(
                        16,
                        f"it has an episode of {one.episode.entity}, {one.episode.window}",
                        scenario=scenario,
                        asked=window,
                    )

    @law(
        17,
        "the report survives JSON, and says with which rules it was made",
        look_at="to_json and from_json of what was added to the report, and Report.ruleset",
    )
    def test_law_17_json(self) -> None:
        @self.for_all(scenario=self.stories(missing=True))
        def check(scenario: OutageScenario) -> None:
            report = self.report(scenario)
            if report.ruleset != self.rules.version:
                raise self.broken(
                    17,
                    f"it says that it was made with {report.ruleset!r}",
                    scenario=scenario,
                    rules=self.rules.version,
                )
            if Report.from_json(report.to_json()) != report:
                raise self.broken(17, "read back from JSON it is another", scenario=scenario)

    @law(
        18,
        "every licence travels with its data",
        look_at="Report.licences: those of the signals, the controls and the tests, whatever came of them",
    )
    def test_law_18_licences(self) -> None:
        @self.for_all(scenario=self.stories(noise=False))
        def check(scenario: OutageScenario) -> None:
            changed, licences = licensed(scenario)
            lacking = licences - set(self.report(changed).licences)
            if lacking:
                raise self.broken(
                    18, f"the report does not name {', '.join(sorted(lacking))}", scenario=scenario
                )

    @law(
        19,
        "a source that failed is told",
        look_at="that failures go into the report as they were given, and that the others still count",
    )
    def test_law_19_failures(self) -> None:
        @self.for_all(scenario=self.stories(noise=False), many=st.integers(1, 3))
        def check(scenario: OutageScenario, many: int) -> None:
            failures = tuple(SourceFailure(f"source-{k}", "It did not answer.") for k in range(many))
            plain, report = self.report(scenario), self.report(scenario, failures=failures)
            if not set(failures) <= set(report.failures):
                raise self.broken(19, "a failure is not in the report", scenario=scenario, failures=failures)
            self.must_agree(19, "a failure elsewhere changes what is said", plain, report, scenario)


_LOSSES = (
    OutageKind.DELIBERATE_CUT,
    OutageKind.CURFEW,
    OutageKind.POWER,
    OutageKind.CABLE,
    OutageKind.THROTTLE,
    OutageKind.BLOCK,
    OutageKind.MOBILE_CUT,
)
_OF_OTHERS = (OutageKind.DELIBERATE_CUT, OutageKind.POWER, OutageKind.CABLE)


def _mixed(scenario: OutageScenario, chance: Random) -> OutageScenario:
    def shuffled(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(values, len(values)))

    return evolve(
        scenario,
        signals=shuffled(scenario.signals),
        network_signals=shuffled(scenario.network_signals),
        controls=shuffled(scenario.controls),
        tests=tuple(ServiceTests(shuffled(batch.tests), batch.provenance) for batch in scenario.tests),
    )


def _futures(scenario: OutageScenario, time: datetime) -> Mapping[str, OutageScenario]:
    """The same up to a time, with other things after it."""
    before = tuple(
        evolve(batch, tests=tuple(test for test in batch.tests if test.time < time))
        for batch in scenario.tests
    )

    def changed(how: Any) -> OutageScenario:
        return evolve(
            scenario,
            signals=how(scenario.signals, time),
            network_signals=how(scenario.network_signals, time),
            controls=how(scenario.controls, time),
            tests=before,
        )

    return {"the data end there": changed(ended), "everything fails then": changed(spoilt)}
