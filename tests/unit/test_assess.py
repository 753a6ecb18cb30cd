"""From a question to a report, one or many, here or in other threads and processes."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.reading.source import SourceResult
from tests.unit.reading.fake_sources import HOUR, REACH, Fake, Fetch, give, raising
from tests.unit.reading.plugins import GOOD, put_on_path, write_package

START, END = "2020-08-08", "2020-08-12"
CUT = (datetime(2020, 8, 9, 18, tzinfo=UTC), datetime(2020, 8, 10, 6, tzinfo=UTC))
WINDOW = sk.TimeWindow(START, END)


def blackout(cut: tuple[datetime, datetime] = CUT) -> Fetch:
    """A level with a little scatter, and next to nothing of it within the cut."""

    def fetch(query: sk.Query) -> object:
        span = query.span
        count = span.duration // HOUR
        times = [span.start + k * HOUR for k in range(count)]
        values = np.array([1000.0 + (k * 7) % 11 for k in range(count)])
        values[[cut[0] <= time < cut[1] for time in times]] = 5.0
        series = sk.TimeSeries(span.start, HOUR, values)
        signal = sk.Signal(REACH, query.entity, series, provenance=sk.Provenance("acme", "CC0"))
        return SourceResult((signal,), notices=("read with care",))

    return fetch


def test_a_blackout_is_found_and_told_with_all_that_sources_said() -> None:
    report = sk.assess(
        "BY", START, END, sources=[Fake(fetch=blackout()), Fake("broken", raising(KeyError("x")))]
    )
    assert (str(report.entity), report.window, report.condition) == ("BY", WINDOW, sk.Condition.OUTAGE)
    assert [judged.episode.window for judged in report.episodes] == [sk.TimeWindow(*CUT)]
    assert report.failures == (sk.SourceFailure("broken", "its code failed: KeyError: 'x'"),)
    assert "read with care" in report.notices
    assert "what acme cannot see" in [spot.text for spot in report.blind_spots]
    assert "CC0" in report.licences


def test_every_argument_reaches_where_it_belongs() -> None:
    source = Fake(fetch=blackout())
    options = {"sources": [source], "controls": ["LT"], "kinds": [REACH], "subjects": ["domain:a"]}
    report = sk.assess(
        sk.Entity.parse("BY"),
        WINDOW.start,
        WINDOW.end,
        history_length=86_400 * 7,
        **options,  # type: ignore[arg-type]
    )
    query, control = source.asked
    assert query == sk.Query("BY", WINDOW, kinds=[REACH], subjects=["domain:a"], history=timedelta(days=7))
    assert str(control.entity) == "LT"
    earlier = sk.Episode(report.entity, sk.TimeWindow("2020-08-03T18:00Z", "2020-08-04T06:00Z"))
    remembered = sk.assess(
        "BY",
        START,
        END,
        history_length=timedelta(days=7),
        history=[earlier],
        **options,  # type: ignore[arg-type]
    )
    assert remembered.episodes[0].verdict.evidence != report.episodes[0].verdict.evidence
    rules = attrs.evolve(sk.RULES, version="mine.1")
    ruled = sk.assess("BY", START, END, rules=rules, sources=[source])
    assert ruled.ruleset == "mine.1"


def test_where_no_source_answered_the_error_holds_the_report() -> None:
    with pytest.raises(sk.NoSourceAnsweredError, match="broken: its code failed: KeyError") as caught:
        sk.assess("BY", START, END, sources=[Fake("broken", raising(KeyError("x")))])
    report = caught.value.report
    assert isinstance(report, sk.Report)
    assert report.condition is sk.Condition.INSUFFICIENT_DATA
    assert (report.entity, report.window) == (sk.Entity.parse("BY"), WINDOW)
    assert report.failures == caught.value.failures != ()
    assert sk.Report.from_json(report.to_json()) == report


def test_an_answer_without_signals_is_an_answer() -> None:
    report = sk.assess("BY", START, END, sources=[Fake(fetch=lambda _: SourceResult(()))])
    assert report.condition is sk.Condition.INSUFFICIENT_DATA
    assert report.failures == ()


def test_failures_and_nothing_else_are_no_answer() -> None:
    failed = SourceResult((), failures=(sk.SourceFailure("acme", "all of it"),))
    with pytest.raises(sk.NoSourceAnsweredError, match="acme: all of it"):
        sk.assess("BY", START, END, sources=[Fake(fetch=lambda _: failed)])


def test_strict_is_strict() -> None:
    sources = [Fake(fetch=blackout()), Fake("broken", raising(KeyError("x")))]
    with pytest.raises(ExceptionGroup, match="1 of 2 sources failed"):
        sk.assess("BY", START, END, sources=sources, strict=True)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("Utopia", START, END), "Utopia"),
        (("BY", "yesterday", END), "yesterday"),
        (("BY", END, START), "is before the start"),
        (("BY", START, START), "is empty"),
    ],
)
def test_a_mistake_is_the_callers(arguments: tuple[str, str, str], problem: str) -> None:
    source = Fake()
    with pytest.raises(sk.CallerError, match=problem):
        sk.assess(*arguments, sources=[source])
    assert source.asked == []


# --- many


def queries(*entities: str) -> list[sk.Query]:
    return [sk.Query(entity, WINDOW, history=timedelta(days=7)) for entity in entities]


CODES = st.lists(st.sampled_from(["BY", "LT", "PL", "IR", "AS6697"]), max_size=6)


class Inline(Executor):
    """Does each piece of work when it is submitted, or never; says how many are open."""

    def __init__(self, workers: int | None = None, *, idle: bool = False) -> None:
        self.futures: list[Future[object]] = []
        self._idle = idle
        if workers is not None:
            self._max_workers = workers

    def submit(self, fn: Callable[..., object], /, *args: object, **kwargs: object) -> Future[object]:  # type: ignore[override]
        future: Future[object] = Future()
        self.futures.append(future)
        if not self._idle:
            future.set_result(fn(*args, **kwargs))
        return future


@settings(max_examples=20)
@given(CODES, st.sampled_from([None, 1, 3]))
def test_reports_come_in_the_order_of_the_queries_wherever_they_are_made(
    codes: list[str], workers: int | None
) -> None:
    source = Fake(fetch=blackout())
    expected = [
        sk.assess(code, START, END, history_length=timedelta(days=7), sources=[source]) for code in codes
    ]
    executor = None if workers is None else ThreadPoolExecutor(workers)
    found = list(sk.assess_many(queries(*codes), executor=executor, sources=[source]))
    if executor is not None:
        executor.shutdown()
    assert found == expected


def test_reports_come_from_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_package(tmp_path, "acme-pack", {"acme": "acme_module:make"}, modules={"acme_module": GOOD})
    put_on_path(tmp_path, monkeypatch)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        reports = list(
            sk.assess_many(
                queries("BY", "LT"), executor=executor, sources=["acme"], cache=False, controls=["LT"]
            )
        )
    assert [str(report.entity) for report in reports] == ["BY", "LT"]
    assert all(report.condition is sk.Condition.NORMAL for report in reports)


def test_a_query_without_an_answer_yields_its_report() -> None:
    def fetch(query: sk.Query) -> object:
        return raising(KeyError("x"))(query) if str(query.entity) == "LT" else blackout()(query)

    conditions = [
        report.condition for report in sk.assess_many(queries("BY", "LT", "PL"), sources=[Fake(fetch=fetch)])
    ]
    outage = sk.Condition.OUTAGE
    assert conditions == [outage, sk.Condition.INSUFFICIENT_DATA, outage]


def test_options_that_can_be_gone_through_once_serve_every_query() -> None:
    source = Fake(fetch=give("acme"))
    reports = sk.assess_many(
        queries("BY", "PL"),
        sources=iter([source]),
        controls=iter(["LT", "PL"]),
        history=iter(()),
        context=iter(()),
    )
    assert len(list(reports)) == 2
    assert [str(query.entity) for query in source.asked] == ["BY", "LT", "PL", "PL", "LT"]


@pytest.mark.parametrize(("workers", "most"), [(None, 4), (1, 2), (3, 6), (0, 4)])
def test_no_more_is_under_way_than_there_is_use_for(workers: int | None, most: int) -> None:
    executor = Inline(workers)
    taken = 0

    def endless() -> Iterator[sk.Query]:
        nonlocal taken
        while True:
            taken += 1
            yield queries("BY")[0]

    reports = sk.assess_many(endless(), executor=executor, sources=[Fake(fetch=blackout())])
    for number in range(3):
        next(reports)
        assert taken == len(executor.futures) == most + number


def test_closing_early_calls_off_what_has_not_begun() -> None:
    executor = Inline(2, idle=True)
    reports = sk.assess_many(queries("BY", "LT", "PL", "IR", "LV"), executor=executor, sources=[Fake()])
    timer = threading.Timer(0.05, lambda: executor.futures[0].set_result("the first"))
    timer.start()
    assert next(reports) == "the first"  # type: ignore[comparison-overlap]
    timer.join()
    reports.close()  # type: ignore[attr-defined]
    assert len(executor.futures) == 4
    assert [future.cancelled() for future in executor.futures] == [False, True, True, True]


def test_an_error_in_one_calls_off_the_rest() -> None:
    executor = Inline(2, idle=True)
    reports = sk.assess_many(queries("BY", "LT", "PL", "IR"), executor=executor, sources=[Fake()])
    timer = threading.Timer(0.05, lambda: executor.futures[0].set_exception(KeyError("x")))
    timer.start()
    with pytest.raises(KeyError):
        next(reports)
    timer.join()
    assert [future.cancelled() for future in executor.futures[1:]] == [True, True, True]


def test_nothing_is_asked_before_the_first_report_is_wanted() -> None:
    source = Fake()
    sk.assess_many(queries("BY"), sources=[source])
    assert source.asked == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"executor": 3}, "is no executor"),
        ({"controls": "LT"}, "is one text"),
        ({"sources": "ioda"}, "is one text"),
        ({"controls": ["Utopia"]}, "Utopia"),
    ],
)
def test_a_mistake_in_the_options_is_told_at_once(options: dict[str, object], problem: str) -> None:
    with pytest.raises(sk.CallerError, match=problem):
        sk.assess_many(queries("BY"), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("option", ["stict", "kinds", "progress"])
def test_an_option_that_there_is_not_is_refused(option: str) -> None:
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{option}'"):
        sk.assess_many(queries("BY"), **{option: True})  # type: ignore[arg-type]


def test_what_is_no_query_is_refused() -> None:
    with pytest.raises(sk.InvalidValueError, match="is not a Query"):
        list(sk.assess_many(["BY"], sources=[Fake()]))  # type: ignore[list-item]


# --- the names of the package

LATER = (
    "Gathered",
    "HttpSettings",
    "Source",
    "SourceConfig",
    "SourceInfo",
    "SourceResult",
    "assess",
    "gather",
)
HEAVY = (
    "requests",
    "requests_cache",
    "urllib3",
    "tenacity",
    "ripe.atlas.cousteau",
    "hypothesis",
    "click",
    "rich",
)


def test_names_that_need_more_are_imported_when_they_are_used() -> None:
    code = (
        "import sys, shutdownkit as sk\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))\n"
        f"print(set({LATER!r}) <= set(dir(sk)) and set(sk.__all__) <= set(dir(sk)))\n"
        "from shutdownkit import gather\n"
        "print(gather is sk.gather, 'requests' in sys.modules)\n"
        "import shutdownkit.assessing\n"
        "print(callable(sk.assess))\n"
        "from shutdownkit import *\n"
        "print(assess is sk.assess)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[:-1] == ["[]", "True", "True True", "True", "True"]


def test_a_name_that_is_not_there_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'shutdownkit' has no attribute 'nonsense'"):
        getattr(sk, "nonsense")  # noqa: B009 (type checkers know that it is not there)
