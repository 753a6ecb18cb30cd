"""The source over real HTTP, with the real cousteau, against a small world."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.errors import (
    InvalidValueError,
    NotServedError,
    RefusedError,
    UnreachableError,
    WrongAnswerError,
)
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import Checkable, Source, SourceConfig, SourceResult
from shutdownkit.sources.atlas.source import AtlasSource
from shutdownkit.testing.server import Received, Reply
from shutdownkit.testing.wire.atlas import AtlasWorld, atlas_answer, probe_record
from shutdownkit.testing.wire.atlas_signal import world_of_signal, world_of_signals

from .atlas_worlds import (
    DAY,
    NO_HISTORY,
    START,
    T0,
    back,
    drop,
    fetched,
    people,
    query,
    quick_client,
    raw_event,
    served,
)

KIND = sk.KINDS["atlas.connected-probes"]
NOW = datetime.now(UTC)


def values(result: SourceResult) -> Any:
    (signal,) = result.signals
    return signal.series.values


def value_at(result: SourceResult, seconds: float) -> float:
    return float(values(result)[int(seconds // 300)])


def signal_of(numbers: list[float], *, step: int = 300, entity: str = "BY") -> sk.Signal:
    return sk.Signal(
        kind=KIND,
        entity=sk.Entity.parse(entity),
        series=sk.TimeSeries(START, timedelta(seconds=step), numbers),
    )


# What comes back.


def test_it_is_a_source_that_can_be_checked_and_says_what_it_is() -> None:
    with served(AtlasWorld([], ())) as (source, _):
        assert isinstance(source, Source)
        assert isinstance(source, Checkable)
        assert source.info.name == "atlas"
        assert source.info.kinds == (KIND,)
        assert not source.info.needs_key
        assert source.info.native_steps == {KIND.name: timedelta(minutes=5)}
        assert source.info is source.info


@settings(max_examples=25)
@given(
    st.lists(st.integers(5, 12) | st.just(float("nan")) | st.integers(0, 12), min_size=1, max_size=60),
    st.sampled_from([300, 600, 3600]),
    st.sampled_from(["BY", "AS6697"]),
)
def test_a_signal_written_as_a_world_is_read_back(numbers: Any, step: int, entity: str) -> None:
    signal = signal_of([20.0, *numbers, 20.0], step=step, entity=entity)
    window = signal.series.window
    result = fetched(world_of_signal(signal), Query(entity, window, history=NO_HISTORY))
    given = signal.series.values
    read = values(result)[:: step // 300]
    measured = ~np.isnan(given)
    assert read[measured].tolist() == given[measured].tolist()
    assert not np.isnan(read).any()
    assert result.failures == ()


@settings(max_examples=15)
@given(
    st.lists(st.lists(st.integers(5, 12), min_size=6, max_size=6), min_size=4, max_size=4),
    st.permutations(["BY", "LT", "AS64500", "AS64501"]),
)
def test_several_signals_written_as_one_world_are_read_back(numbers: Any, entities: list[str]) -> None:
    signals = [
        signal_of([20.0, *own, 20.0], step=3600, entity=entity)
        for own, entity in zip(numbers, entities, strict=True)
    ]
    world = world_of_signals(signals)
    ids = [one["id"] for one in world.probes]
    assert len(set(ids)) == len(ids)
    for signal in signals:
        result = fetched(world, Query(signal.entity, signal.series.window, history=NO_HISTORY))
        assert values(result)[::12].tolist() == signal.series.values.tolist()


def test_two_signals_of_one_entity_are_no_world() -> None:
    with pytest.raises(InvalidValueError, match="is given twice"):
        world_of_signals([signal_of([1]), signal_of([2])])
    assert world_of_signals([]) == AtlasWorld((), ())


def test_a_restless_signal_is_read_back_for_more_probes_take_turns() -> None:
    numbers = [float(12 - 6 * (index % 2)) for index in range(24 * 12)]
    signal = signal_of(numbers, step=3600)
    world = world_of_signal(signal)
    assert len(world.probes) > 12
    result = fetched(world, Query("BY", signal.series.window, history=NO_HISTORY))
    assert values(result)[::12].tolist() == numbers
    assert result.notices == ()


def test_survivors_without_any_event_count() -> None:
    result = fetched(AtlasWorld(people(10), [drop(number, 3600) for number in range(60001, 60005)]))
    assert value_at(result, 0) == 10
    assert value_at(result, 2 * 3600) == 6
    (signal,) = result.signals
    assert signal.provenance.source == "atlas"
    assert signal.provenance.licence == "RIPE Atlas Terms and Conditions"
    assert signal.provenance.retrieved is not None
    assert signal.series.start == START
    assert signal.series.window == query().window
    (answered,) = result.coverage
    assert answered.window == query().window
    assert result.notices == ()


def test_all_probes_gone_is_a_measured_zero() -> None:
    result = fetched(AtlasWorld(people(8), [drop(number, 3600) for number in range(60001, 60009)]))
    assert value_at(result, 2 * 3600) == 0.0
    assert not np.isnan(values(result)).any()


@pytest.mark.parametrize(
    ("more", "status", "connected", "unknown"),
    [
        ([], {"status": 1, "since": T0 + 200 * DAY}, False, True),
        ([("disconnect", 40)], {"status": 2, "since": T0 + 40 * DAY}, True, False),
        ([("connect", 40)], {"status": 1, "since": T0 + 40 * DAY}, False, False),
        ([("connect", -60)], {"status": 2, "since": T0 + 200 * DAY}, True, False),
        ([("disconnect", -60)], {"status": 1, "since": T0 + 200 * DAY}, False, False),
        ([("connect", -60), ("connect", 40)], {"status": 2, "since": T0 + 200 * DAY}, False, False),
        ([("disconnect", 120)], {"status": 2, "since": T0 + 120 * DAY}, False, True),
        ([("connect", -120)], {"status": 2, "since": T0 + 200 * DAY}, False, True),
        ([], {"status": 3, "since": T0 - 100 * DAY}, False, False),
        ([], {"status": 2, "since": T0 - 100 * DAY}, False, False),
        ([], {"status": 1, "since": T0 + 9 * DAY, "first_connected": T0 + 9 * DAY}, False, False),
        ([], {"status": 1, "since": T0 - DAY}, True, False),
    ],
)
def test_the_state_of_a_silent_probe_is_looked_for(
    more: list[tuple[str, int]], status: dict[str, Any], connected: bool, unknown: bool
) -> None:
    silent = probe_record(70001, "BY", asn=64500, **status)
    events = [raw_event(70001, T0 + days * DAY, what) for what, days in more]
    result = fetched(AtlasWorld([*people(9), silent], events))
    assert (values(result) == 9 + connected).all()
    assert [notice for notice in result.notices if "1 probe that was left out" in notice] != [] or not unknown
    assert len(result.notices) == unknown
    assert "70001" not in str(result)


def test_a_few_probes_say_nothing() -> None:
    result = fetched(AtlasWorld(people(4), [drop(60001, 3600)]))
    assert result.signals == ()
    few = "RIPE Atlas had {} connected even in the best week, of {} that it knows of then: too few to say "
    few += "anything."
    assert result.notices == (few.format("4 probes", 4),)
    assert [answered.window for answered in result.coverage] == [query().window]
    nobody = fetched(AtlasWorld([], ()))
    assert nobody.notices == (few.format("0 probes", 0),)
    assert nobody.coverage == ()  # nothing was asked
    assert fetched(AtlasWorld(people(5), ())).signals


@pytest.mark.parametrize("start", [datetime(2009, 6, 1, tzinfo=UTC), datetime(2035, 6, 1, tzinfo=UTC)])
def test_where_there_were_no_probes_or_are_none_yet_nothing_is_answered(start: datetime) -> None:
    for world in (AtlasWorld(people(20), WIDE.events), AtlasWorld([], ())):
        result = fetched(world, query(start=start))
        assert (result.signals, result.coverage, result.failures) == ((), (), ())
        assert len(result.notices) == 1


@pytest.mark.parametrize("last", [12, 19])
def test_a_blackout_of_weeks_is_not_taken_for_few_probes(last: int) -> None:
    """Twenty days in which the probes are back for the last or the first part alone."""
    gone = [drop(number, -5 * DAY) for number in range(60001, 60007)]
    came = [back(number, last * DAY) for number in range(60001, 60007)]
    result = fetched(AtlasWorld(people(6), [*gone, *came]), query(days=20))
    if last == 19:  # one day of a week is not usual
        assert "0 probes connected even in the best week, of 6" in result.notices[0]
    else:
        assert value_at(result, 10 * DAY) == 0
        assert value_at(result, 13 * DAY) == 6


def test_a_blackout_longer_than_half_the_span_is_not_taken_for_few_probes() -> None:
    events = [drop(number, 600) for number in range(60001, 60007)]
    assert value_at(fetched(AtlasWorld(people(6), events)), DAY - 300) == 0


def test_probes_of_other_countries_and_times_that_nobody_asked_for_are_passed_over() -> None:
    events = [drop(60001, 3600), drop(80001, 3600), back(60002, 300 * DAY), drop(60003, -300 * DAY)]
    world = AtlasWorld([*people(6), *people(3, first=80001, country="DE")], events)
    honest = atlas_answer(world)

    def answer(received: Received) -> Reply:
        """Ignores every filter, as the API does with those it does not know."""
        bare = Received(received.method, received.path, {}, received.headers)
        return honest(bare)

    with served(answer) as (source, _):
        result = source.fetch(query())
    assert value_at(result, 0) == 6
    assert value_at(result, 7200) == 5
    assert any(notice.endswith("that nobody had asked for.") for notice in result.notices)


def test_foreign_networks_are_told_from_where_their_other_probes_are() -> None:
    abroad = [probe_record(80001 + each, "DE", asn=64999) for each in range(6)]
    mine = probe_record(70001, "BY", asn=64999)
    result = fetched(AtlasWorld([*people(6), mine, *abroad], ()))
    assert (values(result) == 6).all()
    (notice,) = result.notices
    assert "1 probe that was not counted while on networks that are foreign" in notice


def test_a_probe_that_has_moved_here_since_was_abroad_by_the_network_of_its_events() -> None:
    abroad = [probe_record(80001 + each, "DE", asn=64999) for each in range(6)]
    mine = probe_record(70001, "BY", asn=64500)
    then = [drop(70001, 3600, asn=64999), back(70001, 7200, asn="64999"), drop(70001, 40 * DAY, asn=64999)]
    result = fetched(AtlasWorld([*people(6), mine, *abroad], then))
    assert (values(result) == 6).all()
    (notice,) = result.notices
    assert "1 probe that was not counted" in notice


def test_a_probe_that_reports_through_a_tunnel_is_where_its_ipv4_is() -> None:
    abroad = [probe_record(80001 + each, "DE", asn=64999) for each in range(6)]
    mine = probe_record(70001, "BY", asn=64500, asn_v6=64999)
    moves = [back(70001, 3600, asn=64999), drop(70001, 7200, asn=64999), back(70001, 7260, asn=64500)]
    events = [drop(70001, 3500, asn=64500), *moves]
    other = probe_record(70002, "BY", asn=64999)
    result = fetched(AtlasWorld([*people(6), mine, other, *abroad], events))
    assert (values(result) == 7).all()
    (notice,) = result.notices
    assert "1 probe that was not counted" in notice


def test_bad_records_are_counted_and_the_first_is_named() -> None:
    events = [drop(60001, 300 * each) if each % 2 else back(60001, 300 * each) for each in range(40)]
    events[7] = events[7] | {"asn": {"number": 1}}
    result = fetched(AtlasWorld(people(6), events))
    (notice,) = result.notices
    assert notice.startswith("RIPE Atlas sent 1 record that could not be read, the first: $[")
    assert notice.endswith(".asn is no AS number but dict.")


def test_a_network_is_asked_for_by_both_families_and_joined() -> None:
    both = [probe_record(60001 + each, "BY", asn=6697, asn_v6=6697) for each in range(3)]
    v4 = [probe_record(60011 + each, "BY", asn=6697) for each in range(2)]
    v6 = [probe_record(60021 + each, "PL", asn=1, asn_v6=6697) for each in range(2)]
    other = [probe_record(60031, "BY", asn=2)]
    assert (values(fetched(AtlasWorld([*both, *v4, *v6, *other], ()), query("AS6697"))) == 7).all()


def test_near_the_present_what_has_not_been_is_missing() -> None:
    start = (NOW - timedelta(hours=20)).replace(minute=0, second=0, microsecond=0)
    asked = Query("BY", sk.TimeWindow(start, start + timedelta(days=2)), history=NO_HISTORY)
    records = [*people(7), probe_record(70001, "BY", status=2, since=NOW.timestamp() - 3600)]
    with served(AtlasWorld(records, ())) as (source, server):
        result = source.fetch(asked)
    read = values(result)
    assert np.isnan(read[-12 * 24 :]).all()
    assert (read[: 12 * 19] == 7).all()
    (answered,) = result.coverage
    assert answered.window.start == start
    assert answered.window.end <= NOW + timedelta(hours=1)
    assert result.observations == ()  # that nothing more is known is no drop
    now = int(datetime.now(UTC).timestamp())  # that of the module lies minutes back where tests are many
    just = [raw_event(60001 + each, now - 60 - each, "disconnect") for each in range(7)]
    with served(AtlasWorld(records, just)) as (source, _):
        result = source.fetch(asked)
    assert np.nanmin(values(result)) == 7  # they may be back at once
    assert result.observations == ()
    # Nobody is asked what will be.
    day_after = (start + timedelta(days=3)).timestamp()
    assert all(float(each.one("stop")) <= day_after for each in server.received if "stop" in each.query)


def test_what_has_not_begun_is_neither_signal_nor_coverage() -> None:
    start = NOW + timedelta(days=3)
    result = fetched(AtlasWorld(people(7), ()), query(start=start))
    assert (result.signals, result.coverage) == ((), ())
    assert result.notices[0].startswith("RIPE Atlas says nothing of ")


def test_notices_are_sentences_that_say_of_whom() -> None:
    weeks = [
        record
        for each in range(15)
        for record in (drop(60001, each * 28_800 - 7 * DAY), back(60001, each * 28_800 - 7 * DAY + 600))
    ]
    silent = [probe_record(each, "BY", asn=64500, since=T0 + 200 * DAY) for each in (70001, 70002)]
    foreign = [probe_record(80001 + each, "DE", asn=64999) for each in range(6)]
    mine = probe_record(70003, "BY", asn=64999)
    unknown = "RIPE Atlas has 2 probes that were left out: months without an event, so that nothing tells "
    assert fetched(AtlasWorld([*people(6), *silent, mine, *foreign], weeks)).notices == (
        unknown + "whether connected.",
        "RIPE Atlas has 1 probe that was left out: disconnected too often to tell of more than itself.",
        "RIPE Atlas has 1 probe that was not counted while on networks that are foreign to what was asked.",
    )


# What goes wrong.


def refusing(world: AtlasWorld, refuses: Any, status: int = 404) -> Any:
    """Answers for a world, save for requests that are refused."""
    honest = atlas_answer(world)
    body = json.dumps({"error": {"status": status, "detail": "probe_ids=60001 are no good"}}).encode()
    return lambda received: Reply(body, status) if refuses(received) else honest(received)


def is_events(received: Received) -> bool:
    return received.path.endswith("/results")


WIDE = AtlasWorld(
    people(6), [record for number in range(60001, 60007) for record in (drop(number, 5), back(number, 405))]
)


def test_without_the_list_there_is_nothing() -> None:
    with (
        served(refusing(WIDE, lambda received: not is_events(received))) as (source, _),
        pytest.raises(RefusedError),
    ):
        source.fetch(query())


def test_without_any_event_there_is_nothing() -> None:
    with served(refusing(WIDE, is_events)) as (source, _), pytest.raises(RefusedError) as caught:
        source.fetch(query())
    assert "6000" not in str(caught.value)


def test_a_server_that_is_gone_is_not_asked_on_and_on() -> None:
    world = AtlasWorld(people(250), ())
    with served(refusing(world, is_events, 501)) as (source, server), pytest.raises(UnreachableError):
        source.fetch(query())
    assert len([received for received in server.received if is_events(received)]) == 1


def test_a_failed_part_is_missing_and_the_failure_is_told_without_ids() -> None:
    def refuses(received: Received) -> bool:
        return is_events(received) and float(received.one("start")) < T0 - 7 * DAY + 1

    long = query(days=30)
    events = [drop(number, 28 * DAY) for number in range(60001, 60007)]
    with served(refusing(AtlasWorld(people(6), events), refuses)) as (source, _):
        result = source.fetch(long)
    edge = T0 + 23 * DAY  # thirty days after the lookback began
    read = values(result)
    assert np.isnan(read[: (edge - T0) // 300 + 6]).all()
    assert np.isnan(value_at(result, edge - T0 + 1500))  # nobody knows who had only just come back
    assert value_at(result, edge - T0 + 1800) == 6
    assert value_at(result, 29 * DAY) == 0
    (failure,) = result.failures
    assert failure.source == "atlas"
    assert "HTTP 404" in failure.problem
    assert "6000" not in str(result)
    (answered,) = result.coverage
    assert answered.window.start == START + timedelta(days=23, minutes=30)


def test_where_the_question_for_foreign_networks_fails_none_is_foreign() -> None:
    abroad = [probe_record(80001 + each, "DE", asn=64500) for each in range(20)]
    world = AtlasWorld([*people(6), *abroad], ())
    with served(refusing(world, lambda received: "asn_v4__in" in received.query)) as (source, _):
        result = source.fetch(query())
    assert (values(result) == 6).all()
    assert len(result.failures) == 1


def test_where_the_further_questions_fail_the_silent_are_left_out() -> None:
    silent = probe_record(70001, "BY", status=1, since=T0 + 40 * DAY)
    world = AtlasWorld([*people(6), silent], [raw_event(70001, T0 + 40 * DAY, "disconnect")])

    def refuses(received: Received) -> bool:
        return is_events(received) and not T0 - 8 * DAY < float(received.one("start")) < T0

    with served(refusing(world, refuses)) as (source, _):
        result = source.fetch(query())
    assert (values(result) == 6).all()
    assert "1 probe that was left out" in result.notices[0]
    assert result.failures != ()


def test_answers_of_rubbish_are_wrong_answers() -> None:
    honest = atlas_answer(WIDE)

    def answer(received: Received) -> Reply:
        return Reply(b'[{"prb_id": 60001}]') if is_events(received) else honest(received)

    with served(answer) as (source, _), pytest.raises(WrongAnswerError, match=r"\$\[0\]"):
        source.fetch(query())


def test_what_it_does_not_serve_is_not_asked() -> None:
    with served(WIDE) as (source, server):
        for asked in (
            Query("US/LA", query().window),
            Query("BY", query().window, kinds=["ooni.measurements"]),
        ):
            with pytest.raises(NotServedError):
                source.fetch(asked)
    assert server.received == []


def test_an_argument_is_refused() -> None:
    with quick_client() as http, pytest.raises(InvalidValueError, match="takes no argument"):
        AtlasSource(SourceConfig("atlas", http, argument="x"))


def test_the_check_asks_one_small_question() -> None:
    with served(WIDE) as (source, server):
        source.check()
    assert len(server.received) == 1
    with (
        served(lambda _: Reply(b"<html>", headers={"Content-Type": "text/html"})) as (source, _),
        pytest.raises(WrongAnswerError),
    ):
        source.check()


# What its detectors say.


def test_probes_that_drop_together_are_observed_and_those_back_at_once_are_not() -> None:
    together = [drop(60001 + each, 40000 + each, controller=f"ctr-{each % 4}") for each in range(15)]
    result = fetched(AtlasWorld(people(20), together))
    (observation,) = result.observations
    assert observation.window.start == START + timedelta(seconds=40000)
    assert "15 probes" in observation.text
    blips = together + [back(60001 + each, 40200 + each, controller="ctr-1") for each in range(15)]
    assert fetched(AtlasWorld(people(20), blips)).observations == ()
    assert (
        fetched(AtlasWorld(people(20), together), query(start=START + timedelta(days=2))).observations == ()
    )


def controller_world(*, everywhere: bool) -> AtlasWorld:
    """Six of thirty probes on one controller drop and return, and with them those of six countries."""
    countries = ["BY"] + ["DE", "GB", "NL", "US", "FR", "PL"] * everywhere
    probes, events = [], []
    for place, country in enumerate(countries):
        first = 60001 + 1000 * place
        probes += [probe_record(first + each, country, asn=64500 + place) for each in range(30)]
        for each in range(30):
            name = "ctr-ams03" if each < 6 else f"ctr-{each % 5}"
            events.append(back(first + each, -3 * DAY - each, controller=name, asn=64500 + place))
            if each < 6:
                events.append(drop(first + each, 40000 + each, controller=name, asn=64500 + place))
                events.append(back(first + each, 41500 + each, controller=name, asn=64500 + place))
    return AtlasWorld(probes, events)


def test_a_controller_that_fails_in_many_countries_is_a_fault_of_the_instrument() -> None:
    result = fetched(controller_world(everywhere=True))
    (fault,) = result.faults
    assert START + timedelta(seconds=40000) in fault.window
    assert fault.kind == KIND
    assert "6000" not in fault.text
    assert value_at(result, 40500) == 24


def test_the_same_drop_in_one_country_alone_is_no_fault() -> None:
    result = fetched(controller_world(everywhere=False))
    assert result.faults == ()
    assert value_at(result, 40500) == 24


def test_where_the_world_does_not_answer_there_is_a_failure_and_no_fault() -> None:
    def refuses(received: Received) -> bool:
        return is_events(received) and "probe_ids" not in received.query

    with served(refusing(controller_world(everywhere=True), refuses)) as (source, _):
        result = source.fetch(query())
    assert (result.faults, len(result.failures)) == ((), 1)
    assert value_at(result, 40500) == 24
    (notice,) = result.notices
    assert notice.startswith("RIPE Atlas shows 1 drop on one controller that could not be compared")


# The world.


def test_a_world_is_asked_as_the_api_is() -> None:
    with served(AtlasWorld(people(3), WIDE.events)) as (_, server), quick_client() as http:
        source = AtlasSource(SourceConfig("atlas", http, base_url=server.url + "/elsewhere"))
        with pytest.raises(RefusedError, match="404"):
            source.fetch(query())


@pytest.mark.parametrize(
    ("signal", "problem"),
    [
        (signal_of([1.5]), "is no number of probes"),
        (signal_of([1], step=60), "is not in bins of five minutes"),
        (signal_of([1], entity="US/LA"), "is neither a country nor a network"),
        (
            sk.Signal(
                kind=sk.KINDS["ooni.networks"], entity=sk.Entity.parse("BY"), series=signal_of([1]).series
            ),
            "is not atlas.connected-probes",
        ),
    ],
)
def test_a_signal_that_no_world_can_give_is_refused(signal: sk.Signal, problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        world_of_signal(signal)
