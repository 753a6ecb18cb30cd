from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from shutdownkit.errors import (
    InvalidValueError,
    NotServedError,
    ProviderError,
    QuotaError,
    RefusedError,
    WrongAnswerError,
)
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import Checkable, Source, SourceConfig, SourceResult
from shutdownkit.sources.ooni.source import OoniSource
from shutdownkit.testing.server import LoopbackServer, Received, Reply
from shutdownkit.testing.wire.ooni import OoniBucket, OoniWorld, ooni_answer

from .worlds import CHUNK, HOUR, HOURS, START, buckets, elsewhere, ooni

SPAN = TimeWindow(START, START + 14 * timedelta(days=1))
WEEKS = 2
NO_HISTORY = timedelta(0)
MEASUREMENTS, NETWORKS = "ooni.measurements", "ooni.networks"
ANOMALY, CONFIRMED, FAILURE = (f"ooni.{which}-ratio" for which in ("anomaly", "confirmed", "failure"))


def asked(*kinds: str, subjects: tuple[str, ...] = (), whom: str = "BY", span: TimeWindow = SPAN) -> Query:
    return Query(whom, span, kinds or None, subjects, NO_HISTORY)


def by_name(result: SourceResult) -> dict[str, Signal]:
    return {one.name: one for one in result.signals}


def steady(volume: int = 3) -> list[OoniBucket]:
    """BY, alike in every hour: a test of Telegram and one of a site in each of its networks."""
    held = []
    for hour in range(HOURS * WEEKS):
        for asn in (6697, 25106):
            when = START + hour * HOUR
            held.append(OoniBucket(when, "BY", asn, "telegram", anomaly=1, ok=volume))
            held.append(OoniBucket(when, "BY", asn, "web_connectivity", "GRP", "baj.by", 0, 1, 1, volume))
    return held


def world(*more: OoniBucket) -> OoniWorld:
    return OoniWorld((*steady(), *elsewhere(weeks=WEEKS), *more))


def purpose_of(received: Received) -> str:
    """What a request is for, told from its parameters alone."""
    if received.path.endswith("/analysis"):
        return "analysis"
    if "domain" in received.query:
        return "domain"
    if "axis_y" in received.query:
        return {"probe_asn": "volume", "test_name": "apps", "category_code": "categories"}[
            received.one("axis_y")
        ]
    return "volume" if "probe_asn" in received.query else "world"


def failing(
    held: OoniWorld, reply: Reply, *purposes: str, since: str | None = None
) -> Callable[[Received], Reply]:
    """A server that answers some requests with something else."""
    good = ooni_answer(held)

    def answer(received: Received) -> Reply:
        hit = purpose_of(received) in purposes and since in {None, received.one("since")}
        return reply if hit else good(received)

    return answer


REFUSED = Reply(json.dumps({"error": "The database query timed out", "v": 0}).encode())
BAD_REQUEST = Reply(json.dumps({"detail": "Database query error"}).encode(), 400)
QUOTA = Reply(json.dumps({"error": "quota exceeded"}).encode())


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


def counted(held: list[OoniBucket], *outcomes: str) -> NDArray[np.float64]:
    """The oracle: sums of the buckets themselves, hour by hour."""
    found = np.zeros(HOURS)
    for one in held:
        found[(one.hour - START) // HOUR] += sum(getattr(one, name) for name in outcomes)
    return found


@settings(max_examples=settings().max_examples // 6)  # each asks over HTTP four times
@given(held=buckets())
def test_totals_are_the_sums_of_what_was_measured(
    changeable: tuple[Changeable, OoniSource, LoopbackServer], held: list[OoniBucket]
) -> None:
    answers, source, _ = changeable
    answers.world = OoniWorld((*held, *elsewhere()))
    result = source.fetch(asked(span=CHUNK))
    assert result.failures == ()
    got = by_name(result)
    own = [one for one in held if one.probe_cc == "BY"]
    total = counted(own, "anomaly", "confirmed", "failure", "ok")
    tested = counted(own, "anomaly", "confirmed", "ok")
    if not total.any():
        assert got == {}
        return
    assert np.array_equal(got[MEASUREMENTS].series.values, total)
    for kind, part, whole in (
        (ANOMALY, counted(own, "anomaly", "confirmed"), tested),
        (CONFIRMED, counted(own, "confirmed"), tested),
        (FAILURE, counted(own, "failure"), total),
    ):
        if not whole.any():
            assert kind not in got
            continue
        signal = got[kind]
        assert signal.weights is not None
        assert np.array_equal(signal.weights.values, whole)
        assert np.array_equal(np.isnan(signal.series.values), whole == 0)
        some = whole > 0
        assert np.allclose(signal.series.values[some], part[some] / whole[some], rtol=1e-12, atol=0)
    heard = [
        {one.probe_asn for one in own if one.hour == START + hour * HOUR and _any(one)}
        for hour in range(HOURS)
    ]
    nets = [np.nan if numbers == {0} else len(numbers - {0}) for numbers in heard]
    assert np.array_equal(got[NETWORKS].series.values, nets, equal_nan=True)


def _any(one: OoniBucket) -> bool:
    return one.anomaly + one.confirmed + one.failure + one.ok > 0


def test_a_steady_country_by_hand() -> None:
    with ooni(ooni_answer(world())) as (source, server):
        assert isinstance(source, Source)
        assert isinstance(source, Checkable)
        result = source.fetch(asked(subjects=("domain:baj.by",)))
        got = by_name(result)
        assert [purpose_of(one) for one in server.received] == [
            *(purpose for purpose in ("volume", "world", "apps", "categories") for _ in range(WEEKS)),
            *(purpose for _ in range(WEEKS) for purpose in ("domain", "analysis")),
        ]
        assert {one.one("probe_cc", "") for one in server.received} == {"BY", ""}
        first = f"{server.url}/api/v1/aggregation?probe_cc=BY&since=2020-08-06&until=2020-08-13"
    expected: dict[str, tuple[float, float | None]] = {
        MEASUREMENTS: (18, None),
        NETWORKS: (2, None),
        ANOMALY: (4 / 16, 16),
        CONFIRMED: (2 / 16, 16),
        FAILURE: (2 / 18, 18),
        f"{ANOMALY} (app:telegram)": (2 / 8, 8),
        f"{FAILURE} (app:telegram)": (0, 8),
        **{
            f"{kind} ({subject})": (share, weight)
            for subject in ("category:GRP", "domain:baj.by")
            for kind, share, weight in ((ANOMALY, 2 / 8, 8), (CONFIRMED, 2 / 8, 8), (FAILURE, 2 / 10, 10))
        },
    }
    assert set(got) == set(expected)
    for name, (value, weight) in expected.items():
        signal = got[name]
        assert signal.series.window == SPAN
        assert (signal.series.values == value).all(), name
        assert (signal.weights is None) == (weight is None)
        if signal.weights is not None:
            assert (signal.weights.values == weight).all(), name
        assert (signal.provenance.source, signal.provenance.licence) == ("ooni", "CC BY-NC-SA 4.0")
        assert signal.provenance.retrieved is not None
        assert (signal.provenance.url or "").startswith(first.partition("&since")[0].partition("?")[0])
    assert (got[MEASUREMENTS].provenance.url or "").startswith(first)
    others = [f"app:{app}" for app in ("facebook_messenger", "psiphon", "signal", "tor", "whatsapp")]
    covered = {(one.kind.name, one.subject): one.window for one in result.coverage}
    assert set(covered.values()) == {SPAN}
    assert set(covered) == {(one.kind.name, one.subject) for one in result.signals} | {
        (kind, app) for kind in (ANOMALY, FAILURE) for app in others
    }
    (notice,) = result.notices
    assert "fewer than 24 hours" in notice
    assert notice.endswith(", ".join(others) + ".")


def test_a_network_has_everything_but_networks() -> None:
    with ooni(ooni_answer(world())) as (source, server):
        got = by_name(source.fetch(asked(whom="AS6697")))
        assert {one.one("probe_asn", "") for one in server.received} == {"AS6697", ""}
    assert NETWORKS not in got
    assert (got[MEASUREMENTS].series.values == 9).all()
    assert (got[f"{ANOMALY} (app:telegram)"].series.values == 1 / 4).all()


@pytest.mark.parametrize(("hours", "there"), [(23, False), (24, True)])
def test_a_subject_needs_a_day_of_measured_hours(hours: int, there: bool) -> None:
    rare = [OoniBucket(START + 3 * hour * HOUR, "BY", 6697, "signal", ok=1) for hour in range(hours)]
    with ooni(ooni_answer(world(*rare))) as (source, _):
        result = source.fetch(asked(ANOMALY))
    assert (f"{ANOMALY} (app:signal)" in by_name(result)) == there
    assert ("app:signal" in result.notices[0]) != there


def test_a_silent_world_is_the_provider_s_fault() -> None:
    gone = range(30, 40)
    held = [one for one in world().buckets if (one.hour - START) // HOUR not in gone]
    with ooni(ooni_answer(OoniWorld(tuple(held)))) as (source, _):
        result = source.fetch(asked(MEASUREMENTS, NETWORKS))
    for name in (MEASUREMENTS, NETWORKS):
        assert np.flatnonzero(np.isnan(by_name(result)[name].series.values)).tolist() == list(gone)
    (notice,) = result.notices
    assert "the provider's fault" in notice
    assert "2020-08-07T06:00:00Z to 2020-08-07T16:00:00Z" in notice


def test_a_silent_country_is_measured_as_zero() -> None:
    gone = range(30, 40)
    held = [one for one in steady() if (one.hour - START) // HOUR not in gone]
    with ooni(ooni_answer(OoniWorld((*held, *elsewhere(weeks=WEEKS))))) as (source, _):
        result = source.fetch(asked(MEASUREMENTS))
    (signal,) = result.signals
    assert np.flatnonzero(signal.series.values == 0).tolist() == list(gone)
    assert not np.isnan(signal.series.values).any()
    assert result.notices == ()


@pytest.mark.parametrize("whom", ["BY", "AS6697"])
def test_where_ooni_never_measured_there_is_no_volume_of_zero(whom: str) -> None:
    with ooni(ooni_answer(OoniWorld(tuple(elsewhere(weeks=WEEKS))))) as (source, _):
        result = source.fetch(asked(MEASUREMENTS, FAILURE, whom=whom))
    assert result.signals == ()
    assert {one.kind.name: one.window for one in result.coverage if one.subject is None} == {
        MEASUREMENTS: SPAN,
        FAILURE: SPAN,
    }
    assert result.notices[0] == (
        f"OONI has not one measurement from {whom} in the weeks that were asked for: "
        "nobody measures there with it, so that silence says nothing."
    )


def test_of_time_to_come_nothing_is_known() -> None:
    tomorrow = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + 24 * HOUR
    with ooni(ooni_answer(world())) as (source, _):
        result = source.fetch(asked(span=TimeWindow(tomorrow, tomorrow + 24 * HOUR)))
    assert (result.signals, result.coverage, result.failures) == ((), (), ())
    names = ", ".join((MEASUREMENTS, NETWORKS, ANOMALY, CONFIRMED, FAILURE))
    assert result.notices[0] == f"OONI has no {names} for BY in the time asked for."


def test_recent_shares_are_said_to_be_of_what_was_uploaded() -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    held = [OoniBucket(now + hour * HOUR, "BY", 6697, ok=5) for hour in range(-400, 2)]
    with ooni(ooni_answer(OoniWorld(tuple(held)))) as (source, _):
        recent = source.fetch(asked(FAILURE, span=TimeWindow(now - 100 * HOUR, now))).notices
        before = source.fetch(asked(FAILURE, span=TimeWindow(now - 100 * HOUR, now - 50 * HOUR))).notices
    (notice,) = [one for one in recent if "share" in one]
    assert notice.startswith("OONI's shares of ")
    assert notice.endswith("are of what had been uploaded by then: uploads from blocked networks come late.")
    assert not any("share" in one for one in before)


def test_a_provider_at_fault_for_a_whole_week_is_found_by_the_others() -> None:
    quiet = [
        OoniBucket(one.hour, one.probe_cc, one.probe_asn, ok=one.ok if one.hour < CHUNK.end else 3)
        for one in elsewhere(weeks=WEEKS)
    ]
    held = [one for one in steady() if one.hour < CHUNK.end]
    with ooni(ooni_answer(OoniWorld((*held, *quiet)))) as (source, _):
        result = source.fetch(asked(MEASUREMENTS))
    (got,) = result.signals
    assert (got.series.values[:HOURS] == 18).all()
    assert np.isnan(got.series.values[HOURS:]).all()
    (notice,) = result.notices
    assert "far fewer than usual in 2020-08-13T00:00:00Z to 2020-08-20T00:00:00Z" in notice


def test_every_notice_is_a_sentence_about_ooni() -> None:
    gone = range(30, 40)
    held = [one for one in world().buckets if (one.hour - START) // HOUR not in gone]
    silent = failing(OoniWorld(tuple(held)), REFUSED, "world", since="2020-08-13")
    with ooni(silent) as (source, _):
        notices = source.fetch(asked(subjects=("url:x",))).notices
    assert len(notices) == 4
    for notice in notices:
        assert notice.startswith("OONI")
        assert notice.endswith(".")


def test_recent_numbers_are_not_known_and_those_to_come_even_less() -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    held = [
        OoniBucket(now + hour * HOUR, cc, 6697, ok=number)
        for hour in range(-400, 2)
        for cc, number in (("BY", 5), ("XX", 1000))
    ]
    with ooni(ooni_answer(OoniWorld(tuple(held)))) as (source, _):
        span = TimeWindow(now - 100 * HOUR, now + 30 * HOUR)
        result = source.fetch(asked(MEASUREMENTS, FAILURE, span=span))
    got = by_name(result)
    late = (len(got[MEASUREMENTS].series) - int(got[MEASUREMENTS].series.measured.sum()), 78)
    assert late[0] in {77, 78}  # the hour may have turned
    assert int(got[FAILURE].series.measured.sum()) in {100, 101}
    assert np.isnan(got[FAILURE].series.values[101:]).all()
    assert any("under 48 hours old" in notice for notice in result.notices)
    ends = {one.kind.name: one.window.end for one in result.coverage if one.subject is None}
    assert ends[FAILURE] - ends[MEASUREMENTS] == timedelta(hours=48)


@pytest.mark.parametrize("reply", [REFUSED, BAD_REQUEST, Reply(b'{"result": 3}')])
def test_one_request_that_fails_does_not_lose_the_others(reply: Reply) -> None:
    with ooni(failing(world(), reply, "apps", since="2020-08-06")) as (source, _):
        result = source.fetch(asked())
    (failure,) = result.failures
    assert failure.source == "ooni"
    assert "asked for tests of apps, week of 2020-08-06)" in failure.problem
    assert "since=2020-08-06" in (failure.where or "")
    got = by_name(result)
    telegram = got[f"{ANOMALY} (app:telegram)"].series.values
    assert np.isnan(telegram[:HOURS]).all()
    assert not np.isnan(telegram[HOURS:]).any()
    assert not np.isnan(got[MEASUREMENTS].series.values).any()
    covered = [one.window for one in result.coverage if one.subject == "app:telegram"]
    assert set(covered) == {TimeWindow(START + HOURS * HOUR, SPAN.end)}


def test_a_problem_that_many_requests_meet_is_one_failure() -> None:
    with ooni(failing(world(), REFUSED, "world", "categories")) as (source, _):
        result = source.fetch(asked(subjects=("domain:baj.by",)))
    (failure,) = result.failures
    assert failure.problem == (
        "OONI says: The database query timed out (asked for measurements of the whole world, week of "
        "2020-08-13 and 1 more; tests of sites by category, week of 2020-08-13 and 1 more)"
    )


def test_without_the_world_an_hour_without_measurements_is_unknown() -> None:
    held = [one for one in steady() if (one.hour - START) // HOUR != 200]
    served = OoniWorld((*held, *elsewhere(weeks=WEEKS)))
    with ooni(failing(served, REFUSED, "world", since="2020-08-13")) as (source, _):
        result = source.fetch(asked(MEASUREMENTS))
    values = result.signals[0].series.values
    assert np.flatnonzero(np.isnan(values)).tolist() == [200]
    (notice,) = result.notices
    assert "the whole world is missing for 2020-08-13T00:00:00Z to 2020-08-20T00:00:00Z" in notice


def test_without_totals_the_subjects_still_come() -> None:
    with ooni(failing(world(), REFUSED, "volume")) as (source, _):
        result = source.fetch(asked(subjects=("domain:baj.by",)))
    assert {one.subject for one in result.signals} == {"app:telegram", "category:GRP", "domain:baj.by"}
    assert len(result.failures) == 1


@pytest.mark.parametrize("purpose", ["world", "apps", "domain"])
def test_after_the_quota_nothing_more_is_asked(purpose: str) -> None:
    with ooni(failing(world(), QUOTA, purpose)) as (source, server):
        result = source.fetch(asked(subjects=("domain:baj.by",)))
        purposes = [purpose_of(one) for one in server.received]
    assert purposes.count(purpose) == 1
    assert purposes[-1] == purpose
    first, rest = result.failures
    assert first.problem.startswith("OONI says: quota exceeded (asked for")
    assert rest.problem.startswith("not asked after that: ")
    assert ("baj.by" in rest.problem, first.retry, rest.retry) == (True, True, True)
    assert result.signals


def test_the_client_s_own_reading_of_the_quota_stops_it_too() -> None:
    with ooni(ooni_answer(world(), quota=23)) as (source, server):
        result = source.fetch(asked())
        assert len(server.received) == 4
    assert len(result.failures) == 2
    assert {one.kind.name for one in result.signals} == {MEASUREMENTS, NETWORKS, ANOMALY, CONFIRMED, FAILURE}


@pytest.mark.parametrize(
    ("reply", "error"), [(REFUSED, RefusedError), (QUOTA, QuotaError), (Reply(b"[]"), WrongAnswerError)]
)
def test_where_nothing_came_the_first_error_is_raised(reply: Reply, error: type[ProviderError]) -> None:
    with ooni(lambda _: reply) as (source, server):
        with pytest.raises(error) as caught:
            source.fetch(asked())
        assert (caught.value.where or "").startswith(f"{server.url}/api/v1/aggregation?probe_cc=BY")
        with pytest.raises(error) as caught:
            source.check()
        assert (caught.value.where or "").startswith(f"{server.url}/api/v1/aggregation?since=2024")


def test_a_check_is_one_small_question() -> None:
    with ooni(ooni_answer(world())) as (source, server):
        source.check()
        (received,) = server.received
    assert "axis_x" not in received.query


def test_what_it_does_not_serve_is_not_asked() -> None:
    with ooni(ooni_answer(world())) as (source, server):
        for query in (
            asked(whom="US/LA"),
            asked("bgp.visible-slash24s"),
            Query("BY", SPAN, history=90 * 24 * HOUR),
        ):
            with pytest.raises(NotServedError):
                source.fetch(query)
        assert server.received == []


def test_a_span_within_an_hour_gives_that_hour() -> None:
    span = TimeWindow(START + 30 * HOUR + timedelta(minutes=10), START + 30 * HOUR + timedelta(minutes=20))
    with ooni(ooni_answer(world())) as (source, _):
        (signal,) = source.fetch(asked(MEASUREMENTS, span=span)).signals
    assert signal.series.window == TimeWindow(START + 30 * HOUR, START + 31 * HOUR)
    assert signal.series.values.tolist() == [18]


def test_an_argument_is_refused() -> None:
    with HttpClient() as http, pytest.raises(InvalidValueError, match="takes no argument"):
        OoniSource(SourceConfig("ooni", http, argument="x"))
