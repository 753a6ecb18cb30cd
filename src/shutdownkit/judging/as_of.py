"""What was known at a time: everything given, without what came later.

A verdict of an earlier day can be made again from later data, so that it can be checked what could be
said then.  What counts is when things happened: when a provider published a bin is not known here, and
sources lag by minutes (routing) to days (OONI), as their descriptions say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import evolve, frozen

from ..errors import InvalidValueError
from ..model.account import Account
from ..model.checks import instant
from ..model.context import ContextEvent
from ..model.episode import Episode
from ..model.series import TimeSeries
from ..model.service_tests import ServiceTest, ServiceTests
from ..model.signal import Signal
from ..model.window import TimeWindow, utc_text

__all__ = ["Given", "passed"]

_COUNTED_IN = timedelta(hours=1)  # tests that came out alike are counted by the hour, under its start


@frozen
class Given:
    """What :func:`~shutdownkit.judging.classify.classify` is given to judge with."""

    signals: tuple[Signal, ...]
    controls: tuple[Signal, ...]
    history: tuple[Episode, ...]
    context: tuple[ContextEvent, ...]
    tests: tuple[ServiceTests, ...]
    account: Account

    def as_of(self, time: datetime) -> Given:
        """The same without what was measured or happened at ``time`` or later.

        A bin counts where it was over by then.  An episode of the history that was not over by then lasts,
        and of its events nothing is said; a report of something that began later is not known yet.
        """
        return Given(
            signals=_signals_until(self.signals, time),
            controls=_signals_until(self.controls, time),
            history=tuple(_episode_until(one, time) for one in self.history if one.onset < time),
            context=tuple(one for one in self.context if one.window.start < time),
            tests=tuple(_tests_until(batch, time) for batch in self.tests),
            account=_account_until(self.account, time),
        )


def passed(window: TimeWindow, as_of: datetime | str) -> TimeWindow:
    """The part of a window that had passed by a time.

    Raises:
        InvalidValueError: where ``as_of`` is no aware time, or not after the start of the window.
    """
    time = instant("as_of", as_of)
    if time <= window.start:
        raise InvalidValueError("as_of", utc_text(time), f"is not after {utc_text(window.start)}")
    return TimeWindow(window.start, min(window.end, time))


def _signals_until(signals: Iterable[Signal], time: datetime) -> tuple[Signal, ...]:
    cut = (_signal_until(signal, time) for signal in signals)
    return tuple(signal for signal in cut if len(signal.series))


def _signal_until(signal: Signal, time: datetime) -> Signal:
    weights = None if signal.weights is None else _series_until(signal.weights, time)
    return evolve(signal, series=_series_until(signal.series, time), weights=weights)


def _series_until(series: TimeSeries, time: datetime) -> TimeSeries:
    """The bins that were over by then."""
    bins = max(0, (time - series.start) // series.step)
    return TimeSeries(series.start, series.step, series.values[:bins])


def _episode_until(episode: Episode, time: datetime) -> Episode:
    if episode.window.end <= time:
        return episode
    return Episode(episode.entity, TimeWindow(episode.onset, time), (), ongoing=True)


def _tests_until(batch: ServiceTests, time: datetime) -> ServiceTests:
    return evolve(batch, tests=tuple(test for test in batch.tests if _is_made(test, time)))


def _is_made(test: ServiceTest, time: datetime) -> bool:
    """Whether a test was made before a time; of several counted together, whether their hour was over."""
    return test.time < time if test.count == 1 else test.time <= time - _COUNTED_IN


def _account_until(account: Account, time: datetime) -> Account:
    return evolve(
        account,
        faults=tuple(
            evolve(one, window=_until(one.window, time)) for one in account.faults if one.window.start < time
        ),
        observations=tuple(
            evolve(one, window=_until(one.window, time))
            for one in account.observations
            if one.window.start < time
        ),
    )


def _until(window: TimeWindow, time: datetime) -> TimeWindow:
    return TimeWindow(window.start, min(window.end, time))
