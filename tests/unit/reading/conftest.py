from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from .plugins import Install, put_on_path, write_package


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    before = set(sys.modules)

    def installed(
        distribution: str,
        sources: Mapping[str, str],
        *,
        version: str = "1.0",
        modules: Mapping[str, str] | None = None,
        under: str = "site",
    ) -> Path:
        folder = tmp_path / under
        write_package(folder, distribution, sources, version=version, modules=modules)
        if str(folder) not in sys.path:
            put_on_path(folder, monkeypatch)
        return folder

    yield installed
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
