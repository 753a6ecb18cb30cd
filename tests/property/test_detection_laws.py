"""Laws of detection."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.detect import expected_levels

from .worlds import START, STEPS, World, quiet_values, with_values, worlds

COUNTS = ("bgp.visible-slash24s", "probing.up-slash24s", "telescope.unique-sources", "ooni.measurements")
FINE = ("bgp.visible-slash24s", "probing.up-slash24s", "telescope.unique-sources", "probing.loss")


def spans(events: tuple[sk.Event, ...]) -> list[tuple[object, ...]]:
    return [(event.kind, event.window, event.ongoing) for event in events]


@given(st.lists(worlds(), min_size=1, max_size=3))
def test_a_batch_is_judged_as_its_signals_are_one_by_one(many: list[World]) -> None:
    signals = [signal for world in many for signal in world.signals]
    one_by_one = [event for signal in signals for event in sk.detect([signal])]
    assert sorted(sk.detect(signals), key=repr) == sorted(one_by_one, key=repr)


@given(worlds(kinds=COUNTS), st.floats(0.01, 1000.0))
def test_scaling_a_count_series_changes_no_event(world: World, factor: float) -> None:
    scaled = [with_values(signal, signal.series.values * factor) for signal in world.signals]
    assert sk.detect(scaled) == sk.detect(world.signals)


@given(worlds(kinds=FINE, least_lost=0.5))
def test_a_loss_is_found_and_its_onset_is_right_to_the_bin(world: World) -> None:
    for signal in world.signals:
        events = sk.detect([signal])
        near = [event for event in events if event.window.overlaps(sk.TimeWindow(world.begin, world.end))]
        assert len(near) == 1
        assert near[0].onset == world.begin
        assert abs(near[0].window.end - world.end) <= 2 * signal.series.step
        assert abs(near[0].depth - world.lost) <= 0.12


@given(
    st.sampled_from(sorted(STEPS)),
    st.integers(0, 2**16),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 300)), max_size=6),
)
def test_gaps_make_no_event(name: str, seed: int, gaps: list[tuple[int, int]]) -> None:
    kind, step = sk.KINDS[name], STEPS[name]
    bins = timedelta(days=10) // step
    values = quiet_values(kind, bins, step, np.random.default_rng(seed))
    whole = sk.Signal(kind=kind, entity=sk.Entity.parse("BY"), series=sk.TimeSeries(START, step, values))
    assume(not sk.detect([whole]))
    for first, length in gaps:
        values[first : first + length] = np.nan
    assert sk.detect([with_values(whole, values)]) == ()


@given(worlds(kinds=FINE, least_lost=0.6), st.data())
def test_gaps_within_a_loss_neither_end_nor_deepen_it(world: World, data: st.DataObject) -> None:
    signal = world.signals[0]
    step = signal.series.step
    first = (world.begin - START) // step
    last = (world.end - START) // step
    gap = data.draw(st.integers(first + 3, last - 3), label="first missing bin")
    length = data.draw(st.integers(0, last - 3 - gap), label="missing bins")
    values = signal.series.values.copy()
    values[gap : gap + length] = np.nan
    whole, holed = sk.detect([signal]), sk.detect([with_values(signal, values)])
    assert spans(whole) == spans(holed)
    for before, after in zip(whole, holed, strict=True):
        assert abs(before.depth - after.depth) <= 0.1


@given(st.sampled_from(COUNTS), st.integers(0, 2**16), st.data())
def test_a_single_bad_bin_is_no_event(name: str, seed: int, data: st.DataObject) -> None:
    kind, step = sk.KINDS[name], STEPS[name]
    bins = timedelta(days=10) // step
    values = quiet_values(kind, bins, step, np.random.default_rng(seed))
    signal = sk.Signal(kind=kind, entity=sk.Entity.parse("BY"), series=sk.TimeSeries(START, step, values))
    assume(not sk.detect([signal]))
    known = timedelta(days=3) // step  # before, a night may look like a second bad bin
    values[data.draw(st.integers(known, bins - 1), label="bad bin")] = 0.0
    assert sk.detect([with_values(signal, values)]) == ()


@given(worlds())
def test_events_are_what_their_bins_say(world: World) -> None:
    for signal in world.signals:
        (share,) = expected_levels([signal])
        for event in sk.detect([signal]):
            first = (event.window.start - START) // signal.series.step
            last = (event.window.end - START) // signal.series.step
            lost = 1.0 - share[first:last]
            assert lost[0] > 0
            assert event.peak <= np.nanmax(np.clip(lost, 0, 1)) + 1e-6
            assert 0 <= event.depth <= event.peak <= 1
            assert (event.end is None) == event.ongoing


@given(worlds(), st.integers(-300, 300))
def test_a_shift_by_whole_weeks_shifts_events(world: World, weeks: int) -> None:
    by = timedelta(weeks=weeks)
    later = [
        sk.Signal(
            kind=s.kind, entity=s.entity, series=sk.TimeSeries(START + by, s.series.step, s.series.values)
        )
        for s in world.signals
    ]
    moved = [(e.kind, e.onset - by, e.window.end - by, e.depth) for e in sk.detect(later)]
    assert moved == [(e.kind, e.onset, e.window.end, e.depth) for e in sk.detect(world.signals)]
