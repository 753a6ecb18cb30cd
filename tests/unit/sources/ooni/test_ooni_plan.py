from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import NotServedError
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.query import Query
from shutdownkit.sources.ooni.info import INFO
from shutdownkit.sources.ooni.plan import APPS, GRANTED, OF_ALL, OF_ONE, Purpose, plan, weeks
from shutdownkit.testing.strategies import windows

DAY = timedelta(days=1)
AUGUST = TimeWindow("2020-08-08", "2020-08-20")
NO_HISTORY = timedelta(0)
DAYS = ("13", "06")  # when the weeks begin, the latest first


def near() -> st.SearchStrategy[TimeWindow]:
    return windows(empty=False, near=datetime(2020, 8, 9, tzinfo=UTC))


def query(entity: str = "BY", *kinds: str, subjects: tuple[str, ...] = ()) -> Query:
    return Query(entity, AUGUST, kinds or None, subjects, NO_HISTORY)


@given(windows(empty=False))
def test_weeks_cover_the_span_without_gap_or_overlap_on_one_grid(span: TimeWindow) -> None:
    found = weeks(span)
    assert found[0].start <= span.start < found[0].end
    assert found[-1].start < span.end <= found[-1].end
    for one, following in pairwise(found):
        assert one.end == following.start
    for one in found:
        assert one.duration == timedelta(days=7)
        assert (one.start.weekday(), one.start.timestamp() % 86_400) == (3, 0)


@given(near(), near())
def test_queries_that_overlap_share_their_requests(first: TimeWindow, second: TimeWindow) -> None:
    asked = [{ask.params for ask in plan(Query("BY", window)).asks} for window in (first, second)]
    both = [{week.start for week in weeks(Query("BY", window).span)} for window in (first, second)]
    shared = {params for params in asked[0] if dict(params)["since"] in _days(both[0] & both[1])}
    assert shared == asked[0] & asked[1]


def _days(times: set[datetime]) -> set[str]:
    return {f"{time:%Y-%m-%d}" for time in times}


@given(near(), st.sampled_from(["by", "BY", "AS6697"]))
def test_every_request_is_of_hours_of_a_week_of_the_entity_or_the_world(
    window: TimeWindow, whom: str
) -> None:
    for ask in plan(Query(whom, window, subjects=("domain:example.org",))).asks:
        params = dict(ask.params)
        since, until = (datetime.fromisoformat(params[name]) for name in ("since", "until"))
        assert until - since == timedelta(days=7)
        assert (params["time_grain"], params["axis_x"]) == ("hour", "measurement_start_day")
        about = {name: value for name, value in params.items() if name.startswith("probe_")}
        if ask.purpose is Purpose.WORLD:
            assert about == {}
        else:
            number = "6697" if ask.purpose is Purpose.ANALYSIS else "AS6697"
            assert about == ({"probe_asn": number} if whom == "AS6697" else {"probe_cc": "BY"})


@given(near())
def test_the_grid_is_the_span_widened_to_whole_hours(window: TimeWindow) -> None:
    asked = Query("BY", window)
    grid = plan(asked).grid
    assert grid.start <= asked.span.start < grid.start + timedelta(hours=1)
    assert grid.end - timedelta(hours=1) < asked.span.end <= grid.end
    assert not grid.start.minute + grid.end.minute + grid.start.second + grid.end.second


def test_what_is_worth_most_is_asked_first_and_of_it_the_latest_week() -> None:
    asks = plan(query(subjects=("domain:b.org", "app:tor", "domain:a.org"))).asks
    assert [(ask.purpose.name, ask.subject, f"{ask.chunk.start:%d}") for ask in asks] == [
        *((purpose, None, day) for purpose in ("VOLUME", "WORLD", "APPS", "CATEGORIES") for day in DAYS),
        *(
            (purpose, subject, day)
            for day in DAYS
            for purpose, subject in [
                ("APP", "app:tor"),
                ("DOMAIN", "domain:a.org"),
                ("DOMAIN", "domain:b.org"),
                ("ANALYSIS", "domain:a.org"),
                ("ANALYSIS", "domain:b.org"),
            ]
        ),
    ]


def test_the_parameters_of_each_purpose() -> None:
    time = "&since=2020-08-13&until=2020-08-20&time_grain=hour&axis_x=measurement_start_day"
    asks = plan(query(subjects=("domain:a.org", "app:signal"))).asks
    latest = [ask for ask in asks if f"{ask.chunk.start:%d}" == "13"]
    assert ["&" + "&".join("=".join(pair) for pair in ask.params) for ask in latest] == [
        f"&probe_cc=BY{time}&axis_y=probe_asn",
        time,
        f"&probe_cc=BY&test_name={','.join(APPS)}{time}&axis_y=test_name",
        f"&probe_cc=BY&test_name=web_connectivity{time}&axis_y=category_code",
        f"&probe_cc=BY&test_name=signal{time}&axis_y=probe_asn",
        f"&probe_cc=BY&test_name=web_connectivity&domain=a.org{time}&axis_y=probe_asn",
        f"&probe_cc=BY&domain=a.org{time}&axis_y=probe_asn",
    ]
    network = plan(query("AS6697")).asks[0]
    assert network.params == (
        ("probe_asn", "AS6697"),
        *(tuple(one.split("=")) for one in time[1:].split("&")),
    )
    of_app, of_site, how = plan(query("AS6697", subjects=("domain:a.org", "app:signal"))).asks[-3:]
    assert (of_app.axis, of_site.axis, how.axis) == (None, None, None)
    assert how.filters == (("probe_asn", "6697"), ("domain", "a.org"))


@pytest.mark.parametrize(
    ("entity", "kinds", "purposes"),
    [
        ("BY", ["ooni.measurements"], "VOLUME WORLD"),
        ("BY", ["ooni.networks"], "VOLUME WORLD"),
        ("BY", ["ooni.anomaly-ratio"], "VOLUME APPS CATEGORIES"),
        ("BY", ["ooni.failure-ratio"], "VOLUME APPS CATEGORIES"),
        ("BY", ["ooni.confirmed-ratio"], "VOLUME CATEGORIES"),
        ("BY", [], "VOLUME WORLD APPS CATEGORIES"),
        ("AS6697", ["ooni.networks", "ooni.confirmed-ratio"], "VOLUME CATEGORIES"),
        ("BY", ["bgp.visible-slash24s", "ooni.measurements"], "VOLUME WORLD"),
    ],
)
def test_only_what_the_kinds_need_is_asked(entity: str, kinds: list[str], purposes: str) -> None:
    """What is named is asked for in any case, also how it failed: of controls only numbers are wanted."""
    for subjects, more in (((), ""), (("domain:a.org",), " DOMAIN ANALYSIS"), (("app:tor",), " APP")):
        asks = plan(query(entity, *kinds, subjects=subjects)).asks
        assert " ".join(dict.fromkeys(ask.purpose.name for ask in asks)) == purposes + more


@pytest.mark.parametrize(
    "subject",
    [
        "app:ndt",
        "app:",
        "domain:ab",
        "domain:a.org,b.org",
        "domain:a.org:80",
        "domain:a b c",
        "category:grp",
        "url:x.org",
        "x",
    ],
)
def test_a_subject_that_ooni_cannot_know_is_named_and_not_asked(subject: str) -> None:
    made = plan(query(subjects=(subject,)))
    assert made.asks == plan(query()).asks
    assert made.subjects == ()
    (notice,) = made.notices
    assert notice.startswith(f"OONI is not asked about {subject}: ")


def test_categories_come_without_being_asked_for() -> None:
    made = plan(query(subjects=("category:GRP",)))
    assert made.asks == plan(query()).asks
    assert (made.subjects, made.notices) == (("category:GRP",), ())


@given(st.integers(0, 60), st.integers(0, len(APPS)), st.integers(1, 91))
def test_of_what_is_too_much_the_oldest_weeks_of_what_is_named_are_left_out_and_told(
    sites: int, apps: int, days: int
) -> None:
    end = AUGUST.end
    subjects = [f"domain:s{number}.org" for number in range(sites)] + [f"app:{app}" for app in APPS[:apps]]
    made = plan(Query("BY", TimeWindow(end - days * DAY, end), None, subjects, NO_HISTORY))
    every = len(weeks(made.grid)) * (4 + 2 * sites + apps)
    named = [ask for ask in made.asks if ask.subject is not None]
    cost = OF_ALL * (len(made.asks) - len(named)) + OF_ONE * len(named)
    assert cost <= GRANTED
    assert len(made.asks) - len(named) == 4 * len(weeks(made.grid))
    if len(made.asks) == every:
        assert made.notices == ()
        return
    assert cost > GRANTED - OF_ONE
    (notice,) = made.notices
    assert f" {len(made.asks)} questions " in notice
    assert f" the {every - len(made.asks)} more " in notice
    assert [ask.chunk for ask in named] == sorted((ask.chunk for ask in named), reverse=True)
    asked = {ask.subject for ask in named if ask.purpose in {Purpose.APP, Purpose.DOMAIN}}
    for subject in subjects:
        name = subject.partition(":")[2]
        assert subject in asked or f"tests of the site {name};" in notice or f"of the app {name};" in notice


def test_what_is_left_out_is_told_by_its_last_day() -> None:
    window = TimeWindow(AUGUST.end - 91 * DAY, AUGUST.end)
    subjects = [f"domain:s{number}.org" for number in range(31)]
    (notice,) = plan(Query("BY", window, None, subjects, NO_HISTORY)).notices
    start, _, topics = notice.rstrip(".").partition("leaves out: ")
    assert start.startswith("OONI is asked 122 questions for one query and not the 736 more ")
    every = topics.split("; ")
    assert "how tests failed of the site s30.org" not in every
    assert "how tests failed of the site s30.org before 2020-08-13" in every
    assert "tests of the site s0.org before 2020-08-06" in every
    assert "tests of the site s5.org before 2020-08-13" in every
    assert len(every) == 62


def test_the_longest_query_fits_in_the_budget_at_half_a_second_each() -> None:
    assert INFO.longest_window is not None
    most = 0
    for day in range(7):
        start = datetime(2020, 1, 1, tzinfo=UTC) + day * DAY
        window = TimeWindow(start, start + INFO.longest_window)
        most = max(most, len(plan(Query("BY", window, history=NO_HISTORY)).asks))
    assert most * 0.5 <= 40


@pytest.mark.parametrize("window", [("9999-12-30", "9999-12-31"), ("0001-01-01T05:00Z", "0001-01-02")])
def test_the_ends_of_the_calendar_are_not_served(window: tuple[str, str]) -> None:
    with pytest.raises(NotServedError, match="calendar"):
        plan(Query("BY", TimeWindow(*window), history=NO_HISTORY))


def test_the_networks_of_a_network_are_not_served() -> None:
    with pytest.raises(NotServedError, match="networks of AS6697"):
        plan(query("AS6697", "ooni.networks"))


def test_the_networks_of_a_network_are_said_to_be_left_out() -> None:
    (notice,) = plan(query("AS6697", "ooni.networks", "ooni.measurements")).notices
    assert notice == "OONI does not count the networks of AS6697: it is one."
    assert plan(query("AS6697")).notices == plan(query("BY", "ooni.networks")).notices == ()


def test_a_domain_is_asked_for_in_small_letters_and_keeps_its_name() -> None:
    made = plan(query(subjects=("domain:BAJ.by",)))
    for ask in made.asks[-2:]:
        assert ("domain", "baj.by") in ask.params
        assert ask.subject == "domain:BAJ.by"


def test_what_it_says_of_itself() -> None:
    of_archives = {"ooni.tls-handshake"}
    assert {kind.name for kind in INFO.kinds} == {
        name for name in KINDS if name.startswith("ooni.")
    } - of_archives
    told = " ".join(spot.text for spot in INFO.blind_to)
    for word in ("offline", "throttling", "403", "few", "late", "VPN", "anomalies for ever"):
        assert word in told
    for entity, problem in [("US/LA", "region"), ("BY", "at most 91 days")]:
        start = datetime(2020, 1, 1, tzinfo=UTC)
        with pytest.raises(NotServedError, match=problem):
            INFO.check_serves(Query(entity, TimeWindow(start, start + 64 * DAY)))
