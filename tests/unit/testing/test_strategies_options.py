"""What the arguments of the strategies promise, for any arguments."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

import shutdownkit as sk
from shutdownkit.judging.condition import gravest
from shutdownkit.reading.honesty import checked_result
from shutdownkit.testing import strategies as kit
from shutdownkit.testing.scenarios import OutageKind

NOON = datetime(2020, 8, 8, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GRIDS = (
    timedelta(seconds=7),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(weeks=9),
)
some = settings(max_examples=30, database=None)
few = settings(max_examples=12, database=None)
data = st.data()
grids = st.none() | st.sampled_from(GRIDS)
flags = st.none() | st.booleans()


def on_grid(time: datetime, whole: timedelta | None) -> bool:
    return whole is None or not (time - EPOCH) % whole


def points(window: sk.TimeWindow, whole: timedelta) -> int:
    """How many points of a grid lie in a window, its end included: counted one by one."""
    first = EPOCH + math.ceil((window.start - EPOCH) / whole) * whole
    first = next(time for time in (first - whole, first, first + whole) if time >= window.start)
    return 0 if first > window.end else (window.end - first) // whole + 1


@some
@given(data, kit.windows(), grids, st.booleans())
def test_windows_lie_within_on_the_grid_and_exist_where_they_can(
    data: st.DataObject, within: sk.TimeWindow, whole: timedelta | None, empty: bool
) -> None:
    least = 1 if empty else 2
    exist = points(within, whole or timedelta(microseconds=1)) >= least
    if not exist:
        with pytest.raises(InvalidArgument):
            data.draw(kit.windows(within=within, whole=whole, empty=empty))
        return
    window = data.draw(kit.windows(within=within, whole=whole, empty=empty))
    assert within.start <= window.start <= window.end <= within.end
    assert on_grid(window.start, whole)
    assert on_grid(window.end, whole)
    assert empty or window.duration


@pytest.mark.parametrize("whole", [None, timedelta(minutes=1)])
@pytest.mark.parametrize("empty", [True, False])
def test_all_windows_and_times_of_three_minutes_are_drawn_and_no_others(
    whole: timedelta | None, empty: bool
) -> None:
    marks = [NOON + timedelta(minutes=minutes) for minutes in range(4)]
    within = sk.TimeWindow(marks[0], marks[-1])
    windows, times = set(), set()

    @settings(max_examples=500, database=None)
    @given(kit.windows(within=within, whole=whole, empty=empty), kit.instants(within=within, whole=whole))
    def draw(window: sk.TimeWindow, time: datetime) -> None:
        if {window.start, window.end} <= set(marks):
            windows.add(window)
        if time in marks:
            times.add(time)

    draw()
    least = timedelta(0) if empty else timedelta(minutes=1)
    assert windows == {sk.TimeWindow(a, b) for a in marks for b in marks if b - a >= least}
    assert times == set(marks[:-1])


@some
@given(data, kit.instants(), grids)
def test_times_are_near_and_on_the_grid(data: st.DataObject, near: datetime, whole: timedelta | None) -> None:
    assume(whole is None or whole <= timedelta(days=1))
    time = data.draw(kit.instants(near=near, whole=whole))
    assert abs(time - near) <= timedelta(minutes=2000)
    assert on_grid(time, whole)
    window = data.draw(kit.windows(near=near, whole=whole))
    assert abs(window.start - near) <= timedelta(minutes=2000)
    assert on_grid(window.end, whole)


@some
@given(data, kit.windows(empty=False), grids)
def test_times_lie_in_a_window(data: st.DataObject, within: sk.TimeWindow, whole: timedelta | None) -> None:
    inside = points(within, whole) - on_grid(within.end, whole) if whole else 1
    if not inside:
        with pytest.raises(InvalidArgument):
            data.draw(kit.instants(within=within, whole=whole))
        return
    time = data.draw(kit.instants(within=within, whole=whole))
    assert time in within
    assert on_grid(time, whole)


POINT = sk.TimeWindow(NOON, NOON)


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: kit.windows(near=NOON, within=POINT),
        lambda: kit.windows(whole=timedelta(0)),
        lambda: kit.windows(within=POINT, empty=False),
        lambda: kit.instants(within=POINT),
        lambda: kit.instants(within=POINT, whole=timedelta(days=1)),
        lambda: kit.steps(longest=timedelta(0)),
        lambda: kit.entities(kinds=()),
        lambda: kit.entities(countries=()),
        lambda: kit.kinds(planes=()),
        lambda: kit.series(size=0, missing=True),
        lambda: kit.series(window=POINT, min_size=1),
        lambda: kit.series(window=POINT, start=NOON),
        lambda: kit.series(
            window=sk.TimeWindow("2020-08-08", "2020-08-09"), step=timedelta(days=2), min_size=1
        ),
    ],
)
def test_what_cannot_be_is_refused(impossible: object) -> None:
    with pytest.raises(InvalidArgument):
        find(impossible(), lambda _: True, settings=settings(database=None))  # type: ignore[operator]


@some
@given(data, st.lists(st.sampled_from(sk.EntityKind), min_size=1), st.sampled_from(["BY", "IR", "UG"]))
def test_entities_are_of_the_kinds_and_countries(
    data: st.DataObject, kinds: list[sk.EntityKind], country: str
) -> None:
    entity = data.draw(kit.entities(kinds=kinds, countries=(country,)))
    assert entity.kind in kinds
    assert entity.country == (None if entity.kind is sk.EntityKind.ASN else country)


@some
@given(data, st.lists(st.sampled_from(sk.Plane), min_size=1), flags)
def test_kinds_are_of_the_planes(data: st.DataObject, planes: list[sk.Plane], built_in: bool | None) -> None:
    kind = data.draw(kit.kinds(planes=planes, built_in=built_in))
    assert kind.plane in planes
    assert built_in is None or (kind.name in sk.KINDS) is built_in


@some
@given(data, st.integers(0, 4), st.integers(0, 4), flags, kit.instants(), kit.steps())
def test_series_keep_their_sizes_their_grid_and_what_is_missing(
    data: st.DataObject, low: int, high: int, missing: bool | None, start: datetime, step: timedelta
) -> None:
    values = data.draw(kit.series(start=start, step=step, min_size=low, max_size=high, missing=missing))
    least = max(low, 1) if missing else low
    assert least <= len(values) <= max(low, high, least)
    assert (values.start, values.step) == (start, step)
    assert missing is None or (not values.measured.all()) is missing


@some
@given(data, kit.windows(), flags, st.none() | kit.steps(), kit.entities(), kit.kinds())
def test_signals_lie_in_the_window_on_its_grid(
    data: st.DataObject,
    window: sk.TimeWindow,
    missing: bool | None,
    step: timedelta | None,
    entity: sk.Entity,
    kind: sk.SignalKind,
) -> None:
    assume(not missing or window.duration >= (step or timedelta(microseconds=1)))
    signal = data.draw(kit.signals(entity=entity, kind=kind, window=window, step=step, missing=missing))
    assert (signal.entity, signal.kind) == (entity, kind)
    assert window.start <= signal.series.start
    assert signal.series.window.end <= window.end
    assert not (signal.series.start - window.start) % signal.series.step
    assert step in {None, signal.series.step}
    assert missing is None or (not signal.series.measured.all()) is missing


@some
@given(data, kit.windows(), st.integers(0, 3), flags, kit.entities())
def test_episodes_hold_their_events(
    data: st.DataObject, window: sk.TimeWindow, least: int, ongoing: bool | None, entity: sk.Entity
) -> None:
    episode = data.draw(
        kit.episodes(entity=entity, window=window, min_events=least, max_events=1, ongoing=ongoing)
    )
    assert (episode.entity, episode.window) == (entity, window)
    assert least <= len(episode.events) <= max(least, 1)
    assert ongoing in {None, episode.ongoing}
    for event in episode.events:
        assert window.start <= event.window.start <= event.window.end <= window.end
    event = data.draw(kit.events(entity=entity, within=window, ongoing=ongoing))
    assert event.entity == entity
    assert ongoing in {None, event.ongoing}


@few
@given(data, st.lists(st.sampled_from(sk.Condition), min_size=1), st.integers(0, 2), st.integers(0, 2))
def test_the_condition_of_a_report_is_that_of_its_episodes(
    data: st.DataObject, conditions: list[sk.Condition], least: int, most: int
) -> None:
    report = data.draw(kit.reports(conditions=conditions, min_episodes=least, max_episodes=most))
    assert least <= len(report.episodes) <= max(least, most)
    assert {one.verdict.condition for one in report.episodes} <= set(conditions)
    assert [one.episode.onset for one in report.episodes] == sorted(
        one.episode.onset for one in report.episodes
    )
    if report.episodes:
        assert report.condition is gravest(one.verdict.condition for one in report.episodes)
    else:
        assert report.condition in {sk.Condition.NORMAL, sk.Condition.INSUFFICIENT_DATA}


@few
@given(data, kit.entities(), kit.windows())
def test_reports_are_on_what_was_asked(data: st.DataObject, entity: sk.Entity, window: sk.TimeWindow) -> None:
    report = data.draw(kit.reports(entity=entity, window=window))
    assert (report.entity, report.window) == (entity, window)


@some
@given(
    data,
    st.lists(st.sampled_from(sk.Condition), min_size=1),
    st.lists(st.sampled_from(sk.Mechanism), min_size=1),
    st.lists(st.sampled_from(sk.Intent), min_size=1),
    st.lists(st.sampled_from(sk.Stance), min_size=1),
    st.lists(st.sampled_from(sk.ContextKind), min_size=1),
)
def test_what_is_chosen_from_is_chosen(
    data: st.DataObject,
    conditions: list[sk.Condition],
    mechanisms: list[sk.Mechanism],
    intents: list[sk.Intent],
    stances: list[sk.Stance],
    kinds: list[sk.ContextKind],
) -> None:
    verdict = data.draw(kit.verdicts(conditions=conditions, mechanisms=mechanisms, intents=intents))
    assert verdict.condition in conditions
    assert verdict.mechanism in mechanisms
    assert verdict.intent in intents
    assert data.draw(kit.evidence(stances=stances)).stance in stances
    assert data.draw(kit.context_events(kinds=kinds)).kind in kinds


@some
@given(data, kit.windows(empty=False), kit.entities())
def test_queries_ask_what_they_should(data: st.DataObject, within: sk.TimeWindow, entity: sk.Entity) -> None:
    query = data.draw(kit.queries(entity=entity, within=within, history=timedelta(days=3)))
    assert query.entity == entity
    assert within.start <= query.window.start < query.window.end <= within.end
    assert query.history == timedelta(days=3)
    assert data.draw(kit.queries(window=within)).window == within


@few
@given(data, kit.queries(), flags)
def test_what_a_source_gives_to_a_query_is_an_answer_to_it(
    data: st.DataObject, query: sk.Query, missing: bool | None
) -> None:
    measured = st.sampled_from(list(sk.KINDS.values()))
    info = data.draw(kit.source_infos(name="acme", kinds_from=measured))
    assert info.name == "acme"
    result = data.draw(
        kit.source_results(query=query, kinds_from=st.sampled_from(info.kinds), missing=missing)
    )
    assert checked_result(info, query, result) is result
    for signal in result.signals:
        assert missing is None or (not signal.series.measured.all()) is missing


@few
@given(data, kit.queries())
def test_what_is_gathered_is_about_the_query(data: st.DataObject, query: sk.Query) -> None:
    gathered = data.draw(kit.gatherings(query=query))
    assert gathered.query == query
    assert {signal.entity for signal in gathered.signals} <= {query.entity}
    for name, result in gathered.results.items():
        given_of = (*result.signals, *result.observations, *result.faults, *result.coverage)
        kinds = {getattr(one, "kind") for one in given_of} or {sk.KINDS["ooni.networks"]}  # noqa: B009 (of four classes)
        info = evolve(data.draw(kit.source_infos(name=name)), native_steps={}, kinds=tuple(kinds))
        assert checked_result(info, query, result) is result


@some
@given(data, st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_scenarios_lose_no_less_and_no_more(data: st.DataObject, one: float, other: float) -> None:
    least, most = sorted((one, other))
    drawn = data.draw(
        kit.scenarios(
            kinds=[OutageKind.MOBILE_CUT],
            lost=(least, most),
            networks=(1, 1),
            days=(1, 1),
            missing=False,
            noise=False,
        )
    )
    assert least <= drawn.truth.lost <= most
    assert len(drawn.networks) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"networks": (0, 2)},
        {"networks": (1, 15)},
        {"days": (0, 3)},
        {"lost": (0.0, 0.5)},
        {"lost": (0.5, 1.01)},
        {"lost": (float("nan"), 0.5)},
        {"lost": (0.5, float("nan"))},
        {"countries": ["AS1"]},
        {"countries": ["ZZ"]},
    ],
)
def test_scenarios_that_cannot_be_are_refused_where_they_are_asked_for(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match=next(iter(options))):
        kit.scenarios(**options)


def test_scenarios_know_a_country_in_any_spelling() -> None:
    made = find(kit.scenarios(countries=["ke"]), lambda _: True, settings=settings(database=None))
    assert str(made.entity) == "KE"
    assert made.entity not in {signal.entity for signal in made.controls}
