"""One series of one kind for one entity, with where it came from."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from attrs import Factory, field, frozen

from ..errors import InvalidValueError
from .checks import instance, instant, store, text
from .entity import Entity
from .kinds import SignalKind
from .series import TimeSeries

__all__ = ["Provenance", "Signal"]


@frozen
class Provenance:
    """Where a signal came from and under what terms.

    Attributes:
        source: the source's name, such as ``ioda`` or ``file signals.csv``.
        licence: the provider's licence, as the provider names it.
        url: an address at which the same data can be asked for again, or None.
        retrieved: when it was fetched (aware UTC), or None.
        note: anything a reader must know, such as that it is a reconstruction.  Its first line becomes a
            notice of every report that uses the signal.
    """

    source: str = "unknown"
    licence: str = "not stated"
    url: str | None = None
    retrieved: datetime | None = None
    note: str = ""

    def __attrs_post_init__(self) -> None:
        text("Provenance.source", self.source)
        text("Provenance.licence", self.licence)
        text("Provenance.note", self.note, empty=True)
        if self.url is not None:
            text("Provenance.url", self.url)
        if self.retrieved is not None:
            store(self, "retrieved", instant("Provenance.retrieved", self.retrieved))


@frozen
class Signal:
    """One regular series of one kind for one entity (and one subject, such as a domain).

    Attributes:
        subject: what was tested, as ``domain:…``, ``app:…`` or ``category:…``; None for all.
        weights: how many measurements stand behind each value, on the same grid; None where the
            provider does not say.

    Raises:
        InvalidValueError: for a value outside the kind's valid range (named by its index), a negative
            weight, or weights on another grid.
    """

    kind: SignalKind
    entity: Entity
    series: TimeSeries
    subject: str | None = None
    provenance: Provenance = field(default=Factory(Provenance))
    weights: TimeSeries | None = None

    def __attrs_post_init__(self) -> None:
        instance("Signal.kind", SignalKind, self.kind)
        instance("Signal.entity", Entity, self.entity)
        instance("Signal.series", TimeSeries, self.series)
        instance("Signal.provenance", Provenance, self.provenance)
        if self.subject is not None:
            text("Signal.subject", self.subject)
        self._check_range()
        if self.weights is not None:
            self._check_weights(self.weights)

    def _check_range(self) -> None:
        for bound, wrong, word in (
            (self.kind.minimum, np.less, "under the minimum"),
            (self.kind.maximum, np.greater, "over the maximum"),
        ):
            if bound is None:
                continue
            bad = np.flatnonzero(wrong(self.series.values, bound))
            if bad.size:
                index = int(bad[0])
                raise InvalidValueError(
                    f"Signal.series.values[{index}]",
                    float(self.series.values[index]),
                    f"is {word} {bound:g} of {self.kind.name}",
                )

    def _check_weights(self, weights: TimeSeries) -> None:
        instance("Signal.weights", TimeSeries, weights)
        series = self.series
        if (weights.start, weights.step, len(weights)) != (series.start, series.step, len(series)):
            raise InvalidValueError("Signal.weights", weights, "are not on the grid of the series")
        negative = np.flatnonzero(np.less(weights.values, 0))
        if negative.size:
            index = int(negative[0])
            raise InvalidValueError(
                f"Signal.weights.values[{index}]", float(weights.values[index]), "is negative"
            )

    @property
    def name(self) -> str:
        """Kind and subject, for people: ``ooni.anomaly-ratio (domain:example.org)``."""
        return self.kind.name if self.subject is None else f"{self.kind.name} ({self.subject})"
