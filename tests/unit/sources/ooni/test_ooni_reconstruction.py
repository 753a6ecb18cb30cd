from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from shutdownkit.demo.belarus import belarus_2020
from shutdownkit.errors import InvalidValueError
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.query import Query
from shutdownkit.sources.ooni.source import OoniSource
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.ooni import OoniWorld, ooni_answer
from shutdownkit.testing.wire.ooni_reconstruction import ooni_world_of

from .worlds import HOUR, START, ooni

COUNT = 40
Whole = NDArray[np.int64]
WINDOW = TimeWindow(START + 20 * HOUR, START + 60 * HOUR)
BY = Entity.parse("BY")


class Changeable:
    """A server's answers, to be changed between examples."""

    def __init__(self) -> None:
        self.world = OoniWorld()

    def __call__(self, received: Received) -> Reply:
        return ooni_answer(self.world)(received)


@pytest.fixture(scope="module")
def changeable() -> Iterator[tuple[Changeable, OoniSource, LoopbackServer]]:
    answers = Changeable()
    with ooni(answers) as (source, server):
        yield answers, source, server


def signal(
    kind: str, values: ArrayLike, weights: ArrayLike | None = None, subject: str | None = None
) -> Signal:
    return Signal(
        KINDS[f"ooni.{kind}"],
        BY,
        TimeSeries(WINDOW.start, HOUR, np.array(values, float)),
        subject,
        weights=None if weights is None else TimeSeries(WINDOW.start, HOUR, np.array(weights, float)),
    )


def shares(part: Whole, whole: Whole) -> NDArray[np.float64]:
    found = np.full(len(part), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


@st.composite
def told(draw: st.DrawFn) -> list[Signal]:
    """Consistent signals: numbers, networks, and shares of all, of apps, of a category and a domain."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    subjects = draw(
        st.lists(
            st.sampled_from(["app:telegram", "app:whatsapp", "category:GRP", "domain:baj.by"]), unique=True
        )
    )
    made = []
    total = rng.poisson(draw(st.sampled_from([0.3, 20])), (4, COUNT))
    for subject in subjects:
        counts = rng.poisson(draw(st.sampled_from([3, 10])), (4, COUNT))
        if subject.startswith("app:"):
            counts[1] = 0  # no app is ever confirmed
        total += counts
        made += _of_counts(counts, subject, with_confirmed=not subject.startswith("app:"))
    if draw(st.booleans()):
        made += _of_counts(total, None, with_confirmed=True)
    numbers = total.sum(axis=0).astype(float)
    if draw(st.booleans()):
        made.append(signal("networks", rng.integers(0, 30, COUNT)))
    if not any(one.subject is None and one.weights is not None for one in made):
        numbers[rng.random(COUNT) < 0.2] = np.nan
    made.append(signal("measurements", numbers))
    return made


def _of_counts(counts: Whole, subject: str | None, *, with_confirmed: bool) -> list[Signal]:
    total, tested = counts.sum(axis=0), counts.sum(axis=0) - counts[2]
    found = {"anomaly-ratio": (counts[0] + counts[1], tested), "failure-ratio": (counts[2], total)}
    if with_confirmed:
        found["confirmed-ratio"] = (counts[1], tested)
    return [signal(kind, shares(*pair), pair[1], subject) for kind, pair in found.items()]


def read_back(source: OoniSource, window: TimeWindow, subjects: Sequence[str] = ()) -> dict[str, Signal]:
    result = source.fetch(Query("BY", window, subjects=subjects, history=0 * HOUR))
    assert result.failures == ()
    return {one.name: one for one in result.signals}


def check_given(given_signals: Sequence[Signal], got: dict[str, Signal]) -> None:
    measured = next(one for one in given_signals if one.kind.name == "ooni.measurements").series.values
    for one in given_signals:
        again = got[one.name]
        assert again.series.start == one.series.start
        if one.weights is not None:
            assert again.weights is not None
            assert np.array_equal(again.weights.values, np.nan_to_num(one.weights.values))
            some = one.weights.values > 0
            assert np.array_equal(again.series.values[some], one.series.values[some])
            assert np.isnan(again.series.values[~some]).all()
        elif one.kind.name == "ooni.networks":
            nowhere = np.isnan(measured) | ((measured > 0) & (one.series.values == 0))
            most = np.where(nowhere, np.nan, np.minimum(one.series.values, measured))
            assert np.array_equal(again.series.values, most, equal_nan=True)
        else:
            assert np.array_equal(again.series.values, measured, equal_nan=True)


@settings(max_examples=settings().max_examples // 6)  # each asks over HTTP some six times
@given(given_signals=told())
def test_what_was_given_is_read_again(
    changeable: tuple[Changeable, OoniSource, LoopbackServer], given_signals: list[Signal]
) -> None:
    answers, source, _ = changeable
    answers.world = ooni_world_of(given_signals)
    subjects = sorted({one.subject for one in given_signals if one.subject and one.subject[0] == "d"})
    got = read_back(source, WINDOW, subjects)
    rare = {
        name
        for name in {one.name for one in given_signals} - got.keys()
        if next(one for one in given_signals if one.name == name).series.measured.sum() < 24
    }
    check_given([one for one in given_signals if one.name not in rare], got)


def test_the_demonstration_is_read_again_over_http() -> None:
    shown = belarus_2020()
    chosen = [one for one in shown.signals if one.kind.name.startswith("ooni.")]
    assert len(chosen) == 6
    with ooni(ooni_answer(ooni_world_of(shown.signals))) as (source, server):
        got = read_back(source, chosen[0].series.window, ("domain:baj.by",))
    check_given(chosen, got)
    assert len(server.received) == 36  # six weeks


def test_two_countries_do_not_mix() -> None:
    first = signal("measurements", [5.0] * COUNT)
    second = Signal(first.kind, Entity.parse("AS6697"), TimeSeries(WINDOW.start, HOUR, [7.0] * COUNT))
    with ooni(ooni_answer(ooni_world_of([first, second]))) as (source, _):
        for whom, number in (("BY", 5), ("AS6697", 7)):
            (got,) = source.fetch(Query(whom, WINDOW, ["ooni.measurements"], history=0 * HOUR)).signals
            assert (got.series.values == number).all()


def test_signals_of_other_sources_make_no_world() -> None:
    other = Signal(KINDS["bgp.visible-slash24s"], BY, TimeSeries(START, HOUR, [1.0]))
    assert ooni_world_of([other]) == OoniWorld()


FOURS, FIVES, HALVES = [4.0] * COUNT, [5.0] * COUNT, [0.5] * COUNT


@pytest.mark.parametrize(
    ("signals", "problem"),
    [
        ([signal("anomaly-ratio", HALVES, FIVES)], "is not of whole measurements at 2020-08-06T20:00:00Z"),
        ([signal("anomaly-ratio", HALVES)], "has no weights"),
        ([signal("anomaly-ratio", [np.nan] * COUNT, FIVES)], "is missing where its weight is over 0"),
        (
            [signal("anomaly-ratio", HALVES, FOURS, "host:x")],
            "is about a subject that OONI does not know",
        ),
        ([signal("measurements", FIVES), signal("measurements", FIVES)], "is given twice"),
        (
            [signal("measurements", [3] * COUNT), signal("anomaly-ratio", HALVES, FOURS, "app:tor")],
            "the parts are more than the whole",
        ),
        (
            [signal("measurements", [3] * COUNT), signal("anomaly-ratio", HALVES, FOURS)],
            "the parts are more than the whole",
        ),
        (
            [signal("measurements", FIVES), signal("failure-ratio", HALVES, FOURS)],
            "another number than that which the failures are a share of",
        ),
        (
            [signal("anomaly-ratio", HALVES, [2] * COUNT), signal("confirmed-ratio", HALVES, FOURS)],
            "of other measurements than the other shares",
        ),
        (
            [
                signal("anomaly-ratio", HALVES, FOURS),
                signal("confirmed-ratio", [1] * COUNT, FOURS),
            ],
            "more than the share with anomalies",
        ),
        ([signal("measurements", FIVES, subject="app:tor")], "is no share, but of one subject"),
        (
            [
                signal("measurements", FIVES),
                Signal(KINDS["ooni.networks"], BY, TimeSeries(START, HOUR, [1.0])),
            ],
            "one grid of hours",
        ),
    ],
)
def test_signals_that_cannot_have_been_measured_are_refused(signals: list[Signal], problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem):
        ooni_world_of(signals)
