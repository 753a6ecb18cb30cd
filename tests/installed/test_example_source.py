"""The example of a source as an installed package: listed, typed, and asked only where it is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files

import pytest

from shutdownkit.testing import LoopbackServer, Received, Reply
from shutdownkit.testing.providers import serve_providers

PACKAGE = "shutdownkit-example-source"
ASKING = """
import json, sys
import shutdownkit as sk

query = sk.Query("AS6697", sk.TimeWindow("2020-08-08", "2020-08-10"))
gathered = sk.gather(query, sources={sources!r}, cache=False)
asked = sorted({{*gathered.results, *(one.source for one in gathered.failures)}})
print(json.dumps({{"asked": asked, "imported": "shutdownkit_mlab" in sys.modules}}))
"""


@pytest.fixture(autouse=True)
def _installed() -> None:
    try:
        distribution(PACKAGE)
    except PackageNotFoundError:
        pytest.skip(f"{PACKAGE} is not installed: nox -s example")


def asked_for(sources: list[str] | None) -> tuple[dict[str, object], list[Received]]:
    """What a new process asks, where all providers are on this machine; and what reached the example's."""
    with (
        serve_providers(()) as environ,
        LoopbackServer(lambda received: Reply(b"[]")) as server,  # noqa: ARG005
    ):
        done = subprocess.run(
            [sys.executable, "-c", ASKING.format(sources=sources)],
            env=os.environ | environ | {"SHUTDOWNKIT_MLAB_URL": server.url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), server.received


def test_it_is_listed_as_ready() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "shutdownkit", "sources", "--format", "json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    (listed,) = (one for one in json.loads(done.stdout)["sources"] if one["name"] == "mlab")
    assert (listed["health"], listed["distribution"], listed["builtin"]) == ("ready", PACKAGE, False)
    assert [kind["name"] for kind in listed["kinds"]] == ["mlab.addresses", "mlab.download", "mlab.rtt"]


def test_it_is_asked_where_it_is_named() -> None:
    told, received = asked_for(["mlab"])
    assert told == {"asked": ["mlab"], "imported": True}
    assert [one.path for one in received] == ["/v0/asn/6697/2020/histogram_daily_stats.json"]


def test_it_is_not_asked_where_no_source_is_named() -> None:
    told, received = asked_for(None)
    asked = told["asked"]
    assert isinstance(asked, list)
    assert "ioda" in asked
    assert "mlab" not in asked
    assert not told["imported"]
    assert received == []


def test_type_checkers_see_its_types() -> None:
    assert files("shutdownkit_mlab").joinpath("py.typed").is_file()
