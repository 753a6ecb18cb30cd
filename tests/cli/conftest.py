from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.reading.plugins import put_on_path, write_package

START = datetime(2020, 7, 20, tzinfo=UTC)
STEP = timedelta(minutes=10)
BLACKOUTS = (
    (datetime(2020, 8, 9, 18, tzinfo=UTC), datetime(2020, 8, 10, 0, tzinfo=UTC)),
    (datetime(2020, 8, 11, 18, tzinfo=UTC), datetime(2020, 8, 12, 0, tzinfo=UTC)),
)
DAYS = 26

BUFFERED = {**os.environ, "PYTHONUNBUFFERED": ""}
"""The environment, with standard output buffered as it usually is."""

Command = Callable[..., subprocess.CompletedProcess[str]]


def level(time: datetime) -> int:
    """A count with a daily rhythm and a little scatter that depends on the time alone."""
    scatter = (time.day * 7 + time.hour * 13 + time.minute) % 11
    return 1000 + (30 if 6 <= time.hour < 20 else 0) + scatter


def rows(
    entity: str, *, blackouts: Sequence[tuple[datetime, datetime]], remaining: float = 0.02
) -> list[str]:
    """Rows of one entity; within a blackout, ``remaining`` of the usual level."""
    found = []
    for time in (START + k * STEP for k in range(DAYS * 144)):
        lost = any(start <= time < end for start, end in blackouts)
        value = round(level(time) * (remaining if lost else 1))
        found.append(f"{time:%Y-%m-%dT%H:%M:%SZ},{entity},probing.up-slash24s,{value}")
    return found


def write(path: Path, *parts: Sequence[str]) -> str:
    lines = ["time,entity,kind,value", *(row for part in parts for row in part)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("signals")


@pytest.fixture(scope="session")
def one_entity(folder: Path) -> str:
    """Four weeks of active probing of BY, with a blackout on each of two evenings."""
    return write(folder / "by.csv", rows("BY", blackouts=BLACKOUTS))


@pytest.fixture(scope="session")
def two_entities(folder: Path) -> str:
    """The same, beside a country in which nothing happens."""
    return write(folder / "both.csv", rows("BY", blackouts=BLACKOUTS), rows("LT", blackouts=()))


@pytest.fixture(scope="session")
def faulty_instrument(folder: Path) -> str:
    """Three countries far apart whose probing reads 0 in the same bins."""
    parts = [rows(entity, blackouts=BLACKOUTS, remaining=0) for entity in ("BY", "BR", "JP")]
    return write(folder / "faulty.csv", *parts)


@pytest.fixture
def shell() -> Command:
    """Run the command line as a process of its own."""

    def command(
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] = ("-m", "shutdownkit"),
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *program, *arguments],
            env={**BUFFERED, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return command


PLUGIN = """
import logging
from tests.unit.reading.fake_sources import Fake, raising
from tests.unit.test_assess import blackout
from shutdownkit.errors import UnreachableError

class Made(Fake):
    def check(self):
        if self.info.name == 'down':
            raise UnreachableError('no route', where='https://example.org/x')

def good(config): return Made('good', blackout())
def down(config): return Made('down', raising(UnreachableError('no\\nroute', where='https://example.org/x')))
def noisy(config):
    def fetch(query):
        print('asked')
        logging.getLogger('noisy').error('one\\nline %s', 1)
        logging.getLogger('noisy').error('odd %s %s', 1)
        return blackout()(query)
    return Fake('noisy', fetch)
def buggy(config): return Fake('buggy', raising(KeyError('x')))
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with four sources: one answers, one does not, one has a bug, and one prints and logs."""
    sources = {name: f"cli_plugins:{name}" for name in ("good", "down", "buggy", "noisy")}
    write_package(tmp_path / "site", "acme-pack", sources, modules={"cli_plugins": PLUGIN})
    put_on_path(tmp_path / "site", monkeypatch)
    monkeypatch.setenv("SHUTDOWNKIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("SHUTDOWNKIT_NO_PLUGINS", raising=False)
    yield tmp_path / "site"
    sys.modules.pop("cli_plugins", None)
