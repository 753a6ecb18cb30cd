"""What the command line says to bad input: ``python bench/bad_input.py``.

Makes each kind of bad input in a temporary folder, runs the command line on it as a process of its
own, and prints what was wrong, the exit status and the line that was printed.  Fails where anything
but exactly one line stands on standard error, where that line does not name what it should, where
anything stands on standard output, or where the exit status is not 2.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import field, frozen

HEADER = "time,entity,kind,value"
KIND = "probing.up-slash24s"


def rows(*, entity: str = "BY", bins: int = 6) -> list[str]:
    """A header and ``bins`` good rows, ten minutes apart: the first stands in line 2."""
    return [HEADER, *(f"2020-08-08T00:{10 * k:02d}:00Z,{entity},{KIND},{100 + k}" for k in range(bins))]


def with_row(row: str, *, at: int = 4, header: str = HEADER) -> str:
    """Good rows, of which the one in line ``at`` is replaced."""
    lines = rows()
    lines[0] = header
    lines[at - 1] = row
    return "\n".join(lines) + "\n"


GOOD = "\n".join(rows()) + "\n"
TWO_ENTITIES = "\n".join([*rows(), *rows(entity="LT")[1:]]) + "\n"
CLASSIFY = ("classify", "signals.csv")


@frozen
class Case:
    """One kind of bad input.

    Attributes:
        what: what is wrong, in a few words.
        names: what the line must name.
        files: content by name, in the folder in which the command runs; None makes a folder.
        arguments: of the command line.
    """

    what: str
    names: tuple[str, ...]
    files: dict[str, str | bytes | None] = field(factory=lambda: {"signals.csv": GOOD})
    arguments: tuple[str, ...] = CLASSIFY


def bad_file(what: str, content: str | bytes | None, *names: str, name: str = "signals.csv") -> Case:
    """A file that cannot be read; the line must name it."""
    return Case(what, (name, *names), {name: content}, ("classify", name))


def bad_row(what: str, row: str, *names: str) -> Case:
    """A row that cannot be read; the line must name its line."""
    return bad_file(what, with_row(row), "line 4", *names)


def bad_arguments(what: str, arguments: Sequence[str], *names: str) -> Case:
    """Arguments that cannot be, with good files beside."""
    files: dict[str, str | bytes | None] = {"signals.csv": GOOD, "two.csv": TWO_ENTITIES}
    return Case(what, names, files, tuple(arguments))


AT = "2020-08-08T00:20:00Z"
CASES = (
    bad_arguments("missing file", ["classify", "nowhere.csv"], "nowhere.csv"),
    bad_file("a folder", None),
    bad_file("empty file", "", "empty"),
    bad_file("header only", HEADER + "\n", "no row"),
    bad_file("binary file", bytes(range(256)) * 4),
    bad_file("not UTF-8", with_row(f"{AT},BY,{KIND},1é").encode("latin-1"), "line 4"),
    bad_file("corrupt gzip", gzip.compress(GOOD.encode())[:-12] + b"garbage-garb", name="signals.csv.gz"),
    bad_file("plain text named .gz", GOOD, "gzip", name="signals.csv.gz"),
    Case("not Parquet", ("Parquet",), {"s.parquet": GOOD}, ("classify", "s.parquet")),
    bad_file("unknown ending", GOOD, name="signals.xlsx"),
    bad_file("missing column", GOOD.replace("kind", "sort", 1), "kind"),
    bad_file("repeated column", with_row("a", header=HEADER + ",value"), "value"),
    bad_row("too few fields", f"{AT},BY,{KIND}"),
    bad_row("too many fields", f"{AT},BY,{KIND},1,2,3"),
    bad_row("time that is none", f"yesterday,BY,{KIND},1", "column time", "yesterday"),
    bad_row("time without offset", f"2020-08-08T00:20:00,BY,{KIND},1", "column time"),
    bad_row("stamp in milliseconds", f"1596844800000,BY,{KIND},1", "column time", "millisecond"),
    bad_row("time off the grid", f"2020-08-08T00:23:07Z,BY,{KIND},1", "column time"),
    bad_row("bin given twice", f"2020-08-08T00:00:00Z,BY,{KIND},1", "line 2"),
    bad_row("unknown entity", f"{AT},ZZ,{KIND},1", "column entity", "ZZ"),
    bad_row("unknown kind", f"{AT},BY,probing.up-slash23s,1", "column kind", KIND),
    bad_row("value not a number", f"{AT},BY,{KIND},many", "column value", "many"),
    bad_row("infinite value", f"{AT},BY,{KIND},inf", "column value", "inf"),
    bad_row("value out of range", f"{AT},BY,{KIND},-1", "column value", "-1"),
    bad_file(
        "negative weight",
        f"{HEADER},weight\n2020-08-08T00:00:00Z,BY,{KIND},1,5\n2020-08-08T00:10:00Z,BY,{KIND},1,-5\n",
        "line 3",
        "column weight",
    ),
    bad_arguments(
        "--from after --to",
        [*CLASSIFY, "--from", "2020-08-08T00:30:00Z", "--to", "2020-08-08T00:10:00Z"],
        "--from",
        "--to",
    ),
    bad_arguments("window outside the data", [*CLASSIFY, "--from", "2021-01-01"], "--from", "2020-08-08"),
    bad_arguments(
        "time without offset", [*CLASSIFY, "--to", "2020-08-08T00:10"], "--to", "'2020-08-08T00:10'"
    ),
    bad_arguments("--entity not in the file", [*CLASSIFY, "--entity", "IR"], "--entity", "IR", "BY"),
    bad_arguments("--entity that is none", [*CLASSIFY, "--entity", "Belarus"], "--entity", "Belarus"),
    bad_arguments("several entities, no --entity", ["classify", "two.csv"], "--entity", "BY, LT"),
    bad_arguments("unknown format", [*CLASSIFY, "--format", "xml"], "--format", "xml"),
    bad_arguments("no such command", ["clasify"], "clasify"),
    bad_arguments("unknown option", [*CLASSIFY, "--fron", "2020-08-08"], "--fron"),
    bad_arguments("missing argument", ["classify"], "SIGNALS.csv"),
    bad_arguments("missing option", ["compare", "signals.csv", "--first", "2020-08-08"], "--second"),
    bad_arguments(
        "nothing to compare",
        ["compare", "signals.csv", "--first", "2020-08-08", "--second", "2020-08-09"],
        "two episodes",
    ),
    bad_arguments("no command", []),
    bad_arguments("missing history file", [*CLASSIFY, "--history", "nowhere.csv"], "nowhere.csv"),
    bad_arguments("bad history file", [*CLASSIFY, "--history", "signals.csv"], "signals.csv"),
)


def run_case(case: Case, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command line on one case, in a folder of its own."""
    for name, content in case.files.items():
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return subprocess.run(  # noqa: S603 (the arguments stand above)
        [sys.executable, "-m", "shutdownkit", *case.arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )


def problems(case: Case, ran: subprocess.CompletedProcess[bytes]) -> list[str]:
    """What is wrong with the answer; nothing where it is as it should be."""
    said = ran.stderr.decode("utf-8", "replace")
    found = []
    if ran.returncode != 2:
        found.append(f"exit status {ran.returncode}")
    if ran.stdout:
        found.append(f"{len(ran.stdout)} bytes on standard output")
    if len(said.splitlines()) != 1 or not said.endswith("\n"):
        found.append(f"{len(said.splitlines())} lines on standard error")
    found += [f"does not name {name!r}" for name in case.names if name not in said]
    return found


def main() -> int:
    """Run every case and print the table; 1 where any answer is wrong."""
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(os.cpu_count()) as pool:
        folders = [Path(scratch) / str(number) for number in range(len(CASES))]
        for folder in folders:
            folder.mkdir()
        answers = list(pool.map(run_case, CASES, folders))
    wrong = 0
    for case, answer in zip(CASES, answers, strict=True):
        found = problems(case, answer)
        wrong += bool(found)
        last = (answer.stderr.decode("utf-8", "replace").splitlines() or [""])[-1]
        print(f"{'WRONG' if found else 'ok':5}  {case.what:30}  {answer.returncode}  {last}")
        for problem in found:
            print(f"{'':5}  {'':30}     {problem}")
    print(f"{len(CASES)} kinds of bad input, {wrong} answered wrongly")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
