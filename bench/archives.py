"""Reading OONI's archive files: this library beside oonidata, on the same lines, in one run.

    OONIDATA_PYTHON=X/bin/python python bench/archives.py [MEGABYTES] [ROUNDS]

oonidata is the typed reader of the same files that OONI publishes itself.  It wants an environment of its
own: ``python -m venv X && X/bin/pip install oonidata==0.3.0``; without one, this library runs alone.

The lines are the recorded measurements of four folders (in $SHUTDOWNKIT_SHARED_DATA, or ../shared/data beside
the project), repeated with other runs, names and times until there are so many megabytes (300), in files
of gzip.  Each reader is a process of its own, one after the other in turns, and says how long it took without
its imports; the fastest of the rounds counts, and the largest memory (of one process).  What each does of
every line is not the same, and each does what it is for:

- oonidata unpacks with ``gzip.GzipFile``, decodes the whole line with orjson into dicts and lists, and copies
  all of it (bodies too) into the dataclasses of its ``nettests``.  It judges nothing.
- This library unpacks with ``zlib``, decodes with msgspec what it judges by, and makes of it a measurement
  with time, place, upload and marks of copies, its ``ServiceTest`` (the judgement: blocked, down, ok, ...)
  and its speeds.  Bodies and headers are passed over unless a rule asks for them.  ``counting only`` leaves
  the results undecoded.

A line that one refuses takes it less time; how many each refuses is shown.  The repetition favours what
remembers names and addresses (this library does; in OONI's own archives they recur too, its lists of sites
being some thousands long, but not so often): ``shutdownkit, forgetful`` is the same reader with nothing
remembered, the least that any archive can be read at.
"""

from __future__ import annotations

import gzip
import importlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import Any

import msgspec

from shutdownkit.sources.ooni.archive.reading import read_archive
from shutdownkit.sources.ooni.archive.tally import Tally
from shutdownkit.sources.ooni.whole import addresses, record

FOLDERS = ("raw_measurements", "fastpath_tests", "spec_examples", "qa_measurements")
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
FILES = 8
MEGA = 1_000_000

PEER = """
import json, pathlib, sys, time
from oonidata.dataclient import load_measurement, stream_jsonl
begin, used = time.perf_counter(), time.process_time()
lines = failed = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.jsonl.gz")):
    with path.open("rb") as body:
        for found in stream_jsonl(body):
            lines += 1
            try:
                load_measurement(msmt=found)
            except Exception:
                failed += 1
took = time.perf_counter() - begin
used = time.process_time() - used
status = pathlib.Path("/proc/self/status").read_text()
peak = int(status.partition("VmHWM:")[2].split()[0])
print(json.dumps({"seconds": took, "work": used, "lines": lines, "failed": failed, "peak": peak}))
"""


def recorded() -> list[dict[str, Any]]:
    folder = Path(os.environ.get("SHUTDOWNKIT_SHARED_DATA", BESIDE)) / "ooni"
    paths = chain.from_iterable(sorted((folder / name).glob("*.json")) for name in FOLDERS)
    found = [json.loads(path.read_bytes()) for path in paths]
    return [one for one in found if isinstance(one, dict) and "test_name" in one]


def repeated(found: list[dict[str, Any]], size: int) -> Iterator[bytes]:
    """Lines of at least so many bytes, of which no two are copies of one measurement."""
    made = 0
    for turn in count():
        for number, one in enumerate(found):
            other = one | {
                "report_id": f"{one.get('report_id')}_{turn}",
                "measurement_uid": uid(one, turn, number),
            }
            start = one.get("measurement_start_time")
            if start:
                later = datetime.fromisoformat(start) + timedelta(minutes=turn)
                other["measurement_start_time"] = f"{later:%Y-%m-%d %H:%M:%S}"
            text = json.dumps(other, separators=(",", ":")).encode() + b"\n"
            made += len(text)
            yield text
            if made >= size:
                return


def uid(one: dict[str, Any], turn: int, number: int) -> str:
    start = str(one.get("measurement_start_time") or "2013-01-01 00:00:00")
    upload = datetime.fromisoformat(start) + timedelta(minutes=turn + 1)
    slug = str(one["test_name"]).replace("_", "")
    return f"{upload:%Y%m%d%H%M%S}.000000_{one.get('probe_cc', 'ZZ')}_{slug}_{turn:08x}{number:08x}"


def build(folder: Path, size: int) -> tuple[int, int]:
    """Files of gzip; how many lines and bytes of text there are."""
    lines = total = 0
    with ExitStack() as stack:
        paths = [folder / f"part-{number}.jsonl.gz" for number in range(FILES)]
        files = [stack.enter_context(gzip.open(path, "wb", compresslevel=6)) for path in paths]
        for text in repeated(recorded(), size):
            files[lines % FILES].write(text)
            lines += 1
            total += len(text)
    return lines, total


def ours(folder: str, how: str) -> None:
    """In a process of its own: prints what came of it."""
    begin, used = time.perf_counter(), worked()
    tally = Tally()
    tests = 0
    if how == "processes":
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
            for file in read_archive(folder, executor=executor):
                tally, tests = tally + file.tally, tests + len(file.tests)
    else:
        for file in read_archive(folder, details=how != "counting"):
            tally, tests = tally + file.tally, tests + len(file.tests)
    took, used = time.perf_counter() - begin, worked() - used
    peak = highest()
    if how == "processes":
        peak = max(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    failed = tally.lines - tally.kept
    found = {
        "seconds": took,
        "work": used,
        "lines": tally.lines,
        "failed": failed,
        "peak": peak,
        "tests": tests,
    }
    print(json.dumps(found))


def forget() -> None:
    """Let nothing be remembered from one line to the next: each function is asked anew."""
    for module in (addresses, record):
        for name, function in vars(module).copy().items():
            if hasattr(function, "cache_clear"):
                setattr(module, name, lru_cache(maxsize=0)(function.__wrapped__))


def highest() -> int:
    """The most memory that this process has held, in KiB (Linux).

    Not ``ru_maxrss`` of itself: that counts what the parent held when it started the process.
    """
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])


def worked() -> float:
    """Seconds of processor, those of ended child processes included."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 (ours)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class Narrow(msgspec.Struct):
    """The envelope, with the results undecoded."""

    test_name: str
    measurement_start_time: Any = None
    probe_cc: Any = None
    probe_asn: Any = None
    report_id: Any = None
    input: Any = None
    test_keys: msgspec.Raw = msgspec.Raw(b"null")


def best(work: Callable[[], int], rounds: int) -> float:
    """Megabytes a second."""
    speeds = []
    for _ in range(rounds):
        begin = time.perf_counter()
        done = work()
        speeds.append(done / MEGA / (time.perf_counter() - begin))
    return max(speeds)


def decoders(rounds: int) -> None:
    lines = list(repeated(recorded(), 20 * MEGA))
    found: dict[str, Callable[[bytes], Any]] = {
        "json": json.loads,
        "msgspec, generic": msgspec.json.Decoder().decode,
        "msgspec, envelope and raw results": msgspec.json.Decoder(Narrow).decode,
    }
    try:
        found["orjson"] = importlib.import_module("orjson").loads
    except ImportError:
        print("orjson is not installed")
    print("\ndecoding lines, MB of text a second")
    for name, decode in found.items():

        def work(decode: Callable[[bytes], Any] = decode) -> int:
            for line in lines:
                decode(line)
            return sum(map(len, lines))

        print(f"  {name:36} {best(work, rounds):8.0f}")


def unpackers(folder: Path, rounds: int) -> None:
    found: dict[str, Any] = {"zlib": zlib}
    try:
        found["isal"] = importlib.import_module("isal.isal_zlib")
    except ImportError:
        print("isal is not installed")
    data = (folder / "part-0.jsonl.gz").read_bytes()
    print("\nunpacking gzip, MB of text a second")
    for name, library in found.items():

        def work(library: Any = library) -> int:
            unpacker = library.decompressobj(31)
            return sum(len(unpacker.decompress(data[at : at + 65536])) for at in range(0, len(data), 65536))

        print(f"  {name:36} {best(work, rounds):8.0f}")


def compare(results: dict[str, list[dict[str, Any]]]) -> None:
    """Ratios; the second is fair to whoever was disturbed by other work on the machine."""
    theirs = results.pop("oonidata")
    print("\ntimes as fast as oonidata: by the clock, by processor time")
    for name, found in results.items():
        ratios = [
            min(one[key] for one in theirs) / min(one[key] for one in found) for key in ("seconds", "work")
        ]
        print(f"  {name:28} {ratios[0]:6.2f} {ratios[1]:6.2f}")


def main() -> None:
    size = int(sys.argv[1]) * MEGA if len(sys.argv) > 1 else 300 * MEGA
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    me = [sys.executable, str(Path(__file__).resolve()), "--read"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        lines, text = build(folder, size)
        packed = sum(path.stat().st_size for path in folder.iterdir())
        print(
            f"{lines} lines, {text / MEGA:.0f} MB of text, {packed / MEGA:.0f} MB packed, {FILES} files: "
            f"{len(recorded())} recorded measurements of {', '.join(FOLDERS)}, repeated"
        )
        readers = {
            "shutdownkit, one process": [*me, place, "serial"],
            "shutdownkit, two processes": [*me, place, "processes"],
            "shutdownkit, counting only": [*me, place, "counting"],
            "shutdownkit, forgetful": [*me, place, "forgetful"],
        }
        peer = os.environ.get("OONIDATA_PYTHON")
        if peer:
            readers["oonidata"] = [peer, "-c", PEER, place]
        else:
            print("oonidata is not there: python -m venv X && X/bin/pip install oonidata==0.3.0, then")
            print("set OONIDATA_PYTHON=X/bin/python")
        results: dict[str, list[dict[str, Any]]] = {name: [] for name in readers}
        for _ in range(rounds):
            for name, command in readers.items():
                results[name].append(run(command))
        print(
            f"\n{'':28} {'MB/s':>6} {'packed':>7} {'MB/cpu s':>9} {'lines':>6} {'failed':>7} {'peak MB':>8}"
        )
        for name, found in results.items():
            took, used = (min(one[key] for one in found) for key in ("seconds", "work"))
            peak = max(one["peak"] for one in found) / 1024
            print(
                f"{name:28} {text / MEGA / took:6.1f} {packed / MEGA / took:7.1f} {text / MEGA / used:9.1f} "
                f"{found[0]['lines']:6} {found[0]['failed']:7} {peak:8.0f}"
            )
        if peer:
            compare(results)
        decoders(rounds)
        unpackers(folder, rounds)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        if sys.argv[3] == "forgetful":
            forget()
        ours(sys.argv[2], sys.argv[3])
    else:
        main()
