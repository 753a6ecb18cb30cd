"""Whether ``docs/explanation`` says what the code does, and leaves nothing out."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.fitted.weights import shipped
from shutdownkit.judging.rules.proposals import PROPOSALS

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "bench" / "rule_tables.py"
PAGES = ROOT / "docs" / "explanation"

NAMES = st.from_regex(r"[a-z]+(-[a-z]+)?", fullmatch=True)
PROSE = st.text(st.characters(codec="utf-8", exclude_characters="<>"), max_size=60)
TABLES = st.dictionaries(NAMES, PROSE, max_size=4)


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """The script, as a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPT.parent))
        yield importlib.import_module(SCRIPT.stem)


def page_of(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables(bench: ModuleType) -> dict[str, str]:
    """What the code says, by the name of each table."""
    made: dict[str, str] = bench.rendered()
    return made


def test_the_pages_say_what_the_code_does(bench: ModuleType, tables: dict[str, str]) -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    assert list(bench.problems(pages, tables)) == []


@pytest.mark.parametrize("rule", sk.RULES.rules, ids=lambda rule: rule.id)
def test_every_rule_says_where_it_misleads(rule: sk.Rule) -> None:
    assert rule.fails


def test_every_rule_stands_in_its_order(bench: ModuleType) -> None:
    rows = [line for line in bench.blocks_of(page_of("rules.md"))["rules"].splitlines() if line[:3] == "| `"]
    for rule, row in zip(sk.RULES.rules, rows, strict=True):
        for told in (f"`{rule.id}`", rule.group, rule.basis.value, rule.summary, rule.fails or "-"):
            assert f"| {told} |" in row
    listed = page_of("rules.md").splitlines()
    assert all(any(line.endswith(f". {rule.source}") for line in listed) for rule in sk.RULES.rules)


def test_every_weight_stands_there(bench: ModuleType) -> None:
    blocks = bench.blocks_of(page_of("rules.md"))
    for weight in shipped().weights:
        (row,) = [
            line for line in blocks["fitted"].splitlines() if line.startswith(f"| `{weight.feature}` |")
        ]
        assert f"| {weight.meaning} | {weight.sign} |" in row
        for value in weight.by_stage.values():
            assert f"| {value:+.2f} |" in row or (abs(value) < 0.005 and "| 0 |" in row)
        assert f"| {weight.shutdowns} | {weight.outages} |" in row
    for proposal in PROPOSALS.values():
        found = [line for line in blocks["proposals"].splitlines() if f"| {proposal.meaning} |" in line]
        (row,) = [line for line in found if line.startswith(f"| `{proposal.rule}` | {proposal.finding} |")]
        assert proposal.source in row
        for cause, nats in proposal.weights.items():
            assert not nats or f"{cause.value} {nats:+.2f}" in row


def test_no_page_names_a_path_of_a_machine() -> None:
    for path in PAGES.glob("*.md"):
        assert not {"/home/", "/root/", "/tmp/", "/work/"} & set(path.read_text(encoding="utf-8").split())  # noqa: S108
        assert "../shared" not in path.read_text(encoding="utf-8")


def test_a_page_that_says_something_else_fails_until_it_is_written(
    tmp_path: Path,
    bench: ModuleType,
    tables: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(bench, "rendered", lambda: tables)

    def run(option: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["rule_tables.py", option, "--docs", str(tmp_path)])
        return bench.main(), capsys.readouterr().out

    for path in PAGES.glob("*.md"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    assert run("--write")[0] == 0
    assert run("--check") == (0, "the pages are what the code says\n")
    page = tmp_path / "attribution.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("| 0.13 |", "| 0.12 |", 1), encoding="utf-8")
    status, told = run("--check")
    assert status == 1
    assert told.startswith("attribution.md is not what the code says")
    assert run("--write")[0] == 0
    assert page.read_text(encoding="utf-8") == text
    (tmp_path / "claims.md").unlink()
    status, told = run("--write")
    assert status == 1
    assert "no page shows predictions" in told


def marked(tables: dict[str, str], prose: list[str], held: str) -> str:
    """A page with a block for each table, and prose around."""
    parts = [f"<!-- {name}: begin -->{held}<!-- {name}: end -->" for name in tables]
    rest = [*prose, *("" for _ in range(len(parts) + 1))]
    return "".join(one for pair in zip(rest, [*parts, ""], strict=False) for one in pair)


@given(tables=TABLES, prose=st.lists(PROSE, max_size=5), held=PROSE)
def test_what_stands_between_the_marks_is_replaced_and_nothing_else(
    bench: ModuleType, tables: dict[str, str], prose: list[str], held: str
) -> None:
    page = marked(tables, prose, held)
    filled = bench.filled(page, tables)
    assert bench.filled(filled, tables) == filled
    assert bench.blocks_of(filled) == {name: text.strip("\n") for name, text in tables.items()}
    assert bench.filled(page, {}) == page
    for name, text in tables.items():
        filled = filled.replace(f"{name}: begin -->\n\n{text}\n\n<", f"{name}: begin -->{held}<")
    assert filled == page


@given(tables=TABLES, stray=NAMES)
def test_a_mark_without_a_table_and_a_table_without_a_mark_are_told(
    bench: ModuleType, tables: dict[str, str], stray: str
) -> None:
    assume(stray not in bench.SCORES)
    rest = {name: text for name, text in tables.items() if name != stray}
    page = bench.filled(marked({**rest, stray: ""}, [], ""), rest)
    assert list(bench.problems({"a.md": page}, rest)) == [f"there is no table {stray}"]
    page = bench.filled(marked(rest, [], ""), rest)
    assert list(bench.problems({"a.md": page}, {**rest, stray: ""})) == [f"no page shows {stray}"]


@given(st.lists(st.lists(st.text("a |", max_size=6), min_size=2, max_size=2), max_size=4))
def test_a_cell_never_breaks_its_row(bench: ModuleType, rows: list[list[str]]) -> None:
    for line, row in zip(list(bench.table(("a", "b"), rows))[2:], rows, strict=True):
        assert line.count("|") - line.count("\\|") == len(row) + 1
        assert line.count("\\|") == "".join(row).count("|")
