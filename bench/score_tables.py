"""The scores in ``docs/explanation``: ``python bench/attribution.py | python bench/score_tables.py``.

Takes what ``bench/attribution.py`` prints and writes three tables of it into ``attribution.md``, between the
marks ``scores``, ``reliability`` and ``worth``.  The prose around them is not written: read it again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from rule_tables import DOCS, filled, table

STAGES = ("onset", "end", "hindsight")
FOLDS = {"leave-country-out": "across countries", "forward in time": "forward"}
_SCORES = re.compile(
    r"(?P<fold>leave-country-out|forward in time), (?P<stage>\w+), (?P<unit>[a-z ]+?)\s{2,}"
    r"(?P<model>shutdownkit|plain logist)\s+(?P<figures>.*)"
)
_ROW = re.compile(r"  (?P<band>\d\.\d\d to \d\.\d\d)\s+(?P<n>\d+)  said (?P<said>\S+)  were (?P<were>\S+)")
_WORTH = re.compile(
    r"  (?P<rule>\S+)\s+(?P<stage>end|hindsight)\s+log loss (?P<loss>\S+).*first AUC (?P<auc>\S+)"
)


def scores(lines: Sequence[str]) -> Iterator[str]:
    """Of each fold, unit and stage: ours, and the peer's F1 and AUC."""
    read = {
        found.group(1, 2, 3, 4): found["figures"].split() for line in lines if (found := _SCORES.match(line))
    }

    def row(fold: str, stage: str, unit: str) -> tuple[str, ...]:
        n, shutdowns, _, _, f1, fpr, _, _, likely, auc, brier, error = read[fold, stage, unit, "shutdownkit"]
        peer = read[fold, stage, unit, "plain logist"]
        shares = (f"{float(fpr):.1%}".replace("%", " %"), f"{float(likely):.1%}".replace("%", " %"))
        return (
            f"{FOLDS[fold]}, {unit}",
            stage,
            n,
            shutdowns,
            f1,
            *shares,
            auc,
            brier,
            error,
            peer[4],
            peer[9],
        )

    ours = [key for key in read if key[3] == "shutdownkit"]
    units = list(dict.fromkeys((fold, unit) for fold, _, unit, _ in ours))
    head = (
        "",
        "",
        "incidents",
        "shutdowns",
        "F1 at 0.5",
        'false "deliberate" at 0.5',
        "at 0.8",
        "AUC",
        "Brier",
    )
    more = ("calibration error", "peer: F1", "peer: AUC")
    yield from table((*head, *more), (row(fold, stage, unit) for fold, unit in units for stage in STAGES))


def reliability(lines: Sequence[str]) -> Iterator[str]:
    """What was said and what was, across countries."""
    bands: dict[str, dict[str, str]] = {}
    stage = ""
    for line in lines:
        if line.startswith("reliability, "):
            fold, stage = line.removeprefix("reliability, ").split(":")[0].split(", ")
            stage = stage if fold == "leave-country-out" else ""
        elif stage and (found := _ROW.match(line)):
            bands.setdefault(found["band"], {})[stage] = ", ".join(found.group("n", "said", "were"))
    head = ("said (across countries)", *(f"{stage}: incidents, said, were" for stage in STAGES))
    yield from table(head, ((band, *(row.get(one, "-") for one in STAGES)) for band, row in bands.items()))


def worth(lines: Sequence[str]) -> Iterator[str]:
    """What each rule is worth, across countries."""
    start = next(k for k, line in enumerate(lines) if line.startswith("without one rule"))
    end = next(k for k, line in enumerate(lines) if line.startswith("without one feature"))
    rows: dict[str, list[str]] = {}
    for line in lines[start:end]:
        if found := _WORTH.match(line):
            rows.setdefault(found["rule"], []).extend(found.group("loss", "auc"))
    head = ("without", *(f"{stage}: {what}" for stage in STAGES[1:] for what in ("log loss", "first AUC")))
    named = {rule: "nothing" if rule == "(all)" else f"`{rule}`" for rule in rows}
    yield from table(head, ((named[rule], *figures) for rule, figures in rows.items()))


def main() -> int:
    lines = sys.stdin.read().splitlines()
    made = {name: "\n".join(make(lines)) for name, make in MAKERS.items()}
    page = DOCS / "attribution.md"
    page.write_text(filled(page.read_text(encoding="utf-8"), made), encoding="utf-8")
    return 0


MAKERS = {"scores": scores, "reliability": reliability, "worth": worth}

if __name__ == "__main__":
    sys.exit(main())
