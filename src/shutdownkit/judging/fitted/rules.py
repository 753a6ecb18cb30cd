"""The fitted rules."""

from __future__ import annotations

from ..rules.rule import Rule
from .agreement import AGREEMENT
from .clock import LOCAL_END, LOCAL_ONSET
from .length import DURATION
from .reading import FittedRule
from .recurrence import BURST, WHOLE_DAYS
from .weights import Weights

__all__ = ["FITTED", "fitted_rules"]

FITTED: tuple[FittedRule, ...] = (LOCAL_ONSET, LOCAL_END, DURATION, WHOLE_DAYS, BURST, AGREEMENT)
"""In the order in which reports and documents name them."""


def fitted_rules(weights: Weights) -> tuple[Rule, ...]:
    """The rules with these weights."""
    return tuple(fitted.rule(weights) for fitted in FITTED)
