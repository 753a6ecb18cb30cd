"""The package as a whole: its names, its version, and how little importing it takes."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import shutdownkit as sk

PROJECT = Path(__file__).parents[2]
CONTRACT = (
    "Attribution",
    "CallerError",
    "Cause",
    "ClaimCheck",
    "ClaimStatus",
    "Condition",
    "ContextEvent",
    "ContextKind",
    "Entity",
    "EntityKind",
    "Episode",
    "Event",
    "Evidence",
    "FileError",
    "InvalidValueError",
    "KINDS",
    "Mechanism",
    "MissingExtraError",
    "Plane",
    "Provenance",
    "Report",
    "ShutdownkitError",
    "Signal",
    "SignalKind",
    "Similarity",
    "Stance",
    "TimeSeries",
    "TimeWindow",
    "Verdict",
    "attribute",
    "check_claim",
    "classify",
    "compare",
    "detect",
    "episodes",
    "read_incidents",
    "read_signals",
    "write_signals",
)
HEAVY = (
    "click",
    "rich",
    "pandas",
    "polars",
    "matplotlib",
    "pyarrow",
    "hypothesis",
    "requests",
    "pytest",
)


@pytest.mark.parametrize("name", CONTRACT)
def test_name_is_public(name: str) -> None:
    assert name in sk.__all__


def test_every_name_is_there_once() -> None:
    assert len(set(sk.__all__)) == len(sk.__all__)
    for name in sk.__all__:
        assert getattr(sk, name) is not None


def test_every_public_name_is_documented() -> None:
    bare = [
        name
        for name in sk.__all__
        if callable(getattr(sk, name)) and not (getattr(sk, name).__doc__ or "").strip()
    ]
    assert bare == []


def test_version_is_the_one_declared() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert version("shutdownkit") == sk.__version__ == declared


def test_importing_takes_no_extra() -> None:
    code = f"import sys, shutdownkit; print(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


def test_package_is_marked_as_typed() -> None:
    assert sk.__file__ is not None
    assert (Path(sk.__file__).parent / "py.typed").is_file()


def test_errors_of_providers_survive_pickling_with_their_notes() -> None:
    for kind in (sk.ProviderError, sk.UnreachableError, sk.QuotaError, sk.WrongAnswerError):
        error = kind("no answer", where="https://example.org/x", retry=True)
        error.add_note("source acme")
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own)
        assert type(again) is kind
        assert (again.problem, again.where, again.retry) == ("no answer", "https://example.org/x", True)
        assert again.__notes__ == ["source acme"]
        assert str(again) == "https://example.org/x: no answer"
