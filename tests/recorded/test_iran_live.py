"""Iran, November 2019, asked over HTTP: the command line against the recorded providers.

``pytest tests/recorded/test_iran_live.py -rP`` prints what it judged and how many requests it took.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .iran import iran_2019

pytestmark = pytest.mark.recorded

NETWORKS = "AS12880,AS31549,AS44244,AS58224,AS197207"


def assess(folder: Path, *more: str, environ: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "shutdownkit", "assess", "IR"]
    command += ["--from", "2019-11-14", "--to", "2019-11-24", "--controls", NETWORKS, *more]
    env = {**os.environ, "SHUTDOWNKIT_CACHE_DIR": str(folder), **environ}
    return subprocess.run(command, capture_output=True, check=False, env=env)


def test_one_deliberate_outage_and_the_same_offline_to_the_byte(recorded: Path, tmp_path: Path) -> None:
    with iran_2019(recorded) as providers:
        environ = providers.environ
        asked = assess(tmp_path, "--format", "json", environ=environ)
        requests = providers.requests
        again = assess(tmp_path, "--format", "json", environ=environ)
        more = {name: count - requests[name] for name, count in providers.requests.items()}
    assert asked.returncode == 0, asked.stderr
    report = json.loads(asked.stdout)
    outages = [one for one in report["episodes"] if one["condition"] == "outage"]
    (outage,) = outages
    took_part = sorted({one["kind"] for one in outage["signals"]})
    print("requests:", requests)
    print("requests of a second run, online:", more)
    print("condition:", report["condition"])
    print("outages:", [(one["start"], one["end"], one["mechanism"], one["p_deliberate"]) for one in outages])
    print("kinds that took part:", took_part)
    assert report["condition"] == "outage"
    assert outage["start"] == "2019-11-16T14:25:00Z"
    assert outage["end"] is None
    assert outage["mechanism"] == "filtering"
    assert outage["p_deliberate"] > 0.9
    assert took_part == [
        "bgp.visible-slash24s",
        "ooni.failure-ratio",
        "ooni.measurements",
        "ooni.networks",
        "probing.up-slash24s",
        "telescope.unique-sources",
    ]
    assert report["failures"] == []
    assert again.stdout == asked.stdout
    assert more["ioda"] == more["ooni"] == 0

    # The servers are gone now.
    for form in ("json", "text", "html", "csv", "codf"):
        offline = assess(tmp_path, "--offline", "--format", form, environ=environ)
        assert offline.returncode == 0, offline.stderr
        if form == "json":
            assert offline.stdout == asked.stdout
            print("offline, byte for byte the same:", offline.stdout == asked.stdout, len(offline.stdout))

    elsewhere = assess(tmp_path / "empty", "--offline", "--format", "json", environ=environ)
    assert elsewhere.returncode == 3
    assert json.loads(elsewhere.stdout)["condition"] == "insufficient_data"
    lines = elsewhere.stderr.decode().splitlines()
    assert len(lines) == 3
    assert all("not kept" in line for line in lines)
