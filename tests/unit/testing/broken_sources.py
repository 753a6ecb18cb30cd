"""Sources that are broken on purpose, each in one way, and the law that is meant to catch it."""

from __future__ import annotations

import base64
import itertools
import logging
import math
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np
import requests
from attrs import evolve, frozen

from shutdownkit.errors import NotCachedError, ProviderError, RefusedError
from shutdownkit.model.account import SourceFailure
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import Plane, SignalKind, Statistic
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Provenance, Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.http.fields import as_object, items_of, member
from shutdownkit.reading.http.request import Answer, HttpRequest
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import Answered, SourceConfig, SourceInfo, SourceResult

from .good_source import EPOCH, HOUR, INFO, GoodSource

__all__ = ["BROKEN", "Broken"]

Values = np.ndarray[tuple[int], np.dtype[np.float64]]


class FillsGapsWithZero(GoodSource):
    """A null is taken for nobody being there."""

    def number(self, value: object, path: str, kind: SignalKind) -> float:
        return super().number(value or 0, path, kind)


class TakesZeroForMissing(GoodSource):
    """A measured zero is thrown away."""

    def number(self, value: object, path: str, kind: SignalKind) -> float:
        return super().number(value or None, path, kind)


class CarriesForward(GoodSource):
    """A gap is filled with what was last known."""

    def values(self, query: Query, kind: SignalKind, document: dict[str, object]) -> Values:
        values = super().values(query, kind, document)
        for place in range(1, len(values)):
            if math.isnan(values[place]):
                values[place] = values[place - 1]
        return values


class SwallowsErrors(GoodSource):
    """Where anything fails, nothing has happened."""

    def fetch(self, query: Query, /) -> SourceResult:
        self.info.check_serves(query)
        try:
            return super().fetch(query)
        except ProviderError:
            return SourceResult(())


class LosesKinds(GoodSource):
    """What failed is left out, and nobody is told."""

    def fetch(self, query: Query, /) -> SourceResult:
        self.info.check_serves(query)
        found = []
        last: ProviderError | None = None
        for kind in self.info.kinds:
            if query.wants(kind):
                try:
                    found.append(self.signal(query, kind))
                except ProviderError as error:
                    last = error
        if last is not None and not found:
            raise last
        return SourceResult(tuple(found))


class OneErrorForAll(GoodSource):
    """Every failure is the same, so that nobody knows whether asking again helps."""

    def fetch(self, query: Query, /) -> SourceResult:
        self.info.check_serves(query)
        try:
            return super().fetch(query)
        except ProviderError as error:
            raise ProviderError(error.problem, where=error.where) from error


class RaisesItsOwn(GoodSource):
    """What the provider does wrong looks like a fault of this code."""

    def read(self, query: Query, kind: SignalKind, answer: Answer) -> Signal:
        try:
            return super().read(query, kind, answer)
        except ProviderError as error:
            raise KeyError("rows") from error


class KeyInAddress(GoodSource):
    """The key goes into the query, and so into every log on the way."""

    def request(self, query: Query, kind: SignalKind) -> HttpRequest:
        asked = super().request(query, kind)
        key = "" if self.config.key is None else self.config.key.reveal()
        return evolve(asked, params=(*asked.params, ("apikey", key)))


class KeyInRepr(GoodSource):
    """Whoever prints the source prints the key."""

    def __repr__(self) -> str:
        return f"KeyInRepr({self.config.key.reveal() if self.config.key is not None else None})"


class KeyInErrors(GoodSource):
    """An error that helps too much."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        try:
            return super().signal(query, kind)
        except ProviderError as error:
            key = "" if self.config.key is None else self.config.key.reveal()
            raise type(error)(f"{error.problem} (asked with {key})", where=error.where) from None


class KeyInProvenance(GoodSource):
    """The address that reports print is the one with the key."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        found = super().signal(query, kind)
        key = "" if self.config.key is None else self.config.key.reveal()
        told = evolve(found.provenance, url=f"{found.provenance.url}&apikey={key}")
        return evolve(found, provenance=told)


class OneBinLate(GoodSource):
    """A bin is known by its end instead of its start."""

    def place(self, time: str) -> int:
        return super().place(time) + 1


class DropsTheLastBin(GoodSource):
    """The last row is taken for the end."""

    def values(self, query: Query, kind: SignalKind, document: dict[str, object]) -> Values:
        values = super().values(query, kind, document)
        values[-1] = math.nan
        return values


class LocalTime(GoodSource):
    """Times are read as those of the machine."""

    def place(self, time: str) -> int:
        return int(datetime.fromisoformat(time).replace(tzinfo=None).timestamp()) // 3600


class TheirTime(GoodSource):
    """Times are read as those of the country."""

    def place(self, time: str) -> int:
        return super().place(time) - 3


class WrongEntity(GoodSource):
    """The signal bears the name of the provider's own region."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        return evolve(super().signal(query, kind), entity=Entity.parse("PL"))


class AsTheyCome(GoodSource):
    """Rows are taken in the order in which they came."""

    def values(self, query: Query, kind: SignalKind, document: dict[str, object]) -> Values:
        first, end = self.bins(query)
        found = []
        for item, path in items_of(member(document, "rows", ""), "rows"):
            row = as_object(item, path)
            if first <= self.place(str(row["time"])) < end:
                found.append(self.number(row["value"], path, kind))
        values = np.full(end - first, math.nan)
        values[: len(found)] = found
        return values


class OffTheGrid(GoodSource):
    """Bins begin at the half hour."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        found = super().signal(query, kind)
        late = found.series.start + HOUR / 2
        weights = None if found.weights is None else evolve(found.weights, start=late)
        return evolve(found, series=evolve(found.series, start=late), weights=weights)


class AnotherStep(GoodSource):
    """Two hours are averaged into one bin, which hides short outages."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        found = super().signal(query, kind)
        pairs = found.series.values[: len(found.series) // 2 * 2].reshape(-1, 2)
        series = TimeSeries(found.series.start, 2 * HOUR, pairs.mean(axis=1))
        return evolve(found, series=series, weights=None)


class UnstableOrder(GoodSource):
    """The order of the signals depends on what was asked before."""

    turns = itertools.count()

    def fetch(self, query: Query, /) -> SourceResult:
        found = super().fetch(query)
        turned = found.signals[::-1] if next(self.turns) % 2 else found.signals
        return evolve(found, signals=turned)


class CountsItsAnswers(GoodSource):
    """A notice that differs each time."""

    turns = itertools.count()

    def fetch(self, query: Query, /) -> SourceResult:
        return evolve(super().fetch(query), notices=(f"Answer number {next(self.turns)}.",))


class IgnoresTheWindow(GoodSource):
    """All that the provider has is given, whatever was asked for."""

    def bins(self, query: Query) -> tuple[int, int]:
        first, end = super().bins(query)
        return first - 2, end + 2

    def request(self, query: Query, kind: SignalKind) -> HttpRequest:
        wide = evolve(query, window=query.window.widened(2 * HOUR))
        return super().request(wide, kind)


class IgnoresTheKinds(GoodSource):
    """All kinds are given, whatever was asked for."""

    def fetch(self, query: Query, /) -> SourceResult:
        self.info.check_serves(query)
        return super().fetch(evolve(query, kinds=None))


class UndeclaredKind(GoodSource):
    """A kind that its info does not list."""

    def fetch(self, query: Query, /) -> SourceResult:
        found = super().fetch(query)
        other = SignalKind("acme.extra", "things", Plane.PROBING)
        return evolve(found, signals=(*found.signals, evolve(found.signals[0], kind=other)))


class GivesTwice(GoodSource):
    """Two signals of one kind."""

    def fetch(self, query: Query, /) -> SourceResult:
        found = super().fetch(query)
        return evolve(found, signals=(*found.signals, found.signals[0]))


class CoversTooMuch(GoodSource):
    """It says that it was answered about a week of which it was not."""

    def fetch(self, query: Query, /) -> SourceResult:
        found = super().fetch(query)
        week = query.span.widened(timedelta(days=7))
        return evolve(found, coverage=tuple(Answered(one.kind, week) for one in found.signals))


class CoversTooLittle(GoodSource):
    """It says that nobody answered about what it gives."""

    def fetch(self, query: Query, /) -> SourceResult:
        found = super().fetch(query)
        start = query.span.start
        return evolve(found, coverage=(Answered(found.signals[0].kind, TimeWindow(start, start + HOUR)),))


class Rounds(GoodSource):
    """Values lose their fraction."""

    def number(self, value: object, path: str, kind: SignalKind) -> float:
        found = super().number(value, path, kind)
        return found if math.isnan(found) else float(round(found))


class SharesState(GoodSource):
    """The question in hand is kept where another thread's is."""

    asked: Query

    def fetch(self, query: Query, /) -> SourceResult:
        self.asked = query
        return super().fetch(query)

    def read(self, query: Query, kind: SignalKind, answer: Answer) -> Signal:
        del query
        return super().read(self.asked, kind, answer)


class NoTimeouts(GoodSource):
    """It would wait for ever."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        asked = self.request(query, kind)
        response = requests.get(asked.url, params=dict(asked.params))  # noqa: S113 (that is what is broken)
        return self.read(query, kind, Answer(response.json(), asked.address, EPOCH))


class OwnHttp(GoodSource):
    """It asks by itself: offline too, and keeps nothing."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        asked = self.request(query, kind)
        response = requests.get(asked.url, params=dict(asked.params), timeout=5)
        return self.read(query, kind, Answer(response.json(), asked.address, EPOCH))


class OwnAddress(GoodSource):
    """It asks the real provider, wherever it is told to ask."""

    def request(self, query: Query, kind: SignalKind) -> HttpRequest:
        return evolve(super().request(query, kind), url="https://api.acme.example/series")


class AsksFirst(GoodSource):
    """It asks, and then finds that it does not serve that."""

    def fetch(self, query: Query, /) -> SourceResult:
        everything = evolve(query, kinds=None)
        signals = tuple(self.signal(everything, kind) for kind in self.info.kinds)
        self.info.check_serves(query)
        return SourceResult(tuple(one for one in signals if query.wants(one.kind)))


class ServesAnything(GoodSource):
    """What it does not measure is an empty result."""

    def fetch(self, query: Query, /) -> SourceResult:
        return SourceResult(tuple(self.signal(query, kind) for kind in self.info.kinds if query.wants(kind)))


class Clips(GoodSource):
    """What cannot be is made into what can."""

    def number(self, value: object, path: str, kind: SignalKind) -> float:
        clipped = max(value, 0) if isinstance(value, int | float) else value
        return super().number(clipped, path, kind)


class LooksAtNothing(GoodSource):
    """What cannot be goes on until somebody else falls over it."""

    def number(self, value: object, path: str, kind: SignalKind) -> float:
        del path, kind
        return math.nan if value is None else float(str(value))


class ScalesByTheWindow(GoodSource):
    """Values are shares of the largest in the answer."""

    def values(self, query: Query, kind: SignalKind, document: dict[str, object]) -> Values:
        values = super().values(query, kind, document)
        most = np.nanmax(values, initial=1.0)
        return np.asarray(values / most)


class LosesTheSeams(GoodSource):
    """A window of more than two hours is asked for in parts, and a bin is lost at each seam."""

    def values(self, query: Query, kind: SignalKind, document: dict[str, object]) -> Values:
        values = super().values(query, kind, document)
        if len(values) > 2:
            values[2::2] = math.nan
        return values


class Remembers(GoodSource):
    """What was once answered about an entity is answered again, whatever the window."""

    def __init__(self, config: SourceConfig) -> None:
        super().__init__(config)
        self.known: dict[tuple[Entity, str], dict[str, object]] = {}

    def values(self, query: Query, kind: SignalKind, document: dict[str, object]) -> Values:
        known = self.known.setdefault((query.entity, kind.name), document)
        return super().values(query, kind, known)


class NewInfoEachTime(GoodSource):
    """What it says of itself differs."""

    turns = itertools.count()

    @property
    def info(self) -> SourceInfo:
        return evolve(INFO, title=f"Acme {next(self.turns)}")


class InfoAsks(GoodSource):
    """It must ask before it can say what it is."""

    @property
    def info(self) -> SourceInfo:
        requests.get(f"{self.config.base_url}/about", timeout=5)
        return INFO


class NoProvenance(GoodSource):
    """Nobody knows where it is from, and under what licence."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        return evolve(super().signal(query, kind), provenance=Provenance())


class AnotherLicence(GoodSource):
    """The licence of the signal is not the provider's."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        found = super().signal(query, kind)
        return evolve(found, provenance=evolve(found.provenance, licence="public domain"))


class NothingOffline(GoodSource):
    """What was never kept is taken for what nobody measured."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        try:
            return super().signal(query, kind)
        except NotCachedError:
            first, end = self.bins(query)
            unknown = TimeSeries(EPOCH + first * HOUR, HOUR, np.full(end - first, math.nan))
            return Signal(kind, query.entity, unknown, provenance=Provenance(INFO.name, INFO.licence))


class AsksWithTheClock(GoodSource):
    """No two of its questions are the same, so that nothing that was kept is found."""

    def request(self, query: Query, kind: SignalKind) -> HttpRequest:
        asked = super().request(query, kind)
        return evolve(asked, params=(*asked.params, ("now", repr(time.time()))))


class NothingIsZero(GoodSource):
    """An answer without rows means that nobody is there."""

    def values(self, query: Query, kind: SignalKind, document: dict[str, object]) -> Values:
        values = super().values(query, kind, document)
        return np.zeros_like(values) if not document["rows"] else values


class NothingIsAnError(GoodSource):
    """An answer without rows is told as a failure of the provider."""

    def fetch(self, query: Query, /) -> SourceResult:
        found = super().fetch(query)
        if any(one.series.measured.any() for one in found.signals):
            return found
        return evolve(found, signals=(), failures=(self.failure(),))

    def failure(self) -> SourceFailure:
        return SourceFailure("acme", "has nothing", None, retry=False)


class CutsTheSpan(GoodSource):
    """The history before the window is not asked for."""

    def bins(self, query: Query) -> tuple[int, int]:
        return (query.window.start - EPOCH) // HOUR, -((EPOCH - query.span.end) // HOUR)


class GivesHistoryOnly(GoodSource):
    """What comes before the window is there, and the window is not."""

    def bins(self, query: Query) -> tuple[int, int]:
        return (query.span.start - EPOCH) // HOUR, -((EPOCH - query.window.start) // HOUR)


class NarrowsTheQuestion(GoodSource):
    """It makes the question that it was given smaller, for whoever holds it too."""

    def fetch(self, query: Query, /) -> SourceResult:
        self.info.check_serves(query)
        window = query.window
        if window.duration > HOUR:
            object.__setattr__(query, "window", TimeWindow(window.start, window.start + HOUR))
        return super().fetch(query)


class TakesFiveHundred(GoodSource):
    """Of many rows it reads the first five hundred."""

    def column(self, query: Query, kind: SignalKind, document: dict[str, object], name: str) -> Values:
        rows = document["rows"]
        assert isinstance(rows, list)
        return super().column(query, kind, {**document, "rows": rows[:500]}, name)


class LosesTheLastChunk(GoodSource):
    """A window of more than four weeks is asked for in parts, and what is left at its end is not."""

    def values(self, query: Query, kind: SignalKind, document: dict[str, object]) -> Values:
        values = super().values(query, kind, document)
        whole = len(values) // 672 * 672
        if whole:
            values[whole:] = math.nan
        return values


class RoundsAtSix(GoodSource):
    """Values keep six digits after the point."""

    def number(self, value: object, path: str, kind: SignalKind) -> float:
        return round(super().number(value, path, kind), 6)


class InHalfTheBits(GoodSource):
    """Values are kept in 32 bits."""

    def number(self, value: object, path: str, kind: SignalKind) -> float:
        return float(np.float32(super().number(value, path, kind)))


class LosesWeights(GoodSource):
    """Of how many answers a value is, is forgotten."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        return evolve(super().signal(query, kind), weights=None)


class WeightsOneLate(GoodSource):
    """Weights are those of the bin before."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        found = super().signal(query, kind)
        weights = found.weights
        if weights is None:
            return found
        return evolve(found, weights=evolve(weights, values=np.roll(weights.values, 1)))


class FollowsForEver(GoodSource):
    """It asks for the next page as long as there is said to be one."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        plain = self.request(query, kind)
        rows: list[object] = []
        for page in itertools.count():
            request = evolve(plain, params=(*plain.params, ("page", page)))
            document = as_object(self.config.http.ask(request, lambda answer: answer.document), "")
            rows += [item for item, _ in items_of(member(document, "rows", ""), "rows")]
            if member(document, "more", "") is not True:
                break
        whole = {**document, "rows": rows}
        return self.read(query, kind, Answer(whole, plain.address, EPOCH))


class NotFoundIsNothing(GoodSource):
    """What the provider refuses is left out, unless it refuses all."""

    def fetch(self, query: Query, /) -> SourceResult:
        self.info.check_serves(query)
        found = []
        refused: RefusedError | None = None
        for kind in self.info.kinds:
            if query.wants(kind):
                try:
                    found.append(self.signal(query, kind))
                except RefusedError as error:
                    refused = error
        if refused is not None and not found:
            raise refused
        return SourceResult(tuple(found))


class CoversWhatFailed(GoodSource):
    """What failed is told, and by its coverage it was answered: so it would be known to be unmeasured."""

    def fetch(self, query: Query, /) -> SourceResult:
        self.info.check_serves(query)
        found, errors = [], []
        kinds = [kind for kind in self.info.kinds if query.wants(kind)]
        for kind in kinds:
            try:
                found.append(self.signal(query, kind))
            except ProviderError as error:
                errors.append(error)
        if not found:
            raise errors[0]
        failures = tuple(SourceFailure("acme", one.problem, one.where, retry=one.retry) for one in errors)
        coverage = tuple(Answered(kind, query.span) for kind in kinds)
        return SourceResult(tuple(found), coverage, failures=failures)


class LetsSharesGrow(GoodSource):
    """A share of more than the whole goes on until somebody else falls over it."""

    @property
    def info(self) -> SourceInfo:
        return WITH_SHARE


class LogsTheKey(GoodSource):
    """A log that helps too much."""

    def request(self, query: Query, kind: SignalKind) -> HttpRequest:
        key = "" if self.config.key is None else self.config.key.reveal()
        logging.getLogger("acme").debug("asking with %s", key)
        return super().request(query, kind)


class LogsTheKeyOnErrors(GoodSource):
    """A log that helps too much, once something is wrong."""

    def signal(self, query: Query, kind: SignalKind) -> Signal:
        try:
            return super().signal(query, kind)
        except ProviderError:
            key = "" if self.config.key is None else self.config.key.reveal()
            logging.getLogger("acme").warning("is the key right? Authorization: Key %s", key)
            raise


class PrintsTheKey(GoodSource):
    """A line that was there while it was written."""

    def request(self, query: Query, kind: SignalKind) -> HttpRequest:
        print("key:", "" if self.config.key is None else self.config.key.reveal())  # noqa: T201 (that is what is broken)
        return super().request(query, kind)


class HalfTheKeyInNotices(GoodSource):
    """Only the first half of the key."""

    def fetch(self, query: Query, /) -> SourceResult:
        key = "" if self.config.key is None else self.config.key.reveal()
        notice = f"Asked with the key {key[: len(key) // 2]}…"
        return evolve(super().fetch(query), notices=(notice,))


class KeyPackedInAddress(GoodSource):
    """The key goes into the query as HTTP's Basic would write it."""

    def request(self, query: Query, kind: SignalKind) -> HttpRequest:
        asked = super().request(query, kind)
        key = "" if self.config.key is None else self.config.key.reveal()
        packed = base64.b64encode(f"user:{key}".encode()).decode()
        return evolve(asked, params=(*asked.params, ("auth", packed)))


class ForgetsSummerTime(GoodSource):
    """The offset of the machine's winter is taken off the whole year."""

    def place(self, time_said: str) -> int:
        told = time.strptime(time_said, "%Y-%m-%dT%H:%M:%SZ")
        return int(time.mktime(told) - time.timezone) // 3600


SHARE = SignalKind("acme.share", "percent", Plane.PROBING, statistic=Statistic.SHARE, maximum=100.0)
WITH_SHARE = evolve(INFO, kinds=(*INFO.kinds, SHARE), native_steps={**INFO.native_steps, SHARE.name: HOUR})


@frozen
class Broken:
    """A broken source.

    Attributes:
        law: the number of the law that is meant to catch it.
        source: its class.
    """

    law: int
    source: type[GoodSource]

    @property
    def name(self) -> str:
        return self.source.__name__


_ALL = (
    Broken(1, NewInfoEachTime),
    Broken(1, InfoAsks),
    Broken(2, WrongEntity),
    Broken(2, IgnoresTheWindow),
    Broken(2, IgnoresTheKinds),
    Broken(2, UndeclaredKind),
    Broken(2, GivesTwice),
    Broken(2, CoversTooMuch),
    Broken(2, CoversTooLittle),
    Broken(3, AsTheyCome),
    Broken(3, OffTheGrid),
    Broken(3, AnotherStep),
    Broken(4, UnstableOrder),
    Broken(4, CountsItsAnswers),
    Broken(5, OneBinLate),
    Broken(5, DropsTheLastBin),
    Broken(5, TheirTime),
    Broken(5, Rounds),
    Broken(5, CutsTheSpan),
    Broken(5, GivesHistoryOnly),
    Broken(5, NarrowsTheQuestion),
    Broken(5, TakesFiveHundred),
    Broken(5, LosesTheLastChunk),
    Broken(5, RoundsAtSix),
    Broken(5, InHalfTheBits),
    Broken(5, LosesWeights),
    Broken(5, WeightsOneLate),
    Broken(6, FillsGapsWithZero),
    Broken(6, TakesZeroForMissing),
    Broken(6, CarriesForward),
    Broken(7, NothingIsZero),
    Broken(7, NothingIsAnError),
    Broken(8, ScalesByTheWindow),
    Broken(8, LosesTheSeams),
    Broken(9, SwallowsErrors),
    Broken(9, OneErrorForAll),
    Broken(9, RaisesItsOwn),
    Broken(9, FollowsForEver),
    Broken(10, LosesKinds),
    Broken(10, NotFoundIsNothing),
    Broken(10, CoversWhatFailed),
    Broken(11, AsksFirst),
    Broken(11, ServesAnything),
    Broken(12, NoTimeouts),
    Broken(12, OwnAddress),
    Broken(13, Clips),
    Broken(13, LooksAtNothing),
    Broken(13, LetsSharesGrow),
    Broken(14, SharesState),
    Broken(14, Remembers),
    Broken(15, KeyInAddress),
    Broken(15, KeyInRepr),
    Broken(15, KeyInErrors),
    Broken(15, KeyInProvenance),
    Broken(15, LogsTheKey),
    Broken(15, LogsTheKeyOnErrors),
    Broken(15, PrintsTheKey),
    Broken(15, HalfTheKeyInNotices),
    Broken(15, KeyPackedInAddress),
    Broken(16, LocalTime),
    Broken(16, ForgetsSummerTime),
    Broken(17, NoProvenance),
    Broken(17, AnotherLicence),
    Broken(18, OwnHttp),
    Broken(18, NothingOffline),
    Broken(18, AsksWithTheClock),
)

BROKEN: Mapping[str, Broken] = MappingProxyType({one.name: one for one in _ALL})
"""All of them by name."""
