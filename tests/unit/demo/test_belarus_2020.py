"""The reconstruction that the package carries."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from shutdownkit.demo import Demonstration, belarus_2020
from shutdownkit.demo.scenario import Precision
from shutdownkit.errors import InvalidValueError
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS, Aspect
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow

BY = Entity.parse("BY")
BLACKOUTS = [
    TimeWindow("2020-08-09T18:00Z", "2020-08-10T00:00Z"),
    TimeWindow("2020-08-10T16:00Z", "2020-08-11T00:00Z"),
    TimeWindow("2020-08-11T16:00Z", "2020-08-12T00:00Z"),
]
DAYTIMES = [
    TimeWindow("2020-08-10T01:00Z", "2020-08-10T16:00Z"),
    TimeWindow("2020-08-11T01:00Z", "2020-08-11T16:00Z"),
]
MORNING = TimeWindow("2020-08-17T06:00Z", "2020-08-17T09:00Z")
WEEK = timedelta(weeks=1)


@pytest.fixture(scope="module", params=[20200809, 1, 2])
def demo(request: pytest.FixtureRequest) -> Demonstration:
    return belarus_2020(seed=request.param)


def signal_of(demo: Demonstration, kind: str, subject: str | None = None) -> Signal:
    (signal,) = [s for s in demo.signals if s.kind == KINDS[kind] and s.subject == subject]
    return signal


def share(signal: Signal, window: TimeWindow, weeks: int = 1) -> float:
    """What is left of the same hours, ``weeks`` before."""
    before = TimeWindow(window.start - weeks * WEEK, window.end - weeks * WEEK)
    usual = np.nanmean(signal.series.cut(before).values)
    return float(np.nanmean(signal.series.cut(window).values) / usual)


def test_the_window_and_the_history(demo: Demonstration) -> None:
    assert demo.window == TimeWindow("2020-08-08", "2020-08-20")
    for signal in (*demo.signals, *demo.controls):
        assert signal.series.window == TimeWindow("2020-07-11", "2020-08-20")
        assert demo.window.start - signal.series.start == 4 * WEEK


def test_the_signals_are_of_belarus_and_the_controls_are_not(demo: Demonstration) -> None:
    assert {signal.entity for signal in demo.signals} == {BY}
    assert {str(signal.entity) for signal in demo.controls} == {"LT", "PL", "UA"}
    steps = {signal.name: signal.series.step // timedelta(minutes=1) for signal in demo.signals}
    assert steps == {
        "bgp.visible-slash24s": 5,
        "probing.up-slash24s": 10,
        "telescope.unique-sources": 5,
        "traffic.search": 30,
        "atlas.connected-probes": 60,
        "ooni.measurements": 60,
        "ooni.networks": 60,
        "ooni.anomaly-ratio (category:GRP)": 60,
        "ooni.anomaly-ratio (app:telegram)": 60,
        "ooni.anomaly-ratio (app:whatsapp)": 60,
        "ooni.anomaly-ratio (domain:baj.by)": 60,
    }


@pytest.mark.parametrize("blackout", BLACKOUTS, ids=["first", "second", "third"])
def test_a_blackout_is_deep_everywhere_but_in_the_routes(demo: Demonstration, blackout: TimeWindow) -> None:
    assert 0.6 < share(signal_of(demo, "bgp.visible-slash24s"), blackout) < 0.75
    for kind in ("probing.up-slash24s", "telescope.unique-sources", "traffic.search"):
        assert share(signal_of(demo, kind), blackout) < 0.4
    assert 0.3 < share(signal_of(demo, "ooni.measurements"), blackout) < 0.75


@pytest.mark.parametrize("day", DAYTIMES, ids=["10 August", "11 August"])
def test_the_network_is_nearly_back_between_the_blackouts(demo: Demonstration, day: TimeWindow) -> None:
    for kind in ("bgp.visible-slash24s", "probing.up-slash24s", "telescope.unique-sources"):
        assert share(signal_of(demo, kind), day) > 0.9


def test_traffic_comes_back_partly_on_10_august(demo: Demonstration) -> None:
    assert 0.65 < share(signal_of(demo, "traffic.search"), DAYTIMES[0]) < 0.85


@pytest.mark.parametrize("kind", ["bgp.visible-slash24s", "probing.up-slash24s", "telescope.unique-sources"])
def test_each_fall_is_a_cliff(demo: Demonstration, kind: str) -> None:
    """Nearly the usual level until the onset; two bins on, the depth of the blackout."""
    signal = signal_of(demo, kind)
    for blackout in BLACKOUTS:
        step = signal.series.step
        before = TimeWindow(blackout.start - 6 * step, blackout.start)
        after = TimeWindow(blackout.start + 2 * step, blackout.start + 8 * step)
        assert share(signal, before) > 0.85
        assert share(signal, after) < (0.75 if kind.startswith("bgp") else 0.4)


def test_atlas_has_19_probes_before_6_during_and_19_after(demo: Demonstration) -> None:
    values = signal_of(demo, "atlas.connected-probes").series
    during = values.cut(TimeWindow("2020-08-09T18:00Z", "2020-08-12"))
    assert set(during.values) <= {6.0}
    for around in (TimeWindow("2020-08-08", "2020-08-09"), TimeWindow("2020-08-12", "2020-08-13")):
        assert np.median(values.cut(around).values) == 19
    assert np.nanmax(values.values) <= 21


@pytest.mark.parametrize("subject", ["category:GRP", "app:telegram", "app:whatsapp"])
def test_services_fail_between_the_blackouts_until_they_return_at_once(
    demo: Demonstration, subject: str
) -> None:
    signal = signal_of(demo, "ooni.anomaly-ratio", subject)

    def ratio(start: datetime | str, end: datetime | str) -> float:
        window = TimeWindow(start, end)
        assert signal.weights is not None
        weights = signal.weights.cut(window).values
        return float(np.nansum(signal.series.cut(window).values * weights) / weights.sum())

    assert ratio("2020-07-11", "2020-08-09T06:00Z") < 0.06
    assert ratio("2020-08-09T06:00Z", "2020-08-12T03:00Z") > 0.7
    for day in DAYTIMES:
        assert ratio(day.start, day.end) > 0.6
    assert ratio("2020-08-12T04:00Z", "2020-08-20") < 0.06


def test_baj_by_fails_from_13_to_18_august(demo: Demonstration) -> None:
    signal = signal_of(demo, "ooni.anomaly-ratio", "domain:baj.by")
    assert np.nanmean(signal.series.cut(TimeWindow("2020-08-13", "2020-08-19")).values) > 0.7
    assert np.nanmean(signal.series.cut(TimeWindow("2020-08-19", "2020-08-20")).values) < 0.4


def test_17_august_is_a_lesser_drop(demo: Demonstration) -> None:
    probing = signal_of(demo, "probing.up-slash24s")
    assert 0.45 < share(probing, MORNING, weeks=3) < 0.65
    assert share(signal_of(demo, "bgp.visible-slash24s"), MORNING, weeks=3) > 0.8


def test_nothing_happens_in_the_controls(demo: Demonstration) -> None:
    for signal in demo.controls:
        for window in (*BLACKOUTS, *DAYTIMES, MORNING):
            assert abs(share(signal, window) - 1) < 0.06


def test_tests_arrive_from_some_network_and_no_more_networks_than_tests(demo: Demonstration) -> None:
    measurements = signal_of(demo, "ooni.measurements").series.values
    networks = signal_of(demo, "ooni.networks").series.values
    assert (networks >= 1).all()
    assert (networks <= measurements).all()


def test_search_traffic_is_late_at_the_end(demo: Demonstration) -> None:
    assert "two to three hours late" in signal_of(demo, "traffic.search").provenance.note
    values = signal_of(demo, "traffic.search").series.values
    assert np.isnan(values[-6:]).all()
    assert not np.isnan(values[-12:-6]).all()


def test_everything_says_that_it_is_a_reconstruction(demo: Demonstration) -> None:
    for signal in (*demo.signals, *demo.controls):
        assert signal.provenance.source == "reconstruction"
        assert signal.provenance.licence.startswith("Apache-2.0 (written for shutdownkit")
        assert signal.provenance.note.startswith("A reconstruction, not a measurement: Belarus")
        assert ". Assumed: " in signal.provenance.note
        assert signal.provenance.retrieved is None
    assert "reconstruction from published descriptions" in demo.notice
    assert "not measured data" in demo.notice
    assert "17 August is not published" in demo.notice
    assert "\n" not in demo.notice


def test_the_story_tells_every_line_that_is_shown_with_its_source(demo: Demonstration) -> None:
    told = demo.story.splitlines()
    assert len(told) == len(demo.scenario.shown) == 9
    for line in demo.scenario.shown:
        (sentence,) = [each for each in told if line.text in each]
        assert f"[{line.source}; confidence {line.confidence.value}]" in sentence
    assert told[2].startswith("9 August 18:00 to 10 August 00:00 UTC: First blackout")
    assert told[3].startswith("10 August 00:00 to 16:00 UTC: ")
    assert told[6].startswith("12 August 03:50 UTC: ")
    assert told[-1].startswith("17 August: ")


def test_whatever_was_chosen_says_why(demo: Demonstration) -> None:
    """Every signal and phase of Belarus has a source and names what was assumed."""
    for signal in demo.scenario.signals:
        assert signal.source
        assert signal.assumed
        for phase in signal.phases:
            assert phase.line.source
            assert phase.assumed
            exact = phase.line.precision not in {Precision.DAY, Precision.APPROXIMATE}
            published = phase.line.end if phase.until is None else phase.until.start
            if not exact or (phase.start, phase.end) != (phase.line.start, published):
                assert phase.assumed.startswith("the hours") or "days" in phase.assumed


def test_only_reach_falls_in_the_blackouts_and_only_services_fail_from_the_morning(
    demo: Demonstration,
) -> None:
    first = {
        signal.kind.aspect: min(phase.start for phase in signal.phases)
        for signal in demo.scenario.signals
        if signal.phases and signal.subject != "domain:baj.by"
    }
    assert first == {
        Aspect.REACH: datetime(2020, 8, 9, 18, tzinfo=UTC),
        Aspect.FAILURE: datetime(2020, 8, 9, 6, tzinfo=UTC),
    }


@pytest.mark.parametrize("seed", [-1, True, 1.5, "1", None])
def test_a_seed_is_a_whole_number(seed: int) -> None:
    with pytest.raises(InvalidValueError, match=r"seed: .* is not a whole number"):
        belarus_2020(seed=seed)


def test_another_seed_gives_other_noise_and_the_same_story() -> None:
    one, other = belarus_2020(seed=1), belarus_2020(seed=2)
    assert all(a != b for a, b in zip(one.signals, other.signals, strict=True))
    assert one.story == other.story
