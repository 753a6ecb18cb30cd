"""Stand-ins for RIPE's client, cousteau, for programs that use it themselves.

They answer from an :class:`~shutdownkit.testing.wire.atlas.AtlasWorld` with the manners of the real ones
(cousteau 2.1 to 2.3, run by us): ``get()`` and ``create()`` give ``(ok, payload)``, arguments by keyword that
they do not know are taken in silence, a missing ``msm_id`` is a ``KeyError``, aware times lose their offset,
a list of probes follows its pages and splits long lists of ids.  cousteau need not be installed, and no code
of it is here.

>>> world = AtlasWorld([probe_record(1, "BY"), probe_record(2, "LT")], ())
>>> with fake_cousteau(world) as cousteau:
...     [probe["id"] for probe in cousteau.ProbeRequest(country_code="BY")]
[1]
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

from ..faults.fault import Answering
from ..wire.atlas import AtlasWorld, atlas_answer, probe_record
from .cousteau_lists import FakeAPIResponseError, FakeMeasurementRequest, FakeProbe, FakeProbeRequest
from .cousteau_requests import FakeAtlasLatestRequest, FakeAtlasRequest, FakeAtlasResultsRequest

__all__ = ["AtlasWorld", "NotImitatedError", "cousteau_of", "fake_cousteau", "probe_record"]

_PACKAGE = "ripe.atlas.cousteau"
_OURS = "shutdownkit.sources.atlas.cousteau"
_REFUSED = (
    "AnchorRequest",
    "AtlasChangeRequest",
    "AtlasCreateRequest",
    "AtlasStopRequest",
    "AtlasStream",
    "Measurement",
    "MeasurementTagger",
)
"""What the real module has besides, that would reach the real provider, and change things there."""


class NotImitatedError(NotImplementedError):
    """A class of cousteau's that has no stand-in: nothing was sent."""


def cousteau_of(world: AtlasWorld, *, error: type[Exception] = FakeAPIResponseError) -> SimpleNamespace:
    """Stand-ins for the classes of ``ripe.atlas.cousteau``, by their names, over one world.

    ``AtlasRequest``, ``AtlasResultsRequest``, ``AtlasLatestRequest``, ``ProbeRequest``,
    ``MeasurementRequest`` and ``Probe`` answer; what the world does not hold, such as measurements, is
    answered with 404.  Every other class raises :class:`NotImitatedError` when it is made.

    Args:
        error: what a list raises where the provider refuses.
    """
    answer = atlas_answer(world)
    imitated = (
        FakeAtlasRequest,
        FakeAtlasResultsRequest,
        FakeAtlasLatestRequest,
        FakeProbeRequest,
        FakeMeasurementRequest,
        FakeProbe,
    )
    made: dict[str, Any] = {
        fake.__name__.removeprefix("Fake"): _bound(fake, answer, error) for fake in imitated
    }
    made |= {name: _refusing(name) for name in _REFUSED}
    return SimpleNamespace(**made)


@contextlib.contextmanager
def fake_cousteau(world: AtlasWorld, *, also_in: tuple[ModuleType, ...] = ()) -> Iterator[SimpleNamespace]:
    """The stand-ins in place of the real classes in ``ripe.atlas.cousteau`` while the context lasts.

    Gives them, too, so that a program which is handed its classes needs no cousteau.  Where cousteau is not
    installed there is nothing to replace.  Not for several threads at once.

    Args:
        also_in: modules that took the real classes out of it by name already; they are replaced there, too.
    """
    if not _installed():
        yield cousteau_of(world)
        return
    importlib.import_module(_OURS)  # first, lest its classes be made from stand-ins for good
    real = importlib.import_module(_PACKAGE)
    error = importlib.import_module(f"{_PACKAGE}.exceptions").APIResponseError
    fakes = cousteau_of(world, error=error)
    with contextlib.ExitStack() as stack:
        originals = {name: getattr(real, name) for name in vars(fakes) if hasattr(real, name)}
        for module in (real, *also_in):
            for name, original in originals.items():
                if getattr(module, name, None) is original:
                    stack.enter_context(mock.patch.object(module, name, getattr(fakes, name)))
        yield fakes


def _installed() -> bool:
    try:
        return importlib.util.find_spec(_PACKAGE) is not None
    except ModuleNotFoundError:  # not even the package above it
        return False


def _bound(fake: type, answer: Answering, error: type[Exception]) -> type:
    """The stand-in with its world, under the real one's name."""
    name = fake.__name__.removeprefix("Fake")
    return type(
        name, (fake,), {"world_answer": staticmethod(answer), "world_error": error, "__module__": __name__}
    )


def _refusing(name: str) -> type:
    def refuse(self: object, *args: object, **kwargs: object) -> None:  # noqa: ARG001
        raise NotImitatedError(f"{name} of cousteau is not imitated: nothing was sent")

    return type(name, (), {"__init__": refuse, "__module__": __name__})
