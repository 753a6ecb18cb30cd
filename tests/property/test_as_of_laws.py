"""What can be said at a time does not depend on what comes later."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk

START = sk.TimeWindow("2021-02-08", "2021-02-26").start
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAYS = 18
MYANMAR = sk.Entity.parse("MM")
KINDS = ("bgp.visible-slash24s", "probing.up-slash24s", "telescope.unique-sources")
NIGHT = 18.5  # hours of UTC after midnight: 01:00 in Myanmar


def signals_of(cuts: list[tuple[int, int]], *, days: int = DAYS, step: int = 600) -> list[sk.Signal]:
    """Three signals at their level but for cuts: the day on which each begins, and its hours."""
    bins = days * 86400 // step
    values = np.full(bins, 400.0)
    for day, hours in cuts:
        first = int((day * 24 + NIGHT) * 3600 / step)
        values[first : first + hours * 3600 // step] = 8.0
    return [sk.Signal(sk.KINDS[kind], MYANMAR, sk.TimeSeries(START, step, values)) for kind in KINDS]


cuts = st.lists(
    st.tuples(st.integers(7, DAYS - 3), st.integers(2, 8)),
    min_size=1,
    max_size=5,
    unique_by=lambda cut: cut[0],
)
times = st.integers(7 * 24 * 6 + 1, DAYS * 24 * 6).map(lambda tens: START + timedelta(minutes=10 * tens))


@given(cuts, times)
def test_it_is_the_report_of_data_that_end_there(cuts: list[tuple[int, int]], time: datetime) -> None:
    whole = signals_of(cuts)
    ended = [attrs.evolve(one, series=one.series.cut(sk.TimeWindow(START, time))) for one in whole]
    report = sk.classify(whole, as_of=time)
    assert attrs.evolve(report, as_of=None) == sk.classify(ended)
    assert report.as_of == time
    assert report.window.end == time


@given(cuts, st.lists(st.tuples(st.integers(0, 6), st.integers(2, 8)), max_size=2), times)
def test_what_happens_later_changes_nothing(
    cuts: list[tuple[int, int]], later: list[tuple[int, int]], time: datetime
) -> None:
    known = signals_of(cuts)
    more = signals_of([*cuts, *((DAYS + day, hours) for day, hours in later)], days=DAYS + 8)
    assert sk.classify(known, as_of=time) == sk.classify(more, as_of=time)


@given(cuts, times)
def test_what_lasts_is_judged_as_lasting(cuts: list[tuple[int, int]], time: datetime) -> None:
    for judged in sk.classify(signals_of(cuts), as_of=time).episodes:
        assert judged.episode.window.end <= time
        assert judged.episode.ongoing is (judged.verdict.attribution.knowledge is sk.Knowledge.ONSET)


def test_an_earlier_verdict_stands_beside_the_later_one() -> None:
    signals = signals_of([(day, 8) for day in range(8, 15)])
    first = START + 8 * DAY + NIGHT * HOUR
    reports = [sk.classify(signals, as_of=first + after) for after in (2 * HOUR, 10 * HOUR, 20 * DAY)]
    verdicts = [report.episodes[0].verdict.attribution for report in reports]
    assert [one.knowledge for one in verdicts] == list(sk.Knowledge)
    assert len({report.episodes[0].episode.id for report in reports}) == 1
    assert verdicts[0].intent is sk.Intent.UNDETERMINED
    assert verdicts[2].p_deliberate > verdicts[1].p_deliberate
    again = sk.classify(signals, as_of=first + 2 * HOUR)
    assert again == reports[0]


def test_history_context_and_tests_of_later_are_not_known() -> None:
    signals = signals_of([(9, 8)])
    onset = START + 9 * DAY + NIGHT * HOUR
    time = onset + 2 * HOUR
    later = sk.Episode(MYANMAR, sk.TimeWindow(onset + DAY, onset + DAY + 8 * HOUR))
    lasting = sk.Episode(MYANMAR, sk.TimeWindow(onset - DAY, onset + 3 * HOUR))
    coup = sk.ContextEvent(
        sk.ContextKind.COUP, MYANMAR, sk.TimeWindow(time, time + DAY), "A coup.", "somebody"
    )
    test = sk.ServiceTest(time + HOUR, "app:telegram", sk.Outcome.OK, MYANMAR)
    tests = [sk.ServiceTests((test,))]
    plain = sk.classify(signals, as_of=time)
    assert sk.classify(signals, as_of=time, history=[later], context=[coup]) == plain
    assert sk.classify(signals, as_of=time, tests=tests).services == ()
    assert sk.classify(signals, tests=tests).services
    cut = sk.Episode(MYANMAR, sk.TimeWindow(onset - DAY, time), ongoing=True)
    assert sk.classify(signals, as_of=time, history=[lasting]) == sk.classify(
        signals, as_of=time, history=[cut]
    )


@pytest.mark.parametrize(
    ("as_of", "why"),
    [
        ("yesterday", "is not an ISO 8601 time"),
        ("2021-02-09T00:00", "has no time zone"),
        ("2021-02-08T00:00Z", "is not after 2021-02-08T00:00:00Z"),
        (7, "is neither a datetime nor ISO 8601 text"),
    ],
)
def test_a_time_that_cannot_be_is_refused(as_of: object, why: str) -> None:
    with pytest.raises(sk.InvalidValueError, match=why) as caught:
        sk.classify(signals_of([(9, 8)]), as_of=as_of)  # type: ignore[arg-type]
    assert caught.value.field == "as_of"
