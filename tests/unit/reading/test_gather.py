"""Asking all sources: what becomes of those that fail, hang, lie or are not there."""

from __future__ import annotations

import pickle
import signal as signals
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from shutdownkit.errors import (
    CallerError,
    DuplicateSourceError,
    InvalidValueError,
    NotServedError,
    ProviderError,
    QuotaError,
    ServerFaultError,
    UnknownSourceError,
    UnreachableError,
)
from shutdownkit.model.account import BlindSpot, InstrumentFault, Observation, SourceFailure
from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.kinds import KINDS, Plane, SignalKind
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading import gather as gather_module
from shutdownkit.reading import honesty
from shutdownkit.reading.gather import gather
from shutdownkit.reading.gathered import Gathered
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.reading.progress import Progress, Stage
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import Answered, SourceResult
from shutdownkit.testing.server import LoopbackServer, Reply

from .fake_sources import (
    HOUR,
    QUALITY,
    QUERY,
    REACH,
    SHARE,
    Fake,
    Fetch,
    give,
    hanging,
    info,
    of_an_app,
    raising,
    refusing,
    signal,
)
from .plugins import GOOD, Install

ASKS = """
from shutdownkit.reading.http.request import HttpRequest
from shutdownkit.reading.source import SourceResult
from tests.unit.reading.fake_sources import Fake, info

class Made(Fake):
    def __init__(self, config):
        super().__init__(said=info('acme', needs_key=NEEDS))
        self.config = config

    def fetch(self, query):
        url = (self.config.base_url or 'https://example.org') + '/x'
        request = HttpRequest(url, {'about': query.entity}, until=query.window.end, key=self.config.key)
        said = self.config.http.ask(request, lambda answer: answer.document)
        return SourceResult((), notices=(f'{said} {self.config.argument}',))

    def check(self):
        self.config.http.ask(HttpRequest(f'{self.config.base_url}/x', ()), lambda answer: None)

def make(config): return Made(config)
"""


def one_failure(source: object, query: Query = QUERY, **options: object) -> SourceFailure:
    gathered = gather(query, sources=[source], **options)  # type: ignore[list-item, arg-type]
    (failure,) = gathered.failures
    return failure


# --- what is asked for


def test_a_good_source_gives_signals_and_what_it_cannot_see() -> None:
    spot = BlindSpot(Plane.ROUTING, "routes")
    source = Fake(said=info(blind_to=(spot,)), fetch=give("acme"))
    gathered = gather(QUERY, sources=[source])
    assert [one.kind for one in gathered.signals] == [QUALITY, REACH]  # by name
    assert gathered.failures == ()
    assert gathered.answered
    assert gathered.account.blind_spots == (spot,)
    assert gathered.account.notices == ("a notice of acme",)
    assert source.asked == [QUERY]


def test_only_wanted_kinds_are_among_the_signals() -> None:
    query = Query("BY", QUERY.window, kinds=[REACH])
    source = Fake(fetch=lambda query: SourceResult((signal(query), signal(query, kind=QUALITY))))
    gathered = gather(query, sources=[source])
    assert [one.kind for one in gathered.signals] == [REACH]
    assert len(gathered.results["acme"].signals) == 2


def test_no_source_is_named_means_the_built_in_ones(install: Install) -> None:
    install(
        "acme-pack", {"acme": "acme_module:make", "ioda": "acme_module:make"}, modules={"acme_module": "1/0"}
    )
    gathered = gather(QUERY, offline=True, cache="/nonexistent/answers.sqlite", environ={})
    asked = {one.source for one in gathered.failures} | set(gathered.results)
    assert asked == {"atlas", "ioda", "ooni"}
    assert not any("acme" in one.problem for one in gathered.failures)


@pytest.mark.parametrize(
    ("sources", "kind", "problem"),
    [
        ((), CallerError, "none is named"),
        ("ioda", CallerError, "is one text, not several"),
        (["iodda"], UnknownSourceError, "did you mean ioda"),
        ([3], CallerError, r"sources\[0\] is no source: it is an int, which"),
        ([Fake("a"), Fake], CallerError, r"sources\[1\] is no source: it is the class Fake"),
        ([Fake("a"), Fake("b"), Fake("a")], DuplicateSourceError, "'a' is there twice"),
        (["ioda", Fake("ioda")], DuplicateSourceError, "'ioda' is there twice"),
        (["ioda:"], CallerError, "is not of the form"),
    ],
)
def test_what_is_no_choice_of_sources_is_the_callers_mistake(
    sources: list[str], kind: type[Exception], problem: str
) -> None:
    with pytest.raises(kind, match=problem):
        gather(QUERY, sources=sources, environ={})


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"controls": ["BY"]}, "BY is the entity in question itself"),
        ({"controls": "LT"}, "is one text, not several entities"),
        ({"controls": ["Utopia"]}, "is not a country"),
        ({"controls": [3]}, "is not a Entity"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": -1.0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"timeout": 1e9}, "timeout"),
        ({"strict": 1}, "strict"),
        ({"offline": 1}, "offline"),
        ({"cache": 3}, "cache"),
        ({"cache": False, "offline": True}, "there is no cache to take answers from"),
        ({"http": 3}, "HttpSettings"),
    ],
)
def test_what_is_no_option_is_the_callers_mistake(options: dict[str, object], problem: str) -> None:
    source = Fake()
    with pytest.raises(CallerError, match=problem):
        gather(QUERY, sources=[source], **options)  # type: ignore[arg-type]
    assert source.asked == []


def test_what_is_no_query_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="is not a Query"):
        gather("BY", sources=[Fake()])  # type: ignore[arg-type]


# --- failures


class OddError(ProviderError):
    """A plugin's, which is not made as its base is."""

    def __init__(self) -> None:
        Exception.__init__(self, "odd")


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (
            UnreachableError("no\nroute", where="https://example.org/x"),
            SourceFailure("acme", "no route", "https://example.org/x", retry=True),
        ),
        (ProviderError(""), SourceFailure("acme", "ProviderError")),
        (NotServedError("has no data"), SourceFailure("acme", "was not asked: has no data")),
        (KeyError("values"), SourceFailure("acme", "its code failed: KeyError: 'values'")),
        (AssertionError(), SourceFailure("acme", "its code failed: AssertionError")),
        (OddError(), SourceFailure("acme", "its code failed: OddError: odd")),
        (
            MuteError(),
            SourceFailure("acme", "its code failed: MuteError: (its text cannot be had: RuntimeError)"),
        ),
        (SystemExit(3), SourceFailure("acme", "its code failed: SystemExit: 3")),
        (KeyboardInterrupt(), SourceFailure("acme", "its code failed: KeyboardInterrupt")),
        (ValueError("\x1b[31m\ud800"), SourceFailure("acme", r"its code failed: ValueError: \x1b[31m\ud800")),
    ],
)
def test_whatever_a_source_raises_is_a_failure_of_one_line(
    error: BaseException, failure: SourceFailure
) -> None:
    def fetch(_: Query) -> object:
        raise error

    gathered = gather(QUERY, sources=[Fake(fetch=fetch), Fake("other")])
    assert gathered.failures == (failure,)
    assert list(gathered.results) == ["other"]


LIES: list[tuple[str, Fetch, str]] = [
    ("nothing", lambda _: None, "gave None in place of a SourceResult"),
    ("signals", lambda query: (signal(query),), "gave a tuple in place of a SourceResult"),
    (
        "another's",
        lambda query: SourceResult((signal(query, entity=Entity.parse("LT")),)),
        "gave probing.up-slash24s of LT, asked about BY",
    ),
    (
        "another kind",
        lambda query: SourceResult((signal(query, kind=KINDS["bgp.visible-slash24s"]),)),
        "gave a signal of bgp.visible-slash24s, which is none of its kinds",
    ),
    (
        "twice",
        lambda query: SourceResult((signal(query), signal(query, level=7))),
        "gave 2 signals of probing.up-slash24s in place of one",
    ),
    (
        "twice a subject",
        lambda query: SourceResult((signal(query, subject="domain:a"), signal(query, subject="domain:a"))),
        "gave 2 signals of probing.up-slash24s (domain:a) in place of one",
    ),
    (
        "before",
        lambda query: SourceResult((signal(query, start=query.span.start - 2 * HOUR),)),
        "asked about 2020-08-01T00:00:00Z to 2020-08-10T00:00:00Z",
    ),
    (
        "after",
        lambda query: SourceResult((signal(query, start=query.span.start + 2 * HOUR),)),
        "asked about 2020-08-01T00:00:00Z to 2020-08-10T00:00:00Z",
    ),
    (
        "a test before",
        lambda query: SourceResult((signal(query),), tests=of_an_app(query, at=query.span.start - 2 * HOUR)),
        "gave a test of app:signal at 2020-07-31T22:00:00Z, asked about 2020-08-01T00:00:00Z to",
    ),
    (
        "a test after",
        lambda query: SourceResult((signal(query),), tests=of_an_app(query, at=query.span.end + HOUR)),
        "gave a test of app:signal at 2020-08-10T01:00:00Z",
    ),
    (
        "a strange fault",
        lambda query: SourceResult(
            (), faults=(InstrumentFault(KINDS["traffic.search"], query.window, (), "x"),)
        ),
        "gave a fault of traffic.search",
    ),
    (
        "a strange observation",
        lambda query: SourceResult(
            (),
            observations=(
                Observation("acme", query.entity, KINDS["traffic.search"], query.window, "x", "y"),
            ),
        ),
        "gave an observation of traffic.search",
    ),
    (
        "strange coverage",
        lambda query: SourceResult((), coverage=(Answered(KINDS["traffic.search"], query.window),)),
        "gave coverage of traffic.search",
    ),
]


@pytest.mark.parametrize(("fetch", "problem"), [lie[1:] for lie in LIES], ids=[lie[0] for lie in LIES])
def test_a_lie_is_a_failure(fetch: Fetch, problem: str) -> None:
    gathered = gather(QUERY, sources=[Fake(fetch=fetch), Fake("other")])
    (failure,) = gathered.failures
    assert failure.source == "acme"
    assert problem in failure.problem
    assert list(gathered.results) == ["other"]
    assert {one.provenance.source for one in gathered.signals} == {"other"}


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_a_bin_that_reaches_over_the_edge_is_no_lie(shift: int) -> None:
    source = Fake(fetch=lambda query: SourceResult((signal(query, start=query.span.start + shift * HOUR),)))
    assert gather(QUERY, sources=[source]).failures == ()


def test_signals_of_several_subjects_and_of_none_are_no_lie() -> None:
    def fetch(query: Query) -> object:
        return SourceResult(
            (
                signal(query),
                signal(query, subject="a"),
                signal(query, subject="b"),
                signal(query, bins=0, kind=QUALITY),
            )
        )

    assert len(gather(QUERY, sources=[Fake(fetch=fetch)]).signals) == 4


def test_a_kind_that_is_not_the_built_in_one_of_its_name_is_a_lie() -> None:
    false = SignalKind(REACH.name, "apples", Plane.TRAFFIC)
    failure = one_failure(Fake(said=info(kinds=(false,))))
    assert failure.problem == "measures another probing.up-slash24s than the built-in kind of that name"


def test_two_sources_that_mean_different_things_by_one_kind_cannot_both_count() -> None:
    apples, pears = (SignalKind("acme.fruit", unit, Plane.TRAFFIC) for unit in ("apples", "pears"))
    first = Fake("first", give("first", 1.0, apples), said=info("first", kinds=(apples,)))
    second = Fake("second", give("second", 1.0, pears), said=info("second", kinds=(pears,)))
    gathered = gather(QUERY, sources=[second, first])
    assert list(gathered.results) == ["first"]
    assert gathered.failures == (SourceFailure("second", "measures another acme.fruit than first"),)


def test_what_a_source_does_not_serve_it_is_not_asked() -> None:
    source = Fake(said=info(entity_kinds=frozenset({EntityKind.ASN})))
    failure = one_failure(source, strict=True)
    assert failure.problem == "was not asked: does not serve a country such as BY; it serves: asn"
    assert source.asked == []


def test_what_came_before_a_failure_counts_and_the_failure_too() -> None:
    part = SourceFailure("acme", "half of it", "https://example.org", retry=True)
    source = Fake(fetch=lambda query: SourceResult((signal(query),), failures=(part,)))
    gathered = gather(QUERY, sources=[source])
    assert gathered.failures == (part,)
    assert len(gathered.signals) == 1
    assert gathered.answered
    with pytest.raises(ExceptionGroup, match="1 of 1 sources failed") as caught:
        gather(QUERY, sources=[source], strict=True)
    assert [str(error) for error in caught.value.exceptions] == ["https://example.org: half of it"]


def test_failures_and_nothing_else_are_no_answer() -> None:
    part = SourceFailure("acme", "all of it")
    assert not gather(QUERY, sources=[Fake(fetch=lambda _: SourceResult((), failures=(part,)))]).answered
    assert gather(QUERY, sources=[Fake(fetch=lambda _: SourceResult(()))]).answered
    assert not gather(QUERY, sources=[Fake(fetch=raising(KeyError()))]).answered


# --- hanging


@pytest.fixture
def _short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather_module, "GRACE", timedelta(seconds=0.05))


@pytest.mark.usefixtures("_short_grace")
def test_a_source_that_hangs_is_given_up() -> None:
    told: list[Progress] = []
    gathered = gather(QUERY, sources=[Fake("good"), Fake("slow", hanging)], timeout=0.2, progress=told.append)
    problem = "had not answered after 0.2 s, and was given up"
    assert gathered.failures == (SourceFailure("slow", problem, retry=True),)
    assert list(gathered.results) == ["good"]
    assert told[-1] == Progress("slow", Stage.FAILED, 0, problem)
    hung = [thread for thread in threading.enumerate() if thread.name == "shutdownkit slow"]
    assert hung
    assert all(thread.daemon for thread in hung)


@pytest.mark.usefixtures("_short_grace")
def test_a_source_that_hangs_over_a_control_has_answered_all_the_same() -> None:
    def fetch(query: Query) -> object:
        return give("acme")(query) if query.entity in {QUERY.entity, Entity.parse("LT")} else hanging(query)

    gathered = gather(QUERY, sources=[Fake(fetch=fetch)], controls=["PL", "LT", "LV"], timeout=0.2)
    assert list(gathered.results) == ["acme"]
    assert [str(one.entity) for one in gathered.controls] == ["LT"]
    problem = "had not answered after 0.2 s, and was given up"
    assert [one.problem for one in gathered.failures] == [f"control LV: {problem}", f"control PL: {problem}"]


@pytest.mark.usefixtures("_short_grace")
def test_an_import_that_hangs_is_given_up(install: Install) -> None:
    code = "import threading\nthreading.Event().wait()"
    install("acme-pack", {"acme": "acme_hanging:make"}, modules={"acme_hanging": code})
    gathered = gather(QUERY, sources=["acme", Fake("good")], timeout=0.3, cache=False, environ={})
    assert [one.source for one in gathered.failures] == ["acme"]
    assert list(gathered.results) == ["good"]


INTERRUPTED = """
import signal
from shutdownkit.reading.gather import gather
from shutdownkit.reading.progress import Stage
from tests.unit.reading.fake_sources import QUERY, Fake, hanging

signal.signal(signal.SIGINT, signal.default_int_handler)


def tell(progress):
    if progress.stage is Stage.ASKING:
        print("asking", flush=True)


try:
    gather(QUERY, sources=[Fake(fetch=hanging)], timeout=600, progress=tell, cache=False)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_an_interrupt_ends_the_waiting_at_once() -> None:
    """In a process of its own: what a signal interrupts in a test's own process is up to others too."""
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asking\n"
        process.send_signal(signals.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert said == "interrupted\n"
    assert process.returncode == 0


def test_a_callers_progress_that_fails_is_the_callers() -> None:
    def fail(_: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gather(QUERY, sources=[Fake()], progress=fail)


def test_progress_is_told_in_the_callers_thread() -> None:
    threads = set()
    gather(QUERY, sources=[Fake("a"), Fake("b")], progress=lambda _: threads.add(threading.current_thread()))
    assert threads == {threading.current_thread()}


# --- controls


def test_controls_are_asked_how_many_are_connected_and_no_more() -> None:
    source = Fake(fetch=give("acme"))
    query = Query("BY", QUERY.window, subjects=["domain:a"], history=QUERY.history)
    gathered = gather(query, sources=[source], controls=["PL", Entity.parse("LT"), "lt"])
    assert [str(one.entity) for one in source.asked] == ["BY", "LT", "PL"]
    for one in source.asked[1:]:
        assert (one.span, one.kinds, one.subjects) == (query.span, (REACH.name,), ())
    assert [(str(one.entity), one.kind) for one in gathered.controls] == [("LT", REACH), ("PL", REACH)]
    assert {str(one.entity) for one in gathered.signals} == {"BY"}


def test_a_source_that_does_not_tell_who_is_connected_is_asked_about_no_control() -> None:
    source = Fake(fetch=give("acme", 1.0, QUALITY), said=info(kinds=(QUALITY,)))
    gathered = gather(QUERY, sources=[source], controls=["LT"])
    assert len(source.asked) == 1
    assert gathered.failures == ()
    assert gathered.controls == ()


def test_controls_are_asked_only_of_kinds_that_are_wanted() -> None:
    source = Fake()
    gather(Query("BY", QUERY.window, kinds=[QUALITY]), sources=[source], controls=["LT"])
    assert len(source.asked) == 1


def test_other_kinds_that_come_with_a_control_are_left_out() -> None:
    source = Fake(fetch=lambda query: SourceResult((signal(query), signal(query, kind=QUALITY))))
    gathered = gather(QUERY, sources=[source], controls=["LT"])
    assert [one.kind for one in gathered.controls] == [REACH]


def only_main(error: Exception) -> Fetch:
    return lambda query: give("acme")(query) if query.entity == QUERY.entity else raising(error)(query)


def test_a_control_that_fails_does_not_keep_the_next_from_being_asked() -> None:
    source = Fake(fetch=only_main(KeyError("x")))
    gathered = gather(QUERY, sources=[source], controls=["LT", "PL"])
    assert [one.problem for one in gathered.failures] == [
        "control LT: its code failed: KeyError: 'x'",
        "control PL: its code failed: KeyError: 'x'",
    ]
    assert gathered.answered
    with pytest.raises(ExceptionGroup, match="1 of 1 sources failed") as caught:
        gather(QUERY, sources=[source], controls=["LT", "PL"], strict=True)
    assert len(caught.value.exceptions) == 2
    assert caught.value.exceptions[0].__notes__[-1] == "source acme, control LT"


class ClosedError(ProviderError):
    """A plugin's own, after which nothing else will be answered."""

    ends_asking = True


@pytest.mark.parametrize("error", [UnreachableError("gone"), QuotaError("enough"), ClosedError("at night")])
def test_a_provider_that_stops_answering_is_not_asked_on(error: Exception) -> None:
    source = Fake(fetch=only_main(error))
    gathered = gather(QUERY, sources=[source], controls=["LT", "PL"])
    assert len(source.asked) == 2
    assert [one.problem for one in gathered.failures] == [
        f"control LT: {error}",
        "control PL: was not asked: the provider had stopped answering",
    ]


def test_a_server_that_fails_over_one_control_is_asked_about_the_next() -> None:
    source = Fake(fetch=only_main(ServerFaultError("HTTP 500")))
    gathered = gather(QUERY, sources=[source], controls=["LT", "PL"])
    assert len(source.asked) == 3
    assert [one.problem for one in gathered.failures] == ["control LT: HTTP 500", "control PL: HTTP 500"]


def test_where_the_entity_fails_no_control_is_asked_or_missed() -> None:
    source = Fake(fetch=raising(KeyError("x")))
    gathered = gather(QUERY, sources=[source], controls=["LT"])
    assert len(source.asked) == 1
    assert len(gathered.failures) == 1


def test_a_lie_about_a_control_is_a_failure() -> None:
    source = Fake(fetch=lambda query: SourceResult((signal(query, entity=QUERY.entity),)))
    gathered = gather(QUERY, sources=[source], controls=["LT"])
    assert [one.problem for one in gathered.failures] == [
        "control LT: gave probing.up-slash24s of BY, asked about LT"
    ]
    assert gathered.controls == ()


def test_faults_told_with_a_control_count_and_its_notices_do_not() -> None:
    fault = InstrumentFault(REACH, QUERY.window, (), "it fell")

    def fetch(query: Query) -> object:
        if query.entity == QUERY.entity:
            return SourceResult((signal(query),))
        return SourceResult((signal(query),), notices=("of LT",), faults=(fault, fault))

    account = gather(QUERY, sources=[Fake(fetch=fetch)], controls=["LT"]).account
    assert account.faults == (fault,)
    assert account.notices == ()


TESTS = Query("BY", QUERY.window, subjects=["app:signal", "category:GRP"], history=QUERY.history)


def probing(name: str = "acme", fetch: Fetch | None = None) -> Fake:
    """A source that tests services, and sees how many are connected."""
    return Fake(name, fetch or give(name, 1.0, REACH), said=info(name, kinds=(REACH, SHARE)))


def test_controls_are_asked_for_the_tests_that_are_named_too() -> None:
    """Only of a source that tests, and only of what is a test."""
    tests_too, reach_alone = probing(), Fake("other")
    gather(TESTS, sources=[tests_too, reach_alone], controls=["LT"])
    assert (tests_too.asked[1].kinds, tests_too.asked[1].subjects) == ((REACH.name,), ("app:signal",))
    assert (reach_alone.asked[1].kinds, reach_alone.asked[1].subjects) == ((REACH.name,), ())
    shares = Fake(said=info(kinds=(SHARE,)), fetch=give("acme", 0.5, SHARE))
    gathered = gather(TESTS, sources=[shares], controls=["LT"])
    assert (shares.asked[1].kinds, shares.asked[1].subjects) == ((SHARE.name,), ("app:signal",))
    assert gathered.controls == ()
    nothing_named = probing()
    gather(QUERY, sources=[nothing_named], controls=["LT"])
    assert nothing_named.asked[1].subjects == ()


def test_the_networks_of_a_country_are_not_asked_for_the_tests_it_has_itself() -> None:
    source = probing()
    gather(TESTS, sources=[source], controls=["AS6697", "LT"])
    assert {str(one.entity): one.subjects for one in source.asked[1:]} == {
        "LT": ("app:signal",),
        "AS6697": (),
    }
    of_network = probing()
    query = Query("AS6697", QUERY.window, subjects=["app:signal"], history=QUERY.history)
    gather(query, sources=[of_network], controls=["AS1", "BY"])
    assert {str(one.entity): one.subjects for one in of_network.asked[1:]} == {
        "AS1": ("app:signal",),
        "BY": ("app:signal",),
    }


def test_tests_come_from_all_sources_and_controls_and_none_of_the_entity_s_twice() -> None:
    def fetch(query: Query) -> object:
        mine = of_an_app(query, count=2 if query.entity == QUERY.entity else 3)
        return SourceResult(
            (signal(query),), tests=(*mine, *of_an_app(query, country="BY"), *of_an_app(query, "UA"))
        )

    sources = [probing("b", fetch), probing("a", fetch)]
    gathered = gather(TESTS, sources=sources, controls=["LT"])
    got = [
        (one.provenance.source, [(str(test.country), test.count) for test in one.tests])
        for one in gathered.tests
    ]
    own = [("BY", [("BY", 2)]), ("BY", [("BY", 1)]), ("BY", [("UA", 1)])]
    of_control = [("LT", [("LT", 3)]), ("LT", [("UA", 1)])]
    assert got == [*own, *own, *of_control, *of_control]
    again = pickle.loads(pickle.dumps(gathered))  # noqa: S301 (our own)
    assert again == gathered
    assert again.tests == gathered.tests
    assert "tests of app:signal was given by a and b" in " ".join(gathered.account.notices)


def test_tests_and_nothing_else_are_an_answer() -> None:
    failure = SourceFailure("acme", "the rest was lost")
    source = Fake(fetch=lambda query: SourceResult((), failures=(failure,), tests=of_an_app(query)))
    gathered = gather(TESTS, sources=[source])
    assert gathered.answered
    assert gathered.account.notices == ("category:GRP was asked for, and no source gave it.",)


def test_an_hour_s_tests_may_begin_before_the_span() -> None:
    source = Fake(fetch=lambda query: SourceResult((), tests=of_an_app(query, at=query.span.start - HOUR)))
    assert gather(QUERY, sources=[source]).failures == ()


def test_more_tests_than_are_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(honesty, "MOST_TESTS", 2)
    few = Fake("few", lambda query: SourceResult((), tests=of_an_app(query) * 2))
    many = Fake("many", lambda query: SourceResult((), tests=of_an_app(query) * 3))
    (failure,) = gather(QUERY, sources=[few, many]).failures
    assert (failure.source, failure.problem) == ("many", "gave 3 tests; more than 2 are refused")


# --- what comes of it


def test_what_was_gathered_can_be_pickled_and_not_changed() -> None:
    gathered = gather(QUERY, sources=[Fake("a"), Fake("b", refusing)], controls=["LT"])
    assert pickle.loads(pickle.dumps(gathered)) == gathered  # noqa: S301 (its own)
    with pytest.raises(TypeError):
        gathered.results["x"] = gathered.results["a"]  # type: ignore[index]


def test_missing_stays_missing_and_zero_zero() -> None:
    values = np.array([0.0, np.nan] * 108)

    def fetch(query: Query) -> object:
        good = signal(query)
        series = type(good.series)(good.series.start, HOUR, values)
        return SourceResult((type(good)(REACH, query.entity, series),))

    (found,) = gather(QUERY, sources=[Fake(fetch=fetch)]).signals
    np.testing.assert_array_equal(found.series.values, values)


# --- plugins, over HTTP


@pytest.fixture
def plugin(install: Install) -> Callable[[bool], None]:
    def installed(needs_key: bool) -> None:
        code = ASKS.replace("NEEDS", str(needs_key))
        install("acme-pack", {"acme": "acme_module:make"}, modules={"acme_module": code})

    return installed


def test_a_plugin_is_asked_where_the_environment_says_and_then_from_the_cache(
    plugin: Callable[[bool], None], tmp_path: Path
) -> None:
    plugin(False)
    told: list[Progress] = []
    environ = {"SHUTDOWNKIT_CACHE_DIR": str(tmp_path / "cache")}
    with LoopbackServer(lambda _: Reply(b'"said"')) as server:
        environ["SHUTDOWNKIT_ACME_URL"] = f"{server.url}/"
        online = gather(QUERY, sources=["acme:x/y:z"], environ=environ, progress=told.append)
        assert [one.path for one in server.received] == ["/x"]
    assert online.results["acme"].notices == ("said x/y:z",)
    assert [one.requests for one in told] == [0, 0, 1, 1, 1][: len(told)]
    offline = gather(QUERY, sources=["acme:x/y:z"], environ=environ, offline=True)
    assert offline == online
    other = gather(QUERY.about(Entity.parse("LT")), sources=["acme"], environ=environ, offline=True)
    assert "not kept" in other.failures[0].problem


def test_a_cache_can_be_named_or_done_without(plugin: Callable[[bool], None], tmp_path: Path) -> None:
    plugin(False)
    with LoopbackServer(lambda _: Reply(b'"said"')) as server:
        environ = {"SHUTDOWNKIT_ACME_URL": server.url, "SHUTDOWNKIT_CACHE_DIR": str(tmp_path / "unused")}
        gather(QUERY, sources=["acme"], environ=environ, cache=False)
        assert not list(tmp_path.rglob("*.sqlite"))
        gather(QUERY, sources=["acme"], environ=environ, cache=tmp_path / "named.sqlite")
        settings = HttpSettings(cache_path=tmp_path / "set.sqlite")
        gather(QUERY, sources=["acme"], environ=environ, http=settings)
    assert sorted(path.name for path in tmp_path.rglob("*.sqlite")) == ["named.sqlite", "set.sqlite"]


def test_a_source_that_needs_a_key_says_which_variable(plugin: Callable[[bool], None]) -> None:
    plugin(True)
    failure = one_failure("acme", environ={}, cache=False)
    assert failure.problem == "needs a key: set SHUTDOWNKIT_ACME_KEY"
    with pytest.raises(ExceptionGroup):
        gather(QUERY, sources=["acme"], environ={}, cache=False, strict=True)


def test_a_key_is_sent_and_told_to_nobody(plugin: Callable[[bool], None]) -> None:
    plugin(True)
    with LoopbackServer(lambda _: Reply(b'{"detail": "hunter2 is no key"}', 403)) as server:
        environ = {"SHUTDOWNKIT_ACME_URL": server.url, "SHUTDOWNKIT_ACME_KEY": "hunter2"}
        failure = one_failure("acme", environ=environ, cache=False)
        assert [one.headers["authorization"] for one in server.received] == ["Key hunter2"]
    assert "403" in failure.problem
    assert "hunter2" not in repr(failure)


def test_a_variable_that_cannot_be_is_the_callers_mistake(plugin: Callable[[bool], None]) -> None:
    plugin(False)
    with pytest.raises(CallerError, match="SHUTDOWNKIT_ACME_URL: is plain http"):
        gather(QUERY, sources=["acme"], environ={"SHUTDOWNKIT_ACME_URL": "http://example.org"})


def test_a_broken_plugin_is_a_failure_that_names_its_package(install: Install) -> None:
    install("acme-pack", {"acme": "acme_module:make"}, modules={"acme_module": "1 / 0"})
    failure = one_failure("acme", environ={}, cache=False)
    assert failure.problem == (
        "cannot be imported: ZeroDivisionError: division by zero (installed by acme-pack)"
    )


def test_a_missing_extra_is_a_failure_that_says_how_to_get_it(install: Install) -> None:
    code = "from shutdownkit.errors import *\nraise MissingExtraError('acme', 'thing', 'atlas')"
    install("acme-pack", {"acme": "acme_module:make"}, modules={"acme_module": code})
    failure = one_failure("acme", environ={}, cache=False)
    assert failure.problem == "acme needs the package thing: python -m pip install 'shutdownkit[atlas]'"


def test_a_plugin_is_preferred_by_its_package(install: Install) -> None:
    install("one-pack", {"acme": "one_module:make"}, modules={"one_module": GOOD})
    install("two-pack", {"acme": "two_module:make"}, modules={"two_module": "1 / 0"})
    with pytest.raises(DuplicateSourceError, match="acme@one-pack or acme@two-pack"):
        gather(QUERY, sources=["acme"], environ={})
    assert list(gather(QUERY, sources=["acme@one-pack"], environ={}, cache=False).results) == ["acme"]


WEEK = TimeWindow("2020-08-01", "2020-08-08")


def test_results_are_ordered_and_signals_by_kind_then_source() -> None:
    gathered = gather(Query("BY", WEEK), sources=[Fake("b"), Fake("a")])
    assert list(gathered.results) == ["a", "b"]
    assert [(one.kind, one.provenance.source) for one in gathered.signals] == [
        (QUALITY, "a"),
        (QUALITY, "b"),
        (REACH, "a"),
        (REACH, "b"),
    ]


def test_what_is_gathered_elsewhere_is_ordered_too() -> None:
    lt, pl = (signal(QUERY.about(Entity.parse(code))) for code in ("LT", "PL"))
    parts = {"b": SourceResult(()), "a": SourceResult(())}
    one = Gathered(QUERY, parts, controls=(pl, lt))
    assert list(one.results) == ["a", "b"]
    assert one.controls == (lt, pl)


# --- what else sources may do


class NotesRefusedError(Exception):
    def add_note(self, _: str, /) -> None:
        raise RuntimeError


class PropertyFailsError(ProviderError):
    def __init__(self) -> None:
        Exception.__init__(self)

    @property
    def problem(self) -> str:  # type: ignore[override]
        raise RuntimeError


class TextExitsError(Exception):
    def __str__(self) -> str:
        raise SystemExit(7)


def with_notes() -> Exception:
    error = ValueError("x")
    error.__notes__ = "no list"  # type: ignore[assignment]
    return error


@pytest.mark.parametrize("made", [NotesRefusedError, PropertyFailsError, TextExitsError, with_notes])
def test_an_error_that_fails_itself_leaves_the_others_untouched(made: Callable[[], Exception]) -> None:
    def fetch(_: Query) -> object:
        raise made()

    sources = [Fake("bad", fetch), Fake("good")]
    gathered = gather(QUERY, sources=sources)
    assert list(gathered.results) == ["good"]
    (failure,) = gathered.failures
    assert failure.source == "bad"
    assert failure.problem.startswith("its code failed: ")
    with pytest.raises(ExceptionGroup) as caught:
        gather(QUERY, sources=sources, strict=True)
    assert caught.value.exceptions[0].__notes__[-1] == "source bad"


def test_a_failure_that_a_source_gives_is_its_own_on_one_line() -> None:
    part = SourceFailure("ioda", "it\nfailed", "https://example.org/\x1b", retry=True)
    found = one_failure(Fake(fetch=lambda query: SourceResult((signal(query),), failures=(part,))))
    assert found == SourceFailure("acme", "it failed", "https://example.org/\\x1b", retry=True)


def test_a_failure_that_a_source_gives_holds_no_key(install: Install) -> None:
    code = """
from shutdownkit.model.account import SourceFailure
from shutdownkit.reading.source import SourceResult
from tests.unit.reading.fake_sources import Fake

def make(config):
    key = config.key.reveal()
    failure = SourceFailure('acme', f'{key} is no key', f'https://example.org/?key={key}')
    return Fake('acme', lambda query: SourceResult((), failures=(failure,)))
"""
    install("acme-pack", {"acme": "acme_telling:make"}, modules={"acme_telling": code})
    environ = {"SHUTDOWNKIT_ACME_KEY": "hunter2"}
    assert one_failure("acme", environ=environ, cache=False) == SourceFailure(
        "acme", "*** is no key", "https://example.org/?key=***"
    )


def test_more_bins_than_anybody_measures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(honesty, "MOST_BINS", 431)
    assert QUERY.span.duration // HOUR == 216
    failure = one_failure(Fake(fetch=give("acme")))
    assert failure.problem == "gave 432 bins; more than 431 are refused"
    monkeypatch.setattr(honesty, "MOST_BINS", 432)
    assert gather(QUERY, sources=[Fake(fetch=give("acme"))]).failures == ()


def test_what_was_named_and_nobody_gave_is_told() -> None:
    query = Query("BY", QUERY.window, kinds=[REACH, "bgp.visble"], subjects=["domian:a"], history=HOUR)
    assert gather(query, sources=[Fake()]).account.notices == (
        "a notice of acme",
        "bgp.visble was asked for, and no source gave it.",
        "domian:a was asked for, and no source gave it.",
    )
    assert gather(query, sources=[Fake(fetch=refusing)]).account.notices == ()


def test_what_several_sources_gave_is_told() -> None:
    sources = [Fake("b"), Fake("c", give("c", 1.0, REACH)), Fake("a"), Fake("d", raising(KeyError()))]
    end = ": readings of one kind, not independent witnesses."
    assert gather(QUERY, sources=sources).account.notices == (
        "a notice of a",
        "a notice of b",
        "a notice of c",
        f"probing.latency was given by a and b{end}",
        f"probing.up-slash24s was given by a, b and c{end}",
    )


@pytest.mark.parametrize("name", ["a/b", "a b", "A", "a\n", "\x1b", "-a"])
def test_a_source_has_a_slug_for_its_name(name: str) -> None:
    with pytest.raises(InvalidValueError, match=r"SourceInfo.name: .* is not lower-case letters"):
        info(name)
