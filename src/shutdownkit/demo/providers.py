"""The reconstruction as the providers would send it, and read back as any answer of theirs is.

Each provider is a server on the loopback interface that speaks the provider's wire format; the sources that
ask it are those that ask the real one.  Nothing leaves the machine, nothing is kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from attrs import evolve

from ..model.kinds import Plane
from ..model.signal import Provenance, Signal
from ..reading.gather import gather
from ..reading.gathered import Gathered
from ..reading.query import Query
from ..testing.server import LoopbackServer, Received, Reply
from ..testing.wire.atlas import atlas_answer
from ..testing.wire.atlas_signal import world_of_signal
from ..testing.wire.ioda import ioda_answer
from ..testing.wire.ooni import ooni_answer
from ..testing.wire.ooni_reconstruction import ooni_world_of
from .belarus import Demonstration
from .generate import LICENCE, SOURCE

__all__ = ["answers", "ask_providers", "serve"]

_TIMEOUT = timedelta(minutes=2)
_INSIDE = (Plane.VANTAGE, Plane.VOLUME, Plane.APPLICATION)  # what OONI and RIPE Atlas measure


def answers(demonstration: Demonstration) -> dict[str, Callable[[Received], Reply]]:
    """How each provider answers, by the name of the source that asks it."""
    outside = [
        one for one in (*demonstration.signals, *demonstration.controls) if one.kind.plane not in _INSIDE
    ]
    (probes,) = (one for one in demonstration.signals if one.kind.plane is Plane.VANTAGE)
    return {
        "atlas": atlas_answer(world_of_signal(probes)),
        "ioda": ioda_answer(outside),
        "ooni": ooni_answer(ooni_world_of(demonstration.signals)),
    }


@contextlib.contextmanager
def serve(providers: Mapping[str, Callable[[Received], Reply]]) -> Iterator[dict[str, str]]:
    """A server for each provider while the context lasts, as variables of the environment name them."""
    with contextlib.ExitStack() as servers:
        yield {
            f"SHUTDOWNKIT_{name.upper()}_URL": servers.enter_context(LoopbackServer(answer)).url
            for name, answer in providers.items()
        }


def ask_providers(demonstration: Demonstration) -> Gathered:
    """What the sources read of the reconstruction: the signals say that they are one, and of whom.

    A source that needs an extra which is not installed is among the failures.
    """
    query = Query(
        entity=demonstration.scenario.entity,
        window=demonstration.window,
        subjects={one.subject for one in demonstration.signals if one.subject is not None},
        history=demonstration.window.start - demonstration.scenario.history,
    )
    with serve(answers(demonstration)) as environ:
        gathered = gather(
            query,
            controls=sorted({one.entity for one in demonstration.controls}),
            timeout=_TIMEOUT,
            cache=False,
            environ=environ,
        )
    return _as_reconstruction(gathered, demonstration)


def _as_reconstruction(gathered: Gathered, demonstration: Demonstration) -> Gathered:
    """The same with the provenance of what was rendered, not of the provider whose format it was in."""
    notes = {
        (one.entity, one.kind.name, one.subject): one.provenance.note
        for one in (*demonstration.signals, *demonstration.controls)
    }
    general = f"A reconstruction, not a measurement: {demonstration.scenario.title}."

    def renamed(signal: Signal) -> Signal:
        note = notes.get((signal.entity, signal.kind.name, signal.subject), general)
        source = f"{SOURCE}, in the wire format of {signal.provenance.source}"
        return evolve(signal, provenance=Provenance(source=source, licence=LICENCE, note=note))

    results = {
        name: evolve(result, signals=tuple(renamed(one) for one in result.signals))
        for name, result in gathered.results.items()
    }
    return evolve(gathered, results=results, controls=tuple(renamed(one) for one in gathered.controls))
