"""Which signals, which window, which episode."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.cli.compare import nearest_episode
from shutdownkit.cli.selection import choose_entity, choose_window, data_window
from shutdownkit.errors import CallerError
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow

ORIGIN = datetime(2020, 8, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
BY, LT = Entity.parse("BY"), Entity.parse("LT")

hours = st.integers(0, 12).map(lambda count: ORIGIN + count * HOUR)


def signal(entity: Entity = BY, *, start: datetime = ORIGIN, bins: int = 24) -> Signal:
    return Signal(KINDS["probing.up-slash24s"], entity, TimeSeries(start, HOUR, [1.0] * bins))


@st.composite
def lists_of_episodes(draw: st.DrawFn) -> list[Episode]:
    starts = draw(st.lists(st.integers(0, 12), min_size=1, max_size=5, unique=True))
    return [
        Episode(BY, TimeWindow(ORIGIN + a * HOUR, ORIGIN + (a + draw(st.integers(0, 4))) * HOUR))
        for a in starts
    ]


@given(lists_of_episodes(), hours)
def test_episode_that_contains_the_time_is_nearest(found: list[Episode], time: datetime) -> None:
    chosen = nearest_episode(found, time)
    containing = [episode for episode in found if time in episode.window]
    if containing:
        assert chosen in containing
        assert chosen.duration == min(episode.duration for episode in containing)


@given(lists_of_episodes(), hours)
def test_no_other_episode_is_nearer(found: list[Episode], time: datetime) -> None:
    def away(episode: Episode) -> timedelta:
        if time in episode.window:
            return timedelta(0)
        return min(abs(episode.window.start - time), abs(time - episode.window.end))

    chosen = nearest_episode(found, time)
    assert away(chosen) == min(map(away, found))
    assert nearest_episode(found[::-1], time).onset == chosen.onset


@given(st.none() | hours, st.none() | hours)
def test_window_is_the_one_asked_for_or_refused(start: datetime | None, end: datetime | None) -> None:
    signals = (signal(start=ORIGIN + 3 * HOUR, bins=4), signal(start=ORIGIN + 5 * HOUR, bins=5))
    data = data_window(signals)
    assert data == TimeWindow(ORIGIN + 3 * HOUR, ORIGIN + 10 * HOUR)
    if start is None and end is None:
        assert choose_window(signals, start, end) is None
        return
    first, last = start or data.start, end or data.end
    if first < min(last, data.end) and data.start < last:
        assert choose_window(signals, start, end) == TimeWindow(first, last)
    else:
        with pytest.raises(CallerError, match=r"^--(from|to): "):
            choose_window(signals, start, end)


def test_only_entity_is_taken() -> None:
    assert choose_entity([signal()], None, "x.csv") == ((signal(),), ())


def test_other_entities_are_controls() -> None:
    assert choose_entity([signal(LT), signal()], BY, "x.csv") == ((signal(),), (signal(LT),))


def test_several_entities_need_a_choice() -> None:
    with pytest.raises(CallerError, match=r"^x\.csv holds several entities; .*--entity: BY, LT$"):
        choose_entity([signal(LT), signal()], None, "x.csv")


def test_entity_that_is_not_there_is_refused() -> None:
    with pytest.raises(CallerError, match=r"^--entity: IR is not in x\.csv, which holds BY, LT$"):
        choose_entity([signal(LT), signal()], Entity.parse("IR"), "x.csv")
