"""What a contract for sources asks of an author, and how it asks the source."""

from __future__ import annotations

import math
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from attrs import evolve, frozen
from hypothesis import strategies as st

from ....errors import ProviderError
from ....model.entity import Entity, EntityKind
from ....model.kinds import SignalKind, Statistic
from ....model.series import TimeSeries
from ....model.signal import Signal
from ....model.window import TimeWindow
from ....reading.http.client import HttpClient
from ....reading.http.pace import Pacer
from ....reading.http.quota import Quotas
from ....reading.http.request import Secret
from ....reading.http.settings import HttpSettings
from ....reading.query import Query
from ....reading.saying import said
from ....reading.source import Source, SourceConfig, SourceInfo, SourceResult
from ...clock import ManualClock
from ...server import LoopbackServer
from ..laws import Contract, Law, LawBrokenError
from .truth import EPOCH, Case, Truth, asked
from .upstream import Upstream

__all__ = ["SourceCase", "UpstreamError", "World", "plain"]

_ENTITIES = {
    EntityKind.COUNTRY: ("BY", "LT"),
    EntityKind.REGION: ("US/4416", "US/4417"),
    EntityKind.ASN: ("AS6697", "AS25106"),
}
_NOW = datetime(2030, 1, 1, tzinfo=UTC)
_INFOS: WeakKeyDictionary[type[SourceCase], SourceInfo] = WeakKeyDictionary()
_ENOUGH = 30.0  # seconds of real time that an answer may take, whatever goes wrong


class UpstreamError(Exception):
    """The provider that a test made up failed: the source was not tested."""


@frozen
class World:
    """A provider with a source before it.

    Attributes:
        upstream: the provider.
        config: what sources are made with; each has a client of its own.
    """

    upstream: Upstream
    contract: SourceCase
    config: SourceConfig

    def publish(self, truth: Truth) -> None:
        """Put a truth into the upstream, past any source."""
        self.contract.publish(self.upstream, truth)

    def source(self) -> Source:
        """A source, newly made."""
        return self.contract.make_source(self.config)

    def fetch(self, query: Query, *, law: Law, source: Source | None = None) -> SourceResult:
        """What a source gives where all is well; one that raises, or does not come back, breaks the law."""
        try:
            return self.attempt(query, law=law, source=source)
        except (LawBrokenError, UpstreamError):
            raise
        except Exception as error:
            what = f"it raised {said(error)}, though all was well"
            raise LawBrokenError(law, what, given={"asked for": asked(query)}) from error

    def attempt(self, query: Query, *, law: Law, source: Source | None = None) -> SourceResult:
        """What a source gives; one that does not come back has broken the law.

        Raises:
            Exception: whatever it raises.
        """
        asking = self.source() if source is None else source
        ended: list[SourceResult | BaseException] = []

        def run() -> None:
            try:
                ended.append(asking.fetch(query))
            except BaseException as error:  # noqa: BLE001 (raised by whoever waits for it)
                ended.append(error)

        thread = threading.Thread(target=run, name="shutdownkit-contract", daemon=True)
        thread.start()
        thread.join(_ENOUGH)
        if self.upstream.trouble is not None:
            what = (
                f"{type(self.contract).__name__}.publish: what it serves raised {said(self.upstream.trouble)}"
            )
            raise UpstreamError(what) from self.upstream.trouble
        if not ended:
            raise LawBrokenError(law, f"it had not come back after {_ENOUGH:g} s")
        if isinstance(ended[0], BaseException):
            raise ended[0]
        if not isinstance(ended[0], SourceResult):
            raise LawBrokenError(law, f"it gave {type(ended[0]).__name__}, which is no SourceResult")
        return ended[0]

    def outcome(self, query: Query, *, law: Law) -> SourceResult | ProviderError:
        """What a source gives, or the error of the provider's that it raises; any other breaks the law."""
        try:
            return self.attempt(query, law=law)
        except ProviderError as error:
            return error
        except (LawBrokenError, UpstreamError):
            raise
        except Exception as error:
            what = f"it raised {said(error)}, which is no ProviderError"
            raise LawBrokenError(law, what, given={"asked for": asked(query)}) from error


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
        return low + 100 + place if whole else low + 100 + place * 1.0625

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
                yield World(upstream, self, config)

    @contextmanager
    def published(self, case: Case, **how: Any) -> Iterator[World]:
        """A provider that knows a case's truth; see :meth:`world`."""
        with self.world(**how) as world:
            world.publish(case.truth)
            yield world

    def longest_step(self, entity: Entity) -> timedelta:
        """The shortest time that is a whole number of bins of each kind that there is of an entity."""
        microsecond = timedelta(microseconds=1)
        steps = (self.info.native_steps[kind.name] // microsecond for kind in self.kinds_of(entity))
        return reduce(math.lcm, steps, 1) * microsecond

    @property
    def asked_about(self) -> tuple[Entity, ...]:
        """About whom the source is asked: countries first, as most are about those."""
        named = self.entities
        if named is None:
            named = [
                one for kind, some in _ENTITIES.items() if kind in self.info.entity_kinds for one in some
            ]
        order = list(_ENTITIES)
        return tuple(sorted(map(Entity.parse, named), key=lambda entity: order.index(entity.kind)))

    def cases(
        self, *, gaps: bool = False, least: int = 1, whole: bool = True, about: EntityKind | None = None
    ) -> st.SearchStrategy[Case]:
        """Questions that the source serves, with a truth that reaches further than what is asked.

        Args:
            gaps: see :meth:`truths`.
            least: of the longest bins, how many the window has at least.
            whole: the window begins and ends between bins.
            about: entities of one kind alone.
        """
        named = [one for one in self.asked_about if about in {None, one.kind}]

        @st.composite
        def drawn(draw: st.DrawFn) -> Case:
            entity = draw(st.sampled_from(named))
            others = [one for one in named if one.kind is entity.kind and one != entity][:1]
            kinds = self.kinds_of(entity)
            if not kinds:
                raise TypeError(
                    f"{type(self).__name__}.kinds_of: gives no kind of {entity} with a native step"
                )
            unit = self.longest_step(entity)
            wanted = draw(st.none() | st.lists(st.sampled_from(kinds), min_size=1, unique=True))
            start = self.day + draw(st.integers(0, 3)) * unit
            end = start + draw(st.integers(least, self.bins)) * unit
            if not whole:
                start += draw(st.integers(0, 59)) * timedelta(seconds=1)
                end += draw(st.integers(0, 59)) * timedelta(seconds=1)
            query = Query(entity, TimeWindow(start, end), wanted, history=draw(st.integers(0, 2)) * unit)
            around = query.span.widened(2 * unit)
            return Case(query, draw(self.truths([entity, *others], around, gaps=gaps)))

        return drawn()


def _has_zero(kind: SignalKind) -> bool:
    return (kind.minimum is None or kind.minimum <= 0) and (kind.maximum is None or kind.maximum >= 0)


def plain(result: SourceResult) -> SourceResult:
    """A result without the times at which things were retrieved, which differ from fetch to fetch."""
    return evolve(
        result,
        signals=tuple(
            evolve(one, provenance=evolve(one.provenance, retrieved=None)) for one in result.signals
        ),
        tests=tuple(evolve(one, provenance=evolve(one.provenance, retrieved=None)) for one in result.tests),
    )
