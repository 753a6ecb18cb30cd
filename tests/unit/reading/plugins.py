"""Plugins as installed packages: a folder on the path, with metadata."""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

GOOD = """
from tests.unit.reading.fake_sources import Fake, info

class Made(Fake):
    def __init__(self, config):
        super().__init__(said=info('acme'))
        self.config = config

def make(config): return Made(config)
"""
"""A module whose ``make`` makes the fake source ``acme``."""


class Install(Protocol):
    """Puts a package on the path of this process."""

    def __call__(
        self,
        distribution: str,
        sources: Mapping[str, str],
        *,
        version: str = "1.0",
        modules: Mapping[str, str] | None = None,
        under: str = "site",
    ) -> Path: ...


def put_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let packages of a folder be found, and let coverage notice before threads import them.

    At the first new file after a change of ``sys.path`` coverage looks at its packages anew (7.x,
    ``set_matchers_depending_on_syspath``), and takes from ``sys.modules`` whatever was imported meanwhile, by
    other threads too: their import then fails with a KeyError.  So the first new file is run here, while
    there is one thread.
    """
    monkeypatch.syspath_prepend(str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    first = folder / "first_on_path.py"
    first.write_text("FOUND = True\n", encoding="utf-8")
    runpy.run_path(str(first))


def write_package(
    folder: Path,
    distribution: str,
    sources: Mapping[str, str],
    *,
    version: str = "1.0",
    modules: Mapping[str, str] | None = None,
) -> None:
    """What an installer leaves behind."""
    metadata = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
    points = "".join(f"{name} = {value}\n" for name, value in sources.items())
    (metadata / "entry_points.txt").write_text(f"[shutdownkit.sources]\n{points}", encoding="utf-8")
    for name, code in (modules or {}).items():
        (folder / f"{name}.py").write_text(code)
