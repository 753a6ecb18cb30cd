"""The type checkers, as programs: which lines of which files they refuse."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["CHECKERS", "Line", "mypy", "pyright"]

ROOT = Path(__file__).parents[2]
Line = tuple[str, int]
"""A file's name, and the number of a line."""

_MYPY_ERROR = re.compile(r"(?P<path>.+?):(?P<line>\d+): error: ")


def mypy(files: Sequence[Path]) -> set[Line]:
    """The lines that mypy refuses, with the project's own settings."""
    settings = ["--config-file", str(ROOT / "pyproject.toml"), "--strict", "--no-pretty", "--no-color-output"]
    done = _run("mypy", *settings, *map(str, files))
    found = [_MYPY_ERROR.match(line) for line in done.splitlines()]
    return {(Path(one["path"]).name, int(one["line"])) for one in found if one is not None}


def pyright(files: Sequence[Path]) -> set[Line]:
    """The lines that pyright's rules refuse, all of them on, as basedpyright has them."""
    folder = files[0].parent
    settings = folder / "pyrightconfig.json"
    settings.write_text(json.dumps({"typeCheckingMode": "strict", "include": [one.name for one in files]}))
    told = json.loads(
        _run("basedpyright", "--project", str(settings), "--pythonpath", sys.executable, "--outputjson")
    )
    return {
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1)
        for one in told["generalDiagnostics"]
        if one["severity"] == "error"
    }


CHECKERS = {"mypy": mypy, "basedpyright": pyright}
"""Each by the module that must be installed."""


def _run(module: str, *arguments: str) -> str:
    """What a checker says; it may refuse the files, and nothing else may go wrong."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.stdout
