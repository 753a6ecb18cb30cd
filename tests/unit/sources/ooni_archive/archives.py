"""Archives made for tests: measurements as lines, in files laid out as OONI's bucket is."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

START = datetime(2026, 1, 8, tzinfo=UTC)  # a Thursday, as the weeks of the API begin
HOUR = timedelta(hours=1)


def measurement(
    time: datetime = START,
    *,
    country: str = "UG",
    asn: int = 20294,
    test: str = "web_connectivity",
    tested: str | None = "https://example.org/",
    run: str = "run",
    number: int = 0,
    uploaded: datetime | None = None,
    keys: Any = None,
) -> dict[str, Any]:
    """A measurement as OONI publishes it; the number tells alike ones apart."""
    upload = time + timedelta(minutes=1) if uploaded is None else uploaded
    slug = test.replace("_", "")
    mark = zlib.crc32(f"{country} {asn} {test} {tested} {run} {number} {time}".encode())
    return {
        "test_name": test,
        "measurement_start_time": f"{time:%Y-%m-%d %H:%M:%S}",
        "probe_cc": country,
        "probe_asn": f"AS{asn}",
        "report_id": f"{run}-{number}",
        "input": tested,
        "software_name": "ooniprobe-android",
        "software_version": "5.1.0",
        "test_version": "0.4.3",
        "test_keys": reached() if keys is None and test == "web_connectivity" else keys or {},
        "measurement_uid": f"{upload:%Y%m%d%H%M%S}.{number:06d}_{country}_{slug}_{mark:016x}",
    }


def reached() -> dict[str, Any]:
    """Results of a site that works."""
    return {
        "blocking": False,
        "accessible": True,
        "control_failure": None,
        "dns_consistency": "consistent",
        "dns_experiment_failure": None,
        "http_experiment_failure": None,
        "queries": [],
        "tcp_connect": [],
        "requests": [
            {"failure": None, "request": {"url": "https://example.org/"}, "response": {"code": 200}}
        ],
        "control": {
            "http_request": {"failure": None, "status_code": 200},
            "dns": {"failure": None, "addrs": []},
        },
    }


def line(found: Any) -> bytes:
    """A measurement as a line, without its end."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def path_of(uploaded: datetime, country: str, test: str, number: int = 0) -> str:
    """Where the bucket keeps what was uploaded in an hour."""
    slug = test.replace("_", "")
    return (
        f"raw/{uploaded:%Y%m%d}/{uploaded:%H}/{country}/{slug}/"
        f"{uploaded:%Y%m%d%H}_{country}_{slug}.n1.{number}.jsonl.gz"
    )


def write(folder: Path, path: str, lines: Iterable[bytes]) -> Path:
    """A file of lines, packed where its name says so."""
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    text = b"".join(one + b"\n" for one in lines)
    place.write_bytes(gzip.compress(text, 1, mtime=0) if path.endswith(".gz") else text)
    return place


def write_all(folder: Path, measurements: Iterable[dict[str, Any]]) -> None:
    """Each in the file that it would be published in, one a minute after it was made."""
    files: dict[str, list[bytes]] = {}
    for one in measurements:
        uploaded = datetime.strptime(one["measurement_uid"][:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        files.setdefault(path_of(uploaded, one["probe_cc"], one["test_name"]), []).append(line(one))
    for path, lines in files.items():
        write(folder, path, lines)


def measurements(*, most: int = 12) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Measurements of some countries, networks, tests and hours; their numbers differ."""
    one = st.builds(
        measurement,
        st.integers(0, 60 * 24).map(lambda minutes: START + timedelta(minutes=minutes)),
        country=st.sampled_from(["UG", "KE", "ZZ"]),
        asn=st.sampled_from([0, 20294, 37075]),
        test=st.sampled_from(["web_connectivity", "telegram", "ndt"]),
        tested=st.sampled_from([None, "https://example.org/", "http://Пример.рф/ü"]),
    )
    return st.lists(one, max_size=most).map(
        lambda found: [{**each, "report_id": f"run-{number}"} for number, each in enumerate(found)]
    )
