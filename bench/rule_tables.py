"""The tables of ``docs/explanation``: ``python bench/rule_tables.py [--write | --check]``.

They are made from the code.  Each stands between ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->`` in a
page; what stands between is replaced, all else is left as it is.  Without an option the tables are printed;
``--write`` writes them into the pages, ``--check`` fails where a page says something else.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from worked_examples import EXAMPLES

import shutdownkit as sk
from shutdownkit.judging.claiming.table import EXPECTATIONS, Expectation, Scope
from shutdownkit.judging.fitted.weights import Weight, shipped
from shutdownkit.judging.intent import LIKELY, UNLIKELY
from shutdownkit.judging.likeness.table import LIKENESS, MEASURED, Ladder
from shutdownkit.judging.rules.context import FACTORS, WEIGHTS
from shutdownkit.judging.rules.prior import PRIOR
from shutdownkit.judging.rules.proposals import PROPOSALS
from shutdownkit.judging.rules.rule import CONTEXT_CAP, GROUP_CAP
from shutdownkit.model.context import ContextKind

DOCS = Path(__file__).resolve().parents[1] / "docs" / "explanation"
NONE = "-"

Lines = Iterable[str]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def nats(value: float) -> str:
    """A weight: two decimals and its sign."""
    return f"{value:+.2f}" if round(value, 2) else "0"


def by_cause(weights: Mapping[sk.Cause, float]) -> str:
    """Weights by cause, those that are not 0."""
    return ", ".join(f"{cause.value} {nats(weights[cause])}" for cause in weights if weights[cause]) or NONE


# --- what holds before, the limits, and the rules


def prior() -> Lines:
    yield from table(("cause", "probability"), ((cause.value, f"{PRIOR[cause]:.2f}") for cause in sk.Cause))


def limits() -> Lines:
    rows = (
        ('"deliberate" is said from', f"{LIKELY:g}"),
        ('"not deliberate" is said up to', f"{UNLIKELY:g}"),
        ("the rules of one group move together, at most (nats)", f"{GROUP_CAP:g}"),
        ('context lifts "deliberate", before anything is measured, to at most', f"{CONTEXT_CAP:.2f}"),
    )
    yield from table(("limit", "value"), rows)


def rules() -> Lines:
    sources = list(dict.fromkeys(rule.source for rule in sk.RULES.rules))
    yield f"Rule set {sk.RULES.version}: {len(sk.RULES.rules)} rules. Numbers in brackets: the sources below."
    yield ""
    head = ("rule", "group", "basis", "what it looks at", "where it is known to mislead", "source")
    yield from table(
        head,
        (
            (
                f"`{rule.id}`",
                rule.group,
                rule.basis.value,
                rule.summary,
                rule.fails or NONE,
                f"[{sources.index(rule.source) + 1}]",
            )
            for rule in sk.RULES.rules
        ),
    )
    yield ""
    yield from (f"{number}. {source}" for number, source in enumerate(sources, start=1))


def fitted() -> Lines:
    def row(one: Weight) -> tuple[str, ...]:
        stages = [nats(one.by_stage[k]) if k in one.by_stage else NONE for k in sk.Knowledge]
        counts = (str(one.shutdowns), str(one.outages))
        meaning = (f"`{one.feature}`", one.meaning, one.sign)
        return (*meaning, *stages, f"{one.typical:.3f}", *counts, by_cause(one.causes))

    stages = [stage.value for stage in sk.Knowledge]
    columns = ("feature", "meaning", "sign", *stages, "typical", "shutdowns", "outages", "causes besides")
    weights = shipped()
    for baseline in weights.baselines:
        taken = [nats(baseline.by_stage[k]) if k in baseline.by_stage else NONE for k in sk.Knowledge]
        said = ", ".join(f"{stage} {value}" for stage, value in zip(stages, taken, strict=True))
        yield f"`{baseline.rule}`, baseline: {said}"
        yield ""
        yield from table(columns, (row(one) for one in weights.weights if one.rule == baseline.rule))
        yield ""


def proposals() -> Lines:
    yield from table(
        ("rule", "finding", "meaning", "sign", "weights (nats)", "source"),
        (
            (f"`{one.rule}`", one.finding, one.meaning, one.sign, by_cause(one.weights), one.source)
            for one in PROPOSALS.values()
        ),
    )


def context() -> Lines:
    def factors(kind: ContextKind) -> Iterator[tuple[str, ...]]:
        for factor in FACTORS[kind]:
            days = f"within {factor.days} days" if factor.days else "its own days"
            yield kind.value, days, f"{factor.times:g}", factor.source
        if not FACTORS[kind]:
            yield kind.value, NONE, "none", "nothing is published: told, and moves nothing"

    yield from table(("kind", "when", "factor", "source"), (row for kind in FACTORS for row in factors(kind)))
    yield ""
    rows = ((kind.value, by_cause(weights), "a proposal") for kind, weights in WEIGHTS.items())
    yield from table(("report of", "weights (nats)", "source"), rows)


# --- claims and comparison


def predictions() -> Lines:
    for claim in sk.Cause:
        yield f"**{claim.value}**"
        yield ""
        yield from table(
            ("what it predicts", "of", "told apart from", "answered by", "source"),
            (_prediction(one) for one in EXPECTATIONS[claim]),
        )
        yield ""


def _prediction(one: Expectation) -> tuple[str, ...]:
    of = "both" if one.scope is Scope.BOTH else one.scope.value
    apart = ", ".join(cause.value for cause in one.apart_from)
    return one.text, of, apart, ", ".join(f"`{rule}`" for rule in one.rules), one.source


def likeness() -> Lines:
    def row(name: str, one: Ladder) -> tuple[str, ...]:
        edges = [f"{edge:g}" for edge in one.edges]
        steps = (f"up to {edge}: {nats(w)}" for edge, w in zip(edges, one.weights, strict=False))
        basis = "measured" if name in MEASURED else "a proposal"
        return name, basis, f"{', '.join(steps)}, over: {nats(one.weights[-1])}", f"{one.share:g}"

    yield from table(
        ("feature", "basis", "weight by distance (nats)", "share of the score"),
        (row(name, one) for name, one in LIKENESS.ladders.items()),
    )
    yield ""
    caps = ", ".join(f"{name} {cap:g}" for name, cap in LIKENESS.caps.items())
    yield f"At most, a group together (nats): {caps}. The measured features' sum counts {LIKENESS.shrink:g}."
    yield ""
    yield (
        f"`consistent` is true from {LIKENESS.alike:+g} nats and a score of {LIKENESS.score:g} on, and false "
        f"from {LIKENESS.unlike:+g} nats down and under that score, both with {LIKENESS.groups} groups "
        "compared; else it is None."
    )


TABLES: Mapping[str, Callable[[], Lines]] = {
    "prior": prior,
    "limits": limits,
    "rules": rules,
    "fitted": fitted,
    "proposals": proposals,
    "context": context,
    "predictions": predictions,
    "likeness": likeness,
    **EXAMPLES,
}
"""What makes each table, by its name."""


SCORES = ("scores", "reliability", "worth")
"""Tables that ``bench/score_tables.py`` writes, which takes longer and needs the list of incidents."""


def rendered() -> dict[str, str]:
    """All tables, by name."""
    return {name: "\n".join(make()).strip("\n") for name, make in TABLES.items()}


# --- the pages

_BLOCK = re.compile(r"<!-- (?P<name>[\w-]+): begin -->(?P<held>.*?)<!-- (?P=name): end -->", re.DOTALL)


def blocks_of(page: str) -> dict[str, str]:
    """What stands between the marks in a page, by name."""
    return {found["name"]: found["held"].strip("\n") for found in _BLOCK.finditer(page)}


def filled(page: str, tables: Mapping[str, str]) -> str:
    """A page with the tables between its marks; what is between marks of another name is left."""

    def block(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in tables:
            return found[0]
        return f"<!-- {name}: begin -->\n\n{tables[name]}\n\n<!-- {name}: end -->"

    return _BLOCK.sub(block, page)


def problems(pages: Mapping[str, str], tables: Mapping[str, str]) -> Iterator[str]:
    """Where the pages do not say what the tables do, a line each."""
    shown = [name for page in pages.values() for name in blocks_of(page)]
    yield from (f"no page shows {name}" for name in tables if name not in shown)
    yield from (f"there is no table {name}" for name in shown if name not in tables and name not in SCORES)
    for name, page in pages.items():
        if filled(page, tables) != page:
            yield f"{name} is not what the code says: python bench/rule_tables.py --write"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--docs", type=Path, default=DOCS, help="the folder of the pages")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help="write the tables into the pages")
    what.add_argument("--check", action="store_true", help="fail where a page says something else")
    asked = parser.parse_args()
    tables = rendered()
    if not asked.write and not asked.check:
        print("\n\n".join(f"{name}\n\n{text}" for name, text in tables.items()))
        return 0
    pages = {path.name: path.read_text(encoding="utf-8") for path in sorted(asked.docs.glob("*.md"))}
    if asked.write:
        pages = {name: filled(page, tables) for name, page in pages.items()}
        for name, page in pages.items():
            (asked.docs / name).write_text(page, encoding="utf-8")
    found = list(problems(pages, tables))
    print("\n".join(found) or "the pages are what the code says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
