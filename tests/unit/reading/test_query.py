"""What is asked of sources, and which questions a source serves."""

from __future__ import annotations

import pickle
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError, NotServedError
from shutdownkit.model.entity import EntityKind
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.gather import gather
from shutdownkit.reading.query import HISTORY, Query
from shutdownkit.reading.source import SourceInfo
from shutdownkit.testing.strategies import entities, windows

from .fake_sources import QUALITY, QUERY, REACH, WINDOW, Fake, info

NAMES = st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4)


@given(entities(), windows(empty=False), NAMES, st.randoms(use_true_random=False))
def test_order_and_spelling_of_what_is_wanted_change_nothing(
    entity: object, window: TimeWindow, names: list[str], rng: object
) -> None:
    one = Query(str(entity), window, kinds=names, subjects=names)
    other = Query(
        one.entity,
        window,
        kinds=[KINDS[name] for name in reversed(names)],
        subjects=reversed([*names, *names]),
    )
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 (its own)
    assert all(one.wants(KINDS[name]) for name in names)
    assert [kind for kind in KINDS.values() if one.wants(kind)] == [
        kind for kind in KINDS.values() if kind.name in names
    ]


@given(windows(empty=False), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_span_is_the_window_with_the_history_before_it(window: TimeWindow, history: timedelta) -> None:
    span = Query("BY", window, history=history).span
    assert (span.start, span.end) == (window.start - history, window.end)


def test_all_kinds_are_wanted_where_none_is_named() -> None:
    query = Query("BY", WINDOW)
    assert query.history == HISTORY == timedelta(weeks=4)
    assert all(query.wants(kind) for kind in KINDS.values())


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"entity": "Utopia"}, "entity"),
        ({"entity": 3}, "Query.entity"),
        ({"window": "2020"}, "Query.window"),
        ({"window": TimeWindow("2020-08-08", "2020-08-08")}, "Query.window"),
        ({"kinds": "probing.loss"}, "Query.kinds"),
        ({"kinds": []}, "Query.kinds"),
        ({"kinds": [""]}, "Query.kinds"),
        ({"subjects": "domain:a"}, "Query.subjects"),
        ({"subjects": [" "]}, "Query.subjects"),
        ({"history": timedelta(-1)}, "Query.history"),
        ({"history": timedelta(days=800_000)}, "Query.history"),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        Query(**{"entity": "BY", "window": WINDOW, **arguments})  # type: ignore[arg-type]
    assert caught.value.field == field


def limited(**limits: object) -> SourceInfo:
    names = ("name", "title", "kinds", "entity_kinds", "native_steps", "licence", "blind_to", "homepage")
    usual = {name: getattr(info(), name) for name in names}
    return SourceInfo(**{**usual, **limits})


@pytest.mark.parametrize(
    ("limits", "query", "problem"),
    [
        ({"entity_kinds": frozenset({EntityKind.REGION})}, QUERY, "does not serve a country such as BY"),
        ({"kinds": (QUALITY,), "native_steps": {}}, Query("BY", WINDOW, kinds=[REACH]), "measures none of"),
        ({"longest_window": timedelta(days=8)}, QUERY, "at most 8 days at a time, history included, not 9"),
        ({"earliest": WINDOW.end}, QUERY, "has no data before 2020-08-10"),
    ],
)
def test_a_source_says_what_it_does_not_serve(limits: dict[str, object], query: Query, problem: str) -> None:
    with pytest.raises(NotServedError, match=problem):
        limited(**limits).check_serves(query)


@pytest.mark.parametrize(
    "limits",
    [{}, {"longest_window": timedelta(days=9)}, {"earliest": WINDOW.end - timedelta(seconds=1)}],
)
def test_a_source_serves_the_rest(limits: dict[str, object]) -> None:
    limited(**limits).check_serves(QUERY)
    assert Fake(said=limited(**limits)).fetch(QUERY).signals


@pytest.mark.parametrize(
    ("start", "end"), [("9999-12-31T20:00Z", "9999-12-31T23:30Z"), ("0001-01-01", "0001-01-02")]
)
@pytest.mark.parametrize("name", ["ripestat", "tor-metrics", "atlas", "ioda", "ooni"])
def test_no_source_is_asked_about_the_edge_of_the_calendar(name: str, start: str, end: str) -> None:
    """Bins around such a time would be no times."""
    query = Query("BY", TimeWindow(start, end), history=timedelta(0))
    gathered = gather(query, sources=[name], cache=False, environ={})
    (failure,) = gathered.failures
    assert failure.problem.startswith("was not asked: ")
    assert failure.where is None
