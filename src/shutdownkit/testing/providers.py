"""The three providers on the loopback interface, rendered from signals.

Each speaks its provider's wire format, so that the sources that ask it are those that ask the real one.
Nothing leaves the machine.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from ..errors import InvalidValueError
from ..model.checks import all_of
from ..model.signal import Signal
from ..reading.environment import url_variable
from .faults.fault import Answering
from .server import LoopbackServer, Received, Reply
from .wire.atlas import AtlasWorld, atlas_answer
from .wire.atlas_signal import world_of_signal
from .wire.ioda import ioda_answer
from .wire.ooni import ooni_answer
from .wire.ooni_reconstruction import ooni_world_of

__all__ = ["answers_by_provider", "joined_answers", "provider_answers", "serve_providers"]

_NOWHERE = Reply(b'{"error":"no provider here"}', status=404)


def answers_by_provider(
    signals: Iterable[Signal],
    *,
    atlas: AtlasWorld | None = None,
    ioda_events: Iterable[Mapping[str, object]] = (),
) -> dict[str, Answering]:
    """How each provider answers, by the name of the source that asks it: ``atlas``, ``ioda``, ``ooni``.

    Args:
        signals: what they measured, of any number of entities; of each kind the provider that has it, in its
            native steps.  Of ``atlas.connected-probes`` one signal.
        atlas: RIPE Atlas' probes and what happened to them, in place of a signal.
        ioda_events: what IODA's own detectors say, rows of its format codf.

    Raises:
        InvalidValueError: for a signal that no provider could have, and for two worlds of probes.
    """
    given = all_of("signals", Signal, signals)
    probes = [one for one in given if one.kind.name.startswith("atlas.")]
    if len(probes) > 1 or (probes and atlas is not None):
        raise InvalidValueError(
            "signals", [str(one.entity) for one in probes], "are several worlds of probes; give one"
        )
    world = AtlasWorld((), ()) if atlas is None else atlas
    return {
        "atlas": atlas_answer(world_of_signal(probes[0]) if probes else world),
        "ioda": ioda_answer(
            [one for one in given if not one.kind.name.startswith(("atlas.", "ooni."))], events=[*ioda_events]
        ),
        "ooni": ooni_answer(ooni_world_of(given)),
    }


def joined_answers(providers: Mapping[str, Answering]) -> Answering:
    """One server for several providers, each below a path of its name: ``/ioda/signals/...``."""
    known = dict(providers)

    def answer(received: Received) -> Reply:
        name, slash, rest = received.path.removeprefix("/").partition("/")
        if name not in known or not slash:
            return _NOWHERE
        return known[name](evolve(received, path=f"/{rest}"))

    return answer


def provider_answers(
    signals: Iterable[Signal],
    *,
    atlas: AtlasWorld | None = None,
    ioda_events: Iterable[Mapping[str, object]] = (),
) -> Answering:
    """The answers of all three, below ``/atlas``, ``/ioda`` and ``/ooni`` of one
    :class:`~shutdownkit.testing.server.LoopbackServer`; the arguments are those of
    :func:`answers_by_provider`.
    """
    return joined_answers(answers_by_provider(signals, atlas=atlas, ioda_events=ioda_events))


@contextlib.contextmanager
def serve_providers(providers: Iterable[Signal] | Mapping[str, Answering]) -> Iterator[dict[str, str]]:
    """One server for the providers while the context lasts; gives the environment that names them.

    >>> with serve_providers(()) as environ:
    ...     sorted(environ)
    ['SHUTDOWNKIT_ATLAS_URL', 'SHUTDOWNKIT_IODA_URL', 'SHUTDOWNKIT_OONI_URL']

    Args:
        providers: what was measured, as for :func:`answers_by_provider`; or answers by the name of the
            source, such as those of that function with one of them made to misbehave.
    """
    answers = providers if isinstance(providers, Mapping) else answers_by_provider(providers)
    with LoopbackServer(joined_answers(answers)) as server:
        yield {url_variable(name): f"{server.url}/{name}" for name in answers}
