"""What is left of the cache when its writers are killed: ``python bench/killed_writes.py``.

Starts a process that writes answers into one cache file, kills it with SIGKILL in the middle of a write,
and does so 50 times with the same file.  After each kill SQLite checks the whole file, and every answer
that any of the processes had reported as written is read back and compared; the answer in whose writing
the process was killed must be there whole or not at all.  A kill that meets no write is checked, too, but
not counted.  Prints a table; stops and fails where anything is corrupt or lost.
"""

from __future__ import annotations

import argparse
import io
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import requests
from attrs import define, field
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from shutdownkit.errors import FileError
from shutdownkit.reading.http.cache import AnswerCache, Kept
from shutdownkit.reading.http.request import HttpRequest

KILLS = 50
EACH = 1000  # numbers of answers that a process may use
LONGEST = 0.05  # seconds from the beginning of a process's first write to its end
WHEN = datetime(2020, 8, 9, tzinfo=UTC)


def question(number: int) -> HttpRequest:
    """What an answer answers."""
    return HttpRequest("https://example.org/answers", {"number": number})


def body(number: int) -> bytes:
    """JSON of 50 to 500 kB that no other answer has."""
    numbers = random.Random(number)  # noqa: S311 (the same for the one who writes and the one who reads)
    return b'["%s"]' % numbers.randbytes(numbers.randrange(25_000, 250_000)).hex().encode()


def kept(number: int) -> Kept:
    """The answer, as the client gives it to the cache."""
    asked = requests.Request("GET", question(number).address).prepare()
    came = HTTPResponse(io.BytesIO(body(number)), status=200, preload_content=False)
    return Kept(HTTPAdapter().build_response(asked, came), WHEN)


def write(path: Path, first: int) -> None:
    """Write answers until killed: say ``+ number`` before, ``= number`` after each."""
    with AnswerCache(path) as cache:
        for number in range(first, first + EACH):
            answer = kept(number)
            print(f"+ {number}", flush=True)
            cache.keep(question(number), answer)
            print(f"= {number}", flush=True)


@define
class Tally:
    """What was found."""

    kills: int = 0
    missed: int = 0  # kills that met no write
    torn: int = 0  # kills that left a part of a transaction in SQLite's log
    bytes: int = 0
    corrupt: int = 0
    lost: int = 0
    written: list[int] = field(factory=list)

    def row(self) -> str:
        return (
            f"{self.kills:5} {self.torn:24} {len(self.written):15} {self.bytes / 2**20:5.0f} "
            f"{self.corrupt:7} {self.lost:4}"
        )


def killed(path: Path, first: int, moment: float) -> Iterator[tuple[str, int]]:
    """What a process said until it was killed, some time after the beginning of its first write."""
    command = [sys.executable, __file__, "--write", str(path), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 (our own)
        if process.stdout is None:
            raise TypeError("the process has no output")
        said = process.stdout.readline()
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read()
    if process.returncode != -signal.SIGKILL:
        raise SystemExit(f"a process ended by itself, with status {process.returncode}")
    for line in said.split("\n")[:-1]:  # what it did not say to the end, it did not say
        sign, number = line.split()
        yield sign, int(number)


def unfinished(log: Path) -> bool:
    """Whether SQLite's log (sqlite.org/fileformat2.html) ends in a transaction that was not committed."""
    data = log.read_bytes() if log.exists() else b""
    if len(data) < 32:
        return bool(data)
    frame = 24 + int.from_bytes(data[8:12], "big")
    salts, place, ends = data[16:24], 32, True
    while len(data) >= place + 24 and data[place + 8 : place + 16] == salts:
        ends = any(data[place + 4 : place + 8]) and len(data) >= place + frame
        place += frame
    return not ends


def is_whole(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            return False


def check(path: Path, tally: Tally, begun: int | None) -> None:
    """Look at the file, at all answers that were written, and at the one that was being written."""
    tally.corrupt += not is_whole(path)
    with AnswerCache(path) as cache:
        for number in [*tally.written, *([] if begun is None else [begun])]:
            try:
                found = cache.look_up(question(number))
            except FileError:
                tally.corrupt += 1
                continue
            if found is None:
                tally.lost += number != begun
            elif found.response.content != body(number) or found.retrieved != WHEN:
                tally.corrupt += 1


def main() -> int:
    """Print the table; 1 where anything is corrupt or lost."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--kills", type=int, default=KILLS, help=f"how many ({KILLS})")
    options.add_argument("--write", nargs=2, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.write:
        write(Path(given.write[0]), int(given.write[1]))
        return 0
    moments = random.Random(9)  # noqa: S311 (moments to kill at)
    tally = Tally()
    print("kills  left half a transaction  answers written   MiB corrupt lost")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "answers.sqlite")
        while tally.kills < given.kills:
            first = EACH * (tally.kills + tally.missed)
            said = list(killed(path, first, moments.uniform(0, LONGEST)))
            done = [number for sign, number in said if sign == "="]
            begun = next((number for sign, number in said if sign == "+" and number not in done), None)
            tally.written += done
            tally.bytes += sum(len(body(number)) for number in done)
            tally.kills += begun is not None
            tally.missed += begun is None
            tally.torn += unfinished(path.with_name(f"{path.name}-wal"))
            check(path, tally, begun)
            if begun is not None and (tally.kills % 10 == 0 or tally.kills == given.kills):
                print(tally.row(), flush=True)
            if tally.corrupt or tally.lost:
                print(tally.row())
                break
    wrong = tally.corrupt + tally.lost
    print(
        f"{tally.kills} kills in the middle of a write (and {tally.missed} between two), "
        f"{len(tally.written)} answers written, {tally.corrupt} corrupt, {tally.lost} lost"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
