"""One server that speaks for three providers."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.gather import gather
from shutdownkit.reading.query import Query
from shutdownkit.testing.faults.zoo import ZOO
from shutdownkit.testing.providers import answers_by_provider, provider_answers, serve_providers
from shutdownkit.testing.server import LoopbackServer, Received
from shutdownkit.testing.wire.atlas import AtlasWorld, probe_record

WINDOW = TimeWindow("2020-08-08", "2020-08-10")
BY, LT = Entity.parse("BY"), Entity.parse("LT")
QUERY = Query(BY, WINDOW, history=timedelta(0))


def of(kind: str, minutes: int, level: float, entity: Entity = BY) -> Signal:
    step = timedelta(minutes=minutes)
    values = np.full(WINDOW.duration // step, level)
    values[5] = level / 2
    return Signal(KINDS[kind], entity, TimeSeries(WINDOW.start, step, values))


SIGNALS = (
    of("probing.up-slash24s", 10, 100),
    of("bgp.visible-slash24s", 5, 200),
    of("probing.up-slash24s", 10, 50, LT),
    of("ooni.measurements", 60, 40),
    of("atlas.connected-probes", 60, 8),
)


def test_each_provider_gives_what_was_measured() -> None:
    with serve_providers(SIGNALS) as environ:
        assert len({url.rpartition("/")[0] for url in environ.values()}) == 1
        gathered = gather(QUERY, sources=["ioda", "ooni", "atlas"], cache=False, environ=environ)
    assert gathered.failures == ()
    found = {signal.kind.name: signal for signal in gathered.signals}
    for signal in SIGNALS[:2]:
        assert found[signal.kind.name].series == signal.series
    ooni = found["ooni.measurements"].series
    assert ooni.values.tolist() == SIGNALS[3].series.values.tolist()
    assert found["atlas.connected-probes"].series.values[-1] == 8


def test_one_may_misbehave_and_the_others_stand() -> None:
    answers = answers_by_provider(SIGNALS)
    broken = {**answers, "ioda": ZOO["refused"].misbehave(answers["ioda"])}
    with serve_providers(broken) as environ:
        gathered = gather(QUERY, sources=["ioda", "ooni"], cache=False, environ=environ)
    assert {failure.source for failure in gathered.failures} == {"ioda"}
    assert {signal.kind.name for signal in gathered.signals} >= {"ooni.measurements"}


@pytest.mark.parametrize("path", ["/", "/ioda", "/other/api", "//ioda/x", "/api/v2/probes/"])
def test_what_is_below_no_provider_is_not_found(path: str) -> None:
    reply = provider_answers(())(Received("GET", path, {}, {}))
    assert (reply.status, reply.body) == (404, b'{"error":"no provider here"}')


def test_a_world_of_probes_can_be_given_but_not_two() -> None:
    world = AtlasWorld([probe_record(5, "BY")], ())
    listed = Received("GET", "/atlas/api/v2/probes/", {}, {"host": "h"})
    assert b'"id": 5' in provider_answers((), atlas=world)(listed).body
    for signals in (SIGNALS, (*SIGNALS, of("atlas.connected-probes", 60, 8, LT))):
        with pytest.raises(InvalidValueError, match="worlds of probes"):
            answers_by_provider(signals, atlas=world if signals is SIGNALS else None)


def test_a_signal_that_no_provider_has_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        answers_by_provider([of("throughput.download", 60, 8)])


def test_the_environment_names_a_server_that_is_there() -> None:
    with LoopbackServer(provider_answers(SIGNALS)) as server:
        environ = {"SHUTDOWNKIT_IODA_URL": f"{server.url}/ioda"}
        gathered = gather(QUERY, sources=["ioda"], cache=False, environ=environ)
        assert {received.path.split("/")[1] for received in server.received} == {"ioda"}
    assert len(gathered.signals) == 2
