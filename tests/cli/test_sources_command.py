"""``shutdownkit sources``: every installed source, with its health."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from shutdownkit.cli import main
from shutdownkit.cli import sources as sources_module
from shutdownkit.errors import CallerError
from shutdownkit.reading.candidates import candidates
from tests.unit.reading.plugins import write_package

PROVIDERS = ["atlas", "ioda", "ooni", "ripestat", "tor-metrics"]
BUILT_IN = sorted([*PROVIDERS, "ooni-archive"])


def listed(
    capfd: pytest.CaptureFixture[str], *arguments: str, noise: str = ""
) -> dict[str, dict[str, object]]:
    assert main.run(["sources", "--format", "json", *arguments]) == 0
    written, said = capfd.readouterr()
    assert said == noise
    document = json.loads(written)
    assert list(document) == ["sources"]
    return {one["spec"]: one for one in document["sources"]}


def test_the_built_in_sources_are_ready_and_say_what_they_are(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHUTDOWNKIT_NO_PLUGINS", "1")
    found = listed(capfd)
    assert list(found) == BUILT_IN
    for one in found.values():
        assert (one["health"], one["builtin"], one["distribution"]) == ("ready", True, "shutdownkit")
        assert one["check"] is None
        for key in ("title", "licence", "homepage", "kinds", "entity_kinds", "blind_to", "version"):
            assert one[key], key
    assert {name: one["delay_seconds"] for name, one in found.items()} == {
        "atlas": 5400,
        "ioda": 10800,
        "ooni": 172800,
        "ooni-archive": 172800,
        "ripestat": 57600,
        "tor-metrics": 259200,
    }


def test_plugins_are_listed_with_what_is_wrong_with_them(
    plugins: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "from tests.unit.reading.fake_sources import *\n"
    write_package(
        plugins,
        "odd-pack",
        {name: f"odd_{name.lower()}:make" for name in ("broken", "extra", "keyed", "good", "Odd", "moved")},
        modules={
            "odd_broken": "1 / 0",
            "odd_extra": "from shutdownkit.errors import *\nraise MissingExtraError('x', 'thing', 'atlas')",
            "odd_keyed": f"{head}def make(config): return Fake(said=info('keyed', needs_key=True))",
            "odd_good": f"{head}def make(config): return Fake('good')",
            "odd_moved": f"{head}def make(config): return Fake('moved')",
        },
    )
    monkeypatch.setenv("SHUTDOWNKIT_MOVED_URL", "http://example.org")
    found = listed(capfd)
    health = {spec: one["health"] for spec, one in found.items() if spec not in BUILT_IN}
    assert health == {
        "Odd": "broken: its name is not lower-case letters, digits and hyphens",
        "broken": "broken: cannot be imported: ZeroDivisionError: division by zero",
        "buggy": "ready",
        "down": "ready",
        "noisy": "ready",
        "extra": "x needs the package thing: python -m pip install 'shutdownkit[atlas]'",
        "good@acme-pack": "duplicate: several packages bring it; name it good@acme-pack",
        "good@odd-pack": "duplicate: several packages bring it; name it good@odd-pack",
        "keyed": "needs a key: set SHUTDOWNKIT_KEYED_KEY",
        "moved": "SHUTDOWNKIT_MOVED_URL: is plain http to example.org; only https, or http to the loopback "
        "interface, is allowed",
    }
    assert found["keyed"]["needs_key"] is True
    assert found["keyed"]["licence"] == "Licence of keyed"
    assert found["broken"]["title"] is None
    monkeypatch.setenv("SHUTDOWNKIT_KEYED_KEY", "hunter2")
    assert listed(capfd)["keyed"]["health"] == "ready"


@pytest.mark.usefixtures("plugins")
def test_the_kinds_are_told_with_plane_unit_and_step(capfd: pytest.CaptureFixture[str]) -> None:
    assert listed(capfd)["good"]["kinds"] == [
        {"name": "probing.latency", "unit": "ms", "plane": "probing", "step_seconds": 3600.0},
        {
            "name": "probing.up-slash24s",
            "unit": "/24s that answer",
            "plane": "probing",
            "step_seconds": 3600.0,
        },
    ]


def test_check_asks_those_that_can_be_checked(
    plugins: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PROVIDERS:
        variable = name.upper().replace("-", "_")
        monkeypatch.setenv(f"SHUTDOWNKIT_{variable}_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(sources_module, "LIMIT", timedelta(seconds=3))
    head = "import threading\nfrom tests.unit.reading.fake_sources import *\n"
    write_package(
        plugins,
        "slow-pack",
        {"slow": "slow_checked:make", "stuck": "stuck_made:make"},
        modules={
            "slow_checked": f"{head}class make(Fake):\n"
            " def __init__(self, config): super().__init__('slow')\n"
            " def check(self): threading.Event().wait()",
            "stuck_made": f"{head}def make(config): threading.Event().wait()",
        },
    )
    found = listed(capfd, "--check")
    assert {spec: one["check"] for spec, one in found.items() if spec not in BUILT_IN} == {
        "buggy": None,
        "down": "no route",
        "good": "answers",
        "noisy": None,
        "slow": "no answer within 3 s",
        "stuck": None,
    }
    assert found["stuck"]["health"] == "broken: cannot be made; no answer within 3 s"
    assert found["slow"]["health"] == "ready"
    assert found["ooni-archive"]["check"] is None  # there is nobody to ask
    for name in PROVIDERS:
        assert found[name]["check"] not in {None, "answers"}


@pytest.mark.usefixtures("plugins")
def test_text_says_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    assert main.run(["sources"]) == 0
    written, said = capfd.readouterr()
    assert said == ""
    good = next(part for part in written.split("\n\n") if part.startswith("good: Good\n"))
    assert good.splitlines()[1:] == [
        "  from      acme-pack 1.0",
        "  health    ready",
        "  licence   Licence of good",
        "  sees      probing.latency, probing.up-slash24s",
        "  of        asn, country, region",
        "  blind to  what good cannot see",
        "  read      https://example.org",
    ]
    assert "  late      values may be missing, or change, for 1 h 30 min\n" in written
    assert max(map(len, written.splitlines())) <= 100


def test_a_name_that_a_package_registers_twice_cannot_be_asked(
    plugins: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    head = "from tests.unit.reading.fake_sources import *\ndef make(config): return Fake('same')"
    write_package(
        plugins,
        "same-pack",
        {"same": "same_one:make", " same": "same_two:make"},
        modules={"same_one": head, "same_two": head},
    )
    assert listed(capfd)["same@same-pack"]["health"] == (
        "duplicate: same-pack registers the name several times; none can be asked"
    )


def test_half_a_character_is_an_escape_in_json_and_what_is_printed_no_part_of_it(
    plugins: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = """
print('imported')
from attrs import evolve
from tests.unit.reading.fake_sources import *
def make(config): return Fake(said=evolve(info('half'), licence='a \\ud800'))
"""
    write_package(plugins, "half-pack", {"half": "half_said:make"}, modules={"half_said": code})
    assert listed(capfd, noise="imported\n")["half"]["licence"] == "a \ud800"


def test_a_source_that_reads_what_the_user_has_says_what_it_needs(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed without a failure; asked only where it is named, and with a path."""
    monkeypatch.setenv("SHUTDOWNKIT_NO_PLUGINS", "1")
    found = listed(capfd)
    needs = "a folder of OONI's archive files"
    assert {name: one["argument"] for name, one in found.items()} == {
        "atlas": None,
        "ioda": None,
        "ooni": None,
        "ooni-archive": needs,
        "ripestat": None,
        "tor-metrics": None,
    }
    assert main.run(["sources"]) == 0
    written, _ = capfd.readouterr()
    (said,) = [part for part in written.split("\n\n") if part.startswith("ooni-archive: ")]
    assert f"  needs     {needs}: name it ooni-archive:PATH\n" in said
    assert "needs     " not in written.replace(said, "")
    assert [one.name for one in candidates(None, environ={})] == ["atlas", "ioda", "ooni"]
    assert [one.name for one in candidates(["ooni-archive:/there"], environ={})] == ["ooni-archive"]
    with pytest.raises(CallerError, match=f"'ooni-archive' needs {needs}: name it ooni-archive:PATH"):
        candidates(["ooni-archive"], environ={})


def test_what_a_plugin_calls_itself_does_not_make_it_one_that_reads_a_folder(
    plugins: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    head = "from tests.unit.reading.fake_sources import *\ndef make(config): return Fake('ooni-archive')"
    write_package(plugins, "other-pack", {"ooni-archive": "other_made:make"}, modules={"other_made": head})
    assert listed(capfd)["ooni-archive@other-pack"]["argument"] is None
    assert [one.name for one in candidates(["ooni-archive@other-pack"], environ={})] == ["ooni-archive"]


def test_a_source_that_is_asked_only_where_it_is_named_says_why(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHUTDOWNKIT_NO_PLUGINS", "1")
    why = "what it adds to a verdict has not been measured on recorded incidents"
    assert {name: one["on_demand"] for name, one in listed(capfd).items()} == {
        "atlas": None,
        "ioda": None,
        "ooni": None,
        "ooni-archive": "it needs a folder of OONI's archive files",
        "ripestat": why,
        "tor-metrics": why,
    }
    assert main.run(["sources"]) == 0
    written, _ = capfd.readouterr()
    said = [
        part.partition(":")[0] for part in written.split("\n\n") if "  asked     only where it is" in part
    ]
    assert said == ["ripestat", "tor-metrics"]
    assert why in " ".join(written.split())
