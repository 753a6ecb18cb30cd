"""How well the fitted rules tell shutdowns from outages: ``python bench/attribution.py [INCIDENTS.csv]``.

Every score is of incidents that the weights were not fitted to: of countries that were left out (ten
groups of whole countries), or of the time after the fit (fitted before July 2020, asked after).  Beside
them stands a plain logistic regression of scikit-learn on the same features and folds.

Then: the reliability table, what each rule and each feature is worth, and what context adds.  Nothing here
is random.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from attrs import frozen
from fit_weights import DATA, INCIDENTS, national
from fitting import Array, fit, table_of
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

import shutdownkit as sk
from shutdownkit.evaluating.cases import Case, cases_of
from shutdownkit.evaluating.evaluation import Scores, Unit
from shutdownkit.evaluating.scores import score
from shutdownkit.files.countries import country_code
from shutdownkit.files.incidents import Incident
from shutdownkit.judging.attribute import attribution_of
from shutdownkit.judging.fitted.reading import FittedRule
from shutdownkit.judging.fitted.rules import FITTED
from shutdownkit.judging.fitted.weights import Weights
from shutdownkit.judging.rules import context
from shutdownkit.judging.rules.prior import PRIOR
from shutdownkit.judging.rules.rule import RuleSet

FORWARD = datetime(2020, 7, 1, tzinfo=UTC)
GROUPS = 10
ELECTIONS = DATA / "context" / "elections-reign-2021-03.csv"

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
Model = Callable[[Sequence[Case], Sequence[Case], sk.Knowledge], Array]


@frozen
class Folds:
    """How cases are set apart: pairs of those fitted to and those asked."""

    name: str
    pairs: tuple[Fold, ...]

    @property
    def asked(self) -> NDArray[np.intp]:
        """The cases that are asked, in order."""
        return np.sort(np.concatenate([asked for _, asked in self.pairs]))


def across_countries(cases: Sequence[Case]) -> Folds:
    groups = [str(case.incident.episode.entity) for case in cases]
    split = GroupKFold(GROUPS).split(np.zeros(len(cases)), groups=groups)
    return Folds("leave-country-out", tuple((known, asked) for known, asked in split))


def forward(cases: Sequence[Case]) -> Folds:
    late = np.array([case.incident.episode.onset >= FORWARD for case in cases])
    return Folds("forward in time", ((np.flatnonzero(~late), np.flatnonzero(late)),))


def said_by(model: Model, cases: Sequence[Case], folds: Folds, stage: sk.Knowledge) -> Array:
    """What a model says of the cases that are asked, in their order."""
    said = np.full(len(cases), np.nan)
    for known, asked in folds.pairs:
        said[asked] = model([cases[k] for k in known], [cases[k] for k in asked], stage)
    return said[folds.asked]


# --- the models


def ours(rules: Sequence[FittedRule] = FITTED, *, with_context: bool = False) -> Model:
    """The weights fitted to some, as rules that are asked about others: the way they ship."""
    fitted: dict[tuple[int, ...], Weights] = {}

    def model(known: Sequence[Case], asked: Sequence[Case], stage: sk.Knowledge) -> Array:
        fold = tuple(id(case) for case in known)
        if fold not in fitted:
            fitted[fold] = fit(known, rules=rules)
        chosen = tuple(rule.rule(fitted[fold]) for rule in rules)
        if with_context:
            chosen += (context.REPORTED, context.POLITICS)
        ruleset = RuleSet("bench", PRIOR, chosen)
        judged = [attribution_of(case.facts[stage], ruleset) for case in asked]
        return np.array([one.p_deliberate if with_context else one.p_measured for one in judged])

    return model


def plain(known: Sequence[Case], asked: Sequence[Case], stage: sk.Knowledge) -> Array:
    """The peer: scikit-learn's logistic regression as it comes."""
    table = table_of([*known, *asked], stage)
    values = np.nan_to_num(table.values)
    truth = [case.is_shutdown for case in known]
    model = LogisticRegression(max_iter=2000).fit(values[: len(known)], truth)
    said: Array = model.predict_proba(values[len(known) :])[:, 1]
    return said


# --- what is printed


def print_scores(cases: Sequence[Case], folds: Sequence[Folds]) -> None:
    print(f"{'':42s}     n   sd  at 0.5: P     R     F1    FPR   at 0.8: P     R    FPR    AUC   Brier  ECE")
    for fold in folds:
        asked = [cases[k] for k in fold.asked]
        models = (("shutdownkit", ours()), ("plain logistic regression", plain))
        for stage in sk.Knowledge:
            for name, model in models:
                said = said_by(model, cases, fold, stage)
                for unit in Unit:
                    where = f"{fold.name}, {stage.value}, {unit.value}"
                    print(f"{where:50s} {name:12.12s}{line(score(said.tolist(), asked, stage, unit))}")
        print()


def line(found: Scores) -> str:
    """One line of figures."""
    even, likely = found.at
    cells = [
        *(even.precision, even.recall, even.f1, even.false_positive_rate),
        *(likely.precision, likely.recall, likely.false_positive_rate),
        *(found.auc, found.brier, found.calibration_error),
    ]
    return f"{found.n:5d} {found.shutdowns:4d} " + " ".join(
        "    -" if one is None else f"{one:5.3f}" for one in cells
    )


def print_reliability(cases: Sequence[Case], folds: Folds) -> None:
    asked = [cases[k] for k in folds.asked]
    model = ours()
    for stage in sk.Knowledge:
        found = score(said_by(model, cases, folds, stage).tolist(), asked, stage, Unit.EVENT)
        print(f"reliability, {folds.name}, {stage.value}: calibration error {found.calibration_error:.3f}")
        for one in found.reliability:
            if one.n:
                said = f"said {one.said:.2f}  were {one.were:.2f}"
                print(f"  {one.low:4.2f} to {one.high:4.2f}  {one.n:4d}  {said}")
    print()


def print_worth(cases: Sequence[Case], folds: Folds) -> None:
    """What each rule and each feature is worth: the scores without it."""
    asked = [cases[k] for k in folds.asked]
    were = np.array([case.is_shutdown for case in asked])

    def told(name: str, rules: Sequence[FittedRule]) -> None:
        model = ours(rules)
        for stage in (sk.Knowledge.END, sk.Knowledge.HINDSIGHT):
            said = said_by(model, cases, folds, stage)
            every, first = (score(said.tolist(), asked, stage, unit) for unit in (Unit.EVENT, Unit.FIRST))
            loss = -np.mean(np.log(np.where(were, said, 1.0 - said)))
            even = every.at[0]
            print(
                f"  {name:24s} {stage.value:10s} log loss {loss:.4f}  AUC {every.auc:.3f}  F1 {even.f1:.3f}"
                f"  FPR {even.false_positive_rate:.3f}  first AUC {first.auc:.3f}"
            )

    print(f"without one rule, fitted again, {folds.name}")
    told("(all)", FITTED)
    for rule in FITTED:
        told(rule.id, [other for other in FITTED if other is not rule])
    print(f"without one feature, fitted again, {folds.name}")
    for name, rules in without_each_feature():
        told(name, rules)
    print()


def without_each_feature() -> Iterator[tuple[str, tuple[FittedRule, ...]]]:
    for rule in FITTED:
        for feature in rule.features:
            if not feature.name.startswith("so-far") and not feature.name.endswith((".coarse", ".hourly")):
                yield feature.name, tuple(one.without(feature.name) for one in FITTED)


def print_context(
    incidents: Sequence[Incident], folds_of: Sequence[Callable[[Sequence[Case]], Folds]]
) -> None:
    """What elections add: the only context of which there is a list."""
    events = tuple(elections(ELECTIONS))
    countries = [one for one in incidents if one.episode.entity.kind is sk.EntityKind.COUNTRY]
    cases = cases_of(countries, context=events)
    near = [case for case in cases if context.POLITICS.findings(case.facts[sk.Knowledge.HINDSIGHT])]
    print(
        f"with {len(events)} voting days of REIGN as context: they lie near {len(near)} incidents, "
        f"{sum(case.is_shutdown for case in near)} of them shutdowns"
    )
    for make in folds_of:
        folds = make(cases)
        asked = [cases[k] for k in folds.asked]
        models = {with_context: ours(with_context=with_context) for with_context in (False, True)}
        for stage in sk.Knowledge:
            for with_context, model in models.items():
                said = said_by(model, cases, folds, stage)
                for unit in (Unit.EVENT, Unit.FIRST):
                    what = "with context" if with_context else "measured"
                    print(
                        f"{folds.name + ', ' + stage.value + ', ' + unit.value:50s} {what:12s}"
                        f"{line(score(said.tolist(), asked, stage, unit))}"
                    )
    print()


def elections(path: Path) -> Iterator[sk.ContextEvent]:
    """The voting days of the list REIGN, which names countries in English."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = country_code(row["country"].strip())
            day = [row[name].strip() for name in ("elec_year", "elec_month", "elec_day")]
            if code is None or not all(day) or not row["event"].startswith("Vote"):
                continue
            start = datetime(*map(int, day), tzinfo=UTC)  # type: ignore[misc, arg-type]
            window = sk.TimeWindow(start, start + timedelta(days=1))
            entity = sk.Entity.parse(code)
            yield sk.ContextEvent(sk.ContextKind.ELECTION, entity, window, "A vote.", "REIGN, March 2021")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("incidents", nargs="?", type=Path, default=INCIDENTS)
    asked = parser.parse_args()
    incidents, cases = national(asked.incidents)
    folds = (across_countries(cases), forward(cases))
    print_scores(cases, folds)
    for one in folds:
        print_reliability(cases, one)
    print_context(incidents, (across_countries, forward))
    print_worth(cases, folds[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
