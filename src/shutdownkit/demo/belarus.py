"""The demo: Belarus, 8 to 20 August 2020, without a network."""

from __future__ import annotations

from datetime import datetime
from importlib import resources

from attrs import frozen

from ..model.checks import all_of, instance, text
from ..model.signal import Signal
from ..model.window import TimeWindow
from .generate import SEED, generate
from .scenario import Precision, Scenario, TimelineLine
from .scenario_file import read_scenario

__all__ = ["Demonstration", "belarus_2020", "story_of"]


@frozen
class Demonstration:
    """What a demonstration judges and tells.

    Attributes:
        signals: of the scenario's entity.
        controls: of all other entities.
        window: what the report is about; the signals begin earlier.
        notice: what a reader must know before believing anything.
        story: the published timeline that the signals show, one line each.
        scenario: the scenario, with every source and assumption.
    """

    signals: tuple[Signal, ...]
    controls: tuple[Signal, ...]
    window: TimeWindow
    notice: str
    story: str
    scenario: Scenario

    def __attrs_post_init__(self) -> None:
        all_of("Demonstration.signals", Signal, self.signals)
        all_of("Demonstration.controls", Signal, self.controls)
        instance("Demonstration.window", TimeWindow, self.window)
        text("Demonstration.notice", self.notice)
        text("Demonstration.story", self.story)
        instance("Demonstration.scenario", Scenario, self.scenario)


def belarus_2020(*, seed: int = SEED) -> Demonstration:
    """The reconstruction that the package carries: Belarus around the election of 9 August 2020.

    Raises:
        InvalidValueError: for a seed that is not a whole number of 0 or more.
    """
    scenario = read_scenario(resources.files(__package__) / "belarus-2020.toml")
    signals = generate(scenario, seed=seed)
    return Demonstration(
        signals=tuple(signal for signal in signals if signal.entity == scenario.entity),
        controls=tuple(signal for signal in signals if signal.entity != scenario.entity),
        window=scenario.window,
        notice=scenario.notice,
        story=story_of(scenario),
        scenario=scenario,
    )


def story_of(scenario: Scenario) -> str:
    """The lines that the signals show, ordered by time: when (UTC), what, who says so, how surely."""
    told = sorted(scenario.shown, key=lambda line: (line.start, line.id))
    return "\n".join(
        f"{_when(line)}: {line.text} [{line.source}; confidence {line.confidence.value}]" for line in told
    )


def _when(line: TimelineLine) -> str:
    if line.precision is Precision.DAY:
        days = [line.start, *([] if line.end is None else [line.end])]
        return " to ".join(_day(day) for day in days)
    about = "about " if line.precision is Precision.APPROXIMATE else ""
    start = f"{about}{_day(line.start)} {line.start:%H:%M}"
    if line.end is None:
        return f"{start} UTC"
    same_day = line.end.date() == line.start.date()
    return f"{start} to {'' if same_day else _day(line.end) + ' '}{line.end:%H:%M} UTC"


def _day(time: datetime) -> str:
    return f"{time.day} {time:%B}"
