"""Fit the weights of the fitted rules to a list of labelled incidents.

A logistic regression with three restrictions.  The sign of each weight is given by what its feature means.
Weights are shrunk towards 0 (a ridge of 1: the mode under a standard normal prior).  And the typical
outage, of which every rule can read everything, is given: it is deliberate in one of 21 to 34.  A free
intercept would follow the share of shutdowns in the list, which says how many curators found and nothing
else; and across folds of whole countries it would follow the one that is left out.

Each stage of knowledge is fitted for itself, because a feature weighs less where another tells the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache

import numpy as np
from attrs import define, evolve, field, frozen
from numpy.typing import NDArray
from scipy.optimize import minimize

import shutdownkit as sk
from shutdownkit.evaluating.cases import Case
from shutdownkit.files.incidents import Incident
from shutdownkit.judging.facts import Facts, Surroundings
from shutdownkit.judging.fitted.length import SO_FAR
from shutdownkit.judging.fitted.reading import Feature, FittedRule, Reading
from shutdownkit.judging.fitted.rules import FITTED
from shutdownkit.judging.fitted.weights import Baseline, Weight, Weights
from shutdownkit.judging.rules.prior import PRIOR
from shutdownkit.judging.rules.rule import Finding

Array = NDArray[np.float64]

TYPICAL: Mapping[sk.Knowledge, float] = {
    sk.Knowledge.ONSET: -3.0,
    sk.Knowledge.END: -3.5,
    sk.Knowledge.HINDSIGHT: -3.5,
}
"""Log-odds of "deliberate" for a typical outage, 1 in 21 to 1 in 34: the more is known of one that is typical
in all, the less likely it is.

Chosen on the scores across countries and forward in time: half a nat more or less hardly moves them.  With
more, probabilities of 0.1 to 0.2 are too high; with less, shutdowns are missed that are seen otherwise."""

RIDGE = 1.0
PRIOR_ODDS = math.log(PRIOR[sk.Cause.DELIBERATE] / (1.0 - PRIOR[sk.Cause.DELIBERATE]))

_ROUNDS = 4  # the baselines depend on the weights, and they on the baselines
_SMOOTH = 10.0  # outages of no particular cause that every cause is given beside its own
_MOST = 1.0  # nats that one feature says of a cause at most: nine known power cuts decide nothing
_LEAST = 5  # a cause with fewer known incidents has no weights of its own
_CAUSES = {
    "Power-Outage": sk.Cause.POWER,
    "Cable-Cut": sk.Cause.CABLE,
    "Weather": sk.Cause.DISASTER,
    "Earthquake": sk.Cause.DISASTER,
    "Other-Natural-Disaster": sk.Cause.DISASTER,
}
_COARSE = {
    "timing.local-hour": (timedelta(minutes=10), ("timing.local-hour", "timing.local-hour-end")),
    "recurrence.whole-days": (timedelta(hours=1), ("recurrence.whole-days",)),
}
"""Rules that read other features off coarser data: the bins, and the rules that fall silent then."""


@frozen(eq=False)
class Table:
    """What the rules read off the cases at one stage.

    Attributes:
        values: shape (cases, features); NaN where a feature could not be read.
        speaks: shape (cases, rules): whether the rule read anything.
    """

    knowledge: sk.Knowledge
    features: tuple[str, ...]
    rule_of: Array  # shape (features,): the index of the rule
    signs: Array
    values: Array
    speaks: NDArray[np.bool_]


def table_of(cases: Sequence[Case], knowledge: sk.Knowledge, rules: Sequence[FittedRule] = FITTED) -> Table:
    """Read the features of the cases."""
    return _table([case.facts[knowledge] for case in cases], knowledge, rules)


def _table(facts: Sequence[Facts], knowledge: sk.Knowledge, rules: Sequence[FittedRule]) -> Table:
    readings = [[_read(rule, one) for rule in rules] for one in facts]
    found = {name for row in readings for one in row if isinstance(one, Reading) for name in one.features}
    features = [(k, one) for k, rule in enumerate(rules) for one in rule.features if one.name in found]
    values = np.full((len(facts), len(features)), np.nan)
    speaks = np.zeros((len(facts), len(rules)), dtype=bool)
    column = {feature.name: k for k, (_, feature) in enumerate(features)}
    for row, read in enumerate(readings):
        for k, one in enumerate(read):
            if isinstance(one, Reading):
                speaks[row, k] = True
                for name, value in one.features.items():
                    values[row, column[name]] = value
    return Table(
        knowledge,
        tuple(feature.name for _, feature in features),
        np.array([rule for rule, _ in features], dtype=float),
        np.array([1.0 if feature.sign == "+" else -1.0 for _, feature in features]),
        values,
        speaks,
    )


@cache
def _read(rule: FittedRule, facts: Facts) -> Reading | Finding | None:
    """A reading, once: every fold asks for it again."""
    return rule.read(facts)


@frozen(eq=False)
class Stage:
    """The fit of one stage: weights by feature, baselines by rule, means of the typical outage."""

    table: Table
    weights: Array
    typical: Array
    baselines: Array

    def logits(self, table: Table, *, without: Sequence[int] = ()) -> Array:
        """Log-odds for cases that were read into a table of the same features."""
        used = np.isin(self.table.rule_of, list(without), invert=True)
        moved = np.where(np.isnan(table.values), 0.0, table.values - self.typical) * used
        rules = np.isin(np.arange(len(self.baselines)), list(without), invert=True)
        taken: Array = PRIOR_ODDS + moved @ self.weights + table.speaks @ (self.baselines * rules)
        return taken


def fit_stage(table: Table, shutdown: NDArray[np.bool_], shares: Array) -> Stage:
    """Fit one stage.

    Args:
        table: what was read.
        shutdown: shape (cases,): the labels.
        shares: shape (cases,): 1 through the number of incidents in the case's burst.
    """
    typical = TYPICAL[table.knowledge]
    means = _means(table.values, shares * ~shutdown)
    apart = _means(table.values, shares * shutdown) - means
    moved = np.where(np.isnan(table.values), 0.0, table.values - means)
    baselines = np.full(table.speaks.shape[1], (typical - PRIOR_ODDS) / table.speaks.shape[1])
    weights = np.zeros(len(table.features))
    for _ in range(_ROUNDS):
        offset = PRIOR_ODDS + table.speaks @ baselines
        weights = _logistic(moved, offset, shutdown, table.signs)
        strength = np.zeros(table.speaks.shape[1])
        np.add.at(strength, table.rule_of.astype(int), np.maximum(weights * apart, 0.0))
        strength *= table.speaks.any(axis=0)
        baselines = (typical - PRIOR_ODDS) * strength / strength.sum()
    return Stage(table, weights, means, baselines)


def _means(values: Array, shares: Array) -> Array:
    """The mean of each feature over the cases in which it was read, weighted."""
    known = ~np.isnan(values)
    total = np.maximum((known * shares[:, None]).sum(axis=0), 1e-12)
    means: Array = (np.where(known, values, 0.0) * shares[:, None]).sum(axis=0) / total
    return means


def _logistic(values: Array, offset: Array, truth: NDArray[np.bool_], signs: Array) -> Array:
    """Weights of the features, each of its sign, without intercept."""

    def loss(weights: Array) -> tuple[float, Array]:
        odds = offset + values @ weights
        slope = 1.0 / (1.0 + np.exp(-odds)) - truth
        total = np.logaddexp(0.0, odds).sum() - odds[truth].sum() + 0.5 * RIDGE * (weights @ weights)
        return float(total), values.T @ slope + RIDGE * weights

    bounds = [(0.0, None) if sign > 0 else (None, 0.0) for sign in signs]
    found = minimize(loss, np.zeros(values.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B")
    if not found.success:
        raise RuntimeError(f"the fit did not converge: {found.message}")
    weights: Array = found.x
    return weights


def fit(
    cases: Sequence[Case],
    *,
    incidents: Iterable[Incident] = (),
    rules: Sequence[FittedRule] = FITTED,
) -> Weights:
    """All weights, from labelled cases; from the incidents, what is known of causes besides."""
    shutdown = np.array([case.is_shutdown for case in cases])
    shares = _burst_shares(cases)
    kept = _Kept(shutdown)
    baselines: dict[str, dict[sk.Knowledge, float]] = {rule.id: {} for rule in rules}
    for knowledge in sk.Knowledge:
        table = table_of(cases, knowledge, rules)
        stage = fit_stage(table, shutdown, shares)
        kept.take(table, stage.weights, stage.typical)
        for k, rule in enumerate(rules):
            if table.speaks[:, k].any():
                baselines[rule.id][knowledge] = float(stage.baselines[k])
        for rule_id, (step, silent) in _COARSE.items():
            if any(rule.id == rule_id for rule in rules):
                coarse = _table([_coarse(case.facts[knowledge], step) for case in cases], knowledge, rules)
                without = [k for k, rule in enumerate(rules) if rule.id in silent]
                (own,) = [k for k, rule in enumerate(rules) if rule.id == rule_id]
                taken = baselines[rule_id].get(knowledge, 0.0) * coarse.speaks[:, own]
                _take_coarse(kept, coarse, own, stage.logits(table, without=without) + taken, shares)
        if knowledge is sk.Knowledge.ONSET:
            kept.take_so_far(cases, stage.logits(table))
    causes = _causes(incidents)
    found = [(rule, feature) for rule in rules for feature in rule.features if kept.has(feature)]
    return Weights(
        tuple(kept.weight(rule, feature, causes) for rule, feature in found),
        tuple(Baseline(rule.id, _rounded(baselines[rule.id])) for rule in rules),
    )


@define
class _Kept:
    """What was found, by feature."""

    shutdown: NDArray[np.bool_]
    by_feature: dict[str, dict[sk.Knowledge, float]] = field(factory=dict)
    typical: dict[str, float] = field(factory=dict)
    counts: dict[str, tuple[int, int]] = field(factory=dict)

    def has(self, feature: Feature) -> bool:
        return feature.name in self.by_feature

    def take(self, table: Table, weights: Array, typical: Array) -> None:
        """The weights of a table's features, and in how many incidents of either sort each is."""
        for column, name in enumerate(table.features):
            self.by_feature.setdefault(name, {})[table.knowledge] = float(weights[column])
            self.typical[name] = float(typical[column])
            there = np.nan_to_num(table.values[:, column]) != 0
            self.counts[name] = int((there & self.shutdown).sum()), int((there & ~self.shutdown).sum())

    def take_so_far(self, cases: Sequence[Case], onset: Array) -> None:
        """What lasting so long says on top of what was known at the onset, each on top of the one before."""
        ends = [one.episode.end for one in (case.incident for case in cases)]
        hours = np.array(
            [
                -1.0 if end is None else (end - case.incident.episode.onset) / timedelta(hours=1)
                for end, case in zip(ends, cases, strict=True)
            ]
        )
        before = 0.0
        for name, least in SO_FAR.items():
            lasting = hours >= least
            one = np.ones((int(lasting.sum()), 1))
            (shift,) = _logistic(one, onset[lasting], self.shutdown[lasting], np.ones(1))
            after = max(float(shift), before)
            self.by_feature[name], self.typical[name] = {sk.Knowledge.ONSET: after - before}, 0.0
            self.counts[name] = (
                int((lasting & self.shutdown).sum()),
                int((lasting & ~self.shutdown).sum()),
            )
            before = after

    def weight(
        self, rule: FittedRule, feature: Feature, causes: Mapping[str, Mapping[sk.Cause, float]]
    ) -> Weight:
        """The weight of one feature."""
        return Weight(
            feature=feature.name,
            rule=rule.id,
            sign=feature.sign,
            meaning=feature.meaning,
            by_stage=_rounded(self.by_feature[feature.name]),
            typical=round(self.typical[feature.name], 4),
            shutdowns=self.counts[feature.name][0],
            outages=self.counts[feature.name][1],
            causes={
                **{cause: weight for cause, weight in feature.causes.items() if weight},
                **causes.get(feature.name, {}),
            },
        )


def _take_coarse(kept: _Kept, coarse: Table, own: int, offset: Array, shares: Array) -> None:
    """Fit what one rule reads off coarser data, all else as it was fitted."""
    mine = coarse.rule_of == own
    values = coarse.values[:, mine]
    typical = _means(values, shares * ~kept.shutdown)
    moved = np.where(np.isnan(values), 0.0, values - typical)
    weights = _logistic(moved, offset, kept.shutdown, coarse.signs[mine])
    names = tuple(name for name, is_mine in zip(coarse.features, mine, strict=True) if is_mine)
    kept.take(evolve(coarse, features=names, values=values), weights, typical)


def _rounded(values: Mapping[sk.Knowledge, float]) -> dict[sk.Knowledge, float]:
    return {stage: round(value, 3) + 0.0 for stage, value in values.items()}


def _burst_shares(cases: Sequence[Case]) -> Array:
    bursts = [(case.incident.episode.entity, case.burst) for case in cases]
    sizes = {burst: bursts.count(burst) for burst in set(bursts)}
    return np.array([1.0 / sizes[burst] for burst in bursts])


@cache
def _coarse(facts: Facts, step: timedelta) -> Facts:
    """The same, as signals with longer bins would show it."""
    events = tuple(
        sk.Event(
            kind, facts.entity, facts.episode.window, depth=1.0, step=step, ongoing=facts.episode.ongoing
        )
        for kind in (sk.KINDS["bgp.visible-slash24s"], sk.KINDS["probing.up-slash24s"])
    )
    around = Surroundings(
        others=facts.around.others, listed=facts.around.listed, knowledge=facts.around.knowledge
    )
    return Facts(evolve(facts.episode, events=events), around)


def _causes(incidents: Iterable[Incident]) -> dict[str, dict[sk.Cause, float]]:
    """What the features say of causes of which enough incidents are known.

    The share of a cause's incidents that have the feature, smoothed with ten typical outages, against the
    share among all outages: the logarithm of the ratio, at most one nat.  Of incidents of every scope.
    """
    outages = [one for one in incidents if one.label == "outage"]
    read: dict[str, list[tuple[float, sk.Cause | None]]] = {}
    for one in outages:
        facts = Facts(one.episode, Surroundings(listed=one.planes, knowledge=sk.Knowledge.END))
        for rule in FITTED:
            if rule.id in _CAUSAL and isinstance(reading := rule.read(facts), Reading):
                for name, value in reading.features.items():
                    read.setdefault(name, []).append((value, _CAUSES.get(one.cause or "")))
    found: dict[str, dict[sk.Cause, float]] = {}
    for name, rows in read.items():
        usual = sum(value for value, _ in rows) / len(rows)
        for cause in sorted(set(_CAUSES.values()), key=list(sk.Cause).index):
            own = [value for value, known in rows if known is cause]
            if len(own) >= _LEAST and usual > 0:
                share = (sum(own) + _SMOOTH * usual) / (len(own) + _SMOOTH)
                ratio = max(-_MOST, min(_MOST, math.log(share / usual)))
                found.setdefault(name, {})[cause] = round(ratio, 3)
    return found


_CAUSAL = frozenset({"timing.duration", "planes.agreement"})
"""The rules that look at how it was, not at when: what they read differs between faults."""
