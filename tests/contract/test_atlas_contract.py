"""RIPE Atlas keeps the contract of sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from shutdownkit.model.kinds import SignalKind
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal
from shutdownkit.reading.source import Source, SourceConfig
from shutdownkit.sources.atlas.source import AtlasSource
from shutdownkit.testing.contracts.source.contract import SourceContract
from shutdownkit.testing.contracts.source.truth import Truth
from shutdownkit.testing.contracts.source.upstream import Upstream
from shutdownkit.testing.wire.atlas import atlas_answer
from shutdownkit.testing.wire.atlas_signal import world_of_signals

USUAL = 30.0


class TestAtlas(SourceContract):
    """A count at an instant, from events of probes that come and go."""

    name = "atlas"
    # a country first: of it more is asked
    entities: ClassVar[Sequence[str]] = ("BY", "LT", "AS6697", "AS25106")
    bins: ClassVar[int] = 24  # of five minutes: over two hours, and so past the half hour of a return
    max_examples: ClassVar[int] = 10
    can_say_missing: ClassVar[bool] = False  # no event is sent of an instant that nobody saw: what the
    # provider has no event of stayed as it was, and only a question that fails leaves a hole

    def make_source(self, config: SourceConfig) -> Source:
        return AtlasSource(config)

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        upstream.serve(atlas_answer(world_of_signals(map(_after_a_usual_week, truth.signals))))

    def long_question(self) -> int:
        """Of five minutes: each takes a probe of its own."""
        return 150

    def value(self, kind: SignalKind, place: int) -> float:
        """A few probes: each takes records and events."""
        del kind
        return USUAL + 1 + place


def _after_a_usual_week(signal: Signal) -> Signal:
    """The same with a value before it, which held for long: a place with no probes says nothing of itself."""
    series = signal.series
    values = np.concatenate(([USUAL], series.values))
    return Signal(signal.kind, signal.entity, TimeSeries(series.start - series.step, series.step, values))
