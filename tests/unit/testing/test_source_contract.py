"""The contract on a source that keeps it, under pytest and unittest, and what cannot be done to it."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import settings

from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import Plane, SignalKind
from shutdownkit.reading.source import Source, SourceConfig, SourceInfo
from shutdownkit.testing.contracts.laws import LawBrokenError, laws_of
from shutdownkit.testing.contracts.source.contract import SourceContract
from shutdownkit.testing.contracts.source.truth import Truth
from shutdownkit.testing.contracts.source.upstream import Upstream
from shutdownkit.testing.contracts.source.world import UpstreamError
from shutdownkit.testing.faults.zoo import ZOO
from shutdownkit.testing.server import Received, Reply

from .broken_sources import BROKEN
from .good_source import HOUR, INFO, GoodContract, GoodSource


class TestGoodSource(GoodContract):
    """All laws, as an author runs them."""


def under_unittest() -> type[unittest.TestCase]:
    """The same as a TestCase; made here, where pytest does not collect it."""

    class UnderUnittest(GoodContract, unittest.TestCase):
        max_examples = 5

    return UnderUnittest


def ran(case: type[unittest.TestCase], *names: str) -> unittest.TestResult:
    """Some of a case's tests, under plain unittest."""
    result = unittest.TestResult()
    unittest.TestSuite(case(name) for name in names).run(result)
    return result


def test_under_unittest_all_laws_are_found_and_kept() -> None:
    found = unittest.defaultTestLoader.getTestCaseNames(under_unittest())
    assert found == sorted(laws_of(SourceContract))
    result = ran(under_unittest(), *(name for name in found if "law_09" not in name))
    assert (result.errors, result.failures) == ([], [])
    assert result.testsRun == 18


def passing(contract: object) -> None:
    """What somebody would put in place of a law."""


@pytest.mark.parametrize(
    "body",
    [
        {"test_law_06_missing_is_not_zero": passing},
        {"test_law_06_missing_is_not_zero": None},
        {"test_law_09_html": passing},
    ],
)
def test_a_law_cannot_be_overridden(body: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=r"overrides law \d+ \(.*violations = \{\d+"):
        type("Sly", (GoodContract,), body)


def test_nor_by_a_class_that_stands_before_it() -> None:
    class Before:
        def test_law_05_what_is_published_comes_back(self) -> None:
            """Tests nothing."""

    with pytest.raises(TypeError, match=r"Sly.test_law_05.* overrides law 5 "):
        type("Sly", (Before, GoodContract), {})


def test_nor_further_down() -> None:
    with pytest.raises(TypeError, match="overrides law 2 "):
        type("Sly", (under_unittest(),), {"test_law_02_what_was_asked": passing})


def test_a_subclass_may_take_a_declaration_back() -> None:
    class Declared(GoodContract):
        violations: ClassVar[dict[int | str, str]] = {6: "it is said"}

    class Mended(Declared):
        violations: ClassVar[dict[int | str, str]] = {}

    name = "test_law_06_missing_is_not_zero"
    assert vars(Declared)[name] is not getattr(SourceContract, name)
    assert getattr(Mended, name) is getattr(SourceContract, name)


@pytest.mark.parametrize("violations", [{99: "why"}, {"test_law_99": "why"}, {6: ""}, {6: None}])
def test_a_declaration_names_a_law_and_a_reason(violations: dict[int | str, str]) -> None:
    with pytest.raises(TypeError, match="violations: "):
        type("Odd", (GoodContract,), {"violations": violations})


WITH_GAPS_FILLED = """
from tests.unit.testing.broken_sources import BROKEN
from tests.unit.testing.good_source import GoodContract

class Declared(GoodContract):
    violations = {violations}
    max_examples = 40

    def make_source(self, config):
        return BROKEN[{name!r}].source(config)
"""


def written(folder: Path, name: str, violations: str, bases: str) -> Path:
    """A test file of a broken source with something declared."""
    place = folder / "test_declared.py"
    start = "import unittest\n" + WITH_GAPS_FILLED.format(name=name, violations=violations)
    place.write_text(f"{start}\n\nclass TestDeclared({bases}):\n    pass\n")
    return place


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(folder), str(Path(__file__).parents[3])))
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "violations", "status", "words"),
    [
        ("FillsGapsWithZero", "{6: 'the provider says no more'}", 0, "1 xfailed"),
        ("FillsGapsWithZero", "{}", 1, "law 6 (missing is not zero"),
        ("DropsTheLastBin", "{6: 'it is said'}", 0, "1 xfailed"),
        ("OneErrorForAll", "{6: 'nobody has looked'}", 1, "XPASS(strict)"),
        ("NewInfoEachTime", "{6: 'nobody has looked'}", 1, "XPASS(strict)"),
    ],
)
def test_under_pytest_what_is_declared_must_be_broken(
    tmp_path: Path, name: str, violations: str, status: int, words: str
) -> None:
    place = written(tmp_path, name, violations, "Declared")
    done = run("pytest", "-q", "-p", "no:cacheprovider", "-rx", "-k", "law_06", str(place), folder=tmp_path)
    assert words in done.stdout, done.stdout
    assert done.returncode == status


@pytest.mark.parametrize(
    ("name", "violations", "status", "words"),
    [
        ("FillsGapsWithZero", "{6: 'the provider says no more'}", 0, "OK (expected failures=1)"),
        ("FillsGapsWithZero", "{}", 1, "law 6 (missing is not zero"),
        ("OneErrorForAll", "{6: 'nobody has looked'}", 1, "unexpected successes=1"),
    ],
)
def test_under_unittest_what_is_declared_must_be_broken(
    tmp_path: Path, name: str, violations: str, status: int, words: str
) -> None:
    written(tmp_path, name, violations, "Declared, unittest.TestCase")
    wanted = "test_declared.TestDeclared.test_law_06_missing_is_not_zero"
    done = run("unittest", wanted, folder=tmp_path)
    assert words in done.stderr, done.stderr
    assert done.returncode == status


def test_an_author_s_own_mistake_is_no_broken_law(tmp_path: Path) -> None:
    """What the contract cannot even try is no declared violation."""
    for bases, command in (
        ("Sorry", ("pytest", "-q", "-p", "no:cacheprovider", "-k", "law_06")),
        ("Sorry, unittest.TestCase", ("unittest",)),
    ):
        place = written(tmp_path, "FillsGapsWithZero", "{6: 'it is said'}", bases)
        mistaken = (
            "\n\nclass Sorry(GoodContract):\n    violations = {6: 'it is said'}\n\n"
            "    def publish(self, upstream, truth):\n        raise ZeroDivisionError\n"
        )
        text = place.read_text()
        head, tail = text.split("\n\nclass TestDeclared")
        both = tail.replace("pass", "violations = {6: 'it is said'}")
        place.write_text(f"{head}{mistaken}\n\nclass TestDeclared{both}")
        target = (
            str(place)
            if command[0] == "pytest"
            else "test_declared.TestDeclared.test_law_06_missing_is_not_zero"
        )
        done = run(*command, target, folder=tmp_path)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "ZeroDivisionError" in done.stdout + done.stderr


def test_a_message_says_the_law_the_input_and_what_to_look_at() -> None:
    class Broken(GoodContract):
        def make_source(self, config: SourceConfig) -> Source:
            return BROKEN["FillsGapsWithZero"].source(config)

    calm = settings(settings.get_profile("shutdownkit"), derandomize=True, database=None)
    settings.register_profile("calm", calm)
    settings.load_profile("calm")  # the same counterexample each time
    try:
        with pytest.raises(LawBrokenError) as caught:
            Broken().test_law_06_missing_is_not_zero()
    finally:
        settings.load_profile("shutdownkit")
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("law 6 (missing is not zero, and zero is not missing) is broken: acme.")
    assert lines[0].endswith("is 0, and missing was published")
    assert any("asked for" in line for line in lines)
    assert sum(line.count("missing") for line in lines if "published acme." in line) == 1  # one bin missing
    assert lines[-1].startswith("  look at: how the answer's null, empty cell or absent row is read")


def test_a_mistake_in_what_is_served_is_not_the_source_s() -> None:
    class Mistaken(GoodContract):
        def publish(self, upstream: Upstream, truth: Truth) -> None:
            del truth
            upstream.serve(lambda received: Reply(received.one("no such name").encode()))

    for name in laws_of(Mistaken):
        if not any(word in name for word in ("law_01", "law_11", "silent", "drip")):
            with pytest.raises(UpstreamError, match=r"Mistaken.publish: .* KeyError: 'no such name'"):
                getattr(Mistaken(), name)()


def test_a_source_without_a_step_is_told_what_to_override() -> None:
    class Without(GoodContract):
        def kinds_of(self, entity: Entity) -> tuple[SignalKind, ...]:
            del entity
            return ()

    with pytest.raises(TypeError, match=r"Without.kinds_of: gives no kind of \w+ with a native step"):
        Without().test_law_02_what_was_asked()


def with_info(info: SourceInfo) -> type[GoodContract]:
    """The contract of the good source, whose info is another."""

    class Told(GoodSource):
        @property
        def info(self) -> SourceInfo:
            return info

    class Contract(GoodContract):
        def make_source(self, config: SourceConfig) -> Source:
            return Told(config)

    return Contract


LAWS = ("02_what_was_asked", "05_what_is_published_comes_back", "05_a_long_window_comes_back")


@pytest.mark.parametrize("law", [*LAWS, "08_split_and_joined", "14_two_threads", "11_not_served"])
def test_no_more_is_asked_than_the_source_serves(law: str) -> None:
    contract = with_info(evolve(INFO, longest_window=3 * HOUR))
    getattr(contract(), f"test_law_{law}")()


@pytest.mark.parametrize("law", LAWS)
def test_a_day_before_the_earliest_is_the_author_s_to_change(law: str) -> None:
    contract = with_info(evolve(INFO, earliest=datetime(2024, 1, 1, tzinfo=UTC)))
    with pytest.raises(TypeError, match=r"Contract.day: 2020-08-08 is before 2024-01-01, the earliest"):
        getattr(contract(), f"test_law_{law}")()


def test_a_kind_that_may_be_negative_is_not_met_with_its_negative() -> None:
    change = SignalKind("acme.change", "percent", Plane.PROBING, minimum=None)
    contract = with_info(evolve(INFO, kinds=(change,), native_steps={change.name: HOUR}))
    contract().test_law_13_values_in_range()
    with pytest.raises(unittest.SkipTest, match="each of its kinds may be negative"):
        contract().test_law_09_negative()  # type: ignore[attr-defined]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_table_is_cut_inside_a_row_whatever_stands_between_its_columns(mark: str) -> None:
    body = "".join(f"2020-08-{day:02}{mark}BY{mark}12345678\n" for day in range(1, 9)).encode()
    asked = Received("GET", "/", {}, {})
    cut = ZOO["cut"].misbehave(lambda received: Reply(body))(asked).body  # noqa: ARG005
    assert body.startswith(cut)
    assert cut.splitlines()[-1].count(mark.encode()) == 1
