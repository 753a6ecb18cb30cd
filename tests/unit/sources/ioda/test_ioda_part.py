"""What one answer says about its chunk: neither more nor another thing than was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.errors import ProviderError, WrongAnswerError
from shutdownkit.reading.http.request import Answer, HttpRequest
from shutdownkit.sources.ioda.datasources import BY_NAME
from shutdownkit.sources.ioda.part import Part, read_part
from shutdownkit.sources.ioda.plan import Ask, epoch_seconds

START = datetime(2020, 8, 1, tzinfo=UTC)
LATER = datetime(2024, 1, 1, tzinfo=UTC)
BINS = 12


def ask_of(datasource: str = "bgp") -> Ask:
    one = BY_NAME[datasource]
    return Ask(one, sk.TimeWindow(START, START + BINS * one.step), HttpRequest("http://127.0.0.1:9/x"))


def series(values: list[Any], *, first: int = 0, datasource: str = "bgp", **other: Any) -> dict[str, Any]:
    """A series that begins ``first`` bins after the chunk."""
    step = BY_NAME[datasource].step // timedelta(seconds=1)
    start = epoch_seconds(START) + first * step
    return {
        "entityType": "country",
        "entityCode": "BY",
        "datasource": datasource,
        "subtype": "",
        "from": start,
        "until": start + step * len(values),
        "step": step,
        "nativeStep": step,
        "values": values,
        **other,
    }


def read(
    *found: dict[str, Any], datasource: str = "bgp", retrieved: datetime = LATER, code: str = "BY"
) -> Part:
    kind = "country" if code == "BY" else "asn"
    answer = Answer({"data": [list(found)]}, "http://127.0.0.1:9/x", retrieved)
    return read_part(answer, ask_of(datasource), kind, code)


@given(st.integers(-15, 11), st.integers(1, 40))
def test_a_series_is_cut_to_the_chunk_and_its_breaks_are_told(first: int, bins: int) -> None:
    values = [float(index) for index in range(bins)]
    if first + bins <= 0:
        with pytest.raises(WrongAnswerError, match=r"is about .*, not about"):
            read(series(values, first=first))
        return
    part = read(series(values, first=first))
    assert part.values is not None
    low, high = max(0, first), min(BINS, first + bins)
    assert part.values.window == sk.TimeWindow(
        START + low * timedelta(minutes=5), START + high * timedelta(minutes=5)
    )
    assert part.values.values.tolist() == values[low - first : high - first]
    assert any("begins at" in remark for remark in part.remarks) == (first > 0)
    assert any("breaks off at" in remark for remark in part.remarks) == (first + bins < BINS)


@given(st.integers(-5, BINS + 5), st.integers(0, 299))
def test_a_bin_that_was_not_over_when_it_was_answered_is_missing(bins: int, seconds: int) -> None:
    retrieved = START + bins * timedelta(minutes=5) + timedelta(seconds=seconds)
    part = read(series([1.0] * BINS), retrieved=retrieved)
    assert part.values is not None
    assert part.values.measured.tolist() == [index < bins for index in range(BINS)]
    assert part.remarks == ()


def test_the_latest_search_traffic_is_missing_with_a_remark() -> None:
    retrieved = START + timedelta(hours=5, minutes=10)
    part = read(series([5.0] * BINS, datasource="gtr"), datasource="gtr", retrieved=retrieved)
    assert part.values is not None
    assert part.values.measured.tolist() == [index < 4 for index in range(BINS)]
    assert part.remarks == ("lags by 3 h: the time from 2020-08-01T02:00:00Z is missing",)
    settled = read(series([5.0] * BINS, datasource="gtr"), datasource="gtr")
    assert settled.values is not None
    assert settled.values.measured.all()
    assert settled.remarks == ()


def test_the_weights_are_on_the_grid_of_the_values() -> None:
    rows = [[{"agg_values": {"loss_pct": 1.0, "probe_count": index}}] for index in range(1, BINS + 3)]
    part = read(series(rows, first=-2, datasource="ping-slash24-loss"), datasource="ping-slash24-loss")
    assert part.values is not None
    assert part.weights is not None
    assert part.weights.window == part.values.window
    assert part.weights.values.tolist() == list(range(3, BINS + 3))


def test_unsettled_values_lose_their_weights_as_well() -> None:
    rows = [[{"agg_values": {"loss_pct": 1.0, "probe_count": 7}}] for _ in range(BINS)]
    part = read(
        series(rows, datasource="ping-slash24-loss"),
        datasource="ping-slash24-loss",
        retrieved=START + timedelta(minutes=30),
    )
    assert part.values is not None
    assert part.weights is not None
    assert np.array_equal(part.weights.measured, part.values.measured)
    assert part.values.measured.sum() == 3


def test_nothing_known_is_an_answer_with_a_remark() -> None:
    part = read()
    assert part.values is None
    assert part.remarks == ("has nothing from 2020-08-01T00:00:00Z to 2020-08-01T01:00:00Z",)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"entityCode": "RU"}, r"data\[0\]\[0\]: is about 'country/RU', not country/BY"),
        ({"entityType": "continent"}, r"data\[0\]\[0\]: is about 'continent/BY', not country/BY"),
        ({"datasource": "gtr-norm"}, r"data\[0\]\[0\]: is of 'gtr-norm', not of bgp"),
        ({"subtype": "MAPS"}, r"data: has bgp of subtype 'MAPS', not ''"),
    ],
)
def test_a_series_of_another_thing_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(WrongAnswerError, match=problem):
        read({**series([1.0] * BINS), **change})


def test_a_second_series_of_the_same_thing_is_refused() -> None:
    with pytest.raises(WrongAnswerError, match=r"data\[0\]\[1\]: is a second series of bgp"):
        read(series([1.0] * BINS), series([2.0] * BINS))


def test_a_mean_over_longer_bins_is_refused() -> None:
    window = {"step": 1800, "nativeStep": 300, "until": epoch_seconds(START) + 1800 * 2}
    with pytest.raises(WrongAnswerError, match=r"averaged over 1800 s, .* own 300 s: hides short outages"):
        read({**series([1.0, 1.0]), **window})


def test_a_grid_that_is_shifted_is_refused() -> None:
    start = epoch_seconds(START) + 60
    with pytest.raises(WrongAnswerError, match="from: 1596240060 is not on the grid of 300 s"):
        read({**series([1.0]), "from": start, "until": start + 300})


@pytest.mark.parametrize("subtype", ["WEB_SEARCH", ""])
def test_of_search_traffic_the_product_is_named_or_not(subtype: str) -> None:
    part = read(
        series([9.0] * BINS, datasource="gtr", subtype="MAPS"),
        series([5.0] * BINS, datasource="gtr", subtype=subtype),
        datasource="gtr",
    )
    assert part.values is not None
    assert set(part.values.values.tolist()) == {5.0}


def test_a_network_is_recognised_with_and_without_its_letters() -> None:
    for code in ("6697", "AS6697"):
        part = read(series([1.0] * BINS, entityType="asn", entityCode=code), code="6697")
        assert part.values is not None


# What cannot be


def losses(*rows: tuple[float, float]) -> list[dict[str, Any]]:
    return [{"agg_values": {"loss_pct": loss, "probe_count": count}} for loss, count in rows]


def latencies(*values: float) -> list[dict[str, Any]]:
    return [{"agg_values": {"median_latency": value}} for value in values]


@pytest.mark.parametrize(
    ("datasource", "value", "problem"),
    [
        ("bgp", 2**24 + 1, "over the 1.67772e[+]07 that there can be"),
        ("ping-slash24", 1e308, "over the 1.67772e[+]07 that there can be"),
        ("merit-nt", 2**33, "over the 4.29497e[+]09 that there can be"),
        ("gtr", 1e300, "over the 1e[+]18 that there can be"),
        ("ping-slash24-latency", latencies(1e308, 1.7e308), "over the 3.6e[+]06 that there can be"),
        ("ping-slash24-latency", latencies(-5, 15), "is -5, under 0"),
        ("ping-slash24-loss", losses((1, 1e308), (2, 1e308)), "probe_count over"),
        ("ping-slash24-loss", losses((-50, 1), (150, 1)), "is -50, under 0"),
        ("ping-slash24-loss", losses((50, 3), (150, 1)), "is 150, over the 100"),
    ],
)
def test_what_no_instrument_can_measure_is_refused(datasource: str, value: Any, problem: str) -> None:
    good = value if isinstance(value, list) else 1.0
    with pytest.raises(
        WrongAnswerError, match=rf"values\[{BINS - 1 if good is not value else 0}\]: .*{problem}"
    ):
        read(series([good] * (BINS - 1) + [value], datasource=datasource), datasource=datasource)


LIES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(10**400), 10**400)
    | st.sampled_from(["NaN", "", "5", {}, []])
)


@given(
    st.sampled_from(sorted(BY_NAME)),
    st.lists(
        LIES
        | st.lists(
            st.fixed_dictionaries(
                {
                    "agg_values": st.fixed_dictionaries(
                        {}, optional=dict.fromkeys(("loss_pct", "probe_count", "median_latency"), LIES)
                    )
                }
            ),
            max_size=3,
        ),
        min_size=BINS,
        max_size=BINS,
    ),
)
def test_a_lie_of_the_right_shape_is_refused_or_lies_in_the_range_of_the_kind(
    datasource: str, values: list[Any]
) -> None:
    try:
        part = read(series(values, datasource=datasource), datasource=datasource)
    except ProviderError:
        return
    assert part.values is not None
    measured = part.values.values[part.values.measured]
    assert (measured >= 0).all()
    assert (measured <= BY_NAME[datasource].most).all()
    for index, value in enumerate(values):
        if value is None or value == []:
            assert not part.values.measured[index]
