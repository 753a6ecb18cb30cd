"""The reconstruction as the providers would send it, and read back as any answer of theirs is.

A server on the loopback interface speaks the three providers' wire formats; the sources that ask it are those
that ask the real ones.  Nothing leaves the machine, nothing is kept.
"""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from ..model.signal import Provenance, Signal
from ..reading.gather import gather
from ..reading.gathered import Gathered
from ..reading.query import Query
from ..testing.faults.fault import Answering
from ..testing.providers import answers_by_provider, serve_providers
from .belarus import Demonstration
from .generate import LICENCE, SOURCE

__all__ = ["answers", "ask_providers"]

_TIMEOUT = timedelta(minutes=2)


def answers(demonstration: Demonstration) -> dict[str, Answering]:
    """How each provider answers, by the name of the source that asks it."""
    return answers_by_provider((*demonstration.signals, *demonstration.controls))


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
    with serve_providers(answers(demonstration)) as environ:
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
