"""OONI keeps the contract of sources."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.kinds import KINDS, SignalKind
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.source import Source, SourceConfig
from shutdownkit.sources.ooni.source import OoniSource
from shutdownkit.testing.contracts.source.contract import SourceContract
from shutdownkit.testing.contracts.source.truth import Truth
from shutdownkit.testing.contracts.source.upstream import Upstream
from shutdownkit.testing.wire.ooni import ooni_answer
from shutdownkit.testing.wire.ooni_reconstruction import ooni_world_of

Array = NDArray[np.float64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
AFTER = 2
"""Hours at the end of a truth that are always measured.  OONI counts by the week: of a place without one
measurement in the weeks that are asked for, the source does not say that nothing was measured there."""


class TestOoni(SourceContract):
    """Counts of measurements, from which the numbers and the shares are.

    Of all measurements: the signal of an app or a category takes a day of measured hours, more than is asked
    for here.
    """

    name = "ooni"
    day = datetime(2020, 8, 6, tzinfo=UTC)  # a Thursday: history reaches into the week before
    # a country first: of it more is told
    entities: ClassVar[Sequence[str]] = ("BY", "LT", "AS6697", "AS25106")
    max_examples: ClassVar[int] = 10

    def make_source(self, config: SourceConfig) -> Source:
        return OoniSource(config)

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        upstream.serve(ooni_answer(ooni_world_of(truth.signals)))

    def kinds_of(self, entity: Entity) -> tuple[SignalKind, ...]:
        """A network is one, and its networks are not counted."""
        own = {"ooni.networks"} if entity.kind is EntityKind.ASN else set()
        return tuple(kind for kind in super().kinds_of(entity) if kind.name not in own)

    def long_question(self) -> int:
        """Over the edges of three weeks; of more, what is served here takes long to make."""
        return 400

    def truths(
        self, entities: Sequence[Entity], window: TimeWindow, *, gaps: bool
    ) -> st.SearchStrategy[Truth]:
        """Coherent counts.  The world is silent for all at once; without a measurement is each by itself."""
        start = EPOCH - (EPOCH - window.start) // HOUR * HOUR  # the first whole hour
        count = (window.end - start) // HOUR
        places = st.sets(st.integers(0, count - AFTER - 1), max_size=4) if gaps else st.just(set())
        return st.tuples(places, st.tuples(*(places for _ in entities))).map(
            lambda odd: Truth(
                tuple(
                    signal
                    for number, entity in enumerate(entities)
                    for signal in self._signals(entity, start, count, 13 * number, odd[0], odd[1][number])
                )
            )
        )

    def _signals(
        self, entity: Entity, start: datetime, count: int, more: int, silent: set[int], zeros: set[int]
    ) -> list[Signal]:
        """Of each hour some tests fail, of the others some show anomalies; some of these are confirmed."""
        hours = np.arange(float(count))
        tested, failed = 150.0 + 3 * more + hours, 20.0 + more + hours
        day = np.minimum(hours, 24.0)
        anomalous = 30.0 + 3 * day + (hours - day)  # rises, and stays under what was tested, however long
        odd = sorted(silent | zeros)
        tested[odd], failed[odd] = 0.0, 0.0
        told = {
            "ooni.measurements": (_where_measured(tested + failed, silent, zeros), None),
            "ooni.networks": (_where_measured(3.0 + day, silent, zeros), None),
            "ooni.anomaly-ratio": (_share(anomalous, tested), tested),
            "ooni.confirmed-ratio": (_share(5.0 + hours, tested), tested),
            "ooni.failure-ratio": (_share(failed, tested + failed), tested + failed),
        }
        return [
            Signal(
                KINDS[name],
                entity,
                TimeSeries(start, HOUR, values),
                weights=None if weights is None else TimeSeries(start, HOUR, weights),
            )
            for name, (values, weights) in told.items()
            if KINDS[name] in self.kinds_of(entity)
        ]


def _where_measured(values: Array, silent: set[int], zeros: set[int]) -> Array:
    """The values; 0 in an hour of none, and missing in one in which the world is silent."""
    told = values.copy()
    told[sorted(zeros)] = 0.0
    told[sorted(silent)] = math.nan
    return told


def _share(part: Array, whole: Array) -> Array:
    """Shares; of nothing there is none."""
    shares = np.full(len(whole), math.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares
