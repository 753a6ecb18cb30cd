"""What the documentation states of the code, and whether its pages can be found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from shutdownkit.cli.group import group

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))])
CONTEXT = click.Context(group)
_LINK = re.compile(r"\]\((?P<to>[^)\s]+)\)")
_CODE = re.compile(r"^```[a-z]*\n(?P<block>.*?)^```|`(?P<inline>[^`]+)`", re.MULTILINE | re.DOTALL)
_BENCH = re.compile(r"(?:^\s*|\$ |&& )python (?P<path>bench/\S+)(?P<rest>.*)")
_COMMAND = re.compile(r"(?:^\s*|\$ |&& )shutdownkit (?P<name>[a-z]+)(?P<rest>.*)")
_OPTION = re.compile(r"--[a-z-]+")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def code_lines(text: str) -> Iterator[str]:
    """Each line of each block of code, and each piece of code within a line."""
    for found in _CODE.finditer(text):
        if found["block"] is not None:
            yield from found["block"].splitlines()
        else:
            yield " ".join(found["inline"].split())


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def wrong_link(page: Path, link: str) -> str | None:
    """What is wrong with a link of a page, if anything is."""
    to, _, anchor = link.partition("#")
    target = (page.parent / to).resolve() if to else page
    if not target.exists():
        return f"{link}: there is no such file"
    if anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
        return f"{link}: there is no such heading"
    return None


def wrong_command(line: str) -> str | None:
    """What is wrong with a command that a line of code holds, if anything is."""
    for found in _BENCH.finditer(line):
        script = ROOT / found["path"]
        if not script.is_file():
            return f"{line}: there is no {found['path']}"
        source = script.read_text(encoding="utf-8")
        for option in _OPTION.findall(found["rest"]):
            if f'"{option}"' not in source:
                return f"{line}: {found['path']} has no {option}"
    for found in _COMMAND.finditer(line):
        command = group.get_command(CONTEXT, found["name"])
        if command is None:
            return f"{line}: there is no command {found['name']}"
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        for option in _OPTION.findall(found["rest"]):
            if option not in known:
                return f"{line}: {found['name']} has no {option}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [found["to"] for found in _LINK.finditer(page.read_text(encoding="utf-8"))]
    inside = [link for link in links if not link.startswith(("https://", "http://"))]
    assert [wrong for link in inside if (wrong := wrong_link(page, link))] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_exists(page: Path) -> None:
    lines = code_lines(page.read_text(encoding="utf-8"))
    assert [wrong for line in lines if (wrong := wrong_command(line))] == []


@pytest.mark.parametrize(
    "line",
    [
        "python bench/none.py",
        "$ python bench/rule_tables.py --write --nothing",
        "shutdownkit evaluates INCIDENTS.csv",
        "python -m pip install '.[all]' && shutdownkit demos",
        "shutdownkit classify signals.csv --whatever 3",
    ],
)
def test_a_command_that_does_not_exist_is_seen(line: str) -> None:
    assert wrong_command(line) is not None


def test_a_link_that_leads_nowhere_is_seen() -> None:
    index = DOCS / "index.md"
    assert wrong_link(index, "none.md") is not None
    assert wrong_link(index, "judging.md#nothing") is not None
    assert wrong_link(index, "#nothing") is not None
    assert wrong_link(index, "judging.md#5-why-rules-attribute") is None


def test_every_page_is_on_the_map() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    links = {(DOCS / found["to"]).resolve() for found in _LINK.finditer(index)}
    assert set(DOCS.rglob("*.md")) - links == {DOCS / "index.md"}


def test_the_explanation_has_a_map_of_its_own() -> None:
    folder = DOCS / "explanation"
    links = {found["to"] for found in _LINK.finditer((folder / "index.md").read_text(encoding="utf-8"))}
    assert {page.name for page in folder.glob("*.md")} - links == {"index.md"}
