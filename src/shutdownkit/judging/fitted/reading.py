"""What a fitted rule reads off an episode, apart from what that weighs.

A reading is a few numbers with names, the features, and a sentence.  The same code reads the incidents
that the weights are fitted to and the episodes that are judged, so that the two cannot drift apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from attrs import evolve, field, frozen

from ...model.verdict import Cause, CauseWeights
from ..facts import Facts
from ..rules.prior import PRIOR
from ..rules.rule import Finding, Rule, weighs
from .weights import Weights

__all__ = ["Feature", "FittedRule", "Reading"]

_OTHERS: tuple[Cause, ...] = tuple(cause for cause in Cause if cause is not Cause.DELIBERATE)


@frozen
class Feature:
    """A number that a rule reads, and what it means.

    Attributes:
        sign: ``+`` where the meaning speaks for "deliberate", ``-`` where it speaks against; a fit may give
            it no weight of the other sign.
        causes: what it says of causes besides (nats, against an unknown technical one) where no incidents
            of known cause tell; a proposal.
    """

    name: str
    sign: str
    meaning: str
    causes: CauseWeights = field(factory=lambda: CauseWeights({}))


@frozen
class Reading:
    """What was read off an episode.

    Attributes:
        features: a value for each feature that could be read; one that could not is absent, which is not
            the same as 0.
        text: what was seen, in a sentence.
    """

    features: Mapping[str, float]
    text: str


def _no_doubt(_: Facts) -> str:
    return ""


@frozen
class FittedRule:
    """A rule whose weights come from a fit.

    Attributes:
        features: what it reads.
        read: a reading; a finding where evidence is missing; None where the rule has nothing to say.
        doubt: why what was read may not speak for "deliberate", as the end of a sentence; empty where it
            may.  What was fitted holds as far as the list of incidents reaches, and no farther.
        The other attributes are those of :class:`~shutdownkit.judging.rules.rule.Rule`.
    """

    id: str
    summary: str
    source: str
    group: str
    fails: str
    features: tuple[Feature, ...]
    read: Callable[[Facts], Reading | Finding | None]
    doubt: Callable[[Facts], str] = _no_doubt

    def rule(self, weights: Weights) -> Rule:
        """The rule with these weights."""

        def judge(facts: Facts) -> Finding | None:
            reading = self.read(facts)
            if not isinstance(reading, Reading):
                return reading
            doubt = self.doubt(facts)
            text, read = reading.text, dict(reading.features)
            if doubt:
                text, read = f"{text[:-1]}; {doubt}.", self._doubted(read)
            ratio = weights.ratio(self.id, read, facts.knowledge)
            return weighs(text, _balanced(ratio, weights.causes(read)))

        return Rule(self.id, self.summary, self.source, self.group, judge, self.fails)

    def _doubted(self, features: Mapping[str, float]) -> dict[str, float]:
        """The features where what speaks for "deliberate" counts as not there."""
        against = {one.name for one in self.features if one.sign == "-"}
        return {name: value if name in against else 0.0 for name, value in features.items()}

    def without(self, feature: str) -> FittedRule:
        """The rule as it would be if it could not read a feature; to see what that is worth."""

        def read(facts: Facts) -> Reading | Finding | None:
            reading = self.read(facts)
            if not isinstance(reading, Reading):
                return reading
            kept = {name: value for name, value in reading.features.items() if name != feature}
            return Reading(kept, reading.text)

        return evolve(self, features=tuple(one for one in self.features if one.name != feature), read=read)


def _balanced(ratio: float, others: Mapping[Cause, float]) -> dict[Cause, float]:
    """Log-likelihoods in which "deliberate" stands at ``ratio`` against all others together.

    The others are shifted by one number, so that their mean likelihood, weighted with how common they
    are (the prior), is 1: what says "power" rather than "cable" must not change what says "deliberate".
    """
    total = math.fsum(PRIOR[cause] for cause in _OTHERS)
    mean = math.fsum(PRIOR[cause] * math.exp(others.get(cause, 0.0)) for cause in _OTHERS) / total
    shifted = {cause: others.get(cause, 0.0) - math.log(mean) for cause in _OTHERS}
    return {Cause.DELIBERATE: ratio, **shifted}
