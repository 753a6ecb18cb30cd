"""Scores of probabilities against their definitions, written out."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from shutdownkit.errors import InvalidValueError
from shutdownkit.evaluating import metrics

Outcomes = list[tuple[float, bool]]

probabilities = st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0]) | st.floats(0.0, 1.0)
outcomes = st.lists(st.tuples(probabilities, st.booleans()), max_size=25)


def arrays(given_: Outcomes) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    said = np.array([p for p, _ in given_], dtype=np.float64)
    return said, np.array([was for _, was in given_], dtype=np.bool_)


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def same(found: float | None, expected: float | None) -> None:
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-12))


@given(outcomes, probabilities)
def test_counts_are_those_of_the_definition(pairs: Outcomes, threshold: float) -> None:
    found = metrics.counted(*arrays(pairs), threshold)
    called = [was for p, was in pairs if p >= threshold]
    left = [was for p, was in pairs if p < threshold]
    assert found == metrics.Counted(
        threshold, sum(called), len(called) - sum(called), sum(left), len(left) - sum(left)
    )
    precision, recall = ratio(sum(called), len(called)), ratio(sum(called), sum(called) + sum(left))
    same(found.precision, precision)
    same(found.recall, recall)
    same(
        found.false_positive_rate, ratio(len(called) - sum(called), len(pairs) - sum(was for _, was in pairs))
    )
    if precision and recall:
        same(found.f1, 2 / (1 / precision + 1 / recall))
    else:
        same(found.f1, 0.0 if called or sum(left) else None)


@given(outcomes)
def test_auc_is_the_share_of_pairs_in_order(pairs: Outcomes) -> None:
    ups, downs = [p for p, was in pairs if was], [p for p, was in pairs if not was]
    won = sum((up > down) + (up == down) / 2 for up, down in product(ups, downs))
    same(metrics.auc(*arrays(pairs)), ratio(won, len(ups) * len(downs)))


@given(outcomes)
def test_average_precision_gains_recall_level_by_level(pairs: Outcomes) -> None:
    positives = sum(was for _, was in pairs)
    total, before = 0.0, 0
    for level in sorted({p for p, _ in pairs}, reverse=True):
        called = [was for p, was in pairs if p >= level]
        total += (sum(called) - before) * sum(called) / len(called)
        before = sum(called)
    same(metrics.average_precision(*arrays(pairs)), ratio(total, positives))


@given(outcomes)
def test_brier_is_the_mean_square(pairs: Outcomes) -> None:
    same(metrics.brier(*arrays(pairs)), ratio(sum((p - was) ** 2 for p, was in pairs), len(pairs)))


def bin_of(p: float) -> int:
    """Of ten, the bin that is open below and closed above, by comparing with each edge."""
    return next(k for k in range(10) if p <= (k + 1) / 10)


@given(outcomes)
@example([(0.3, True), (0.30000000000000004, False), (0.0, True)])
def test_calibration_error_is_the_mean_gap_of_the_bins(pairs: Outcomes) -> None:
    gaps = []
    for k in range(10):
        inside = [(p, was) for p, was in pairs if bin_of(p) == k]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            share = sum(was for _, was in inside) / len(inside)
            gaps.append(len(inside) * abs(share - mean))
    same(metrics.calibration_error(*arrays(pairs)), ratio(sum(gaps), len(pairs)))


@given(outcomes)
def test_each_probability_is_in_one_row_of_the_reliability_table(pairs: Outcomes) -> None:
    rows = metrics.reliability(*arrays(pairs))
    assert [(row.low, row.high) for row in rows] == list(pairwise(metrics.EDGES))
    assert sum(row.n for row in rows) == len(pairs)
    for row in rows:
        inside = [(p, was) for p, was in pairs if row.low <= p < row.high or p == row.high == 1.0]
        assert row.n == len(inside)
        same(row.said, ratio(sum(p for p, _ in inside), len(inside)))
        same(row.were, ratio(sum(was for _, was in inside), len(inside)))
        assert row.interval == metrics.wilson(sum(was for _, was in inside), len(inside))


@given(outcomes, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(pairs: Outcomes, random: object) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = arrays(pairs), arrays(shuffled)
    for score in (
        metrics.auc,
        metrics.average_precision,
        metrics.brier,
        metrics.calibration_error,
        metrics.reliability,
    ):
        assert score(*one) == score(*other)


@given(outcomes)
def test_scores_are_shares(pairs: Outcomes) -> None:
    said, were = arrays(pairs)
    for score in (metrics.auc, metrics.average_precision, metrics.brier, metrics.calibration_error):
        found = score(said, were)
        assert found is None or 0.0 <= found <= 1.0
    both = 0 < were.sum() < len(were)
    assert (metrics.auc(said, were) is not None) == both
    if both:  # what speaks for one class speaks against the other
        same(metrics.auc(said, ~were), 1 - (metrics.auc(said, were) or 0.0))


@given(st.integers(0, 200), st.integers(1, 200))
def test_wilson_solves_its_equation(successes: int, n: int) -> None:
    """The ends are the shares from which what was found lies 1.96 standard errors away."""
    successes = min(successes, n)
    interval = metrics.wilson(successes, n)
    assert interval is not None
    low, high = interval
    assert 0.0 <= low <= successes / n <= high <= 1.0
    for end in (low, high):
        if 0.0 < end < 1.0:
            error = math.sqrt(end * (1 - end) / n)
            assert abs(successes / n - end) / error == pytest.approx(1.959964, abs=1e-5)
    opposite = metrics.wilson(n - successes, n)
    assert opposite is not None
    same(opposite[0], 1 - high)


def test_known_answers() -> None:
    """From the definitions by hand, in exact fractions."""
    said, were = arrays([(0.9, True), (0.8, False), (0.8, True), (0.3, False), (0.1, True)])
    same(metrics.auc(said, were), float(Fraction(7, 12)))
    same(metrics.average_precision(said, were), float((1 + Fraction(2, 3) + Fraction(3, 5)) / 3))
    same(metrics.brier(said, were), (0.01 + 0.64 + 0.04 + 0.09 + 0.81) / 5)
    same(metrics.calibration_error(said, were), (0.1 + abs(1.6 - 1) + 0.3 + 0.9) / 5)
    at = metrics.counted(said, were, 0.8)
    assert (at.precision, at.recall, at.f1, at.false_positive_rate) == (2 / 3, 2 / 3, 2 / 3, 0.5)
    assert metrics.wilson(0, 10) == pytest.approx((0.0, 0.277533), abs=1e-6)  # 1.96^2 / (10 + 1.96^2)
    assert metrics.wilson(0, 0) is None


@pytest.mark.parametrize(
    ("said", "were", "message"),
    [
        ([0.5, 0.5], [True], "said: "),
        ([[0.5]], [[True]], "said: "),
        ([1.5], [True], "said: 1.5 is no probability"),
        ([math.nan], [True], "said: nan is no probability"),
    ],
)
def test_what_is_no_probability_is_refused(said: list[float], were: list[bool], message: str) -> None:
    for score in (metrics.auc, metrics.average_precision, metrics.brier, metrics.reliability):
        with pytest.raises(InvalidValueError) as caught:
            score(np.array(said), np.array(were))
        assert str(caught.value).startswith(message)


def test_outcomes_are_true_or_false() -> None:
    with pytest.raises(InvalidValueError, match="were: "):
        metrics.brier(np.array([0.5]), np.array([1]))
