"""What the command line does when a provider misbehaves: ``python bench/misbehaviour.py``.

Serves the demonstration's reconstruction as three providers, lets one of them misbehave in one way,
runs ``shutdownkit assess BY`` on it as a process of its own, and prints for each way the exit status, the
seconds, the peak memory, what ``failures`` says, and whether the others' verdict stood: whether it is that
of a run in which the misbehaving provider was not asked at all (or, where it recovers, that of a run in
which all are well).  At last all three are down.  Fails where any of this is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import frozen

from shutdownkit.demo.belarus import Demonstration, belarus_2020
from shutdownkit.demo.providers import answers
from shutdownkit.testing.faults.fault import Answering
from shutdownkit.testing.faults.zoo import ZOO
from shutdownkit.testing.providers import serve_providers

LIMIT = 45  # seconds a source may take
NAMES = ("atlas", "ioda", "ooni")

Answers = Mapping[str, Answering]


@frozen
class Run:
    """One run of the command line."""

    status: int
    seconds: float
    mebibytes: float
    document: dict[str, object] | None
    noise: str

    @property
    def verdict(self) -> object:
        """What was judged: condition, episodes, and what was measured."""
        if self.document is None:
            return None
        return [self.document[key] for key in ("condition", "episodes", "coverage", "traces")]

    def failures(self, source: str) -> list[dict[str, object]]:
        """What the report says of a source's failures."""
        told = () if self.document is None else self.document["failures"]
        return [one for one in told if one["source"] == source] if isinstance(told, list) else []


def run(providers: Answers, sources: tuple[str, ...] = NAMES) -> Run:
    """``assess`` on these providers, with nothing kept from before."""
    with serve_providers(providers) as environ, tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        command = [sys.executable, "-m", "shutdownkit", "assess", "BY", "--format", "json"]
        command += ["--from", "2020-08-08", "--to", "2020-08-20", "--timeout", str(LIMIT)]
        command += [part for name in sources for part in ("--source", name)]
        began = time.monotonic()
        with out.open("wb") as output, err.open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 (our own command)
                command,
                stdout=output,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **environ, "SHUTDOWNKIT_CACHE_DIR": folder},
            )
            _, state, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(state)
        text = out.read_text()
        return Run(
            process.returncode,
            time.monotonic() - began,
            usage.ru_maxrss / 1024,
            json.loads(text) if text else None,
            err.read_text(),
        )


def one_line(failures: list[dict[str, object]]) -> str:
    """The first failure, with how many more there are."""
    if not failures:
        return "-"
    first = failures[0]
    text = str(first["problem"])
    text = text if len(text) <= 88 else text[:85] + "..."
    again = "retry" if first["retry"] else "no retry"
    more = f" (+{len(failures) - 1})" if len(failures) > 1 else ""
    return f"{text} [{again}]{more}"


def main() -> int:
    """Print the table; 1 where something is not as it must be."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--only", help="the way whose name this is")
    only = options.parse_args().only
    demonstration: Demonstration = belarus_2020()
    good = answers(demonstration)
    whole = run(good)
    without = {name: run(good, tuple(other for other in NAMES if other != name)) for name in NAMES}
    print(f"all well: exit {whole.status}, {whole.seconds:.1f} s, {whole.mebibytes:.0f} MiB\n")
    print(f"{'provider':8} {'misbehaves':22} exit  seconds   MiB  others stood  failures says")
    cases = [(name, way) for way in ZOO for name in NAMES if only in {None, way}]
    wrong = 0
    with ThreadPoolExecutor(2) as pool:
        runs = pool.map(lambda case: run({**good, case[0]: ZOO[case[1]].misbehave(good[case[0]])}), cases)
        for (name, way), done in zip(cases, runs, strict=True):
            expected = whole if ZOO[way].recovers else without[name]
            stood = done.verdict == expected.verdict
            failed = done.failures(name)
            right = stood and done.status == 0 and bool(failed) != ZOO[way].recovers
            right = right and "Traceback" not in done.noise
            wrong += not right
            print(
                f"{name:8} {way:22} {done.status:4} {done.seconds:8.1f} {done.mebibytes:5.0f}  "
                f"{'yes' if stood else 'NO':12}  {one_line(failed)}",
                flush=True,
            )
    down = run({name: ZOO["broken"].misbehave(answer) for name, answer in good.items()})
    lines = len(down.noise.splitlines())
    condition = None if down.document is None else down.document["condition"]
    print(
        f"\nall three down: exit {down.status}, {down.seconds:.1f} s, {lines} lines on standard error, "
        f"condition {condition}"
    )
    wrong += down.status != 3 or condition != "insufficient_data"
    print("as it must be" if not wrong else f"{wrong} not as they must be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
