"""Follows one service on one network from measured hour to measured hour.

Page's cumulative sum (E. S. Page, Biometrika 41:100-115, 1954) of the scores of
:class:`~shutdownkit.judging.blocking.quiet_rates.QuietRates`: it never falls under 0, and where it passes
the alarm the service fails since the sum last left 0.  Then the same sum of the negated scores waits for
the end.  While a sum is over 0 nothing is learnt: its hours become quiet ones when it is back at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import define, field

from .quiet_rates import QuietRates
from .spell_settings import SpellSettings
from .streams import Hour

__all__ = ["Failing", "Follower"]


@define
class Failing:
    """A run of hours in which the service failed, as indices of the stream's hours.

    Attributes:
        first: the hour with the first failed test.
        told: the start of the hour whose tests sufficed to tell, on this network or another.
        end: the hour with the first working test of those that ended it; None while it lasts.
        alone: whether this network's tests suffice by themselves.
    """

    first: int
    told: datetime
    end: int | None = None
    alone: bool = True


@define
class Follower:
    """One service on one network.  Give it the hours in order, by :meth:`step`.

    Attributes:
        hours: the stream's.
        failing: what was found, in order; the last may be open.
    """

    hours: Sequence[Hour]
    settings: SpellSettings
    failing: list[Failing] = field(factory=list, init=False)
    _rates: QuietRates = field(init=False)
    _sum: float = field(default=0.0, init=False)
    _peak: float = field(default=0.0, init=False)
    _onset: int = field(default=0, init=False)
    _next: int = field(default=0, init=False)
    _open: Failing | None = field(default=None, init=False)
    _back_sum: float = field(default=0.0, init=False)
    _back_first: int = field(default=0, init=False)
    _raised: tuple[datetime, float] | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._rates = QuietRates(self.settings)

    def step(self) -> None:
        """Go through the next hour."""
        index = self._next
        self._next += 1
        score = self._rates.score(self.hours[index])
        if self._open is None:
            self._wait_for_onset(index, score)
        else:
            self._wait_for_end(self._open, index, score)

    def _wait_for_onset(self, index: int, score: float) -> None:
        if self._sum <= 0.0:
            self._onset = index
            self._peak = 0.0
        self._add(index, score)
        self._peak = max(self._peak, self._sum)
        if self._sum <= 0.0:
            self._learn(self._onset, index, suspected=2 * self._peak >= self.settings.alarm)
        elif self._sum >= self.settings.alarm and self._sure():
            self.begin(self.hours[index].start, alone=True)

    def _add(self, index: int, score: float) -> None:
        """Add an hour's score to what is left of the sum after the silence before it."""
        if index:
            silence = self.hours[index].start - self.hours[index - 1].start
            self._sum *= self._left_after(silence)
        self._sum = min(max(self._sum + score, 0.0), 2.0 * self.settings.alarm)

    def _left_after(self, silence: timedelta) -> float:
        beyond = max(silence - self.settings.patience, timedelta(0))
        return float(0.5 ** (beyond / self.settings.half_life))

    def _sure(self) -> bool:
        """Whether two runs say so, and few tests speak against it; that it is two hours the clip sees to."""
        since = self.hours[self._onset : self._next]
        bad = [hour for hour in since if hour.any_failed]
        runs = frozenset[str]().union(*(hour.runs for hour in bad))
        failed = sum(hour.failed for hour in since)
        return len(runs) + sum(hour.nameless for hour in bad) >= 2 and failed >= self.settings.share * (
            failed + sum(hour.worked for hour in since)
        )

    def begin(self, now: datetime, *, alone: bool) -> None:
        """The service fails, since the sum last left 0, as is told by the tests up to the hour ``now``."""
        self._open = Failing(self._onset, now, alone=alone)
        self.failing.append(self._open)
        self._raised = (self.hours[self._next - 1].start, self._sum)
        self._back_sum = 0.0

    def _wait_for_end(self, failing: Failing, index: int, score: float) -> None:
        if not failing.alone and self._sum > 0.0:
            self._add(index, score)
            failing.alone = self._sum >= self.settings.alarm and self._sure()
        if self._back_sum <= 0.0:
            self._back_first = index
        self._back_sum = max(self._back_sum - score, 0.0)
        if self._back_sum >= self._enough_to_end(failing):
            failing.end = self._back_first
            self._open, self._raised = None, None
            self._sum = 0.0
            self._learn(self._back_first, index)

    def _enough_to_end(self, failing: Failing) -> float:
        """A network that was told of by others takes no more to end than it had said itself."""
        if failing.alone or self._raised is None:
            return self.settings.back
        return min(self.settings.back, self._raised[1])

    def _learn(self, first: int, last: int, *, suspected: bool = False) -> None:
        """Learn hours as quiet; of some that half raised the alarm not those in which a test failed."""
        for hour in self.hours[first : last + 1]:
            if not (suspected and hour.any_failed):
                self._rates.learn(hour)

    # What the other networks of the same service need to know

    def active(self, now: datetime) -> bool:
        """Whether the service was tested here lately."""
        return self._next > 0 and now - self.hours[self._next - 1].start <= self.settings.pool_active

    def says(self, now: datetime) -> float:
        """How much this network says that the service fails, by now (nats).

        Nothing where a test has worked since the onset, or where all that failed failed weakly: what differs
        from the control's answer differs on many networks at once when the site itself changes.  Where the
        service is known to fail here, what was known when it was found, less what is forgotten since then:
        an onset elsewhere at about the same time is likelier for it, one weeks later is not.
        """
        if self._raised is not None:
            then, said = self._raised
            return 0.0 if self._back_sum > 0.0 else self._part(said, now - then)
        if not self.may_join:
            return 0.0
        return self._part(self._sum, now - self.hours[self._next - 1].start)

    def _part(self, said: float, ago: timedelta) -> float:
        return min(said * self._left_after(ago), self.settings.pool / 2)

    @property
    def may_join(self) -> bool:
        """Whether nothing but failures, not all of them weak, was seen here since the sum last left 0."""
        if self._open is not None or self._sum <= 0.0:
            return False
        since = self.hours[self._onset : self._next]
        return any(hour.plain or hour.page for hour in since) and not any(
            not test.failed for hour in since for test in hour.tests[_first_failed(hour) :]
        )

    def failed_in(self) -> frozenset[datetime]:
        """The hours since the onset in which a test failed."""
        return frozenset(hour.start for hour in self.hours[self._onset : self._next] if hour.any_failed)


def _first_failed(hour: Hour) -> int:
    """Where in an hour's tests the first that failed is; 0 where none did."""
    return next((place for place, test in enumerate(hour.tests) if test.failed), 0)
