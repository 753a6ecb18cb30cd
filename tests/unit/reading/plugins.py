"""Plugins as installed packages: a folder on the path, with metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

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
