"""Strategies shrink to the smallest story that a test can be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from attrs import evolve
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.testing import strategies as kit

T = TypeVar("T")
shrunk = settings(database=None, max_examples=2000, phases=(Phase.generate, Phase.shrink))

START = datetime(2000, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=5)
FIRST_KIND = next(iter(sk.KINDS.values()))
ANDORRA = sk.Entity.parse("AD")
NO_TIME = sk.TimeWindow(START, START)
FIVE_MINUTES = sk.TimeWindow(START, START + STEP)
EVEN = sk.CauseProbabilities(dict.fromkeys(sk.Cause, 1 / 8))


def smallest(strategy: st.SearchStrategy[T], story: Callable[[T], bool] = lambda _: True) -> T:
    return find(strategy, story, settings=shrunk)


def bins(*values: float) -> sk.TimeSeries:
    return sk.TimeSeries(START, STEP, values)


MISSING = float("nan")
PLAIN_VERDICT = sk.Verdict(
    sk.Condition.NORMAL,
    sk.Mechanism.UNKNOWN,
    sk.Attribution(EVEN, (), "0", undecided=("0",), knowledge=sk.Knowledge.ONSET),
)


def test_a_missing_bin_is_one_bin_of_the_first_kind_in_the_plainest_place_and_time() -> None:
    found = smallest(kit.signals(), lambda signal: not signal.series.measured.all())
    assert found == sk.Signal(FIRST_KIND, ANDORRA, bins(MISSING))
    assert smallest(kit.signals(missing=True)) == found


def test_a_measured_zero_is_one_bin_and_not_missing() -> None:
    found = smallest(kit.signals(), lambda signal: 0.0 in signal.series.values)
    assert found == sk.Signal(FIRST_KIND, ANDORRA, bins(0.0))


def test_a_missing_bin_after_a_measured_one_is_two_bins() -> None:
    found = smallest(kit.series(), lambda series: list(series.measured[:2]) == [True, False])
    assert found == bins(0.0, MISSING)


def test_a_signal_in_a_window_begins_where_the_window_does() -> None:
    window = sk.TimeWindow("2020-08-08", "2020-08-20")
    found = smallest(kit.signals(window=window, min_size=1))
    assert found == sk.Signal(FIRST_KIND, ANDORRA, sk.TimeSeries(window.start, STEP, (0.0,)))


def test_an_event_that_took_half_is_over_and_nothing_else_is_known_of_it() -> None:
    found = smallest(kit.events(), lambda event: event.depth >= 0.5)
    assert found == sk.Event(FIRST_KIND, ANDORRA, NO_TIME, depth=found.depth, peak=found.peak)
    assert found.depth in {0.5, 1.0}


def test_an_episode_with_an_event_has_one() -> None:
    found = smallest(kit.episodes(), lambda episode: bool(episode.events))
    assert found == sk.Episode(ANDORRA, NO_TIME, (sk.Event(FIRST_KIND, ANDORRA, NO_TIME, 0.0),))
    found = smallest(kit.episodes(), lambda episode: any(event.ongoing for event in episode.events))
    event = sk.Event(FIRST_KIND, ANDORRA, NO_TIME, 0.0, ongoing=True)
    assert found == sk.Episode(ANDORRA, NO_TIME, (event,))


def test_a_report_says_nothing() -> None:
    assert smallest(kit.reports()) == sk.Report(
        ANDORRA, NO_TIME, sk.Condition.NORMAL, (), (), (), (), (), (), "0", (), ()
    )


def test_a_report_with_an_episode_has_one_and_nothing_else() -> None:
    judged = sk.EpisodeVerdict(sk.Episode(ANDORRA, NO_TIME), PLAIN_VERDICT)
    assert smallest(kit.reports(), lambda report: bool(report.episodes)) == sk.Report(
        ANDORRA, NO_TIME, sk.Condition.NORMAL, (judged,), (), (), (), (), (), "0", (), ()
    )


def test_a_report_with_an_outage_has_one_episode() -> None:
    found = smallest(
        kit.reports(),
        lambda report: any(one.verdict.condition is sk.Condition.OUTAGE for one in report.episodes),
    )
    assert found.condition is sk.Condition.OUTAGE
    assert found.episodes == (
        sk.EpisodeVerdict(sk.Episode(ANDORRA, NO_TIME), evolve(PLAIN_VERDICT, condition=sk.Condition.OUTAGE)),
    )


def test_a_report_with_a_failure_has_one_and_nothing_else() -> None:
    assert smallest(kit.reports(), lambda report: bool(report.failures)) == sk.Report(
        ANDORRA, NO_TIME, sk.Condition.NORMAL, (), (), (sk.SourceFailure("0", "0"),), (), (), (), "0", (), ()
    )


def test_a_verdict_does_not_know() -> None:
    assert smallest(kit.verdicts()) == PLAIN_VERDICT
    found = smallest(kit.verdicts(), lambda verdict: verdict.condition is sk.Condition.OUTAGE)
    assert found == evolve(PLAIN_VERDICT, condition=sk.Condition.OUTAGE)


@pytest.mark.parametrize("stance", sk.Stance)
def test_an_attribution_with_evidence_still_does_not_know(stance: sk.Stance) -> None:
    found = smallest(kit.attributions(), lambda one: stance in {piece.stance for piece in one.evidence})
    piece = sk.Evidence("0", stance, 0.0, "0", "0")
    assert found == evolve(PLAIN_VERDICT.attribution, evidence=(piece,))


def test_a_statement_that_claims_a_cause_claims_a_technical_one() -> None:
    found = smallest(kit.context_events(), lambda event: event.claims is not None)
    assert found == sk.ContextEvent(
        sk.ContextKind.STATEMENT,
        ANDORRA,
        NO_TIME,
        "0",
        "0",
        independent=False,
        claims=sk.Cause.UNKNOWN_TECHNICAL,
    )


def test_windows_and_times_are_the_plainest() -> None:
    hour = timedelta(hours=1)
    assert smallest(kit.windows()) == NO_TIME
    assert smallest(kit.windows(empty=False)) == FIVE_MINUTES
    assert smallest(kit.windows(empty=False, whole=hour)) == sk.TimeWindow(START, START + hour)
    within = sk.TimeWindow("2020-08-08T00:30Z", "2020-08-08T05:00Z")
    one = datetime(2020, 8, 8, 1, tzinfo=UTC)
    assert smallest(kit.windows(within=within)) == sk.TimeWindow(within.start, within.start)
    assert smallest(kit.windows(within=within, empty=False, whole=hour)) == sk.TimeWindow(one, one + hour)
    assert smallest(kit.instants(within=within)) == within.start
    assert smallest(kit.instants(near=one)) == one


def test_places_are_the_first() -> None:
    assert smallest(kit.entities()) == ANDORRA
    assert smallest(kit.entities(), lambda entity: entity.kind is sk.EntityKind.ASN) == sk.Entity.parse("AS1")
    assert smallest(kit.entities(), lambda entity: entity.kind is sk.EntityKind.REGION) == sk.Entity.parse(
        "AD/0"
    )


def test_kinds_are_the_first_and_foreign_ones_have_the_shortest_name() -> None:
    assert smallest(kit.kinds()) == FIRST_KIND
    assert smallest(kit.kinds(built_in=False)) == sk.SignalKind("acme.0", "0", sk.Plane.ROUTING)


def test_a_blocked_test_is_one_of_a_place_not_known() -> None:
    found = smallest(kit.service_tests(), lambda test: test.outcome is sk.Outcome.BLOCKED)
    assert found == sk.ServiceTest(START, "app:telegram", sk.Outcome.BLOCKED, strength=sk.Strength.CONFIRMED)


def test_a_query_is_for_all_of_the_first_country() -> None:
    assert smallest(kit.queries()) == sk.Query(ANDORRA, FIVE_MINUTES)


def test_a_result_with_a_signal_has_one_and_nothing_else() -> None:
    found = smallest(kit.source_results(), lambda result: bool(result.signals))
    assert found == sk.SourceResult((sk.Signal(FIRST_KIND, ANDORRA, bins()),))
    assert smallest(kit.source_results()) == sk.SourceResult(())


def test_what_is_not_asked_for_is_not_there() -> None:
    assert smallest(kit.accounts()) == sk.Account()
    assert smallest(kit.detection_settings()) == sk.DetectionSettings()
    assert smallest(kit.rule_sets()) == sk.RULES
    assert smallest(kit.signatures()) == sk.Signature(ANDORRA)
    assert smallest(kit.similarities()) == sk.Similarity(0.0, (), (), None)
    assert smallest(kit.http_requests()).address == "https://example.org"
    assert smallest(kit.evaluations()) == sk.evaluate(())
    info = smallest(kit.source_infos())
    assert (info.name, info.kinds, info.needs_key) == ("0", (FIRST_KIND,), False)
    assert info.entity_kinds == {sk.EntityKind.COUNTRY}


def test_a_block_that_is_over_has_no_length() -> None:
    found = smallest(kit.blocks(), lambda block: block.until is not None)
    assert found == sk.Block("0", "0", (), START, START, until=START)
