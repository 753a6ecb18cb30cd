"""The tutorial does what it says: its blocks are run in their order, in an empty folder.

A block whose first line is a comment with a file's name is that file; ``diff`` changes the file that its
first line names; ``sh`` is run, and the ``text`` after it must be what it printed.  There, a line of ``...``
stands for any lines, and how long a thing took does not count.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(?P<language>[a-z]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (?P<name>[a-z_]+\.[a-z]+)\n")
_TOOK = re.compile(r"\b\d+\.\d+s\b.*")
_COMMAND = """\
#!{python}
from shutdownkit.cli.main import run
run()
"""


@frozen
class Block:
    language: str
    body: str
    line: int

    def __str__(self) -> str:
        return f"{PAGE.name}, line {self.line}"


def blocks(page: str) -> Iterator[Block]:
    for found in _BLOCK.finditer(page):
        yield Block(found["language"], found["body"], page.count("\n", 0, found.start()) + 1)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment of a new virtual environment that sees all that is installed here.

    What the tutorial installs goes into it, and is built with what is here: nothing comes from an index.
    """
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    here = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    lines = [f"import site; site.addsitedir({path!r})\n" for path in dict.fromkeys(here)]
    Path(paths["purelib"], "here.pth").write_text("".join(lines), encoding="utf-8")
    command = Path(paths["scripts"], "shutdownkit")
    command.write_text(_COMMAND.format(python=Path(paths["scripts"], "python")), encoding="utf-8")
    command.chmod(0o755)
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "PATH": os.pathsep.join([paths["scripts"], os.environ.get("PATH", os.defpath)]),
        "PYTHONUTF8": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say: without isolation
        "PIP_NO_INDEX": "1",
        "SHUTDOWNKIT_CACHE_DIR": str(tmp_path / "kept"),
    }


def pattern_of(expected: str) -> re.Pattern[str]:
    """What an output must look like."""
    lines = [r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in expected.splitlines()]
    return re.compile("".join(lines))


def timeless(text: str) -> str:
    return "".join(f"{_TOOK.sub('0s', line).rstrip()}\n" for line in text.splitlines())


def changed(text: str, body: str, where: Block) -> str:
    """A file with each line that begins with a minus replaced by the one with a plus after it."""
    lines = body.splitlines()
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        assert (old[0], new[0]) == ("-", "+"), where
        assert text.count(f"{old[1:]}\n") == 1, f"{where}: the file has no line {old[1:]!r}, or several"
        text = text.replace(f"{old[1:]}\n", f"{new[1:]}\n")
    return text


def test_every_block_does_what_the_page_says(environ: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    printed: str | None = None
    for block in blocks(PAGE.read_text(encoding="utf-8")):
        name = _FILE.match(block.body)
        if block.language == "sh":
            printed = run(block, folder, environ)
        elif block.language == "text":
            assert printed is not None, f"{block}: nothing has been run of which this is the output"
            told = timeless(printed)
            assert pattern_of(timeless(block.body)).fullmatch(told), f"{block}: it printed\n{told}"
            printed = None
        elif block.language == "diff":
            head, _, body = block.body.partition("\n")
            file = folder / head.removeprefix("--- ")
            file.write_text(changed(file.read_text(encoding="utf-8"), body, block), encoding="utf-8")
        elif name is not None:
            (folder / name["name"]).write_text(block.body.removeprefix(name[0]), encoding="utf-8")
        else:
            assert block.language == "json", f"{block}: it is neither a file nor run"
            assert set(json.loads(block.body)) == {"country", "hours"}


def test_the_example_of_an_answer_is_what_the_source_reads() -> None:
    """Of three hours one was measured, one was a measured zero, and of one nobody knows anything."""
    (answer,) = (block for block in blocks(PAGE.read_text(encoding="utf-8")) if block.language == "json")
    assert [row["percent"] for row in json.loads(answer.body)["hours"]] == [95.5, 0, None]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("one\n...\nthree\n", "one\ntwo\nthree\n", True),
        ("one\n...\nthree\n", "one\nthree\n", True),
        ("...\n1 passed in 2.50s\n", ".\n1 passed in 71.20s (0:01:11)\n", True),
        ("one\n", "one\ntwo\n", False),
        ("...\n2 passed in 2.50s\n", ".\n1 passed in 2.50s\n", False),
    ],
)
def test_an_output_is_compared_line_by_line(expected: str, printed: str, same: bool) -> None:
    assert (pattern_of(timeless(expected)).fullmatch(timeless(printed)) is not None) is same


def run(block: Block, folder: Path, environ: dict[str, str]) -> str:
    """What a block prints; only a test run may end badly."""
    done = subprocess.run(
        ["sh", "-ec", block.body],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    allowed = {0, 1} if "pytest" in block.body else {0}
    assert done.returncode in allowed, f"{block}: status {done.returncode}\n{done.stdout}"
    return done.stdout
