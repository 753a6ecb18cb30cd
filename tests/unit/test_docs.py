"""What the documentation states of the code."""

from __future__ import annotations

from pathlib import Path

import shutdownkit as sk

ROOT = Path(__file__).parents[2]


def test_every_rule_is_documented_as_it_is() -> None:
    text = (ROOT / "docs" / "judging.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{rule.id}` | {rule.group} | {rule.summary} |" for rule in sk.RULES.rules]


def test_every_page_is_on_the_map() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "index.md" or f"]({page.name})" in index
