"""The level to expect, learnt day by day from what was not disrupted.

A batch of series on one grid is cut into *blocks* of one day and each block into *slots* of one hour (or
one bin, where bins are longer).  A block's expected level comes only from earlier blocks, in which every
disrupted bin was replaced by what had been expected there: so an outage never becomes the new normal,
however long it lasts, and the 72nd night of a nightly cut is judged against the nights before the first.

* At least three earlier weeks: the median of the same hour of the week over the last six.
* At least three earlier days: the median of the same hour of the day over the last seven.
* Less: one flat level, the median of what there is, with a band as wide as the daily swing seen so far.

How far a slot's level strays from the expected one on ordinary days (its *band*) and how much single
bins vary (its *noise*) are learnt the same way.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

__all__ = ["Blocks", "Expectation", "Learner", "blocks_for", "median", "slot_medians"]

Array = NDArray[np.float64]

_HOUR = 3600
_DAY = 86400
_WEEKS = 6
_DAYS = 7
_MIN_WEEKS = 3
_MIN_DAYS = 3
_LOW = 0.05  # a day's band is how far its lowest twentieth lies under the expected level
_LOW_Z2 = 2.7  # the square of the normal quantile at one twentieth
_MEDIAN_VARIANCE = 1.57  # variance of a median of normal values over that of their mean: pi / 2
_SEEN = 0.9  # with less of the day seen, what is not seen may be its night
_UNSEEN_BAND = 0.35
_FLAT_MARGIN = 1.5  # a flat level does not follow the night: the swing seen so far, and half as much
_FEW_DAYS_MARGINS = np.array([2.5, 2.5, 1.6, 1.0])  # for none, one, two and more days known
_MAD = 1.4826  # standard deviation of a normal variable over its median absolute deviation


@frozen
class Blocks:
    """How a grid is cut: ``bins`` a block, ``slots`` a block, ``cycle`` blocks in the longer period.

    ``cycle`` is 7 (days in a week), or 0 where the step does not divide a day: then no hour of the day
    is followed.
    """

    bins: int
    slots: int
    cycle: int

    @property
    def slot_bins(self) -> int:
        """Bins in a slot."""
        return self.bins // self.slots


def blocks_for(step_seconds: float) -> Blocks:
    """The blocks of a grid with this step."""
    whole = round(step_seconds)
    if whole != step_seconds or whole <= 0 or _DAY % whole:
        return Blocks(bins=24, slots=24, cycle=0)
    if _HOUR % whole == 0:
        return Blocks(bins=_DAY // whole, slots=24, cycle=7)
    return Blocks(bins=_DAY // whole, slots=_DAY // whole, cycle=7)


@frozen(eq=False)
class Expectation:
    """What one block is expected to be.

    Attributes:
        level: shape (n, bins); NaN where nothing is known.
        band: shape (n,): share by which an ordinary hour may lie under the level.
        noise: shape (n,): standard deviation of a single bin, as a share of the level.
    """

    level: Array
    band: Array
    noise: Array


class Learner:
    """Learns the expected level of ``n`` series block by block.

    Call :meth:`expect` for a block, judge it, then :meth:`learn` what was in it.
    """

    def __init__(self, blocks: Blocks, first: Array, chance: Array) -> None:
        """Begin with ``first``: shape (n, up to seven blocks of bins), the start of the series.

        ``chance``, shape (n,), is the standard deviation that counting alone gives a typical bin, as a
        share of its level: what it explains is no ordinary swing.

        The first day has no history; it is judged against itself and, where it holds less than half of
        what the following days hold, against them.
        """
        self._blocks = blocks
        self._chance = chance
        self._spread = _interpolation(blocks)
        self._slots: list[Array] = []
        self._days = np.zeros(len(first), dtype=np.intp)  # that were measured, at least half
        self._bands: list[Array] = []
        self._noises: list[Array] = []
        self._initial = self._bootstrap(first)

    def _bootstrap(self, first: Array) -> Expectation:
        n = len(first)
        slots = slot_medians(first.reshape(n, -1, self._blocks.bins), self._blocks)
        days = median(slots)  # (n, days)
        all_days = median(slots.reshape(n, -1))
        own = days[:, 0]
        low = np.isnan(own) | (own < 0.5 * all_days)
        level = np.where(low & (np.sum(~np.isnan(days), axis=1) >= _MIN_DAYS), all_days, own)
        level = np.where(np.isnan(level), all_days, level)
        noise = _column_min(
            _noise(first.reshape(n, -1, self._blocks.bins), np.broadcast_to(level[:, None], days.shape))
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            bands = self._band(slots / level[:, None, None], noise)
        with np.errstate(invalid="ignore"):
            bands = np.where(days >= 0.5 * level[:, None], bands, np.nan)
        band, few = _ordinary_first(bands)
        self._bands, self._noises = [band], [noise]
        band = np.minimum(band * np.where(few, _FEW_DAYS_MARGINS[1], _FLAT_MARGIN), 1.0)
        seen = np.mean(~np.isnan(slots[:, 0]), axis=1)
        band = np.where(seen < _SEEN, _unseen_hours(band, noise), band)
        return Expectation(np.repeat(level[:, None], self._blocks.bins, axis=1), band, noise)

    def expect(self) -> Expectation:
        """The expectation for the next block."""
        if not self._slots:
            return self._initial
        band, noise = self._band_so_far(), self._ordinary(self._noises)
        cycle = self._blocks.cycle
        weekly = self._slots[-cycle::-cycle][:_WEEKS] if cycle else []
        if len(weekly) < _MIN_WEEKS:
            profile, band = self._by_day(band, noise)
        else:
            profile, known = _followed(weekly, _MIN_WEEKS)
            if not known.all():
                by_day, wider = self._by_day(band, noise)
                profile = np.where(known, profile, by_day)
                band = np.where(known.all(axis=1), band, wider)
        below, above, share = self._spread
        return Expectation(profile[:, below] * (1.0 - share) + profile[:, above] * share, band, noise)

    def _band(self, ratio: Array, noise: Array) -> Array:
        """Shape (n, days, slots) and (n,) to (n, days): how far ordinary slots lie under the level.

        The depth of the lowest twentieth of the slots, less what the noise of single bins explains.
        """
        ordered = np.sort(ratio, axis=-1)
        count = np.sum(~np.isnan(ratio), axis=-1)
        index = np.clip((_LOW * count).astype(int), 0, ratio.shape[-1] - 1)
        low = np.take_along_axis(ordered, index[..., None], axis=-1)[..., 0]
        depth = np.clip(1.0 - low, 0.0, 1.0)
        per = self._blocks.slot_bins
        of_slot = _MEDIAN_VARIANCE / per if per > 1 else 1.0
        explained = _LOW_Z2 * of_slot * np.maximum(noise, self._chance)[:, None] ** 2
        return np.sqrt(np.maximum(depth**2 - explained, 0.0))

    def _by_day(self, band: Array, noise: Array) -> tuple[Array, Array]:
        """Each hour's level over the last days, shape (n, slots), and the band that goes with it.

        An hour that too few days have seen is expected to be as low as the lowest that is known.
        """
        recent = self._slots[-_DAYS:]
        profile, known = _followed(recent, _MIN_DAYS if self._blocks.cycle else np.inf)
        no_profile = known.mean(axis=1) < _SEEN
        if not no_profile.any() and known.all():
            return profile, band
        flat = median(median(np.stack(recent, axis=-1)))
        flat = np.where(np.isnan(flat), self._initial.level[:, 0], flat)
        seen = np.mean(~np.isnan(np.stack(recent)).all(axis=0), axis=1)
        swing = np.maximum(band, self._swing(recent, flat, noise))
        unseen = np.where(seen < _SEEN, _unseen_hours(swing, noise), swing)
        lowest = np.min(np.where(known, profile, np.inf), axis=1)
        fallback = np.where(no_profile, flat, np.minimum(flat, lowest))
        return np.where(known, profile, fallback[:, None]), np.where(no_profile, unseen, band)

    def _swing(self, recent: list[Array], flat: Array, noise: Array) -> Array:
        """How far the lowest hours so far lie under one flat level, and some more while days are few."""
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.concatenate(recent, axis=1)[:, None] / flat[:, None, None]
        swing = np.nan_to_num(self._band(ratio, noise)[:, 0], nan=0.0)
        return swing * np.maximum(self._margin(), _FLAT_MARGIN)

    @staticmethod
    def _ordinary(days: list[Array]) -> Array:
        """The second largest of the last seven days; of fewer than three, the largest."""
        known = days[1:] or days  # the first is a guess, made before any day was judged
        recent = np.sort(np.stack(known[-_DAYS:], axis=-1), axis=-1)
        return recent[:, -2] if recent.shape[1] >= _MIN_DAYS else recent[:, -1]

    def _band_so_far(self) -> Array:
        """The ordinary band; wider while so few days are known that a night may yet go lower."""
        return self._ordinary(self._bands) * self._margin()

    def _margin(self) -> Array:
        return _FEW_DAYS_MARGINS[np.minimum(self._days, _MIN_DAYS)]

    def learn(self, clean: Array, expectation: Expectation, disrupted: NDArray[np.bool_]) -> None:
        """Take in a judged block.

        Args:
            clean: shape (n, bins), the block's values with the expected level in place of every
                disrupted bin, NaN where not measured.
            expectation: what was expected of it.
            disrupted: shape (n, bins), True where the bin was replaced.
        """
        slots = slot_medians(clean[:, None, :], self._blocks)[:, 0]
        level = slot_medians(expectation.level[:, None, :], self._blocks)[:, 0]
        noise = _noise(clean[:, None, :], median(level)[:, None])[:, 0]
        with np.errstate(invalid="ignore", divide="ignore"):
            band = self._band(slots[:, None] / level[:, None], expectation.noise)[:, 0]
        usable = np.sum(~np.isnan(clean) & ~disrupted, axis=1) * 2 >= self._blocks.bins
        self._slots.append(slots)
        self._days += np.mean(~np.isnan(slots), axis=1) >= 0.5
        self._bands.append(np.where(usable & ~np.isnan(band), band, self._ordinary(self._bands)))
        self._noises.append(np.where(usable & ~np.isnan(noise), noise, self._ordinary(self._noises)))


def _interpolation(blocks: Blocks) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """For each bin of a block the slots before and after it, and how near it is to the latter (0..1).

    Levels are linear between the middles of slots, and the day's end joins its beginning.
    """
    position = (np.arange(blocks.bins) + 0.5) / blocks.slot_bins - 0.5
    below = np.floor(position).astype(np.intp)
    return below % blocks.slots, (below + 1) % blocks.slots, position - below


def slot_medians(values: Array, blocks: Blocks) -> Array:
    """Shape (n, days, bins) to (n, days, slots)."""
    if blocks.slot_bins == 1:
        return values
    return median(values.reshape(*values.shape[:-1], blocks.slots, blocks.slot_bins))


def median(values: Array) -> Array:
    """Median over the last axis of what is not NaN; NaN where all is.  Faster than numpy's own."""
    ordered = np.sort(values, axis=-1)
    count = np.sum(~np.isnan(values), axis=-1)
    low = np.maximum(count - 1, 0) // 2
    high = np.where(count > 0, count // 2, 0)
    pick = np.take_along_axis(ordered, np.stack([low, high], axis=-1), axis=-1)
    return 0.5 * (pick[..., 0] + pick[..., 1])


def _column_min(values: Array) -> Array:
    """Least over the last axis of what is not NaN; 0 where all is."""
    least = np.min(np.where(np.isnan(values), np.inf, values), axis=-1)
    return np.where(np.isinf(least), 0.0, least)


def _followed(days: list[Array], at_least: float) -> tuple[Array, NDArray[np.bool_]]:
    """Slot by slot the median over days, and where at least so many days have a value."""
    stack = np.stack(days, axis=-1)
    return median(stack), np.sum(~np.isnan(stack), axis=-1) >= at_least


def _unseen_hours(band: Array, noise: Array) -> Array:
    """The band where hours of the day have never been seen: they may lie lower than those that have.

    A series that does not vary at all (a routing table) is not expected to begin.
    """
    return np.maximum(band, np.minimum(_UNSEEN_BAND, 8.0 * (band + noise)))


def _ordinary_first(bands: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Shape (n, days) to (n,): the second largest of the first days; of fewer than three, the largest.

    And where there were fewer.
    """
    few = np.sum(~np.isnan(bands), axis=-1) < _MIN_DAYS
    ordered = np.sort(np.where(np.isnan(bands), 0.0, bands), axis=-1)
    second = ordered[:, -2] if ordered.shape[1] > 1 else ordered[:, -1]
    return np.where(few, ordered[:, -1], second), few


def _noise(values: Array, level: Array) -> Array:
    """Shape (n, days, bins) and (n, days) to (n, days): a bin's standard deviation over the level.

    From the median absolute difference of neighbouring bins, which neither trends nor outages move.
    """
    if values.shape[-1] < _MIN_DAYS:
        return np.zeros(values.shape[:-1])
    jump = median(np.abs(np.diff(values, axis=-1)))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(level > 0, _MAD * jump / np.sqrt(2.0) / level, 0.0)
