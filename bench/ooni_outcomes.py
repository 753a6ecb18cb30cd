"""Every recorded whole measurement of OONI, our outcome beside OONI's: ``python bench/ooni_outcomes.py``.

The files are in $SHUTDOWNKIT_SHARED_DATA, or in ../shared/data beside the project.  Known block pages are
taken from the recorded list of fingerprints.  OONI's flags are A (anomaly), C (confirmed) and F (failure), as
its production server has them for ``raw_measurements``; ``none`` is none of them, and ``-`` that they were
not recorded.  For web measurements the probe's own ``blocking`` and ``accessible`` stand beside.

An agreement is BLOCKED with A, and OK with none.  Below each line that disagrees stands why, in the words of
our outcome.  A table at the end has the simulated measurements with throttling.  Fails where an exception
escapes, or where another simulated measurement than those with throttling is SLOWED.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from shutdownkit.errors import WrongAnswerError
from shutdownkit.model.service_tests import Outcome, ServiceTest
from shutdownkit.sources.ooni.whole.fingerprints import Fingerprints
from shutdownkit.sources.ooni.whole.record import read_whole
from shutdownkit.sources.ooni.whole.verdict import tests_of

FOLDERS = ("raw_measurements", "fastpath_tests", "spec_examples", "qa_measurements")
NOT_RECORDED = "-"


@frozen
class Line:
    """What came of one file.

    Attributes:
        flags: OONI's, or ``-``.
        probe: the probe's own words, of a web measurement.
        test: our outcome; None where the measurement is of no service.
        refused: why it was not read; empty where it was.
    """

    folder: str
    name: str
    kind: str
    flags: str
    probe: str
    test: ServiceTest | None
    refused: str = ""

    @property
    def agrees(self) -> bool | None:
        """Whether we agree with the flags; None where there are none, or nothing to compare."""
        if self.flags == NOT_RECORDED or self.test is None:
            return None
        expected = {"none": Outcome.OK, "A": Outcome.BLOCKED, "AC": Outcome.BLOCKED}
        return self.test.outcome is expected.get(self.flags)

    @property
    def probe_agrees(self) -> bool | None:
        """Whether we agree with the probe's own ``blocking``; None where it could not tell."""
        blocking = self.probe.partition("/")[0]
        if self.test is None or blocking in {"", "None"}:
            return None
        reached = self.probe == "False/True"
        failed = self.test.outcome in {Outcome.BLOCKED, Outcome.SLOWED}
        return self.test.outcome is Outcome.OK if reached else failed == (blocking != "False")

    def __str__(self) -> str:
        test = self.test
        ours = "refused" if self.refused else "no service"
        layer = strength = "-"
        if test is not None:
            ours = test.outcome.value
            layer = test.layer.value if test.layer else "-"
            strength = test.strength.value if test.strength else "-"
        named = f"{self.name[:58]:58} {self.kind[:20]:20}"
        return f"{named} {ours:10} {layer:4} {strength:9} {self.flags:4} {self.probe}".rstrip()


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The files that may hold a measurement: JSON objects with the name of a test."""
    for path in sorted(folder.iterdir()):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if body.lstrip().startswith(b"{") and b'"test_name"' in body:
            yield path, body


def flags(data: Path) -> dict[str, str]:
    """The production server's flags by the name of the measurement."""
    found = {}
    for path in sorted((data / "ooni" / "api_responses").glob("measurement_meta__*")):
        answer = json.loads(path.read_bytes())
        if "measurement_uid" in answer:
            words = (("A", "anomaly"), ("C", "confirmed"), ("F", "failure"))
            found[answer["measurement_uid"]] = "".join(key for key, word in words if answer[word]) or "none"
    return found


def line_of(path: Path, body: bytes, known: dict[str, str], fingerprints: Fingerprints) -> Line:
    """What comes of one file."""
    document = json.loads(body)
    name = path.name.removesuffix(".gz").removesuffix(".json")
    keys = document.get("test_keys") or {}
    web = document["test_name"] == "web_connectivity" and isinstance(keys, dict)
    probe = f"{keys.get('blocking')}/{keys.get('accessible')}" if web else ""
    shown = known.get(name, NOT_RECORDED)
    try:
        found = tests_of(read_whole(body), fingerprints)
    except WrongAnswerError as error:
        return Line(path.parent.name, name, document["test_name"], shown, probe, None, error.problem)
    return Line(path.parent.name, name, document["test_name"], shown, probe, found[0] if found else None)


def report(lines: list[Line]) -> None:
    """Print the lines, each disagreement with its reason."""
    print(f"{'measurement':58} {'test':20} {'ours':10} {'at':4} {'strength':9} {'OONI':4} probe")
    folder = ""
    for line in lines:
        if line.folder != folder:
            folder = line.folder
            print(f"{folder}:")
        print(line)
        reason = line.test.reason if line.test else line.refused
        if line.agrees is False:
            print(f"    not OONI's {line.flags}: {reason}")
        elif line.test is None and not line.refused and line.flags not in {"none", NOT_RECORDED}:
            print(f"    not compared with OONI's {line.flags}: {line.kind} is of no single service")
        elif line.refused:
            print(f"    refused: {reason}")
        elif line.agrees is None and line.probe_agrees is False:
            print(f"    not the probe's {line.probe}: {reason}")


def main() -> int:
    """Print what came of every file; 1 where SLOWED is wrong, 2 where the data are not there."""
    named = os.environ.get("SHUTDOWNKIT_SHARED_DATA")
    data = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not data.is_dir():
        print(f"the recorded data are not at {data}", file=sys.stderr)
        return 2
    marks = data / "ooni" / "fingerprints"
    fingerprints = Fingerprints.read(marks / "fingerprints_dns.csv", marks / "fingerprints_http.csv")
    known = flags(data)
    lines = [
        line_of(path, body, known, fingerprints)
        for folder in FOLDERS
        for path, body in files(data / "ooni" / folder)
    ]
    report(lines)
    print()
    outcomes = Counter(line.test.outcome.value if line.test else "none" for line in lines)
    print(
        f"{len(lines)} measurements: "
        + ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    )
    for what, marked in (
        ("OONI's flags", [line.agrees for line in lines]),
        ("the probe's own words", [line.probe_agrees for line in lines]),
    ):
        counts = Counter(marked)
        print(f"with {what}: {counts[True]} agree, {counts[False]} do not, {counts[None]} not to compare")
    print()
    print("simulated throttling:")
    wrong = 0
    for line in lines:
        if line.folder == "qa_measurements" and line.test is not None:
            expected, slowed = line.name.startswith("throttling"), line.test.outcome is Outcome.SLOWED
            wrong += expected != slowed
            if expected or slowed:
                print(f"    {line.name:30} {line.test.outcome.value:8} {line.test.reason}")
    others = sum(
        line.folder == "qa_measurements" and not line.name.startswith("throttling") for line in lines
    )
    print(f"    of {others} others none is slowed" if not wrong else f"    {wrong} are wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
