"""The laws of the values: equality, hashing, pickling, plain forms, and what is refused."""

from __future__ import annotations

import copy
import json
import math
import pickle
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import CallerError, InvalidValueError
from shutdownkit.model.codec import PLAIN_CLASSES, from_plain, to_plain
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.event import Event
from shutdownkit.model.kinds import KINDS, SignalKind
from shutdownkit.model.places import country_names
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal
from shutdownkit.model.similarity import Similarity
from shutdownkit.model.verdict import (
    Cause,
    CauseProbabilities,
    CauseWeights,
    Evidence,
    Stance,
)
from shutdownkit.model.window import TimeWindow
from shutdownkit.testing.strategies import (
    cause_probabilities,
    cause_weights,
    entities,
    episodes,
    events,
    evidence,
    instants,
    plain_values,
    series,
    signals,
    windows,
)

HOLD_ARRAYS = (TimeSeries, Signal)


def has_array(value: object) -> bool:
    return isinstance(value, HOLD_ARRAYS)


def rebuilt(value: Any) -> Any:
    """An equal value that shares no part with the first."""
    return copy.deepcopy(value)


# --- equality and hashing


@given(plain_values())
def test_a_value_equals_its_copy_and_hashes_like_it(value: object) -> None:
    other = rebuilt(value)
    assert value == other
    assert not value != other  # noqa: SIM202 - the operator itself is tested
    if not has_array(value):
        assert hash(value) == hash(other)


@given(plain_values())
def test_what_holds_an_array_has_no_hash(value: object) -> None:
    if has_array(value):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)
    else:
        assert len({value, rebuilt(value)}) == 1


@given(plain_values(), plain_values())
def test_equality_is_symmetric_and_goes_with_the_plain_form(one: object, other: object) -> None:
    assert (one == other) == (other == one)
    assert (one == other) == (type(one) is type(other) and to_plain(one) == to_plain(other))


@given(plain_values())
def test_a_value_survives_pickling(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - the test's own bytes


@given(plain_values(), st.data())
def test_a_value_cannot_be_changed(value: Any, data: st.DataObject) -> None:
    if not attrs.has(type(value)):
        with pytest.raises(TypeError):
            value[Cause.POWER] = 0.5
        return
    field = data.draw(st.sampled_from(attrs.fields(type(value))))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(value, field.name, None)


@given(series(max_size=4))
def test_missing_equals_missing_and_not_zero(values: TimeSeries) -> None:
    assert values == TimeSeries(values.start, values.step, values.values.copy())
    filled = TimeSeries(values.start, values.step, np.nan_to_num(values.values, nan=0.0))
    assert (values == filled) == bool(values.measured.all())


@given(series())
def test_the_values_of_a_series_are_its_own_and_read_only(values: TimeSeries) -> None:
    given_values = values.values.copy()
    mine = TimeSeries(values.start, values.step, given_values)
    given_values[:] = 7.25
    assert mine == values
    with pytest.raises(ValueError, match="read-only"):
        mine.values[:] = 1.0


@given(entities())
def test_an_entity_s_text_gives_it_back(entity: Entity) -> None:
    assert Entity.parse(str(entity)) == entity


@given(cause_probabilities())
def test_probabilities_are_between_0_and_1_and_sum_to_1(values: CauseProbabilities) -> None:
    assert list(values) == list(Cause)
    assert all(0 < value < 1 for value in values.values())
    assert math.fsum(values.values()) == pytest.approx(1.0, abs=1e-6)


@given(cause_weights())
def test_weights_are_not_probabilities(values: CauseWeights) -> None:
    assert values == {cause: values[cause] for cause in Cause}
    assert CauseWeights(values) == values
    even = CauseProbabilities(dict.fromkeys(Cause, 1 / len(Cause)))
    assert CauseWeights(even) != even


@given(episodes(), st.randoms())
def test_events_are_kept_in_the_order_of_time(episode: Episode, random: Any) -> None:
    onsets = [event.onset for event in episode.events]
    assert onsets == sorted(onsets)
    assert episode.end is None if episode.ongoing else episode.end == episode.window.end


# --- plain forms


def through_json(value: object) -> object:
    return json.loads(json.dumps(to_plain(value), allow_nan=False))


@given(plain_values())
def test_reading_the_plain_form_gives_the_value_back(value: object) -> None:
    plain = through_json(value)
    back = from_plain(type(value), plain)
    assert type(back) is type(value)
    assert back == value
    assert through_json(back) == plain


@given(series())
def test_null_is_just_what_is_missing(values: TimeSeries) -> None:
    plain = to_plain(values)["values"]
    assert [value is None for value in plain] == np.isnan(values.values).tolist()


@given(cause_weights())
def test_weights_are_written_just_where_they_are_not_zero(weights: CauseWeights) -> None:
    assert to_plain(weights) == {cause.value: weight for cause, weight in weights.items() if weight}


@given(plain_values())
def test_a_key_that_lacks_is_named(value: object) -> None:
    plain = through_json(value)
    if not isinstance(plain, dict) or isinstance(value, CauseWeights):
        return
    for key in plain:
        rest = {other: part for other, part in plain.items() if other != key}
        with pytest.raises(CallerError, match=f"^{key}: is missing$| has no probability for {key}$"):
            from_plain(type(value), rest)


@given(st.sampled_from(PLAIN_CLASSES), st.sampled_from([None, 3, True, "?", [], [{}]]))
def test_what_is_no_plain_form_is_refused(cls: type, plain: object) -> None:
    with pytest.raises(CallerError) as caught:
        from_plain(cls, plain)
    assert "\n" not in str(caught.value)


# --- what is refused, by field and value


def refused(make: Callable[[], object]) -> InvalidValueError:
    """The error that making a value raises."""
    with pytest.raises(InvalidValueError) as caught:
        make()
    assert str(caught.value).startswith(f"{caught.value.field}: ")
    assert "\n" not in str(caught.value)
    return caught.value


@given(st.datetimes())
def test_a_naive_time_is_refused(time: datetime) -> None:
    for make, field in (
        (lambda: TimeWindow(time, "2020-08-09"), "TimeWindow.start"),
        (lambda: TimeWindow("2020-08-09", time), "TimeWindow.end"),
        (lambda: TimeSeries(time, timedelta(1), ()), "TimeSeries.start"),
    ):
        error = refused(make)
        assert (error.field, error.value) == (field, time)


@given(windows(empty=False))
def test_an_end_before_the_start_is_refused(window: TimeWindow) -> None:
    error = refused(lambda: TimeWindow(window.end, window.start))
    assert error.field == "TimeWindow.end"
    assert str(window.end.year) in str(error)


@given(instants(), st.timedeltas(max_value=timedelta(0)))
def test_a_step_that_is_not_positive_is_refused(start: datetime, step: timedelta) -> None:
    error = refused(lambda: TimeSeries(start, step, ()))
    assert (error.field, error.value) == ("TimeSeries.step", step)


@given(st.lists(st.floats(0, 9), max_size=4), st.sampled_from([math.inf, -math.inf]), st.data())
def test_an_infinite_value_is_refused_by_its_index(
    values: list[float], infinite: float, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(values)))
    values.insert(index, infinite)
    error = refused(lambda: TimeSeries("2020-08-09", 600, values))
    assert (error.field, error.value) == (f"TimeSeries.values[{index}]", infinite)


@given(events(), st.floats(1, exclude_min=True) | st.floats(max_value=0, exclude_max=True))
def test_a_depth_outside_0_to_1_is_refused(event: Event, depth: float) -> None:
    error = refused(lambda: attrs.evolve(event, depth=depth))
    assert (error.field, error.value) == ("Event.depth", depth)


@given(events().filter(lambda event: event.depth > 0))
def test_a_peak_under_the_depth_is_refused(event: Event) -> None:
    peak = math.nextafter(event.depth, 0.0)
    error = refused(lambda: attrs.evolve(event, peak=peak))
    assert (error.field, error.value) == ("Event.peak", peak)


@given(episodes(max_events=1), entities())
def test_an_event_of_another_entity_is_refused(episode: Episode, other: Entity) -> None:
    if episode.events and other != episode.entity:
        error = refused(lambda: attrs.evolve(episode, entity=other))
        assert (error.field, error.value) == ("Episode.events[0]", str(episode.entity))


@given(st.from_regex(r"[A-Z]{2}", fullmatch=True).filter(lambda code: code not in country_names()))
def test_an_unknown_country_is_refused(code: str) -> None:
    assert refused(lambda: Entity.parse(code)).value == code
    assert refused(lambda: Entity.parse(f"{code}/X")).field == "Entity.country"


@given(signals().filter(lambda signal: signal.kind.maximum is not None and len(signal.series) > 0))
def test_a_value_outside_the_kind_s_range_is_refused_by_its_index(signal: Signal) -> None:
    values = signal.series.values.copy()
    values[-1] = 1e9
    too_high = TimeSeries(signal.series.start, signal.series.step, values)
    error = refused(lambda: attrs.evolve(signal, series=too_high, weights=None))
    assert (error.field, error.value) == (f"Signal.series.values[{len(values) - 1}]", 1e9)


@given(evidence().filter(lambda one: one.weight != 0), st.sampled_from(Stance))
def test_a_weight_that_does_not_go_with_the_stance_is_refused(one: Evidence, stance: Stance) -> None:
    if stance is not one.stance:
        error = refused(lambda: attrs.evolve(one, stance=stance))
        assert (error.field, error.value) == ("Evidence.weight", one.weight)


@given(cause_probabilities(), st.sampled_from(Cause))
def test_probabilities_that_do_not_sum_to_1_are_refused(values: CauseProbabilities, cause: Cause) -> None:
    halved = dict(values) | {cause: values[cause] / 2}
    if values[cause] > 1e-5:
        assert refused(lambda: CauseProbabilities(halved)).field == "CauseProbabilities"
    error = refused(lambda: CauseProbabilities(dict(values) | {cause: 0.0}))
    assert error.field == f"CauseProbabilities.{cause.value}"


@pytest.mark.parametrize("name", ["", "Bgp.x", "bgp", "bgp.", "bgp..x", "bgp.x y", "bgp.-x", "bgp.x-"])
def test_a_kind_s_name_of_another_form_is_refused(name: str) -> None:
    plane = KINDS["bgp.visible-slash24s"].plane
    error = refused(lambda: SignalKind(name, "things", plane))
    assert (error.field, error.value) == ("SignalKind.name", name)


@given(st.floats(1, exclude_min=True))
def test_a_similarity_over_1_is_refused(score: float) -> None:
    error = refused(lambda: Similarity(score, (), (), None))
    assert (error.field, error.value) == ("Similarity.score", score)
