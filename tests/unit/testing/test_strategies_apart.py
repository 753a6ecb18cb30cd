"""Strategies read no clock, ask nobody and open no file: they are watched while they draw.

Files are opened to import modules, to read tzdata's tables of countries and zones, and by Hypothesis for its
table of characters.  Nothing else may be.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

WATCH = """
import json, os, sys, time, datetime
from hypothesis import find, settings, given, HealthCheck, Phase
import hypothesis, tzdata, shutdownkit as sk
from shutdownkit.testing import strategies
from shutdownkit.testing.registration import STRATEGIES

TIMES = {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "localtime",
         "gmtime", "now", "utcnow", "today", "sleep"}
seen = {"files": set(), "network": set(), "clock": set()}
watching = False

def audit(event, given):
    if not watching:
        return
    if event == "open":
        if not isinstance(given[0], int):  # a number is a file that was opened, and seen, before
            seen["files"].add(str(given[0]))
    elif event.startswith("socket."):
        seen["network"].add(event)

def profile(frame, event, called):
    if event == "c_call" and getattr(called, "__name__", "") in TIMES and watching:
        if frame.f_globals.get("__name__", "").split(".")[0] not in {"hypothesis", "__main__", "random"}:
            seen["clock"].add(frame.f_globals.get("__name__", "") + "." + called.__name__)

quick = settings(max_examples=5, database=None, deadline=None, phases=(Phase.generate,),
                 suppress_health_check=list(HealthCheck))

def draw(strategy):
    @quick
    @given(strategy)
    def drawn(value):
        repr(value)
    drawn()

draw(strategies.lines())  # Hypothesis makes its table of characters
sys.addaudithook(audit)
sys.setprofile(profile)
watching = True
"""
DRAW_ALL = """
for name in sorted(set(STRATEGIES.values()) | set(strategies.__all__)):
    draw(getattr(strategies, name)())
"""
TELL = """
watching = False
sys.setprofile(None)
print(json.dumps({name: sorted(found) for name, found in seen.items()}))
"""


def seen(code: str, folder: Path) -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", WATCH + code + TELL], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


def is_foreign(file: str) -> bool:
    path = Path(file)
    imported = path.suffix in {".py", ".pyc", ".so"} or "__pycache__" in path.parts
    return not (imported or "zoneinfo" in path.parts or ".hypothesis" in path.parts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("apart")


def test_no_strategy_reads_a_clock_a_file_or_the_network(folder: Path) -> None:
    found = seen(DRAW_ALL, folder)
    assert found["clock"] == []
    assert found["network"] == []
    assert [file for file in found["files"] if is_foreign(file)] == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import datetime\ndef peek(_): datetime.datetime.now(datetime.UTC)", "clock"),
        ("import time\ndef peek(_): time.time()", "clock"),
        ("def peek(_): open('seen.txt', 'w').close()", "files"),
        ("import socket\ndef peek(_): socket.create_server(('127.0.0.1', 0)).close()", "network"),
    ],
)
def test_the_watch_sees(folder: Path, tmp_path: Path, code: str, what: str) -> None:
    (tmp_path / "peeking.py").write_text(code)
    peek = (
        f"sys.path.insert(0, {str(tmp_path)!r})\nimport peeking\ndraw(strategies.shares().map(peeking.peek))"
    )
    found = seen(peek, folder)
    files = [file for file in found.pop("files") if is_foreign(file)]
    assert [name for name, ones in {**found, "files": files}.items() if ones] == [what]
