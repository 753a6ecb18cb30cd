"""What a contract for sources asks of an author, and how it asks the source."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from hypothesis import strategies as st

from ....model.entity import Entity
from ....model.kinds import SignalKind, Statistic
from ....model.series import TimeSeries
from ....model.signal import Signal
from ....model.window import TimeWindow
from ....reading.http.client import HttpClient
from ....reading.http.pace import Pacer
from ....reading.http.quota import Quotas
from ....reading.http.request import Secret
from ....reading.http.settings import HttpSettings
from ....reading.source import Source, SourceConfig, SourceInfo
from ...clock import ManualClock
from ...server import LoopbackServer
from ..laws import Contract
from .truth import EPOCH, Case, Truth
from .upstream import Upstream
from .world import World

__all__ = ["SourceCase"]

_NOW = datetime(2030, 1, 1, tzinfo=UTC)
_INFOS: WeakKeyDictionary[type[SourceCase], SourceInfo] = WeakKeyDictionary()
_FINE = 2.0**-20
"""Exact in 64 bits, lost in 32 and by rounding at six digits: a choice of ours."""

_LONG = 750
"""More bins than what providers commonly give at once (100 or 500 rows), and a month of hours: a choice of
ours."""


class SourceCase(Contract):
    """What an author gives, and may change.

    Attributes:
        name: the slug that the source is registered under; empty where it is not said.
        day: the midnight before a day of which the provider may have data that have long settled.
        bins: how many of the source's longest bins are asked for, at most.
        entities: about whom it is asked, at least two of each kind; None for usual ones.
        can_say_missing: whether the provider has a way to say that nobody measured a bin.
        key: what the source is given as its key.
        reads_files: the source reads files: its argument is the upstream's folder.
    """

    name: ClassVar[str] = ""
    day: ClassVar[datetime] = datetime(2020, 8, 8, tzinfo=UTC)
    bins: ClassVar[int] = 6
    entities: ClassVar[Sequence[str] | None] = None
    can_say_missing: ClassVar[bool] = True
    key: ClassVar[str] = "k3y-of-the-contract-0123456789"
    reads_files: ClassVar[bool] = False

    def make_source(self, config: SourceConfig) -> Source:
        """The source, made as the registry makes it; ``config.base_url`` is the upstream's address."""
        raise NotImplementedError(f"{type(self).__name__}.make_source: say how the source is made")

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        """Put a truth into the upstream, past the source.

        Call ``upstream.serve`` with a function from a request to an answer in the provider's own format, or
        write files into ``upstream.folder``.  It is called again for each new truth, and then nothing of the
        one before may be left.
        """
        raise NotImplementedError(f"{type(self).__name__}.publish: say how the provider tells a truth")

    def kinds_of(self, entity: Entity) -> tuple[SignalKind, ...]:
        """The kinds that the source has of an entity; those without a native step are left out."""
        del entity
        return tuple(kind for kind in self.info.kinds if kind.name in self.info.native_steps)

    def value(self, kind: SignalKind, place: int) -> float:
        """A value that the provider can tell: all are different, and rise with the place (0, 1, 2 …)."""
        low = kind.minimum or 0.0
        if kind.maximum is not None:
            return low + (kind.maximum - low) * (place + 1) / 4096
        whole = kind.statistic in {Statistic.ARRIVALS, Statistic.STOCK}
        return low + 100 + place if whole else low + 100 + place * 1.0625 + _FINE

    def long_question(self) -> int:
        """How many bins of the shortest step the one long question has; fewer where each costs much."""
        return _LONG

    def truths(
        self, entities: Sequence[Entity], window: TimeWindow, *, gaps: bool
    ) -> st.SearchStrategy[Truth]:
        """What may have been measured of entities over a window: every kind, every bin, values that rise.

        Args:
            gaps: some bins are missing (where the provider can say so), and some are a measured zero (where
                the kind has one).
        """
        grids = [
            (entity, kind, self.info.native_steps[kind.name])
            for entity in entities
            for kind in self.kinds_of(entity)
        ]
        most = max((window.duration // step for _, _, step in grids), default=0)
        places = st.lists(
            st.tuples(st.integers(0, max(len(grids) - 1, 0)), st.integers(0, max(most - 1, 0))), max_size=6
        )
        odd = st.tuples(places if self.can_say_missing else st.just([]), places)

        def made(found: tuple[list[tuple[int, int]], list[tuple[int, int]]]) -> Truth:
            missing, zeros = found
            signals = []
            for number, (entity, kind, step) in enumerate(grids):
                first = -((EPOCH - window.start) // step)
                count = (window.end - EPOCH) // step - first
                values = [self.value(kind, number + place) for place in range(count)]
                for which, place in zeros:
                    if which == number and place < count and _has_zero(kind):
                        values[place] = 0.0
                for which, place in missing:
                    if which == number and place < count:
                        values[place] = math.nan
                signals.append(Signal(kind, entity, TimeSeries(EPOCH + first * step, step, values)))
            return Truth(tuple(signals))

        return odd.map(made) if gaps else st.just(made(([], [])))

    @property
    def info(self) -> SourceInfo:
        """What the source says of itself."""
        cls = type(self)
        if cls not in _INFOS:
            with self.world() as world:
                _INFOS[cls] = world.source().info
        return _INFOS[cls]

    @contextmanager
    def world(
        self,
        *,
        key: str | None = None,
        cache: Path | None = None,
        offline: bool = False,
        hurried: bool = False,
    ) -> Iterator[World]:
        """A provider on this machine that knows nothing yet, with a source before it.

        Args:
            hurried: give up on silence after half a second, and on all else after three.
        """
        settings = HttpSettings(
            connect_timeout=2.0,
            read_timeout=0.5 if hurried else 5.0,
            call_timeout=2.0 if hurried else 20.0,
            attempts=3,
            largest_body=4 * 1024 * 1024,
            cache_path=cache,
            offline=offline,
        )
        clock = ManualClock(_NOW).clock
        with tempfile.TemporaryDirectory() as folder:
            upstream = Upstream(Path(folder))
            with (
                LoopbackServer(upstream.answer) as server,
                HttpClient(settings, clock=clock, pacer=Pacer(), quotas=Quotas()) as client,
            ):
                config = SourceConfig(
                    name=self.name or "source",
                    http=client,
                    base_url=server.url,
                    argument=str(upstream.folder) if self.reads_files else None,
                    key=Secret(self.key if key is None else key),
                )
                try:
                    yield World(upstream, self, config)
                finally:
                    upstream.hang_up()

    @contextmanager
    def published(self, case: Case, **how: Any) -> Iterator[World]:
        """A provider that knows a case's truth; see :meth:`world`."""
        with self.world(**how) as world:
            world.publish(case.truth)
            yield world


def _has_zero(kind: SignalKind) -> bool:
    return (kind.minimum is None or kind.minimum <= 0) and (kind.maximum is None or kind.maximum >= 0)
