"""Laws of gathering: order and company change nothing, and nothing that fails is lost."""

from __future__ import annotations

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from shutdownkit.errors import (
    NotServedError,
    ProviderError,
    QuotaError,
    RefusedError,
    UnreachableError,
    WrongAnswerError,
)
from shutdownkit.model.entity import Entity
from shutdownkit.reading.failures import failure_of, tellable
from shutdownkit.reading.gather import gather
from shutdownkit.reading.http.request import Secret
from shutdownkit.reading.progress import Progress, Stage
from shutdownkit.reading.query import Query
from shutdownkit.reading.saying import one_line
from shutdownkit.reading.source import SourceResult
from shutdownkit.testing.strategies import lines
from tests.unit.reading.fake_sources import QUERY, Fake, Fetch, give, of_an_app, raising

CONTROLS = ("LT", "PL")
ERRORS: tuple[BaseException, ...] = (
    UnreachableError("no route", where="https://example.org"),
    QuotaError("enough"),
    RefusedError("no"),
    WrongAnswerError("odd"),
    NotServedError("not here"),
    KeyError("a bug"),
    SystemExit(3),
    GeneratorExit(),
)


@frozen
class Plan:
    """How a fake source behaves."""

    name: str
    error: int | None
    for_controls_only: bool
    delay: float

    def made(self, *, delayed: bool = True) -> Fake:
        return Fake(self.name, self._fetch(), delay=self.delay if delayed else 0.0)

    def _fetch(self) -> Fetch:
        signals = give(self.name, float(len(self.name)))

        def good(query: Query) -> object:
            result = signals(query)
            assert isinstance(result, SourceResult)
            return evolve(result, tests=of_an_app(query, count=len(self.name)))

        if self.error is None:
            return good
        bad = raising(ERRORS[self.error])
        if not self.for_controls_only:
            return bad
        return lambda query: good(query) if query.entity == QUERY.entity else bad(query)

    @property
    def fails_at_once(self) -> bool:
        return self.error is not None and not self.for_controls_only


def plans() -> st.SearchStrategy[list[Plan]]:
    one = st.builds(
        Plan,
        name=st.sampled_from(["a", "bb", "ccc", "dddd"]),
        error=st.none() | st.integers(0, len(ERRORS) - 1),
        for_controls_only=st.booleans(),
        delay=st.sampled_from([0.0, 0.001, 0.004]),
    )
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda plan: plan.name)


@settings(max_examples=40)
@given(plans(), st.randoms(use_true_random=False))
def test_order_of_sources_controls_and_threads_changes_nothing(
    all_plans: list[Plan], rng: st.DataObject
) -> None:
    shuffled = list(all_plans)
    rng.shuffle(shuffled)  # type: ignore[attr-defined] # it is a random.Random
    one = gather(QUERY, sources=[plan.made() for plan in all_plans], controls=CONTROLS)
    other = gather(
        QUERY, sources=[plan.made(delayed=False) for plan in shuffled], controls=reversed(CONTROLS)
    )
    assert one == other
    assert one.signals == other.signals
    assert one.tests == other.tests
    assert list(one.results) == list(other.results) == sorted(one.results)


@settings(max_examples=40)
@given(plans())
def test_each_source_gives_in_company_what_it_gives_alone(all_plans: list[Plan]) -> None:
    together = gather(QUERY, sources=[plan.made() for plan in all_plans], controls=CONTROLS)
    alone = [
        gather(QUERY, sources=[plan.made()], controls=CONTROLS)
        for plan in sorted(all_plans, key=lambda plan: plan.name)
    ]
    assert together.failures == tuple(failure for one in alone for failure in one.failures)
    assert dict(together.results) == {name: one.results[name] for one in alone for name in one.results}
    assert sorted(map(repr, together.signals)) == sorted(repr(s) for one in alone for s in one.signals)
    assert sorted(map(repr, together.controls)) == sorted(repr(s) for one in alone for s in one.controls)
    assert sorted(map(repr, together.tests)) == sorted(repr(t) for one in alone for t in one.tests)
    assert together.answered == any(one.answered for one in alone)


@settings(max_examples=40)
@given(plans())
def test_every_source_is_either_a_result_or_a_failure(all_plans: list[Plan]) -> None:
    gathered = gather(QUERY, sources=[plan.made() for plan in all_plans])
    failed = {failure.source for failure in gathered.failures}
    assert failed == {plan.name for plan in all_plans if plan.fails_at_once}
    assert set(gathered.results) == {plan.name for plan in all_plans} - failed
    assert gathered.account.failures == gathered.failures
    assert len(gathered.account.blind_spots) == len(gathered.results)


@settings(max_examples=30)
@given(plans())
def test_progress_begins_with_waiting_and_ends_once_for_each(all_plans: list[Plan]) -> None:
    told: list[Progress] = []
    gather(QUERY, sources=[plan.made() for plan in all_plans], controls=CONTROLS, progress=told.append)
    for plan in all_plans:
        stages = [one.stage for one in told if one.source == plan.name]
        assert stages[0] is Stage.WAITING
        assert stages[-1] is (Stage.FAILED if plan.fails_at_once else Stage.DONE)
        assert set(stages[1:-1]) <= {Stage.ASKING}


@settings(max_examples=30)
@given(plans())
def test_strict_raises_exactly_where_a_source_failed(all_plans: list[Plan]) -> None:
    sources = [plan.made() for plan in all_plans]
    faulty = [
        plan
        for plan in all_plans
        if plan.fails_at_once and not isinstance(ERRORS[plan.error or 0], NotServedError)
    ]
    if not faulty:
        assert gather(QUERY, sources=sources, strict=True) == gather(QUERY, sources=sources)
        return
    with pytest.raises(ExceptionGroup) as caught:
        gather(QUERY, sources=sources, strict=True)
    names = ", ".join(sorted(plan.name for plan in faulty))
    assert caught.value.message == f"{len(faulty)} of {len(all_plans)} sources failed: {names}"
    notes = [error.__notes__[-1] for error in caught.value.exceptions]
    assert sorted(notes) == sorted(f"source {plan.name}" for plan in faulty)


@given(st.text())
def test_one_line_is_one_printable_line_and_done_once(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= 300
    assert one_line(line) == line


@given(
    st.text("abc%+/ =&", min_size=4, max_size=12).filter(lambda key: key == key.strip() and key),
    lines(),
    st.sampled_from([ProviderError, UnreachableError, ValueError]),
    st.integers(0, 500),
)
def test_no_failure_holds_the_secret(key: str, text: str, kind: type[Exception], before: int) -> None:
    from_urllib = key.replace("%", "%25").replace("+", "%2B").replace("/", "%2F").replace(" ", "+")
    problem = f"{'x' * before} {key} {text}"
    where = f"https://example.org/?key={from_urllib.replace('=', '%3D').replace('&', '%26')}"
    error = kind(problem, where=where) if issubclass(kind, ProviderError) else kind(f"{problem} {where}")
    failure = failure_of("acme", tellable(error, Secret(key)), control="LT")
    told = f"{failure.problem} {failure.where}"
    assert key not in told.replace("...", "")
    assert "key=%" not in told
    assert failure.problem.isprintable()


@given(st.sampled_from(["LT", "PL", "US/LA", "AS6697"]), st.integers(1, 60))
def test_a_query_about_another_entity_is_otherwise_the_same(entity: str, days: int) -> None:
    query = Query("BY", QUERY.window, kinds=["acme.x"], subjects=["domain:a"], history=QUERY.history * days)
    other = query.about(Entity.parse(entity))
    assert other.about(query.entity) == query
    assert other.span == query.span
