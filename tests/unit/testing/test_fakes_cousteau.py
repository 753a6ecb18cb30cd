"""The stand-ins give what the real cousteau gives over HTTP."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.sources.atlas.cousteau import CousteauTransport
from shutdownkit.testing.fakes.atlas import FakeAtlasTransport
from shutdownkit.testing.fakes.cousteau import NotImitatedError, cousteau_of, fake_cousteau
from shutdownkit.testing.fakes.cousteau_lists import FakeAPIResponseError
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.atlas import AtlasWorld, atlas_answer, probe_record

real = importlib.import_module("ripe.atlas.cousteau")
API_ERROR = importlib.import_module("ripe.atlas.cousteau.exceptions").APIResponseError

T0 = 1465286400
EVENTS = [
    {"msm_id": 7000, "event": what, "prb_id": probe, "timestamp": T0 + at, "asn": 6697, "prefix": None}
    for probe, at, what in [
        (1, 0, "disconnect"),
        (2, 60, "disconnect"),
        (1, 3600, "connect"),
        (3, 9000, "connect"),
    ]
]
PROBES = [
    probe_record(number, "BY" if number % 3 else "LT", asn=6697, status=1 + number % 2)
    for number in range(1, 31)
]
WORLD = AtlasWorld(PROBES, EVENTS)


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with LoopbackServer(atlas_answer(WORLD)) as server:
        yield server.url.removeprefix("http://")


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one knows https alone."""

    def get(url: str, **more: Any) -> requests.Response:
        return requests.get(url.replace("https://", "http://"), timeout=10, **more)

    monkeypatch.setattr(real.AtlasRequest, "http_methods", {"GET": get})


FAKES = cousteau_of(WORLD)


def outcome(ask: Callable[[Any], object], classes: Any) -> tuple[str, object]:
    try:
        return "gave", ask(classes)
    except Exception as error:  # noqa: BLE001 (whatever the real one raises)
        return "raised", (type(error).__name__.removeprefix("Fake"), str(error))


MOMENT = datetime(2016, 6, 7, 8)
REQUESTS: dict[str, Callable[[Any, str], object]] = {
    "probes": lambda c, host: c.AtlasRequest(url_path="/api/v2/probes/", server=host).get(),
    "probes, filtered": lambda c, host: c.AtlasRequest(url_path="/api/v2/probes/?status=2", server=host).get(
        country_code="BY", page_size=4, page=2
    ),
    "http_method": lambda c, host: c.AtlasRequest(url_path="/api/v2/probes/", server=host).get(id__in="3,4"),
    "no such page": lambda c, host: c.AtlasRequest(url_path="/api/v2/probes/", server=host).get(page=99),
    "not found": lambda c, host: c.AtlasRequest(url_path="/api/v2/other/", server=host, key="k", odd=1).get(),
    "results": lambda c, host: c.AtlasResultsRequest(msm_id=7000, server=host).create(),
    "results, times": lambda c, host: c.AtlasResultsRequest(
        msm_id=7000, server=host, start=MOMENT, stop=MOMENT + timedelta(hours=1)
    ).create(),
    "results, an offset is lost": lambda c, host: c.AtlasResultsRequest(
        msm_id=7000,
        server=host,
        start=MOMENT.replace(tzinfo=timezone(timedelta(hours=3))),
        stop="2016-06-07T08:30",
    ).get(),
    "results, list of ids": lambda c, host: c.AtlasResultsRequest(
        msm_id=7000, probe_ids=[1, 3], server=host
    ).get(),
    "results, tuple of ids": lambda c, host: c.AtlasResultsRequest(
        msm_id=7000, probe_ids=(2,), server=host
    ).get(),
    "results, text of ids": lambda c, host: c.AtlasResultsRequest(
        msm_id=7000, probe_ids="1,2", server=host
    ).get(),
    "results, no ids are all": lambda c, host: c.AtlasResultsRequest(
        msm_id=7000, probe_ids=[], server=host
    ).get(),
    "results, one id": lambda c, host: c.AtlasResultsRequest(msm_id=7000, probe_ids={2}, server=host).get(),
    "results, another": lambda c, host: c.AtlasResultsRequest(msm_id=1001, server=host).create(),
    "results, none": lambda c, host: c.AtlasResultsRequest(server=host),
    "results, by place": lambda c, _: c.AtlasResultsRequest(7000),
    "request, by place": lambda c, _: c.AtlasRequest("/api/v2/probes/"),
    "post": lambda c, host: c.AtlasRequest(url_path="/api/v2/probes/", server=host).post(),
    "latest": lambda c, host: c.AtlasLatestRequest(7000, [1, 2], server=host).create(),
    "list": lambda c, host: list(c.ProbeRequest(server=host)),
    "list, filtered": lambda c, host: list(c.ProbeRequest(server=host, country_code="BY", page_size=3)),
    "list, ids": lambda c, host: list(
        c.ProbeRequest(server=host, id__in=[5, 2, 99], fields="id,country_code")
    ),
    "list, many ids": lambda c, host: counted(c.ProbeRequest(server=host, id__in=list(range(1, 2001)))),
    "list, counted": lambda c, host: counted(c.ProbeRequest(server=host, page_size=7)),
    "list, nothing": lambda c, host: counted(c.ProbeRequest(server=host, country_code="XX")),
    "list, begun": lambda c, host: begun(c.ProbeRequest(server=host, page_size=7)),
    "list, objects": lambda c, host: [
        (str(one), one.id, one.country_code, one.asn_v4, one.status, one.geometry)
        for one in c.ProbeRequest(return_objects=True, server=host, country_code="LT")
    ],
    "list, refused": lambda c, host: list(c.ProbeRequest(server=host, page=99)),
    "measurements": lambda c, host: list(c.MeasurementRequest(server=host, status=2)),
    "probe": lambda c, host: c.Probe(id=5, server=host),
}


def counted(found: Any) -> object:
    records = list(found)
    return [one["id"] for one in records], found.total_count


def begun(found: Any) -> object:
    before = found.total_count
    return before, next(found)["id"], found.total_count, found.next()["id"], iter(found) is found


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning")
@pytest.mark.parametrize("name", REQUESTS)
def test_a_stand_in_gives_what_the_real_one_gives(name: str, host: str) -> None:
    ask = REQUESTS[name]
    kind, value = outcome(lambda classes: ask(classes, host), real)
    ours = outcome(lambda classes: ask(classes, host), FAKES)
    assert ours[0] == kind
    if kind == "raised" and isinstance(value, tuple) and value[0] in {"TypeError", "NotImplementedError"}:
        assert isinstance(ours[1], tuple)
        assert ours[1][0] == value[0]
    else:
        assert ours == (kind, value)


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "country_code": st.sampled_from(["BY", "LT", "XX"]),
        "status": st.integers(1, 2),
        "id__in": st.lists(st.integers(1, 40), min_size=1, max_size=6),
        "page_size": st.integers(1, 40),
        "fields": st.sampled_from(["id", "id,status"]),
    },
)


@given(filters=FILTERS)
def test_lists_are_alike_whatever_the_filters(host: str, filters: dict[str, Any]) -> None:
    with requests.Session() as session:

        def get(url: str, **more: Any) -> requests.Response:
            return session.get(url.replace("https://", "http://"), timeout=10, **more)

        real.AtlasRequest.http_methods = {"GET": get}
        theirs = real.ProbeRequest(server=host, **filters)
        expected = list(theirs), theirs.total_count
    ours = FAKES.ProbeRequest(server=host, **filters)
    assert (list(ours), ours.total_count) == expected


def test_times_are_epoch_seconds_too() -> None:
    request = FAKES.AtlasResultsRequest(msm_id=7000, start=T0, stop=T0 + 60)
    ok, payload = request.get()
    assert ok
    assert sorted(one["prb_id"] for one in payload) == [1, 2]
    assert request.url == "https://atlas.ripe.net/api/v2/measurements/7000/results"
    with pytest.raises(ValueError, match="yesterday"):
        FAKES.AtlasResultsRequest(msm_id=7000, start="yesterday")


# In place of the real ones.


def test_in_the_context_a_program_meets_the_stand_ins_and_after_it_the_real_ones() -> None:
    program = types.ModuleType("program")
    program.ProbeRequest = real.ProbeRequest  # type: ignore[attr-defined]
    program.AtlasRequest = "its own"  # type: ignore[attr-defined]
    before = dict(vars(real))
    with fake_cousteau(WORLD, also_in=(program,)) as fakes:
        assert real.ProbeRequest is fakes.ProbeRequest is program.ProbeRequest
        assert program.AtlasRequest == "its own"
        assert len(list(real.ProbeRequest(country_code="LT"))) == 10
        with pytest.raises(API_ERROR):
            list(real.ProbeRequest(page=99))
        for name in ("AtlasCreateRequest", "AtlasStream", "AtlasStopRequest", "Measurement", "AnchorRequest"):
            with pytest.raises(NotImitatedError, match=f"{name} of cousteau is not imitated"):
                getattr(real, name)(msm_id=7000)
    assert dict(vars(real)) == before
    assert program.ProbeRequest is real.ProbeRequest


def test_they_are_gone_after_an_error_too() -> None:
    def failing() -> None:
        with fake_cousteau(WORLD):
            raise RuntimeError("of the program")

    original = real.ProbeRequest
    with pytest.raises(RuntimeError):
        failing()
    assert real.ProbeRequest is original


def test_without_cousteau_they_can_be_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    original = real.ProbeRequest
    with fake_cousteau(WORLD) as fakes:
        assert len(list(fakes.ProbeRequest())) == 30
        assert real.ProbeRequest is original
        with pytest.raises(FakeAPIResponseError):
            list(fakes.ProbeRequest(page=99))


def test_our_own_transport_is_never_made_of_stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "shutdownkit.sources.atlas.cousteau")
    with fake_cousteau(WORLD):
        module = importlib.import_module("shutdownkit.sources.atlas.cousteau")
    assert issubclass(module._ProbePages, real.ProbeRequest)


# Our own transport, in memory.

START = datetime(2016, 6, 7, 8, tzinfo=UTC)


@given(
    filters=FILTERS,
    begin=st.integers(-2, 5),
    hours=st.integers(0, 4),
    ids=st.none() | st.lists(st.integers(1, 5), min_size=1, max_size=3),
)
def test_the_transport_in_memory_gives_what_the_real_one_gives(
    host: str, filters: dict[str, Any], begin: int, hours: int, ids: list[int] | None
) -> None:
    given_filters = {name: tuple(one) if isinstance(one, list) else one for name, one in filters.items()}
    base = f"http://{host}"
    fake = FakeAtlasTransport(WORLD, base=base)
    start = START + timedelta(hours=begin)
    with HttpClient() as client:
        there = CousteauTransport(client, base=base)
        for theirs, ours in (
            (there.probes(given_filters), fake.probes(given_filters)),
            (
                there.connection_events(start, start + timedelta(hours=hours), ids),
                fake.connection_events(start, start + timedelta(hours=hours), ids),
            ),
        ):
            assert ours.rows == theirs.rows
            assert ours.address == theirs.address
            assert ours.retrieved == datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_the_transport_in_memory_refuses_what_the_real_one_refuses() -> None:
    fake = FakeAtlasTransport(WORLD)
    for start, ids in (
        (START, []),
        (START + timedelta(microseconds=1), None),
        (START.replace(tzinfo=None), None),
    ):
        with pytest.raises(InvalidValueError):
            fake.connection_events(start, START + timedelta(hours=2), ids)
    assert not fake.asked
    fake.probes({"country_code": "BY"})
    assert fake.asked == ("https://atlas.ripe.net/api/v2/probes/?country_code=BY",)
