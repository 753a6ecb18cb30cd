"""What type checkers accept as a source, and what they refuse; what they accept works."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import shutdownkit as sk
from shutdownkit.reading.http.client import HttpClient
from tests.typing.checkers import CHECKERS, Line
from tests.typing.forms import FACTORIES, PINGS, each_form
from tests.typing.refusals import REFUSED
from tests.unit.reading.plugins import write_package

FORMS = Path(__file__).with_name("forms.py")
QUERY = sk.Query("BY", sk.TimeWindow("2020-08-08", "2020-08-09"))


@pytest.fixture(scope="module", params=CHECKERS)
def refused(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> set[Line]:
    """The lines that a checker refuses, of the forms and of what is wrong."""
    checker: str = request.param
    if find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed: it is in the group types")
    folder = tmp_path_factory.mktemp("typed")
    files = [folder / FORMS.name]
    files[0].write_text(FORMS.read_text(encoding="utf-8"), encoding="utf-8")
    for name, code in REFUSED.items():
        files.append(folder / _file_of(name))
        files[-1].write_text(code, encoding="utf-8")
    return CHECKERS[checker](files)


def test_a_source_may_be_a_plain_class_an_attrs_class_or_made_by_a_function(refused: set[Line]) -> None:
    assert {line for name, line in refused if name == FORMS.name} == set()


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_source_is_refused_where_it_is_taken_for_one(what: str, refused: set[Line]) -> None:
    lines = REFUSED[what].splitlines()
    wrong = {number for number, line in enumerate(lines, start=1) if line.endswith("# E")}
    assert len(wrong) == 1
    assert {line for name, line in refused if name == _file_of(what)} == wrong


@pytest.mark.parametrize("name", FACTORIES)
def test_each_form_is_made_and_asked_through_the_registry(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = FACTORIES[name]
    write_package(tmp_path, "acme-pack", {name: f"{factory.__module__}:{factory.__name__}"})
    monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])
    gathered = sk.gather(QUERY, sources=[name], cache=False)
    assert gathered.failures == ()
    (signal,) = gathered.signals
    assert (signal.kind, signal.provenance.source) == (PINGS, name)
    assert signal.series.window == QUERY.span


def test_each_form_is_a_source_at_run_time() -> None:
    with HttpClient() as client:
        made = each_form(sk.SourceConfig("acme-plain", client))
    assert all(isinstance(one, sk.Source) for one in made)


def _file_of(what: str) -> str:
    return f"{what.replace(' ', '_')}.py"
