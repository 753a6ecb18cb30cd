"""The tables of ``docs/testing.md``: ``python bench/kit_tables.py [--write | --check]``.

They are made from the code: the laws of the contracts, the zoo of faults, the strategies.  Each stands
between marks in the page, as the tables of ``bench/rule_tables.py`` do.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from rule_tables import blocks_of, filled
from rule_tables import table as plain_table

from shutdownkit.testing import ClassifierContract, RuleContract, SourceContract, strategies
from shutdownkit.testing.contracts.laws import Contract, laws_of
from shutdownkit.testing.faults.zoo import FILE_FAULTS, ZOO

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "testing.md"
DOWNSTREAM = ROOT / "examples" / "downstream_test.py"

Lines = Iterable[str]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    """A table in Markdown of what docstrings say, whose marks for code are others."""
    return (line.replace("``", "`") for line in plain_table(head, rows))


def laws(contract: type[Contract]) -> Lines:
    """The laws by number; those of one number, once."""
    known = {law.number: law for law in laws_of(contract).values()}
    yield from table(
        ("law", "what it says", "where it is broken, look at"),
        ((str(number), one.title, one.look_at) for number, one in sorted(known.items())),
    )


def faults() -> Lines:
    """What comes over the wire, and what a source makes of it."""
    yield from table(
        ("fault", "what comes over the wire", "becomes"),
        (
            (
                f"`{one.name}`",
                one.description.removesuffix("."),
                "the good answer, asked again"
                if one.recovers
                else " or ".join(f"`{error.__name__}`" for error in one.errors),
            )
            for one in ZOO.values()
        ),
    )


def file_faults() -> Lines:
    """What is found on the disk."""
    yield from table(
        ("fault", "what is found on the disk"),
        ((f"`{one.name}`", one.description.removesuffix(".")) for one in FILE_FAULTS.values()),
    )


def downstream() -> Lines:
    """The example of a downstream project's tests, whole."""
    yield "```python"
    yield from DOWNSTREAM.read_text(encoding="utf-8").splitlines()
    yield "```"


def drawn() -> Lines:
    """Each strategy, with its arguments and the first sentence of what it says of itself."""
    yield from table(
        ("strategy", "arguments", "what it draws"),
        (
            (f"`{name}`", ", ".join(f"`{one}`" for one in arguments(name)) or "none", said(name))
            for name in sorted(strategies.__all__)
        ),
    )


def arguments(name: str) -> list[str]:
    return list(inspect.signature(getattr(strategies, name)).parameters)


def said(name: str) -> str:
    text = " ".join((inspect.getdoc(getattr(strategies, name)) or "").split("\n\n")[0].split())
    return text.partition(". ")[0].removesuffix(".")


TABLES: Mapping[str, Callable[[], Lines]] = {
    "downstream": downstream,
    "source-laws": partial(laws, SourceContract),
    "rule-laws": partial(laws, RuleContract),
    "classifier-laws": partial(laws, ClassifierContract),
    "zoo": faults,
    "file-faults": file_faults,
    "strategies": drawn,
}


def rendered() -> dict[str, str]:
    """All tables, by name."""
    return {name: "\n".join(make()) for name, make in TABLES.items()}


def problems(page: str, tables: Mapping[str, str]) -> Iterator[str]:
    """Where the page does not say what the tables do, a line each."""
    shown = blocks_of(page)
    yield from (f"the page does not show {name}" for name in tables if name not in shown)
    yield from (f"there is no table {name}" for name in shown if name not in tables)
    for name, text in tables.items():
        if shown.get(name, text) != text:
            yield f"{name} is not what the code says: python bench/kit_tables.py --write"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help="write the tables into the page")
    what.add_argument("--check", action="store_true", help="fail where the page says something else")
    asked = parser.parse_args()
    tables = rendered()
    if not asked.write and not asked.check:
        print("\n\n".join(f"{name}\n\n{text}" for name, text in tables.items()))
        return 0
    page = PAGE.read_text(encoding="utf-8")
    if asked.write:
        page = filled(page, tables)
        PAGE.write_text(page, encoding="utf-8")
    found = list(problems(page, tables))
    print("\n".join(found) or "the page is what the code says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
