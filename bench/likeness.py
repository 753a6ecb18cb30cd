"""What it says that two episodes began at one hour, lasted as long, and fell on the same planes.

    python bench/likeness.py [--incidents FILE] [--check | --write]

Measured on the national incidents of IODA's curated list.  Two incidents are of the same switch if they are
consecutive among one country's labelled shutdowns with the cause Government-Ordered or Exams and begin at
most 7 days apart; that says nothing of the hour.  Unrelated are any two incidents of two countries.  Each
country (of unrelated ones: each pair of countries) counts the same.  All pairs are enumerated and nothing is
drawn at random.

Prints the distributions, with pairs of one shutdown and one other incident of the same country beside them,
and how well it separates, with the figures fitted without the country that is judged.  ``--write`` writes the
file that ships; ``--check`` fails (status 1) if the shipped file is another.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
import tomllib
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from importlib import resources
from itertools import combinations, pairwise, product
from pathlib import Path

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from shutdownkit.files.incidents import Incident, IncidentWarning, read_labelled_incidents
from shutdownkit.judging.likeness.features import features_of
from shutdownkit.judging.likeness.signature import PlaneFall, Signature, signature_of
from shutdownkit.judging.likeness.table import MEASURED, Likeness, likeness_of_tables
from shutdownkit.judging.likeness.weighing import compare_signatures
from shutdownkit.model.entity import EntityKind
from shutdownkit.model.kinds import Plane

EDGES: dict[str, tuple[float, ...]] = {
    "clock": (15.0, 60.0, 180.0),
    "duration": (0.15, 1.0, 2.0),
    "planes": (0.2, 0.5),
}
MEANING = {
    "clock": "minutes between the two onsets on the clock, round midnight; local, UTC where zones differ",
    "duration": "doublings from the shorter to the longer (0.15 is a tenth longer, 1 twice as long)",
    "planes": "1 - shared / all of the planes that fell in either",
}
PSEUDO = 0.5  # Jeffreys' pseudo-count a rung, in effective pairs of the same switch (Kish's effective size)
ORDERED = frozenset({"Government-Ordered", "Exams"})
WEEK = timedelta(days=7)
PLANES = {"bgp": Plane.ROUTING, "probing": Plane.PROBING, "telescope": Plane.BACKGROUND}
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"

Array = NDArray[np.float64]


@frozen
class Listed:
    """One incident of the list."""

    incident: Incident
    signature: Signature

    @property
    def country(self) -> str:
        return self.incident.episode.entity.code


@frozen
class Pair:
    """Two incidents, and how far apart they are in each measured feature that both have."""

    first: Listed
    second: Listed
    rungs: dict[str, int]

    @property
    def group(self) -> str:
        """Pairs of one group count together as much as those of another."""
        return "-".join(sorted({self.first.country, self.second.country}))


def listed(path: Path) -> list[Listed]:
    """The national incidents, ordered by onset, with the planes that the list calls fallen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IncidentWarning)
        incidents = read_labelled_incidents(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = dict(enumerate(csv.DictReader(file), start=2))
    found = []
    for incident in incidents:
        if incident.episode.entity.kind is EntityKind.COUNTRY:
            row = rows[incident.line]
            fell = tuple(PlaneFall(plane) for name, plane in PLANES.items() if row[name] == "True")
            held = tuple(plane for name, plane in PLANES.items() if row[name] != "True")
            signature = evolve(signature_of(incident.episode), fell=fell, held=held)
            found.append(Listed(incident, signature))
    return sorted(found, key=lambda one: (one.incident.episode.onset, one.country, one.incident.line))


def pair(first: Listed, second: Listed) -> Pair:
    """Two incidents compared.  The rungs depend on the edges, not on the weights."""
    features = features_of(first.signature, second.signature, BY_EDGES)
    return Pair(first, second, {one.name: one.rung for one in features if one.rung is not None})


def same_switch(incidents: Sequence[Listed]) -> list[Pair]:
    """Consecutive ordered shutdowns of one country, at most a week apart."""
    by_country: dict[str, list[Listed]] = defaultdict(list)
    for one in incidents:
        if one.incident.label == "shutdown" and one.incident.cause in ORDERED:
            by_country[one.country].append(one)
    return [
        pair(first, second)
        for group in by_country.values()
        for first, second in pairwise(group)
        if second.incident.episode.onset - first.incident.episode.onset <= WEEK
    ]


def same_country(incidents: Sequence[Listed]) -> list[Pair]:
    """One labelled shutdown and one incident that is not, of the same country."""
    return [
        pair(first, second)
        for first, second in combinations(incidents, 2)
        if first.country == second.country
        and (first.incident.label == "shutdown") != (second.incident.label == "shutdown")
    ]


def unrelated(incidents: Sequence[Listed]) -> list[Pair]:
    """Any two incidents of two countries."""
    return [
        pair(first, second) for first, second in combinations(incidents, 2) if first.country != second.country
    ]


def weights_of(pairs: Sequence[Pair]) -> Array:
    """Each pair's weight: groups (a country, a pair of countries) count the same; they sum to 1."""
    sizes = Counter(one.group for one in pairs)
    weights = np.array([1.0 / sizes[one.group] for one in pairs])
    return weights / weights.sum() if len(pairs) else weights


def shares(pairs: Sequence[Pair], name: str) -> tuple[Array, int, float]:
    """Share of the pairs on each rung, how many pairs have the feature, and their effective number."""
    have = [one for one in pairs if name in one.rungs]
    weights = weights_of(have)
    found = np.zeros(len(EDGES[name]) + 1)
    for one, weight in zip(have, weights, strict=True):
        found[one.rungs[name]] += weight
    effective = 1.0 / float(np.sum(weights**2)) if have else 0.0
    return found, len(have), effective


def smoothed(found: Array, effective: float) -> Array:
    """Shares with the pseudo-count added to every rung."""
    return (found * effective + PSEUDO) / (effective + PSEUDO * len(found))


def falling(values: Array, sizes: Array) -> list[float]:
    """The nearest values that never rise (pool adjacent violators), each with its size as weight."""
    pools: list[list[float]] = []
    for value, size in zip(values.tolist(), sizes.tolist(), strict=True):
        pools.append([value, size, 1.0])
        while len(pools) > 1 and pools[-2][0] < pools[-1][0]:
            high, low = pools.pop(), pools.pop()
            both = low[1] + high[1]
            pools.append([(low[0] * low[1] + high[0] * high[1]) / both, both, low[2] + high[2]])
    return [pool[0] for pool in pools for _ in range(int(pool[2]))]


def slope(alike: Array, alike_weights: Array, other: Array, other_weights: Array) -> float:
    """Of a logistic regression on the summed weight, both classes counting the same; within 0..1."""
    x = np.concatenate([alike, other])
    y = np.concatenate([np.ones(len(alike)), np.zeros(len(other))])
    w = np.concatenate([alike_weights, other_weights])
    design = np.stack([np.ones_like(x), x], axis=1)
    beta = np.zeros(2)
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-design @ beta))
        hessian = design.T @ (design * (w * p * (1 - p))[:, None]) + 1e-9 * np.eye(2)
        beta = beta + np.linalg.solve(hessian, design.T @ (w * (y - p)))
    return float(min(1.0, max(0.0, beta[1])))


def raw_weight(one: Pair, ladders: Mapping[str, Sequence[float]]) -> float:
    return math.fsum(ladders[name][rung] for name, rung in one.rungs.items() if name in ladders)


def complete(pairs: Iterable[Pair]) -> list[Pair]:
    """Those in which all measured features can be compared."""
    return [one for one in pairs if all(name in one.rungs for name in MEASURED)]


def fitted(alike: Sequence[Pair], other: Sequence[Pair]) -> dict[str, object]:
    """What measured.toml holds."""
    tables: dict[str, object] = {}
    ladders: dict[str, list[float]] = {}
    for name in MEASURED:
        same, same_pairs, same_size = shares(alike, name)
        apart, apart_pairs, apart_size = shares(other, name)
        sizes = smoothed(same, same_size) * same_size + smoothed(apart, apart_size) * apart_size
        ratio = np.log(smoothed(same, same_size) / smoothed(apart, apart_size))
        ladders[name] = [round(value, 3) for value in falling(ratio, sizes)]
        tables[name] = {
            "meaning": MEANING[name],
            "edges": list(EDGES[name]),
            "weights": ladders[name],
            "same_switch": [round(float(share), 4) for share in same],
            "unrelated": [round(float(share), 4) for share in apart],
            "same_switch_pairs": same_pairs,
            "same_switch_effective": round(same_size, 1),
            "unrelated_pairs": apart_pairs,
        }
    whole = [complete(alike), complete(other)]
    raw = [np.array([raw_weight(one, ladders) for one in pairs]) for pairs in whole]
    weights = [weights_of(pairs) for pairs in whole]
    shrink = slope(raw[0], weights[0], raw[1], weights[1])
    joint: dict[tuple[int, ...], float] = defaultdict(float)
    for one, weight in zip(whole[1], weights[1], strict=True):
        joint[tuple(one.rungs[name] for name in MEASURED)] += float(weight)
    cells = product(*(range(len(EDGES[name]) + 1) for name in MEASURED))
    return {
        "shrink": round(shrink, 3),
        **tables,
        "unrelated": {
            "meaning": "share of the unrelated pairs on each combination of rungs: clock, duration, planes "
            "(the last runs fastest)",
            "pairs": len(whole[1]),
            "shares": [round(joint.get(cell, 0.0), 8) for cell in cells],
        },
    }


def as_toml(figures: Mapping[str, object]) -> str:
    """The shipped file."""
    lines = [
        "# Written by bench/likeness.py; do not edit.  Measured on IODA's curated list, 2018-2022",
        "# (InetIntel/internet_outages; Bischof et al., SIGCOMM 2023), national ones only.",
        "#",
        "# same_switch: share on each rung of the pairs of consecutive shutdowns of one country, ordered or",
        "# for exams, at most 7 days apart; each country counts the same, so few effective pairs are left.",
        "# unrelated: of any two incidents of two countries; each pair of countries counts the same.",
        f"# weights: log of the ratio, nats, with {PSEUDO} pairs added to each rung, made never to rise.",
        "# shrink: slope of a logistic regression of the pairs on the summed weight, at most 1: the features",
        "# are not independent.",
    ]
    scalars = {key: value for key, value in figures.items() if not isinstance(value, dict)}
    lines += ["", *(f"{key} = {toml_value(value)}" for key, value in scalars.items())]
    for key, value in figures.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *(f"{name} = {toml_value(one)}" for name, one in value.items())]
    return "\n".join(lines) + "\n"


def toml_value(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        rows = [", ".join(map(str, value[k : k + 9])) for k in range(0, len(value), 9)]
        return f"[{rows[0]}]" if len(rows) == 1 else "[\n" + "".join(f"    {row},\n" for row in rows) + "]"
    return str(value)


def provisional() -> Likeness:
    """A table with our edges and weights that only fall, which is all that rungs need."""
    measured = {
        name: {"edges": list(edges), "weights": [1.0, *(-1.0 for _ in edges)]}
        for name, edges in EDGES.items()
    }
    cells = math.prod(len(edges) + 1 for edges in EDGES.values())
    spread = {"unrelated": {"shares": [1.0 / cells] * cells}}
    return likeness_of_tables({"shrink": 1.0, **measured, **spread}, proposed())


def proposed() -> Mapping[str, object]:
    return tomllib.loads((shipped().parent / "proposed.toml").read_text(encoding="utf-8"))


def shipped() -> Path:
    return Path(str(resources.files("shutdownkit.judging.likeness") / "measured.toml"))


BY_EDGES = provisional()


def auc(high: Array, high_weights: Array, low: Array, low_weights: Array) -> float:
    """How often the one is over the other, ties by half."""
    above = (high[:, None] > low[None, :]) + 0.5 * (high[:, None] == low[None, :])
    return float(high_weights @ above @ low_weights)


def judged(pairs: Sequence[Pair], table: Likeness) -> tuple[Array, Array, dict[str, float]]:
    """Weights by the table, each pair's share, and the shares called consistent true, false and None."""
    found = [compare_signatures(one.first.signature, one.second.signature, table) for one in pairs]
    counts = weights_of(pairs)
    called: dict[str, float] = {"True": 0.0, "False": 0.0, "None": 0.0}
    for one, share in zip(found, counts, strict=True):
        called[str(one.consistent)] += float(share)
    return np.array([0.0 if one.weight is None else one.weight for one in found]), counts, called


def print_distributions(kinds: Mapping[str, Sequence[Pair]], figures: Mapping[str, object]) -> None:
    for name in MEASURED:
        table = figures[name]
        if not isinstance(table, dict):
            raise TypeError(name)
        print(f"\n{name}: {MEANING[name]}")
        print(f"  {'up to':28}" + "".join(f"{edge:>9}" for edge in (*EDGES[name], "over")))
        for kind, pairs in kinds.items():
            found, count, effective = shares(pairs, name)
            row = "".join(f"{share:9.3f}" for share in found)
            print(f"  {kind:28}{row}   {count} pairs, {effective:.1f} effective")
        print(f"  {'weight (nats)':28}" + "".join(f"{weight:9.3f}" for weight in table["weights"]))


def print_separation(kinds: Mapping[str, Sequence[Pair]]) -> None:
    """Every country with pairs of the same switch judged by figures fitted without it."""
    alike, other, within = kinds.values()
    print("\nleft out   pairs   AUC unrelated   AUC same country   consistent True/False/None")
    means: list[list[float]] = []
    for country in sorted({one.first.country for one in alike}):

        def without(pairs: Sequence[Pair], country: str = country) -> tuple[list[Pair], list[Pair]]:
            inside = [one for one in pairs if country in {one.first.country, one.second.country}]
            kept = [one for one in pairs if country not in {one.first.country, one.second.country}]
            return inside, kept

        held, trained = without(alike)
        strange, strange_trained = without(other)
        table = likeness_of_tables(fitted(trained, strange_trained), proposed())
        same, same_share, same_called = judged(held, table)
        apart, apart_share, apart_called = judged(strange, table)
        here, here_share, here_called = judged(without(within)[0], table)
        areas = [
            auc(same, same_share, apart, apart_share),
            auc(same, same_share, here, here_share) if len(here) else math.nan,
        ]
        means.append([*areas, *apart_called.values()])
        print(
            f"{country:8}{len(held):8}{areas[0]:16.3f}{areas[1]:19.3f}   same switch {_called(same_called)}"
        )
        print(f"{'':51}   unrelated   {_called(apart_called)}")
        print(f"{'':51}   same country, no shutdown {_called(here_called)}")
    unweighted = np.nanmean(np.array(means), axis=0)
    print(f"mean of the countries: AUC {unweighted[0]:.3f} and {unweighted[1]:.3f}")


def _called(shares: Mapping[str, float]) -> str:
    if not any(shares.values()):
        return "no such pairs"
    return " / ".join(f"{share:.3f}" for share in shares.values())


def main() -> int:
    """Fit, print, and write or check."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    named = os.environ.get("SHUTDOWNKIT_SHARED_DATA")
    folder = Path(named) if named else BESIDE
    parser.add_argument("--incidents", type=Path, default=folder / "incidents" / "ioda-curated.csv")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="fail if the shipped file differs")
    action.add_argument("--write", action="store_true", help="write the file that ships")
    arguments = parser.parse_args()
    incidents = listed(arguments.incidents)
    kinds = {
        "same switch": same_switch(incidents),
        "unrelated": unrelated(incidents),
        "shutdown / other, one country": same_country(incidents),
    }
    figures = fitted(kinds["same switch"], kinds["unrelated"])
    text = as_toml(figures)
    if arguments.write:
        shipped().write_text(text, encoding="utf-8")
    elif arguments.check:
        same = shipped().read_text(encoding="utf-8") == text
        print(
            "the shipped file is what the fit gives" if same else "the shipped file differs: run with --write"
        )
        return 0 if same else 1
    print(
        f"{len(incidents)} national incidents; same switch by country: "
        f"{dict(Counter(one.first.country for one in kinds['same switch']))}"
    )
    print_distributions(kinds, figures)
    print(f"\nshrink {figures['shrink']}")
    table = likeness_of_tables(figures, proposed())
    print("\nfitted and judged on all, consistent True/False/None")
    for kind, pairs in kinds.items():
        print(f"  {kind:30} {_called(judged(pairs, table)[2])}")
    print_separation(kinds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
