"""Turns towards hosts, and what is left of their quotas."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import QuotaError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.http.pace import Pacer
from shutdownkit.reading.http.quota import Quotas
from shutdownkit.reading.http.request import HttpRequest
from shutdownkit.reading.http.settings import HttpSettings
from shutdownkit.testing.server import LoopbackServer, Received, Reply

from .clients import Passing, document, good


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 5), st.floats(0, 3), st.floats(0, 10))))
def test_turns_at_one_host_are_apart(asked: list[tuple[str, float, float, float]]) -> None:
    pacer = Pacer()
    now = 0.0
    last: dict[str, float] = {}
    for host, gone, pace, longest in asked:
        now += gone
        wait = pacer.reserve(host, pace, now=now, longest=longest)
        needed = max(0.0, last.get(host, -1e9) + pace - now)
        if wait is None:
            assert needed > longest - 1e-9
        else:
            assert wait == pytest.approx(needed, abs=1e-9)
            last[host] = now + wait


def test_threads_and_clients_share_the_turns_of_a_host() -> None:
    times = [Passing() for _ in range(4)]
    pacer = Pacer()
    with LoopbackServer(good) as server:

        def ask(time: Passing) -> None:
            with HttpClient(HttpSettings(pace_loopback=True), clock=time.clock, pacer=pacer) as client:
                client.ask(HttpRequest(server.url, pace=5), document)  # type: ignore[arg-type]

        threads = [threading.Thread(target=ask, args=(time,)) for time in times]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.received) == 4
    waits = sorted(sum(time.slept) for time in times)
    assert waits == pytest.approx([0, 5, 10, 15], abs=1)


def test_the_loopback_interface_is_asked_at_once() -> None:
    time = Passing()
    with LoopbackServer(good) as server, HttpClient(clock=time.clock) as client:
        for _ in range(3):
            client.ask(HttpRequest(server.url, pace=5), document)  # type: ignore[arg-type]
    assert time.slept == []


@given(st.lists(st.integers(0, 4000), min_size=1))
def test_scarce_is_under_twice_the_dearest_or_under_twenty(said: list[int]) -> None:
    quotas = Quotas()
    for remaining in said:
        quotas.note("host", str(remaining), now=0.0)
    dearest = max([0, *(before - after for before, after in pairwise(said))])
    left = quotas.scarce("host", now=1.0)
    assert (left is not None) == (said[-1] < max(20, 2 * dearest))
    assert quotas.scarce("host", now=3601.0) is None
    assert quotas.scarce("other", now=1.0) is None


@pytest.mark.parametrize("said", [None, "", "-1", "1.5", "many", "٣", "9" * 20])
def test_a_header_that_is_no_number_says_nothing(said: str | None) -> None:
    quotas = Quotas()
    quotas.note("host", said, now=0.0)
    assert quotas.scarce("host", now=0.0) is None


def test_nothing_is_asked_while_little_is_left() -> None:
    remaining = iter(["4000", "2000", "4000"])

    def answer(received: Received) -> Reply:
        return Reply(b"[]", headers={"X-RateLimit-Remaining": next(remaining)})

    time = Passing()
    with LoopbackServer(answer) as server, HttpClient(clock=time.clock, quotas=Quotas()) as client:
        request = HttpRequest(server.url)
        client.ask(request, document)
        client.ask(request, document)
        time.passed += 600
        with pytest.raises(QuotaError) as caught:
            client.ask(request, document)
        assert caught.value.problem == (
            "2000 units left of the provider's quota, and one question took 2000: "
            "not asked again before 13:00 UTC"
        )
        assert caught.value.where == request.address
        assert caught.value.retry
        assert len(server.received) == 2
        time.passed += 3100
        client.ask(request, document)
        assert len(server.received) == 3
