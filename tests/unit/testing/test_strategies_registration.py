"""Hypothesis knows the strategies by type, and costs nothing to those who do not ask."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest
from hypothesis import Phase, find, given, infer, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.testing import strategies
from shutdownkit.testing.registration import STRATEGIES

few = settings(max_examples=10, database=None)
once = settings(max_examples=1, database=None, phases=(Phase.generate,))
shrunk = settings(max_examples=1000, database=None, phases=(Phase.generate, Phase.shrink))
REGISTERED = """
from hypothesis import strategies as st
from hypothesis.strategies._internal.types import _global_type_lookup as known
print(*(kind in known for kind in (sk.Entity, sk.Report, sk.CauseWeights, sk.SourceInfo, sk.HttpSettings)))
print('shutdownkit.testing.strategies' in sys.modules)
print(st.from_type(sk.Entity) == st.from_type(sk.Entity), 'shutdownkit.testing.strategies' in sys.modules)
"""


def run(code: str, **environment: str) -> list[str]:
    """What a program prints, each line's words, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sys\n{code}"],
        capture_output=True,
        text=True,
        check=False,
        env={**{k: v for k, v in os.environ.items() if k != "HYPOTHESIS_NO_PLUGINS"}, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_entry_point_is_installed() -> None:
    (entry,) = entry_points(group="hypothesis", name="shutdownkit")
    assert entry.value == "_shutdownkit_hypothesis:register"


def test_hypothesis_alone_imports_neither_the_package_nor_numpy() -> None:
    assert run(
        "import hypothesis, hypothesis.strategies\n"
        "wanted = ('shutdownkit', 'numpy', 'attrs', '_shutdownkit_hypothesis')\n"
        "print(*(name in sys.modules for name in wanted))"
    ) == ["False", "False", "False", "True"]


def test_the_package_alone_does_not_import_hypothesis() -> None:
    assert run(
        "import shutdownkit as sk\n"
        "sk.SourceInfo\n"
        "print('hypothesis' in sys.modules, 'shutdownkit.testing' in sys.modules)"
    ) == ["False", "False"]


@pytest.mark.parametrize(
    "order",
    [
        "import hypothesis\nimport shutdownkit as sk",
        "import shutdownkit as sk\nimport hypothesis",
        "import shutdownkit as sk\nsk.SourceInfo\nsk.HttpSettings\nimport hypothesis",
    ],
)
def test_both_in_either_order_are_registered_and_no_strategy_is_imported_yet(order: str) -> None:
    assert run(order + REGISTERED) == [*["True"] * 5, "False", "True", "True"]


def test_with_hypothesis_the_package_stays_light() -> None:
    heavy = ("requests", "pytest", "shutdownkit.testing.strategies", "shutdownkit.reading.source")
    assert run(f"import hypothesis, shutdownkit\nprint(*(name in sys.modules for name in {heavy}))") == [
        "False"
    ] * len(heavy)


@pytest.mark.parametrize(("first", "second"), [("hypothesis", "shutdownkit"), ("shutdownkit", "hypothesis")])
def test_without_plugins_nothing_is_registered(first: str, second: str) -> None:
    code = f"import {first}, {second}\nimport shutdownkit as sk, shutdownkit.testing.strategies" + REGISTERED
    assert run(code, HYPOTHESIS_NO_PLUGINS="1")[:5] == ["False"] * 5


def test_a_strategy_of_the_user_stays() -> None:
    assert run(
        "import hypothesis\n"
        "import shutdownkit as sk\n"
        "from hypothesis import find, strategies as st\n"
        "st.register_type_strategy(sk.Entity, st.just(sk.Entity.parse('BY')))\n"
        "sk.SourceInfo, sk.HttpSettings\n"
        "import shutdownkit.testing.strategies\n"
        "print(find(st.from_type(sk.Entity), lambda _: True))"
    ) == ["BY"]


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_every_type_gives_what_its_strategy_gives(name: str) -> None:
    by_type = st.from_type(getattr(sk, name))
    by_name = getattr(strategies, STRATEGIES[name])()
    assert repr(by_type) == repr(by_name)
    assert type(find(by_type, lambda _: True, settings=once)) is getattr(sk, name)


def test_a_report_by_type_shrinks_to_the_same_story() -> None:
    by_type, by_name = (
        find(strategy, lambda report: bool(report.failures), settings=shrunk)
        for strategy in (st.from_type(sk.Report), strategies.reports())
    )
    assert by_type == by_name


@few
@given(...)
def test_annotations_are_enough(
    entity: sk.Entity, window: sk.TimeWindow | None, signals: list[sk.Signal], cause: sk.Cause
) -> None:
    assert isinstance(entity, sk.Entity)
    assert window is None or isinstance(window, sk.TimeWindow)
    assert all(isinstance(signal, sk.Signal) for signal in signals)
    assert isinstance(cause, sk.Cause)


@few
@given(info=infer)
def test_a_type_of_reading_is_inferred(info: sk.SourceInfo) -> None:
    assert info.kinds


class Alarm:
    def __init__(self, report: sk.Report, source: sk.SourceInfo) -> None:
        self.report = report
        self.source = source


@few
@given(st.builds(Alarm))
def test_what_holds_our_values_is_built_from_them(alarm: Alarm) -> None:
    assert type(alarm.report) is sk.Report
    assert type(alarm.source) is sk.SourceInfo


def test_who_asks_for_anything_hashable_or_iterable_gets_none_of_ours() -> None:
    ours = tuple(f"{strategy}(" for strategy in STRATEGIES.values())
    assert (
        run(
            "import collections.abc as abstract, hypothesis, shutdownkit\n"
            "from hypothesis import strategies as st\n"
            "for name in ('Hashable', 'Sized', 'Container', 'Iterable', 'Mapping', 'Collection'):\n"
            "    said = repr(st.from_type(getattr(abstract, name)))\n"
            f"    print(any(ours in said for ours in {ours}))\n"
            "print('shutdownkit.testing.strategies' in sys.modules)"
        )
        == ["False"] * 7
    )
