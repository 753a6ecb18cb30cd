"""The fitted weights, as a table that people can read.

``weights.toml`` is written by ``bench/fit_weights.py`` and by nothing else.  Each weight has a feature, a
sentence that says what the feature means, the sign that this meaning calls for, and a value for each stage
of knowledge; a value whose sign contradicts it is refused.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from typing import Any

from attrs import define, field, frozen

from ...errors import InvalidValueError
from ...model.checks import all_of, instance, member, number, store, text
from ...model.knowledge import Knowledge
from ...model.verdict import Cause

__all__ = ["Baseline", "Weight", "Weights", "shipped"]

_SIGNS = {"+": 1, "-": -1}


@frozen
class Weight:
    """What one feature weighs.

    Attributes:
        feature: its name.
        rule: the id of the rule that reads it.
        sign: ``+`` where the meaning speaks for "deliberate", ``-`` where it speaks against.
        meaning: what it means, in a sentence.
        by_stage: the log-likelihood ratio (nats) for each unit of the feature, for the stages of knowledge
            at which it can be read.
        typical: the feature's mean over the spontaneous outages of the list, each burst counted once.
        shutdowns, outages: in how many incidents of either sort it was read and not 0.
        causes: log-likelihoods (nats) of causes besides, against an unknown technical one.

    Raises:
        InvalidValueError: where a value's sign contradicts the meaning's.
    """

    feature: str
    rule: str
    sign: str
    meaning: str
    by_stage: Mapping[Knowledge, float]
    typical: float
    shutdowns: int
    outages: int
    causes: Mapping[Cause, float] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for name in ("feature", "rule", "meaning"):
            text(f"Weight.{name}", getattr(self, name))
        if self.sign not in _SIGNS:
            raise InvalidValueError("Weight.sign", self.sign, "is neither + nor -")
        for stage, value in self.by_stage.items():
            where = f"Weight({self.feature}).{stage.value}"
            if number(where, value) * _SIGNS[self.sign] < 0:
                raise InvalidValueError(where, value, f"contradicts the sign {self.sign} of its meaning")
        store(self, "typical", number("Weight.typical", self.typical))
        for cause, value in self.causes.items():
            member("Weight.causes", Cause, cause)
            number(f"Weight({self.feature}).causes.{cause.value}", value)


@frozen
class Baseline:
    """What a rule takes off when it speaks at all.

    The prior holds for an episode of which no rule says anything.  A typical outage, of which all of them
    do, is less likely to be deliberate; each rule takes its share of the difference.
    """

    rule: str
    by_stage: Mapping[Knowledge, float]


@define(frozen=True, slots=False)
class Weights:
    """All fitted weights.

    Raises:
        InvalidValueError: where a feature has two weights, or a rule two baselines.
    """

    weights: tuple[Weight, ...]
    baselines: tuple[Baseline, ...]

    def __attrs_post_init__(self) -> None:
        for name, cls in (("weights", Weight), ("baselines", Baseline)):
            object.__setattr__(self, name, all_of(f"Weights.{name}", cls, getattr(self, name)))
        features = [one.feature for one in self.weights]
        rules = [one.rule for one in self.baselines]
        for known in (features, rules):
            for name in known:
                if known.count(name) > 1:
                    raise InvalidValueError("Weights", name, "is there more than once")

    @cached_property
    def _by_feature(self) -> dict[str, Weight]:
        return {one.feature: one for one in self.weights}

    @cached_property
    def _by_rule(self) -> dict[str, Baseline]:
        return {one.rule: one for one in self.baselines}

    def ratio(self, rule: str, features: Mapping[str, float], knowledge: Knowledge) -> float:
        """Log-likelihood ratio (nats) of what a rule read: "deliberate" against all other causes.

        A feature that has no weight at this stage counts nothing.
        """
        instance("knowledge", Knowledge, knowledge)
        parts = [
            weight.by_stage.get(knowledge, 0.0) * (features[weight.feature] - weight.typical)
            for weight in self.weights
            if weight.rule == rule and weight.feature in features
        ]
        baseline = self._by_rule.get(rule)
        start = 0.0 if baseline is None else baseline.by_stage.get(knowledge, 0.0)
        return math.fsum((start, *parts))

    def causes(self, features: Mapping[str, float]) -> dict[Cause, float]:
        """What the features say of causes besides "deliberate" (nats)."""
        found: dict[Cause, float] = {}
        for feature, value in features.items():
            weight = self._by_feature.get(feature)
            if weight is not None:
                for cause, ratio in weight.causes.items():
                    found[cause] = found.get(cause, 0.0) + ratio * value
        return found


def read_weights(content: str) -> Weights:
    """The weights that a text in TOML says.

    Raises:
        InvalidValueError: for a weight that cannot be.
        tomllib.TOMLDecodeError, KeyError: for a text that is none of ours.
    """
    table = tomllib.loads(content)
    return Weights(
        tuple(_weight(row) for row in table["weight"]),
        tuple(Baseline(row["rule"], _by_stage(row)) for row in table["baseline"]),
    )


def _weight(row: Mapping[str, Any]) -> Weight:
    return Weight(
        feature=row["feature"],
        rule=row["rule"],
        sign=row["sign"],
        meaning=row["meaning"],
        by_stage=_by_stage(row),
        typical=row["typical"],
        shutdowns=row["shutdowns"],
        outages=row["outages"],
        causes={Cause(name): value for name, value in row.get("causes", {}).items()},
    )


def _by_stage(row: Mapping[str, Any]) -> dict[Knowledge, float]:
    return {stage: row[stage.value] for stage in Knowledge if stage.value in row}


def shipped() -> Weights:
    """The weights that come with this version."""
    return read_weights((files(__package__) / "weights.toml").read_text(encoding="utf-8"))
