"""Runs of disrupted bins in one series, found as they come.

A bin's *score* is the log-likelihood (nats) of its value if connectivity is lost against its value as
usual, clipped so that no single bin decides.  Scores are summed from the last time the sum was 0 (Page's
cumulative sum, 1954); when the sum passes :data:`ALARM` an event has begun.  It ends when the same sum,
of scores for "the level is back", passes it, and the recovery has lasted long enough not to be a pause.
A bin that was not measured scores 0: it neither starts nor ends anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest
from math import inf, isnan, sqrt

from attrs import define

__all__ = ["ALARM", "CLIP", "Segment", "Tracker"]

ALARM = 12.0  # nats: one false alarm in about e**12 = 160 000 bins of pure chance (Lorden 1971)
CLIP = 6.2  # nats a bin: two bins can raise the alarm, one cannot
_RECOVERY_CAP = 4 * CLIP
_DEEP_SHARE = 0.4  # an event with less than this left is deep: its end is looked for from there


@define
class Segment:
    """A run of disrupted bins: from ``start`` up to, not including, ``end`` (None while it lasts)."""

    start: int
    end: int | None = None


@define
class Bins:
    """One block of one series, as plain lists, which are faster to walk than arrays.

    Attributes:
        share: share of the expected level; NaN where not measured.
        variance: of each bin by chance alone, in the same unit squared.
        back: the share at which the level counts as back.
        back_shallow, back_deep: scores for "the level is back", after a shallow and a deep event.
    """

    share: Sequence[float]
    variance: Sequence[float]
    back: float
    back_shallow: Sequence[float]
    back_deep: Sequence[float]


@define
class Tracker:
    """Follows one series from block to block.

    Attributes:
        pause: the longest recovery, in bins, that may count as a pause within an outage.
        shortest: a recovery must last at least this many bins.
        day: bins in a day: a level that stays a whole day above the one at which an outage begins has
            ended it, even if it is not back at the old level.
    """

    pause: int
    shortest: int
    day: int
    sum: float = 0.0
    begun: int = 0
    active: Segment | None = None
    _recovery: float = 0.0
    _recovery_start: int = 0
    _back_sum: float = 0.0
    _back_variance: float = 0.0
    _above_start: int = -1
    _above_bins: int = 0
    _above_sum: float = 0.0
    _share_sum: float = 0.0
    _share_count: int = 0

    def walk(self, first: int, bins: Bins, scores: Sequence[float]) -> list[Segment]:
        """Go through one block whose first bin has the index ``first``.

        Args:
            first: index of the block's first bin in the series.
            bins: the block.
            scores: the scores for "connectivity is lost" up to the block's end, at least from its
                first bin and, where no event is open, from ``begun``.

        Returns:
            The segments that were open in this block, ended or not, in order.
        """
        found = [self.active] if self.active is not None else []
        scores_first = first + len(bins.share) - len(scores)
        for offset, share in enumerate(bins.share):
            if isnan(share):
                continue
            index = first + offset
            score = scores[index - scores_first]
            if self.active is None:
                if self._rises(index, score) and self._is_sure(
                    scores[self.begun - scores_first :][: index + 1 - self.begun]
                ):
                    found.append(self._open(index, scores, scores_first))
                continue
            self._continue(index, share, score, bins, offset)
        return found

    def _rises(self, index: int, score: float) -> bool:
        if self.sum <= 0.0:
            self.sum = 0.0
            self.begun = index
        self.sum += score
        return self.sum >= ALARM

    @staticmethod
    def _is_sure(since: Sequence[float]) -> bool:
        """Whether it takes no single bin: two are as bad as can be, or the rest would do."""
        worst, second = nlargest(2, since) if len(since) > 1 else (since[0], 0.0)
        return second >= 0.95 * CLIP or sum(since) - worst >= ALARM

    def _open(self, index: int, scores: Sequence[float], scores_first: int) -> Segment:
        """Begin an event: where bins half as bad as they are on average explain the scores best."""
        since = scores[self.begun - scores_first : index - scores_first + 1]
        bad = [score for score in since if score > 0.0]
        enough = 0.5 * sum(bad) / len(bad)
        start, best, total = index, -inf, 0.0
        for back, score in enumerate(reversed(since)):
            total += score - enough
            if total >= best and score > 0.0:
                start, best = index - back, total
        self.active = Segment(start)
        self._recovery = 0.0
        self._forget_above()
        self._share_sum, self._share_count = 0.0, 0
        return self.active

    def _continue(self, index: int, share: float, score: float, bins: Bins, offset: int) -> None:
        assert self.active is not None  # noqa: S101 - for the type checker
        is_deep = self._share_sum < _DEEP_SHARE * self._share_count
        back = bins.back_deep[offset] if is_deep else bins.back_shallow[offset]
        if self._recovery <= 0.0:
            self._recovery_start = index
            self._recovery = self._back_sum = self._back_variance = 0.0
        self._back_sum += share - bins.back
        self._back_variance += bins.variance[offset]
        self._recovery = min(self._recovery + back, _RECOVERY_CAP)
        if self._recovery <= 0.0:
            self._share_sum += share
            self._share_count += 1
        if self._above_start < 0:
            self._above_start = index
        self._above_sum += score
        self._above_bins += 1
        if self._above_sum > 0.0:
            self._forget_above()
        if self._recovered(index):
            self._close(self._recovery_start)
        elif self._above_start >= 0 and self._stays_above(index):
            self._close(self._above_start)

    def _recovered(self, index: int) -> bool:
        assert self.active is not None  # noqa: S101 - for the type checker
        lasted = index + 1 - self._recovery_start
        outage = self._recovery_start - self.active.start
        needed = max(self.shortest, min(self.pause, outage))
        return self._is_back() and lasted >= needed

    def _is_back(self) -> bool:
        """Whether the level is back for certain, and its mean, but for chance, as high as it must be."""
        return self._recovery >= ALARM and self._back_sum >= -sqrt(self._back_variance)

    def _stays_above(self, index: int) -> bool:
        return index + 1 - self._above_start >= self.day and self._above_bins * 2 >= self.day

    def _forget_above(self) -> None:
        self._above_start, self._above_bins, self._above_sum = -1, 0, 0.0

    def _close(self, end: int) -> None:
        assert self.active is not None  # noqa: S101 - for the type checker
        self.active.end = max(end, self.active.start + 1)
        self.active = None
        self.sum = 0.0

    def finish(self) -> None:
        """The data end here: a recovery that is certain but has not lasted long ends the event."""
        if self.active is not None and self._is_back():
            self._close(self._recovery_start)
