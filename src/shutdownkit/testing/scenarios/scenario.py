"""A country over some weeks, with what was measured of it and what really happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from attrs import evolve, frozen

from ...errors import InvalidValueError
from ...judging.classify import classify
from ...model.checks import instance
from ...model.context import ContextEvent
from ...model.entity import Entity
from ...model.episode import Episode
from ...model.service_tests import ServiceTests
from ...model.signal import Signal
from ...model.window import TimeWindow, utc_text
from ...report.report import Report
from .truth import Gap, OutageKind, OutageTruth

__all__ = ["OutageScenario"]


@frozen(repr=False)
class OutageScenario:
    """A country with a few networks, and other countries beside it, over some weeks.

    :func:`~shutdownkit.testing.scenarios.simulate` makes one.

    Attributes:
        entity: the country.
        networks: its networks.
        window: all that was watched.
        signals: of the country.
        network_signals: of its networks.
        controls: of other countries.
        tests: single tests of services, where the story is about some.
        history: episodes of the country that are known besides.
        context: what was reported.
        truth: what really happened.
        noise: how much of the noise of its statistic each signal has, 0..1.
    """

    entity: Entity
    networks: tuple[Entity, ...]
    window: TimeWindow
    signals: tuple[Signal, ...]
    network_signals: tuple[Signal, ...]
    controls: tuple[Signal, ...]
    truth: OutageTruth
    tests: tuple[ServiceTests, ...] = ()
    history: tuple[Episode, ...] = ()
    context: tuple[ContextEvent, ...] = ()
    noise: float = 0.0

    @property
    def kind(self) -> OutageKind:
        """Of which kind it is."""
        return self.truth.kind

    @property
    def everything(self) -> tuple[Signal, ...]:
        """All signals: of the country, its networks, and other countries."""
        return (*self.signals, *self.network_signals, *self.controls)

    def given(self) -> dict[str, Any]:
        """What :func:`shutdownkit.classify` is given beside the country's signals."""
        return {
            "entity": self.entity,
            "window": self.window,
            "controls": (*self.network_signals, *self.controls),
            "tests": self.tests,
            "history": self.history,
            "context": self.context,
        }

    def report(self, **more: Any) -> Report:
        """The report on it: :func:`shutdownkit.classify` with everything, and with ``more`` instead."""
        return classify(self.signals, **{**self.given(), **more})

    def without(self, *gaps: Gap) -> OutageScenario:
        """The same, in which nobody measured some bins.

        Raises:
            InvalidValueError: where one is of a signal that is not measured, or a time that is not watched.
        """
        if not gaps:
            return self
        known = {(signal.entity, signal.kind) for signal in self.everything}
        for gap in gaps:
            instance("missing", Gap, gap)
            if (gap.entity, gap.kind) not in known:
                raise InvalidValueError("missing", str(gap), "is of a signal that is not measured")
            if not gap.window.overlaps(self.window):
                raise InvalidValueError("missing", str(gap), "is of a time that is not watched")
        return evolve(
            self,
            signals=tuple(_holed(signal, gaps) for signal in self.signals),
            network_signals=tuple(_holed(signal, gaps) for signal in self.network_signals),
            controls=tuple(_holed(signal, gaps) for signal in self.controls),
            truth=evolve(self.truth, missing=(*self.truth.missing, *gaps)),
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 (IPython's and Hypothesis's)
        printer.text(repr(self))

    def __str__(self) -> str:
        parts = [f"{self.kind.value} in {self.entity}"]
        truth = self.truth
        if truth.windows:
            first = truth.windows[0]
            parts.append(f"{utc_text(first.start)} for {first.duration}")
        if len(truth.windows) > 1:
            parts.append(f"{len(truth.windows)} times")
        if truth.lost:
            parts.append(f"{truth.lost:.0%} lost")
        parts.append(f"{len(self.networks)} networks")
        parts.append(f"watched {self.window}")
        if self.noise:
            parts.append(f"noise {self.noise:g}")
        parts += [f"not measured: {gap}" for gap in truth.missing[:3]]
        if len(truth.missing) > 3:
            parts.append(f"and {len(truth.missing) - 3} more gaps")
        parts += [f"told: {one.text}" for one in self.context]
        return ", ".join(parts)


def _holed(signal: Signal, gaps: Iterable[Gap]) -> Signal:
    """The signal without the bins that nobody measured."""
    windows = [gap.window for gap in gaps if (gap.entity, gap.kind) == (signal.entity, signal.kind)]
    if not windows:
        return signal
    series = signal.series
    values = series.values.copy()
    for window in windows:
        first = max(0, (window.start - series.start) // series.step)
        last = max(0, -((series.start - window.end) // series.step))
        values[first:last] = np.nan
    return evolve(signal, series=evolve(series, values=values))
