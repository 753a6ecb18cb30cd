"""How often a service fails on a network that nobody blocks, and what an hour's tests say against that."""

from __future__ import annotations

from math import log, sqrt

from attrs import define, field

from .spell_settings import SpellSettings
from .streams import Hour

__all__ = ["QuietRates"]


@define
class QuietRates:
    """The shares of tests that fail plainly and weakly on one network while it is quiet.

    Of each a beta distribution is known: the prior's share, as if seen in ``settings.prior`` tests, and the
    tests of quiet hours, the older the fewer (:attr:`SpellSettings.memory`).  Taken is its mean and
    ``settings.doubt`` standard deviations, so that a network of which little is known tells less.
    """

    settings: SpellSettings
    _plain: float = field(default=0.0, init=False)
    _weak: float = field(default=0.0, init=False)
    _tests: float = field(default=0.0, init=False)

    def learn(self, hour: Hour) -> None:
        """Count an hour that was quiet."""
        keep = self.settings.memory
        self._plain = self._plain * keep + hour.plain + hour.page
        self._weak = self._weak * keep + hour.weak
        self._tests = self._tests * keep + hour.failed + hour.worked

    @property
    def plain(self) -> float:
        """The share that fails plainly."""
        return self._share(self._plain, self.settings.plain, self.settings.plain_least)

    @property
    def weak(self) -> float:
        """The share that fails weakly."""
        return self._share(self._weak, self.settings.weak, self.settings.weak_least)

    def score(self, hour: Hour) -> float:
        """Log-likelihood (nats) of an hour's witnesses if the service is blocked against if it is quiet.

        For a failure log(blocked / share) with the share of its kind, for a test that worked log of the
        ratio of what is left; summed over witnesses, and clipped.
        """
        settings = self.settings
        works = max(1.0 - settings.most, 1.0 - self.plain - self.weak)
        score = (
            hour.page * log(settings.blocked / settings.page)
            + hour.plain * log(settings.blocked / self.plain)
            + hour.weak * log(settings.blocked / self.weak)
            + hour.worked * log((1.0 - settings.blocked) / works)
        )
        return min(max(score, -settings.clip), settings.clip_page if hour.page else settings.clip)

    def _share(self, seen: float, usual: float, least: float) -> float:
        prior = self.settings.prior
        tests = self._tests + prior
        share = (seen + usual * prior) / tests
        share += self.settings.doubt * sqrt(share * (1.0 - share) / (tests + 1.0))
        return min(max(share, least), self.settings.most)
