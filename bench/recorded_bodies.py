"""What the parsers make of every recorded file of a provider: ``python bench/recorded_bodies.py``.

The providers are OONI, IODA and RIPE Atlas; the files are in $SHUTDOWNKIT_SHARED_DATA, or in
../shared/data beside the project.  Each is read with the parser that is meant for it; a file of a kind that
no source of this package asks for is read as JSON, CSV or text only.  Iran 2019 goes through loopback
servers and the sources.

Prints a line for each folder, with how many files were parsed, read in form only, and refused; below it a
line for each that was refused, with the reason.  Fails only where an exception escapes that is no
ProviderError and no CallerError.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from attrs import field, frozen

import shutdownkit as sk
from shutdownkit.errors import CallerError, ProviderError, WrongAnswerError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.document import read_document
from shutdownkit.reading.http.fields import as_list, as_object, member
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import SourceConfig
from shutdownkit.sources.atlas.events import read_events
from shutdownkit.sources.atlas.probes import read_probes
from shutdownkit.sources.ioda.outages import AlertRow, EventRow, Rows, read_alerts
from shutdownkit.sources.ioda.outages import read_events as read_outages
from shutdownkit.sources.ioda.parse import read_signals_envelope
from shutdownkit.sources.ioda.source import IodaSource
from shutdownkit.sources.ooni.measurements import read_measurement_meta, read_measurements
from shutdownkit.sources.ooni.parse import read_aggregation
from shutdownkit.sources.ooni.source import OoniSource
from shutdownkit.sources.ooni.whole import verdict
from shutdownkit.sources.ooni.whole.record import read_whole
from shutdownkit.sources.ooni.whole.times import times_of
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.ioda import ioda_answer
from shutdownkit.testing.wire.ooni import OoniBucket, OoniWorld, ooni_answer

FOLDERS = ("ooni", "ioda", "atlas", "iran-2019")
NO_HISTORY = timedelta(0)


# What a parser makes of a file's bytes, in a few words


def signals(body: bytes) -> str:
    found = read_signals_envelope(read_document(body))
    return f"{len(found)} series of {sum(len(one.values) for one in found)} bins"


def rows_of(found: Rows[EventRow] | Rows[AlertRow], what: str) -> str:
    if found.refused:
        raise WrongAnswerError(f"{len(found.refused)} of {found.count} {what}: {found.refused[0]}")
    return f"{found.count} {what}"


def outages(body: bytes) -> str:
    return rows_of(read_outages(read_document(body)), "events")


def alerts(body: bytes) -> str:
    return rows_of(read_alerts(read_document(body)), "alerts")


def aggregation(body: bytes) -> str:
    return f"{len(read_aggregation(read_document(body)).rows)} rows"


def measurements(body: bytes) -> str:
    return f"{len(read_measurements(read_document(body)).rows)} measurements"


def measurement_meta(body: bytes) -> str:
    return read_measurement_meta(read_document(body)).test_name


def connection_events(body: bytes) -> str:
    lines = body.splitlines() if body.startswith(b"{") else None
    rows = as_list(read_document(body), "") if lines is None else [read_document(line) for line in lines]
    read = read_events(rows, where="a recorded file")
    if read.bad:
        raise WrongAnswerError(f"{read.bad} of {len(rows)} events, the first: {read.first_problem}")
    return f"{len(read.values)} events of {len(rows)} rows"


def probes(body: bytes) -> str:
    document = read_document(body)
    rows = document if isinstance(document, list) else member(as_object(document, ""), "results", "")
    read = read_probes(as_list(rows, "results"), where="a recorded file")
    if read.bad:
        raise WrongAnswerError(f"{read.bad} probes, the first: {read.first_problem}")
    return f"{len(read.values)} probes"


def whole_measurement(body: bytes) -> str:
    """As the source of OONI's archives reads a line."""
    one = read_whole(body)
    times_of(one)
    return f"{one.test_name}: {len(verdict.tests_of(one))} tests of a service"


def through_ioda(body: bytes) -> str:
    """The signals of Iran 2019, as the source gives them again over HTTP: the same to the bin."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "signals.csv"
        path.write_bytes(body)
        sent = sk.read_signals(path)
    window = sent[0].series.window
    again = 0
    with LoopbackServer(ioda_answer(sent)) as server, HttpClient(quotas=Quotas()) as http:
        source = IodaSource(SourceConfig("ioda", http, server.url))
        for entity in sorted({one.entity for one in sent}):
            got = source.fetch(Query(entity, window, history=NO_HISTORY)).signals
            own = {one.kind: one.series for one in sent if one.entity == entity}
            if {one.kind: one.series for one in got} != own:
                raise AssertionError(f"{entity}: the signals came back other than they were")
            again += len(got)
    return f"{again} signals, bin by bin the same over HTTP"


def through_ooni(body: bytes) -> str:
    """The counts of Iran 2019, as the source adds them up again over HTTP."""
    start, days = datetime(2019, 11, 10, tzinfo=UTC), 14
    held = [OoniBucket(start + timedelta(hours=hour), "XX", 64496, ok=40_000) for hour in range(24 * days)]
    counts = [0] * days
    for row in csv.DictReader(io.StringIO(body.decode())):
        day = datetime.fromisoformat(row["test_day"]).replace(tzinfo=UTC)
        held.append(OoniBucket(day, "IR", int(row["probe_asn"]), ok=int(row["count"])))
        counts[(day - start).days] += int(row["count"])
    query = Query(
        "IR", sk.TimeWindow(start, start + timedelta(days=days)), ["ooni.measurements"], history=NO_HISTORY
    )
    with LoopbackServer(ooni_answer(OoniWorld(tuple(held)))) as server, HttpClient(quotas=Quotas()) as http:
        (got,) = OoniSource(SourceConfig("ooni", http, server.url)).fetch(query).signals
    if np.nansum(got.series.values.reshape(days, 24), axis=1).tolist() != counts:
        raise AssertionError("the days came back other than they were")
    return f"{sum(counts)} measurements, day by day the same over HTTP"


def as_json(body: bytes) -> str:
    lines = body.splitlines()
    if len(lines) > 1 and all(line.startswith(b"{") and line.endswith(b"}") for line in lines):
        return f"{len([read_document(line) for line in lines])} documents"
    read_document(body)
    return "one document"


def as_csv(body: bytes) -> str:
    return f"{sum(1 for _ in csv.reader(io.StringIO(body.decode('utf-8-sig'))))} rows"


def as_text(body: bytes) -> str:
    return f"{len(body.decode().splitlines())} lines"


@frozen
class Kind:
    """Files of one kind.

    Attributes:
        pattern: of the path below the recorded data.
        read: the parser.
        why: why no typed parser reads them; empty where one does.
    """

    pattern: str
    read: Callable[[bytes], str]
    why: str = ""


OTHER = "endpoints that the source does not ask"
RESULTS = "results of measurements: the source asks for measurement 7000 and probes, no reader yet"
LISTS = "published lists and tables, no provider's answer"
KINDS = (  # the first that fits counts
    Kind("ooni/api_local_server/INDEX.json", as_json, LISTS),
    Kind("ooni/api_local_server/429_*", aggregation),
    Kind("ooni/api_local_server/*.csv", as_csv, "CSV: the source asks for JSON"),
    Kind("ooni/api_local_server/*.json", as_json, OTHER),
    Kind("ooni/api_responses/aggregation__*", aggregation),
    Kind("ooni/api_responses/search__measurements__*", measurements),
    Kind("ooni/api_responses/measurement_meta__*", measurement_meta),
    Kind("ooni/api_responses/*", as_json, OTHER),
    Kind("ooni/raw_measurements/*", whole_measurement),
    Kind("ooni/qa_measurements/*", whole_measurement),
    Kind("ooni/spec_examples/*", whole_measurement),
    Kind("ooni/fastpath_tests/detector_query*", as_json, LISTS),
    Kind("ooni/fastpath_tests/fingerprints*", as_json, LISTS),
    Kind("ooni/fastpath_tests/*.json*", whole_measurement),
    Kind("ioda/api_recorded/*", signals),
    Kind("ioda/fixtures_thirdparty/*alerts*", alerts),
    Kind("ioda/fixtures_thirdparty/*events*", outages),
    Kind("atlas/connection-events/*", connection_events),
    Kind("atlas/api_samples/probes_*", probes),
    Kind("atlas/api_samples/*", as_json, OTHER),
    Kind("atlas/sagan/*", as_json, RESULTS),
    Kind("atlas/tools/*", as_json, RESULTS),
    Kind("iran-2019/ioda-signals.csv", through_ioda),
    Kind("iran-2019/ooni-measurements-iran-by-probeasn.csv", through_ooni),
    Kind("iran-2019/*.csv", as_csv, LISTS),
    Kind("*.json", as_json, LISTS),
    Kind("*.json.gz", as_json, LISTS),
    Kind("*.csv", as_csv, LISTS),
    Kind("*.csv.gz", as_csv, LISTS),
    Kind("*", as_text, LISTS),
)
BY_ADDRESS = {
    "/api/v1/aggregation": aggregation,
    "/api/v1/measurements": measurements,
    "/api/v1/measurement_meta": measurement_meta,
}


@frozen
class Folder:
    """What came of a folder's files."""

    name: str
    read: list[str] = field(factory=list)
    form_only: dict[str, int] = field(factory=dict)
    refused: list[str] = field(factory=list)
    escaped: list[str] = field(factory=list)


def requests_of(data: Path) -> dict[str, tuple[str, int]]:
    """What OONI's server was asked for each of its recorded answers, and the answer's status."""
    index = data / "ooni" / "api_local_server" / "INDEX.json"
    entries = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else []
    return {f"ooni/api_local_server/{one['name']}.json": (one["request"], one["status"]) for one in entries}


def kind_of(name: str, requests: dict[str, tuple[str, int]]) -> Kind:
    """How a file is read: an answer of OONI's server by the address that it answers."""
    request, _ = requests.get(name, ("", 200))
    read = BY_ADDRESS.get(urlsplit(request).path)
    if read is not None:
        return Kind(name, read)
    return next(kind for kind in KINDS if fnmatch(name, kind.pattern))


def files(data: Path) -> Iterator[Path]:
    """Every recorded file of the three providers, in order."""
    for folder in FOLDERS:
        yield from sorted(path for path in (data / folder).rglob("*") if path.is_file())


def read_all(data: Path) -> dict[str, Folder]:
    """Read every file."""
    folders: dict[str, Folder] = {}
    requests = requests_of(data)
    for path in files(data):
        name = path.relative_to(data).as_posix()
        kind = kind_of(name, requests)
        folder = folders.setdefault(parent := name.rpartition("/")[0], Folder(parent))
        _, status = requests.get(name, ("", 200))
        sent = f" (recorded with status {status})" if status != 200 else ""
        try:
            body = path.read_bytes()
            kind.read(gzip.decompress(body) if path.suffix == ".gz" else body)
        except (ProviderError, CallerError) as error:
            problem = error.problem if isinstance(error, ProviderError) else str(error)
            folder.refused.append(f"{path.name}: {problem}{sent}")
        except Exception as error:  # noqa: BLE001 (that none escapes is what is measured)
            folder.escaped.append(f"{path.name}: {type(error).__name__}: {error}")
        else:
            if kind.why:
                why = f"{kind.read.__name__.removeprefix('as_')} only ({kind.why})"
                folder.form_only[why] = folder.form_only.get(why, 0) + 1
            else:
                folder.read.append(path.name)
    return folders


def main() -> int:
    """Print what came of every file; 1 where an exception escaped, 2 where the data are not there."""
    named = os.environ.get("SHUTDOWNKIT_SHARED_DATA")
    data = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not data.is_dir():
        print(f"the recorded data are not at {data}", file=sys.stderr)
        return 2
    folders = read_all(data).values()
    print(f"{'folder':32} {'files':>5} {'parsed':>6} {'form':>5} {'refused':>7}")
    sums = [0, 0, 0, 0]
    escaped = 0
    for one in folders:
        form = sum(one.form_only.values())
        counts = (len(one.read) + form + len(one.refused), len(one.read), form, len(one.refused))
        sums = [total + count for total, count in zip(sums, counts, strict=True)]
        print(f"{one.name:32} {counts[0]:5} {counts[1]:6} {counts[2]:5} {counts[3]:7}")
        for why, count in sorted(one.form_only.items()):
            print(f"    {count} read as {why}")
        for line in one.refused:
            print(f"    refused {line}")
        for line in one.escaped:
            print(f"    ESCAPED {line}")
        escaped += len(one.escaped)
    print(f"{'all':32} {sums[0]:5} {sums[1]:6} {sums[2]:5} {sums[3]:7}")
    print(f"{escaped} exceptions escaped")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
