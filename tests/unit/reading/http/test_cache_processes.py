"""The file of kept answers under processes that share it and are killed."""

from __future__ import annotations

import io
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from requests import Request, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from shutdownkit.reading.http.cache import AnswerCache
from shutdownkit.reading.http.request import HttpRequest

WRITER = """
import sys
from pathlib import Path
from tests.unit.reading.http.test_cache_processes import answer, question
from shutdownkit.reading.http.cache import AnswerCache, Kept
from datetime import UTC, datetime

first, last = int(sys.argv[2]), int(sys.argv[3])
with AnswerCache(Path(sys.argv[1]), patience=30) as cache:
    print("ready", flush=True)
    for number in range(first, last):
        cache.keep(question(number), Kept(answer(number), datetime(2026, 1, 1, tzinfo=UTC)))
        print(number, flush=True)
"""
ROOT = Path(__file__).parents[4]


def question(number: int) -> HttpRequest:
    return HttpRequest("https://example.org/x", {"n": number})


def answer(number: int) -> Response:
    request = Request("GET", f"https://example.org/x?n={number}").prepare()
    body = io.BytesIO(b"[%d]" % number * 20_000)
    return HTTPAdapter().build_response(request, HTTPResponse(body, status=200, preload_content=False))


def writer(path: Path, first: int, last: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(last)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def check_whole(path: Path, written: range | list[int]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with AnswerCache(path) as cache:
        for number in written:
            kept = cache.look_up(question(number))
            assert kept is not None
            assert kept.response.content == answer(number).content
            assert kept.retrieved == datetime(2026, 1, 1, tzinfo=UTC)


def test_killed_writers_leave_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    moments = random.Random(7)  # noqa: S311 (moments to kill at)
    running = [writer(path, 1000 * turn, 1000 * turn + 999) for turn in range(10)]
    written: list[int] = []
    for process in running:
        assert process.stdout is not None
        first = next(line for line in process.stdout if line.strip().isdigit())
        written.append(int(first))
        time.sleep(moments.uniform(0, 0.05))
        process.kill()
        written += [int(text) for text in process.stdout.read().split("\n")[:-1] if text.isdigit()]
        process.stdout.close()
        process.wait()
        check_whole(path, [])
    assert len(written) > 10
    check_whole(path, written)


def test_two_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    running = [writer(path, 0, 60), writer(path, 40, 100)]
    for process in running:
        process.communicate(timeout=60)
    assert [process.returncode for process in running] == [0, 0]
    check_whole(path, range(100))
