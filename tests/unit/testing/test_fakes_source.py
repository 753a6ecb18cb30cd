"""A source in memory."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError, NotServedError, UnreachableError
from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Provenance, Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.gather import gather
from shutdownkit.reading.honesty import checked_result
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import Answered, Source, SourceResult
from shutdownkit.testing.clock import ManualClock
from shutdownkit.testing.fakes.source import FakeSource, info_of

REACH, SHARE = KINDS["probing.up-slash24s"], KINDS["ooni.anomaly-ratio"]
BY, LT = Entity.parse("BY"), Entity.parse("LT")
START = datetime(2020, 8, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUERY = Query(BY, TimeWindow("2020-08-08", "2020-08-09"), history=timedelta(0))


def signal(
    entity: Entity = BY,
    *,
    subject: str | None = None,
    bins: int = 48,
    licence: str = "CC0",
    step: timedelta = HOUR,
) -> Signal:
    kind = REACH if subject is None else SHARE
    values = np.linspace(0, 1, bins)
    weights = TimeSeries(START, step, np.arange(bins)) if subject else None
    return Signal(kind, entity, TimeSeries(START, step, values), subject, Provenance("x", licence), weights)


SOURCE_SIGNALS = (signal(), signal(LT), signal(subject="app:tor", licence="MIT"))


def test_its_info_is_that_of_its_signals() -> None:
    source = FakeSource(SOURCE_SIGNALS, name="acme")
    assert isinstance(source, Source)
    info = source.info
    assert (info.name, info.title, info.licence) == ("acme", "Acme", "CC0; MIT")
    assert info.kinds == (SHARE, REACH)
    assert info.entity_kinds == {EntityKind.COUNTRY}
    assert info.native_steps == {REACH.name: HOUR, SHARE.name: HOUR}
    assert info_of([signal(), signal(LT, step=2 * HOUR)]).native_steps == {}


offsets = st.integers(-200, 200).map(lambda minutes: START + timedelta(minutes=15 * minutes))


@given(offsets, st.integers(1, 300), st.integers(0, 60))
def test_it_gives_the_bins_that_lie_in_the_span_and_no_other(
    start: datetime, length: int, before: int
) -> None:
    window = TimeWindow(start, start + timedelta(minutes=15 * length))
    query = Query(BY, window, history=timedelta(minutes=15 * before))
    source = FakeSource(SOURCE_SIGNALS)
    result = checked_result(source.info, query, source.fetch(query))
    whole = {one.name: one for one in SOURCE_SIGNALS if one.entity == BY}
    inside = [
        index
        for index in range(48)
        if query.span.start <= START + index * HOUR and START + (index + 1) * HOUR <= query.span.end
    ]
    assert bool(result.signals) == bool(inside)
    for one in result.signals:
        wanted = whole[one.name]
        assert one.series.values.tolist() == wanted.series.values[inside].tolist()
        assert one.series.start == START + inside[0] * HOUR
        if wanted.weights is not None and one.weights is not None:
            assert one.weights.values.tolist() == wanted.weights.values[inside].tolist()
    assert result.coverage == tuple(Answered(s.kind, s.series.window, s.subject) for s in result.signals)
    assert len(result.signals) in {0, 2}


def test_it_answers_of_whom_and_what_it_is_asked() -> None:
    source = FakeSource(SOURCE_SIGNALS)
    assert [one.entity for one in source.fetch(QUERY.about(LT)).signals] == [LT]
    assert source.fetch(QUERY.about(Entity.parse("PL"))) == SourceResult(())
    asked = Query(BY, QUERY.window, [REACH], history=timedelta(0))
    assert [one.kind for one in source.fetch(asked).signals] == [REACH]
    assert source.asked == (QUERY.about(LT), QUERY.about(Entity.parse("PL")), asked)


def test_what_it_does_not_serve_it_refuses_at_once() -> None:
    time = ManualClock()
    source = FakeSource([signal()], delay=5, clock=time.clock)
    with pytest.raises(NotServedError):
        source.fetch(QUERY.about(Entity.parse("AS6697")))
    with pytest.raises(NotServedError):
        source.fetch(Query(BY, QUERY.window, ["bgp.v6-prefixes"]))
    assert len(source.asked) == 2
    assert time.sleeps == ()


def test_it_takes_its_time_and_then_fails_each_time_anew() -> None:
    time = ManualClock()
    error = UnreachableError("down", where="https://x.example")
    source = FakeSource([signal()], delay=5, fails=error, clock=time.clock)
    seen = []
    for _ in range(2):
        with pytest.raises(UnreachableError, match="down") as caught:
            source.fetch(QUERY)
        caught.value.add_note("seen")
        seen.append(caught.value)
    assert time.sleeps == (5.0, 5.0)
    assert seen[0] is not seen[1]
    assert not hasattr(error, "__notes__")
    source.fails = None
    assert source.fetch(QUERY).signals


def test_a_function_needs_an_info_and_signals_or_an_info_are_needed() -> None:
    made = SourceResult((), notices=("mine",))
    source = FakeSource(lambda _: made, info=info_of([signal()]))
    assert source.fetch(QUERY) is made
    with pytest.raises(InvalidValueError, match="info"):
        FakeSource(lambda _: made)
    with pytest.raises(InvalidValueError, match="give an info"):
        FakeSource([])
    assert FakeSource([], info=info_of([signal()])).fetch(QUERY) == SourceResult(())


def test_it_can_be_gathered_from() -> None:
    down = FakeSource([signal()], name="down", fails=UnreachableError("down"))
    gathered = gather(QUERY, sources=[FakeSource(SOURCE_SIGNALS, name="up"), down], cache=False)
    assert len(gathered.signals) == 2
    assert [failure.source for failure in gathered.failures] == ["down"]


def test_no_question_of_any_thread_is_lost() -> None:
    source = FakeSource([signal()])
    threads = [threading.Thread(target=lambda: [source.fetch(QUERY) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.asked == (QUERY,) * 200
