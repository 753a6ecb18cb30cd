"""What ``docs/testing.md`` says of the kit: its tables, its names, its code, and the example on it."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import shutdownkit.testing
from shutdownkit.testing.contracts.source.case import SourceCase
from shutdownkit.testing.scenarios import OutageKind

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples" / "downstream_test.py"
_CODE = re.compile(r"^```python\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_DOWNSTREAM = re.compile(r"<!-- downstream: begin -->.*?<!-- downstream: end -->", re.DOTALL)

SAYS_TOO_MUCH = """
def headline(report):
    return f"{report.entity.name}: {report.condition.value}, deliberate" if report.episodes else "nothing"
"""
CRASHES = """
def headline(report):
    return f"{report.entity.name} since {min(one.episode.onset for one in report.episodes)}"
"""
AT_ONCE = """
from hypothesis import Phase, settings
settings.register_profile("at once", phases=[Phase.generate], database=None)
settings.load_profile("at once")
"""
"""Whether a test fails is asked here, not how small the failure can be made, which takes a while."""


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """The script that makes the tables, as a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "bench"))
        yield importlib.import_module("kit_tables")


def run_tests(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run all tests of a folder, as somebody would who has it alone."""
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *sorted(folder.glob("*test*.py"))],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_tables_are_what_the_code_says(bench: ModuleType) -> None:
    assert list(bench.problems(PAGE, bench.rendered())) == []


@pytest.mark.parametrize(
    "changed",
    [
        PAGE.replace("missing is not zero, and zero is not missing", "missing is nearly zero"),
        PAGE.replace("<!-- zoo: begin -->", "<!-- zoos: begin -->"),
        f"{PAGE}\n<!-- laws-of-nobody: begin -->\n<!-- laws-of-nobody: end -->\n",
    ],
    ids=["another law", "a table less", "a table more"],
)
def test_a_table_that_says_something_else_is_seen(bench: ModuleType, changed: str) -> None:
    assert changed != PAGE
    assert list(bench.problems(changed, bench.rendered())) != []


@pytest.mark.parametrize("name", shutdownkit.testing.__all__)
def test_every_public_name_is_explained(name: str) -> None:
    assert re.search(rf"`{name}\b", PAGE)


@pytest.mark.parametrize("name", ["make_source", "publish", *SourceCase.__annotations__])
def test_everything_that_an_author_may_give_is_explained(name: str) -> None:
    assert re.search(rf"^\| .*`{name}\b", PAGE, re.MULTILINE)


def test_every_kind_of_scenario_is_explained() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)) == {kind.name for kind in OutageKind}


def test_the_code_on_the_page_runs(tmp_path: Path) -> None:
    blocks = [found["body"] for found in _CODE.finditer(_DOWNSTREAM.sub("", PAGE))]
    for number, body in enumerate(blocks):
        assert "\ndef test_" in body or "Contract):" in body
        (tmp_path / f"test_block_{number}.py").write_text(body, encoding="utf-8")
    done = run_tests(tmp_path)
    assert done.returncode == 0, done.stdout
    assert len(blocks) > 5


def test_a_downstream_project_needs_ten_lines() -> None:
    lines = [line for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) == 10


@pytest.mark.parametrize("program", [None, SAYS_TOO_MUCH, CRASHES], ids=["good", "says too much", "crashes"])
def test_its_tests_pass_for_a_good_program_and_for_no_other(program: str | None, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    good = EXAMPLE.with_name("newsroom.py").read_text(encoding="utf-8")
    (tmp_path / "newsroom.py").write_text(good if program is None else program, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(AT_ONCE, encoding="utf-8")
    done = run_tests(tmp_path)
    assert done.returncode == (0 if program is None else 1), done.stdout
    assert program is None or "1 failed" in done.stdout
