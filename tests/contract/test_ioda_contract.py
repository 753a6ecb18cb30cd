"""IODA keeps the contract of sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest
from attrs import evolve
from hypothesis import strategies as st

from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.kinds import SignalKind
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.source import Source, SourceConfig
from shutdownkit.sources.ioda.source import IodaSource
from shutdownkit.testing.contracts.source.contract import SourceContract
from shutdownkit.testing.contracts.source.truth import Truth
from shutdownkit.testing.contracts.source.upstream import Upstream
from shutdownkit.testing.wire.ioda import ioda_answer


class TestIoda(SourceContract):
    """A series a kind, from a server that says null for what nobody measured."""

    name = "ioda"
    # a country first: it has all kinds
    entities: ClassVar[Sequence[str]] = ("BY", "LT", "US/4416", "US/4417", "AS6697", "AS25106")
    max_examples: ClassVar[int] = 8  # a fetch is seven requests

    def make_source(self, config: SourceConfig) -> Source:
        return IodaSource(config)

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        upstream.serve(ioda_answer(truth.signals))

    def kinds_of(self, entity: Entity) -> tuple[SignalKind, ...]:
        """Google's search traffic is of countries only."""
        countries_only = {"traffic.search"} if entity.kind is not EntityKind.COUNTRY else set()
        return tuple(kind for kind in super().kinds_of(entity) if kind.name not in countries_only)

    def truths(
        self, entities: Sequence[Entity], window: TimeWindow, *, gaps: bool
    ) -> st.SearchStrategy[Truth]:
        """Losses say of how many probes they are."""
        plain = super().truths(entities, window, gaps=gaps)
        return plain.map(lambda truth: Truth(tuple(map(_of_probes, truth.signals))))


class Regions(TestIoda):
    """Of regions, which IODA numbers by itself, so that each is looked up first."""

    entities: ClassVar[Sequence[str]] = ("US/4416", "US/4417")


@pytest.mark.parametrize("law", ["09_html", "09_empty_body", "09_wrong_types", "10_one_failed_request"])
def test_a_region_that_cannot_be_looked_up_is_told(law: str) -> None:
    """Each law of failures asks one question, above about a country."""
    getattr(Regions(), f"test_law_{law}")()


def _of_probes(signal: Signal) -> Signal:
    series = signal.series
    if signal.kind.name != "probing.loss":
        return signal
    probes = np.where(series.measured, 1000.0 + np.arange(len(series)), np.nan)
    return evolve(signal, weights=TimeSeries(series.start, series.step, probes))
